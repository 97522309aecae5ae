//! Policies by number: first the presets, in their order, then those that JavaScript has made.

#[cfg(feature = "everything")]
use std::cell::OnceCell;

#[cfg(feature = "everything")]
use sip_password::{Counts, PolicyFile};
use sip_password::{PRESETS, Policy};

#[cfg(feature = "everything")]
use crate::memory::Shared;

/// A policy that JavaScript has made.
#[cfg(feature = "everything")]
pub(crate) enum Made {
    /// From a file, or from a form of it.
    File(PolicyFile),
    /// Without a name.
    Policy(Policy),
}

#[cfg(feature = "everything")]
impl Made {
    fn policy(&self) -> &Policy {
        match self {
            Self::File(file) => file.policy(),
            Self::Policy(policy) => policy,
        }
    }
}

/// A policy, and its counts once something has asked for them: a plot asks for every length.
#[cfg(feature = "everything")]
type Counted = (Made, OnceCell<Counts>);

/// The policies that JavaScript has made, and room for others where it no longer needs one.
#[cfg(feature = "everything")]
static MADE: Shared<Vec<Option<Box<Counted>>>> = Shared::new(Vec::new());

#[cfg(feature = "everything")]
static COUNTS_OF_PRESETS: Shared<[OnceCell<Counts>; PRESETS.len()]> =
    Shared::new([const { OnceCell::new() }; PRESETS.len()]);

/// The policies of the presets: without their names and sources, which the small module has no use for.
static POLICIES: [&Policy; PRESETS.len()] = {
    let mut policies = [PRESETS[0].policy; PRESETS.len()];
    let mut at = 0;
    while at < policies.len() {
        policies[at] = PRESETS[at].policy;
        at += 1;
    }
    policies
};

/// The policy with a number.
pub(crate) fn policy(number: usize) -> &'static Policy {
    if let Some(policy) = POLICIES.get(number) {
        return policy;
    }
    #[cfg(feature = "everything")]
    if let Some((made, _)) = counted(number) {
        return made.policy();
    }
    // Never: JavaScript hands on the numbers that it got.
    core::arch::wasm32::unreachable()
}

#[cfg(feature = "everything")]
fn counted(number: usize) -> Option<&'static Counted> {
    // SAFETY: a policy stays where it is until `forget`, which JavaScript calls when nothing there has its number, and never during a
    // call.
    let made: &'static [_] = unsafe { (*MADE.get()).as_slice() };
    made.get(number.checked_sub(PRESETS.len())?)?.as_deref()
}

/// Runs `work` on the file of a policy: a preset's, and that of a policy without a name, is made anew.
#[cfg(feature = "everything")]
pub(crate) fn with_file<R>(number: usize, work: impl FnOnce(&PolicyFile) -> R) -> R {
    match (counted(number), PRESETS.get(number)) {
        (Some((Made::File(file), _)), _) => work(file),
        (_, Some(preset)) => work(&PolicyFile::from(*preset)),
        (_, None) => work(&PolicyFile::from(policy(number).clone())),
    }
}

/// The counts of a policy.
#[cfg(feature = "everything")]
pub(crate) fn counts(number: usize) -> &'static Counts {
    // SAFETY: nothing changes the array.
    let presets: &'static [_] = unsafe { &*COUNTS_OF_PRESETS.get() };
    let (cell, made) = match counted(number) {
        Some((made, cell)) => (cell, Some(made)),
        None => (&presets[number], None),
    };
    cell.get_or_init(|| match made {
        Some(Made::File(file)) => file.counts(),
        _ => policy(number).counts(),
    })
}

/// Keeps a policy, and the counts if they are known. Returns its number.
#[cfg(feature = "everything")]
pub(crate) fn keep(made: Made, counts: Option<Counts>) -> usize {
    let made = Some(Box::new((made, counts.map_or_else(OnceCell::new, OnceCell::from))));
    // SAFETY: nobody has a reference to the list.
    let at = unsafe {
        MADE.with(|all| match all.iter().position(Option::is_none) {
            Some(free) => {
                all[free] = made;
                free
            }
            None => {
                all.push(made);
                all.len() - 1
            }
        })
    };
    PRESETS.len() + at
}

/// Forgets a policy that JavaScript has made.
#[cfg(feature = "everything")]
#[unsafe(no_mangle)]
extern "C" fn forget(number: usize) {
    // SAFETY: no export runs, so nobody has a reference to the policy.
    unsafe {
        MADE.with(|all| {
            if let Some(made) = number.checked_sub(PRESETS.len()).and_then(|at| all.get_mut(at)) {
                *made = None;
            }
        });
    }
}
