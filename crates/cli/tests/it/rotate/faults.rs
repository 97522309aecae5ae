//! Ten thousand phones, with every fault that the fake servers have.

use fake_vendors::Vendor;

use crate::rotate::setting::{Setting, faults, mixed};

const PHONES: u32 = 10_000;

fn rotates(vendor: Vendor, scale: f64) {
    let (phones, doomed) = mixed(vendor, PHONES);
    let setting = Setting::with(vendor, &phones, faults(scale));
    let ended = setting.rotate(&["--timeout", "1"]);
    setting.settled(&ended, &phones, &doomed);
    let struck = setting.vendors.faults().iter().filter(|(_, struck)| *struck > 0).count();
    assert!(struck >= 7, "{:?}", setting.vendors.faults());
    let summary = ended.summary();
    let confirmed = summary["confirmed"].as_u64().expect("it is a number");
    if vendor != Vendor::Huawei {
        assert_eq!(confirmed, u64::from(PHONES) - doomed.len() as u64);
        return;
    }
    // A 500 may be a failed check, so it is the last call for an account; so are two replies that may hide one. That is 1 % of the
    // phones, and 7 % of 7 %.
    assert!(confirmed > u64::from(PHONES) * 97 / 100, "{confirmed}");
    // Without faults, another run still leaves every account alone that one check could lock.
    setting.fails(Vec::new());
    let ended = setting.rotate(&["--retry-refused"]);
    setting.settled(&ended, &phones, &doomed);
    let asked = |name: &String| setting.vendors.phone(vendor, name).map_or(0, |phone| phone.asked);
    assert!(doomed.iter().all(|name| asked(name) <= 2));
}

#[test]
fn huawei() {
    rotates(Vendor::Huawei, 1.0);
}

#[test]
fn exotel() {
    rotates(Vendor::Exotel, 1.0);
}

/// With twenty phones in a call there are fewer calls, and so more faults for each.
#[test]
fn nxcloud() {
    rotates(Vendor::NxCloud, 2.0);
}
