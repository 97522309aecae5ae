//! The characters of a policy as the checks and the generator read them.

use crate::rules::{
    Rules,
    charset::CharSet,
    class::{Class, MAX_CLASS_NAME, MAX_CLASS_NAMES, MAX_CLASSES},
    text::Text,
};

/// The characters of the classes, and those between the characters of the alphabet.
#[derive(Clone, PartialEq, Eq)]
#[repr(C)]
pub(super) struct Tables {
    run_count: u8,
    gap_count: u8,
    /// The characters of each class in turn, then those that count for none.
    runs: [Run; RUNS],
    /// What lies between the characters of the alphabet, ascending.
    gaps: [Gap; GAPS],
}

/// Every printable character can be a run of its own.
const RUNS: usize = 95;
/// Every other printable character can be missing.
const GAPS: usize = 48;

/// Neighbours in ASCII of one class, or of none. Two bytes, since a policy has room for 95 runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// The first character.
    pub(crate) first: u8,
    /// The number after the last character's, which is ASCII as well. The highest bit is set if the run is the last one of its class;
    /// no class is empty, so each has one such run.
    end: u8,
}

impl Run {
    const ENDS_CLASS: u8 = 0x80;

    /// The number after the last character's.
    #[inline(always)]
    pub(crate) const fn end(self) -> u8 {
        self.end & !Self::ENDS_CLASS
    }

    /// Whether the next run belongs to another class, or to none.
    #[inline(always)]
    pub(crate) const fn ends_class(self) -> bool {
        self.end & Self::ENDS_CLASS != 0
    }
}

/// The characters with index `from` and higher stand behind `length` characters that are not in the alphabet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) from: u8,
    pub(crate) length: u8,
}

impl Tables {
    pub(super) const fn new(rules: &Rules) -> Self {
        let (runs, run_count) = runs(rules);
        let (gaps, gap_count) = gaps(rules.alphabet());
        Self { runs, run_count, gaps, gap_count }
    }

    #[inline]
    pub(super) fn runs(&self) -> &[Run] {
        let count = usize::from(self.run_count).min(RUNS);
        &self.runs[..count]
    }

    #[inline]
    pub(super) fn gaps(&self) -> &[Gap] {
        self.gaps.get(..usize::from(self.gap_count)).unwrap_or_default()
    }

    /// The alphabet of this many characters.
    pub(super) const fn alphabet(&self, size: u8) -> CharSet {
        let (mut set, mut index, mut byte, mut at) = (CharSet::EMPTY, 0, 0_u8, 0);
        while index < size && byte.is_ascii() {
            if at < self.gap_count as usize && at < GAPS && self.gaps[at].from == index {
                byte = byte.wrapping_add(self.gaps[at].length);
                at += 1;
            }
            if byte.is_ascii() {
                set = set.with(byte);
            }
            (index, byte) = (index + 1, byte.wrapping_add(1));
        }
        set
    }

    /// The characters of the class at `index`; those that count for no class if it is the number of classes.
    pub(super) const fn characters(&self, index: usize) -> CharSet {
        let (mut set, mut class) = (CharSet::EMPTY, 0);
        let mut at = 0;
        while at < self.run_count as usize && at < RUNS {
            let run = self.runs[at];
            if class == index {
                set = set.union(CharSet::range(run.first, run.end() - 1));
            }
            class += run.ends_class() as usize;
            at += 1;
        }
        set
    }
}

/// The names of the classes, one behind the other.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Names {
    /// The end of each name among the bytes.
    ends: [u8; MAX_CLASSES],
    bytes: [u8; MAX_CLASS_NAMES],
}

impl Names {
    /// Together the names must have at most [`MAX_CLASS_NAMES`] bytes.
    pub(super) const fn new(classes: &[Class]) -> Self {
        let mut names = Self { ends: [0; MAX_CLASSES], bytes: [0; MAX_CLASS_NAMES] };
        let (mut index, mut end) = (0, 0);
        while index < classes.len() && index < MAX_CLASSES {
            let mut rest = classes[index].text().as_bytes();
            while let [byte, others @ ..] = rest
                && end < MAX_CLASS_NAMES
            {
                names.bytes[end] = *byte;
                (rest, end) = (others, end + 1);
            }
            names.ends[index] = end as u8;
            index += 1;
        }
        names
    }

    /// The name of the class at `index`.
    pub(super) const fn name(&self, index: usize) -> Text<MAX_CLASS_NAME> {
        let start = if index == 0 || index > MAX_CLASSES { 0 } else { self.ends[index - 1] as usize };
        let end = if index < MAX_CLASSES { self.ends[index] as usize } else { start };
        match self.bytes.split_at_checked(end) {
            Some((before, _)) => match before.split_at_checked(start) {
                Some((_, name)) => Text::from_bytes(name),
                None => Text::EMPTY,
            },
            None => Text::EMPTY,
        }
    }
}

const fn runs(rules: &Rules) -> ([Run; RUNS], u8) {
    let mut runs = [Run { first: 0, end: 0 }; RUNS];
    let mut count = 0;
    let mut index = 0;
    while index <= rules.classes().len() {
        let characters = rules.slot(index);
        let mut byte = 0_u8;
        while byte.is_ascii() && count < RUNS {
            if characters.has(byte) {
                let first = byte;
                while characters.has(byte + 1) {
                    byte += 1;
                }
                runs[count] = Run { first, end: byte + 1 };
                count += 1;
            }
            byte += 1;
        }
        // Always so, which the compiler does not see: a class has a character.
        if index < rules.classes().len() && 0 < count && count <= RUNS {
            runs[count - 1].end |= Run::ENDS_CLASS;
        }
        index += 1;
    }
    (runs, count as u8)
}

const fn gaps(alphabet: CharSet) -> ([Gap; GAPS], u8) {
    let mut gaps = [Gap { from: 0, length: 0 }; GAPS];
    let (mut count, mut index, mut length) = (0, 0, 0);
    let mut byte = 0_u8;
    while byte.is_ascii() {
        if alphabet.has(byte) {
            if length > 0 && count < GAPS {
                gaps[count] = Gap { from: index, length };
                count += 1;
            }
            (index, length) = (index + 1, 0);
        } else {
            length += 1;
        }
        byte += 1;
    }
    (gaps, count as u8)
}
