//! Replies of the vendors as the library reads them, for tests.

use sip_password::{
    EXOTEL, HUAWEI,
    api::{BaseUrl, Outcome, Secret},
    exotel,
    http::{HeaderMap, StatusCode},
    huawei::{BodyFormat, ExtraHeaders, UpdateSipPhonePassword},
};

pub(crate) fn exotel(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Outcome<exotel::Confirmation> {
    let call = exotel::UpdatePassword {
        base: &exotel::SINGAPORE,
        api_key: Secret::new("not-a-real-key"),
        api_token: Secret::new("not-a-real-token"),
        account_sid: "acme1",
        user_uuid: "user",
        device_id: "device",
        new_password: EXOTEL.check("Not_a_real_1").expect("it is compliant").into(),
    };
    call.outcome(status, headers, body)
}

pub(crate) fn huawei(status: StatusCode, body: &[u8]) -> Outcome {
    let base = BaseUrl::new("https://service.example").expect("it is a base URL");
    let call = UpdateSipPhonePassword {
        base: &base,
        token: Secret::new("not-a-real-token"),
        app_key: None,
        user_account: "agent1",
        account_password: Secret::new("not-a-real-password"),
        new_password: HUAWEI.check("Not_a_real_1").expect("it is compliant").into(),
        body_format: BodyFormat::Flat,
        extra_headers: ExtraHeaders::NONE,
    };
    call.outcome(status, &HeaderMap::new(), body)
}
