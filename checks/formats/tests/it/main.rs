//! The formats of the library: what others read in them, and what the library reads back. And the catalogue, which is written in one.

mod html;
#[path = "../../../../tests/it/mixed.rs"]
mod mixed;
#[expect(dead_code, reason = "the library's own tests use more of it")]
#[path = "../../../../tests/it/naive.rs"]
mod naive;
mod password_rules;
mod pattern;
mod policy_file;
#[path = "../../../../tests/it/random.rs"]
mod random;
mod regex;
mod systems;
