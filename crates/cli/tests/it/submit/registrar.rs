//! A registrar is asked whether the phone can register with its new password.

use std::process::Command;

use fake_vendors::{Fault, Kind, Vendor};

use crate::{
    registered::fake::{Character, FakeRegistrar, Wire},
    submit::setting::{CHOSEN, Ended, Setting},
};

fn registrar(password: &str) -> FakeRegistrar {
    FakeRegistrar::start(Wire::Udp, Character::with_users([("1001", password)]))
}

/// Sends the chosen password.
fn submit(setting: &Setting, registrar: &FakeRegistrar, more: &[&str]) -> Ended {
    setting.run_on(CHOSEN, command(setting, registrar).args(["--password-stdin"]).args(more))
}

fn command(setting: &Setting, registrar: &FakeRegistrar) -> Command {
    let address = registrar.address.to_string();
    let mut command = setting.command(&["--output", "new.txt"]);
    command.args(["--registrar", &address, "--registrar-user", "1001"]);
    command
}

#[test]
fn an_updated_phone_is_seen_to_register_or_is_named() {
    for vendor in Vendor::ALL {
        let (setting, accepting) = (Setting::new(vendor), registrar(CHOSEN));
        submit(&setting, &accepting, &[]).is(0, &["updated", "the registrar accepts the new password"]);
        assert_eq!(accepting.tries(), [(String::from("1001"), true)]);
        // It still has another one: one try, and the phone is handed on all the same.
        let (setting, refusing) = (Setting::new(vendor), registrar("Oldest#34"));
        submit(&setting, &refusing, &[])
            .is(4, &["updated", "cannot be seen to register with it: it is refused"]);
        assert_eq!(refusing.tries(), [(String::from("1001"), false)]);
        assert_eq!(setting.on_phone().as_deref(), Some(CHOSEN));
    }
}

#[test]
fn a_lost_reply_is_settled_by_what_the_registrar_accepts() {
    for vendor in Vendor::ALL {
        let lost = || vec![Fault::new(Kind::Html(200)).applied()];
        let setting = Setting::new(vendor);
        setting.faults(lost());
        let accepting = registrar(CHOSEN);
        #[cfg(unix)]
        let hook = {
            setting.write("hook", "#!/bin/sh\ncat > told\n");
            setting.mode("hook", 0o700);
            ["--on-confirmed", "./hook"]
        };
        #[cfg(not(unix))]
        let hook: [&str; 0] = [];
        submit(&setting, &accepting, &hook)
            .is(0, &["HTML", "but the registrar accepts the new password", "updated"]);
        assert_eq!(accepting.tries().len(), 1, "it is not asked twice");
        #[cfg(unix)]
        assert!(std::fs::read_to_string(setting.path("told")).expect("it ran").contains(CHOSEN));
        // What is refused now may be right in a minute.
        let setting = Setting::new(vendor);
        setting.faults(lost());
        let refusing = registrar("Oldest#34");
        submit(&setting, &refusing, &[]).is(
            3,
            &["the outcome is unknown", "The registrar was asked about the new password: it is refused."],
        );
        assert_eq!(setting.in_file(), CHOSEN);
    }
}

#[test]
fn nobody_is_asked_about_a_password_that_is_not_set() {
    let registrar = registrar(CHOSEN);
    let kind = Kind::Status { status: 404, headers: Vec::new(), body: Vec::new() };
    submit(&Setting::failing(Vendor::NxCloud, kind), &registrar, &[]).is(1, &["refused"]);
    for vendor in Vendor::ALL {
        let ended = submit(&Setting::new(vendor), &registrar, &["--dry-run"]);
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        let said = "nothing was sent; 1 phone of 127.0.0.1 would be asked about";
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }
    assert!(registrar.seen(|seen| seen.requests.is_empty()));
}

#[test]
fn wrong_options_are_found_before_anything_is_sent() {
    let setting = Setting::new(Vendor::NxCloud);
    let registrar = registrar(CHOSEN);
    for (options, said) in [
        (&["--registrar-root", "root.pem"][..], "--registrar-root: expected the transport tls with it"),
        (&["--registrar-root", "none.pem", "--registrar-transport", "tls"], "none.pem"),
        (&["--registrar-domain", "a b"], "expected a host"),
    ] {
        submit(&setting, &registrar, options).is(2, &[said]);
    }
    for options in [
        &["--registrar", "sip.example.com"][..],
        &["--registrar-user", "1001"],
        &["--registrar", "192.0.2.1", "--registrar-user", ""],
        &["--registrar", "192.0.2.1", "--registrar-user", "Jürgen"],
        &["--registrar", "sip:1001@example.com", "--registrar-user", "1001"],
    ] {
        setting.submit(options).is(2, &["--registrar"]);
    }
    assert_eq!((setting.vendors.connections(), setting.path("new.txt").exists()), (0, false));
}
