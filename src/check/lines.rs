//! The verdicts on many lines, and their totals.

use core::ops::AddAssign;

#[cfg(target_arch = "x86_64")]
use crate::{
    check::avx2::{self, Avx2},
    kernel::declassify::declassify,
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
        if let Some(avx2) = Avx2::new(self) {
            let passwords = passwords.into_iter();
            return avx2.processor.vectorize(CheckEach { avx2, policy: self, passwords, each });
        }
        passwords.into_iter().for_each(|password| each(self.check(password.as_ref()).map(drop)));
    }
}

/// A line ends with `\n`, with `\r\n`, or with the text. A line break at the end of the text begins no further line, and a
/// `\r` there counts as half of a line break. A text of any size can be checked in parts that end with a line break.
impl Policy {
    /// Calls `each` with the verdict on every line, in order, as [`check`](Self::check) gives it. No line is copied.
    ///
    /// Cost: with a preset and AVX2, a compliant line of 16 characters costs little more than finding its end; any other
    /// line costs what `check` costs.
    ///
    /// ```
    /// use sip_password::HUAWEI;
    ///
    /// let mut compliant = Vec::new();
    /// HUAWEI.check_lines(b"Not_a_real_1\r\nshort\nNot_a_real_2", |verdict| compliant.push(verdict.is_ok()));
    /// assert_eq!(compliant, [true, false, true]);
    /// ```
    pub fn check_lines<'p>(&'p self, text: &[u8], each: impl FnMut(Result<(), Violations<'p>>)) {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = Avx2::new(self) {
            return avx2.check_lines(self, text, each);
        }
        self.check_lines_one_by_one(text, each);
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

    /// The reference implementation, for every processor.
    fn check_lines_one_by_one<'p>(&'p self, text: &[u8], mut each: impl FnMut(Result<(), Violations<'p>>)) {
        let mut left = text;
        while !left.is_empty() {
            let end = memchr::memchr(b'\n', left).unwrap_or(left.len());
            each(self.check(without_return(&left[..end])).map(drop));
            left = left.get(end + 1..).unwrap_or_default();
        }
    }
}

/// A line without the `\r` of `\r\n`.
#[inline]
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(target_arch = "x86_64")]
impl Avx2<'_> {
    fn check_lines<'p>(self, policy: &'p Policy, text: &[u8], each: impl FnMut(Result<(), Violations<'p>>)) {
        self.processor.vectorize(CheckLines { avx2: self, policy, text, each });
    }
}

/// A call of [`Policy::check_each`] for `pulp`.
#[cfg(target_arch = "x86_64")]
struct CheckEach<'a, 'p, I, F> {
    avx2: Avx2<'a>,
    policy: &'p Policy,
    passwords: I,
    each: F,
}

#[cfg(target_arch = "x86_64")]
impl<'p, I, F> pulp::NullaryFnOnce for CheckEach<'_, 'p, I, F>
where
    I: Iterator<Item: AsRef<[u8]>>,
    F: FnMut(Result<(), Violations<'p>>),
{
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        for password in self.passwords {
            let password = password.as_ref();
            // As in `CheckLines`, and not a function of both, with which each was measured to be half as fast.
            (self.each)(
                if avx2::LENGTHS.contains(&password.len()) && declassify(self.avx2.judge(password)) {
                    Ok(())
                } else {
                    self.policy.check(password).map(drop)
                },
            );
        }
    }
}

/// A call of [`Avx2::check_lines`] for `pulp`.
#[cfg(target_arch = "x86_64")]
struct CheckLines<'a, 'p, F> {
    avx2: Avx2<'a>,
    policy: &'p Policy,
    text: &'a [u8],
    each: F,
}

#[cfg(target_arch = "x86_64")]
impl<'p, F: FnMut(Result<(), Violations<'p>>)> pulp::NullaryFnOnce for CheckLines<'_, 'p, F> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let mut left = self.text;
        while !left.is_empty() {
            let end = self.avx2.line_end(left);
            let line = without_return(&left[..end]);
            // The verdict is public.
            (self.each)(if avx2::LENGTHS.contains(&line.len()) && declassify(self.avx2.judge(line)) {
                Ok(())
            } else {
                self.policy.check(line).map(drop)
            });
            left = left.get(end + 1..).unwrap_or_default();
        }
    }
}
