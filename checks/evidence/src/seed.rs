//! The seed of the passwords, as an argument.

use std::{fmt, str::FromStr};

use sip_password::Keystream;

/// 32 bytes, which are public here. By default zeros, so that nobody can have chosen one that passes.
#[derive(Clone, Default)]
pub(crate) struct Seed([u8; 32]);

impl Seed {
    /// The keystream of a block of a run; no two share a word.
    pub(crate) fn keystream(&self, run: u64, block: u64) -> Keystream {
        Keystream::stream(&sip_password::Seed::take(&mut { self.0 }), run << 40 | block)
    }
}

impl FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<u32>>>();
        let Some(digits) = digits.filter(|digits| digits.len() == 64) else {
            return Err(format!("expected 64 hexadecimal digits, found {} characters", text.chars().count()));
        };
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = pair.iter().fold(0, |byte, &digit| byte << 4 | digit as u8);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal() {
        let text = "00ff".repeat(16);
        assert_eq!(text.parse::<Seed>().map(|seed| seed.to_string()), Ok(text.clone()));
        assert_eq!(Seed::default().to_string(), "0".repeat(64));
        for wrong in [&text[1..], &format!("+{}", &text[1..]), &format!("é{}", &text[1..]), ""] {
            assert!(wrong.parse::<Seed>().is_err(), "{wrong}");
        }
    }
}
