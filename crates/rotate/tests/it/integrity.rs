//! What the key shows of changes that somebody else made to a journal: each attack is noticed, nothing is sent from a journal that was
//! edited as a whole, and the passwords in it can still be read.

use std::{fs, path::Path, sync::atomic::AtomicBool};

use rusqlite::Connection;
use sip_password::{Client, HUAWEI, Keystream};
use sip_password_rotate::{
    Draft, Integrity, Journal, JournalError, Key, Plan, RotationState, run, zeroize::Zeroizing,
};

use crate::vendor::{Act, Setting, Vendor, accounts, counts, go, key, limits, open, phones};

const PHONES: usize = 12;

/// Phones in every state: the first three are confirmed, one is unknown, one was refused, and the others are planned.
fn half_rotated() -> Setting {
    let (setting, mut journal) = Setting::planned(PHONES);
    let stop = AtomicBool::new(false);
    let vendor = Vendor::new(&|name, call| match (name, call) {
        ("phone-3", _) => Act::Silence,
        ("phone-4", _) => Act::Refuse,
        ("phone-5", _) => Act::Stop,
        _ => Act::Update,
    });
    run(&mut journal, &vendor, &Client::builder().build(), &limits(1), &stop, |_| ()).expect("there is room");
    journal.mark_exported().expect("there is room");
    assert_eq!(counts(journal.counts()), [7, 0, 1, 3, 1]);
    drop(journal);
    assert_eq!(open(&setting.path()).integrity(), Integrity::Intact);
    setting
}

/// What somebody who can write the file does to it.
fn edit(path: &Path, sql: &str) {
    Connection::open(path).expect("it is SQLite's").execute_batch(sql).expect(sql);
}

/// The columns of a table, each with SQL that changes it.
fn changes(path: &Path, table: &str) -> Vec<(String, String)> {
    let file = Connection::open(path).expect("it is SQLite's");
    let info = format!("SELECT name, type FROM pragma_table_info('{table}')");
    let mut columns = file.prepare(&info).expect("it is SQL");
    let change = |row: &rusqlite::Row<'_>| {
        let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let value = match &*kind {
            "INTEGER" => format!("coalesce({name}, 0) + 100"),
            "TEXT" => format!("{name} || 'x'"),
            _ => format!("CAST(coalesce({name}, x'') || x'00' AS BLOB)"),
        };
        Ok((name.clone(), format!("UPDATE {table} SET {name} = {value}")))
    };
    columns.query_map([], change).and_then(Iterator::collect).expect("it is there")
}

/// Asserts that nothing is sent from a journal that was edited as a whole, and nothing written to it; and that its passwords can be read.
#[track_caller]
fn is_edited(setting: &Setting, what: &str) {
    let mut journal = open(&setting.path());
    assert_eq!(journal.integrity(), Integrity::Edited, "{what}");
    let before = fs::read(setting.path()).expect("it is there");
    let vendor = Vendor::new(&|_, _| Act::Update);
    let sent =
        run(&mut journal, &vendor, &Client::builder().build(), &limits(1), &AtomicBool::new(false), |_| ());
    for refused in [
        sent.map(drop),
        journal.retry_refused().map(drop),
        journal.mark_exported(),
        journal.unmark_exported(),
        journal.forget().map(drop),
    ] {
        assert!(matches!(refused, Err(JournalError::Edited(_))), "{what}: {refused:?}");
    }
    assert_eq!(vendor.calls(), 0, "{what}");
    assert!(phones(&journal).iter().filter(|(.., password)| !password.is_empty()).count() >= 2, "{what}");
    drop(journal);
    assert!(fs::read(setting.path()).expect("it is there") == before, "{what}: it was written");
    let mut reader = Journal::open_to_read(&setting.path()).expect("it can be read");
    reader.unlock(&key()).expect("it is its key");
    assert_eq!(reader.integrity(), Integrity::Edited, "{what}");
}

/// The phone of a row that was edited is named and left alone; all others are sent.
#[test]
fn each_column_of_a_row_is_authenticated() {
    let setting = half_rotated();
    let whole = fs::read(setting.path()).expect("it is there");
    let right = phones(&open(&setting.path()));
    for phone in ["phone-1", "phone-3", "phone-4", "phone-7"] {
        for (column, change) in changes(&setting.path(), "phones") {
            let what = format!("{column} of {phone}");
            fs::write(setting.path(), &whole).expect("there is room");
            edit(&setting.path(), &format!("{change} WHERE name = '{phone}'"));
            if ["id", "mac"].contains(&&*column) {
                is_edited(&setting, &what);
                continue;
            }
            let mut journal = open(&setting.path());
            assert_eq!(journal.integrity(), Integrity::DamagedRows(1), "{what}");
            let mut damaged = 0;
            let visited = journal.passwords(&RotationState::ALL, |found, passwords| {
                damaged += usize::from(found.damaged);
                let known = right.iter().find(|(name, ..)| *name == found.names[0]);
                match known {
                    // What can be decrypted is handed out: it is the phone's.
                    Some((_, _, password)) => assert!(
                        passwords.new == password
                            || found.damaged && (password.is_empty() || passwords.new.is_empty()),
                        "{what}"
                    ),
                    None => assert!(found.damaged && passwords.new.is_empty(), "{what}"),
                }
                assert!(!found.damaged || found.reason.contains(found.names[0]), "{what}: {}", found.reason);
                Ok::<(), JournalError>(())
            });
            visited.expect("the others are whole");
            assert_eq!(damaged, 1, "{what}");
            let vendor = Vendor::new(&|_, _| Act::Update);
            go(&mut journal, &vendor, 2);
            assert_eq!(vendor.seen(phone).calls, 0, "{what}");
            // Those that were planned, and the one that was unknown; the refused one is left alone.
            let expected = PHONES - 4 - usize::from(["phone-3", "phone-7"].contains(&phone));
            assert_eq!(vendor.calls(), expected, "{what}");
            assert_eq!(journal.integrity(), Integrity::DamagedRows(1), "{what}");
            drop(journal);
            // To write the others does not hide it.
            assert_eq!(open(&setting.path()).integrity(), Integrity::DamagedRows(1), "{what}");
        }
    }
}

#[test]
fn rows_that_are_removed_added_swapped_or_older_are_noticed() {
    let setting = half_rotated();
    let older = setting.directory.path().join("older.db");
    fs::copy(setting.path(), &older).expect("there is room");
    let mut journal = open(&setting.path());
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 1);
    drop(journal);
    let whole = fs::read(setting.path()).expect("it is there");
    let attach = format!("ATTACH '{}' AS older;", older.display());
    let columns = "name, state, uncertain, refused, disputed, checks, calls, exported, sent, changed, reason, \
                   new_password, account_password, vendor_password, other_fields, provisioned, provisioning, registered, asked, mac";
    let replace = |condition: &str| {
        format!("{attach} REPLACE INTO phones SELECT * FROM older.phones WHERE {condition}")
    };
    let swap = format!(
        "CREATE TEMP TABLE was AS SELECT * FROM phones; DELETE FROM phones WHERE id IN (1, 2); \
         INSERT INTO phones (id, line, {columns}) SELECT 3 - id, line, {columns} FROM was WHERE id IN (1, 2)"
    );
    let others = columns.trim_start_matches("name, ");
    let add = format!(
        "INSERT INTO phones (id, line, name, {others}) SELECT 99, line, 'new', {others} FROM phones WHERE id = 7"
    );
    for (what, sql) in [
        ("one is removed", "DELETE FROM phones WHERE name = 'phone-7'".to_owned()),
        ("the last is removed", "DELETE FROM phones WHERE id = (SELECT max(id) FROM phones)".to_owned()),
        ("all are removed but some", "DELETE FROM phones WHERE id > 3".to_owned()),
        (
            "removed, and the head's number too",
            "DELETE FROM phones WHERE id = 12; UPDATE journal SET rows = rows - 1".to_owned(),
        ),
        ("one is added", add),
        ("two are swapped", swap),
        ("one is older", replace("name = 'phone-7'")),
        ("one that was unknown is older", replace("name = 'phone-3'")),
        ("two are older", replace("id IN (7, 8)")),
        ("all are older", replace("1")),
        (
            "the head is older",
            format!("{attach} DELETE FROM journal; INSERT INTO journal SELECT * FROM older.journal"),
        ),
        // Without the key, nobody knows which MAC would make up for it.
        (
            "one is older, and another one's MAC is changed",
            format!("{}; UPDATE phones SET mac = zeroblob(32) WHERE id = 1", replace("id = 7")),
        ),
        (
            "one is older, and the MAC of another one is the difference",
            format!(
                "{}; UPDATE phones SET mac = (SELECT mac FROM older.phones WHERE id = 7) WHERE id = 1",
                replace("id = 7")
            ),
        ),
    ] {
        fs::write(setting.path(), &whole).expect("there is room");
        edit(&setting.path(), &sql);
        is_edited(&setting, what);
    }
    fs::write(setting.path(), &whole).expect("there is room");
    edit(&setting.path(), "INSERT INTO journal SELECT * FROM journal");
    let opened = Journal::open(&setting.path()).map(drop);
    assert!(matches!(opened, Err(JournalError::Edited(_))), "{opened:?}");
}

#[test]
fn each_column_of_the_head_is_authenticated() {
    let setting = half_rotated();
    let whole = fs::read(setting.path()).expect("it is there");
    for (column, change) in changes(&setting.path(), "journal") {
        fs::write(setting.path(), &whole).expect("there is room");
        // Words that make sense.
        let change = match &*column {
            "protection" => "UPDATE journal SET protection = 'argon2id'",
            _ => &change,
        };
        edit(&setting.path(), change);
        let unlocked = Journal::open(&setting.path()).and_then(|mut journal| journal.unlock(&key()));
        match &*column {
            // The keys follow from them.
            "salt" | "key_check" => {
                assert!(!matches!(unlocked, Ok(())), "{column}");
            }
            "protection" => assert!(matches!(unlocked, Err(JournalError::WrongKey)), "{unlocked:?}"),
            "memory" | "passes" | "lanes" | "argon2" => {
                assert!(matches!(unlocked, Err(JournalError::Edited(_))), "{column}: {unlocked:?}");
            }
            _ => is_edited(&setting, &column),
        }
    }
    fs::write(setting.path(), &whole).expect("there is room");
    edit(&setting.path(), "UPDATE journal SET memory = 19456, passes = 2, lanes = 1, argon2 = 19");
    is_edited(&setting, "a cost that the key does not have");
}

/// What SQLite would do by itself is refused before it does it; that needs no key.
#[test]
fn other_tables_triggers_and_views_are_refused() {
    let setting = half_rotated();
    let whole = fs::read(setting.path()).expect("it is there");
    let schema = |from: &str, to: &str| {
        format!(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '{from}', '{to}') WHERE name = 'phones'"
        )
    };
    for (name, sql) in [
        ("spy", "CREATE TRIGGER spy AFTER UPDATE ON phones BEGIN UPDATE phones SET state = 0; END".to_owned()),
        ("spy", "CREATE VIEW spy AS SELECT * FROM phones".to_owned()),
        ("spy", "CREATE TABLE spy (phone TEXT)".to_owned()),
        ("spy", "CREATE INDEX spy ON phones (state)".to_owned()),
        (r"spy\u{1b}[2J", "CREATE TABLE \"spy\u{1b}[2J\" (phone TEXT)".to_owned()),
        ("phones", "ALTER TABLE phones ADD COLUMN spy TEXT".to_owned()),
        ("phones", schema("state INTEGER NOT NULL", "state INTEGER NOT NULL CHECK (state > -1)")),
        ("open_phones", "DROP INDEX open_phones".to_owned()),
        ("journal", "DROP TABLE journal".to_owned()),
        (
            "phones",
            "CREATE TEMP TABLE was AS SELECT * FROM phones; DROP TABLE phones; CREATE VIEW phones AS SELECT * FROM journal".to_owned(),
        ),
    ] {
        fs::write(setting.path(), &whole).expect("there is room");
        edit(&setting.path(), &sql);
        let before = fs::read(setting.path()).expect("it is there");
        for opened in [Journal::open(&setting.path()), Journal::open_to_read(&setting.path())] {
            let error = opened.map(drop).expect_err(&sql);
            assert!(matches!(&error, JournalError::Edited(what) if what.contains(name)), "{sql}: {error}");
            assert!(!error.to_string().contains(char::is_control), "{error}");
        }
        assert!(fs::read(setting.path()).expect("it is there") == before, "{sql}: it was written");
    }
}

/// The cost of the passphrase is stored, and is not authenticated before it is paid.
#[test]
fn the_cost_of_a_passphrase_has_limits() {
    let setting = Setting::new();
    let vendor = Vendor::new(&|_, _| Act::Update);
    let key = Key::Passphrase(Zeroizing::new("not a real phrase".into()));
    let plan = Plan { fleet: &vendor, policy: &HUAWEI, length: 16, key: &key, not_containing: &[] };
    let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
    let draft = Draft::new(&setting.path(), &plan, accounts(3).as_bytes(), &mut rng).expect("it is good");
    drop(draft.commit(&key).expect("there is room"));
    let whole = fs::read(setting.path()).expect("it is there");
    for (change, is_within) in [
        ("memory = 4194304", false),
        ("memory = 8", false),
        ("passes = 1", false),
        ("passes = 1000000", false),
        ("lanes = 0", false),
        ("argon2 = 16", false),
        ("memory = NULL", false),
        ("memory = NULL, passes = NULL, lanes = NULL, argon2 = NULL", false),
        ("memory = 19464", true),
        ("passes = 3", true),
        ("lanes = 2", true),
    ] {
        fs::write(setting.path(), &whole).expect("there is room");
        edit(&setting.path(), &format!("UPDATE journal SET {change}"));
        let unlocked = Journal::open(&setting.path()).and_then(|mut journal| journal.unlock(&key));
        match is_within {
            true => assert!(matches!(unlocked, Err(JournalError::WrongKey)), "{change}: {unlocked:?}"),
            false => assert!(matches!(unlocked, Err(JournalError::Edited(_))), "{change}: {unlocked:?}"),
        }
    }
}

/// The journal writes nothing that the key authenticates before it has the key.
#[test]
fn without_the_key_nobody_can_tell_and_nothing_is_written() {
    let setting = half_rotated();
    let before = fs::read(setting.path()).expect("it is there");
    let mut journal = Journal::open(&setting.path()).expect("nobody has it open");
    assert_eq!(journal.integrity(), Integrity::Unverified);
    for refused in [
        journal.retry_refused().map(drop),
        journal.mark_exported(),
        journal.unmark_exported(),
        journal.forget().map(drop),
    ] {
        assert!(matches!(refused, Err(JournalError::WrongKey)), "{refused:?}");
    }
    drop(journal);
    assert!(fs::read(setting.path()).expect("it is there") == before);
}

/// A journal without a key has no MAC: what somebody changed is taken for right.
#[test]
fn a_plaintext_journal_says_that_nobody_can_tell() {
    let setting = Setting::new();
    let vendor = Vendor::new(&|_, _| Act::Update);
    let plan =
        Plan { fleet: &vendor, policy: &HUAWEI, length: 16, key: &Key::Plaintext, not_containing: &[] };
    let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
    let draft = Draft::new(&setting.path(), &plan, accounts(3).as_bytes(), &mut rng).expect("it is good");
    let mut journal = draft.commit(&Key::Plaintext).expect("there is room");
    assert!(!journal.anchor(setting.directory.path(), false).expect("it has none"));
    go(&mut journal, &vendor, 1);
    assert_eq!(journal.integrity(), Integrity::Unauthenticated);
    drop(journal);
    edit(&setting.path(), "UPDATE phones SET state = 4 WHERE id = 1; DELETE FROM phones WHERE id = 2");
    let mut journal = Journal::open(&setting.path()).expect("nobody has it open");
    journal.unlock(&Key::Plaintext).expect("it has no key");
    assert_eq!(journal.integrity(), Integrity::Unauthenticated);
    assert_eq!(counts(journal.counts()), [0, 0, 0, 1, 1]);
}

/// A row that somebody changes while the journal is open is not sent.
#[test]
fn a_row_that_is_edited_during_a_run_is_left_alone() {
    let setting = half_rotated();
    let mut journal = open(&setting.path());
    edit(&setting.path(), "UPDATE phones SET state = 0, refused = 0 WHERE name IN ('phone-1', 'phone-4')");
    let vendor = Vendor::new(&|_, _| Act::Update);
    go(&mut journal, &vendor, 2);
    assert_eq!((vendor.seen("phone-1").calls, vendor.seen("phone-4").calls), (0, 0));
    assert_eq!(vendor.calls(), PHONES - 4);
    drop(journal);
    assert_eq!(open(&setting.path()).integrity(), Integrity::DamagedRows(2));
}

/// A file that was exported may be the only copy of a password, whatever somebody did to the row since.
#[test]
fn a_forgotten_password_of_an_edited_row_still_counts() {
    let setting = half_rotated();
    let mut journal = open(&setting.path());
    assert_eq!(journal.forget().expect("there is room"), (3, 0));
    drop(journal);
    for change in ["state = 0", "state = 9", "new_password = x'00'", "exported = 0"] {
        let whole = fs::read(setting.path()).expect("it is there");
        edit(&setting.path(), &format!("UPDATE phones SET {change} WHERE name = 'phone-1'"));
        let journal = open(&setting.path());
        assert_eq!(journal.integrity(), Integrity::DamagedRows(1), "{change}");
        assert_eq!(journal.forgotten().expect("it can be read"), 3, "{change}");
        drop(journal);
        fs::write(setting.path(), whole).expect("there is room");
    }
}

/// A row that somebody replaced by its older version says that nothing was sent, and the phone has its new password.
#[test]
fn no_password_is_held_back_from_an_export_of_states_that_are_not_certain() {
    let setting = half_rotated();
    let (older, anchors) =
        (setting.directory.path().join("older.db"), setting.directory.path().join("state"));
    fs::copy(setting.path(), &older).expect("there is room");
    let mut journal = open(&setting.path());
    assert!(journal.anchor(&anchors, false).expect("it is new"));
    go(&mut journal, &Vendor::new(&|_, _| Act::Update), 1);
    let passwords = |journal: &Journal| -> Vec<_> {
        phones(journal).into_iter().map(|(name, _, password)| (name, password)).collect()
    };
    let right = passwords(&journal);
    drop(journal);
    edit(
        &setting.path(),
        &format!("ATTACH '{}' AS older; REPLACE INTO phones SELECT * FROM older.phones", older.display()),
    );
    let journal = open(&setting.path());
    assert_eq!(journal.integrity(), Integrity::Edited);
    let is_exported = |found: &[(String, String)]| {
        right.iter().filter(|(_, password)| !password.is_empty()).all(|phone| found.contains(phone))
    };
    assert!(is_exported(&passwords(&journal)));
    drop(journal);

    fs::copy(&older, setting.path()).expect("there is room");
    let mut journal = open(&setting.path());
    assert!(!is_exported(&passwords(&journal)), "the file alone does not show that it is older");
    assert!(matches!(journal.anchor(&anchors, false), Err(JournalError::OlderCopy { .. })));
    assert!(is_exported(&passwords(&journal)));
}

/// One bit of an ASCII text is enough for that.
#[test]
fn a_text_that_is_not_utf8_damages_its_row_and_no_other() {
    for column in ["name", "reason"] {
        let setting = half_rotated();
        let right = phones(&open(&setting.path()));
        let change = format!("UPDATE phones SET {column} = CAST(x'ff41' AS TEXT) WHERE name = 'phone-1'");
        edit(&setting.path(), &change);
        let mut journal = open(&setting.path());
        assert_eq!(journal.integrity(), Integrity::DamagedRows(1), "{column}");
        let found = phones(&journal);
        assert_eq!(found.iter().filter(|phone| right.contains(phone)).count(), PHONES - 1, "{column}");
        let vendor = Vendor::new(&|_, _| Act::Update);
        go(&mut journal, &vendor, 2);
        assert_eq!(vendor.calls(), PHONES - 4, "{column}");
    }
    for column in [
        "vendor",
        "tenant",
        "columns",
        "accounts_columns",
        "alphabet",
        "policy",
        "not_containing",
        "extra_headers",
    ] {
        let setting = half_rotated();
        edit(&setting.path(), &format!("UPDATE journal SET {column} = CAST(x'ff41' AS TEXT)"));
        is_edited(&setting, column);
    }
}

/// Without a key, too, nothing is sent under a name that is not the phone's.
#[test]
fn a_name_that_is_not_utf8_is_sent_to_nobody() {
    let setting = Setting::new();
    let vendor = Vendor::new(&|_, _| Act::Update);
    let plan =
        Plan { fleet: &vendor, policy: &HUAWEI, length: 16, key: &Key::Plaintext, not_containing: &[] };
    let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
    let draft = Draft::new(&setting.path(), &plan, accounts(3).as_bytes(), &mut rng).expect("it is good");
    drop(draft.commit(&Key::Plaintext).expect("there is room"));
    edit(&setting.path(), "UPDATE phones SET name = CAST(x'ff41' AS TEXT) WHERE id = 1");
    let mut journal = Journal::open(&setting.path()).expect("nobody has it open");
    journal.unlock(&Key::Plaintext).expect("it has no key");
    go(&mut journal, &vendor, 1);
    assert_eq!((vendor.calls(), counts(journal.counts())), (2, [0, 0, 1, 2, 0]));
}
