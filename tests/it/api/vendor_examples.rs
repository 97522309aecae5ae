//! Every example of the vendors' documents, byte for byte.

use std::time::Duration;

use sip_password::{
    NXCLOUD_RANDOM, Policy,
    api::{NewPassword, Outcome, Secret},
    http::HeaderMap,
    huawei::{BodyFormat, ExtraHeaders, UpdateSipPhonePassword},
    nxcloud::{Assignment, PhoneState, UpdatePassword},
};

use super::calls::*;

/// Huawei, `updateSipPhonePassword`, "Request parameters": the last line begins with a tab.
const HUAWEI_REQUEST: &str =
    "{\n    \"userAccount\":\"xxxxx\",\n    \"accountPwd\":\"xxxxx\",\n\t\"newPhonePwd\":\"xxxxx\"\n}";
/// Huawei, `updateSipPhonePassword`, "Response parameters".
pub(crate) const HUAWEI_REPLY: &str = "{\n  \"resultCode\": \"0\",\n  \"resultMessage\": \"success\"\n}";
/// Exotel, "reset your user's SIP password".
pub(crate) const EXOTEL_REPLY: &str = r#"{
  "request_id": "affd93c2e3674424993e4d70c012156e",
  "method": "PUT",
  "http_code": 200,
  "response": {
    "code": 200,
    "error_data": null,
    "status": "success",
    "data": null
  }
}"#;
/// NXCloud, `sipphone/updatePassword`, "Response Example".
pub(crate) const NXCLOUD_REPLY: &str = r#"{
    "code": "success",
    "row": {
        "1049001": "671897",
        "1049002": "888799"
    }
}"#;
/// NXCloud, `sipphone/updatePassword`, "Note".
pub(crate) const NXCLOUD_REFUSAL: &str =
    r#"{ "code": "failed", "info": "Your parameters are incorrect, please check and try again" }"#;
/// Huawei, `tokenByAkSk`, with fake values.
pub(crate) const TOKEN_REPLY: &str = r#"{"AccessToken":"fake-access-token-7uJm","ApplyType":"Bearer","CreateTime":"1545805955","Expires":"600","Scope":"","AppKey":"","UserID":""}"#;

/// The body is compact and the example is not, so white space is removed from the example. Its strings contain none.
#[test]
fn huawei_request() {
    // A policy that accepts the example's placeholder.
    let classes = [sip_password::Class::new("x", sip_password::CharSet::of("x"))];
    let policy = Policy::new(
        sip_password::Rules::new().with_lengths(5, 5).with_default_length(5).with_classes(&classes),
    )
    .unwrap();
    let call = UpdateSipPhonePassword {
        base: &BASE,
        token: Secret::new("xxxxx"),
        app_key: None,
        user_account: "xxxxx",
        account_password: Secret::new("xxxxx"),
        new_password: NewPassword::TenantPolicy { password: policy.check("xxxxx").unwrap(), policy: &policy },
        body_format: BodyFormat::Flat,
        extra_headers: ExtraHeaders::NONE,
    };
    let request = call.request().unwrap();
    let example: Vec<u8> = HUAWEI_REQUEST.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    assert_eq!(request.body().expose_secret_bytes(), example);
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "https://service.besclouds.com/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword"
    );
    assert_eq!(request.headers()["authorization"], "Bearer xxxxx");
    // The form of the table.
    let request = UpdateSipPhonePassword { body_format: BodyFormat::Wrapped, ..call }.request().unwrap();
    let wrapped = [b"{\"requestParam\":", &*example, b"}"].concat();
    assert_eq!(request.body().expose_secret_bytes(), wrapped);
}

#[test]
fn huawei_reply() {
    assert!(huawei_outcome(200, HUAWEI_REPLY.as_bytes()).is_updated());
    let in_schema = format!(r#"{{"schema":{HUAWEI_REPLY}}}"#);
    assert!(huawei_outcome(200, in_schema.as_bytes()).is_updated());
}

#[test]
fn token_reply() {
    let token = token_outcome(200, TOKEN_REPLY.as_bytes()).unwrap();
    assert_eq!(token.expose_secret(), "fake-access-token-7uJm");
    assert_eq!(token.lifetime(), Duration::from_secs(600));
}

#[test]
fn exotel_request() {
    for (base, host) in [
        (&sip_password::exotel::SINGAPORE, "ccm-api.exotel.com"),
        (&sip_password::exotel::MUMBAI, "ccm-api.in.exotel.com"),
    ] {
        let request = sip_password::exotel::UpdatePassword { base, ..exotel() }.request().unwrap();
        assert_eq!(request.method(), "PUT");
        let url = format!("https://{host}/v2/accounts/acme1/users/0a1b2c/devices/12345/password");
        assert_eq!(request.uri(), url.as_str());
        assert_eq!(request.body().expose_secret_bytes(), br#"{"password":"Fake_Phone^Pwd1"}"#);
        assert_eq!(request.headers()["content-type"], "application/json");
    }
}

#[test]
fn exotel_reply() {
    let Outcome::Updated(confirmation) = exotel_outcome(200, EXOTEL_REPLY.as_bytes()) else {
        panic!("it is the example")
    };
    assert_eq!(confirmation.request_id.unwrap().as_str(), "affd93c2e3674424993e4d70c012156e");
}

/// The body that curl sends for the example: `appkey=asdf`, `secretkey=qwer`, `username=asdf`.
#[test]
fn nxcloud_request() {
    let call = UpdatePassword {
        base: &sip_password::nxcloud::PRODUCTION,
        app_key: Secret::new("asdf"),
        secret_key: Secret::new("qwer"),
        assignment: Assignment::ServerGenerated(&["asdf"]),
    };
    let request = call.request().unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api.nxcloud.com/api/sipphone/updatePassword");
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.body().expose_secret_bytes(), b"appkey=asdf&secretkey=qwer&username=asdf");
}

#[test]
fn nxcloud_reply() {
    let Outcome::Updated(report) = server_generated_outcome(200, NXCLOUD_REPLY.as_bytes()) else {
        panic!("it is the example")
    };
    for (phone, (username, password)) in
        report.phones.iter().zip([("1049001", "671897"), ("1049002", "888799")])
    {
        assert_eq!(phone.username, username);
        let PhoneState::UpdatedTo(chosen) = &phone.state else { panic!("{phone:?}") };
        assert_eq!(chosen.expose_secret(), password);
        assert!(NXCLOUD_RANDOM.check(chosen.expose_secret()).is_ok());
    }
}

#[test]
fn nxcloud_refusal() {
    let outcome = nxcloud(Assignment::ServerGenerated(&PHONES)).outcome(
        status(200),
        &HeaderMap::new(),
        NXCLOUD_REFUSAL.as_bytes(),
    );
    assert_eq!(
        outcome.failure().unwrap().to_string(),
        "NXCloud: the vendor refused the request (HTTP 200, code failed); \
         the vendor says: Your parameters are incorrect, please check and try again"
    );
}
