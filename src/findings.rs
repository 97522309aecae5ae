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

/// How many bytes are looked at together: what the vector registers hold that every 64-bit
/// processor has. The compiler makes vector code of the loops over them.
const LANES: usize = 16;

impl Findings {
    #[inline]
    pub(crate) fn of(policy: &Policy<'_>, password: &[u8]) -> Self {
        let mut found = Self::default();
        let mut kinds = Kinds::default();
        let (blocks, rest) = password.as_chunks::<LANES>();
        for block in blocks {
            kinds.count(policy, block, &mut found.counts);
        }
        for byte in rest.as_chunks::<1>().0 {
            kinds.count(policy, byte, &mut found.counts);
        }
        let Kinds { allowed, high, continuations } = kinds;
        found.characters = password.len() - continuations;
        // Bytes that are not UTF-8 may be no character, and are a fault all the same.
        found.not_ascii = (high - continuations) | (high != 0) as usize & (high == continuations) as usize;
        found.not_allowed = password.len() - high - allowed;

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

/// How many bytes there are of the kinds that all policies tell apart.
#[derive(Default)]
struct Kinds {
    allowed: usize,
    /// Outside ASCII.
    high: usize,
    /// Of those, the ones that go on with a character that an earlier byte began: `10xxxxxx`.
    continuations: usize,
}

impl Kinds {
    /// Counts the bytes of a block, and those of each class into `counts`.
    #[inline]
    fn count<const N: usize>(
        &mut self,
        policy: &Policy<'_>,
        block: &[u8; N],
        counts: &mut [u32; MAX_CLASSES],
    ) {
        let mut uncounted = 0;
        let slots = counts.iter_mut().take(policy.rules().classes.len()).chain([&mut uncounted]);
        for (slot, count) in slots.enumerate() {
            let mut hits = [0; N];
            for run in policy.runs(slot) {
                for (hit, &byte) in hits.iter_mut().zip(block) {
                    *hit |= within(run, byte);
                }
            }
            *count = count.wrapping_add(sum(hits) as u32);
            self.allowed += sum(hits);
        }
        self.high += sum(block.map(|byte| byte >> 7));
        self.continuations += sum(block.map(|byte| byte >> 7 & !(byte >> 6) & 1));
    }
}

/// Adds up at most [`LANES`] bits.
#[inline]
fn sum<const N: usize>(bits: [u8; N]) -> usize {
    usize::from(bits.iter().fold(0_u8, |sum, &bit| sum.wrapping_add(bit)))
}

#[inline]
fn within(run: &Run, byte: u8) -> u8 {
    u8::from(byte.wrapping_sub(run.first) <= run.span)
}

/// Whether `byte` is of one of `classes`.
fn is_of(policy: &Policy<'_>, classes: ClassSet, byte: u8) -> bool {
    let runs = classes.iter().flat_map(|place| policy.runs(place));
    runs.fold(0, |found, run| found | within(run, byte)) != 0
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
