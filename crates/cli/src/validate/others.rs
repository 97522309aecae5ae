//! `sip-password validate --accepted-by`: the systems that refuse a password, beside the policy that it is checked by.

use std::fmt;

use sip_password::{Policy, Violations};

use crate::{
    json::{Json, Object},
    policy::NamedPolicy,
};

/// The systems beside the policy, and how many passwords each has refused.
pub(super) struct Others {
    systems: Vec<(NamedPolicy, u64)>,
    /// The number of passwords that at least one of them has refused.
    refused: u64,
}

/// A system that refuses a password.
#[derive(Clone)]
pub(super) struct Refusal {
    pub(super) system: String,
    /// The violations with their figures.
    reasons: String,
    /// The names of their kinds.
    kinds: Vec<&'static str>,
}

impl Others {
    pub(super) fn new(systems: Vec<NamedPolicy>) -> Self {
        Self { systems: systems.into_iter().map(|system| (system, 0)).collect(), refused: 0 }
    }

    pub(super) fn are_given(&self) -> bool {
        !self.systems.is_empty()
    }

    /// Whether a password was refused by any.
    pub(super) const fn any(&self) -> bool {
        self.refused > 0
    }

    /// The systems that refuse a password of this account, and counts them; `None` if there are no systems.
    pub(super) fn of(&mut self, password: &[u8], words: &[&str]) -> Option<Vec<Refusal>> {
        let check = |policy: &Policy, name: &str| {
            let verdict = policy.check_for_account(password, words);
            verdict.err().map(|violations| Refusal::new(name, &violations))
        };
        let found =
            self.systems.iter().filter_map(|(named, _)| check(named.policy(), named.name())).collect();
        self.are_given().then_some(found).inspect(|found: &Vec<_>| self.add(found))
    }

    /// The systems that refuse each line of a block; `None` if there are no systems.
    pub(super) fn of_lines(&self, block: &[u8]) -> Option<Vec<Vec<Refusal>>> {
        let mut lines: Vec<Vec<Refusal>> = Vec::new();
        for (named, _) in &self.systems {
            let mut line = 0;
            named.policy().check_lines(block, |verdict| {
                if lines.len() == line {
                    lines.push(Vec::new());
                }
                if let (Err(violations), Some(found)) = (verdict, lines.get_mut(line)) {
                    found.push(Refusal::new(named.name(), &violations));
                }
                line += 1;
            });
        }
        self.are_given().then_some(lines)
    }

    /// Counts the refusals of one password.
    pub(super) fn add(&mut self, refusals: &[Refusal]) {
        self.refused += u64::from(!refusals.is_empty());
        for (named, count) in &mut self.systems {
            *count += u64::from(refusals.iter().any(|refusal| refusal.system == named.name()));
        }
    }
}

impl Refusal {
    fn new(system: &str, violations: &Violations<'_>) -> Self {
        let kinds = violations.iter().map(|violation| violation.kind().as_str()).collect();
        Self { system: system.to_owned(), reasons: violations.to_string(), kinds }
    }
}

/// What the summary says of the systems.
impl fmt::Display for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (named, count)) in self.systems.iter().enumerate() {
            let separator = if number == 0 { "" } else { ", " };
            write!(f, "{separator}{count} refused by {}", named.name())?;
        }
        Ok(())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused by {}: {}", self.system, self.reasons)
    }
}

impl Json for Refusal {
    fn write(&self, to: &mut Vec<u8>) {
        Object::begin(to).member("policy", &self.system).member("violations", &self.kinds).end();
    }
}
