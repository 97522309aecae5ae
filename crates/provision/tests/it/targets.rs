//! The templates that come with the crate, each read back by a reader written apart from it.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use sip_password::CharSet;
use sip_password_provision::{DigestAlgorithm, Phone, TARGETS, Target};

use crate::readers::{PASSWORDS, asterisk, baresip, preprocessed};

const USER: &str = "1001";
const NAME: &str = "Ada <A&B> \"x\"; $${y}";

fn phone(password: &str) -> Phone {
    let mut phone = Phone::new();
    for (name, value) in [
        ("user", USER),
        ("mac", "00:15:65:AB:CD:EF"),
        ("registrar", "sip.example.com"),
        ("realm", "asterisk"),
        ("domain", "sip.example.com"),
    ] {
        phone.text(name, value);
    }
    phone.column("name", NAME);
    phone.secret("password", password);
    phone
}

fn md5(realm: &str, user: &str, password: &str) -> String {
    DigestAlgorithm::Md5.ha1(user, realm, password).expect("no colon").to_string()
}

/// What a target reads from its file: the password, or HA1 in its place.
fn read(target: &Target, file: &str, password: &str) -> String {
    let ha1 = |realm: &str, found: &str| match found == md5(realm, USER, password) {
        true => password.to_owned(),
        false => String::from("another HA1"),
    };
    match target.name {
        "asterisk" => set(&asterisk(file), "password"),
        "asterisk-md5" => ha1("asterisk", &set(&asterisk(file), "md5_cred")),
        "baresip" => baresip(file),
        "cisco" => text(file, "authPassword"),
        "fanvil" => line(file, "SIP1 Register Pswd", ':'),
        "freeswitch" => parameter(file, "password"),
        "freeswitch-a1" => ha1("sip.example.com", &parameter(file, "a1-hash")),
        "grandstream" => text(file, "P34"),
        "kamailio" | "kamailio-new" => subscriber(file, target.name == "kamailio", password),
        "kamailio-csv" => {
            let mut reader = csv::Reader::from_reader(file.as_bytes());
            let row = reader.records().next().expect("there is a row").expect("it is CSV");
            assert_eq!((&row[0], &row[1]), (USER, "sip.example.com"));
            assert_eq!(row[4], md5("sip.example.com", "1001@sip.example.com", password));
            assert_eq!(ha1("sip.example.com", &row[3]), password);
            row[2].to_owned()
        }
        "linphone" => line(file, "passwd", '='),
        "opensips" | "opensips-new" => opensips(file, target.name == "opensips", password),
        "poly" => {
            let document = roxmltree::Document::parse(file).expect("it is XML");
            let all = document
                .root_element()
                .children()
                .find(|node| node.is_element())
                .expect("there is an element");
            assert_eq!(all.attribute("reg.1.displayName"), Some(NAME));
            all.attribute("reg.1.auth.password").expect("it is there").to_owned()
        }
        "snom" => text(file, "user_pass"),
        "yealink" => line(file, "account.1.password", '='),
        other => panic!("{other} has no reader"),
    }
}

fn set(settings: &[(String, String)], key: &str) -> String {
    // The section's name.
    assert_eq!(settings[0], (String::new(), USER.to_owned()));
    assert_eq!(settings.len(), settings.iter().map(|(key, _)| key).collect::<BTreeSet<_>>().len());
    settings.iter().find(|(found, _)| found == key).expect("it is set").1.clone()
}

fn text(file: &str, element: &str) -> String {
    let document = roxmltree::Document::parse(file).expect("it is XML");
    let mut found = document.descendants().filter(|node| node.has_tag_name(element));
    let text = found.next().expect("it is there").text().unwrap_or_default().to_owned();
    assert!(found.next().is_none());
    text
}

fn parameter(file: &str, name: &str) -> String {
    let file = preprocessed(file);
    let document = roxmltree::Document::parse(&file).expect("it is XML");
    let node = document.descendants().find(|node| node.attribute("name") == Some(name)).expect("it is there");
    let user = document.descendants().find(|node| node.has_tag_name("user")).expect("it is there");
    assert_eq!(user.attribute("id"), Some(USER));
    node.attribute("value").expect("it has a value").to_owned()
}

/// The value on the only line of this name.
fn line(file: &str, name: &str, separator: char) -> String {
    let mut found =
        file.lines().filter_map(|line| line.split_once(separator)).filter(|(key, _)| key.trim() == name);
    let value = found.next().expect("it is there").1.trim().to_owned();
    assert!(found.next().is_none());
    value
}

/// What the table has behind the SQL.
fn subscriber(file: &str, is_there: bool, password: &str) -> String {
    let database = Connection::open_in_memory().expect("there is memory");
    let table = "CREATE TABLE subscriber (username TEXT, domain TEXT, password TEXT, ha1 TEXT, ha1b TEXT, UNIQUE (username, domain))";
    database.execute(table, []).expect("it is SQL");
    let add = "INSERT INTO subscriber VALUES (?1, ?2, 'old', 'old', 'old')";
    if is_there {
        database.execute(add, params![USER, "sip.example.com"]).expect("it is new");
    }
    database.execute(add, params!["1002", "sip.example.com"]).expect("it is new");
    database.execute_batch(file).expect("it is SQL");
    let row = |user: &str| -> [String; 3] {
        let select = "SELECT password, ha1, ha1b FROM subscriber WHERE username = ?1";
        database
            .query_row(select, [user], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))
            .expect("it is there")
    };
    assert_eq!(row("1002"), ["old", "old", "old"]);
    let [found, ha1, ha1b] = row(USER);
    assert_eq!(ha1, md5("sip.example.com", USER, password));
    assert_eq!(ha1b, md5("sip.example.com", "1001@sip.example.com", password));
    found
}

/// What the table of OpenSIPS has behind the SQL.
fn opensips(file: &str, is_there: bool, password: &str) -> String {
    let database = Connection::open_in_memory().expect("there is memory");
    let table = "CREATE TABLE subscriber (username TEXT, domain TEXT, password TEXT, ha1 TEXT, ha1_sha256 TEXT, ha1_sha512t256 TEXT)";
    database.execute(table, []).expect("it is SQL");
    if is_there {
        let add = "INSERT INTO subscriber VALUES (?1, 'sip.example.com', 'old', 'old', 'old', 'old')";
        database.execute(add, [USER]).expect("it is new");
    }
    database.execute_batch(file).expect("it is SQL");
    let select = "SELECT password, ha1, ha1_sha256, ha1_sha512t256 FROM subscriber WHERE username = ?1";
    let row =
        database.query_row(select, [USER], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]));
    let [found, hashes @ ..]: [String; 4] = row.expect("it is there");
    for (algorithm, hash) in DigestAlgorithm::ALL.iter().zip(hashes) {
        assert_eq!(*algorithm.ha1(USER, "sip.example.com", password).expect("no colon"), hash);
    }
    found
}

/// Each password with each printable character in each position is read as it was, or refused.
#[test]
fn every_printable_character_in_every_position() {
    for target in TARGETS {
        let template = target.parsed();
        let mut refused: Vec<&str> = Vec::new();
        for password in PASSWORDS.iter() {
            match template.render(&phone(password), (1, true)) {
                Ok(file) => {
                    let file = std::str::from_utf8(&file).expect("it is text");
                    assert_eq!(read(target, file, password), *password, "{}", target.name);
                }
                Err(error) => {
                    assert!(!error.to_string().contains("Abc1"), "{error}");
                    refused.push(password);
                }
            }
        }
        let expected: &[&str] = match target.name {
            "asterisk" | "fanvil" | "linphone" | "yealink" => &[" Abc1Def2", "Abc1Def2 "],
            "baresip" => {
                &["\"Abc1Def2", "Abc1\"Def2", "Abc1\"\"Def2", "Abc1Def2\"", "Abc1Def2\\", "\\\\", "\"\""]
            }
            "kamailio" | "kamailio-new" | "opensips" | "opensips-new" => {
                &["\\Abc1Def2", "Abc1\\Def2", "Abc1\\\\Def2", "Abc1Def2\\", "\\;", "\\\\"]
            }
            _ => &[],
        };
        assert_eq!(refused, expected, "{}", target.name);
    }
}

/// Whatever is generated for a target, it carries.
#[test]
fn every_character_of_an_alphabet_is_carried() {
    for target in TARGETS {
        let template = target.parsed();
        assert!(
            CharSet::UPPERCASE.union(CharSet::LOWERCASE).union(CharSet::DIGITS).is_subset(target.alphabet)
        );
        for char in target.alphabet {
            let password = format!("{char}A{char}");
            let file =
                template.render(&phone(&password), (1, true)).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(
                read(target, std::str::from_utf8(&file).expect("text"), &password),
                password,
                "{}",
                target.name
            );
        }
    }
}

#[test]
fn names_of_files() {
    let names: Vec<_> = TARGETS
        .iter()
        .filter_map(|target| {
            assert_eq!(target.file_name.is_none(), !target.file_of_all.is_empty(), "{}", target.name);
            target.parsed().file_name(&phone("Fake")).expect("it is a name")
        })
        .collect();
    assert_eq!(
        names,
        [
            "SEP001565ABCDEF.cnf.xml",
            "001565abcdef.cfg",
            "1001.xml",
            "1001.xml",
            "cfg001565abcdef.xml",
            "001565abcdef-phone.cfg",
            "001565ABCDEF.xml",
            "001565abcdef.cfg"
        ]
    );
    assert!(TARGETS.is_sorted_by_key(|target| target.name));
}

/// Several phones make one file, whose head and end stand once.
#[test]
fn several_phones() {
    for (name, once, each) in
        [("kamailio", "BEGIN;", "UPDATE"), ("kamailio-csv", "username,", "1001,"), ("asterisk", "", "[1001]")]
    {
        let template = Target::named(name).expect("it is there").parsed();
        let parts = (1..=3).map(|number| {
            template.render(&phone("Fake"), (number, number == 3)).expect("it is carried").to_vec()
        });
        let file = String::from_utf8(parts.flatten().collect()).expect("it is text");
        assert_eq!(file.matches(each).count(), 3, "{file}");
        assert!(
            file.starts_with(once)
                && file.matches(once).count() == if once.is_empty() { file.len() + 1 } else { 1 }
        );
    }
}

/// `--set plain=no` leaves the password out.
#[test]
fn without_the_password() {
    for name in ["kamailio", "kamailio-new", "kamailio-csv", "opensips", "opensips-new"] {
        let mut phone = phone("Fake-Pass-1");
        phone.text("plain", "no");
        let file = Target::named(name)
            .expect("it is there")
            .parsed()
            .render(&phone, (1, true))
            .expect("it is carried");
        let file = std::str::from_utf8(&file).expect("it is text");
        assert!(
            !file.contains("Fake-Pass-1") && file.contains(&md5("sip.example.com", USER, "Fake-Pass-1")),
            "{file}"
        );
    }
}

/// A field of a list that is empty is as good as none: a port without a number would be one that nobody listens at.
#[test]
fn what_may_be_empty() {
    for target in TARGETS {
        let made = |name: &str, port: &str| {
            let mut phone = phone("Fake");
            phone.text("name", name);
            phone.text("port", port);
            target.parsed().render(&phone, (1, true)).expect("it is carried")
        };
        assert_eq!(made("", ""), made(USER, "5060"), "{}", target.name);
    }
}

/// A user whose name cannot be that of a section would end it, and take the settings of its user with it.
#[test]
fn users_of_asterisk() {
    for name in ["asterisk", "asterisk-md5"] {
        let template = Target::named(name).expect("it is there").parsed();
        let made = |user: &str| {
            let mut phone = phone("Fake");
            phone.text("user", user);
            template
                .render(&phone, (1, true))
                .map(|file| String::from_utf8(file.to_vec()).expect("it is text"))
        };
        for user in ["a;--b", ">a", "a\\", "[a", "#a", "a(!)"] {
            let settings = asterisk(&made(user).expect("it is carried"));
            assert_eq!(settings[0], (String::new(), user.to_owned()));
            assert!(settings.contains(&("username".to_owned(), user.to_owned())));
        }
        for user in ["a](!)", "a]", "a\n[b"] {
            let error = made(user).expect_err("it ends the name").to_string();
            assert!(
                error.starts_with(&format!("template {name}, line 1: pjsip_section: expected")),
                "{error}"
            );
        }
    }
}

#[test]
fn lengths() {
    let cisco = Target::named("cisco").expect("it is there");
    assert!(cisco.check_length(&"a".repeat(30)).is_ok());
    let error = cisco.check_length(&"a".repeat(31)).expect_err("it is too long").to_string();
    assert_eq!(error, "template cisco: expected a password of at most 30 characters, found 31");
    for (name, most) in
        [("kamailio", 64), ("kamailio-csv", 64), ("kamailio-new", 64), ("opensips", 25), ("opensips-new", 25)]
    {
        let check = |length| Target::named(name).expect("it is there").check_length(&"a".repeat(length));
        assert!(check(most).is_ok() && check(most + 1).is_err());
    }
}
