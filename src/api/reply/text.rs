//! What a vendor wrote, for a person to read.

use core::fmt;
use std::{boxed::Box, string::String};

use zeroize::Zeroizing;

use crate::api::request::body::percent_encoded;

/// Text that a vendor wrote: a message, a code, the number of a request.
///
/// Whoever answers can write anything, so it is at most [`MAX_LENGTH`](Self::MAX_LENGTH) characters, without
/// control characters and without those that turn the direction of writing. A text in which a
/// secret of the request stands (in any case of letters, or percent-encoded) is withheld whole: some services
/// repeat what they were sent. A secret in another form, such as reversed or cut, is not recognised.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct VendorText(Box<str>);

const WITHHELD: &str = "(withheld: a secret of the request stands in it)";

impl VendorText {
    /// The greatest length, in characters: a limit of this library, more than any documented message has.
    pub const MAX_LENGTH: usize = 512;

    /// The text. Meant for a person: no decision hangs on it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn new(text: &str, is_secret: impl Fn(&str) -> bool) -> Self {
        let mut clean = Zeroizing::new(String::with_capacity(text.len()));
        clean.extend(text.chars().filter(|&char| !unprintable(char)));
        // Before it is cut, so that no part of a secret stays.
        if is_secret(text) || is_secret(&clean) {
            return Self(WITHHELD.into());
        }
        let end = clean.char_indices().nth(Self::MAX_LENGTH).map_or(clean.len(), |(index, _)| index);
        Self(clean[..end].into())
    }
}

/// Control characters, and those by which a text can show as another one: of no width, of direction, ends
/// of lines and paragraphs, the byte order mark.
fn unprintable(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether `secret` stands in `text`, as it is or percent-encoded, in any case of letters.
pub(crate) fn contains_secret(text: &str, secret: &str) -> bool {
    if secret.is_empty() {
        return false;
    }
    let stands = |secret: &[u8]| {
        text.as_bytes().windows(secret.len()).any(|window| window.eq_ignore_ascii_case(secret))
    };
    let length = percent_encoded(secret).map(str::len).sum();
    if stands(secret.as_bytes()) || length == secret.len() {
        return stands(secret.as_bytes());
    }
    let mut encoded = Zeroizing::new(String::with_capacity(length));
    encoded.extend(percent_encoded(secret));
    stands(encoded.as_bytes())
}

impl fmt::Display for VendorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for VendorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> String {
        VendorText::new(text, |text| contains_secret(text, "p^ss_Word")).as_str().into()
    }

    #[test]
    fn is_bounded_and_clean() {
        assert_eq!(text("a\r\nb\u{1b}[31mc\u{202e}d\u{9b}é\u{0}"), "ab[31mcdé");
        assert_eq!(text(&"é".repeat(600)), "é".repeat(512));
    }

    #[test]
    fn withholds_secrets() {
        let padded = "x".repeat(510) + "p^ss_Word";
        for echo in ["p^ss_Word", "wrong: P^SS_wORD!", "p%5ess_Word", "p^s\u{200b}s_W\nord", &padded] {
            assert_eq!(text(echo), WITHHELD, "{echo}");
        }
        assert_eq!(text("p^ss_Wor"), "p^ss_Wor");
        assert!(!contains_secret("anything", ""));
    }
}
