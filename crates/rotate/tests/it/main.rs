//! The rotation, through its public interface.

mod fleets;
mod messages;
mod rotation;
