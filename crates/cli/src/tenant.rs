//! Whose phones: what the command must be told of an account with a vendor, whatever it does there.

pub(super) mod exotel;
pub(super) mod huawei;
pub(super) mod nxcloud;
