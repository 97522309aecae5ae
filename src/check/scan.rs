//! What is in a password, counted without a branch or an address that depends on a character.

use crate::{
    kernel::{
        ct::{less, lowercase},
        swar::{self, Word},
    },
    policy::Policy,
    rules::class::{ClassSet, MAX_CLASSES},
};

/// How many characters of each kind there are, and what else the rules ask about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Bytes altogether.
    bytes: usize,
    pub(crate) kinds: Kinds,
    /// 1 where one ASCII character stands too often in a row.
    pub(crate) run: usize,
    /// 1 where the first character is of no class that may stand there.
    pub(crate) wrong_first: usize,
    /// 1 where the context word appears.
    pub(crate) context: usize,
}

impl Findings {
    /// Looks at a password. What was found before must be nothing; to return it would take more of a small stack.
    #[inline(never)]
    pub(crate) fn look(&mut self, policy: &Policy<'_>, password: &[u8]) {
        let rules = policy.rules();
        self.bytes = password.len();
        let mut rest = password;
        if let (Some(classes), Some((&first, others))) = (rules.first, password.split_first()) {
            self.kinds.add(policy, first.into());
            self.wrong_first = less(self.kinds.of_classes(classes), 1);
            rest = others;
        }
        for bytes in rest.chunks(swar::BYTES) {
            // NUL, which fills up the last word, is of no kind.
            self.kinds.add(policy, swar::load(bytes));
        }
        if let Some(longest) = rules.longest_run {
            self.run = repeats(password, longest.into());
        }
        if let Some(word) = rules.context {
            self.context = contains(password, word.as_bytes());
        }
    }

    /// The length, in characters of UTF-8.
    pub(crate) const fn characters(&self) -> usize {
        self.bytes - self.kinds.continuations
    }

    /// Characters outside ASCII; at least 1 where there is a byte outside ASCII.
    pub(crate) const fn not_ascii(&self) -> usize {
        let (high, characters) = (self.kinds.high, self.kinds.high - self.kinds.continuations);
        // Bytes that are not UTF-8 may be no character, and are a fault all the same.
        characters | less(0, high) & less(characters, 1)
    }

    /// ASCII characters that are not allowed.
    pub(crate) const fn not_allowed(&self) -> usize {
        self.bytes - self.kinds.high - self.kinds.allowed
    }
}

/// How many bytes there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds {
    /// Of each class.
    pub(crate) classes: [usize; MAX_CLASSES],
    /// Of each class and of those that count for none.
    allowed: usize,
    /// Outside ASCII.
    high: usize,
    /// Of those, the ones that go on with a character that an earlier byte began: `10xxxxxx`.
    continuations: usize,
}

impl Kinds {
    /// Counts the bytes of `word` as well.
    #[inline(never)]
    fn add(&mut self, policy: &Policy<'_>, word: Word) {
        self.high += swar::count(word);
        self.continuations += swar::count(word & !(word << 1));
        for run in policy.runs() {
            let found = swar::count(swar::within(word, run.first, run.last));
            self.allowed += found;
            // The slot of those that count for none can be one too far.
            if let Some(count) = self.classes.get_mut(usize::from(run.slot)) {
                *count += found;
            }
        }
    }

    /// Of the classes in a set.
    fn of_classes(&self, classes: ClassSet) -> usize {
        (0..).zip(&self.classes).filter(|&(place, _)| classes.contains(place)).map(|(_, count)| count).sum()
    }
}

/// 1 where one ASCII character stands more than `longest` times in a row.
fn repeats(password: &[u8], longest: usize) -> usize {
    password.windows(longest + 1).fold(0, |found, window| {
        let differ = window.iter().fold(0, |differ, byte| differ | byte ^ window[0] | byte & 0x80);
        found | less(differ.into(), 1)
    })
}

/// 1 where `word` appears in `password`, upper and lower case of ASCII being the same.
fn contains(password: &[u8], word: &[u8]) -> usize {
    password.windows(word.len().max(1)).fold(0, |found, window| {
        let differ = window.iter().zip(word).fold(0, |differ, (&a, &b)| differ | lowercase(a) ^ lowercase(b));
        found | less(differ.into(), 1)
    })
}

/// What is told of a password that is not compliant, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    /// The length.
    pub(crate) characters: usize,
    /// Outside ASCII; at least 1 where there is a byte outside ASCII.
    pub(crate) not_ascii: usize,
    /// The place from 1 of the first outside ASCII; behind the last where there is none.
    pub(crate) first_not_ascii: usize,
    /// In ASCII, and not allowed.
    pub(crate) not_allowed: usize,
    /// The place from 1 of the first that is in ASCII and not allowed; behind the last where there is none.
    pub(crate) first_not_allowed: usize,
    /// Of each class; 255 for more, which is as many as a policy can want.
    pub(crate) classes: [u8; MAX_CLASSES],
    /// The longest run of one in ASCII.
    pub(crate) longest_run: usize,
}

impl Figures {
    /// Inlined, with nothing called that is not, so that a compiler leaves out what nobody asks for.
    #[inline(always)]
    pub(crate) fn of(found: &Findings, policy: &Policy<'_>, password: &[u8]) -> Self {
        let (mut first_not_ascii, mut first_not_allowed, mut longest_run) = (1, 1, 0);
        let (mut not_ascii, mut not_allowed, mut run, mut last) = (0, 0, 0, 0x80);
        for &byte in password {
            let word = byte.into();
            let runs = policy.runs().iter();
            // It is in one of them, or in none.
            let allowed = runs.fold(0, |allowed, run| allowed + swar::within(word, run.first, run.last));
            let (high, continuation) = (swar::count(word), swar::count(word & !(word << 1)));
            not_ascii |= high;
            not_allowed |= (high + swar::count(allowed)) ^ 1;
            first_not_ascii += (not_ascii | continuation) ^ 1;
            first_not_allowed += (not_allowed | continuation) ^ 1;
            // Among bytes outside ASCII the run is nought, and stays so.
            run = run * less((byte ^ last).into(), 1) + (high ^ 1);
            longest_run += less(longest_run, run);
            last = byte;
        }
        Self {
            characters: found.characters(),
            not_ascii: found.not_ascii(),
            first_not_ascii,
            not_allowed: found.not_allowed(),
            first_not_allowed,
            classes: found.kinds.classes.map(|count| count.min(u8::MAX.into()) as u8),
            longest_run,
        }
    }
}
