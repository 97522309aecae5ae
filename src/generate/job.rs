//! A job of many passwords, on all cores or in parts.

use std::{fmt, io, ops::Range, vec::Vec};

use rayon::prelude::*;

use crate::{
    generate::{bulk::Bulk, keystream::Keystream, seed::Seed},
    kernel::wipe::{ZeroizingBytes, with_wiped_stack},
};

/// A number of passwords of one seed: the same ones in the same order on any number of threads and in any number of parts.
///
/// Passwords come in blocks of [`BLOCK`](Self::BLOCK). Block b, from 0, is what [`Bulk::fill`] makes of ChaCha20's stream
/// number b ([`Keystream::stream`]) of the job's own seed, which follows from the caller's and from the policy, the length and the
/// excluded characters ([`Seed::for_job`]). So blocks are independent: any free core or machine makes them, and no two draw the same
/// random bits. Bernstein's definition of ChaCha20 has the number of the stream beside the counter ("ChaCha, a variant of
/// Salsa20", 2008, where it is called the nonce).
///
/// ```
/// use sip_password::{HUAWEI, Job, Seed};
///
/// let bulk = HUAWEI.bulk(16, b"\n")?;
/// let seed = || Seed::take(&mut [7; 32]); // in a program: 32 bytes of full entropy
/// let whole = Job::new(bulk.clone(), 50_000, seed());
/// let mut lines = Vec::new();
/// whole.write(&mut lines, |done| eprintln!("{done} of 50000"))?;
/// assert_eq!(lines.len(), 50_000 * 17);
///
/// // The second of three parts, on another machine.
/// let part = Job::new(bulk, 50_000, seed()).part(2, 3).expect("2 is one of 1 to 3");
/// let mut some = Vec::new();
/// part.write(&mut some, |_| ())?;
/// assert!(!some.is_empty() && lines.windows(some.len()).any(|window| window == some));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Parts
///
/// Anything that starts processes can spread a job, without a coordinator. For instance GNU parallel with the command
/// `sip-password`, on all cores of the machines in `hosts`, with a file `seed` of 32 bytes on each:
///
/// ```sh
/// parallel -k --sshloginfile hosts sip-password generate huawei --count 1000000000 --threads 1 \
///     --seed-file seed --part {}/64 ::: $(seq 64) > passwords
/// ```
///
/// A job array of Slurm (`sbatch --array=1-64`) has both numbers in its environment: `--part
/// $SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT`.
pub struct Job<'p> {
    bulk: Bulk<'p>,
    /// What [`Seed::for_job`] makes of the caller's.
    seed: Seed,
    /// The numbers of the passwords, from 0; begins at the start of a block.
    passwords: Range<u64>,
}

impl<'p> Job<'p> {
    /// The number of passwords of one stream of the seed; the last block of a job can have fewer.
    ///
    /// A block of passwords of 16 characters takes some 0.05 ms. That is so long that beginning one costs nothing (blocks four
    /// times as large are not faster), and so short that threads hardly wait for each other at the end; its 68 KiB are
    /// still in the cache when they are written. The number is part of the meaning of a seed: with another one, the same seed
    /// would give other passwords.
    pub const BLOCK: u64 = 4096;

    /// `count` passwords of `seed`. Whoever has the same seed can make the passwords again.
    ///
    /// Jobs of the same seed for another policy, another length or other excluded characters have unrelated passwords:
    /// [`Seed::for_job`].
    pub fn new(bulk: Bulk<'p>, count: u64, seed: Seed) -> Self {
        let seed = with_wiped_stack::<TRACES, _>(|| bulk.seed(&seed));
        Self { bulk, seed, passwords: 0..count }
    }

    /// Part `number`, from 1, of `of` parts; `None` if there is no such part. The parts in order are the whole job. Their sizes
    /// differ by at most one block, and some are empty if there are more parts than blocks. A part can be cut again.
    #[must_use]
    pub fn part(self, number: u64, of: u64) -> Option<Self> {
        if number == 0 || number > of {
            return None;
        }
        let (start, count) = (self.passwords.start, self.count());
        let cut = |parts: u64| {
            let blocks = u128::from(count.div_ceil(Self::BLOCK)) * u128::from(parts) / u128::from(of);
            // The last block can be smaller. Everything fits in 64 bits, since `count` does.
            start + (blocks * u128::from(Self::BLOCK)).min(count.into()) as u64
        };
        let passwords = cut(number - 1)..cut(number);
        Some(Self { passwords, ..self })
    }

    /// The number of passwords of this job or part.
    pub const fn count(&self) -> u64 {
        self.passwords.end - self.passwords.start
    }

    /// Writes the passwords and separators to `to` in order, on all threads of the `rayon` pool of the caller
    /// (`pool.install`), or of the global one. The next passwords are made while others are written.
    ///
    /// Each `write_all` gives `to` whole passwords, each with its separator. After each, `progress` receives the number of
    /// passwords written so far; that can be thousands of times a second.
    ///
    /// Cost: that of [`Bulk::fill`], divided by the number of threads. Memory: two times eight blocks for each thread, which is
    /// 1.1 MiB for 16 characters and a line break, or less for a small job; at most 16 MiB in total, or two blocks for each
    /// thread if that is more. It does not grow with the count and is wiped at the end.
    ///
    /// # Errors
    ///
    /// The first error of `to`, after which nothing more is written; [`OutOfMemory`](io::ErrorKind::OutOfMemory); and
    /// [`Other`](io::ErrorKind::Other) for an error of the random source, as in [`Bulk::write`], which only a broken ChaCha20
    /// can cause.
    pub fn write<W>(&self, to: &mut W, mut progress: impl FnMut(u64) + Send) -> io::Result<()>
    where
        W: io::Write + Send + ?Sized,
    {
        if self.count() > Self::BLOCK {
            // Enters the pool once, not for every batch.
            return rayon::scope(|_| self.write_batches(to, progress));
        }
        // The work of one thread must not start the others.
        let mut block = self.room(self.count())?;
        self.make(self.passwords.start / Self::BLOCK, &mut block)?;
        to.write_all(&block)?;
        progress(self.count());
        Ok(())
    }

    /// Writes a batch of blocks while the next one is made.
    fn write_batches<W>(&self, to: &mut W, mut progress: impl FnMut(u64)) -> io::Result<()>
    where
        W: io::Write + Send + ?Sized,
    {
        let threads = rayon::current_num_threads();
        let most = BATCH / (Self::BLOCK as usize * self.bulk.record_len());
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

    /// A buffer for `passwords` passwords.
    fn room(&self, passwords: u64) -> io::Result<ZeroizingBytes<Vec<u8>>> {
        let passwords = usize::try_from(passwords).ok();
        let size = passwords.and_then(|passwords| passwords.checked_mul(self.bulk.record_len()));
        let size = size.ok_or(io::ErrorKind::OutOfMemory)?;
        let mut room = ZeroizingBytes::new(Vec::new());
        room.try_reserve_exact(size)?;
        room.resize(size, 0);
        Ok(room)
    }

    /// The size of these passwords in bytes; a buffer of at least this size exists.
    fn size(&self, passwords: &Range<u64>) -> usize {
        (passwords.end - passwords.start) as usize * self.bulk.record_len()
    }

    /// Makes these passwords on all threads, at the front of `room`.
    fn fill(&self, passwords: &Range<u64>, room: &mut [u8]) -> io::Result<()> {
        let first = passwords.start / Self::BLOCK;
        room[..self.size(passwords)]
            .par_chunks_mut(Self::BLOCK as usize * self.bulk.record_len())
            // Each block can go to another thread.
            .with_max_len(1)
            .enumerate()
            .try_for_each(|(number, block)| self.make(first + number as u64, block))
    }

    /// Makes one block, or the beginning of it, and wipes what the seed may have left on the stack.
    fn make(&self, number: u64, block: &mut [u8]) -> io::Result<()> {
        with_wiped_stack::<TRACES, _>(|| {
            let mut rng = Keystream::stream(&self.seed, number);
            self.bulk.fill(&mut rng, block).map(drop).map_err(io::Error::other)
        })
    }
}

/// The number of blocks in a batch for each thread. With one each, all threads would wait for the one that writes; with eight,
/// the others take over some of its share.
const BLOCKS: usize = 8;

/// How far down the stack traces of the seed can reach, in bytes: making a generator of it, which has its key and 1 KiB of keystream, moves
/// some copies.
const TRACES: usize = 8 << 10;

/// The largest size of a batch in bytes, unless the threads need more for a block each.
const BATCH: usize = 8 << 20;

/// Without the seed.
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
    fn out_of_memory() {
        let bulk = HUAWEI.bulk(16, b"\n").expect("16 characters can be generated");
        let job = Job::new(bulk, 1, Seed::take(&mut [7; 32]));
        // The last one fits in `usize`, and in no memory.
        for passwords in [u64::MAX, u64::MAX / 17, u64::MAX / 40] {
            let error = job.room(passwords).map(drop).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
        }
    }
}
