//! `rotate export --template`: the files of phones that have a new password.

use std::fs;

use fake_vendors::Vendor;

use crate::rotate::setting::{Setting, fault, made};

/// Ten phones of NXCloud with a column for the phone's address; the vendor does not know one of them.
fn rotated() -> Setting {
    rotated_with("status=404@account=agent-2")
}

fn rotated_with(one: &str) -> Setting {
    let phones = made(Vendor::NxCloud, 10);
    let setting = Setting::with(Vendor::NxCloud, &phones, fault(one));
    let mut csv = String::from("username,mac\n");
    for (number, phone) in phones.iter().enumerate() {
        csv += &format!("{},001565abcd{number:02}\n", phone.account);
    }
    setting.write("accounts.csv", csv);
    let ended = setting.rotate(&["--batch", "1"]);
    assert!(matches!(ended.status, Some(1 | 3)), "{}", ended.all());
    setting
}

fn export(setting: &Setting, more: &[&str]) -> crate::rotate::setting::Ended {
    let usual = ["export", "--journal", "journal", "--key-file", "key", "--set", "registrar=sip.example.com"];
    setting.run(&mut setting.bare(&[&usual, more].concat()))
}

#[test]
fn the_files_of_confirmed_phones() {
    let setting = rotated();
    let ended = export(&setting, &["--template", "yealink", "--output-dir", "tftp"]);
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    assert!(ended.all().contains("9 phones by template yealink"), "{}", ended.all());
    let on_phones = setting.on_phones();
    for (number, account) in (0..10).map(|number| (number, format!("agent-{}", number + 1))) {
        let path = setting.path(&format!("tftp/001565abcd{number:02}.cfg"));
        match on_phones.get(&account).filter(|_| number != 1) {
            Some(password) => {
                let file = fs::read_to_string(path).expect("it is there");
                assert!(file.contains(&format!("account.1.user_name = {account}\n")));
                assert!(file.contains(&format!("account.1.password = {}\n", password)), "another password");
            }
            None => assert!(!path.exists(), "{account}"),
        }
    }
    // One file of all.
    let ended = export(&setting, &["--template", "kamailio", "--set", "domain=d", "--output", "users.sql"]);
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    let sql = fs::read_to_string(setting.path("users.sql")).expect("it is there");
    assert_eq!(sql.matches("UPDATE").count(), 9);
    assert!(sql.starts_with("BEGIN;\n") && sql.ends_with("COMMIT;\n"));

    // No such file is a copy of the passwords: nothing counts as exported, and nothing is forgotten.
    let ended = setting.run(&mut setting.bare(&["forget", "--journal", "journal", "--key-file", "key"]));
    assert!(ended.all().contains("not exported") || ended.status == Some(2), "{}", ended.all());
    assert_eq!(setting.export(&[]).status, Some(0));
}

/// The file may be the only copy of the passwords: if it is overwritten, the journal keeps them.
#[test]
fn an_export_that_is_overwritten() {
    let setting = rotated();
    let forget = || setting.run(&mut setting.bare(&["forget", "--journal", "journal", "--key-file", "key"]));
    let new = |file: &[&str]| {
        assert_eq!(setting.export(&["--force"]).status, Some(0));
        let usual = ["--template", "kamailio-csv", "--set", "domain=d", "--force"];
        let ended = export(&setting, &[&usual, file].concat());
        assert_eq!(ended.status, Some(0), "{}", ended.all());
    };
    new(&["--output", "export.csv"]);
    assert!(!forget().all().contains("9 passwords forgotten"));
    fs::rename(setting.path("export.csv"), setting.path("subscriber.csv")).expect("it is ours");
    new(&["--output-dir", "."]);
    assert!(!forget().all().contains("9 passwords forgotten"));
    // A file beside it changes nothing.
    fs::remove_file(setting.path("subscriber.csv")).expect("it is ours");
    new(&["--output-dir", "."]);
    assert!(forget().all().contains("9 passwords forgotten"));
}

/// Whatever the files' names are: an export among them is an export that is overwritten, and what the journal has forgotten is nowhere else.
#[test]
fn an_export_that_a_phones_file_overwrites() {
    let setting = rotated();
    let forget = || setting.run(&mut setting.bare(&["forget", "--journal", "journal", "--key-file", "key"]));
    let files = |name: &str| {
        let name = format!("{{{{ {name:?} if user == \"agent-1\" else user }}}}");
        let usual = ["--template", "asterisk", "--output-dir", ".", "--force", "--file-name", &name];
        export(&setting, &usual)
    };
    for own in ["journal", "key"] {
        let before = fs::read(setting.path(own)).expect("it is there");
        files(own).failed(&[own]);
        assert_eq!(fs::read(setting.path(own)).expect("it is there"), before);
    }
    assert_eq!(setting.export(&["--force"]).status, Some(0));
    assert_eq!(files("export.csv").status, Some(0));
    assert!(!forget().all().contains("9 passwords forgotten"));
}

/// What the journal has forgotten is nowhere else.
#[test]
fn a_directory_with_the_only_copy() {
    let setting = rotated_with("lose-reply@account=agent-2");
    let forget = || setting.run(&mut setting.bare(&["forget", "--journal", "journal", "--key-file", "key"]));
    assert_eq!(setting.export(&["--force"]).status, Some(0));
    let kept = fs::read(setting.path("export.csv")).expect("it is there");
    assert!(forget().all().contains("9 passwords forgotten"));
    let usual = ["--only", "unknown", "--template", "asterisk", "--output-dir", ".", "--file-name"];
    let write = |name: &str, more: &[&str]| export(&setting, &[&usual[..], &[name], more].concat());
    write("export.csv", &["--force"]).failed(&["9 passwords", "may be the only copy"]);
    assert_eq!(fs::read(setting.path("export.csv")).expect("it is there"), kept);
    assert_eq!(write("new.conf", &["--force"]).status, Some(0));
}

#[test]
fn wrong_usage() {
    let setting = rotated();
    export(&setting, &["--template", "yealink", "--output-dir", "tftp", "--only", "refused"])
        .failed(&["refused phones keep"]);
    export(&setting, &["--template", "yealink", "--output", "one"]).failed(&["--output-dir"]);
    export(&setting, &["--template", "yealink", "--output-dir", "tftp", "--new"]).failed(&["--new"]);
    export(&setting, &["--template", "yealink", "--output-dir", "tftp", "--map", "user=x"])
        .failed(&["--map", "username, mac"]);
    export(&setting, &["--template", "asterisk", "--output", "-"]).failed(&["standard output"]);
    let ended = export(&setting, &["--template", "yealink", "--output-dir", "tftp", "--only", "unknown"]);
    assert!(ended.all().contains("0 phones"), "{}", ended.all());
    assert!(!setting.path("one").exists());
}
