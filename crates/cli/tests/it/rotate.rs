//! `sip-password rotate` against the fake servers: whatever goes wrong, no phone has a password
//! that is not in the journal, no account is locked, and no secret is in any output.
//!
//! The signals, modes and limits of it are those of Unix.

#![cfg(unix)]

mod accounts;
mod batches;
mod check;
mod columns;
mod corrections;
mod faults;
mod headers;
mod help;
mod integrity;
mod journal;
mod keys;
mod kills;
mod pace;
mod results;
mod setting;
mod stops;
mod templates;
mod waves;

use std::thread;

use fake_vendors::Vendor;

/// Runs a test for all vendors at the same time.
fn each(what: fn(Vendor)) {
    thread::scope(|scope| {
        for vendor in Vendor::ALL {
            scope.spawn(move || what(vendor));
        }
    });
}
