//! A policy in the notations of others, written and read.

#[cfg(feature = "passwordrules")]
pub(crate) mod html;
#[cfg(feature = "messages")]
pub(crate) mod messages;
#[cfg(feature = "passwordrules")]
pub(crate) mod passwordrules;
#[cfg(feature = "passwordrules")]
pub(crate) mod pattern;
#[cfg(feature = "toml")]
pub(crate) mod policy_file;
pub(crate) mod utf_16;
#[cfg(feature = "passwordrules")]
pub(crate) mod vault;
