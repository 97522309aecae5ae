//! Policies by number: first the presets, in their order, then those that JavaScript has made.

#[cfg(feature = "everything")]
use sip_password::PolicyFile;
use sip_password::{PRESETS, Policy};

#[cfg(feature = "everything")]
use crate::memory::Shared;

/// The policies that JavaScript has made, and room for others where it no longer needs one.
#[cfg(feature = "everything")]
static MADE: Shared<Vec<Option<Box<PolicyFile>>>> = Shared::new(Vec::new());

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
    if let Some(file) = file(number) {
        return file.policy();
    }
    // Never: JavaScript hands on the numbers that it got.
    core::arch::wasm32::unreachable()
}

/// The file of a policy that JavaScript has made.
#[cfg(feature = "everything")]
pub(crate) fn file(number: usize) -> Option<&'static PolicyFile> {
    // SAFETY: a file stays where it is until `forget`, which JavaScript calls when nothing there has its number, and never during a call.
    let made: &'static [_] = unsafe { (*MADE.get()).as_slice() };
    made.get(number.checked_sub(PRESETS.len())?)?.as_deref()
}

/// Keeps a policy, and returns its number.
#[cfg(feature = "everything")]
pub(crate) fn keep(file: PolicyFile) -> usize {
    let file = Some(Box::new(file));
    // SAFETY: nobody has a reference to the list.
    let at = unsafe {
        MADE.with(|made| match made.iter().position(Option::is_none) {
            Some(free) => {
                made[free] = file;
                free
            }
            None => {
                made.push(file);
                made.len() - 1
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
        MADE.with(|made| {
            if let Some(file) = number.checked_sub(PRESETS.len()).and_then(|at| made.get_mut(at)) {
                *file = None;
            }
        });
    }
}
