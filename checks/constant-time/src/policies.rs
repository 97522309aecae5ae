//! Policies with every rule.

use sip_password::{CharSet, Class, ClassSet, PRESETS, Policy, Rules};

/// A policy, by the name of what it asks for.
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) policy: Policy<'static>,
    /// Whether it asks only how long a password is and which classes there are in it, which the vector unit can judge.
    pub(crate) simple: bool,
}

const UPPERCASE: Class<'static> = Class::new("uppercase letters", CharSet::UPPERCASE);
const LOWERCASE: Class<'static> = Class::new("lowercase letters", CharSet::LOWERCASE);
const DIGITS: Class<'static> = Class::new("digits", CharSet::DIGITS);
const SPECIALS: Class<'static> = Class::new("special characters", CharSet::of("~@^*_+.?"));

const BASE: Rules<'static> =
    Rules { min_length: 4, classes: &[UPPERCASE, LOWERCASE, DIGITS, SPECIALS], ..Rules::NONE };

/// The presets, each rule by itself, and all together; alphabets of which a word gives four, six, seven and eight characters.
pub(crate) fn common() -> Vec<Named> {
    let presets =
        PRESETS.iter().map(|preset| Named { name: preset.name, policy: *preset.policy, simple: true });
    let named = |simple| {
        move |(name, rules)| Named { name, policy: Policy::new(rules).expect("it is sound"), simple }
    };
    presets.chain(SIMPLE.map(named(true))).chain(OTHER.map(named(false))).collect()
}

const SIMPLE: [(&str, Rules<'static>); 7] = [
    ("nothing", BASE),
    ("k of n classes", Rules { required_classes: 2, ..BASE }),
    ("uncounted characters", Rules { uncounted: CharSet::of("-/ "), ..BASE }),
    ("characters never generated", Rules { never_generated: CharSet::of("0O1lI"), ..BASE }),
    ("a class that must be", Rules { classes: &[UPPERCASE, DIGITS.at_least(1)], ..BASE }),
    (
        "six characters a word",
        Rules { classes: &[Class::new("letters", CharSet::of("abcdefghijklmn"))], ..BASE },
    ),
    (
        "eight characters a word",
        Rules { classes: &[DIGITS, Class::new("letters", CharSet::of("ABCDEF"))], ..BASE },
    ),
];

const OTHER: [(&str, Rules<'static>); 7] = [
    ("a longest run", Rules { longest_run: Some(2), ..BASE }),
    ("no character twice in a row", Rules { longest_run: Some(1), ..BASE }),
    ("a first character", Rules { first: Some(ClassSet::EMPTY.with(0).with(1)), ..BASE }),
    ("a context word", Rules { context: Some("Ag7"), ..BASE }),
    ("minima", Rules { classes: &[UPPERCASE.at_least(1), LOWERCASE, DIGITS.at_least(2)], ..BASE }),
    ("eight classes", Rules { classes: &EIGHT, required_classes: 5, min_length: 6, ..BASE }),
    ("every rule", ALL),
];

const EIGHT: [Class<'static>; 8] = [
    Class::new("a", CharSet::range(b'a', b'm')),
    Class::new("n", CharSet::range(b'n', b'z')),
    Class::new("A", CharSet::range(b'A', b'M')),
    Class::new("N", CharSet::range(b'N', b'Z')),
    Class::new("0", CharSet::range(b'0', b'4')),
    Class::new("5", CharSet::range(b'5', b'9')),
    Class::new("!", CharSet::of("!#$%&*")),
    Class::new("-", CharSet::of("-/:;.,")),
];

const ALL: Rules<'static> = Rules {
    min_length: 6,
    classes: &[UPPERCASE, LOWERCASE.at_least(1), DIGITS.at_least(2), SPECIALS],
    required_classes: 3,
    uncounted: CharSet::of("-/ "),
    never_generated: CharSet::of("0O1lI"),
    longest_run: Some(2),
    first: Some(ClassSet::EMPTY.with(0).with(1)),
    context: Some("Ag7"),
    ..BASE
};

/// Policies whose passwords of 16 characters are too rare to be found by trying.
#[cfg(feature = "std")]
pub(crate) fn rare() -> Vec<Named> {
    let named = |(name, rules)| {
        let policy = Policy::new(rules).expect("it is sound");
        assert!(policy.is_rare(16), "{name}");
        Named { name, policy, simple: false }
    };
    RARE.map(named).into()
}

#[cfg(feature = "std")]
const RARE: [(&str, Rules<'static>); 4] = [
    ("14 digits of 16", Rules { classes: MOSTLY_DIGITS, required_classes: 2, ..BASE }),
    ("14 digits of 16, and runs", Rules { classes: MOSTLY_DIGITS, longest_run: Some(1), ..BASE }),
    ("14 digits of 16, and a context word", Rules { classes: MOSTLY_DIGITS, context: Some("a7"), ..BASE }),
    (
        "14 digits of 16, and every rule",
        Rules { classes: &[UPPERCASE, LOWERCASE.at_least(1), DIGITS.at_least(14), SPECIALS], ..ALL },
    ),
];

#[cfg(feature = "std")]
const MOSTLY_DIGITS: &[Class<'static>] = &[UPPERCASE, LOWERCASE, DIGITS.at_least(14), SPECIALS];
