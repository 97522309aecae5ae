//! Counting, against known answers and against counting one by one.

use crate::{naive, random::policies};
use proptest::prelude::*;
use sip_password::{
    CharSet, Class, ClassSet, EXOTEL, HUAWEI, MAX_LENGTH, NXCLOUD, NXCLOUD_RANDOM, Natural, Policy,
    PolicyError, Rules,
};

#[test]
fn known_answers() {
    // Inclusion and exclusion by hand: classes of 26, 26, 10 and 8, at least 3 of them.
    let table = [
        (8, "514631085696000", 48.8705, 0.892713),
        (12, "13436541151602424627200", 73.5086, 0.970758),
        (16, "329449241992944238668919603200", 98.0560, 0.991334),
    ];
    let counts = HUAWEI.counts();
    for (length, count, entropy, acceptance) in table {
        assert_eq!(HUAWEI.count(length).to_string(), count);
        assert_eq!(counts.accepted(length), HUAWEI.count(length));
        assert_eq!(counts.generated(length), HUAWEI.count(length));
        assert!((counts.entropy(length) - entropy).abs() < 5e-5);
        assert_eq!(counts.entropy(length), HUAWEI.entropy(length));
        assert!((counts.acceptance(length) - acceptance).abs() < 5e-7);
    }
    assert_eq!(u128::try_from(NXCLOUD_RANDOM.count(6)), Ok(1_000_000));
    assert!((NXCLOUD_RANDOM.entropy(6) - 19.9316).abs() < 5e-5);
    assert_eq!(NXCLOUD_RANDOM.counts().acceptance(6), 1.0);
}

#[test]
fn nothing_outside_the_lengths() {
    for length in [0, 7, 17, MAX_LENGTH, MAX_LENGTH + 1, usize::MAX] {
        assert_eq!(HUAWEI.count(length), Natural::ZERO, "{length}");
        assert_eq!(HUAWEI.counts().generated(length), Natural::ZERO, "{length}");
        assert_eq!(HUAWEI.counts().acceptance(length), 0.0, "{length}");
        assert_eq!(HUAWEI.entropy(length), f64::NEG_INFINITY, "{length}");
        assert_eq!(HUAWEI.tries(length), None, "{length}");
    }
}

/// Inclusion and exclusion over the classes that are absent, in the arithmetic of residues: another
/// method than the library's, at every length and far over 128 bits.
#[test]
fn presets_by_inclusion_and_exclusion() {
    const MODULUS: u128 = (1 << 61) - 1;
    for (policy, accepted) in [(&HUAWEI, 70), (&EXOTEL, 94), (&NXCLOUD, 62), (&NXCLOUD_RANDOM, 10)] {
        let sizes: Vec<u128> =
            policy.classes().iter().map(|class| class.characters().len() as u128).collect();
        let required = policy.rules().min_classes().into();
        for length in policy.lengths() {
            let mut expected = 0;
            // Sum over what is exactly present, and over which of that is left out.
            for present in (0..1_u32 << sizes.len()).filter(|present| present.count_ones() >= required) {
                for part in (0..1_u32 << sizes.len()).filter(|part| part & !present == 0) {
                    let absent = sizes.iter().enumerate().filter(|(place, _)| part >> place & 1 == 0);
                    let characters = accepted - absent.map(|(_, size)| size).sum::<u128>();
                    let strings = (0..length).fold(1, |product, _| product * characters % MODULUS);
                    let negative = (present.count_ones() - part.count_ones()) % 2 == 1;
                    expected += if negative { MODULUS - strings } else { strings };
                }
            }
            let digits = policy.count(length).to_string();
            let residue =
                digits.bytes().fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % MODULUS);
            assert_eq!(residue, expected % MODULUS, "{length}");
        }
    }
}

#[test]
fn shortest_length_for_bits() {
    for bits in 0..=100 {
        let expected = (8..=16).find(|&length| HUAWEI.entropy(length) >= f64::from(bits));
        assert_eq!(HUAWEI.counts().shortest(bits.into()), expected, "{bits}");
    }
    assert_eq!(EXOTEL.counts().shortest(256.0), Some(42));
    assert_eq!(EXOTEL.counts().shortest(f64::NAN), None);
    assert_eq!(EXOTEL.counts().shortest(f64::NEG_INFINITY), Some(8));
    // Just so many bits.
    let hexadecimal = [Class::new("digits", CharSet::of("0123456789abcdef"))];
    let policy = Policy::new(Rules::new().with_classes(&hexadecimal)).expect("it can be satisfied");
    assert_eq!(policy.counts().shortest(64.0), Some(16));
    // A length that would need too many tries counts only where it can be generated all the same.
    let classes = [
        Class::new("digits", CharSet::DIGITS).at_least(14),
        Class::new("others", CharSet::LOWERCASE).at_least(3),
    ];
    let rules = Rules::new().with_lengths(17, 64).with_default_length(40).with_classes(&classes);
    let policy = Policy::new(rules).expect("it can be satisfied");
    let shortest = policy.counts().shortest(10.0).expect("long ones can be generated");
    assert!(policy.entropy(17) > 10.0 && policy.tries(shortest).is_some());
    assert_eq!(shortest == 17, cfg!(feature = "std"));
    assert_eq!(NXCLOUD_RANDOM.counts().shortest(20.0), None);
}

#[test]
fn tries_follow_from_the_acceptance() {
    for policy in [&HUAWEI, &EXOTEL, &NXCLOUD, &NXCLOUD_RANDOM] {
        let radix = policy.alphabet().len() as u64;
        let per_word = naive::per_word(radix);
        let rejected = ((1_u64 << 32) % radix.pow(per_word)) as f64 / (1_u64 << 32) as f64;
        let counts = policy.counts();
        for length in policy.lengths() {
            let words = (length as u32).div_ceil(per_word) as i32;
            let failure = 1.0 - counts.acceptance(length) * (1.0 - rejected).powi(words);
            let needed = -128.0 / failure.log2();
            let tries = f64::from(policy.tries(length).expect("the presets can be generated"));
            assert!((needed..needed + 1.0001).contains(&tries), "{length}: {tries} for {needed}");
        }
    }
}

/// A candidate that cannot fail is tried four times all the same: for rounding, 2^-40 is added to the probability that one fails.
#[test]
fn four_tries_at_the_least() {
    let digits = [Class::new("digits", CharSet::of("01"))];
    let policy = Policy::new(Rules::new().with_classes(&digits)).expect("it can be satisfied");
    for length in 1..=MAX_LENGTH {
        assert_eq!(policy.counts().acceptance(length), 1.0);
        assert_eq!(policy.tries(length), Some(4), "{length}");
    }
}

/// Every small policy: every way to put three characters into classes, every rule on or off.
#[test]
fn every_small_policy_counted_one_by_one() {
    let slots = [0, 1, 2, 3]; // two classes, uncounted, not allowed
    let mut policies = 0;
    for assignment in 0..64 {
        let mut sets = [CharSet::EMPTY; 4];
        for (place, character) in ["a", "A", "1"].into_iter().enumerate() {
            let slot = slots[assignment >> (2 * place) & 3];
            sets[slot] = sets[slot].union(CharSet::of(character));
        }
        for min_classes in 0..=2 {
            for minima in [[0, 0], [1, 0], [2, 0], [1, 1], [0, 2], [2, 1]] {
                for max_repeat in [None, Some(1), Some(2)] {
                    for context in [None, Some("a"), Some("1a"), Some("aA"), Some("a1a")] {
                        for first in [None, Some(1), Some(2), Some(3)] {
                            let classes =
                                ["x", "y"].map(|name| Class::new(name, sets[usize::from(name == "y")]));
                            let [x, y] = minima;
                            let mut rules = Rules::new()
                                .with_lengths(1, 4)
                                .with_classes(&[classes[0].at_least(x), classes[1].at_least(y)])
                                .with_min_classes(min_classes)
                                .with_uncounted(sets[2]);
                            if let Some(max) = max_repeat {
                                rules = rules.with_max_repeat(max);
                            }
                            if let Some(bits) = first {
                                rules =
                                    rules.with_first((0..2).filter(|index| bits >> index & 1 == 1).collect());
                            }
                            if let Some(word) = context {
                                rules = rules.with_context(word);
                            }
                            if let Ok(policy) = Policy::new(rules) {
                                counts_one_by_one(&policy);
                                policies += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(policies > 5_000, "{policies}");
}

fn counts_one_by_one(policy: &Policy) {
    let (rules, counts) = (policy.rules(), policy.counts());
    for length in 1..=rules.max_length().into() {
        let allowed = length >= rules.min_length().into();
        let (compliant, generated) = match allowed {
            true => (
                naive::compliant(&rules, rules.accepted(), length).len(),
                naive::generated(&rules, length).len(),
            ),
            false => (0, 0),
        };
        assert_eq!(counts.accepted(length), Natural::from(compliant as u128), "{length}: {rules:?}");
        assert_eq!(counts.generated(length), Natural::from(generated as u128), "{length}: {rules:?}");
        let strings = (rules.alphabet().len() as f64).powi(length as i32);
        assert!((counts.acceptance(length) - generated as f64 / strings).abs() < 1e-12);
        // Feasible is just what has a bound on tries, or needs too many where nothing can be counted.
        assert!(generated > 0 || policy.tries(length).is_none());
        let rare = counts.acceptance(length) < 0.0014 && !cfg!(feature = "std");
        assert!(generated == 0 || policy.tries(length).is_some() || rare);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn an_infeasible_policy_is_an_error_that_names_the_rule() {
    let classes = [Class::new("digits", CharSet::DIGITS), Class::new("stars", CharSet::of("*"))];
    let base = Rules::new().with_lengths(4, 8).with_default_length(4).with_classes(&classes);
    let of = |rules| Policy::new(rules).map(|_| ()).unwrap_err();
    assert_eq!(of(base.clone().with_lengths(0, base.max_length())), PolicyError::Lengths { min: 0, max: 8 });
    assert_eq!(
        of(base.clone().with_lengths(base.min_length(), 257)),
        PolicyError::Lengths { min: 4, max: 257 }
    );
    assert_eq!(of(base.clone().with_lengths(9, base.max_length())), PolicyError::Lengths { min: 9, max: 8 });
    assert_eq!(of(base.clone().with_lengths(65, 256)), PolicyError::Lengths { min: 65, max: 256 });
    assert_eq!(
        of(base.clone().with_lengths(4, 256).with_default_length(65)),
        PolicyError::DefaultLength { default: 65, min: 4, max: 256 }
    );
    let many_digits = [classes[0].at_least(65), classes[1]];
    assert_eq!(
        of(base.clone().with_lengths(4, 256).with_classes(&many_digits)),
        PolicyError::Minima { sum: 65, max: 256 }
    );
    assert_eq!(
        of(base.clone().with_default_length(9)),
        PolicyError::DefaultLength { default: 9, min: 4, max: 8 }
    );
    let many = [classes[0]; 9];
    assert_eq!(of(base.clone().with_classes(&many)), PolicyError::TooManyClasses { classes: 9 });
    let empty = [classes[0], Class::new("none", CharSet::EMPTY)];
    assert_eq!(of(base.clone().with_classes(&empty)), PolicyError::EmptyClass { index: 1 });
    let control = [classes[0], Class::new("tab", CharSet::of("\t"))];
    assert_eq!(of(base.clone().with_classes(&control)), PolicyError::NotPrintable { index: 1 });
    assert_eq!(of(base.clone().with_uncounted(CharSet::of("\x7f"))), PolicyError::NotPrintable { index: 2 });
    let twice = [classes[0], Class::new("odd", CharSet::of("13579"))];
    assert_eq!(of(base.clone().with_classes(&twice)), PolicyError::Overlap { first: 0, second: 1 });
    assert_eq!(
        of(base.clone().with_uncounted(CharSet::of("*"))),
        PolicyError::Overlap { first: 1, second: 2 }
    );
    assert_eq!(of(base.clone().with_classes(&[])), PolicyError::NoCharacters);
    assert_eq!(of(base.clone().with_min_classes(3)), PolicyError::MinClasses { required: 3, classes: 2 });
    let eager = [classes[0].at_least(5), classes[1].at_least(4)];
    assert_eq!(of(base.clone().with_classes(&eager)), PolicyError::Minima { sum: 9, max: 8 });
    assert_eq!(of(base.clone().with_max_repeat(0)), PolicyError::MaxRepeat);
    assert_eq!(of(base.clone().with_first(ClassSet::EMPTY)), PolicyError::First { classes: 2 });
    assert_eq!(of(base.clone().with_first(ClassSet::EMPTY.with(2))), PolicyError::First { classes: 2 });
    let long_name = [Class::new(&"x".repeat(32), CharSet::DIGITS)];
    assert_eq!(of(base.clone().with_classes(&long_name)), PolicyError::ClassName { index: 0, length: 32 });
    let names = ["a", "b", "c", "d", "e", "f"].map(|name| Class::new(&name.repeat(29), CharSet::of(name)));
    assert_eq!(of(base.clone().with_classes(&names)), PolicyError::ClassNames { length: 174 });
    assert!(Policy::new(base.clone().with_classes(&names[..5])).is_ok());
    assert_eq!(of(base.clone().with_context("")), PolicyError::Context { length: 0 });
    let long = "x".repeat(65);
    assert_eq!(of(base.clone().with_context(&long)), PolicyError::Context { length: 65 });
    let starry = [classes[1].at_least(3)];
    let conflict = base.clone().with_classes(&starry).with_max_repeat(2);
    assert!(matches!(of(conflict.clone()), PolicyError::Infeasible { .. }));
    assert_eq!(
        of(conflict.clone()).to_string(),
        "no password of the default length satisfies all rules: at 4 characters, conflict: max_repeat"
    );
    assert_eq!(
        of(base.clone().with_excluded(CharSet::PRINTABLE)).to_string(),
        "excluded: no compliant password of the default length is left to generate: at 4 characters, conflict: excluded"
    );
    let both = base.clone().with_min_classes(2).with_excluded(CharSet::of("*"));
    assert_eq!(
        of(both.clone()).to_string(),
        "excluded: no compliant password of the default length is left to generate: at 4 characters, conflict: min_classes \
         and excluded"
    );
    let eight: Vec<Class> = "abcdefgh"
        .split("")
        .filter(|c| !c.is_empty())
        .map(|c| Class::new("one", CharSet::of(c)).at_least(8))
        .collect();
    let states = 9_usize.pow(8);
    let complex = base.clone().with_lengths(base.min_length(), 64).with_classes(&eight);
    assert_eq!(of(complex.clone()), PolicyError::TooComplex { states });
    for error in [of(conflict), of(both), of(complex), of(base.clone().with_lengths(base.min_length(), 257))]
    {
        assert!(error.to_string().starts_with(error.rule()));
    }
}

/// The stack that the documentation names is enough.
#[test]
fn few_states_take_a_small_stack() {
    let on_stack = |kilobytes: usize, work: fn()| {
        let thread = std::thread::Builder::new().stack_size(kilobytes << 10).spawn(work).expect("it starts");
        thread.join().expect("no overflow");
    };
    on_stack(64, || {
        for preset in sip_password::PRESETS {
            let policy = Policy::new(preset.policy.rules()).expect("it is a policy");
            assert_eq!(policy.count(8), preset.policy.count(8));
        }
    });
    // 8 * 8 * 8 states.
    on_stack(192, || {
        let classes = ["a", "b", "c"].map(|letter| Class::new(letter, CharSet::of(letter)).at_least(7));
        let rules = Rules::new().with_default_length(21).with_classes(&classes);
        let policy = Policy::new(rules).expect("it can be satisfied");
        assert_eq!(policy.count(21), Natural::from(factorial(21) / factorial(7).pow(3)));
    });
}

/// A word with a character that no password has changes nothing, and NUL is one of these.
#[test]
fn a_word_that_starts_with_nul() {
    let classes = [Class::new("letters", CharSet::of("aAbc"))];
    let rules =
        Rules::new().with_lengths(1, 6).with_default_length(6).with_classes(&classes).with_max_repeat(1);
    let policy = Policy::new(rules.clone().with_context("\0z")).expect("it can be satisfied");
    counts_one_by_one(&policy);
    assert_eq!(policy.count(2), Natural::from(12_u64));
}

/// The greatest policy that is allowed does not overflow a thread's usual stack.
#[test]
fn thousands_of_states() {
    let classes = HUAWEI.rules().classes().iter().map(|class| class.at_least(2)).collect::<Vec<_>>();
    let rules = HUAWEI
        .rules()
        .with_lengths(8, 64)
        .with_classes(&classes)
        .with_max_repeat(2)
        .with_context("johnsmithx");
    let policy = std::thread::scope(|scope| scope.spawn(|| Policy::new(rules)).join().expect("no overflow"))
        .expect("it can be satisfied");
    assert!(policy.count(64) < HUAWEI_64.count(64));
    assert!(policy.count(64).log2() > 391.0);
}

/// In a `const`, up to 4,096 states and no more.
#[test]
fn as_many_states_as_a_constant_bears() {
    let sets = [CharSet::of("a"), CharSet::of("b"), CharSet::of("c"), CharSet::of("d")];
    let of = |minimum| {
        let mut classes = sets.map(|set| Class::new("one", set).at_least(7));
        classes[0] = classes[0].at_least(minimum);
        let rules = Rules::new().with_lengths(1, 29).with_default_length(29).with_classes(&classes);
        std::panic::catch_unwind(|| Policy::of(rules).count(29))
    };
    assert_eq!(8_usize.pow(4), 4096);
    // Seven of each, and one more of any.
    let expected = 4 * factorial(29) / (factorial(8) * factorial(7).pow(3));
    assert_eq!(of(7).expect("there are no more than that"), Natural::from(expected));
    assert!(of(8).is_err());
}

/// The most states of a policy, and minima of five classes with which a word of [`MAX_LENGTH`] has just as many.
const MOST: (usize, [u8; 5]) =
    if cfg!(feature = "std") { (1 << 20, [7, 7, 7, 7, 3]) } else { (4096, [7, 7, 0, 0, 0]) };

/// The passwords of 32 characters, of five classes with these minima.
fn of_five(minima: [u8; 5], rules: Rules) -> Result<Natural, PolicyError> {
    let sets = ["a", "b", "c", "d", "e"].map(CharSet::of);
    let classes: Vec<_> =
        sets.iter().zip(minima).map(|(&set, minimum)| Class::new("one", set).at_least(minimum)).collect();
    Policy::new(rules.clone().with_default_length(32).with_classes(&classes)).map(|policy| policy.count(32))
}

/// At run time, up to a million states with an allocator, and no more.
#[test]
fn as_many_states_as_a_policy_may_have() {
    // As many prefixes as characters; none of them can stand in a password, so this is soon counted.
    let word = "?".repeat(MAX_LENGTH);
    let rules = Rules::new().with_context(&word);
    let (most, mut minima) = MOST;
    assert_eq!(minima.iter().map(|&minimum| usize::from(minimum) + 1).product::<usize>() * MAX_LENGTH, most);
    assert!(of_five(minima, rules.clone()).is_ok_and(|count| !count.is_zero()));
    minima[0] += 1;
    assert_eq!(of_five(minima, rules).unwrap_err(), PolicyError::TooComplex { states: most / 8 * 9 });
}

/// A word or a run for which no password is long enough takes no states.
#[test]
fn rules_that_cannot_be_broken() {
    let (_, mut minima) = MOST;
    minima[0] += 1;
    let word = "?".repeat(MAX_LENGTH);
    let rules = Rules::new().with_lengths(1, 63);
    let count = of_five(minima, rules.clone()).expect("there are few states");
    assert_eq!(of_five(minima, rules.clone().with_context(&word)), Ok(count));
    for run in [63, 64, 255] {
        assert_eq!(of_five(minima, rules.clone().with_max_repeat(run)), Ok(count));
    }
}

#[test]
fn a_policy_like_another() {
    let readable = HUAWEI.excluding(CharSet::of("0O1lI")).expect("65 characters are left");
    assert_eq!(readable.alphabet(), HUAWEI.alphabet().difference(CharSet::of("0O1lI")));
    assert_eq!(readable.count(8), HUAWEI.count(8));
    let strict = readable.excluding(CharSet::DIGITS).expect("three classes are left");
    assert_eq!(strict.rules().excluded(), CharSet::of("0O1lI23456789"));
    let bobs = strict.with_context("Bob").expect("it can be satisfied");
    assert_eq!(bobs.rules(), strict.rules().with_context("Bob"));
    assert!(
        format!("{bobs:?}").starts_with("Policy(Rules { lengths: 8..=16, default_length: 16,"),
        "{bobs:?}"
    );
}

fn factorial(number: u128) -> u128 {
    (1..=number).product()
}

const HUAWEI_64: Policy = Policy::of(HUAWEI.rules().with_lengths(8, 64));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn random_policies_counted_one_by_one(policy in policies("abAB1", 6)) {
        counts_one_by_one(&policy);
    }

    #[test]
    fn words_with_borders_counted_one_by_one(policy in policies("aAb", 9)) {
        counts_one_by_one(&policy);
    }
}
