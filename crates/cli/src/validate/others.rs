//! `sip-password validate --accepted-by`: the systems that refuse a password, beside the policy that it is checked by.

use std::fmt;

use rayon::ThreadPool;
use sip_password::{Messages, Policy, Violation, Violations};

use crate::{
    json::{Json, Object},
    policy::NamedPolicy,
};

/// The systems beside the policy.
pub(super) struct Others<'m> {
    systems: Vec<System>,
    /// In English if there are no messages.
    language: Option<&'m Messages>,
}

struct System {
    named: NamedPolicy,
    /// The number of passwords that it has refused.
    refused: u64,
}

/// A system that refuses a password.
pub(super) struct Refusal {
    /// The place of the system.
    system: usize,
    pub(super) name: String,
    /// The violations with their figures, for people.
    pub(super) reasons: String,
    /// The same as JSON.
    violations: Written,
}

/// A value that was written as JSON.
struct Written(Vec<u8>);

impl<'m> Others<'m> {
    /// Each system once, and none that is the policy itself.
    pub(super) fn new(
        policy: &NamedPolicy,
        systems: Vec<NamedPolicy>,
        language: Option<&'m Messages>,
    ) -> Self {
        let mut others: Vec<System> = Vec::new();
        for named in systems {
            let is_it =
                |other: &NamedPolicy| other.name() == named.name() && other.policy() == named.policy();
            if !is_it(policy) && !others.iter().any(|other| is_it(&other.named)) {
                others.push(System { named, refused: 0 });
            }
        }
        Self { systems: others, language }
    }

    pub(super) fn are_given(&self) -> bool {
        !self.systems.is_empty()
    }

    /// Says of which systems it is not certain that this is the rule.
    pub(super) fn report_doubts(&self) {
        self.systems.iter().for_each(|system| system.named.report_doubts());
    }

    /// Whether any of them has refused a password.
    pub(super) fn any(&self) -> bool {
        self.systems.iter().any(|system| system.refused > 0)
    }

    /// The systems that refuse a password of this account, and counts them; `None` if there are no systems.
    pub(super) fn of(&mut self, password: &[u8], words: &[&str]) -> Option<Vec<Refusal>> {
        if self.systems.is_empty() {
            return None;
        }
        let check = |policy: &Policy, at| {
            let verdict = policy.check_for_account(password, words);
            verdict.err().map(|violations| self.refusal(at, &violations))
        };
        let found: Vec<_> = self
            .systems
            .iter()
            .enumerate()
            .filter_map(|(at, system)| check(system.named.policy(), at))
            .collect();
        self.add(&found);
        Some(found)
    }

    /// The systems that refuse each line of a block; `None` if there are no systems.
    pub(super) fn of_lines(&self, block: &[u8]) -> Option<Vec<Vec<Refusal>>> {
        let mut lines: Vec<Vec<Refusal>> = Vec::new();
        for (at, system) in self.systems.iter().enumerate() {
            let mut line = 0;
            system.named.policy().check_lines(block, |verdict| {
                if lines.len() == line {
                    lines.push(Vec::new());
                }
                if let (Err(violations), Some(found)) = (verdict, lines.get_mut(line)) {
                    found.push(self.refusal(at, &violations));
                }
                line += 1;
            });
        }
        self.are_given().then_some(lines)
    }

    /// Counts the lines of a block that each system refuses, on all threads of the pool.
    pub(super) fn count_lines(&mut self, block: &[u8], pool: &ThreadPool) {
        for system in &mut self.systems {
            let policy = system.named.policy();
            let counts = pool.install(|| policy.par_count_lines(block));
            system.refused += counts.lines() - counts.compliant();
        }
    }

    /// Counts the refusals of one password.
    pub(super) fn add(&mut self, refusals: &[Refusal]) {
        for refusal in refusals {
            if let Some(system) = self.systems.get_mut(refusal.system) {
                system.refused += 1;
            }
        }
    }

    fn refusal(&self, system: usize, violations: &Violations<'_>) -> Refusal {
        let mut written = Vec::new();
        violations.iter().collect::<Vec<Violation<'_>>>().write(&mut written);
        Refusal {
            system,
            name: self.systems.get(system).map_or("", |system| system.named.name()).to_owned(),
            reasons: self
                .language
                .map_or_else(|| violations.to_string(), |language| language.describe(violations).to_string()),
            violations: Written(written),
        }
    }
}

/// What the summary says of the systems.
impl fmt::Display for Others<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, system) in self.systems.iter().enumerate() {
            let separator = if number == 0 { "" } else { ", " };
            write!(f, "{separator}{} refused by {}", system.refused, system.named.name())?;
        }
        Ok(())
    }
}

impl Json for Refusal {
    fn write(&self, to: &mut Vec<u8>) {
        Object::begin(to).member("policy", &self.name).member("violations", &self.violations).end();
    }
}

impl Json for Written {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.0);
    }
}
