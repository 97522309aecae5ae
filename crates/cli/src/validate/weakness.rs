//! Why a password is weak, though it may comply: reasons that are kept apart from violations of the policy.

use std::{fmt, sync::Arc};

use crate::json::{Json, Object};

/// The codes of weaknesses, and what they mean: the password is this.
pub(crate) const CODES: [(&str, &str, &[&str]); 3] = [
    (DENIED, "in a list of --deny", &["list"]),
    (DEFAULT, "what scanners try and configurations come with", &["made_of"]),
    (GUESSABLE, "found in fewer guesses than --min-guesses, as powers of ten", &["found", "expected"]),
];
const DENIED: &str = "denied";
const DEFAULT: &str = "default-password";
const GUESSABLE: &str = "guessable";

/// Why a password is weak.
#[derive(Default)]
pub(super) struct Weaknesses {
    /// The list that has it.
    pub(super) denied: Option<Arc<str>>,
    /// What it is made of: a word for programs, and one for people.
    pub(super) default: Option<(&'static str, &'static str)>,
    /// The estimated number of guesses, and the least one, as powers of ten.
    pub(super) guessable: Option<(f64, f64)>,
}

impl Weaknesses {
    pub(super) fn is_empty(&self) -> bool {
        self.codes().is_empty()
    }

    /// The codes of the weaknesses.
    pub(super) fn codes(&self) -> Vec<&'static str> {
        let Self { denied, default, guessable } = self;
        let found =
            [(denied.is_some(), DENIED), (default.is_some(), DEFAULT), (guessable.is_some(), GUESSABLE)];
        found.into_iter().filter(|(is_it, _)| *is_it).map(|(_, code)| code).collect()
    }
}

/// How many passwords have each weakness.
#[derive(Default)]
pub(super) struct WeaknessCounts {
    weak: u64,
    by_code: [u64; CODES.len()],
}

impl WeaknessCounts {
    pub(super) fn add(&mut self, weaknesses: &Weaknesses) {
        let codes = weaknesses.codes();
        self.weak += u64::from(!codes.is_empty());
        for (count, (code, ..)) in self.by_code.iter_mut().zip(CODES) {
            *count += u64::from(codes.contains(&code));
        }
    }

    /// Whether any password is weak.
    pub(super) fn any(&self) -> bool {
        self.weak > 0
    }
}

/// For the summary: `2 weak: denied 1, guessable 2`.
impl fmt::Display for WeaknessCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} weak", self.weak)?;
        let counts = CODES.iter().zip(self.by_code).filter(|(_, count)| *count > 0);
        for (place, ((code, ..), count)) in counts.enumerate() {
            write!(f, "{} {code} {count}", if place == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

/// For people: `weak: denied (in "common.txt"), guessable (10^5.8 guesses, expected at least 10^10)`.
impl fmt::Display for Weaknesses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sign = "weak: ";
        let mut next = || std::mem::replace(&mut sign, ", ");
        if let Some(list) = &self.denied {
            write!(f, "{}{DENIED} (in {list:?})", next())?;
        }
        if let Some((_, made_of)) = self.default {
            write!(f, "{}{DEFAULT} ({made_of})", next())?;
        }
        if let Some((found, expected)) = self.guessable {
            // Rounded down: what is below the least number must not look equal to it.
            let found = (found * 10.0).floor() / 10.0;
            write!(f, "{}{GUESSABLE} (10^{found:.1} guesses, expected at least 10^{expected:.1})", next())?;
        }
        Ok(())
    }
}

impl Json for Weaknesses {
    /// A list of objects, each with its code and the members of [`CODES`].
    fn write(&self, to: &mut Vec<u8>) {
        to.push(b'[');
        let is_first = |to: &Vec<u8>| to.last() == Some(&b'[');
        if let Some(list) = &self.denied {
            Object::begin(to).member("kind", DENIED).member("list", list.as_ref()).end();
        }
        if let Some((made_of, _)) = self.default {
            if !is_first(to) {
                to.push(b',');
            }
            Object::begin(to).member("kind", DEFAULT).member("made_of", made_of).end();
        }
        if let Some((found, expected)) = self.guessable {
            if !is_first(to) {
                to.push(b',');
            }
            Object::begin(to)
                .member("kind", GUESSABLE)
                .member("found", &found)
                .member("expected", &expected)
                .end();
        }
        to.push(b']');
    }
}
