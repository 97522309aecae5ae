//! The messages of errors: each says on one line what was expected and what was found.

use sip_password::{
    HUAWEI,
    api::{BaseUrl, FieldError, FieldErrorKind, ReplyError},
};

/// Compares the message, which must fit behind a colon.
#[track_caller]
fn says(error: &impl std::error::Error, expected: &str) {
    assert_eq!(error.to_string(), expected);
    assert!(!expected.contains('\n') && !expected.ends_with('.'));
}

#[test]
fn an_invalid_base_url() {
    for (url, words) in [
        ("service.example", "expected https:// at the start, found another scheme or none"),
        ("ftp://service.example", "expected https:// at the start, found another scheme or none"),
        (
            "http://service.example",
            "expected https, found http, by which everyone on the way can read the secrets; http is for tests, to a loopback \
             host and where it is allowed",
        ),
        ("https://me:mine@service.example", "expected no credentials, found some; pass them separately"),
        ("https://", "expected a host name or an IP address, found neither"),
        ("https://service.example:0", "expected a port from 1 to 65535, found another text"),
        (
            "https://service.example/a/../b",
            "expected path segments of letters, digits and -._~, neither empty nor . nor .., found another segment",
        ),
        ("https://service.example?a", "expected the end after the host, the port or the path, found a query"),
        (
            "https://service.example#a",
            "expected the end after the host, the port or the path, found a fragment",
        ),
        (&*format!("https://{}", "a".repeat(BaseUrl::MAX_LENGTH)), "expected at most 1024 bytes, found more"),
    ] {
        says(&BaseUrl::new(url).expect_err(url), &format!("base URL: {words}"));
    }
}

#[test]
fn an_invalid_field() {
    let kinds = HUAWEI.check("short").expect_err("it is not compliant").kinds();
    for (kind, words) in [
        (FieldErrorKind::Empty, "expected a value, found an empty text"),
        (FieldErrorKind::TooLong { max: 256 }, "expected at most 256 bytes, found more"),
        (
            FieldErrorKind::ControlCharacter { position: 3 },
            "expected no control character, found one at position 3",
        ),
        (
            FieldErrorKind::NotVisibleAscii { position: 3 },
            "expected visible ASCII characters, since the value goes into a header, found another character at position 3",
        ),
        (
            FieldErrorKind::Comma { position: 3 },
            "expected no comma, since commas separate the values of a list, found one at position 3",
        ),
        (
            FieldErrorKind::Colon { position: 3 },
            "expected no colon, since it would end the value in the header, found one at position 3",
        ),
        (
            FieldErrorKind::Slash { position: 3 },
            "expected no slash or backslash, since a server may take it for the end of a part of the path, found one at position 3",
        ),
        (
            FieldErrorKind::DotSegment,
            "expected an identifier, found . or .., which would change the path of the URL",
        ),
        (
            FieldErrorKind::Duplicate { position: 3 },
            "expected each phone once, found one again at position 3 of the list",
        ),
        (
            FieldErrorKind::OutOfRange { min: 1, max: 3600, found: 0 },
            "expected a number from 1 to 3600, found 0",
        ),
        (
            FieldErrorKind::NotCompliant(kinds),
            "expected a password that satisfies the policy, found these violations: too-short, too-few-classes",
        ),
    ] {
        says(&FieldError { field: "name", kind }, &format!("name: {words}"));
    }
}

#[test]
fn an_invalid_reply() {
    let field = "status";
    for (error, words) in [
        (ReplyError::Empty, "expected a body, found none"),
        (ReplyError::TooLong { max: 65_536 }, "expected at most 65536 bytes, found more"),
        (ReplyError::Compressed, "expected an uncompressed body, found a compressed one"),
        (ReplyError::Html, "expected JSON, found HTML, perhaps of a proxy or a login page"),
        (ReplyError::NotUtf8, "expected UTF-8, found other bytes"),
        (ReplyError::NotJson, "expected one JSON value, found another text; the reply may be truncated"),
        (ReplyError::Missing { field }, "expected the member status, found none"),
        (ReplyError::Duplicate { field }, "expected the member status once, found it twice"),
        (ReplyError::WrongType { field }, "expected the documented type of status, found another type"),
        (ReplyError::UnknownValue { field }, "expected a documented value of status, found another value"),
        (
            ReplyError::Contradiction { field },
            "expected status to agree with the rest of the reply, found a contradiction",
        ),
    ] {
        says(&error, words);
    }
}
