//! Replies to calls that were carried out, in another form or with other content.

use std::io::Read;
use std::time::{Duration, Instant};

use fake_vendors::{FakeVendors, Vendor};
use serde_json::Value;

use super::{End, PASSWORD, end, set, with};
use crate::common::{Reply, good, nxcloud};

#[test]
fn a_reply_trickles() {
    let (_vendors, mut wire, token) = with(vec!["trickle=1ms".parse().unwrap()]);
    let from = Instant::now();
    let reply = wire.ask(&good(Vendor::Exotel, &token, 1, PASSWORD)).unwrap();
    let bytes = reply.head.len() + reply.body.len();
    assert!(from.elapsed() >= Duration::from_millis(bytes as u64));
    assert!(reply.text().contains("success"));
}

#[test]
fn bodies_and_headers_can_be_huge() {
    for vendor in Vendor::ALL {
        let (_vendors, mut wire, token) = with(vec!["huge-body=20MiB".parse().unwrap()]);
        let reply = wire.ask(&good(vendor, &token, 1, PASSWORD)).unwrap();
        assert_eq!((reply.status(), reply.body.len()), (200, 20 << 20));
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert!(body["extra"].as_str().unwrap().len() > 20_900_000);
        assert_eq!(end(wire.drain().1), End::Farewell);
    }
    let (_vendors, mut wire, token) = with(vec!["huge-headers=2MiB".parse().unwrap()]);
    let reply = wire.ask(&good(Vendor::Exotel, &token, 1, PASSWORD)).unwrap();
    assert!(reply.head.len() >= 2 << 20 && reply.text().contains("success"));
}

/// A client reads 64 KiB of a huge reply and goes: no thread is left behind.
#[test]
fn a_huge_reply_ends_when_the_client_has_gone() {
    let (vendors, mut wire, token) = with(vec!["huge-body=1GiB".parse().unwrap()]);
    wire.send(&good(Vendor::Exotel, &token, 1, PASSWORD)).unwrap();
    let mut some = vec![0; 64 << 10];
    let mut read = 0;
    while read < some.len() {
        read += wire.read(&mut some[read..]).unwrap();
    }
    assert!(String::from_utf8_lossy(&some).contains("Content-Length: 1073741824\r\n"));
    drop(wire);
    let from = Instant::now();
    drop(vendors);
    assert!(from.elapsed() < Duration::from_secs(1));
}

/// The reply of a vendor with a fault.
fn body(vendor: Vendor, fault: &str) -> (Reply, FakeVendors) {
    let (vendors, mut wire, token) = with(vec![fault.parse().unwrap()]);
    let reply = wire.ask(&good(vendor, &token, 1, PASSWORD)).unwrap();
    assert!(set(&vendors, vendor), "{vendor} {fault}");
    assert_eq!(vendors.faults()[0].1, 1);
    (reply, vendors)
}

#[test]
fn a_reply_has_other_forms() {
    for vendor in Vendor::ALL {
        let (reply, _vendors) = body(vendor, "content-type=text/plain");
        assert_eq!(reply.header("content-type").as_deref(), Some("text/plain"));
        assert_eq!(reply.head.to_lowercase().matches("content-type").count(), 1);

        let (reply, _vendors) = body(vendor, "gzip");
        assert_eq!(reply.header("content-encoding").as_deref(), Some("gzip"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(&reply.body[..]).read_to_string(&mut text).unwrap();
        assert!(text.contains("success"), "{text}");

        let (vendors, mut wire, token) = with(vec!["chunked@1".parse().unwrap(), "twice@2".parse().unwrap()]);
        let request = good(vendor, &token, 1, PASSWORD);
        wire.send(&request).unwrap();
        let reply = wire.reply().unwrap();
        assert_eq!((reply.header("transfer-encoding").as_deref(), reply.body.len()), (Some("chunked"), 0));
        let mut chunks = Vec::new();
        while !chunks.ends_with(b"\r\n0\r\n\r\n") {
            let mut byte = [0];
            assert_eq!(wire.read(&mut byte).unwrap(), 1);
            chunks.push(byte[0]);
        }
        assert!(chunks.starts_with(b"7\r\n{\""), "{}", chunks.escape_ascii());

        let first = wire.ask(&request).unwrap();
        let second = wire.reply().unwrap();
        assert_eq!((first.status(), &first.body), (200, &second.body));
        vendors.set_faults(vec!["continue".parse().unwrap()]).unwrap();
        let interim = wire.ask(&request).unwrap();
        assert_eq!(
            (interim.head.as_str(), wire.reply().unwrap().status()),
            ("HTTP/1.1 100 Continue\r\n\r\n", 200)
        );
    }
}

#[test]
fn a_reply_has_other_content() {
    let text = |vendor, fault| body(vendor, fault).0.text().to_owned();
    assert_eq!(text(Vendor::Huawei, "other-types"), r#"{"resultCode":0,"resultMessage":"success"}"#);
    assert!(text(Vendor::Exotel, "other-types").contains(r#""http_code":"200","response":{"code":"200""#));
    let schema = r#"{"schema":{"resultCode":"0","resultMessage":"success"}}"#;
    assert_eq!(text(Vendor::Huawei, "other-shape"), schema);
    assert_eq!(
        text(Vendor::Huawei, "duplicate-keys"),
        r#"{"resultCode":"0","resultMessage":"success","resultCode":"1"}"#
    );
    assert!(text(Vendor::Exotel, "duplicate-keys").ends_with(r#""data":null,"status":"failure"}}"#));
    assert!(text(Vendor::NxCloud, "duplicate-keys").ends_with(r#"},"code":"failed"}"#));
    for vendor in Vendor::ALL {
        let deep = text(vendor, "deep=100000");
        let arrays = format!(r#","extra":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert!(deep.ends_with(&arrays), "{vendor}");
        let (reply, _vendors) = body(vendor, "invalid-utf8");
        assert!(std::str::from_utf8(&reply.body).is_err());
        assert!(reply.body.ends_with(b"\"}") && serde_json::from_slice::<Value>(&reply.body).is_err());
    }
}

#[test]
fn a_row_has_other_content() {
    let ask = |fault: &str, usernames: &str, passwords: Option<&str>| {
        let (vendors, mut wire, _token) = with(vec![fault.parse().unwrap()]);
        let reply = wire.ask(&nxcloud(usernames, passwords)).unwrap();
        (serde_json::from_slice::<Value>(&reply.body).unwrap(), vendors)
    };
    let (reply, vendors) = ask("row-missing", "agent-1,agent-2", Some("fakePass1"));
    assert_eq!(reply["row"], serde_json::json!({ "agent-1": "fakePass1" }));
    assert_eq!(vendors.password_of(Vendor::NxCloud, "agent-2").as_deref(), Some("fakePass1"));
    let (reply, vendors) = ask("row-other", "agent-1,agent-2", Some("fakePass1"));
    let row = serde_json::json!({ "agent-1": "fakeOtherPassword1", "agent-2": "fakePass1" });
    assert_eq!(reply["row"], row);
    assert!(set(&vendors, Vendor::NxCloud));
    let (reply, vendors) = ask("row-numbers", "agent-1,agent-2", None);
    for n in [1, 2] {
        let number = reply["row"][format!("agent-{n}")].as_u64().unwrap();
        let password = vendors.password_of(Vendor::NxCloud, &format!("agent-{n}")).unwrap();
        assert_eq!(format!("{number:06}"), password);
    }
}
