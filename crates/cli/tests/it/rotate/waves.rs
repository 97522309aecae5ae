//! Waves: phones are handed on before others are sent.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use fake_vendors::Vendor;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

use crate::{
    common::secrets,
    rotate::setting::{Ended, Setting},
};

/// Phones of NXCloud, one a call.
fn phones(count: u32) -> Setting {
    Setting::new(Vendor::NxCloud, count)
}

/// The number of phones that were sent.
fn sent(setting: &Setting) -> usize {
    setting.vendors.log().len()
}

/// Writes a program for `--on-confirmed`.
fn program(setting: &Setting, script: &str) {
    setting.write("hook", format!("#!/bin/sh\n{script}"));
    setting.mode("hook", 0o700);
}

/// Runs a rotation with the program, one phone a call.
fn with_program(setting: &Setting, arguments: &[&str]) -> Ended {
    setting.rotate(&[&["--batch", "1", "--on-confirmed", "./hook"], arguments].concat())
}

/// What the program was told of phones, in its order.
fn handed_on(setting: &Setting) -> Vec<Value> {
    let text = fs::read_to_string(setting.path("handed-on")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
}

/// Asserts that each phone was handed on, with the password that it has.
#[track_caller]
fn all_handed_on(setting: &Setting) {
    let records = handed_on(setting);
    for (name, password) in setting.on_phones() {
        let of_phone = records.iter().filter(|record| record["username"] == *name);
        let passwords: Vec<_> = of_phone.map(|record| &record["password"]).collect();
        assert!(!passwords.is_empty() && passwords.iter().all(|it| **it == *password), "{name}");
    }
    setting.export(&["--force"]).succeeded();
    assert!(setting.exported().iter().all(|row| !row.provisioned.is_empty()));
}

#[test]
fn without_a_program_a_wave_waits_for_the_export_of_the_last() {
    let setting = phones(5);
    let wave = ["--batch", "1", "--wave", "2"];
    let ended = setting.rotate(&wave);
    assert_eq!((ended.status, sent(&setting)), (Some(3), 2), "{}", ended.all());
    assert!(ended.stderr.contains("The wave is sent. Export it"), "{}", ended.stderr);
    assert_eq!(ended.summary()["stopped"], Value::Null);
    // Not exported.
    setting
        .rotate(&wave)
        .failed(&["2 phones of an earlier wave are confirmed, and not exported", "nothing was sent"]);
    assert_eq!(sent(&setting), 2);
    // By a list, and by files.
    setting.export(&[]).succeeded();
    assert_eq!((setting.rotate(&wave).status, sent(&setting)), (Some(3), 4));
    let files = ["--output-dir", "files", "--template", "csv.csv", "--set", "realm=example.com"];
    setting.write("csv.csv", "{{ username }},{{ password }}\n");
    let usual = ["export", "--journal", "journal", "--key-file", "key"];
    setting.run(&mut setting.bare(&[&usual[..], &files].concat())).succeeded();
    let ended = setting.rotate(&wave);
    assert_eq!((ended.status, sent(&setting)), (Some(0), 5), "{}", ended.all());
}

#[test]
fn a_program_gets_each_phone_on_standard_input_and_no_secret_elsewhere() {
    let setting = phones(7);
    program(&setting, "cat >> handed-on\nenv >> environment\necho \"$#\" >> arguments\necho shown\n");
    let ended = with_program(&setting, &["--wave", "3"]);
    assert_eq!((ended.status, sent(&setting)), (Some(0), 7), "{}", ended.all());
    assert_eq!((handed_on(&setting).len(), ended.stderr.matches("shown").count()), (7, 7));
    all_handed_on(&setting);
    assert_eq!(fs::read_to_string(setting.path("arguments")).expect("it ran"), "0\n".repeat(7));
    let environment = fs::read_to_string(setting.path("environment")).expect("it ran");
    assert!(environment.contains("XDG_STATE_HOME") && !environment.contains("NXCLOUD"), "{environment}");
    // Once is enough.
    assert_eq!(with_program(&setting, &[]).status, Some(0));
    assert_eq!(handed_on(&setting).len(), 7);
}

#[test]
fn while_a_program_fails_no_more_phones_are_sent() {
    let setting = phones(6);
    program(
        &setting,
        "record=$(cat)\ncase $record in *agent-2*) exit 7;; esac\necho \"$record\" >> handed-on\n",
    );
    let ended = with_program(&setting, &["--wave", "3"]);
    assert_eq!((ended.status, sent(&setting)), (Some(3), 3), "{}", ended.all());
    let said = "line 3: agent-2: not provisioned: the program ended with exit status: 7";
    assert_eq!(ended.stderr.matches(said).count(), 4, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("1 confirmed phone is not provisioned, and no others are sent"),
        "{}",
        ended.stderr
    );
    assert_eq!(handed_on(&setting).len(), 2);
    // Mended, the same command goes on.
    program(&setting, "cat >> handed-on\n");
    let ended = with_program(&setting, &["--wave", "3"]);
    assert_eq!((ended.status, sent(&setting)), (Some(0), 6), "{}", ended.all());
    assert_eq!(handed_on(&setting).len(), 6);
    all_handed_on(&setting);
}

#[test]
fn a_program_that_hangs_is_ended_with_what_it_started() {
    let setting = phones(2);
    program(&setting, "echo $$ >> processes\nsleep 600 &\necho $! >> processes\nwait\n");
    let begun = Instant::now();
    let ended = with_program(&setting, &["--provision-first", "--provision-timeout", "1"]);
    assert_eq!((ended.status, sent(&setting)), (Some(3), 1), "{}", ended.all());
    assert!(ended.stderr.contains("the program took more than 1 s, and was ended"), "{}", ended.stderr);
    assert!(begun.elapsed() < Duration::from_secs(120));
    let processes = fs::read_to_string(setting.path("processes")).expect("it ran");
    for process in processes.lines() {
        let process = Pid::from_raw(process.parse().expect("it is a number"));
        let is_gone = || kill(process, None).is_err() || is_zombie(process);
        assert!(
            (0..50).any(|_| is_gone() || {
                thread::sleep(Duration::from_millis(100));
                false
            }),
            "{process}"
        );
    }
}

/// Ended, and only nobody has asked how.
fn is_zombie(process: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
}

#[test]
fn one_phone_at_a_time() {
    let setting = phones(5);
    program(&setting, "cat >> handed-on\n[ $(wc -l < handed-on) -lt 3 ]\n");
    let ended = with_program(&setting, &["--provision-first"]);
    // The third one fails each time.
    assert_eq!((ended.status, sent(&setting)), (Some(3), 3), "{}", ended.all());
}

#[test]
fn programs_that_cannot_be_started_are_refused_before_anything_is_sent() {
    let setting = phones(2);
    setting.write("plain", "no program\n");
    for program in ["./missing", "./plain", "no-such-program-anywhere", "."] {
        let ended = setting.rotate(&["--on-confirmed", program]);
        setting.refused(&ended, &["--on-confirmed: expected a program"]);
        assert!(!setting.path("journal").exists());
    }
    let ended = setting.rotate(&["--provision-first"]);
    setting.refused(&ended, &["--on-confirmed"]);
}

/// A vendor that nobody reaches is not asked again and again, wave by wave.
#[test]
fn an_unreachable_vendor_ends_it() {
    let setting = phones(5);
    program(&setting, "cat >> handed-on\n");
    for options in [&["--provision-first"][..], &["--wave", "2"]] {
        let usual = [
            "nxcloud",
            "--base-url",
            "https://127.0.0.1:9",
            "--root",
            "root.pem",
            "--journal",
            "journal",
            "--accounts",
            "accounts.csv",
            "--key-file",
            "key",
            "--rate",
            "none",
            "--format",
            "json",
            "--batch",
            "1",
            "--on-confirmed",
            "./hook",
        ];
        let mut command = setting.bare(&[&usual, options].concat());
        let ended = setting.run(command.envs(secrets(setting.vendor)));
        assert_eq!(
            (ended.status, ended.summary()["planned"].as_u64()),
            (Some(3), Some(5)),
            "{}",
            ended.all()
        );
        assert!(!ended.summary()["stopped"].is_null(), "{}", ended.all());
    }
    assert!(handed_on(&setting).is_empty());
}

/// Killed again and again while phones are sent and handed on; at the end each phone is handed on with the password that it has.
#[test]
fn kills_lose_no_phone() {
    let setting = phones(40);
    program(&setting, "sleep 0.02\ncat >> handed-on\n");
    for kills in 0..12 {
        let mut command = setting.command(&["--batch", "1", "--on-confirmed", "./hook", "--wave", "4"]);
        let mut child = command.spawn().expect("it starts");
        thread::sleep(Duration::from_millis(60 + 35 * kills));
        child.kill().expect("it is ours");
        setting.ended(child);
    }
    let ended = with_program(&setting, &["--wave", "4"]);
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    all_handed_on(&setting);
}

/// The same with a program that fails, that a signal ends, and that hangs, one try after the other.
#[test]
fn kills_and_a_program_with_faults_lose_no_phone() {
    let setting = phones(4);
    let script = "tries=$(wc -c < tries)\nprintf . >> tries\ncase $((tries % 4)) in 0) exit 1;; 1) kill -9 $$;; 2) sleep 60;; esac\n\
                  cat >> handed-on\n";
    setting.write("tries", "");
    program(&setting, script);
    let options = ["--batch", "1", "--on-confirmed", "./hook", "--provision-timeout", "1", "--wave", "2"];
    for kills in 0..3 {
        let mut child = setting.command(&options).spawn().expect("it starts");
        thread::sleep(Duration::from_millis(200 + 700 * kills));
        child.kill().expect("it is ours");
        setting.ended(child);
    }
    let runs = (0..12).map(|_| setting.rotate(&options)).take_while(|ended| ended.status != Some(0));
    for ended in runs {
        assert_eq!(ended.status, Some(3), "{}", ended.all());
        // What is not handed on is named, with the password that it has.
        assert!(ended.stderr.contains("not provisioned"), "{}", ended.stderr);
    }
    assert_eq!(sent(&setting), 4);
    all_handed_on(&setting);
}

#[test]
fn outside_the_window_nothing_is_sent() {
    let setting = phones(3);
    // A window of one minute that is not now.
    let hour = hour_now();
    let window = format!("{:02}:00-{:02}:01", (hour + 12) % 24, (hour + 12) % 24);
    let mut command = setting.command(&["--batch", "1", "--window", &window, "--time-zone", "UTC"]);
    let child = command.spawn().expect("it starts");
    thread::sleep(Duration::from_secs(2));
    assert_eq!(sent(&setting), 0);
    let ended = interrupt(&setting, child);
    assert_eq!(ended.status, Some(130), "{}", ended.all());
    assert!(ended.stderr.contains("outside the window; it opens in"), "{}", ended.stderr);
    let window = format!("{:02}:00-{:02}:59", (hour + 23) % 24, (hour + 2) % 24);
    let ended = setting.rotate(&["--batch", "1", "--window", &window, "--time-zone", "UTC"]);
    assert_eq!((ended.status, sent(&setting)), (Some(0), 3), "{}", ended.all());
    for (option, value) in [("--window", "25:00-04:00"), ("--time-zone", "Nowhere/Nothing")] {
        let ended = setting.rotate(&["--window", "22:00-04:00", option, value]);
        assert_eq!(ended.status, Some(2), "{}", ended.all());
    }
}

/// The hour of the day, in UTC.
fn hour_now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("it is later");
    now.as_secs() / 3600 % 24
}

/// As Ctrl-C does.
pub(crate) fn interrupt(setting: &Setting, child: Child) -> Ended {
    let process = i32::try_from(child.id()).expect("it is small");
    kill(Pid::from_raw(process), Signal::SIGINT).expect("it is ours");
    setting.ended(child)
}

#[test]
fn confirmed_phones_are_streamed_while_the_rotation_runs() {
    let setting = phones(6);
    let rotation = setting.command(&["--batch", "1", "--rate", "1/2s"]).spawn().expect("it starts");
    while setting.status_if_any().is_none_or(|status| status["confirmed"] == 0) {
        thread::sleep(Duration::from_millis(50));
    }
    let usual = ["export", "--journal", "journal", "--key-file", "key", "--watch", "--output", "-"];
    let mut watch = setting.bare(&usual).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(watch.stdout.take().expect("it is piped")).lines();
    let first: Value =
        serde_json::from_str(&lines.next().expect("there is one").expect("it is text")).expect("it is JSON");
    assert_eq!(first["username"], "agent-1");
    let early = setting.status_if_any().expect("there is a journal");
    assert!(early["confirmed"].as_u64() < Some(6), "{early}");
    let others: Vec<Value> =
        lines.map(|line| serde_json::from_str(&line.expect("it is text")).expect("it is JSON")).collect();
    assert_eq!(others.len(), 5);
    let on_phones = setting.on_phones();
    for record in others.iter().chain([&first]) {
        assert_eq!(record["password"], on_phones[record["username"].as_str().expect("it is a name")]);
    }
    assert_eq!(setting.ended(watch).status, Some(0));
    assert_eq!(setting.ended(rotation).status, Some(0));
    // And when it has ended, to a file.
    setting
        .run(&mut setting.bare(&[
            "export",
            "--journal",
            "journal",
            "--key-file",
            "key",
            "--watch",
            "--output",
            "all.jsonl",
        ]))
        .succeeded();
    assert_eq!(fs::read_to_string(setting.path("all.jsonl")).expect("it is there").lines().count(), 6);
}

#[test]
fn a_plan_says_how_long_phones_are_without_service() {
    let setting = phones(30);
    let ended = setting.run(&mut setting.bare(&[
        "plan",
        "nxcloud",
        "--accounts",
        "accounts.csv",
        "--batch",
        "1",
        "--rate",
        "60/min",
        "--provisioning",
        "1m",
        "--wave",
        "10",
        "--window",
        "22:00-22:01",
    ]));
    assert_eq!(ended.status, Some(0), "{}", ended.all());
    let rows: Vec<Vec<&str>> = ended
        .stdout
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert_eq!(rows[2], ["wave", "waves", "longest", "on average", "the whole takes", "days"]);
    // All 30 in 29 s, and a minute; three waves of 10 in 9 s and a minute each; 30 minutes.
    assert_eq!(rows[3], ["30", "1", "1 min 29 s", "1 min 15 s", "1 min 29 s", "2"]);
    assert_eq!(rows[4], ["10", "3", "1 min 9 s", "1 min 5 s", "3 min 27 s", "4"]);
    assert_eq!(rows[5], ["1", "30", "1 min", "1 min", "30 min", "30"]);
    let ended = setting.run(&mut setting.bare(&["plan", "exotel", "--phones", "100", "--format", "json"]));
    let last: Value =
        serde_json::from_str(ended.stdout.lines().last().expect("there is one")).expect("it is JSON");
    assert_eq!(
        (&last["wave"], &last["longest_seconds"], &last["days"]),
        (&1.into(), &0.into(), &Value::Null)
    );
    setting.write("empty.csv", "username\n");
    for arguments in [
        &["--accounts", "missing.csv"][..],
        &["--accounts", "empty.csv"],
        &["--phones", "0"],
        &["--phones", "5", "--provisioning", "5"],
    ] {
        let ended = setting.run(&mut setting.bare(&[&["plan", "exotel"], arguments].concat()));
        assert_eq!(ended.status, Some(2), "{}", ended.all());
    }
}
