//! What is in a password, counted without a branch or an address that depends on a character.

use subtle::{ConditionallySelectable, ConstantTimeGreater};

use crate::{
    policy::{Policy, Run},
    rules::{ClassSet, MAX_CLASSES},
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
            kinds.count(policy, words(block));
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

/// Several bytes in a general register, taken as a vector of bytes.
#[cfg(target_pointer_width = "64")]
type Word = u64;
#[cfg(not(target_pointer_width = "64"))]
type Word = u32;

/// 1 in every byte.
const ONES: Word = Word::MAX / 255;
/// The highest bit of every byte.
const HIGH: Word = ONES << 7;

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
    #[inline]
    fn count(&mut self, policy: &Policy<'_>, words: [Word; WORDS]) {
        for run in policy.runs() {
            let within = words.map(|word| within(run, word));
            if let Some(count) = self.slots.get_mut(usize::from(run.slot)) {
                *count = count.wrapping_add(sum(within));
            }
        }
        self.high += sum(words.map(|word| word & HIGH)) as usize;
        self.continuations += sum(words.map(|word| word & HIGH & !(word << 1))) as usize;
    }
}

const WORDS: usize = BLOCK / size_of::<Word>();

/// At most [`BLOCK`] bytes as words. NUL, which fills up the last ones, is of no kind.
#[inline]
fn words(block: &[u8]) -> [Word; WORDS] {
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(block.chunks(size_of::<Word>())) {
        *word = match bytes.try_into() {
            Ok(bytes) => Word::from_le_bytes(bytes),
            Err(_) => bytes.iter().rev().fold(0, |word, &byte| word << 8 | Word::from(byte)),
        };
    }
    words
}

/// The highest bit of each byte that is in `run`.
#[inline]
fn within(run: &Run, word: Word) -> Word {
    // With the highest bit set, what is subtracted, which is ASCII, never borrows from the next byte,
    // and the bit stays where the byte is not less.
    let filled = word | HIGH;
    let not_before = filled - ONES * Word::from(run.first);
    let beyond = filled - ONES * (Word::from(run.last) + 1);
    not_before & !beyond & !word & HIGH
}

/// How many of the highest bits are set.
#[inline]
fn sum(bits: [Word; WORDS]) -> u32 {
    let lanes = bits.iter().fold(0, |lanes, bits| lanes + (bits >> 7));
    (lanes.wrapping_mul(ONES) >> (Word::BITS - 8)) as u32
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
