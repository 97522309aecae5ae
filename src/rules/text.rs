//! A short text that is held by value, without an allocator.

use core::fmt;

/// Up to `N` bytes of UTF-8. A longer text is remembered as too long, for [`Policy::new`](crate::Policy::new) to refuse:
/// so the `const` methods that take a text need no error of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(C)]
pub(crate) struct Text<const N: usize> {
    /// The length of the whole text, in bytes; 255 stands for more.
    length: u8,
    bytes: [u8; N],
}

impl<const N: usize> Text<N> {
    pub(crate) const EMPTY: Self = Self { bytes: [0; N], length: 0 };

    pub(crate) const fn new(text: &str) -> Self {
        Self::from_bytes(text.as_bytes())
    }

    /// The text of bytes that are UTF-8.
    pub(crate) const fn from_bytes(text: &[u8]) -> Self {
        let length = if text.len() < 255 { text.len() as u8 } else { 255 };
        let mut own = Self { bytes: [0; N], length };
        let mut at = 0;
        while at < text.len() && at < N {
            own.bytes[at] = text[at];
            at += 1;
        }
        own
    }

    /// The length of the text that was given, in bytes; 255 stands for more.
    pub(crate) const fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether the text was longer than `N` bytes.
    pub(crate) const fn is_too_long(&self) -> bool {
        self.length as usize > N
    }

    /// The bytes; of a text that is too long, the first `N`.
    #[inline]
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        match self.bytes.split_at_checked(self.length as usize) {
            Some((bytes, _)) => bytes,
            None => &self.bytes,
        }
    }

    /// The text; of one that is too long, as many characters as fit.
    pub(crate) const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            // The last character was cut. Not by `unwrap`, which would bring the machinery of panics into firmware.
            Err(error) => match self.bytes.split_at_checked(error.valid_up_to()) {
                Some((bytes, _)) => match core::str::from_utf8(bytes) {
                    Ok(text) => text,
                    Err(_) => "",
                },
                None => "",
            },
        }
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    /// Every length around the capacity, with a last character of one to four bytes.
    #[test]
    fn texts_around_the_capacity() {
        for last in ["a", "é", "中", "😀"] {
            for length in 0..=300 {
                let mut text = "x".repeat(length);
                text.push_str(last);
                let own = Text::<8>::new(&text);
                let fits: String = text
                    .char_indices()
                    .take_while(|(at, character)| at + character.len_utf8() <= 8)
                    .map(|(_, character)| character)
                    .collect();
                assert_eq!(own.as_str(), fits, "{text}");
                assert_eq!(own.is_too_long(), text.len() > 8, "{text}");
                assert_eq!(own.len(), text.len().min(255), "{text}");
            }
        }
        assert_eq!(Text::<8>::EMPTY, Text::new(""));
    }
}
