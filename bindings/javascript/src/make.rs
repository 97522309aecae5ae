//! Policies from texts, names and other policies. Each export answers with the number of the new policy, or with -2 less the size of an
//! error's text.

use sip_password::{CharSet, Policy, PolicyFile, SafeFor};

use crate::{
    facts::failed,
    memory::with_input,
    policies::{Made, keep, policy},
    words::split,
};

/// A new policy that has no name.
fn unnamed(policy: Policy) -> i32 {
    keep(Made::Policy(policy), None) as i32
}

fn of_file(file: PolicyFile) -> i32 {
    keep(Made::File(file), None) as i32
}

/// The text in the input. JavaScript has refused what is none.
fn with_text<R>(size: usize, work: impl FnOnce(&str) -> R) -> R {
    with_input(size, |bytes| work(str::from_utf8(bytes).unwrap_or_default()))
}

/// Reads a policy file of at most `max_states` states.
#[unsafe(no_mangle)]
extern "C" fn from_toml(size: usize, max_states: usize) -> i32 {
    with_text(size, |text| {
        PolicyFile::parse_within(text, max_states).map_or_else(|error| failed(error), of_file)
    })
}

/// Reads a text of Apple's `passwordrules`.
#[unsafe(no_mangle)]
extern "C" fn from_password_rules(size: usize) -> i32 {
    with_text(size, |text| Policy::from_password_rules(text).map_or_else(|error| failed(error), unnamed))
}

/// The policy of a vendor, or of a system of the catalogue, by any of its names.
#[unsafe(no_mangle)]
extern "C" fn named(size: usize) -> i32 {
    with_text(size, |name| {
        let lower = name.to_ascii_lowercase();
        if let Some(preset) = sip_password::PRESETS.iter().position(|preset| preset.name == lower) {
            return preset as i32;
        }
        #[cfg(feature = "all")]
        if let Some(system) = sip_password::System::named(name) {
            return of_file(PolicyFile::from(&system.preset));
        }
        #[cfg(feature = "all")]
        return failed(format_args!(
            "expected the name of a preset or of a system of the catalogue, found {name:?}"
        ));
        #[cfg(not(feature = "all"))]
        failed(format_args!(
            "expected the name of a preset, found {name:?}; sip-password/all has more systems"
        ))
    })
}

#[cfg(feature = "all")]
/// The intersection of the policies whose numbers are in the input, four bytes each.
#[unsafe(no_mangle)]
extern "C" fn intersection(size: usize) -> i32 {
    with_input(size, |bytes| {
        let numbers = bytes.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number) as usize);
        let policies: Vec<&Policy> = numbers.map(policy).collect();
        Policy::intersection(&policies).map_or_else(|error| failed(error), unnamed)
    })
}

/// The policy that generates less: without the characters in the first `size` bytes of the input, only those that survive in the
/// contexts whose bits are set, and without the words behind.
#[unsafe(no_mangle)]
extern "C" fn restricted(number: usize, contexts: u32, size: usize, whole: usize) -> i32 {
    with_input(whole, |input| {
        let (exclude, words) = split(input, size);
        let rules = policy(number).rules();
        let exclude = match CharSet::new(str::from_utf8(exclude).unwrap_or_default()) {
            Ok(exclude) => exclude,
            Err(error) => return failed(format_args!("exclude: {error}")),
        };
        let contexts = SafeFor::ALL.iter().enumerate().filter(|(index, _)| contexts >> index & 1 == 1);
        let (mut excluded, mut excluded_first) = (rules.excluded() | exclude, rules.excluded_first());
        for (_, context) in contexts {
            excluded |= rules.accepted().difference(context.characters());
            excluded_first |= context.excluded_first();
        }
        let words: Vec<&str> = rules.context().chain(words).collect();
        let words = match words.is_empty() {
            true => rules.clone(),
            false => rules.clone().with_context_words(&words).with_reversed_context(rules.reversed_context()),
        };
        Policy::with_counts(words.with_excluded(excluded).with_excluded_first(excluded_first)).map_or_else(
            |error| failed(error),
            |(policy, counts)| keep(Made::Policy(policy), Some(counts)) as i32,
        )
    })
}

const _: () = assert!(SafeFor::ALL.len() <= 32, "a context is a bit");
