//! Huawei Cloud CEC: [`UpdateSipPhonePassword`], and [`TokenByAkSk`] for the token that it needs. The preset of the passwords is
//! [`HUAWEI`](crate::HUAWEI).
//!
//! The current password of the agent's account travels with each update, and three failed checks of it lock the account for 30
//! minutes. So never send an update again to find something out: see
//! [`Failure::counts_as_failed_check`](crate::api::Failure::counts_as_failed_check).
//!
//! A tenant of a multi-tenant AICC may need the header `X-TenantSpaceID` too, which Huawei's page for this call does not have:
//! [`ExtraHeaders`].
//!
//! Source: Huawei Cloud, Customer Engagement Center (until 2023 Cognitive Engagement Center), System Configuration API Reference
//! (API Fabric), `updateSipPhonePassword`, page `cec_07_0027` of 2025-11-13, and `tokenByAkSk`. Nothing was tried against the live
//! service.

mod headers;
mod result;
mod token;
mod update;

pub use headers::ExtraHeaders;
pub use token::{AccessToken, TokenByAkSk};
pub use update::{BodyFormat, UpdateSipPhonePassword};

const VENDOR: &str = "Huawei";
