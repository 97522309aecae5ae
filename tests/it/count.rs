//! `count` and its sisters against known answers, and against counting one by one.

use crate::naive;
use crate::random::parts;
use proptest::prelude::*;
use sip_password::{
    CharSet, Class, EXOTEL, HUAWEI, MAX_LENGTH, MAX_STATES, MAX_STATES_STD, MAX_TRIES, NXCLOUD,
    NXCLOUD_RANDOM, Natural, Policy, PolicyError, Rules,
};

#[test]
fn known_answers() {
    // Inclusion and exclusion by hand: classes of 26, 26, 10 and 8, at least 3 of them.
    let table = [
        (8, "514631085696000", 48.8705, 0.892713),
        (12, "13436541151602424627200", 73.5086, 0.970758),
        (16, "329449241992944238668919603200", 98.0560, 0.991334),
    ];
    for (length, count, bits, acceptance) in table {
        assert_eq!(HUAWEI.count(length).to_string(), count);
        assert_eq!(HUAWEI.count_generated(length), HUAWEI.count(length));
        assert!((HUAWEI.bits(length) - bits).abs() < 5e-5);
        assert!((HUAWEI.acceptance(length) - acceptance).abs() < 5e-7);
    }
    assert_eq!(u128::try_from(NXCLOUD_RANDOM.count(6)), Ok(1_000_000));
    assert!((NXCLOUD_RANDOM.bits(6) - 19.9316).abs() < 5e-5);
    assert_eq!(NXCLOUD_RANDOM.acceptance(6), 1.0);
}

#[test]
fn nothing_outside_the_lengths() {
    for length in [0, 7, 17, MAX_LENGTH, MAX_LENGTH + 1, usize::MAX] {
        assert_eq!(HUAWEI.count(length), Natural::ZERO, "{length}");
        assert_eq!(HUAWEI.acceptance(length), 0.0, "{length}");
        assert_eq!(HUAWEI.bits(length), f64::NEG_INFINITY, "{length}");
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
            policy.rules().classes.iter().map(|class| class.characters.len() as u128).collect();
        let required = policy.rules().required_classes.into();
        for length in policy.rules().min_length.into()..=policy.rules().max_length.into() {
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
        let expected = (8..=16).find(|&length| HUAWEI.bits(length) >= f64::from(bits));
        assert_eq!(HUAWEI.shortest(bits.into()), expected, "{bits}");
    }
    assert_eq!(EXOTEL.shortest(256.0), Some(42));
    assert_eq!(EXOTEL.shortest(f64::NAN), None);
    assert_eq!(EXOTEL.shortest(f64::NEG_INFINITY), Some(8));
    // Just so many bits.
    let hexadecimal = [Class::new("digits", CharSet::of("0123456789abcdef"))];
    let policy = Policy::new(Rules { classes: &hexadecimal, ..Rules::NONE }).expect("it can be satisfied");
    assert_eq!(policy.shortest(64.0), Some(16));
    // A length that would need too many tries counts only where it can be generated all the same.
    let classes = [
        Class::new("digits", CharSet::DIGITS).at_least(14),
        Class::new("others", CharSet::LOWERCASE).at_least(3),
    ];
    let rules = Rules { min_length: 17, default_length: 40, classes: &classes, ..Rules::NONE };
    let policy = Policy::new(rules).expect("it can be satisfied");
    let shortest = policy.shortest(10.0).expect("long ones can be generated");
    assert!(policy.bits(17) > 10.0 && policy.tries(shortest).is_some());
    assert_eq!(shortest == 17, cfg!(feature = "std"));
    assert_eq!(NXCLOUD_RANDOM.shortest(20.0), None);
}

#[test]
fn tries_follow_from_the_acceptance() {
    for policy in [&HUAWEI, &EXOTEL, &NXCLOUD, &NXCLOUD_RANDOM] {
        let radix = policy.alphabet().len() as u64;
        let per_word = naive::per_word(radix);
        let surplus = ((1_u64 << 32) % radix.pow(per_word)) as f64 / (1_u64 << 32) as f64;
        for length in policy.rules().min_length..=policy.rules().max_length {
            let words = u32::from(length).div_ceil(per_word) as i32;
            let failure = 1.0 - policy.acceptance(length.into()) * (1.0 - surplus).powi(words);
            let needed = -128.0 / failure.log2();
            let tries = f64::from(policy.tries(length.into()).expect("the presets can be generated"));
            assert!((needed..needed + 1.0001).contains(&tries), "{length}: {tries} for {needed}");
        }
    }
}

/// A candidate that cannot fail is tried four times all the same: for rounding, 2^-40 is added to the probability that one fails.
#[test]
fn four_tries_at_the_least() {
    let digits = [Class::new("digits", CharSet::of("01"))];
    let policy = Policy::new(Rules { classes: &digits, ..Rules::NONE }).expect("it can be satisfied");
    for length in 1..=MAX_LENGTH {
        assert_eq!(policy.acceptance(length), 1.0);
        assert_eq!(policy.tries(length), Some(4), "{length}");
    }
}

/// One in 739, and [`MAX_TRIES`] just enough: found by trying, as [`is_rare`](Policy::is_rare) says.
#[test]
fn the_most_tries() {
    let classes = [
        Class::new("many", CharSet::range(b'a', b't')).at_least(15),
        Class::new("few", CharSet::range(b'0', b'7')).at_least(1),
    ];
    let uncounted = CharSet::range(b'A', b'R');
    let rules = Rules { default_length: 19, classes: &classes, uncounted, ..Rules::NONE };
    let policy = Policy::new(rules).expect("it can be satisfied");
    assert_eq!(policy.tries(19), Some(MAX_TRIES));
    assert!(!policy.is_rare(19));
    assert!(policy.is_rare(18));
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
        for required in 0..=2 {
            for minima in [[0, 0], [1, 0], [2, 0], [1, 1], [0, 2], [2, 1]] {
                for longest_run in [None, Some(1), Some(2)] {
                    for context in [None, Some("a"), Some("1a"), Some("aA"), Some("a1a")] {
                        for first in [None, Some(1), Some(2), Some(3)] {
                            let parts = naive::Parts {
                                names: vec!["x".into(), "y".into()],
                                sets: sets[..2].to_vec(),
                                minima: minima.to_vec(),
                                uncounted: sets[2],
                                never_generated: CharSet::EMPTY,
                                lengths: (1, 4),
                                required,
                                longest_run,
                                first,
                                context: context.map(Into::into),
                            };
                            policies += usize::from(parts.with(counts_one_by_one).is_some());
                        }
                    }
                }
            }
        }
    }
    assert!(policies > 5_000, "{policies}");
}

fn counts_one_by_one(policy: &Policy<'_>) {
    let rules = policy.rules();
    for length in 1..=rules.max_length.into() {
        let allowed = length >= rules.min_length.into();
        let brute = |characters| if allowed { naive::compliant(rules, characters, length).len() } else { 0 };
        let (compliant, generated) = (brute(rules.accepted()), brute(rules.alphabet()));
        assert_eq!(policy.count(length), Natural::from(compliant as u128), "{length}: {rules:?}");
        assert_eq!(policy.count_generated(length), Natural::from(generated as u128), "{length}: {rules:?}");
        let strings = (rules.alphabet().len() as f64).powi(length as i32);
        assert!((policy.acceptance(length) - generated as f64 / strings).abs() < 1e-12);
        // Feasible is just what has a bound on tries, or needs too many where nothing can be counted.
        assert!(generated > 0 || policy.tries(length).is_none());
        let rare = policy.acceptance(length) < 0.0014 && !cfg!(feature = "std");
        assert!(generated == 0 || policy.tries(length).is_some() || rare);
    }
}

#[test]
fn an_infeasible_policy_is_an_error_that_names_the_rule() {
    let classes = [Class::new("digits", CharSet::DIGITS), Class::new("stars", CharSet::of("*"))];
    let base = Rules { min_length: 4, max_length: 8, default_length: 4, classes: &classes, ..Rules::NONE };
    let of = |rules| Policy::new(rules).map(|_| ()).unwrap_err();
    assert_eq!(of(Rules { min_length: 0, ..base }), PolicyError::Lengths { min: 0, max: 8 });
    assert_eq!(of(Rules { max_length: 65, ..base }), PolicyError::Lengths { min: 4, max: 65 });
    assert_eq!(of(Rules { min_length: 9, ..base }), PolicyError::Lengths { min: 9, max: 8 });
    assert_eq!(of(Rules { default_length: 9, ..base }), PolicyError::DefaultLength { default: 9 });
    let many = [classes[0]; 9];
    assert_eq!(of(Rules { classes: &many, ..base }), PolicyError::TooManyClasses { classes: 9 });
    let empty = [classes[0], Class::new("none", CharSet::EMPTY)];
    assert_eq!(of(Rules { classes: &empty, ..base }), PolicyError::EmptyClass { place: 1 });
    let control = [classes[0], Class::new("tab", CharSet::of("\t"))];
    assert_eq!(of(Rules { classes: &control, ..base }), PolicyError::NotPrintable { place: 1 });
    assert_eq!(of(Rules { uncounted: CharSet::of("\x7f"), ..base }), PolicyError::NotPrintable { place: 2 });
    let twice = [classes[0], Class::new("odd", CharSet::of("13579"))];
    assert_eq!(of(Rules { classes: &twice, ..base }), PolicyError::Overlap { first: 0, second: 1 });
    assert_eq!(
        of(Rules { uncounted: CharSet::of("*"), ..base }),
        PolicyError::Overlap { first: 1, second: 2 }
    );
    assert_eq!(of(Rules { classes: &[], ..base }), PolicyError::NoCharacters);
    assert_eq!(
        of(Rules { required_classes: 3, ..base }),
        PolicyError::RequiredClasses { required: 3, classes: 2 }
    );
    let eager = [classes[0].at_least(5), classes[1].at_least(4)];
    assert_eq!(of(Rules { classes: &eager, ..base }), PolicyError::Minima { sum: 9, max: 8 });
    assert_eq!(of(Rules { longest_run: Some(0), ..base }), PolicyError::LongestRun);
    let first =
        |bits: &[usize]| Some(bits.iter().fold(sip_password::ClassSet::EMPTY, |set, &place| set.with(place)));
    assert_eq!(of(Rules { first: first(&[]), ..base }), PolicyError::First);
    assert_eq!(of(Rules { first: first(&[2]), ..base }), PolicyError::First);
    assert_eq!(of(Rules { context: Some(""), ..base }), PolicyError::Context { length: 0 });
    let long = "x".repeat(65);
    assert_eq!(of(Rules { context: Some(&long), ..base }), PolicyError::Context { length: 65 });
    let starry = [classes[1].at_least(3)];
    let conflict = Rules { classes: &starry, longest_run: Some(2), ..base };
    assert!(matches!(of(conflict), PolicyError::Infeasible { .. }));
    assert_eq!(
        of(conflict).to_string(),
        "no password of the default length satisfies all rules together: of 4 characters, longest_run"
    );
    assert_eq!(
        of(Rules { never_generated: CharSet::PRINTABLE, ..base }).to_string(),
        "never_generated: it leaves no compliant password of the default length: of 4 characters, never_generated"
    );
    let both = Rules { required_classes: 2, never_generated: CharSet::of("*"), ..base };
    assert_eq!(
        of(both).to_string(),
        "never_generated: it leaves no compliant password of the default length: of 4 characters, required_classes and \
         never_generated"
    );
    let places: Vec<Class<'_>> = "abcdefgh"
        .split("")
        .filter(|c| !c.is_empty())
        .map(|c| Class::new("one", CharSet::of(c)).at_least(8))
        .collect();
    let states = 9_usize.pow(8);
    let complex = Rules { max_length: 64, classes: &places, ..base };
    assert_eq!(of(complex), PolicyError::TooComplex { states });
    for error in [of(conflict), of(both), of(complex), of(Rules { max_length: 65, ..base })] {
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
            let policy = Policy::new(*preset.policy.rules()).expect("it is a policy");
            assert_eq!(policy.count(8), preset.policy.count(8));
        }
    });
    // 8 * 8 * 8 states.
    on_stack(192, || {
        let classes = ["a", "b", "c"].map(|letter| Class::new(letter, CharSet::of(letter)).at_least(7));
        let rules = Rules { default_length: 21, classes: &classes, ..Rules::NONE };
        let policy = Policy::new(rules).expect("it can be satisfied");
        assert_eq!(policy.count(21), Natural::from(factorial(21) / factorial(7).pow(3)));
    });
}

/// A word with a character that no password has changes nothing, and NUL is one of these.
#[test]
fn a_word_that_starts_with_nul() {
    let classes = [Class::new("letters", CharSet::of("aAbc"))];
    let rules =
        Rules { max_length: 6, default_length: 6, classes: &classes, longest_run: Some(1), ..Rules::NONE };
    let policy = Policy::new(Rules { context: Some("\0z"), ..rules }).expect("it can be satisfied");
    counts_one_by_one(&policy);
    assert_eq!(policy.count(2), Natural::from(12_u64));
}

/// The greatest policy that is allowed does not overflow a thread's usual stack.
#[test]
fn thousands_of_states() {
    let classes = HUAWEI.rules().classes.iter().map(|class| class.at_least(2)).collect::<Vec<_>>();
    let rules = Rules {
        max_length: 64,
        classes: &classes,
        longest_run: Some(2),
        context: Some("johnsmithx"),
        ..*HUAWEI.rules()
    };
    let policy = std::thread::scope(|scope| scope.spawn(|| Policy::new(rules)).join().expect("no overflow"))
        .expect("it can be satisfied");
    assert!(policy.count(64) < HUAWEI_64.count(64));
    assert!(policy.count(64).log2() > 391.0);
}

/// Without an allocator, up to [`MAX_STATES`] and no more.
#[test]
fn as_many_states_as_a_constant_bears() {
    let sets = [CharSet::of("a"), CharSet::of("b"), CharSet::of("c"), CharSet::of("d")];
    let of = |minimum| {
        let mut classes = sets.map(|set| Class::new("one", set).at_least(7));
        classes[0].minimum = minimum;
        let rules = Rules { max_length: 29, default_length: 29, classes: &classes, ..Rules::NONE };
        std::panic::catch_unwind(|| Policy::constant(rules).count(29))
    };
    assert_eq!(8_usize.pow(4), MAX_STATES);
    // Seven of each, and one more of any.
    let expected = 4 * factorial(29) / (factorial(8) * factorial(7).pow(3));
    assert_eq!(of(7).expect("there are no more than that"), Natural::from(expected));
    assert!(of(8).is_err());
}

/// The most states of a policy, and minima of five classes with which a word of [`MAX_LENGTH`] has just as many.
const MOST: (usize, [u8; 5]) =
    if cfg!(feature = "std") { (MAX_STATES_STD, [7, 7, 7, 7, 3]) } else { (MAX_STATES, [7, 7, 0, 0, 0]) };

/// The passwords of 32 characters, of five classes with these minima.
fn of_five(minima: [u8; 5], rules: Rules<'_>) -> Result<Natural, PolicyError> {
    let sets = ["a", "b", "c", "d", "e"].map(CharSet::of);
    let classes: Vec<_> =
        sets.iter().zip(minima).map(|(&set, minimum)| Class::new("one", set).at_least(minimum)).collect();
    Policy::new(Rules { default_length: 32, classes: &classes, ..rules }).map(|policy| policy.count(32))
}

/// At run time, up to [`MAX_STATES_STD`] with an allocator, and no more.
#[test]
fn as_many_states_as_a_policy_may_have() {
    // As many prefixes as characters; none of them can stand in a password, so this is soon counted.
    let word = "?".repeat(MAX_LENGTH);
    let rules = Rules { context: Some(&word), ..Rules::NONE };
    let (most, mut minima) = MOST;
    assert_eq!(minima.iter().map(|&minimum| usize::from(minimum) + 1).product::<usize>() * MAX_LENGTH, most);
    assert!(of_five(minima, rules).is_ok_and(|count| !count.is_zero()));
    minima[0] += 1;
    assert_eq!(of_five(minima, rules).unwrap_err(), PolicyError::TooComplex { states: most / 8 * 9 });
}

/// A word or a run for which no password is long enough takes no states.
#[test]
fn rules_that_cannot_be_broken() {
    let (_, mut minima) = MOST;
    minima[0] += 1;
    let word = "?".repeat(MAX_LENGTH);
    let rules = Rules { max_length: 63, ..Rules::NONE };
    let count = of_five(minima, rules).expect("there are few states");
    assert_eq!(of_five(minima, Rules { context: Some(&word), ..rules }), Ok(count));
    for run in [63, 64, 255] {
        assert_eq!(of_five(minima, Rules { longest_run: Some(run), ..rules }), Ok(count));
    }
}

#[test]
fn a_policy_like_another() {
    let readable = HUAWEI.excluding(CharSet::of("0O1lI")).expect("65 characters are left");
    assert_eq!(readable.alphabet(), HUAWEI.alphabet().difference(CharSet::of("0O1lI")));
    assert_eq!(readable.count(8), HUAWEI.count(8));
    let strict = readable.excluding(CharSet::DIGITS).expect("three classes are left");
    assert_eq!(strict.rules().never_generated, CharSet::of("0O1lI23456789"));
    let bobs = strict.with_context("Bob").expect("it can be satisfied");
    assert_eq!(bobs.rules(), &Rules { context: Some("Bob"), ..*strict.rules() });
    assert!(format!("{bobs:?}").starts_with("Policy(Rules { min_length: 8, max_length: 16,"), "{bobs:?}");
}

fn factorial(number: u128) -> u128 {
    (1..=number).product()
}

const HUAWEI_64: Policy<'_> = Policy::constant(Rules { max_length: 64, ..*HUAWEI.rules() });

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn random_policies_counted_one_by_one(parts in parts("abAB1", 6)) {
        parts.with(counts_one_by_one);
    }

    #[test]
    fn words_with_borders_counted_one_by_one(parts in parts("aAb", 9)) {
        parts.with(counts_one_by_one);
    }
}
