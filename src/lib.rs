#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The rooms, from the ground up: each imports only from those above it in this list.
mod kernel;
mod rules;

mod counting;

mod policy;

mod presets;

#[cfg(feature = "catalogue")]
pub mod catalogue;

mod check;

mod generate;

#[cfg(feature = "std")]
mod formats;

#[cfg(feature = "api")]
pub mod api;

#[cfg(any(test, feature = "std", constant_time))]
extern crate std;

#[cfg(feature = "api")]
pub use http;
pub use rand_core;

pub use check::{
    Compliant,
    kind::{ViolationKind, ViolationKinds},
    violation::{Violation, Violations},
};
pub use counting::natural::Natural;
pub use generate::{
    GenerateError, LengthError,
    password::{CapacityError, Password},
};
pub use policy::{Classes, Conflict, Policy, PolicyError, entropy::Counts, explain::Explanation};
pub use presets::{
    EXOTEL, HUAWEI, NXCLOUD, NXCLOUD_RANDOM, PRESETS, Preset, certainty::Certainty, safe_for::SafeFor,
};
pub use rules::{
    MAX_CHECKED_LENGTH, MAX_LENGTH, Rules,
    charset::{CharSet, NotAscii},
    class::{Class, ClassSet, MAX_CLASS_NAME, MAX_CLASS_NAMES, MAX_CLASSES},
    words::ContextWords,
};

#[cfg(feature = "std")]
pub use check::lines::LineCounts;
#[cfg(feature = "std")]
pub use formats::utf_16::is_utf_16;
#[cfg(feature = "std")]
pub use generate::bulk::Bulk;
#[cfg(feature = "std")]
pub use policy::{IntersectionConflict, IntersectionError};

#[cfg(feature = "chacha")]
pub use generate::{keystream::Keystream, seed::Seed};

#[cfg(feature = "rayon")]
pub use generate::job::Job;

#[cfg(feature = "catalogue")]
pub use catalogue::{CATALOGUE, System, SystemGroup};
#[cfg(feature = "messages")]
pub use formats::messages::{Messages, MessagesError};
#[cfg(feature = "toml")]
pub use formats::policy_file::{PolicyFile, PolicyFileError};
#[cfg(feature = "passwordrules")]
pub use formats::{
    html::HtmlAttributes,
    passwordrules::{Characters, ParsePasswordRulesError, PasswordRules, PasswordRulesError},
    pattern::Pattern,
    vault::{VaultError, VaultPolicy},
};

#[cfg(feature = "http")]
pub use api::client::{Client, ClientBuilder, ProxyError, RootsError, SendError, TransportError};
#[cfg(feature = "api")]
pub use api::{exotel, huawei, nxcloud};

#[cfg(constant_time)]
pub use kernel::declassify::DECLASSIFY;
