//! Connections that end, are refused, or get another certificate.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use fake_vendors::{
    BlackHole, Certificate, Config, Ending, FakeVendors, Fault, Kind, Outcome, Stage, Vendor,
};

use super::{ENDINGS, End, PASSWORD, end, set, with};
use crate::common::{Wire, good, token, token_request, trust};

#[test]
fn a_connection_ends_before_a_reply() {
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
fn a_connection_ends_before_the_body_is_sent() {
    let (_vendors, mut wire, token) = with(vec!["reset=headers".parse().unwrap()]);
    let request = good(Vendor::Huawei, &token, 1, PASSWORD);
    let head = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    wire.send(&request[..head]).unwrap();
    assert_eq!(end(wire.drain().1), End::Reset);
}

/// The connection ends after each byte of a reply.
#[test]
fn a_connection_ends_within_and_after_a_reply() {
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
fn a_connection_ends_before_and_after_the_handshake() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    for (how, expected) in ENDINGS {
        vendors.set_faults(vec![Fault::new(Kind::Break { stage: Stage::Accepted, how }).nth(1)]).unwrap();
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
fn connections_are_refused() {
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
fn a_black_hole_never_answers() {
    let hole = BlackHole::start().unwrap();
    for _ in 0..3 {
        let wait = Duration::from_millis(200);
        let error = std::net::TcpStream::connect_timeout(&hole.address(), wait).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}

#[test]
fn bad_certificates_are_shown() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let reason = |certificate| {
        vendors.set_faults(vec![Fault::new(Kind::Certificate(certificate)).nth(1)]).unwrap();
        // No session is resumed with another certificate.
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
