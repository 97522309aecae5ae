//! Huawei's replies.

use std::time::Duration;

use sip_password::api::{FailureKind, ReplyError};

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
fn another_result_code_is_a_refusal_and_a_failed_check() {
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
