//! The command as a process.

mod command;
mod common;
#[path = "../../../../tests/it/mixed.rs"]
mod mixed;
mod own_rules;
#[path = "../../../../checks/formats/tests/it/pattern.rs"]
mod pattern;
mod rotate;
mod submit;
