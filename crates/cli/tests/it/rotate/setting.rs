//! The fake servers, the files of a rotation, and what must hold when it has ended.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ffi::OsStr,
    fs,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use fake_vendors::{Account, Config, FakeVendors, Fault, Rate, Vendor, credentials};
use memchr::memmem;
use serde_json::Value;
use sip_password::{EXOTEL, HUAWEI, NXCLOUD, Policy};
use tempfile::{TempDir, tempdir};

use crate::{
    common::{SECRETS, private, secrets},
    machine::{Turn, shared},
    process::clear_environment,
};

/// The bytes of the key file. They are text, so that a copy in any output is found.
pub(crate) const KEY: &str = "fake-key-of-32-bytes-of-no-worth";

/// The columns that name a phone.
pub(crate) fn columns(vendor: Vendor) -> &'static [&'static str] {
    match vendor {
        Vendor::Huawei => &["user_account"],
        Vendor::Exotel => &["user_uuid", "device_id"],
        Vendor::NxCloud => &["username"],
    }
}

pub(crate) fn policy(vendor: Vendor) -> &'static Policy {
    match vendor {
        Vendor::Huawei => &HUAWEI,
        Vendor::Exotel => &EXOTEL,
        Vendor::NxCloud => &NXCLOUD,
    }
}

/// The first accounts of the fake servers.
pub(crate) fn made(vendor: Vendor, count: u32) -> Vec<Account> {
    (1..=count).map(|n| Account::made(vendor, n)).collect()
}

/// The same accounts, some replaced by phones that the vendor does not know, or at Huawei with a wrong account password; and the
/// names of those.
pub(crate) fn mixed(vendor: Vendor, count: u32) -> (Vec<Account>, BTreeSet<String>) {
    let mut all = made(vendor, count);
    let mut doomed = BTreeSet::new();
    let len = all.len();
    for (n, place) in (0..5).map(|n| (n, (2 * n + 1) * len / 10)) {
        let phone = &mut all[place];
        if vendor == Vendor::Huawei && n % 2 == 0 {
            phone.account_password = "of-no-worth".to_owned();
        } else {
            phone.account = format!("ghost-{n}");
        }
        doomed.insert(phone.name(vendor));
    }
    (all, doomed)
}

/// Every fault, so often that some phones meet several; `scale` multiplies how often.
pub(crate) fn faults(scale: f64) -> Vec<Fault> {
    let by_chance = [
        ("reset=headers", 0.01),
        ("reset=request", 0.02),
        ("lose-reply", 0.02),
        ("reset=reply+40", 0.01),
        ("close=reply+60", 0.01),
        ("status=500", 0.01),
        ("status=503", 0.02),
        ("html=502@applied", 0.005),
        ("status=429/Retry-After: 0", 0.01),
        ("limited=seconds/1s", 0.0003),
        ("stall=request/1500ms", 0.0003),
        ("stall=reply/1500ms", 0.0003),
    ];
    let fault = |(text, chance): (&str, f64)| {
        text.parse::<Fault>().expect("the fake servers have such a value").chance(chance * scale)
    };
    by_chance.into_iter().map(fault).collect()
}

pub(crate) fn fault(text: &str) -> Vec<Fault> {
    vec![text.parse().expect("the fake servers have such a value")]
}

pub(crate) fn rate(text: &str) -> Rate {
    text.parse().expect("the fake servers have such a value")
}

/// The fake servers, and a directory for the files of the command.
pub(crate) struct Setting {
    pub(crate) vendors: FakeVendors,
    pub(crate) vendor: Vendor,
    directory: TempDir,
    _turn: Turn,
}

/// A run of the command that has ended.
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A row of an export.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) vendor_password: String,
    pub(crate) state: String,
    pub(crate) calls: u32,
    pub(crate) sent: String,
    pub(crate) changed: String,
    pub(crate) reason: String,
    pub(crate) provisioned: String,
    pub(crate) registered: String,
}

impl Setting {
    /// This many good phones in `accounts.csv`.
    pub(crate) fn new(vendor: Vendor, count: u32) -> Self {
        Self::with(vendor, &made(vendor, count), Vec::new())
    }

    /// These phones in `accounts.csv`; the vendor knows those that it would have made itself.
    pub(crate) fn with(vendor: Vendor, phones: &[Account], faults: Vec<Fault>) -> Self {
        let turn = shared();
        let accounts = u32::try_from(phones.len()).expect("it is far less");
        let vendors =
            FakeVendors::start(Config { accounts, faults, log_passwords: true, ..Config::default() })
                .expect("a port is free");
        let directory = tempdir().expect("there is a directory for temporary files");
        let setting = Self { vendors, vendor, directory, _turn: turn };
        setting.write("root.pem", setting.vendors.root_pem());
        setting.write("key", KEY);
        setting.accounts(phones);
        setting
    }

    pub(crate) fn fails(&self, faults: Vec<Fault>) {
        self.vendors.set_faults(faults).expect("it makes sense");
    }

    /// Writes `accounts.csv`.
    pub(crate) fn accounts(&self, phones: &[Account]) {
        let mut csv = columns(self.vendor).join(",");
        csv += if self.vendor == Vendor::Huawei { ",account_password\n" } else { "\n" };
        for Account { account, device, account_password } in phones {
            csv += &match self.vendor {
                Vendor::Huawei => format!("{account},{account_password}\n"),
                Vendor::Exotel => format!("{account},{device}\n"),
                Vendor::NxCloud => format!("{account}\n"),
            };
        }
        self.write("accounts.csv", csv);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file that only its owner can read.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect("there is room");
        self.mode(name, 0o600);
    }

    pub(crate) fn mode(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    /// The names of everything in the directory.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).expect("it is there");
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names: Vec<_> = entries.map(|entry| name(entry.expect("it is readable"))).collect();
        names.sort();
        names
    }

    /// The journal and its side files.
    pub(crate) fn journal_files(&self) -> Vec<PathBuf> {
        let ours =
            self.files().into_iter().filter(|name| name.starts_with("journal") || name.contains(".sip-"));
        ours.map(|name| self.path(&name)).collect()
    }

    /// Whether the journal or a side file contains these bytes.
    pub(crate) fn journal_has(&self, bytes: &str) -> bool {
        let finder = memmem::Finder::new(bytes);
        let has = |path: &PathBuf| finder.find(&fs::read(path).expect("it is readable")).is_some();
        self.journal_files().iter().any(has)
    }

    /// `sip-password rotate` in the directory, without this process's environment.
    pub(crate) fn bare<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sip-password"));
        self.prepare(&mut command).arg("rotate").args(arguments);
        command
    }

    /// Any command in the directory, with pipes, and without an environment.
    pub(crate) fn prepare<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        clear_environment(command).current_dir(self.directory.path()).stdin(Stdio::null());
        // Not the user's: tests leave nothing there.
        command.env("XDG_STATE_HOME", self.path("state"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped())
    }

    /// Adds the vendor's name and address, and the journal.
    pub(crate) fn target(&self) -> Vec<String> {
        let base = self.vendors.base_url();
        let vendor = self.vendor.to_string();
        let mut arguments = vec![&*vendor, "--base-url", &base, "--root", "root.pem", "--journal", "journal"];
        if self.vendor == Vendor::Exotel {
            arguments.extend(["--account-sid", credentials::EXOTEL_SID]);
        }
        arguments.into_iter().map(str::to_owned).collect()
    }

    /// A rotation of `accounts.csv` with the right secrets, at no limited rate.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let usual = ["--accounts", "accounts.csv", "--key-file", "key"];
        self.keyless(&[&usual, arguments].concat())
    }

    /// The same, without the accounts file and the journal's key.
    pub(crate) fn keyless(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(&self.target());
        command.args(arguments);
        for (option, usual) in [("--rate", "none"), ("--concurrency", "16"), ("--format", "json")] {
            if !arguments.contains(&option) {
                command.args([option, usual]);
            }
        }
        command.envs(secrets(self.vendor));
        command
    }

    pub(crate) fn rotate(&self, arguments: &[&str]) -> Ended {
        self.run(&mut self.command(arguments))
    }

    pub(crate) fn run(&self, command: &mut Command) -> Ended {
        self.ended(command.spawn().expect("the command starts"))
    }

    /// The output of a run; asserts that it has no secret.
    pub(crate) fn ended(&self, child: Child) -> Ended {
        let Output { status, stdout, stderr } = child.wait_with_output().expect("the command ends");
        let text = |bytes| String::from_utf8(bytes).expect("it is text");
        let ended = Ended { status: status.code(), stdout: text(stdout), stderr: text(stderr) };
        let all = ended.all();
        for secret in SECRETS.into_iter().chain([KEY]) {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
        for password in self.vendors.passwords(self.vendor).values() {
            assert!(memmem::find(all.as_bytes(), password.as_bytes()).is_none(), "a password in {all}");
        }
        ended
    }

    /// The summary of `rotate status`, without the key.
    #[track_caller]
    pub(crate) fn status(&self) -> Value {
        let summary = self.status_with(&[]);
        assert!(
            ["unverified", "unauthenticated"].contains(&summary["integrity"].as_str().expect("it is a word"))
        );
        summary
    }

    /// The same, if the rotation is planned.
    pub(crate) fn status_if_any(&self) -> Option<Value> {
        let usual = ["status", "--journal", "journal", "--format", "json"];
        let ended = self.run(&mut self.bare(&usual));
        (ended.status != Some(2)).then(|| ended.summary())
    }

    /// The summary of `rotate status`, with these arguments.
    #[track_caller]
    pub(crate) fn status_with(&self, arguments: &[&str]) -> Value {
        let usual = ["status", "--journal", "journal", "--format", "json"];
        let ended = self.run(&mut self.bare(&[&usual, arguments].concat()));
        assert!(matches!(ended.status, Some(0 | 1 | 3)), "{:?} {}", ended.status, ended.all());
        let summary = ended.summary();
        assert_eq!(ended.status, Some(status_of(&summary)), "{summary}");
        summary
    }

    /// Runs `rotate export` with the key.
    pub(crate) fn export(&self, arguments: &[&str]) -> Ended {
        let usual = ["export", "--journal", "journal", "--output", "export.csv", "--key-file", "key"];
        self.run(&mut self.bare(&[&usual, arguments].concat()))
    }

    /// Reads an exported file.
    pub(crate) fn exported(&self) -> Vec<Row> {
        private(&self.path("export.csv"));
        let mut reader = csv::Reader::from_path(self.path("export.csv")).expect("it is there");
        let ours = columns(self.vendor);
        let others = [
            "password",
            "vendor_password",
            "state",
            "calls",
            "sent",
            "changed",
            "reason",
            "provisioned",
            "registered",
        ];
        let header: Vec<_> = reader.headers().expect("it has one").iter().map(String::from).collect();
        let (accounts, added) = header.split_at(header.len() - others.len());
        assert_eq!(added, others);
        let place = |name| accounts.iter().position(|column| column == name).expect("it is there");
        let names: Vec<_> = ours.iter().map(place).collect();
        let row = |record: csv::StringRecord| {
            let [password, vendor_password, state, calls, sent, changed, reason, provisioned, registered] =
                [0, 1, 2, 3, 4, 5, 6, 7, 8].map(|place| record[accounts.len() + place].to_owned());
            let name = names.iter().map(|&place| &record[place]).collect::<Vec<_>>().join("/");
            let calls = calls.parse().expect("it is a number");
            Row {
                name,
                password,
                vendor_password,
                state,
                calls,
                sent,
                changed,
                reason,
                provisioned,
                registered,
            }
        };
        reader.records().map(|record| row(record.expect("it is whole"))).collect()
    }

    /// The passwords on the phones, by name.
    pub(crate) fn on_phones(&self) -> BTreeMap<String, String> {
        self.vendors.passwords(self.vendor)
    }

    /// Asserts that a rotation of `phones` kept its promises; no call can succeed for the `doomed` ones.
    #[track_caller]
    pub(crate) fn settled(&self, ended: &Ended, phones: &[Account], doomed: &BTreeSet<String>) {
        let summary = ended.summary();
        assert_eq!(ended.status, Some(status_of(&summary)), "{}", ended.all());
        assert_eq!(summary["vendor"], self.vendor.to_string());
        assert_eq!(summary["phones"], phones.len());
        assert_eq!(summary["planned"], 0, "{}", ended.all());
        assert_eq!(self.export(&["--force"]).status, Some(0));
        let rows = self.exported();
        let names: Vec<_> = phones.iter().map(|phone| phone.name(self.vendor)).collect();
        assert_eq!(rows.iter().map(|row| &row.name).collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());

        let on_phones = self.on_phones();
        let mut passwords = HashSet::new();
        let mut not_confirmed = Vec::new();
        let mut counts = BTreeMap::<&str, u64>::new();
        for (row, line) in rows.iter().zip(2_u64..) {
            let on_phone = on_phones.get(&row.name);
            let doomed = doomed.contains(&row.name);
            *counts.entry(&row.state).or_default() += 1;
            self.check(row, on_phone, doomed);
            if row.state != "confirmed" {
                assert!(!row.reason.is_empty(), "{}", row.name);
                not_confirmed.push((line, row));
            }
            if !row.password.is_empty() {
                assert!(policy(self.vendor).check(&row.password).is_ok(), "{}", row.name);
                assert!(passwords.insert(&row.password), "{} has another's password", row.name);
            }
        }
        for state in ["confirmed", "refused", "unknown"] {
            assert_eq!(summary[state], counts.get(state).copied().unwrap_or(0), "{state}");
        }
        let said = summary["not_confirmed"].as_array().expect("it is a list");
        assert_eq!(said.len(), not_confirmed.len());
        for (said, (line, row)) in said.iter().zip(not_confirmed) {
            let name = columns(self.vendor).iter().map(|column| said[column].as_str().expect("it is a text"));
            assert_eq!(name.collect::<Vec<_>>().join("/"), row.name);
            assert_eq!((said["line"].as_u64(), said["state"].as_str()), (Some(line), Some(&*row.state)));
            assert_eq!(
                (said["calls"].as_u64(), said["reason"].as_str()),
                (Some(row.calls.into()), Some(&*row.reason))
            );
        }
        assert_eq!(self.vendors.locks(), 0);
    }

    /// Asserts that a phone has the password that its row says; no call can succeed for a `doomed` one.
    #[track_caller]
    fn check(&self, row: &Row, on_phone: Option<&String>, doomed: bool) {
        let Row { name, password, reason, .. } = row;
        match &*row.state {
            "confirmed" => {
                assert_eq!(on_phone, Some(password), "{name}");
                assert!(!doomed && row.calls > 0, "{name}");
                assert!(row.sent.ends_with('Z') && row.sent <= row.changed, "{name}");
            }
            "refused" => {
                assert!(password.is_empty() && on_phone.is_none(), "{name}: {reason}");
                assert!(doomed && row.calls > 0, "{name}: {reason}");
            }
            "unknown" => {
                assert!(on_phone.is_none_or(|it| it == password), "{name}");
                assert!(!password.is_empty() && row.calls > 0, "{name}");
                // The vendor does not know the phone, and an earlier reply was lost.
                assert!(doomed || self.vendor == Vendor::Huawei, "{name}: {reason}");
            }
            state => panic!("{name} is {state}"),
        }
    }

    /// Asserts that every phone is confirmed, and has the password of the export.
    #[track_caller]
    pub(crate) fn all_confirmed(&self, ended: &Ended, phones: &[Account]) {
        assert_eq!(ended.status, Some(0), "{}", ended.all());
        assert_eq!(ended.summary()["confirmed"], phones.len(), "{}", ended.all());
        self.settled(ended, phones, &BTreeSet::new());
    }

    /// Asserts that the command refused to start with these words, and sent nothing.
    #[track_caller]
    pub(crate) fn refused(&self, ended: &Ended, said: &[&str]) {
        ended.failed(said);
        assert!(self.vendors.log().is_empty(), "{}", ended.all());
    }
}

/// The exit status that the summary of an uninterrupted run calls for.
fn status_of(summary: &Value) -> i32 {
    let count = |state: &str| summary[state].as_u64().expect("it is a number");
    match (count("unknown") + count("planned"), count("refused")) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 3,
    }
}

impl Ended {
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The one line of JSON on standard output.
    #[track_caller]
    pub(crate) fn summary(&self) -> Value {
        let line = self.stdout.strip_suffix('\n').filter(|line| !line.contains('\n'));
        let Some(line) = line else { panic!("no summary: {:?} {}", self.status, self.all()) };
        serde_json::from_str(line).expect("it is JSON")
    }

    /// Asserts that the command ended with 2, and wrote these words to standard error.
    #[track_caller]
    pub(crate) fn succeeded(&self) {
        assert_eq!(self.status, Some(0), "{}", self.all());
    }

    #[track_caller]
    pub(crate) fn failed(&self, said: &[&str]) {
        assert_eq!(self.status, Some(2), "{}", self.all());
        assert_eq!(self.stdout, "");
        for said in said {
            assert!(self.stderr.contains(said), "{said:?} in {}", self.stderr);
        }
    }
}
