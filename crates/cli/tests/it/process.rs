//! The command as a process.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
    thread,
};

use crate::machine::shared;

/// The root of the workspace, where `examples/policies` is.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// `sip-password` with these arguments, in the root of the workspace, and without input.
pub(crate) fn sip_password(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sip-password"));
    command.args(arguments).current_dir(ROOT).stdin(Stdio::null());
    command
}

/// Runs the command on this input.
pub(crate) fn run_on(input: &[u8], arguments: &[&str]) -> Output {
    let _turn = shared();
    let mut child = sip_password(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    let input = input.to_vec();
    // The command may end before it has read everything.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("the writer does not panic");
    output
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    run_on(b"", arguments)
}

pub(crate) fn status(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("the output is text")
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("the messages are text")
}

/// Asserts that the command ended with status 2, printed nothing, and reported `message`.
#[track_caller]
pub(crate) fn fails(output: &Output, message: &str) {
    assert_eq!(status(output), 2, "{output:?}");
    assert_eq!(stdout(output), "");
    assert!(stderr(output).contains(message), "{message:?} in {}", stderr(output));
}

/// What the command prints; asserts that it succeeds.
#[track_caller]
pub(crate) fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output).to_owned()
}
