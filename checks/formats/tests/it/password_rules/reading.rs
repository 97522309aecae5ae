//! From `passwordrules` to a policy, compared with the reference implementation.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sip_password::{MAX_CHECKED_LENGTH, MAX_LENGTH, ParsePasswordRulesError, Policy, PolicyError};

use super::oracle::Reading;
use crate::naive::strings;

/// One character of every set that the rules do not distinguish, a second one of the first set, and one that is never
/// accepted.
fn relevant(reading: &Reading) -> Vec<char> {
    let sets = || reading.required.iter().chain([&reading.allowed]);
    let occurs = |c: char| sets().map(|set| set.contains(&c)).collect::<Vec<_>>();
    let mut seen = BTreeSet::new();
    let mut relevant: Vec<char> = (' '..='~').filter(|&c| seen.insert(occurs(c))).collect();
    let second = (' '..='~').find(|&c| !relevant.contains(&c) && occurs(c) == occurs(relevant[0]));
    relevant.extend(second);
    relevant.push('é');
    relevant
}

/// Reads a text. The policy must give the same verdict as the twin on every short string of relevant characters, and on
/// these strings repeated up to the lengths around the limits.
pub(crate) fn read(text: &str) -> Result<Policy, ParsePasswordRulesError> {
    let policy = Policy::from_password_rules(text)?;
    let reading = Reading::new(text).expect("the text was read");
    let relevant = relevant(&reading);
    let longest = (1..=5).rev().find(|&n| relevant.len().pow(n) <= 5_000).unwrap_or(1) as usize;
    const LIMITS: &[u32] = &[MAX_LENGTH as u32, MAX_CHECKED_LENGTH as u32];
    let numbers = reading.min_length.iter().chain(&reading.max_length).chain(LIMITS);
    let lengths: BTreeSet<usize> = numbers
        .flat_map(|&n| n.saturating_sub(1)..=n.saturating_add(1))
        .map(|n| n.min(300) as usize)
        .collect();
    let compare = |password: &str| {
        assert_eq!(policy.check(password).is_ok(), reading.accepts(password), "{text:?}: {password:?}");
    };
    for string in (0..=longest).flat_map(|length| strings(&relevant, length)) {
        compare(&string);
        for &length in &lengths {
            compare(&string.chars().cycle().take(length).collect::<String>());
        }
    }
    Ok(policy)
}

/// Texts that follow the grammar, with those of the tests of other parsers.
const READ: &[&str] = &[
    "allowed:;",
    "minlength: 64; maxlength: 65; required: lower",
    "maxlength: 255; max-consecutive: 254; allowed: [ab]",
    "maxlength: 256; max-consecutive: 255; allowed: [a]",
    "maxlength: 257; max-consecutive: 256; allowed: [a]",
    "maxlength: 4294967295; required: digit",
    "allowed: digit, special;",
    "max-consecutive:;minlength:;maxlength:;",
    "allowed:[];",
    "maxlength:50;max-consecutive:40;minlength:10;max-consecutive:30;minlength:12;maxlength:20;",
    "allowed: [-]]; required: [[]]; allowed:[-];",
    "allowed:special;max-consecutive:3;required: upper, digit, ['*/];allowed: [abc], digit,special;minlength:20;",
    "allowed: [供应A商B责任C进展];",
    "allowed: lower; allowed: [ABCDEFGHIJKLMNOPQRSTUVWXYZ]; allowed: special; allowed: [0123456789]; \
     allowed: ascii-printable;",
    "allowed: lower; required: upper",
    "required: upper, lower; required: digit; allowed: digit; allowed: upper;",
    r"minlength: 8; maxlength: 32; required: lower, upper; required: digit; allowed: [-_./\@$*&!#];",
    "max-consecutive: 2; minlength: 10; maxlength: 15; allowed: upper; required: digit, special;",
    "    required: upper",
    "    required: upper;",
    "    required: upper             ",
    "required:upper",
    "required:     upper",
    "required: uPPeR",
    "allowed:upper",
    "allowed:     upper",
    "required: upper, [AZ];",
    "required: upper; allowed: upper; allowed: lower",
    "max-consecutive:      5",
    "max-consecutive:5",
    "      max-consecutive:5",
    "max-consecutive: 5; max-consecutive: 3",
    "max-consecutive: 3; max-consecutive: 5",
    "max-consecutive: 3; max-consecutive: 1; max-consecutive: 5",
    "required: ascii-printable; max-consecutive: 5; max-consecutive: 3",
    "required: [*&^]; allowed: upper",
    "required: [*&^ABC]; allowed: upper",
    "required: ; required: upper",
    "allowed: [供应商责任进展]",
    "required: upper; allowed: upper; allowed: lower; minlength: 12; maxlength: 73;",
    "required: upper; allowed: upper; allowed: lower; maxlength: 73; minlength: 12;",
    "required: upper; allowed: upper; allowed: lower; maxlength: 73",
    "required: upper; allowed: upper; allowed: lower; minlength: 12;",
    "minlength: 12; minlength: 7; minlength: 23",
    "minlength: 12; maxlength: 17; minlength: 10",
    "maxlength: 10; maxlength: 7; maxlength: 12",
    "required:         digit           ;                        required: [-]];",
    "required:         digit           ;                    required: [-ABC]];",
    "required:         digit           ;                    required: [-];",
    "required:         digit           ;                    required: []];",
    "required: [abcdefghijklmnopqrstuvwxyz]",
    "required: [abcdefghijklmnopqrstuvwxy]",
    "required: upper, lower",
    "required: upper; required: lower",
    "required: upper; allowed: [ab]",
    "required: upper,  \tlower",
    "required: [a], upper",
    "required: [], [b]",
    "required: [a]], [b]",
    "required: lower \t;",
    "required: upper ; ",
    "allowed: [ ]",
    "allowed: [  ]",
    "allowed: [bab]",
    "allowed: [abc]]",
    "allowed: [☃a]",
    // A form feed is whitespace, as in HTML.
    "\u{c}allowed\u{c}:\u{c}upper\u{c},\u{c}lower\u{c};\u{c}",
    "minlength: 0008",
    "max-consecutive: 4294967295",
    // The Unicode case folding of 'k' and 's' plays no role: here they are characters.
    "required: [\u{212a}\u{17f}ks]",
    "maxLENGTH: 7",
    // One class: in brackets, a rule is only characters.
    "allowed: [;required:[]",
];

/// Texts that do not follow the grammar.
const NOT_READ: &[&str] = &[
    "allowed: [a-];",
    "allowed: []a];",
    "allowed: [a-b];",
    "allowed: [a]b];",
    "allowed: upper,,",
    "allowed: upper,;",
    "allowed: upper [a]",
    "dummy: upper",
    "upper: lower",
    "max-consecutive: [ABC]",
    "max-consecutive: upper",
    "max-consecutive: 1+1",
    "max-consecutive: 供",
    "minlength: 1a",
    "minlength: 99999999999",
    "required: 1",
    "required: 1+1",
    "required: 供",
    "required: A",
    "required: required: upper",
    "required: dummy",
    "required: upper, dummy",
    "required: upper,",
    "required: upper d",
    "required: upper;;",
    "required",
    "dummy",
    "allowed: 1",
    "allowed: 1+1",
    "allowed: 供",
    "allowed: A",
    "allowed: allowed: upper",
    "required:         digit           ;                        required: [a-];",
    "required:         digit           ;                        required: []-];",
    "required:         digit           ;                        required: [--];",
    "required:         digit           ;                        required: [-a--------];",
    "required:         digit           ;                        required: [-a--------] ];",
    "allowed: [",
    "allowed: [a",
    "☃",
    ";",
    "required: upper; ; allowed: lower",
    "allowed: \u{17f}pecial",
    "minlength: -1",
    "minlength: 4294967296",
    "minlength: 1 2",
    // Whitespace outside ASCII.
    "\u{a0}allowed: lower",
    "allowed: lower\u{3000}",
    "\u{3000}",
    "allowed:\u{b}lower",
];

#[test]
fn texts_that_follow_the_grammar_are_read() {
    for text in READ {
        read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    }
    for text in NOT_READ {
        let error = read(text).expect_err(text);
        assert!(matches!(error, ParsePasswordRulesError::Syntax { .. }), "{text:?}: {error:?}");
        assert!(!error.to_string().contains('\n'), "{error}");
        assert!(Reading::new(text).is_none(), "{text:?}");
    }
    for text in ["", "  \n", "\u{c}"] {
        assert_eq!(read(text), Err(ParsePasswordRulesError::Empty));
    }
    for text in [
        "required: unicode; required: digit",
        "allowed: [abcdefghijklmnopqrstuvwxyz], upper, digit, ascii-printable, special, unicode;",
    ] {
        assert_eq!(read(text), Err(ParsePasswordRulesError::Unicode));
    }
}

#[test]
fn errors_name_the_problem_and_its_position() {
    use ParsePasswordRulesError as Error;
    for (text, error) in [
        ("required: []", Error::NothingRequired { at: 0 }),
        ("allowed: [;]; required: [é], [☃]; required: upper", Error::NothingRequired { at: 14 }),
        // The first error in the text.
        ("required: unicode; required: []", Error::Unicode),
        ("required: []; required: unicode", Error::NothingRequired { at: 0 }),
        ("allowed: []]; REQUIRED : [\n]", Error::NothingRequired { at: 14 }),
        ("minlength: 65", Error::Lengths { min: 65, max: 64 }),
        ("minlength: 65; maxlength: 70", Error::Lengths { min: 65, max: 64 }),
        ("minlength: 9; maxlength: 8", Error::Lengths { min: 9, max: 8 }),
        ("maxlength: 0", Error::Lengths { min: 1, max: 0 }),
        ("max-consecutive: 0", Error::ZeroInARow { rule: "max-consecutive" }),
        ("max-consecutive: 0; max-consecutive: 2", Error::ZeroInARow { rule: "max-consecutive" }),
        ("max-repeating: 0", Error::ZeroInARow { rule: "max-repeating" }),
        ("max-repeating: 1; max-sequential: 0", Error::ZeroInARow { rule: "max-sequential" }),
        ("required: upper, lower; required: lower, digit", Error::Required),
        (
            "required: [a]; required: [b]; required: [c]; required: [d]; required: [e]; required: [f]; \
             required: [g]; required: [h]; required: [i]",
            Error::TooManyClasses { classes: 9 },
        ),
        (
            "maxlength: 2; required: upper; required: lower; required: digit",
            Error::Policy(PolicyError::Minima { sum: 3, max: 2 }),
        ),
    ] {
        assert_eq!(read(text), Err(error), "{text}");
    }
    let impossible = read("minlength: 2; max-consecutive: 1; allowed: [a]");
    assert!(matches!(impossible, Err(Error::Policy(PolicyError::Infeasible { .. }))), "{impossible:?}");
}

/// A message for each index in the grammar.
#[test]
fn messages_say_what_was_expected_and_found() {
    const NAME: &str =
        "required, allowed, minlength, maxlength, max-repeating, max-sequential or max-consecutive";
    const CLASS: &str = "upper, lower, digit, special, ascii-printable, unicode or '['";
    for (text, at, expected, found) in [
        ("minlength: 10;\n\nmax: 20", 16, NAME, "\"max\""),
        ("requiredx: upper", 0, NAME, "\"requiredx\""),
        ("required: upper;;", 16, NAME, "';'"),
        (" ☃", 1, NAME, "'☃'"),
        ("allowed: lower; \u{a0}", 16, NAME, "'\\u{a0}'"),
        ("minlength 10", 10, "':'", "\"10\""),
        ("minlength", 9, "':'", "the end"),
        (" required: upper, loser", 18, CLASS, "\"loser\""),
        ("required: upper,", 16, CLASS, "the end"),
        ("allowed: upper, ;", 16, CLASS, "';'"),
        ("allowed: -]", 9, CLASS, "'-'"),
        ("required: upper lower", 16, "',', ';' or the end", "\"lower\""),
        ("required: []a]", 12, "',', ';' or the end", "\"a\""),
        ("required: [\n", 12, "']'", "the end"),
        ("required: [a-z]", 12, "']' ('-' is allowed only directly after '[')", "'-'"),
        ("minlength: ten", 11, "a number up to 4294967295", "\"ten\""),
        ("minlength: 4294967296", 11, "a number up to 4294967295", "\"4294967296\""),
        ("minlength: 8, 9", 12, "';' or the end", "','"),
        ("dummy-dummy-dummy-dummy-dummy-dummy", 0, NAME, "\"dummy-dummy-dummy-dummy-dummy-\""),
    ] {
        let error = read(text).expect_err(text);
        let message = format!("passwordrules: at byte {at}: expected {expected}, found {found}");
        assert_eq!(error.to_string(), message, "{text:?}");
        assert_eq!(error, ParsePasswordRulesError::Syntax { at, expected, found: found.to_owned() });
    }
}

/// Every conjunction of clauses over four characters is read exactly, or no policy at all states the same rules.
#[test]
fn every_conjunction_of_four_characters() {
    const LETTERS: [u8; 4] = *b"aA1-";
    let set = |bits: usize| (0..4).filter(move |index| bits >> index & 1 == 1).map(|index| LETTERS[index]);
    // The sets of characters that a compliant password can consist of, one bit each.
    let behaviour = |complies: &dyn Fn(usize) -> bool| {
        (1..16).filter(|&present| complies(present)).fold(0_u16, |all, present| all | 1 << present)
    };
    // What policies can express: each character in one of four classes or in none, each class mandatory or not, and
    // every number of required classes.
    let mut expressible = BTreeSet::new();
    for (slots, minima) in (0..5_usize.pow(4)).flat_map(|slots| (0..16).map(move |minima| (slots, minima))) {
        let class = |number: usize| {
            (0..4)
                .filter(|&index| slots / 5_usize.pow(index) % 5 == number)
                .fold(0, |bits, index| bits | 1 << index)
        };
        let classes: [usize; 4] = [0, 1, 2, 3].map(class);
        for required in 0..=4 {
            expressible.insert(behaviour(&|present| {
                let has = |&index: &usize| classes[index] & present != 0;
                (0..4).filter(has).count() >= required
                    && (0..4).filter(|index| minima >> index & 1 == 1).all(|index| has(&index))
            }));
        }
    }
    let (mut exact, mut refused) = (0, 0);
    for clauses in 0..1_usize << 15 {
        let clauses: Vec<usize> = (1..16).filter(|clause| clauses >> (clause - 1) & 1 == 1).collect();
        let texts = clauses.iter().map(|&clause| {
            // In brackets the dash must be the first character.
            let characters: String = set(clause).rev().map(char::from).collect();
            format!("required: [{characters}];")
        });
        let text = texts.collect::<String>() + "allowed: [-aA1]";
        let asked = behaviour(&|present| clauses.iter().all(|clause| clause & present != 0));
        match Policy::from_password_rules(&text) {
            Ok(policy) => {
                let complies =
                    |present: usize| policy.check(&set(present).map(char::from).collect::<String>()).is_ok();
                assert_eq!(behaviour(&complies), asked, "{text}");
                exact += 1;
            }
            Err(error) => {
                assert_eq!(error, ParsePasswordRulesError::Required);
                assert!(!expressible.contains(&asked), "{text}");
                refused += 1;
            }
        }
    }
    assert!(exact > 1_000 && refused > 1_000, "{exact} exact, {refused} refused");
}

/// Redundant clauses, more clauses than any policy needs, and the right number of the wrong clauses.
#[test]
fn many_clauses() {
    let sets = |size: u32, of: u32| (0..1_u32 << of).filter(move |set| set.count_ones() == size);
    let text = |set: u32| {
        let letters: String =
            ('a'..='z').enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, c)| c).collect();
        format!("required: [{letters}];")
    };
    let of = |size, of| sets(size, of).map(text).collect::<String>();
    let required = |text: &str| Policy::from_password_rules(text).map(|policy| policy.rules().min_classes());
    assert_eq!(required(&of(4, 8)), Ok(5));
    assert_eq!(required(&(of(5, 8) + &of(4, 8))), Ok(5));
    assert_eq!(required(&(of(3, 8) + &of(5, 16))), Err(ParsePasswordRulesError::Required));
    assert_eq!(required(&of(2, 9)), Err(ParsePasswordRulesError::TooManyClasses { classes: 9 }));
    // Fifteen clauses, as many as there are pairs of six classes; but only one of them is a pair.
    let triples = sets(3, 6).filter(|set| set & 0b11 != 0b11).take(14).map(text).collect::<String>();
    assert_eq!(required(&(text(0b11) + &triples)), Err(ParsePasswordRulesError::Required));
    assert_eq!(required(&of(8, 16)), Err(ParsePasswordRulesError::Required));
}

#[test]
fn classes_are_named_after_their_characters() {
    for (text, names) in [
        (
            "required: digit; required: upper; required: lower; required: [*]",
            vec!["uppercase letters", "lowercase letters", "digits", "special characters"],
        ),
        ("required: upper, lower; required: digit", vec!["letters", "digits"]),
        (
            "required: [abc]; required: [-]]; required: [*]",
            vec!["lowercase letters ([abc])", "special characters ([*])", "special characters ([-]])"],
        ),
        ("required: [-a], upper", vec!["letters, specials (upper, [-a])"]),
        ("required: ascii-printable", vec!["letters, digits, specials"]),
        (
            "required: upper, digit; required: lower, special",
            vec!["uppercase letters and digits", "lowercase, specials"],
        ),
        (
            "required: [ABCDEFGH]; required: [IJKLMNOP]; required: [abcdefgh]; required: [ijklmnop]; required: [qrstuvwx]; \
             required: [QRSTUVWX]",
            vec![
                "class 1: ABCDEFGH",
                "class 2: IJKLMNOP",
                "class 3: QRSTUVWX",
                "class 4: abcdefgh",
                "class 5: ijklmnop",
                "class 6: qrstuvwx",
            ],
        ),
    ] {
        let policy = Policy::from_password_rules(text).expect(text);
        let found: Vec<_> = policy.classes().iter().map(|class| class.name().to_owned()).collect();
        assert_eq!(found, names, "{text}");
    }
}

/// A million rules and a million classes take no recursion and no quadratic time.
#[test]
fn long_texts() {
    let rules = Policy::from_password_rules(&"required: [-a]];".repeat(1_000_000)).expect("it is one rule");
    assert_eq!(rules.classes().len(), 1);
    let text = format!("allowed: {}upper", "lower,".repeat(1_000_000));
    assert!(Policy::from_password_rules(&text).is_ok());
    let error = Policy::from_password_rules(&"x".repeat(10_000_000)).expect_err("it is no rule");
    assert!(error.to_string().len() < 200);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_rules(rules in prop::collection::vec(prop::sample::select(RULES), 1..8)) {
        let _ = read(&rules.join(";"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn any_text(text in any::<String>()) {
        let _ = read(&text);
    }

    #[test]
    fn any_words(words in prop::collection::vec(prop::sample::select(WORDS), 1..24)) {
        use ParsePasswordRulesError as Error;

        let text = words.concat();
        let read = read(&text);
        match Reading::new(&text) {
            None if text.trim_ascii().is_empty() => prop_assert_eq!(read, Err(Error::Empty)),
            None => match read {
                Err(Error::Syntax { at, .. }) => prop_assert!(text.is_char_boundary(at)),
                other => prop_assert!(false, "{:?}: {:?}", text, other),
            },
            Some(reading) => {
                let nothing = reading.required.iter().any(Vec::is_empty);
                let expected = match &read {
                    Err(Error::Empty | Error::Syntax { .. }) => false,
                    Err(Error::Unicode) => reading.unicode,
                    Err(Error::NothingRequired { at }) => {
                        nothing && text[*at..].to_ascii_lowercase().starts_with("required")
                    }
                    Err(Error::ZeroInARow { .. }) => has_zero(&reading),
                    _ => !reading.unicode && !nothing && !has_zero(&reading),
                };
                prop_assert!(expected, "{:?}: {:?}", text, read);
            }
        }
    }
}

fn has_zero(reading: &Reading) -> bool {
    let limits = [&reading.max_consecutive, &reading.max_repeating, &reading.max_sequential];
    limits.iter().any(|limit| limit.contains(&0))
}

const WORDS: &[&str] = &[
    "required:",
    "allowed:",
    "minlength:",
    "maxlength:",
    "max-consecutive:",
    "max-repeating:",
    "max-sequential:",
    "upper",
    "lower",
    "digit",
    "special",
    "ascii-printable",
    "unicode",
    ";",
    ";",
    ",",
    "[",
    "]",
    "-",
    " ",
    "a",
    "é",
    "3",
    "Required:",
    "\u{c}",
    "0",
    "99999999999",
    "\n",
];

const RULES: &[&str] = &[
    "required: upper, [a]",
    "required: [a], digit",
    "required:upper,digit",
    "required: []",
    "required: [☃]",
    "required:",
    " required: [-;]]",
    "required: lower",
    "allowed: [;]",
    "allowed: lower",
    "allowed:",
    "minlength: 3",
    "maxlength: 4",
    "maxlength: 90",
    "max-consecutive: 2",
    "max-consecutive: 300",
    "max-consecutive:",
    "max-repeating: 2",
    "max-sequential: 2",
];
