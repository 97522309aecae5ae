//! A phone's first password: made by the phone itself at its first boot, another one in every phone, and never one
//! that nobody knows, whenever the power fails.
//!
//! `first_boot` is what firmware takes over: it uses `core` alone. The flash below it is make-believe, and its power is
//! cut at every byte that is written: `cargo run --example first_boot`

use core::fmt;

use getrandom::SysRng;
use sip_password::{Compliant, GenerateError, HUAWEI, rand_core::TryCryptoRng};
use zeroize::Zeroizing;

/// A page of flash: what is erased reads as 0xFF, and bytes are written in order.
trait Flash {
    type Error;

    fn read(&mut self) -> [u8; PAGE];
    fn erase(&mut self) -> Result<(), Self::Error>;
    fn write(&mut self, bytes: &[u8; PAGE]) -> Result<(), Self::Error>;
}

const LENGTH: usize = 16;
/// The password, the password again, and a mark that is written last.
const PAGE: usize = 2 * LENGTH + 1;
const MARK: u8 = 0x5A;

#[derive(Debug)]
enum FirstBootError<F, R> {
    Flash(F),
    Generate(GenerateError<R>),
    /// The password was told once, and is damaged now: a new one must be agreed with whoever knows the old.
    Damaged,
}

/// The phone's password, in `buffer`: the one that is in flash, or where there is none, a new one that is there now.
///
/// Only a password with the mark after it was ever told to anybody. So a page without the mark, where the power
/// failed while it was written, is written anew; and one with the mark is kept, or is an error.
fn first_boot<'a, F: Flash, R: TryCryptoRng>(
    flash: &mut F,
    random: &mut R,
    buffer: &'a mut [u8; LENGTH],
) -> Result<Compliant<'a>, FirstBootError<F::Error, R::Error>> {
    let mut page = Zeroizing::new(flash.read());
    if page[PAGE - 1] != MARK {
        HUAWEI.generate(random, buffer).map_err(FirstBootError::Generate)?;
        page[..LENGTH].copy_from_slice(buffer);
        page[LENGTH..2 * LENGTH].copy_from_slice(buffer);
        page[PAGE - 1] = MARK;
        flash.erase().map_err(FirstBootError::Flash)?;
        flash.write(&page).map_err(FirstBootError::Flash)?;
        *page = flash.read();
    }
    let (one, rest) = page.split_at(LENGTH);
    if page[PAGE - 1] != MARK || one != &rest[..LENGTH] {
        return Err(FirstBootError::Damaged);
    }
    buffer.copy_from_slice(one);
    HUAWEI.check(buffer).map_err(|_| FirstBootError::Damaged)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The power fails after any number of writes; then the phone boots again, twice.
    let mut told = Vec::new();
    for writes in 0..=PAGE + 1 {
        let mut flash = Simulated { page: [0xFF; PAGE], writes_left: writes };
        let mut buffer = [0; LENGTH];
        let before =
            first_boot(&mut flash, &mut SysRng, &mut buffer).ok().map(|told| told.expose_secret().to_owned());

        flash.writes_left = usize::MAX;
        let once = first_boot(&mut flash, &mut SysRng, &mut buffer)?.expose_secret().to_owned();
        let twice = first_boot(&mut flash, &mut SysRng, &mut buffer)?.expose_secret().to_owned();
        assert_eq!(once, twice);
        // Who was told a password before the power failed can still use it.
        assert!(before.is_none_or(|before| before == once));
        told.push(once);
    }
    let phones = told.len();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), phones, "no two phones have the same password");
    println!("{phones} phones, each with a password of its own after a power failure at its first boot");

    let mut damaged = Simulated { page: [b'a'; PAGE], writes_left: usize::MAX };
    damaged.page[PAGE - 1] = MARK;
    println!("{}", first_boot(&mut damaged, &mut SysRng, &mut [0; LENGTH]).err().ok_or("it is damaged")?);
    Ok(())
}

/// Flash whose power fails after so many writes.
struct Simulated {
    page: [u8; PAGE],
    writes_left: usize,
}

#[derive(Debug)]
struct NoPower;

impl Simulated {
    fn spend(&mut self) -> Result<(), NoPower> {
        self.writes_left = self.writes_left.checked_sub(1).ok_or(NoPower)?;
        Ok(())
    }
}

impl Flash for Simulated {
    type Error = NoPower;

    fn read(&mut self) -> [u8; PAGE] {
        self.page
    }

    fn erase(&mut self) -> Result<(), NoPower> {
        self.spend()?;
        self.page = [0xFF; PAGE];
        Ok(())
    }

    fn write(&mut self, bytes: &[u8; PAGE]) -> Result<(), NoPower> {
        for (at, &byte) in bytes.iter().enumerate() {
            self.spend()?;
            self.page[at] = byte;
        }
        Ok(())
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
            Self::Flash(error) => write!(f, "the flash was not written: {error}"),
            Self::Generate(error) => error.fmt(f),
            Self::Damaged => f.write_str("the password in flash is damaged"),
        }
    }
}

impl<F: core::error::Error, R: core::error::Error> core::error::Error for FirstBootError<F, R> {}
