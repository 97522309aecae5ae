//! The file of a phone, which appears when the vendor has confirmed its password.

use std::fs;

use fake_vendors::{Kind, Vendor};

use crate::submit::setting::Setting;

const TEMPLATE: [&str; 12] = [
    "--output",
    "new.txt",
    "--template",
    "yealink",
    "--output-dir",
    "tftp",
    "--set",
    "user=1001",
    "--set",
    "mac=001565abcd01",
    "--set",
    "registrar=sip.example.com",
];

#[test]
fn a_phones_file_appears_when_its_password_is_set() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        setting.run(&mut setting.command(&TEMPLATE)).is(0, &["updated", "1 phone by template yealink"]);
        let file = fs::read_to_string(setting.path("tftp/001565abcd01.cfg")).expect("it is there");
        assert!(file.contains(&format!("account.1.password = {}\n", setting.in_file())), "another password");
    }
}

/// The file of all phones would have this one alone; and the file that the password is written to first is the only copy of it.
#[test]
fn what_is_not_overwritten() {
    let setting = Setting::new(Vendor::NxCloud);
    let with = |output, template, more: &[&str]| {
        let usual = [
            "--output",
            output,
            "--template",
            template,
            "--output-dir",
            ".",
            "--set",
            "user=1001",
            "--set",
            "realm=r",
        ];
        setting.run(&mut setting.command(&[&usual, more].concat()))
    };
    let pjsip = setting.path("pjsip_auth.conf");
    with("pjsip_auth.conf", "asterisk-md5", &[]).is(2, &["is a file of the template"]);
    assert!(!pjsip.exists());
    fs::write(&pjsip, "[1002]\n").expect("there is room");
    with("new.txt", "asterisk-md5", &[]).is(2, &["pjsip_auth.conf", "expected --file-name"]);
    assert_eq!(fs::read_to_string(&pjsip).expect("it is there"), "[1002]\n");
    assert_eq!(setting.on_phone(), None);
    assert!(!setting.path("new.txt").exists());
    with("new.txt", "asterisk", &["--file-name", "{{ user }}.conf"]).is(0, &["updated"]);
    assert!(setting.path("1001.conf").exists());
}

#[test]
fn no_file_of_a_password_that_is_not_set() {
    let kind = Kind::Status { status: 404, headers: Vec::new(), body: Vec::new() };
    let setting = Setting::failing(Vendor::NxCloud, kind);
    setting.run(&mut setting.command(&TEMPLATE)).is(1, &["refused"]);
    assert!(!setting.path("tftp").exists());
    // What the template cannot do is found before anything is sent or written.
    let setting = Setting::new(Vendor::NxCloud);
    setting.run(&mut setting.command(&TEMPLATE[..8])).is(2, &["expected a value of registrar, found none"]);
    setting.run(&mut setting.command(&TEMPLATE[..4])).is(2, &["expected --output-dir"]);
    setting
        .run(&mut setting.command(&[&TEMPLATE[..], &["--map", "a=b"]].concat()))
        .is(2, &["expected --set"]);
    assert_eq!(setting.on_phone(), None);
    assert!(!setting.path("new.txt").exists() && !setting.path("tftp").exists());
}
