//! When a fault strikes.

use std::thread;

use fake_vendors::{Call, Config, FakeVendors, Fault, Kind, Outcome, Vendor};

use super::{PASSWORD, with};
use crate::common::{Wire, good, name, token, token_request, trust};

#[test]
fn a_fault_strikes_only_tokens() {
    let fault = Fault::new(Kind::Html(500)).call(Call::Token).vendor(Vendor::Huawei).nth(2);
    let (_vendors, mut wire, token) = with(vec![fault]);
    assert_eq!(wire.ask(&good(Vendor::Huawei, &token, 1, PASSWORD)).unwrap().status(), 200);
    assert_eq!(wire.ask(&token_request()).unwrap().status(), 500);
    assert_eq!(wire.ask(&token_request()).unwrap().status(), 200);
}

#[test]
fn a_fault_strikes_only_a_vendor_or_an_account() {
    let (_vendors, mut wire, token) = with(vec![
        "html=500@vendor=exotel".parse().unwrap(),
        "html=502@account=agent-2,times=1".parse().unwrap(),
    ]);
    let mut status = |vendor, n| wire.ask(&good(vendor, &token, n, PASSWORD)).unwrap().status();
    assert_eq!([1, 2, 3].map(|n| status(Vendor::Exotel, n)), [500; 3]);
    assert_eq!([1, 2, 2].map(|n| status(Vendor::Huawei, n)), [200, 502, 200]);
}

/// Ten thousand calls with faults, on eight connections: no reply contradicts what the phone has, a lost reply changes the
/// password, and the same accounts are struck in every run.
#[test]
fn many_calls_with_faults_are_consistent() {
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
