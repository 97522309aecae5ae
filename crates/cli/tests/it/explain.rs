//! `sip-password explain`: its figures.

use serde_json::Value;
use sip_password::PRESETS;

use crate::process::{fails, run, status, stdout};

#[test]
fn a_policy_is_explained() {
    let output = run(&["explain", "huawei"]);
    assert_eq!(status(&output), 0);
    for part in [
        "8 to 16 characters",
        "at least 3 of these 4 classes",
        "special characters: *+.?@^_~ (8)",
        "329449241992944238668919603200",
        "98.0559",
        "0.991334",
        "updateSipPhonePassword",
        "Not promised",
        "not tested against a live service",
    ] {
        assert!(stdout(&output).contains(part), "{part}");
    }
    assert!(stdout(&run(&["explain", "huawei", "--length", "8"])).contains("514631085696000"));
    fails(
        &run(&["explain", "huawei", "--length", "17"]),
        "--length: expected 8 to 16 characters for huawei, found 17",
    );
    fails(&run(&["explain", "--length", "8"]), "expected a policy (");
    assert!(stdout(&run(&["explain", "nxcloud-random"])).contains("weak"));
}

#[test]
fn all_policies_are_in_the_table() {
    let output = run(&["explain"]);
    for preset in PRESETS {
        let row = stdout(&output)
            .lines()
            .find(|line| line.split_whitespace().next() == Some(preset.name))
            .expect("a row");
        let default = preset.policy.rules().default_length().into();
        assert!(row.contains(&preset.policy.count(default).to_string()));
        let entropy = row.split_whitespace().rev().nth(1).expect("a figure");
        let rounding = preset.policy.entropy(default) - entropy.parse::<f64>().expect("it is a number");
        assert!((0.0..1e-4).contains(&rounding), "{entropy}");
    }
}

/// What the table and the explanation print is what `--bits` takes.
#[test]
fn the_printed_entropy_is_accepted() {
    let table = run(&["explain"]);
    for preset in PRESETS {
        let explained = run(&["explain", preset.name]);
        let entropy = stdout(&explained).lines().find_map(|line| line.trim().strip_prefix("entropy in bits"));
        let entropy = entropy.and_then(|text| text.trim().split(';').next()).expect("there is one");
        assert!(stdout(&table).contains(entropy), "{entropy}");
        let generated = run(&["generate", preset.name, "--bits", entropy]);
        let length = usize::from(preset.policy.rules().default_length());
        assert_eq!((status(&generated), stdout(&generated).trim_end().len()), (0, length), "{entropy}");
    }
}

#[test]
fn json_has_the_figures() {
    let output = run(&["explain", "--format", "json"]);
    let records: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let names: Vec<_> = records.iter().map(|record| record["policy"].as_str().expect("text")).collect();
    assert!(PRESETS.iter().map(|preset| preset.name).eq(names));
    let record: Value = serde_json::from_str(stdout(&run(&["explain", "huawei", "-l", "12", "-f", "json"])))
        .expect("an object");
    assert_eq!(record["compliant"], "13436541151602424627200");
    assert_eq!(record["classes"][3]["characters"], "*+.?@^_~");
}

/// No rule of a policy is missing.
#[test]
fn json_has_every_rule() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/policies/every-rule.toml");
    let output = run(&["explain", "--policy-file", file, "--format", "json"]);
    let record: Value = serde_json::from_str(stdout(&output)).expect("an object");
    let text = std::fs::read_to_string(file).expect("it is there");
    let policy = sip_password::PolicyFile::parse(&text).expect("it is a policy");
    let rules = policy.policy().rules();
    let words: Vec<_> = rules.context().collect();
    assert_eq!(record["context"], serde_json::json!(words));
    assert_eq!(record["context_reversed"].as_bool(), Some(rules.reversed_context()));
    assert_eq!(record["excluded"], rules.excluded().to_string());
    assert_eq!(record["excluded_first"], "XYZxyz");
    assert_eq!(record["max_run"].as_u64(), rules.max_run().map(|(max, _)| max.into()));
    assert_eq!(record["max_sequence"].as_u64(), rules.max_sequence().map(u64::from));
    assert_eq!(record["min_distinct"].as_u64(), Some(rules.min_distinct().into()));
    let (_, limited) = rules.max_run().expect("it has every rule");
    let limited: Vec<_> = limited.iter().map(|index| rules.classes()[index].name()).collect();
    assert_eq!(record["run_classes"], serde_json::json!(limited));
    let first: Vec<_> = rules.first().expect("it has every rule").iter().collect();
    let names: Vec<_> = first.iter().map(|&index| rules.classes()[index].name()).collect();
    assert_eq!(record["first"], serde_json::json!(names));
    assert_eq!(record["max_repeat"].as_u64(), rules.max_repeat().map(u64::from));
}

#[test]
fn a_policy_for_vault() {
    let text = stdout(&run(&["explain", "nxcloud", "--length", "20", "--format", "vault"])).to_owned();
    assert!(text.starts_with("length = 20\n\nrule \"charset\" {\n  charset = \""), "{text}");
    assert_eq!(text.matches("min-chars = 1").count(), 3, "{text}");
    let without = run(&["explain", "huawei", "--exclude", "0O1I", "--format", "vault"]);
    assert!(status(&without) == 0 && stdout(&without).contains("ABCDEFGHJ"), "{}", stdout(&without));
    fails(
        &run(&["explain", "huawei", "--not-containing", "alice", "--format", "vault"]),
        "huawei: Vault cannot have this policy: context: Vault has no such rule",
    );
    fails(&run(&["explain", "--format", "vault"]), "expected a policy (");
}
