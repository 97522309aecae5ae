//! `--fits`: passwords that a device can hold.

use std::fs;

use serde_json::Value;
use tempfile::tempdir;

use crate::process::{fails, printed, run, run_on, status, stderr, stdout};

/// The devices and their longest passwords, in characters, as their documents say.
const DEVICES: [(&str, usize); 4] = [("cisco", 30), ("audiocodes", 15), ("avaya-j100", 31), ("linphone", 34)];

#[test]
fn a_device_has_a_longest_password() {
    for (device, longest) in DEVICES {
        let fits = ["--fits", device];
        let facts = printed(&[&["explain", "exotel", "--format", "json"], &fits[..]].concat());
        let facts: Value = serde_json::from_str(&facts).expect("it is JSON");
        assert_eq!(facts["max_length"], longest, "{device}");
        assert_eq!(facts["default_length"], longest.min(16), "{device}");
        assert_eq!(facts["policy"], format!("exotel-for-{device}"));
        let length = longest.to_string();
        let generated =
            printed(&[&["generate", "exotel", "--count", "200", "--length", &length], &fits[..]].concat());
        assert!(generated.lines().all(|password| password.len() == longest), "{device}");
        let validated = run_on(generated.as_bytes(), &[&["validate", "exotel", "-q"], &fits[..]].concat());
        assert_eq!(status(&validated), 0, "{device}: {}", stderr(&validated));
        let line = format!("Aa1{}\n", "b".repeat(longest - 2));
        let validated = run_on(line.as_bytes(), &[&["validate", "exotel"], &fits[..]].concat());
        let found = longest + 1;
        assert_eq!(
            stdout(&validated),
            format!("1: too-long ({found} characters, expected at most {longest})\n")
        );
        assert_eq!(stdout(&run_on(line.as_bytes(), &["validate", "exotel"])), "1: ok\n", "without it");
        let longer = (longest + 1).to_string();
        let refused = run(&[&["generate", "exotel", "--length", &longer], &fits[..]].concat());
        fails(&refused, &format!("--length: expected 8 to {longest} characters for exotel-for-{device}"));
        let words = printed(&[&["explain", "exotel"], &fits[..]].concat());
        assert!(words.contains(&format!("\n  At most {longest} characters: ")), "{words}");
        let written = printed(&[&["explain", "exotel", "--format", "html"], &fits[..]].concat());
        assert!(written.contains(&format!("maxlength=\"{longest}\"")), "{written}");
    }
}

/// The passwords of a seed are the same while the length is: a shorter maximum changes no distribution.
#[test]
fn the_smallest_of_several_counts() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let seed = directory.path().join("seed");
    let seed = seed.to_str().expect("the path is text");
    printed(&["generate", "--new-seed", seed]);
    let of = |fits: &[&str]| {
        let generate = ["generate", "exotel", "--length", "15", "--count", "50", "--seed-file", seed];
        printed(&[&generate, fits].concat())
    };
    let all = ["--fits", "cisco,avaya-j100", "--fits", "audiocodes,linphone"];
    assert_eq!(of(&all), of(&[]));
    let toml = printed(&[&["explain", "exotel", "--format", "toml"], &all[..]].concat());
    assert!(
        toml.contains("max_length = 15\n") && toml.contains("name = \"exotel-for-audiocodes\""),
        "{toml}"
    );
    // The file is the same rule.
    let path = directory.path().join("mine.toml");
    fs::write(&path, &toml).expect("there is room");
    let path = path.to_str().expect("the path is text");
    assert_eq!(printed(&["explain", "--policy-file", path, "--format", "toml"]), toml);
    assert_eq!(printed(&["explain", "--policy-file", path, "--fits", "cisco", "--format", "toml"]), toml);
}

#[test]
fn a_policy_that_fits_stays_as_it_is() {
    for format in ["text", "json", "toml", "passwordrules", "html"] {
        for rule in [&["huawei"][..], &["exotel", "--max-length", "24"], &["exotel", "--max-length", "30"]] {
            let explain = |fits: &[&str]| printed(&[&["explain", "--format", format], rule, fits].concat());
            assert_eq!(explain(&["--fits", "cisco,linphone"]), explain(&[]));
        }
    }
    let validated = run_on(b"Not_a_real_1\n", &["validate", "huawei", "--fits", "cisco"]);
    assert!(stderr(&validated).contains("compliant with huawei, 0 not"), "{}", stderr(&validated));
}

#[test]
fn every_policy_can_be_fitted() {
    for rule in [
        &["--max-length", "200"][..],
        &["exotel", "--min-length", "10"],
        &["bland"],
        &["--password-rules", "minlength: 9; maxlength: 99; required: lower; required: digit"],
    ] {
        let generated = printed(&[&["generate", "--count", "20", "--fits", "audiocodes"], rule].concat());
        assert!(generated.lines().all(|password| password.len() == 15), "{rule:?}");
        let validated = run_on(generated.as_bytes(), &[&["validate", "--fits", "audiocodes"], rule].concat());
        assert_eq!(status(&validated), 0, "{rule:?}");
    }
}

/// The default length is the longest that fits, unless it is shorter anyway. If no such password complies, the error names the rules.
#[test]
fn the_default_length_fits() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("stars.toml");
    let path = path.to_str().expect("the path is text");
    // Groups of at most three stars with a digit between two groups.
    let write = |stars: u8| {
        let text = format!(
            "min_length = 1\nmax_length = 40\ndefault_length = 40\nmax_repeat = 3\n\
             [[class]]\nname = \"stars\"\ncharacters = \"*\"\nminimum = {stars}\n\
             [[class]]\nname = \"digits\"\ncharacters = \"0-9\"\n"
        );
        fs::write(path, text).expect("there is room");
    };
    let explain = |device| run(&["explain", "--policy-file", path, "--fits", device, "--format", "toml"]);
    write(12);
    assert!(stdout(&explain("linphone")).contains("max_length = 34\ndefault_length = 34\n"));
    assert!(stdout(&explain("audiocodes")).contains("max_length = 15\nmax_repeat = 3\n"));
    write(13);
    assert!(stdout(&explain("linphone")).contains("max_length = 34\ndefault_length = 34\n"));
    fails(&explain("audiocodes"), "at 15 characters, conflict: minimum of class 0 and max_repeat");
}

#[test]
fn what_cannot_fit_is_refused() {
    let long = ["--min-length", "16"];
    for command in ["generate", "validate", "explain"] {
        let refused = run(&[&[command, "exotel", "--fits", "audiocodes"], &long[..]].concat());
        fails(
            &refused,
            "--fits audiocodes: expected a policy with passwords of at most 15 characters, found exotel-changed, whose shortest have 16",
        );
        fails(
            &run(&[command, "exotel", "--fits", "nokia"]),
            "[possible values: cisco, audiocodes, avaya-j100, linphone]",
        );
    }
    fails(&run(&["explain", "--fits", "cisco"]), "only --format works without a policy");
    fails(&run(&["explain", "--codes", "--fits", "cisco"]), "beside --codes");
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("minima.toml");
    let text = "min_length = 8\nmax_length = 40\ndefault_length = 20\n\
                [[class]]\nname = \"digits\"\ncharacters = \"0-9\"\nminimum = 16\n";
    fs::write(&path, text).expect("there is room");
    let path = path.to_str().expect("the path is text");
    fails(
        &run(&["generate", "--policy-file", path, "--fits", "audiocodes"]),
        "--fits audiocodes: minima: minimum: expected",
    );
}
