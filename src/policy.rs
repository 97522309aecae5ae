//! A password policy: rules that were found to make sense, and what follows from them.

#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod class_table;
mod conflict;
mod entropy;
mod error;
pub(crate) mod explain;
mod tries;

use core::fmt;

use crate::{
    counting::{MAX_STATES, MAX_STATES_STD, Tally, states, tally, tally_on_stack},
    kernel::uniform::Digits,
    rules::{MAX_LENGTH, Rules, charset::CharSet, class::MAX_CLASSES},
};

#[cfg(all(feature = "std", target_arch = "x86_64"))]
pub(crate) use class_table::Simple;
pub use conflict::Conflict;
pub use error::PolicyError;
pub use tries::{EXACT_TRIES, MAX_TRIES};

/// One object that knows which passwords are compliant: it checks them
/// ([`check`](Policy::check)), makes them ([`generate`](Policy::generate)), counts them
/// ([`count`](Policy::count)) and says its rule in words ([`explain`](Policy::explain)), and so can
/// never disagree with itself.
///
/// It is made from [`Rules`], is valid by construction, and is plain data: some 600 bytes that can
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
    /// Where the rules are such that the vector unit can judge.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    simple: Option<Simple>,
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

/// Characters of index `from` and more stand behind `length` others that are not in the alphabet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) from: u8,
    pub(crate) length: u8,
}

impl<'a> Policy<'a> {
    /// A policy from rules, if they make sense.
    ///
    /// Cost: this counts the compliant passwords of every length: some 15 microseconds for the presets, 65
    /// with a context word of seven letters, 10 milliseconds for [`MAX_STATES`] states, some seconds for
    /// [`MAX_STATES_STD`](crate::MAX_STATES_STD). See there for the memory, which is 32 KiB of stack for the presets; firmware makes its
    /// policies in `const`, with [`constant`](Self::constant).
    ///
    /// # Errors
    ///
    /// [`PolicyError`] names the rule that cannot hold, or those that cannot hold together.
    pub fn new(rules: Rules<'a>) -> Result<Self, PolicyError> {
        sound(&rules)?;
        let most = if cfg!(feature = "std") { MAX_STATES_STD } else { MAX_STATES };
        let states = states(&rules);
        if states > most {
            return Err(PolicyError::TooComplex { states });
        }
        let policy = Self::of(rules, &tally(&rules, rules.alphabet()));
        match policy.bound(rules.default_length.into()) {
            0 => Err(conflict::error(&rules)),
            _ => Ok(policy),
        }
    }

    /// [`new`](Self::new) for rules that stand in the source.
    ///
    /// # Panics
    ///
    /// With the error's text where the rules make no sense; in a `const` that is an error of
    /// compilation.
    ///
    /// The compiler counts in milliseconds for the presets, and in seconds where there are a longest run *and*
    /// a context word *and* lengths over some 20 characters. It then warns that this takes long, and
    /// goes on under `#[allow(long_running_const_eval)]`. More than [`MAX_STATES`] states are too many here.
    pub const fn constant(rules: Rules<'a>) -> Self {
        if let Err(error) = sound(&rules) {
            panic!("{}", error.rule());
        }
        let states = states(&rules);
        if states > MAX_STATES {
            panic!("{}", PolicyError::TooComplex { states }.rule());
        }
        let policy = Self::of(rules, &tally_on_stack(&rules, rules.alphabet()));
        if policy.bound(rules.default_length as usize) == 0 {
            panic!("{}", PolicyError::Infeasible { conflict: Conflict::NONE }.rule());
        }
        policy
    }

    /// What follows from sound rules, and how many passwords there are to generate.
    const fn of(rules: Rules<'a>, tally: &Tally) -> Self {
        let alphabet = rules.alphabet();
        let digits = Digits::new(alphabet.len() as u8);
        let (runs, run_count) = runs(&rules);
        let (gaps, gap_count) = gaps(alphabet);
        Self {
            rules,
            runs,
            run_count,
            gaps,
            gap_count,
            digits,
            tries: tries::tries(&rules, alphabet.len() as u64, digits, tally),
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            simple: Simple::new(&rules),
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
    pub fn excluding(&self, characters: CharSet) -> Result<Self, PolicyError> {
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
    pub fn with_context(&self, word: &'a str) -> Result<Self, PolicyError> {
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
    /// probability of at most 2^-128.
    ///
    /// Where more than [`MAX_TRIES`] would be needed, [`generate`](Self::generate) goes by exact counting, whose candidates are numbers;
    /// see [`EXACT_TRIES`]. `None` where it tries none: no password of this length can be generated, or, without the feature `std`, it
    /// would have to count.
    ///
    /// ```
    /// assert_eq!(sip_password::HUAWEI.tries(8), Some(42));
    /// assert_eq!(sip_password::HUAWEI.tries(7), None);
    /// ```
    pub const fn tries(&self, length: usize) -> Option<u16> {
        match self.bound(length) {
            0 => None,
            tries @ 1..=MAX_TRIES => Some(tries),
            _ => tries::RARE_TRIES,
        }
    }

    /// Whether passwords of `length` characters are so rare among the strings of the alphabet that
    /// [`generate`](Self::generate) goes by exact counting: one in 739 or less.
    ///
    /// ```
    /// assert!(!sip_password::HUAWEI.is_rare(8));
    /// ```
    pub const fn is_rare(&self, length: usize) -> bool {
        self.bound(length) > MAX_TRIES
    }

    /// [`tries`](Self::tries), with 0 for none and more than [`MAX_TRIES`] for too many.
    pub(crate) const fn bound(&self, length: usize) -> u16 {
        if length < self.tries.len() { self.tries[length] } else { 0 }
    }

    #[inline]
    pub(crate) fn runs(&self) -> &[Run] {
        self.runs.get(..usize::from(self.run_count)).unwrap_or_default()
    }

    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    #[inline]
    pub(crate) const fn simple(&self) -> Option<&Simple> {
        self.simple.as_ref()
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

/// The length to generate where rules do not name one: the nearest to 16 of which there is a password to generate, the
/// shorter of two; where there is none, the nearest to 16. The rules' own default length is not looked at.
#[cfg(any(feature = "passwordrules", feature = "toml"))]
pub(crate) fn usual_length(rules: &Rules<'_>) -> u8 {
    const USUAL: u8 = Rules::NONE.default_length;
    let nearest = USUAL.clamp(rules.min_length, rules.max_length.max(rules.min_length));
    let rules = Rules { default_length: nearest, ..*rules };
    if sound(&rules).is_err() || states(&rules) > MAX_STATES_STD {
        return nearest;
    }
    let tally = tally(&rules, rules.alphabet());
    let possible = |&length: &u8| tally.get(usize::from(length)).is_some_and(|count| !count.is_zero());
    let lengths = (rules.min_length..=rules.max_length).filter(possible);
    lengths.min_by_key(|&length| (length.abs_diff(USUAL), length)).unwrap_or(nearest)
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
        let mut byte = 0_u8;
        while byte.is_ascii() && count < RUNS {
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
    let (mut count, mut index, mut length) = (0, 0, 0);
    let mut byte = 0_u8;
    while byte.is_ascii() {
        if alphabet.has(byte) {
            if length > 0 && count < GAPS {
                gaps[count] = Gap { from: index, length };
                count += 1;
            }
            (index, length) = (index + 1, 0);
        } else {
            length += 1;
        }
        byte += 1;
    }
    (gaps, count as u8)
}
