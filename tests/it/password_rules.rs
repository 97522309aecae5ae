//! `passwordrules`, out and in, against a naive reading of Apple's document.

use crate::naive;
use std::collections::BTreeSet;

use crate::naive::{Parts, strings};
use crate::random::parts;
use password_rules_parser::{CharacterClass, PasswordRules, parse_password_rules};
use proptest::prelude::*;
use sip_password::{
    CharSet, Characters, Class, ClassSet, EXOTEL, HUAWEI, MAX_LENGTH, OwnedRules, PRESETS,
    ParsePasswordRulesError, Policy, PolicyError, Rules,
};

/// The characters of a class, from the document.
fn holds(class: &CharacterClass, character: char) -> bool {
    match class {
        CharacterClass::Upper => character.is_ascii_uppercase(),
        CharacterClass::Lower => character.is_ascii_lowercase(),
        CharacterClass::Digit => character.is_ascii_digit(),
        CharacterClass::Special => character.is_ascii_punctuation() || character == ' ',
        CharacterClass::AsciiPrintable => character.is_ascii_graphic() || character == ' ',
        CharacterClass::Unicode => true,
        CharacterClass::Custom(characters) => characters.contains(&character),
    }
}

/// Whether a password is what the rules ask for, from the document; up to this library's greatest length.
fn accepts(rules: &PasswordRules, password: &str) -> bool {
    let characters: Vec<char> = password.chars().collect();
    let length = characters.len() as u32;
    let any = |classes: &[CharacterClass], character| classes.iter().any(|class| holds(class, character));
    let allowed = |c| any(&rules.allowed, c) || rules.required.iter().any(|classes| any(classes, c));
    let runs = characters.chunk_by(|a, b| a == b).map(|run| run.len() as u32);
    (1..=MAX_LENGTH as u32).contains(&length)
        && rules.min_length.is_none_or(|min| length >= min)
        && rules.max_length.is_none_or(|max| length <= max)
        && rules.max_consecutive.is_none_or(|most| runs.max().unwrap_or(0) <= most)
        && characters.iter().all(|&c| allowed(c))
        && rules.required.iter().all(|classes| characters.iter().any(|&c| any(classes, c)))
}

/// For every set of characters that the rules treat alike, one; and a second one of the first, and some that are
/// never accepted.
fn relevant(rules: &PasswordRules) -> Vec<char> {
    let classes: Vec<_> = rules.required.iter().flatten().chain(&rules.allowed).collect();
    let alike = |c: char| classes.iter().map(|class| holds(class, c)).collect::<Vec<_>>();
    let mut seen = BTreeSet::new();
    let mut relevant: Vec<char> = (' '..='~').filter(|&c| seen.insert(alike(c))).collect();
    let twin = (' '..='~').find(|&c| !relevant.contains(&c) && alike(c) == alike(relevant[0]));
    relevant.extend(twin);
    relevant.push('é');
    relevant
}

/// Reads the text and compares every string of a few relevant characters, by itself and repeated to the lengths
/// around the limits.
fn read(text: &str) -> Result<OwnedRules, ParsePasswordRulesError> {
    let owned = OwnedRules::from_password_rules(text)?;
    let rules = parse_password_rules(text, true).expect("it was read");
    let classes = owned.classes();
    let policy = Policy::new(owned.rules(&classes)).expect("rules that were read are a policy");
    let relevant = relevant(&rules);
    let longest = (1..=5).rev().find(|&n| relevant.len().pow(n) <= 5_000).unwrap_or(1) as usize;
    let limits = [rules.min_length, rules.max_length, Some(MAX_LENGTH as u32)];
    let limits: BTreeSet<usize> = limits
        .iter()
        .flatten()
        .flat_map(|&n| n.saturating_sub(1)..=n + 1)
        .map(|n| n.min(70) as usize)
        .collect();
    for string in (0..=longest).flat_map(|length| strings(&relevant, length)) {
        assert_eq!(policy.check(&string).is_ok(), accepts(&rules, &string), "{text:?}: {string:?}");
        for &limit in &limits {
            let string: String = string.chars().cycle().take(limit).collect();
            assert_eq!(policy.check(&string).is_ok(), accepts(&rules, &string), "{text:?}: {string:?}");
        }
    }
    Ok(owned)
}

#[test]
fn three_of_four_are_six_pairs() {
    let said = |of| HUAWEI.password_rules(of).expect("they can be said").to_string();
    let expected = "minlength: 8; maxlength: 16; \
        required: upper, lower; required: upper, digit; required: upper, [*+.?@^_~]; \
        required: lower, digit; required: lower, [*+.?@^_~]; required: digit, [*+.?@^_~];";
    assert_eq!(said(Characters::Accepted), expected);
    assert_eq!(said(Characters::Generated), expected);
    let exotel = EXOTEL.password_rules(Characters::Accepted).expect("they can be said").to_string();
    assert!(exotel.ends_with(r#" allowed: [-"'()+,./:;<=>?[\_`{|}~]];"#), "{exotel}");
}

/// Where no special character is generated, the other three classes are all wanted.
#[test]
fn classes_that_are_not_generated_are_made_up_for() {
    let policy = HUAWEI.excluding(CharSet::of("*+.?@^_~0O")).expect("letters and digits are left");
    let said = policy.password_rules(Characters::Generated).expect("they can be said").to_string();
    assert_eq!(
        said,
        "minlength: 8; maxlength: 16; required: [ABCDEFGHIJKLMNPQRSTUVWXYZ]; required: lower; required: [123456789];"
    );
}

#[test]
fn presets_come_back_as_they_are() {
    for preset in PRESETS {
        let rules = preset.policy.rules();
        let said = preset.policy.password_rules(Characters::Accepted).expect("they can be said").to_string();
        let owned = read(&said).expect("they can be read");
        assert_eq!(owned.classes().len(), rules.classes.len());
        for (class, original) in owned.classes().iter().zip(rules.classes) {
            assert_eq!((class.name, class.characters), (original.name, original.characters));
        }
        assert_eq!((owned.uncounted, owned.default_length), (rules.uncounted, rules.default_length));
        let classes = owned.classes();
        let policy = Policy::new(owned.rules(&classes)).expect("rules that were read are a policy");
        for length in 0..=MAX_LENGTH + 1 {
            assert_eq!(policy.count(length).to_string(), preset.policy.count(length).to_string());
        }
        // What is generated comes back as what is accepted.
        let said = preset.policy.password_rules(Characters::Generated).expect("they can be said").to_string();
        let owned = read(&said).expect("they can be read");
        let classes = owned.classes();
        let policy = Policy::new(owned.rules(&classes)).expect("rules that were read are a policy");
        for length in 0..=MAX_LENGTH + 1 {
            assert_eq!(policy.count(length).to_string(), preset.policy.count_generated(length).to_string());
        }
    }
}

/// All numbers of classes and all numbers required of them, some of the classes wanted anyway.
#[test]
fn every_k_of_n_is_recognised() {
    const LETTERS: [u8; 8] = *b"abcdefgh";
    for count in 1..=LETTERS.len() {
        for (required, wanted) in (0..=count).flat_map(|k| (0..=count).map(move |wanted| (k, wanted))) {
            let class = |place: usize| {
                let set = CharSet::range(LETTERS[place], LETTERS[place]);
                Class::new("a class", set).at_least((place < wanted).into())
            };
            let classes: Vec<_> = (0..count).map(class).collect();
            let rules = Rules { classes: &classes, required_classes: required as u8, ..Rules::NONE };
            let policy = Policy::new(rules).expect("16 characters are enough");
            let said = policy.password_rules(Characters::Accepted).expect("they can be said").to_string();
            let owned = OwnedRules::from_password_rules(&said).expect("they can be read");
            let classes = owned.classes();
            let back = Policy::new(owned.rules(&classes)).expect("rules that were read are a policy");
            for present in 1..1_usize << count {
                let letters = (0..count).filter(|place| present >> place & 1 == 1);
                let password: String = letters.map(|place| char::from(LETTERS[place])).collect();
                assert_eq!(
                    back.check(&password).is_ok(),
                    policy.check(&password).is_ok(),
                    "{said}: {password}"
                );
            }
        }
    }
}

/// Every conjunction of clauses over four characters is read exactly, or no policy at all says the same.
#[test]
fn every_conjunction_of_four_characters() {
    const LETTERS: [u8; 4] = *b"aA1-";
    let set = |bits: usize| (0..4).filter(move |place| bits >> place & 1 == 1).map(|place| LETTERS[place]);
    // Which sets of characters a password can be made of, as a bit a set.
    let behaviour = |complies: &dyn Fn(usize) -> bool| {
        (1..16).filter(|&present| complies(present)).fold(0_u16, |all, present| all | 1 << present)
    };
    // Each character in one of four classes or in none; each class wanted or not; so many required.
    let mut sayable = BTreeSet::new();
    for (slots, minima) in (0..5_usize.pow(4)).flat_map(|slots| (0..16).map(move |minima| (slots, minima))) {
        let class = |wanted: usize| {
            (0..4)
                .filter(|&place| slots / 5_usize.pow(place) % 5 == wanted)
                .fold(0, |bits, place| bits | 1 << place)
        };
        let classes: [usize; 4] = [0, 1, 2, 3].map(class);
        for required in 0..=4 {
            sayable.insert(behaviour(&|present| {
                let has = |&place: &usize| classes[place] & present != 0;
                (0..4).filter(has).count() >= required
                    && (0..4).filter(|place| minima >> place & 1 == 1).all(|place| has(&place))
            }));
        }
    }
    let (mut exact, mut refused) = (0, 0);
    for clauses in 0..1_usize << 15 {
        let clauses: Vec<usize> = (1..16).filter(|clause| clauses >> (clause - 1) & 1 == 1).collect();
        let texts = clauses.iter().map(|&clause| {
            // The dash comes first, as it must.
            let characters: String = set(clause).rev().map(char::from).collect();
            format!("required: [{characters}];")
        });
        let text = texts.collect::<String>() + "allowed: [-aA1]";
        let asked = behaviour(&|present| clauses.iter().all(|clause| clause & present != 0));
        match OwnedRules::from_password_rules(&text) {
            Ok(owned) => {
                let classes = owned.classes();
                let policy = Policy::new(owned.rules(&classes)).expect("rules that were read are a policy");
                let complies =
                    |present: usize| policy.check(&set(present).map(char::from).collect::<String>()).is_ok();
                assert_eq!(behaviour(&complies), asked, "{text}");
                exact += 1;
            }
            Err(error) => {
                assert_eq!(error, ParsePasswordRulesError::Required);
                assert!(!sayable.contains(&asked), "{text}");
                refused += 1;
            }
        }
    }
    assert!(exact > 1_000 && refused > 1_000, "{exact} exact, {refused} refused");
}

/// The rules in the tests of `password-rules-parser` and of Apple's parser that are read.
const READ: &[&str] = &[
    "allowed:;",
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
    "maxLENGTH: 7",
    // One class, in which the second rule is characters.
    "allowed: [;required:[]",
];

/// And those that are not of the grammar.
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
];

#[test]
fn the_rules_of_other_tests() {
    for text in READ {
        read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    }
    for text in NOT_READ {
        let error = read(text).expect_err("it is not of the grammar");
        assert!(matches!(error, ParsePasswordRulesError::Syntax { .. }), "{text:?}: {error:?}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    for text in ["", "  \n"] {
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
fn what_is_wrong_and_where() {
    use ParsePasswordRulesError as Error;
    for (text, error) in [
        // The parser leaves these out, and a class with them that every password needs.
        ("required: []", Error::NothingRequired { at: 0 }),
        ("allowed: [;]; required: [é], [☃]; required: upper", Error::NothingRequired { at: 13 }),
        ("allowed: []]; REQUIRED : [\n]", Error::NothingRequired { at: 13 }),
        ("minlength: 65", Error::Lengths { min: 65, max: 64 }),
        ("minlength: 65; maxlength: 70", Error::Lengths { min: 65, max: 64 }),
        ("minlength: 9; maxlength: 8", Error::Lengths { min: 9, max: 8 }),
        ("maxlength: 0", Error::Lengths { min: 1, max: 0 }),
        ("max-consecutive: 0", Error::MaxConsecutive),
        ("max-consecutive: 0; max-consecutive: 2", Error::MaxConsecutive),
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
    for (text, message) in [
        (
            " required: upper, loser",
            "at byte 18: expected is one of: upper, lower, digit, special, ascii-printable, unicode, '['",
        ),
        ("minlength: ten", "at byte 11: expected is one of: a number, ';', the end"),
        ("minlength 10", "at byte 10: expected is one of: ':'"),
        (
            "minlength: 10;\n\nmax: 20",
            "at byte 16: expected is one of: required, allowed, max-consecutive, minlength, maxlength, the end",
        ),
        ("required: [a-z]", "at byte 12: expected is one of: ']'"),
    ] {
        let error = read(text).expect_err("it is not of the grammar");
        assert_eq!(error.to_string(), format!("passwordrules: {message}"), "{text:?}");
    }
}

/// Clauses that follow from others, more than classes can need, and rules whose clauses are as many.
#[test]
fn clauses_without_number() {
    let sets = |size: u32, of: u32| (0..1_u32 << of).filter(move |set| set.count_ones() == size);
    let text = |set: u32| {
        let letters: String =
            ('a'..='z').enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, c)| c).collect();
        format!("required: [{letters}];")
    };
    let of = |size, of| sets(size, of).map(text).collect::<String>();
    let required = |text: &str| OwnedRules::from_password_rules(text).map(|owned| owned.required_classes);
    assert_eq!(required(&of(4, 8)), Ok(5));
    assert_eq!(required(&(of(5, 8) + &of(4, 8))), Ok(5));
    assert_eq!(required(&(of(3, 8) + &of(5, 16))), Err(ParsePasswordRulesError::Required));
    assert_eq!(required(&of(2, 9)), Err(ParsePasswordRulesError::TooManyClasses { classes: 9 }));
    // As many clauses as there are pairs of six classes, and only one of them is a pair.
    let triples = sets(3, 6).filter(|set| set & 0b11 != 0b11).take(14).map(text).collect::<String>();
    assert_eq!(required(&(text(0b11) + &triples)), Err(ParsePasswordRulesError::Required));
    assert_eq!(required(&of(8, 16)), Err(ParsePasswordRulesError::Required));
}

#[test]
fn classes_are_named_for_what_is_in_them() {
    for (text, names) in [
        (
            "required: digit; required: upper; required: lower; required: [*]",
            vec!["uppercase letters", "lowercase letters", "digits", "special characters"],
        ),
        (
            "required: upper, lower; required: digit",
            vec!["uppercase letters and lowercase letters", "digits"],
        ),
        (
            "required: [abc]; required: [-]]; required: [*]",
            vec!["lowercase letters ([abc])", "special characters ([*])", "special characters ([-]])"],
        ),
        ("required: upper, [a-]", vec![]),
        (
            "required: [-a], upper",
            vec!["uppercase letters and lowercase letters and special characters (upper, [-a])"],
        ),
    ] {
        let found = OwnedRules::from_password_rules(text).map(|owned| owned.classes).unwrap_or_default();
        assert_eq!(found.into_iter().map(|class| class.name).collect::<Vec<_>>(), names, "{text}");
    }
}

#[test]
fn what_cannot_be_said_is_named() {
    let classes =
        [Class::new("letters", CharSet::LOWERCASE), Class::new("digits", CharSet::DIGITS).at_least(2)];
    let said = |rules: Rules<'_>| {
        let policy = Policy::new(rules).expect("it makes sense");
        policy
            .password_rules(Characters::Accepted)
            .map(|rules| rules.to_string())
            .map_err(|error| error.to_string())
    };
    let rules = Rules { classes: &classes[..1], longest_run: Some(2), ..Rules::NONE };
    assert_eq!(
        said(rules),
        Ok("minlength: 1; maxlength: 64; max-consecutive: 2; allowed: lower;".to_owned())
    );
    let cannot = |rule| Err(format!("passwordrules cannot say this policy: {rule}"));
    assert_eq!(
        said(Rules { classes: &classes, ..rules }),
        cannot("minimum: 2 characters of class 1, and they can ask for 1")
    );
    assert_eq!(
        said(Rules { first: Some(ClassSet::EMPTY.with(0)), ..rules }),
        cannot("first: they have no rule for the first character")
    );
    assert_eq!(
        said(Rules { context: Some("x"), ..rules }),
        cannot("context: they have no rule against a word")
    );
}

const FIVE: &str = "aA1-]";

/// Without what cannot be said.
fn sayable(parts: Parts) -> Parts {
    let minima = parts.minima.into_iter().map(|minimum| minimum.min(1)).collect();
    Parts { minima, first: None, context: None, ..parts }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn said_is_what_is_accepted(parts in parts(FIVE, 5).prop_map(sayable)) {
        let alphabet: Vec<char> = FIVE.chars().collect();
        parts.with(|policy| {
            for of in [Characters::Accepted, Characters::Generated] {
                let said = policy.password_rules(of).expect("they can be said").to_string();
                let rules = parse_password_rules(&said, true).expect("it is of the grammar");
                let owned = OwnedRules::from_password_rules(&said).expect("a policy says it");
                let classes = owned.classes();
                let back = Policy::new(owned.rules(&classes)).expect("rules that were read are a policy");
                for password in (0..=5).flat_map(|length| strings(&alphabet, length)) {
                    let of_these = of == Characters::Accepted
                        || password.chars().all(|character| policy.alphabet().contains(character));
                    let complies = of_these && naive::check(policy.rules(), &password).is_empty();
                    assert_eq!(accepts(&rules, &password), complies, "{said} {password:?}");
                    assert_eq!(back.check(&password).is_ok(), complies, "{said} {password:?}");
                }
            }
        });
    }

    #[test]
    fn said_or_refused(parts in parts(FIVE, 5)) {
        parts.with(|policy| {
            let rules = policy.rules();
            let more = rules.classes.iter().any(|class| class.minimum > 1);
            let refused = more || rules.first.is_some() || rules.context.is_some();
            assert_eq!(policy.password_rules(Characters::Accepted).is_err(), refused);
        });
    }


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
        let text = words.concat();
        let read = read(&text);
        let of_the_grammar = parse_password_rules(&text, true).is_ok();
        let syntax = matches!(read, Err(ParsePasswordRulesError::Empty | ParsePasswordRulesError::Syntax { .. }));
        prop_assert_eq!(syntax, !of_the_grammar);
    }
}

const WORDS: &[&str] = &[
    "required:",
    "allowed:",
    "minlength:",
    "maxlength:",
    "max-consecutive:",
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
];
