//! Lists: `sip-password validate --column`.

use std::{fs, io::Write, process::Stdio, thread};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::{
    machine::shared,
    process::{fails, run, run_on, sip_password, status, stderr, stdout},
};

const VALIDATE: [&str; 6] = ["validate", "huawei", "--column", "password", "--name", "user"];

fn directory() -> TempDir {
    tempdir().expect("there is a directory for temporary files")
}

/// The verdicts, and what else is said.
#[track_caller]
fn verdicts(list: &[u8], options: &[&str], expected: i32) -> (String, String) {
    let output = run_on(list, &[&VALIDATE[..], options].concat());
    assert_eq!(status(&output), expected, "{}", stderr(&output));
    (stdout(&output).into(), stderr(&output).into())
}

#[test]
fn a_verdict_names_the_user_and_never_the_password() {
    let directory = directory();
    let path = directory.path().join("users.csv");
    fs::write(&path, "user,site,password\nalice,A,Fake_pass_1\nbob,B,fakepass\n").expect("there is room");
    let validate = ["validate", "huawei", path.to_str().expect("text"), "--column", "password"];
    let output = run(&[&validate[..], &["--name", "user"]].concat());
    assert_eq!(status(&output), 1);
    assert_eq!(
        stdout(&output),
        "2 alice: ok\n\
         3 bob: too-few-classes (1 character class, expected at least 3; missing: uppercase letters, digits, special characters)\n"
    );
    assert_eq!(stderr(&output), "2 rows, 1 compliant with huawei, 1 not: too-few-classes 1; 0 duplicates\n");
    assert!(stdout(&run(&validate)).starts_with("2: ok\n3: too-few"));
    let quiet = run(&[&validate[..], &["--quiet"]].concat());
    assert_eq!((status(&quiet), stdout(&quiet)), (1, ""));
    assert_eq!(stderr(&quiet), "2 rows, 1 compliant with huawei, 1 not: too-few-classes 1\n");
}

#[test]
fn every_format_has_the_name() {
    let list =
        "password;user\nFake_pass_1;Zoë \"Z\" O'Neil, 2nd\nFake_pass_1;\x1b[31mred\nshort;short\n".as_bytes();
    let (text, _) = verdicts(list, &[], 1);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "2 Zoë \"Z\" O'Neil, 2nd: ok");
    assert_eq!(lines[1], "3 \\u{1b}[31mred: ok; the same password as in line 2");
    assert!(lines[2].starts_with("4 ***: too-short (5 characters"), "{text}");

    let (json, _) = verdicts(list, &["--format", "json"], 1);
    let records: Vec<Value> =
        json.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(
        records[..2],
        [
            serde_json::json!({"line": 2, "name": "Zoë \"Z\" O'Neil, 2nd", "compliant": true, "violations": [], "duplicate_of": null}),
            serde_json::json!({"line": 3, "name": "\u{1b}[31mred", "compliant": true, "violations": [], "duplicate_of": 2}),
        ]
    );
    assert_eq!(
        (&records[2]["name"], &records[2]["violations"][0]["kind"]),
        (&"***".into(), &"too-short".into())
    );

    let (text, _) = verdicts(list, &["--format", "csv"], 1);
    assert_eq!(
        text,
        "line,name,compliant,violations,duplicate_of\n\
         2,\"Zoë \"\"Z\"\" O'Neil, 2nd\",true,,\n\
         3,\x1b[31mred,true,,2\n\
         4,***,false,too-short too-few-classes,\n"
    );
    let lines = run_on(b"Fake_pass_1\nshort\n", &["validate", "huawei", "--format", "csv"]);
    assert_eq!(stdout(&lines), "line,compliant,violations\n1,true,\n2,false,too-short too-few-classes\n");
}

/// What spreadsheets, shells and databases write.
#[test]
fn every_kind_of_csv_is_read() {
    let expected = "2 alice: ok\n3 bob: ok\n";
    let rows = "user,password\r\nalice,Fake_pass_1\r\nbob,Fake_pass_2\r\n";
    let utf_16 = |mark: &[u8], text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
    };
    let with_tabs = rows.replace(',', "\t");
    for list in [
        rows.into(),
        rows.replace('\r', "").into_bytes(),
        rows.trim_end().into(),
        rows.replace(',', ";").into_bytes(),
        with_tabs.clone().into_bytes(),
        format!("\u{feff}{rows}").into_bytes(),
        rows.replace("bob", "\"bob\"").replace("user", "\"user\"").into_bytes(),
        rows.replace("user", " User ").replace("password", "PASSWORD").into_bytes(),
        utf_16(b"\xff\xfe", rows, u16::to_le_bytes),
        utf_16(b"\xff\xfe", &with_tabs, u16::to_le_bytes),
        utf_16(b"\xfe\xff", &with_tabs, u16::to_be_bytes),
    ] {
        assert_eq!(verdicts(&list, &[], 0).0, expected, "{}", String::from_utf8_lossy(&list));
        verdicts(&list, &["--quiet", "--duplicates"], 0);
    }
    assert_eq!(
        verdicts(format!("sep=;\r\n{}", rows.replace(',', ";")).as_bytes(), &[], 0).0,
        "3 alice: ok\n4 bob: ok\n"
    );
    for delimiter in ["|", "tab", "\t"] {
        let list = rows.replace(',', if delimiter == "tab" { "\t" } else { delimiter });
        assert_eq!(verdicts(list.as_bytes(), &["--delimiter", delimiter], 0).0, expected);
    }
    // The commas of a header do not outvote the column that is asked for.
    let list = "\"user\";\"a,b,c,d\";password\nalice;;Fake,pass_1\n";
    assert!(verdicts(list.as_bytes(), &[], 1).0.starts_with("2 alice: not-allowed"));
    // Line breaks within quotes.
    let list = "user,note,password\nalice,\"two\nlines, \"\"quoted\"\"\",Fake_pass_1\n\nbob,,Fake_pass_2\n";
    assert_eq!(verdicts(list.as_bytes(), &[], 0).0, "2 alice: ok\n5 bob: ok\n");
    let list = b"user,password\nalice,\"Fake\npass_1\"\nbob,\"Fake_pass_2\r\"\n";
    for options in [&[][..], &["--quiet"]] {
        assert!(
            verdicts(list, options, 1).1.contains("2 rows, 0 compliant with huawei, 2 not: not-allowed 2")
        );
    }
}

#[test]
fn utf_16_is_read_or_named() {
    let list: Vec<u8> =
        "user,password\nalice,Fake_pass_1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fails(&run_on(&list, &VALIDATE), "standard input: expected UTF-8, found UTF-16; save the file as UTF-8");
    let list = [b"\xff\xfe", &list[..], b"x"].concat();
    let output = run_on(&list, &VALIDATE);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("expected UTF-16, as its byte order mark says, found other bytes"));
}

/// Everything that is wrong is said in one run, and all other rows are judged.
#[test]
fn every_wrong_row_is_named_by_its_line() {
    let list = b"user,password\nalice,Fake_pass_1\nbob\ncarol,x,Secret-9,y\ndave,Fake_pass_2\n\"eve\nEve\",1,2\nfred,short\n";
    for options in [&[][..], &["--quiet"], &["--quiet", "--duplicates"], &["--format", "json"]] {
        let (_, said) = verdicts(list, options, 2);
        for expected in [
            "line 3: expected 2 fields, as in the header, found 1\n",
            "line 4: expected 2 fields, as in the header, found 4\n",
            "line 6: expected 2 fields, as in the header, found 3 in a row of 2 lines; is a quote not closed?\n",
            "3 rows, 2 compliant with huawei, 1 not: too-short 1",
            "3 wrong rows, named above, without a verdict\n",
        ] {
            assert!(said.contains(expected), "{expected} in {said}");
        }
        assert!(!said.contains("Secret"));
    }
    assert_eq!(
        verdicts(b"user,password\n\"a\",\"b\nc\nd", &[], 2).1.lines().last(),
        Some(
            "sip-password: line 2 of standard input: the row that begins here has a quote that is not closed"
        )
    );
    let long = [&b"user,password\n\"a,b\n"[..], &b"x,y\n".repeat(1 << 20)].concat();
    let (_, said) = verdicts(&long, &[], 2);
    assert!(
        said.contains(
            "line 2 of standard input: expected a row of at most 1048575 bytes, found a longer one"
        ),
        "{said}"
    );
    fails(&run_on(b"user,password\ralice,Fake_pass_1\r", &VALIDATE), "found CR alone");
}

#[test]
fn a_wrong_column_is_answered_with_the_right_ones() {
    let list = b"user,Device ID,passwort\nalice,1,Fake_pass_1\n";
    fails(
        &run_on(list, &VALIDATE),
        "--column: expected a column of standard input (user, Device ID, passwort), found no such column; did you mean passwort?",
    );
    fails(
        &run_on(b"password,user,Password\n", &["validate", "huawei", "--column", "PASSWORD"]),
        "(password, user, Password), found several of this name",
    );
    fails(
        &run_on(b"password,usr\n", &VALIDATE),
        "--name: expected a column of standard input (password, usr), found no such column; did you mean usr?",
    );
    // A list without a header: nothing of what may be passwords is shown, and neither is what was asked for.
    for wanted in ["password", "Other-Secret1"] {
        let output =
            run_on(b"alice,Secret@12\nbob,OpenSesame\n", &["validate", "huawei", "--column", wanted]);
        fails(
            &output,
            "(alice, ***), found no such column; *** may be a password: does the list begin with a header?",
        );
        assert!(!stderr(&output).contains("Secret"));
    }
    fails(&run_on(b"OpenSesame\n", &VALIDATE), "(***)");
    fails(&run_on(b"", &VALIDATE), "expected a header that names the columns, found no line");
    fails(&run_on(b"user,password\n", &VALIDATE), "expected a row behind the header, found no row");
    assert_eq!(verdicts(b"user,password\n", &["--allow-empty"], 0).0, "");
    fails(
        &run_on(list, &["validate", "huawei", "--column", "passwort", "--name", "Passwort"]),
        "--name: expected another column than --column, whose passwords are never printed",
    );
    fails(&run_on(list, &["validate", "huawei", "--name", "user"]), "--column <COLUMN>");
    fails(
        &run_on(list, &[&VALIDATE[..], &["--delimiter", "Secret@12"]].concat()),
        "expected one character, such as ';'",
    );
}

#[test]
fn duplicates_are_counted_and_named_by_the_first_row() {
    let list =
        b"user,password\na,Fake_pass_1\nb,Fake_pass_2\nc,Fake_pass_1\nd,fake_pass_1\ne,\"Fake_pass_1\"\n";
    let (text, said) = verdicts(list, &[], 0);
    assert_eq!(
        text,
        "2 a: ok\n3 b: ok\n4 c: ok; the same password as in line 2\n5 d: ok\n6 e: ok; the same password as in line 2\n"
    );
    assert!(said.ends_with("; 2 duplicates\n"), "{said}");
    assert!(verdicts(list, &["--quiet", "--duplicates"], 0).1.ends_with("; 2 duplicates\n"));
    assert!(!verdicts(list, &["--quiet"], 0).1.contains("duplicate"));
}

/// The peak of the memory, which Linux reports in KiB, for a list of 200 MB.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_list() {
    let _turn = shared();
    let mut child = sip_password(&[&VALIDATE[..], &["--quiet", "--threads", "2"]].concat())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    stdin.write_all(b"user,password\n").expect("it reads");
    let rows = b"alice,Fake_pass_1\nbob,\"Fake_pass_2\"\n".repeat(10_000);
    for _ in 0..600 {
        stdin.write_all(&rows).expect("it reads");
    }
    // It has read all but what the pipe holds.
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("Linux has this file");
    thread::spawn(move || drop(stdin)).join().expect("nothing panics");
    assert!(child.wait().expect("it was ours").success());
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux reports it");
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("it is a number");
    assert!(peak <= 20 << 10, "{peak} KiB");
}

/// Any bytes: the command ends in order, and says the same of a list with --quiet.
#[test]
fn any_bytes_are_a_list_or_an_error() {
    let mut bytes = b"user,password\n".to_vec();
    let tokens: [&[u8]; 12] = [
        b"a",
        b",",
        b",",
        b"\"",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        b"\xff",
        b"\0",
        b"Fake_pass_1",
        b"\xef\xbb\xbf",
    ];
    let mut state = 1_u64;
    for _ in 0..200 {
        for _ in 0..30 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.extend_from_slice(tokens[(state >> 33) as usize % tokens.len()]);
        }
        let [loud, quiet] = [&[][..], &["--quiet", "--duplicates"]]
            .map(|options| run_on(&bytes, &[&VALIDATE[..], options].concat()));
        assert_eq!(status(&loud), status(&quiet));
        assert_eq!(stderr(&loud), stderr(&quiet));
        let judged = stdout(&loud).lines().count();
        let said = stderr(&loud);
        assert!(judged == 0 || said.contains(&format!("{judged} row")), "{judged}: {said}");
        bytes.truncate(14 + bytes.len() / 3);
    }
}

/// `sip-password generate huawei --for` a file with this text, with `--output`.
fn generate(list: &[u8], options: &[&str]) -> (i32, Option<Vec<u8>>, String) {
    let directory = directory();
    let [from, to] = ["users.csv", "new.csv"].map(|name| directory.path().join(name));
    fs::write(&from, list).expect("there is room");
    let [from, to_name] = [&from, &to].map(|path| path.to_str().expect("text"));
    let output = run(&[&["generate", "huawei", "--for", from, "--output", to_name], options].concat());
    assert_eq!(stdout(&output), "");
    #[cfg(unix)]
    if to.exists() {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&to).expect("it is there").permissions().mode() & 0o777, 0o600);
    }
    let files = fs::read_dir(directory.path()).expect("it is ours").count();
    assert_eq!(files, 1 + usize::from(to.exists()), "nothing unfinished is left");
    (status(&output), fs::read(&to).ok(), stderr(&output).into())
}

/// Every row and column is kept, in order and as it is written.
#[test]
fn a_list_gets_a_column_of_passwords() {
    for list in [
        "user,note\nalice,\"two\nlines, \"\"quoted\"\"\"\nbob,\n",
        "\u{feff}user;note\r\nalice; a,b \r\nZoë;\"\"\r\n",
        "sep=;\r\nuser;note\r\nalice;1",
        "user\tnote\nalice\t1",
        "user\nalice\nbob\ncarol\n",
    ] {
        let (status, written, said) = generate(list.as_bytes(), &[]);
        assert_eq!((status, said.as_str()), (0, ""), "{list}");
        let written = String::from_utf8(written.expect("it is there")).expect("it is text");
        let delimiter = if list.contains(';') {
            b';'
        } else if list.contains('\t') {
            b'\t'
        } else {
            b','
        };
        let without_mark = |text: &str| -> String { text.trim_start_matches("sep=;\r\n").into() };
        let read = |text: &str| -> Vec<Vec<String>> {
            let mut reader = csv::ReaderBuilder::new();
            let text = without_mark(text);
            let reader = reader.delimiter(delimiter).has_headers(false).from_reader(text.as_bytes());
            let records = reader.into_records().map(|record| record.expect("it is CSV"));
            records.map(|record| record.iter().map(str::to_owned).collect()).collect()
        };
        let (before, after) = (read(list), read(&written));
        assert_eq!(before.len(), after.len());
        assert_eq!(after[0].last().map(String::as_str), Some("password"));
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before[..], after[..after.len() - 1]);
        }
        assert!(after[1..].iter().all(|row| sip_password::HUAWEI.check(&row[row.len() - 1]).is_ok()));
        // Byte for byte: without the new fields, it is the list.
        let end = if list.contains("\r\n") { "\r\n" } else { "\n" };
        assert!(written.ends_with(end) && written.starts_with(list.lines().next().expect("a line")));
    }
    let utf_16: Vec<u8> =
        "\u{feff}user\tnote\r\nZoë\t1\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (_, written, _) = generate(&utf_16, &[]);
    let written = String::from_utf8(written.expect("it is there")).expect("it is UTF-8");
    assert!(written.starts_with("\u{feff}user\tnote\tpassword\r\nZoë\t1\t"), "{written}");
    assert_eq!(generate(b"user\n", &[]).1.as_deref(), Some(&b"user,password\n"[..]));
}

#[test]
fn a_generated_list_is_validated() {
    let list: String = (0..20_000).map(|user| format!("user{user},site {}\n", user % 7)).collect();
    let list = format!("user,site\n{list}");
    let (_, written, _) = generate(list.as_bytes(), &["--exclude", ",\"", "--threads", "2"]);
    let written = written.expect("it is there");
    let (_, said) = verdicts(&written, &["--quiet", "--duplicates"], 0);
    assert_eq!(said, "20000 rows, 20000 compliant with huawei, 0 not; 0 duplicates\n");
    let text = String::from_utf8(written).expect("it is text");
    let kept: String =
        text.lines().map(|line| format!("{}\n", line.rsplit_once(',').expect("fields").0)).collect();
    assert!(kept == list, "a row differs");
    // Passwords with delimiters and quotes.
    let (_, written, _) = generate(list.as_bytes(), &["--password-rules", "", "--column", "pw"]);
    assert!(written.is_none(), "two policies");
    let (_, written, _) = generate(list.as_bytes(), &["--exclude", "A-Za-z", "--length", "12"]);
    assert!(written.is_none(), "three classes are needed");
    // To standard output, from standard input, with passwords of a seed.
    let directory = directory();
    let seed = directory.path().join("seed");
    let seed = seed.to_str().expect("text");
    assert_eq!(status(&run(&["generate", "--new-seed", seed])), 0);
    let listed = run_on(list.as_bytes(), &["generate", "huawei", "--for", "-", "--seed-file", seed]);
    let plain = run(&["generate", "huawei", "--count", "20000", "--seed-file", seed]);
    let last: String = stdout(&listed)
        .lines()
        .skip(1)
        .map(|line| format!("{}\n", line.splitn(3, ',').nth(2).expect("a password").trim_matches('"')))
        .collect();
    assert!(last.replace("\"\"", "\"") == stdout(&plain), "the passwords are those of --count");
}

#[test]
fn a_list_gets_passwords_completely_or_not_at_all() {
    let (status, written, said) = generate(b"user,note\nalice,1\nbob\ncarol,1,2\ndave,\"x", &[]);
    assert_eq!((status, written), (2, None));
    for expected in [
        "line 3: expected 2 fields, as in the header, found 1\n",
        "line 4: expected 2 fields, as in the header, found 3\n",
        "line 5: the row has a quote that is not closed\n",
        "3 wrong rows, named above; correct the list\n",
    ] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
    let list = b"user,Password\nalice,Fake_pass_1\n";
    let (status, written, said) = generate(list, &[]);
    assert_eq!((status, written), (2, None));
    assert!(said.contains(
        "the list has a column of the new one's name already; give the new column another name with --column"
    ));
    let (status, written, _) = generate(list, &["--column", "new, password"]);
    assert_eq!(status, 0);
    let written = written.expect("it is there");
    assert!(written.starts_with(b"user,Password,\"new, password\"\nalice,Fake_pass_1,"));
    for options in [&["--count", "2"][..], &["--format", "json"], &["--part", "1/2"]] {
        let (status, written, said) = generate(list, options);
        assert_eq!((status, written), (2, None));
        assert!(said.contains("cannot be used with"), "{said}");
    }
    fails(&run(&["generate", "huawei", "--column", "x"]), "--for <FILE>");
    fails(&run(&["generate", "huawei", "--for", "/no/such/users.csv"]), "cannot read");
    let utf_16: Vec<u8> = "user,note\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(generate(&utf_16, &[]).2.contains("found UTF-16"));
}
