//! How fast a rotation is, and that it keeps to its rate.

use std::time::{Duration, Instant};

use fake_vendors::{Call, Outcome, Vendor};

use crate::{
    machine::alone,
    rotate::{
        each,
        setting::{Setting, made, rate},
    },
};

/// The rate, in calls a second.
const RATE: usize = 200;
/// The calls in flight at a time. On a busy machine, each may get its permit before the second that is counted, and arrive in it.
const WORKERS: usize = 4;

/// The times at which updates arrived, in order.
fn times(setting: &Setting) -> Vec<Duration> {
    let log = setting.vendors.log();
    let updates = log.iter().filter(|entry| entry.call == Call::Update);
    let mut times: Vec<_> = updates.map(|entry| entry.since_start).collect();
    times.sort();
    times
}

/// The most calls in any second.
fn densest(times: &[Duration]) -> usize {
    let second = |first: &Duration| times.partition_point(|time| *time < *first + Duration::from_secs(1));
    times.iter().enumerate().map(|(place, first)| second(first) - place).max().unwrap_or(0)
}

#[test]
fn the_rate_is_kept_and_used() {
    let _turn = alone();
    for vendor in Vendor::ALL {
        let phones = made(vendor, 600);
        let faults = ["reset=request@2%", "lose-reply@2%", "status=503@2%", "stall=reply/50ms@5%"];
        let faults = faults.map(|text| text.parse().expect("the fake servers have such a value"));
        let setting = Setting::with(vendor, &phones, faults.into());
        let (rate, workers) = (format!("{RATE}/s"), WORKERS.to_string());
        let mut arguments = vec!["--rate", &rate, "--concurrency", &workers];
        if vendor == Vendor::NxCloud {
            arguments.extend(["--batch", "1"]);
        }
        let ended = setting.rotate(&arguments);
        setting.settled(&ended, &phones, &Default::default());
        let times = times(&setting);
        let densest = densest(&times);
        // The limiter tolerates 20 ms of lateness, which is less than 5 % in all.
        assert!(densest <= RATE + RATE / 50 + WORKERS, "{vendor}: {densest} calls in a second");
        // The first call is a probe, and a pause follows if it fails; another comes before the calls that are repeated at the end.
        let took = (times[599] - times[1]).as_secs_f64();
        let pace = 598.0 / took;
        assert!(pace >= 0.8 * RATE as f64, "{vendor}: {pace:.0} calls a second");
    }
}

#[test]
fn every_form_of_rate_is_understood() {
    let _turn = alone();
    for (text, seconds) in [("600/minute", 3.0), ("10/s", 3.0), ("50/5s", 3.0)] {
        let phones = made(Vendor::Exotel, 31);
        let setting = Setting::with(Vendor::Exotel, &phones, Vec::new());
        let ended = setting.rotate(&["--rate", text]);
        setting.all_confirmed(&ended, &phones);
        let times = times(&setting);
        let took = (times[30] - times[0]).as_secs_f64();
        assert!(took < seconds / 0.8, "{text}: {took} s");
    }
    let setting = Setting::new(Vendor::Exotel, 2);
    for text in ["", "0/s", "fast", "10", "10/day", "1/0s"] {
        setting.refused(&setting.rotate(&["--rate", text]), &["--rate"]);
        assert!(!setting.path("journal").exists());
    }
}

/// A vendor that allows less than `--rate` says so, and the run obeys.
#[test]
fn the_vendors_own_limit_is_obeyed() {
    each(limited);
}

fn limited(vendor: Vendor) {
    let phones = made(vendor, 120);
    let setting = Setting::with(vendor, &phones, Vec::new());
    setting.vendors.set_rate(vendor, Some(rate("30/s")));
    let mut arguments = vec!["--concurrency", "4"];
    if vendor == Vendor::NxCloud {
        arguments.extend(["--batch", "1"]);
    }
    let start = Instant::now();
    let ended = setting.rotate(&arguments);
    setting.all_confirmed(&ended, &phones);
    let log = setting.vendors.log();
    let over = log.iter().filter(|entry| entry.outcome == Outcome::OverLimit).count();
    assert!((1..120).contains(&over), "{vendor}: {over} calls over the limit");
    assert!(start.elapsed() < Duration::from_secs(20), "{vendor}: {:?}", start.elapsed());
}
