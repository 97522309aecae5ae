//! The rotation, by its public face.

mod fleets;
mod rotation;
mod words;
