//! Characters that are not generated as the first one: what is accepted stays the same, and the others are equally likely.

use std::collections::BTreeMap;

use crate::{naive, source::Source};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sip_password::{
    CharSet, Class, ClassSet, Conflict, EXOTEL, HUAWEI, NXCLOUD, Natural, PRESETS, Password, Policy,
    PolicyError, Rules, SafeFor,
};

/// A constant policy, which the compiler counts.
const NO_FORMULA: Policy = Policy::of(HUAWEI.rules().with_excluded_first(CharSet::of("=+-@")));

fn sets(alphabet: &str) -> impl Iterator<Item = CharSet> {
    (0..1_u32 << alphabet.len()).map(move |bits| {
        let chosen = alphabet.chars().enumerate().filter(|(index, _)| bits >> index & 1 == 1);
        chosen.map(|(_, character)| character).collect()
    })
}

/// Rules of every kind over six characters, of which a candidate of four takes one word.
fn of_every_kind() -> Vec<(&'static str, Rules)> {
    let classes = [
        Class::new("lower", CharSet::of("abc")),
        Class::new("upper", CharSet::of("A")),
        Class::new("digits", CharSet::of("1")),
    ];
    let of = |minima: [u8; 3]| [0, 1, 2].map(|index| classes[index].at_least(minima[index]));
    let base = Rules::new()
        .with_lengths(1, 4)
        .with_default_length(4)
        .with_classes(&classes)
        .with_uncounted(CharSet::of("-"));
    vec![
        ("lengths", base.clone()),
        ("classes", base.clone().with_min_classes(2)),
        ("minima", base.clone().with_classes(&of([0, 2, 1]))),
        ("repeats", base.clone().with_max_repeat(1)),
        ("two repeats", base.clone().with_max_repeat(2)),
        ("runs", base.clone().with_max_run(2, ClassSet::EMPTY.with(0).with(2))),
        ("sequences", base.clone().with_max_sequence(2)),
        ("different characters", base.clone().with_min_distinct(3)),
        ("different characters, no repeats", base.clone().with_min_distinct(3).with_max_repeat(1)),
        ("a first class", base.clone().with_first(ClassSet::EMPTY.with(0).with(1))),
        ("words", base.clone().with_context_words(&["a1", "-a"]).with_reversed_context(true)),
        ("words, repeats", base.clone().with_context("aA").with_max_repeat(1)),
        ("words, sequences", base.clone().with_context("ab").with_max_sequence(2)),
        ("different characters, words", base.clone().with_min_distinct(2).with_context("b-")),
        ("excluded", base.clone().with_excluded(CharSet::of("b1"))),
        (
            "most",
            base.with_classes(&of([1, 0, 1]))
                .with_min_classes(2)
                .with_max_repeat(1)
                .with_max_run(2, ClassSet::EMPTY.with(0))
                .with_first(ClassSet::EMPTY.with(0).with(2)),
        ),
    ]
}

/// Every set of first characters, beside every rule: counted, and reached equally often by all blocks of digits.
#[test]
fn every_set_beside_every_rule() {
    let (mut policies, mut refused) = (0, 0);
    for (name, rules) in of_every_kind() {
        for set in sets("abcA1-") {
            let rules = rules.clone().with_excluded_first(set);
            let Ok(policy) = Policy::new(rules.clone()) else {
                assert!(naive::generated(&rules, 4).is_empty(), "{name}, {set}");
                refused += 1;
                continue;
            };
            policies += 1;
            let counts = policy.counts();
            for length in 1..=4 {
                let accepted = naive::compliant(&rules, rules.accepted(), length).len();
                assert_eq!(counts.accepted(length), Natural::from(accepted as u128), "{name}, {set}");
                let generated = naive::generated(&rules, length);
                assert_eq!(counts.generated(length), Natural::from(generated.len() as u128), "{name}, {set}");
                let is_rare = counts.acceptance(length) < 1.0 / 738.0 && cfg!(not(feature = "std"));
                let is_made = !generated.is_empty() && !is_rare;
                assert_eq!(policy.tries(length).is_some(), is_made, "{name}, {set}");
            }
            // Rare passwords are made in another way: see `exact`.
            if counts.acceptance(4) > 1.0 / 738.0 {
                equally_often(&policy, &rules);
            }
        }
    }
    // The rest has no first character.
    assert!(policies > 900 && refused > 16, "{policies} {refused}");
}

/// Each block of four digits, by one word.
fn equally_often(policy: &Policy, rules: &Rules) {
    let radix = rules.alphabet().len() as u64;
    let per_word = naive::per_word(radix);
    let blocks = radix.pow(4);
    let mut reached: BTreeMap<String, usize> = BTreeMap::new();
    for block in 0..blocks {
        // A word whose first four digits these are, and that is not rejected.
        let all = radix.pow(per_word);
        let next = (u128::from(block * radix.pow(per_word - 4) + 1) << 32).div_ceil(u128::from(all));
        let mut words = [(next - 1) as u32].into_iter();
        let mut source = Source(|| words.next().ok_or(crate::source::Unplugged));
        let mut buffer = [0xff; 4];
        match policy.generate(&mut source, &mut buffer) {
            Ok(password) => *reached.entry(password.expose_secret().to_owned()).or_default() += 1,
            Err(_) => assert_eq!(buffer, [0; 4]),
        }
    }
    assert!(
        reached.keys().eq(&naive::generated(rules, 4).into_iter().collect::<std::collections::BTreeSet<_>>())
    );
    assert!(reached.values().all(|&times| times == 1));
}

#[test]
fn what_is_accepted_stays_the_same() {
    assert!(NO_FORMULA.check("+Not_a_real_1").is_ok());
    assert_eq!(NO_FORMULA.alphabet(), HUAWEI.alphabet());
    for length in HUAWEI.lengths() {
        assert_eq!(NO_FORMULA.count(length), HUAWEI.count(length));
        // Two of Huawei's 70 characters: at least 68 of 70 passwords begin with another.
        let cost = HUAWEI.entropy(length) - NO_FORMULA.entropy(length);
        assert!((0.03..0.06).contains(&cost), "{length}: {cost}");
    }
}

/// What is not generated at all is no rule on the first character, and neither is what is not accepted.
#[test]
fn rules_without_what_has_no_effect() {
    let base = HUAWEI.rules().with_excluded(CharSet::of("+0#"));
    let same =
        Policy::new(base.clone().with_excluded_first(CharSet::of("+#="))).expect("it can be satisfied");
    assert!(same == Policy::new(base.clone()).expect("it can be satisfied"));
    assert_eq!(same.rules().excluded(), CharSet::of("+0#"));
    let rules = base.with_excluded_first(CharSet::of("+@AZ#"));
    let policy = Policy::new(rules.clone()).expect("it can be satisfied");
    assert_eq!(policy.rules(), rules.with_excluded_first(CharSet::of("@AZ")));
    assert_eq!(
        policy.excluding(CharSet::of("A")).expect("as above").rules().excluded_first(),
        CharSet::of("@Z")
    );
    for preset in PRESETS {
        let rules = preset.policy.rules();
        assert!(Policy::new(rules.clone()).expect("it is a policy").rules() == rules);
        assert_eq!(rules.accepted().difference(rules.excluded()), preset.policy.alphabet());
    }
}

#[test]
fn a_policy_that_leaves_no_first_character() {
    let of = |rules| Policy::new(rules).expect_err("no password is left");
    let letters = CharSet::UPPERCASE.union(CharSet::LOWERCASE);
    let first = HUAWEI.rules().with_first(ClassSet::EMPTY.with(0).with(1));
    let PolicyError::NothingToGenerate { conflict: Conflict { excluded_first: true, first: true, .. } } =
        of(first.clone().with_excluded_first(letters))
    else {
        panic!("expected a conflict of both rules on the first character")
    };
    assert_eq!(
        of(first.with_excluded(CharSet::LOWERCASE).with_excluded_first(CharSet::UPPERCASE)).to_string(),
        "excluded: no compliant password of the default length is left to generate: at 16 characters, conflict: first and \
         excluded and excluded_first"
    );
    assert_eq!(
        of(HUAWEI.rules().with_excluded_first(CharSet::GRAPHIC)).to_string(),
        "excluded: no compliant password of the default length is left to generate: at 16 characters, conflict: \
         excluded_first"
    );
}

/// Many at once, by the vector unit too, are the same as one after another, with alphabets of which a word gives four to eight characters.
#[cfg(feature = "std")]
#[test]
fn many_are_the_same_as_one_after_another() {
    let digits = Class::new("digits", CharSet::DIGITS);
    let of = |rules: Rules, first: &str| Policy::new(rules.with_excluded_first(CharSet::of(first)));
    let policies = [
        of(HUAWEI.rules(), "+@aZ0"),
        of(EXOTEL.rules(), "@ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        of(NXCLOUD.rules().with_max_repeat(1), "abc"),
        of(Rules::new().with_class(digits), "0"),
        of(Rules::new().with_class(Class::new("some", CharSet::of("abcdefghijklmn"))), "bdfhjl"),
        // Rare: all but one are ones, and none is the first.
        of(
            Rules::new()
                .with_class(Class::new("ones", CharSet::of("1")).at_least(15))
                .with_class(digits_but_one()),
            "1",
        ),
    ];
    for policy in policies.map(|policy| policy.expect("it can be satisfied")) {
        let first = policy.rules().excluded_first();
        for length in [9, 16, 17] {
            let Ok(bulk) = policy.bulk(length, b"\n") else { continue };
            let (mut one, mut many) = (ChaCha20Rng::from_seed([3; 32]), ChaCha20Rng::from_seed([3; 32]));
            let mut records = vec![0; 500 * bulk.record_len()];
            if policy.tries(length).is_none() {
                continue;
            }
            bulk.fill(&mut many, &mut records).expect("the source is good");
            for record in records.chunks(bulk.record_len()) {
                let password = Password::<17>::generate(&policy, length, &mut one).expect("as above");
                assert_eq!(password.expose_secret_bytes(), &record[..length]);
                assert!(!first.contains(record[0].into()) && policy.check(&record[..length]).is_ok());
            }
        }
    }
}

#[cfg(feature = "std")]
fn digits_but_one() -> Class {
    Class::new("digits", CharSet::of("023456789"))
}

/// Nothing that a generated password begins with means anything to the context, and what it costs is little.
#[test]
fn safe_at_the_start() {
    let everything =
        Policy::new(Rules::new().with_uncounted(CharSet::PRINTABLE)).expect("it can be satisfied");
    for policy in [&HUAWEI, &EXOTEL, &NXCLOUD, &everything] {
        for &context in SafeFor::ALL {
            let safe = policy.safe_for(&[context]).expect("letters and digits are enough");
            let first = context.excluded_first();
            assert_eq!(safe.alphabet(), policy.alphabet().difference(not(context.characters())), "{context}");
            let mut rng = ChaCha20Rng::from_seed([9; 32]);
            for _ in 0..200 {
                let password = Password::<16>::generate(&safe, 16, &mut rng).expect("the source is good");
                assert!(!password.expose_secret().starts_with(|c| first.contains(c)), "{context}");
            }
        }
    }
    let cost = |policy: &Policy| {
        policy.entropy(16) - policy.safe_for(&[SafeFor::Csv]).expect("as above").entropy(16)
    };
    assert!((0.0..0.05).contains(&cost(&HUAWEI)), "{}", cost(&HUAWEI));
    assert!((0.0..0.05).contains(&cost(&EXOTEL)), "{}", cost(&EXOTEL));
}

fn not(set: CharSet) -> CharSet {
    CharSet::PRINTABLE.difference(set)
}
