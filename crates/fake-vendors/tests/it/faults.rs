//! Each fault, as it is on the wire.

use std::io::{self, Read};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::*;
use fake_vendors::{
    Call, Certificate, Config, Deaf, Ending, FakeVendors, Fault, Kind, Outcome, RetryAfter, Stage, Vendor,
};
use serde_json::Value;

const PASSWORD: &str = "fakePass1";

/// One connection to a fake server with these faults, with a token.
fn with(faults: Vec<Fault>) -> (FakeVendors, Wire, String) {
    let vendors = FakeVendors::start(Config { faults, ..Config::default() }).unwrap();
    let mut wire = Wire::open(&vendors).unwrap();
    let token = token(&mut wire);
    (vendors, wire, token)
}

fn set(vendors: &FakeVendors, vendor: Vendor) -> bool {
    vendors.password_of(vendor, &name(vendor, 1)).as_deref() == Some(PASSWORD)
}

/// How a connection came to its end, from the client's side.
#[derive(Debug, PartialEq)]
enum End {
    Farewell,
    /// An end of TCP without one of TLS.
    Cut,
    Reset,
}

fn end(result: io::Result<()>) -> End {
    match result.map_err(|error| error.kind()) {
        Ok(()) => End::Farewell,
        Err(io::ErrorKind::UnexpectedEof) => End::Cut,
        Err(io::ErrorKind::ConnectionReset) => End::Reset,
        other => panic!("{other:?}"),
    }
}

const ENDINGS: [(Ending, End); 3] =
    [(Ending::Reset, End::Reset), (Ending::Close, End::Cut), (Ending::Farewell, End::Farewell)];

#[test]
fn ends_before_a_reply() {
    for vendor in Vendor::ALL {
        for (how, expected) in ENDINGS {
            for (stage, applied) in
                [(Stage::Headers, false), (Stage::Request, false), (Stage::Reply(0), true)]
            {
                let (vendors, mut wire, token) = with(vec![Fault::new(Kind::Break { stage, how })]);
                wire.send(&good(vendor, &token, 1, PASSWORD)).unwrap();
                let (bytes, result) = wire.drain();
                let case = format!("{vendor} {how:?} {stage:?}");
                assert!(bytes.is_empty(), "{case}");
                assert_eq!(end(result), expected, "{case}");
                assert_eq!(set(&vendors, vendor), applied, "{case}");
                let log = vendors.log();
                let outcome = if applied { Outcome::Updated } else { Outcome::Untouched };
                assert_eq!((log.last().unwrap().outcome, log.last().unwrap().status), (outcome, 0), "{case}");
                assert_eq!(vendors.faults()[0].1, 1);
            }
        }
    }
}

#[test]
fn headers_break_before_the_body_is_there() {
    let (_vendors, mut wire, token) = with(vec!["reset=headers".parse().unwrap()]);
    let request = good(Vendor::Huawei, &token, 1, PASSWORD);
    let head = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    wire.send(&request[..head]).unwrap();
    assert_eq!(end(wire.drain().1), End::Reset);
}

/// Every byte of a reply: that many arrive, and then the end that was asked for.
#[test]
fn ends_within_and_after_a_reply() {
    for vendor in Vendor::ALL {
        let (vendors, mut wire, token) = with(Vec::new());
        let request = good(vendor, &token, 1, PASSWORD);
        let whole = wire.ask(&request).unwrap();
        let length = whole.head.len() + whole.body.len();
        for (how, expected) in ENDINGS {
            for at in 1..=length {
                vendors.set_faults(vec![Fault::new(Kind::Break { stage: Stage::Reply(at), how })]).unwrap();
                let mut wire = Wire::open(&vendors).unwrap();
                wire.send(&request).unwrap();
                let (bytes, result) = wire.drain();
                assert_eq!(bytes.len(), at, "{vendor} {how:?}");
                assert_eq!(end(result), expected, "{vendor} {how:?} {at}");
            }
            vendors.set_faults(vec![Fault::new(Kind::Break { stage: Stage::Sent, how })]).unwrap();
            let mut wire = Wire::open(&vendors).unwrap();
            assert_eq!(wire.ask(&request).unwrap().status(), 200);
            assert_eq!(end(wire.drain().1), expected);
        }
    }
}

#[test]
fn ends_before_and_after_tls() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    for (how, expected) in ENDINGS {
        vendors.set_faults(vec![Fault::new(Kind::Break { stage: Stage::Accepted, how }).nth(1)]).unwrap();
        // The count is of connections since the start: only the numbering of `nth` begins anew.
        let error = Wire::open(&vendors).map(drop).unwrap_err();
        let cut = [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
        assert!(cut.contains(&error.kind()), "{how:?}: {error}");
        assert_eq!(how == Ending::Reset, error.kind() != io::ErrorKind::UnexpectedEof, "{how:?}: {error}");
        assert!(Wire::open(&vendors).is_ok());

        vendors.set_faults(vec![Fault::new(Kind::Break { stage: Stage::Handshake, how })]).unwrap();
        let mut wire = Wire::open(&vendors).unwrap();
        assert_eq!(end(wire.drain().1), expected, "{how:?}");
    }
    assert!(vendors.log().is_empty());
}

#[test]
fn refused() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let mut kept = Wire::open(&vendors).unwrap();
    let token = token(&mut kept);
    let request = good(Vendor::Huawei, &token, 1, PASSWORD);
    let refused =
        || Wire::open(&vendors).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    for _ in 0..20 {
        vendors.stop_listening();
        assert!(refused() && refused());
        vendors.listen_again();
        assert!(Wire::open(&vendors).is_ok());
    }
    vendors.stop_listening();
    kept.send(&request).unwrap();
    assert_eq!(end(kept.drain().1), End::Reset);
    vendors.listen_again();
    assert!(!set(&vendors, Vendor::Huawei));

    let away = Duration::from_millis(400);
    vendors.set_faults(vec![Fault::new(Kind::Refuse(away)).nth(2)]).unwrap();
    assert!(Wire::open(&vendors).is_ok());
    let from = Instant::now();
    assert!(Wire::open(&vendors).is_err());
    assert!(refused());
    while refused() {
        assert!(from.elapsed() < away * 10);
        thread::sleep(Duration::from_millis(5));
    }
    let back = from.elapsed();
    assert!(back >= away && back < away + Duration::from_secs(2), "{back:?}");
    assert_eq!(Wire::open(&vendors).unwrap().ask(&request).unwrap().status(), 200);
}

#[test]
fn deaf() {
    let deaf = Deaf::start().unwrap();
    for _ in 0..3 {
        let wait = Duration::from_millis(200);
        let error = std::net::TcpStream::connect_timeout(&deaf.address(), wait).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}

#[test]
fn stalls() {
    let time = Duration::from_millis(250);
    let waited = |from: Instant| {
        let waited = from.elapsed();
        assert!(waited >= time && waited < time * 6, "{waited:?}");
    };
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let token = token(&mut Wire::open(&vendors).unwrap());
    let request = good(Vendor::Huawei, &token, 1, PASSWORD);
    for stage in [
        Stage::Accepted,
        Stage::Handshake,
        Stage::Headers,
        Stage::Request,
        Stage::Reply(0),
        Stage::Reply(9),
        Stage::Reply(120),
        Stage::Sent,
    ] {
        vendors.set_faults(vec![Fault::new(Kind::Stall { stage, time })]).unwrap();
        let mut wire;
        let from = Instant::now();
        if stage == Stage::Accepted {
            wire = Wire::open(&vendors).unwrap();
            waited(from);
        } else {
            wire = Wire::open(&vendors).unwrap();
        }
        let from = Instant::now();
        wire.send(&request).unwrap();
        // What is there before the pause.
        let early = match stage {
            Stage::Reply(bytes) => bytes,
            _ => 0,
        };
        let mut first = vec![0; early];
        let mut read = 0;
        while read < early {
            read += wire.read(&mut first[read..]).unwrap();
        }
        if early > 0 {
            assert!(from.elapsed() < time, "{stage:?}");
        }
        match stage {
            Stage::Accepted => assert_eq!(wire.reply().unwrap().status(), 200),
            Stage::Reply(1..) => {
                let mut rest = vec![0; 4096];
                assert!(wire.read(&mut rest).unwrap() > 0);
                waited(from);
            }
            Stage::Sent => {
                assert_eq!(wire.reply().unwrap().status(), 200);
                assert!(from.elapsed() < time);
                assert_eq!(wire.ask(&request).unwrap().status(), 200);
                waited(from);
            }
            _ => {
                assert_eq!(wire.reply().unwrap().status(), 200);
                waited(from);
            }
        }
    }
}

/// A client that gives up does not undo what it asked for.
#[test]
fn a_stalled_call_is_carried_out_although_the_client_has_gone() {
    let (vendors, mut wire, token) = with(vec!["stall=request/800ms".parse().unwrap()]);
    wire.send(&good(Vendor::Huawei, &token, 1, PASSWORD)).unwrap();
    drop(wire);
    // By now it is read.
    thread::sleep(Duration::from_millis(200));
    assert!(!set(&vendors, Vendor::Huawei));
    let end = Instant::now() + Duration::from_secs(5);
    while !set(&vendors, Vendor::Huawei) && Instant::now() < end {
        thread::sleep(Duration::from_millis(10));
    }
    assert!(set(&vendors, Vendor::Huawei));
}

#[test]
fn it_stops_in_the_middle_of_a_stall() {
    for stage in ["accept", "tls", "headers", "request", "reply", "reply+5", "sent"] {
        let fault = format!("stall={stage}/1h").parse().unwrap();
        let vendors =
            FakeVendors::start(Config { plain: true, faults: vec![fault], ..Config::default() }).unwrap();
        let mut socket = std::net::TcpStream::connect(vendors.address()).unwrap();
        io::Write::write_all(&mut socket, &exotel(1, PASSWORD)).unwrap();
        thread::sleep(Duration::from_millis(50));
        let from = Instant::now();
        drop(vendors);
        assert!(from.elapsed() < Duration::from_secs(1), "{stage}");
    }
}

#[test]
fn certificates() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let reason = |certificate| {
        vendors.set_faults(vec![Fault::new(Kind::Certificate(certificate)).nth(1)]).unwrap();
        // A configuration that remembers the good certificate's session must not get past the bad one.
        let error = Wire::open(&vendors).map(drop).unwrap_err().to_string();
        assert!(Wire::open(&vendors).is_ok());
        error
    };
    assert!(reason(Certificate::Expired).contains("expired"));
    assert!(reason(Certificate::SelfSigned).contains("UnknownIssuer"));
    assert!(reason(Certificate::WrongName).contains("not valid for name"));
    let other = reason(Certificate::OtherRoot);
    assert!(other.contains("BadSignature") || other.contains("UnknownIssuer"), "{other}");
    for certificate in [Certificate::Expired, Certificate::SelfSigned, Certificate::WrongName] {
        let always = FakeVendors::start(Config { certificate, ..Config::default() }).unwrap();
        assert!(Wire::open(&always).is_err());
    }
    let config = trust(&vendors);
    assert!(Wire::with(&vendors, config.clone()).unwrap().ask(&token_request()).is_ok());
    vendors.set_faults(vec![Fault::new(Kind::Certificate(Certificate::Expired))]).unwrap();
    assert!(Wire::with(&vendors, config).is_err());
}

#[test]
fn statuses() {
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
            // The connection goes on.
            assert_eq!(wire.ask(&request).unwrap().status(), 200);
        }
    }
}

#[test]
fn a_lone_100() {
    let (vendors, mut wire, token) = with(vec!["status=100".parse().unwrap()]);
    wire.send(&good(Vendor::Huawei, &token, 1, PASSWORD)).unwrap();
    let (bytes, result) = wire.drain();
    assert_eq!((&bytes[..], end(result)), (&b"HTTP/1.1 100 Continue\r\n\r\n"[..], End::Farewell));
    assert!(!set(&vendors, Vendor::Huawei));
}

#[test]
fn limited_on_request() {
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
fn pages_and_redirections() {
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
fn raw() {
    let (vendors, mut wire, token) = with(vec![r"raw=HTTP/1.1 200 OK\r\n\r\n\x00\xff@1".parse().unwrap()]);
    wire.send(&good(Vendor::Huawei, &token, 1, PASSWORD)).unwrap();
    let (bytes, result) = wire.drain();
    assert_eq!((&bytes[..], end(result)), (&b"HTTP/1.1 200 OK\r\n\r\n\x00\xff"[..], End::Farewell));
    assert!(!set(&vendors, Vendor::Huawei));
}

#[test]
fn a_trickle() {
    let (_vendors, mut wire, token) = with(vec!["trickle=1ms".parse().unwrap()]);
    let from = Instant::now();
    let reply = wire.ask(&good(Vendor::Exotel, &token, 1, PASSWORD)).unwrap();
    let bytes = reply.head.len() + reply.body.len();
    assert!(from.elapsed() >= Duration::from_millis(bytes as u64));
    assert!(reply.text().contains("success"));
}

#[test]
fn huge() {
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

/// A client that takes 64 KiB of a thousand megabytes and goes, leaves nobody behind.
#[test]
fn a_gigabyte_that_nobody_wants() {
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

/// The reply of one vendor under one fault.
fn body(vendor: Vendor, fault: &str) -> (Reply, FakeVendors) {
    let (vendors, mut wire, token) = with(vec![fault.parse().unwrap()]);
    let reply = wire.ask(&good(vendor, &token, 1, PASSWORD)).unwrap();
    assert!(set(&vendors, vendor), "{vendor} {fault}");
    assert_eq!(vendors.faults()[0].1, 1);
    (reply, vendors)
}

#[test]
fn other_ways_to_say_it() {
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
fn other_things_said() {
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
fn other_rows() {
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

#[test]
fn tokens_are_aimed_at_separately() {
    let fault = Fault::new(Kind::Html(500)).call(Call::Token).vendor(Vendor::Huawei).nth(2);
    let (_vendors, mut wire, token) = with(vec![fault]);
    assert_eq!(wire.ask(&good(Vendor::Huawei, &token, 1, PASSWORD)).unwrap().status(), 200);
    assert_eq!(wire.ask(&token_request()).unwrap().status(), 500);
    assert_eq!(wire.ask(&token_request()).unwrap().status(), 200);
}

#[test]
fn aimed_at_a_vendor_and_an_account() {
    let (_vendors, mut wire, token) = with(vec![
        "html=500@vendor=exotel".parse().unwrap(),
        "html=502@account=agent-2,times=1".parse().unwrap(),
    ]);
    let mut status = |vendor, n| wire.ask(&good(vendor, &token, n, PASSWORD)).unwrap().status();
    assert_eq!([1, 2, 3].map(|n| status(Vendor::Exotel, n)), [500; 3]);
    assert_eq!([1, 2, 2].map(|n| status(Vendor::Huawei, n)), [200, 502, 200]);
}

/// Ten thousand calls with faults on eight connections: what the clients were told and what the phones have does not
/// contradict, a lost reply does not lose a password, and the same accounts are struck in every run.
#[test]
fn many_calls_with_faults() {
    let run = || {
        let faults = ["lose-reply@2%", "status=500@2%", "reset=request@2%", "status=429@1%"];
        let faults = faults.map(|text| text.parse().unwrap()).to_vec();
        let config = Config { accounts: 10_000, faults, seed: 7, ..Config::default() };
        let vendors = FakeVendors::start(config).unwrap();
        let trust = trust(&vendors);
        let token = token(&mut Wire::with(&vendors, trust.clone()).unwrap());
        thread::scope(|scope| {
            for part in 0..8 {
                let (vendors, trust, token) = (&vendors, &trust, &token);
                scope.spawn(move || {
                    let mut wire = Wire::with(vendors, trust.clone()).unwrap();
                    for n in (1..=10_000).filter(|n| n % 8 == part) {
                        let password = format!("fakePass{n}");
                        let request = good(Vendor::Huawei, token, n, &password);
                        let has = || vendors.password_of(Vendor::Huawei, &name(Vendor::Huawei, n));
                        match wire.ask(&request) {
                            Ok(reply) if reply.status() == 200 => {
                                assert_eq!(has().as_deref(), Some(&password[..]))
                            }
                            Ok(_) => assert_eq!(has(), None),
                            Err(_) => wire = Wire::with(vendors, trust.clone()).unwrap(),
                        }
                    }
                });
            }
        });
        assert_eq!(vendors.locks(), 0);
        let struck: Vec<u64> = vendors.faults().into_iter().map(|(_, times)| times).collect();
        let lost = vendors
            .log()
            .iter()
            .filter(|entry| entry.status == 0 && entry.outcome == Outcome::Updated)
            .count();
        assert_eq!(lost as u64, struck[0]);
        assert_eq!(vendors.passwords(Vendor::Huawei).len() as u64, 10_000 - struck[1..].iter().sum::<u64>());
        struck
    };
    let struck = run();
    assert_eq!(struck, run());
    assert!(struck.iter().all(|times| (50..=300).contains(times)), "{struck:?}");
}
