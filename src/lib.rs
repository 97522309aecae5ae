#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// From the ground up: a floor imports only from those above it in this list.
mod charset;
mod rules;

#[cfg(feature = "passwordrules")]
mod clauses;
#[cfg(feature = "std")]
mod owned;

mod public;

mod automaton;
mod natural;
mod swar;
mod tally;
mod uniform;

#[cfg(feature = "std")]
mod exact;

mod policy;

#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod fast;
mod findings;
mod violation;

mod check;
mod count;
mod explain;
mod generate;

#[cfg(feature = "passwordrules")]
mod password_rules;

#[cfg(feature = "passwordrules")]
mod pattern;

#[cfg(feature = "passwordrules")]
mod html;

mod password;
mod safe;

#[cfg(feature = "messages")]
mod messages;

#[cfg(feature = "std")]
mod wiped;

#[cfg(feature = "std")]
mod bulk;
#[cfg(feature = "std")]
mod lines;

#[cfg(feature = "chacha")]
mod keystream;

#[cfg(feature = "rayon")]
mod job;

#[cfg(feature = "api")]
pub mod api;

mod vendor;

#[cfg(feature = "serde")]
mod policy_file;

#[cfg(feature = "http")]
mod client;

#[cfg(feature = "rotate")]
pub mod rotate;

#[cfg(any(test, feature = "std", constant_time))]
extern crate std;

#[cfg(feature = "api")]
pub use http;
pub use rand_core;
#[cfg(feature = "rotate")]
pub use zeroize;

#[cfg(feature = "std")]
pub use bulk::Bulk;
pub use charset::{CharSet, NotAscii};
pub use check::Compliant;
#[cfg(feature = "http")]
pub use client::{Client, ClientBuilder, RootsError, SendError, TransportError};
pub use explain::Explanation;
pub use generate::GenerateError;
#[cfg(feature = "passwordrules")]
pub use html::HtmlAttributes;
#[cfg(feature = "rayon")]
pub use job::Job;
#[cfg(feature = "chacha")]
pub use keystream::Keystream;
#[cfg(feature = "std")]
pub use lines::Report;
#[cfg(feature = "messages")]
pub use messages::{Messages, MessagesError};
pub use natural::Natural;
#[cfg(feature = "std")]
pub use owned::{OwnedClass, OwnedRules};
pub use password::{CapacityError, Password};
#[cfg(feature = "passwordrules")]
pub use password_rules::{Characters, ParsePasswordRulesError, PasswordRules, PasswordRulesError};
#[cfg(feature = "passwordrules")]
pub use pattern::Pattern;
pub use policy::{Conflict, EXACT_TRIES, MAX_TRIES, Policy, PolicyError};
#[cfg(feature = "serde")]
pub use policy_file::{PolicyFile, PolicyFileError};
#[cfg(constant_time)]
pub use public::DECLARE;
pub use rules::{Class, ClassSet, MAX_CLASSES, MAX_LENGTH, Rules};
pub use safe::SafeFor;
pub use tally::{MAX_STATES, MAX_STATES_STD};
pub use vendor::{EXOTEL, HUAWEI, NXCLOUD, NXCLOUD_RANDOM, PRESETS, Preset};
#[cfg(feature = "api")]
pub use vendor::{exotel::api as exotel, huawei::api as huawei, nxcloud::api as nxcloud};
pub use violation::{Classes, Code, Codes, Violation, Violations};
