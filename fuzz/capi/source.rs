//! A random source that C and the library draw the same bytes from.

use std::{
    error::Error,
    ffi::{c_int, c_void},
    fmt,
};

use arbitrary::Arbitrary;
use sip_password::rand_core::{TryCryptoRng, TryRng};

#[derive(Arbitrary, Clone, Debug)]
pub(crate) struct Source {
    kind: Kind,
    pub(crate) is_null: bool,
    /// The number of draws before it fails, and what it returns then.
    good: u16,
    failure: c_int,
    #[arbitrary(value = 0)]
    pub(crate) draws: usize,
}

#[derive(Arbitrary, Clone, Debug)]
enum Kind {
    Random(u64),
    Constant(u8),
    Repeating(Vec<u8>),
}

impl Source {
    /// 0 and random bytes, or another number.
    fn draw(&mut self, bytes: &mut [u8]) -> c_int {
        assert_eq!(bytes.len(), 4, "as the header says");
        self.draws += 1;
        match &mut self.kind {
            Kind::Random(state) => bytes.fill_with(|| {
                // Knuth's generator.
                *state =
                    state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (*state >> 56) as u8
            }),
            Kind::Constant(byte) => bytes.fill(*byte),
            Kind::Repeating(period) => {
                bytes.fill(0);
                let period = period.iter().copied().cycle().skip(4 * self.draws);
                bytes.iter_mut().zip(period).for_each(|(byte, random)| *byte = random);
            }
        }
        if self.draws <= usize::from(self.good % 4096) { 0 } else { self.failure.max(1) }
    }
}

/// The callback for C.
///
/// # Safety
///
/// `source` is a [`Source`] that nobody else uses, and `length` bytes can be written.
pub(crate) unsafe extern "C" fn draw(source: *mut c_void, bytes: *mut u8, length: usize) -> c_int {
    // SAFETY: as the caller promises, for both.
    let (source, bytes) =
        unsafe { (&mut *source.cast::<Source>(), std::slice::from_raw_parts_mut(bytes, length)) };
    source.draw(bytes)
}

#[derive(Debug)]
pub(crate) struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source failed")
    }
}

impl Error for Failed {}

/// For the library.
impl TryRng for Source {
    type Error = Failed;

    fn try_next_u32(&mut self) -> Result<u32, Failed> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Failed> {
        unreachable!("words of 32 bits are drawn")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Failed> {
        if self.draw(bytes) == 0 { Ok(()) } else { Err(Failed) }
    }
}

impl TryCryptoRng for Source {}
