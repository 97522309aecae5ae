//! Exotel's replies.

use sip_password::api::{FailureKind, ReplyError};

use crate::api::calls::*;

#[test]
fn code_200_with_status_success_is_a_success() {
    for updated in [
        r#"{"response":{"code":200,"status":"success"}}"#,
        r#"{"response":{"code":"200","status":"success","data":{"sip":["x"]}},"http_code":null,"new":1}"#,
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
        (409, "Exotel: the vendor refused the request; check whether the device is off (HTTP 409"),
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
        assert_eq!(reply_error(&exotel_outcome(200, body.as_bytes())), expected, "{body}");
    }
}
