//! Each fault, as a client sees it on the wire.

mod conditions;
mod connections;
mod replaced;
mod replies;
mod stalls;

use std::io;

use fake_vendors::{Config, Ending, FakeVendors, Fault, Vendor};

use crate::common::{Wire, name, token};

pub(crate) const PASSWORD: &str = "fakePass1";

/// Fake servers with these faults, a connection to them, and a token.
pub(crate) fn with(faults: Vec<Fault>) -> (FakeVendors, Wire, String) {
    let vendors = FakeVendors::start(Config { faults, ..Config::default() }).unwrap();
    let mut wire = Wire::open(&vendors).unwrap();
    let token = token(&mut wire);
    (vendors, wire, token)
}

pub(crate) fn set(vendors: &FakeVendors, vendor: Vendor) -> bool {
    vendors.password_of(vendor, &name(vendor, 1)).as_deref() == Some(PASSWORD)
}

/// How a connection ended, from the client's side.
#[derive(Debug, PartialEq)]
pub(crate) enum End {
    Farewell,
    /// TCP ended without a `close_notify` of TLS.
    Cut,
    Reset,
}

pub(crate) fn end(result: io::Result<()>) -> End {
    match result.map_err(|error| error.kind()) {
        Ok(()) => End::Farewell,
        Err(io::ErrorKind::UnexpectedEof) => End::Cut,
        Err(io::ErrorKind::ConnectionReset) => End::Reset,
        other => panic!("{other:?}"),
    }
}

pub(crate) const ENDINGS: [(Ending, End); 3] =
    [(Ending::Reset, End::Reset), (Ending::Close, End::Cut), (Ending::Farewell, End::Farewell)];
