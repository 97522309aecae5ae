//! A job of many passwords, on all cores or in parts.

use std::{boxed::Box, fmt, io, ops::Range, vec::Vec};

use rayon::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    generate::{bulk::Bulk, keystream::Keystream},
    kernel::wipe::{Wiped, traceless},
};

/// So many passwords of one seed: the same ones in the same order on any number of threads, and
/// however they are cut into parts.
///
/// Passwords come in blocks of [`BLOCK`](Self::BLOCK). Block b, from 0, is what [`Bulk::fill`] makes of
/// ChaCha20's stream number b ([`Keystream::stream`]), so blocks have nothing to do with each other: they are
/// made on whatever core or machine is free, and no two draw the same random bits. ChaCha20 has a number of the
/// stream beside the counter in Bernstein's definition ("ChaCha, a variant of Salsa20", 2008; there it is called
/// the nonce).
///
/// ```
/// use sip_password::{HUAWEI, Job, Keystream};
///
/// let bulk = HUAWEI.bulk::<std::convert::Infallible>(16, b"\n")?;
/// let whole = Job::new(bulk.clone(), 50_000, &mut [7; 32]); // a seed of full entropy instead
/// let mut lines = Vec::new();
/// whole.write(&mut lines, |done| eprintln!("{done} of 50000"))?;
/// assert_eq!(lines.len(), 50_000 * 17);
///
/// // The second of three parts, on another machine.
/// let part = Job::new(bulk, 50_000, &mut [7; 32]).part(2, 3).expect("2 is one of 1 to 3");
/// let mut some = Vec::new();
/// part.write(&mut some, |_| ())?;
/// assert!(!some.is_empty() && lines.windows(some.len()).any(|window| window == some));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Parts
///
/// Any engine that starts processes spreads a job, and nothing coordinates it. With GNU parallel and
/// the command, on all cores of the machines in `hosts`, from a `seed` of 32 bytes that each of them has:
///
/// ```sh
/// parallel -k --sshloginfile hosts sip-password generate huawei --count 1000000000 --threads 1 \
///     --seed-file seed --part {}/64 ::: $(seq 64) > passwords
/// ```
///
/// A job array of Slurm (`sbatch --array=1-64`) has the two numbers in its environment: `--part
/// $SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT`.
pub struct Job<'p> {
    bulk: Bulk<'p>,
    /// On the heap, so that a job that is moved leaves no copy behind.
    seed: Box<Zeroizing<[u8; 32]>>,
    /// Which of the seed's passwords, from 0; begins where a block does.
    passwords: Range<u64>,
}

impl<'p> Job<'p> {
    /// How many passwords one stream of the seed makes; the last block of a job may have fewer.
    ///
    /// A block of 16 characters each takes some 0.05 ms: so long that what it costs to begin one does not show
    /// (four times as many are not faster), so short that threads that end at different times do not wait for
    /// each other long; and its 68 KiB are still in the cache when they are written. The number is part of what
    /// a seed means: with another one the same seed gives other passwords.
    pub const BLOCK: u64 = 4096;

    /// `count` passwords of `seed`, which is zeroed. The seed must come from a source of full entropy, and whoever
    /// has it can make the passwords again.
    pub fn new(bulk: Bulk<'p>, count: u64, seed: &mut [u8; 32]) -> Self {
        let mut own = Box::new(Zeroizing::new([0; 32]));
        own.copy_from_slice(seed);
        seed.zeroize();
        Self { bulk, seed: own, passwords: 0..count }
    }

    /// Part `number`, from 1, of `of` parts, which in order are the whole job; `None` where there is no such
    /// part. Parts differ by one block at most, and are empty where there are more of them than
    /// blocks. A part can be cut again.
    #[must_use]
    pub fn part(self, number: u64, of: u64) -> Option<Self> {
        if number == 0 || number > of {
            return None;
        }
        let (start, count) = (self.passwords.start, self.count());
        let cut = |parts: u64| {
            let blocks = u128::from(count.div_ceil(Self::BLOCK)) * u128::from(parts) / u128::from(of);
            // The last block may be a smaller one. All fits in 64 bits, since `count` does.
            start + (blocks * u128::from(Self::BLOCK)).min(count.into()) as u64
        };
        let passwords = cut(number - 1)..cut(number);
        Some(Self { passwords, ..self })
    }

    /// How many passwords: of the part, where this is one.
    pub const fn count(&self) -> u64 {
        self.passwords.end - self.passwords.start
    }

    /// Writes the passwords and separators to `to` in order, on all threads of the `rayon` pool that it is
    /// called in (`pool.install`), or of the global one. While something is written, what comes next
    /// is made.
    ///
    /// Each `write_all` hands `to` whole passwords, each with its separator. After it, `progress` is
    /// told how many passwords are written so far; that may be thousands of times a second.
    ///
    /// Cost: [`Bulk::fill`]'s, over the number of threads. Memory: for each thread two times
    /// eight blocks, which is 1.1 MiB for 16 characters and a line break, and less where the count is less; 16 MiB
    /// in all, or two blocks a thread where that is more. It does not grow with the count, and is wiped at the
    /// end.
    ///
    /// # Errors
    ///
    /// The first of `to`, after which nothing more is written. What goes wrong with the source, as an
    /// [`io::Error`] of the kind [`Other`](io::ErrorKind::Other): see [`Bulk::write`]; it cannot happen unless
    /// ChaCha20 is broken. And [`OutOfMemory`](io::ErrorKind::OutOfMemory).
    pub fn write<W>(&self, to: &mut W, mut progress: impl FnMut(u64) + Send) -> io::Result<()>
    where
        W: io::Write + Send + ?Sized,
    {
        if self.count() > Self::BLOCK {
            // Into the pool once, and not for every batch.
            return rayon::scope(|_| self.write_batches(to, progress));
        }
        // What one thread does at once does not start the others.
        let mut block = self.room(self.count())?;
        self.make(self.passwords.start / Self::BLOCK, &mut block)?;
        to.write_all(&block)?;
        progress(self.count());
        Ok(())
    }

    /// Writes a batch of blocks while the next is made.
    fn write_batches<W>(&self, to: &mut W, mut progress: impl FnMut(u64)) -> io::Result<()>
    where
        W: io::Write + Send + ?Sized,
    {
        let threads = rayon::current_num_threads();
        let most = BATCH / (Self::BLOCK as usize * self.bulk.record());
        let at_once = Self::BLOCK * (BLOCKS * threads).min(most).max(threads) as u64;
        let batch_from = |start: u64| start..self.passwords.end.min(start.saturating_add(at_once));

        let room = self.count().min(at_once);
        let (mut ready, mut next) = (self.room(room)?, self.room(room)?);
        let mut batch = batch_from(self.passwords.start);
        self.fill(&batch, &mut ready)?;
        while !batch.is_empty() {
            let following = batch_from(batch.end);
            let (written, filled) = rayon::join(
                || to.write_all(&ready[..self.size(&batch)]),
                || self.fill(&following, &mut next),
            );
            written?;
            progress(batch.end - self.passwords.start);
            filled?;
            (ready, next) = (next, ready);
            batch = following;
        }
        Ok(())
    }

    /// A buffer for so many passwords.
    fn room(&self, passwords: u64) -> io::Result<Wiped<Vec<u8>>> {
        let passwords = usize::try_from(passwords).ok();
        let size = passwords.and_then(|passwords| passwords.checked_mul(self.bulk.record()));
        let size = size.ok_or(io::ErrorKind::OutOfMemory)?;
        let mut room = Wiped::new(Vec::new());
        room.try_reserve_exact(size)?;
        room.resize(size, 0);
        Ok(room)
    }

    /// How many bytes these passwords take, of which there is room for more.
    fn size(&self, passwords: &Range<u64>) -> usize {
        (passwords.end - passwords.start) as usize * self.bulk.record()
    }

    /// Makes these passwords on all threads, at the front of `room`.
    fn fill(&self, passwords: &Range<u64>, room: &mut [u8]) -> io::Result<()> {
        let first = passwords.start / Self::BLOCK;
        room[..self.size(passwords)]
            .par_chunks_mut(Self::BLOCK as usize * self.bulk.record())
            // Each block may go to another thread.
            .with_max_len(1)
            .enumerate()
            .try_for_each(|(number, block)| self.make(first + number as u64, block))
    }

    /// Makes one block, or the beginning of it, and wipes what may be left of the seed on the stack.
    fn make(&self, number: u64, block: &mut [u8]) -> io::Result<()> {
        traceless::<TRACES, _>(|| {
            let mut rng = Keystream::stream(&self.seed, number);
            self.bulk.fill(&mut rng, block).map(drop).map_err(io::Error::other)
        })
    }
}

/// How many blocks of a batch there are for each thread. With one each, all would wait for the thread that
/// writes; of eight, the others make some of its share.
const BLOCKS: usize = 8;

/// How far down the stack there may be something of the seed, in bytes: what makes a generator of it moves some copies.
const TRACES: usize = 4 << 10;

/// How many bytes a batch takes at the most, unless the threads need more for a block each.
const BATCH: usize = 8 << 20;

/// Says nothing of the seed.
impl fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("bulk", &self.bulk)
            .field("passwords", &self.passwords)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HUAWEI;

    #[test]
    fn room_that_is_not_to_be_had() {
        let bulk = HUAWEI.bulk::<core::convert::Infallible>(16, b"\n").expect("it can be generated");
        let job = Job::new(bulk, 1, &mut [7; 32]);
        // The last fits in the numbers, and in no memory.
        for passwords in [u64::MAX, u64::MAX / 17, u64::MAX / 40] {
            let error = job.room(passwords).map(drop).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
        }
    }
}
