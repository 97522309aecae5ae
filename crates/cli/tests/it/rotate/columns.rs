//! The columns of the accounts file in exports, and what was confirmed since the last one.

use std::fs;

use fake_vendors::Vendor;
use serde_json::Value;

use crate::rotate::setting::{Setting, fault, made};

/// Ten phones of NXCloud with columns around their names, one of them called as one that an export adds.
fn with_columns() -> Setting {
    let phones = made(Vendor::NxCloud, 10);
    let setting = Setting::with(Vendor::NxCloud, &phones, fault("status=404@account=agent-2"));
    let mut csv = String::from("password,username,mac,,mac\n");
    for (number, phone) in phones.iter().enumerate() {
        csv += &format!("not-real-old-{number},{},00:{number:02},\"a, \"\"b\"\"\",\n", phone.account);
    }
    setting.write("accounts.csv", csv);
    setting
}

/// The lines of an export.
fn lines(setting: &Setting) -> Vec<String> {
    let text = fs::read_to_string(setting.path("export.csv")).expect("it is there");
    text.lines().map(String::from).collect()
}

#[test]
fn every_column_comes_back_in_both_formats() {
    let setting = with_columns();
    let ended = setting.rotate(&["--batch", "1"]);
    assert_eq!(ended.status, Some(1), "{}", ended.all());
    assert_eq!(setting.export(&[]).status, Some(0));
    let csv = lines(&setting);
    assert_eq!(
        csv[0],
        "accounts_password,username,mac,,mac,password,vendor_password,state,calls,sent,changed,reason,provisioned,registered"
    );
    assert_eq!(csv.len(), 11);
    let on_phones = setting.on_phones();
    let confirmed =
        format!("not-real-old-0,agent-1,00:00,\"a, \"\"b\"\"\",,{},,confirmed,1,", on_phones["agent-1"]);
    assert!(csv[1].starts_with(&confirmed), "another row");
    assert!(csv[2].starts_with("not-real-old-1,agent-2,00:01,\"a, \"\"b\"\"\",,,,refused,1,"), "another row");

    assert_eq!(setting.export(&["--force", "--format", "json"]).status, Some(0));
    let json = lines(&setting);
    assert_eq!(json.len(), 10);
    let [first, second]: [Value; 2] =
        [0, 1].map(|line: usize| serde_json::from_str(&json[line]).expect("it is JSON"));
    let names: Vec<_> = first.as_object().expect("it is an object").keys().collect();
    assert_eq!(names.len(), 14);
    assert_eq!(first["accounts_password"], "not-real-old-0");
    assert_eq!(
        (&first["username"], &first["mac"], &first["mac_2"]),
        (&"agent-1".into(), &"00:00".into(), &"".into())
    );
    assert_eq!((&first["column_4"], &first["calls"]), (&"a, \"b\"".into(), &1.into()));
    assert_eq!(first["password"], *on_phones["agent-1"]);
    assert_eq!((&second["password"], &second["state"]), (&Value::Null, &"refused".into()));
}

#[test]
fn what_was_confirmed_since_the_last_export() {
    let setting = with_columns();
    assert_eq!(setting.rotate(&["--batch", "1"]).status, Some(1));
    let new = |name: &str, more: &[&str]| {
        let usual = ["export", "--journal", "journal", "--output", name, "--key-file", "key", "--new"];
        setting.run(&mut setting.bare(&[&usual, more].concat()))
    };
    assert_eq!(new("one.csv", &[]).status, Some(0));
    let count = |name: &str| fs::read_to_string(setting.path(name)).expect("it is there").lines().count() - 1;
    assert_eq!(count("one.csv"), 9);
    // Nothing is new now, and a file that others wait for is there all the same.
    assert_eq!(new("two.csv", &[]).status, Some(0));
    assert_eq!(count("two.csv"), 0);
    setting.fails(Vec::new());
    assert_eq!(setting.rotate(&["--batch", "1", "--retry-refused"]).status, Some(0));
    assert_eq!(new("three.csv", &[]).status, Some(0));
    assert_eq!(count("three.csv"), 1);
    // A file with a part of the passwords never replaces one that may have others.
    new("one.csv", &[]).failed(&["one.csv", "exists"]);
    new("one.csv", &["--force"]).failed(&["--force"]);
    new("four.csv", &["--only", "unknown"]).failed(&["--only"]);
    // All were exported, in three files.
    let ended = setting.run(&mut setting.bare(&["forget", "--journal", "journal", "--key-file", "key"]));
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    assert!(ended.all().contains("10 passwords forgotten"), "{}", ended.all());
}

#[test]
fn what_changed_since_a_time() {
    let setting = with_columns();
    assert_eq!(setting.rotate(&["--batch", "1"]).status, Some(1));
    assert_eq!(setting.export(&["--since", "2001-01-01T00:00:00Z"]).status, Some(0));
    assert_eq!(lines(&setting).len(), 11);
    assert_eq!(setting.export(&["--force", "--since", "2999-01-01T00:00:00Z"]).status, Some(0));
    assert_eq!(lines(&setting).len(), 1);
    // Such a file is a part, and counts as none.
    let ended = setting.run(&mut setting.bare(&["forget", "--journal", "journal", "--key-file", "key"]));
    assert!(ended.all().contains("0 passwords forgotten; 9 confirmed and not exported"), "{}", ended.all());
    setting.export(&["--force", "--since", "yesterday"]).failed(&["--since", "2026-03-01T09:00:00Z"]);
}
