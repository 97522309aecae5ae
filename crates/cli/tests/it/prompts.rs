//! Passwords that are typed at a terminal.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::{AsFd, OwnedFd},
    process::{Child, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use nix::{
    pty::openpty,
    sys::{
        signal::{Signal, kill},
        termios::{LocalFlags, tcgetattr},
    },
    unistd::Pid,
};

use crate::{
    machine::{Turn, shared},
    process::sip_password,
};

/// The command at a terminal, and a person in front of it.
struct Terminal {
    person: File,
    terminal: OwnedFd,
    command: Child,
    /// What the terminal shows so far.
    shown: Arc<Mutex<String>>,
    _turn: Turn,
}

impl Terminal {
    fn of(arguments: &[&str]) -> Self {
        let turn = shared();
        let pair = openpty(None, None).expect("there are terminals");
        let end = || Stdio::from(pair.slave.try_clone().expect("it is open"));
        let mut command = sip_password(arguments);
        // What `submit` needs for any request.
        command.env("NXCLOUD_APPKEY", "fake-app-key").env("NXCLOUD_SECRETKEY", "fake-secret-key");
        let command = command.stdin(end()).stdout(end()).stderr(end()).spawn().expect("the command starts");
        let person = File::from(pair.master);
        let shown = Arc::default();
        let (mut from, to) = (person.try_clone().expect("it is open"), Arc::<Mutex<String>>::clone(&shown));
        thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(read) = from.read(&mut bytes) {
                to.lock().expect("nothing panics").push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
        });
        Self { person, terminal: pair.slave, command, shown, _turn: turn }
    }

    fn shown(&self) -> String {
        self.shown.lock().expect("nothing panics").replace("\r\n", "\n")
    }

    /// Waits until the terminal shows a text this many times.
    #[track_caller]
    fn expect(&self, text: &str, times: usize) {
        let begun = Instant::now();
        while self.shown().matches(text).count() < times {
            assert!(begun.elapsed() < Duration::from_secs(20), "no {text:?} in {:?}", self.shown());
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn types(&mut self, keys: &[u8]) {
        self.person.write_all(keys).expect("the terminal is open");
    }

    fn shows_what_is_typed(&self) -> bool {
        tcgetattr(self.terminal.as_fd()).expect("it is a terminal").local_flags.contains(LocalFlags::ECHO)
    }

    /// The exit status. A command that still asks for something is an error, and ends.
    #[track_caller]
    fn status(&mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.command.try_wait().expect("it is ours") {
                return status.code();
            }
            if begun.elapsed() > Duration::from_secs(20) {
                self.command.kill().expect("it is ours");
                panic!("it has not ended: {:?}", self.shown());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

const CTRL_D: &[u8] = b"\x04";

#[test]
fn validate_asks_shows_nothing_and_says_why() {
    let mut terminal = Terminal::of(&["validate", "huawei"]);
    terminal.expect("type a password and press Enter; it is not shown; Ctrl-D ends", 1);
    terminal.expect("Password: ", 1);
    assert!(!terminal.shows_what_is_typed());
    terminal.types(b"fakepass\n");
    terminal.expect("1: too-few-classes", 1);
    terminal.expect("Password: ", 2);
    terminal.types(b"Fake_pass_1\n");
    terminal.expect("2: ok\n", 1);
    terminal.expect("Password: ", 3);
    terminal.types(CTRL_D);
    assert_eq!(terminal.status(), Some(1));
    terminal.expect("2 lines, 1 compliant with huawei, 1 not: too-few-classes 1\n", 1);
    assert!(terminal.shows_what_is_typed());
    assert!(!terminal.shown().contains("ake"), "{}", terminal.shown());
}

#[cfg(feature = "strength")]
#[test]
fn validate_says_that_a_typed_password_is_weak() {
    let mut terminal = Terminal::of(&["validate", "huawei", "--deny-defaults"]);
    terminal.expect("Password: ", 1);
    terminal.types(b"Huawei@123\n");
    terminal.expect("1: weak: default-password (made of usual words)\n", 1);
    terminal.expect("Password: ", 2);
    terminal.types(CTRL_D);
    assert_eq!(terminal.status(), Some(1));
    assert!(!terminal.shown().contains("@123"), "{}", terminal.shown());
}

#[test]
fn a_signal_leaves_the_terminal_with_its_echo() {
    let mut terminal = Terminal::of(&["validate", "huawei"]);
    terminal.expect("Password: ", 1);
    assert!(!terminal.shows_what_is_typed());
    let command = Pid::from_raw(i32::try_from(terminal.command.id()).expect("it is a process"));
    kill(command, Signal::SIGINT).expect("it is ours");
    assert_eq!(terminal.status(), Some(130));
    assert!(terminal.shows_what_is_typed());
}

#[cfg(feature = "submit")]
#[test]
fn submit_asks_until_a_password_is_compliant() {
    let submit = ["submit", "nxcloud", "--username", "1049001", "--dry-run", "--password-stdin"];
    let start = || {
        let mut command = Terminal::of(&submit);
        command.expect("New password: ", 1);
        assert!(!command.shows_what_is_typed());
        command.types(b"short\n");
        command.expect("expected a password that is compliant with nxcloud, found too-short", 1);
        command.expect("New password: ", 2);
        command
    };
    let mut terminal = start();
    terminal.types(b"Fakepass1234\n");
    assert_eq!(terminal.status(), Some(0));
    assert!(terminal.shows_what_is_typed());
    assert!(!terminal.shown().contains("Fakepass"), "{}", terminal.shown());
    // Its turn ends: whoever waits for the machine alone would let no second one begin.
    drop(terminal);

    let mut terminal = start();
    terminal.types(CTRL_D);
    assert_eq!(terminal.status(), Some(2));
    terminal.expect("expected a password, found the end of the input", 1);
}
