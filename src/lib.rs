//! SIP phone passwords: generated, checked, counted and explained by the documented rules of Huawei Cloud (CEC/AICC) and Exotel, and for
//! NXCloud, which documents no rule for chosen passwords, by a rule of this library.
//!
//! One [`Policy`] answers four questions, so the answers always agree:
//!
//! | method | question |
//! |---|---|
//! | [`check`](Policy::check) | Does this password comply? If not, what exactly is wrong? |
//! | [`generate`](Policy::generate) | Which password shall I use? Each compliant one of the policy's alphabet is equally likely. |
//! | [`count`](Policy::count), [`entropy`](Policy::entropy) | How many passwords comply, and how much entropy does a generated one have? |
//! | [`explain`](Policy::explain) | What is the rule, in words? |
//!
//! The policies are [`HUAWEI`], [`EXOTEL`], [`NXCLOUD`] and [`NXCLOUD_RANDOM`], each with its source in [`PRESETS`], or of your own [`Rules`].
//!
//! # Check
//!
//! A verdict is a [`Compliant`] password or all [`Violations`], which hold nothing of the password:
//!
//! ```
//! use sip_password::{HUAWEI, ViolationKind};
//!
//! assert!(HUAWEI.check("Secret@12").is_ok());
//! let violations = HUAWEI.check("Secret").unwrap_err();
//! assert!(violations.iter().any(|violation| violation.kind() == ViolationKind::TooShort));
//! ```
//!
//! # Generate
//!
//! The random source is a [`TryCryptoRng`](rand_core::TryCryptoRng): the hardware of a firmware, or, with the feature `chacha`, a `Keystream`
//! from the operating system's. The buffer is the caller's, and its length is that of the password:
//!
//! ```
//! use sip_password::{GenerateError, HUAWEI, rand_core::TryCryptoRng};
//!
//! fn first_boot<R: TryCryptoRng>(hardware: &mut R, flash: &mut [u8; 16]) -> Result<(), GenerateError<R::Error>> {
//!     // Fills the buffer in place, and zeroes it if the hardware fails.
//!     HUAWEI.generate(hardware, flash)?;
//!     Ok(())
//! }
//! ```
//!
//! A [`Password`] owns its memory and wipes it.
//!
//! # Count
//!
//! ```
//! use sip_password::HUAWEI;
//!
//! assert_eq!(HUAWEI.count(16).to_string(), "329449241992944238668919603200");
//! assert!((HUAWEI.entropy(16) - 98.0559).abs() < 1e-4); // bits
//! ```
//!
//! # Explain
//!
//! ```
//! use sip_password::HUAWEI;
//!
//! assert!(HUAWEI.explain().to_string().starts_with("8 to 16 characters; 16 by default"));
//! ```
//!
//! # A rule of your own
//!
//! In a `const`, a rule that makes no sense does not compile:
//!
//! ```
//! use sip_password::{CharSet, Class, Policy, Rules};
//!
//! const DOOR: Policy = Policy::of(
//!     Rules::new().with_lengths(6, 8).with_class(Class::new("digits", CharSet::DIGITS)).with_max_repeat(2),
//! );
//! assert!(DOOR.check("111222").is_err());
//! ```
//!
#![doc = include_str!("../docs/guide/features.md")]
#![doc = include_str!("../docs/guide/promises.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The programs of README.md and of the guide.
#[cfg(all(doctest, feature = "api", feature = "chacha", feature = "toml"))]
mod documents {
    #[doc = include_str!("../README.md")]
    mod readme {}
    #[doc = include_str!("../docs/guide/firmware.md")]
    mod firmware {}
    #[doc = include_str!("../docs/guide/library.md")]
    mod library {}
}

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
pub use kernel::instruction_set::InstructionSet;
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
