//! Rules of one's own: options for small ones, a file to start from, and the codes of their violations.

use std::fs;

use serde_json::Value;
use sip_password::ViolationKind;
use tempfile::tempdir;

use crate::process::{ROOT, fails, printed, run, run_on, status, stderr, stdout};

/// The facts that `explain` prints of a rule.
fn toml(arguments: &[&str]) -> String {
    printed(&[&["explain"], arguments, &["--format", "toml"]].concat())
}

#[test]
fn a_rule_from_nothing_needs_no_file() {
    let rule = [
        "--min-length",
        "12",
        "--max-length",
        "20",
        "--special",
        "!@#",
        "--require",
        "upper,lower,digit",
        "--classes",
        "4",
    ];
    let text = toml(&rule);
    for line in
        ["min_length = 12", "max_length = 20", "min_classes = 4", "characters = \"!#@\"", "minimum = 1"]
    {
        assert!(text.contains(line), "{line} in {text}");
    }
    let generated = run(&[&["generate", "--count", "1000"], &rule[..]].concat());
    let validated = run_on(&generated.stdout, &[&["validate", "--quiet"], &rule[..]].concat());
    assert_eq!(stderr(&validated), "1000 lines, 1000 compliant with own-rule, 0 not\n");
    assert_eq!(toml(&["--min-length", "8"]), toml(&["--max-length", "64"]), "the defaults");
    assert!(toml(&["--max-length", "6"]).contains("min_length = 6\nmax_length = 6"));
    // The first argument is a file without a preset, and the second one with it.
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("passwords.txt");
    fs::write(&path, "Fakepass1234\n").expect("there is room");
    let path = path.to_str().expect("text");
    assert_eq!(stdout(&run(&["validate", "--min-length", "12", path])), "1: ok\n");
    assert_eq!(stdout(&run(&["validate", "huawei", path, "--min-length", "12"])), "1: ok\n");
    assert!(stdout(&run(&["validate", "huawei", path, "--min-length", "13"])).starts_with("1: too-short"));
    fails(&run(&["validate", "huawai", path, "--min-length", "12"]), "did you mean huawei?");
}

#[test]
fn a_preset_is_changed_by_options() {
    let preset = toml(&["huawei"]);
    let changed = toml(&["huawei", "--min-length", "10", "--special", "!", "--require", "digit"]);
    assert!(preset.contains("min_length = 8") && changed.contains("min_length = 10"));
    for text in ["name = \"huawei-changed\"", "max_length = 16", "min_classes = 3", "characters = \"!\""] {
        assert!(changed.contains(text), "{text} in {changed}");
    }
    assert_eq!(changed.matches("minimum = 1").count(), 1);
    // Exotel accepts more special characters than it generates: not beside those that are named.
    assert!(!toml(&["exotel", "--special", "!"]).contains("uncounted"));
    assert!(!toml(&["huawei", "--special", ""]).contains("special characters"));
    let output = run(&["generate", "huawei", "--min-length", "16", "--max-length", "32", "--length", "24"]);
    assert_eq!(stdout(&output).len(), 25);
}

#[test]
fn wrong_rules_are_named() {
    for (arguments, message) in [
        (
            &["huawei", "--min-length", "20"][..],
            "expected a --min-length of at most 16, the longest length, found 20; --max-length sets another",
        ),
        (&["--require", "special"], "found special characters; --special '!@#' adds one"),
        (
            &["nxcloud-random", "--require", "upper"],
            "--require: expected a class of the policy, found uppercase letters",
        ),
        (&["--special", "Secret@12"], "--special: expected special characters such as '!@#'"),
        (&["--special", "é"], "--special: expected ASCII"),
        (&["--classes", "4"], "min_classes: expected at most the number of classes, 3, found 4"),
        (&["--min-length", "0"], "expected a whole number from 1 to 64"),
        (&["--require", "Secret@12"], "possible values: upper, lower, digit, special"),
        (&["--min-length", "9", "--password-rules", "minlength: 8"], "cannot be used with"),
    ] {
        for command in ["explain", "generate", "validate"] {
            let output = run(&[&[command], arguments].concat());
            fails(&output, message);
            assert!(!stderr(&output).contains("Secret"), "{}", stderr(&output));
        }
    }
    fails(&run(&["generate"]), "or a rule such as --min-length 12; found none");
}

#[test]
fn a_new_policy_file_is_a_policy_to_start_from() {
    let text = printed(&["policy", "new"]);
    let output = run_on(text.as_bytes(), &["explain", "--policy-file", "-"]);
    assert!(stdout(&output).starts_with("mine: A rule of my own\n"), "{}", stderr(&output));
    // With every rule that a comment holds.
    let all: String = text.lines().map(|line| format!("{}\n", uncommented(line))).collect();
    let output = run_on(all.as_bytes(), &["explain", "--policy-file", "-", "--format", "toml"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    for key in [
        "source",
        "notes",
        "default_length",
        "max_repeat",
        "max_run",
        "run_classes",
        "max_sequence",
        "context_reversed",
        "excluded",
        "excluded_first",
        "uncounted",
        "first",
        "context",
        "minimum",
    ] {
        assert!(stdout(&output).contains(&format!("{key} = ")), "{key} in {}", stdout(&output));
    }
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("mine.toml");
    let path = path.to_str().expect("text");
    assert_eq!(status(&run(&["policy", "new", path])), 0);
    assert_eq!(fs::read_to_string(path).expect("it is there"), text);
    assert_eq!(status(&run(&["generate", "--policy-file", path])), 0);
    fails(&run(&["policy", "new", path]), "exists; --force overwrites it");
    assert_eq!(status(&run(&["policy", "new", path, "--force"])), 0);
    fails(&run(&["policy", "new", "Secret@12/x"]), "cannot create a file beside ***");
}

/// A line without the `#` before a key.
fn uncommented(line: &str) -> &str {
    match line.strip_prefix("# ") {
        Some(rule) if rule.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) => rule,
        _ => line,
    }
}

#[test]
fn every_code_is_in_one_table() {
    let table = printed(&["explain", "--codes"]);
    let docs = fs::read_to_string(format!("{ROOT}/docs/CODES.md")).expect("it is there");
    let is_there = if cfg!(feature = "strength") { docs.ends_with(&table) } else { docs.contains(&table) };
    assert!(is_there, "docs/CODES.md ends with the output of sip-password explain --codes");
    let records: Vec<Value> = printed(&["explain", "--codes", "--format", "json"])
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    let (records, weaknesses): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|record| !record["number"].is_null());
    let codes: Vec<_> = weaknesses.iter().map(|record| record["code"].as_str().expect("text")).collect();
    let expected: &[&str] =
        if cfg!(feature = "strength") { &["denied", "default-password", "guessable"] } else { &[] };
    assert_eq!(codes, expected);
    assert_eq!(records.len(), ViolationKind::ALL.len());
    for (kind, record) in ViolationKind::ALL.iter().zip(&records) {
        assert_eq!((&record["number"], &record["code"]), (&(*kind as u8).into(), &kind.as_str().into()));
        assert_ne!(record["meaning"], "");
        assert!(table.contains(&format!(
            "| {:<17} | {:<58} |",
            kind.as_str(),
            record["meaning"].as_str().expect("text")
        )));
    }
    // The members are those of verdicts.
    let rule = |name| format!("{ROOT}/examples/policies/{name}.toml");
    let input = "aaa\n1phone23456789012345678901é\nabcdefgh\tijkl\n";
    let mut seen = Vec::new();
    for policy in [rule("every-rule"), rule("distinct")] {
        let output = run_on(input.as_bytes(), &["validate", "--policy-file", &policy, "--format", "json"]);
        for line in stdout(&output).lines() {
            let verdict: Value = serde_json::from_str(line).expect("an object");
            for violation in verdict["violations"].as_array().expect("a list") {
                let code = records
                    .iter()
                    .find(|record| record["code"] == violation["kind"])
                    .expect("it is in the table");
                let mut members: Vec<_> = code["members"]
                    .as_array()
                    .expect("a list")
                    .iter()
                    .map(|name| name.as_str().expect("text"))
                    .collect();
                members.push("kind");
                members.sort_unstable();
                let found: Vec<_> =
                    violation.as_object().expect("an object").keys().map(String::as_str).collect();
                assert_eq!(members, found, "{violation}");
                seen.push(code["number"].as_u64().expect("a number"));
            }
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.iter().copied().eq(1..=ViolationKind::ALL.len() as u64));
    fails(&run(&["explain", "--codes", "huawei"]), "cannot be used with");
    fails(&run(&["explain", "--codes", "--length", "8"]), "expected nothing but --format beside --codes");
    fails(&run(&["explain", "--codes", "--format", "toml"]), "expected --format text or json for --codes");
}
