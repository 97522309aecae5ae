//! The fake servers, the files of a submission, and what a run of the command prints.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use fake_vendors::{Account, Config, FakeVendors, Fault, Kind, Vendor};
use tempfile::{TempDir, tempdir};

use crate::{
    common::{self, SECRETS, private},
    machine::{Turn, shared},
    process::clear_environment,
};

/// Compliant with the policy of every vendor.
pub(crate) const CHOSEN: &str = "NotARealOne1";

/// The secrets of the first account, by the names of their environment variables.
pub(crate) fn secrets(vendor: Vendor) -> Vec<(&'static str, &'static str)> {
    let account = ("HUAWEI_ACCOUNT_PASSWORD", "fake-account-pass-1");
    let own = (vendor == Vendor::Huawei).then_some(account);
    common::secrets(vendor).into_iter().chain(own).collect()
}

/// The secrets as the lines of a file, each in this form.
pub(crate) fn lines(vendor: Vendor, form: fn(String) -> String) -> String {
    secrets(vendor).iter().map(|(name, secret)| form(format!("{name}={secret}")) + "\n").collect()
}

/// The fake servers, and a directory for the files of the command.
pub(crate) struct Setting {
    pub(crate) vendors: FakeVendors,
    pub(crate) directory: TempDir,
    pub(crate) vendor: Vendor,
    _turn: Turn,
}

/// A run of the command that has ended.
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Setting {
    pub(crate) fn new(vendor: Vendor) -> Self {
        Self::with(vendor, Config { log_passwords: true, ..Config::default() })
    }

    pub(crate) fn with(vendor: Vendor, config: Config) -> Self {
        let turn = shared();
        let vendors = FakeVendors::start(config).expect("a port is free");
        let directory = tempdir().expect("there is a directory for temporary files");
        fs::write(directory.path().join("root.pem"), vendors.root_pem()).expect("there is room");
        Self { vendors, directory, vendor, _turn: turn }
    }

    pub(crate) fn failing(vendor: Vendor, kind: Kind) -> Self {
        let setting = Self::new(vendor);
        setting.fails(kind);
        setting
    }

    pub(crate) fn fails(&self, kind: Kind) {
        self.faults(vec![Fault::new(kind)]);
    }

    pub(crate) fn faults(&self, faults: Vec<Fault>) {
        self.vendors.set_faults(faults).expect("the faults make sense");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file that only its owner can read.
    pub(crate) fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).expect("there is room");
        self.mode(name, 0o600);
    }

    #[cfg(unix)]
    pub(crate) fn mode(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    #[cfg(not(unix))]
    pub(crate) fn mode(&self, _: &str, _: u32) {}

    /// The command in the directory, with pipes, and without an environment.
    pub(crate) fn prepared(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sip-password"));
        clear_environment(&mut command).current_dir(self.directory.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// `sip-password submit VENDOR` without secrets.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = self.prepared();
        command.args(["submit", &self.vendor.to_string()]).args(arguments);
        command
    }

    /// The command for the first account, with its secrets in the environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let base = self.vendors.base_url();
        let mut command = self.bare(&["--base-url", &base, "--root", "root.pem"]);
        command.args(self.names()).args(arguments).envs(secrets(self.vendor));
        command
    }

    /// The arguments that name the phone.
    pub(crate) fn names(&self) -> &'static [&'static str] {
        match self.vendor {
            Vendor::Huawei => &["--user-account", "agent-1"],
            Vendor::Exotel => {
                &["--account-sid", "fake-sid", "--user-uuid", "agent-1", "--device-id", "device-1"]
            }
            Vendor::NxCloud => &["--username", "agent-1"],
        }
    }

    /// Runs the command with `new.txt` for the output.
    pub(crate) fn submit(&self, arguments: &[&str]) -> Ended {
        self.run(self.command(&["--output", "new.txt"]).args(arguments))
    }

    pub(crate) fn run(&self, command: &mut Command) -> Ended {
        self.ended(command.spawn().expect("the command starts"))
    }

    /// Runs the command on this standard input.
    pub(crate) fn run_on(&self, input: &str, command: &mut Command) -> Ended {
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the command starts");
        // The command may end before it has read everything.
        let _ = child.stdin.take().expect("it is a pipe").write_all(input.as_bytes());
        self.ended(child)
    }

    /// The output of a run; asserts that it has no secret, and that no temporary file is left.
    pub(crate) fn ended(&self, child: Child) -> Ended {
        let Output { status, stdout, stderr } = child.wait_with_output().expect("the command ends");
        let text = |bytes| String::from_utf8(bytes).expect("it is text");
        let ended = Ended { status: status.code(), stdout: text(stdout), stderr: text(stderr) };
        let all = ended.all();
        for secret in SECRETS.into_iter().chain([CHOSEN]) {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
        for entry in fs::read_dir(self.directory.path()).expect("it is there") {
            let path = entry.expect("it is readable").path();
            assert!(!path.to_string_lossy().contains(".sip-password-"), "{path:?} is left behind");
            let Ok(content) = fs::read_to_string(&path) else { continue };
            let secret = content.lines().find(|line| path.ends_with("new.txt") && all.contains(line));
            assert_eq!(secret, None, "in {all}");
        }
        ended
    }

    /// The password in `new.txt`.
    pub(crate) fn in_file(&self) -> String {
        self.file("new.txt").expect("it is there")
    }

    /// The password in a file, which is one whole line; `None` if there is no such file.
    pub(crate) fn file(&self, name: &str) -> Option<String> {
        let path = self.path(name);
        let content = fs::read_to_string(&path).ok()?;
        private(&path);
        let password = content.strip_suffix('\n').expect("it is a whole line").to_owned();
        assert!(!password.contains('\n') && password.len() >= 8);
        Some(password)
    }

    /// The phone's password, if one was set.
    pub(crate) fn on_phone(&self) -> Option<String> {
        self.phone().password
    }

    pub(crate) fn phone(&self) -> fake_vendors::Phone {
        let name = Account::made(self.vendor, 1).name(self.vendor);
        self.vendors.phone(self.vendor, &name).expect("there is such an account")
    }
}

impl Ended {
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Asserts that the command ended with this status, printed nothing, and reported these words.
    #[track_caller]
    pub(crate) fn is(&self, status: i32, messages: &[&str]) {
        assert_eq!(self.status, Some(status), "{}", self.all());
        assert_eq!(self.stdout, "");
        for message in messages {
            assert!(self.stderr.contains(message), "{message:?} in {}", self.stderr);
        }
    }
}
