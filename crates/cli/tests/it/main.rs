//! The command as a process.

mod catalogue;
#[cfg(feature = "submit")]
mod common;
#[cfg(feature = "demo")]
mod demo;
mod explain;
mod fits;
mod generate;
mod lists;
mod long;
#[cfg_attr(not(all(feature = "rotate", unix)), expect(dead_code, reason = "only rotations are timed"))]
mod machine;
mod manual;
#[path = "../../../../tests/it/mixed.rs"]
mod mixed;
mod output;
mod own_rules;
#[path = "../../../../checks/formats/tests/it/pattern.rs"]
mod pattern;
mod policies;
mod process;
#[cfg(unix)]
mod prompts;
#[cfg(feature = "provision")]
mod provision;
#[cfg(feature = "registered")]
mod registered;
#[cfg(feature = "rotate")]
mod rotate;
#[cfg(unix)]
mod shells;
#[cfg(feature = "strength")]
mod strength;
#[cfg(feature = "submit")]
mod submit;
mod usage;
mod validate;
mod words;
