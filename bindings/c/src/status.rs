//! What a function returns: one number for each outcome.

use core::ffi::{CStr, c_char};

use sip_password::{GenerateError, LengthError, PolicyError};

/// The outcome of a function. Numbers keep their meaning; later versions can have more.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum Status {
    /// Success; of a check: the password is compliant.
    Ok = 0,
    /// The password is not compliant.
    NotCompliant,
    /// A pointer is NULL that must not be, or a length is larger than any object can be.
    Null,
    /// The buffer is too small.
    ShortBuffer,

    /// The policy does not allow this length.
    LengthNotAllowed,
    /// The rules and the excluded characters leave no password of this length.
    LengthInfeasible,
    /// Compliant passwords of this length are too rare to be found by trial.
    LengthTooRare,
    /// The random source failed.
    SourceFailed,
    /// The random source is broken: it gave no compliant password in so many tries that a true random source
    /// fails so with a probability under 2^-128, or the same four bytes again and again, as a true random
    /// source does with a probability under 2^-64.
    SourceStuck,

    /// The lengths are not 1 <= min_length <= max_length <= SIP_PASSWORD_MAX_CHECKED_LENGTH, or min_length exceeds
    /// SIP_PASSWORD_MAX_LENGTH.
    RulesLengths,
    /// The default length is not one of the allowed lengths, or exceeds SIP_PASSWORD_MAX_LENGTH.
    RulesDefaultLength,
    /// There are more than SIP_PASSWORD_MAX_CLASSES classes.
    RulesTooManyClasses,
    /// The name of a class is longer than SIP_PASSWORD_MAX_CLASS_NAME bytes.
    RulesClassName,
    /// The names of all classes together are longer than SIP_PASSWORD_MAX_CLASS_NAMES bytes.
    RulesClassNames,
    /// A class has no characters.
    RulesEmptyClass,
    /// A character is not printable ASCII, ' ' to '~'.
    RulesNotPrintable,
    /// Two classes share a character, or one shares a character with the uncounted ones.
    RulesOverlap,
    /// No character is allowed at all.
    RulesNoCharacters,
    /// More classes are required than there are.
    RulesMinClasses,
    /// The minima of the classes add up to more than max_length or SIP_PASSWORD_MAX_LENGTH.
    RulesMinima,
    /// One of the classes for the first character does not exist.
    RulesFirst,
    /// The limit on rows of one class is about no class, or about one that does not exist.
    RulesMaxRun,
    /// More different characters are required than max_length, or than there are.
    RulesMinDistinct,
    /// A word of the context is empty, or they have more than SIP_PASSWORD_MAX_LENGTH bytes together.
    RulesContext,
    /// The name of a class or a word of the context is not UTF-8.
    RulesNotUtf8,
    /// The minima, the limits on rows and sequences, min_distinct and the context together make too many cases to
    /// count.
    RulesTooComplex,
    /// Each rule is valid by itself, but no password of the default length satisfies all of them.
    RulesInfeasible,
    /// Some passwords are compliant, but none of the default length can be generated without the excluded
    /// characters.
    RulesNothingToGenerate,

    /// An error that has no number in this interface.
    Unknown,

    /// The policy allows this length, but passwords longer than SIP_PASSWORD_MAX_LENGTH are only checked.
    LengthNotGenerated,
}

impl Status {
    /// The one with the largest number.
    pub(crate) const LAST: Self = Self::LengthNotGenerated;
}

const MESSAGES: [(Status, &CStr); Status::LAST as usize + 1] = [
    (Status::Ok, c"success, or compliant"),
    (Status::NotCompliant, c"the password is not compliant"),
    (Status::Null, c"expected a pointer to an object, found NULL or an impossible length"),
    (Status::ShortBuffer, c"the buffer is too small"),
    (Status::LengthNotAllowed, c"the policy does not allow this length"),
    (Status::LengthInfeasible, c"no password of this length satisfies the policy"),
    (Status::LengthTooRare, c"compliant passwords of this length are too rare to be found by trial"),
    (Status::SourceFailed, c"the random source failed"),
    (
        Status::SourceStuck,
        c"the random source is broken: it gave no compliant password, or the same word again and again",
    ),
    (Status::RulesLengths, c"lengths: expected 1 <= min_length <= max_length <= 256 and min_length <= 64"),
    (Status::RulesDefaultLength, c"default_length: expected at most 64 and one of the allowed lengths"),
    (Status::RulesTooManyClasses, c"classes: expected at most 8 classes"),
    (Status::RulesClassName, c"classes: expected a name of at most 31 bytes"),
    (Status::RulesClassNames, c"classes: expected names of at most 160 bytes together"),
    (Status::RulesEmptyClass, c"classes: expected at least one character in each class"),
    (Status::RulesNotPrintable, c"characters: expected printable ASCII, ' ' to '~'"),
    (Status::RulesOverlap, c"classes: expected no character in two classes"),
    (Status::RulesNoCharacters, c"characters: expected at least one allowed character"),
    (Status::RulesMinClasses, c"min_classes: expected at most the number of classes"),
    (Status::RulesMinima, c"minimum: expected minima that add up to at most 64 and at most max_length"),
    (Status::RulesFirst, c"first: expected classes that exist"),
    (Status::RulesMaxRun, c"max_run: expected classes that exist"),
    (
        Status::RulesMinDistinct,
        c"min_distinct: expected at most max_length, and at most the number of characters",
    ),
    (Status::RulesContext, c"context: expected words of at least 1 byte, and at most 64 bytes together"),
    (Status::RulesNotUtf8, c"classes and context: expected names and words in UTF-8"),
    (
        Status::RulesTooComplex,
        c"minima, rows, sequences, different characters and context: together too many cases to count",
    ),
    (Status::RulesInfeasible, c"no password of the default length satisfies all rules"),
    (
        Status::RulesNothingToGenerate,
        c"excluded: no compliant password of the default length is left to generate",
    ),
    (Status::Unknown, c"an error that has no number in this interface"),
    (Status::LengthNotGenerated, c"the policy allows this length, but at most 64 characters are generated"),
];

/// The status in English: a constant, without a full stop or a line break. A number that is no status has a
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
            PolicyError::ClassName { .. } => Self::RulesClassName,
            PolicyError::ClassNames { .. } => Self::RulesClassNames,
            PolicyError::EmptyClass { .. } => Self::RulesEmptyClass,
            PolicyError::NotPrintable { .. } => Self::RulesNotPrintable,
            PolicyError::Overlap { .. } => Self::RulesOverlap,
            PolicyError::NoCharacters => Self::RulesNoCharacters,
            PolicyError::MinClasses { .. } => Self::RulesMinClasses,
            PolicyError::Minima { .. } => Self::RulesMinima,
            PolicyError::First { .. } => Self::RulesFirst,
            PolicyError::MaxRun { .. } => Self::RulesMaxRun,
            PolicyError::MinDistinct { .. } => Self::RulesMinDistinct,
            PolicyError::Context { .. } => Self::RulesContext,
            PolicyError::TooComplex { .. } => Self::RulesTooComplex,
            PolicyError::Infeasible { .. } => Self::RulesInfeasible,
            PolicyError::NothingToGenerate { .. } => Self::RulesNothingToGenerate,
            // `MaxRepeat` and `MaxSequence` cannot come: in C, 0 means that there is no such rule.
            _ => Self::Unknown,
        }
    }
}

impl<E> From<GenerateError<E>> for Status {
    fn from(error: GenerateError<E>) -> Self {
        match error {
            GenerateError::Length(LengthError::NotAllowed { .. }) => Self::LengthNotAllowed,
            GenerateError::Length(LengthError::NotGenerated { .. }) => Self::LengthNotGenerated,
            GenerateError::Length(LengthError::Infeasible { .. }) => Self::LengthInfeasible,
            GenerateError::Length(LengthError::TooRare { .. }) => Self::LengthTooRare,
            GenerateError::Source(_) => Self::SourceFailed,
            GenerateError::SourceStuck { .. } | GenerateError::SourceRepeats => Self::SourceStuck,
            // `LengthError::Capacity` cannot come: it is about an owned password.
            _ => Self::Unknown,
        }
    }
}
