//! The texts of errors: each says in one line what was expected and what was found.

use std::fmt::Display;

use sip_password::{
    CharSet, Class, ClassSet, GenerateError, HUAWEI, LengthError, Natural, Password, Policy, PolicyError,
    Rules, SafeFor, Violation,
};

/// That the error says just this, and that it could stand in a message behind a colon.
#[track_caller]
fn says(error: &dyn Display, words: &str) {
    assert_eq!(error.to_string(), words);
    assert!(!words.contains('\n') && !words.ends_with('.') && !words.trim().is_empty());
}

#[track_caller]
fn refused(rules: Rules, words: &str) -> PolicyError {
    let error = Policy::new(rules).expect_err(words);
    says(&error, words);
    assert!(words.starts_with(error.rule()), "{}", error.rule());
    error
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn rules_that_are_no_policy() {
    let letters = [Class::new("letters", CharSet::LOWERCASE)];
    let rules = Rules::new().with_lengths(1, 9).with_default_length(9).with_classes(&letters);
    assert!(Policy::new(rules.clone()).is_ok());

    refused(
        rules.clone().with_lengths(10, rules.max_length()),
        "lengths: expected 1 <= min_length <= max_length <= 256 and min_length <= 64, found 10 to 9",
    );
    refused(
        rules.clone().with_default_length(10),
        "default_length: expected at most 64 and one of the allowed lengths, 1 to 9, found 10",
    );
    let many: Vec<_> =
        ('a'..='i').map(|one| Class::new("one", CharSet::range(one as u8, one as u8))).collect();
    refused(rules.clone().with_classes(&many), "classes: expected at most 8 classes, found 9");
    let empty = [letters[0], Class::new("none", CharSet::EMPTY)];
    refused(
        rules.clone().with_classes(&empty),
        "classes: expected at least one character in each class, found none in class 1",
    );
    refused(
        rules.clone().with_uncounted(CharSet::of("\n")),
        "characters: expected printable ASCII, ' ' to '~', found another character in class 1",
    );
    refused(
        rules.clone().with_uncounted(CharSet::of("z")),
        "classes: expected no character in two classes, found one in classes 0 and 1",
    );
    refused(
        Rules::new().with_lengths(1, 9).with_default_length(9),
        "characters: expected at least one allowed character, found none",
    );
    refused(
        rules.clone().with_min_classes(2),
        "min_classes: expected at most the number of classes, 1, found 2",
    );
    let minimum = [letters[0].at_least(10)];
    refused(
        rules.clone().with_classes(&minimum),
        "minimum: expected minima that add up to at most 64 and at most max_length, 9, found 10",
    );
    refused(rules.clone().with_max_repeat(0), "max_repeat: expected at least 1, found 0");
    refused(
        rules.clone().with_first(ClassSet::EMPTY),
        "first: expected one or more of the classes, of which there are 1",
    );
    refused(
        rules.clone().with_context(""),
        "context: expected words of at least 1 byte, and at most 64 bytes together, found 0",
    );
    let one = [Class::new("one", CharSet::of("a"))];
    refused(
        rules.clone().with_classes(&one).with_max_repeat(2).with_context("b"),
        "no password of the default length satisfies all rules: at 9 characters, conflict: max_repeat",
    );
    refused(
        rules.clone().with_excluded(CharSet::LOWERCASE),
        "excluded: no compliant password of the default length is left to generate: at 9 characters, conflict: excluded",
    );
    let minima = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let minima = minima.map(|name| Class::new(name, CharSet::of(name)).at_least(8));
    let limit = if cfg!(feature = "std") { 1 << 20 } else { 4096 };
    let words = format!(
        "minima, rows, sequences, different characters and context: expected fewer states; together they are too many to count (found 43046721 \
         states, the limit is {limit})"
    );
    refused(rules.clone().with_lengths(rules.min_length(), 64).with_classes(&minima), &words);
}

#[test]
fn passwords_that_are_not_made() {
    for (error, words) in [
        (LengthError::NotAllowed { found: 7, min: 8, max: 32 }, "expected 8 to 32 characters, found 7"),
        (LengthError::NotAllowed { found: 7, min: 6, max: 6 }, "expected 6 characters, found 7"),
        (
            LengthError::NotGenerated { length: 100 },
            "the policy allows 100 characters, but this library generates at most 64",
        ),
        (LengthError::Capacity { found: 16, max: 8 }, "expected at most 8 characters, found 16"),
        (LengthError::Infeasible { length: 9 }, "no password of 9 characters satisfies the policy"),
        (
            LengthError::TooRare { length: 9 },
            "compliant passwords of 9 characters are too rare to be found by trial, and counting them would take too much \
             memory",
        ),
    ] {
        says(&error, words);
        says(&GenerateError::<&str>::from(error), words);
    }
    says(&GenerateError::Source("unplugged"), "the random source failed: unplugged");
    let error: GenerateError<&str> = GenerateError::SourceStuck { tries: 25 };
    assert!(error.to_string().contains("25"));
    let error: GenerateError<&str> = GenerateError::SourceRepeats;
    says(&error, "the random source is broken: expected random words, found the same ones again and again");

    let password = HUAWEI.check("Not_a_real_1").expect("it is compliant");
    let error = Password::<8>::try_from(password).expect_err("it is longer");
    says(&error, "expected at most 8 characters, found 12");
}

#[test]
fn two_rules_that_conflict() {
    let classes = [
        Class::new("one", CharSet::of("1")).at_least(1),
        Class::new("letters", CharSet::of("ab")).at_least(1),
    ];
    let rules = Rules::new().with_lengths(1, 1).with_default_length(1).with_classes(&classes);
    let rules = rules.clone().with_lengths(rules.min_length(), 2);
    refused(
        rules,
        "no password of the default length satisfies all rules: at 1 character, conflict: minimum of class 0 and minimum of \
         class 1",
    );
}

/// A policy with every rule, and one with hardly any.
#[test]
fn rules_explained() {
    let classes = [
        Class::new("digits", CharSet::DIGITS).at_least(2),
        Class::new("letters", CharSet::of("abcdxyz")),
        Class::new("special characters", CharSet::of("-+")),
    ];
    let rules = Rules::new()
        .with_lengths(4, 8)
        .with_default_length(8)
        .with_classes(&classes)
        .with_min_classes(2)
        .with_uncounted(CharSet::of(" _"))
        .with_excluded(CharSet::of("1_"))
        .with_excluded_first(CharSet::of("_xyz"))
        .with_max_repeat(2)
        .with_first(ClassSet::EMPTY.with(1))
        .with_context("Acme");
    let policy = Policy::new(rules).expect("it can be satisfied");
    assert_eq!(
        policy.explain().to_string(),
        "4 to 8 characters; 8 by default\n\
         characters of at least 2 of these 3 classes:\n  \
         digits: 0-9 (10), at least 2\n  \
         letters: a-dxyz (7)\n  \
         special characters: +- (2)\n\
         also allowed, for no class: space _ (2)\n\
         accepted but not generated: 1_ (2)\n\
         accepted but not generated as the first character: xyz (3)\n\
         the same character at most 2 times in a row\n\
         the first character is one of these: letters\n\
         does not contain \"Acme\", in upper or lower case"
    );
    let rules = Rules::new().with_lengths(1, 1).with_default_length(1).with_uncounted(CharSet::of("ab"));
    let policy = Policy::new(rules).expect("it can be satisfied");
    assert_eq!(policy.explain().to_string(), "exactly 1 character\nalso allowed, for no class: ab (2)");
}

/// A program that presents violations in its own way reads their parts.
#[test]
fn parts_of_violations() {
    let violations = HUAWEI.check("password").expect_err("one class is not enough");
    assert!(std::ptr::eq(violations.policy(), &HUAWEI));
    let missing: Vec<_> = violations
        .iter()
        .filter_map(|violation| match violation {
            Violation::TooFewClasses { missing, .. } => Some(missing.indices().iter().collect::<Vec<_>>()),
            _ => None,
        })
        .collect();
    assert_eq!(missing, [[0, 2, 3]]);
}

#[test]
fn numbers_and_contexts() {
    assert_eq!(format!("{:?}", Natural::from(1_u64 << 40)), "1099511627776");
    let widths: Vec<_> = SafeFor::ALL.iter().map(|context| format!("{context:>13}")).collect();
    assert_eq!(widths[..3], ["          uri", "     asterisk", "asterisk-dial"]);
    assert_eq!(widths.last().map(String::as_str), Some("reading-aloud"));
}

#[cfg(feature = "passwordrules")]
#[test]
fn password_rules_that_are_not_read() {
    use std::error::Error;

    use sip_password::ParsePasswordRulesError;

    let said = |text| Policy::from_password_rules(text).expect_err("it is wrong");
    says(&said(""), "passwordrules: expected at least one rule, found none");
    says(
        &said("minlength: x;"),
        "passwordrules: at byte 11: expected a number up to 4294967295, found \"x\"",
    );
    says(
        &said("minlength: 8; required: [];"),
        "passwordrules: at byte 14: required: expected a printable ASCII character, found none",
    );
    says(&said("allowed: unicode;"), "passwordrules: unicode: a policy accepts only printable ASCII");
    says(
        &said("minlength: 9; maxlength: 8;"),
        "passwordrules: minlength: expected at most the greatest length, 8, found 9 (the limit of this library is 64)",
    );
    says(&said("max-consecutive: 0;"), "passwordrules: max-consecutive: expected at least 1, found 0");
    says(
        &ParsePasswordRulesError::Required,
        "passwordrules: required: together these rules must mean \"each of these classes\", \"at least k of those\" or \
         both, with at most 8 classes",
    );
    let nine: String = ('a'..='i').map(|one| format!("required: [{one}];")).collect();
    says(&said(&nine), "passwordrules: required: expected at most 8 classes, found 9");
    let error = said("minlength: 1; maxlength: 1; required: lower; required: digit;");
    let cause = error.source().expect("it is the policy's");
    says(&error, &format!("passwordrules: {cause}"));
    assert!(said("").source().is_none());
}

#[cfg(feature = "messages")]
#[test]
fn files_of_languages() {
    use sip_password::Messages;

    let said = |name, text| Messages::new(name, text).expect_err("it is wrong");
    says(&said("?", ""), "expected a language tag such as zh or pt-BR");
    says(&said("de", "\nreason"), "line 2: expected name = text, with placeholders in braces");
    says(
        &said("de", "reasn = x"),
        "line 1: expected a message and plural form of this language, found \"reasn\"",
    );
    says(
        &said("de", "reason = {colour}"),
        "line 1: expected a placeholder of this message, found \"colour\"",
    );
    says(&said("de", "reason = x\nreason = y"), "line 2: an earlier line has the same message");
    says(&said("de", "reason = x"), "the message too-short is missing");
    assert_eq!(format!("{:?}", Messages::named("zh")), "Some(Messages(\"zh\"))");
}
