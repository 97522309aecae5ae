//! Text that a vendor wrote, for a person to read.

use core::fmt;
use std::{boxed::Box, string::String};

use zeroize::Zeroizing;

mod decode;
mod echo;

pub(crate) use echo::contains_secret;

/// Text that a vendor wrote: a message, a code, the identifier of a request.
///
/// A server can write anything, so the text is cut to [`MAX_LENGTH`](Self::MAX_LENGTH) characters, and control characters and characters
/// that change the direction of writing are removed.
///
/// Some services repeat what they were sent, so a text that contains a secret of the request is withheld as a whole, and so is one
/// that contains half of a secret, if that is at least four characters. A secret is recognised in upper and lower case, in the
/// encodings of URLs, forms, HTML and JSON, and in up to two of these on top of each other; but not in another form, such as reversed
/// or in hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct VendorText(Box<str>);

const WITHHELD: &str = "(withheld: it contains a secret of the request, or a part of one)";

impl VendorText {
    /// The greatest length, in characters. A limit of this library: every documented message is shorter.
    pub const MAX_LENGTH: usize = 512;

    /// The text. It is for a person to read: make no decision depend on it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn new(text: &str, is_secret: impl Fn(&str) -> bool) -> Self {
        let mut clean = Zeroizing::new(String::with_capacity(text.len()));
        clean.extend(text.chars().filter(|&char| !is_unprintable(char)));
        // Before the text is cut, so that no part of a secret remains.
        if is_secret(&clean) {
            return Self(WITHHELD.into());
        }
        let end = clean.char_indices().nth(Self::MAX_LENGTH).map_or(clean.len(), |(index, _)| index);
        Self(clean[..end].into())
    }
}

/// Control characters, and characters that make a text look like another one: without width, of direction, line and paragraph
/// separators, the byte order mark, tags.
fn is_unprintable(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
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
    fn a_text_is_cut_and_cleaned() {
        assert_eq!(text("a\r\nb\u{1b}[31mc\u{202e}d\u{9b}é\u{0}"), "ab[31mcdé");
        assert_eq!(text(&"é".repeat(600)), "é".repeat(512));
    }

    #[test]
    fn a_text_with_a_secret_is_withheld() {
        let padded = "x".repeat(510) + "p^ss_Word";
        for echo in ["p^ss_Word", "wrong: P^SS_wORD!", "p%5ess_Word", "p^s\u{200b}s_W\nord", "p^ss_", &padded]
        {
            assert_eq!(text(echo), WITHHELD, "{echo}");
        }
        assert_eq!(text("p^ss"), "p^ss");
        assert!(!contains_secret("anything", ""));
    }
}
