//! The library, by its public face.

#[cfg(feature = "api")]
mod api;
#[cfg(feature = "std")]
mod bulk;
mod check;
mod classes;
mod count;
#[cfg(feature = "std")]
mod exact;
mod exhaustive;
mod first;
#[cfg(all(feature = "api", feature = "passwordrules", feature = "toml"))]
mod full;
mod golden;
#[cfg(feature = "std")]
mod instruction_sets;
#[cfg(feature = "std")]
mod intersection;
#[cfg(feature = "rayon")]
mod job;
#[cfg(feature = "std")]
mod lines;
mod long;
#[cfg(feature = "messages")]
mod messages;
#[cfg(feature = "std")]
mod mixed;
mod naive;
mod random;
mod source;
#[cfg(feature = "passwordrules")]
mod vault;
mod wiping;
mod words;
