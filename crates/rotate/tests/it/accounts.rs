//! The accounts file: what is wrong with it, and whether it is the one that a journal was planned with.

use sip_password::{HUAWEI, Keystream};
use sip_password_rotate::{Draft, JournalError, Plan, PlanError, RotationState};

use crate::vendor::{Act, Setting, Vendor, accounts, go, key, phones};

#[test]
fn a_wrong_accounts_file_leaves_nothing_behind() {
    let row = "a,not-real-a\n";
    for (text, line, is) in [
        ("", 1, "MissingColumn"),
        ("name\n", 1, "MissingColumn"),
        ("secret,name,name\n", 1, "DuplicateColumn"),
        ("name,secret\n", 1, "NoRows"),
        ("name,secret\n,x\n", 2, "Field"),
        ("name,secret\na,\n", 2, "Field"),
        (&format!("name,secret\n{row}\n\n{row}"), 5, "Duplicate"),
        (&format!("name,secret\r\n{row}\r\n\r\nb,c,d\r\n"), 5, "FieldCount"),
        (&format!("name,secret\n\n{row}\n\"b\nb\",x\n\nc"), 5, "LineBreak"),
        ("name,secret,note\n\na,x,y\n\nb,x,\"b\nb\"\n\nc", 8, "FieldCount"),
        ("name,secret\nb ,x\n", 2, "EdgeSpace"),
    ] {
        let setting = Setting::new();
        let Err(PlanError::Accounts(error)) = setting.draft(text).map(drop) else { panic!("{text:?}") };
        assert_eq!(error.line, line, "{text:?}: {error}");
        let found = format!("{:?}", error.kind);
        assert!(found.starts_with(is), "{text:?}: {found}");
        assert!(!error.to_string().contains("not-real"), "{error}");
        assert_eq!(setting.files(), 0);
    }
    let setting = Setting::new();
    let vendor = Vendor::new(&|_, _| Act::Update);
    let plan = Plan { fleet: &vendor, policy: &HUAWEI, length: 16, key: &key(), not_containing: &[] };
    let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
    let Err(PlanError::Accounts(error)) =
        Draft::new(&setting.path(), &plan, &b"name,secret\na,b\n\n\xff,x\n"[..], &mut rng).map(drop)
    else {
        panic!("it is not UTF-8")
    };
    assert_eq!(error.to_string(), "line 4: not UTF-8; save the file in that encoding");
    let Err(PlanError::Generate(_)) =
        Draft::new(&setting.path(), &Plan { length: 17, ..plan }, accounts(1).as_bytes(), &mut rng).map(drop)
    else {
        panic!("Huawei's have 16")
    };
    assert_eq!(setting.files(), 0);
}

#[test]
fn the_order_of_columns_and_other_columns_do_not_matter() {
    let setting = Setting::new();
    let text =
        "\u{feff}room, secret ,name,floor\r\n1,not-real-b,b,2\r\n\r\n\"1,5\",\"not-real-a\",\"a\",\r\n";
    let mut journal = setting.draft(text).expect("it is good").commit(&key()).expect("there is room");
    let names: Vec<_> = phones(&journal).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["b", "a"]);
    let mut lines = Vec::new();
    journal
        .phones(&[RotationState::Planned], |phone| {
            lines.push(phone.line);
            Ok::<(), JournalError>(())
        })
        .expect("it can be read");
    assert_eq!(lines, [2, 4]);
    let vendor = Vendor::new(&|_, _| Act::Update);
    journal.check_accounts(&vendor, text.as_bytes()).expect("the same file");
    journal
        .check_accounts(&vendor, &b"name,secret\nb,not-real-b\na,not-real-a\n"[..])
        .expect("the same phones");
    go(&mut journal, &vendor, 1);
    // For confirmed phones only the names are compared: their account passwords are forgotten.
    journal.check_accounts(&vendor, &b"name,secret\nb,x\na,x\n"[..]).expect("the same phones");
}

#[test]
fn a_different_accounts_file_is_reported_by_its_line() {
    let (_setting, journal) = Setting::planned(3);
    let vendor = Vendor::new(&|_, _| Act::Update);
    let good = accounts(3);
    journal.check_accounts(&vendor, good.as_bytes()).expect("they are the same");
    let lines: Vec<_> = good.lines().collect();
    for (text, line, problem) in [
        (good.replace("phone-1,", "phone-9,"), 3, "NotInJournal { journal: Some(\"phone-1\") }"),
        ([lines[0], lines[2], lines[1], lines[3]].join("\n"), 2, "OtherOrder { journal: \"phone-0\" }"),
        (accounts(4), 5, "NotInJournal { journal: None }"),
        (accounts(2), 3, "TooFew { journal: \"phone-2\" }"),
        (good.replace("not-real-phone-2", "other"), 4, "OtherAccountPassword"),
    ] {
        let Err(PlanError::Accounts(error)) = journal.check_accounts(&vendor, text.as_bytes()) else {
            panic!("{text}")
        };
        assert_eq!((error.line, &*format!("{:?}", error.kind)), (line, problem));
    }
}
