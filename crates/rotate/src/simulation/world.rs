//! What is there apart from the process: the vendor and its phones, the clock, the files, and chance.

use core::{mem, time::Duration};
use std::{
    boxed::Box,
    format, fs,
    path::{Path, PathBuf},
    string::String,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
    vec::Vec,
};

use sip_password::{
    EXOTEL, HUAWEI, Keystream, Seed,
    api::Secret,
    exotel,
    huawei::{BodyFormat, ExtraHeaders},
};
use tempfile::{TempDir, tempdir, tempdir_in};
use zeroize::Zeroizing;

use super::process::{self, Ended};
use crate::{
    error::JournalError,
    fleet::{
        Fleet,
        exotel::Exotel,
        huawei::{Huawei, HuaweiAccess},
    },
    journal::{Draft, Journal, Key, Plan, RotationState},
    throttle::{Clock, Rate},
    vendor_model::{Answer, Call, Device, NAMES, NXCLOUD_FLEET, Password, VENDORS, Vendor},
};

/// What is broken, so that the simulation can be seen to find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twin {
    /// Nothing.
    Real,
    /// A kill takes back what was written last, as if nothing were synced.
    WritesLate,
    /// A worker does not wait for the journal to have a doubt.
    SkipsDoubt,
    /// A worker that halves a call does not wait for the journal to have the next call's time.
    SkipsPace,
    /// A run does not know the pace of the one before.
    ForgetsPace,
    /// What the vendor says of another password is passed over.
    DropsVendorsPassword,
    /// A failed check of an account's password is not counted.
    IgnoresChecks,
    /// A call without a reply counts as refused.
    TakesSilenceForNo,
}

impl Twin {
    pub(super) const BROKEN: [Self; 7] = [
        Self::WritesLate,
        Self::SkipsDoubt,
        Self::SkipsPace,
        Self::ForgetsPace,
        Self::DropsVendorsPassword,
        Self::IgnoresChecks,
        Self::TakesSilenceForNo,
    ];
}

/// A clock that moves when it is told to.
pub(super) struct VirtualClock {
    start: Instant,
    /// Nanoseconds since the start.
    now: AtomicU64,
}

/// The wall clock at the start, in milliseconds since 1970.
const START: i64 = 1_700_000_000_000;

impl VirtualClock {
    pub(super) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, nanos: u64) {
        self.now.store(nanos, Ordering::Relaxed);
    }

    /// Nanoseconds from the start to `time`.
    pub(super) fn nanos(&self, time: Instant) -> u64 {
        nanos(time.saturating_duration_since(self.start))
    }
}

impl Clock for VirtualClock {
    fn instant(&self) -> Instant {
        self.start + Duration::from_nanos(self.now())
    }

    fn unix_millis(&self) -> i64 {
        START + (self.now() / 1_000_000) as i64
    }
}

pub(super) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// How often faults happen, in percent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Faults {
    /// Calls about which the vendor does anything at all.
    pub(super) vendor: u8,
    /// Replies that are lost.
    pub(super) network: u8,
    /// Processes that are killed.
    pub(super) kill: u8,
    /// Processes whose disk fails.
    pub(super) disk: u8,
    /// Processes that are told to stop.
    pub(super) stop: u8,
}

const NO_FAULTS: Faults = Faults { vendor: 0, network: 0, kill: 0, disk: 0, stop: 0 };

/// As [`Rate`] documents it.
const RATE_TOLERANCE: Duration = Duration::from_millis(20);

/// How much happened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) processes: u64,
    pub(super) kills: u64,
    pub(super) disk_faults: u64,
    pub(super) calls: u64,
    pub(super) faulty_calls: u64,
}

/// The vendor, its phones, and what else is not the process.
pub(super) struct World {
    pub(super) twin: Twin,
    pub(super) rng: fastrand::Rng,
    pub(super) clock: Arc<VirtualClock>,
    pub(super) vendor: Vendor,
    pub(super) devices: Vec<Device>,
    /// The only reply that told the device's password could not be written.
    pub(super) excused: Vec<bool>,
    /// The passwords of the journal.
    pub(super) new: Vec<String>,
    /// Calls that reach the vendor later, whoever waits for a reply: when, for which device, and whether with the right password of its
    /// account.
    late: Vec<(u64, usize, bool)>,
    pub(super) faults: Faults,
    pub(super) rate: Option<Rate>,
    pub(super) workers: usize,
    /// The most planned phones that a run sends, while there are faults.
    pub(super) wave: Option<u64>,
    /// When the calls that were made had been allowed, in nanoseconds.
    permits: Vec<u64>,
    /// The vendor asked to wait until then, as far as the run knows, and as far as the journal does.
    pub(super) wait_until: u64,
    pub(super) kept_wait: u64,
    directory: TempDir,
    pub(super) path: PathBuf,
    /// How often the journal was copied.
    copies: u32,
    pub(super) counts: Counts,
    pub(super) trace: Vec<String>,
}

impl World {
    pub(super) fn new(seed: u64, twin: Twin) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        // The jitter of pauses.
        fastrand::seed(seed);
        let vendor = [Vendor::NxCloud, Vendor::NxCloud, Vendor::Huawei, Vendor::Exotel][rng.usize(..4)];
        let accounts = vendor.accounts();
        let devices: Vec<_> = (0..rng.usize(1..=NAMES.len()))
            .map(|_| Device::new(accounts[rng.usize(..accounts.len())]))
            .collect();
        let mut percent = |of: &[u8]| of[rng.usize(..of.len())];
        let faults = Faults {
            vendor: percent(&[0, 10, 40, 80]),
            network: percent(&[0, 5, 30]),
            kill: percent(&[0, 30, 80]),
            disk: percent(&[0, 30, 80]),
            stop: percent(&[0, 20]),
        };
        let rate = [None, Some("10/s"), Some("1/s"), Some("100/min")][rng.usize(..4)];
        let rate = rate.map(|rate| rate.parse().expect("it is a rate"));
        let workers = rng.usize(1..=4);
        // By chance of its own, so that all else of a seed is the same with a wave and without.
        let mut of_waves = fastrand::Rng::with_seed(!seed);
        let wave = of_waves.bool().then(|| of_waves.u64(1..=3));
        let directory = tempdir_in("/dev/shm").or_else(|_| tempdir()).expect("there is room");
        let path = directory.path().join("0.db");
        let clock = Arc::new(VirtualClock { start: Instant::now(), now: AtomicU64::new(0) });
        let (excused, new) = (std::vec![false; devices.len()], Vec::new());
        Self {
            twin,
            rng,
            clock,
            vendor,
            devices,
            excused,
            new,
            late: Vec::new(),
            faults,
            rate,
            workers,
            wave,
            permits: Vec::new(),
            wait_until: 0,
            kept_wait: 0,
            directory,
            path,
            copies: 0,
            counts: Counts::default(),
            trace: Vec::new(),
        }
    }

    pub(super) fn happens(&mut self, percent: u8) -> bool {
        self.rng.u8(..100) < percent
    }

    pub(super) fn note(&mut self, what: impl FnOnce() -> String) {
        let seconds = self.clock.now() as f64 / 1e9;
        self.trace.push(format!("{seconds:10.3} s  {}", what()));
    }

    /// A whole rotation: some runs with faults, then some without.
    pub(super) fn rotate(&mut self) -> Result<(), String> {
        self.plan();
        let (vendor, faults, phones, rate) = (self.vendor, self.faults, self.devices.len(), self.rate);
        let wave = self.wave;
        self.note(|| format!("{vendor:?}, {phones} phones, rate {rate:?}, a wave of {wave:?}, {faults:?}"));
        for _ in 0..self.rng.usize(1..=5) {
            self.process()?;
        }
        (self.faults, self.wave) = (NO_FAULTS, None);
        self.pass(Duration::from_secs(24 * 3600));
        for _ in 0..4 {
            if matches!(self.process()?, Ended::Done) && self.unsettled()?.is_empty() {
                return Ok(());
            }
        }
        match self.unsettled()? {
            phones if phones.is_empty() => Ok(()),
            phones => Err(format!("phones {phones:?} never get their passwords")),
        }
    }

    fn plan(&mut self) {
        let mut accounts = String::from(match self.vendor {
            Vendor::NxCloud => "username\n",
            Vendor::Exotel => "user_uuid,device_id\n",
            Vendor::Huawei => "user_account,account_password\n",
        });
        for name in &NAMES[..self.devices.len()] {
            accounts.push_str(&match self.vendor {
                Vendor::NxCloud => format!("{name}\n"),
                Vendor::Exotel => format!("user{name},device{name}\n"),
                Vendor::Huawei => format!("agent{name},not-a-real-password\n"),
            });
        }
        let mut seed = [0; 32];
        self.rng.fill(&mut seed);
        let mut rng = Keystream::new(&Seed::take(&mut seed));
        let fleet = fleet(self.vendor);
        let plan =
            Plan { fleet: &*fleet, policy: fleet.policy(), length: 16, key: &key(), not_containing: &[] };
        let draft = Draft::new(&self.path, &plan, accounts.as_bytes(), &mut rng);
        let journal = draft.expect("the accounts are good").commit(&key()).expect("there is room");
        self.new = journal.new_passwords();
    }

    fn process(&mut self) -> Result<Ended, String> {
        let most = if self.rng.bool() { 100 } else { 20_000 };
        let downtime = Duration::from_millis(self.rng.u64(..most));
        self.pass(downtime);
        if self.happens(40) || self.faults.vendor == 0 {
            let mut journal = self.open()?;
            if matches!(self.vendor, Vendor::Huawei) && self.rng.bool() {
                self.correct_accounts(&mut journal);
            }
            let again = journal.retry_refused().map_err(|error| format!("retry: {error}"))?;
            self.note(|| format!("a person lets {again} refused phones go again"));
        }
        self.counts.processes += 1;
        process::run(self)
    }

    /// A person looks up the account passwords of the phones that were refused, and mostly finds the right ones.
    fn correct_accounts(&mut self, journal: &mut Journal) {
        let mut refused = Vec::new();
        let visited = journal.phones(&[RotationState::Refused], |phone| {
            refused.push(phone.line as usize - 2);
            Ok::<(), JournalError>(())
        });
        visited.expect("the journal is whole");
        let mut accounts = String::from("user_account,account_password\n");
        for &phone in &refused {
            accounts.push_str(&format!("agent{phone},not-a-real-password-{}\n", self.trace.len()));
            self.devices[phone].account.password_is_right = self.happens(70);
        }
        self.note(|| format!("a person corrects the accounts of {refused:?}"));
        if !refused.is_empty() {
            let corrected = journal.correct_accounts(&*fleet(self.vendor), accounts.as_bytes(), |error| {
                panic!("{error}");
            });
            assert_eq!(corrected.expect("the accounts are good").corrected, refused.len() as u64);
        }
    }

    /// Opens the journal, as a new process does.
    pub(super) fn open(&self) -> Result<Journal, String> {
        let wrong = |error| format!("the journal cannot be opened: {error}");
        let mut journal = Journal::open(&self.path).map_err(wrong)?;
        journal.unlock(&key()).map_err(wrong)?;
        // The anchor would notice this twin first.
        if self.twin != Twin::WritesLate {
            journal.anchor(&self.directory.path().join("anchors"), false).map_err(wrong)?;
        }
        Ok(journal)
    }

    /// The process is killed: what is on the disk stays.
    pub(super) fn copy_journal(&mut self) -> PathBuf {
        self.copies += 1;
        let copy = self.directory.path().join(format!("{}.db", self.copies));
        for suffix in ["", "-wal"] {
            let with = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
            if with(&self.path).exists() {
                fs::copy(with(&self.path), with(&copy)).expect("there is room");
            }
        }
        copy
    }

    /// A call for these devices reaches the vendor: what it answers.
    pub(super) fn vendor_acts(&mut self, called: &[usize]) -> Answer {
        self.counts.calls += 1;
        let is_faulty = self.happens(self.faults.vendor);
        let call = Call { called, new: &self.new };
        if !is_faulty {
            let (devices, answer) = self.vendor.usual_answer(&self.devices, &call);
            self.devices = devices;
            return answer;
        }
        self.counts.faulty_calls += 1;
        let mut answers = self.vendor.answers(&self.devices, &call);
        let (devices, late, answer) = answers.swap_remove(self.rng.usize(..answers.len()));
        self.devices = devices;
        if late && self.rng.bool() {
            called.iter().for_each(|&device| self.arrives_later(device));
        }
        answer
    }

    /// A call for the device is still on its way.
    pub(super) fn arrives_later(&mut self, device: usize) {
        let delay = if self.rng.bool() { 2_000 } else { 600_000 };
        let at = self.clock.now() + self.rng.u64(..delay) * 1_000_000;
        self.late.push((at, device, self.devices[device].account.password_is_right));
    }

    /// The time goes on to this moment, and what was on its way arrives.
    pub(super) fn go_to(&mut self, nanos: u64) {
        self.late.sort_unstable();
        while let Some(&(at, device, is_right)) = self.late.first()
            && at <= nanos
        {
            self.late.remove(0);
            self.clock.set(at.max(self.clock.now()));
            self.note(|| format!("a late call for phone {device} arrives"));
            let corrected = mem::replace(&mut self.devices[device].account.password_is_right, is_right);
            let call = Call { called: &[device], new: &self.new };
            (self.devices, _) = self.vendor.usual_answer(&self.devices, &call);
            self.devices[device].account.password_is_right = corrected;
        }
        self.clock.set(nanos.max(self.clock.now()));
    }

    fn pass(&mut self, time: Duration) {
        self.go_to(self.clock.now() + nanos(time));
    }

    /// A call is allowed now: the vendor may not have asked to wait.
    pub(super) fn permit(&self) -> Result<(), String> {
        match self.clock.now() < self.wait_until {
            true => Err(format!("the vendor asked to wait until {} s", self.wait_until as f64 / 1e9)),
            false => Ok(()),
        }
    }

    /// A call is made that was allowed at this moment: it may not be one too many.
    pub(super) fn call(&mut self, permitted: u64) -> Result<(), String> {
        let at = self.permits.partition_point(|&before| before <= permitted);
        self.permits.insert(at, permitted);
        let Some(rate) = self.rate else { return Ok(()) };
        let recent = &self.permits[self.permits.len().saturating_sub(20)..];
        for (first, &from) in recent.iter().enumerate() {
            for (last, &to) in recent.iter().enumerate().skip(first) {
                let least = (last - first) as u64 * nanos(rate.interval());
                if to - from + nanos(RATE_TOLERANCE) < least {
                    let (calls, millis) = (last - first + 1, (to - from) / 1_000_000);
                    return Err(format!("{calls} calls in {millis} ms are too many"));
                }
            }
        }
        Ok(())
    }

    /// What must be true of each phone, by what the journal exports. `told` has the phones of which a reply says something that is not
    /// written yet.
    pub(super) fn check(&self, journal: &Journal, told: &dyn Fn(usize) -> bool) -> Result<(), String> {
        if let Some(locked) = self.devices.iter().position(|device| device.account.is_locked()) {
            return Err(format!("the account of phone {locked} is locked"));
        }
        let mut wrong = None;
        let visited = journal.passwords(&RotationState::ALL, |phone, passwords| {
            let index = phone.line as usize - 2;
            let is_true = match (phone.state, self.devices[index].password) {
                (RotationState::Planned | RotationState::Refused, password) => password == Password::Old,
                (RotationState::Confirmed, password) => {
                    password == Password::New && passwords.new == self.new[index]
                }
                (RotationState::Sending | RotationState::Unknown, Password::Vendors) => {
                    passwords.vendor == VENDORS
                }
                (RotationState::Sending | RotationState::Unknown, _) => passwords.new == self.new[index],
            };
            if !(is_true && !phone.damaged || told(index) || self.excused[index]) {
                wrong = Some(format!(
                    "phone {index} has the password {:?}, and the journal says {:?}",
                    self.devices[index].password, phone.state
                ));
            }
            Ok::<(), JournalError>(())
        });
        visited.map_err(|error| format!("the journal cannot be read: {error}"))?;
        wrong.map_or(Ok(()), Err)
    }

    /// The phones without their new passwords, except those that are rightly left alone.
    fn unsettled(&self) -> Result<Vec<usize>, String> {
        let journal = self.open()?;
        self.check(&journal, &|_| false)?;
        let left_alone = journal.accounts_at_risk();
        let mut unsettled = Vec::new();
        for (index, device) in self.devices.iter().enumerate() {
            let is_alone = left_alone[index] || !device.account.password_is_right;
            if device.password != Password::New && !is_alone && !self.excused[index] {
                unsettled.push(index);
            }
        }
        Ok(unsettled)
    }
}

fn key() -> Key {
    Key::Bytes(Zeroizing::new([9; 32]))
}

/// A fleet of this vendor's. It only plans and reads replies.
pub(super) fn fleet(vendor: Vendor) -> Box<dyn Fleet> {
    match vendor {
        Vendor::NxCloud => Box::new(NXCLOUD_FLEET),
        Vendor::Exotel => Box::new(Exotel {
            base: &exotel::SINGAPORE,
            api_key: Secret::new("not-a-real-key"),
            api_token: Secret::new("not-a-real-token"),
            account_sid: "acme1",
            policy: &EXOTEL,
        }),
        Vendor::Huawei => Box::new(Huawei {
            // None of Huawei's is known: only the tenant's name depends on it.
            base: &exotel::SINGAPORE,
            access: HuaweiAccess::Token { token: Secret::new("not-a-real-token"), app_key: None },
            body_format: BodyFormat::Flat,
            extra_headers: ExtraHeaders::NONE,
            policy: &HUAWEI,
        }),
    }
}
