//! The folder of the demo, and the command lines that it runs there.

use std::{
    env,
    fs::{self, OpenOptions},
    io::Write,
    path::{self, Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use fake_vendors::FakeVendors;

use super::SECRETS;
use crate::{
    error::CommandError,
    private_file::{make_private, private, temporary_name},
    signals,
    standard_output::print,
};

/// Why the demo ends before its end.
pub(super) enum Interrupted {
    Signal,
    Error(CommandError),
}

impl From<CommandError> for Interrupted {
    fn from(error: CommandError) -> Self {
        Self::Error(error)
    }
}

/// What the environment must not say to the commands of the demo: where else to connect, and with which other secrets.
const REMOVED: [&str; 7] = [
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "HUAWEI_TOKEN",
    "ROTATION_KEY",
    "ROTATION_PASSPHRASE",
];

/// How long a command may go on after a signal, before it is ended.
const GRACE: Duration = Duration::from_secs(5);

/// A new folder, removed when this is dropped.
pub(super) struct Stage {
    directory: PathBuf,
    base_url: String,
    program: PathBuf,
    /// Set by the first signal. Only then does the folder go, since a command may still write there.
    stop: Arc<AtomicBool>,
}

impl Stage {
    pub(super) fn open(vendors: &FakeVendors) -> Result<Self, CommandError> {
        let program = env::current_exe()
            .map_err(|error| CommandError::Io { action: "cannot find this program".into(), error })?;
        // Absolute, since the place of a rotation's state must be.
        let parent = path::absolute(env::temp_dir()).map_err(|error| CommandError::Io {
            action: "cannot find the folder for temporary files".into(),
            error,
        })?;
        let directory = temporary_name(&parent).map_err(CommandError::with("create a folder in", &parent))?;
        let stop = Arc::new(AtomicBool::new(false));
        signals::remove_if_interrupted(directory.clone());
        signals::stop_in_order(Arc::clone(&stop));
        let stage = Self { directory, base_url: vendors.base_url(), program, stop };
        make_private(&stage.directory).map_err(CommandError::with("create", &stage.directory))?;
        stage.write("root.pem", vendors.root_pem())?;
        Ok(stage)
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The options that lead to the fake Huawei.
    pub(super) fn tenant(&self) -> [&str; 4] {
        ["--base-url", &self.base_url, "--root", "root.pem"]
    }

    /// A rotation, without its accounts.
    pub(super) fn rotation(&self) -> Vec<&str> {
        let journal = ["--journal", "rotation.db", "--key-file", "rotation.key", "--rate", "20/s"];
        [&["rotate", "huawei"][..], &self.tenant(), &journal].concat()
    }

    pub(super) fn read(&self, name: &str) -> Result<String, CommandError> {
        let path = self.directory.join(name);
        fs::read_to_string(&path).map_err(CommandError::with("read", &path))
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), CommandError> {
        let path = self.directory.join(name);
        let file = private(OpenOptions::new().write(true).create_new(true)).open(&path);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(CommandError::with("write", &path))
    }

    /// Prints a command line and runs it.
    pub(super) fn run(&self, arguments: &[&str], expected: i32) -> Result<(), Interrupted> {
        print(format!("$ sip-password {}\n", arguments.join(" ")).as_bytes())?;
        let mut command = Command::new(&self.program);
        for name in REMOVED {
            command.env_remove(name);
        }
        // A rotation also writes there.
        for name in ["XDG_STATE_HOME", "LOCALAPPDATA"] {
            command.env(name, self.directory.join("state"));
        }
        command.args(arguments).envs(SECRETS).current_dir(&self.directory).stdin(Stdio::null());
        let error = |error| CommandError::Io { action: "cannot run this program".into(), error };
        let status = self.wait(command.spawn().map_err(error)?).map_err(error)?;
        if self.stop.load(Ordering::Relaxed) {
            return Err(Interrupted::Signal);
        }
        match status.code() {
            Some(code) if code == expected => Ok(()),
            _ => {
                let message = format!("demo: expected the exit status {expected}, found another ({status})");
                Err(CommandError::new(message).into())
            }
        }
    }

    /// Waits for a command. From the terminal, it gets the same signals, and ends in order.
    fn wait(&self, mut child: Child) -> std::io::Result<ExitStatus> {
        let mut stopped = None;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if self.stop.load(Ordering::Relaxed) && stopped.get_or_insert_with(Instant::now).elapsed() > GRACE
            {
                child.kill()?;
                return child.wait();
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
        signals::keep(&self.directory);
    }
}
