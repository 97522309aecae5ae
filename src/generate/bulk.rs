//! Many passwords at once, nearly at the speed of the keystream.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;
mod unranked;
#[cfg(target_arch = "x86_64")]
mod vector;

use std::{fmt, io, sync::Arc};

use rand_core::TryCryptoRng;

#[cfg(feature = "rayon")]
use crate::generate::seed::Seed;
#[cfg(target_arch = "x86_64")]
use crate::kernel::instruction_set;
use crate::{
    counting::unrank::Unranker,
    generate::{GenerateError, LengthError, WipeUnlessKept, health::repeats},
    kernel::wipe::{ZeroizingBytes, with_wiped_stack},
    policy::Policy,
};

/// Makes many passwords of one length, each followed by a separator.
///
/// The same source gives the same passwords in the same order as repeated calls of [`Policy::generate`], and has the same
/// state afterwards, if it gives the same bytes however they are drawn, as ChaCha20 does: words are drawn as little-endian
/// bytes, many at a time.
///
/// ```
/// use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
/// use sip_password::{HUAWEI, Password};
///
/// let bulk = HUAWEI.bulk(12, b"\n")?;
/// let mut lines = [0; 3 * 13];
/// bulk.fill(&mut ChaCha20Rng::from_seed([7; 32]), &mut lines)?;
/// assert_eq!(&lines, b"RymMD.ZphySa\nPjqRrI*jIz0m\n*hXStoKQqxrM\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Passwords that are too rare to be found by trial are counted once, and clones share the counts.
#[derive(Clone, Debug)]
pub struct Bulk<'p> {
    policy: &'p Policy,
    length: usize,
    separator: &'p [u8],
    tries: u16,
    way: Way,
}

/// How candidates are made.
#[derive(Clone)]
enum Way {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Arc<avx2::Plan>),
    #[cfg(target_arch = "x86_64")]
    Avx512(Arc<avx512::Plan>),
    /// By their ranks: passwords that are too rare to be found by trial.
    Unranked(Arc<Unranker>),
}

/// Without the tables.
impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portable => "Portable",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "Avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "Avx512",
            Self::Unranked(_) => "Unranked",
        })
    }
}

impl Policy {
    /// Prepares to make many passwords of `length` characters, each followed by `separator`, which can be empty.
    ///
    /// # Errors
    ///
    /// [`LengthError`] if no password of this length can be generated.
    pub fn bulk<'p>(&'p self, length: usize, separator: &'p [u8]) -> Result<Bulk<'p>, LengthError> {
        let tries = self.feasible(length)?;
        let way = match self.unranker(length)? {
            Some(unranker) => Way::Unranked(Arc::new(unranker)),
            None => self.way(length, separator),
        };
        Ok(Bulk { policy: self, length, separator, tries, way })
    }

    /// The fastest way on this processor.
    fn way(&self, length: usize, separator: &[u8]) -> Way {
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(simd) = instruction_set::avx512() {
                return Way::Avx512(Arc::new(avx512::Plan::new(simd, self, length, separator)));
            }
            if let Some(simd) = instruction_set::avx2() {
                return Way::Avx2(Arc::new(avx2::Plan::new(simd, self, length)));
            }
        }
        _ = (length, separator);
        Way::Portable
    }
}

/// The number of words that are drawn at once.
const WORDS: usize = 1024;
/// For fewer passwords the vector unit does not pay for its preparation.
#[cfg(target_arch = "x86_64")]
const FEW: usize = 32;

/// Random words as bytes.
type Words = ZeroizingBytes<[u8; 4 * WORDS]>;

/// Makes candidates of random words.
trait CandidateSource {
    /// Makes one candidate after another of `words`, and writes each compliant one, with its separator, to `records`, which
    /// has room for all candidates. Returns the number of compliant ones.
    fn make(&mut self, words: &[u8], records: &mut [u8], rejections: &mut Rejections) -> usize;
}

/// The number of candidates that were rejected in a row.
#[derive(Clone, Copy, Default)]
struct Rejections {
    current: usize,
    longest: usize,
}

impl Rejections {
    /// Counts one more candidate.
    #[inline]
    fn add(&mut self, kept: bool) {
        self.current = if kept { 0 } else { self.current + 1 };
        self.longest = self.longest.max(self.current);
    }

    /// Counts candidates, 1 for one that is kept and 0 for another.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    fn add_each(&mut self, kept: &[u8]) {
        for eight in kept.chunks(8) {
            if eight == [1; 8] {
                self.current = 0;
            } else {
                eight.iter().for_each(|&kept| self.add(kept == 1));
            }
        }
    }

    /// Counts the first `candidates` bits, 1 for a candidate that is kept.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    fn add_all(&mut self, kept: &[u8], candidates: usize) {
        for (first, bits) in (0..candidates).step_by(64).zip(kept.as_chunks::<8>().0) {
            let count = (candidates - first).min(64) as u32;
            // In the upper `count` bits. The candidates before are at the lower end.
            let rejected = !u64::from_le_bytes(*bits) << (64 - count);
            if rejected == 0 {
                self.current = 0;
                continue;
            }
            let kept = !rejected >> (64 - count);
            let rejected = rejected >> (64 - count);
            let before = self.current + kept.trailing_zeros().min(count) as usize;
            self.current = if kept == 0 { before } else { (kept << (64 - count)).leading_zeros() as usize };
            // As many rounds as the longest row has candidates: each takes one from every row.
            let (mut rows, mut longest) = (rejected, 0);
            while rows != 0 {
                rows &= rows << 1;
                longest += 1;
            }
            self.longest = self.longest.max(before).max(longest).max(self.current);
        }
    }
}

impl Bulk<'_> {
    /// The length of a password with its separator, in bytes.
    pub const fn record_len(&self) -> usize {
        self.length + self.separator.len()
    }

    /// The seed from which a job draws these passwords.
    #[cfg(feature = "rayon")]
    pub(crate) fn seed(&self, seed: &Seed) -> Seed {
        seed.for_job(self.policy, self.length)
    }

    /// Fills `buffer` with as many passwords and separators as fit, and returns their length in bytes. The rest of the buffer
    /// does not change.
    ///
    /// Cost: for 16 of Huawei's characters and a [`Keystream`](crate::Keystream), 0.7 of the time in which crate `chacha20` makes the
    /// keystream, with AVX-512, and 1.4 times as long with AVX2 (`cargo bench` measures it); and 32 KiB of stack. The
    /// buffers that held words and candidates are wiped. Unless the source panics, so are 8 KiB of the stack below, where the
    /// compiler may have spilt some of them; that takes some 60 ns, a third of the time of a single password.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Source`], [`SourceStuck`](GenerateError::SourceStuck) and [`SourceRepeats`](GenerateError::SourceRepeats). The
    /// whole buffer is zeroed then.
    ///
    /// A source that repeats one word, or two, four or eight in turn, is noticed if it does so for 63 words of one batch of up to 1024,
    /// for the last 32 of a batch, or for all of a batch of three or more: after 16 passwords of 16 characters, or after 63 of 6 digits.
    /// Over several calls with one password each, only what [`Policy::generate`] notices is noticed.
    // Not inlined: the large stack frame must not become part of the caller's, which may hold secrets to wipe.
    #[inline(never)]
    pub fn fill<R>(&self, rng: &mut R, buffer: &mut [u8]) -> Result<usize, GenerateError<R::Error>>
    where
        R: TryCryptoRng + ?Sized,
    {
        let count = buffer.len() / self.record_len();
        let end = count * self.record_len();
        let guard = WipeUnlessKept(buffer);
        let records = &mut guard.0[..end];
        let words = self.policy.digits().words(self.length);
        match &self.way {
            Way::Unranked(unranker) => {
                self.run(rng, records, unranker.words(), &mut unranked::Unranked(self, unranker))?;
            }
            #[cfg(target_arch = "x86_64")]
            Way::Avx512(plan) if count >= FEW => {
                self.run(rng, records, words, &mut avx512::Source::new(self, plan))?;
            }
            #[cfg(target_arch = "x86_64")]
            Way::Avx2(plan) if count >= FEW => {
                self.run(rng, records, words, &mut avx2::Source::new(self, plan))?;
            }
            _ => self.run(rng, records, words, &mut portable::Portable(self))?,
        }
        guard.keep();
        Ok(end)
    }

    /// Writes `count` passwords and separators to `to`, 64 KiB at a time, in memory that does not grow with the count.
    ///
    /// # Errors
    ///
    /// That of `to`; and that of the random source, as [`fill`](Self::fill) reports it, as an [`io::Error`] of the kind
    /// [`Other`](io::ErrorKind::Other).
    pub fn write<R, W>(&self, rng: &mut R, count: u64, to: &mut W) -> io::Result<()>
    where
        R: TryCryptoRng<Error: Send + Sync + 'static> + ?Sized,
        W: io::Write + ?Sized,
    {
        let at_once = (BLOCK / self.record_len()).max(1);
        let mut block = ZeroizingBytes::new(std::vec![0; at_once * self.record_len()]);
        let mut left = count;
        while left > 0 {
            let now = usize::try_from(left).unwrap_or(usize::MAX).min(at_once);
            let records = &mut block[..now * self.record_len()];
            self.fill(rng, records).map_err(io::Error::other)?;
            to.write_all(records)?;
            left -= now as u64;
        }
        Ok(())
    }

    /// Draws as many candidates, of `per_candidate` words each, as passwords are missing, until none is missing. So no word is
    /// drawn that repeated calls of `generate` would not draw.
    fn run<R>(
        &self,
        rng: &mut R,
        records: &mut [u8],
        per_candidate: usize,
        source: &mut impl CandidateSource,
    ) -> Result<(), GenerateError<R::Error>>
    where
        R: TryCryptoRng + ?Sized,
    {
        with_wiped_stack::<TRACES, _>(|| {
            let mut rejections = Rejections::default();
            let mut words = Words::new([0; 4 * WORDS]);
            let mut left = records;
            while !left.is_empty() {
                let candidates = (left.len() / self.record_len()).min(WORDS / per_candidate);
                let words = &mut words[..4 * per_candidate * candidates];
                rng.try_fill_bytes(words).map_err(GenerateError::Source)?;
                let kept = source.make(words, left, &mut rejections);
                if rejections.longest >= self.tries.into() {
                    return Err(GenerateError::SourceStuck { tries: self.tries });
                }
                if kept > 0 && repeats(words) {
                    return Err(GenerateError::SourceRepeats);
                }
                left = &mut left[kept * self.record_len()..];
            }
            Ok(())
        })
    }
}

/// How far down the stack traces of a password can reach, in bytes: the words, and as much for spilt registers.
const TRACES: usize = 2 * size_of::<Words>();

/// The bytes that [`Bulk::write`] writes at once.
const BLOCK: usize = 1 << 16;
