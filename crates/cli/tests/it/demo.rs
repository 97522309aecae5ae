//! `sip-password demo`: it walks through, and leaves nothing behind.

use std::{fs, path::Path};

use tempfile::{TempDir, tempdir};

use crate::process::{sip_password, status, stderr, stdout};

/// A folder for temporary files, and the demo that uses it.
fn demo() -> (TempDir, std::process::Command) {
    let directory = tempdir().expect("there is a directory for temporary files");
    let mut command = sip_password(&["demo"]);
    for name in ["TMPDIR", "TMP", "TEMP"] {
        command.env(name, directory.path());
    }
    // Settings of the user that must not matter.
    command
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("HUAWEI_TOKEN", "fake")
        .env("ROTATION_PASSPHRASE", "fake");
    (directory, command)
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).expect("it is there").next().is_none()
}

#[test]
fn the_demo_walks_through_and_leaves_nothing() {
    let (directory, mut command) = demo();
    let state = tempdir().expect("there is a directory for temporary files");
    let output = command.env("XDG_STATE_HOME", state.path()).output().expect("it runs");
    assert_eq!(status(&output), 0, "{}\n{}", stdout(&output), stderr(&output));
    for part in [
        "== 1. One phone",
        "$ sip-password submit huawei --base-url https://127.0.0.1:",
        "The fake vendor has the password that is in agent-1.txt.",
        "$ sip-password rotate keygen rotation.key",
        "--accounts accounts.csv --dry-run",
        "12 phones: 11 confirmed, 1 refused, 0 unknown, 0 not sent",
        "agent-7",
        "12 phones: 12 confirmed, 0 refused",
        "The fake vendor has the passwords of passwords.csv: 12 of 12.",
    ] {
        assert!(stdout(&output).contains(part), "{part} in {}", stdout(&output));
    }
    assert!(stderr(&output).contains("updated; the password is in \"agent-1.txt\""), "{}", stderr(&output));
    assert!(!stdout(&output).contains("fake-account-pass") && !stderr(&output).contains("fake-account-pass"));
    assert!(is_empty(directory.path()) && is_empty(state.path()));
}

/// Also if the folder for temporary files has a relative name: the state of a rotation is then not in the user's own folder.
#[cfg(unix)]
#[test]
fn a_demo_in_a_relative_folder_leaves_nothing() {
    let (directory, mut command) = demo();
    let home = tempdir().expect("there is a directory for temporary files");
    command.current_dir(&directory).env("TMPDIR", ".").env("HOME", home.path()).env_remove("XDG_STATE_HOME");
    assert_eq!(status(&command.output().expect("it runs")), 0);
    assert!(is_empty(directory.path()) && is_empty(home.path()));
}

/// Ctrl-C, as a terminal sends it: to all processes.
#[cfg(unix)]
#[test]
fn an_interrupted_demo_leaves_nothing() {
    use std::{
        io::{BufRead, BufReader, Read},
        os::unix::process::CommandExt,
        process::{Command, Stdio},
        time::Duration,
    };

    // In the middle of a rotation, and at once.
    for (line, wait) in [("== 3.", 500), ("== 1.", 0)] {
        let (directory, mut command) = demo();
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0).spawn().expect("it starts");
        let mut output = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let mut printed = String::new();
        while !printed.contains(line) {
            assert_ne!(output.read_line(&mut printed).expect("it is text"), 0, "{printed}");
        }
        std::thread::sleep(Duration::from_millis(wait));
        let group = format!("-{}", child.id());
        assert!(Command::new("kill").args(["-INT", "--", &group]).status().expect("it runs").success());
        output.read_to_string(&mut printed).expect("it is text");
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "{printed}");
        assert!(is_empty(directory.path()), "{printed}");
    }
}

/// Whoever closes the pipe has seen enough.
#[cfg(unix)]
#[test]
fn a_demo_whose_reader_goes_leaves_nothing() {
    use std::process::Stdio;

    let (directory, mut command) = demo();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(is_empty(directory.path()));
}
