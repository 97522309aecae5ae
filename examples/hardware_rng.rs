//! A chip's generator of random numbers as a `TryCryptoRng`, with the tests that it needs and a bound on waiting.
//!
//! `Trng` is what firmware takes over: it uses `core` and `zeroize` alone. The chips below it are make-believe, one good and two
//! broken, so that this runs on any machine: `cargo run --example hardware_rng`

use core::fmt;

use getrandom::SysRng;
use sip_password::{
    GenerateError, HUAWEI,
    rand_core::{TryCryptoRng, TryRng},
};
use zeroize::Zeroizing;

/// What such generators have in common: a register that says whether a word is ready or a fault was found, and one
/// with the word.
trait Peripheral {
    fn status(&mut self) -> u32;
    fn data(&mut self) -> u32;
}

const READY: u32 = 1 << 0;
const CLOCK_FAULT: u32 = 1 << 1;
const SEED_FAULT: u32 = 1 << 2;

/// A generator that conditions its noise and gives words of full entropy, as those do that are certified. One that
/// gives raw noise is for a seed only: `Keystream::from_source`, of the feature `chacha`, draws one.
struct Trng<P> {
    peripheral: P,
    /// The word before, for the test below. After a password it is the end of it: so it is wiped on drop.
    last: Option<Zeroizing<u32>>,
}

#[derive(Debug, PartialEq, Eq)]
enum TrngError {
    /// The chip says that its clock or its noise source is not as it should be.
    Fault,
    /// No word for so long that there will be none.
    Timeout,
    /// The same word twice: once in 2^32 words, or always, where a source is stuck.
    Repeated,
}

impl<P: Peripheral> Trng<P> {
    /// How often to look for the next word, which the slowest mode has ready in some 100 looks.
    const PATIENCE: u32 = 10_000;

    /// Throws the first word away, as FIPS 140-2 has it: it is what the second is compared with.
    fn new(peripheral: P) -> Result<Self, TrngError> {
        let mut trng = Self { peripheral, last: None };
        trng.try_next_u32()?;
        Ok(trng)
    }

    fn wait(&mut self) -> Result<(), TrngError> {
        for _ in 0..Self::PATIENCE {
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

/// A promise of the chip's maker that the words are fit for secrets. Check its certificate before you write this.
impl<P: Peripheral> TryCryptoRng for Trng<P> {}

impl fmt::Display for TrngError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fault => "the generator reports a fault",
            Self::Timeout => "the generator gives no word",
            Self::Repeated => "the generator gives the same word again",
        })
    }
}

impl core::error::Error for TrngError {}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut buffer = [0; 16];

    let mut trng = Trng::new(Good { looks: 0 })?;
    let password = HUAWEI.generate(&mut trng, &mut buffer)?;
    println!("good: {} characters", password.expose_secret().len());

    // What breaks is an error, and nothing of a password stays in the buffer.
    let mut trng = Trng::new(Stuck { words: 3 })?;
    let stuck = HUAWEI.generate(&mut trng, &mut buffer);
    assert!(matches!(stuck, Err(GenerateError::Source(TrngError::Repeated))));
    println!("stuck: {}", stuck.expect_err("it is stuck"));
    assert_eq!(buffer, [0; 16]);

    let silent = Trng::new(Silent).err();
    println!("silent: {}", silent.ok_or("it is silent")?);
    Ok(())
}

/// Gives a word at every third look.
struct Good {
    looks: u32,
}

impl Peripheral for Good {
    fn status(&mut self) -> u32 {
        self.looks += 1;
        if self.looks.is_multiple_of(3) { READY } else { 0 }
    }

    fn data(&mut self) -> u32 {
        SysRng.try_next_u32().expect("the operating system has a generator")
    }
}

/// Counts down to a word that it then keeps.
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

/// Is never ready.
struct Silent;

impl Peripheral for Silent {
    fn status(&mut self) -> u32 {
        0
    }

    fn data(&mut self) -> u32 {
        0
    }
}
