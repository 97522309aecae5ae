//! Pauses, and what happens after them.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use fake_vendors::{Config, FakeVendors, Fault, Kind, Stage, Vendor};

use super::{PASSWORD, set, with};
use crate::common::{Wire, exotel, good, token};

#[test]
fn every_stage_can_stall() {
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
        // The bytes that arrive before the pause.
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

/// A call is carried out even if the client gives up.
#[test]
fn a_stalled_call_is_carried_out_after_the_client_has_gone() {
    let (vendors, mut wire, token) = with(vec!["stall=request/800ms".parse().unwrap()]);
    wire.send(&good(Vendor::Huawei, &token, 1, PASSWORD)).unwrap();
    drop(wire);
    // By now, the call is read.
    thread::sleep(Duration::from_millis(200));
    assert!(!set(&vendors, Vendor::Huawei));
    let end = Instant::now() + Duration::from_secs(5);
    while !set(&vendors, Vendor::Huawei) && Instant::now() < end {
        thread::sleep(Duration::from_millis(10));
    }
    assert!(set(&vendors, Vendor::Huawei));
}

#[test]
fn the_servers_stop_in_the_middle_of_a_stall() {
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
