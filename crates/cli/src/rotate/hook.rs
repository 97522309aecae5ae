//! `--on-confirmed`: a program that hands a new password on to its phone.

use std::{
    env,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use sip_password_rotate::{PhonePasswords, PhoneRecord, Provisioning};
use zeroize::Zeroizing;

use super::export::columns::Columns;
use crate::error::{CommandError, name_of};

/// The longest time between two looks at whether the program has ended.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// A program, and what it is told of a phone.
pub(super) struct Hook<'a> {
    pub(super) program: &'a Path,
    pub(super) timeout: Duration,
    pub(super) columns: Columns,
    /// Names of environment variables that the program does not get.
    pub(super) secrets: &'a [&'static str],
}

impl Hook<'_> {
    /// Refuses a program that cannot be started, before anything is sent.
    pub(super) fn find(program: &Path) -> Result<PathBuf, CommandError> {
        let paths: Vec<PathBuf> = match program.components().count() {
            1 if !program.is_absolute() => env::split_paths(&env::var_os("PATH").unwrap_or_default())
                .map(|path| path.join(program))
                .collect(),
            _ => vec![program.to_owned()],
        };
        paths.into_iter().find(|path| is_executable(path)).ok_or_else(|| {
            CommandError::new(format!(
                "--on-confirmed: expected a program, found none at {}",
                name_of(program)
            ))
        })
    }

    /// Runs the program for a phone. What it prints is shown on standard error, and not kept: it may be a password.
    pub(super) fn hand_on(&self, phone: &PhoneRecord<'_>, passwords: PhonePasswords<'_>) -> Provisioning {
        // Longer than most records, so that few copies are made.
        let mut record = Zeroizing::new(Vec::with_capacity(1 << 16));
        self.columns.write_header(&mut record);
        self.columns.write_phone(phone, passwords, &mut record);
        match self.run(&record) {
            Ok(Some(status)) if status.success() => Provisioning::Done,
            Ok(Some(status)) => Provisioning::Failed(format!("the program ended with {status}")),
            Ok(None) => {
                let seconds = self.timeout.as_secs();
                Provisioning::Failed(format!("the program took more than {seconds} s, and was ended"))
            }
            Err(error) => Provisioning::Failed(format!("the program cannot be started: {error}")),
        }
    }

    /// How the program ended; `None` if it took too long.
    fn run(&self, record: &[u8]) -> io::Result<Option<ExitStatus>> {
        let mut command = Command::new(self.program);
        command.stdin(Stdio::piped()).stdout(io::stderr()).stderr(io::stderr());
        for name in self.secrets {
            command.env_remove(name);
        }
        // Ctrl-C ends this command in order, and the program with its phone.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let input = child.stdin.take();
        thread::scope(|scope| {
            // A program that does not read its input must not hold this one up.
            scope.spawn(move || {
                // One that has read enough may close it.
                let _ = input.map(|mut input| input.write_all(record));
            });
            let ended = wait(&mut child, self.timeout);
            if !matches!(ended, Ok(Some(_))) {
                end(&mut child);
            }
            ended
        })
    }
}

/// Waits for a child, for this long.
fn wait(child: &mut Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let left = timeout.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Ok(None);
        }
        thread::sleep(pause.min(left));
        pause = (2 * pause).min(LONGEST_PAUSE);
    }
}

/// Ends a child, and those that it started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Ok(group) = i32::try_from(child.id()) {
        use nix::{
            sys::signal::{Signal, killpg},
            unistd::Pid,
        };
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn is_executable(path: &Path) -> bool {
    let Ok(metadata) = path.metadata() else { return false };
    #[cfg(unix)]
    let may = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may = true;
    metadata.is_file() && may
}
