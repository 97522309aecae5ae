//! What a function has to say: one number for each outcome.

use core::ffi::{CStr, c_char};

use sip_password::{GenerateError, PolicyError};

/// The outcome of a function. Numbers keep their meaning; later versions may have more.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum Status {
    /// Done; of a check, the password is compliant.
    Ok = 0,
    /// The password is not compliant.
    NotCompliant,
    /// A pointer that must not be NULL was, or a length is more than memory can have.
    Null,
    /// The buffer is too small.
    ShortBuffer,

    /// The policy does not allow this length.
    Length,
    /// No password of this length can be generated.
    Infeasible,
    /// So few candidates of this length are compliant that it would take too long to find one.
    TooRare,
    /// The entropy callback said that it failed.
    EntropyFailed,
    /// The entropy callback is broken: no compliant password in so many tries that a true random source has
    /// this happen with a probability under 2^-128.
    EntropyStuck,

    /// Wanted is 1 <= min_length <= max_length <= SIP_PASSWORD_MAX_LENGTH.
    RulesLengths,
    /// The default length is not one of the allowed lengths.
    RulesDefaultLength,
    /// More than SIP_PASSWORD_MAX_CLASSES classes.
    RulesTooManyClasses,
    /// A class has no character.
    RulesEmptyClass,
    /// A character is not printable ASCII, ' ' to '~'.
    RulesNotPrintable,
    /// A character is in two classes, or in one and among the uncounted.
    RulesOverlap,
    /// No character is allowed at all.
    RulesNoCharacters,
    /// More classes are required than there are.
    RulesRequiredClasses,
    /// The minima of the classes add up to more than max_length.
    RulesMinima,
    /// A class that the first character may be of does not exist.
    RulesFirst,
    /// The context word does not have 1 to SIP_PASSWORD_MAX_LENGTH bytes.
    RulesContext,
    /// The name of a class or the context word is not UTF-8.
    RulesNotUtf8,
    /// Minima, longest run and context word together make too many cases to count.
    RulesTooComplex,
    /// Each rule makes sense by itself, and no password of the default length satisfies all of them.
    RulesInfeasible,
    /// What is never generated leaves no compliant password of the default length.
    RulesNothingToGenerate,

    /// A fault that this interface has no number for.
    Unknown,
}

const MESSAGES: [(Status, &CStr); Status::Unknown as usize + 1] = [
    (Status::Ok, c"done, or compliant"),
    (Status::NotCompliant, c"the password is not compliant"),
    (Status::Null, c"a pointer is NULL that must not be, or a length impossible"),
    (Status::ShortBuffer, c"the buffer is too small"),
    (Status::Length, c"the policy does not allow this length"),
    (Status::Infeasible, c"no password of this length can be generated"),
    (Status::TooRare, c"too few candidates of this length are compliant"),
    (Status::EntropyFailed, c"the entropy callback failed"),
    (Status::EntropyStuck, c"the entropy callback is broken: no compliant password came of it"),
    (Status::RulesLengths, c"lengths: wanted is 1 <= min_length <= max_length <= SIP_PASSWORD_MAX_LENGTH"),
    (Status::RulesDefaultLength, c"default_length: it must be one of the allowed lengths"),
    (Status::RulesTooManyClasses, c"classes: there can be at most SIP_PASSWORD_MAX_CLASSES"),
    (Status::RulesEmptyClass, c"classes: each must have a character"),
    (Status::RulesNotPrintable, c"characters: they must be printable ASCII, ' ' to '~'"),
    (Status::RulesOverlap, c"classes: no character can count for two of them"),
    (Status::RulesNoCharacters, c"characters: at least one must be allowed"),
    (Status::RulesRequiredClasses, c"required_classes: there are not so many classes"),
    (Status::RulesMinima, c"minimum: the classes' minima add up to more than max_length"),
    (Status::RulesFirst, c"first: it must name only classes that exist"),
    (Status::RulesContext, c"context: the word must have 1 to SIP_PASSWORD_MAX_LENGTH bytes"),
    (Status::RulesNotUtf8, c"the name of a class, or the context word, is not UTF-8"),
    (Status::RulesTooComplex, c"minimum, longest_run and context: together they are too many cases to count"),
    (Status::RulesInfeasible, c"no password of the default length satisfies all rules together"),
    (Status::RulesNothingToGenerate, c"never_generated: it leaves no password of the default length"),
    (Status::Unknown, c"a fault that this interface has no number for"),
];

/// An outcome in English: a constant, without a full stop or a line break. A number that is no outcome has a
/// message too.
#[unsafe(no_mangle)]
pub extern "C" fn sip_password_status_message(status: i32) -> *const c_char {
    let known = MESSAGES.iter().find(|&&(known, _)| known as i32 == status);
    known.map_or(c"not a status", |&(_, message)| message).as_ptr()
}

impl From<PolicyError> for Status {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Lengths { .. } => Self::RulesLengths,
            PolicyError::DefaultLength { .. } => Self::RulesDefaultLength,
            PolicyError::TooManyClasses { .. } => Self::RulesTooManyClasses,
            PolicyError::EmptyClass { .. } => Self::RulesEmptyClass,
            PolicyError::NotPrintable { .. } => Self::RulesNotPrintable,
            PolicyError::Overlap { .. } => Self::RulesOverlap,
            PolicyError::NoCharacters => Self::RulesNoCharacters,
            PolicyError::RequiredClasses { .. } => Self::RulesRequiredClasses,
            PolicyError::Minima { .. } => Self::RulesMinima,
            PolicyError::First => Self::RulesFirst,
            PolicyError::Context { .. } => Self::RulesContext,
            PolicyError::TooComplex { .. } => Self::RulesTooComplex,
            PolicyError::Infeasible { .. } => Self::RulesInfeasible,
            PolicyError::NothingToGenerate { .. } => Self::RulesNothingToGenerate,
            // A longest run of 0 is how C says that there is no such rule.
            _ => Self::Unknown,
        }
    }
}

impl<E> From<GenerateError<E>> for Status {
    fn from(error: GenerateError<E>) -> Self {
        match error {
            GenerateError::Length { .. } => Self::Length,
            GenerateError::Infeasible { .. } => Self::Infeasible,
            GenerateError::TooRare { .. } => Self::TooRare,
            GenerateError::Source(_) => Self::EntropyFailed,
            GenerateError::SourceStuck { .. } => Self::EntropyStuck,
            _ => Self::Unknown,
        }
    }
}
