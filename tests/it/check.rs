//! `check` against a table, and against its naive twin.

use crate::naive;
use crate::naive::{Reason, reasons};
use crate::random::policies;
use proptest::prelude::*;
use sip_password::{
    CharSet, Class, ClassSet, EXOTEL, HUAWEI, NXCLOUD, NXCLOUD_RANDOM, PRESETS, Policy, Rules, Violation,
    ViolationKind,
};

const PRINTABLE: &str =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

#[test]
fn presets_by_example() {
    use ViolationKind::*;
    let table: &[(&Policy, &str, &[ViolationKind])] = &[
        (&HUAWEI, "Abcdef12", &[]),
        (&HUAWEI, "abcdef1~", &[]),
        (&HUAWEI, "ABCDEF1~", &[]),
        (&HUAWEI, "Abcdefg~", &[]),
        (&HUAWEI, "Aa1~@^*_+.?Bb2Cc", &[]),
        (&HUAWEI, "", &[TooShort, TooFewClasses]),
        (&HUAWEI, "Abcde12", &[TooShort]),
        (&HUAWEI, "Abcdefghijklmn123", &[TooLong]),
        (&HUAWEI, "abcdefg1", &[TooFewClasses]),
        (&HUAWEI, "Abcdef1 ", &[NotAllowed]),
        (&HUAWEI, "Abcdef1#", &[NotAllowed]),
        (&HUAWEI, "Abcdef1\0", &[NotAllowed]),
        (&HUAWEI, "Abcdef1\u{7f}", &[NotAllowed]),
        (&HUAWEI, "Äbcdef12", &[NotAscii, TooFewClasses]),
        (&HUAWEI, "密码密码密码密码", &[NotAscii, TooFewClasses]),
        (&EXOTEL, "Abcdef1#", &[]),
        (&EXOTEL, "Abcdef1~", &[]),
        (&EXOTEL, "abcdef1~", &[TooFewClasses]),
        (&EXOTEL, "abcdef1#", &[]),
        (&EXOTEL, "Abcdef1 ", &[NotAllowed]),
        (&NXCLOUD, "Abcdef12", &[]),
        (&NXCLOUD, "Abcdef1,", &[NotAllowed]),
        (&NXCLOUD, "abcdef12", &[TooFewClasses]),
        (&NXCLOUD_RANDOM, "671897", &[]),
        (&NXCLOUD_RANDOM, "888799", &[]),
        (&NXCLOUD_RANDOM, "67189", &[TooShort]),
        (&NXCLOUD_RANDOM, "6718977", &[TooLong]),
        (&NXCLOUD_RANDOM, "67189a", &[NotAllowed]),
    ];
    for (policy, password, expected) in table {
        let codes: Vec<_> = reasons(policy, password.as_bytes()).iter().map(|reason| reason.kind).collect();
        assert_eq!(codes, *expected, "{password:?}");
    }
}

#[test]
fn every_length_around_the_limits() {
    for preset in PRESETS {
        let rules = preset.policy.rules();
        for length in 0..200 {
            let password: String = "aA1".chars().cycle().take(length).collect();
            assert_eq!(
                reasons(preset.policy, password.as_bytes()),
                naive::check(&rules, &password),
                "{} {length}",
                preset.name
            );
        }
    }
}

#[test]
fn every_character_at_every_place() {
    for preset in PRESETS {
        let good = if preset.name == "nxcloud-random" { "123456" } else { "Aa1Bb2Cc3Dd4Ee5F" };
        for place in 0..good.len() {
            for character in (0..=0x17f).filter_map(char::from_u32) {
                let mut password: Vec<char> = good.chars().collect();
                password[place] = character;
                let password: String = password.into_iter().collect();
                assert_eq!(
                    reasons(preset.policy, password.as_bytes()),
                    naive::check(&preset.policy.rules(), &password),
                    "{password:?}"
                );
            }
        }
    }
}

#[test]
fn every_rule_has_its_figures() {
    const CLASSES: &[Class] = &[
        Class::new("letters", CharSet::LOWERCASE).at_least(2),
        Class::new("digits", CharSet::DIGITS).at_least(3),
    ];
    let policy = Policy::of(
        Rules::new()
            .with_lengths(4, 8)
            .with_default_length(8)
            .with_classes(CLASSES)
            .with_min_classes(2)
            .with_uncounted(CharSet::of("-"))
            .with_max_repeat(2)
            .with_first(ClassSet::EMPTY.with(0))
            .with_context("Bob"),
    );
    assert_eq!(
        policy.check("1111bOb-É#").unwrap_err().to_string(),
        "too-long (10 characters, expected at most 8), \
         not-ascii (1 character outside ASCII, the first at position 9), \
         not-allowed (2 disallowed characters, the first at position 6), \
         too-many-repeats (the same character 4 times in a row, expected at most 2), \
         wrong-first (the first character must belong to one of these classes: letters), \
         contains-context (contains the account name or another context word)"
    );
    assert_eq!(
        policy.check("-a").unwrap_err().to_string(),
        "too-short (2 characters, expected at least 4), \
         too-few-classes (1 character class, expected at least 2; missing: digits), \
         too-few-of-class (letters: 1, expected at least 2), \
         too-few-of-class (digits: 0, expected at least 3), \
         wrong-first (the first character must belong to one of these classes: letters)"
    );
    assert!(policy.check("ab-123").is_ok());
    // Bytes outside ASCII are no run.
    let violations = policy.check(b"ab-111\x90\x90\x90\x90").unwrap_err();
    assert_eq!(violations.iter().last(), Some(Violation::TooManyRepeats { found: 3, expected: 2 }));
    let violations = policy.check("1-").unwrap_err();
    let debug = format!("{violations:?}");
    assert!(debug.starts_with("[TooShort { found: 2, expected: 4 }, TooFewClasses {"), "{debug}");
    assert!(debug.contains("missing: [\"letters\"]"), "{debug}");
}

/// Every pair of characters: the same in upper and lower case, or different.
#[test]
fn every_letter_of_a_context_word() {
    for letter in PRINTABLE.chars() {
        let word = letter.to_string();
        let rules = Rules::new().with_uncounted(CharSet::PRINTABLE).with_context(&word);
        let policy = Policy::new(rules).expect("it can be satisfied");
        for other in PRINTABLE.chars() {
            let appears = policy.check(&format!(".{other}.")).is_err();
            assert_eq!(appears, letter == '.' || letter.eq_ignore_ascii_case(&other), "{letter} {other}");
        }
    }
}

#[test]
fn codes_are_stable() {
    let codes: Vec<_> = ViolationKind::ALL.iter().map(|&code| (code as u8, code.as_str())).collect();
    assert_eq!(
        codes,
        [
            (1, "too-short"),
            (2, "too-long"),
            (3, "not-ascii"),
            (4, "not-allowed"),
            (5, "too-few-classes"),
            (6, "too-few-of-class"),
            (7, "too-many-repeats"),
            (8, "wrong-first"),
            (9, "contains-context"),
            (10, "too-long-run"),
            (11, "too-long-sequence"),
            (12, "too-few-distinct"),
        ]
    );
}

#[test]
fn no_message_holds_a_character_of_the_password() {
    // Characters that stand in no message of the library.
    let password = "\u{e000}\u{e001}\u{e002}";
    let violations = HUAWEI.check(password).unwrap_err();
    for text in [violations.to_string(), format!("{violations:?} {violations:#?}")] {
        assert!(!password.chars().any(|character| text.contains(character)), "{text}");
    }
    let compliant = HUAWEI.check("Qx7~Qx7~").unwrap();
    assert_eq!(format!("{compliant:?}"), "Compliant(redacted)");
}

/// What is not UTF-8: characters are the bytes that do not look like the continuation of one.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| !(0x80..0xc0).contains(&byte)).count()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~]{0,40}",
        2 => "[a-dA-D0-3~]{0,24}",
        1 => "\\PC{0,20}",
        1 => prop::collection::vec(any::<char>(), 0..20).prop_map(String::from_iter),
    ]
}

fn agrees(policy: &Policy, password: &str) {
    assert_eq!(reasons(policy, password.as_bytes()), naive::check(&policy.rules(), password), "{password:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn random_policies_like_the_naive_twin(policy in policies(PRINTABLE, 20), password in text()) {
        agrees(&policy, &password);
    }

    #[test]
    fn close_calls_like_the_naive_twin(policy in policies("abAB01~", 12), password in "[abAB01~ ]{0,14}") {
        agrees(&policy, &password);
    }

    /// An account's names are as good as words of the policy, of which they need not be a part.
    #[test]
    fn names_of_an_account(
        policy in policies("abAB01~", 12),
        names in prop::collection::vec("[abAB01~]{0,3}", 0..4),
        password in "[abAB01~ ]{0,14}",
    ) {
        let rules = policy.rules();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let words: Vec<&str> = rules.context().chain(names.iter().copied().filter(|name| !name.is_empty())).collect();
        let expected = naive::check(
            &rules.clone().with_context_words(&words).with_reversed_context(rules.reversed_context()),
            &password,
        );
        let found = match policy.check_for_account(&password, &names) {
            Ok(_) => Vec::new(),
            Err(violations) => violations.iter().map(|violation| violation.kind()).collect(),
        };
        prop_assert_eq!(found, expected.iter().map(|reason| reason.kind).collect::<Vec<_>>());
    }

    #[test]
    fn presets_like_the_naive_twin(password in text()) {
        for preset in PRESETS {
            prop_assert_eq!(reasons(preset.policy, password.as_bytes()), naive::check(&preset.policy.rules(), &password));
        }
    }

    #[test]
    fn bytes_that_are_not_utf8(bytes: Vec<u8>) {
        let found = reasons(&HUAWEI, &bytes);
        if !bytes.is_ascii() {
            let Reason { figures, .. } = found.iter().find(|reason| reason.kind == ViolationKind::NotAscii).expect("a byte outside ASCII is a fault");
            let begun = bytes.iter().filter(|&&byte| byte >= 0xc0).count();
            let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or_default();
            prop_assert_eq!(figures, &[begun.max(1), 1 + characters(&bytes[..first])]);
        }
        if let Some(reason) = found.iter().find(|reason| reason.kind == ViolationKind::TooShort) {
            prop_assert_eq!(reason.figures[0], characters(&bytes));
        }
    }

    #[test]
    fn what_check_passes_is_proven(password in "[a-zA-Z0-9~.]{6,18}") {
        if let Ok(proof) = HUAWEI.check(&password) {
            prop_assert_eq!(proof.expose_secret(), &password);
            prop_assert_eq!(proof.expose_secret_bytes(), password.as_bytes());
            prop_assert_eq!(proof.policy(), &HUAWEI);
        }
    }
}
