//! A program hands the password on.
#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt};

use fake_vendors::{Kind, Vendor};
use serde_json::Value;

use crate::submit::setting::Setting;

fn program(setting: &Setting, script: &str) {
    let path = setting.path("hook");
    fs::write(&path, format!("#!/bin/sh\n{script}")).expect("there is room");
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).expect("it is ours");
}

const HOOK: [&str; 4] = ["--output", "new.txt", "--on-confirmed", "./hook"];

#[test]
fn it_gets_the_phone_when_the_vendor_has_confirmed() {
    for (vendor, names) in [
        (Vendor::Huawei, &["user_account"][..]),
        (Vendor::Exotel, &["device_id", "user_uuid"]),
        (Vendor::NxCloud, &["username"]),
    ] {
        let setting = Setting::new(vendor);
        program(&setting, "cat > told\nenv > environment\n");
        setting.run(&mut setting.command(&HOOK)).is(0, &["updated"]);
        let told = fs::read_to_string(setting.path("told")).expect("it ran");
        let told: Value = serde_json::from_str(&told).expect("it is JSON");
        let mut found: Vec<_> = told.as_object().expect("it is an object").keys().collect();
        found.retain(|name| *name != "password");
        assert_eq!(found, names);
        assert_eq!(told["password"], setting.in_file());
        let environment = fs::read_to_string(setting.path("environment")).expect("it ran");
        for word in ["HUAWEI", "EXOTEL", "NXCLOUD"] {
            assert!(!environment.contains(word), "{environment}");
        }
    }
}

#[test]
fn if_it_fails_the_password_is_in_the_file_and_can_be_handed_on_again() {
    let setting = Setting::new(Vendor::NxCloud);
    program(&setting, "exit 5\n");
    setting
        .run(&mut setting.command(&HOOK))
        .is(4, &["updated", "was not handed on: the program ended with exit status: 5"]);
    assert_eq!(setting.on_phone().as_deref(), Some(&*setting.in_file()));
    program(&setting, "cat > told\n");
    setting.run(&mut setting.command(&[&HOOK[..], &["--again"]].concat())).is(0, &["updated"]);
    assert!(setting.path("told").exists());
}

#[test]
fn it_is_not_run_for_a_password_that_is_not_set() {
    let kind = Kind::Status { status: 404, headers: Vec::new(), body: Vec::new() };
    let setting = Setting::failing(Vendor::NxCloud, kind);
    program(&setting, "cat > told\n");
    setting.run(&mut setting.command(&HOOK)).is(1, &["refused"]);
    assert!(!setting.path("told").exists());
    let setting = Setting::new(Vendor::NxCloud);
    setting.run(&mut setting.command(&HOOK)).is(2, &["--on-confirmed: expected a program"]);
    assert!(setting.on_phone().is_none() && !setting.path("new.txt").exists());
}
