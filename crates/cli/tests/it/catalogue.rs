//! The policies of many systems: found by name, and several followed at once.

use std::fs;

use serde_json::Value;
use tempfile::tempdir;

use crate::process::{fails, printed, run, run_on, status, stderr, stdout};

#[test]
fn every_policy_by_group() {
    let all = printed(&["explain", "--all"]);
    let groups: Vec<&str> = all.split("\n\n").filter_map(|group| group.lines().next()).collect();
    assert_eq!(groups[..5], ["vendors", "cloud services", "PBX", "phones and gateways", "stores"]);
    assert!(all.contains("  twilio             Twilio, a SIP credential\n"), "{all}");
    assert!(all.contains("enterprise firmware [cisco]; certainty: medium\n"), "{all}");
    assert!(all.lines().all(|line| line.chars().count() <= 100), "{all}");

    let json = printed(&["explain", "--all", "--format", "json"]);
    let objects: Vec<Value> =
        json.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    assert_eq!(objects.len(), all.lines().filter(|line| line.starts_with("  ")).count());
    let chime = objects.iter().find(|object| object["name"] == "chime").expect("it is there");
    assert_eq!(chime["aliases"], serde_json::json!(["amazon", "aws"]));
    assert_eq!((&chime["group"], &chime["certainty"]), (&"cloud services".into(), &"high".into()));
    // Each has an explanation by its name, and the same words in a file.
    for object in &objects {
        let name = object["name"].as_str().expect("it is a text");
        let facts: Value =
            serde_json::from_str(&printed(&["explain", name, "--format", "json"])).expect("it is JSON");
        for key in ["title", "certainty", "read"] {
            assert_eq!(facts[key], object[key], "{name}");
        }
    }
}

#[test]
fn policies_are_searched_for() {
    let found = printed(&["explain", "--search", "tw"]);
    assert!(found.starts_with("cloud services\n  twilio "), "{found}");
    let cisco = printed(&["explain", "--search", "CISCO"]);
    assert!(["cisco-phone", "cucm", "cisco-be3000"].iter().all(|name| cisco.contains(name)), "{cisco}");
    fails(&run(&["explain", "--search", "twillio"]), "found none; did you mean twilio?");
    fails(&run(&["explain", "--all", "--length", "9"]), "expected nothing but --format beside --all");
    fails(&run(&["explain", "--all", "--format", "toml"]), "expected --format text or json for --all");
}

#[test]
fn systems_by_name_and_alias() {
    for name in ["twilio", "TWILIO", "cisco", "aws", "asterisk"] {
        let password = printed(&["generate", name]);
        assert_eq!(status(&run_on(password.as_bytes(), &["validate", name])), 0, "{name}: {password}");
    }
    let words = printed(&["explain", "cisco"]);
    assert!(words.contains("Source (of 2026-04; certainty: medium):"), "{words}");
    let folder = tempdir().expect("there is room");
    let file = folder.path().join("mine.toml");
    let path = file.to_str().expect("it is plain");
    fs::write(&file, printed(&["explain", "yeastar", "--format", "toml"])).expect("there is room");
    let (by_file, by_name) = (printed(&["explain", "--policy-file", path]), printed(&["explain", "yeastar"]));
    assert_eq!(by_file, by_name);
}

#[test]
fn one_password_for_several_systems() {
    let systems = "huawei,exotel,twilio,cisco-phone";
    let passwords = printed(&["generate", "--accepted-by", systems, "--count", "1000"]);
    for system in systems.split(',') {
        assert_eq!(status(&run_on(passwords.as_bytes(), &["validate", system, "--quiet"])), 0, "{system}");
    }
    let words = printed(&["explain", "huawei", "--accepted-by", "exotel", "--accepted-by", "twilio,cisco"]);
    assert!(words.starts_with(
        "huawei+exotel+twilio+cisco-phone: passwords that huawei, exotel, twilio and cisco-phone all accept\n"
    ));
    assert!(words.contains("  cisco-phone: usecallmanagernz"), "{words}");
    assert!(words.contains("(of 2026-04; certainty: medium)"), "{words}");

    // A file of one's own.
    let folder = tempdir().expect("there is room");
    let file = folder.path().join("mine.toml");
    fs::write(&file, "name = \"mine\"\nmin_length = 14\nmax_length = 14\nuncounted = \"A-Za-z0-9\"\n")
        .expect("there is room");
    let password = printed(&["generate", "huawei", "--accepted-by", file.to_str().expect("it is plain")]);
    assert_eq!(password.trim_end().len(), 14);
}

#[test]
fn systems_that_conflict_are_named() {
    for (arguments, message) in [
        (
            &["huawei", "--accepted-by", "twilio,karel"][..],
            "--accepted-by: huawei and karel: one requires a class of which",
        ),
        (
            &["--accepted-by", "sip-us,audiocodes"],
            "--accepted-by: sip-us and audiocodes-mediant: one requires at least 16 characters, another allows at most 15",
        ),
        (
            &["exotel", "--accepted-by", "freepbx"],
            "no single policy can state what they require of character classes; a stricter rule for one of them can help, and validate",
        ),
        (&["exotel", "--accepted-by", "twillio"], "a similar value exists: 'twilio'"),
    ] {
        fails(&run(&[&["generate"], arguments].concat()), message);
    }
    // What the advice says.
    let helped = ["generate", "exotel", "--require", "upper,lower,digit", "--accepted-by", "freepbx"];
    assert_eq!(status(&run(&helped)), 0);
    let nearly = ["generate", "nxcloud", "--accepted-by", "twilio,huawei,cisco,kamailio"];
    assert_eq!(status(&run(&nearly)), 0);
    let secret = run(&["generate", "exotel", "--accepted-by", "Secret@12"]);
    fails(&secret, "a password is never an argument");
    assert!(!stderr(&secret).contains("Secret"), "{}", stderr(&secret));
}

const LINES: &[u8] = b"Not_a_real_1\nNotarealone12\nshort\n";

#[test]
fn each_system_that_refuses_is_named() {
    let of = |arguments: &[&str]| {
        let output =
            run_on(LINES, &[&["validate", "huawei", "--accepted-by", "ovh,twilio"], arguments].concat());
        assert_eq!(status(&output), 1);
        let summary = "3 lines, 2 compliant with huawei, 1 not: too-short 1, too-few-classes 1; 2 refused by ovh, 1 refused by twilio\n";
        assert_eq!(stderr(&output), summary);
        stdout(&output).to_owned()
    };
    let text = of(&[]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "1: refused by ovh: not-allowed (3 disallowed characters, the first at position 4)");
    assert_eq!(lines[1], "2: ok");
    assert!(
        lines[2].starts_with("3: too-short (5 characters, expected at least 8), ")
            && lines[2].contains("; refused by ovh: too-short (5"),
        "{}",
        lines[2]
    );
    assert!(
        lines[2].contains("; refused by twilio: too-short (5 characters, expected at least 12)"),
        "{}",
        lines[2]
    );
    assert_eq!(
        of(&["--format", "csv"]),
        "line,compliant,violations,refused_by\n1,true,,ovh\n2,true,,\n3,false,too-short too-few-classes,ovh twilio\n"
    );
    let json: Vec<Value> = of(&["--format", "json"])
        .lines()
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect();
    assert_eq!(
        json[0]["refused_by"],
        serde_json::json!([{"policy": "ovh", "violations": [{"kind": "not-allowed", "found": 3, "position": 4}]}])
    );
    assert_eq!(json[1]["refused_by"], serde_json::json!([]));
    assert_eq!(of(&["--quiet"]), "");
    // Without a policy, the first of the systems is the policy.
    let output = run_on(LINES, &["validate", "--accepted-by", "huawei,ovh,twilio"]);
    assert_eq!(stdout(&output), text);
    fails(&run_on(LINES, &["validate", "huawai", "--accepted-by", "twilio"]), "did you mean huawei?");
    // All accept it.
    let output = run_on(b"Notarealone12\n", &["validate", "huawei", "--accepted-by", "ovh,twilio"]);
    assert_eq!((status(&output), stdout(&output)), (0, "1: ok\n"));
}

#[test]
fn each_system_that_refuses_a_row_is_named() {
    let list = b"user,password\nfake,Not_a_real_1\nreal,Notarealone12\n";
    let arguments = ["validate", "huawei", "--accepted-by", "ovh", "--column", "password", "--name", "user"];
    let output = run_on(list, &arguments);
    assert_eq!(status(&output), 1);
    assert_eq!(
        stdout(&output),
        "2 fake: refused by ovh: not-allowed (3 disallowed characters, the first at position 4)\n3 real: ok\n"
    );
    // The words of a row are held against every system.
    let output = run_on(list, &[&arguments[..], &["--not-containing", "user", "--quiet"]].concat());
    assert!(stderr(&output).contains("2 refused by ovh"), "{}", stderr(&output));
}

/// A system that names no characters gets letters and digits, unless another requires more.
#[test]
fn what_a_source_does_not_name_is_generated_if_need_be() {
    let passwords =
        printed(&["generate", "--accepted-by", "ivozprovider,cisco-phone,twilio", "--count", "500"]);
    for system in ["ivozprovider", "cisco-phone", "twilio"] {
        assert_eq!(status(&run_on(passwords.as_bytes(), &["validate", system, "--quiet"])), 0, "{system}");
    }
    let words = printed(&["explain", "--accepted-by", "ivozprovider,cisco-phone"]);
    assert!(words.contains("does not name them: *+-_\n"), "{words}");
    // One's own exclusion holds.
    let folder = tempdir().expect("there is room");
    let file = folder.path().join("mine.toml");
    fs::write(&file, printed(&["explain", "twilio", "--format", "toml"])).expect("there is room");
    let strict = ["generate", "ivozprovider", "--accepted-by", file.to_str().expect("it is plain")];
    fails(&run(&strict), "ivozprovider and twilio: excluded: no compliant password");
    let special =
        printed(&["generate", "twilio", "--special", "!#", "--require", "special", "--count", "50"]);
    assert!(special.lines().all(|line| line.contains(['!', '#'])), "{special}");
}

#[test]
fn systems_are_counted_once_each() {
    let folder = tempdir().expect("there is room");
    let file = |name: &str, min: u8| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("there is room");
        let text = format!("min_length = {min}\nmax_length = 20\nuncounted = \"a-z\"\n");
        fs::write(&path, text).expect("there is room");
        path.to_str().expect("it is plain").to_owned()
    };
    let systems = format!("{},{},twilio,twilio,huawei", file("one/x.toml", 1), file("two/x.toml", 9));
    for quiet in [&["--quiet"][..], &[]] {
        let arguments = [&["validate", "huawei", "--accepted-by", &systems], quiet].concat();
        let output = run_on(b"abcdefgh\n", &arguments);
        let said = "; 0 refused by x, 1 refused by x, 1 refused by twilio\n";
        assert!(stderr(&output).ends_with(said), "{}", stderr(&output));
    }
    let chinese = run_on(b"x\n", &["validate", "huawei", "--accepted-by", "twilio", "--language", "zh"]);
    assert!(!stdout(&chinese).contains("expected"), "{}", stdout(&chinese));
}

/// On standard error, and nowhere else: the output is passwords.
#[test]
fn a_rule_that_is_not_certain_says_so() {
    const ZOOM: &str = "sip-password: zoom: the rule may be another (certainty: medium)";
    for arguments in [
        &["generate", "zoom"][..],
        &["generate", "huawei", "--accepted-by", "twilio,zoom"],
        &["generate", "zoom", "--fits", "cisco"],
        &["generate", "zoom", "--not-containing", "alice"],
    ] {
        let output = run(arguments);
        assert_eq!(stderr(&output).matches(ZOOM).count(), 1, "{arguments:?}: {}", stderr(&output));
        assert_eq!(stdout(&output).lines().count(), 1, "{arguments:?}");
    }
    let stderr_of = |arguments: &[&str]| stderr(&run_on(b"Not-a-real-1\n", arguments)).to_owned();
    for arguments in [&["validate", "zoom"][..], &["validate", "huawei", "--accepted-by", "zoom,zoom"]] {
        assert_eq!(stderr_of(arguments).matches(ZOOM).count(), 1, "{arguments:?}: {}", stderr_of(arguments));
        assert!(!stderr_of(&[arguments, &["--quiet"]].concat()).contains("certainty"), "{arguments:?}");
    }
    assert!(
        stderr(&run(&["generate", "nxcloud"])).contains("nxcloud: the rule may be another (certainty: low)")
    );
    for certain in ["huawei", "twilio"] {
        assert_eq!(stderr(&run(&["generate", certain])), "", "{certain}");
        assert!(!stderr_of(&["validate", certain]).contains("certainty"), "{certain}");
    }
}

#[cfg(feature = "rotate")]
#[test]
fn what_is_sent_by_a_rule_that_is_not_certain_says_so() {
    let folder = tempdir().expect("there is room");
    let path = |name: &str| folder.path().join(name).to_str().expect("it is plain").to_owned();
    fs::write(path("phones.csv"), "username\nagent-1\n").expect("there is room");
    let (accounts, journal) = (path("phones.csv"), path("journal.db"));
    let submit = ["submit", "nxcloud", "--username", "agent-1", "--dry-run"];
    let rotate =
        ["rotate", "nxcloud", "--accounts", &accounts, "--journal", &journal, "--plaintext", "--dry-run"];
    for arguments in [&submit[..], &rotate] {
        let said = |more: &[&str]| {
            let mut command = crate::process::sip_password(&[arguments, more].concat());
            let env = [("NXCLOUD_APPKEY", "fake"), ("NXCLOUD_SECRETKEY", "fake")];
            let output = command.envs(env).output().expect("it runs");
            assert_eq!(status(&output), 0, "{arguments:?}: {}", stderr(&output));
            stderr(&output).to_owned()
        };
        assert!(said(&[]).contains("nxcloud: the rule may be another (certainty: low)"), "{}", said(&[]));
        let both = said(&["--accepted-by", "zoom"]);
        assert!(both.contains("nxcloud: the rule") && both.contains("zoom: the rule"), "{both}");
    }
}

/// Two files that are counted soon, and together have 269,001 states.
#[test]
fn an_intersection_that_takes_long_is_asked_for() {
    let folder = tempdir().expect("there is room");
    let file = |name: &str, rule: &str, minima: [&str; 4]| {
        let classes = [("upper", "A-Z"), ("lower", "a-z"), ("digits", "0-9"), ("marks", "!#%+=")];
        let classes: String = classes
            .iter()
            .zip(minima)
            .map(|((name, set), minimum)| {
                format!("[[class]]\nname = \"{name}\"\ncharacters = \"{set}\"\nminimum = {minimum}\n")
            })
            .collect();
        let path = folder.path().join(name);
        fs::write(&path, format!("min_length = 32\nmax_length = 33\n{rule}\n{classes}"))
            .expect("there is room");
        path.to_str().expect("it is plain").to_owned()
    };
    let one = file("one.toml", "max_repeat = 8", ["8", "8", "0", "0"]);
    let other = file("other.toml", "", ["0", "0", "8", "8"]);
    let arguments = ["generate", "--policy-file", &one, "--accepted-by", &other];
    fails(
        &run(&arguments),
        "expected at most 131072 states, found 269001, which take long to count; --allow-slow counts",
    );
    let password = printed(&[&arguments[..], &["--allow-slow"]].concat());
    assert_eq!(password.trim_end().len(), 32, "{password}");
}

#[cfg(feature = "submit")]
#[test]
fn a_vendor_s_password_for_another_system_too() {
    let arguments = ["submit", "nxcloud", "--username", "agent-1", "--dry-run", "--accepted-by"];
    let env = [("NXCLOUD_APPKEY", "fake"), ("NXCLOUD_SECRETKEY", "fake")];
    let of = |systems: &str| {
        let mut command = crate::process::sip_password(&[&arguments[..], &[systems]].concat());
        command.envs(env).output().expect("it runs")
    };
    assert_eq!(status(&of("twilio,cisco")), 0, "{}", stderr(&of("twilio,cisco")));
    fails(&of("karel"), "--accepted-by: nxcloud and karel");
}
