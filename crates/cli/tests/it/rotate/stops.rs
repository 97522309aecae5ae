//! What ends a run early: Ctrl-C, a wrong key, an outage of the vendor.

use std::{
    process::{Child, Command},
    thread,
    time::Duration,
};

use fake_vendors::{Call, Vendor};

use crate::{
    common::wait_for,
    rotate::{
        each,
        setting::{Setting, fault, made},
    },
};

fn interrupt(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("there is such a command").success());
}

/// Waits until the vendor has seen this many updates.
pub(crate) fn calls(setting: &Setting, count: usize) {
    wait_for(|| (updates(setting) >= count).then_some(()));
}

pub(crate) fn updates(setting: &Setting) -> usize {
    setting.vendors.log().iter().filter(|entry| entry.call == Call::Update).count()
}

/// Calls in flight end, and their outcomes are recorded.
#[test]
fn ctrl_c_waits_for_calls_in_flight() {
    each(ctrl_c_at);
}

fn ctrl_c_at(vendor: Vendor) {
    let phones = made(vendor, 300);
    // So slow that a call is always in flight.
    let setting = Setting::with(vendor, &phones, fault("stall=reply/200ms"));
    let child = setting.command(&["--batch", "2"][..batch(vendor)]).spawn().expect("it starts");
    calls(&setting, 30);
    interrupt(&child);
    let ended = setting.ended(child);
    assert_eq!(ended.status, Some(130), "{}", ended.all());
    assert!(ended.stderr.contains("same command"), "how to go on: {}", ended.stderr);

    let status = setting.status();
    let on_phones = setting.on_phones().len();
    assert_eq!((&status["unknown"], &status["refused"]), (&0.into(), &0.into()), "{status}");
    assert_eq!((&status["confirmed"], &status["planned"]), (&on_phones.into(), &(300 - on_phones).into()));
    assert!((30..300).contains(&on_phones), "{on_phones}");
    setting.fails(Vec::new());
    setting.all_confirmed(&setting.rotate(&[]), &phones);
    // No phone was sent twice.
    assert!(phones.iter().all(|phone| {
        setting.vendors.phone(vendor, &phone.name(vendor)).expect("it is known").asked == 1
    }));
}

/// How many of the two arguments `--batch 2` the vendor takes.
fn batch(vendor: Vendor) -> usize {
    if vendor == Vendor::NxCloud { 2 } else { 0 }
}

/// A wrong key concerns the tenant, and not each phone.
#[test]
fn a_wrong_key_stops_the_run() {
    let wrong = [
        (Vendor::Huawei, "HUAWEI_APP_SECRET"),
        (Vendor::Huawei, "HUAWEI_TOKEN"),
        (Vendor::Exotel, "EXOTEL_API_TOKEN"),
        (Vendor::NxCloud, "NXCLOUD_SECRETKEY"),
    ];
    thread::scope(|scope| {
        for (vendor, secret) in wrong {
            scope.spawn(move || wrong_key(vendor, secret));
        }
    });
}

fn wrong_key(vendor: Vendor, secret: &str) {
    let phones = made(vendor, 1_000);
    let setting = Setting::with(vendor, &phones, Vec::new());
    let mut command = setting.command(&[]);
    if secret == "HUAWEI_TOKEN" {
        command.env_remove("HUAWEI_APP_KEY").env_remove("HUAWEI_APP_SECRET");
    }
    let ended = setting.run(command.env(secret, "of-no-worth"));
    let calls = setting.vendors.log().len();
    assert!((1..=10).contains(&calls), "{secret}: {calls} calls");
    assert!(matches!(ended.status, Some(2 | 3)), "{secret}: {:?} {}", ended.status, ended.all());
    if ended.status == Some(3) {
        assert!(ended.summary()["stopped"].is_string(), "{}", ended.all());
    }
    assert!(setting.on_phones().is_empty());
    // With the right keys the rotation resumes; Huawei's accounts that may have been checked are left alone.
    let ended = setting.rotate(&["--retry-refused"]);
    let left = phones.len() - setting.on_phones().len();
    if vendor == Vendor::Huawei {
        assert!(left <= 10, "{left} are left: {}", ended.all());
    } else {
        setting.all_confirmed(&ended, &phones);
    }
    assert_eq!(setting.vendors.locks(), 0);
}

#[test]
fn an_outage_is_survived() {
    each(outage_of);
}

fn outage_of(vendor: Vendor) {
    let phones = made(vendor, 600);
    let setting = Setting::with(vendor, &phones, Vec::new());
    let arguments = ["--rate", "200/s", "--batch", "2"];
    let child = setting.command(&arguments[..2 + batch(vendor)]).spawn().expect("it starts");
    calls(&setting, 50);
    setting.vendors.stop_listening();
    thread::sleep(Duration::from_secs(2));
    setting.vendors.listen_again();
    setting.all_confirmed(&setting.ended(child), &phones);
}

/// An account whose password the vendor called wrong is not sent again.
#[test]
fn a_wrong_account_password_is_sent_once() {
    let mut phones = made(Vendor::Huawei, 20);
    for phone in &mut phones[5..8] {
        phone.account_password = "of-no-worth".to_owned();
    }
    let doomed = phones[5..8].iter().map(|phone| phone.account.clone()).collect();
    let setting = Setting::with(Vendor::Huawei, &phones, Vec::new());
    for arguments in [&[][..], &[], &["--retry-refused"], &["--retry-refused"]] {
        let ended = setting.rotate(arguments);
        assert_eq!(ended.status, Some(1), "{}", ended.all());
        setting.settled(&ended, &phones, &doomed);
        for name in &doomed {
            let phone = setting.vendors.phone(Vendor::Huawei, name).expect("it is known");
            assert_eq!((phone.asked, phone.failed_checks), (1, 1), "{name}");
        }
    }
}

/// In a long run tokens expire one after another, some before their time.
#[test]
fn expired_tokens_are_replaced() {
    let phones = made(Vendor::Huawei, 300);
    let setting = Setting::with(Vendor::Huawei, &phones, fault("reset=request@2,call=token"));
    let child = setting.command(&["--rate", "150/s"]).spawn().expect("it starts");
    calls(&setting, 100);
    setting.vendors.revoke_tokens();
    let ended = setting.ended(child);
    assert!(matches!(ended.status, Some(1 | 3)), "{}", ended.all());
    // Huawei's page counts the reply to an expired token among the failed checks, so the phones of calls in flight are left alone.
    let ended = setting.rotate(&[]);
    let left = phones.len() - setting.on_phones().len();
    assert!(left <= 8, "{left}: {}", ended.all());
    assert_eq!((ended.status, &ended.summary()["refused"]), (Some(1), &left.into()), "{}", ended.all());
    assert_eq!(setting.vendors.locks(), 0);
}
