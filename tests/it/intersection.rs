//! The intersection of policies: what it accepts is what each of them accepts.

use crate::random::policies;
use proptest::{prelude::*, test_runner::Config};
use sip_password::{CharSet, Class, ClassSet, IntersectionConflict, PRESETS, Policy, PolicyError, Rules};

/// Few characters that random rules tell apart, so that all words can be tried.
const ALPHABET: &str = "abB1-";
const LONGEST: usize = 5;

/// Every string of up to [`LONGEST`] characters of [`ALPHABET`].
fn words() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut start = 0;
    for _ in 0..LONGEST {
        let longer: Vec<_> = all[start..]
            .iter()
            .flat_map(|word| ALPHABET.chars().map(move |character| format!("{word}{character}")))
            .collect();
        start = all.len();
        all.extend(longer);
    }
    all
}

/// Compares an intersection with the policies that it is of, for every word.
fn compare(policies: &[&Policy], words: &[String]) -> Result<bool, TestCaseError> {
    let all = |word: &str| policies.iter().all(|policy| policy.check(word).is_ok());
    match Policy::intersection(policies) {
        Ok(both) => {
            for word in words {
                prop_assert_eq!(both.check(word).is_ok(), all(word), "{} {:?}", word, &both);
            }
            let generated =
                policies.iter().fold(CharSet::PRINTABLE, |set, one| set.intersection(one.alphabet()));
            prop_assert_eq!(both.alphabet(), generated);
            let first =
                policies.iter().fold(CharSet::EMPTY, |set, one| set.union(one.rules().excluded_first()));
            prop_assert_eq!(both.rules().excluded_first(), first.intersection(generated));
            return Ok(true);
        }
        Err(error) => match error.conflict {
            IntersectionConflict::Lengths { .. }
            | IntersectionConflict::Characters
            | IntersectionConflict::MissingClass
            | IntersectionConflict::First
            | IntersectionConflict::Rules(PolicyError::Minima { .. } | PolicyError::MinDistinct { .. }) => {
                let word = words.iter().find(|word| all(word));
                prop_assert!(word.is_none(), "{:?}: {}", word, error);
            }
            // No length has a password without the excluded characters.
            IntersectionConflict::Rules(
                PolicyError::Infeasible { .. } | PolicyError::NothingToGenerate { .. },
            ) => {
                let alphabets: Vec<_> = policies.iter().map(|policy| policy.alphabet()).collect();
                let is_first = |c: char| policies.iter().all(|one| !one.rules().excluded_first().contains(c));
                let is_generated = |word: &str| {
                    word.starts_with(is_first)
                        && word.chars().all(|c| alphabets.iter().all(|one| one.contains(c)))
                };
                let word = words.iter().find(|word| is_generated(word) && all(word));
                prop_assert!(word.is_none(), "{:?}: {}", word, error);
            }
            _ => {}
        },
    }
    Ok(false)
}

proptest! {
    #![proptest_config(Config::with_cases(1_500))]

    #[test]
    fn pairs_against_every_word(
        one in policies(ALPHABET, LONGEST as u8),
        other in policies(ALPHABET, LONGEST as u8),
    ) {
        compare(&[&one, &other], &words())?;
    }

    #[test]
    fn triples_against_every_word(
        one in policies(ALPHABET, LONGEST as u8),
        two in policies(ALPHABET, LONGEST as u8),
        three in policies(ALPHABET, LONGEST as u8),
    ) {
        compare(&[&one, &two, &three], &words())?;
        compare(&[&three, &one, &two], &words())?;
    }

    /// A policy and itself are that policy, by whatever rules it is stated.
    #[test]
    fn a_policy_and_itself(one in policies(ALPHABET, LONGEST as u8)) {
        let has_intersection = compare(&[&one, &one], &words())?;
        prop_assert!(has_intersection, "{:?}", one);
        prop_assert_eq!(Policy::intersection(&[&one]), Ok(one));
    }
}

#[test]
fn presets_and_themselves() {
    for preset in PRESETS {
        let policy = preset.policy;
        assert_eq!(Policy::intersection(&[policy, policy]).as_ref(), Ok(policy), "{}", preset.name);
        for other in PRESETS {
            let both = Policy::intersection(&[policy, other.policy]);
            let is_short = [preset.name, other.name].contains(&"nxcloud-random") && preset.name != other.name;
            assert_eq!(both.is_ok(), !is_short, "{} and {}: {both:?}", preset.name, other.name);
        }
    }
}

fn letters() -> Class {
    Class::new("letters", CharSet::UPPERCASE.union(CharSet::LOWERCASE))
}

fn digits() -> Class {
    Class::new("digits", CharSet::DIGITS)
}

fn policy(rules: Rules) -> Policy {
    Policy::new(rules).expect("the rules of the test are a policy")
}

#[track_caller]
fn refused(policies: &[&Policy], between: Option<(usize, usize)>, words: &str) {
    let error = Policy::intersection(policies).expect_err(words);
    assert_eq!((error.policies, error.to_string().as_str()), (between, words));
}

/// Classes are split where the policies differ. Two letters of any case follow from one of each case, and not from three of four
/// classes.
#[test]
fn letters_of_any_case_beside_cases() {
    let two_letters =
        policy(Rules::new().with_lengths(6, 40).with_classes(&[letters().at_least(2), digits().at_least(2)]));
    let cases = policy(
        Rules::new()
            .with_lengths(8, 20)
            .with_class(Class::new("upper", CharSet::UPPERCASE).at_least(1))
            .with_class(Class::new("lower", CharSet::LOWERCASE).at_least(1))
            .with_uncounted(CharSet::DIGITS),
    );
    let both = Policy::intersection(&[&cases, &two_letters]).expect("they have an intersection");
    let classes = [
        Class::new("upper", CharSet::UPPERCASE),
        Class::new("lower", CharSet::LOWERCASE),
        digits().at_least(2),
    ];
    assert_eq!(both, policy(Rules::new().with_lengths(8, 20).with_classes(&classes).with_min_classes(3)));
    let with_specials = policy(two_letters.rules().with_uncounted(CharSet::of("@*")));
    refused(
        &[&sip_password::EXOTEL, &with_specials, &sip_password::HUAWEI],
        Some((0, 1)),
        "policies 0 and 1: no single policy can state what they require of character classes",
    );
}

#[test]
fn what_has_no_intersection() {
    let short = policy(Rules::new().with_lengths(1, 4).with_classes(&[digits()]));
    let long = policy(Rules::new().with_lengths(5, 64).with_classes(&[digits()]));
    refused(
        &[&short, &short, &long],
        Some((0, 2)),
        "policies 0 and 2: one requires at least 5 characters, another allows at most 4",
    );
    let only_letters = policy(Rules::new().with_lengths(1, 4).with_classes(&[letters()]));
    refused(&[&short, &only_letters], Some((0, 1)), "policies 0 and 1: no character is accepted by all");
    refused(&[], None, "expected at least one policy, found none");

    let of_three = |runs: u8, count: u8, set: ClassSet| {
        let rules = Rules::new().with_lengths(1, 9).with_classes(&[letters(), digits()]);
        policy(rules.with_max_run(count, set).with_max_repeat(runs))
    };
    let set = |index| ClassSet::EMPTY.with(index);
    let rows = [of_three(3, 2, set(0)), of_three(2, 2, set(1)), of_three(9, 3, set(1))];
    let both = Policy::intersection(&[&rows[0], &rows[1], &rows[2]]).expect("one number fits");
    assert_eq!(both.rules().max_repeat(), Some(2));
    assert_eq!(both.rules().max_run(), Some((2, set(0).with(1))));
    refused(
        &[&rows[0], &rows[2]],
        Some((0, 1)),
        "policies 0 and 1: no single policy can state their limits on runs of one class",
    );

    let first = |index| {
        let rules = Rules::new().with_lengths(1, 9).with_classes(&[letters(), digits()]);
        policy(rules.with_first(set(index)))
    };
    refused(&[&first(0), &first(1)], Some((0, 1)), "policies 0 and 1: no character can be the first for all");
}

/// What two require of classes cannot be stated, but that follows from a third: the pair that excludes each other is named.
#[test]
fn a_contradiction_comes_first() {
    let letters = policy(
        Rules::new()
            .with_lengths(6, 40)
            .with_classes(&[letters().at_least(2), digits().at_least(2)])
            .with_uncounted(CharSet::of("@*")),
    );
    let cases = policy(
        Rules::new()
            .with_lengths(8, 20)
            .with_class(Class::new("upper", CharSet::UPPERCASE).at_least(1))
            .with_class(Class::new("lower", CharSet::LOWERCASE).at_least(1))
            .with_uncounted(CharSet::GRAPHIC.difference(CharSet::UPPERCASE.union(CharSet::LOWERCASE))),
    );
    assert!(Policy::intersection(&[&sip_password::HUAWEI, &letters, &cases]).is_ok());
    let number = policy(Rules::new().with_lengths(1, 9).with_classes(&[digits()]));
    refused(
        &[&sip_password::HUAWEI, &letters, &cases, &number],
        Some((0, 3)),
        "policies 0 and 3: one requires a class of which another accepts no character",
    );
}

/// A minimum of all characters that are left is a length.
#[test]
fn a_minimum_of_all_characters() {
    let of = |classes: &[Class]| policy(Rules::new().with_lengths(1, 9).with_classes(classes));
    let one = of(&[letters().at_least(1), digits()]);
    let both = Class::new("both", letters().characters().union(CharSet::DIGITS)).at_least(4);
    let joined = Policy::intersection(&[&one, &of(&[both])]).expect("they have an intersection");
    assert_eq!(joined.lengths(), 4..=9);
    for (password, complies) in [("a123", true), ("1234", false), ("a12", false)] {
        assert_eq!(joined.check(password).is_ok(), complies, "{password}");
    }
    let ten = policy(one.rules().with_lengths(1, 3));
    refused(
        &[&ten, &of(&[both])],
        Some((0, 1)),
        "policies 0 and 1: one requires at least 4 characters, another allows at most 3",
    );
}

/// What is a class in every policy keeps its name though nothing is required of it.
#[test]
fn classes_without_a_rule() {
    let of = |classes: &[Class]| {
        let rules = Rules::new().with_lengths(1, 9).with_classes(classes);
        policy(rules.clone().with_uncounted(CharSet::PRINTABLE.difference(rules.accepted())))
    };
    let (one, other) = (of(&[letters(), digits()]), of(&[Class::new("upper", CharSet::UPPERCASE), digits()]));
    let joined = Policy::intersection(&[&one, &other]).expect("they have an intersection");
    let names: Vec<_> =
        joined.classes().iter().map(|class| (class.name().to_owned(), class.characters())).collect();
    assert_eq!(names, [("letters".into(), CharSet::UPPERCASE), ("digits".into(), CharSet::DIGITS)]);
    assert_eq!(joined.accepted(), CharSet::PRINTABLE);
}

/// Any two have an intersection, and not all three.
#[test]
fn three_that_only_together_have_none() {
    let of =
        |characters: &str| policy(Rules::new().with_lengths(1, 9).with_uncounted(CharSet::of(characters)));
    refused(
        &[&of("ab"), &of("bc"), &of("ac")],
        None,
        "all policies together: no character is accepted by all",
    );
}

/// Nine classes that differ, in two policies of five.
#[test]
fn more_classes_than_a_policy_can_have() {
    let of = |sets: &[&str]| {
        let classes: Vec<_> = sets.iter().map(|set| Class::new(set, CharSet::of(set)).at_least(1)).collect();
        policy(Rules::new().with_lengths(9, 20).with_classes(&classes))
    };
    let one = of(&["ab", "cd", "ef", "gh", "ij", "k"]);
    let other = of(&["bc", "de", "fg", "hi", "ja", "k"]);
    refused(
        &[&one, &other],
        Some((0, 1)),
        "policies 0 and 1: expected at most 8 classes that rules tell apart, found 11",
    );
}

/// A word that only one policy refuses reversed is refused both ways.
#[test]
fn words_of_both() {
    let of = |words: &[&str], reversed| {
        let rules = sip_password::HUAWEI.rules().with_context_words(words).with_reversed_context(reversed);
        policy(rules)
    };
    let both = Policy::intersection(&[&of(&["agent", "42"], true), &of(&["PHONE", "Agent"], false)]);
    let both = both.expect("they have an intersection");
    for (password, complies) in [
        ("Not_a_tnega_12", false),
        ("Not_an_agent_1", false),
        ("Not_a_phone_12", false),
        ("Not_a_enohp_12", true),
        ("Not_a_real_24", false),
    ] {
        assert_eq!(both.check(password).is_ok(), complies, "{password}");
    }
    assert_eq!(both.rules().context().collect::<Vec<_>>(), ["agent", "tnega", "42", "24", "PHONE"]);
    let longer =
        Policy::intersection(&[&of(&["AGENT", "x"], true), &of(&["my-agent-1"], true)]).expect("as above");
    assert_eq!(longer.rules().context().collect::<Vec<_>>(), ["AGENT", "x"]);
    let both = Policy::intersection(&[&of(&["agent"], true), &sip_password::EXOTEL]).expect("one has words");
    assert!(both.rules().reversed_context());
}
