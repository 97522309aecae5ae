//! `sip-password submit` as a process, against the fake server of the vendors: the exit status says what is true of the
//! phone, the file has its password whatever happens, and no secret is in any output.

use crate::common;
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    thread,
    time::Duration,
};

use fake_vendors::{Account, Call, Config, FakeVendors, Fault, Kind, Stage, Vendor, credentials};
use sip_password::{
    Client,
    api::{BaseUrl, Secret},
    huawei::TokenByAkSk,
};
use tempfile::{TempDir, tempdir};

use crate::common::{SECRETS, private, wait_for};

/// By the rule of each vendor.
const CHOSEN: &str = "NotARealOne1";

/// The first account's secrets, by the names that the command has for them.
fn secrets(vendor: Vendor) -> Vec<(&'static str, &'static str)> {
    let account = ("HUAWEI_ACCOUNT_PASSWORD", "fake-account-pass-1");
    let own = (vendor == Vendor::Huawei).then_some(account);
    common::secrets(vendor).into_iter().chain(own).collect()
}

/// The secrets as a file has them, each line in another form.
fn lines(vendor: Vendor, form: fn(String) -> String) -> String {
    secrets(vendor).iter().map(|(name, secret)| form(format!("{name}={secret}")) + "\n").collect()
}

/// The fake server, and a directory for the files of the command.
struct Setting {
    vendors: FakeVendors,
    directory: TempDir,
    vendor: Vendor,
}

/// A run of the command that ended.
struct Ended {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Setting {
    fn new(vendor: Vendor) -> Self {
        Self::with(vendor, Config { log_passwords: true, ..Config::default() })
    }

    fn with(vendor: Vendor, config: Config) -> Self {
        let vendors = FakeVendors::start(config).expect("a port is free");
        let directory = tempdir().expect("there is a directory for temporary files");
        fs::write(directory.path().join("root.pem"), vendors.root_pem()).expect("there is room");
        Self { vendors, directory, vendor }
    }

    fn failing(vendor: Vendor, kind: Kind) -> Self {
        let setting = Self::new(vendor);
        setting.fails(kind);
        setting
    }

    fn fails(&self, kind: Kind) {
        self.faults(vec![Fault::new(kind)]);
    }

    fn faults(&self, faults: Vec<Fault>) {
        self.vendors.set_faults(faults).expect("it makes sense");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A file that only its owner can read.
    fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).expect("there is room");
        self.mode(name, 0o600);
    }

    #[cfg(unix)]
    fn mode(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    #[cfg(not(unix))]
    fn mode(&self, _: &str, _: u32) {}

    /// The command without secrets, and without what else is in the environment; in the directory.
    fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sip-password"));
        common::alone(&mut command).current_dir(self.directory.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.args(["submit", &self.vendor.to_string()]).args(arguments);
        command
    }

    /// For the first account, with its secrets in the environment, and with more arguments.
    fn command(&self, arguments: &[&str]) -> Command {
        let base = self.vendors.base_url();
        let mut command = self.bare(&["--base-url", &base, "--root", "root.pem"]);
        command.args(self.names()).args(arguments).envs(secrets(self.vendor));
        command
    }

    /// Which phone.
    fn names(&self) -> &'static [&'static str] {
        match self.vendor {
            Vendor::Huawei => &["--user-account", "agent-1"],
            Vendor::Exotel => {
                &["--account-sid", "fake-sid", "--user-uuid", "agent-1", "--device-id", "device-1"]
            }
            Vendor::NxCloud => &["--username", "agent-1"],
        }
    }

    /// Runs it with `new.txt` for the output.
    fn submit(&self, arguments: &[&str]) -> Ended {
        self.run(self.command(&["--output", "new.txt"]).args(arguments))
    }

    fn run(&self, command: &mut Command) -> Ended {
        self.ended(command.spawn().expect("the command starts"))
    }

    /// Runs it on this standard input.
    fn run_on(&self, input: &str, command: &mut Command) -> Ended {
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the command starts");
        // Not minding where the command reads nothing.
        let _ = child.stdin.take().expect("it is a pipe").write_all(input.as_bytes());
        self.ended(child)
    }

    /// What a run said, after a look for secrets in it.
    fn ended(&self, child: Child) -> Ended {
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

    /// The password in the file, which is one whole line.
    fn in_file(&self) -> String {
        self.file("new.txt").expect("it is there")
    }

    fn file(&self, name: &str) -> Option<String> {
        let path = self.path(name);
        let content = fs::read_to_string(&path).ok()?;
        private(&path);
        let password = content.strip_suffix('\n').expect("it is whole").to_owned();
        assert!(!password.contains('\n') && password.len() >= 8);
        Some(password)
    }

    /// The password that the phone has, where one was set.
    fn on_phone(&self) -> Option<String> {
        self.phone().password
    }

    fn phone(&self) -> fake_vendors::Phone {
        let name = Account::made(self.vendor, 1).name(self.vendor);
        self.vendors.phone(self.vendor, &name).expect("there is such an account")
    }
}

impl Ended {
    fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// That it ended with this status, printed nothing and said these things.
    #[track_caller]
    fn is(&self, status: i32, said: &[&str]) {
        assert_eq!(self.status, Some(status), "{}", self.all());
        assert_eq!(self.stdout, "");
        for said in said {
            assert!(self.stderr.contains(said), "{said:?} in {}", self.stderr);
        }
    }
}

#[test]
fn updated() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        setting.submit(&[]).is(0, &["updated; the password is in \"new.txt\""]);
        assert_eq!(setting.on_phone(), Some(setting.in_file()), "{vendor}");
        assert_eq!(setting.in_file().len(), 16);
        assert_eq!(setting.phone().asked, 1);
    }
}

#[test]
fn length_and_excluded_characters() {
    for (vendor, length) in [(Vendor::Huawei, 8), (Vendor::Exotel, 64), (Vendor::NxCloud, 32)] {
        let setting = Setting::new(vendor);
        let arguments =
            ["--length", &length.to_string(), "-x", "0O1lI", "--exclude", "abcdefghijkmnopqrstuvwyz!@#$%^&*"];
        // Only x is left of the lower case, and each vendor's rule can do with it.
        setting.submit(&arguments).is(0, &["updated"]);
        let password = setting.in_file();
        assert_eq!(password.len(), length);
        assert!(!password.contains(|char| "0O1lIabcdefghijkmnopqrstuvwyz!@#$%^&*".contains(char)));
        assert_eq!(setting.on_phone(), Some(password), "{vendor}");
    }
    let setting = Setting::new(Vendor::Huawei);
    setting.submit(&["--length", "17"]).is(2, &["huawei passwords have 8 to 16 characters, not 17"]);
    setting.submit(&["--exclude", "é"]).is(2, &["--exclude"]);
    setting.submit(&["--timeout", "0"]).is(2, &["--timeout"]);
    assert_eq!(setting.vendors.connections(), 0);
}

/// A tenant's own rule, in the place of the vendor's.
#[test]
fn a_rule_of_ones_own() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        let rule = "min_length = 11\nmax_length = 11\nlongest_run = 1\nrequired_classes = 3\n";
        let class =
            |name, characters| format!("[[class]]\nname = \"{name}\"\ncharacters = \"{characters}\"\n");
        let classes = [class("letters", "a-f"), class("capitals", "A-F"), class("digits", "0-9")].concat();
        setting.write("own.toml", &format!("{rule}{classes}"));
        setting.submit(&["--policy-file", "own.toml"]).is(0, &["updated"]);
        let password = setting.in_file();
        assert_eq!(password.len(), 11);
        assert!(password.chars().all(|char| char.is_ascii_hexdigit()));
        assert_eq!(setting.on_phone(), Some(password), "{vendor}");
        // Again the one in the file, by the same rule.
        setting.submit(&["--policy-file", "own.toml", "--again"]).is(0, &["updated"]);
        setting.submit(&["--policy-file", "none.toml", "--dry-run"]).is(2, &["cannot read \"none.toml\""]);
    }
    // More than the vendor's default rule allows.
    let setting = Setting::new(Vendor::Huawei);
    let tenant = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/policies/huawei-tenant.toml");
    assert_eq!(setting.submit(&["--policy-file", tenant, "--dry-run"]).status, Some(0));
    setting.submit(&["--bits", "90", "--safe-for", "uri"]).is(0, &["updated"]);
    assert_eq!(setting.in_file().len(), 15);
}

#[test]
fn a_chosen_password() {
    for vendor in Vendor::ALL {
        for line in ["NotARealOne1\n", "NotARealOne1", "NotARealOne1\r\n"] {
            let setting = Setting::new(vendor);
            let mut command = setting.command(&["--output", "new.txt", "--password-stdin"]);
            setting.run_on(line, &mut command).is(0, &["updated"]);
            assert_eq!(setting.in_file(), CHOSEN);
            assert_eq!(setting.on_phone().as_deref(), Some(CHOSEN));
        }
        let setting = Setting::new(vendor);
        for (input, said) in [
            ("of-no-worth", "not compliant"),
            ("", "one line is wanted"),
            ("\n", "one line is wanted"),
            ("NotARealOne1\nNotARealOne1\n", "one line is wanted"),
            (&"NotARealOne1".repeat(100), "one line is wanted"),
        ] {
            let mut command = setting.command(&["--output", "new.txt", "--password-stdin"]);
            setting.run_on(input, &mut command).is(2, &["standard input", said]);
        }
        assert!(!setting.path("new.txt").exists());
        assert_eq!(setting.vendors.connections(), 0);
    }
}

/// The phone keeps its old password, and is said to.
#[test]
fn refused() {
    let wrong = [
        (Vendor::Huawei, "HUAWEI_ACCOUNT_PASSWORD", "three in a row lock the account"),
        (Vendor::Exotel, "EXOTEL_API_TOKEN", "not authorised"),
        (Vendor::NxCloud, "NXCLOUD_SECRETKEY", "the vendor refused the request"),
    ];
    for (vendor, secret, said) in wrong {
        let setting = Setting::new(vendor);
        let mut command = setting.command(&["--output", "new.txt"]);
        let ended = setting.run(command.env(secret, "of-no-worth"));
        ended.is(
            1,
            &["refused: ", "The phone keeps its old password; the one in \"new.txt\" is not in use", said],
        );
        assert_eq!(setting.on_phone(), None);
        // Where nothing can lock, the same password can be sent with the right secrets.
        setting.in_file();
        setting.submit(&["--again"]).is(0, &["updated"]);
        assert_eq!(setting.on_phone(), Some(setting.in_file()));
    }
    for vendor in Vendor::ALL {
        for status in [400, 401, 403, 404, 429] {
            let setting =
                Setting::failing(vendor, Kind::Status { status, headers: Vec::new(), body: Vec::new() });
            setting.submit(&[]).is(1, &["refused: ", "keeps its old password", &status.to_string()]);
            assert_eq!(setting.on_phone(), None);
            setting.in_file();
        }
    }
    assert_eq!(Setting::new(Vendor::Huawei).phone().failed_checks, 0);
}

/// Whatever became of it, the file has the new password, and sends it again.
#[test]
fn unknown() {
    let lost = Fault::lose_reply();
    let stalls = |stage| Fault::new(Kind::Stall { stage, time: Duration::from_secs(3) });
    let broke = |status| Fault::new(Kind::Status { status, headers: Vec::new(), body: Vec::new() });
    let faults = [
        (lost, "no reply"),
        (stalls(Stage::Request), "timed out"),
        (stalls(Stage::Reply(30)), "timed out"),
        (Fault::new(Kind::Html(200)), "HTML"),
        (Fault::new(Kind::Html(200)).applied(), "HTML"),
        (broke(500), "HTTP 500"),
        (broke(502).applied(), "HTTP 502"),
        (Fault::new(Kind::Redirect { status: 307, to: "https://elsewhere.invalid".into() }), "redirect"),
        (Fault::new(Kind::HugeHeaders(1 << 20)), "not HTTP"),
    ];
    thread::scope(|scope| {
        for vendor in Vendor::ALL {
            for (fault, said) in &faults {
                scope.spawn(move || unknown_by(vendor, fault.clone(), said));
            }
        }
        for kind in [Kind::RowOther, Kind::RowMissing] {
            let said = "does not confirm";
            scope.spawn(move || unknown_by(Vendor::NxCloud, Fault::new(kind), said));
        }
    });
}

fn unknown_by(vendor: Vendor, fault: Fault, said: &str) {
    let setting = Setting::new(vendor);
    setting.faults(vec![fault.clone()]);
    let keep =
        "The phone has its old password, or the one in \"new.txt\". Keep both; see with which it registers.";
    // Only where it is to pass: a machine can be slow.
    let timeout = if said == "timed out" { "2" } else { "60" };
    setting.submit(&["--timeout", timeout]).is(3, &["the outcome is unknown", said, keep]);
    let password = setting.in_file();
    setting.faults(Vec::new());
    setting.submit(&["--again"]).is(0, &["updated"]);
    assert_eq!((setting.in_file(), setting.on_phone()), (password.clone(), Some(password)), "{fault}");
    assert_eq!(setting.vendors.locks(), 0);
}

/// A password that may be in use already is never said not to be, since an earlier call may have set it.
#[test]
fn sent_again_and_refused() {
    for vendor in Vendor::ALL {
        let setting = Setting::failing(
            vendor,
            Kind::Break { stage: Stage::Reply(0), how: fake_vendors::Ending::Reset },
        );
        setting.submit(&[]).is(3, &["the outcome is unknown"]);
        assert_eq!(setting.on_phone(), Some(setting.in_file()));
        setting.fails(Kind::Status { status: 429, headers: Vec::new(), body: Vec::new() });
        let kept = "The phone keeps the password that it had, which may be the one in \"new.txt\".";
        setting.submit(&["--again"]).is(1, &[kept]);
        if vendor != Vendor::Huawei {
            setting.vendors.stop_listening();
            setting.submit(&["--again"]).is(2, &["not sent", kept]);
        }
        assert_eq!(setting.on_phone(), Some(setting.in_file()));
    }
}

#[test]
fn not_sent() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        setting.vendors.stop_listening();
        setting.submit(&[]).is(2, &["not sent"]);
        setting.vendors.listen_again();
        let other = Setting::new(vendor);
        // Its root is another one.
        fs::copy(other.path("root.pem"), setting.path("root.pem")).expect("there is room");
        let _ = fs::remove_file(setting.path("new.txt"));
        setting.submit(&[]).is(2, &["not sent", "not secure"]);
        assert_eq!(setting.on_phone(), None);
        assert_eq!(setting.vendors.log().len(), 0);
    }
}

/// A token of one's own, so that the first call is the one that counts.
fn token(setting: &Setting) -> String {
    let base = BaseUrl::new(&setting.vendors.base_url()).expect("it is one");
    let client = Client::builder().without_proxy();
    let client = client.private_roots(setting.vendors.root_pem().as_bytes()).expect("it is a root").build();
    let (key, secret) = (credentials::HUAWEI_APP_KEY, credentials::HUAWEI_APP_SECRET);
    let call = TokenByAkSk::new(&base, Secret::new(key), Secret::new(secret));
    let token = client.send(&call).expect("it is there").expect("the keys are right");
    token.expose_secret().to_owned()
}

/// While not even TLS is agreed, the password is in the file.
#[test]
fn the_file_comes_first() {
    thread::scope(|scope| {
        for vendor in Vendor::ALL {
            scope.spawn(move || the_file_of(vendor));
        }
    });
}

fn the_file_of(vendor: Vendor) {
    let setting = Setting::new(vendor);
    let mut command = setting.command(&["--output", "new.txt"]);
    if vendor == Vendor::Huawei {
        command.env("HUAWEI_TOKEN", token(&setting));
    }
    setting.fails(Kind::Stall { stage: Stage::Accepted, time: Duration::from_secs(3) });
    let child = command.spawn().expect("the command starts");
    let password = wait_for(|| setting.file("new.txt"));
    assert_eq!(setting.on_phone(), None);
    assert!(setting.vendors.log().iter().all(|entry| entry.call == Call::Token));
    setting.ended(child).is(0, &["updated"]);
    assert_eq!((setting.in_file(), setting.on_phone()), (password.clone(), Some(password)));
}

/// Killed while it waits: the vendor carries the call out all the same, and the file has the password.
#[cfg(target_os = "linux")]
#[test]
fn killed() {
    thread::scope(|scope| {
        for vendor in Vendor::ALL {
            for signal in ["KILL", "INT"] {
                scope.spawn(move || killed_by(signal, vendor));
            }
        }
    });
}

#[cfg(target_os = "linux")]
fn killed_by(signal: &str, vendor: Vendor) {
    let setting = Setting::new(vendor);
    setting.fails(Kind::Stall { stage: Stage::Request, time: Duration::from_secs(3) });
    let child = setting.command(&["--output", "new.txt"]).spawn().expect("the command starts");
    let password = wait_for(|| setting.file("new.txt"));
    wait_for(|| (setting.vendors.faults()[0].1 > 0).then_some(()));
    let arguments = fs::read(format!("/proc/{}/cmdline", child.id())).expect("Linux has it");
    let arguments = String::from_utf8(arguments).expect("it is text");
    assert!(arguments.contains("new.txt"));
    for secret in SECRETS.iter().copied().chain([&*password]) {
        assert!(!arguments.contains(secret), "{secret} in {arguments}");
    }
    let kill = format!("kill -{signal} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().expect("there is a shell").success());
    let ended = setting.ended(child);
    assert_eq!(ended.status, (signal == "INT").then_some(130), "{}", ended.all());
    assert_eq!(setting.in_file(), password);
    assert_eq!(wait_for(|| setting.on_phone()), password);
}

/// What is wrong is said before anything is sent, and nothing is made or changed.
#[test]
fn wrong_use() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        setting.write("old.txt", "TheOldOne123\n");
        for (name, content) in [
            ("broken.pem", "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n"),
            ("empty.pem", ""),
        ] {
            setting.write(name, content);
        }
        let with = |arguments: &[&str]| setting.run(&mut setting.command(arguments));
        with(&[]).is(2, &["--output"]);
        with(&["--output", "-"]).is(2, &["to a file, not to standard output"]);
        with(&["--output", "-", "--again"]).is(2, &["to a file, not to standard output"]);
        with(&["--output", "old.txt"]).is(2, &["\"old.txt\" exists", "--again", "move it away"]);
        with(&["--output", "."]).is(2, &["exists"]);
        with(&["--output", "old.txt", "--force"]).is(2, &["--force"]);
        with(&["--output", "no/such/directory"]).is(2, &["cannot create a file beside"]);
        with(&["--output", "new.txt", "--again"]).is(2, &["cannot read \"new.txt\""]);
        with(&["--output", "new.txt", "--again", "--length", "9"]).is(2, &["cannot be used with"]);
        with(&["--again"]).is(2, &["--output"]);
        with(&["--output", "new.txt", "--unknown"]).is(2, &["--unknown"]);
        for (root, said) in [
            ("broken.pem", "expected PEM"),
            ("empty.pem", "expected a certificate"),
            ("no-such.pem", "cannot read"),
            (".", "cannot read"),
        ] {
            let base = setting.vendors.base_url();
            let mut command = setting.bare(&["--base-url", &base, "--root", root, "--output", "new.txt"]);
            setting.run(command.args(setting.names()).envs(secrets(vendor))).is(2, &[said]);
        }
        for (url, said) in [
            ("http://127.0.0.1:9", "expected https, found http"),
            ("https://fake-user:of-no-worth@127.0.0.1", "expected no credentials"),
            ("127.0.0.1", "https://"),
            ("https://127.0.0.1/?a=b", "found a query"),
        ] {
            let mut command = setting.bare(&["--base-url", url, "--output", "new.txt"]);
            setting.run(command.args(setting.names()).envs(secrets(vendor))).is(2, &["--base-url", said]);
        }
        for (name, _) in secrets(vendor) {
            let mut command = setting.command(&["--output", "new.txt"]);
            setting.run(command.env_remove(name)).is(2, &[name, "not in the environment", "--secrets"]);
            setting.run(command.env(name, "")).is(2, &["found an empty text", "nothing was sent"]);
            setting
                .run(command.env(name, "of-no-worth\r\nX-Other: 1"))
                .is(2, &["control character", "position 12"]);
        }
        let names: Vec<_> = setting.names().iter().map(|name| name.replace("1", "1\n")).collect();
        let mut command = setting.bare(&["--base-url", &setting.vendors.base_url(), "--output", "new.txt"]);
        setting.run(command.args(&names).envs(secrets(vendor))).is(2, &["control character"]);

        assert_eq!(fs::read_to_string(setting.path("old.txt")).expect("it is there"), "TheOldOne123\n");
        assert!(!setting.path("new.txt").exists() && !setting.path("-").exists());
        assert_eq!(setting.vendors.connections(), 0, "{vendor}");
    }
}

/// A link is not followed, and what it points to stays as it is.
#[cfg(unix)]
#[test]
fn links() {
    let setting = Setting::new(Vendor::Exotel);
    setting.write("old.txt", "TheOldOne123\n");
    for (name, to) in [("new.txt", "old.txt"), ("dangling.txt", "no-such.txt")] {
        std::os::unix::fs::symlink(to, setting.path(name)).expect("links can be made");
        setting.run(&mut setting.command(&["--output", name])).is(2, &["exists"]);
    }
    assert_eq!(setting.file("old.txt").as_deref(), Some("TheOldOne123"));
    assert!(!setting.path("no-such.txt").exists());
}

/// A secret as an argument is refused in both forms, and not repeated.
#[test]
fn secrets_are_no_arguments() {
    let options = [
        "--account-password",
        "--api-key",
        "--api-token",
        "--app-key",
        "--app-secret",
        "--appkey",
        "--new-password",
        "--password",
        "--secret-key",
        "--secretkey",
        "--token",
    ];
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        for option in options {
            setting.submit(&[option, "of-no-worth"]).is(2, &["a secret is no argument", "--secrets"]);
            setting.submit(&[&format!("{option}=of-no-worth")]).is(2, &["a secret is no argument"]);
            // Also where more is wrong.
            setting.run(&mut setting.bare(&[option, "of-no-worth"])).is(2, &[]);
            setting.submit(&[option, "of-no-worth", option, "of-no-worth"]).is(2, &[]);
        }
        for stray in [
            &["of-no-worth"][..],
            &["--password-stdin=of-no-worth"],
            &["--password-stdin", "of-no-worth"],
            &["--", "-of-no-worth"],
            &["--unknown", "of-no-worth"],
            &["--unknown=of-no-worth"],
            &["--api-secret=of-no-worth"],
        ] {
            setting.submit(stray).is(2, &["unexpected"]);
        }
        assert!(!setting.path("new.txt").exists());
        assert_eq!(setting.vendors.connections(), 0);
    }
}

#[test]
fn secrets_from_a_file() {
    for vendor in Vendor::ALL {
        let right = lines(vendor, |line| line);
        let forms = [
            right.clone(),
            format!("# a comment\r\n\r\nOTHER=1\n{}", right.replace('\n', "\r\n")),
            lines(vendor, |line| format!("export {}\"", line.replace('=', "=\""))),
            lines(vendor, |line| format!("  {}'  ", line.replace('=', " = '"))),
        ];
        for form in forms {
            let setting = Setting::new(vendor);
            setting.write("secrets.env", &form);
            let mut command = setting.command(&["--output", "new.txt", "--secrets", "secrets.env"]);
            // The file comes before the environment.
            for (name, _) in secrets(vendor) {
                command.env(name, "of-no-worth");
            }
            setting.run(&mut command).is(0, &["updated"]);
            assert_eq!(setting.on_phone(), Some(setting.in_file()));
        }

        let setting = Setting::new(vendor);
        let (first, secret) = secrets(vendor)[0];
        for (content, said) in [
            (
                format!("{right}of-no-worth\n"),
                format!("line {}: no name, or no =", right.lines().count() + 1),
            ),
            (format!("# {right}\n=of-no-worth\n"), "no name, or no =".into()),
            (format!("{right}{first}=of-no-worth\n"), format!("{first} stands in the --secrets file twice")),
            (format!("{right}#{}", "of-no-worth".repeat(10_000)), "no file of secrets".into()),
        ] {
            setting.write("secrets.env", &content);
            setting.submit(&["--secrets", "secrets.env"]).is(2, &[&said]);
        }
        fs::write(setting.path("secrets.env"), b"A=1\nB=\xff\n").expect("there is room");
        setting.submit(&["--secrets", "secrets.env"]).is(2, &["line 2: not UTF-8"]);
        setting.submit(&["--secrets", "no-such.env"]).is(2, &["cannot read \"no-such.env\""]);
        setting.write("secrets.env", "OTHER=1\n");
        let mut command = setting.command(&["--output", "new.txt", "--secrets", "secrets.env"]);
        setting
            .run(command.env_remove(first))
            .is(2, &[first, "neither in \"secrets.env\" nor in the environment"]);
        #[cfg(unix)]
        for mode in [0o640, 0o604, 0o660, 0o610] {
            setting.write("secrets.env", &right);
            setting.mode("secrets.env", mode);
            let ended = setting.submit(&["--secrets", "secrets.env"]);
            ended.is(2, &["\"secrets.env\" can be read by others", "chmod 600"]);
        }
        assert!(!setting.path("new.txt").exists());
        assert_eq!(setting.vendors.connections(), 0);

        // What it lacks comes from the environment.
        setting.write("secrets.env", &format!("{first}={secret}"));
        let mut command = setting.command(&["--output", "new.txt", "--secrets", "secrets.env"]);
        setting.run(command.env_remove(first)).is(0, &["updated"]);
    }
}

#[test]
fn dry_run() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        let base = setting.vendors.base_url();
        let shown: &[&str] = match vendor {
            Vendor::Huawei => &[
                "POST {}/apigovernance/api/oauth/tokenByAkSk\n",
                "x-token-expire: 600\n",
                r#"{"app_key":"***","app_secret":"***"}"#,
                "POST {}/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword\n",
                "authorization: ***\n",
                "x-app-key: ***\n",
                r#"{"userAccount":"agent-1","accountPwd":"***","newPhonePwd":"***"}"#,
            ],
            Vendor::Exotel => &[
                "PUT {}/v2/accounts/fake-sid/users/agent-1/devices/device-1/password\n",
                "authorization: ***\n",
                r#"{"password":"***"}"#,
            ],
            Vendor::NxCloud => &[
                "POST {}/api/sipphone/updatePassword\n",
                "appkey=***&secretkey=***&username=agent-1&new_password=***\n",
            ],
        };
        for arguments in [&["--dry-run"][..], &["--dry-run", "--output", "new.txt"]] {
            let ended = setting.run(&mut setting.command(arguments));
            assert_eq!((ended.status, &*ended.stderr), (Some(0), ""));
            for shown in shown {
                let shown = shown.replace("{}", &base);
                assert!(ended.stdout.contains(&shown), "{shown} in {}", ended.stdout);
            }
        }
        let mut command = setting.command(&["--dry-run", "--password-stdin"]);
        let ended = setting.run_on("NotARealOne1", &mut command);
        assert_eq!(ended.status, Some(0));
        assert!(!setting.path("new.txt").exists());
        assert_eq!(setting.vendors.connections(), 0);
    }
    let setting = Setting::new(Vendor::Huawei);
    let mut command = setting.command(&["--dry-run", "--wrapped"]);
    let ended = setting.run(command.env("HUAWEI_TOKEN", "of-no-worth"));
    let wrapped = r#"{"requestParam":{"userAccount":"agent-1","accountPwd":"***","newPhonePwd":"***"}}"#;
    assert!(ended.stdout.contains(wrapped) && !ended.stdout.contains("tokenByAkSk"), "{}", ended.stdout);
}

#[test]
fn huawei_wrapped() {
    let config = Config { wrapped_request: true, wrapped_reply: true, ..Config::default() };
    let setting = Setting::with(Vendor::Huawei, config);
    setting.submit(&[]).is(1, &["refused"]);
    setting.submit(&["--again", "--wrapped"]).is(0, &["updated"]);
    assert_eq!(setting.on_phone(), Some(setting.in_file()));
}

/// Without a token no password is sent, and the account's is not checked.
#[test]
fn huawei_without_a_token() {
    let setting = Setting::new(Vendor::Huawei);
    let mut command = setting.command(&["--output", "new.txt"]);
    setting
        .run(command.env("HUAWEI_APP_SECRET", "of-no-worth"))
        .is(1, &["no token", "keeps the one that it had"]);
    setting.faults(vec![Fault::lose_reply().call(Call::Token)]);
    setting.submit(&[]).is(2, &["no token", "No password was sent"]);
    setting.faults(vec![Fault::new(Kind::Html(200)).call(Call::Token)]);
    setting.submit(&[]).is(1, &["no token", "HTML"]);
    let deaf = fake_vendors::Deaf::start();
    if let Ok(deaf) = &deaf {
        let ended = setting.submit(&["--timeout", "1", "--auth-url", &deaf.base_url()]);
        ended.is(2, &["no token", "timed out", "No password was sent"]);
    }
    assert_eq!(setting.phone().asked, 0);
    assert!(!setting.path("new.txt").exists());

    // A token of one's own, that has expired.
    setting.faults(Vec::new());
    let token = token(&setting);
    setting.vendors.revoke_tokens();
    let mut command = setting.command(&["--output", "new.txt"]);
    setting.run(command.env("HUAWEI_TOKEN", token)).is(1, &["not authorised", "keeps its old password"]);
    assert_eq!(setting.on_phone(), None);
}

/// The file of secrets has keys, and the environment a token that was forgotten there: the file comes first.
#[test]
fn huawei_a_forgotten_token() {
    let setting = Setting::new(Vendor::Huawei);
    setting.write("secrets.env", &lines(Vendor::Huawei, |line| line));
    let mut command = setting.command(&["--output", "new.txt", "--secrets", "secrets.env"]);
    setting.run(command.env("HUAWEI_TOKEN", "of-no-worth")).is(0, &["updated"]);
}

/// A proxy that says these bytes to whoever asks it, once.
fn proxy(says: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has one");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        let mut asked = Vec::new();
        let mut byte = [0];
        while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
            asked.push(byte[0]);
        }
        let _ = stream.write_all(says);
    });
    format!("http://fake-user:of-no-worth@{address}")
}

#[test]
fn proxies() {
    let answers: [(&[u8], &str); 5] = [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "the proxy"),
        (b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.invalid\r\n\r\n", "the proxy"),
        (b"of-no-worth\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>no TLS</html>", "not secure"),
        (b"", "the proxy"),
    ];
    for vendor in Vendor::ALL {
        let with = |variable: &str, proxy: &str, status, said: &[&str]| {
            let setting = Setting::new(vendor);
            let mut command = setting.command(&["--output", "new.txt", "--timeout", "5"]);
            setting.run(command.env(variable, proxy)).is(status, said);
            let sent = setting.vendors.connections() > 0;
            assert_eq!(sent, status == 0);
        };
        for (says, said) in answers {
            with("HTTPS_PROXY", &proxy(says), 2, &["not sent", said]);
        }
        // One that this client cannot use is not passed by.
        with("ALL_PROXY", "socks5://fake-user:of-no-worth@127.0.0.1:9", 2, &["not sent", "the proxy"]);
    }
    let setting = Setting::new(Vendor::Exotel);
    let mut command = setting.command(&["--output", "new.txt"]);
    command.env("ALL_PROXY", "socks5://127.0.0.1:9").env("NO_PROXY", "127.0.0.1");
    setting.run(&mut command).is(0, &["updated"]);
}

/// Each line that the help shows works.
#[test]
fn the_examples_of_the_help() {
    let help = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sip-password"));
        // Where lines are no longer than a terminal's usual 80 characters, none is broken.
        command.env("COLUMNS", "80").arg("submit").args(arguments).arg("--help");
        let output = command.output().expect("it starts");
        String::from_utf8(output.stdout).expect("it is text").replace("\\\n", " ")
    };
    let mut tried = 0;
    for page in [&[][..], &["huawei"], &["exotel"], &["nxcloud"]] {
        let page = help(page);
        let setting = Setting::new(Vendor::Huawei);
        for vendor in Vendor::ALL {
            setting.write(&format!("{vendor}.env"), &lines(vendor, |line| line));
        }
        for example in page.lines().filter_map(|line| line.trim().strip_prefix("sip-password ")) {
            let base = setting.vendors.base_url();
            let mut example = example
                .replace("https://service.besclouds.com", &base)
                .replace("--region mumbai", &format!("--base-url {base}"))
                .replace("acme1", "fake-sid")
                .replace("12345", "device-1");
            for name in ["agent1", "0a1b2c", "1049001"] {
                example = example.replace(name, "agent-1");
            }
            if example.contains("nxcloud") {
                example += &format!(" --base-url {base}");
            }
            if example.contains("--again") {
                setting.write("agent-1.txt", "TheOldOne123\n");
            }
            let mut command = Command::new(env!("CARGO_BIN_EXE_sip-password"));
            common::alone(&mut command).current_dir(setting.directory.path()).stdin(Stdio::null());
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.args(example.split_whitespace()).args(["--root", "root.pem"]);
            if !example.contains("--secrets") {
                command.envs(secrets(Vendor::Huawei));
            }
            let ended = setting.run(&mut command);
            assert_eq!(ended.status, Some(0), "{example}: {}", ended.all());
            let _ = fs::remove_file(setting.path("agent-1.txt"));
            tried += 1;
        }
        for (name, _) in Vendor::ALL.into_iter().flat_map(secrets) {
            let vendor = name.split('_').next().unwrap_or_default().to_lowercase();
            assert_eq!(
                page.contains(name),
                page.contains(&format!("submit {vendor} [")) || page.contains(&format!("{name}="))
            );
        }
    }
    assert_eq!(tried, 7);
}
