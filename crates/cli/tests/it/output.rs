//! Where results go: files, full disks, closed pipes, signals.

#[cfg(target_os = "linux")]
use std::thread;
use std::{
    fs,
    io::Read,
    process::{Command, Output, Stdio},
};

use sip_password::HUAWEI;
use tempfile::tempdir;

use crate::{
    machine::shared,
    process::{fails, run, sip_password, status, stderr, stdout},
};

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

    // Another file is overwritten only on request.
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

/// Runs as an unprivileged user: the superuser may write anywhere.
#[cfg(unix)]
#[test]
fn a_read_only_directory_is_reported() {
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
    let _turn = shared();
    let output = command.output().expect("the command starts");
    fails(&output, "cannot create a file beside");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    assert_eq!(fs::read_dir(directory.path()).expect("it is ours").count(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let _turn = shared();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let output = sip_password(&["generate", "huawei", "--count", "10"])
        .stdout(full)
        .output()
        .expect("the command starts");
    fails(&output, "cannot write to standard output: No space left on device");
}

/// If a message cannot be written, the exit status is still right.
#[cfg(target_os = "linux")]
#[test]
fn messages_that_cannot_be_written() {
    let _turn = shared();
    let status = |arguments: &[&str]| {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let output = sip_password(arguments).stderr(full).output().expect("the command starts");
        (status(&output), output.stdout.len())
    };
    assert_eq!(status(&["generate", "huawei", "--length", "7"]), (2, 0));
    assert_eq!(status(&["generate", "nxcloud-random"]), (0, 7));
    assert_eq!(status(&["validate", "huawei", "--quiet"]), (0, 0));
}

/// The reader takes the first bytes and closes the pipe.
fn closed_pipe(arguments: &[&str], input: Stdio) -> Output {
    let _turn = shared();
    let mut child = sip_password(arguments)
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
fn a_closed_pipe_ends_the_command_without_a_message() {
    for options in [&["--threads", "1"][..], &["--threads", "2"], &["--format", "csv"]] {
        let generate = [&["generate", "huawei", "--count", "1000000"], options].concat();
        let output = closed_pipe(&generate, Stdio::null());
        assert_eq!((status(&output), stderr(&output)), (0, ""));
    }

    // `validate` has not checked all lines, so its status does not say that all are compliant.
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

/// A file is complete or absent, and only a killed command leaves a temporary file behind.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_command_removes_its_file() {
    for (signal, left) in [("-INT", 0), ("-TERM", 0), ("-KILL", 1)] {
        interrupted(signal, left);
    }
}

#[cfg(target_os = "linux")]
fn interrupted(signal: &str, left: usize) {
    let _turn = shared();
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("new.txt");
    let mut child = sip_password(&[
        "generate",
        "huawei",
        "--count",
        "1000000000",
        "--output",
        path.to_str().expect("text"),
    ])
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
