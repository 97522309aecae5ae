//! Any rules: they are a policy if they make sense, and what is built, counted, generated and checked by it agrees with
//! itself and with the naive twin.

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
use sip_password::{CharSet, GenerateError, MAX_CLASSES, MAX_LENGTH, Natural, Policy, PolicyError, Rules};

#[derive(Arbitrary, Debug)]
struct Case {
    rules: random::RandomRules,
    password: Vec<u8>,
    /// Which of the lengths that are allowed.
    length: u8,
    seed: u8,
}

/// More steps than this take milliseconds.
const MOST_STEPS: usize = 40_000;
/// So many strings are tried one by one.
const MOST_STRINGS: usize = 200;

/// Whether each rule makes sense by itself, and can be satisfied with any other.
fn is_sound(rules: &Rules<'_>) -> bool {
    let classes = rules.classes.len();
    let mut slots: Vec<_> = rules.classes.iter().map(|class| class.characters).collect();
    slots.push(rules.uncounted);
    let all = slots.iter().fold(CharSet::EMPTY, |all, &slot| all.union(slot));
    let minima: usize = rules.classes.iter().map(|class| usize::from(class.minimum)).sum();
    1 <= rules.min_length
        && rules.min_length <= rules.max_length
        && usize::from(rules.max_length) <= MAX_LENGTH
        && classes <= MAX_CLASSES
        && rules.classes.iter().all(|class| !class.characters.is_empty())
        && all.iter().all(|character| matches!(character, ' '..='~'))
        && all.len() == slots.iter().map(|slot| slot.len()).sum::<usize>()
        && !all.is_empty()
        && usize::from(rules.required_classes) <= classes
        && minima <= rules.max_length.into()
        && rules.longest_run != Some(0)
        && rules.first.is_none_or(|first| !first.is_empty() && first.iter().all(|place| place < classes))
        && rules.context.is_none_or(|word| (1..=MAX_LENGTH).contains(&word.len()))
}

/// How many passwords of `characters` there are, where these are few enough to look at each.
fn one_by_one(rules: &Rules<'_>, characters: CharSet, length: usize) -> Option<usize> {
    let strings = characters.len().checked_pow(length as u32)?;
    (strings <= MOST_STRINGS).then(|| naive::compliant(rules, characters, length).len())
}

/// The default length is the greatest.
fn is_refused(rules: &Rules<'_>, error: PolicyError) {
    let length = rules.default_length.into();
    match error {
        PolicyError::Infeasible { .. } => {
            assert!(is_sound(rules));
            assert!(one_by_one(rules, rules.accepted(), length).is_none_or(|count| count == 0));
        }
        PolicyError::NothingToGenerate { .. } => {
            assert!(is_sound(rules));
            assert!(one_by_one(rules, rules.accepted(), length).is_none_or(|count| count > 0));
            assert!(one_by_one(rules, rules.alphabet(), length).is_none_or(|count| count == 0));
        }
        _ => assert!(!is_sound(rules), "{error}"),
    }
}

fn holds(policy: &Policy<'_>, password: &str, case: &Case) {
    let rules = policy.rules();
    assert!(is_sound(rules));
    assert_eq!(naive::reasons(policy, password.as_bytes()), naive::check(rules, password));

    // Of the lengths that are allowed, and of one more on each side.
    let (min, max) = (usize::from(rules.min_length), usize::from(rules.max_length));
    let length = min - 1 + usize::from(case.length) % (max - min + 3);
    let allowed = (min..=max).contains(&length);
    let (compliant, generated) = (policy.count(length), policy.count_generated(length));
    assert!(generated <= compliant);
    let share = policy.acceptance(length);
    assert!((0.0..=1.0 + 1e-12).contains(&share) && (share > 0.0) == (generated > Natural::ZERO));
    for (count, characters) in [(compliant, rules.accepted()), (generated, policy.alphabet())] {
        if let Some(one_by_one) = one_by_one(rules, characters, length) {
            assert_eq!(count, Natural::from(one_by_one as u64));
        }
    }

    let mut rng = ChaCha20Rng::from_seed([case.seed; 32]);
    let mut twin = rng.clone();
    let mut buffer = [b'#'; MAX_LENGTH + 2];
    let buffer = &mut buffer[..length];
    if policy.tries(length).is_none() {
        let error = policy.generate(&mut rng, buffer).map(drop).expect_err("nothing can be tried");
        let expected = if allowed {
            GenerateError::Infeasible { length }
        } else {
            GenerateError::Length { found: length, min, max }
        };
        assert_eq!(error, expected);
        assert!(generated == Natural::ZERO && buffer.iter().all(|&byte| byte == 0));
        assert_eq!(rng, twin, "nothing was drawn");
        return;
    }
    assert!(generated > Natural::ZERO);

    // Many at once are one after another: as many as take the vector unit, where that is soon done.
    let rare = policy.is_rare(length);
    let count = if share > 0.2 && case.seed.is_multiple_of(2) { 33 } else { 2 };
    let bulk = policy.bulk::<()>(length, b"\n").expect("there is something to generate");
    let mut records = vec![b'#'; count * (length + 1)];
    bulk.fill(&mut rng, &mut records).expect("the source is good");
    for record in records.chunks(length + 1) {
        let before = twin.clone();
        policy.generate(&mut twin, buffer).expect("the source is good");
        assert_eq!(record.split_last(), Some((&b'\n', &*buffer)));
        let text = str::from_utf8(buffer).expect("it is ASCII");
        assert!(naive::check(rules, text).is_empty());
        assert!(text.chars().all(|character| policy.alphabet().contains(character)));
        // Trying takes the naive twin as many words, and some time.
        if !rare && share > 0.05 && length > 0 && count == 2 {
            let mut naive = before;
            assert_eq!(naive::generate(rules, length, || naive.next_u32()).0, text);
            assert_eq!(naive, twin, "as many words");
        }
    }
    assert_eq!(rng, twin, "as many words");
}

fuzz_target!(|case: Case| -> Corpus {
    let parts = case.rules.parts();
    if random::cost(&parts) > MOST_STEPS {
        return Corpus::Reject;
    }
    parts.with_rules(|rules| match Policy::new(rules) {
        Ok(policy) => holds(&policy, &random::password(&parts, &case.password), &case),
        Err(error) => is_refused(&rules, error),
    });
    Corpus::Keep
});
