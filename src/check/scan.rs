//! What a password contains, counted without a branch or an address that depends on a character.

use crate::{
    kernel::{
        ct::{ct_lowercase, ct_lt},
        swar::{self, Word},
    },
    policy::{Policy, Run},
    rules::class::{ClassSet, MAX_CLASSES},
};

/// The number of characters of each kind, and what else the rules ask about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The number of bytes.
    bytes: usize,
    pub(crate) kinds: Kinds,
    /// 1 if one ASCII character stands too often in a row.
    pub(crate) repeats: usize,
    /// 1 if the first character belongs to no class that is allowed there.
    pub(crate) wrong_first: usize,
    /// 1 if the password contains the context word.
    pub(crate) context: usize,
}

impl Scan {
    /// Scans a password into a default value. Returning the value would take more of a small stack.
    #[inline(never)]
    pub(crate) fn scan(&mut self, policy: &Policy, password: &[u8]) {
        self.bytes = password.len();
        let mut rest = password;
        if let (Some(classes), Some((&first, others))) = (policy.first(), password.split_first()) {
            self.kinds.add(policy, first.into());
            self.wrong_first = ct_lt(self.kinds.of_classes(classes), 1);
            rest = others;
        }
        for bytes in rest.chunks(swar::BYTES) {
            // The last word is filled up with NUL, which is of no kind.
            self.kinds.add(policy, swar::load(bytes));
        }
        if let Some(max) = policy.max_repeat() {
            self.repeats = repeats(password, max.into());
        }
        if let Some(word) = policy.context() {
            self.context = contains(password, word);
        }
    }

    /// The length, in characters of UTF-8.
    pub(crate) const fn characters(&self) -> usize {
        self.bytes - self.kinds.continuations
    }

    /// The number of characters outside ASCII; at least 1 if there is a byte outside ASCII.
    pub(crate) const fn not_ascii(&self) -> usize {
        let (high, characters) = (self.kinds.high, self.kinds.high - self.kinds.continuations);
        // Bytes that are not UTF-8 may be no character, and are not ASCII even so.
        characters | ct_lt(0, high) & ct_lt(characters, 1)
    }

    /// The number of ASCII characters that are not allowed.
    pub(crate) const fn not_allowed(&self) -> usize {
        self.bytes - self.kinds.high - self.kinds.allowed
    }
}

/// The number of bytes of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds {
    /// Of each class.
    pub(crate) classes: [usize; MAX_CLASSES],
    /// Of all classes and of none.
    allowed: usize,
    /// Outside ASCII.
    high: usize,
    /// Outside ASCII, and the continuation of a character that an earlier byte began: `10xxxxxx`.
    continuations: usize,
}

impl Kinds {
    /// Counts the bytes of one more word.
    #[inline(never)]
    fn add(&mut self, policy: &Policy, word: Word) {
        self.high += swar::count(word);
        self.continuations += swar::count(word & !(word << 1));
        let mut class = Run::NO_CLASS;
        for run in policy.runs() {
            class = run.class(class);
            let found = swar::count(swar::within(word, run.first(), run.last));
            self.allowed += found;
            if let Some(count) = self.classes.get_mut(class) {
                *count += found;
            }
        }
    }

    /// The number of bytes of some classes.
    fn of_classes(&self, classes: ClassSet) -> usize {
        (0..).zip(&self.classes).filter(|&(index, _)| classes.contains(index)).map(|(_, count)| count).sum()
    }
}

/// 1 if one ASCII character stands more than `max` times in a row.
fn repeats(password: &[u8], max: usize) -> usize {
    password.windows(max + 1).fold(0, |found, window| {
        let differ = window.iter().fold(0, |differ, byte| differ | byte ^ window[0] | byte & 0x80);
        found | ct_lt(differ.into(), 1)
    })
}

/// 1 if `password` contains `word`, without regard to the case of ASCII letters.
fn contains(password: &[u8], word: &[u8]) -> usize {
    password.windows(word.len().max(1)).fold(0, |found, window| {
        let letters = window.iter().zip(word);
        let differ = letters.fold(0, |differ, (&a, &b)| differ | ct_lowercase(a) ^ ct_lowercase(b));
        found | ct_lt(differ.into(), 1)
    })
}

/// The figures of a password that is not compliant, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Details {
    /// The length.
    pub(crate) characters: usize,
    /// The number of characters outside ASCII; at least 1 if there is a byte outside ASCII.
    pub(crate) not_ascii: usize,
    /// The position, from 1, of the first character outside ASCII; one past the last character if there is none.
    pub(crate) first_not_ascii: usize,
    /// The number of ASCII characters that are not allowed.
    pub(crate) not_allowed: usize,
    /// The position, from 1, of the first ASCII character that is not allowed; one past the last character if there is
    /// none.
    pub(crate) first_not_allowed: usize,
    /// The number of characters of each class; 255 stands for more, which no policy can require.
    pub(crate) classes: [u8; MAX_CLASSES],
    /// The longest row of one ASCII character.
    pub(crate) max_repeat: usize,
}

impl Details {
    /// Inlined, with everything that it calls, so that a compiler leaves out what nobody asks for.
    #[inline(always)]
    pub(crate) fn new(scan: &Scan, policy: &Policy, password: &[u8]) -> Self {
        let (mut first_not_ascii, mut first_not_allowed, mut max_repeat) = (1, 1, 0);
        let (mut not_ascii, mut not_allowed, mut row, mut last) = (0, 0, 0, 0x80);
        for &byte in password {
            let word = byte.into();
            let runs = policy.runs().iter();
            // The byte is in at most one of them.
            let allowed = runs.fold(0, |allowed, run| allowed + swar::within(word, run.first(), run.last));
            let (high, continuation) = (swar::count(word), swar::count(word & !(word << 1)));
            not_ascii |= high;
            not_allowed |= (high + swar::count(allowed)) ^ 1;
            first_not_ascii += (not_ascii | continuation) ^ 1;
            first_not_allowed += (not_allowed | continuation) ^ 1;
            // A byte outside ASCII ends a row and begins none.
            row = row * ct_lt((byte ^ last).into(), 1) + (high ^ 1);
            max_repeat += ct_lt(max_repeat, row);
            last = byte;
        }
        Self {
            characters: scan.characters(),
            not_ascii: scan.not_ascii(),
            first_not_ascii,
            not_allowed: scan.not_allowed(),
            first_not_allowed,
            classes: scan.kinds.classes.map(|count| count.min(u8::MAX.into()) as u8),
            max_repeat,
        }
    }
}
