//! The verdict on one password.

#[cfg(feature = "everything")]
use sip_password::ViolationKind;
use sip_password::{Classes, Policy, Violation, Violations};

#[cfg(feature = "everything")]
use crate::words::split;
use crate::{
    memory::{Shared, with_input},
    policies::policy,
};

/// One violation: the number of its kind; what was found and expected; the position; the classes that it is about, class n as bit n; and as
/// what member the classes are given: 1 `missing`, 2 `class`, 3 `classes`. A figure that a kind does not have is [`NONE`].
pub(crate) type Record = [u32; 6];

pub(crate) const NONE: u32 = u32::MAX;

/// Each kind is there at most once, but for one, which is there at most once for each of eight classes.
const MOST: usize = 20;

static RECORDS: Shared<[Record; MOST]> = Shared::new([[0; 6]; MOST]);

/// The address of the violations that `check` has found, and of the one that is to be described.
#[unsafe(no_mangle)]
extern "C" fn records() -> *mut [Record; MOST] {
    RECORDS.get()
}

/// Checks the first `size` bytes of the input, which has `whole` bytes: behind the password are the words of its account, of which the small module takes none. Returns the
/// number of violations, and wipes the input.
#[unsafe(no_mangle)]
extern "C" fn check(number: usize, size: usize, whole: usize) -> usize {
    let policy = policy(number);
    with_input(whole, |input| {
        #[cfg(feature = "everything")]
        if size < whole {
            let (password, words) = split(input, size);
            let words: Vec<&str> = words.collect();
            let verdict = policy.check_for_account(password, &words);
            return verdict.map_or_else(|violations| write(policy, &violations), |_| 0);
        }
        let password = input.get(..size).unwrap_or_default();
        judge(policy, password).map_or_else(|violations| write(policy, &violations), |()| 0)
    })
}

#[cfg(feature = "everything")]
use sip_password_javascript_fast::check as judge;

/// The library itself, which the small module compiles for size.
#[cfg(not(feature = "everything"))]
fn judge<'p>(policy: &'p Policy, password: &[u8]) -> Result<(), Violations<'p>> {
    policy.check(password).map(drop)
}

/// Writes the records, and returns their number.
fn write(policy: &Policy, violations: &Violations<'_>) -> usize {
    // SAFETY: nothing else has the records.
    unsafe {
        RECORDS.with(|records| {
            let pairs = records.iter_mut().zip(violations);
            pairs.map(|(record, violation)| *record = self::record(policy, &violation)).count()
        })
    }
}

fn bits(classes: Classes<'_>) -> u32 {
    classes.indices().iter().fold(0, |bits, index| bits | 1 << index)
}

fn record(
    #[cfg_attr(not(feature = "everything"), expect(unused_variables))] policy: &Policy,
    violation: &Violation<'_>,
) -> Record {
    let kind = violation.kind() as u32;
    let [found, expected, position, classes, member] = match *violation {
        Violation::TooShort { found, expected }
        | Violation::TooLong { found, expected }
        | Violation::TooManyRepeats { found, expected }
        | Violation::TooLongSequence { found, expected }
        | Violation::TooFewDistinct { found, expected } => [found as u32, expected as u32, NONE, 0, 0],
        Violation::NotAscii { found, position } | Violation::NotAllowed { found, position } => {
            [found as u32, NONE, position as u32, 0, 0]
        }
        Violation::TooFewClasses { found, expected, missing } => {
            [found as u32, expected as u32, NONE, bits(missing), 1]
        }
        // The presets have no such rules.
        #[cfg(feature = "everything")]
        Violation::TooFewOfClass { class, found, expected } => {
            let index = policy.classes().iter().position(|other| other == class).unwrap_or_default();
            [found as u32, expected as u32, NONE, 1 << index, 2]
        }
        #[cfg(feature = "everything")]
        Violation::WrongFirst { expected } => [NONE, NONE, NONE, bits(expected), 3],
        #[cfg(feature = "everything")]
        Violation::TooLongRun { found, expected, classes } => {
            [found as u32, expected as u32, NONE, bits(classes), 3]
        }
        // A word that was found has no figures.
        _ => [NONE, NONE, NONE, 0, 0],
    };
    [kind, found, expected, position, classes, member]
}

/// The violation of which JavaScript has written the record, and what `work` makes of it; `None` if there is no such violation.
#[cfg(feature = "everything")]
pub(crate) fn with_violation<R>(policy: &Policy, work: impl FnOnce(&Violation<'_>) -> R) -> Option<R> {
    // SAFETY: nothing else has the records.
    let [kind, found, expected, position, classes, _] = unsafe { RECORDS.with(|records| records[0]) };
    let [found, expected, position] = [found, expected, position].map(|figure| figure as usize);
    let indices = (0..8).filter(|index| classes >> index & 1 == 1);
    let classes = policy.classes().select(indices.collect());
    let kind = ViolationKind::ALL.iter().find(|known| **known as u32 == kind)?;
    let violation = match kind {
        ViolationKind::TooShort => Violation::TooShort { found, expected },
        ViolationKind::TooLong => Violation::TooLong { found, expected },
        ViolationKind::NotAscii => Violation::NotAscii { found, position },
        ViolationKind::NotAllowed => Violation::NotAllowed { found, position },
        ViolationKind::TooFewClasses => Violation::TooFewClasses { found, expected, missing: classes },
        ViolationKind::TooFewOfClass => {
            // The presets have no such rules.
            #[cfg(feature = "everything")]
            Violation::TooFewOfClass { class: classes.iter().next()?, found, expected }
        }
        ViolationKind::TooManyRepeats => Violation::TooManyRepeats { found, expected },
        ViolationKind::WrongFirst => Violation::WrongFirst { expected: classes },
        ViolationKind::ContainsContext => Violation::ContainsContext,
        ViolationKind::TooLongRun => Violation::TooLongRun { found, expected, classes },
        ViolationKind::TooLongSequence => Violation::TooLongSequence { found, expected },
        ViolationKind::TooFewDistinct => Violation::TooFewDistinct { found, expected },
        _ => return None,
    };
    Some(work(&violation))
}
