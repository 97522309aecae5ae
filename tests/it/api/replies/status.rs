//! What replies mean: the documented ones, every status, and everything that can go wrong without a socket.

use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use sip_password::{
    api::{FailureKind, MAX_REPLY, Outcome, ReplyError, RetryAfter},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER},
    },
    nxcloud::{Assignment, PhoneState, Report},
};

use super::{calls::*, oracle, seeds::*};

const RATE_LIMITED: FailureKind = FailureKind::RateLimited { retry_after: None };
const UNAVAILABLE: FailureKind = FailureKind::Unavailable { retry_after: None };

/// Every status that HTTP allows, with a body that is no JSON: the status alone decides.
#[test]
fn every_status() {
    for code in (100..=999).filter(|&code| code != 200) {
        let expected = match code {
            300..=399 => FailureKind::Redirected,
            400 => FailureKind::BadRequest,
            401 => FailureKind::Unauthorized,
            403 => FailureKind::Forbidden,
            404 => FailureKind::NotFound,
            408 => FailureKind::RequestTimeout,
            429 => RATE_LIMITED,
            503 => UNAVAILABLE,
            500..=599 => FailureKind::ServerError,
            _ => FailureKind::UnexpectedStatus,
        };
        for body in ["", "oops", "<html></html>", "{}"] {
            let body = body.as_bytes();
            let huawei = huawei_outcome(code, body);
            let by_huawei = if code == 500 { FailureKind::BusinessFailure } else { expected };
            assert_eq!(kind(&huawei), by_huawei, "{code}");
            assert_eq!(kind(&exotel_outcome(code, body)), expected, "{code}");
            assert_eq!(kind(&individual_outcome(code, body)), expected, "{code}");
            assert_eq!(kind(&server_generated_outcome(code, body)), expected, "{code}");
            assert_eq!(token_outcome(code, body).unwrap_err().kind(), expected, "{code}");
            let counts = !matches!(code, 300..=399 | 404 | 407 | 429 | 502 | 503 | 504);
            assert_eq!(huawei.failure().unwrap().counts_as_failed_check(), counts, "{code}");
            assert!(!exotel_outcome(code, body).failure().unwrap().counts_as_failed_check());
            assert!(!individual_outcome(code, body).failure().unwrap().counts_as_failed_check());
            assert!(!token_outcome(code, body).unwrap_err().counts_as_failed_check());
        }
    }
}

/// Every status, with the reply that means success: only 200 is one, but at NXCloud, where `code` decides.
#[test]
fn success_under_every_status() {
    let one_each = br#"{"code":"success","row":{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2"}}"#;
    for code in 100..=999 {
        let ok = code == 200;
        assert_eq!(huawei_outcome(code, HUAWEI_REPLY.as_bytes()).is_updated(), ok);
        assert_eq!(exotel_outcome(code, EXOTEL_REPLY.as_bytes()).is_updated(), ok);
        assert_eq!(token_outcome(code, TOKEN_REPLY.as_bytes()).is_ok(), ok);
        assert!(individual_outcome(code, one_each).is_updated());
        assert!(server_generated_outcome(code, NXCLOUD_REPLY.as_bytes()).is_updated());
        let refused = individual_outcome(code, NXCLOUD_REFUSAL.as_bytes());
        assert_eq!(kind(&refused), if code == 429 { RATE_LIMITED } else { FailureKind::Refused });
    }
}

#[test]
fn may_have_changed() {
    for (code, body, unknown) in [
        (200, r#"{"resultCode":"1"}"#, false),
        (200, "", true),
        (204, "", true),
        (302, "", true),
        (400, "", false),
        (401, "", false),
        (403, "", false),
        (404, "", false),
        (408, "", true),
        (429, "", false),
        (500, r#"{"resultCode":"1"}"#, false),
        (500, "", true),
        (502, "", true),
        (503, "", true),
    ] {
        let outcome = huawei_outcome(code, body.as_bytes());
        assert_eq!(outcome.failure().unwrap().may_have_changed(), unknown, "{code}");
    }
    assert!(exotel_outcome(500, b"").failure().unwrap().may_have_changed());
}

#[test]
fn cut_at_every_byte() {
    for whole in [HUAWEI_REPLY, EXOTEL_REPLY, NXCLOUD_REPLY, NXCLOUD_REFUSAL, TOKEN_REPLY] {
        for end in 0..whole.len() {
            let cut = &whole.as_bytes()[..end];
            let expected = if cut.is_empty() { ReplyError::Empty } else { ReplyError::NotJson };
            assert_eq!(reply_error(&huawei_outcome(200, cut)), expected);
            assert_eq!(reply_error(&exotel_outcome(200, cut)), expected);
            assert_eq!(reply_error(&individual_outcome(200, cut)), expected);
            assert_eq!(reply_error(&server_generated_outcome(200, cut)), expected);
            let kind = token_outcome(200, cut).unwrap_err().kind();
            assert_eq!(kind, FailureKind::InvalidReply { error: expected });
        }
    }
}

/// Faults of the bytes, which are the same for all vendors.
#[test]
fn not_json() {
    let twice = |text: &str| [text, text].concat().into_bytes();
    let faults = |good: &str| {
        vec![
            (b"".to_vec(), ReplyError::Empty),
            (b" \r\n\t".to_vec(), ReplyError::Empty),
            (twice(good), ReplyError::NotJson),
            ([good, "x"].concat().into_bytes(), ReplyError::NotJson),
            ([good, "\0"].concat().into_bytes(), ReplyError::NotJson),
            (["\u{feff}", good].concat().into_bytes(), ReplyError::NotJson),
            // White space of ASCII, and not of JSON.
            (["\u{c}", good].concat().into_bytes(), ReplyError::NotJson),
            ([good, "\u{c}"].concat().into_bytes(), ReplyError::NotJson),
            ([b"\xff", good.as_bytes()].concat(), ReplyError::NotUtf8),
            (good.replace(':', ":\"\u{1}\",\"x\":").into_bytes(), ReplyError::NotJson),
            ([&b"{\"x\":\"\xc3\x28\","[..], &good.as_bytes()[1..]].concat(), ReplyError::NotUtf8),
            (good.replace('"', "'").into_bytes(), ReplyError::NotJson),
            (b"<!DOCTYPE html><p>\xff".to_vec(), ReplyError::Html),
            (b"\n <html>log in</html>".to_vec(), ReplyError::Html),
            (b"\x1f\x8b\x08\x00".to_vec(), ReplyError::NotUtf8),
            (b"[]".to_vec(), ReplyError::WrongType { field: "the reply" }),
            (b"\"0\"".to_vec(), ReplyError::WrongType { field: "the reply" }),
            (b"0".to_vec(), ReplyError::WrongType { field: "the reply" }),
            (b"null".to_vec(), ReplyError::WrongType { field: "the reply" }),
            ("[".repeat(60_000).into_bytes(), ReplyError::NotJson),
            ("{\"a\":".repeat(12_000).into_bytes(), ReplyError::NotJson),
            (
                [&"[".repeat(30_000)[..], &"]".repeat(30_000)].concat().into_bytes(),
                ReplyError::WrongType { field: "the reply" },
            ),
            ([good, &" ".repeat(MAX_REPLY)].concat().into_bytes(), ReplyError::TooLong { max: MAX_REPLY }),
        ]
    };
    for (body, expected) in faults(HUAWEI_REPLY) {
        assert_eq!(reply_error(&huawei_outcome(200, &body)), expected);
    }
    for (body, expected) in faults(EXOTEL_REPLY) {
        assert_eq!(reply_error(&exotel_outcome(200, &body)), expected);
    }
    for (body, expected) in faults(NXCLOUD_REPLY) {
        assert_eq!(reply_error(&server_generated_outcome(200, &body)), expected);
        assert_eq!(reply_error(&individual_outcome(200, &body)), expected);
    }
    for (body, expected) in faults(TOKEN_REPLY) {
        let expected = FailureKind::InvalidReply { error: expected };
        assert_eq!(token_outcome(200, &body).unwrap_err().kind(), expected);
    }
}

#[test]
fn content_types_and_encodings() {
    let says = |name, value, body: &str| {
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        huawei().outcome(StatusCode::OK, &headers, body.as_bytes())
    };
    // Servers mislabel JSON.
    for mislabelled in ["text/html", "text/plain", "application/octet-stream", ""] {
        assert!(says(CONTENT_TYPE, mislabelled, HUAWEI_REPLY).is_updated());
    }
    assert_eq!(reply_error(&says(CONTENT_TYPE, "text/html; charset=gbk", "log in")), ReplyError::Html);
    assert!(says(CONTENT_ENCODING, "identity", HUAWEI_REPLY).is_updated());
    assert_eq!(reply_error(&says(CONTENT_ENCODING, "gzip", "\u{1f}")), ReplyError::Compressed);
    assert_eq!(reply_error(&says(CONTENT_ENCODING, "br", HUAWEI_REPLY)), ReplyError::Compressed);
}

#[test]
fn huawei_results() {
    const CODE: &str = "resultCode";
    for updated in [
        r#"{"resultCode":"0"}"#,
        r#"{"resultCode":0}"#,
        r#"{"resultCode":"\u0030","resultMessage":null}"#,
        r#"{"schema":{"resultCode":"0"},"resultMessage":"success"}"#,
        r#"{"schema":null,"resultCode":"0"}"#,
        r#"{"resultMessage":{"x":[1]},"new":{"resultCode":"1"},"resultCode":"0","x":1,"x":2}"#,
    ] {
        assert!(huawei_outcome(200, updated.as_bytes()).is_updated(), "{updated}");
    }
    for (refused, code) in [
        (r#"{"resultCode":"1"}"#, "1"),
        (r#"{"resultCode":1}"#, "1"),
        (r#"{"schema":{"resultCode":1}}"#, "1"),
        (r#"{"resultCode":"00"}"#, "00"),
        (r#"{"resultCode":" 0"}"#, " 0"),
        (r#"{"resultCode":""}"#, ""),
        (r#"{"resultCode":"0\u0000"}"#, "0"),
    ] {
        let outcome = huawei_outcome(200, refused.as_bytes());
        assert_eq!(kind(&outcome), FailureKind::Refused, "{refused}");
        let failure = outcome.failure().unwrap();
        assert_eq!(failure.code().unwrap().as_str(), code);
        assert!(failure.counts_as_failed_check());
    }
    for (unclear, expected) in [
        ("{}", ReplyError::Missing { field: CODE }),
        (r#"{"resultcode":"0"}"#, ReplyError::Missing { field: CODE }),
        (r#"{"schema":{}}"#, ReplyError::Missing { field: CODE }),
        (r#"{"schema":"x","resultCode":"0"}"#, ReplyError::WrongType { field: "schema" }),
        (r#"{"resultCode":null}"#, ReplyError::WrongType { field: CODE }),
        (r#"{"resultCode":false}"#, ReplyError::WrongType { field: CODE }),
        (r#"{"resultCode":["0"]}"#, ReplyError::WrongType { field: CODE }),
        (r#"{"resultCode":0.0}"#, ReplyError::WrongType { field: CODE }),
        (r#"{"resultCode":-0}"#, ReplyError::WrongType { field: CODE }),
        (r#"{"resultCode":"\ud800"}"#, ReplyError::WrongType { field: CODE }),
        (r#"{"resultCode":"0","resultCode":"0"}"#, ReplyError::Duplicate { field: CODE }),
        (r#"{"resultCode":"1","resultCode":"0"}"#, ReplyError::Duplicate { field: CODE }),
        (r#"{"resultCode":"1","resultCod\u0065":"0"}"#, ReplyError::Duplicate { field: CODE }),
        (r#"{"resultCode":"0","schema":{"resultCode":"1"}}"#, ReplyError::Duplicate { field: CODE }),
        (
            r#"{"schema":{"resultCode":"0"},"schema":{"resultCode":"1"}}"#,
            ReplyError::Duplicate { field: "schema" },
        ),
    ] {
        let outcome = huawei_outcome(200, unclear.as_bytes());
        assert_eq!(reply_error(&outcome), expected, "{unclear}");
        assert!(outcome.failure().unwrap().counts_as_failed_check());
    }
    // A failed status with words.
    let outcome = huawei_outcome(401, br#"{"resultCode":"1","resultMessage":"no\tsuch\nuser"}"#);
    assert_eq!(
        outcome.failure().unwrap().to_string(),
        "Huawei: not authorised; check the credentials, that the service was bought, and the account's state \
         (HTTP 401, code 1); it says: nosuchuser"
    );
}

#[test]
fn tokens() {
    let token = token_outcome(200, br#"{"AccessToken":"t","Expires":3600,"Scope":{"new":[]}}"#).unwrap();
    assert_eq!(token.lifetime(), Duration::from_secs(3600));
    assert!(token.is_usable(Duration::ZERO));
    assert!(token.is_usable(Duration::from_secs(3569)));
    assert!(!token.is_usable(Duration::from_secs(3570)));
    assert!(!token.is_usable(Duration::MAX));
    let short = token_outcome(200, br#"{"AccessToken":"t","Expires":"2"}"#).unwrap();
    assert!(short.is_usable(Duration::ZERO) && !short.is_usable(Duration::from_secs(1)));
    for (body, error) in [
        (r#"{"Expires":"600"}"#, ReplyError::Missing { field: "AccessToken" }),
        (r#"{"AccessToken":"t"}"#, ReplyError::Missing { field: "Expires" }),
        (r#"{"AccessToken":1,"Expires":"600"}"#, ReplyError::WrongType { field: "AccessToken" }),
        (r#"{"AccessToken":null,"Expires":"600"}"#, ReplyError::WrongType { field: "AccessToken" }),
        (r#"{"AccessToken":"","Expires":"600"}"#, ReplyError::UnknownValue { field: "AccessToken" }),
        (r#"{"AccessToken":"a\r\nX: y","Expires":"600"}"#, ReplyError::UnknownValue { field: "AccessToken" }),
        (
            r#"{"AccessToken":"a","AccessToken":"b","Expires":"600"}"#,
            ReplyError::Duplicate { field: "AccessToken" },
        ),
        (r#"{"AccessToken":"t","Expires":"0"}"#, ReplyError::UnknownValue { field: "Expires" }),
        (r#"{"AccessToken":"t","Expires":"+6"}"#, ReplyError::UnknownValue { field: "Expires" }),
        (r#"{"AccessToken":"t","Expires":"soon"}"#, ReplyError::UnknownValue { field: "Expires" }),
        (r#"{"AccessToken":"t","Expires":99999999999}"#, ReplyError::UnknownValue { field: "Expires" }),
        (r#"{"AccessToken":"t","Expires":-1}"#, ReplyError::WrongType { field: "Expires" }),
        (
            r#"{"AccessToken":"t","ApplyType":"MAC","Expires":"600"}"#,
            ReplyError::UnknownValue { field: "ApplyType" },
        ),
        (
            r#"{"AccessToken":"t","ApplyType":7.5,"Expires":"600"}"#,
            ReplyError::WrongType { field: "ApplyType" },
        ),
    ] {
        let kind = token_outcome(200, body.as_bytes()).unwrap_err().kind();
        assert_eq!(kind, FailureKind::InvalidReply { error }, "{body}");
    }
}

#[test]
fn exotel_envelopes() {
    for updated in [
        r#"{"response":{"code":200,"status":"success"}}"#,
        r#"{"response":{"code":"200","status":"success","data":{"sip":["x"]}},"http_code":null,"new":1}"#,
    ] {
        assert!(exotel_outcome(200, updated.as_bytes()).is_updated(), "{updated}");
    }
    let refusal = br#"{"request_id":"abc","method":"PUT","http_code":400,"response":{"code":400,
        "error_data":{"code":1001,"description":"It has 7 characters","message":"Mandatory parameter is wrong"},
        "status":"failure","data":null}}"#;
    let words = ", code 1001, request abc); it says: Mandatory parameter is wrong";
    for (code, expected) in [
        (200, "Exotel: the vendor refused it (HTTP 200"),
        (400, "Exotel: the vendor calls the request wrong; check the base URL and the fields (HTTP 400"),
        (404, "Exotel: not found; check the base URL and the identifiers (HTTP 404"),
        (409, "Exotel: the vendor refused it (HTTP 409"),
        (500, "Exotel: the vendor's server failed (HTTP 500"),
    ] {
        let outcome = exotel_outcome(code, refusal);
        let failure = outcome.failure().unwrap();
        assert_eq!(failure.to_string(), format!("{expected}{words}"));
        assert_eq!(failure.request_id().unwrap().as_str(), "abc");
    }
    let refused = br#"{"response":{"code":400,"error_data":{"description":"d"},"status":"failure"}}"#;
    let outcome = exotel_outcome(200, refused);
    assert_eq!(outcome.failure().unwrap().code().unwrap().as_str(), "400");
    assert_eq!(outcome.failure().unwrap().message().unwrap().as_str(), "d");
    // The other envelope.
    let limited = br#"{"RestException":{"Status":429,"Message":"Too many requests","Code":"10429"}}"#;
    let outcome = exotel_outcome(429, limited);
    assert_eq!(
        outcome.failure().unwrap().to_string(),
        "Exotel: too many requests; try again later (HTTP 429, code 10429); it says: Too many requests"
    );
    assert_eq!(reply_error(&exotel_outcome(200, limited)), ReplyError::Missing { field: "response" });
    const CODE: &str = "response.code";
    const STATUS: &str = "response.status";
    for (unclear, expected) in [
        ("{}", ReplyError::Missing { field: "response" }),
        (r#"{"response":null}"#, ReplyError::Missing { field: "response" }),
        (r#"{"response":[{"code":200,"status":"success"}]}"#, ReplyError::WrongType { field: "response" }),
        (r#"{"response":{"status":"success"}}"#, ReplyError::Missing { field: CODE }),
        (r#"{"response":{"code":200}}"#, ReplyError::Missing { field: STATUS }),
        (r#"{"response":{"code":null,"status":"success"}}"#, ReplyError::WrongType { field: CODE }),
        (r#"{"response":{"code":2e2,"status":"success"}}"#, ReplyError::WrongType { field: CODE }),
        (r#"{"response":{"code":200,"status":true}}"#, ReplyError::WrongType { field: STATUS }),
        (r#"{"response":{"code":200,"status":"Success"}}"#, ReplyError::UnknownValue { field: STATUS }),
        (r#"{"response":{"code":200,"status":"pending"}}"#, ReplyError::UnknownValue { field: STATUS }),
        (r#"{"response":{"code":400,"status":"success"}}"#, ReplyError::Contradiction { field: CODE }),
        (r#"{"response":{"code":201,"status":"success"}}"#, ReplyError::Contradiction { field: CODE }),
        (
            r#"{"response":{"code":200,"status":"success","error_data":{"code":1}}}"#,
            ReplyError::Contradiction { field: "response.error_data" },
        ),
        (
            r#"{"http_code":500,"response":{"code":200,"status":"success"}}"#,
            ReplyError::Contradiction { field: "http_code" },
        ),
        (
            r#"{"response":{"code":200,"code":400,"status":"success"}}"#,
            ReplyError::Duplicate { field: "code" },
        ),
        (
            r#"{"response":{"code":200,"status":"failure","status":"success"}}"#,
            ReplyError::Duplicate { field: "status" },
        ),
        (
            r#"{"response":{"code":200,"status":"success"},"response":{}}"#,
            ReplyError::Duplicate { field: "response" },
        ),
    ] {
        assert_eq!(reply_error(&exotel_outcome(200, unclear.as_bytes())), expected, "{unclear}");
    }
    // The request's number is kept where the rest cannot be understood.
    let outcome = exotel_outcome(200, br#"{"request_id":"abc","response":[]}"#);
    assert_eq!(outcome.failure().unwrap().request_id().unwrap().as_str(), "abc");
}

#[test]
fn nxcloud_codes() {
    for (body, expected) in [
        (r#"{"row":{}}"#, ReplyError::Missing { field: "code" }),
        (r#"{"code":null,"row":{}}"#, ReplyError::WrongType { field: "code" }),
        (r#"{"code":true}"#, ReplyError::WrongType { field: "code" }),
        (r#"{"code":"Success","row":{}}"#, ReplyError::UnknownValue { field: "code" }),
        (r#"{"code":1001,"info":"x"}"#, ReplyError::UnknownValue { field: "code" }),
        (r#"{"code":"failed","code":"success","row":{}}"#, ReplyError::Duplicate { field: "code" }),
        (r#"{"code":"success"}"#, ReplyError::Missing { field: "row" }),
        (r#"{"code":"success","row":null}"#, ReplyError::Missing { field: "row" }),
        (r#"{"code":"success","row":[]}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":671897}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":"671897"}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":""}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":"{}{}"}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":{},"row":{}}"#, ReplyError::Duplicate { field: "row" }),
    ] {
        assert_eq!(reply_error(&individual_outcome(200, body.as_bytes())), expected, "{body}");
    }
    let outcome = individual_outcome(200, br#"{"code":1001,"info":"x"}"#);
    assert!(outcome.failure().unwrap().may_have_changed());
    assert_eq!(outcome.failure().unwrap().code().unwrap().as_str(), "1001");
    assert_eq!(outcome.failure().unwrap().message().unwrap().as_str(), "x");
    // What is said of a success can hold the password.
    let outcome = server_generated_outcome(200, br#"{"code":"success","info":"now 671897","row":[]}"#);
    assert_eq!(outcome.failure().unwrap().message(), None);
}

/// One letter for each phone: (U)pdated, updated (T)o, (M)issing, (D)ifferent, unreadable (?).
fn states(report: &Report<'_>) -> String {
    let letter = |state: &PhoneState| match state {
        PhoneState::Updated => 'U',
        PhoneState::UpdatedTo(_) => 'T',
        PhoneState::Missing => 'M',
        PhoneState::Different => 'D',
        PhoneState::Unreadable => '?',
        _ => unreachable!("there are no others"),
    };
    report.phones.iter().map(|phone| letter(&phone.state)).collect()
}

fn row(row: &str) -> Vec<u8> {
    format!(r#"{{"code":"success","row":{row}}}"#).into_bytes()
}

#[test]
fn nxcloud_phone_by_phone() {
    for (json, expected, others) in [
        (r#"{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2"}"#, "UU", 0),
        (r#"{"1049002":"FakePhonePwd2","10490\u00301":"Fake\u0050honePwd1"}"#, "UU", 0),
        (r#""{\"1049001\":\"FakePhonePwd1\",\"1049002\":\"FakePhonePwd2\"}""#, "UU", 0),
        (r#"{"1049001":"FakePhonePwd1"}"#, "UM", 0),
        ("{}", "MM", 0),
        (r#""{}""#, "MM", 0),
        (r#"{"1049001":"FakePhonePwd2","1049002":"FakePhonePwd1"}"#, "DD", 0),
        (r#"{"1049001":"fakephonepwd1","1049002":""}"#, "DD", 0),
        (r#"{"1049001":671897,"1049002":888799}"#, "DD", 0),
        (r#"{"1049001":null,"1049002":{"x":1}}"#, "??", 0),
        (r#"{"1049001":6.7e5,"1049002":"\udfff"}"#, "??", 0),
        (r#"{"1049001":"FakePhonePwd1","1049001":"x","1049002":"FakePhonePwd2"}"#, "?U", 0),
        (r#"{"1049001":"FakePhonePwd1","1049001":"FakePhonePwd1"}"#, "?M", 0),
        (r#"{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2","3":"x"}"#, "UU", 1),
        (r#"{"x":1,"\ud800":1}"#, "MM", 2),
    ] {
        let (complete, report) = match individual_outcome(200, &row(json)) {
            Outcome::Updated(report) => (true, report),
            Outcome::Partial(report) => (false, report),
            other => panic!("{json}: {other:?}"),
        };
        assert_eq!((states(&report).as_str(), report.unrequested), (expected, others), "{json}");
        assert_eq!(complete, expected == "UU" && others == 0);
    }
}

#[test]
fn nxcloud_server_chosen() {
    for (json, expected) in [
        (r#"{"1049001":"671897","1049002":888799}"#, "TT"),
        (r#"{"1049001":"012345","1049002":12345}"#, "T?"),
        (r#"{"1049001":"AnyOther^1","1049002":""}"#, "T?"),
        (r#"{"1049001":"a\nb","1049002":true}"#, "??"),
        (r#"{"1049001":"671897","1049001":"671897","1049002":"1"}"#, "?T"),
    ] {
        let (Outcome::Updated(report) | Outcome::Partial(report)) = server_generated_outcome(200, &row(json))
        else {
            panic!("{json}")
        };
        assert_eq!(states(&report), expected, "{json}");
    }
    let long = row(&format!(r#"{{"1049001":"{}","1049002":"{}"}}"#, "x".repeat(64), "x".repeat(65)));
    let Outcome::Partial(report) = server_generated_outcome(200, &long) else { panic!("one is too long") };
    assert_eq!(states(&report), "T?");
}

#[test]
fn nxcloud_shared_and_many() {
    let pairs = pairs();
    let assignment = Assignment::Shared { usernames: &PHONES, password: pairs[0].1 };
    let says = |json| nxcloud(assignment).outcome(status(200), &HeaderMap::new(), &row(json));
    assert!(says(r#"{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd1"}"#).is_updated());
    let Outcome::Partial(report) = says(r#"{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2"}"#) else {
        panic!("one is different")
    };
    assert_eq!(states(&report), "UD");
    // A reply of nothing but others.
    let others: Vec<_> = (0..1000).map(|phone| format!(r#""{phone}":1"#)).collect();
    let Outcome::Partial(report) = server_generated_outcome(200, &row(&format!("{{{}}}", others.join(","))))
    else {
        panic!("both are missing")
    };
    assert_eq!(report.unrequested, 1000);
}

#[test]
fn retry_after() {
    let read = |values: &[&str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(RETRY_AFTER, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let outcome = exotel().outcome(StatusCode::TOO_MANY_REQUESTS, &headers, b"");
        let FailureKind::RateLimited { retry_after } = kind(&outcome) else { panic!("it is 429") };
        let outcome = huawei().outcome(StatusCode::SERVICE_UNAVAILABLE, &headers, b"");
        assert_eq!(kind(&outcome), FailureKind::Unavailable { retry_after });
        retry_after
    };
    let seconds = |seconds| Some(RetryAfter::For(Duration::from_secs(seconds)));
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    assert_eq!(read(&[]), None);
    assert_eq!(read(&["120"]), seconds(120));
    assert_eq!(read(&["0"]), seconds(0));
    assert_eq!(read(&["99999999999999999999999"]), seconds(u32::MAX.into()));
    // The three forms of RFC 9110.
    for form in
        ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
    {
        assert_eq!(read(&[form]), Some(RetryAfter::Until(date)), "{form}");
    }
    for bad in ["", "-1", "1.5", "soon", "+1", "Sun, 99 Nov 1994 08:49:37 GMT", "é"] {
        assert_eq!(read(&[bad]), None, "{bad}");
    }
    assert_eq!(read(&["1", "2"]), None);
    let until = RetryAfter::Until(date);
    assert_eq!(until.wait(date - Duration::from_secs(5)), Duration::from_secs(5));
    assert_eq!(until.wait(date + Duration::from_secs(5)), Duration::ZERO);
    let headers =
        HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"))]);
    let outcome = exotel().outcome(StatusCode::TOO_MANY_REQUESTS, &headers, b"");
    assert_eq!(
        outcome.failure().unwrap().to_string(),
        "Exotel: too many requests; try again after Sun, 06 Nov 1994 08:49:37 GMT (HTTP 429)"
    );
}

/// Replies that are nearly right: pieces of the documented ones, put together at random.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "null",
        "0",
        "1",
        "200",
        "400",
        "\"0\"",
        "\"1\"",
        "\"success\"",
        "\"failed\"",
        "\"failure\"",
        "\"resultCode\":",
        "\"resultMessage\":",
        "\"schema\":{",
        "\"response\":{",
        "\"code\":",
        "\"status\":",
        "\"error_data\":",
        "\"row\":{",
        "\"1049001\":",
        "\"1049002\":",
        "\"FakePhonePwd1\"",
        "\"FakePhonePwd2\"",
        "671897",
        "\\u0030",
        "\\ud800",
        "\u{feff}",
        " ",
    ]);
    let documented = prop::sample::select(vec![
        HUAWEI_REPLY,
        EXOTEL_REPLY,
        NXCLOUD_REPLY,
        r#"{"code":"success","row":{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2"}}"#,
    ]);
    (documented, prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, piece), 0..4)).prop_map(
        |(documented, changes)| {
            let mut reply = documented.as_bytes().to_vec();
            for (place, removed, piece) in changes {
                let start = place.index(reply.len() + 1);
                let end = (start + removed).min(reply.len());
                reply.splice(start..end, piece.bytes());
            }
            reply
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn updated_only_where_the_oracle_agrees(
        body in nearly(),
        code in prop::sample::select(vec![200_u16, 200, 200, 204, 400, 500]),
    ) {
        prop_assert!(!huawei_outcome(code, &body).is_updated() || oracle::huawei_updated(code, &body));
        prop_assert!(!exotel_outcome(code, &body).is_updated() || oracle::exotel_updated(code, &body));
        let sent = [(PHONES[0], Some(FIRST)), (PHONES[1], Some(SECOND))];
        prop_assert!(!individual_outcome(code, &body).is_updated() || oracle::nxcloud_updated(&body, &sent));
        let sent = [(PHONES[0], None), (PHONES[1], None)];
        prop_assert!(!server_generated_outcome(code, &body).is_updated() || oracle::nxcloud_updated(&body, &sent));
    }
}
