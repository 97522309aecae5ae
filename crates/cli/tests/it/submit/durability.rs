//! The password is in the file before it is sent, whatever ends the command.

#[cfg(target_os = "linux")]
use std::{fs, process::Command};
use std::{thread, time::Duration};

use fake_vendors::{Call, Fault, Kind, Stage, Vendor};

#[cfg(target_os = "linux")]
use crate::common::SECRETS;
use crate::{
    common::wait_for,
    submit::{huawei::token, setting::Setting},
};

/// The password is in the file before the TLS handshake.
#[test]
fn the_file_is_written_first() {
    thread::scope(|scope| {
        for vendor in Vendor::ALL {
            scope.spawn(move || written_first(vendor));
        }
    });
}

fn written_first(vendor: Vendor) {
    let setting = Setting::new(vendor);
    let mut command = setting.command(&["--output", "new.txt"]);
    if vendor == Vendor::Huawei {
        command.env("HUAWEI_TOKEN", token(&setting));
    }
    setting.fails(Kind::Stall { stage: Stage::Accepted, time: Duration::from_secs(3) });
    let child = command.spawn().expect("the command starts");
    let password = wait_for(|| setting.file("new.txt"));
    assert_eq!(setting.on_phone(), None);
    assert!(setting.vendors.log().iter().all(|entry| entry.call == Call::Token));
    setting.ended(child).is(0, &["updated"]);
    assert_eq!((setting.in_file(), setting.on_phone()), (password.clone(), Some(password)));
}

/// The command is killed while it waits. The vendor completes the call, and the file has the password.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_command_loses_no_password() {
    thread::scope(|scope| {
        for vendor in Vendor::ALL {
            for signal in ["KILL", "INT"] {
                scope.spawn(move || killed_by(signal, vendor));
            }
        }
    });
}

#[cfg(target_os = "linux")]
fn killed_by(signal: &str, vendor: Vendor) {
    let setting = Setting::new(vendor);
    setting.fails(Kind::Stall { stage: Stage::Request, time: Duration::from_secs(5) });
    let child = setting.command(&["--output", "new.txt"]).spawn().expect("the command starts");
    let password = wait_for(|| setting.file("new.txt"));
    wait_for(|| (setting.vendors.faults()[0].1 > 0).then_some(()));
    let arguments = fs::read(format!("/proc/{}/cmdline", child.id())).expect("Linux has this file");
    let arguments = String::from_utf8(arguments).expect("it is text");
    assert!(arguments.contains("new.txt"));
    for secret in SECRETS.iter().copied().chain([&*password]) {
        assert!(!arguments.contains(secret), "{secret} in {arguments}");
    }
    thread::sleep(Duration::from_millis(2600));
    let kill = format!("kill -{signal} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().expect("there is a shell").success());
    let ended = setting.ended(child);
    assert_eq!(ended.status, (signal == "INT").then_some(130), "{}", ended.all());
    if signal == "INT" {
        for said in ["interrupted", "its old password or the one in \"new.txt\"", "Keep both"] {
            assert!(ended.stderr.contains(said), "{said} in {}", ended.stderr);
        }
        // The vendor took its time, and the command said what it was waiting for.
        assert!(ended.stderr.contains("waiting for the vendor's reply"), "{}", ended.stderr);
    }
    assert_eq!(setting.in_file(), password);
    assert_eq!(wait_for(|| setting.on_phone()), password);
}

/// Ctrl-C while a token is requested: no password was sent, and no file is left.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_before_the_password_is_sent() {
    let setting = Setting::new(Vendor::Huawei);
    let stall = Kind::Stall { stage: Stage::Request, time: Duration::from_secs(5) };
    setting.faults(vec![Fault::new(stall).call(Call::Token)]);
    let child = setting.command(&["--output", "new.txt"]).spawn().expect("the command starts");
    wait_for(|| (setting.vendors.faults()[0].1 > 0).then_some(()));
    let kill = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().expect("there is a shell").success());
    let ended = setting.ended(child);
    ended.is(130, &["interrupted", "No password was sent", "keeps its current password"]);
    assert!(!setting.path("new.txt").exists());
    assert_eq!(setting.phone().asked, 0);
}
