//! Every state that a small rotation can reach, by breadth-first search over the real transitions: what the journal knows of a phone
//! ([`Knowledge`]), which calls a worker makes ([`Delivery`]), and what a vendor's reply means (its bytes, read by the library). The vendor
//! does everything that a vendor may do, and the process may end at every step.
//!
//! In each state, the password that a phone really has is the old one or in the journal, what the journal says of the phone is true, and
//! no account has seen more failed checks than it may.
//!
//! Two things are beyond any client, and so not in the model: a vendor that reports what is not true, and a password of the vendor's own
//! choice whose only reply is lost.

mod diagram;

use std::{
    collections::{HashSet, VecDeque},
    format,
    string::String,
    vec::Vec,
};

use sip_password::api::lockout::LockoutEffect;

use crate::{
    fleet::{CallReport, PhoneOutcome, PhoneReport},
    journal::{RotationState, knowledge::Knowledge},
    run::delivery::Delivery,
    vendor_model::{Account, Answer, Call, Device, Password, Vendor},
};

/// A phone: what the journal has, and how it really is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Phone {
    known: Knowledge,
    /// The journal has a password of the vendor's.
    kept: bool,
    device: Device,
    /// A call without a reply is on its way, and may still set the new password.
    late: bool,
}

/// A worker's phones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Flight {
    /// The phones, as indices, and the failed checks before the call.
    held: Vec<(usize, Option<u8>)>,
    delivery: Delivery,
    /// The call that was made, as indices in `held`.
    call: core::ops::Range<usize>,
    /// What the vendor did about it; `None` as long as it did nothing.
    answer: Option<Answer>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    phones: Vec<Phone>,
    flights: Vec<Flight>,
}

/// The transitions, so that a broken one can be put in its place.
#[derive(Clone, Copy)]
struct Rules {
    claimable: fn(Knowledge, bool) -> bool,
    claimed: fn(Knowledge, bool) -> Knowledge,
    doubted: fn(Knowledge) -> Knowledge,
    recorded: fn(Knowledge, PhoneOutcome, LockoutEffect, Option<u8>) -> Knowledge,
    named: fn(Knowledge) -> Knowledge,
    reopened: fn(Knowledge) -> Knowledge,
    settled_new: fn(Knowledge) -> Knowledge,
    settled_old: fn(Knowledge) -> Knowledge,
    /// Whether a call without a reply is waited for before the old password settles anything.
    waits_for_late: bool,
    keeps_vendors: bool,
}

const REAL: Rules = Rules {
    claimable: Knowledge::is_claimable,
    claimed: Knowledge::claimed,
    doubted: Knowledge::doubted,
    recorded: Knowledge::recorded,
    named: Knowledge::named_by_another,
    reopened: Knowledge::reopened,
    settled_new: Knowledge::settled_new,
    settled_old: Knowledge::settled_old,
    waits_for_late: true,
    keeps_vendors: true,
};

/// What is searched.
struct Search {
    vendor: Vendor,
    rules: Rules,
    phones: usize,
    /// The new passwords.
    new: Vec<String>,
    /// The most workers with phones.
    workers: usize,
}

impl Search {
    /// The number of states, or a state that must not be, and why.
    fn run(&self) -> Result<usize, String> {
        let mut seen = HashSet::new();
        let mut queue: VecDeque<_> =
            self.vendor.accounts().into_iter().map(|account| self.first(account)).collect();
        seen.extend(queue.iter().cloned());
        while let Some(world) = queue.pop_front() {
            self.check(&world).map_err(|why| format!("{why}: {world:#?}"))?;
            for next in self.steps(&world) {
                if seen.insert(next.clone()) {
                    queue.push_back(next);
                }
            }
        }
        Ok(seen.len())
    }

    fn first(&self, account: Account) -> World {
        let device = Device::new(account);
        let phone = Phone { known: Knowledge::PLANNED, kept: false, device, late: false };
        World { phones: std::vec![phone; self.phones], flights: Vec::new() }
    }

    fn call<'a>(&'a self, called: &'a [usize]) -> Call<'a> {
        Call { called, new: &self.new }
    }

    fn check(&self, world: &World) -> Result<(), &'static str> {
        for (index, phone) in world.phones.iter().enumerate() {
            if phone.device.account.is_locked() {
                return Err("an account is locked");
            }
            // A reply is on its way, and with it what nobody else knows.
            let told = |flight: &Flight| flight.answer.as_ref().is_some_and(|answer| answer.tells_of(index));
            if world.flights.iter().any(told) {
                continue;
            }
            let is_true = match phone.known.state {
                RotationState::Planned | RotationState::Refused => phone.device.password == Password::Old,
                RotationState::Confirmed => phone.device.password == Password::New,
                RotationState::Sending | RotationState::Unknown => {
                    phone.device.password != Password::Vendors || phone.kept
                }
            };
            if !is_true {
                return Err("what the journal says of a phone is not true");
            }
        }
        Ok(())
    }

    fn steps(&self, world: &World) -> Vec<World> {
        let mut next = Vec::new();
        self.claims(world, &mut next);
        for flight in 0..world.flights.len() {
            match world.flights[flight].answer {
                None => self.answers(world, flight, &mut next),
                Some(_) => next.push(self.recorded(world, flight)),
            }
        }
        self.crash(world, &mut next);
        for index in 0..world.phones.len() {
            if world.phones[index].late && world.phones[index].device.password != Password::New {
                let mut later = world.clone();
                later.phones[index].late = false;
                next.push(later.clone());
                later.phones[index].device.password = Password::New;
                next.push(later);
            }
        }
        self.settled(world, &mut next);
        if world.phones.iter().any(|phone| phone.known.refused) {
            let mut again = world.clone();
            again.phones.iter_mut().for_each(|phone| phone.known = phone.known.retried());
            next.push(again);
        }
        next
    }

    /// While no run has the journal, a registrar is asked about a phone.
    fn settled(&self, world: &World, next: &mut Vec<World>) {
        if !world.flights.is_empty() {
            return;
        }
        for (index, phone) in world.phones.iter().enumerate() {
            let rules = &self.rules;
            let settled = match phone.device.password {
                Password::New => (rules.settled_new)(phone.known.reopened()),
                Password::Old if !(rules.waits_for_late && phone.late) => {
                    (rules.settled_old)(phone.known.reopened())
                }
                Password::Old | Password::Vendors => continue,
            };
            let mut world = world.clone();
            world.phones[index].known = settled;
            next.push(world);
        }
    }

    /// A worker gets phones.
    fn claims(&self, world: &World, next: &mut Vec<World>) {
        if world.flights.len() == self.workers {
            return;
        }
        for unknown_too in [false, true] {
            let claimable = |index: &usize| (self.rules.claimable)(world.phones[*index].known, unknown_too);
            let claimable: Vec<_> = (0..world.phones.len()).filter(claimable).collect();
            for size in 1..=claimable.len().min(self.vendor.max_batch()) {
                let mut world = world.clone();
                let locks = self.vendor.locks_accounts();
                let held = claimable[..size].iter().map(|&index| {
                    let known = &mut world.phones[index].known;
                    let checks = locks.then_some(known.checks);
                    *known = (self.rules.claimed)(*known, locks);
                    (index, checks)
                });
                let held: Vec<_> = held.collect();
                let mut delivery = Delivery::new(held.len());
                let call = delivery.next_call().expect("it has phones");
                world.flights.push(Flight { held, delivery, call, answer: None });
                next.push(world);
            }
        }
    }

    /// The vendor acts, and replies or not.
    fn answers(&self, world: &World, flight: usize, next: &mut Vec<World>) {
        let Flight { held, call, .. } = &world.flights[flight];
        let called: Vec<_> = held[call.clone()].iter().map(|(index, _)| *index).collect();
        let devices: Vec<_> = world.phones.iter().map(|phone| phone.device).collect();
        for (devices, late, answer) in self.vendor.answers(&devices, &self.call(&called)) {
            let mut world = world.clone();
            world.phones.iter_mut().zip(devices).for_each(|(phone, device)| phone.device = device);
            for &index in &called {
                let phone = &mut world.phones[index];
                phone.late = (phone.late || late) && phone.device.password != Password::New;
            }
            // The reply waits only where that can matter: it says that phones have passwords, and another call is in flight, whose reply
            // may say otherwise of the same ones.
            let waits = world.flights.len() > 1 && answer.is_success();
            world.flights[flight].answer = Some(answer);
            if !waits {
                world = self.recorded(&world, flight);
            }
            next.push(world);
        }
    }

    /// The worker reads the reply, and the journal has what follows.
    fn recorded(&self, world: &World, flight: usize) -> World {
        let mut world = world.clone();
        let Flight { held, mut delivery, call, answer } = world.flights.remove(flight);
        let called: Vec<_> = held[call.clone()].iter().map(|(index, _)| *index).collect();
        let answer = answer.expect("the vendor has answered");
        let report = self.vendor.report(&self.call(&called), &answer).stopped_if_contradicted();
        if delivery.halve(&call, &report, self.vendor.locks_accounts()) {
            for index in called {
                world.phones[index].known = (self.rules.doubted)(world.phones[index].known);
            }
        } else {
            self.record(&mut world, &held[call], &report);
            for other in answer.others() {
                let phone = &mut world.phones[other];
                phone.known = (self.rules.named)(phone.known);
                phone.kept |= self.rules.keeps_vendors;
            }
        }
        if let Some(call) = delivery.next_call() {
            world.flights.push(Flight { held, delivery, call, answer: None });
        }
        world
    }

    fn record(&self, world: &mut World, held: &[(usize, Option<u8>)], report: &CallReport) {
        for (&(index, checks), report) in held.iter().zip(&report.phones) {
            let phone = &mut world.phones[index];
            let PhoneReport { outcome, lockout, vendor_password, .. } = report;
            phone.known = (self.rules.recorded)(phone.known, *outcome, *lockout, checks);
            if phone.known.state == RotationState::Confirmed {
                phone.kept = false;
            }
            phone.kept |= vendor_password.is_some() && self.rules.keeps_vendors;
        }
    }

    /// The process ends, with the calls in flight: they may arrive later. Or the run is told to stop, and the phones of a refused call
    /// that were not sent alone yet are not sent.
    fn crash(&self, world: &World, next: &mut Vec<World>) {
        let told = |flight: &Flight| flight.answer.as_ref().is_some_and(Answer::is_contradiction);
        if !world.flights.iter().any(told) {
            let mut crashed = world.clone();
            for flight in crashed.flights.drain(..) {
                if flight.answer.is_none() {
                    for (index, _) in &flight.held[flight.call] {
                        let phone = &mut crashed.phones[*index];
                        phone.late = phone.device.password != Password::New;
                        phone.device.account.may_have_been_checked();
                    }
                }
            }
            crashed.phones.iter_mut().for_each(|phone| phone.known = (self.rules.reopened)(phone.known));
            next.push(crashed);
        }
        for (at, flight) in world.flights.iter().enumerate() {
            if flight.answer.is_none() && flight.call.len() < flight.held.len() {
                let mut stopped = world.clone();
                let Flight { held, mut delivery, call, .. } = stopped.flights.remove(at);
                let not_sent = CallReport::not_sent(call.len(), "stopped");
                self.record(&mut stopped, &held[call], &not_sent);
                if let Some(call) = delivery.next_call() {
                    stopped.flights.insert(at, Flight { held, delivery, call, answer: None });
                }
                next.push(stopped);
            }
        }
    }
}

fn search(vendor: Vendor, rules: Rules) -> Search {
    let (phones, workers) = match vendor {
        Vendor::NxCloud => (3, 2),
        Vendor::Huawei | Vendor::Exotel => (2, 2),
    };
    search_of(vendor, rules, phones, workers)
}

fn search_of(vendor: Vendor, rules: Rules, phones: usize, workers: usize) -> Search {
    let new = (0..phones).map(|phone| format!("NotARealOne{phone}")).collect();
    Search { vendor, rules, phones, new, workers }
}

#[test]
fn no_state_loses_a_password_or_locks_an_account() {
    for (vendor, least) in [(Vendor::NxCloud, 100_000), (Vendor::Huawei, 1000), (Vendor::Exotel, 200)] {
        let states = search(vendor, REAL).run().unwrap_or_else(|why| panic!("{why}"));
        std::println!("{vendor:?}: {states} states");
        assert!(states > least, "{states}");
    }
}

#[test]
fn a_batch_of_four_phones_loses_none() {
    let states = search_of(Vendor::NxCloud, REAL, 4, 1).run().unwrap_or_else(|why| panic!("{why}"));
    std::println!("NxCloud, one call for up to four phones: {states} states");
    assert!(states > 100_000, "{states}");
}

#[test]
fn broken_transitions_are_found() {
    let broken = [
        ("a refused batch leaves no doubt", Vendor::NxCloud, Rules { doubted: |known| known, ..REAL }),
        (
            "phones that were not asked for are passed over",
            Vendor::NxCloud,
            Rules { named: |known| known, ..REAL },
        ),
        ("the vendor's password is thrown away", Vendor::NxCloud, Rules { keeps_vendors: false, ..REAL }),
        (
            "a refusal makes certain what was not",
            Vendor::Exotel,
            Rules {
                recorded: |known, outcome, lockout, checks| {
                    Knowledge { uncertain: false, ..known }.recorded(outcome, lockout, checks)
                },
                ..REAL
            },
        ),
        (
            "a confirmation ends a dispute",
            Vendor::NxCloud,
            Rules {
                recorded: |known, outcome, lockout, checks| {
                    Knowledge { disputed: false, ..known }.recorded(outcome, lockout, checks)
                },
                ..REAL
            },
        ),
        (
            "a crash changes nothing",
            Vendor::Exotel,
            Rules {
                reopened: |known| match known.state {
                    RotationState::Sending => Knowledge { state: RotationState::Planned, ..known },
                    _ => known,
                },
                ..REAL
            },
        ),
        (
            "a crash counts no check",
            Vendor::Huawei,
            Rules { claimed: |known, _| known.claimed(false), ..REAL },
        ),
        (
            "three checks are allowed",
            Vendor::Huawei,
            Rules {
                claimable: |known, unknown_too| {
                    Knowledge { checks: known.checks.saturating_sub(1), ..known }.is_claimable(unknown_too)
                },
                ..REAL
            },
        ),
    ];
    for (what, vendor, rules) in broken {
        assert!(search(vendor, rules).run().is_err(), "{what}: not found");
    }
}
