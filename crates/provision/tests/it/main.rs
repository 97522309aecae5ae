//! The files that templates make, read by readers that were written apart from them.

mod places;
mod readers;
mod targets;
mod templates;
