//! The faults of running fake servers: which one strikes a connection or a call.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Call, Fault, Phase, When};
use crate::config::Vendor;
use crate::text::BadText;

/// The faults that can strike, and what they have counted.
#[derive(Debug, Default)]
pub(crate) struct ActiveFaults {
    seed: u64,
    faults: Vec<ActiveFault>,
    /// How often the same accounts were called: draws depend on this, and not on the order of arrival.
    attempts: HashMap<u64, u64>,
}

#[derive(Debug)]
struct ActiveFault {
    fault: Fault,
    /// The number of connections or calls that the fault is for.
    seen: u64,
    /// The number of those that it struck.
    struck: u64,
}

fn hash(what: impl Hash) -> u64 {
    // The keys of this hasher are constant, so every run has the same draws.
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

impl ActiveFaults {
    pub(crate) fn new(seed: u64, faults: Vec<Fault>) -> Result<Self, BadText> {
        faults.iter().try_for_each(Fault::check)?;
        let faults = faults.into_iter().map(|fault| ActiveFault { fault, seen: 0, struck: 0 }).collect();
        Ok(Self { seed, faults, attempts: HashMap::new() })
    }

    /// The fault that strikes the new connection of this number.
    pub(crate) fn connection(&mut self, number: u64) -> Option<Fault> {
        self.due(Phase::Connection, |_| true, Some(number))
    }

    /// The fault that strikes when the headers of a call are read.
    pub(crate) fn headers(&mut self, vendor: Vendor, call: Call) -> Option<Fault> {
        let is_for = |fault: &Fault| fault.call == call && fault.vendor.is_none_or(|only| only == vendor);
        self.due(Phase::Headers, is_for, None)
    }

    /// The fault that strikes when a call is read.
    pub(crate) fn call(&mut self, vendor: Vendor, call: Call, accounts: &[String]) -> Option<Fault> {
        let is_for = |fault: &Fault| {
            fault.call == call
                && fault.vendor.is_none_or(|only| only == vendor)
                && fault.account.as_ref().is_none_or(|only| accounts.contains(only))
        };
        if self.faults.is_empty() {
            return None;
        }
        let who = hash((vendor, call, accounts));
        let attempt = self.attempts.entry(who).or_default();
        *attempt += 1;
        let draw = hash((who, *attempt));
        self.due(Phase::Call, is_for, Some(draw))
    }

    fn due(&mut self, phase: Phase, is_for: impl Fn(&Fault) -> bool, draw: Option<u64>) -> Option<Fault> {
        let mut first: Option<Fault> = None;
        for (index, active) in self.faults.iter_mut().enumerate() {
            if active.fault.kind.phase() != phase || !is_for(&active.fault) {
                continue;
            }
            // Counted even if an earlier fault strikes, so that `nth` does not depend on the other faults.
            active.seen += 1;
            let strikes = match active.fault.when {
                When::Always => true,
                When::Between(from, to) => (from..=to).contains(&active.seen),
                // 53 bits: as many as a double has.
                When::Chance(p) => {
                    ((hash((self.seed, index, draw.unwrap_or(active.seen))) >> 11) as f64)
                        < p * (1_u64 << 53) as f64
                }
            };
            if strikes && first.is_none() && active.fault.times.is_none_or(|times| active.struck < times) {
                active.struck += 1;
                first = Some(active.fault.clone());
            }
        }
        first
    }

    /// Each fault, and how often it has struck.
    pub(crate) fn struck(&self) -> Vec<(Fault, u64)> {
        self.faults.iter().map(|active| (active.fault.clone(), active.struck)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Kind;

    fn active(texts: &[&str]) -> ActiveFaults {
        ActiveFaults::new(1, texts.iter().map(|text| text.parse().unwrap()).collect()).unwrap()
    }

    #[test]
    fn conditions_add_up() {
        let mut faults =
            active(&["gzip@2", "twice@2-3", "chunked@account=b,times=1", "continue@vendor=exotel"]);
        let mut call = |vendor, account: &str| {
            faults.call(vendor, Call::Update, &[account.to_owned()]).map(|fault| fault.kind)
        };
        assert_eq!(call(Vendor::Huawei, "a"), None);
        assert_eq!(call(Vendor::Huawei, "a"), Some(Kind::Gzip));
        assert_eq!(call(Vendor::Huawei, "a"), Some(Kind::Twice));
        assert_eq!(call(Vendor::Huawei, "b"), Some(Kind::Chunked));
        assert_eq!(call(Vendor::Huawei, "b"), None);
        assert_eq!(call(Vendor::Exotel, "b"), Some(Kind::Continue));
        assert_eq!(faults.call(Vendor::Exotel, Call::Token, &[]), None);
        assert_eq!(faults.struck().iter().map(|(_, times)| *times).collect::<Vec<_>>(), [1, 1, 1, 1]);
    }

    #[test]
    fn chance_depends_on_the_account_and_not_on_the_order() {
        let struck = |order: &mut dyn Iterator<Item = u32>| {
            let mut faults = active(&["gzip@10%"]);
            let mut hit: Vec<u32> = order
                .filter(|n| faults.call(Vendor::Huawei, Call::Update, &[format!("agent-{n}")]).is_some())
                .collect();
            hit.sort_unstable();
            hit
        };
        let forwards = struck(&mut (0..10_000));
        assert_eq!(forwards, struck(&mut (0..10_000).rev()));
        // 1,000 expected; 6 standard deviations are 180.
        assert!((820..=1180).contains(&forwards.len()), "{}", forwards.len());
        // Another attempt is another draw.
        let mut faults = active(&["gzip@50%"]);
        let draws: Vec<bool> = (0..64)
            .map(|_| faults.call(Vendor::Huawei, Call::Update, &["agent-1".to_owned()]).is_some())
            .collect();
        assert!(draws.contains(&true) && draws.contains(&false));
    }

    #[test]
    fn chance_at_the_headers_depends_on_the_call() {
        let mut faults = active(&["reset=headers@10%"]);
        let hit = (0..10_000).filter(|_| faults.headers(Vendor::Huawei, Call::Update).is_some()).count();
        assert!((820..=1180).contains(&hit), "{hit}");
    }

    #[test]
    fn a_chance_of_0_never_strikes_and_of_1_always() {
        let mut faults = active(&["gzip@0%", "twice@100%"]);
        for n in 0..1_000 {
            let fault = faults.call(Vendor::NxCloud, Call::Update, &[n.to_string()]);
            assert_eq!(fault.map(|fault| fault.kind), Some(Kind::Twice));
        }
    }
}
