//! A password policy: rules that were found to make sense, and what follows from them.

use core::fmt;

use crate::{
    charset::CharSet,
    natural::Natural,
    rules::{MAX_CLASSES, MAX_LENGTH, Rules},
    tally::{self, MAX_STATES, Tally, tally},
    uniform::Digits,
};

/// The most tries that one generation may take. A length of which more would be needed, because
/// less than one in 739 of the candidates complies, is refused as
/// [`TooRare`](crate::GenerateError::TooRare).
pub const MAX_TRIES: u16 = u16::MAX - 1;

/// One object that knows which passwords are compliant: it checks them
/// ([`check`](Policy::check)), makes them ([`generate`](Policy::generate)), counts them
/// ([`count`](Policy::count)) and says its rule in words ([`explain`](Policy::explain)), and so can
/// never disagree with itself.
///
/// It is made from [`Rules`], is valid by construction, and is plain data: some 700 bytes that can
/// stand in flash. The presets of the vendors are [`HUAWEI`](crate::HUAWEI),
/// [`EXOTEL`](crate::EXOTEL), [`NXCLOUD`](crate::NXCLOUD) and
/// [`NXCLOUD_RANDOM`](crate::NXCLOUD_RANDOM).
///
/// A wrong policy in a `const` does not compile:
///
/// ```
/// # use sip_password::{CharSet, Class, Policy, Rules};
/// const CLASSES: &[Class] = &[Class::new("digits", CharSet::DIGITS)];
/// const PIN: Policy = Policy::constant(Rules { classes: CLASSES, required_classes: 1, ..Rules::NONE });
/// # assert!(PIN.check("1").is_ok());
/// ```
///
/// ```compile_fail,E0080
/// # use sip_password::{CharSet, Class, Policy, Rules};
/// const CLASSES: &[Class] = &[Class::new("digits", CharSet::DIGITS)];
/// // Two classes are wanted, and there is one.
/// const PIN: Policy = Policy::constant(Rules { classes: CLASSES, required_classes: 2, ..Rules::NONE });
/// # assert!(PIN.check("1").is_ok());
/// ```
///
/// At run time it is a [`PolicyError`]:
///
/// ```
/// # use sip_password::{CharSet, Class, Policy, PolicyError, Rules};
/// let classes = [Class::new("digits", CharSet::DIGITS)];
/// let wrong = Policy::new(Rules { classes: &classes, required_classes: 2, ..Rules::NONE });
/// assert_eq!(wrong.unwrap_err(), PolicyError::RequiredClasses { required: 2, classes: 1 });
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Policy<'a> {
    rules: Rules<'a>,
    /// The characters of each class, and last those that count for none, as runs.
    runs: [Run; RUNS],
    run_count: u8,
    /// What lies between the characters of the alphabet, ascending.
    gaps: [Gap; GAPS],
    gap_count: u8,
    /// From random words to indices in the alphabet.
    digits: Digits,
    /// How many candidates to try for each length: 0 where none complies, more than [`MAX_TRIES`]
    /// where too few do.
    tries: [u16; MAX_LENGTH + 1],
}

/// Every printable character a run of its own.
const RUNS: usize = 95;
/// Every other printable character missing.
const GAPS: usize = 48;

/// Neighbours in ASCII, from `first` to `last`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) first: u8,
    pub(crate) last: u8,
    /// The place of their class; for those that count for none, the number of classes.
    pub(crate) slot: u8,
}

/// `length` characters from `from` on that are not in the alphabet, and after which one is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) from: u8,
    pub(crate) length: u8,
}

/// Why [`Rules`] are not a policy. Places are those in [`Rules::classes`], from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// The lengths are not `1 <= min <= max <= MAX_LENGTH`.
    Lengths {
        /// [`Rules::min_length`].
        min: u8,
        /// [`Rules::max_length`].
        max: u8,
    },
    /// The default length is not between the least and the greatest.
    DefaultLength {
        /// [`Rules::default_length`].
        default: u8,
    },
    /// More than [`MAX_CLASSES`] classes.
    TooManyClasses {
        /// How many.
        classes: usize,
    },
    /// A class without characters.
    EmptyClass {
        /// Its place.
        place: usize,
    },
    /// A class, or (where the place is the number of classes) the uncounted characters, with one
    /// that is not printable ASCII.
    NotPrintable {
        /// Its place.
        place: usize,
    },
    /// A character stands in two classes, or (where the second place is the number of classes) in
    /// one and among the uncounted.
    Overlap {
        /// The place of the first.
        first: usize,
        /// The place of the second.
        second: usize,
    },
    /// No character may stand in a password at all.
    NoCharacters,
    /// More classes are required than there are.
    RequiredClasses {
        /// [`Rules::required_classes`].
        required: u8,
        /// How many classes there are.
        classes: usize,
    },
    /// The minima of the classes add up to more than the greatest length.
    Minima {
        /// Their sum.
        sum: usize,
        /// [`Rules::max_length`].
        max: u8,
    },
    /// A longest run of 0.
    LongestRun,
    /// The classes for the first character are none, or one of them does not exist.
    First,
    /// The context word is empty, or longer than [`MAX_LENGTH`] bytes.
    Context {
        /// Its length in bytes.
        length: usize,
    },
    /// The minima, the longest run and the context word together are more than
    /// [`MAX_STATES`](crate::MAX_STATES) states to count.
    TooComplex {
        /// How many states.
        states: usize,
    },
    /// Each rule makes sense by itself, and no password of the default length satisfies all of
    /// them.
    Infeasible,
    /// Some passwords are compliant, and none of the default length that
    /// [`Rules::never_generated`] leaves.
    NothingToGenerate,
}

impl<'a> Policy<'a> {
    /// A policy from rules, if they make sense.
    ///
    /// Cost: this counts the compliant passwords of every length, which a policy without a context
    /// word does in tens of microseconds. The stack must bear [`MAX_STATES`] where there are many
    /// states; firmware makes its policies in `const`.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] names the rule that cannot hold.
    pub const fn new(rules: Rules<'a>) -> Result<Self, PolicyError> {
        if let Err(error) = sound(&rules) {
            return Err(error);
        }
        let alphabet = rules.alphabet();
        let digits = Digits::new(alphabet.len() as u8);
        let tally = tally(&rules, alphabet);
        let tries = tries(&rules, alphabet.len() as u64, digits, &tally);
        if tries[rules.default_length as usize] == 0 {
            let accepted = self::tally(&rules, rules.accepted());
            return Err(if accepted[rules.default_length as usize].is_zero() {
                PolicyError::Infeasible
            } else {
                PolicyError::NothingToGenerate
            });
        }
        let (runs, run_count) = runs(&rules);
        let (gaps, gap_count) = gaps(alphabet);
        Ok(Self { rules, runs, run_count, gaps, gap_count, digits, tries })
    }

    /// [`new`](Self::new) for rules that stand in the source.
    ///
    /// # Panics
    ///
    /// With the error's text where the rules make no sense; in a `const` that is an error of
    /// compilation.
    pub const fn constant(rules: Rules<'a>) -> Self {
        match Self::new(rules) {
            Ok(policy) => policy,
            Err(error) => panic!("{}", error.rule()),
        }
    }

    /// The same policy with `characters` never generated as well. What is accepted stays as it is.
    ///
    /// ```
    /// use sip_password::{CharSet, HUAWEI};
    ///
    /// let readable = HUAWEI.excluding(CharSet::of("0O1lI"))?;
    /// assert_eq!(readable.alphabet().len(), 65);
    /// # Ok::<(), sip_password::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PolicyError::NothingToGenerate`] if no password of the default length is left.
    pub const fn excluding(&self, characters: CharSet) -> Result<Self, PolicyError> {
        let never_generated = self.rules.never_generated.union(characters);
        Self::new(Rules { never_generated, ..self.rules })
    }

    /// The same policy with a word that may not appear in a password, in upper or lower case, in
    /// place of the one there was: the account's name, say. See [`Rules::context`].
    ///
    /// # Errors
    ///
    /// [`PolicyError::Context`] if the word is empty or longer than [`MAX_LENGTH`] bytes, and
    /// those of [`new`](Self::new).
    pub const fn with_context(&self, word: &'a str) -> Result<Self, PolicyError> {
        Self::new(Rules { context: Some(word), ..self.rules })
    }

    /// The rules that it was made from.
    pub const fn rules(&self) -> &Rules<'a> {
        &self.rules
    }

    /// The characters that generated passwords are made of.
    pub const fn alphabet(&self) -> CharSet {
        self.rules.alphabet()
    }

    /// How many candidates [`generate`](Self::generate) tries for a password of `length`
    /// characters before it blames the random source: so many that a true one fails with a
    /// probability under 2^-128.
    ///
    /// `None` where it tries none, because no password of this length can be generated, or so few
    /// that more than [`MAX_TRIES`] tries would be needed.
    ///
    /// ```
    /// assert_eq!(sip_password::HUAWEI.tries(8), Some(42));
    /// assert_eq!(sip_password::HUAWEI.tries(7), None);
    /// ```
    pub const fn tries(&self, length: usize) -> Option<u16> {
        match self.bound(length) {
            tries @ 1..=MAX_TRIES => Some(tries),
            _ => None,
        }
    }

    /// [`tries`](Self::tries), with 0 for none and more than [`MAX_TRIES`] for too many.
    pub(crate) const fn bound(&self, length: usize) -> u16 {
        if length < self.tries.len() { self.tries[length] } else { 0 }
    }

    #[inline]
    pub(crate) fn runs(&self) -> &[Run] {
        self.runs.get(..usize::from(self.run_count)).unwrap_or_default()
    }

    /// Whether `byte` may stand in a password.
    pub(crate) const fn allows(&self, byte: u8) -> bool {
        self.rules.accepted().has(byte)
    }

    #[inline]
    pub(crate) fn gaps(&self) -> &[Gap] {
        self.gaps.get(..usize::from(self.gap_count)).unwrap_or_default()
    }

    #[inline]
    pub(crate) const fn digits(&self) -> Digits {
        self.digits
    }
}

/// The rules: the rest follows from them.
impl fmt::Debug for Policy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.rules).finish()
    }
}

/// Each rule by itself, and those that can be told to conflict without counting.
const fn sound(rules: &Rules<'_>) -> Result<(), PolicyError> {
    let (min, max, default) = (rules.min_length, rules.max_length, rules.default_length);
    if min == 0 || min > max || max as usize > MAX_LENGTH {
        return Err(PolicyError::Lengths { min, max });
    }
    if default < min || default > max {
        return Err(PolicyError::DefaultLength { default });
    }
    let classes = rules.classes.len();
    if classes > MAX_CLASSES {
        return Err(PolicyError::TooManyClasses { classes });
    }
    if let Err(error) = disjoint(rules) {
        return Err(error);
    }
    if rules.accepted().is_empty() {
        return Err(PolicyError::NoCharacters);
    }
    if rules.alphabet().is_empty() {
        return Err(PolicyError::NothingToGenerate);
    }
    if rules.required_classes as usize > classes {
        return Err(PolicyError::RequiredClasses { required: rules.required_classes, classes });
    }
    let sum = minima(rules);
    if sum > max as usize {
        return Err(PolicyError::Minima { sum, max });
    }
    if let Some(0) = rules.longest_run {
        return Err(PolicyError::LongestRun);
    }
    if let Some(first) = rules.first
        && (first.is_empty() || first.bits() as usize >= 1 << classes)
    {
        return Err(PolicyError::First);
    }
    if let Some(word) = rules.context
        && (word.is_empty() || word.len() > MAX_LENGTH)
    {
        return Err(PolicyError::Context { length: word.len() });
    }
    let states = tally::states(rules);
    if states > MAX_STATES {
        return Err(PolicyError::TooComplex { states });
    }
    Ok(())
}

/// The characters of the class at `slot`, or the uncounted ones after the last class.
const fn slot(rules: &Rules<'_>, slot: usize) -> CharSet {
    if slot < rules.classes.len() { rules.classes[slot].characters } else { rules.uncounted }
}

const fn disjoint(rules: &Rules<'_>) -> Result<(), PolicyError> {
    let mut place = 0;
    while place <= rules.classes.len() {
        let characters = slot(rules, place);
        if characters.is_empty() && place < rules.classes.len() {
            return Err(PolicyError::EmptyClass { place });
        }
        if !characters.is_subset(CharSet::PRINTABLE) {
            return Err(PolicyError::NotPrintable { place });
        }
        let mut other = 0;
        while other < place {
            if !characters.intersection(slot(rules, other)).is_empty() {
                return Err(PolicyError::Overlap { first: other, second: place });
            }
            other += 1;
        }
        place += 1;
    }
    Ok(())
}

const fn minima(rules: &Rules<'_>) -> usize {
    let mut sum = 0;
    let mut place = 0;
    while place < rules.classes.len() {
        sum += rules.classes[place].minimum as usize;
        place += 1;
    }
    sum
}

const fn runs(rules: &Rules<'_>) -> ([Run; RUNS], u8) {
    let mut runs = [Run { first: 0, last: 0, slot: 0 }; RUNS];
    let mut count = 0;
    let mut place = 0;
    while place <= rules.classes.len() {
        let characters = slot(rules, place);
        let mut byte = 0;
        while byte < 128 {
            if characters.has(byte) {
                let first = byte;
                while characters.has(byte + 1) {
                    byte += 1;
                }
                runs[count] = Run { first, last: byte, slot: place as u8 };
                count += 1;
            }
            byte += 1;
        }
        place += 1;
    }
    (runs, count as u8)
}

const fn gaps(alphabet: CharSet) -> ([Gap; GAPS], u8) {
    let mut gaps = [Gap { from: 0, length: 0 }; GAPS];
    let mut count = 0;
    let mut from = 0;
    let mut byte = 0;
    while byte < 128 {
        if alphabet.has(byte) {
            if byte > from {
                gaps[count] = Gap { from, length: byte - from };
                count += 1;
            }
            from = byte + 1;
        }
        byte += 1;
    }
    (gaps, count as u8)
}

/// How many candidates of each length to try.
const fn tries(rules: &Rules<'_>, radix: u64, digits: Digits, tally: &Tally) -> [u16; MAX_LENGTH + 1] {
    let mut tries = [0; MAX_LENGTH + 1];
    let mut length = rules.min_length as usize;
    while length <= rules.max_length as usize {
        if !tally[length].is_zero() {
            let share = tally[length].to_f64() / Natural::power(radix, length).to_f64();
            let kept = power(digits.kept(), digits.words(length) as u32);
            tries[length] = least_tries(share * kept);
        }
        length += 1;
    }
    tries
}

/// The least number of tries that all fail with a probability of at most 2^-128, where one succeeds
/// with `probability`; `MAX_TRIES + 1` where that many are not enough.
const fn least_tries(probability: f64) -> u16 {
    const NEGLIGIBLE: f64 = 1.0 / (1u128 << 127) as f64 / 2.0;
    // Rounding in what led here is under 2^-45: this much more makes the bound safe, and costs a try
    // only where a failure is next to impossible.
    const ROUNDING: f64 = 1.0 / (1u64 << 40) as f64;
    let failure = 1.0 - probability + ROUNDING;
    let (mut enough, mut under) = (MAX_TRIES + 1, 0);
    while under + 1 < enough {
        let middle = under + (enough - under) / 2;
        if power(failure, middle as u32) <= NEGLIGIBLE {
            enough = middle;
        } else {
            under = middle;
        }
    }
    enough
}

const fn power(base: f64, exponent: u32) -> f64 {
    let (mut result, mut square, mut left) = (1.0, base, exponent);
    while left > 0 {
        if left % 2 == 1 {
            result *= square;
        }
        square *= square;
        left /= 2;
    }
    result
}

impl PolicyError {
    /// The rule that cannot hold, in words and without the figures.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Lengths { .. } => "lengths: wanted is 1 <= min_length <= max_length <= MAX_LENGTH",
            Self::DefaultLength { .. } => "default_length: it must be one of the allowed lengths",
            Self::TooManyClasses { .. } => "classes: there can be at most MAX_CLASSES",
            Self::EmptyClass { .. } => "classes: each must have a character",
            Self::NotPrintable { .. } => "characters: they must be printable ASCII, ' ' to '~'",
            Self::Overlap { .. } => "classes: no character can count for two of them",
            Self::NoCharacters => "characters: at least one must be allowed",
            Self::RequiredClasses { .. } => "required_classes: there are not so many classes",
            Self::Minima { .. } => "minimum: the classes' minima add up to more than max_length",
            Self::LongestRun => "longest_run: it must be at least 1",
            Self::First => "first: it must name a class, and only classes that exist",
            Self::Context { .. } => "context: the word must have 1 to MAX_LENGTH bytes",
            Self::TooComplex { .. } => {
                "minimum, longest_run and context: together they are more than MAX_STATES states"
            }
            Self::Infeasible => "no password of the default length satisfies all rules together",
            Self::NothingToGenerate => {
                "never_generated: it leaves no compliant password of the default length"
            }
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule())?;
        match self {
            Self::Lengths { min, max } => write!(f, " (found {min} to {max}; the limit is {MAX_LENGTH})"),
            Self::DefaultLength { default } => write!(f, " (found {default})"),
            Self::TooManyClasses { classes } => write!(f, " (found {classes}; the limit is {MAX_CLASSES})"),
            Self::EmptyClass { place } | Self::NotPrintable { place } => write!(f, " (class {place})"),
            Self::Overlap { first, second } => write!(f, " (classes {first} and {second})"),
            Self::RequiredClasses { required, classes } => write!(f, " (found {required} of {classes})"),
            Self::Minima { sum, max } => write!(f, " ({sum}, over {max})"),
            Self::Context { length } => write!(f, " (found {length}; the limit is {MAX_LENGTH})"),
            Self::TooComplex { states } => write!(f, " ({states}; the limit is {MAX_STATES})"),
            Self::NoCharacters
            | Self::LongestRun
            | Self::First
            | Self::Infeasible
            | Self::NothingToGenerate => Ok(()),
        }
    }
}

impl core::error::Error for PolicyError {}
