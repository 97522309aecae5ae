//! The HTTP status, and `Retry-After`.

use std::time::{Duration, SystemTime};

use sip_password::{
    api::{FailureKind, RetryAfter},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{DATE, RETRY_AFTER},
    },
};

use crate::api::{calls::*, vendor_examples::*};

const RATE_LIMITED: FailureKind = FailureKind::RateLimited { retry_after: None };
const UNAVAILABLE: FailureKind = FailureKind::Unavailable { retry_after: None };

/// Every status that HTTP allows, with a body that is not the vendor's: the status alone decides.
#[test]
fn without_an_envelope_the_status_decides() {
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
            let of_huawei = if code == 500 { FailureKind::BusinessFailure } else { expected };
            assert_eq!(kind(&huawei), of_huawei, "{code}");
            // Exotel documents these two.
            let of_exotel = if matches!(code, 402 | 409) { FailureKind::Refused } else { expected };
            assert_eq!(kind(&exotel_outcome(code, body)), of_exotel, "{code}");
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

/// Every status, with a reply that reports success. It is one only with 200, except at NXCloud, where `code` alone decides.
#[test]
fn a_success_needs_status_200_except_at_nxcloud() {
    let one_each = br#"{"code":"success","row":{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2"}}"#;
    for code in 100..=999 {
        let is_ok = code == 200;
        assert_eq!(huawei_outcome(code, HUAWEI_REPLY.as_bytes()).is_updated(), is_ok);
        assert_eq!(exotel_outcome(code, EXOTEL_REPLY.as_bytes()).is_updated(), is_ok);
        assert_eq!(token_outcome(code, TOKEN_REPLY.as_bytes()).is_ok(), is_ok);
        assert!(individual_outcome(code, one_each).is_updated());
        assert!(server_generated_outcome(code, NXCLOUD_REPLY.as_bytes()).is_updated());
        let refused = individual_outcome(code, NXCLOUD_REFUSAL.as_bytes());
        assert_eq!(kind(&refused), if code == 429 { RATE_LIMITED } else { FailureKind::Refused });
    }
}

#[test]
fn a_refusal_changed_nothing_and_other_failures_may_have() {
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
    for (code, unknown) in [(402, false), (409, false), (500, true)] {
        let outcome = exotel_outcome(code, b"");
        assert_eq!(outcome.failure().unwrap().may_have_changed(), unknown, "{code}");
    }
}

#[test]
fn retry_after_is_a_number_of_seconds_or_a_date() {
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
    assert_eq!(read(&["99999999999999999999999"]), Some(RetryAfter::For(RetryAfter::MAX)));
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

/// A date is the server's, so the server's own clock counts: this machine's may be hours off.
#[test]
fn a_date_is_held_against_the_replys_own_date() {
    let read = |date: &str, until: &str| {
        let mut headers = HeaderMap::new();
        headers.append(RETRY_AFTER, HeaderValue::from_str(until).unwrap());
        if !date.is_empty() {
            headers.append(DATE, HeaderValue::from_str(date).unwrap());
        }
        let outcome = exotel().outcome(StatusCode::TOO_MANY_REQUESTS, &headers, b"");
        let FailureKind::RateLimited { retry_after } = kind(&outcome) else { panic!("it is 429") };
        retry_after.unwrap()
    };
    let until = "Sun, 06 Nov 1994 08:49:37 GMT";
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    for (reply, seconds) in [
        ("Sun, 06 Nov 1994 08:49:07 GMT", 30),
        ("Sunday, 06-Nov-94 08:48:37 GMT", 60),
        (until, 0),
        ("Sun, 06 Nov 1994 09:49:37 GMT", 0),
        ("Sun, 06 Nov 1994 07:49:37 GMT", 3600),
        ("Thu, 01 Jan 1970 00:00:00 GMT", RetryAfter::MAX.as_secs()),
    ] {
        let retry_after = read(reply, until);
        // Whatever this machine's clock says.
        for now in [SystemTime::UNIX_EPOCH, date, date + Duration::from_secs(1 << 32)] {
            assert_eq!(retry_after.wait(now), Duration::from_secs(seconds), "{reply}");
        }
    }
    // Without a date to hold it against, this machine's clock has to do.
    for reply in ["", "yesterday"] {
        let retry_after = read(reply, until);
        assert_eq!(retry_after, RetryAfter::Until(date), "{reply}");
        assert_eq!(retry_after.wait(date - Duration::from_secs(30)), Duration::from_secs(30));
        assert_eq!(retry_after.wait(SystemTime::UNIX_EPOCH), RetryAfter::MAX);
    }
    assert_eq!(read("", "864000").wait(date), RetryAfter::MAX);
}
