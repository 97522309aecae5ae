//! Any rules: they are a policy if they are valid, and what the policy counts, generates and checks agrees with itself and with the
//! reference implementation.

#![no_main]

#[path = "../../tests/it/naive.rs"]
mod naive;
#[path = "../random.rs"]
mod random;

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use random::Parts;
use sip_password::{
    CharSet, Counts, GenerateError, LengthError, MAX_CHECKED_LENGTH, MAX_CLASS_NAME, MAX_CLASS_NAMES,
    MAX_CLASSES, MAX_LENGTH, Natural, Policy, PolicyError, Rules,
};

#[derive(Arbitrary, Debug)]
struct Case {
    rules: random::RandomRules,
    password: Vec<u8>,
    /// Which of the allowed lengths.
    length: u8,
    seed: u8,
}

/// More steps than this take milliseconds.
const MOST_STEPS: usize = 40_000;
/// At most this many strings are tried one by one.
const MOST_STRINGS: usize = 200;

/// Whether each rule is valid by itself.
fn is_valid(parts: &Parts) -> bool {
    let rules = &parts.rules;
    let classes = parts.sets.len();
    let slots = || parts.sets.iter().copied().chain([rules.uncounted()]);
    let all = slots().fold(CharSet::EMPTY, CharSet::union);
    let minima: usize = parts.minima.iter().map(|&minimum| usize::from(minimum)).sum();
    1 <= rules.min_length()
        && usize::from(rules.min_length()) <= MAX_LENGTH
        && u16::from(rules.min_length()) <= rules.max_length()
        && rules.max_length() <= MAX_CHECKED_LENGTH
        && classes <= MAX_CLASSES
        && parts.names.iter().all(|name| name.len() <= MAX_CLASS_NAME)
        && parts.names.concat().len() <= MAX_CLASS_NAMES
        && parts.sets.iter().all(|characters| !characters.is_empty())
        && all.iter().all(|character| matches!(character, ' '..='~'))
        && all.len() == slots().map(CharSet::len).sum::<usize>()
        && !all.is_empty()
        && usize::from(rules.min_classes()) <= classes
        && minima <= usize::from(rules.max_length()).min(MAX_LENGTH)
        && rules.max_repeat() != Some(0)
        && rules.first().is_none_or(|first| !first.is_empty() && first.iter().all(|index| index < classes))
        && parts.context.iter().all(|word| !word.is_empty())
        && parts.context.iter().map(|word| word.len() + 1).sum::<usize>() <= MAX_LENGTH + 1
}

/// The number of compliant passwords, if there are few enough strings to try each.
fn accepted_one_by_one(rules: &Rules, length: usize) -> Option<usize> {
    let characters = rules.accepted();
    are_few(characters, length).then(|| naive::compliant(rules, characters, length).len())
}

/// The number of passwords that are generated.
fn generated_one_by_one(rules: &Rules, length: usize) -> Option<usize> {
    are_few(rules.alphabet(), length).then(|| naive::generated(rules, length).len())
}

fn are_few(characters: CharSet, length: usize) -> bool {
    characters.len().checked_pow(length as u32).is_some_and(|strings| strings <= MOST_STRINGS)
}

/// The default length is the longest that can be generated.
fn assert_refused(parts: &Parts, error: PolicyError) {
    let rules = &parts.rules;
    let length = rules.default_length().into();
    match error {
        PolicyError::Infeasible { .. } => {
            assert!(is_valid(parts));
            assert!(accepted_one_by_one(rules, length).is_none_or(|count| count == 0));
        }
        PolicyError::NothingToGenerate { .. } => {
            assert!(is_valid(parts));
            assert!(accepted_one_by_one(rules, length).is_none_or(|count| count > 0));
            assert!(generated_one_by_one(rules, length).is_none_or(|count| count == 0));
        }
        // What `is_valid` does not know.
        PolicyError::MaxRun { .. } | PolicyError::MaxSequence | PolicyError::MinDistinct { .. } => {}
        _ => assert!(!is_valid(parts), "{error}"),
    }
}

fn assert_holds(policy: &Policy, parts: &Parts, case: &Case) {
    let rules = policy.rules();
    assert!(is_valid(parts));
    let not_first = parts.rules.excluded_first().intersection(parts.rules.alphabet());
    assert_eq!(rules, parts.rules.clone().with_excluded_first(not_first));
    let password = random::password(parts, &case.password);
    assert_eq!(naive::reasons(policy, password.as_bytes()), naive::check(&rules, &password));

    // One of the allowed lengths, or the next one on either side.
    let (min, max) = policy.lengths().into_inner();
    let length = min - 1 + usize::from(case.length) % (max - min + 3);
    let counts = policy.counts();
    assert_counts(policy, &counts, length);
    if policy.tries(length).is_none() {
        return assert_nothing_to_generate(policy, &counts, length, case.seed);
    }
    assert!(counts.generated(length) > Natural::ZERO);
    assert_generates(policy, counts.acceptance(length), length, case.seed);
}

fn assert_counts(policy: &Policy, counts: &Counts, length: usize) {
    let (accepted, generated) = (counts.accepted(length), counts.generated(length));
    assert!(generated <= accepted);
    let share = counts.acceptance(length);
    assert!((0.0..=1.0 + 1e-12).contains(&share) && (share > 0.0) == (generated > Natural::ZERO));
    if length > MAX_LENGTH {
        return assert_eq!((accepted, generated), (Natural::ZERO, Natural::ZERO), "it is not counted");
    }
    let rules = policy.rules();
    let one_by_one = [accepted_one_by_one(&rules, length), generated_one_by_one(&rules, length)];
    for (count, one_by_one) in [accepted, generated].into_iter().zip(one_by_one) {
        if let Some(one_by_one) = one_by_one {
            assert_eq!(count, Natural::from(one_by_one as u64));
        }
    }
}

fn assert_nothing_to_generate(policy: &Policy, counts: &Counts, length: usize, seed: u8) {
    let mut rng = ChaCha20Rng::from_seed([seed; 32]);
    let untouched = rng.clone();
    let mut buffer = vec![b'#'; length];
    let error = policy.generate(&mut rng, &mut buffer).map(drop).expect_err("nothing can be tried");
    let (min, max) = policy.lengths().into_inner();
    let expected = if length > MAX_LENGTH && length <= max {
        LengthError::NotGenerated { length }
    } else if (min..=max).contains(&length) {
        LengthError::Infeasible { length }
    } else {
        LengthError::NotAllowed { found: length, min, max }
    };
    assert_eq!(error, GenerateError::Length(expected));
    assert!(counts.generated(length) == Natural::ZERO && buffer.iter().all(|&byte| byte == 0));
    assert_eq!(rng, untouched, "nothing was drawn");
}

/// Many at once are the same as one after another: enough of them to use the vector unit, if that takes little time.
fn assert_generates(policy: &Policy, acceptance: f64, length: usize, seed: u8) {
    let rules = policy.rules();
    let mut rng = ChaCha20Rng::from_seed([seed; 32]);
    let mut other = rng.clone();
    let mut buffer = vec![b'#'; length];
    let count = if acceptance > 0.2 && seed.is_multiple_of(2) { 33 } else { 2 };
    let bulk = policy.bulk(length, b"\n").expect("this length can be generated");
    let mut records = vec![b'#'; count * (length + 1)];
    bulk.fill(&mut rng, &mut records).expect("the source is good");
    for record in records.chunks(length + 1) {
        let mut reference = other.clone();
        policy.generate(&mut other, &mut buffer).expect("the source is good");
        assert_eq!(record.split_last(), Some((&b'\n', &*buffer)));
        let text = str::from_utf8(&buffer).expect("passwords are ASCII");
        assert!(naive::check(&rules, text).is_empty());
        assert!(text.chars().all(|character| policy.alphabet().contains(character)));
        assert!(!text.starts_with(|first| rules.excluded_first().contains(first)));
        // The reference implementation tries candidates, which takes time if few are accepted.
        if acceptance > 0.05 && length > 0 && count == 2 {
            assert_eq!(naive::generate(&rules, length, || reference.next_u32()).0, text);
            assert_eq!(reference, other, "as many words");
        }
    }
    assert_eq!(rng, other, "as many words");
}

fuzz_target!(|case: Case| -> Corpus {
    let parts = case.rules.parts();
    if random::cost(&parts) > MOST_STEPS {
        return Corpus::Reject;
    }
    match Policy::new(parts.rules.clone()) {
        Ok(policy) => assert_holds(&policy, &parts, &case),
        Err(error) => assert_refused(&parts, error),
    }
    Corpus::Keep
});
