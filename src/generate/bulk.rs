//! Many passwords at once, at the speed of the keystream.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;
mod unranked;

use std::{io, sync::Arc};

use rand_core::TryCryptoRng;

use crate::{
    counting::unrank::Exact,
    generate::{GenerateError, WipeUnlessKept},
    kernel::wipe::{Wiped, traceless},
    policy::Policy,
};

/// Makes many passwords of one length, each followed by a separator, ready to be written to a file.
///
/// The same source gives the same passwords in the same order as one [`Policy::generate`] after
/// another, and is left in the same place, if it gives the same bytes however they are asked for, as
/// ChaCha20 does: words are taken from it as little-endian bytes, many at a time.
///
/// ```
/// use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
/// use sip_password::{HUAWEI, Password};
///
/// let bulk = HUAWEI.bulk(12, b"\n")?;
/// let mut lines = [0; 3 * 13];
/// bulk.fill(&mut ChaCha20Rng::from_seed([7; 32]), &mut lines)?;
/// assert_eq!(&lines, b"RymMD.ZphySa\nPjqRrI*jIz0m\n*hXStoKQqxrM\n");
/// # Ok::<(), sip_password::GenerateError<core::convert::Infallible>>(())
/// ```
///
/// Where trying would take too long, the passwords are counted once, and cloning shares what was counted.
#[derive(Clone, Debug)]
pub struct Bulk<'p> {
    policy: &'p Policy<'p>,
    length: usize,
    separator: &'p [u8],
    tries: u16,
    /// Where it would take too many candidates.
    exact: Option<Arc<Exact>>,
}

impl<'r> Policy<'r> {
    /// Many passwords of `length` characters, each followed by `separator`, which may be empty.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Length`], [`Infeasible`](GenerateError::Infeasible) and
    /// [`TooRare`](GenerateError::TooRare), as for [`generate`](Self::generate).
    pub fn bulk<'p, E>(&'p self, length: usize, separator: &'p [u8]) -> Result<Bulk<'p>, GenerateError<E>> {
        let tries = self.feasible(length)?;
        Ok(Bulk { policy: self, length, separator, tries, exact: self.exact(length)?.map(Arc::new) })
    }
}

/// How many words are drawn at once.
const WORDS: usize = 1024;
/// Under so many passwords the vector unit does not pay for its preparation.
#[cfg(target_arch = "x86_64")]
const FEW: usize = 32;

/// Random words as bytes, and wiped.
type Words = Wiped<[u8; 4 * WORDS]>;

/// Makes candidates of words.
trait Maker {
    /// Makes one candidate after another of `words`, and writes each that is to be kept, with its
    /// separator, to `records`, which has room for all of them. Returns how many were kept.
    fn make(&mut self, words: &[u8], records: &mut [u8], streak: &mut Streak) -> usize;
}

/// How many candidates in a row were thrown away.
#[derive(Clone, Copy, Default)]
struct Streak {
    current: usize,
    longest: usize,
}

impl Streak {
    /// One more candidate.
    #[inline]
    fn add(&mut self, kept: bool) {
        self.current = if kept { 0 } else { self.current + 1 };
        self.longest = self.longest.max(self.current);
    }
}

impl Bulk<'_> {
    /// The length of a password with its separator, in bytes.
    pub const fn record(&self) -> usize {
        self.length + self.separator.len()
    }

    /// Fills `buffer` with as many passwords and separators as fit, and returns how many bytes these
    /// are; what is left over at the end stays as it was.
    ///
    /// Cost: on a processor with AVX2 two to three times the keystream of ChaCha20; `cargo bench` in `benches`
    /// measures it. The stack takes 60 KiB. The buffers that held words and candidates are wiped, and
    /// so are, unless the source panics, 8 KiB of the stack below, where the compiler may have spilt some of them. That takes
    /// some 60 ns: for a single password a third of the time, for many nothing.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Source`] and [`SourceStuck`](GenerateError::SourceStuck); the whole buffer is
    /// zeroed then.
    // Its frame is large: it would be that of who calls it, who may have something there to wipe.
    #[inline(never)]
    pub fn fill<R>(&self, rng: &mut R, buffer: &mut [u8]) -> Result<usize, GenerateError<R::Error>>
    where
        R: TryCryptoRng + ?Sized,
    {
        let count = buffer.len() / self.record();
        let end = count * self.record();
        let guard = WipeUnlessKept(buffer);
        if let Some(exact) = &self.exact {
            self.run(rng, &mut guard.0[..end], exact.words(), &mut unranked::Numbered(self, exact))?;
            guard.keep();
            return Ok(end);
        }
        let words = self.policy.digits().words(self.length);
        #[cfg(target_arch = "x86_64")]
        if count >= FEW
            && let Some(mut maker) = avx2::Avx2::new(self)
        {
            self.run(rng, &mut guard.0[..end], words, &mut maker)?;
            guard.keep();
            return Ok(end);
        }
        self.run(rng, &mut guard.0[..end], words, &mut portable::Portable(self))?;
        guard.keep();
        Ok(end)
    }

    /// Writes `count` passwords and separators to `to`, 64 KiB at a time: the memory does not grow with
    /// the count.
    ///
    /// # Errors
    ///
    /// What goes wrong with the source, as [`fill`](Self::fill) says it, as an [`io::Error`] of the kind
    /// [`Other`](io::ErrorKind::Other); and what goes wrong with `to`.
    pub fn write<R, W>(&self, rng: &mut R, count: u64, to: &mut W) -> io::Result<()>
    where
        R: TryCryptoRng<Error: Send + Sync + 'static> + ?Sized,
        W: io::Write + ?Sized,
    {
        let at_once = (BLOCK / self.record()).max(1);
        let mut block = Wiped::new(std::vec![0; at_once * self.record()]);
        let mut left = count;
        while left > 0 {
            let now = usize::try_from(left).unwrap_or(usize::MAX).min(at_once);
            let records = &mut block[..now * self.record()];
            self.fill(rng, records).map_err(io::Error::other)?;
            to.write_all(records)?;
            left -= now as u64;
        }
        Ok(())
    }

    /// Draws just as many candidates, of `per_candidate` words each, as passwords are missing, until none is: so no word is
    /// drawn that one password after another would not draw.
    fn run<R>(
        &self,
        rng: &mut R,
        records: &mut [u8],
        per_candidate: usize,
        maker: &mut impl Maker,
    ) -> Result<(), GenerateError<R::Error>>
    where
        R: TryCryptoRng + ?Sized,
    {
        traceless::<TRACES, _>(|| {
            let mut streak = Streak::default();
            let mut words = Words::new([0; 4 * WORDS]);
            let mut left = records;
            while !left.is_empty() {
                let candidates = (left.len() / self.record()).min(WORDS / per_candidate);
                let words = &mut words[..4 * per_candidate * candidates];
                rng.try_fill_bytes(words).map_err(GenerateError::Source)?;
                let kept = maker.make(words, left, &mut streak);
                if streak.longest >= self.tries.into() {
                    return Err(GenerateError::SourceStuck { tries: self.tries });
                }
                left = &mut left[kept * self.record()..];
            }
            Ok(())
        })
    }
}

/// How far down the stack there may be something of a password, in bytes: the words, and as much for registers that are spilt.
const TRACES: usize = 2 * size_of::<Words>();

/// What [`Bulk::write`] writes at once, in bytes.
const BLOCK: usize = 1 << 16;
