//! Policies of one's own: policy files, password managers' rules, entropy, contexts and languages.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;
use sip_password::{HUAWEI, PRESETS, Policy, PolicyFile, SafeFor};
use tempfile::tempdir;

use crate::process::{ROOT, command, fails, printed, run, run_on, status, stderr, stdout};

/// Asserts that the command refuses these arguments with this message.
#[track_caller]
fn refuses(arguments: &[&str], message: &str) {
    fails(&run(arguments), message);
}

const TENANT: &str = "examples/policies/huawei-tenant.toml";

fn is_of(file: &str, password: &str) -> bool {
    let text = fs::read_to_string(Path::new(ROOT).join(file)).expect("it is there");
    let file = PolicyFile::parse(&text).expect("it is a policy");
    file.policy().check(password).is_ok()
}

#[test]
fn a_policy_file_is_followed() {
    let made = printed(&["generate", "--policy-file", TENANT, "--count", "200"]);
    assert_eq!(made.lines().count(), 200);
    assert!(made.lines().all(|password| password.len() == 20 && is_of(TENANT, password)));
    // With a policy file, the only argument is the file of passwords.
    let checked = run_on(made.as_bytes(), &["validate", "--policy-file", TENANT, "--quiet"]);
    assert!(checked.status.success());
    assert_eq!(stderr(&checked), "200 lines, 200 compliant with huawei-tenant, 0 not\n");
    let directory = tempdir().expect("there is a directory for temporary files");
    let passwords = directory.path().join("passwords.txt");
    fs::write(&passwords, "aa1bB*\n").expect("it is ours");
    let verdicts = run(&["validate", "--policy-file", TENANT, passwords.to_str().expect("text")]);
    let said = "1: too-short (6 characters, expected at least 8), \
                too-many-repeats (the same character 2 times in a row, expected at most 1)\n";
    assert_eq!((verdicts.status.code(), stdout(&verdicts)), (Some(1), said));
    let record: Value =
        serde_json::from_str(&printed(&["explain", "--policy-file", TENANT, "--format", "json"]))
            .expect("JSON");
    assert_eq!((record["policy"].as_str(), record["max_length"].as_u64()), (Some("huawei-tenant"), Some(32)));
    assert!(!printed(&["explain", "--policy-file", TENANT]).contains("live service"));
    assert!(printed(&["explain", "huawei"]).contains("not tested against a live service"));
}

#[test]
fn every_preset_is_an_example_file() {
    for preset in PRESETS {
        let file = format!("examples/policies/{}.toml", preset.name);
        let [ours, theirs] = [vec![preset.name], vec!["--policy-file", &file]]
            .map(|rule| printed(&[&["explain"][..], &rule, &["--format", "toml"]].concat()));
        assert_eq!(ours, theirs);
        let read = PolicyFile::parse(&ours).expect("what is printed is read");
        assert_eq!(read.policy(), preset.policy);
    }
    assert_eq!(
        printed(&["generate", "--policy-file", "examples/policies/every-rule.toml"]).lines().count(),
        1
    );
}

#[test]
fn a_wrong_policy_file_is_refused_by_its_line() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("mine.toml");
    let name = path.to_str().expect("the name is text");
    for command in ["generate", "validate", "explain"] {
        refuses(&[command, "--policy-file", name], "cannot read");
    }
    for (text, message) in [
        ("min_length = 8\nmax_length = 257\n", "line 2, max_length: "),
        ("min_length = 8\nmax_lenght = 10\n", "max_lenght"),
        (
            "min_length = 4\nmax_length = 4\nmax_repeat = 1\n[[class]]\nname = \"stars\"\ncharacters = \"*\"\nminimum = 2\n",
            "max_repeat",
        ),
    ] {
        fs::write(&path, text).expect("it is ours");
        refuses(&["generate", "--policy-file", name], message);
        refuses(&["generate", "--policy-file", name], "mine.toml\": line");
    }
    fs::write(&path, "#".repeat(2 << 20)).expect("it is ours");
    refuses(
        &["generate", "--policy-file", name],
        "expected a policy file of at most 65536 bytes, found more",
    );
    fs::write(&path, b"\xff").expect("it is ours");
    refuses(&["generate", "--policy-file", name], "expected UTF-8, found other bytes");
    refuses(&["generate", "huawei", "--policy-file", TENANT], "expected one policy");
    refuses(&["validate", "huawei", "passwords.txt", "--policy-file", TENANT], "expected one policy");
    refuses(
        &["generate", "--policy-file", TENANT, "--password-rules", "minlength: 8"],
        "cannot be used with",
    );
    // An argument in place of a policy may be a password.
    let output = run(&["validate", "Not_a_real_1"]);
    assert!(!stderr(&output).contains("Not_a_real_1"));
    refuses(&["validate", "Not_a_real_1"], "expected a policy (");
}

#[test]
fn a_password_managers_rules_are_followed() {
    let rule = "minlength: 10; maxlength: 12; required: upper, lower; required: digit; max-consecutive: 1";
    let made = printed(&["generate", "--password-rules", rule, "-n", "100"]);
    assert!(
        made.lines().all(|password| password.len() == 12 && password.contains(|c: char| c.is_ascii_digit()))
    );
    refuses(
        &["generate", "--password-rules", "minlength: ten"],
        "--password-rules: passwordrules: at byte 11",
    );
    let huawei = printed(&["explain", "huawei", "--format", "passwordrules"]);
    let read = Policy::from_password_rules(&huawei).expect("what is printed is read");
    assert_eq!(read.rules().min_classes(), 3);
    let first = printed(&["explain", "--password-rules", &huawei, "--format", "passwordrules"]);
    assert_eq!(first, huawei);
    refuses(
        &["explain", "--policy-file", "examples/policies/every-rule.toml", "--format", "passwordrules"],
        "every-rule: ",
    );
    // The vendor accepts more characters than are generated.
    let accepted = printed(&["explain", "exotel", "--format", "passwordrules"]);
    let generated = printed(&["explain", "exotel", "--format", "passwordrules", "--generated"]);
    assert!(accepted.contains("allowed: ") && !generated.contains("allowed: "));
    let safe = printed(&["explain", "exotel", "--format", "passwordrules", "--safe-for", "xml"]);
    assert!(!safe.contains('&') && generated.contains('&'));
}

#[test]
fn html_attributes_are_printed() {
    let html = printed(&["explain", "huawei", "--format", "html"]);
    assert!(
        html.starts_with("minlength=\"8\" maxlength=\"16\" pattern=\"") && html.contains(" passwordrules=\"")
    );
    let every = run(&["explain", "--policy-file", "examples/policies/every-rule.toml", "--format", "html"]);
    assert!(every.status.success() && !stdout(&every).contains("passwordrules"));
    assert!(stderr(&every).contains("passwordrules is left out"));
}

#[test]
fn bits_select_the_shortest_length() {
    for (bits, length) in [("80", 14), ("48.8", 8), ("48.9", 9), ("98.05", 16), ("1", 8)] {
        assert_eq!(printed(&["generate", "huawei", "--bits", bits]).trim_end().len(), length, "{bits}");
    }
    refuses(
        &["generate", "huawei", "--bits", "99"],
        "--bits: expected at most 98.0559, the entropy of the longest huawei password, found 99",
    );
    for bits in ["0", "-1", "nan", "inf", "x"] {
        refuses(&["generate", "huawei", &format!("--bits={bits}")], "expected a number over 0");
    }
    refuses(&["generate", "huawei", "--bits", "80", "--length", "9"], "cannot be used with");
    let record: Value =
        serde_json::from_str(&printed(&["explain", "huawei", "--bits", "80", "-f", "json"])).expect("JSON");
    assert_eq!(record["length"], 14);
    let lengths: Vec<_> =
        record["by_length"].as_array().expect("a list").iter().map(|row| &row["length"]).collect();
    assert_eq!(lengths, (8..=16).collect::<Vec<_>>());
    assert!(printed(&["explain", "huawei"]).contains("  14  85.7869"));
}

#[test]
fn passwords_are_safe_in_every_context() {
    for context in SafeFor::ALL {
        let made = printed(&["generate", "huawei", "--safe-for", context.name(), "--count", "500"]);
        assert!(made.lines().all(|password| HUAWEI.check(password).is_ok()));
        assert!(
            made.lines().all(|password| password.chars().all(|c| context.characters().contains(c))),
            "{context}"
        );
        assert!(
            !made.lines().any(|password| password.starts_with(|c| context.excluded_first().contains(c))),
            "{context}"
        );
    }
    let all: Vec<_> = SafeFor::ALL.iter().map(|context| context.name()).collect();
    let all = all.join(",");
    let made = printed(&["generate", "huawei", "--safe-for", &all, "-x", "*", "--count", "500"]);
    assert!(made.lines().flat_map(str::chars).all(|c| c.is_ascii_alphanumeric()));
    refuses(
        &["generate", "nxcloud-random", "--safe-for", "reading-aloud", "-x", "23456789"],
        "--safe-for: without these characters no password satisfies nxcloud-random",
    );
    refuses(&["generate", "huawei", "--safe-for", "fax"], "reading-aloud");
    let words = printed(&["explain", "huawei", "--safe-for", "keypad"]);
    assert!(words.contains("costs 2.4884 bits"), "{words}");
    let record: Value = serde_json::from_str(&printed(&["explain", "huawei", "-f", "json"])).expect("JSON");
    assert_eq!(record["safe_for"][0]["context"], "uri");
    assert_eq!(record["safe_for"][1]["context"], "asterisk");
    assert_eq!(record["safe_for"][1]["cost"], 0.0);
    // What begins a formula is generated behind the first character, which costs little.
    let csv = &record["safe_for"][11];
    assert_eq!((&csv["context"], &csv["excluded_first"]), (&"csv".into(), &"+@".into()));
    assert_eq!(csv["characters"], HUAWEI.alphabet().to_string());
    assert!((0.02..0.06).contains(&csv["cost"].as_f64().expect("it is counted")), "{csv}");
    let made = printed(&["generate", "huawei", "--safe-for", "csv", "--count", "2000"]);
    assert!(made.contains('+') && made.contains('@'));
    let words = printed(&["explain", "huawei", "--safe-for", "csv"]);
    assert!(words.contains("accepted but not generated as the first character: +@ (2)"), "{words}");
    // No rule of `passwordrules` says so, and one that says less is not written.
    refuses(
        &["explain", "huawei", "--safe-for", "csv", "--format", "passwordrules"],
        "excluded_first: there is no rule for the first character",
    );
    refuses(
        &["generate", "nxcloud-random", "--safe-for", "csv", "-x", "0123456789"],
        "--exclude: without these characters no password satisfies nxcloud-random",
    );
}

/// What other characters cost is not counted for each context where that takes long, but is for the one that is asked for.
#[test]
fn a_policy_that_is_slow_to_count_is_not_counted_for_each_context() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("slow.toml");
    let class = |name, characters| {
        format!("[[class]]\nname = \"{name}\"\ncharacters = \"{characters}\"\nminimum = 4\n")
    };
    let classes =
        [("lower", "a-z"), ("upper", "A-Z"), ("digits", "0-9")].map(|(name, range)| class(name, range));
    let rules = "min_length = 16\nmax_length = 20\nmax_repeat = 2\ncontext = \"agentsmith\"\n";
    fs::write(&path, format!("{rules}{}", classes.concat())).expect("there is room");
    let file = path.to_str().expect("the path is text");
    let words = printed(&["explain", "--policy-file", file]);
    assert!(words.contains("  reading-aloud  56 characters\n"), "{words}");
    let record: Value =
        serde_json::from_str(&printed(&["explain", "--policy-file", file, "-f", "json"])).expect("JSON");
    assert_eq!(
        (&record["safe_for"][14]["counted"], &record["safe_for"][14]["cost"]),
        (&false.into(), &Value::Null)
    );
    let words = printed(&["explain", "--policy-file", file, "--safe-for", "reading-aloud"]);
    assert!(words.contains("exclusion            costs "), "{words}");
}

/// Without the letters there is no password of the default length, but there is one of another length.
#[test]
fn an_excluded_class_leaves_only_other_lengths() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("short.toml");
    let text = "min_length = 2\nmax_length = 16\nmax_repeat = 1\n[[class]]\nname = \"some\"\ncharacters = \"ab\"\n\
                [[class]]\nname = \"one\"\ncharacters = \"1\"\nminimum = 1\n";
    fs::write(&path, text).expect("it is ours");
    let name = path.to_str().expect("the name is text");
    refuses(
        &["generate", "--policy-file", name, "-x", "ab"],
        "--exclude: without these characters no password",
    );
    refuses(&["generate", "--policy-file", name, "-x", "ab", "--length", "3"], "--exclude");
    fs::write(&path, text.replace("min_length = 2", "min_length = 1")).expect("it is ours");
    assert_eq!(printed(&["generate", "--policy-file", name, "-x", "ab", "--length", "1"]), "1\n");
}

/// The error is reported after one count, not several.
#[test]
fn a_policy_that_is_slow_to_count_is_counted_once() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("slow.toml");
    let class = |name: char| format!("[[class]]\nname = \"{name}\"\ncharacters = \"{name}\"\nminimum = 5\n");
    let classes: String = ('a'..='g').map(class).collect();
    let needed = "[[class]]\nname = \"h\"\ncharacters = \"#\"\nminimum = 1\n";
    fs::write(&path, format!("min_length = 1\nmax_length = 64\nexcluded = \"#\"\n{classes}{needed}"))
        .expect("it is ours");
    let start = Instant::now();
    refuses(&["explain", "--policy-file", path.to_str().expect("text"), "--allow-slow"], "minimum of");
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

/// Passwords of 16 characters with 14 digits: one string in a hundred million.
#[test]
fn rare_passwords_are_unranked() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("rare.toml");
    let rules = printed(&["explain", "huawei", "--format", "toml"]);
    fs::write(&path, rules.replace("\"0-9\"", "\"0-9\"\nminimum = 14")).expect("it is ours");
    let name = path.to_str().expect("the name is text");
    let made = printed(&["generate", "--policy-file", name, "--count", "5000", "--threads", "2"]);
    let digits = |password: &str| password.chars().filter(char::is_ascii_digit).count();
    assert!(made.lines().all(|password| digits(password) == 14 && HUAWEI.check(password).is_ok()));
    assert!(printed(&["explain", "--policy-file", name]).contains("generated by unranking"));
}

#[test]
fn violations_are_described_in_chinese() {
    let output = run_on(b"Secret\n", &["validate", "huawei", "--language", "zh"]);
    let said = "1: too-short（只有 6 个字符，至少需要 8 个），\
                too-few-classes（只包含 2 类字符，至少需要 3 类；缺少：数字、特殊字符）\n";
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), said));
    refuses(&["validate", "huawei", "--language", "xx"], "zh");
}

/// A policy file is read once, so it may be a pipe.
#[cfg(unix)]
#[test]
fn a_policy_file_may_be_a_pipe() {
    let policy = printed(&["explain", "huawei", "--format", "toml"]);
    for command in ["generate", "explain"] {
        for name in ["-", "/dev/stdin", "/dev/fd/0"] {
            let output = run_on(policy.as_bytes(), &[command, "--policy-file", name]);
            assert_eq!(status(&output), 0, "{}", stderr(&output));
        }
    }
    let script = r#""$0" explain huawei --format toml | "$0" validate --policy-file - README.md --quiet"#;
    let mut shell = command("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_sip-password")]).current_dir(ROOT);
    let output = shell.output().expect("there is a shell");
    assert!(stderr(&output).contains("compliant with huawei"), "{}", stderr(&output));
    // What is read as the policy cannot be read as passwords as well.
    for passwords in [&[][..], &["-"], &["/dev/stdin"]] {
        let output = run_on(policy.as_bytes(), &[&["validate", "--policy-file", "-"], passwords].concat());
        fails(&output, "expected one thing from standard input, found two");
    }
    let output = run_on(policy.as_bytes(), &["generate", "--policy-file", "-", "--seed-file", "-"]);
    fails(&output, "expected one thing from standard input, found two");
}

/// A few hundred bytes can ask for seconds of counting.
#[test]
fn policies_that_take_long_to_count_are_refused_unless_they_are_wanted() {
    let mut text = "min_length = 32\nmax_length = 33\nmax_repeat = 3\n".to_owned();
    for class in ["abcd", "efgh", "ijkl", "mnop", "qrst", "uvwxyz", "ABCDEFGHIJKLM", "NOPQRSTUVWXYZ"] {
        text += &format!("[[class]]\nname = \"{class}\"\ncharacters = \"{class}\"\nminimum = 2\n");
    }
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("slow.toml");
    fs::write(&path, &text).expect("there is room");
    let name = path.to_str().expect("the name is text");
    for command in ["generate", "explain", "validate"] {
        refuses(&[command, "--policy-file", name], "expected at most 131072 states, found");
        refuses(&[command, "--policy-file", name], "--allow-slow");
    }
    let output = run(&["generate", "--policy-file", name, "--allow-slow"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    refuses(&["generate", "huawei", "--allow-slow"], "--policy-file <FILE>");

    // Whoever waits is told for what.
    let class = |name, minimum| {
        format!("[[class]]\nname = \"{name}\"\ncharacters = \"{name}\"\nminimum = {minimum}\n")
    };
    let classes: String = ('a'..='g').map(|name| class(name, 5)).collect();
    fs::write(&path, format!("min_length = 1\nmax_length = 64\n{classes}{}", class('h', 2)))
        .expect("it is ours");
    let start = Instant::now();
    let output = run(&["explain", "--policy-file", name, "--allow-slow"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    // On the fastest machines there is nothing to tell.
    if start.elapsed() > Duration::from_secs(4) {
        assert!(stderr(&output).contains("counting the policy's passwords"), "{}", stderr(&output));
    }
}
