//! `--on-confirmed`: a program that hands a new password on to its phone, for `rotate` and `submit`.

use std::{
    env,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use clap::Args;

use super::{
    error::{CommandError, name_of},
    usage::number,
};

/// The longest time between two looks at whether the program has ended.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// The program that hands a password on.
#[derive(Args)]
#[group(skip)]
pub(super) struct Options {
    /// Run this program for each confirmed phone, to hand its new password on. It gets the phone on standard input, and nothing of it as an argument, and must end with status 0
    #[arg(long, value_name = "PROGRAM")]
    on_confirmed: Option<PathBuf>,
    /// The longest time that --on-confirmed may take for a phone, in seconds; then it is ended, with all that it started
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "on_confirmed", value_parser = number::<u64>(1..=86_400))]
    provision_timeout: u64,
}

impl Options {
    /// The program, if there is to be one. `secrets`: the names of environment variables that it does not get.
    pub(super) fn hook(&self, secrets: Vec<&'static str>) -> Result<Option<Hook>, CommandError> {
        let timeout = Duration::from_secs(self.provision_timeout);
        let hook = |program| Hook { program, timeout, secrets };
        Ok(self.on_confirmed.as_deref().map(Hook::find).transpose()?.map(hook))
    }
}

/// A program, which has been found.
pub(super) struct Hook {
    program: PathBuf,
    timeout: Duration,
    /// Names of environment variables that the program does not get.
    secrets: Vec<&'static str>,
}

impl Hook {
    /// Refuses a program that cannot be started, before anything is sent.
    fn find(program: &Path) -> Result<PathBuf, CommandError> {
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

    /// Runs the program for a phone: why it failed, if it did. What it prints is shown on standard error, and not kept: it may be a password.
    pub(super) fn hand_on(&self, record: &[u8]) -> Result<(), String> {
        match self.run(record) {
            Ok(Some(status)) if status.success() => Ok(()),
            Ok(Some(status)) => Err(format!("the program ended with {status}")),
            Ok(None) => {
                let seconds = self.timeout.as_secs();
                Err(format!("the program took more than {seconds} s, and was ended"))
            }
            Err(error) => Err(format!("the program cannot be started: {error}")),
        }
    }

    /// How the program ended; `None` if it took too long.
    fn run(&self, record: &[u8]) -> io::Result<Option<ExitStatus>> {
        let mut command = Command::new(&self.program);
        command.stdin(Stdio::piped()).stdout(io::stderr()).stderr(io::stderr());
        for name in &self.secrets {
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
