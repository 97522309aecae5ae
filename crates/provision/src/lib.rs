//! SIP passwords written into the files of phones and PBXs.
//!
//! A password that a registrar has and the phone has not is a phone that is dead. Between the two lies a file: XML in which `&` begins an entity, a
//! pjsip.conf in which `;` begins a comment, SQL, a line of a phone's own format. This crate writes such files by templates that escape each value for
//! its place, and refuse what the place cannot carry.
//!
//! | what | type |
//! |---|---|
//! | a template of one's own, in the language of Jinja2 | [`Template`] |
//! | the templates that come with the crate, each with its source | [`TARGETS`] |
//! | the rules of one place: XML, JSON, SQL, a shell, Asterisk's files, … | [`Place`] |
//! | HA1, by MD5, SHA-256 or SHA-512/256 | [`DigestAlgorithm`] |
//!
//! ```
//! use sip_password_provision::{Phone, Target};
//!
//! let yealink = Target::named("yealink").expect("it is in TARGETS").parsed();
//! let mut phone = Phone::new();
//! for (name, value) in [("user", "1001"), ("mac", "00:15:65:AB:CD:EF"), ("registrar", "sip.example.com")] {
//!     phone.text(name, value);
//! }
//! phone.secret("password", "Fake-Pass-1001");
//! assert_eq!(yealink.file_name(&phone)?.as_deref(), Some("001565abcdef.cfg"));
//! let file = yealink.render(&phone, (1, true))?;
//! assert!(file.starts_with(b"#!version:1.0.0.1\n"));
//! # Ok::<(), sip_password_provision::TemplateError>(())
//! ```
//!
//! # Secrets
//!
//! Passwords and what the filters of this crate make of them are wiped, as is the buffer that a phone is rendered to; what other filters of the
//! engine make of a password is not. No error and no `Debug` output has one.

mod digest;
mod engine;
mod error;
mod place;
mod secret;
mod target;
mod template;

pub use digest::{Colon, DigestAlgorithm};
pub use error::TemplateError;
pub use place::{Place, Uncarried, Unfit, made_by};
pub use target::{TARGETS, Target};
pub use template::{Phone, Template, variable};
