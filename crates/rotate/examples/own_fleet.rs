//! A fleet of one's own: a vendor that is made up, with a server in memory in place of the network.
//!
//! ```text
//! cargo run -p sip-password-rotate --example own_fleet
//! ```

use std::{
    collections::HashMap,
    error::Error,
    num::NonZeroUsize,
    sync::{Mutex, PoisonError, atomic::AtomicBool},
};

use sip_password::{
    Client, HUAWEI, Keystream, Policy,
    api::{FieldError, FieldErrorKind},
};
use sip_password_rotate::{
    CallReport, Draft, Fleet, Journal, JournalError, Key, Limits, LockoutEffect, PhoneUpdate, Plan, Rate,
    RotationState, RunEnd, run, zeroize::Zeroizing,
};

/// The vendor's server. It accepts passwords that Huawei accepts, has no phone 7, and loses its first reply.
#[derive(Default)]
struct Server {
    passwords: Mutex<HashMap<String, String>>,
}

enum Reply {
    Ok,
    NotFound,
    Lost,
}

impl Server {
    fn set_password(&self, phone: &str, password: &str) -> Reply {
        let mut passwords = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
        if phone == "phone-7" {
            return Reply::NotFound;
        }
        let is_first = passwords.is_empty();
        passwords.insert(phone.to_owned(), password.to_owned());
        if is_first { Reply::Lost } else { Reply::Ok }
    }
}

/// The phones of a customer of this vendor.
struct Acme<'a> {
    server: &'a Server,
    customer: &'a str,
}

impl Fleet for Acme<'_> {
    fn vendor(&self) -> &str {
        "acme"
    }

    fn policy(&self) -> &Policy {
        &HUAWEI
    }

    fn tenant(&self) -> String {
        self.customer.to_owned()
    }

    fn columns(&self) -> &'static [&'static str] {
        &["phone"]
    }

    fn default_rate(&self) -> Rate {
        Rate::per_minute(6000)
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        match phone.names {
            [name] if !name.is_empty() => Ok(()),
            _ => Err(FieldError { field: "phone", kind: FieldErrorKind::Empty }),
        }
    }

    fn send(&self, _: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        // A call has one phone unless `max_batch` says otherwise.
        let [phone] = phones else {
            return CallReport::stopped(phones.len(), "a call to Acme is for one phone");
        };
        match self.server.set_password(phone.names[0], phone.new_password) {
            Reply::Ok => CallReport::confirmed(1),
            Reply::NotFound => CallReport::refused(1, LockoutEffect::NotChecked, "Acme has no such phone"),
            Reply::Lost => CallReport::unknown(1, "the reply was lost"),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::default();
    let fleet = Acme { server: &server, customer: "example" };
    let accounts: String =
        ["phone\n".to_owned()].into_iter().chain((1..=10).map(|phone| format!("phone-{phone}\n"))).collect();

    let mut rng = Keystream::from_source(&mut getrandom::SysRng)?;
    let key = Key::Passphrase(Zeroizing::new("not a real passphrase".to_owned()));
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("rotation.db");
    let plan = Plan { fleet: &fleet, policy: &HUAWEI, length: 16, key: &key, not_containing: &[] };
    let mut journal = Draft::new(&path, &plan, accounts.as_bytes(), &mut rng)?.commit(&key)?;

    let limits = Limits {
        rate: Some(fleet.default_rate()),
        concurrency: NonZeroUsize::new(4).ok_or("no calls")?,
        wave: None,
    };
    let (client, stop) = (Client::builder().build(), AtomicBool::new(false));
    let end = run(&mut journal, &fleet, &client, &limits, &stop, |_| ())?;

    print(&journal)?;
    assert_eq!(end, RunEnd { stopped: None });
    assert_eq!(journal.counts().of(RotationState::Confirmed), 9);
    assert_eq!(journal.counts().of(RotationState::Refused), 1);
    let passwords = server.passwords.lock().unwrap_or_else(PoisonError::into_inner);
    journal.passwords(&[RotationState::Confirmed], |phone, password| {
        assert_eq!(passwords.get(phone.names[0]).map(String::as_str), Some(password.new));
        Ok::<(), JournalError>(())
    })?;
    Ok(())
}

/// What became of each phone. The passwords stay in the journal.
fn print(journal: &Journal) -> Result<(), JournalError> {
    journal.phones(&RotationState::ALL, |phone| {
        println!("{}: {} after {} calls: {}", phone.names[0], phone.state.name(), phone.calls, phone.reason);
        Ok(())
    })
}
