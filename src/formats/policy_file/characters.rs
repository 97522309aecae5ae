//! A set of characters as one string, as in `tr`: `"A-Z_.-"`.

use core::fmt;
use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::rules::charset::CharSet;

/// Reads a set of characters.
///
/// # Errors
///
/// What was expected and what was found, in words.
pub(super) fn read(text: &str) -> Result<CharSet, String> {
    if let Some(wrong) = text.chars().find(|&character| !CharSet::PRINTABLE.contains(character)) {
        return Err(format!("expected printable ASCII, ' ' to '~', found {wrong:?}"));
    }
    let mut set = CharSet::EMPTY;
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        (set, rest) = match rest {
            [first, b'-', last, after @ ..] => (set.union(range(*first, *last)?), after),
            [b'-', _, ..] if rest.len() < text.len() => return Err(stray(rest)),
            _ => (set.union(CharSet::range(*byte, *byte)), after),
        };
    }
    Ok(set)
}

fn range(first: u8, last: u8) -> Result<CharSet, String> {
    if !alike(first, last) {
        return Err(stray(&[first, b'-', last]));
    }
    if first > last {
        let (first, last) = (char::from(first), char::from(last));
        return Err(format!("expected \"{last}-{first}\", found \"{first}-{last}\""));
    }
    Ok(CharSet::range(first, last))
}

/// The message about a hyphen in `bytes` that marks no range and may be meant to stand for itself.
fn stray(bytes: &[u8]) -> String {
    let shown: String = bytes.iter().take(3).copied().map(char::from).collect();
    format!(
        "expected a range of upper-case letters, lower-case letters or digits, such as \"A-Z\", found {shown:?}; \
         a hyphen that stands for itself comes first or last"
    )
}

/// Whether two characters can be the ends of a range.
fn alike(a: u8, b: u8) -> bool {
    let kinds = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
    kinds.iter().any(|is| is(&a) && is(&b))
}

/// Writes a set in ASCII order: three neighbours or more as a range, and the hyphen last.
pub(super) struct Written(pub(super) CharSet);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hyphen = CharSet::of("-");
        let bytes = self.0.difference(hyphen).to_string().into_bytes();
        let runs: Vec<&[u8]> = bytes.chunk_by(|&a, &b| a + 1 == b && alike(a, b)).collect();
        for run in runs {
            match run {
                [first, _, .., last] => write!(f, "{}-{}", char::from(*first), char::from(*last))?,
                _ => run.iter().try_for_each(|&byte| write!(f, "{}", char::from(byte)))?,
            }
        }
        write!(f, "{}", self.0.intersection(hyphen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    /// Compares every string of up to five characters of a small alphabet, in which all kinds of ranges occur, right and wrong,
    /// with a grammar: an optional hyphen, ranges and characters, an optional hyphen.
    #[test]
    fn ranges_and_hyphens() {
        fn items(text: &str, set: CharSet) -> Option<CharSet> {
            let Some(first) = text.chars().next() else { return Some(set) };
            for range in ["A-B", "A-A", "B-B", "a-b", "a-a", "b-b", "0-0"] {
                if let Some(rest) = text.strip_prefix(range)
                    && let Some(all) = items(rest, set.union(CharSet::of(&range.replace('-', ""))))
                {
                    return Some(all);
                }
            }
            if first == '-' { None } else { items(&text[1..], set.union(CharSet::of(&text[..1]))) }
        }
        fn reference(text: &str) -> Option<CharSet> {
            let hyphen = CharSet::of("-");
            let ends = [
                Some((text, CharSet::EMPTY)),
                text.strip_prefix('-').map(|text| (text, hyphen)),
                text.strip_suffix('-').map(|text| (text, hyphen)),
                text.strip_prefix('-').and_then(|text| text.strip_suffix('-')).map(|text| (text, hyphen)),
            ];
            ends.into_iter().flatten().find_map(|(text, set)| items(text, set))
        }
        let alphabet = ['A', 'B', 'a', 'b', '0', '-', '_'];
        let mut layer = std::vec![String::new()];
        for _ in 0..=5 {
            for text in &layer {
                assert_eq!(read(text).ok(), reference(text), "{text:?}");
            }
            let longer = |text: &String| alphabet.map(|character| format!("{text}{character}"));
            layer = layer.iter().flat_map(longer).collect();
        }
    }

    #[test]
    fn messages() {
        let wrong = |text| read(text).expect_err("it is wrong");
        assert_eq!(wrong("aé"), "expected printable ASCII, ' ' to '~', found 'é'");
        assert_eq!(wrong("a\t"), "expected printable ASCII, ' ' to '~', found '\\t'");
        assert_eq!(wrong("9-0"), "expected \"0-9\", found \"9-0\"");
        for (text, shown) in
            [("A-z", "A-z"), ("_A-9", "A-9"), ("*-+", "*-+"), ("--z", "--z"), ("A-Z-9", "-9")]
        {
            let message = format!(
                "expected a range of upper-case letters, lower-case letters or digits, such as \"A-Z\", found \"{shown}\"; \
                 a hyphen that stands for itself comes first or last"
            );
            assert_eq!(wrong(text), message);
        }
    }

    #[test]
    fn ranges_of_three_and_more() {
        for (characters, written) in [
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A-Z"),
            ("ab-012", "0-2ab-"),
            ("YZ[\\", "YZ[\\"),
            ("89:;", "89:;"),
            ("-", "-"),
            ("", ""),
            ("*+,-./", "*+,./-"),
        ] {
            assert_eq!(Written(CharSet::of(characters)).to_string(), written);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_same(bytes in prop::collection::vec(b' '..=b'~', 0..95)) {
            let set = bytes.iter().fold(CharSet::EMPTY, |set, &byte| set.union(CharSet::range(byte, byte)));
            prop_assert_eq!(read(&Written(set).to_string()), Ok(set));
        }
    }
}
