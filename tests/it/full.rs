//! Policies in all their words, policy files and errors, printed to where there is room for so many bytes and no more: the error
//! comes back at once, and what was written up to then is the beginning of the whole.

use std::fmt::{Display, Write};

use sip_password::{
    CharSet, Characters, Class, ClassSet, PRESETS, Policy, PolicyError, PolicyFile, Rules, api::BaseUrl,
};

/// Takes so many bytes, then fails: and is not asked again.
struct Room {
    left: usize,
    taken: String,
    is_full: bool,
}

impl Write for Room {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        assert!(!self.is_full, "it was said that there is no room, and still there comes {text:?}");
        self.is_full = text.len() > self.left;
        self.left = self.left.saturating_sub(text.len());
        if self.is_full {
            return Err(std::fmt::Error);
        }
        self.taken.push_str(text);
        Ok(())
    }
}

/// With room for nothing, for a byte, and so on.
#[track_caller]
fn hands_errors_on(what: &dyn Display) {
    let whole = what.to_string();
    assert!(!whole.is_empty());
    for left in 0..=whole.len() {
        let mut room = Room { left, taken: String::new(), is_full: false };
        let done = write!(room, "{what}");
        assert_eq!(done.is_ok(), left == whole.len(), "room for {left} bytes of {whole:?}");
        assert!(whole.starts_with(&room.taken), "{:?} of {whole:?}", room.taken);
    }
}

/// All that a policy says of itself.
fn policy(rules: Rules) {
    let policy = Policy::new(rules).expect("it can be satisfied");
    hands_errors_on(&policy.explain());
    hands_errors_on(&policy.pattern());
    hands_errors_on(&policy.html_attributes(None));
    for of in [Characters::Accepted, Characters::Generated] {
        match policy.password_rules(of) {
            Ok(rules) => {
                hands_errors_on(&rules);
                hands_errors_on(&policy.html_attributes(Some(rules)));
            }
            Err(error) => hands_errors_on(&error),
        }
    }
    for password in ["", "aA1", "aaaaaaaaaaaaaaaa", "\u{e9}-spaces and \u{1f600}"] {
        if let Err(violations) = policy.check(password) {
            hands_errors_on(&violations);
        }
    }
}

#[test]
fn policies() {
    for preset in PRESETS {
        policy(preset.policy.rules());
    }
    let classes = [
        Class::new("letters", CharSet::UPPERCASE.union(CharSet::LOWERCASE)).at_least(2),
        Class::new("digits", CharSet::DIGITS),
        Class::new("others", CharSet::of(" -]^\\")),
    ];
    let rules = Rules::new().with_lengths(4, 20).with_default_length(9).with_classes(&classes);
    policy(rules.clone());
    policy(rules.clone().with_lengths(9, 9));
    policy(rules.clone().with_min_classes(2).with_uncounted(CharSet::of("_~")));
    policy(rules.clone().with_min_classes(3).with_excluded(CharSet::of("0Oo")).with_max_repeat(2));
    policy(rules.clone().with_excluded_first(CharSet::of(" -")));
    policy(rules.clone().with_first(ClassSet::EMPTY.with(0).with(2)).with_context("Ab-1"));
    policy(rules.clone().with_classes(&classes[1..]).with_max_repeat(1));
}

#[test]
fn policy_files() {
    for text in [
        "min_length = 1\nmax_length = 2\n[[class]]\nname = 'a'\ncharacters = 'a'",
        r#"
        name = "a name"
        title = "a title with \"quotes\" and '\\'"
        source = 'C:\a "place"'
        notes = ["one", "two"]
        min_length = 5
        max_length = 20
        default_length = 6
        min_classes = 2
        uncounted = "_"
        excluded = "0O"
        excluded_first = "a-c"
        max_repeat = 3
        first = ["letters", "others"]
        context = "word"
        [[class]]
        name = "letters"
        characters = "a-z"
        minimum = 2
        [[class]]
        name = "others"
        characters = "A-Z'\""
        [[class]]
        name = "digits"
        characters = "0-9"
        "#,
    ] {
        let mut file = PolicyFile::parse(text).expect("it is one");
        hands_errors_on(&file);
        // Which no file can have, but a program can say.
        file.notes.push("one line\n'and \u{7}".into());
        hands_errors_on(&file);
    }
    for text in ["", "min_length = 'x'", "min_length = 2\nmin_length = 3"] {
        hands_errors_on(&PolicyFile::parse(text).expect_err("it is none"));
    }
}

#[test]
fn errors() {
    for error in [
        PolicyError::Lengths { min: 3, max: 2 },
        PolicyError::DefaultLength { default: 4, min: 8, max: 16 },
        PolicyError::Overlap { first: 0, second: 1 },
        PolicyError::TooComplex { states: 99 },
        PolicyError::NoCharacters,
    ] {
        hands_errors_on(&error);
    }
    hands_errors_on(&BaseUrl::new("https://localhost").expect("it is one"));
    hands_errors_on(&BaseUrl::new("ftp://localhost").expect_err("it is none"));
}
