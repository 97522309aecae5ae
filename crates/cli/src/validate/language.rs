//! The languages of what a verdict says besides violations, which [`Messages`](sip_password::Messages) describes.

/// A language of `--language`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Language {
    English,
    Chinese,
}

impl Language {
    /// The language with this code; English if it is not known.
    pub(super) fn named(code: &str) -> Self {
        if code == "zh" { Self::Chinese } else { Self::English }
    }

    /// `refused by twilio: too-short (…)`
    pub(super) fn refused(self, name: &str, reasons: &str) -> String {
        match self {
            Self::English => format!("refused by {name}: {reasons}"),
            Self::Chinese => format!("不被 {name} 接受：{reasons}"),
        }
    }

    pub(super) fn same_as(self, line: u64) -> String {
        match self {
            Self::English => format!("the same password as in line {line}"),
            Self::Chinese => format!("与第 {line} 行的密码相同"),
        }
    }
}

#[cfg(test)]
mod tests {
    use sip_password::Messages;

    use super::*;

    /// Whoever adds a language finds this.
    #[test]
    fn every_language_but_english_is_another() {
        for &code in Messages::LANGUAGES {
            assert_eq!(Language::named(code) == Language::English, code == "en", "{code}");
        }
    }
}
