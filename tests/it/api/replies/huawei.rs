//! Huawei's replies.

use std::time::Duration;

use sip_password::api::{FailureKind, ReplyError, lockout::LockoutEffect};

use crate::api::calls::*;

#[test]
fn result_code_0_is_a_success() {
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
}

#[test]
fn result_code_1_is_a_refusal_and_a_failed_check() {
    for refused in [
        r#"{"resultCode":"1"}"#,
        r#"{"resultCode":1}"#,
        r#"{"schema":{"resultCode":1}}"#,
        r#"{"resultCode":"\u0031"}"#,
    ] {
        for status in [200, 402, 409, 422] {
            let outcome = huawei_outcome(status, refused.as_bytes());
            assert_eq!(kind(&outcome), FailureKind::Refused, "{refused}");
            let failure = outcome.failure().unwrap();
            assert_eq!(failure.code().unwrap().as_str(), "1");
            assert!(failure.counts_as_failed_check() && !failure.may_have_changed());
        }
    }
}

/// Huawei's page documents two result codes. A server that has updated the password can send any other one.
#[test]
fn another_result_code_refuses_nothing() {
    const CODES: [(&str, &str); 16] = [
        (r#"" 0""#, " 0"),
        (r#""0 ""#, "0 "),
        (r#""00""#, "00"),
        (r#""+0""#, "+0"),
        (r#""-0""#, "-0"),
        (r#""0.0""#, "0.0"),
        (r#""""#, ""),
        (r#""\uff10""#, "\u{ff10}"),
        (r#""0\u0000""#, "0"),
        (r#""01""#, "01"),
        (r#"" 1""#, " 1"),
        (r#""\uff11""#, "\u{ff11}"),
        (r#""2""#, "2"),
        (r#""success""#, "success"),
        ("2", "2"),
        ("10", "10"),
    ];
    let field = "resultCode";
    for (json, code) in CODES {
        for body in
            [format!(r#"{{"resultCode":{json}}}"#), format!(r#"{{"schema":{{"resultCode":{json}}}}}"#)]
        {
            let outcome = huawei_outcome(200, body.as_bytes());
            assert_eq!(reply_error(&outcome), ReplyError::UnknownValue { field }, "{body}");
            assert_eq!(outcome.failure().unwrap().code().unwrap().as_str(), code);
            for status in [200, 400, 401, 402, 403, 404, 409, 429, 500, 503] {
                let outcome = huawei_outcome(status, body.as_bytes());
                let failure = outcome.failure().unwrap();
                assert!(failure.may_have_changed(), "{status} {body}");
                let behind_the_check = !matches!(status, 404 | 429 | 503);
                assert_eq!(failure.counts_as_failed_check(), behind_the_check, "{status} {body}");
                assert_ne!(LockoutEffect::of_reply(Some(failure)), LockoutEffect::NotChecked);
            }
        }
    }
    // A success that the status contradicts.
    for status in [400, 401, 402, 403, 404, 409, 429, 500] {
        let outcome = huawei_outcome(status, br#"{"resultCode":"0"}"#);
        assert!(outcome.failure().unwrap().may_have_changed(), "{status}");
    }
}

#[test]
fn an_ambiguous_result_is_invalid_and_counts_as_a_failed_check() {
    const CODE: &str = "resultCode";
    for (body, expected) in [
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
        let outcome = huawei_outcome(200, body.as_bytes());
        assert_eq!(reply_error(&outcome), expected, "{body}");
        assert!(outcome.failure().unwrap().counts_as_failed_check());
    }
}

#[test]
fn a_failure_has_the_vendors_code_and_message() {
    let outcome = huawei_outcome(401, br#"{"resultCode":"1","resultMessage":"no\tsuch\nuser"}"#);
    assert_eq!(
        outcome.failure().unwrap().to_string(),
        "Huawei: not authorised; check the credentials, that the service is purchased, and the state of the account \
         (HTTP 401, code 1); the vendor says: nosuchuser"
    );
    let outcome = huawei_outcome(500, b"");
    assert_eq!(
        outcome.failure().unwrap().to_string(),
        "Huawei: business failure; check the values of the fields (HTTP 500)"
    );
}

#[test]
fn a_token_is_usable_until_shortly_before_it_expires() {
    let token = token_outcome(200, br#"{"AccessToken":"t","Expires":3600,"Scope":{"new":[]}}"#).unwrap();
    assert_eq!(token.lifetime(), Duration::from_secs(3600));
    assert!(token.is_usable(Duration::ZERO));
    assert!(token.is_usable(Duration::from_secs(3569)));
    assert!(!token.is_usable(Duration::from_secs(3570)));
    assert!(!token.is_usable(Duration::MAX));
    let short = token_outcome(200, br#"{"AccessToken":"t","Expires":"2"}"#).unwrap();
    assert!(short.is_usable(Duration::ZERO) && !short.is_usable(Duration::from_secs(1)));
}

#[test]
fn a_reply_without_a_valid_token_is_invalid() {
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

/// The gateway's page does not say which of the two is the cause.
#[test]
fn a_403_on_a_token_names_both_causes() {
    let failure = token_outcome(403, b"<html><center>nginx</center></html>").unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Forbidden);
    assert_eq!(
        failure.to_string(),
        "Huawei: the credentials do not permit this call; check that the app key is one of this gateway, and that the \
         tenant's allow list contains the address of this machine (HTTP 403)"
    );
}
