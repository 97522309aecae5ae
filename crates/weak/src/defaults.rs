//! Is a password one that scanners try, or that a configuration comes with?

mod pieces;
mod words;

use zeroize::Zeroizing;

use crate::names::words_of;
use pieces::Pieces;

/// The longest password that is looked at, in bytes. Every longer one is none of these.
pub const MAX_DEFAULT: usize = 64;

/// Why a password is a well-known one. It says what the password is made of, and no character of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KnownDefault {
    /// A number of at most four digits: the first that scanners try.
    Number,
    /// The account's own name or extension, forwards or backwards, or what is made of it.
    Account,
    /// A default of a product, the name of a vendor or of a thing, or what is made of it: `Vendor@123`.
    Word,
    /// Neighbouring keys, the alphabet, or one character again and again.
    Walk,
}

impl KnownDefault {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Number, Self::Account, Self::Word, Self::Walk];

    /// A word for other programs: `number`, `account`, `word`, `walk`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Account => "account",
            Self::Word => "word",
            Self::Walk => "walk",
        }
    }
}

/// Whether a password is one that scanners of SIP servers try, or that configurations come with; and if it is, why. `names` are the account's
/// own: its user name, its extension.
///
/// The password must consist, as a whole, of at most two words (defaults of products, names of vendors and of things in a telephone
/// system, usual words, the account's names forwards or backwards), of at most four walks (three or more neighbouring keys, letters or
/// digits in order, one character again and again), of years from 1950 to 2049, and of at most three other digits or special
/// characters. The case of letters is ignored, and usual substitutions are undone: `P@ssw0rd` is a word.
///
/// A uniformly random password is practically never one: fewer than one in 100,000 of 8 characters, and none of the million of 12 that a
/// test makes.
///
/// A copy of the password is wiped. The time depends on the password: a microsecond for most, and less than a millisecond for any.
///
/// ```
/// use sip_password_weak::{KnownDefault, known_default};
///
/// assert_eq!(known_default(b"Huawei@2024", &[]), Some(KnownDefault::Word));
/// assert_eq!(known_default(b"1qaz@WSX3edc", &[]), Some(KnownDefault::Walk));
/// assert_eq!(known_default(b"Alice2024!", &["alice@example.com"]), Some(KnownDefault::Account));
/// assert_eq!(known_default(b"Alice2024!", &[]), None);
/// ```
pub fn known_default(password: &[u8], names: &[&str]) -> Option<KnownDefault> {
    if password.is_empty() || password.len() > MAX_DEFAULT {
        return None;
    }
    if password.len() <= 4 && password.iter().all(u8::is_ascii_digit) {
        return Some(KnownDefault::Number);
    }
    let lower = Zeroizing::new(password.to_ascii_lowercase());
    let names = names.iter().flat_map(|name| words_of(name)).map(str::as_bytes).collect();
    Pieces { password, lower: &lower, names }.reason()
}
