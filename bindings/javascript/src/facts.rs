//! What is known of a policy, and what it is written as.

use core::fmt;

use sip_password::{Certainty, Characters, MAX_LENGTH, Messages};

use crate::{
    answer::say,
    check::with_violation,
    policies::{counts, policy, with_file},
};

/// There is no such text.
const NONE: i32 = -1;

/// Answers with a text on a policy, and returns its size; -1 if there is none.
#[unsafe(no_mangle)]
extern "C" fn fact(number: usize, which: u32) -> i32 {
    let maybe = |text: Option<&str>| text.map_or(NONE, say);
    let policy = policy(number);
    match which {
        0 => with_file(number, |file| maybe(file.name.as_deref())),
        1 => with_file(number, |file| maybe(file.title.as_deref())),
        2 => with_file(number, |file| maybe(file.source.as_deref())),
        3 => with_file(number, |file| maybe(file.read.as_deref())),
        4 => with_file(number, |file| maybe(file.certainty.map(Certainty::name))),
        // A note is one line.
        5 => with_file(number, |file| say(file.notes.join("\n"))),
        6 => say(policy.alphabet().iter().collect::<String>()),
        7 => say(policy.explain()),
        8 => with_file(number, |file| say(file)),
        9 => say(policy.pattern()),
        10 => say(policy.html_attributes(policy.password_rules(Characters::Generated).ok())),
        _ => NONE,
    }
}

/// The policy as `passwordrules`. Answers with the text, and returns its size; or with the error, and returns -2 less its size.
#[unsafe(no_mangle)]
extern "C" fn password_rules(number: usize, generated: u32) -> i32 {
    let of = if generated == 0 { Characters::Accepted } else { Characters::Generated };
    policy(number).password_rules(of).map_or_else(|error| failed(error), say)
}

/// Answers with an error, and returns -2 less the size of its text: unlike a size, and unlike [`NONE`].
pub(crate) fn failed(error: impl fmt::Display) -> i32 {
    -2 - say(error)
}

/// A figure of a policy: of a length, the entropy in bits or the acceptance; of bits, the shortest length, or infinity.
#[unsafe(no_mangle)]
extern "C" fn figure(number: usize, which: u32, of: f64) -> f64 {
    let counts = counts(number);
    match which {
        0 => counts.entropy(of as usize),
        1 => counts.acceptance(of as usize),
        _ => counts.shortest(of).map_or(f64::INFINITY, |length| length as f64),
    }
}

/// Answers with the number of compliant passwords of a length, or of those that are generated, and returns the size of its text.
#[unsafe(no_mangle)]
extern "C" fn count(number: usize, length: usize, generated: u32) -> i32 {
    let length = length.min(MAX_LENGTH + 1);
    let counts = counts(number);
    say(if generated == 0 { counts.accepted(length) } else { counts.generated(length) })
}

/// Describes the first record in a language, by its index. Answers with the text, and returns its size; -1 if there is no such record.
#[unsafe(no_mangle)]
extern "C" fn describe(number: usize, language: usize) -> i32 {
    let policy = policy(number);
    let messages = Messages::LANGUAGES.get(language).filter(|name| **name != "en");
    let described = match messages.and_then(|name| Messages::named(name)) {
        Some(messages) => with_violation(policy, |violation| say(messages.describe_violation(violation))),
        None => with_violation(policy, |violation| say(violation)),
    };
    described.unwrap_or(NONE)
}

#[cfg(feature = "all")]
/// Of what a password is made that scanners try, as the number of a word: the first `size` bytes of the input, with the words of the account behind them.
/// Answers with the word, and returns its size; -1 if it is none of these. Wipes the input.
#[unsafe(no_mangle)]
extern "C" fn known_default(size: usize, whole: usize) -> i32 {
    crate::memory::with_input(whole, |input| {
        let (password, words) = crate::words::split(input, size);
        let words: Vec<&str> = words.collect();
        sip_password_weak::known_default(password, &words).map_or(NONE, |known| say(known.as_str()))
    })
}
