//! Violations in other languages: complete, and in English exactly what the library prints.

use crate::random;
use proptest::prelude::*;
use sip_password::{
    Class, ClassSet, HUAWEI, Messages, MessagesError, Policy, Rules, Violation, ViolationKind,
};

const ENGLISH: &str = include_str!("../../src/formats/messages/en.txt");
const CHINESE: &str = include_str!("../../src/formats/messages/zh.txt");

fn languages() -> [Messages; 2] {
    assert_eq!(Messages::LANGUAGES, ["en", "zh"]);
    ["en", "zh"].map(|language| Messages::named(language).expect("it is built in"))
}

/// Calls `test` with a policy that passwords can violate in every way.
fn with_every_rule<T>(test: impl FnOnce(&Policy) -> T) -> T {
    let classes = HUAWEI.rules().classes().iter().map(|class| class.at_least(2)).collect::<Vec<Class>>();
    let rules = HUAWEI
        .rules()
        .with_classes(&classes)
        .with_max_repeat(2)
        .with_first(ClassSet::EMPTY.with(0).with(1))
        .with_context("john");
    test(&Policy::new(rules).expect("it can be satisfied"))
}

#[test]
fn every_reason_in_chinese() {
    let [_, chinese] = languages();
    let describe =
        |password: &str| with_every_rule(|policy| chinese.describe(&policy.check(password).unwrap_err()));
    assert_eq!(
        describe("1é#"),
        "too-short（只有 3 个字符，至少需要 8 个），not-ascii（有 1 个非 ASCII 字符，第一个在第 2 位），\
         not-allowed（有 1 个不允许的字符，第一个在第 3 位），\
         too-few-classes（只包含 1 类字符，至少需要 3 类；缺少：大写字母、小写字母、特殊字符），\
         too-few-of-class（大写字母只有 0 个，至少需要 2 个），too-few-of-class（小写字母只有 0 个，至少需要 2 个），\
         too-few-of-class（数字只有 1 个，至少需要 2 个），too-few-of-class（特殊字符只有 0 个，至少需要 2 个），\
         wrong-first（第一个字符必须属于：大写字母、小写字母）"
    );
    assert_eq!(
        describe("JOHNaaab**11234567"),
        "too-long（有 18 个字符，最多允许 16 个），too-many-repeats（同一字符连续出现 3 次，最多允许 2 次），\
         contains-context（密码中包含账号名或其他禁用词）"
    );
    // Both files have the same messages; Chinese has no plural forms.
    let names = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        let names = lines.map(|line| line.split(' ').next().unwrap_or_default().to_owned());
        names.filter(|name| !name.ends_with("[one]")).collect()
    };
    assert_eq!(names(ENGLISH), names(CHINESE));
    assert!(names(ENGLISH).len() > ViolationKind::ALL.len());
}

#[test]
fn class_names_without_a_translation_stay() {
    let classes = [Class::new("runes", sip_password::CharSet::of("*+")).at_least(1)];
    let rules = Rules::new().with_classes(&classes).with_uncounted(sip_password::CharSet::DIGITS);
    let policy = Policy::new(rules).expect("it can be satisfied");
    let described = languages().map(|language| language.describe(&policy.check("1").unwrap_err()));
    assert_eq!(
        described,
        [
            "too-few-of-class (runes: 0, expected at least 1)",
            "too-few-of-class（runes只有 0 个，至少需要 1 个）"
        ]
    );
}

/// The lines of a file with one of them replaced, and the number of that line.
fn with_line(text: &str, line: &str, replacement: &str) -> (String, usize) {
    let at = text.lines().position(|other| other == line).expect("the line is in the file");
    let lines: Vec<_> =
        text.lines().enumerate().map(|(n, l)| if n == at { replacement } else { l }).collect();
    (lines.join("\n"), at + 1)
}

#[test]
fn a_file_that_is_not_complete_or_not_right_is_refused() {
    use MessagesError as Error;

    let error = |text: &str| Messages::new("xx", text).expect_err(text);
    for tag in ["", "x", "not a language", "de-", "de_AT", "d1", "languagees", "中文"] {
        assert_eq!(Messages::new(tag, ENGLISH).expect_err(tag), Error::Language);
    }
    for tag in ["de", "DE-at", "gsw", "sr-Latn-RS", "sl-1994"] {
        assert!(Messages::new(tag, ENGLISH).is_ok(), "{tag}");
    }
    let parts = ["reason", "list-of-reasons", "list-of-classes"];
    for name in ViolationKind::ALL.iter().map(|kind| kind.as_str()).chain(parts) {
        let without = ENGLISH.replacen(&format!("\n{name} ="), "\n#", 1);
        assert_eq!(error(&without), Error::Missing { name });
        let (again, line) = with_line(ENGLISH, "class-digits = digits", &format!("{name}=x"));
        assert_eq!(error(&again), Error::Duplicate { line });
    }
    let line = "too-many-repeats = the same character {found} times in a row, expected at most {expected}";
    for wrong in
        ["too-many-repeats", "too-many-repeats =", "too-many-repeats = {found", "too-many-repeats = found}"]
    {
        let (text, line) = with_line(ENGLISH, line, wrong);
        assert_eq!(error(&text), Error::Syntax { line }, "{wrong}");
    }
    for (wrong, placeholder) in
        [("at most {most}", "most"), ("{}", ""), ("{position}", "position"), ("{a{b}", "a{b")]
    {
        let (text, line) = with_line(ENGLISH, line, &format!("too-many-repeats = {wrong} allowed"));
        assert_eq!(error(&text), Error::UnknownPlaceholder { line, placeholder: placeholder.to_owned() });
    }
    for name in [
        "",
        "run-to-long",
        "too-many-repeats[few]",
        "too-many-repeats[other]",
        "too-many-repeats[one",
        "reason[one]",
        "class",
    ] {
        let (text, line) = with_line(ENGLISH, line, &format!("{name} = x"));
        assert_eq!(error(&text), Error::UnknownName { line, name: name.to_owned() });
    }
    // Chinese has no plural forms.
    let text = format!("{CHINESE}too-short[one] = 1");
    let last = text.lines().count();
    let name = "too-short[one]".to_owned();
    assert_eq!(Messages::new("zh", &text).unwrap_err(), Error::UnknownName { line: last, name });
    assert!(Messages::named("xx").is_none());
}

/// A translator's file, with the line ends of Windows and a byte-order mark.
#[test]
fn plural_forms_of_a_translation() {
    let russian = ENGLISH
        .replace("too-short = {found} characters", "too-short = {found} символа")
        .replace("too-short[one] = {found} character,", "too-short[one] = {found} символ,")
        + "  too-short[few]={ found } символа, expected at least {expected}  \n\
           too-short[many] = {found} символов, expected at least {expected}\n";
    let russian = format!("\u{feff}{}", russian.replace('\n', "\r\n"));
    let russian = Messages::new("ru", &russian).expect("the file is complete");
    let describe = |found| russian.describe_violation(&Violation::TooShort { found, expected: 30 });
    assert_eq!(describe(1), "1 символ, expected at least 30");
    assert_eq!(describe(3), "3 символа, expected at least 30");
    assert_eq!(describe(5), "5 символов, expected at least 30");
    assert_eq!(describe(11), "11 символов, expected at least 30");
    assert_eq!(describe(21), "21 символ, expected at least 30");
    // A form that the file does not have is replaced by the one without a suffix.
    let too_long = |found| russian.describe_violation(&Violation::TooLong { found, expected: 0 });
    assert_eq!(too_long(21), "21 character, expected at most 0");
    assert_eq!(too_long(22), "22 characters, expected at most 0");
}

proptest! {
    #[test]
    fn english_is_what_the_library_prints(policy in random::policies("aAb1*", 9), password in "[aAb1*Zé#]{0,12}") {
        if let Err(violations) = policy.check(&password) {
            let [english, _] = languages();
            assert_eq!(english.describe(&violations), violations.to_string());
        }
    }

    #[test]
    fn any_text_is_a_language_or_an_error(text in "(\n?(reason|too-short|class-[a-z])(\\[(one|few|x)\\])? ?=? ?[{}a-z \\[\\]]{0,20}){0,4}") {
        let _ = Messages::new("xx", &text);
    }
}
