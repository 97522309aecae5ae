//! A phone's first password: made by the phone itself at its first boot, another one in every phone, and never one
//! that nobody knows, when the power fails.
//!
//! `first_boot` is what firmware takes over: it uses `core` and `zeroize` alone. The flash below it is make-believe; its power
//! is cut at every byte that is written or erased, and its bits rot: `cargo run --example first_boot`

use core::fmt;

use getrandom::SysRng;
use sip_password::{Compliant, GenerateError, HUAWEI, rand_core::TryCryptoRng};
use zeroize::{Zeroize, Zeroizing};

/// A page of flash. What is erased reads as 0xFF; bytes are written in order; what was read once stays as it is, but for
/// a few bits that rot.
trait Flash {
    type Error;

    fn read(&mut self, page: &mut [u8; PAGE]) -> Result<(), Self::Error>;
    fn erase(&mut self) -> Result<(), Self::Error>;
    fn write(&mut self, page: &[u8; PAGE]) -> Result<(), Self::Error>;
}

const LENGTH: usize = 16;
/// The password, the password again, and a mark that is written last.
const PAGE: usize = 2 * LENGTH + MARK.len();
/// Two of its bytes are enough, so that one that rots does not matter.
const MARK: [u8; 4] = [0x5A, 0xC3, 0x96, 0x3C];

#[derive(Debug)]
enum FirstBootError<F, R> {
    /// The flash failed, or does not keep what is written to it. Nobody was told a password.
    Flash(Option<F>),
    /// There is no random source. Nobody was told a password.
    Generate(GenerateError<R>),
    /// The password was told, and its copies differ now: a new one must be agreed with whoever knows it.
    Damaged,
}

/// The phone's password, in `buffer`: the one that is in flash, or where there is none, a new one that is there now.
/// After an error the buffer is zeroed.
///
/// A password is told only when it was read back with its mark. So a page without the mark, where the power failed while
/// it was written, is written anew; and with the mark, two copies that differ are an error and no reason for another one.
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
    let marked = mark.iter().zip(MARK).filter(|(byte, wanted)| **byte == *wanted).count() >= 2;
    match (whole, marked) {
        (true, true) => return Ok(()),
        (false, true) => return Err(FirstBootError::Damaged),
        // Only the mark is missing: this is the password.
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
    // The power fails after any number of steps; then the phone boots again, twice.
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
        // Who was told a password before the power failed can still use it.
        assert!(before.is_none_or(|before| before == once));
        told.push(once);

        // A bit of the password rots: no other password, but an error.
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

    // A cell that keeps nothing is an error each time, and tells nobody anything.
    let mut flash = Simulated { page: [0xFF; PAGE], steps_left: usize::MAX, stuck: true };
    for _ in 0..2 {
        let error = first_boot(&mut flash, &mut SysRng, &mut [0; LENGTH]).err().ok_or("the cell is stuck")?;
        println!("{error}");
    }
    Ok(())
}

/// Flash whose power fails after so many steps, and one of whose cells can be stuck.
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
            Self::Flash(None) => f.write_str("the flash does not keep what is written to it"),
            Self::Generate(error) => error.fmt(f),
            Self::Damaged => f.write_str("the password in flash is damaged"),
        }
    }
}

impl<F: core::error::Error, R: core::error::Error> core::error::Error for FirstBootError<F, R> {}
