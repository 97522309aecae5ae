//! Routines that the programs for the boards share.
//!
//! `selftest` shows that the library gives the same results on a board as on this machine; `first-boot` is the smallest useful program;
//! the `cost-*` programs differ by one call each, and so show the cost of the call. `run` builds, boots and compares them.

#![no_std]

pub mod board;
pub mod clock;
pub mod console;
pub mod counter;
pub mod stack;
