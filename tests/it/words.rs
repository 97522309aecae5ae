//! What errors say to people: each what is wrong, and what would be right, in one line.

use std::fmt::Display;

use sip_password::{
    CharSet, Class, ClassSet, GenerateError, HUAWEI, Natural, Password, Policy, PolicyError, Rules, SafeFor,
    Violation,
};

/// That the error says just this, and that it could stand in a message behind a colon.
#[track_caller]
fn says(error: &dyn Display, words: &str) {
    assert_eq!(error.to_string(), words);
    assert!(!words.contains('\n') && !words.ends_with('.') && !words.trim().is_empty());
}

#[track_caller]
fn refused(rules: Rules<'_>, words: &str) -> PolicyError {
    let error = Policy::new(rules).expect_err(words);
    says(&error, words);
    assert!(words.starts_with(error.rule()), "{}", error.rule());
    error
}

#[test]
fn rules_that_are_no_policy() {
    let letters = [Class::new("letters", CharSet::LOWERCASE)];
    let rules = Rules { max_length: 9, default_length: 9, classes: &letters, ..Rules::NONE };
    assert!(Policy::new(rules).is_ok());

    refused(
        Rules { min_length: 10, ..rules },
        "lengths: wanted is 1 <= min_length <= max_length <= MAX_LENGTH (found 10 to 9; the limit is 64)",
    );
    refused(
        Rules { default_length: 10, ..rules },
        "default_length: it must be one of the allowed lengths (found 10)",
    );
    let many: Vec<_> =
        ('a'..='i').map(|one| Class::new("one", CharSet::range(one as u8, one as u8))).collect();
    refused(
        Rules { classes: &many, ..rules },
        "classes: there can be at most MAX_CLASSES (found 9; the limit is 8)",
    );
    let empty = [letters[0], Class::new("none", CharSet::EMPTY)];
    refused(Rules { classes: &empty, ..rules }, "classes: each must have a character (class 1)");
    refused(
        Rules { uncounted: CharSet::of("\n"), ..rules },
        "characters: they must be printable ASCII, ' ' to '~' (class 1)",
    );
    refused(
        Rules { uncounted: CharSet::of("z"), ..rules },
        "classes: no character can count for two of them (classes 0 and 1)",
    );
    refused(
        Rules { max_length: 9, default_length: 9, ..Rules::NONE },
        "characters: at least one must be allowed",
    );
    refused(
        Rules { required_classes: 2, ..rules },
        "required_classes: there are not so many classes (found 2 of 1)",
    );
    let minimum = [Class { minimum: 10, ..letters[0] }];
    refused(
        Rules { classes: &minimum, ..rules },
        "minimum: the classes' minima add up to more than max_length (10, over 9)",
    );
    refused(Rules { longest_run: Some(0), ..rules }, "longest_run: it must be at least 1");
    refused(
        Rules { first: Some(ClassSet::EMPTY), ..rules },
        "first: it must name a class, and only classes that exist",
    );
    refused(
        Rules { context: Some(""), ..rules },
        "context: the word must have 1 to MAX_LENGTH bytes (found 0; the limit is 64)",
    );
    let one = [Class::new("one", CharSet::of("a"))];
    refused(
        Rules { classes: &one, longest_run: Some(2), context: Some("b"), ..rules },
        "no password of the default length satisfies all rules together: of 9 characters, longest_run",
    );
    refused(
        Rules { never_generated: CharSet::LOWERCASE, ..rules },
        "never_generated: it leaves no compliant password of the default length: of 9 characters, never_generated",
    );
    let minima = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let minima = minima.map(|name| Class { minimum: 8, ..Class::new(name, CharSet::of(name)) });
    let limit = if cfg!(feature = "std") { 1 << 20 } else { 4096 };
    let words = format!(
        "minimum, longest_run and context: together they are too many states to count (43046721 states; the limit is \
         {limit})"
    );
    refused(Rules { max_length: 64, classes: &minima, ..rules }, &words);
}

#[test]
fn passwords_that_are_not_made() {
    let error: GenerateError<&str> = GenerateError::Length { found: 7, min: 8, max: 32 };
    says(&error, "the policy allows 8 to 32 characters, not 7");
    let error: GenerateError<&str> = GenerateError::Capacity { found: 16, max: 8 };
    says(&error, "a password of 16 characters does not fit in 8");
    let error: GenerateError<&str> = GenerateError::Infeasible { length: 9 };
    says(&error, "the policy leaves no password of 9 characters to generate");
    let error: GenerateError<&str> = GenerateError::TooRare { length: 9 };
    assert!(
        error.to_string().starts_with("of 9 characters, too few candidates comply: more than 65534 tries")
    );
    says(&GenerateError::Source("unplugged"), "the random source failed: unplugged");
    let error: GenerateError<&str> = GenerateError::SourceStuck { tries: 25 };
    assert!(error.to_string().contains("25"));

    let password = HUAWEI.check("Not_a_real_1").expect("it is compliant");
    let error = Password::<8>::try_from(password).expect_err("it is longer");
    says(&error, "a password of 12 characters does not fit in 8");
}

#[test]
fn two_rules_that_conflict() {
    let classes = [
        Class { minimum: 1, ..Class::new("one", CharSet::of("1")) },
        Class { minimum: 1, ..Class::new("letters", CharSet::of("ab")) },
    ];
    let rules = Rules { max_length: 1, default_length: 1, classes: &classes, ..Rules::NONE };
    let rules = Rules { max_length: 2, ..rules };
    refused(
        rules,
        "no password of the default length satisfies all rules together: of 1 character, minimum of class 0 and minimum \
         of class 1",
    );
}

/// A policy with every rule, and one with hardly any.
#[test]
fn rules_explained() {
    let classes = [
        Class { minimum: 2, ..Class::new("digits", CharSet::DIGITS) },
        Class::new("letters", CharSet::of("abcdxyz")),
        Class::new("special characters", CharSet::of("-+")),
    ];
    let rules = Rules {
        min_length: 4,
        max_length: 8,
        default_length: 8,
        classes: &classes,
        required_classes: 2,
        uncounted: CharSet::of(" _"),
        never_generated: CharSet::of("1_"),
        longest_run: Some(2),
        first: ClassSet::EMPTY.with(1).into(),
        context: Some("Acme"),
    };
    let policy = Policy::new(rules).expect("it can be satisfied");
    assert_eq!(
        policy.explain().to_string(),
        "4 to 8 characters; 8 unless another length is asked for\n\
         characters of at least 2 of these 3 classes:\n  \
         digits: 0-9 (10), at least 2\n  \
         letters: a-dxyz (7)\n  \
         special characters: +- (2)\n\
         also allowed, counting for no class: space _ (2)\n\
         never generated: 1_ (2)\n\
         the same character at most 2 times in a row\n\
         the first character is one of: letters\n\
         \"Acme\" does not appear, in upper or lower case"
    );
    let rules = Rules { max_length: 1, default_length: 1, uncounted: CharSet::of("ab"), ..Rules::NONE };
    let policy = Policy::new(rules).expect("it can be satisfied");
    assert_eq!(
        policy.explain().to_string(),
        "exactly 1 character\nalso allowed, counting for no class: ab (2)"
    );
}

/// Who shows reasons in a form of one's own asks for their parts.
#[test]
fn parts_of_reasons() {
    let violations = HUAWEI.check("password").expect_err("one class is not enough");
    assert!(std::ptr::eq(violations.policy().rules(), HUAWEI.rules()));
    let missing: Vec<_> = violations
        .iter()
        .filter_map(|violation| match violation {
            Violation::TooFewClasses { missing, .. } => Some(missing.places().iter().collect::<Vec<_>>()),
            _ => None,
        })
        .collect();
    assert_eq!(missing, [[0, 2, 3]]);
}

#[test]
fn numbers_and_places() {
    assert_eq!(format!("{:?}", Natural::from(1_u64 << 40)), "1099511627776");
    let widths: Vec<_> = SafeFor::ALL.iter().map(|place| format!("{place:>13}")).collect();
    assert_eq!(widths, ["          uri", "     asterisk", "          xml", "       keypad", "reading-aloud"]);
}

#[cfg(feature = "passwordrules")]
#[test]
fn password_rules_that_are_not_read() {
    use std::error::Error;

    use sip_password::{OwnedRules, ParsePasswordRulesError};

    let said = |text| OwnedRules::from_password_rules(text).expect_err("it is wrong");
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

#[cfg(feature = "api")]
#[test]
fn what_is_wrong_with_a_call() {
    use sip_password::api::{BaseUrl, Why};

    for (url, words) in [
        ("service.example", "does not begin with https://"),
        ("ftp://service.example", "does not begin with https://"),
        (
            "http://service.example",
            "is plain http, by which secrets can be read on the way; it must be https, unless it is for a test on a \
             loopback host and asked for",
        ),
        ("https://me:mine@service.example", "has credentials in it; they are settings of their own"),
        ("https://", "has no host, or one that is not a name or an address"),
        ("https://service.example:0", "has a port that is not a number from 1 to 65535"),
        (
            "https://service.example/a/../b",
            "has a path with a segment that is empty, . or .., or with a character other than letters, digits and -._~",
        ),
        ("https://service.example?a", "has a query; it must end with the host, the port or a path"),
        ("https://service.example#a", "has a fragment; it must end with the host, the port or a path"),
        (&*format!("https://{}", "a".repeat(BaseUrl::MAX_LENGTH)), "is longer than 1024 bytes"),
    ] {
        says(&BaseUrl::new(url).expect_err(url), &format!("the base URL {words}"));
    }

    let field = "status";
    for (why, words) in [
        (Why::Empty, "it has no body"),
        (Why::TooLong { max: 65_536 }, "it is longer than 65536 bytes"),
        (Why::Compressed, "it is compressed, which nobody asked for"),
        (Why::Html, "it is HTML, from a proxy perhaps, and not from the vendor"),
        (Why::NotUtf8, "it is not UTF-8"),
        (Why::NotJson, "it is not one JSON value; it may be cut off"),
        (Why::Missing { field }, "status is missing"),
        (Why::Twice { field }, "status is there twice"),
        (Why::WrongType { field }, "status is not of the documented type"),
        (Why::UnknownValue { field }, "status has a value that is not documented"),
        (Why::Contradiction { field }, "it says that it is done, and status that it is not"),
    ] {
        says(&why, words);
    }
}
