//! What is in a password, counted without a branch or an address that depends on a character.

use subtle::{ConditionallySelectable, ConstantTimeGreater};

use crate::{
    policy::{Policy, Run},
    rules::{ClassSet, MAX_CLASSES},
    swar::{self, HIGH, Word},
};

/// How many characters of each kind there are, and what else the rules ask about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Length in characters of UTF-8.
    pub(crate) characters: usize,
    /// Characters of each class. They would wrap at 4 GiB, which every policy finds too long.
    pub(crate) counts: [u32; MAX_CLASSES],
    /// Characters outside ASCII; at least 1 where there is a byte outside ASCII.
    pub(crate) not_ascii: usize,
    /// ASCII characters that are not allowed.
    pub(crate) not_allowed: usize,
    /// The longest run of one ASCII character; 0 where the policy does not ask.
    pub(crate) longest_run: usize,
    /// Whether the first character is of no class that may stand there.
    pub(crate) wrong_first: bool,
    /// Whether the context word appears.
    pub(crate) context: bool,
}

impl Findings {
    #[inline]
    pub(crate) fn of(policy: &Policy<'_>, password: &[u8]) -> Self {
        let mut kinds = Kinds::default();
        for block in password.chunks(BLOCK) {
            kinds.count(policy, block);
        }
        let Kinds { slots, high, continuations } = kinds;
        let allowed = slots.iter().map(|&count| count as usize).sum::<usize>();
        let mut found = Self {
            characters: password.len() - continuations,
            // Bytes that are not UTF-8 may be no character, and are a fault all the same.
            not_ascii: (high - continuations) | (high != 0) as usize & (high == continuations) as usize,
            not_allowed: password.len() - high - allowed,
            ..Self::default()
        };
        let classes = policy.rules().classes.len();
        found.counts.iter_mut().zip(slots).take(classes).for_each(|(to, count)| *to = count);

        let rules = policy.rules();
        if rules.longest_run.is_some() {
            found.longest_run = longest_run(password);
        }
        if let (Some(classes), Some(&first)) = (rules.first, password.first()) {
            found.wrong_first = !is_of(policy, classes, first);
        }
        if let Some(word) = rules.context {
            found.context = contains(password, word.as_bytes());
        }
        found
    }

    /// The classes of which there is a character.
    pub(crate) fn present(&self) -> ClassSet {
        (0..MAX_CLASSES).filter(|&place| self.counts[place] > 0).fold(ClassSet::EMPTY, ClassSet::with)
    }
}

/// How many bytes are looked at together.
const BLOCK: usize = 16;
const WORDS: usize = BLOCK / swar::BYTES;

/// How many bytes there are of each kind.
#[derive(Default)]
struct Kinds {
    /// Of each class, and after the last of those that count for none. They would wrap at 4 GiB.
    slots: [u32; MAX_CLASSES + 1],
    /// Outside ASCII.
    high: usize,
    /// Of those, the ones that go on with a character that an earlier byte began: `10xxxxxx`.
    continuations: usize,
}

impl Kinds {
    /// Counts at most [`BLOCK`] bytes.
    #[inline]
    fn count(&mut self, policy: &Policy<'_>, block: &[u8]) {
        // NUL, which fills up the last word, is of no kind.
        let mut words = [0; WORDS];
        words.iter_mut().zip(block.chunks(swar::BYTES)).for_each(|(word, bytes)| *word = swar::load(bytes));
        for run in policy.runs() {
            if let Some(count) = self.slots.get_mut(usize::from(run.slot)) {
                *count = count.wrapping_add(swar::count(words.iter().map(|&word| within(run, word))));
            }
        }
        let continuation = |word: &Word| word & HIGH & !(word << 1);
        self.high += swar::count(words.iter().map(|word| word & HIGH)) as usize;
        self.continuations += swar::count(words.iter().map(continuation)) as usize;
    }
}

/// The highest bit of each byte that is in `run`.
#[inline]
fn within(run: &Run, word: Word) -> Word {
    swar::at_least(word, run.first) & !swar::at_least(word, run.last + 1) & !word
}

/// Whether `byte` is of one of `classes`.
fn is_of(policy: &Policy<'_>, classes: ClassSet, byte: u8) -> bool {
    let runs = policy.runs().iter().filter(|run| classes.contains(run.slot.into()));
    runs.fold(0, |found, run| found | within(run, byte.into())) != 0
}

/// The length of the longest run of one ASCII character.
fn longest_run(password: &[u8]) -> usize {
    let (mut longest, mut run, mut last) = (0_u64, 0_u64, 0x80);
    for &byte in password {
        let ascii = u64::from(byte >> 7 ^ 1);
        // Among bytes outside ASCII the run is nought, and stays so.
        let same = u64::from(byte == last);
        run = (run & same.wrapping_neg()) + ascii;
        longest.conditional_assign(&run, run.ct_gt(&longest));
        last = byte;
    }
    longest as usize
}

/// Whether `word` appears in `password`, upper and lower case of ASCII being the same.
fn contains(password: &[u8], word: &[u8]) -> bool {
    password.windows(word.len().max(1)).fold(false, |found, window| {
        let differ =
            window.iter().zip(word).fold(0, |differ, (&a, &b)| differ | (lowercase(a) ^ lowercase(b)));
        found | (differ == 0)
    })
}

/// [`u8::to_ascii_lowercase`], with a promise that it does not branch.
#[inline]
fn lowercase(byte: u8) -> u8 {
    byte | u8::from(byte.wrapping_sub(b'A') < 26) << 5
}

/// The place from 1, in characters, of the first that is outside ASCII; behind the last where none is.
pub(crate) fn first_not_ascii(password: &[u8]) -> usize {
    place(password, |byte| byte >> 7)
}

/// The same for the first ASCII character that is not allowed.
pub(crate) fn first_not_allowed(policy: &Policy<'_>, password: &[u8]) -> usize {
    place(password, |byte| {
        let allowed = policy.runs().iter().fold(0, |allowed, run| allowed | within(run, byte.into()));
        (allowed as u8 | byte) >> 7 ^ 1
    })
}

/// The place of the first character of which `wanted` is 1 and not 0.
fn place(password: &[u8], wanted: impl Fn(u8) -> u8) -> usize {
    let (mut before, mut found) = (0, 0);
    for &byte in password {
        found |= wanted(byte);
        let continues = byte >> 7 & !(byte >> 6);
        before += usize::from((found | continues) & 1 ^ 1);
    }
    1 + before
}
