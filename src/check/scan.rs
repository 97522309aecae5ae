//! What a password contains, counted without a branch or an address that depends on a character.

use crate::{
    check::kind::ViolationKind,
    kernel::{
        ct::{ct_case, ct_lt},
        swar::{self, Word},
    },
    policy::Policy,
    rules::class::{ClassSet, MAX_CLASSES},
};

/// The number of characters of each kind, and what else the rules ask about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The number of bytes.
    bytes: usize,
    pub(crate) kinds: Kinds,
    /// The bits of [`ViolationKinds`](crate::ViolationKinds) for the rules that do not follow from the numbers.
    pub(crate) violated: u16,
    /// The longest row of one of the classes that the policy limits; 0 if it limits none.
    max_run: usize,
    /// The longest sequence; 0 if the policy limits none.
    max_sequence: usize,
    /// The number of different printable ASCII characters; 0 if the policy does not ask.
    distinct: usize,
}

impl Scan {
    /// Scans a password into a default value, for all that the policy asks about. Returning the value would take more of a small stack.
    #[inline(always)]
    pub(crate) fn scan(&mut self, policy: &Policy, password: &[u8]) {
        self.scan_kinds(policy, password);
        if policy.asks_for_order() {
            self.scan_order(policy, password);
        }
    }

    /// Adds what follows from the number of characters of each kind, and from the first one.
    #[cfg_attr(not(target_family = "wasm"), inline(never))]
    #[cfg_attr(target_family = "wasm", inline)]
    fn scan_kinds(&mut self, policy: &Policy, password: &[u8]) {
        self.bytes = password.len();
        let mut rest = password;
        if let (Some(classes), Some((&first, others))) = (policy.first(), password.split_first()) {
            self.kinds.add(policy, first.into());
            self.violated = ViolationKind::WrongFirst.bit(ct_lt(self.kinds.of_classes(classes), 1));
            rest = others;
        }
        for bytes in rest.chunks(swar::BYTES) {
            // The last word is filled up with NUL, which is of no kind.
            self.kinds.add(policy, swar::load(bytes));
        }
    }

    /// Adds what follows from the order of the characters. Not a part of [`scan_kinds`](Self::scan_kinds): together they would take more of
    /// a small stack.
    #[inline(never)]
    fn scan_order(&mut self, policy: &Policy, password: &[u8]) {
        if let Some(max) = policy.max_repeat() {
            self.violated |= ViolationKind::TooManyRepeats.bit(repeats(password, max.into()));
        }
        if let Some((max, classes)) = policy.max_run() {
            self.max_run = longest_run(policy, password, classes);
            self.violated |= ViolationKind::TooLongRun.bit(ct_lt(max.into(), self.max_run));
        }
        if let Some(max) = policy.max_sequence() {
            self.max_sequence = longest_sequence(password);
            self.violated |= ViolationKind::TooLongSequence.bit(ct_lt(max.into(), self.max_sequence));
        }
        if policy.min_distinct() > 0 {
            self.distinct = distinct(password);
            self.violated |= ViolationKind::TooFewDistinct.bit(ct_lt(self.distinct, policy.min_distinct()));
        }
        let words = policy.context();
        for word in words.iter() {
            self.scan_word(password, word, words.is_reversed());
        }
    }

    /// Adds whether the password contains a word, or its reverse. An empty word is none.
    pub(crate) fn scan_word(&mut self, password: &[u8], word: &[u8], reversed: bool) {
        if !word.is_empty() {
            let contained = contains(password, word, reversed);
            self.violated |= ViolationKind::ContainsContext.bit(contained);
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

    /// 1 if there is a byte outside ASCII.
    pub(crate) const fn has_not_ascii(&self) -> usize {
        ct_lt(0, self.kinds.high)
    }

    /// The number of ASCII characters that are not allowed, if `of_classes` belong to a class.
    pub(crate) const fn not_allowed(&self, of_classes: usize) -> usize {
        self.bytes - self.kinds.high - self.kinds.uncounted - of_classes
    }
}

/// The number of bytes of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds {
    /// Of each class.
    pub(crate) classes: [usize; MAX_CLASSES],
    /// Allowed, and of no class.
    pub(crate) uncounted: usize,
    /// Outside ASCII.
    high: usize,
    /// Outside ASCII, and the continuation of a character that an earlier byte began: `10xxxxxx`.
    continuations: usize,
}

impl Kinds {
    /// Counts the bytes of one more word.
    #[cfg_attr(not(target_family = "wasm"), inline(never))]
    #[cfg_attr(target_family = "wasm", inline)]
    fn add(&mut self, policy: &Policy, word: Word) {
        self.high += swar::count(word);
        self.continuations += swar::count(word & !(word << 1));
        let ascii = swar::ascii(word);
        let (mut class, mut found) = (0, 0);
        for run in policy.runs() {
            // No byte is in two runs.
            found |= swar::within(ascii, run.first, run.end());
            if run.ends_class() {
                if let Some(count) = self.classes.get_mut(class) {
                    *count += swar::count(found);
                }
                (class, found) = (class + 1, 0);
            }
        }
        self.uncounted += swar::count(found);
    }

    /// The number of bytes of some classes.
    fn of_classes(&self, classes: ClassSet) -> usize {
        (0..).zip(&self.classes).filter(|&(index, _)| classes.contains(index)).map(|(_, count)| count).sum()
    }
}

/// 1 if one ASCII character stands more than `max` times in a row.
fn repeats(password: &[u8], max: usize) -> usize {
    password.windows(max + 1).fold(0, |found, window| {
        // No window is empty, which the compiler does not see; a panic would take room in firmware.
        let [first, others @ ..] = window else { return found };
        let differ = others.iter().fold(first & 0x80, |differ, byte| differ | byte ^ first);
        found | ct_lt(differ.into(), 1)
    })
}

/// 1 if `password` contains `word`, or its reverse if it may not contain that either, without regard to the case of ASCII letters.
fn contains(password: &[u8], word: &[u8], reversed: bool) -> usize {
    let differ = |differ, (&a, &b): (&u8, &u8)| differ | (a ^ b) & !ct_case(a);
    password.windows(word.len().max(1)).fold(0, |found, window| {
        let forwards = window.iter().zip(word).fold(0, differ);
        let backwards = if reversed { window.iter().rev().zip(word).fold(0, differ) } else { 1 };
        found | ct_lt(forwards.into(), 1) | ct_lt(backwards.into(), 1)
    })
}

/// The largest number of characters in a row that belong to the same of these classes.
fn longest_run(policy: &Policy, password: &[u8], classes: ClassSet) -> usize {
    let (mut rows, mut longest) = ([0; MAX_CLASSES], 0);
    for &byte in password {
        let ascii = swar::ascii(byte.into());
        let (mut class, mut found) = (0, 0);
        for run in policy.runs() {
            found |= swar::within(ascii, run.first, run.end());
            if run.ends_class() {
                if let Some(row) = rows.get_mut(class)
                    && classes.contains(class)
                {
                    *row = (*row + 1) * swar::count(found);
                    longest += ct_lt(longest, *row);
                }
                (class, found) = (class + 1, 0);
            }
        }
    }
    longest
}

/// The largest number of letters or digits in a row that ascend one by one, or descend; 1 if none do.
fn longest_sequence(password: &[u8]) -> usize {
    let (mut up, mut down, mut longest, mut last) = (1, 1, 1, 0_u8);
    for &byte in password {
        let both = is_alphanumeric(last) & is_alphanumeric(byte);
        up = up * (both & ct_lt((byte ^ last.wrapping_add(1)).into(), 1)) + 1;
        down = down * (both & ct_lt((byte.wrapping_add(1) ^ last).into(), 1)) + 1;
        longest += ct_lt(longest, up) | ct_lt(longest, down);
        last = byte;
    }
    longest
}

/// 1 for an ASCII letter or digit.
fn is_alphanumeric(byte: u8) -> usize {
    let below = |first: u8, count| ct_lt(byte.wrapping_sub(first).into(), count);
    below(b'0', 10) | below(b'A', 26) | below(b'a', 26)
}

/// The number of different printable ASCII characters.
fn distinct(password: &[u8]) -> usize {
    (b' '..=b'~').fold(0, |distinct, character| {
        let found = password.iter().fold(0, |found, byte| found | ct_lt((byte ^ character).into(), 1));
        distinct + found
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
    /// As in [`Scan`].
    pub(crate) max_run: usize,
    /// As in [`Scan`].
    pub(crate) max_sequence: usize,
    /// As in [`Scan`].
    pub(crate) distinct: usize,
}

impl Details {
    /// Inlined, with everything that it calls, so that a compiler leaves out what nobody asks for.
    #[inline(always)]
    pub(crate) fn new(scan: &Scan, policy: &Policy, password: &[u8]) -> Self {
        let (mut first_not_ascii, mut first_not_allowed, mut max_repeat) = (1, 1, 0);
        let (mut not_ascii, mut not_allowed, mut row, mut last) = (0, 0, 0, 0x80);
        for &byte in password {
            let word = byte.into();
            let ascii = swar::ascii(word);
            let runs = policy.runs().iter();
            // The byte is in at most one of them.
            let allowed = runs.fold(0, |allowed, run| allowed + swar::within(ascii, run.first, run.end()));
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
            not_allowed: scan.not_allowed(scan.kinds.classes.iter().sum()),
            first_not_allowed,
            classes: scan.kinds.classes.map(|count| count.min(u8::MAX.into()) as u8),
            max_repeat,
            max_run: scan.max_run,
            max_sequence: scan.max_sequence,
            distinct: scan.distinct,
        }
    }
}
