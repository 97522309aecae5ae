//! The verdicts on many lines, and their totals.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod blocks;

use core::ops::AddAssign;

#[cfg(target_arch = "x86_64")]
use fearless_simd::Simd;

#[cfg(target_arch = "x86_64")]
use crate::{
    check::{
        avx2::{self as one, Judge},
        lines::blocks::{CLASSES, Ends},
    },
    kernel::{declassify::declassify, instruction_set, wipe::with_wiped_stack},
    policy::ClassTable,
};
use crate::{
    check::{kind::ViolationKind, violation::Violations},
    policy::Policy,
};

/// The number of lines that are compliant, and the number that violate the policy in each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    lines: u64,
    compliant: u64,
    violations: [u64; ViolationKind::ALL.len()],
}

impl LineCounts {
    /// The number of lines.
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// The number of compliant lines.
    pub const fn compliant(&self) -> u64 {
        self.compliant
    }

    /// The number of lines that violate the policy in this way. One line can violate it in several.
    pub const fn count(&self, kind: ViolationKind) -> u64 {
        self.violations[kind as usize - 1]
    }

    /// Counts one more line with this verdict.
    pub fn add(&mut self, verdict: &Result<(), Violations<'_>>) {
        self.lines += 1;
        match verdict {
            Ok(()) => self.compliant += 1,
            Err(violations) => {
                for (count, kind) in self.violations.iter_mut().zip(ViolationKind::ALL) {
                    *count += u64::from(violations.kinds().contains(*kind));
                }
            }
        }
    }
}

/// Adds the lines of another text.
impl AddAssign for LineCounts {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        self.compliant += other.compliant;
        self.violations.iter_mut().zip(other.violations).for_each(|(sum, count)| *sum += count);
    }
}

impl Policy {
    /// Calls `each` with the verdict on every password of a list or a column, in order, as [`check`](Self::check) gives it.
    ///
    /// Cost: with a preset and AVX2, a compliant password of 16 characters costs half of what it costs alone, since the processor is
    /// asked once what it can do.
    ///
    /// ```
    /// use sip_password::HUAWEI;
    ///
    /// let mut compliant = Vec::new();
    /// HUAWEI.check_each(["Not_a_real_1", "short\n"], |verdict| compliant.push(verdict.is_ok()));
    /// assert_eq!(compliant, [true, false]);
    /// ```
    pub fn check_each<'p, I>(&'p self, passwords: I, mut each: impl FnMut(Result<(), Violations<'p>>))
    where
        I: IntoIterator<Item: AsRef<[u8]>>,
    {
        #[cfg(target_arch = "x86_64")]
        if let Some(judge) = Judge::new(self) {
            // All in code for this processor, into which the verdict is inlined.
            return judge.simd.vectorize(
                #[inline(always)]
                || {
                    for password in passwords {
                        let password = password.as_ref();
                        each(self.check_with(judge, password));
                    }
                },
            );
        }
        passwords.into_iter().for_each(|password| each(self.check(password.as_ref()).map(drop)));
    }
}

/// A line ends with `\n`, with `\r\n`, or with the text. A line break at the end of the text begins no further line, and a
/// `\r` there counts as half of a line break. A text of any size can be checked in parts that end with a line break.
impl Policy {
    /// Calls `each` with the verdict on every line, in order, as [`check`](Self::check) gives it. No line is copied.
    ///
    /// Cost: with a preset and AVX2 or AVX-512, a compliant line of 16 characters in a text of 4 KiB or more costs less than finding its
    /// end; any other line costs what `check` costs.
    ///
    /// ```
    /// use sip_password::HUAWEI;
    ///
    /// let mut compliant = Vec::new();
    /// HUAWEI.check_lines(b"Not_a_real_1\r\nshort\nNot_a_real_2", |verdict| compliant.push(verdict.is_ok()));
    /// assert_eq!(compliant, [true, false, true]);
    /// ```
    pub fn check_lines<'p>(&'p self, text: &[u8], mut each: impl FnMut(Result<(), Violations<'p>>)) {
        #[cfg(target_arch = "x86_64")]
        if self.each_block(
            text,
            #[inline(always)]
            |ends| {
                let mut left = ends.ends;
                while left != 0 {
                    each(if ends.compliant & left & left.wrapping_neg() != 0 {
                        Ok(())
                    } else {
                        self.check(ends.line(text, left)).map(drop)
                    });
                    left &= left - 1;
                }
            },
        ) {
            return;
        }
        #[cfg(target_arch = "x86_64")]
        if let Some(judge) = Judge::new(self) {
            return judge.simd.vectorize(
                #[inline(always)]
                || each_line(text, |text| judge.line_end(text), |line| each(self.check_with(judge, line))),
            );
        }
        let line_end = |text: &[u8]| memchr::memchr(b'\n', text).unwrap_or(text.len());
        each_line(text, line_end, |line| each(self.check(line).map(drop)));
    }

    /// Counts the verdicts on all lines; see [`check_lines`](Self::check_lines).
    ///
    /// ```
    /// use sip_password::{HUAWEI, ViolationKind};
    ///
    /// let counts = HUAWEI.count_lines(b"Not_a_real_1\r\nshort\nNot_a_real_2");
    /// assert_eq!((counts.lines(), counts.compliant(), counts.count(ViolationKind::TooShort)), (3, 2, 1));
    /// ```
    pub fn count_lines(&self, text: &[u8]) -> LineCounts {
        let mut counts = LineCounts::default();
        #[cfg(target_arch = "x86_64")]
        let mut compliant = 0;
        #[cfg(target_arch = "x86_64")]
        if self.each_block(
            text,
            #[inline(always)]
            |ends| {
                compliant += u64::from(ends.compliant.count_ones());
                let mut left = ends.ends & !ends.compliant;
                while left != 0 {
                    counts.add(&self.check(ends.line(text, left)).map(drop));
                    left &= left - 1;
                }
            },
        ) {
            counts.lines += compliant;
            counts.compliant += compliant;
            return counts;
        }
        self.check_lines(text, |verdict| counts.add(&verdict));
        counts
    }

    /// [`count_lines`](Self::count_lines) on all threads of the `rayon` pool of the caller, or of the global one.
    ///
    /// # Panics
    ///
    /// If the threads of the global pool cannot be started. It does not panic in a pool of the caller.
    #[cfg(feature = "rayon")]
    pub fn par_count_lines(&self, text: &[u8]) -> LineCounts {
        /// The part of one thread, in bytes: so much that sharing costs nothing.
        const SHARE: usize = 1 << 18;
        if text.len() <= SHARE {
            return self.count_lines(text);
        }
        let middle = text.len() / 2;
        let (first, second) = match memchr::memchr(b'\n', &text[middle..]) {
            Some(end) if middle + end + 1 < text.len() => text.split_at(middle + end + 1),
            // One line reaches from the middle to the end: there is nothing to share.
            _ => return self.count_lines(text),
        };
        let (mut counts, rest) = rayon::join(|| self.par_count_lines(first), || self.par_count_lines(second));
        counts += rest;
        counts
    }

    /// Calls `each` with what each block of the text ends. Does nothing, and returns `false`, if the rules or the processor do not
    /// allow it.
    #[cfg(target_arch = "x86_64")]
    fn each_block(&self, text: &[u8], each: impl FnMut(Ends)) -> bool {
        let Some(table) = self.class_table().filter(|table| blocks::can_judge(table)) else { return false };
        if text.len() < SHORT {
            return false;
        }
        // The registers are so many that the compiler may spill some, with pieces of the text.
        with_wiped_stack::<TRACES, _>(|| {
            if table.has_only(FEW_CLASSES as u32) {
                each_block::<FEW_CLASSES>(table, text, each)
            } else {
                each_block::<CLASSES>(table, text, each)
            }
        })
    }

    /// [`check`](Self::check) without the proof, in code for a vector unit.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn check_with<'p>(&'p self, judge: Judge<'_>, password: &[u8]) -> Result<(), Violations<'p>> {
        // The verdict is public.
        if one::LENGTHS.contains(&password.len()) && declassify(judge.complies(password)) {
            return Ok(());
        }
        self.check(password).map(drop)
    }
}

/// In a shorter text, in bytes, lines are judged one by one, since it would take as long to wipe the stack.
#[cfg(target_arch = "x86_64")]
const SHORT: usize = 4 << 10;

/// How far down the stack traces of a text can reach, in bytes: the masks of two batches, and as much again for spilt registers.
#[cfg(target_arch = "x86_64")]
const TRACES: usize = 8 << 10;

/// As many classes as most policies have, so that less is done for each block.
#[cfg(target_arch = "x86_64")]
const FEW_CLASSES: usize = 4;

/// [`Policy::each_block`] for a table of which no class from the one with the number `N` on has characters.
#[cfg(target_arch = "x86_64")]
fn each_block<const N: usize>(table: &ClassTable, text: &[u8], each: impl FnMut(Ends)) -> bool {
    if let Some(simd) = instruction_set::avx512() {
        let kinds = avx512::Kinds::new(table);
        simd.vectorize(
            #[inline(always)]
            || {
                blocks::run::<_, N>(
                    simd,
                    table,
                    text,
                    |batch, masks| avx512::masks(simd, &kinds, N, batch, masks),
                    each,
                )
            },
        );
        return true;
    }
    if let Some(simd) = instruction_set::avx2() {
        simd.vectorize(
            #[inline(always)]
            || {
                blocks::run::<_, N>(
                    simd,
                    table,
                    text,
                    |batch, masks| avx2::masks(simd, table, N, batch, masks),
                    each,
                )
            },
        );
        return true;
    }
    false
}

/// Calls `each` with every line, without its line break. `line_end` finds the end of the first line, in bytes.
#[inline(always)]
fn each_line(text: &[u8], line_end: impl Fn(&[u8]) -> usize, mut each: impl FnMut(&[u8])) {
    let mut left = text;
    while !left.is_empty() {
        let end = line_end(left);
        each(without_return(&left[..end]));
        left = left.get(end + 1..).unwrap_or_default();
    }
}

/// A line without the `\r` of `\r\n`.
#[inline]
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
