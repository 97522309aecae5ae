//! A phone's first password: the phone makes it at its first boot, every phone has a different one, and a power failure never leaves a
//! password that nobody knows.
//!
//! Copy the function `first_boot` to firmware: apart from this library it uses `core` and `zeroize` alone. The flash below it is
//! simulated: its power fails at every byte that is written or erased, and its bits rot. `cargo run --example first_boot` runs it.

use core::fmt;

use getrandom::SysRng;
use sip_password::{Compliant, GenerateError, HUAWEI, rand_core::TryCryptoRng};
use zeroize::{Zeroize, Zeroizing};

/// A page of flash. Erased bytes read as 0xFF, bytes are written in order, and bytes that were read once stay the same, except for a few
/// bits that rot.
trait Flash {
    type Error;

    fn read(&mut self, page: &mut [u8; PAGE]) -> Result<(), Self::Error>;
    fn erase(&mut self) -> Result<(), Self::Error>;
    fn write(&mut self, page: &[u8; PAGE]) -> Result<(), Self::Error>;
}

const LENGTH: usize = 16;
/// The password, a copy of it, and a mark, which is written last.
const PAGE: usize = 2 * LENGTH + MARK.len();
/// Two of its bytes are enough, so one byte that rots does not matter.
const MARK: [u8; 4] = [0x5A, 0xC3, 0x96, 0x3C];

#[derive(Debug)]
enum FirstBootError<F, R> {
    /// The flash failed, or does not keep the bytes that are written to it. Nobody was told a password.
    Flash(Option<F>),
    /// The random source failed. Nobody was told a password.
    Generate(GenerateError<R>),
    /// Somebody was told the password, and its copies differ now: a new one must be agreed.
    Damaged,
}

/// The phone's password, in `buffer`: the one in flash or, if there is none, a new one, which is then in flash. After an error the buffer
/// is zeroed.
///
/// Nobody is told a password before it has been read back with its mark. So a page without the mark, left by a power failure during the
/// write, is written again; and if two copies differ behind a mark, that is an error and no reason for a new password.
fn first_boot<'a, F: Flash, R: TryCryptoRng>(
    flash: &mut F,
    random: &mut R,
    buffer: &'a mut [u8; LENGTH],
) -> Result<Compliant<'a>, FirstBootError<F::Error, R::Error>> {
    if let Err(error) = settle(flash, random, buffer) {
        buffer.zeroize();
        return Err(error);
    }
    HUAWEI.check(buffer).map_err(|_| FirstBootError::Damaged)
}

fn settle<F: Flash, R: TryCryptoRng>(
    flash: &mut F,
    random: &mut R,
    buffer: &mut [u8; LENGTH],
) -> Result<(), FirstBootError<F::Error, R::Error>> {
    let failed = |error| FirstBootError::Flash(Some(error));
    let mut page = Zeroizing::new([0; PAGE]);
    flash.read(&mut page).map_err(failed)?;
    let (one, rest) = page.split_at_mut(LENGTH);
    let (other, mark) = rest.split_at_mut(LENGTH);
    buffer.copy_from_slice(one);
    let whole = one == other && HUAWEI.check(buffer).is_ok();
    let marked = mark.iter().zip(MARK).filter(|(byte, expected)| **byte == *expected).count() >= 2;
    match (whole, marked) {
        (true, true) => return Ok(()),
        (false, true) => return Err(FirstBootError::Damaged),
        // Only the mark is missing, so the password is kept.
        (true, false) => {}
        (false, false) => _ = HUAWEI.generate(random, buffer).map_err(FirstBootError::Generate)?,
    }
    one.copy_from_slice(buffer);
    other.copy_from_slice(buffer);
    mark.copy_from_slice(&MARK);
    flash.erase().map_err(failed)?;
    flash.write(&page).map_err(failed)?;
    let mut back = Zeroizing::new([0; PAGE]);
    flash.read(&mut back).map_err(failed)?;
    if back != page {
        // Without a mark, the next boot tries again.
        flash.erase().map_err(failed)?;
        return Err(FirstBootError::Flash(None));
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The power fails after every possible number of steps; then the phone boots two more times.
    let mut told = Vec::new();
    for steps in 0..=2 * PAGE + 1 {
        let mut flash = Simulated { page: [0; PAGE], steps_left: steps, stuck: false };
        let mut buffer = [0; LENGTH];
        let before = first_boot(&mut flash, &mut SysRng, &mut buffer).ok();
        let before = before.map(|told| told.expose_secret().to_owned());
        assert!(before.is_some() || buffer == [0; LENGTH]);

        flash.steps_left = usize::MAX;
        let once = first_boot(&mut flash, &mut SysRng, &mut buffer)?.expose_secret().to_owned();
        // One byte of the mark rots.
        flash.page[PAGE - 1 - steps % MARK.len()] ^= 1;
        let twice = first_boot(&mut flash, &mut SysRng, &mut buffer)?.expose_secret().to_owned();
        assert_eq!(once, twice);
        // A password that somebody was told before the power failure is still valid.
        assert!(before.is_none_or(|before| before == once));
        told.push(once);

        // A bit of the password rots: that is an error, not a new password.
        flash.page[steps % LENGTH] ^= 1;
        let damaged = first_boot(&mut flash, &mut SysRng, &mut buffer);
        assert!(matches!(damaged, Err(FirstBootError::Damaged)));
        assert_eq!(buffer, [0; LENGTH]);
    }
    let phones = told.len();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), phones, "no two phones have the same password");
    println!("{phones} phones, each with a password of its own after a power failure at its first boot");

    // A cell that keeps nothing is an error every time, and nobody is told a password.
    let mut flash = Simulated { page: [0xFF; PAGE], steps_left: usize::MAX, stuck: true };
    for _ in 0..2 {
        let error = first_boot(&mut flash, &mut SysRng, &mut [0; LENGTH]).err().ok_or("the cell is stuck")?;
        println!("{error}");
    }
    Ok(())
}

/// Flash whose power fails after a number of steps, and which can have a stuck cell.
struct Simulated {
    page: [u8; PAGE],
    steps_left: usize,
    stuck: bool,
}

#[derive(Debug)]
struct NoPower;

impl Simulated {
    fn set(&mut self, at: usize, byte: u8) -> Result<(), NoPower> {
        self.steps_left = self.steps_left.checked_sub(1).ok_or(NoPower)?;
        self.page[at] = if self.stuck && at == 3 { 0 } else { byte };
        Ok(())
    }
}

impl Flash for Simulated {
    type Error = NoPower;

    fn read(&mut self, page: &mut [u8; PAGE]) -> Result<(), NoPower> {
        page.copy_from_slice(&self.page);
        Ok(())
    }

    fn erase(&mut self) -> Result<(), NoPower> {
        (0..PAGE).try_for_each(|at| self.set(at, 0xFF))
    }

    fn write(&mut self, page: &[u8; PAGE]) -> Result<(), NoPower> {
        page.iter().enumerate().try_for_each(|(at, &byte)| self.set(at, byte))
    }
}

impl fmt::Display for NoPower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the power failed")
    }
}

impl core::error::Error for NoPower {}

impl<F: fmt::Display, R: fmt::Display> fmt::Display for FirstBootError<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flash(Some(error)) => write!(f, "the flash failed: {error}"),
            Self::Flash(None) => f.write_str("the flash does not keep the bytes that are written to it"),
            Self::Generate(error) => error.fmt(f),
            Self::Damaged => f.write_str("the password in flash is damaged"),
        }
    }
}

impl<F: core::error::Error, R: core::error::Error> core::error::Error for FirstBootError<F, R> {}
