//! `--not-containing`: words that passwords may not contain, given by themselves or by the columns of a list.

use std::{fs, process::Command};

use tempfile::tempdir;

use crate::process::{ROOT, fails, printed, run, run_on, status, stderr, stdout};

/// The list of `examples/users.py`.
fn users(count: u32) -> String {
    let script = format!("{ROOT}/examples/users.py");
    let output = Command::new("python3").args([&script, &count.to_string()]).output();
    String::from_utf8(output.expect("there is Python").stdout).expect("it is text")
}

fn contains(password: &str, word: &str) -> bool {
    password.to_lowercase().contains(&word.to_lowercase())
}

#[test]
fn no_password_has_a_word() {
    let arguments =
        ["generate", "huawei", "--not-containing", "a", "--not-containing", "7x", "--count", "5000"];
    let made = printed(&arguments);
    assert_eq!(made.lines().count(), 5000);
    assert!(made.lines().all(|password| !contains(password, "a") && !contains(password, "7x")));
    // Without the words, most have one.
    let made = printed(&["generate", "huawei", "--count", "1000"]);
    assert!(made.lines().filter(|password| contains(password, "a")).count() > 200);

    let words =
        ["validate", "huawei", "--not-containing", "alice", "--not-containing", "bob", "--format", "json"];
    let output = run_on(b"Not_Alice_1\nNot_Bo_b_1\nNot_xBOB_1\n", &words);
    assert_eq!(status(&output), 1);
    let compliant: Vec<bool> =
        stdout(&output).lines().map(|line| line.contains("\"compliant\":true")).collect();
    assert_eq!(compliant, [false, true, false]);
    assert!(stdout(&output).contains("contains-context"));
}

/// What words cost is explained.
#[test]
fn words_are_explained() {
    let entropy = |arguments: &[&str]| -> f64 {
        let text = printed(&[&["explain", "huawei", "--format", "json"], arguments].concat());
        let record: serde_json::Value = serde_json::from_str(&text).expect("an object");
        record["entropy"].as_f64().expect("a number")
    };
    let (all, without) = (entropy(&[]), entropy(&["--not-containing", "a"]));
    assert!((all - 98.056).abs() < 1e-3 && (97.0..97.5).contains(&without), "{all} {without}");
    let text = printed(&["explain", "huawei", "--not-containing", "alice", "--not-containing", "1001"]);
    assert!(text.contains("does not contain \"alice\", \"1001\", in upper or lower case"), "{text}");
    fails(&run(&["explain", "--not-containing", "alice"]), "only --format works without a policy");
}

#[test]
fn what_is_no_word_is_an_error() {
    fails(&run(&["generate", "huawei", "--not-containing", ""]), "expected words of at least 1 byte");
    fails(&run(&["generate", "huawei", "--not-containing", &"x".repeat(65)]), "found 65");
    let all: Vec<String> = ('0'..='9').map(String::from).collect();
    let all = all.iter().flat_map(|digit| ["--not-containing", digit]).collect::<Vec<_>>();
    let output = run(&[&["generate", "nxcloud-random"], &all[..]].concat());
    fails(&output, "no password of the default length satisfies all rules");
}

/// 5,000 users, of whom some have names so short that a password has them by chance.
#[test]
fn each_row_has_its_own_words() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = |name: &str| directory.path().join(name).to_str().expect("it is text").to_owned();
    let list = users(5000).replace("\nal", "\na");
    fs::write(path("users.csv"), &list).expect("there is room");
    let new = path("new.csv");
    let arguments = ["generate", "huawei", "--for", &path("users.csv"), "--output", &new];
    let words = ["--not-containing", "user", "--not-containing", "extension"];
    assert_eq!(stderr(&run(&[&arguments[..], &words].concat())), "");
    let written = fs::read_to_string(&new).expect("it is text");
    let mut rows = csv::Reader::from_reader(written.as_bytes());
    let rows: Vec<Vec<String>> =
        rows.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows.len(), 5000);
    assert!(rows.iter().all(|row| !contains(&row[4], &row[0]) && !contains(&row[4], &row[2])));
    // Everything else is as it was.
    assert!(written.lines().zip(list.lines()).all(|(new, old)| new.starts_with(old)));

    let validate = ["validate", "huawei", &new, "--column", "password", "--name", "user"];
    let output = run(&[&validate[..], &words].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("5000 rows, 5000 compliant"), "{}", stderr(&output));

    // A password with the name of its own row is named by the row; that of another row may be there.
    let spoilt = "user,password\nalice,Not_Alice_1\nbob,Not_Alice_1\n,Not_Alice_1\n";
    for quiet in [&[][..], &["--quiet"]] {
        let arguments =
            ["validate", "huawei", "--column", "password", "--name", "user", "--not-containing", "user"];
        let output = run_on(spoilt.as_bytes(), &[&arguments[..], quiet].concat());
        assert_eq!(status(&output), 1);
        assert!(stderr(&output).contains("3 rows, 2 compliant with huawei, 1 not: contains-context 1"));
        assert!(
            quiet.is_empty() == stdout(&output).contains("2 alice: contains-context"),
            "{}",
            stdout(&output)
        );
        assert!(!stdout(&output).contains("Not_") && !stderr(&output).contains("Not_"));
    }
}

#[test]
fn wrong_columns_and_impossible_rows_are_named() {
    let list = "user,password\nalice,Not_a_real_1\n";
    let validate = |column: &str| {
        run_on(list.as_bytes(), &["validate", "huawei", "--column", "password", "--not-containing", column])
    };
    fails(&validate("usr"), "--not-containing: expected a column");
    fails(&validate("password"), "--not-containing: expected another column than --column");

    // Every password of six digits has one of these.
    let header: Vec<String> = (0..10).map(|digit| format!("d{digit}")).collect();
    let list = format!("{}\n,,,,,,,,,\n0,1,2,3,4,5,6,7,8,9\n", header.join(","));
    let columns: Vec<&str> = header.iter().flat_map(|name| ["--not-containing", name]).collect();
    let output =
        run_on(list.as_bytes(), &[&["generate", "nxcloud-random", "--for", "-"], &columns[..]].concat());
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("line 3: --not-containing: 100000 passwords"), "{}", stderr(&output));
}

/// White space around a word of a list is no part of it.
#[test]
fn words_of_a_list_are_trimmed() {
    let list = b"user,password\n Alice ,Not_Alice_12\n";
    let columns = ["--column", "password", "--not-containing", "user"];
    let output = run_on(list, &[&["validate", "huawei"], &columns[..]].concat());
    assert!(stdout(&output).starts_with("2: contains-context"), "{}", stdout(&output));
}
