//! Bodies that are not the JSON of any vendor.

use sip_password::{
    api::{FailureKind, MAX_REPLY, ReplyError},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_ENCODING, CONTENT_TYPE},
    },
};

use crate::api::{calls::*, vendor_examples::*};

#[test]
fn a_reply_cut_at_any_byte_is_not_json() {
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

/// The same faults for every vendor.
#[test]
fn a_body_that_is_not_one_object_is_invalid() {
    let twice = |text: &str| [text, text].concat().into_bytes();
    let faults = |good: &str| {
        vec![
            (b"".to_vec(), ReplyError::Empty),
            (b" \r\n\t".to_vec(), ReplyError::Empty),
            (twice(good), ReplyError::NotJson),
            ([good, "x"].concat().into_bytes(), ReplyError::NotJson),
            ([good, "\0"].concat().into_bytes(), ReplyError::NotJson),
            (["\u{feff}\u{feff}", good].concat().into_bytes(), ReplyError::NotJson),
            ([" \u{feff}", good].concat().into_bytes(), ReplyError::NotJson),
            ([good, "\u{feff}"].concat().into_bytes(), ReplyError::NotJson),
            ("\u{feff}".as_bytes().to_vec(), ReplyError::Empty),
            ("\u{feff} <p>".as_bytes().to_vec(), ReplyError::Html),
            // White space in ASCII, but not in JSON.
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
fn the_content_type_does_not_matter_and_the_encoding_does() {
    let outcome = |name, value, body: &str| {
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        huawei().outcome(StatusCode::OK, &headers, body.as_bytes())
    };
    // Servers mislabel JSON.
    for mislabelled in ["text/html", "text/plain", "application/octet-stream", ""] {
        assert!(outcome(CONTENT_TYPE, mislabelled, HUAWEI_REPLY).is_updated());
    }
    assert_eq!(reply_error(&outcome(CONTENT_TYPE, "text/html; charset=gbk", "log in")), ReplyError::Html);
    assert!(outcome(CONTENT_ENCODING, "identity", HUAWEI_REPLY).is_updated());
    assert_eq!(reply_error(&outcome(CONTENT_ENCODING, "gzip", "\u{1f}")), ReplyError::Compressed);
    assert_eq!(reply_error(&outcome(CONTENT_ENCODING, "br", HUAWEI_REPLY)), ReplyError::Compressed);
}

/// Some servers write one, although JSON on the network has none: RFC 8259, section 8.1, allows a parser to ignore it.
#[test]
fn a_byte_order_mark_before_the_json_is_ignored() {
    let marked = |good: &str| ["\u{feff}", good].concat().into_bytes();
    assert!(huawei_outcome(200, &marked(HUAWEI_REPLY)).is_updated());
    assert!(exotel_outcome(200, &marked(EXOTEL_REPLY)).is_updated());
    assert!(server_generated_outcome(200, &marked(NXCLOUD_REPLY)).is_updated());
    assert!(token_outcome(200, &marked(TOKEN_REPLY)).is_ok());
    let refusal = individual_outcome(200, &marked(NXCLOUD_REFUSAL));
    assert_eq!(kind(&refusal), FailureKind::Refused);
}
