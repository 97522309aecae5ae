//! Deny lists, well-known defaults, and estimates.

mod common;
mod defaults;
mod filters;
mod guesses;
mod hashes;
mod words;
