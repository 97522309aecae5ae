//! `sip-password validate --deny` and its like, and `sip-password deny-list`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::process::{fails, printed, run, run_on, status, stderr, stdout};

/// All of these but the last two comply with Huawei's rule.
const PASSWORDS: &[u8] = b"Huawei@123\nP@ssw0rd1\nAdmin@123\r\nXq9~vTz2wLm4\nletmein\n1234\n";

/// SHA-1 of `Admin@123` and of `letmein`, among others, and NTLM of both.
const SHA1: &str = "\
    0000000000000000000000000000000000000000:3\n\
    A29C57C6894DEE6E8251510D58C07078EE3F49BF:17\n\
    B7A875FC1EA228B9061041B7CEC4BD3C52AB3CE3:9\n\
    FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF:1\n";
const NTLM: &str = "\
    00000000000000000000000000000000\r\n\
    570a9a65db8fba761c1008a51d4c95ab\r\n\
    becedb42ec3c5c7f965255338be4453c\r\n";

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempdir().expect("there is a directory for temporary files"));
        files.write("words.txt", "letmein\nAdmin@123\n");
        files.write("sha1.txt", SHA1);
        files.write("ntlm.txt", NTLM);
        files
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("there is room");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).to_str().expect("the name is text").to_owned()
    }

    /// Makes a filter of a file.
    #[track_caller]
    fn build(&self, from: &str, to: &str) -> String {
        let output = run(&["deny-list", "build", &self.name(from), "--output", &self.name(to)]);
        assert_eq!((status(&output), stdout(&output)), (0, ""), "{}", stderr(&output));
        stderr(&output).to_owned()
    }
}

/// Validates [`PASSWORDS`].
fn validate(options: &[&str]) -> std::process::Output {
    run_on(PASSWORDS, &[&["validate", "huawei"], options].concat())
}

#[test]
fn compliant_passwords_of_every_list_are_denied() {
    let files = Files::new();
    for from in ["words.txt", "sha1.txt", "ntlm.txt"] {
        files.build(from, &format!("{from}.filter"));
    }
    for list in
        ["words.txt", "sha1.txt", "ntlm.txt", "words.txt.filter", "sha1.txt.filter", "ntlm.txt.filter"]
    {
        let name = files.name(list);
        let output = validate(&["--deny", &name]);
        assert_eq!(status(&output), 1, "{}", stderr(&output));
        let lines: Vec<_> = stdout(&output).lines().collect();
        assert_eq!(lines[..2], ["1: ok", "2: ok"]);
        assert_eq!(lines[2..4], [format!("3: weak: denied (in {name:?})"), "4: ok".into()]);
        assert!(
            lines[4].starts_with("5: too-short ")
                && lines[4].ends_with(&format!("; weak: denied (in {name:?})"))
        );
        assert!(!lines[5].contains("weak"));
        assert_eq!(
            stderr(&output),
            "6 lines, 4 compliant with huawei, 2 not: too-short 2, too-few-classes 2; 2 weak: denied 2\n"
        );
    }
}

#[test]
fn every_check_has_its_reason_in_every_format() {
    let files = Files::new();
    let words = files.name("words.txt");
    let all = ["--deny", &words, "--deny-defaults", "--min-guesses", "1e9"];
    let text = validate(&all);
    assert_eq!(
        stdout(&text).lines().take(4).collect::<Vec<_>>(),
        [
            "1: weak: default-password (made of usual words), guessable (10^8.4 guesses, expected at least 10^9.0)",
            "2: weak: default-password (made of usual words), guessable (10^4.0 guesses, expected at least 10^9.0)",
            &format!(
                "3: weak: denied (in {words:?}), default-password (made of usual words), guessable (10^7.4 guesses, expected at least 10^9.0)"
            ),
            "4: ok",
        ]
    );
    assert!(
        stderr(&text).ends_with("; 5 weak: denied 2, default-password 5, guessable 5\n"),
        "{}",
        stderr(&text)
    );

    let output = validate(&[&all[..], &["--format", "json"]].concat());
    let records: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    // Compliance is one thing, and strength another.
    assert_eq!((&records[2]["compliant"], &records[2]["violations"]), (&json!(true), &json!([])));
    assert_eq!(records[2]["weaknesses"][0], json!({"kind": "denied", "list": words}));
    assert_eq!(records[2]["weaknesses"][1], json!({"kind": "default-password", "made_of": "word"}));
    let guessable = &records[2]["weaknesses"][2];
    assert_eq!((&guessable["kind"], &guessable["expected"]), (&json!("guessable"), &json!(9.0)));
    assert!((7.0..8.0).contains(&guessable["found"].as_f64().expect("a number")));
    assert_eq!(records[3], json!({"line": 4, "compliant": true, "violations": [], "weaknesses": []}));
    assert_eq!(records[5]["weaknesses"][0]["made_of"], "number");

    let output = validate(&[&all[..], &["--format", "csv"]].concat());
    assert_eq!(
        stdout(&output),
        "line,compliant,violations,weaknesses\n\
         1,true,,default-password guessable\n\
         2,true,,default-password guessable\n\
         3,true,,denied default-password guessable\n\
         4,true,,\n\
         5,false,too-short too-few-classes,denied default-password guessable\n\
         6,false,too-short too-few-classes,default-password guessable\n"
    );
    let quiet = validate(&[&all[..], &["--quiet"]].concat());
    assert_eq!((status(&quiet), stdout(&quiet), stderr(&quiet)), (1, "", stderr(&text)));
}

/// Without these options nothing is looked at, and nothing printed.
#[test]
fn strength_is_off_by_default() {
    let output = run_on(b"Huawei@123\n", &["validate", "huawei"]);
    assert_eq!((status(&output), stdout(&output)), (0, "1: ok\n"));
    assert!(!stderr(&output).contains("weak"));
    let output = run_on(b"Xq9~vTz2wLm4\n", &["validate", "huawei", "--deny-defaults"]);
    assert_eq!((status(&output), stdout(&output)), (0, "1: ok\n"));
    assert_eq!(stderr(&output), "1 line, 1 compliant with huawei, 0 not; 0 weak\n");
}

#[test]
fn several_lists_are_all_looked_at() {
    let files = Files::new();
    files.write("other.txt", "P@ssw0rd1\n");
    let (other, words) = (files.name("other.txt"), files.name("words.txt"));
    let output = validate(&["--deny", &other, "--deny", &words]);
    let denied = |line: u8, list: &str| format!("{line}: weak: denied (in {list:?})\n");
    assert!(stdout(&output).contains(&denied(2, &other)) && stdout(&output).contains(&denied(3, &words)));
}

#[test]
fn the_accounts_words_are_looked_for() {
    let list = "user,password\nalice@example.com,Alice_2024\nbob,Alice_2024\n10017,Tel.10017\n";
    let options = ["validate", "huawei", "--column", "password", "--name", "user", "--deny-defaults"];
    let output = run_on(list.as_bytes(), &options);
    assert_eq!(status(&output), 1);
    assert_eq!(
        stdout(&output),
        "2 alice@example.com: weak: default-password (made of the account's name)\n\
         3 bob: ok; the same password as in line 2\n\
         4 10017: weak: default-password (made of the account's name)\n"
    );
    assert!(
        stderr(&output).ends_with(", 0 not; 2 weak: default-password 2; 1 duplicate\n"),
        "{}",
        stderr(&output)
    );
    let quiet = run_on(list.as_bytes(), &[&options[..], &["--quiet"]].concat());
    assert_eq!((status(&quiet), stdout(&quiet)), (1, ""));
    assert!(stderr(&quiet).ends_with(", 0 not; 2 weak: default-password 2\n"), "{}", stderr(&quiet));
    // For the estimate too: with its name, a password takes fewer guesses.
    let guesses = |user: &str| {
        let list = format!("user,password\n{user},Winterthur_21\n");
        let output =
            run_on(list.as_bytes(), &[&options[..6], &["--min-guesses", "1e19", "-f", "json"]].concat());
        let record: Value = serde_json::from_str(stdout(&output)).expect("an object");
        record["weaknesses"][0]["found"].as_f64().expect("a number")
    };
    assert!(guesses("agent.winterthur") + 2.0 < guesses("bob"));
    // The policy's context word belongs to the account.
    let files = Files::new();
    let policy = printed(&["explain", "huawei", "--format", "toml"]);
    files.write("mine.toml", &format!("context = \"winterthur\"\n{policy}"));
    let policy = files.name("mine.toml");
    let output = run_on(b"Win7erthur_21\n", &["validate", "--policy-file", &policy, "--deny-defaults"]);
    assert_eq!(stdout(&output), "1: weak: default-password (made of the account's name)\n");
}

/// Many blocks, on several threads: the same as one by one.
#[test]
fn the_order_of_many_lines_is_kept() {
    let lines: String =
        (0..200_000).map(|number| if number % 3 == 0 { "Admin@123\n" } else { "Xq9~vTz2w\r\n" }).collect();
    for threads in ["1", "2", "7"] {
        let output =
            run_on(lines.as_bytes(), &["validate", "huawei", "--deny-defaults", "--threads", threads]);
        let verdicts: Vec<_> = stdout(&output).lines().collect();
        assert_eq!(verdicts.len(), 200_000);
        for (number, verdict) in verdicts.into_iter().enumerate() {
            assert_eq!(verdict.ends_with(": ok"), number % 3 != 0, "{verdict}");
        }
    }
}

#[test]
fn no_password_is_ever_printed() {
    let files = Files::new();
    files.write("list.txt", "Zq9~Zq9~Zq9\n");
    let list = files.name("list.txt");
    for format in ["text", "json", "csv"] {
        let options = ["--deny", &list, "--deny-defaults", "--min-guesses", "1e19", "--format", format];
        let output = run_on(b"Zq9~Zq9~Zq9\nZq9~Huawei\n", &[&["validate", "huawei"], &options[..]].concat());
        assert_eq!(status(&output), 1);
        for text in [stdout(&output), stderr(&output)] {
            assert!(!text.contains("Zq9"), "{text}");
        }
    }
}

#[test]
fn a_list_that_cannot_be_used_is_an_error() {
    let files = Files::new();
    files.write("empty.txt", "");
    files.build("words.txt", "whole.filter");
    let filter = fs::read(files.path("whole.filter")).expect("it is there");
    fs::write(files.path("cut.filter"), &filter[..filter.len() - 1]).expect("there is room");
    fs::write(files.path("utf16.txt"), b"\xff\xfea\0").expect("there is room");
    for (list, message) in [
        ("no-such.txt", "cannot read "),
        ("empty.txt", "empty.txt\": expected words or hashes, one a line, found an empty file"),
        ("cut.filter", "cut.filter\": expected a whole filter, found one that is cut off; build it again"),
        ("utf16.txt", "utf16.txt\": expected UTF-8, found UTF-16"),
    ] {
        fails(&validate(&["--deny", &files.name(list)]), message);
    }
    for wrong in ["0", "1e20", "-1", "nan", "inf", "x", ""] {
        let output = validate(&[&format!("--min-guesses={wrong}")]);
        assert_eq!((status(&output), stdout(&output)), (2, ""), "{wrong}");
    }
    // Where a search comes upon it: the lines before are reported.
    let mut lines: Vec<&str> = SHA1.lines().collect();
    lines.swap(1, 2);
    files.write("unsorted.txt", &lines.join("\n"));
    let output = validate(&["--deny", &files.name("unsorted.txt")]);
    assert_eq!((status(&output), stdout(&output)), (2, ""));
    let message = stderr(&output);
    assert!(message.starts_with("0 lines, 0 compliant with huawei, 0 not; 0 weak\n"), "{message}");
    assert!(message.contains("unsorted.txt\": byte 86: expected hashes in ascending order"), "{message}");
}

#[test]
fn a_filter_is_written_whole_or_not_at_all() {
    let files = Files::new();
    assert_eq!(
        files.build("sha1.txt", "new.filter"),
        "4 passwords from hashes, 144 bytes; one in 65,536 others is denied too\n"
    );
    let built = fs::read(files.path("new.filter")).expect("it is there");
    assert_eq!(built.len(), 144);
    let (sha1, new) = (files.name("sha1.txt"), files.name("new.filter"));
    fails(
        &run(&["deny-list", "build", &sha1, "--output", &new]),
        "new.filter\" exists; --force overwrites it",
    );
    assert_eq!(status(&run(&["deny-list", "build", &sha1, "--output", &new, "--force"])), 0);
    assert_eq!(fs::read(files.path("new.filter")).expect("it is there"), built);
    // From standard input, the same.
    let other = files.name("other.filter");
    assert_eq!(status(&run_on(SHA1.as_bytes(), &["deny-list", "build", "-", "--output", &other])), 0);
    assert_eq!(fs::read(files.path("other.filter")).expect("it is there"), built);
    let names = |directory: &Path| fs::read_dir(directory).expect("it is ours").count();
    let before = names(files.0.path());
    let third = files.name("third.filter");
    for (input, message) in [
        (&b""[..], "standard input: expected words or hashes, one a line, found an empty file"),
        (
            b"A29C57C6894DEE6E8251510D58C07078EE3F49BF\nletmein\n",
            "standard input: line 2: expected a hash of as many",
        ),
        (&built, "standard input: expected words or hashes, one a line, found a filter"),
    ] {
        fails(&run_on(input, &["deny-list", "build", "-", "--output", &third]), message);
        assert_eq!(names(files.0.path()), before, "{message}");
    }
    fails(&run(&["deny-list", "build", &files.name("no-such.txt"), "--output", &third]), "cannot read ");
}

#[test]
fn a_verdict_is_all_in_one_language() {
    let list = "user,password\nalice,Huawei@123\nbob,Huawei@123\n";
    let arguments =
        ["validate", "huawei", "--column", "password", "--deny-defaults", "--min-guesses", "1e10"];
    let more = ["--accepted-by", "karel", "--language", "zh"];
    let output = run_on(list.as_bytes(), &[&arguments[..], &more].concat());
    let text = stdout(&output);
    let first = "2: 弱密码：default-password（由默认密码、厂商名称或常用词构成），guessable（约 10^";
    assert!(text.starts_with(first), "{text}");
    assert!(
        text.contains("; 不被 karel 接受：not-allowed（") && text.contains("; 与第 2 行的密码相同\n"),
        "{text}"
    );
    for english in ["weak", "refused", "same", "made of", "expected"] {
        assert!(!text.contains(english), "{text}");
    }
}
