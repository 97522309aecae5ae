//! A chip's random number generator as a `TryCryptoRng`, with the tests that it needs and a limit on the waiting time.
//!
//! Copy `Trng` to firmware: apart from this library it uses `core` and `zeroize` alone. The chips below it are simulated, a good one and
//! two broken ones, so that the example runs on every machine: `cargo run --example hardware_rng`

use core::fmt;

use getrandom::SysRng;
use sip_password::{
    GenerateError, HUAWEI,
    rand_core::{TryCryptoRng, TryRng},
};
use zeroize::Zeroizing;

/// The registers that such generators have in common: one states whether a word is ready or a fault was found, and one has the
/// word.
trait Peripheral {
    fn status(&mut self) -> u32;
    fn data(&mut self) -> u32;
}

const READY: u32 = 1 << 0;
const CLOCK_FAULT: u32 = 1 << 1;
const SEED_FAULT: u32 = 1 << 2;

/// A generator that conditions its noise and gives words of full entropy, as certified ones do. Use one that gives raw noise for a seed
/// only: `Keystream::from_source`, of the feature `chacha`, draws one.
struct Trng<P> {
    peripheral: P,
    /// The previous word, for the test below. It is wiped on drop, since it can be a part of a password.
    last: Option<Zeroizing<u32>>,
}

#[derive(Debug, PartialEq, Eq)]
enum TrngError {
    /// The chip reports a fault of its clock or its noise source.
    Fault,
    /// No word was ready within the limit.
    Timeout,
    /// The same word twice in a row: once in 2^32 words, or always if the source is stuck.
    Repeated,
}

impl<P: Peripheral> Trng<P> {
    /// How often to poll for the next word, which the slowest mode has ready after some 100 polls.
    const MAX_POLLS: u32 = 10_000;

    /// Discards the first word, as FIPS 140-2 requires: it serves for the comparison with the second.
    fn new(peripheral: P) -> Result<Self, TrngError> {
        let mut trng = Self { peripheral, last: None };
        trng.try_next_u32()?;
        Ok(trng)
    }

    fn wait(&mut self) -> Result<(), TrngError> {
        for _ in 0..Self::MAX_POLLS {
            let status = self.peripheral.status();
            if status & (CLOCK_FAULT | SEED_FAULT) != 0 {
                return Err(TrngError::Fault);
            }
            if status & READY != 0 {
                return Ok(());
            }
        }
        Err(TrngError::Timeout)
    }
}

impl<P: Peripheral> TryRng for Trng<P> {
    type Error = TrngError;

    fn try_next_u32(&mut self) -> Result<u32, TrngError> {
        self.wait()?;
        let word = self.peripheral.data();
        let before = self.last.replace(Zeroizing::new(word));
        if before.is_some_and(|before| *before == word) {
            return Err(TrngError::Repeated);
        }
        Ok(word)
    }

    fn try_next_u64(&mut self) -> Result<u64, TrngError> {
        Ok(u64::from(self.try_next_u32()?) | u64::from(self.try_next_u32()?) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), TrngError> {
        for chunk in bytes.chunks_mut(4) {
            let word = self.try_next_u32()?;
            chunk.iter_mut().zip(word.to_le_bytes()).for_each(|(to, byte)| *to = byte);
        }
        Ok(())
    }
}

/// States that the words are fit for secrets, which only the chip's maker can promise. Check its certificate before you write this.
impl<P: Peripheral> TryCryptoRng for Trng<P> {}

impl fmt::Display for TrngError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fault => "the generator reports a fault",
            Self::Timeout => "the generator gave no word",
            Self::Repeated => "the generator gave the same word twice",
        })
    }
}

impl core::error::Error for TrngError {}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut buffer = [0; 16];

    let mut trng = Trng::new(Good { polls: 0 })?;
    let password = HUAWEI.generate(&mut trng, &mut buffer)?;
    println!("good: {} characters", password.expose_secret().len());

    // A broken generator is an error, and nothing of a password stays in the buffer.
    let mut trng = Trng::new(Stuck { words: 3 })?;
    let stuck = HUAWEI.generate(&mut trng, &mut buffer);
    assert!(matches!(stuck, Err(GenerateError::Source(TrngError::Repeated))));
    println!("stuck: {}", stuck.expect_err("the generator is stuck"));
    assert_eq!(buffer, [0; 16]);

    let silent = Trng::new(Silent).err();
    println!("silent: {}", silent.ok_or("expected an error of the silent generator")?);
    Ok(())
}

/// Gives a word at every third poll.
struct Good {
    polls: u32,
}

impl Peripheral for Good {
    fn status(&mut self) -> u32 {
        self.polls += 1;
        if self.polls.is_multiple_of(3) { READY } else { 0 }
    }

    fn data(&mut self) -> u32 {
        SysRng.try_next_u32().expect("the operating system has a generator")
    }
}

/// Counts down to 0, and then repeats that word.
struct Stuck {
    words: u32,
}

impl Peripheral for Stuck {
    fn status(&mut self) -> u32 {
        READY
    }

    fn data(&mut self) -> u32 {
        self.words = self.words.saturating_sub(1);
        self.words
    }
}

/// Never has a word ready.
struct Silent;

impl Peripheral for Silent {
    fn status(&mut self) -> u32 {
        0
    }

    fn data(&mut self) -> u32 {
        0
    }
}
