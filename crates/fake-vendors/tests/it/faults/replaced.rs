//! Replies that are not the vendor's.

use std::time::Duration;

use fake_vendors::{Fault, Kind, RetryAfter, Vendor};

use super::{End, PASSWORD, end, set, with};
use crate::common::good;

#[test]
fn a_status_replaces_the_reply() {
    for status in [204, 301, 400, 401, 403, 404, 408, 429, 500, 502, 503] {
        for applied in [false, true] {
            let kind =
                Kind::Status { status, headers: vec![("X-Fake".into(), "a b".into())], body: b"{}".to_vec() };
            let fault = Fault::new(kind).nth(1);
            let fault = if applied { fault.applied() } else { fault };
            let (vendors, mut wire, token) = with(vec![fault]);
            let request = good(Vendor::Huawei, &token, 1, PASSWORD);
            let reply = wire.ask(&request).unwrap();
            assert_eq!((reply.status(), reply.header("x-fake").as_deref()), (status, Some("a b")));
            assert_eq!(reply.text(), if status == 204 { "" } else { "{}" });
            assert_eq!(set(&vendors, Vendor::Huawei), applied);
            assert_eq!(vendors.log().last().unwrap().status, status);
            // The connection stays open.
            assert_eq!(wire.ask(&request).unwrap().status(), 200);
        }
    }
}

#[test]
fn a_100_without_a_reply_ends_the_connection() {
    let (vendors, mut wire, token) = with(vec!["status=100".parse().unwrap()]);
    wire.send(&good(Vendor::Huawei, &token, 1, PASSWORD)).unwrap();
    let (bytes, result) = wire.drain();
    assert_eq!((&bytes[..], end(result)), (&b"HTTP/1.1 100 Continue\r\n\r\n"[..], End::Farewell));
    assert!(!set(&vendors, Vendor::Huawei));
}

#[test]
fn a_rate_limit_replaces_the_reply() {
    let wait = Duration::from_secs(7);
    for vendor in Vendor::ALL {
        for form in [RetryAfter::Seconds, RetryAfter::Date, RetryAfter::Absent] {
            let (vendors, mut wire, token) = with(vec![Fault::new(Kind::RateLimited { form, wait })]);
            let reply = wire.ask(&good(vendor, &token, 1, PASSWORD)).unwrap();
            assert_eq!(reply.status(), 429);
            match (form, reply.header("retry-after")) {
                (RetryAfter::Seconds, Some(text)) => assert_eq!(text, "7"),
                (RetryAfter::Date, Some(text)) => assert!(text.ends_with(" GMT"), "{text}"),
                (RetryAfter::Absent, None) => {}
                other => panic!("{other:?}"),
            }
            assert_eq!(vendor == Vendor::Exotel, reply.header("x-ratelimit-remaining").is_some());
            assert_eq!(vendor == Vendor::Exotel, reply.text().contains("RestException"));
            assert!(!set(&vendors, vendor));
        }
    }
}

#[test]
fn html_and_redirects_replace_the_reply() {
    let (vendors, mut wire, token) = with(vec![
        "html=502@1".parse().unwrap(),
        "redirect=301/http://elsewhere.example/a@2".parse().unwrap(),
    ]);
    let request = good(Vendor::Huawei, &token, 1, PASSWORD);
    let reply = wire.ask(&request).unwrap();
    assert_eq!((reply.status(), reply.header("content-type").as_deref()), (502, Some("text/html")));
    assert!(reply.text().starts_with("<!DOCTYPE html>"));
    let reply = wire.ask(&request).unwrap();
    let location = reply.header("location");
    assert_eq!((reply.status(), location.as_deref()), (301, Some("http://elsewhere.example/a")));
    assert!(!set(&vendors, Vendor::Huawei));
}

#[test]
fn raw_bytes_replace_the_reply() {
    let (vendors, mut wire, token) = with(vec![r"raw=HTTP/1.1 200 OK\r\n\r\n\x00\xff@1".parse().unwrap()]);
    wire.send(&good(Vendor::Huawei, &token, 1, PASSWORD)).unwrap();
    let (bytes, result) = wire.drain();
    assert_eq!((&bytes[..], end(result)), (&b"HTTP/1.1 200 OK\r\n\r\n\x00\xff"[..], End::Farewell));
    assert!(!set(&vendors, Vendor::Huawei));
}
