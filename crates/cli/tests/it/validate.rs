//! `sip-password validate`: its verdicts.

use std::fs;

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde_json::Value;
use tempfile::tempdir;

use crate::{
    mixed, pattern,
    process::{fails, run, run_on, status, stderr, stdout},
};

#[test]
fn every_line_has_a_verdict() {
    let output = run_on(b"Abcdef1~\nabc\nAbcdef1#Abcdef1#A\n", &["validate", "huawei"]);
    assert_eq!(status(&output), 1);
    assert_eq!(
        stdout(&output),
        "1: ok\n\
         2: too-short (3 characters, expected at least 8), too-few-classes (1 character class, expected at \
         least 3; missing: uppercase letters, digits, special characters)\n\
         3: too-long (17 characters, expected at most 16), not-allowed (2 disallowed characters, the first at \
         position 8)\n"
    );
    assert_eq!(
        stderr(&output),
        "3 lines, 1 compliant with huawei, 2 not: too-short 1, too-long 1, not-allowed 1, too-few-classes 1\n"
    );
}

#[test]
fn verdicts_in_json_have_the_figures() {
    let output = run_on("Abcdef1~\nabcé\n".as_bytes(), &["validate", "huawei", "--format", "json"]);
    assert_eq!(status(&output), 1);
    let records: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(
        records,
        [
            serde_json::json!({"line": 1, "compliant": true, "violations": []}),
            serde_json::json!({"line": 2, "compliant": false, "violations": [
                {"kind": "too-short", "found": 4, "expected": 8},
                {"kind": "not-ascii", "found": 1, "position": 4},
                {"kind": "too-few-classes", "found": 1, "expected": 3,
                 "missing": ["uppercase letters", "digits", "special characters"]},
            ]}),
        ]
    );
}

/// The verdicts, as `ok` or the kinds of violations.
fn verdicts(input: &[u8]) -> Vec<String> {
    let output = run_on(input, &["validate", "huawei", "--format", "json"]);
    stdout(&output)
        .lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).expect("an object");
            let kinds = record["violations"].as_array().expect("a list").iter();
            let kinds: Vec<_> =
                kinds.map(|violation| violation["kind"].as_str().expect("text").to_owned()).collect();
            if kinds.is_empty() { "ok".to_owned() } else { kinds.join(" ") }
        })
        .collect()
}

#[test]
fn every_kind_of_input_is_read() {
    let none: [&str; 0] = [];
    assert_eq!(verdicts(b""), none);
    assert_eq!(verdicts(b"\n"), ["too-short too-few-classes"]);
    assert_eq!(verdicts(b"Abcdef12"), ["ok"]);
    assert_eq!(verdicts(b"Abcdef12\r\nAbcdef12\r\n"), ["ok", "ok"]);
    assert_eq!(verdicts(b"Abcdef12\r"), ["ok"]);
    assert_eq!(verdicts(b"Abc\rdef12\n"), ["not-allowed"]);
    assert_eq!(verdicts(b"Abcdef12\0\n"), ["not-allowed"]);
    assert_eq!(verdicts(b"Abcdef12\xff\xfe\n"), ["not-ascii"]);
    assert_eq!(verdicts(b"Abcdef12\x80\n"), ["not-ascii"]);
    // A byte order mark is left out at the beginning of the file, and nowhere else.
    assert_eq!(verdicts("\u{feff}Abcdef12\n\u{feff}Abcdef12\n".as_bytes()), ["ok", "not-ascii"]);
    // Lines around the size of the buffer.
    for length in [65_534, 65_535, 65_536, 65_537, 131_072, 1_000_000] {
        let mut input = vec![b'a'; length];
        input.extend_from_slice(b"\nAbcdef12\n");
        assert_eq!(verdicts(&input), ["too-long too-few-classes", "ok"], "{length}");
        let output = run_on(&input, &["validate", "huawei"]);
        assert!(stdout(&output).contains(&format!("too-long ({length} characters")));
    }
    let output = run_on(b"", &["validate", "huawei", "--allow-empty"]);
    assert_eq!((status(&output), stdout(&output)), (0, ""));
    assert_eq!(stderr(&output), "0 lines, 0 compliant with huawei, 0 not\n");
}

#[test]
fn a_file_that_is_no_list_of_passwords_is_refused() {
    let output = run_on(&vec![b'a'; 40_000_000], &["validate", "huawei"]);
    fails(
        &output,
        "line 1 of standard input: expected at most 16777216 bytes, found more; this is no list of passwords",
    );
    // A file too, of which the line and its line break may be read at once. The lines before are reported.
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("long.txt");
    let mut text = vec![b'a'; 20_000_000];
    text.splice(0..9, *b"Abcdef12\n");
    text.push(b'\n');
    fs::write(&path, text).expect("there is room");
    let output = run(&["validate", "huawei", path.to_str().expect("text")]);
    assert_eq!((status(&output), stdout(&output)), (2, "1: ok\n"));
    let message = stderr(&output);
    assert!(message.starts_with("1 line, 1 compliant with huawei, 0 not\n"), "{message}");
    assert!(message.contains("line 2 of") && message.contains("no list of passwords"), "{message}");
}

#[test]
fn a_file_is_read_by_its_name() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("passwords.txt");
    fs::write(&path, "Abcdef12\n").expect("there is room");
    let name = path.to_str().expect("the name is text");
    assert_eq!(stdout(&run(&["validate", "huawei", name])), "1: ok\n");
    assert_eq!(stdout(&run_on(b"abc", &["validate", "huawei", "-", "-q"])), "");
    fails(&run(&["validate", "huawei", &format!("{name}x")]), "cannot read");
    fails(&run(&["validate", "huawei", directory.path().to_str().expect("text")]), "cannot read");
    fails(&run(&["validate", "huawei", name, name]), "unexpected argument");
}

#[test]
fn no_password_is_ever_printed() {
    let secret = "Zq9~Zq9~Zq9~Zq9~Zq9~";
    for format in ["text", "json"] {
        for input in [secret.to_owned(), secret[..12].to_owned(), format!("é{secret}"), secret.repeat(10_000)]
        {
            let output = run_on(input.as_bytes(), &["validate", "huawei", "--format", format]);
            for text in [stdout(&output), stderr(&output)] {
                assert!(!text.contains(&secret[..4]), "{text}");
            }
        }
    }
}

/// A million mixed lines: the command and a regular expression agree on each.
#[test]
fn a_million_lines_like_a_regular_expression() {
    let regex = fancy_regex::Regex::new(&pattern::of("huawei")).expect("the pattern is well-formed");
    let mut rng = ChaCha20Rng::from_seed([4; 32]);
    let lines: Vec<String> =
        (0..1_000_000).map(|_| mixed::line(&mut rng, 6..19).replace('\n', "n")).collect();
    let output = run_on(lines.join("\n").as_bytes(), &["validate", "huawei"]);
    let mut verdicts = stdout(&output).lines();
    for (number, line) in (1..).zip(&lines) {
        let verdict = verdicts.next().expect("a verdict for each line");
        let good = regex.is_match(line).expect("the pattern does not backtrack for long");
        assert_eq!(verdict == format!("{number}: ok"), good, "{line:?}: {verdict}");
    }
    assert_eq!(verdicts.next(), None);
}

/// A pipe that broke before the first line must not look like a success.
#[test]
fn an_empty_input_is_an_error() {
    for quiet in [&[][..], &["--quiet"]] {
        let validate = [&["validate", "huawei"], quiet].concat();
        fails(&run(&validate), "expected a password a line, found no line");
        let allowed = run(&[&validate[..], &["--allow-empty"]].concat());
        assert_eq!((status(&allowed), stdout(&allowed)), (0, ""));
        // An empty line is an empty password.
        assert_eq!(status(&run_on(b"\n", &[&validate[..], &["--allow-empty"]].concat())), 1);
    }
}

#[test]
fn utf_16_is_named() {
    let utf_16 =
        |units: fn(u16) -> [u8; 2]| -> Vec<u8> { "Abcdef12\r\n".encode_utf16().flat_map(units).collect() };
    let (le, be) = (utf_16(u16::to_le_bytes), utf_16(u16::to_be_bytes));
    for input in [le.clone(), be.clone(), [&b"\xff\xfe"[..], &le].concat(), [&b"\xfe\xff"[..], &be].concat()]
    {
        for quiet in [&[][..], &["--quiet"]] {
            let output = run_on(&input, &[&["validate", "huawei"], quiet].concat());
            fails(&output, "standard input: expected UTF-8, found UTF-16; save the file as UTF-8");
        }
        fails(&run_on(&input, &["explain", "--policy-file", "-"]), "expected UTF-8, found UTF-16");
    }
}

/// A hint changes no verdict, and shows nothing of the line.
#[test]
fn a_header_is_named_in_a_hint() {
    let hint = |input: &[u8], options: &[&str]| {
        let output = run_on(input, &[&["validate", "huawei"], options].concat());
        let lines: Vec<_> = stderr(&output).lines().map(str::to_owned).collect();
        let [summary, rest @ ..] = &lines[..] else { panic!("expected a summary: {output:?}") };
        assert!(summary.contains("compliant with huawei"), "{summary}");
        assert_eq!(status(&output), 1);
        rest.join("\n")
    };
    let column = "sip-password: the first line looks like the header of a CSV file; --column ";
    let (password, other) = (
        format!("{column}password checks one column"),
        format!("{column}NAME checks the column of that name"),
    );
    for header in [
        "user,password",
        "user;Password;phone number",
        "id\tPASSWORD",
        "\"user\",\"password\"\r",
        "\u{feff}password,user",
    ] {
        let input = format!("{header}\nanna,Not_a_real_1\n");
        assert_eq!(hint(input.as_bytes(), &[]), password, "{header}");
        assert_eq!(hint(input.as_bytes(), &["--quiet"]), password, "{header}");
        assert_eq!(hint(input.as_bytes(), &["--format", "json"]), password, "{header}");
    }
    for header in [
        "user,sip_password",
        "name;pwd",
        "Nutzer;Kennwort",
        "用户,password hash",
        "account\tsecret",
        "pass,word",
    ] {
        assert_eq!(hint(format!("{header}\nanna,x\n").as_bytes(), &[]), other, "{header}");
    }
    for line in [
        "password",
        "user,phone",
        "Secret,1",
        "password,,",
        ",password",
        "p@ss,word",
        "user password",
        "user|password",
        "",
        "pass;w0rd",
    ] {
        assert_eq!(hint(format!("{line}\nuser,password\n").as_bytes(), &[]), "", "{line}");
    }
    // Only the first line counts, and a long one is none.
    assert_eq!(hint(b"Not_a_real_1\nuser,password\n", &[]), "");
    assert_eq!(hint(format!("password,{}\n", "a".repeat(1100)).as_bytes(), &[]), "");
    assert_eq!(hint(format!("password,{}\n", "a".repeat(900)).as_bytes(), &[]), password);
    // With --column there is nothing to say, and the verdicts are those of the lines as they are.
    assert_eq!(hint(b"user,password\nanna,x\n", &["--column", "password", "--quiet"]), "");
    let verdicts = run_on(b"user,password\nNot_a_real_1\n", &["validate", "huawei"]);
    let expected = "1: not-allowed (1 disallowed character, the first at position 5), too-few-classes (1 character class, expected at \
                    least 3; missing: uppercase letters, digits, special characters)\n2: ok\n";
    assert_eq!(stdout(&verdicts), expected);
}
