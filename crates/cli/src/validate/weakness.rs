//! Why a password is weak, though it may comply: reasons that are kept apart from violations of the policy.

use std::{fmt, sync::Arc};

use super::language::Language;
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

impl Weaknesses {
    /// For people: `weak: denied (in "common.txt"), guessable (10^5.8 guesses, expected at least 10^10)`.
    pub(super) fn text(&self, language: Language) -> String {
        let texts: Vec<_> = self.0.iter().map(|weakness| weakness.text(language)).collect();
        match language {
            Language::English => format!("weak: {}", texts.join(", ")),
            Language::Chinese => format!("弱密码：{}", texts.join("，")),
        }
    }
}

impl Weakness {
    /// The code, which is not translated, and the reason.
    fn text(&self, language: Language) -> String {
        let reason = match self {
            Self::Denied(list) => match language {
                Language::English => format!("in {list:?}"),
                Language::Chinese => format!("出现在 {list:?} 中"),
            },
            Self::Default(made_of, described) => match language {
                Language::English => (*described).to_owned(),
                Language::Chinese => made_of_in_chinese(made_of).unwrap_or(described).to_owned(),
            },
            Self::Guessable { found, expected } => {
                // Rounded down: what is below the least number must not look equal to it.
                let found = (found * 10.0).floor() / 10.0;
                match language {
                    Language::English => format!("10^{found:.1} guesses, expected at least 10^{expected:.1}"),
                    Language::Chinese => format!("约 10^{found:.1} 次即可猜中，至少需要 10^{expected:.1} 次"),
                }
            }
        };
        match language {
            Language::English => format!("{} ({reason})", self.code()),
            Language::Chinese => format!("{}（{reason}）", self.code()),
        }
    }
}

/// What a known default is made of, by the word for programs.
fn made_of_in_chinese(made_of: &str) -> Option<&'static str> {
    Some(match made_of {
        "number" => "最多四位的数字",
        "account" => "由账号自身的名称或分机号构成",
        "word" => "由默认密码、厂商名称或常用词构成",
        "walk" => "由相邻按键、顺序字符或重复字符构成",
        _ => return None,
    })
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

#[cfg(all(test, feature = "strength"))]
mod tests {
    use sip_password_weak::KnownDefault;

    use super::*;

    #[test]
    fn every_weakness_in_chinese() {
        for known in KnownDefault::ALL {
            let made_of = made_of_in_chinese(known.as_str()).expect("it is translated");
            let weakness = Weakness::Default(known.as_str(), "in English");
            assert_eq!(weakness.text(Language::Chinese), format!("default-password（{made_of}）"));
        }
        let guessable = Weakness::Guessable { found: 5.89, expected: 10.0 };
        let weaknesses = Weaknesses(vec![Weakness::Denied("common.txt".into()), guessable]);
        assert_eq!(
            weaknesses.text(Language::Chinese),
            "弱密码：denied（出现在 \"common.txt\" 中），guessable（约 10^5.8 次即可猜中，至少需要 10^10.0 次）"
        );
        assert_eq!(
            weaknesses.text(Language::English),
            "weak: denied (in \"common.txt\"), guessable (10^5.8 guesses, expected at least 10^10.0)"
        );
    }
}
