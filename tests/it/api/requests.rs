//! Requests: their headers and bodies, and the fields that are refused.

use sip_password::{
    EXOTEL, HUAWEI, NXCLOUD, NXCLOUD_RANDOM, Policy,
    api::{Body, FieldError, FieldErrorKind, MAX_ID, NewPassword, Secret},
    exotel,
    http::{HeaderMap, Request},
    huawei::{self, BodyFormat, ExtraHeaders},
    nxcloud::{self, Assignment},
};

use super::calls::*;

fn text(request: &Request<Body>) -> &str {
    str::from_utf8(request.body().expose_secret_bytes()).expect("bodies are UTF-8")
}

/// The invalid field, and what is wrong with it. The error contains no secret.
fn refused(request: Result<Request<Body>, FieldError>) -> (&'static str, FieldErrorKind) {
    let error = request.expect_err("a field is invalid");
    let text = format!("{error} {error:?}");
    for secret in SECRETS {
        assert!(!text.contains(secret), "{text}");
    }
    (error.field, error.kind)
}

#[test]
fn the_headers_of_each_request() {
    let request = huawei().request().unwrap();
    let expected = [
        ("content-type", "application/json", false),
        ("authorization", "Bearer fake-token-5tGb", true),
        ("x-app-key", KEY, true),
    ];
    check_headers(request.headers(), &expected);
    let request = huawei::UpdateSipPhonePassword { app_key: None, ..huawei() }.request().unwrap();
    assert_eq!(request.headers().len(), 2);

    let request = token().request().unwrap();
    check_headers(
        request.headers(),
        &[("content-type", "application/json", false), ("x-token-expire", "600", false)],
    );
    assert_eq!(request.uri(), "https://service.besclouds.com/apigovernance/api/oauth/tokenByAkSk");
    assert_eq!(text(&request), r#"{"app_key":"fake-key-3eDc","app_secret":"fake/secret+4rFv"}"#);

    // printf 'fake-key-3eDc:fake-token-5tGb' | base64
    let basic = "Basic ZmFrZS1rZXktM2VEYzpmYWtlLXRva2VuLTV0R2I=";
    let request = exotel().request().unwrap();
    check_headers(
        request.headers(),
        &[("content-type", "application/json", false), ("authorization", basic, true)],
    );

    let request = nxcloud(Assignment::ServerGenerated(&PHONES)).request().unwrap();
    check_headers(request.headers(), &[("content-type", "application/x-www-form-urlencoded", false)]);
}

fn check_headers(headers: &HeaderMap, expected: &[(&str, &str, bool)]) {
    assert_eq!(headers.len(), expected.len());
    for &(name, value, sensitive) in expected {
        assert_eq!(headers[name], value);
        assert_eq!(headers[name].is_sensitive(), sensitive, "{name}");
    }
}

#[test]
fn json_bodies_escape_their_strings() {
    let request = huawei().request().unwrap();
    assert_eq!(
        text(&request),
        r#"{"userAccount":"agent1","accountPwd":"fake\"Account\\Pwd","newPhonePwd":"Fake_Phone^Pwd1"}"#
    );
    let body: serde_json::Value = serde_json::from_str(text(&request)).unwrap();
    assert_eq!(body["accountPwd"], ACCOUNT_PASSWORD);
}

#[test]
fn forms_are_encoded_as_curl_encodes_them() {
    let pairs = pairs();
    let request = nxcloud(Assignment::Individual(&pairs)).request().unwrap();
    assert_eq!(
        text(&request),
        "appkey=fake-key-3eDc&secretkey=fake%2Fsecret%2B4rFv\
         &username=1049001%2C1049002&new_password=FakePhonePwd1%2CFakePhonePwd2"
    );
    let shared = NXCLOUD.check(FIRST).unwrap().into();
    let request = nxcloud(Assignment::Shared { usernames: &PHONES, password: shared }).request().unwrap();
    assert_eq!(
        text(&request),
        "appkey=fake-key-3eDc&secretkey=fake%2Fsecret%2B4rFv\
         &username=1049001%2C1049002&new_password=FakePhonePwd1"
    );
    // As `curl --data-urlencode`: unreserved characters as they are, a space as %20, UTF-8 byte by byte.
    let request = nxcloud(Assignment::ServerGenerated(&["a b-._~é&=%+"])).request().unwrap();
    assert!(text(&request).ends_with("&username=a%20b-._~%C3%A9%26%3D%25%2B"));
}

#[test]
fn path_segments_are_percent_encoded() {
    let call = exotel::UpdatePassword {
        account_sid: "a+b",
        user_uuid: "..%2f?#",
        device_id: "é d\u{a0}...",
        ..exotel()
    };
    assert_eq!(
        call.request().unwrap().uri(),
        "https://ccm-api.exotel.com/v2/accounts/a%2Bb/users/..%252f%3F%23/devices/%C3%A9%20d%C2%A0.../password"
    );
}

#[test]
fn invalid_identifiers_are_refused() {
    let long = "x".repeat(MAX_ID + 1);
    let invalid = [
        ("", FieldErrorKind::Empty),
        (".", FieldErrorKind::DotSegment),
        ("..", FieldErrorKind::DotSegment),
        ("a\n", FieldErrorKind::ControlCharacter { position: 2 }),
        ("é\0", FieldErrorKind::ControlCharacter { position: 2 }),
        ("\u{85}", FieldErrorKind::ControlCharacter { position: 1 }),
        (&long, FieldErrorKind::TooLong { max: MAX_ID }),
        ("/", FieldErrorKind::Slash { position: 1 }),
        ("a/b", FieldErrorKind::Slash { position: 2 }),
        ("../a", FieldErrorKind::Slash { position: 3 }),
        ("é\\", FieldErrorKind::Slash { position: 2 }),
    ];
    for (id, kind) in invalid {
        let call = exotel();
        let calls = [
            ("account_sid", exotel::UpdatePassword { account_sid: id, ..call }),
            ("user_uuid", exotel::UpdatePassword { user_uuid: id, ..call }),
            ("device_id", exotel::UpdatePassword { device_id: id, ..call }),
        ];
        for (field, call) in calls {
            assert_eq!(refused(call.request()), (field, kind));
        }
        {
            let call = huawei::UpdateSipPhonePassword { user_account: id, ..huawei() };
            assert_eq!(refused(call.request()), ("user_account", kind));
            assert_eq!(
                refused(nxcloud(Assignment::ServerGenerated(&["1", id])).request()),
                ("username", kind)
            );
        }
    }
    // The longest URL is valid.
    let longest = "\u{1f600}".repeat(MAX_ID / 4);
    let base = format!("https://localhost/{}", "x".repeat(1000));
    let base = sip_password::api::BaseUrl::new(&base).unwrap();
    let call = exotel::UpdatePassword {
        base: &base,
        account_sid: &longest,
        user_uuid: &longest,
        device_id: &longest,
        ..exotel()
    };
    assert!(call.request().unwrap().uri().path().len() > 3000);
}

#[test]
fn invalid_secrets_in_headers_are_refused() {
    let invalid = [
        ("", FieldErrorKind::Empty),
        ("a\r\nX: y", FieldErrorKind::ControlCharacter { position: 2 }),
        ("token\n", FieldErrorKind::ControlCharacter { position: 6 }),
        ("Bearer x", FieldErrorKind::NotVisibleAscii { position: 7 }),
        ("naïve", FieldErrorKind::NotVisibleAscii { position: 3 }),
    ];
    for (secret, kind) in invalid {
        let secret = Secret::new(secret);
        let call = huawei::UpdateSipPhonePassword { token: secret, ..huawei() };
        assert_eq!(refused(call.request()), ("token", kind));
        let call = huawei::UpdateSipPhonePassword { app_key: Some(secret), ..huawei() };
        assert_eq!(refused(call.request()), ("app_key", kind));
        let call = exotel::UpdatePassword { api_key: secret, ..exotel() };
        assert_eq!(refused(call.request()), ("api_key", kind));
        let call = exotel::UpdatePassword { api_token: secret, ..exotel() };
        assert_eq!(refused(call.request()), ("api_token", kind));
    }
    let call = exotel::UpdatePassword { api_key: Secret::new("a:b"), ..exotel() };
    assert_eq!(refused(call.request()), ("api_key", FieldErrorKind::Colon { position: 2 }));
    // A colon in the API token ends nothing.
    assert!(exotel::UpdatePassword { api_token: Secret::new("a:b"), ..exotel() }.request().is_ok());
    let long = "x".repeat(sip_password::api::MAX_SECRET + 1);
    let call = exotel::UpdatePassword { api_token: Secret::new(&long), ..exotel() };
    assert_eq!(
        refused(call.request()),
        ("api_token", FieldErrorKind::TooLong { max: sip_password::api::MAX_SECRET })
    );
}

#[test]
fn invalid_secrets_in_bodies_are_refused() {
    for (secret, kind) in
        [("", FieldErrorKind::Empty), ("secret\n", FieldErrorKind::ControlCharacter { position: 7 })]
    {
        let secret = Secret::new(secret);
        let call = huawei::UpdateSipPhonePassword { account_password: secret, ..huawei() };
        assert_eq!(refused(call.request()), ("account_password", kind));
        let call = huawei::TokenByAkSk { app_key: secret, ..token() };
        assert_eq!(refused(call.request()), ("app_key", kind));
        let call = huawei::TokenByAkSk { app_secret: secret, ..token() };
        assert_eq!(refused(call.request()), ("app_secret", kind));
        let call =
            nxcloud::UpdatePassword { app_key: secret, ..nxcloud(Assignment::ServerGenerated(&PHONES)) };
        assert_eq!(refused(call.request()), ("app_key", kind));
        let call =
            nxcloud::UpdatePassword { secret_key: secret, ..nxcloud(Assignment::ServerGenerated(&PHONES)) };
        assert_eq!(refused(call.request()), ("secret_key", kind));
    }
    for lifetime in [0, 3601, u32::MAX] {
        let call = huawei::TokenByAkSk { lifetime, ..token() };
        assert_eq!(
            refused(call.request()),
            ("lifetime", FieldErrorKind::OutOfRange { min: 1, max: 3600, found: lifetime })
        );
    }
    for lifetime in [1, 3600] {
        assert!(huawei::TokenByAkSk { lifetime, ..token() }.request().is_ok());
    }
}

#[test]
fn invalid_lists_of_phones_are_refused() {
    let refused = |usernames: &[&str]| refused(nxcloud(Assignment::ServerGenerated(usernames)).request());
    assert_eq!(refused(&[]), ("username", FieldErrorKind::Empty));
    assert_eq!(refused(&["1", "2,3"]), ("username", FieldErrorKind::Comma { position: 2 }));
    assert_eq!(refused(&["1", "2", "1"]), ("username", FieldErrorKind::Duplicate { position: 3 }));
    let empty = nxcloud(Assignment::Individual(&[])).request();
    assert_eq!(empty.unwrap_err().to_string(), "username: expected a value, found an empty text");
    let shared = NXCLOUD.check(FIRST).unwrap().into();
    let empty = nxcloud(Assignment::Shared { usernames: &[], password: shared }).request();
    assert_eq!(empty.unwrap_err().kind, FieldErrorKind::Empty);
}

#[test]
fn a_password_must_satisfy_the_vendors_preset() {
    // Compliant with another policy, but not with this vendor's preset.
    let digits = NewPassword::from(NXCLOUD_RANDOM.check("671897").unwrap());
    let of_exotel = NewPassword::from(EXOTEL.check("Not-a-real-1").unwrap());
    let error = huawei::UpdateSipPhonePassword { new_password: digits, ..huawei() }.request().unwrap_err();
    assert_eq!(
        error.to_string(),
        "new_password: expected a password that satisfies the policy, found these violations: \
         too-short, too-few-classes"
    );
    let kinds = |password: &str| FieldErrorKind::NotCompliant(HUAWEI.check(password).unwrap_err().kinds());
    let call = huawei::UpdateSipPhonePassword { new_password: of_exotel, ..huawei() };
    assert_eq!(refused(call.request()), ("new_password", kinds("Not-a-real-1")));
    let call = exotel::UpdatePassword { new_password: digits, ..exotel() };
    assert_eq!(call.request().unwrap_err().field, "new_password");
    for assignment in
        [Assignment::Individual(&[("1", digits)]), Assignment::Shared { usernames: &["1"], password: digits }]
    {
        assert_eq!(nxcloud(assignment).request().unwrap_err().field, "new_password");
    }
    // Compliant with this vendor's preset, although another policy accepted it.
    let of_nxcloud = NewPassword::from(NXCLOUD.check(FIRST).unwrap());
    assert!(huawei::UpdateSipPhonePassword { new_password: of_nxcloud, ..huawei() }.request().is_ok());
}

#[test]
fn a_password_must_satisfy_the_tenants_policy() {
    let policy = Policy::new(HUAWEI.rules().with_lengths(8, 20)).unwrap();
    let password = policy.check("Not_a_real_password1").unwrap();
    let by_tenant = NewPassword::TenantPolicy { password, policy: &policy };
    for body_format in [BodyFormat::Flat, BodyFormat::Wrapped] {
        let call = huawei::UpdateSipPhonePassword { new_password: by_tenant, body_format, ..huawei() };
        assert!(call.request().is_ok());
        let call = huawei::UpdateSipPhonePassword { new_password: password.into(), body_format, ..huawei() };
        assert_eq!(call.request().unwrap_err().field, "new_password");
    }
    // Accepted by one policy, given with another.
    let mismatched = NewPassword::TenantPolicy { password, policy: &NXCLOUD_RANDOM };
    let call = huawei::UpdateSipPhonePassword { new_password: mismatched, ..huawei() };
    assert_eq!(call.request().unwrap_err().field, "new_password");
    // Commas separate several passwords, so no policy can allow one.
    let policy = Policy::new(NXCLOUD.rules().with_uncounted(sip_password::CharSet::of(","))).unwrap();
    let password = policy.check("Fake,Password1").unwrap();
    let pairs = [("1", NewPassword::TenantPolicy { password, policy: &policy })];
    assert_eq!(
        refused(nxcloud(Assignment::Individual(&pairs)).request()),
        ("new_password", FieldErrorKind::Comma { position: 5 })
    );
}

/// A tenant of a multi-tenant AICC is found by a header.
#[test]
fn extra_headers_go_with_both_calls_of_huawei() {
    let pairs = [("X-TenantSpaceID", "201811"), ("x-Other", "a b")];
    let extra_headers = ExtraHeaders::new(&pairs).unwrap();
    assert_eq!(extra_headers.pairs(), pairs);
    assert_eq!(format!("{extra_headers:?}"), r#"["X-TenantSpaceID", "x-Other"]"#);
    let update = huawei::UpdateSipPhonePassword { extra_headers, ..huawei() };
    let token = huawei::TokenByAkSk { extra_headers, ..token() };
    for (with, without) in
        [(update.request(), huawei().request()), (token.request(), super::calls::token().request())]
    {
        let (with, without) = (with.unwrap(), without.unwrap());
        assert_eq!(with.headers()["x-tenantspaceid"], "201811");
        assert_eq!(with.headers()["X-Other"], "a b");
        assert_eq!(with.headers().len(), without.headers().len() + 2);
        for (name, value) in without.headers() {
            assert_eq!(with.headers()[name], value, "the others stay");
        }
        assert!(!format!("{with:?}").contains("201811"));
    }
    assert!(!format!("{update:?} {token:?}").contains("201811"));
}

#[test]
fn an_extra_header_that_would_change_the_request_is_refused() {
    let error = |headers: &[(&str, &str)]| {
        let error = ExtraHeaders::new(headers).expect_err("it is refused");
        assert_eq!(error.field, "extra_headers");
        error.kind
    };
    let long = "x".repeat(5000);
    for name in ["", "a b", "a:", "é", "a\r\nb", "a\0", "(a)", &long] {
        assert_eq!(
            error(&[("x-ok", "1"), (name, "1")]),
            FieldErrorKind::HeaderName { position: 2 },
            "{name}"
        );
    }
    for value in ["", " ", " a", "a ", "a\r\nX: y", "a\tb", "é", "a\0", &long] {
        assert_eq!(error(&[("x-a", value)]), FieldErrorKind::HeaderValue { position: 1 }, "{value}");
    }
    for name in ["Authorization", "x-APP-key", "X-Token-Expire", "host", "Content-Length", "content-type"] {
        let lower = name.to_ascii_lowercase();
        let FieldErrorKind::ReservedHeader { name: found, position: 1 } = error(&[(name, "1")]) else {
            panic!("{name} is reserved")
        };
        assert_eq!(found, lower);
    }
    for name in
        ["Transfer-Encoding", "connection", "TE", "upgrade", "expect", "User-Agent", "Accept-Encoding"]
    {
        assert!(matches!(error(&[(name, "1")]), FieldErrorKind::ReservedHeader { .. }), "{name}");
    }
    assert_eq!(error(&[("x-a", "1"), ("X-A", "1")]), FieldErrorKind::DuplicateHeader { position: 2 });
    let many: Vec<String> = (0..=ExtraHeaders::MAX).map(|number| format!("x-{number}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (&**name, "1")).collect();
    assert_eq!(error(&many), FieldErrorKind::TooMany { max: ExtraHeaders::MAX });
    assert!(ExtraHeaders::new(&many[1..]).is_ok());
    // The message names what is wrong and where, and nothing of the value.
    let shown = ExtraHeaders::new(&[("x-a", "not-a-real-value\n")]).unwrap_err().to_string();
    assert_eq!(
        shown,
        "extra_headers: expected the value of a header, of visible ASCII characters with spaces only between them, found another \
         text, or none, at position 1 of the list"
    );
}
