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
#[cfg_attr(not(feature = "strength"), expect(dead_code, reason = "nothing looks for any"))]
pub(super) enum Weakness {
    /// A list has it, of this name.
    Denied(Arc<str>),
    /// What it is made of: a word for programs, and one for people.
    Default(&'static str, &'static str),
    /// The estimated number of guesses, and the least one, as powers of ten.
    Guessable { found: f64, expected: f64 },
}

impl Weakness {
    const fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => DENIED,
            Self::Default(..) => DEFAULT,
            Self::Guessable { .. } => GUESSABLE,
        }
    }
}

/// All reasons why a password is weak, each at most once, in the order of [`CODES`].
#[derive(Default)]
pub(super) struct Weaknesses(pub(super) Vec<Weakness>);

impl Weaknesses {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The codes of the weaknesses.
    pub(super) fn codes(&self) -> Vec<&'static str> {
        self.0.iter().map(Weakness::code).collect()
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
        self.weak += u64::from(!weaknesses.is_empty());
        for (count, (code, ..)) in self.by_code.iter_mut().zip(CODES) {
            *count += u64::from(weaknesses.0.iter().any(|weakness| weakness.code() == code));
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
        for (place, weakness) in self.0.iter().enumerate() {
            write!(f, "{}{weakness}", if place == 0 { "weak: " } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", self.code())?;
        match self {
            Self::Denied(list) => write!(f, "in {list:?})"),
            Self::Default(_, made_of) => write!(f, "{made_of})"),
            Self::Guessable { found, expected } => {
                // Rounded down: what is below the least number must not look equal to it.
                let found = (found * 10.0).floor() / 10.0;
                write!(f, "10^{found:.1} guesses, expected at least 10^{expected:.1})")
            }
        }
    }
}

impl Json for Weaknesses {
    fn write(&self, to: &mut Vec<u8>) {
        self.0.write(to);
    }
}

/// The code and the members of [`CODES`].
impl Json for Weakness {
    fn write(&self, to: &mut Vec<u8>) {
        let mut object = Object::begin(to);
        object.member("kind", self.code());
        match self {
            Self::Denied(list) => object.member("list", list.as_ref()),
            Self::Default(made_of, _) => object.member("made_of", *made_of),
            Self::Guessable { found, expected } => object.member("found", found).member("expected", expected),
        };
        object.end();
    }
}
