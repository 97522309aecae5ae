//! The command as a process.

use std::{
    env,
    ffi::OsStr,
    io::Write,
    process::{self, Command, Output, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::machine::shared;

/// The root of the workspace, where `examples/policies` is.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A program that counts coverage in a file of its own.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    count_apart(&mut command);
    command
}

/// Clears the environment of a command, except for the file into which it counts coverage.
#[cfg(feature = "submit")]
pub(crate) fn clear_environment(command: &mut Command) -> &mut Command {
    count_apart(command.env_clear())
}

/// If this process counts coverage, the command does so too, in a file of its own: a process that is killed leaves half a file, and a
/// later one with the same number would complain of it among its messages.
fn count_apart(command: &mut Command) -> &mut Command {
    static COMMANDS: AtomicU64 = AtomicU64::new(0);
    if let Ok(file) = env::var(COUNTERS) {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is right").as_nanos();
        let number = COMMANDS.fetch_add(1, Ordering::Relaxed);
        command.env(COUNTERS, file.replace("%p", &format!("{}-{number}-{time}-%p", process::id())));
    }
    command
}

/// Names the file into which a process counts coverage.
const COUNTERS: &str = "LLVM_PROFILE_FILE";

/// `sip-password` with these arguments, in the root of the workspace, and without input.
pub(crate) fn sip_password(arguments: &[&str]) -> Command {
    let mut command = command(env!("CARGO_BIN_EXE_sip-password"));
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
