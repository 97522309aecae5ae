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
    process::{self, ROOT, fails, run, sip_password, status, stderr, stdout},
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
        "is no regular file",
    );
    fails(&run(&["generate", "huawei", "--output", "/dev/null", "--force"]), "is no regular file");
    let nowhere = directory.path().join("nowhere/new.txt");
    fails(
        &run(&["generate", "huawei", "--output", nowhere.to_str().expect("text")]),
        "cannot create a file beside",
    );
}

/// Nothing but a regular file is ever replaced: as the superuser, `--output /dev/stdout --force` replaced the device.
#[cfg(unix)]
#[test]
fn a_link_or_a_device_is_never_replaced() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = |name: &str| directory.path().join(name);
    fs::write(path("old.txt"), "old").expect("there is room");
    for (link, to) in [("to-file", "old.txt"), ("to-nothing", "no-such"), ("to-device", "/dev/null")] {
        std::os::unix::fs::symlink(to, path(link)).expect("links can be made");
        for force in [&[][..], &["--force"]] {
            let link = path(link);
            let arguments = ["generate", "huawei", "--output", link.to_str().expect("text")];
            let output = run(&[&arguments[..], force].concat());
            fails(&output, if force.is_empty() { "exists" } else { "is a link" });
            assert_eq!(fs::read_link(&link).expect("it is a link").to_str(), Some(to));
        }
    }
    assert!(Command::new("mkfifo").arg(path("pipe")).status().expect("there is such a command").success());
    let pipe = path("pipe");
    let output = run(&["generate", "huawei", "--output", pipe.to_str().expect("text"), "--force"]);
    fails(&output, "is no regular file");
    assert_eq!(fs::read(path("old.txt")).expect("it is there"), b"old");
    assert_eq!(fs::read_dir(directory.path()).expect("it is ours").count(), 5);
}

/// Whatever is printed: a full disk is an error, and not a success without output.
#[cfg(target_os = "linux")]
#[test]
fn every_command_reports_a_full_disk() {
    let _turn = shared();
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["help"],
        &["help", "generate"],
        &["generate", "--help"],
        &["generate", "huawei"],
        &["generate", "huawei", "--format", "csv"],
        &["generate", "huawei", "--format", "json"],
        &["validate", "huawei", "README.md"],
        &["validate", "huawei", "README.md", "--format", "json"],
        &["explain"],
        &["explain", "huawei"],
        &["explain", "huawei", "--format", "toml"],
        &["explain", "--format", "json"],
        &["completions", "bash"],
        &["man"],
        &["man", "generate"],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let output = sip_password(arguments).stdout(full).output().expect("the command starts");
        assert_eq!(status(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains("cannot write to standard output: No space left"), "{arguments:?}");
    }
}

/// After `>&-`, nothing that is printed arrives anywhere. `/dev/null`, however it was opened, is no closed output.
#[cfg(target_os = "linux")]
#[test]
fn every_command_reports_a_closed_output() {
    let _turn = shared();
    let shell = |arguments: &str, to: &str| {
        let script = format!("exec \"$0\" {arguments} {to}");
        let mut shell = process::command("sh");
        shell
            .args(["-c", &script, env!("CARGO_BIN_EXE_sip-password")])
            .current_dir(ROOT)
            .stdin(Stdio::null());
        shell.output().expect("there is a shell")
    };
    for arguments in [
        "--help",
        "--version",
        "help generate",
        "generate huawei",
        "validate huawei README.md",
        "explain",
        "explain huawei --format toml",
        "completions bash",
        "man",
    ] {
        let output = shell(arguments, ">&-");
        assert_eq!(status(&output), 2, "{arguments}: {}", stderr(&output));
        assert!(stderr(&output).contains("cannot write to standard output: it is closed"), "{arguments}");
        let expected = i32::from(arguments.starts_with("validate"));
        for null in [">/dev/null", "1<>/dev/null"] {
            assert_eq!(status(&shell(arguments, null)), expected, "{arguments} {null}");
        }
    }
    // What prints nothing needs no output.
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("new.txt");
    let output = shell(&format!("generate huawei --output {}", path.display()), ">&-");
    assert_eq!((status(&output), stderr(&output)), (0, ""));
    assert!(HUAWEI.check(fs::read_to_string(&path).expect("it is there").trim_end()).is_ok());
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
    let mut command = process::command(&program);
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
    assert_eq!(status(&["validate", "huawei", "--quiet", "--allow-empty"]), (0, 0));
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
    for signal in ["INT", "TERM", "QUIT", "ALRM", "USR1", "USR2", "VTALRM", "PROF", "XCPU", "XFSZ"] {
        interrupted(signal, 0);
    }
    // Under `nohup`, a command is not interrupted by the end of its terminal.
    if !is_ignored_here(1) {
        interrupted("HUP", 0);
    }
    interrupted("KILL", 1);
}

/// Whether this process, and so every command that it starts, ignores a signal.
#[cfg(target_os = "linux")]
fn is_ignored_here(signal: u32) -> bool {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has this file");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("Linux reports it");
    u64::from_str_radix(mask.trim(), 16).expect("it is a mask") & 1 << (signal - 1) != 0
}

/// A file that exceeds the limit of its size is an error, and nothing of it is left.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_grows_too_large_leaves_nothing() {
    let _turn = shared();
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("new.txt");
    let script = r#"ulimit -f 16; exec "$0" generate huawei --count 1000000 --output "$1""#;
    let mut shell = process::command("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_sip-password")]).arg(&path);
    fails(&shell.output().expect("there is a shell"), "File too large");
    assert_eq!(fs::read_dir(directory.path()).expect("it is ours").count(), 0);
}

/// A signal right after the start ends the command like any other: the exit status is 130, and not the signal.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_right_after_the_start_is_handled() {
    let _turn = shared();
    for _ in 0..50 {
        let mut child =
            sip_password(&["generate", "huawei", "--count", "1000000000000"]).stdout(Stdio::null()).spawn();
        let child = child.as_mut().expect("the command starts");
        // The first thing that it does after that.
        let limits = format!("/proc/{}/limits", child.id());
        let is_begun = |limits: &str| {
            let core = limits.lines().find(|line| line.starts_with("Max core file size"));
            core.is_some_and(|line| line.split_whitespace().rev().nth(1) == Some("0"))
        };
        let start = std::time::Instant::now();
        while !fs::read_to_string(&limits).is_ok_and(|limits| is_begun(&limits)) {
            assert!(start.elapsed() < std::time::Duration::from_secs(20), "it is not begun");
            thread::yield_now();
        }
        let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(status.expect("there is such a command").success());
        assert_eq!(child.wait().expect("it was ours").code(), Some(130));
    }
}

/// The memory of the command cannot be dumped, and its user's other processes cannot read it.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_hidden() {
    use std::os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    };

    let directory = tempdir().expect("there is a directory for temporary files");
    let program = directory.path().join("sip-password");
    fs::copy(env!("CARGO_BIN_EXE_sip-password"), &program).expect("it can be copied");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let superuser = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let _turn = shared();
    let mut command = process::command(&program);
    command.args(["validate", "huawei", "--allow-empty"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    if superuser {
        command.uid(65534).gid(65534);
    }
    let mut child = command.spawn().expect("the command starts");
    let process = format!("/proc/{}", child.id());
    let limits = || fs::read_to_string(format!("{process}/limits")).expect("Linux has this file");
    let owner = || fs::metadata(format!("{process}/environ")).expect("Linux has this file").uid();
    let start = std::time::Instant::now();
    // Nobody but the superuser owns the files of a process that cannot be dumped.
    while owner() != 0
        || !limits().lines().any(|line| line.split_whitespace().eq("Max core file size 0 0 bytes".split(' ')))
    {
        assert!(start.elapsed() < std::time::Duration::from_secs(20), "{}", limits());
        thread::yield_now();
    }
    drop(child.stdin.take());
    child.wait().expect("it was ours");
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
        .args(["-s", signal])
        .arg(child.id().to_string())
        .status()
        .expect("there is such a command");
    assert!(kill.success());
    let status = child.wait().expect("it was ours");
    assert!(!path.exists() && !status.success());
    assert_eq!(files().count(), left, "{signal}");
}
