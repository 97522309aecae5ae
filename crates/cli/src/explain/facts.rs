//! The facts about a policy, with their figures for one length.

use sip_password::{Certainty, Class, ClassSet, Counts, Policy, Rules, SafeFor};

use crate::{
    json::{Json, Object},
    policy::{NamedPolicy, Narrowed, options::Restriction},
};

/// The facts about a policy, with their figures for one length.
pub(super) struct Facts<'p> {
    named: &'p NamedPolicy,
    policy: &'p Policy,
    pub(super) length: usize,
    pub(super) compliant: String,
    pub(super) generated: String,
    pub(super) entropy: f64,
    pub(super) acceptance: f64,
    pub(super) tries: Option<u16>,
    /// The entropy of a generated password, by length.
    pub(super) by_length: Vec<LengthEntropy>,
    /// The entropy if only passwords are generated that are safe in a context.
    pub(super) safe_for: Vec<ContextCost>,
}

/// A length for which passwords can be generated, and their entropy.
pub(super) struct LengthEntropy {
    pub(super) length: usize,
    pub(super) entropy: f64,
}

/// The cost of passwords that are safe in a context.
pub(super) struct ContextCost {
    pub(super) context: SafeFor,
    pub(super) characters: String,
    /// Those of the characters that are not safe at the start.
    excluded_first: String,
    /// In bits; `None` if no password is left, or if that was not counted.
    entropy: Option<f64>,
    pub(super) cost: Option<f64>,
    /// Whether the passwords were counted. If that takes too long, `--safe-for` does it for one context.
    pub(super) is_counted: bool,
}

/// The most states of a policy that is counted once more for each context.
const MAX_STATES: usize = 1 << 12;

impl<'p> Facts<'p> {
    pub(super) fn of_preset(named: &'p NamedPolicy) -> Self {
        let policy = named.policy();
        Self::of(named, policy, named.counts(), policy.default_length())
    }

    pub(super) fn new(narrowed: &'p Narrowed<'p>, length: usize) -> Self {
        Self::of(narrowed.named, narrowed.policy(), narrowed.counts(), length)
    }

    fn of(named: &'p NamedPolicy, policy: &'p Policy, counts: &Counts, length: usize) -> Self {
        let at = |length| LengthEntropy { length, entropy: counts.entropy(length) };
        Self {
            named,
            policy,
            length,
            compliant: counts.accepted(length).to_string(),
            generated: counts.generated(length).to_string(),
            entropy: counts.entropy(length),
            acceptance: counts.acceptance(length),
            tries: policy.tries(length),
            by_length: policy.lengths().filter(|&length| policy.tries(length).is_some()).map(at).collect(),
            safe_for: SafeFor::ALL
                .iter()
                .map(|&context| ContextCost::new(policy, counts, context, length))
                .collect(),
        }
    }

    pub(super) fn is_weak(&self) -> bool {
        crate::is_weak(self.entropy)
    }

    /// One object, as a line.
    pub(super) fn to_json(&self) -> String {
        let mut line = Vec::new();
        self.write(&mut line);
        line.push(b'\n');
        String::from_utf8(line).expect("JSON is UTF-8")
    }
}

impl ContextCost {
    fn new(policy: &Policy, counts: &Counts, context: SafeFor, length: usize) -> Self {
        let all = counts.entropy(length);
        let narrower = Restriction::of(context).narrow(policy.rules());
        let is_counted = narrower.is_none() || policy.states() <= MAX_STATES;
        let entropy = match narrower {
            None => policy.tries(length).map(|_| all),
            Some(rules) if is_counted => entropy_of(rules, length),
            Some(_) => None,
        };
        let safe = policy.alphabet().intersection(context.characters());
        Self {
            context,
            characters: safe.to_string(),
            excluded_first: safe.intersection(context.excluded_first()).to_string(),
            entropy,
            cost: entropy.map(|left| all - left),
            is_counted,
        }
    }
}

/// The entropy of a generated password; `None` if there is none.
fn entropy_of(rules: Rules, length: usize) -> Option<f64> {
    // Longer and shorter passwords need not be counted.
    let (narrower, counts) = Policy::with_counts(rules.with_lengths(length as u8, length as u16)).ok()?;
    narrower.tries(length).map(|_| counts.entropy(length))
}

impl Json for Facts<'_> {
    fn write(&self, to: &mut Vec<u8>) {
        let (named, rules) = (self.named, self.policy.rules());
        Object::begin(to)
            .member("policy", named.name())
            .member("title", named.title())
            .member("min_length", &rules.min_length())
            .member("max_length", &rules.max_length())
            .member("default_length", &rules.default_length())
            .member("min_classes", &rules.min_classes())
            .member("max_repeat", &rules.max_repeat())
            .member("max_run", &rules.max_run().map(|(max, _)| max))
            .member("run_classes", &rules.max_run().map(|(_, classes)| class_names(self.policy, classes)))
            .member("max_sequence", &rules.max_sequence())
            .member("min_distinct", &rules.min_distinct())
            .member("first", &rules.first().map(|classes| class_names(self.policy, classes)))
            .member("context", &*rules.context().map(str::to_owned).collect::<Vec<_>>())
            .member("context_reversed", &rules.reversed_context())
            .member("classes", rules.classes())
            .member("uncounted", &rules.uncounted().to_string())
            .member("excluded", &rules.excluded().to_string())
            .member("excluded_first", &rules.excluded_first().to_string())
            .member("length", &self.length)
            // As texts: most readers of JSON have no numbers of this size.
            .member("compliant", &self.compliant)
            .member("generated", &self.generated)
            .member("entropy", &self.entropy)
            .member("weak", &self.is_weak())
            .member("acceptance", &self.acceptance)
            .member("tries", &self.tries)
            .member("by_length", &self.by_length)
            .member("safe_for", &self.safe_for)
            .member("source", named.source())
            .member("read", &named.read_on())
            .member("certainty", &named.certainty().map(Certainty::name))
            .member("notes", named.notes())
            .end();
    }
}

/// The names of some of the policy's classes.
fn class_names(policy: &Policy, classes: ClassSet) -> Vec<String> {
    let all: Vec<_> = policy.classes().into_iter().collect();
    classes.iter().filter_map(|index| all.get(index)).map(|class| class.name().to_owned()).collect()
}

impl Json for Class {
    fn write(&self, to: &mut Vec<u8>) {
        Object::begin(to)
            .member("name", self.name())
            .member("characters", &self.characters().to_string())
            .member("minimum", &self.minimum())
            .end();
    }
}

impl Json for LengthEntropy {
    fn write(&self, to: &mut Vec<u8>) {
        Object::begin(to).member("length", &self.length).member("entropy", &self.entropy).end();
    }
}

impl Json for ContextCost {
    fn write(&self, to: &mut Vec<u8>) {
        Object::begin(to)
            .member("context", self.context.name())
            .member("characters", &self.characters)
            .member("excluded_first", &self.excluded_first)
            .member("entropy", &self.entropy)
            .member("cost", &self.cost)
            .member("counted", &self.is_counted)
            .member("source", self.context.source())
            .end();
    }
}
