//! The library's lists of words, so that JavaScript has none of its own.

use sip_password::{PRESETS, ViolationKind};

use crate::{answer::say, policies::policy};

/// The names of the presets.
static NAMES: [&str; PRESETS.len()] = {
    let mut names = [""; PRESETS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = PRESETS[at].name;
        at += 1;
    }
    names
};

/// Answers with the word at `index` of a list, and returns its size; -1 behind the last one.
#[unsafe(no_mangle)]
extern "C" fn word(list: u32, index: usize) -> i32 {
    let word = match list {
        0 => ViolationKind::ALL.get(index).map(|kind| kind.as_str()),
        1 => NAMES.get(index).copied(),
        #[cfg(feature = "everything")]
        2 => sip_password::SafeFor::ALL.get(index).map(|context| context.name()),
        #[cfg(feature = "everything")]
        3 => sip_password::SafeFor::ALL.get(index).map(|context| context.source()),
        #[cfg(feature = "everything")]
        4 => sip_password::Messages::LANGUAGES.get(index).copied(),
        #[cfg(feature = "all")]
        5 => sip_password::CATALOGUE.get(index).map(|system| system.preset.name),
        #[cfg(feature = "all")]
        6 => sip_password::CATALOGUE.get(index).map(|system| system.preset.title),
        #[cfg(feature = "all")]
        7 => sip_password::CATALOGUE.get(index).map(|system| system.group.name()),
        _ => None,
    };
    word.map_or(-1, say)
}

/// Answers with the name of a policy's class, and returns its size; -1 behind the last one.
#[unsafe(no_mangle)]
extern "C" fn class_name(number: usize, index: usize) -> i32 {
    policy(number).classes().iter().nth(index).map_or(-1, |class| say(class.name()))
}

/// A number of a policy, in characters: the shortest password, the longest, the usual length.
#[unsafe(no_mangle)]
extern "C" fn length(number: usize, which: u32) -> usize {
    let policy = policy(number);
    match which {
        0 => *policy.lengths().start(),
        1 => *policy.lengths().end(),
        _ => policy.default_length(),
    }
}
