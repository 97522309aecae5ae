//! Requests: fields that are checked, and bodies that are wiped.

pub(crate) mod base_url;
pub(crate) mod body;
pub(crate) mod field;
pub(crate) mod secret;
