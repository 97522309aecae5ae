//! What the programs for the boards share.
//!
//! `selftest` shows that the library does on a board what it does on a host; `first-boot` is the smallest
//! useful program; the `cost-*` programs differ by one thing each, and so show what it costs. `run` builds, boots and
//! compares them.

#![no_std]

pub mod board;
pub mod clock;
pub mod console;
pub mod counter;
pub mod stack;
