//! The reasons in other languages: complete, and in English just what the library prints.

use crate::random;
use proptest::prelude::*;
use sip_password::{Class, ClassSet, Code, HUAWEI, Messages, MessagesError, Policy, Rules};

const ENGLISH: &str = include_str!("../../src/formats/messages/en.ftl");
const CHINESE: &str = include_str!("../../src/formats/messages/zh.ftl");

fn languages() -> [Messages; 2] {
    Messages::LANGUAGES.map(|language| Messages::named(language).expect("it is built in"))
}

/// A policy that a password can violate in every way.
fn with_every_rule<T>(test: impl FnOnce(&Policy<'_>) -> T) -> T {
    let classes = HUAWEI.rules().classes.iter().map(|class| class.at_least(2)).collect::<Vec<Class<'_>>>();
    let rules = Rules {
        classes: &classes,
        longest_run: Some(2),
        first: Some(ClassSet::EMPTY.with(0).with(1)),
        context: Some("john"),
        ..*HUAWEI.rules()
    };
    test(&Policy::new(rules).expect("it can be satisfied"))
}

#[test]
fn every_reason_in_chinese() {
    let [_, chinese] = languages();
    let said = |password: &str| with_every_rule(|policy| chinese.say(&policy.check(password).unwrap_err()));
    assert_eq!(
        said("1é#"),
        "too-short（只有 3 个字符，至少需要 8 个），not-ascii（有 1 个非 ASCII 字符，第一个在第 2 位），\
         not-allowed（有 1 个不允许的字符，第一个在第 3 位），\
         too-few-classes（只包含 1 类字符，至少需要 3 类；缺少：大写字母、小写字母、特殊字符），\
         too-few-of-class（大写字母只有 0 个，至少需要 2 个），too-few-of-class（小写字母只有 0 个，至少需要 2 个），\
         too-few-of-class（数字只有 1 个，至少需要 2 个），too-few-of-class（特殊字符只有 0 个，至少需要 2 个），\
         wrong-first（第一个字符必须属于：大写字母、小写字母）"
    );
    assert_eq!(
        said("JOHNaaab**11234567"),
        "too-long（有 18 个字符，最多允许 16 个），run-too-long（同一字符连续出现 3 次，最多允许 2 次），\
         contains-context（密码中包含账号名或其他禁用词）"
    );
    // The same messages are in both files.
    let names = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        lines.map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(names(ENGLISH), names(CHINESE));
    assert!(names(ENGLISH).len() > Code::ALL.len());
}

#[test]
fn names_of_classes_that_no_language_knows_stay() {
    let classes = [Class::new("runes", sip_password::CharSet::of("*+")).at_least(1)];
    let rules = Rules { classes: &classes, uncounted: sip_password::CharSet::DIGITS, ..Rules::NONE };
    let policy = Policy::new(rules).expect("it can be satisfied");
    let said = languages().map(|language| language.say(&policy.check("1").unwrap_err()));
    assert_eq!(
        said,
        [
            "too-few-of-class (0 runes, at least 1 wanted)",
            "too-few-of-class（runes只有 0 个，至少需要 1 个）"
        ]
    );
}

#[test]
fn a_file_that_is_no_language_says_why() {
    let of = |text: &str| Messages::new("xx", text).map(|_| ()).unwrap_err();
    assert_eq!(Messages::new("not a language", ENGLISH).map(|_| ()), Err(MessagesError::Language));
    for code in
        Code::ALL.map(Code::as_str).into_iter().chain(["reason", "reason-separator", "separator-of-classes"])
    {
        let without = ENGLISH.replacen(&format!("\n{code} ="), &format!("\nx{code} ="), 1);
        assert_eq!(of(&without), MessagesError::Missing { name: code });
    }
    let wrong = of(&ENGLISH.replace("at most { $wanted } allowed", "at most { $most } allowed"));
    assert!(
        matches!(&wrong, MessagesError::Wrong { name: "too-long", why } if why.contains("most")),
        "{wrong}"
    );
    let wrong = of(&ENGLISH.replacen("*[other] { $found } characters", "*[other] { $fuond } characters", 1));
    assert!(
        matches!(&wrong, MessagesError::Wrong { name: "too-short", why } if why.contains("fuond")),
        "{wrong}"
    );
    let broken = of(&CHINESE.replace("too-long = ", "too-long "));
    assert!(matches!(broken, MessagesError::Syntax { line: 4, .. }), "{broken}");
    assert_eq!(Messages::named("xx").map(|_| ()), None);
}

proptest! {
    #[test]
    fn english_is_what_the_library_prints(parts in random::parts("aAb1*", 9), password in "[aAb1*Zé#]{0,12}") {
        parts.with(|policy| {
            if let Err(violations) = policy.check(&password) {
                let [english, _] = languages();
                assert_eq!(english.say(&violations), violations.to_string());
            }
        });
    }

    #[test]
    fn any_text_is_a_language_or_an_error(text in "(\n?[a-z-]{1,9} ?= ?[{}\\$a-z \"\\[\\]*>-]{0,20}){0,4}") {
        let _ = Messages::new("xx", &text);
    }
}
