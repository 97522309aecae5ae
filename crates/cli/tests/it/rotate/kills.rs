//! The process is killed again and again, and the rotation resumes.

use std::{
    env,
    process::Child,
    thread,
    time::{Duration, SystemTime},
};

use fake_vendors::{Account, Vendor};

use crate::rotate::setting::{Setting, fault, faults, made, mixed};

/// `SplitMix64`; prints its seed when a test fails.
struct Draws {
    seed: u64,
    state: u64,
}

impl Draws {
    /// Starts at `SEED` of the environment, or at a new seed each time.
    fn begin() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later");
        let seed = number("SEED").unwrap_or(now.as_secs() ^ u64::from(now.subsec_nanos()) << 20);
        Self { seed, state: seed }
    }

    fn next(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }
}

impl Drop for Draws {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the same instants again: SEED={}", self.seed);
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().expect("it is a number"))
}

/// Kills the process, as a power failure would, and looks for secrets in its output.
fn kill(setting: &Setting, mut child: Child) {
    child.kill().expect("it is ours");
    setting.ended(child);
}

/// Kills the process `KILLS` times (of the environment), or 20 times.
fn killed(vendor: Vendor, phones_a_kill: u64, scale: f64, pace: &[&str]) {
    let mut draws = Draws::begin();
    let kills = number("KILLS").unwrap_or(20);
    let count = u32::try_from(kills * phones_a_kill).expect("it is far less");
    let (phones, doomed) = mixed(vendor, count);
    let setting = Setting::with(vendor, &phones, faults(scale));
    let arguments = [pace, &["--timeout", "1"]].concat();
    let mut in_the_middle = 0;
    for _ in 0..kills {
        let child = setting.command(&arguments).spawn().expect("it starts");
        thread::sleep(Duration::from_millis(10 + draws.next(390)));
        kill(&setting, child);
        // A process that is killed while it plans leaves no journal, or a complete one.
        if setting.path("journal").exists() {
            let summary = setting.status();
            assert_eq!(summary["phones"], phones.len());
            in_the_middle += u64::from(summary["planned"] != 0 && summary["confirmed"] != 0);
        }
        for password in setting.on_phones().values() {
            assert!(!setting.journal_has(password), "a password in the open");
        }
    }
    assert!(in_the_middle * 2 >= kills, "only {in_the_middle} of {kills} kills met it at work");
    let ended = setting.rotate(&["--timeout", "1"]);
    setting.settled(&ended, &phones, &doomed);
    // If every phone came to its end, another run has nothing to do.
    if ended.summary()["unknown"] == 0 {
        let calls = setting.vendors.log().len();
        setting.settled(&setting.rotate(&[]), &phones, &doomed);
        assert_eq!(setting.vendors.log().len(), calls);
    }
}

/// Calls before a crash count as checks: three wrong passwords would lock the account.
#[test]
fn crashes_with_a_wrong_account_password_do_not_lock_the_account() {
    // One account: if there were others, those would come first.
    let mut phones = made(Vendor::Huawei, 1);
    phones[0].account_password = "of-no-worth".to_owned();
    let setting = Setting::with(Vendor::Huawei, &phones, fault("stall=reply/1s"));
    for _ in 0..4 {
        let mut child = setting.command(&[]).spawn().expect("it starts");
        // Each reply takes a second; the process ends before, or has nothing to do.
        thread::sleep(Duration::from_millis(700));
        child.kill().expect("it is ours");
        setting.ended(child);
    }
    let ended = setting.rotate(&["--retry-refused"]);
    assert!(matches!(ended.status, Some(1 | 3)), "{}", ended.all());
    let asked =
        |phone: &Account| setting.vendors.phone(Vendor::Huawei, &phone.account).expect("it is known").asked;
    let asked: Vec<_> = phones.iter().map(asked).collect();
    assert!(asked.contains(&2) && asked.iter().all(|&asked| asked <= 2), "{asked:?}");
    assert_eq!(setting.vendors.locks(), 0);
}

#[test]
fn huawei() {
    killed(Vendor::Huawei, 60, 1.0, &["--rate", "300/s"]);
}

#[test]
fn exotel() {
    killed(Vendor::Exotel, 60, 1.0, &["--rate", "300/s"]);
}

#[test]
fn nxcloud() {
    killed(Vendor::NxCloud, 60, 1.5, &["--rate", "60/s", "--batch", "5"]);
}
