//! Exotel's replies.

use sip_password::api::{FailureKind, ReplyError};

use crate::api::calls::*;

#[test]
fn code_200_with_status_success_is_a_success() {
    for updated in [
        r#"{"response":{"code":200,"status":"success"}}"#,
        r#"{"response":{"code":"200","status":"success","data":{"sip":["x"]}},"http_code":null,"new":1}"#,
        // As Exotel's calls that list records have it.
        r#"{"response":[{"code":200,"status":"success"}]}"#,
        r#"{"response": [ {"code":200,"error_data":null,"status":"success","data":null} ] ,"http_code":200}"#,
        "\u{feff}{\"response\":{\"code\":200,\"status\":\"success\"}}",
        "\u{feff}\n {\"response\":[{\"code\":200,\"status\":\"success\"}]}",
    ] {
        assert!(exotel_outcome(200, updated.as_bytes()).is_updated(), "{updated}");
    }
}

#[test]
fn a_failure_has_the_code_the_request_and_the_message() {
    let body = br#"{"request_id":"abc","method":"PUT","http_code":400,"response":{"code":400,
        "error_data":{"code":1001,"description":"It has 7 characters","message":"Mandatory parameter is wrong"},
        "status":"failure","data":null}}"#;
    let details = ", code 1001, request abc); the vendor says: Mandatory parameter is wrong";
    for (code, expected) in [
        (200, "Exotel: the vendor refused the request (HTTP 200"),
        (400, "Exotel: the request is invalid; check the base URL and the fields (HTTP 400"),
        (404, "Exotel: not found; check the base URL and the identifiers (HTTP 404"),
        (406, "Exotel: the vendor refused the request (HTTP 406"),
        (409, "Exotel: the vendor refused the request (HTTP 409"),
        (500, "Exotel: the vendor's server failed (HTTP 500"),
    ] {
        let outcome = exotel_outcome(code, body);
        let failure = outcome.failure().unwrap();
        assert_eq!(failure.to_string(), format!("{expected}{details}"));
        assert_eq!(failure.request_id().unwrap().as_str(), "abc");
    }
    let body = br#"{"response":{"code":400,"error_data":{"description":"d"},"status":"failure"}}"#;
    let outcome = exotel_outcome(200, body);
    assert_eq!(outcome.failure().unwrap().code().unwrap().as_str(), "400");
    assert_eq!(outcome.failure().unwrap().message().unwrap().as_str(), "d");
    // The identifier of the request is kept even if the rest cannot be read.
    let outcome = exotel_outcome(200, br#"{"request_id":"abc","response":[]}"#);
    assert_eq!(outcome.failure().unwrap().request_id().unwrap().as_str(), "abc");
}

/// Exotel's page on errors documents these statuses. A proxy may replace the body.
#[test]
fn a_documented_status_needs_no_envelope() {
    for (code, kind, expected) in [
        (
            401,
            FailureKind::Unauthorized,
            "Exotel: not authorised; check the API key and token, and that the host is that of the account's stamp, which need \
             not be that of its country: ccm-api.exotel.com or ccm-api.in.exotel.com (HTTP 401)",
        ),
        (
            402,
            FailureKind::Refused,
            "Exotel: the vendor refused the request; check the limit of the plan and the balance (HTTP 402)",
        ),
        (
            403,
            FailureKind::Forbidden,
            "Exotel: the credentials do not permit this call; check whether the account is suspended (HTTP 403)",
        ),
        (
            409,
            FailureKind::Refused,
            "Exotel: the vendor refused the request; check whether the device is off (HTTP 409)",
        ),
    ] {
        for body in ["", "{}", "<html></html>", r#"{"response":[]}"#] {
            let outcome = exotel_outcome(code, body.as_bytes());
            let failure = outcome.failure().unwrap();
            assert_eq!((failure.kind(), &*failure.to_string()), (kind, expected), "{body}");
            assert!(!failure.may_have_changed() && !failure.counts_as_failed_check());
        }
    }
}

#[test]
fn the_envelope_of_429_is_read() {
    let body =
        br#"{"RestException":{"Status":429,"Message":"Too many requests","Code":"RATE_LIMIT_EXCEEDED"}}"#;
    assert_eq!(
        exotel_outcome(429, body).failure().unwrap().to_string(),
        "Exotel: too many requests; try again later (HTTP 429, code RATE_LIMIT_EXCEEDED); \
         the vendor says: Too many requests"
    );
    assert_eq!(reply_error(&exotel_outcome(200, body)), ReplyError::Missing { field: "response" });
}

#[test]
fn an_ambiguous_response_is_invalid() {
    const CODE: &str = "response.code";
    const STATUS: &str = "response.status";
    for (body, expected) in [
        ("{}", ReplyError::Missing { field: "response" }),
        (r#"{"response":null}"#, ReplyError::Missing { field: "response" }),
        (r#"{"response":[]}"#, ReplyError::WrongType { field: "response" }),
        (r#"{"response":[[{"code":200,"status":"success"}]]}"#, ReplyError::WrongType { field: "response" }),
        (
            r#"{"response":[{"code":200,"status":"success"},{"code":200,"status":"success"}]}"#,
            ReplyError::WrongType { field: "response" },
        ),
        (r#"{"response":[{"code":200,"status":"pending"}]}"#, ReplyError::UnknownValue { field: STATUS }),
        // No documented refusal: it has the status "failure" and a code from 400 to 499.
        (r#"{"response":{"code":400,"status":"pending"}}"#, ReplyError::UnknownValue { field: STATUS }),
        (r#"{"response":{"code":400,"status":"failed"}}"#, ReplyError::UnknownValue { field: STATUS }),
        (r#"{"response":{"code":200,"status":"failure"}}"#, ReplyError::Contradiction { field: CODE }),
        (r#"{"response":{"code":207,"status":"failure"}}"#, ReplyError::UnknownValue { field: CODE }),
        (r#"{"response":{"code":0,"status":"failure"}}"#, ReplyError::UnknownValue { field: CODE }),
        (r#"{"response":{"code":"","status":"failure"}}"#, ReplyError::UnknownValue { field: CODE }),
        (r#"{"response":{"code":"4 0","status":"failure"}}"#, ReplyError::UnknownValue { field: CODE }),
        (r#"{"response":{"code":"4é","status":"failure"}}"#, ReplyError::UnknownValue { field: CODE }),
        (r#"{"response":{"code":4000,"status":"failure"}}"#, ReplyError::UnknownValue { field: CODE }),
        // Behind these, the server may have set the password before it failed.
        (r#"{"response":{"code":500,"status":"failure"}}"#, ReplyError::UnknownValue { field: CODE }),
        (r#"{"response":{"code":503,"status":"failure"}}"#, ReplyError::UnknownValue { field: CODE }),
        (r#"{"response":{"code":408,"status":"failure"}}"#, ReplyError::UnknownValue { field: CODE }),
        (
            r#"{"http_code":500,"response":{"code":400,"status":"failure"}}"#,
            ReplyError::Contradiction { field: "http_code" },
        ),
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
        assert_eq!(reply_error(&exotel_outcome(200, body.as_bytes())), expected, "{body}");
    }
}

/// With every status: a body that reports success, or that nobody documents, is no refusal.
#[test]
fn only_a_documented_refusal_refuses() {
    let success = r#"{"response":{"code":200,"status":"success"}}"#;
    let listed = r#"{"response":[{"code":200,"status":"success"}]}"#;
    let half = r#"{"response":{"code":200,"status":"failure"}}"#;
    for body in [success, listed, half, r#"{"response":{"status":"success"}}"#] {
        for status in [400, 401, 402, 403, 404, 406, 409, 422, 429, 500, 503] {
            let outcome = exotel_outcome(status, body.as_bytes());
            assert!(outcome.failure().unwrap().may_have_changed(), "{status} {body}");
        }
    }
    for body in [r#"{"response":{"code":200}}"#, r#"{"response":{"status":"pending"}}"#, "{}", ""] {
        let outcome = exotel_outcome(406, body.as_bytes());
        assert_eq!(kind(&outcome), FailureKind::UnexpectedStatus, "{body}");
        assert!(outcome.failure().unwrap().may_have_changed(), "{body}");
    }
    let refusal =
        r#"{"http_code":406,"response":[{"code":400,"status":"failure","error_data":{"code":1001}}]}"#;
    let outcome = exotel_outcome(406, refusal.as_bytes());
    assert_eq!(kind(&outcome), FailureKind::Refused);
    assert_eq!(outcome.failure().unwrap().code().unwrap().as_str(), "1001");
    assert!(!outcome.failure().unwrap().may_have_changed());
}

/// 402 and 409 refuse with Exotel's envelope, in a list or not, and without one.
#[test]
fn statuses_402_and_409_are_refusals_with_and_without_an_envelope() {
    for status in [402, 409] {
        let record = format!(r#"{{"code":{status},"error_data":{{"code":1012}},"status":"failure"}}"#);
        for body in [
            String::new(),
            "<html></html>".into(),
            format!(r#"{{"http_code":{status},"response":{record}}}"#),
            format!(r#"{{"http_code":{status},"response":[{record}]}}"#),
            format!(r#"{{"RestException":{{"Status":{status},"Message":"x","Code":"x"}}}}"#),
        ] {
            let outcome = exotel_outcome(status, body.as_bytes());
            assert_eq!(kind(&outcome), FailureKind::Refused, "{status} {body}");
            let failure = outcome.failure().unwrap();
            assert!(!failure.may_have_changed() && !failure.counts_as_failed_check());
        }
    }
}

/// The codes that Exotel's page on errors has for CCM. The advice follows the code; the outcome follows the status.
#[test]
fn the_published_error_codes_say_what_to_do() {
    for (status, code, advice) in [
        (401, 1010, "check the API key and token, and that the host is that of the account's stamp"),
        (404, 10731, "check the user's UUID: Exotel does not find the user"),
        (409, 1012, "check whether the device is off"),
        (
            500,
            1100,
            "Exotel's server failed inside; if it does so again, give the request's identifier to Exotel's support",
        ),
    ] {
        let record = format!(r#"{{"code":{status},"error_data":{{"code":{code}}},"status":"failure"}}"#);
        let outcome = exotel_outcome(status, format!(r#"{{"response":{record}}}"#).as_bytes());
        let shown = outcome.failure().unwrap().to_string();
        assert!(shown.contains(&format!("; {advice}")), "{shown}");
        // Within HTTP 200, as the page of this call describes its records.
        let outcome = exotel_outcome(200, format!(r#"{{"response":{record}}}"#).as_bytes());
        let shown = outcome.failure().unwrap().to_string();
        assert!(shown.contains(&format!("; {advice}")), "{shown}");
        assert_eq!(outcome.failure().unwrap().may_have_changed(), status == 500);
    }
    // Codes of other Exotel APIs have no meaning here.
    let body = br#"{"response":{"code":409,"error_data":{"code":10809},"status":"failure"}}"#;
    assert!(!exotel_outcome(409, body).failure().unwrap().to_string().contains("device"));
}
