//! A call of each kind with fake secrets, and its outcomes.

use std::sync::LazyLock;

use sip_password::{
    EXOTEL, HUAWEI, NXCLOUD,
    api::{BaseUrl, Failure, FailureKind, NewPassword, Outcome, ReplyError, Secret},
    exotel::{self, Confirmation},
    http::{HeaderMap, StatusCode},
    huawei::{self, AccessToken, BodyFormat, ExtraHeaders},
    nxcloud::{self, Assignment, Report},
};

pub(crate) const TOKEN: &str = "fake-token-5tGb";
pub(crate) const KEY: &str = "fake-key-3eDc";
pub(crate) const KEY_SECRET: &str = "fake/secret+4rFv";
pub(crate) const ACCOUNT_PASSWORD: &str = "fake\"Account\\Pwd";
pub(crate) const PASSWORD: &str = "Fake_Phone^Pwd1";
pub(crate) const FIRST: &str = "FakePhonePwd1";
pub(crate) const SECOND: &str = "FakePhonePwd2";
/// No output may contain one of these.
pub(crate) const SECRETS: [&str; 7] = [TOKEN, KEY, KEY_SECRET, ACCOUNT_PASSWORD, PASSWORD, FIRST, SECOND];

pub(crate) static BASE: LazyLock<BaseUrl> =
    LazyLock::new(|| BaseUrl::new("https://service.besclouds.com").expect("it is a URL"));

pub(crate) fn huawei() -> huawei::UpdateSipPhonePassword<'static> {
    huawei::UpdateSipPhonePassword {
        base: &BASE,
        token: Secret::new(TOKEN),
        app_key: Some(Secret::new(KEY)),
        user_account: "agent1",
        account_password: Secret::new(ACCOUNT_PASSWORD),
        new_password: HUAWEI.check(PASSWORD).expect("it is compliant").into(),
        body_format: BodyFormat::Flat,
        extra_headers: ExtraHeaders::NONE,
    }
}

pub(crate) fn token() -> huawei::TokenByAkSk<'static> {
    huawei::TokenByAkSk::new(&BASE, Secret::new(KEY), Secret::new(KEY_SECRET))
}

pub(crate) fn exotel() -> exotel::UpdatePassword<'static> {
    exotel::UpdatePassword {
        base: &exotel::SINGAPORE,
        api_key: Secret::new(KEY),
        api_token: Secret::new(TOKEN),
        account_sid: "acme1",
        user_uuid: "0a1b2c",
        device_id: "12345",
        new_password: EXOTEL.check(PASSWORD).expect("it is compliant").into(),
    }
}

pub(crate) fn nxcloud(assignment: Assignment<'_>) -> nxcloud::UpdatePassword<'_> {
    nxcloud::UpdatePassword {
        base: &nxcloud::PRODUCTION,
        app_key: Secret::new(KEY),
        secret_key: Secret::new(KEY_SECRET),
        assignment,
    }
}

pub(crate) const PHONES: [&str; 2] = ["1049001", "1049002"];

pub(crate) fn pairs() -> [(&'static str, NewPassword<'static>); 2] {
    [
        (PHONES[0], NXCLOUD.check(FIRST).expect("it is compliant").into()),
        (PHONES[1], NXCLOUD.check(SECOND).expect("it is compliant").into()),
    ]
}

pub(crate) fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("it is a status")
}

pub(crate) fn huawei_outcome(code: u16, body: &[u8]) -> Outcome {
    huawei().outcome(status(code), &HeaderMap::new(), body)
}

pub(crate) fn token_outcome(code: u16, body: &[u8]) -> Result<AccessToken, Failure> {
    token().outcome(status(code), &HeaderMap::new(), body)
}

pub(crate) fn exotel_outcome(code: u16, body: &[u8]) -> Outcome<Confirmation> {
    exotel().outcome(status(code), &HeaderMap::new(), body)
}

/// The outcome of a call for two phones whose passwords the server generates.
pub(crate) fn server_generated_outcome(code: u16, body: &[u8]) -> Outcome<Report<'static>, Report<'static>> {
    nxcloud(Assignment::ServerGenerated(&PHONES)).outcome(status(code), &HeaderMap::new(), body)
}

/// The outcome of a call for two phones, each with a password of its own.
pub(crate) fn individual_outcome(code: u16, body: &[u8]) -> Outcome<Report<'static>, Report<'static>> {
    static PAIRS: LazyLock<[(&str, NewPassword<'_>); 2]> = LazyLock::new(pairs);
    nxcloud(Assignment::Individual(&*PAIRS)).outcome(status(code), &HeaderMap::new(), body)
}

pub(crate) fn kind<T: std::fmt::Debug, P: std::fmt::Debug>(outcome: &Outcome<T, P>) -> FailureKind {
    outcome.failure().unwrap_or_else(|| panic!("not a failure: {outcome:?}")).kind()
}

pub(crate) fn reply_error<T: std::fmt::Debug, P: std::fmt::Debug>(outcome: &Outcome<T, P>) -> ReplyError {
    match kind(outcome) {
        FailureKind::InvalidReply { error } => error,
        other => panic!("not an invalid reply: {other:?}"),
    }
}
