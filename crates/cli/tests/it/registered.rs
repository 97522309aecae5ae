//! `sip-password registered`, against a fake registrar.

#[path = "../../../registered/tests/it/certificates.rs"]
mod certificates;
#[path = "../../../registered/tests/it/fake.rs"]
pub(crate) mod fake;

use std::{
    fs,
    process::Output,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::process::{fails, run, run_on, status, stderr, stdout};
use certificates::server_of;
use fake::{Character, FakeRegistrar, Wire};

const NEW: &str = "Secret@12";
const OLD: &str = "Oldest#34";
const LIST: &str =
    "user,password,old\n1001,Secret@12,Oldest#34\n1002,Secret@12,Oldest#34\n1003,Secret@12,Oldest#34\n";

fn fake() -> FakeRegistrar {
    FakeRegistrar::start(
        Wire::Udp,
        Character::with_users([("1001", NEW), ("1002", OLD), ("1003", "Other#56")]),
    )
}

/// Asks about this list, fast. No password is ever printed.
#[track_caller]
fn ask(fake: &FakeRegistrar, list: &str, options: &[&str]) -> Output {
    let address = fake.address.to_string();
    let mut command = vec!["registered", "--registrar", &address];
    command.extend(options);
    for pair in [["--rate", "1000/s"], ["--timeout", "20"]] {
        if !options.contains(&pair[0]) {
            command.extend(pair);
        }
    }
    let output = run_on(list.as_bytes(), &command);
    for secret in [NEW, OLD, "Other#56"] {
        assert!(!stdout(&output).contains(secret) && !stderr(&output).contains(secret), "{output:?}");
    }
    output
}

fn users(fake: &FakeRegistrar) -> Vec<String> {
    fake.tries().into_iter().map(|(user, _)| user).collect()
}

#[test]
fn new_old_and_neither() {
    let fake = fake();
    let output = ask(&fake, LIST, &["--old-password", "old"]);
    assert_eq!(status(&output), 1);
    assert_eq!(stdout(&output), "2 1001: new\n3 1002: old\n4 1003: neither\n");
    assert_eq!(stderr(&output), "3 phones: 1 new, 1 old, 1 neither, 0 not known\n");
    assert_eq!(users(&fake), ["1001", "1002", "1002", "1003", "1003"]);
}

#[test]
fn without_old_passwords_each_phone_has_one_try() {
    let fake = fake();
    let output = ask(&fake, LIST, &[]);
    assert_eq!((status(&output), stdout(&output)), (1, "2 1001: new\n3 1002: neither\n4 1003: neither\n"));
    assert_eq!(users(&fake), ["1001", "1002", "1003"]);
}

#[test]
fn all_new() {
    let fake = fake();
    let list = "secret;extension;site\nSecret@12;1001;A\n";
    let output = ask(&fake, list, &["--user", "extension", "--password", "secret"]);
    assert_eq!((status(&output), stdout(&output)), (0, "2 1001: new\n"));
    assert_eq!(stderr(&output), "1 phone: 1 new, 0 old, 0 neither, 0 not known\n");
    // An old password that is empty is none.
    let output = ask(&fake, "user,password,old\n1002,Secret@12,\n", &["--old-password", "old"]);
    assert_eq!((status(&output), stdout(&output)), (1, "2 1002: neither\n"));
    assert_eq!(users(&fake), ["1001", "1002"]);
}

#[test]
fn a_user_that_is_the_password_is_not_shown() {
    let fake = fake();
    let output = ask(
        &fake,
        "user,password,old\nOther#56,Other#56,\nOldest#34,Secret@12,Oldest#34\n",
        &["--old-password", "old"],
    );
    assert_eq!((status(&output), stdout(&output)), (1, "2 ***: neither\n3 ***: neither\n"));
}

#[test]
fn every_format() {
    let fake = fake();
    let csv = ask(&fake, LIST, &["--format", "csv"]);
    assert_eq!(stdout(&csv), "line,user,outcome,reason\n2,1001,new,\n3,1002,neither,\n4,1003,neither,\n");
    let output = ask(&fake, LIST, &["--format", "json"]);
    let records: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(records[0], json!({"line": 2, "user": "1001", "outcome": "new", "reason": null}));
    assert_eq!(records.len(), 3);
}

#[test]
fn the_reason_why_it_is_not_known() {
    let character = Character::with_users([("1001", NEW)]);
    let silent = FakeRegistrar::interfering(Wire::Tcp, character.clone(), |_| Vec::new());
    let tcp = ["--transport", "tcp", "--timeout", "1", "--format", "csv"];
    let output = ask(&silent, "user,password\n1001,Secret@12\n", &tcp);
    assert_eq!(status(&output), 1);
    assert_eq!(stdout(&output), "line,user,outcome,reason\n2,1001,not known,no reply\n");
    assert_eq!(stderr(&output), "1 phone: 0 new, 0 old, 0 neither, 1 not known\n");

    // What a registrar says is not repeated: it could control the terminal.
    let rude = FakeRegistrar::interfering(Wire::Tcp, character, |exchanged| {
        let reply = fake::reply(exchanged.request, "503 Busy", "Reason: \u{9b}2J\r\n");
        vec![reply.into_bytes()]
    });
    let output = ask(&rude, "user,password\n1001,Secret@12\n", &["--transport", "tcp"]);
    assert_eq!(
        stdout(&output),
        "2 1001: not known: the registrar replied 503 before it asked for a password\n"
    );
}

#[test]
fn wrong_rows_are_named_and_the_others_asked_about() {
    let fake = fake();
    let list = "user,password,old\n\
        1001,Secret@12,\n\
        ,Secret@12,\n\
        1004,,\n\
        1005,Secrét@12,\n\
        1006,Secret@12,Oldést\n\
        1007,Secret@12\n\
        1001,Oldest#34,\n\
        1002,Secret@12,\n";
    let output = ask(&fake, list, &["--old-password", "old"]);
    assert_eq!(status(&output), 2);
    assert_eq!(stdout(&output), "2 1001: new\n9 1002: neither\n");
    let messages = [
        "sip-password: line 3, column user: expected a text, found none",
        "sip-password: line 4, column password: expected a text, found none",
        "sip-password: line 5, column password: expected printable ASCII characters, found another one",
        "sip-password: line 6, column old: expected printable ASCII characters, found another one",
        "sip-password: line 7: expected 3 fields, as in the header, found 2",
        "sip-password: line 8: expected each user once, found that of line 2 again",
        "2 phones: 1 new, 0 old, 1 neither, 0 not known",
        "sip-password: 6 wrong rows, named above, without an outcome",
    ];
    assert_eq!(stderr(&output).lines().collect::<Vec<_>>(), messages);
    assert_eq!(users(&fake), ["1001", "1002"]);
}

#[test]
fn a_dry_run_sends_nothing() {
    let fake = fake();
    let output = ask(&fake, LIST, &["--dry-run", "--domain", "sip.example.com"]);
    assert_eq!(status(&output), 0);
    assert_eq!(stdout(&output), "2 1001: not asked\n3 1002: not asked\n4 1003: not asked\n");
    assert_eq!(
        stderr(&output),
        format!(
            "sip-password: nothing was sent; 3 phones of sip.example.com would be asked about at {} by UDP\n",
            fake.address
        )
    );
    assert!(fake.seen(|seen| seen.requests.is_empty()));
    // Not even a look-up of the name, which does not exist.
    let output = run_on(
        LIST.as_bytes(),
        &["registered", "--registrar", "no-such.invalid", "--transport", "tls", "--dry-run"],
    );
    assert_eq!(status(&output), 0);
    assert!(stderr(&output).ends_with("at no-such.invalid:5061 by TLS\n"), "{}", stderr(&output));
}

#[test]
fn over_tls_with_a_private_authority() {
    let (config, root) = server_of("localhost");
    let fake = FakeRegistrar::start(Wire::Tls(config), Character::with_users([("1001", NEW)]));
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("root.pem");
    fs::write(&path, root).expect("there is room");
    let address = format!("localhost:{}", fake.address.port());
    let command = ["registered", "--registrar", &address, "--transport", "tls", "--timeout", "20"];
    let list = b"user,password\n1001,Secret@12\n";
    let root = ["--root", path.to_str().expect("the name is text")];
    let output = run_on(list, &[&command[..], &root].concat());
    assert_eq!((status(&output), stdout(&output)), (0, "2 1001: new\n"), "{}", stderr(&output));
    let output = run_on(list, &command);
    let expected = "2 1001: not known: the certificate is not trusted, or is another host's\n";
    assert_eq!((status(&output), stdout(&output)), (1, expected));
    assert_eq!(fake.tries().len(), 1);

    fs::write(&path, "no certificate").expect("there is room");
    fails(&run_on(list, &[&command[..], &root].concat()), "expected certificates in PEM");
    let udp = ["registered", "--registrar", &address];
    fails(&run_on(list, &[&udp[..], &root].concat()), "--root: expected the transport tls");
}

#[test]
fn questions_are_spaced_by_the_rate() {
    let fake = fake();
    let begun = Instant::now();
    let output = ask(&fake, LIST, &["--old-password", "old", "--rate", "20/s"]);
    assert_eq!(status(&output), 1);
    // Five questions.
    assert!(begun.elapsed() >= Duration::from_millis(4 * 50));
}

#[test]
fn wrong_usage() {
    let fake = fake();
    let address = fake.address.to_string();
    let fails = |list: &str, options: &[&str], message: &str| {
        let command = ["registered", "--registrar", &address];
        fails(&run_on(list.as_bytes(), &[&command[..], options].concat()), message);
    };
    fails("user,password\n", &[], "expected a row behind the header, found no row");
    fails("", &[], "expected a header");
    fails(LIST, &["--user", "extension"], "--user: expected a column of standard input");
    fails(LIST, &["--old-password", "olds"], "did you mean old?");
    fails(LIST, &["--old-password", "password"], "expected different columns");
    fails(LIST, &["--rate", "0/s"], "as in 5/s, 100/min or 1000/h");
    fails(LIST, &["--timeout", "0"], "expected a whole number from 1 to 60");
    fails(LIST, &["--domain", "a b"], "expected a host such as sip.example.com");
    fails(LIST, &["--registrar", "sip:a@b"], "the argument '--registrar");
    assert!(fake.seen(|seen| seen.requests.is_empty()));
    let unknown = ["registered", "--registrar", "no-such.invalid"];
    super::process::fails(&run_on(LIST.as_bytes(), &unknown), "--registrar: cannot look up the host");
    super::process::fails(&run(&["registered"]), "--registrar <HOST[:PORT]>");
}
