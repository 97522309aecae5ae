//! Passwords of more than [`MAX_LENGTH`] characters: checked as all others, never generated, never counted.

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sip_password::{
    CharSet, Class, ClassSet, GenerateError, LengthError, MAX_CHECKED_LENGTH, MAX_LENGTH, Natural, PRESETS,
    Policy, PolicyError, Rules,
};

use crate::{
    naive::{check, reasons},
    random,
};

/// Longest lengths on both sides of every limit: of what is generated, of Telnyx, and of a byte.
const LONGEST: [u16; 7] = [63, 64, 65, 128, 254, 255, 256];

/// The lengths of passwords, in characters.
const LENGTHS: [usize; 20] =
    [0, 1, 62, 63, 64, 65, 66, 127, 128, 129, 192, 253, 254, 255, 256, 257, 258, 300, 512, 513];

/// Rules of every kind, with lengths of up to 63 characters at least.
fn rules_of_every_kind() -> Vec<(&'static str, Rules)> {
    let lower = Class::new("lower", CharSet::LOWERCASE);
    let digits = Class::new("digits", CharSet::DIGITS);
    let stars = Class::new("stars", CharSet::of("*"));
    let classes = [lower, Class::new("upper", CharSet::UPPERCASE), digits, stars];
    let base = Rules::new().with_classes(&classes);
    let long_word = "ab1*".repeat(15);
    let all = [
        ("lengths", base.clone()),
        ("one class", Rules::new().with_class(lower).with_min_classes(1)),
        ("one character", Rules::new().with_class(stars.at_least(40))),
        ("classes", base.clone().with_min_classes(3)),
        ("every class", base.clone().with_min_classes(4)),
        ("a minimum of each", base.clone().with_classes(&classes.map(|class| class.at_least(1)))),
        ("minima", base.clone().with_classes(&[lower.at_least(2), digits.at_least(60)])),
        ("uncounted", base.clone().with_uncounted(CharSet::of("-_")).with_min_classes(2)),
        ("excluded", base.clone().with_excluded(CharSet::of("ab01"))),
        ("excluded first", base.clone().with_excluded_first(CharSet::of("ab01"))),
        ("repeats of 2", base.clone().with_max_repeat(2)),
        ("repeats of 63", base.clone().with_max_repeat(63)),
        ("repeats of 64", base.clone().with_max_repeat(64)),
        ("repeats of 128", base.clone().with_max_repeat(128)),
        ("repeats of 255", base.clone().with_max_repeat(255)),
        ("first", base.clone().with_first(ClassSet::EMPTY.with(1))),
        ("context", base.clone().with_context("ab1")),
        ("long context", base.clone().with_context(&long_word)),
        ("shortest of 63", base.clone().with_lengths(63, 64)),
        (
            "all",
            base.with_classes(&[lower.at_least(3), classes[1], digits.at_least(1), stars])
                .with_min_classes(3)
                .with_uncounted(CharSet::of("-"))
                .with_max_repeat(3)
                .with_first(ClassSet::EMPTY.with(0).with(2))
                .with_context("a1"),
        ),
    ];
    all.into_iter().map(|(name, rules)| (name, rules.with_default_length(63))).collect()
}

/// The same rules with this longest length; the default length stays.
fn up_to(rules: &Rules, longest: u16) -> Rules {
    let default = rules.default_length().min(longest.try_into().unwrap_or(u8::MAX));
    rules.clone().with_lengths(rules.min_length(), longest).with_default_length(default)
}

/// Passwords of `length` characters in which a rule decides at the beginning, at the end or between.
fn passwords(length: usize) -> Vec<String> {
    let cycle = |text: &str| text.chars().cycle().take(length).collect::<String>();
    let mut all: Vec<String> =
        ["a", "*", "1", "-", "aA1*", "Aa1-", "a2A*-", "1a2b", "ab1*", "aab"].map(cycle).into();
    for (around, special) in
        [("a", "1"), ("a", "A1*"), ("*", "a"), ("1", "aa"), ("aA1*", "ab1"), ("aA1*", " "), ("aA1*", "é")]
    {
        let long = special.chars().count();
        if length > long {
            let rest: String = around.chars().cycle().take(length - long).collect();
            let (left, right) = rest.split_at(rest.len() / 2);
            all.extend([
                format!("{special}{rest}"),
                format!("{rest}{special}"),
                format!("{left}{special}{right}"),
            ]);
        }
    }
    for run in [2, 3, 4, 63, 64, 65, 128, 129, 254, 255, 256] {
        if length >= run {
            all.push("*".repeat(run) + &"aA1*".chars().cycle().take(length - run).collect::<String>());
            all.push("Aa1*".chars().cycle().take(length - run).collect::<String>() + &"1".repeat(run));
        }
    }
    all
}

#[test]
fn checks_as_the_reference_implementation() {
    let passwords: Vec<String> = LENGTHS.into_iter().flat_map(passwords).collect();
    for (name, rules) in rules_of_every_kind() {
        for longest in LONGEST {
            let rules = up_to(&rules, longest);
            let policy = Policy::new(rules.clone()).expect("it is a policy");
            assert_eq!(policy.rules(), rules, "{name}, {longest}");
            assert_eq!(*policy.lengths().end(), usize::from(longest), "{name}");
            for password in &passwords {
                let expected = check(&rules, password);
                assert_eq!(reasons(&policy, password.as_bytes()), expected, "{name}, {longest}: {password}");
            }
        }
    }
}

/// In numbers, without the reference implementation: the last length is allowed, the next is not, and a class of 256 characters counts
/// as such.
#[test]
fn limits() {
    for longest in LONGEST.map(usize::from) {
        for (name, letter) in [("one class", "a"), ("one character", "*")] {
            let (_, rules) =
                rules_of_every_kind().into_iter().find(|(rule, _)| *rule == name).expect("it is there");
            let policy = Policy::new(up_to(&rules, longest as u16)).expect("it is a policy");
            assert!(policy.check(&letter.repeat(longest)).is_ok());
            let error = policy.check(&letter.repeat(longest + 1)).expect_err("it is too long").to_string();
            let (found, most) = (longest + 1, longest);
            assert_eq!(error, format!("too-long ({found} characters, expected at most {most})"));
        }
    }
    let repeats = |max: u8| {
        let digits = Class::new("digits", CharSet::DIGITS);
        Policy::new(Rules::new().with_lengths(1, MAX_CHECKED_LENGTH).with_class(digits).with_max_repeat(max))
            .expect("it is a policy")
    };
    assert!(repeats(255).check(&"1".repeat(255)).is_ok());
    assert_eq!(
        repeats(255).check(&"1".repeat(256)).expect_err("it repeats").to_string(),
        "too-many-repeats (the same character 256 times in a row, expected at most 255)"
    );
}

/// Every length from 0 to beyond the limit, in both forms of the verdict: one password, and lines.
#[cfg(feature = "std")]
#[test]
fn lines_as_one_by_one() {
    for (name, rules) in rules_of_every_kind() {
        let policy = Policy::new(up_to(&rules, MAX_CHECKED_LENGTH)).expect("it is a policy");
        let lines: Vec<String> = (1..300).flat_map(|length| passwords(length).into_iter().take(12)).collect();
        let mut verdicts = Vec::new();
        policy.check_lines(lines.join("\n").as_bytes(), |verdict| verdicts.push(verdict.is_ok()));
        let expected: Vec<bool> = lines.iter().map(|line| check(&policy.rules(), line).is_empty()).collect();
        assert_eq!(verdicts, expected, "{name}");
        assert!(expected.contains(&false) || name == "lengths", "{name}");
    }
}

/// What is generated, counted and tried does not depend on how many characters more are allowed.
#[test]
fn generates_and_counts_as_before() {
    let presets = PRESETS.iter().filter(|preset| preset.name != "nxcloud-random");
    let presets = presets.map(|preset| (preset.name, preset.policy.rules()));
    for (name, rules) in rules_of_every_kind().into_iter().chain(presets) {
        let short = Policy::new(up_to(&rules, MAX_LENGTH as u16)).expect("it is a policy");
        let counts = short.counts();
        for longest in [65, 255, 256] {
            let long = Policy::new(up_to(&rules, longest)).expect("it is a policy");
            assert_eq!(long.states(), short.states(), "{name}");
            let long_counts = long.counts();
            assert_eq!(long_counts, counts, "{name}");
            for length in 0..=MAX_LENGTH {
                assert_eq!(long.tries(length), short.tries(length), "{name}, {length}");
                let [a, b] = [&long, &short].map(|policy| generated(policy, length));
                match (&a, &b) {
                    (Err(LengthError::NotAllowed { .. }), Err(LengthError::NotAllowed { .. })) => {}
                    _ => assert_eq!(a, b, "{name}, {length}"),
                }
            }
            for length in MAX_LENGTH + 1..=usize::from(longest) {
                assert_eq!(
                    (long.tries(length), long_counts.accepted(length)),
                    (None, Natural::ZERO),
                    "{name}"
                );
                assert_eq!(generated(&long, length), Err(LengthError::NotGenerated { length }), "{name}");
            }
            let found = usize::from(longest) + 1;
            let (min, max) = (usize::from(rules.min_length()), usize::from(longest));
            assert_eq!(generated(&long, found), Err(LengthError::NotAllowed { found, min, max }), "{name}");
        }
    }
}

/// The password of one seed.
fn generated(policy: &Policy, length: usize) -> Result<String, LengthError> {
    let mut buffer = vec![b'#'; length];
    match policy.generate(&mut ChaCha20Rng::seed_from_u64(length as u64), &mut buffer) {
        Ok(password) => Ok(password.expose_secret().to_owned()),
        Err(GenerateError::Length(error)) => {
            assert!(buffer.iter().all(|&byte| byte == 0));
            Err(error)
        }
        Err(error) => panic!("{error}"),
    }
}

/// Many at once, and in owned buffers.
#[cfg(feature = "std")]
#[test]
fn no_length_is_cut_in_bulk() {
    let (_, rules) = rules_of_every_kind().swap_remove(3);
    let policy = Policy::new(up_to(&rules, MAX_CHECKED_LENGTH)).expect("it is a policy");
    for length in [65, 128, 255, 256] {
        assert_eq!(policy.bulk(length, b"\n").map(drop), Err(LengthError::NotGenerated { length }));
        let owned =
            sip_password::Password::<256>::generate(&policy, length, &mut ChaCha20Rng::seed_from_u64(1));
        assert_eq!(owned.map(drop), Err(GenerateError::Length(LengthError::NotGenerated { length })));
    }
    assert!(policy.bulk(64, b"\n").is_ok());
}

/// Every combination of the two lengths near the limits.
#[test]
fn which_lengths_are_valid() {
    let lengths = |limits: &[u16]| -> Vec<u16> {
        limits.iter().flat_map(|&limit| limit.saturating_sub(2)..=limit + 2).collect()
    };
    for min in lengths(&[0, 16, 64, 128, 253]) {
        for max in lengths(&[0, 16, 64, 128, 256, 257, 320, 512, u16::MAX - 2]) {
            let min = min as u8;
            let rules = Rules::new().with_lengths(min, max).with_class(Class::new("digits", CharSet::DIGITS));
            assert_eq!(u16::from(rules.default_length()), 16.min(max).max(min.into()), "{min}, {max}");
            let valid = (1..=64).contains(&min) && (u16::from(min)..=256).contains(&max);
            match Policy::new(rules) {
                Ok(_) => assert!(valid, "{min}, {max}"),
                Err(error) => assert_eq!((error, valid), (PolicyError::Lengths { min, max }, false)),
            }
        }
    }
}

proptest! {
    #[test]
    fn checks_random_rules_as_the_reference_implementation(
        rules in random::rules("ab1*", 6),
        longest in prop::sample::select(LONGEST.to_vec()),
        password in prop::collection::vec(prop::sample::select("aab1*bB é".chars().collect::<Vec<_>>()), 0..300),
        run in 0..300_usize,
    ) {
        let rules = up_to(&rules, longest);
        let password: String = password.into_iter().collect::<String>() + &"a".repeat(run);
        if let Ok(policy) = Policy::new(rules.clone()) {
            prop_assert_eq!(reasons(&policy, password.as_bytes()), check(&rules, &password));
        }
    }
}
