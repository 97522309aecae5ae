//! The library, by its public face.

#[cfg(feature = "api")]
mod api;
#[cfg(feature = "std")]
mod bulk;
mod check;
mod count;
#[cfg(feature = "std")]
mod exact;
mod exhaustive;
#[cfg(all(feature = "api", feature = "passwordrules", feature = "toml"))]
mod full;
mod golden;
#[cfg(feature = "passwordrules")]
mod html;
#[cfg(feature = "rayon")]
mod job;
#[cfg(feature = "std")]
mod lines;
#[cfg(feature = "messages")]
mod messages;
mod mixed;
mod naive;
#[cfg(feature = "passwordrules")]
mod password_rules;
mod pattern;
#[cfg(feature = "toml")]
mod policy_file;
mod random;
mod regex;
mod source;
mod wiping;
mod words;
