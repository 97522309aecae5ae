//! Wrong arguments: no message repeats what may be a password, and each points the right way.

use crate::process::{fails, run, run_on, status, stderr, stdout};

/// Passwords that each of the presets accepts, a passphrase, and one that looks like an option.
const PASSWORDS: [&str; 5] = ["Secret@12", "671897", "NotARealOne1", "correct horse", "-Secret@12"];

/// Every place where a file, a number or a word belongs.
fn places(password: &str) -> Vec<Vec<&str>> {
    let mut places = vec![
        vec![password],
        vec!["help", password],
        vec!["generate", password],
        vec!["generate", "huawei", password],
        vec!["explain", password],
        vec!["explain", "huawei", password],
        vec!["validate", password],
        vec!["validate", "huawei", password],
        vec!["validate", password, "huawei"],
        vec!["validate", "huawei", "README.md", password],
        vec!["completions", password],
        vec!["man", "no-such", password],
    ];
    let options = |command: &[&'static str], options: &[&'static str]| -> Vec<Vec<&str>> {
        options.iter().map(|option| [command, &[*option, password]].concat()).collect()
    };
    places.extend(options(
        &["generate", "huawei"],
        &[
            "--bits",
            "--count",
            "--delimiter",
            "--for",
            "--format",
            "--length",
            "--part",
            "--password",
            "--password-rules",
            "--policy-file",
            "--safe-for",
            "--seed-file",
            "--threads",
            "-f",
            "-l",
            "-n",
        ],
    ));
    places.extend(options(
        &["validate", "huawei"],
        &["--column", "--format", "--language", "--policy-file", "--threads"],
    ));
    #[cfg(feature = "strength")]
    places.extend(options(&["validate", "huawei", "README.md"], &["--deny", "--min-guesses"]));
    #[cfg(feature = "strength")]
    places.extend(options(&["deny-list", "build"], &["--output=no-such/no-such.filter"]));
    places.extend(options(&["validate", "huawei", "README.md", "--column"], &["no-such"]));
    places.extend(options(&["validate", "huawei", "--column=password"], &["--name", "--delimiter"]));
    places.extend(options(&["explain", "huawei"], &["--format", "--policy-file", "--safe-for"]));
    places
}

#[cfg(feature = "registered")]
fn registrars_places(password: &str) -> Vec<Vec<&str>> {
    let options = [
        "--delimiter",
        "--domain",
        "--format",
        "--old-password",
        "--password",
        "--rate",
        "--root",
        "--timeout",
        "--transport",
        "--user",
    ];
    let command = ["registered", "--registrar=127.0.0.1:9"];
    let mut places: Vec<_> =
        options.iter().map(|option| [&command[..], &[*option, password]].concat()).collect();
    places.push(vec!["registered", "--registrar", password]);
    places.push([&command[..], &[password]].concat());
    places
}

#[cfg(not(feature = "registered"))]
fn registrars_places(_: &str) -> Vec<Vec<&str>> {
    Vec::new()
}

#[cfg(feature = "rotate")]
fn vendors_places(password: &str) -> Vec<Vec<&str>> {
    let exotel = [
        "--account-sid",
        "acme1",
        "--user-uuid",
        "0a1b2c",
        "--device-id",
        "12345",
        "--output",
        "/tmp/no/such/directory.txt",
    ];
    let mut places = vec![
        vec!["submit", password],
        vec!["rotate", password],
        vec!["rotate", "status", "--journal", password],
        vec!["rotate", "export", "--journal", password, "--output", "no-such.csv"],
        vec!["rotate", "forget", "--journal", password],
        vec!["rotate", "nxcloud", "--journal", password],
        vec!["rotate", "nxcloud", "--journal", "no-such.db", "--accounts", password, "--plaintext"],
        vec!["rotate", "export", "--journal", "no-such.db", "--output", "no-such.csv", "--only", password],
    ];
    for option in ["--base-url", "--region", "--root", "--secrets", "--timeout", "--policy-file"] {
        places.push([&["submit", "exotel", option, password], &exotel[..]].concat());
    }
    for option in ["--key-file", "--rate", "--concurrency", "--batch", "--format", "--root", "--base-url"] {
        places.push(vec![
            "rotate",
            "nxcloud",
            "--journal",
            "no-such.db",
            "--accounts",
            "no-such.csv",
            option,
            password,
        ]);
    }
    places
}

#[cfg(not(feature = "rotate"))]
fn vendors_places(_: &str) -> Vec<Vec<&str>> {
    Vec::new()
}

#[test]
fn a_password_in_the_wrong_place_is_never_repeated() {
    for password in PASSWORDS {
        let others = vendors_places(password).into_iter().chain(registrars_places(password));
        for arguments in places(password).into_iter().chain(others) {
            // Any number may be a count, or one of guesses.
            if password == "671897"
                && arguments.iter().any(|argument| ["--count", "-n", "--min-guesses"].contains(argument))
            {
                continue;
            }
            let output = run(&arguments);
            assert_eq!(status(&output), 2, "{arguments:?}");
            let all = format!("{}{}", stdout(&output), stderr(&output));
            assert!(!all.contains(password.trim_start_matches('-')), "{arguments:?}: {all}");
            assert!(!stderr(&output).is_empty());
        }
        // Attached to its option.
        for option in ["--format", "--length", "--unknown", "--threads"] {
            let output = run(&["generate", "huawei", &format!("{option}={password}")]);
            assert_eq!(status(&output), 2);
            assert!(!stderr(&output).contains(password), "{}", stderr(&output));
        }
    }
}

/// The message says where a password is typed.
#[test]
fn a_password_as_an_argument_is_answered_with_the_right_way() {
    for arguments in [
        &["Secret@12"][..],
        &["validate", "Secret@12"],
        &["validate", "huawei", "Secret@12"],
        &["validate", "huawei", "README.md", "Secret@12"],
        &["validate", "huawei", "--password", "Secret@12"],
        &["validate", "huawei", "--password=Secret@12"],
        &["generate", "Secret@12"],
        &["generate", "huawei", "Secret@12"],
        &["explain", "Secret@12"],
    ] {
        let output = run(arguments);
        fails(&output, "a password is never an argument");
        assert!(stderr(&output).contains("'sip-password validate POLICY'"), "{}", stderr(&output));
        assert!(!stderr(&output).contains("Secret"), "{arguments:?}: {}", stderr(&output));
    }
    fails(&run(&["validate", "Cargo.toml"]), "found a file alone: the policy comes before it");
    // Other arguments are missing, too.
    for arguments in [
        &["submit", "huawei", "--password", "Secret@12"][..],
        &["submit", "exotel", "--user-uuid", "1", "--token=Secret@12"],
        &["rotate", "huawei", "--account-password", "Secret@12"],
    ] {
        let output = run(arguments);
        fails(&output, "Replace this secret");
        assert!(!stderr(&output).contains("Secret@12"), "{}", stderr(&output));
    }
    fails(&run(&["explain", "mine.toml"]), "--policy-file follows the policy in a file");
    // What is surely none gets no such answer.
    for arguments in [
        &["validate", "huawei", "no-such.txt"][..],
        &["generate", "unheard-of"],
        &["generate", "huawei", "--cuont"],
        &["submit", "nxcloud"],
        &["submit", "nxcloud", "--password-stdin"],
    ] {
        let output = run(arguments);
        assert_eq!(status(&output), 2);
        assert!(!stderr(&output).contains("never an argument"), "{}", stderr(&output));
    }
}

#[test]
fn a_wrong_policy_name_is_shown_with_the_nearest_right_one() {
    for (name, nearest) in
        [("huawai", "huawei"), ("twillio", "twilio"), ("Exotell", "exotel"), ("NX-CLOUD", "nxcloud")]
    {
        for command in ["generate", "explain", "validate"] {
            let output = run(&[command, name]);
            fails(&output, name);
            assert!(stderr(&output).contains(nearest), "{}", stderr(&output));
        }
    }
    for command in ["generate", "explain", "validate"] {
        fails(&run(&[command, "unheard-of"]), "unheard-of");
    }
    // A right one in any case of letters.
    for name in ["HUAWEI", "Huawei", "NXCloud"] {
        assert_eq!(status(&run(&["generate", name])), 0);
        assert_eq!(status(&run(&["explain", name])), 0);
        assert_eq!(status(&run_on(b"Abcdef12\n", &["validate", name])), 0);
    }
}

#[test]
fn tips_point_the_right_way() {
    for (arguments, tip) in [
        (&["generate", "huawei", "-x", "-_"][..], "-xVALUE"),
        (&["generate", "huawei", "--exclude", "-_"], "--exclude=VALUE"),
        (&["generate", "huawei", "--exclude", "--_"], "--exclude=VALUE"),
        (&["generate", "huawei", "--password-rules", "-x"], "--password-rules=VALUE"),
    ] {
        let output = run(arguments);
        fails(&output, tip);
        assert!(!stderr(&output).contains("-- -"), "{}", stderr(&output));
    }
    for attached in ["--exclude=-_", "-x-_", "-x=-_"] {
        let output = run(&["generate", "huawei", "--count", "1000", attached]);
        assert!(status(&output) == 0 && !stdout(&output).contains('_'), "{attached}");
    }
    // No tip makes an option's value a policy.
    for arguments in [
        &["generate", "huawei", "--count", "-1"][..],
        &["generate", "huawei", "--unknown"],
        &["generate", "-9"],
    ] {
        assert!(!stderr(&run(arguments)).contains("'-- "), "{arguments:?}");
    }
}

#[test]
fn an_excluded_range_is_a_range_or_an_error() {
    let output = run(&["generate", "huawei", "--count", "1000", "--exclude", "A-Z0-4"]);
    assert_eq!(status(&output), 0);
    assert!(!stdout(&output).contains(|char: char| char.is_ascii_uppercase() || ('0'..='4').contains(&char)));
    let output = run(&["generate", "nxcloud-random", "--count", "100", "--exclude", "0-8"]);
    assert_eq!(stdout(&output), "999999\n".repeat(100));
    for range in ["Z-A", "a-Z", "9-0", "0-z"] {
        fails(&run(&["generate", "huawei", "--exclude", range]), "--exclude: expected a range within");
    }
}

/// The limit in the message is accepted, though it is rounded.
#[test]
fn no_message_contradicts_itself_by_rounding() {
    for preset in ["huawei", "exotel", "nxcloud", "nxcloud-random"] {
        let output = run(&["generate", preset, "--bits", "1000"]);
        fails(&output, "--bits: expected at most");
        let most = stderr(&output)
            .split("at most ")
            .nth(1)
            .and_then(|rest| rest.split(',').next())
            .expect("a number");
        assert_eq!(status(&run(&["generate", preset, "--bits", most])), 0, "{preset}: {most}");
    }
    let output = run(&["generate", "huawei", "--bits", "98.056"]);
    fails(&output, "expected at most 98.0559, the entropy of the longest huawei password, found 98.056");
}

/// Whoever types the name alone is not told that it was wrong.
#[test]
fn without_arguments_it_says_what_it_is_for() {
    let output = run(&[]);
    assert_eq!((status(&output), stderr(&output)), (0, ""));
    let last = if cfg!(feature = "demo") { "sip-password demo\n" } else { "sip-password explain\n" };
    for command in
        ["    sip-password generate huawei\n", "    sip-password validate huawei passwords.txt\n", last]
    {
        assert!(stdout(&output).contains(command), "{}", stdout(&output));
    }
    assert!(stdout(&output).lines().count() < 15);
}
