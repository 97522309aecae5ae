//! The words that a password may not contain, held by value.

use core::{fmt, iter::FusedIterator};

use crate::rules::MAX_LENGTH;

/// Words one behind the other, each after a byte with its length: as many as fit into the room of one of [`MAX_LENGTH`] bytes. What does
/// not fit, and an empty word, is remembered as wrong, for [`Policy::new`](crate::Policy::new) to refuse.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(C)]
pub(crate) struct WordList {
    bytes: [u8; ROOM],
}

const ROOM: usize = MAX_LENGTH + 1;
/// In the byte of each length: the word may not be there reversed either.
const REVERSED: u8 = 0x80;
/// In place of the first length: the list is wrong, and its length in bytes follows; 255 stands for more.
const WRONG: u8 = 0x7f;

impl WordList {
    pub(crate) const EMPTY: Self = Self { bytes: [0; ROOM] };

    pub(crate) const fn new(words: &[&str], reversed: bool) -> Self {
        let mut list = Self::EMPTY;
        let (mut end, mut is_wrong) = (0, false);
        let mut rest = words;
        while let [word, others @ ..] = rest {
            let word = word.as_bytes();
            // No index, and no copy of a slice, of which a compiler would not see that it cannot panic.
            match list.bytes.split_at_mut_checked(end) {
                Some((_, [length, room @ ..])) if word.len() <= room.len() && !word.is_empty() => {
                    *length = word.len() as u8 | if reversed { REVERSED } else { 0 };
                    let (mut from, mut to) = (word, room);
                    while let ([byte, bytes @ ..], [place, places @ ..]) = (from, to) {
                        *place = *byte;
                        (from, to) = (bytes, places);
                    }
                }
                _ => is_wrong = true,
            }
            end += 1 + word.len();
            rest = others;
        }
        if is_wrong {
            list = Self::EMPTY;
            // What the words take, without the byte that every list has.
            list.bytes[0] = WRONG;
            list.bytes[1] = if end > 255 { 255 } else { end as u8 - 1 };
        }
        list
    }

    /// The same words, which may or may not be there reversed. A wrong or empty list stays as it is.
    pub(crate) const fn with_reversed(mut self, reversed: bool) -> Self {
        let mut at = 0;
        while at < ROOM && self.bytes[at] != 0 && self.bytes[0] != WRONG {
            let length = self.bytes[at] & !REVERSED;
            self.bytes[at] = length | if reversed { REVERSED } else { 0 };
            at += 1 + length as usize;
        }
        self
    }

    /// The length of a list that is wrong, in bytes, with one byte more for each word after the first; 255 stands for more.
    pub(crate) const fn wrong_length(&self) -> Option<usize> {
        if self.bytes[0] == WRONG { Some(self.bytes[1] as usize) } else { None }
    }

    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.bytes[0] == 0
    }

    /// Whether the words may not be there reversed either.
    #[inline]
    pub(crate) const fn is_reversed(&self) -> bool {
        self.bytes[0] & REVERSED != 0
    }

    /// The words as bytes; none if the list is wrong.
    #[inline]
    pub(crate) const fn iter(&self) -> WordBytes<'_> {
        WordBytes { rest: if self.bytes[0] == WRONG { &[] } else { &self.bytes } }
    }
}

/// The words of a [`WordList`], as bytes.
#[derive(Clone)]
pub(crate) struct WordBytes<'a> {
    rest: &'a [u8],
}

impl<'a> WordBytes<'a> {
    /// [`next`](Iterator::next) in a `const`.
    #[inline]
    pub(crate) const fn take_next(&mut self) -> Option<&'a [u8]> {
        let [length, rest @ ..] = self.rest else { return None };
        match rest.split_at_checked((*length & !REVERSED) as usize) {
            Some((word, rest)) if !word.is_empty() => {
                self.rest = rest;
                Some(word)
            }
            _ => None,
        }
    }
}

impl<'a> Iterator for WordBytes<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        self.take_next()
    }
}

/// The words that a password may not contain; see [`Rules::context`](crate::Rules::context).
#[derive(Clone)]
pub struct ContextWords<'r>(pub(crate) WordBytes<'r>);

impl<'r> Iterator for ContextWords<'r> {
    type Item = &'r str;

    fn next(&mut self) -> Option<&'r str> {
        // Never wrong: the words were given as text. A panic would bring the machinery of panics into firmware.
        self.0.take_next().map(|word| core::str::from_utf8(word).unwrap_or_default())
    }
}

impl FusedIterator for ContextWords<'_> {}

impl fmt::Debug for ContextWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{string::String, vec::Vec};

    /// Every list of up to three words whose lengths are around the room.
    #[test]
    fn lists_around_the_room() {
        let lengths = [0, 1, 2, 20, 21, 31, 32, 62, 63, 64, 65, 252, 300];
        for one in lengths {
            for two in lengths {
                for count in 0..=3 {
                    let words: Vec<String> =
                        [one, two, 1].iter().map(|&length| "x".repeat(length)).take(count).collect();
                    let words: Vec<&str> = words.iter().map(String::as_str).collect();
                    let taken = words.iter().map(|word| word.len() + 1).sum::<usize>();
                    let fits = taken <= ROOM && words.iter().all(|word| !word.is_empty());
                    for reversed in [false, true] {
                        let list = WordList::new(&words, reversed);
                        let wrong = (!fits).then(|| (taken - 1).min(255));
                        assert_eq!(list.wrong_length(), wrong, "{words:?}");
                        let expected = if fits { &words[..] } else { &[] };
                        assert!(ContextWords(list.iter()).eq(expected.iter().copied()), "{words:?}");
                        assert_eq!(list.is_empty(), words.is_empty());
                        assert_eq!(list.is_reversed(), fits && reversed && !words.is_empty());
                    }
                }
            }
        }
    }
}
