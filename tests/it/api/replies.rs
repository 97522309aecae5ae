//! What replies mean: every status, every documented member, and everything that can be wrong with the bytes.

mod bytes;
mod exotel;
mod huawei;
mod nxcloud;
mod random;
mod status;
