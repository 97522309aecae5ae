//! `--retry-refused` with a corrected accounts file.

use fake_vendors::Vendor;

use crate::rotate::{
    setting::{Setting, fault, made},
    stops::updates,
};

const FIXED: [&str; 3] = ["--retry-refused", "--accounts", "fixed.csv"];

/// Six phones, of which agent-2 and agent-4 were refused for their account passwords.
fn refused() -> Setting {
    let mut phones = made(Vendor::Huawei, 6);
    for number in [1, 3] {
        phones[number].account_password = "of-no-worth".to_owned();
    }
    let setting = Setting::with(Vendor::Huawei, &phones, Vec::new());
    let ended = setting.rotate(&[]);
    assert_eq!(ended.status, Some(1), "{}", ended.all());
    assert_eq!(ended.summary()["refused"], 2);
    assert!(ended.stderr.contains("correct it in the accounts file"), "{}", ended.stderr);
    setting
}

fn fixed(setting: &Setting, rows: &str) {
    setting.write("fixed.csv", format!("user_account,account_password\n{rows}"));
}

fn run(setting: &Setting, arguments: &[&str]) -> crate::rotate::setting::Ended {
    setting.run(&mut setting.keyless(&[&["--key-file", "key"], arguments].concat()))
}

#[test]
fn corrected_account_passwords_are_used() {
    let setting = refused();
    // Without a correction, they are left alone.
    let ended = run(&setting, &["--retry-refused"]);
    assert_eq!((ended.status, updates(&setting)), (Some(1), 6), "{}", ended.all());

    // agent-4's is wrong again; agent-1 is confirmed.
    fixed(&setting, "agent-4,of-no-use\nagent-2,fake-account-pass-2\nagent-1,fake-account-pass-1\n");
    let ended = run(&setting, &[&FIXED[..], &["--dry-run"]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    for said in ["would correct the account passwords of 2 refused phones", "would send 2 phones"] {
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }
    assert_eq!(updates(&setting), 6);

    let ended = run(&setting, &FIXED);
    assert_eq!((ended.status, updates(&setting)), (Some(1), 8), "{}", ended.all());
    let said = "corrected the account passwords of 2 refused phones from \"fixed.csv\"; 1 of its phones is not refused, and left alone";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    assert!(!setting.journal_has("fake-account-pass-2") && !setting.journal_has("of-no-use"));
    assert_eq!(setting.export(&[]).status, Some(0));
    let rows = setting.exported();
    assert_eq!(Some(&rows[1].password), setting.on_phones().get("agent-2"));

    // A third check could lock agent-4.
    fixed(&setting, "agent-4,fake-account-pass-4\n");
    let ended = run(&setting, &FIXED);
    assert_eq!((ended.status, updates(&setting)), (Some(1), 8), "{}", ended.all());
    for said in
        ["corrected the account password of 1 refused phone", "1 of the corrected phones gets no more calls"]
    {
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }
    assert_eq!(setting.vendors.locks(), 0);
    let phone = setting.vendors.phone(Vendor::Huawei, "agent-4").expect("it is known");
    assert_eq!((phone.asked, phone.failed_checks), (2, 2));
}

/// The file that the rotation was planned with, with the wrong rows corrected.
#[test]
fn a_whole_corrected_file_is_taken() {
    let setting = refused();
    setting.accounts(&made(Vendor::Huawei, 6));
    let ended = setting.rotate(&["--retry-refused"]);
    assert!(ended.stderr.contains("4 of its phones are not refused"), "{}", ended.stderr);
    setting.all_confirmed(&ended, &made(Vendor::Huawei, 6));
    // Nothing is left to correct.
    let ended = setting.rotate(&["--retry-refused"]);
    assert_eq!((ended.status, updates(&setting)), (Some(0), 8), "{}", ended.all());
}

#[test]
fn an_unknown_phone_is_named_and_nothing_changes() {
    let setting = refused();
    fixed(&setting, "agent-2,fake-account-pass-2\nghost-1,of-no-use\nghost-2,of-no-use\n");
    let said =
        ["line 3: ghost-1 is not in the journal", "line 4: ghost-2 is not", "2 rows are wrong, and 1 right"];
    run(&setting, &FIXED).failed(&said);
    run(&setting, &[&FIXED[..], &["--dry-run"]].concat()).failed(&said);
    let ended = run(&setting, &["--retry-refused"]);
    assert_eq!((ended.status, updates(&setting)), (Some(1), 6), "{}", ended.all());
    // The file is as secret as the first one.
    fixed(&setting, "agent-2,fake-account-pass-2\n");
    setting.mode("fixed.csv", 0o644);
    run(&setting, &FIXED).failed(&["can be read by others"]);
}

/// A phone that may have its new password keeps its account password; that the file has another is said.
#[test]
fn another_password_of_a_phone_that_is_not_refused_is_an_error() {
    let setting =
        Setting::with(Vendor::Huawei, &made(Vendor::Huawei, 3), fault("lose-reply@account=agent-2"));
    assert_eq!(setting.rotate(&[]).status, Some(3));
    fixed(&setting, "agent-2,of-no-use\n");
    run(&setting, &FIXED).failed(&["line 2: the account password differs", "agent-2 is unknown"]);
}

/// Other vendors' files have no account passwords: they are compared with the journal, as without the option.
#[test]
fn other_vendors_have_nothing_to_correct() {
    let setting = Setting::new(Vendor::Exotel, 2);
    assert_eq!(setting.rotate(&["--retry-refused"]).status, Some(0));
    setting.write("fixed.csv", "user_uuid,device_id\nagent-2,device-2\n");
    run(&setting, &FIXED).failed(&["fixed.csv", "as in the journal"]);
}
