//! Ctrl-C and the other signals that end a program: unfinished files are removed first.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::error::CommandError;

/// The exit status after Ctrl-C, as in shells.
pub(super) const INTERRUPTED: u8 = 130;

/// What is to be done when a signal comes.
struct Response {
    /// Files and directories under their temporary names.
    unfinished: Vec<PathBuf>,
    /// Set by the first signal, if the command wants to end in order.
    stop: Option<Arc<AtomicBool>>,
    /// What the user must know if the command ends now.
    message: Option<String>,
    /// The terminal that shows nothing of what is typed, and how it was before.
    #[cfg(unix)]
    terminal: Option<(fs::File, nix::sys::termios::Termios)>,
}

static RESPONSE: Mutex<Response> = Mutex::new(Response {
    unfinished: Vec::new(),
    stop: None,
    message: None,
    #[cfg(unix)]
    terminal: None,
});

/// Handles signals from now on. `main` calls this before anything else: nothing that must be removed exists yet, and on Unix every
/// other thread inherits the blocked signals.
pub(super) fn handle() -> Result<(), CommandError> {
    watch().map_err(|error| CommandError::new(format!("cannot handle Ctrl-C: {error}")))
}

/// From now on, the first signal sets this flag, and only the second one ends the process.
#[cfg(feature = "rotate")]
pub(super) fn stop_in_order(flag: Arc<AtomicBool>) {
    response().stop = Some(flag);
}

/// Removes the file if a signal comes.
pub(super) fn remove_if_interrupted(file: PathBuf) {
    response().unfinished.push(file);
}

/// Leaves the file alone: it has its own name, or is gone.
pub(super) fn keep(file: &Path) {
    response().unfinished.retain(|other| other != file);
}

/// Reports this if a signal comes, in place of an earlier message.
#[cfg(feature = "submit")]
pub(super) fn report_if_interrupted(message: String) {
    response().message = Some(message);
}

/// Asks for something that the terminal does not show. If a signal comes meanwhile, the terminal is as before.
#[cfg(feature = "rotate")]
pub(super) fn with_hidden_input<T>(ask: impl FnOnce() -> T) -> T {
    #[cfg(unix)]
    {
        use nix::sys::termios::tcgetattr;

        let terminal = fs::OpenOptions::new().read(true).write(true).open("/dev/tty").ok();
        response().terminal =
            terminal.and_then(|file| tcgetattr(&file).ok().map(|settings| (file, settings)));
        let answer = ask();
        response().terminal = None;
        answer
    }
    #[cfg(not(unix))]
    ask()
}

/// Reads from the terminal that is standard input, which shows nothing but the line breaks of what is typed. Afterwards, and if a signal
/// comes meanwhile, the terminal is as before.
#[cfg(unix)]
pub(super) fn without_echo<T>(read: impl FnOnce() -> T) -> std::io::Result<T> {
    use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
    use std::os::fd::AsFd;

    let terminal = fs::File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let settings = tcgetattr(&terminal)?;
    let mut hidden = settings.clone();
    hidden.local_flags.remove(LocalFlags::ECHO);
    hidden.local_flags.insert(LocalFlags::ECHONL);
    response().terminal = Some((terminal.try_clone()?, settings.clone()));
    // What was typed ahead is kept: it may be pasted passwords.
    let answer = tcsetattr(&terminal, SetArg::TCSANOW, &hidden).map(|()| read());
    let shown = tcsetattr(&terminal, SetArg::TCSANOW, &settings);
    response().terminal = None;
    shown?;
    Ok(answer?)
}

/// Reads from the terminal that is standard input. This system's console cannot be told to show nothing by safe code.
#[cfg(not(unix))]
pub(super) fn without_echo<T>(read: impl FnOnce() -> T) -> std::io::Result<T> {
    Ok(read())
}

/// Gives the terminal its settings back, and ends the line of the question.
#[cfg(unix)]
fn restore_terminal(response: &Response) {
    use nix::sys::termios::{SetArg, tcsetattr};
    use std::io::Write;

    if let Some((terminal, settings)) = &response.terminal {
        let mut terminal = terminal;
        let _ = tcsetattr(terminal, SetArg::TCSANOW, settings);
        let _ = terminal.write_all(b"\n");
    }
}

fn response() -> MutexGuard<'static, Response> {
    RESPONSE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers a signal, in a thread of its own. Returns only if the command is to end in order.
pub(super) fn signalled() {
    // Locked until the process ends, so that nothing unfinished is created meanwhile.
    let response = response();
    if response.stop.as_ref().is_some_and(|stop| !stop.swap(true, Ordering::Relaxed)) {
        return;
    }
    for file in &response.unfinished {
        // A directory's name has 64 random bits: it is ours.
        let _ = fs::remove_file(file).or_else(|_| fs::remove_dir_all(file));
    }
    #[cfg(unix)]
    restore_terminal(&response);
    if let Some(message) = &response.message {
        super::progress::clear_line();
        super::report(message);
    }
    // This drops nothing.
    process::exit(INTERRUPTED.into());
}

/// Every signal that ends a program by default and that a user, a shell or a supervisor sends. SIGPIPE is an error of writing. With
/// SIGXFSZ blocked, so is a file that exceeds the limit of its size.
#[cfg(unix)]
fn signals() -> nix::sys::signal::SigSet {
    use nix::sys::signal::{SigSet, Signal};

    let mut signals = SigSet::empty();
    for signal in [
        Signal::SIGALRM,
        Signal::SIGHUP,
        Signal::SIGINT,
        Signal::SIGPROF,
        Signal::SIGQUIT,
        Signal::SIGTERM,
        Signal::SIGUSR1,
        Signal::SIGUSR2,
        Signal::SIGVTALRM,
        Signal::SIGXCPU,
        Signal::SIGXFSZ,
    ] {
        signals.add(signal);
    }
    // After `nohup`, the command survives the end of its terminal.
    if is_hangup_ignored() {
        signals.remove(Signal::SIGHUP);
    }
    signals
}

/// Waits for signals instead of handling them, which needs no unsafe code: they are blocked, and one thread takes them.
#[cfg(unix)]
fn watch() -> std::io::Result<()> {
    let signals = signals();
    signals.thread_block()?;
    let wait = move || {
        loop {
            if signals.wait().is_ok() {
                signalled();
            }
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(wait).map(drop)
}

/// Linux reports the ignored signals as a mask. Elsewhere `nohup` has no effect.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask & 1 << (nix::sys::signal::Signal::SIGHUP as u32 - 1) != 0
}

#[cfg(not(unix))]
fn watch() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(signalled)
}

/// Forbids core dumps and, on Linux, other processes of the user to look into this one: its memory has secrets. Best effort.
#[cfg(unix)]
pub(super) fn hide_memory() {
    use nix::sys::resource::{Resource, setrlimit};

    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_dumpable(false);
}

#[cfg(not(unix))]
pub(super) fn hide_memory() {}
