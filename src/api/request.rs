//! Requests: a base URL and fields that are validated, and a body that is wiped.

pub(crate) mod base_url;
pub(crate) mod body;
pub(crate) mod field;
pub(crate) mod secret;
