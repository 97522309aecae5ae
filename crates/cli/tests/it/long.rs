//! Policies of more than 64 characters: `validate` judges them, `generate` says where it ends.

use std::fs;

use serde_json::Value;
use tempfile::tempdir;

use crate::process::{fails, printed, run, run_on, stdout};

const TELNYX: [&str; 2] = ["--policy-file", "presets/telnyx.toml"];

#[test]
fn validate_judges_up_to_256_characters() {
    for most in [64, 65, 128, 255, 256] {
        let lines: String =
            (0..=3).map(|more| format!("{}\n", "a1".repeat(200)[..most - 1 + more].to_owned())).collect();
        let verdicts = run_on(lines.as_bytes(), &["validate", "--max-length", &most.to_string()]);
        let found = most + 1;
        let expected = format!(
            "1: ok\n2: ok\n3: too-long ({found} characters, expected at most {most})\n\
             4: too-long ({} characters, expected at most {most})\n",
            found + 1
        );
        assert_eq!(stdout(&verdicts), expected);
    }
    let file = run_on(format!("{}\n", "#".repeat(128)).as_bytes(), &[&["validate"], &TELNYX[..]].concat());
    assert_eq!(stdout(&file), "1: ok\n");
    fails(&run(&["validate", "--max-length", "257"]), "from 1 to 256");
    fails(&run(&["generate", "--min-length", "65"]), "from 1 to 64");
}

#[test]
fn generate_says_where_it_ends() {
    let length = |length| run(&[&["generate", "--length", length], &TELNYX[..]].concat());
    assert_eq!(stdout(&length("64")).trim_end().len(), 64);
    let message = "--length: expected at most 64 characters, which is the most that is generated, found";
    for found in ["65", "128", "129", "300"] {
        fails(&length(found), &format!("{message} {found}"));
    }
    fails(&length("7"), "--length: expected 8 to 64 characters for telnyx, found 7");
    assert_eq!(printed(&[&["generate", "--bits", "300"], &TELNYX[..]].concat()).trim_end().len(), 51);
    fails(&run(&[&["generate", "--bits", "400"], &TELNYX[..]].concat()), "--bits: expected at most 381.");
}

#[test]
fn explain_states_both_limits() {
    let explain = |format| printed(&[&["explain", "--format", format], &TELNYX[..]].concat());
    assert!(explain("text").contains("8 to 128 characters; 16 by default; at most 64 are generated\n"));
    let facts: Value = serde_json::from_str(&explain("json")).expect("it is JSON");
    assert_eq!((facts["max_length"].as_u64(), facts["min_length"].as_u64()), (Some(128), Some(8)));
    let by_length = facts["by_length"].as_array().expect("it is a list");
    assert_eq!(by_length.len(), 57);
    assert!(explain("html").contains(r#"minlength="8" maxlength="128""#));
    assert!(explain("passwordrules").contains("minlength: 8; maxlength: 128;"));
    assert!(explain("toml").contains("min_length = 8\nmax_length = 128\n"));
}

#[test]
fn a_written_policy_is_read_again() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("mine.toml");
    let name = path.to_str().expect("the name is text");
    let written = printed(&["explain", "huawei", "--max-length", "256", "--format", "toml"]);
    fs::write(&path, &written).expect("it is ours");
    assert_eq!(printed(&["explain", "--policy-file", name, "--format", "toml"]), written);
    let rules = printed(&["explain", "--policy-file", name, "--format", "passwordrules"]);
    assert!(rules.contains("maxlength: 256;"), "{rules}");
    let line = format!("{}\n", "Aa1.".repeat(64));
    assert_eq!(stdout(&run_on(line.as_bytes(), &["validate", "--password-rules", rules.trim()])), "1: ok\n");
}
