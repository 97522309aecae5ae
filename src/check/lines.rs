//! Many lines at once: a verdict for each, or how many there are of each kind.

use core::ops::AddAssign;

#[cfg(target_arch = "x86_64")]
use crate::{
    check::avx2::{self, Fast},
    kernel::declassify::public,
};
use crate::{
    check::violation::{Code, Violations},
    policy::Policy,
};

/// How many lines of a text are compliant, and how many violate the policy in each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    lines: u64,
    compliant: u64,
    codes: [u64; Code::ALL.len()],
}

impl Report {
    /// How many lines there are.
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// How many of them are compliant.
    pub const fn compliant(&self) -> u64 {
        self.compliant
    }

    /// How many of them violate the policy in this way. One line can do so in several.
    pub const fn count(&self, code: Code) -> u64 {
        self.codes[code as usize - 1]
    }

    /// One more line with this verdict.
    pub fn add(&mut self, verdict: &Result<(), Violations<'_>>) {
        self.lines += 1;
        match verdict {
            Ok(()) => self.compliant += 1,
            Err(violations) => {
                for (count, code) in self.codes.iter_mut().zip(Code::ALL) {
                    *count += u64::from(violations.codes().contains(code));
                }
            }
        }
    }
}

/// The lines of one text and those of another.
impl AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        self.compliant += other.compliant;
        self.codes.iter_mut().zip(other.codes).for_each(|(sum, count)| *sum += count);
    }
}

/// The lines of a text are what stands before each line break, `\n` or `\r\n`, and behind the last, if that is not
/// empty; a `\r` at the end of the text counts as half of a line break. A text of any size, mapped into memory or read block by block, can be checked in parts that end with
/// a line break.
impl Policy<'_> {
    /// Calls `each` with the verdict on every line, in order, as [`check`](Self::check) gives it. No line
    /// is copied.
    ///
    /// Cost: for a preset and a processor with AVX2, compliant lines of 16 characters cost little more than
    /// to find where they end; others what `check` costs.
    ///
    /// ```
    /// use sip_password::HUAWEI;
    ///
    /// let mut good = Vec::new();
    /// HUAWEI.check_lines(b"Not_a_real_1\r\nshort\nNot_a_real_2", |verdict| good.push(verdict.is_ok()));
    /// assert_eq!(good, [true, false, true]);
    /// ```
    pub fn check_lines<'p>(&'p self, text: &[u8], each: impl FnMut(Result<(), Violations<'p>>)) {
        #[cfg(target_arch = "x86_64")]
        if let Some(fast) = Fast::new(self) {
            return fast.check_lines(self, text, each);
        }
        self.check_lines_one_by_one(text, each);
    }

    /// Counts the verdicts on every line; see [`check_lines`](Self::check_lines).
    ///
    /// ```
    /// use sip_password::{Code, HUAWEI};
    ///
    /// let report = HUAWEI.report(b"Not_a_real_1\r\nshort\nNot_a_real_2");
    /// assert_eq!((report.lines(), report.compliant(), report.count(Code::TooShort)), (3, 2, 1));
    /// ```
    pub fn report(&self, text: &[u8]) -> Report {
        let mut report = Report::default();
        self.check_lines(text, |verdict| report.add(&verdict));
        report
    }

    /// The same on all threads of the `rayon` pool that it is called in, or of the global one.
    ///
    /// # Panics
    ///
    /// Where the threads of the global pool cannot be started; in a pool of one's own it does not.
    #[cfg(feature = "rayon")]
    pub fn par_report(&self, text: &[u8]) -> Report {
        /// How much one thread takes at a time, in bytes: enough that to share it costs nothing.
        const SHARE: usize = 1 << 18;
        if text.len() <= SHARE {
            return self.report(text);
        }
        let middle = text.len() / 2;
        let (first, second) = match memchr::memchr(b'\n', &text[middle..]) {
            Some(end) if middle + end + 1 < text.len() => text.split_at(middle + end + 1),
            // One line from the middle to the end: there is nothing to share.
            _ => return self.report(text),
        };
        let (mut report, rest) = rayon::join(|| self.par_report(first), || self.par_report(second));
        report += rest;
        report
    }

    /// What every processor can do, and the twin of what is faster.
    fn check_lines_one_by_one<'p>(&'p self, text: &[u8], mut each: impl FnMut(Result<(), Violations<'p>>)) {
        let mut left = text;
        while !left.is_empty() {
            let end = memchr::memchr(b'\n', left).unwrap_or(left.len());
            each(self.check(without_return(&left[..end])).map(drop));
            left = left.get(end + 1..).unwrap_or_default();
        }
    }
}

/// A line without the `\r` of a line break of two characters.
#[inline]
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(target_arch = "x86_64")]
impl Fast<'_> {
    fn check_lines<'p>(
        self,
        policy: &'p Policy<'_>,
        text: &[u8],
        each: impl FnMut(Result<(), Violations<'p>>),
    ) {
        self.processor.vectorize(CheckLines { fast: self, policy, text, each });
    }
}

/// The call of [`Fast::check_lines`], as `pulp` wants it.
#[cfg(target_arch = "x86_64")]
struct CheckLines<'a, 'p, F> {
    fast: Fast<'a>,
    policy: &'p Policy<'p>,
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
            let end = self.fast.line_end(left);
            let line = without_return(&left[..end]);
            // The verdict is public.
            (self.each)(if avx2::LENGTHS.contains(&line.len()) && public(self.fast.judge(line)) {
                Ok(())
            } else {
                self.policy.check(line).map(drop)
            });
            left = left.get(end + 1..).unwrap_or_default();
        }
    }
}
