//! `sip-password rotate` as a process, against the fake server of the vendors: whatever goes wrong, no phone has a password
//! that is not in the journal, no account is locked, and no secret is in any output.
//!
//! The signals, modes and limits of it are those of Unix.

#![cfg(unix)]

mod accounts;
mod batches;
mod faults;
mod journal;
mod keys;
mod kills;
mod pace;
mod results;
mod setting;
mod stops;

use std::{
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    thread,
};

use fake_vendors::Vendor;

/// Whether the machine is used by several tests.
static MACHINE: RwLock<()> = RwLock::new(());

/// Held by a test that does not mind others beside it.
fn shared() -> RwLockReadGuard<'static, ()> {
    MACHINE.read().unwrap_or_else(PoisonError::into_inner)
}

/// Held by a test that measures time.
fn alone() -> RwLockWriteGuard<'static, ()> {
    MACHINE.write().unwrap_or_else(PoisonError::into_inner)
}

/// For all three at a time.
fn each(what: fn(Vendor)) {
    thread::scope(|scope| {
        for vendor in Vendor::ALL {
            scope.spawn(move || what(vendor));
        }
    });
}
