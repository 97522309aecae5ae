//! The effect of each of Huawei's replies on the lockout of the account.

use sip_password::api::lockout::LockoutEffect;

use super::calls::*;

/// What Huawei's page calls a failed check is one; what comes from a gateway is unknown.
#[test]
fn the_effect_of_each_reply() {
    for (code, body, effect) in [
        (200, &br#"{"resultCode":"0"}"#[..], LockoutEffect::Passed),
        (200, br#"{"resultCode":"1"}"#, LockoutEffect::Failed),
        (200, b"", LockoutEffect::Failed),
        (302, b"", LockoutEffect::Unknown),
        (400, b"", LockoutEffect::Failed),
        (401, b"", LockoutEffect::Failed),
        (403, b"", LockoutEffect::Failed),
        (404, b"", LockoutEffect::NotChecked),
        (429, b"", LockoutEffect::NotChecked),
        (500, b"", LockoutEffect::Failed),
        (502, b"", LockoutEffect::Unknown),
        (503, b"", LockoutEffect::Unknown),
        (504, b"", LockoutEffect::Unknown),
    ] {
        let outcome = huawei_outcome(code, body);
        assert_eq!(LockoutEffect::of_reply(outcome.failure()), effect, "{code} {body:?}");
    }
}
