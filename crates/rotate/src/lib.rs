//! Rotates the SIP passwords of a whole fleet: every phone gets a new one, and no phone is left with a password that nobody knows.
//!
//! A [`Draft`] reads the accounts, validates each, makes a password for each, and becomes a [`Journal`] on disk. [`run`] then sends the
//! passwords at a rate, several calls at a time; the journal has each call before it is made. Whatever ends the process, the next run
//! resumes where it stopped, and [`Journal::passwords`] has what to provision the phones with.
//!
//! Huawei, Exotel and NXCloud are built in. For another vendor implement [`Fleet`], as `examples/own_fleet.rs` does.
//!
//! ```no_run
//! use std::{fs::File, num::NonZeroUsize, path::Path, sync::atomic::AtomicBool};
//! use sip_password::{Client, EXOTEL, Keystream, api::Secret, exotel};
//! use sip_password_rotate::{
//!     Draft, Exotel, Fleet, Journal, JournalError, Key, Limits, Plan, RotationState,
//!     display_name, run, zeroize::Zeroizing,
//! };
//!
//! let mut rng = Keystream::from_source(&mut getrandom::SysRng)?;
//! let (api_key, api_token) = (std::env::var("EXOTEL_API_KEY")?, std::env::var("EXOTEL_API_TOKEN")?);
//! let fleet = Exotel {
//!     base: &exotel::SINGAPORE,
//!     api_key: Secret::new(&api_key),
//!     api_token: Secret::new(&api_token),
//!     account_sid: "acme1",
//!     policy: &EXOTEL,
//! };
//! let key = Key::Passphrase(Zeroizing::new(std::env::var("ROTATION_PASSPHRASE")?));
//! let path = Path::new("rotation.db");
//! let mut journal = if path.exists() {
//!     let mut journal = Journal::open(path)?;
//!     journal.unlock(&key)?;
//!     journal.anchor(Path::new("/var/lib/rotation"), false)?;
//!     journal
//! } else {
//!     let plan = Plan { fleet: &fleet, policy: &EXOTEL, length: 16, key: &key, not_containing: &[] };
//!     Draft::new(path, &plan, File::open("phones.csv")?, &mut rng)?.commit(&key)?
//! };
//!
//! let limits = Limits {
//!     rate: Some(fleet.default_rate()),
//!     concurrency: NonZeroUsize::new(8).expect("it is not zero"),
//!     wave: None,
//! };
//! let stop = AtomicBool::new(false); // for a signal handler to set
//! let end = run(&mut journal, &fleet, &Client::builder().build(), &limits, &stop, |_| ())?;
//! println!("{} confirmed", journal.counts().of(RotationState::Confirmed));
//! if let Some(reason) = end.stopped {
//!     println!("run it again to resume: {reason}");
//! }
//! journal.phones(&[RotationState::Refused, RotationState::Unknown], |phone| {
//!     println!("{}: {}: {}", display_name(&phone.names), phone.state.name(), phone.reason);
//!     Ok::<(), JournalError>(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

// The modules are floors, from the ground up: throttle, fleet, accounts, error, journal, run; and of tests, vendor_model, explorer and simulation. A floor
// imports only from floors below it, so throttle and fleet know nothing of journal and run.
mod accounts;
mod error;
mod fleet;
mod journal;
mod run;
mod throttle;

#[cfg(test)]
mod explorer;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod vendor_model;

pub use sip_password::api::lockout::LockoutEffect;
pub use zeroize;

pub use accounts::{
    AccountsError, AccountsErrorKind, MAX_DISPLAYED, MAX_FILE as MAX_ACCOUNTS_FILE,
    MAX_ROW as MAX_ACCOUNTS_ROW, display_name, display_text, is_hidden,
};
pub use error::{JournalError, PlanError};
pub use fleet::{
    CallReport, Fleet, PhoneOutcome, PhoneReport, PhoneUpdate, UnrequestedPhone, VendorPassword,
    exotel::Exotel,
    huawei::{Huawei, HuaweiAccess, TokenCache},
    nxcloud::NxCloud,
};
pub use journal::{
    Correction, Draft, Integrity, Journal, Key, PhonePasswords, PhoneRecord, Plan, Protection, Provisioned,
    Provisioning, RegisteredWith, RotationState, StateCounts,
};
pub use run::{Limits, RunEnd, RunProgress, run};
pub use throttle::{Feedback, ParseRateError, Rate, StopReason};
