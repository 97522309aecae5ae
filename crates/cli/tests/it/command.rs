//! The command, tested as a process.

use crate::{common::sip_password, mixed, pattern};
use std::{
    fs,
    io::{self, Read, Write},
    process::{Command, Output, Stdio},
    thread,
};

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde_json::Value;
use sip_password::{HUAWEI, Job, PRESETS, Preset, Seed};
use tempfile::{TempDir, tempdir};

fn command(arguments: &[&str]) -> Command {
    let mut command = sip_password(arguments);
    command.stdin(Stdio::null());
    command
}

/// Runs the command on `input`.
fn run_on(input: &[u8], arguments: &[&str]) -> Output {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    let input = input.to_vec();
    // From a thread of its own, and not minding where the command reads no more.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("the writer does not panic");
    output
}

fn run(arguments: &[&str]) -> Output {
    run_on(b"", arguments)
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("the output is text")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("the messages are text")
}

/// That it failed with status 2, printed nothing and said `message`.
fn fails(output: &Output, message: &str) {
    assert_eq!(status(output), 2, "{output:?}");
    assert_eq!(stdout(output), "");
    assert!(stderr(output).contains(message), "{:?} in {}", message, stderr(output));
}

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
fn two_runs_differ() {
    assert_ne!(run(&["generate", "huawei"]).stdout, run(&["generate", "huawei"]).stdout);
}

#[test]
fn generates_other_lengths_without_some_characters() {
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

/// 32 bytes in a file of the directory.
fn seed_file(directory: &TempDir, seed: &[u8]) -> String {
    let path = directory.path().join(format!("seed-of-{}", seed.len()));
    fs::write(&path, seed).expect("there is room");
    path.to_str().expect("the name is text").to_owned()
}

#[test]
fn a_seed_gives_the_same_passwords_on_any_number_of_threads() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let seed = seed_file(&directory, &[7; 32]);
    let count = 9 * Job::BLOCK + 5;
    let mut expected = Vec::new();
    let bulk = HUAWEI.bulk(16, b"\n").expect("it can be generated");
    Job::new(bulk, count, Seed::take(&mut [7; 32])).write(&mut expected, |_| ()).expect("a Vec takes all");
    let generate = ["generate", "huawei", "--count", &count.to_string(), "--seed-file"];
    for threads in [&[][..], &["--threads", "1"], &["--threads", "2"], &["--threads", "1024"]] {
        let output = run(&[&generate[..], &[&seed], threads].concat());
        assert_eq!((status(&output), stderr(&output)), (0, ""));
        assert!(output.stdout == expected, "{threads:?}");
    }
    let output = run_on(&[7; 32], &[&generate[..], &["-"]].concat());
    assert!(output.stdout == expected, "from standard input");
    assert!(run_on(&[8; 32], &[&generate[..], &["-"]].concat()).stdout != expected, "another seed");

    // The other formats have the same passwords, and so has a file.
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
    let seed = seed_file(&directory, &[9; 32]);
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
    // Each with a seed of its own.
    let part = ["generate", "huawei", "--count", "2", "--part", "1/1"];
    assert_ne!(run(&part).stdout, run(&part).stdout);
}

#[test]
fn wrong_use_of_parts_threads_and_seeds() {
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
        assert!(!stderr(&output).contains("ZZ"), "the seed is not told");
        let output = run_on(&seed, &["generate", "huawei", "--seed-file", "-"]);
        fails(&output, &format!("--seed-file: expected 32 bytes in standard input, found {found}"));
    }
    fails(&run(&["generate", "huawei", "--seed-file", "/no/such/file"]), "cannot read \"/no/such/file\"");
    let name = directory.path().to_str().expect("the name is text");
    fails(&run(&["generate", "huawei", "--seed-file", name]), "cannot read");
    // Nothing was begun.
    let new = directory.path().join("new.txt");
    let output = ["--seed-file", "/no/such/file", "--output", new.to_str().expect("text")];
    fails(&run(&[&["generate", "huawei"][..], &output].concat()), "cannot read");
    assert!(!new.exists());
}

/// At its peak, which Linux tells in KiB.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_count() {
    for format in ["text", "csv", "json"] {
        // Without an end: it is looked at while it works.
        let mut child = command(&["generate", "huawei", "--count", "1000000000000", "--threads", "2"])
            .args(["--format", format])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut pipe = child.stdout.take().expect("it is a pipe");
        io::copy(&mut pipe.by_ref().take(100_000_000), &mut io::sink()).expect("there is output");
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("Linux has it");
        drop(pipe);
        assert!(child.wait().expect("it was ours").success());
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells it");
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("it is a number");
        assert!(peak <= 16 << 10, "{format}: {peak} KiB");
    }
}

#[test]
fn wrong_use_of_generate() {
    fails(&run(&[]), "Usage");
    fails(&run(&["generate"]), "expected a policy (exotel, huawei, nxcloud, nxcloud-random)");
    fails(&run(&["generate", "nokia"]), "possible values: exotel, huawei, nxcloud, nxcloud-random");
    fails(
        &run(&["generate", "huawei", "--length", "7"]),
        "--length: expected 8 to 16 characters for huawei, found 7",
    );
    fails(
        &run(&["generate", "nxcloud-random", "--length", "7"]),
        "--length: expected 6 characters for nxcloud-random, found 7",
    );
    fails(&run(&["generate", "huawei", "--length", "x"]), "invalid value 'x'");
    fails(&run(&["generate", "huawei", "--count", "-1"]), "unexpected argument");
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

#[cfg(unix)]
#[test]
fn writes_a_file_that_only_its_owner_can_read() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("new.txt");
    let name = path.to_str().expect("the name is text");
    let output = run(&["generate", "huawei", "--count", "10", "--output", name]);
    assert_eq!((status(&output), stdout(&output), stderr(&output)), (0, "", ""));
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
    let first = fs::read_to_string(&path).expect("it is text");
    assert_eq!(first.lines().filter(|line| HUAWEI.check(line).is_ok()).count(), 10);

    // Never over another file, unless asked to.
    fails(&run(&["generate", "huawei", "--output", name]), "exists; --force overwrites it");
    assert_eq!(fs::read_to_string(&path).expect("it is text"), first);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
    assert_eq!(status(&run(&["generate", "huawei", "--output", name, "--force"])), 0);
    assert_eq!(fs::read_to_string(&path).expect("it is text").lines().count(), 1);
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
    // Nothing else is left in the directory.
    assert_eq!(fs::read_dir(directory.path()).expect("it is ours").count(), 1);

    fails(
        &run(&["generate", "huawei", "--output", directory.path().to_str().expect("text"), "--force"]),
        "is not a file",
    );
    fails(&run(&["generate", "huawei", "--output", "/dev/null", "--force"]), "is not a file");
    let nowhere = directory.path().join("nowhere/new.txt");
    fails(
        &run(&["generate", "huawei", "--output", nowhere.to_str().expect("text")]),
        "cannot create a file beside",
    );
}

/// As an unprivileged user, since the superuser may write anywhere.
#[cfg(unix)]
#[test]
fn a_read_only_directory() {
    use std::os::unix::{fs::PermissionsExt, process::CommandExt};

    let directory = tempdir().expect("there is a directory for temporary files");
    let program = directory.path().join("sip-password");
    fs::copy(env!("CARGO_BIN_EXE_sip-password"), &program).expect("it can be copied");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o555)).expect("it is ours");
    let mut command = Command::new(&program);
    command.args(["generate", "huawei", "--output"]).arg(directory.path().join("new.txt"));
    let superuser = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if superuser {
        command.uid(65534).gid(65534);
    }
    let output = command.output().expect("the command starts");
    fails(&output, "cannot create a file beside");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    assert_eq!(fs::read_dir(directory.path()).expect("it is ours").count(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let output =
        command(&["generate", "huawei", "--count", "10"]).stdout(full).output().expect("the command starts");
    fails(&output, "cannot write to standard output: No space left on device");
}

/// Where nobody can hear a message, the exit status still tells.
#[cfg(target_os = "linux")]
#[test]
fn messages_that_cannot_be_written() {
    let status = |arguments: &[&str]| {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let output = command(arguments).stderr(full).output().expect("the command starts");
        (status(&output), output.stdout.len())
    };
    assert_eq!(status(&["generate", "huawei", "--length", "7"]), (2, 0));
    assert_eq!(status(&["generate", "nxcloud-random"]), (0, 7));
    assert_eq!(status(&["validate", "huawei", "--quiet"]), (0, 0));
}

/// The reader takes one line of a million and closes the pipe.
fn closed_pipe(arguments: &[&str], input: Stdio) -> Output {
    let mut child = command(arguments)
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut pipe = child.stdout.take().expect("it is a pipe");
    pipe.read_exact(&mut [0; 8]).expect("there is output");
    drop(pipe);
    child.wait_with_output().expect("the command ends")
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    for options in [&["--threads", "1"][..], &["--threads", "2"], &["--format", "csv"]] {
        let generate = [&["generate", "huawei", "--count", "1000000"], options].concat();
        let output = closed_pipe(&generate, Stdio::null());
        assert_eq!((status(&output), stderr(&output)), (0, ""));
    }

    // `validate` has not seen all lines, so it does not say that all are good.
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("lines");
    fs::write(&path, "Abcdef12\n".repeat(1_000_000)).expect("there is room");
    let lines = || fs::File::open(&path).expect("it is there").into();
    let output = closed_pipe(&["validate", "huawei"], lines());
    assert_eq!((status(&output), stderr(&output)), (2, ""));
    let output = closed_pipe(&["validate", "nxcloud-random"], lines());
    assert_eq!((status(&output), stderr(&output)), (1, ""));

    let output = closed_pipe(&["man"], Stdio::null());
    assert!(output.status.success() && stderr(&output).is_empty());
}

#[test]
fn validates_with_a_verdict_for_each_line() {
    let output = run_on(b"Abcdef1~\nabc\nAbcdef1#Abcdef1#A\n", &["validate", "huawei"]);
    assert_eq!(status(&output), 1);
    assert_eq!(
        stdout(&output),
        "1: ok\n\
         2: too-short (3 characters, expected at least 8), too-few-classes (1 character class, expected at \
         least 3; missing: uppercase letters, digits, special characters)\n\
         3: too-long (17 characters, expected at most 16), not-allowed (2 disallowed characters, the first at \
         position 8)\n"
    );
    assert_eq!(
        stderr(&output),
        "3 lines, 1 compliant with huawei, 2 not: too-short 1, too-long 1, not-allowed 1, too-few-classes 1\n"
    );
}

#[test]
fn validates_to_json() {
    let output = run_on("Abcdef1~\nabcé\n".as_bytes(), &["validate", "huawei", "--format", "json"]);
    assert_eq!(status(&output), 1);
    let records: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(
        records,
        [
            serde_json::json!({"line": 1, "compliant": true, "violations": []}),
            serde_json::json!({"line": 2, "compliant": false, "violations": [
                {"kind": "too-short", "found": 4, "expected": 8},
                {"kind": "not-ascii", "found": 1, "position": 4},
                {"kind": "too-few-classes", "found": 1, "expected": 3,
                 "missing": ["uppercase letters", "digits", "special characters"]},
            ]}),
        ]
    );
}

/// The verdicts, as `ok` or the kinds of violations.
fn verdicts(input: &[u8]) -> Vec<String> {
    let output = run_on(input, &["validate", "huawei", "--format", "json"]);
    stdout(&output)
        .lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).expect("an object");
            let kinds = record["violations"].as_array().expect("a list").iter();
            let kinds: Vec<_> =
                kinds.map(|violation| violation["kind"].as_str().expect("text").to_owned()).collect();
            if kinds.is_empty() { "ok".to_owned() } else { kinds.join(" ") }
        })
        .collect()
}

#[test]
fn validates_every_kind_of_input() {
    let none: [&str; 0] = [];
    assert_eq!(verdicts(b""), none);
    assert_eq!(verdicts(b"\n"), ["too-short too-few-classes"]);
    assert_eq!(verdicts(b"Abcdef12"), ["ok"]);
    assert_eq!(verdicts(b"Abcdef12\r\nAbcdef12\r\n"), ["ok", "ok"]);
    assert_eq!(verdicts(b"Abcdef12\r"), ["ok"]);
    assert_eq!(verdicts(b"Abc\rdef12\n"), ["not-allowed"]);
    assert_eq!(verdicts(b"Abcdef12\0\n"), ["not-allowed"]);
    assert_eq!(verdicts(b"Abcdef12\xff\xfe\n"), ["not-ascii"]);
    assert_eq!(verdicts(b"Abcdef12\x80\n"), ["not-ascii"]);
    // A byte order mark belongs to the file, once.
    assert_eq!(verdicts("\u{feff}Abcdef12\n\u{feff}Abcdef12\n".as_bytes()), ["ok", "not-ascii"]);
    // Lines around the size of the buffer.
    for length in [65_534, 65_535, 65_536, 65_537, 131_072, 1_000_000] {
        let mut input = vec![b'a'; length];
        input.extend_from_slice(b"\nAbcdef12\n");
        assert_eq!(verdicts(&input), ["too-long too-few-classes", "ok"], "{length}");
        let output = run_on(&input, &["validate", "huawei"]);
        assert!(stdout(&output).contains(&format!("too-long ({length} characters")));
    }
    let output = run_on(b"", &["validate", "huawei"]);
    assert_eq!((status(&output), stdout(&output)), (0, ""));
    assert_eq!(stderr(&output), "0 lines, 0 compliant with huawei, 0 not\n");
}

#[test]
fn a_file_that_is_no_list_of_passwords() {
    let output = run_on(&vec![b'a'; 40_000_000], &["validate", "huawei"]);
    fails(
        &output,
        "line 1 of standard input: expected at most 16777216 bytes, found more; this is no list of passwords",
    );
    // From a file too, whose line break may be read at once with the line; what came before is told.
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("long.txt");
    let mut text = vec![b'a'; 20_000_000];
    text.splice(0..9, *b"Abcdef12\n");
    text.push(b'\n');
    fs::write(&path, text).expect("there is room");
    let output = run(&["validate", "huawei", path.to_str().expect("text")]);
    assert_eq!((status(&output), stdout(&output)), (2, "1: ok\n"));
    let message = stderr(&output);
    assert!(message.starts_with("1 line, 1 compliant with huawei, 0 not\n"), "{message}");
    assert!(message.contains("line 2 of") && message.contains("no list of passwords"), "{message}");
}

#[test]
fn validates_a_file_by_name() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("passwords.txt");
    fs::write(&path, "Abcdef12\n").expect("there is room");
    let name = path.to_str().expect("the name is text");
    assert_eq!(stdout(&run(&["validate", "huawei", name])), "1: ok\n");
    assert_eq!(stdout(&run_on(b"abc", &["validate", "huawei", "-", "-q"])), "");
    fails(&run(&["validate", "huawei", &format!("{name}x")]), "cannot read");
    fails(&run(&["validate", "huawei", directory.path().to_str().expect("text")]), "cannot read");
    fails(&run(&["validate", "huawei", name, name]), "unexpected argument");
}

#[test]
fn no_password_is_ever_printed() {
    let secret = "Zq9~Zq9~Zq9~Zq9~Zq9~";
    for format in ["text", "json"] {
        for input in [secret.to_owned(), secret[..12].to_owned(), format!("é{secret}"), secret.repeat(10_000)]
        {
            let output = run_on(input.as_bytes(), &["validate", "huawei", "--format", format]);
            for text in [stdout(&output), stderr(&output)] {
                assert!(!text.contains(&secret[..4]), "{text}");
            }
        }
    }
}

/// A million mixed lines: the command and a regular expression agree on each.
#[test]
fn a_million_lines_like_a_regular_expression() {
    let regex = fancy_regex::Regex::new(&pattern::of("huawei")).expect("the pattern is well-formed");
    let mut rng = ChaCha20Rng::from_seed([4; 32]);
    let lines: Vec<String> =
        (0..1_000_000).map(|_| mixed::line(&mut rng, 6..19).replace('\n', "n")).collect();
    let output = run_on(lines.join("\n").as_bytes(), &["validate", "huawei"]);
    let mut verdicts = stdout(&output).lines();
    for (number, line) in (1..).zip(&lines) {
        let verdict = verdicts.next().expect("a verdict for each line");
        let good = regex.is_match(line).expect("the pattern does not backtrack for long");
        assert_eq!(verdict == format!("{number}: ok"), good, "{line:?}: {verdict}");
    }
    assert_eq!(verdicts.next(), None);
}

#[test]
fn explains_a_policy() {
    let output = run(&["explain", "huawei"]);
    assert_eq!(status(&output), 0);
    for part in [
        "8 to 16 characters",
        "at least 3 of these 4 classes",
        "special characters: *+.?@^_~ (8)",
        "329449241992944238668919603200",
        "98.0560",
        "0.991334",
        "updateSipPhonePassword",
        "Not promised",
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
fn explains_all_policies_in_a_table() {
    let output = run(&["explain"]);
    for preset in PRESETS {
        let row = stdout(&output)
            .lines()
            .find(|line| line.split_whitespace().next() == Some(preset.name))
            .expect("a row");
        let default = preset.policy.rules().default_length().into();
        assert!(row.contains(&preset.policy.count(default).to_string()));
        assert!(row.contains(&format!("{:.4}", preset.policy.entropy(default))));
    }
}

#[test]
fn explains_in_json() {
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

#[test]
fn helps() {
    for arguments in [
        &["--help"][..],
        &["generate", "--help"],
        &["validate", "--help"],
        &["explain", "--help"],
        &["submit", "--help"],
        &["rotate", "--help"],
    ] {
        let output = run(arguments);
        assert_eq!(status(&output), 0);
        assert!(stdout(&output).contains("Examples:"), "{arguments:?}");
    }
    for action in ["huawei", "exotel", "nxcloud", "status", "export", "forget"] {
        let output = run(&["rotate", action, "--help"]);
        assert_eq!(status(&output), 0);
        assert!(stdout(&output).contains("Example:"), "{action}");
    }
    let version = run(&["--version"]);
    assert_eq!(stdout(&version), concat!("sip-password ", env!("CARGO_PKG_VERSION"), "\n"));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell]);
        assert!(status(&output) == 0 && stdout(&output).contains("policy-file"), "{shell}");
    }
    let page = run(&["man"]);
    for part in [".TH sip-password", "generate", "exclude"] {
        assert!(stdout(&page).contains(part), "{part}");
    }
}

/// A file is complete or not there, and who is interrupted leaves nothing behind.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_command_leaves_no_file() {
    for (signal, left) in [("-INT", 0), ("-TERM", 0), ("-KILL", 1)] {
        interrupted(signal, left);
    }
}

#[cfg(target_os = "linux")]
fn interrupted(signal: &str, left: usize) {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("new.txt");
    let mut child =
        command(&["generate", "huawei", "--count", "1000000000", "--output", path.to_str().expect("text")])
            .spawn()
            .expect("the command starts");
    let files = || fs::read_dir(directory.path()).expect("it is ours").filter_map(Result::ok);
    while !files().any(|file| file.metadata().is_ok_and(|metadata| metadata.len() > 0)) {
        thread::yield_now();
    }
    let kill = Command::new("kill")
        .arg(signal)
        .arg(child.id().to_string())
        .status()
        .expect("there is such a command");
    assert!(kill.success());
    let status = child.wait().expect("it was ours");
    assert!(!path.exists() && !status.success());
    assert_eq!(files().count(), left, "{signal}");
}
