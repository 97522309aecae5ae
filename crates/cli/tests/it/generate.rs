//! `sip-password generate`: what it prints.

use std::{
    array, fs,
    io::{self, Read},
    path::Path,
    process::Stdio,
};

use serde_json::Value;
use sip_password::{HUAWEI, Job, PRESETS, Preset, Seed};
use tempfile::{TempDir, tempdir};

use crate::{
    machine::shared,
    process::{fails, run, run_on, sip_password, status, stderr, stdout},
};

fn preset(name: &str) -> &'static Preset {
    Preset::named(name).expect("there is such a preset")
}

#[test]
fn generates_one_password_and_nothing_else() {
    for preset in PRESETS {
        let output = run(&["generate", preset.name]);
        assert_eq!(status(&output), 0);
        let line = stdout(&output).strip_suffix('\n').expect("a line");
        assert!(preset.policy.check(line).is_ok(), "{}", preset.name);
        assert_eq!(line.len(), usize::from(preset.policy.rules().default_length()));
        let weak = stderr(&output).contains("weak");
        assert_eq!(weak, preset.name == "nxcloud-random", "{}", stderr(&output));
    }
}

#[test]
fn generates_what_validate_passes() {
    let generated = run(&["generate", "huawei", "--count", "100000"]);
    let validated = run_on(&generated.stdout, &["validate", "huawei", "--quiet"]);
    assert_eq!((status(&validated), stdout(&validated)), (0, ""));
    assert_eq!(stderr(&validated), "100000 lines, 100000 compliant with huawei, 0 not\n");
}

#[test]
fn two_runs_generate_different_passwords() {
    assert_ne!(run(&["generate", "huawei"]).stdout, run(&["generate", "huawei"]).stdout);
}

#[test]
fn generates_other_lengths_without_excluded_characters() {
    let output = run(&["generate", "exotel", "--length", "24", "--count", "500", "--exclude", "0O1lI-!"]);
    assert_eq!(stdout(&output).lines().count(), 500);
    for line in stdout(&output).lines() {
        assert_eq!(line.len(), 24);
        assert!(preset("exotel").policy.check(line).is_ok());
        assert!(!line.contains(['0', 'O', '1', 'l', 'I', '!']));
    }
    assert_eq!(stdout(&run(&["generate", "huawei", "--count", "0"])), "");
    let both =
        run(&["generate", "nxcloud-random", "-n", "50", "-x", "01234", "--exclude=5678", "--output", "-"]);
    assert_eq!(stdout(&both), "999999\n".repeat(50));
}

#[test]
fn generates_csv() {
    let output = run(&["generate", "huawei", "--format", "csv", "--count", "3"]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!((lines[0], lines.len()), ("password", 4));
    assert!(lines[1..].iter().all(|line| HUAWEI.check(line).is_ok()));
}

#[test]
fn generates_json() {
    let output = run(&["generate", "huawei", "--format", "json", "--count", "3", "--length", "12"]);
    assert_eq!(stdout(&output).lines().count(), 3);
    for line in stdout(&output).lines() {
        let record: Value = serde_json::from_str(line).expect("each line is an object");
        assert!(HUAWEI.check(record["password"].as_str().expect("it is text")).is_ok());
        assert_eq!((&record["policy"], &record["length"]), (&"huawei".into(), &12.into()));
        assert!((record["entropy"].as_f64().expect("it is a number") - 73.5086).abs() < 1e-4);
    }
}

#[cfg(unix)]
fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[cfg(not(unix))]
fn mode(_: &Path, _: u32) {}

/// A seed whose bytes differ.
fn seed_of(first: u8) -> [u8; 32] {
    array::from_fn(|index| first + index as u8)
}

/// Writes a seed into a file of the directory.
fn seed_file(directory: &TempDir, seed: &[u8]) -> String {
    let path = directory.path().join(format!("seed-of-{}", seed.len()));
    fs::write(&path, seed).expect("there is room");
    mode(&path, 0o600);
    path.to_str().expect("the name is text").to_owned()
}

#[test]
fn a_seed_gives_the_same_passwords_on_any_number_of_threads() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let seed = seed_file(&directory, &seed_of(7));
    let count = 9 * Job::BLOCK + 5;
    let mut expected = Vec::new();
    let bulk = HUAWEI.bulk(16, b"\n").expect("it can be generated");
    Job::new(bulk, count, Seed::take(&mut seed_of(7))).write(&mut expected, |_| ()).expect("a Vec takes all");
    let generate = ["generate", "huawei", "--count", &count.to_string(), "--seed-file"];
    for threads in [&[][..], &["--threads", "1"], &["--threads", "2"], &["--threads", "1024"]] {
        let output = run(&[&generate[..], &[&seed], threads].concat());
        assert_eq!((status(&output), stderr(&output)), (0, ""));
        assert!(output.stdout == expected, "{threads:?}");
    }
    let output = run_on(&seed_of(7), &[&generate[..], &["-"]].concat());
    assert!(output.stdout == expected, "from standard input");
    assert!(run_on(&seed_of(8), &[&generate[..], &["-"]].concat()).stdout != expected, "another seed");

    // The other formats have the same passwords, and so does a file.
    let lines = str::from_utf8(&expected).expect("passwords are text");
    let csv = run(&[&generate[..], &[&seed, "--format", "csv"]].concat());
    assert!(stdout(&csv).strip_prefix("password\n") == Some(lines));
    let json = run(&[&generate[..], &[&seed, "--format", "json"]].concat());
    assert_eq!(stdout(&json).lines().count() as u64, count);
    for (record, line) in stdout(&json).lines().zip(lines.lines()) {
        let record: Value = serde_json::from_str(record).expect("each line is an object");
        assert_eq!(record["password"], line);
    }
    let path = directory.path().join("new.txt");
    let output = run(&[&generate[..], &[&seed, "--output", path.to_str().expect("text")]].concat());
    assert_eq!((status(&output), stdout(&output)), (0, ""));
    assert!(fs::read(&path).expect("it is there") == expected);
}

#[test]
fn parts_in_order_are_the_whole() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let seed = seed_file(&directory, &seed_of(9));
    for (count, of) in [(0, 3), (1, 3), (5 * Job::BLOCK + 7, 3), (5 * Job::BLOCK + 7, 8)] {
        for format in ["text", "csv", "json"] {
            let count = count.to_string();
            let generate =
                ["generate", "exotel", "--count", &count, "--seed-file", &seed, "--format", format];
            let whole = run(&generate);
            assert_eq!(status(&whole), 0);
            let mut parts = Vec::new();
            for number in 1..=of {
                let output = run(&[&generate[..], &["--part", &format!("{number}/{of}")]].concat());
                assert_eq!((status(&output), stderr(&output)), (0, ""));
                parts.extend(output.stdout);
            }
            assert!(parts == whole.stdout, "{count} in {of} parts, {format}");
        }
    }
    // Without a seed file, each run has its own seed.
    let part = ["generate", "huawei", "--count", "2", "--part", "1/1"];
    assert_ne!(run(&part).stdout, run(&part).stdout);
}

#[test]
fn wrong_parts_threads_and_seeds_are_refused() {
    for part in ["0/3", "4/3", "1/0", "x", "1", "1/", "/3", "-1/3", "1/3/3", "1/99999999999999999999"] {
        let output = run(&["generate", "huawei", &format!("--part={part}")]);
        fails(&output, "expected I/N with I from 1 to N, such as 2/8");
    }
    for threads in ["0", "1025", "x"] {
        fails(&run(&["generate", "huawei", "--threads", threads]), "invalid value");
    }
    let directory = tempdir().expect("there is a directory for temporary files");
    for (length, found) in [(0, "0"), (31, "31"), (33, "more"), (1_000_000, "more")] {
        let seed = vec![b'Z'; length];
        let file = seed_file(&directory, &seed);
        let message = format!("--seed-file: expected 32 bytes in {file:?}, found {found}");
        let output = run(&["generate", "huawei", "--seed-file", &file]);
        fails(&output, &message);
        assert!(!stderr(&output).contains("ZZ"), "the seed is in the message");
        let output = run_on(&seed, &["generate", "huawei", "--seed-file", "-"]);
        fails(&output, &format!("--seed-file: expected 32 bytes in standard input, found {found}"));
    }
    fails(
        &run(&["generate", "huawei", "--seed-file", "/tmp/no-such.seed"]),
        "cannot read \"/tmp/no-such.seed\"",
    );
    let name = directory.path().to_str().expect("the name is text");
    fails(&run(&["generate", "huawei", "--seed-file", name]), "cannot read");
    // No file was created.
    let new = directory.path().join("new.txt");
    let output = ["--seed-file", "/no/such/file", "--output", new.to_str().expect("text")];
    fails(&run(&[&["generate", "huawei"][..], &output].concat()), "cannot read");
    assert!(!new.exists());
}

/// Whoever has the seed has the passwords.
#[test]
fn seeds_that_others_know_are_refused() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let file = seed_file(&directory, &seed_of(1));
    let generate = ["generate", "huawei", "--seed-file", &file];
    assert_eq!(status(&run(&generate)), 0);
    if cfg!(unix) {
        for shared in [0o640, 0o604, 0o660] {
            mode(file.as_ref(), shared);
            fails(&run(&generate), "can be read by others than its owner; first run chmod 600");
        }
        mode(file.as_ref(), 0o600);
        #[cfg(unix)]
        if std::os::unix::fs::chown(&file, Some(65534), None).is_ok() {
            fails(&run(&generate), "belongs to another user (uid 65534)");
        }
    }
    for byte in [0, b'a', 255] {
        let file = seed_file(&directory, &[byte; 32]);
        let _ = fs::remove_file(&file);
        let file = seed_file(&directory, &[byte; 32]);
        let message = "expected 32 random bytes";
        fails(&run(&["generate", "huawei", "--seed-file", &file]), message);
        fails(&run_on(&[byte; 32], &["generate", "huawei", "--seed-file", "-"]), message);
    }
}

/// A seed without other programs, which not every system has.
#[test]
fn a_new_seed_is_written_for_other_runs() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("seed");
    let name = path.to_str().expect("the name is text");
    let output = run(&["generate", "--new-seed", name]);
    assert_eq!((status(&output), stdout(&output), stderr(&output)), (0, "", ""));
    let seed = fs::read(&path).expect("it is there");
    assert_eq!(seed.len(), 32);
    fails(&run(&["generate", "--new-seed", name]), "exists, and may be the only copy of a key");
    assert_eq!(fs::read(&path).expect("it is there"), seed);
    fails(&run(&["generate", "huawei", "--new-seed", name]), "cannot be used with");
    assert_eq!(status(&run(&["generate", "huawei", "--seed-file", name])), 0);
}

/// The peak of the memory, which Linux reports in KiB.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_count() {
    let _turn = shared();
    for format in ["text", "csv", "json"] {
        // This would take hours: the memory is measured while the command runs.
        let mut child = sip_password(&["generate", "huawei", "--count", "1000000000000", "--threads", "2"])
            .args(["--format", format])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut pipe = child.stdout.take().expect("it is a pipe");
        io::copy(&mut pipe.by_ref().take(100_000_000), &mut io::sink()).expect("there is output");
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("Linux has this file");
        drop(pipe);
        assert!(child.wait().expect("it was ours").success());
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux reports it");
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("it is a number");
        assert!(peak <= 16 << 10, "{format}: {peak} KiB");
    }
}

#[test]
fn wrong_arguments_are_refused() {
    fails(&run(&["generate"]), "expected a policy (exotel, huawei, nxcloud, nxcloud-random or one of ");
    fails(&run(&["generate", "unheard-of"]), "possible values: exotel, huawei, nxcloud, nxcloud-random");
    fails(
        &run(&["generate", "huawei", "--length", "7"]),
        "--length: expected 8 to 16 characters for huawei, found 7",
    );
    fails(
        &run(&["generate", "nxcloud-random", "--length", "7"]),
        "--length: expected 6 characters for nxcloud-random, found 7",
    );
    fails(&run(&["generate", "huawei", "--length", "x"]), "expected a whole number, 1 or greater");
    fails(&run(&["generate", "huawei", "--count", "-1"]), "expected a whole number, 0 or greater");
    fails(&run(&["generate", "huawei", "--bits", "-1"]), "expected a number over 0, such as 80");
    fails(&run(&["generate", "huawei", "--force"]), "--output <FILE>");
    fails(
        &run(&["generate", "huawei", "--exclude", "é"]),
        "--exclude: expected ASCII characters only, found another at byte 0",
    );
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    fails(
        &run(&["generate", "huawei", "--exclude", letters]),
        "--exclude: without these characters no password satisfies huawei",
    );
    fails(
        &run(&["generate", "nxcloud-random", "--exclude", "0123456789"]),
        "no password satisfies nxcloud-random",
    );
}
