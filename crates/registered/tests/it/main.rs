//! Tests against a fake registrar on the loopback interface.

mod certificates;
mod fake;
mod replies;
mod verdicts;

use std::time::Duration;

use fake::FakeRegistrar;
use sip_password_registered::{Address, Password, Registrar, Transport, User, Verdict};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn registrar(fake: &FakeRegistrar, transport: Transport) -> Registrar {
    let address = Address::new(&fake.address.to_string()).expect("it is one");
    Registrar::resolve(&address, transport).expect("it is an address").with_timeout(PATIENCE)
}

fn user(name: &str) -> User<'_> {
    User::new(name.as_bytes()).expect("it is printable")
}

fn password(text: &str) -> Password<'_> {
    Password::new(text.as_bytes()).expect("it is printable")
}

fn ask(registrar: &Registrar, name: &str, text: &str) -> Verdict {
    registrar.ask(user(name), password(text))
}
