//! A password policy: rules that were found valid, and what follows from them.

#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod class_table;
mod classes;
mod conflict;
pub(crate) mod entropy;
mod error;
pub(crate) mod explain;
#[cfg(feature = "std")]
mod intersection;
mod restricted;
mod tables;
mod tries;
mod validate;

use core::{fmt, ops::RangeInclusive};

use crate::{
    counting::{Lengths, MAX_STATES, MAX_STATES_CONST, count, count_on_stack, states},
    kernel::uniform::Digits,
    policy::{
        entropy::Counts,
        restricted::Restricted,
        tables::{Names, Tables},
    },
    rules::{
        MAX_LENGTH, Rules,
        alphabet::Alphabet,
        charset::CharSet,
        class::{Class, ClassSet, MAX_CLASSES},
        words::WordList,
    },
};

#[cfg(all(feature = "std", target_arch = "x86_64"))]
pub(crate) use class_table::ClassTable;
pub use classes::Classes;
pub use conflict::Conflict;
pub use error::PolicyError;
#[cfg(feature = "std")]
pub use intersection::{IntersectionConflict, IntersectionError};
pub(crate) use tables::{Gap, Run};
pub(crate) use tries::MAX_TRIES;
#[cfg(feature = "std")]
pub(crate) use tries::UNRANK_TRIES;

/// One object that knows which passwords are compliant. It checks them ([`check`](Policy::check)), generates them
/// ([`generate`](Policy::generate)), counts them ([`counts`](Policy::counts)) and states its rule in words
/// ([`explain`](Policy::explain)), so these can never disagree.
///
/// A policy is made from [`Rules`], is valid by construction, and is plain data without a lifetime: some 800 bytes that
/// can stand in flash. The presets of the vendors are [`HUAWEI`](crate::HUAWEI), [`EXOTEL`](crate::EXOTEL),
/// [`NXCLOUD`](crate::NXCLOUD) and [`NXCLOUD_RANDOM`](crate::NXCLOUD_RANDOM).
///
/// An invalid policy in a `const` does not compile:
///
/// ```
/// # use sip_password::{CharSet, Class, Policy, Rules};
/// const DIGITS: Class = Class::new("digits", CharSet::DIGITS);
/// const PIN: Policy = Policy::of(Rules::new().with_class(DIGITS).with_min_classes(1));
/// # assert!(PIN.check("1").is_ok());
/// ```
///
/// ```compile_fail,E0080
/// # use sip_password::{CharSet, Class, Policy, Rules};
/// const DIGITS: Class = Class::new("digits", CharSet::DIGITS);
/// // Requires two classes and has one.
/// const PIN: Policy = Policy::of(Rules::new().with_class(DIGITS).with_min_classes(2));
/// # assert!(PIN.check("1").is_ok());
/// ```
///
/// At run time it is a [`PolicyError`]:
///
/// ```
/// # use sip_password::{CharSet, Class, Policy, PolicyError, Rules};
/// let digits = Class::new("digits", CharSet::DIGITS);
/// let invalid = Policy::new(Rules::new().with_class(digits).with_min_classes(2));
/// assert_eq!(invalid.unwrap_err(), PolicyError::MinClasses { required: 2, classes: 1 });
/// ```
// Not `Copy`: it is large, and a copy should be seen. In the order of the source: the smallest processors reach the first 32 bytes in
// one instruction, and no byte is lost between the fields.
#[derive(Clone, PartialEq, Eq)]
#[repr(C)]
pub struct Policy {
    /// From random words to indices in the alphabet.
    digits: Digits,
    min_length: u8,
    /// By how many characters the longest password exceeds the shortest: 0 to 255, where the longest itself has up to 256.
    span: u8,
    default_length: u8,
    min_classes: u8,
    minima: [u8; MAX_CLASSES],
    /// 0 for no such rule.
    max_repeat: u8,
    /// Empty for no such rule.
    first: ClassSet,
    class_count: u8,
    /// 0 for no such rule.
    max_sequence: u8,
    /// The characters of the classes, and from indices to characters.
    tables: Tables,
    restricted: Restricted,
    /// Empty for no such rule.
    context: WordList,
    /// 0 for no such rule.
    min_distinct: u8,
    /// The number of candidates to try for each length from 1: 0 if none complies, more than [`MAX_TRIES`] if too few do.
    tries: [u16; MAX_LENGTH],
    /// 0 for no such rule.
    max_run: u8,
    run_classes: ClassSet,
    names: Names,
    /// Of rules that the vector unit can judge.
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    class_table: Option<ClassTable>,
}

impl Policy {
    /// Validates rules and makes a policy of them.
    ///
    /// Cost: the compliant passwords of every length are counted. That takes some 15 microseconds for the presets, 65
    /// with a context word of seven letters, and some seconds for a million states, which is the limit (4,096 without the
    /// feature `std`); minima, [`max_repeat`](Rules::with_max_repeat) and [`context`](Rules::with_context) multiply the
    /// states. Counting needs 32 KiB of stack for the presets and up to 480 KiB for others; firmware makes its policies in a
    /// `const`, with [`of`](Self::of).
    ///
    /// # Errors
    ///
    /// [`PolicyError`] names the rule that is invalid, or those that conflict.
    pub fn new(rules: Rules) -> Result<Self, PolicyError> {
        Self::counted(rules, None).map(|(policy, _)| policy)
    }

    /// [`new`](Self::new), and the exact [`Counts`], which it finds out anyway. Saves the counting of
    /// [`counts`](Self::counts).
    ///
    /// ```
    /// use sip_password::{HUAWEI, Policy};
    ///
    /// let (policy, counts) = Policy::with_counts(HUAWEI.rules().with_max_repeat(2))?;
    /// assert!(policy.check("Not_a_reeeal_1").is_err());
    /// assert!(counts.entropy(16) < HUAWEI.entropy(16));
    /// # Ok::<(), sip_password::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn with_counts(rules: Rules) -> Result<(Self, Counts), PolicyError> {
        let (policy, generated) = Self::counted(rules, None)?;
        let counts = Counts::new(&policy, generated);
        Ok((policy, counts))
    }

    /// A policy, and the number of passwords that it can generate. With `usual`, the default length becomes the
    /// [`usual_length`](Self::usual_length).
    pub(crate) fn counted(rules: Rules, usual: Option<u8>) -> Result<(Self, Lengths), PolicyError> {
        Self::counted_within(rules, usual, MAX_STATES)
    }

    /// [`counted`](Self::counted), unless there are more states than `max`.
    pub(crate) fn counted_within(
        mut rules: Rules,
        usual: Option<u8>,
        max: usize,
    ) -> Result<(Self, Lengths), PolicyError> {
        if let Some(usual) = usual {
            rules.default_length =
                usual.clamp(rules.min_length, rules.longest_generated().max(rules.min_length));
        }
        validate::validate(&rules)?;
        let states = states(&rules);
        if states > max.min(MAX_STATES) {
            return Err(PolicyError::TooComplex { states });
        }
        let generated = count(&rules, Alphabet::generated(&rules));
        if let Some(usual) = usual {
            rules.default_length = Self::usual_length(&rules, &generated, usual);
        }
        let policy = Self::compile(&rules, tries::tries(&rules, &generated));
        match policy.bound(policy.default_length()) {
            0 => Err(conflict::error(&rules)),
            _ => Ok((policy, generated)),
        }
    }

    /// The length nearest to `usual` at which a password can be generated, the shorter one of two; the nearest allowed length if
    /// there is none.
    pub(crate) fn usual_length(rules: &Rules, generated: &Lengths, usual: u8) -> u8 {
        let possible =
            |&length: &u8| generated.get(usize::from(length)).is_some_and(|count| !count.is_zero());
        let lengths = (rules.min_length..=rules.longest_generated()).filter(possible);
        let nearest = lengths.min_by_key(|&length| (length.abs_diff(usual), length));
        nearest.unwrap_or(usual.clamp(rules.min_length, rules.longest_generated().max(rules.min_length)))
    }

    /// [`new`](Self::new) for a constant.
    ///
    /// # Panics
    ///
    /// With the text of the error if the rules are invalid; in a `const` the program does not compile.
    ///
    /// The compiler counts in milliseconds for the presets, and in seconds for a policy with `max_repeat` *and* a context
    /// word *and* lengths over some 20 characters. It then warns that this takes long and goes on under
    /// `#[allow(long_running_const_eval)]`. The limit is 4,096 states.
    pub const fn of(rules: Rules) -> Self {
        if let Err(error) = validate::validate(&rules) {
            panic!("{}", error.rule());
        }
        let states = states(&rules);
        if states > MAX_STATES_CONST {
            panic!("{}", PolicyError::TooComplex { states }.rule());
        }
        let tries = tries::tries(&rules, &count_on_stack(&rules, Alphabet::generated(&rules)));
        let policy = Self::compile(&rules, tries);
        if policy.bound(rules.default_length as usize) == 0 {
            panic!("{}", PolicyError::Infeasible { conflict: Conflict::NONE }.rule());
        }
        policy
    }

    /// What follows from valid rules, with the number of candidates of each length.
    const fn compile(rules: &Rules, tries: [u16; MAX_LENGTH]) -> Self {
        let mut minima = [0; MAX_CLASSES];
        let mut index = 0;
        while index < MAX_CLASSES {
            minima[index] = rules.classes[index].minimum();
            index += 1;
        }
        Self {
            min_length: rules.min_length,
            span: rules.max_length.saturating_sub(rules.min_length as u16) as u8,
            default_length: rules.default_length,
            min_classes: rules.min_classes,
            max_repeat: or_zero(rules.max_repeat),
            first: match rules.first {
                Some(classes) => classes,
                None => ClassSet::EMPTY,
            },
            class_count: rules.class_count,
            minima,
            names: Names::new(rules.classes()),
            max_sequence: or_zero(rules.max_sequence),
            max_run: or_zero(rules.max_run),
            run_classes: rules.run_classes,
            min_distinct: rules.min_distinct,
            context: rules.context,
            restricted: Restricted::new(rules),
            tables: Tables::new(rules),
            digits: Digits::new(rules.alphabet().len() as u8),
            tries,
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            class_table: ClassTable::new(rules),
        }
    }

    /// The same policy without `characters` in generated passwords, in addition to those already excluded. What is accepted
    /// stays the same.
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
        let rules = self.rules();
        Self::new(rules.clone().with_excluded(rules.excluded() | characters))
    }

    /// The same policy with a word that no password may contain, in place of those before: the name of the account, say.
    /// See [`Rules::with_context`].
    ///
    /// # Errors
    ///
    /// [`PolicyError::Context`] if the word is empty or longer than [`MAX_LENGTH`] bytes, and those of [`new`](Self::new).
    pub fn with_context(&self, word: &str) -> Result<Self, PolicyError> {
        Self::new(self.rules().with_context(word))
    }

    /// The rules that the policy was made from, without what [has no effect](Rules::with_excluded_first).
    ///
    /// Cost: a copy of some 450 bytes, assembled from the policy's tables.
    pub const fn rules(&self) -> Rules {
        let generated = self.alphabet();
        let mut rules = Rules {
            min_length: self.min_length,
            max_length: self.max_length() as u16,
            default_length: self.default_length,
            classes: [Class::NONE; MAX_CLASSES],
            class_count: self.class_count,
            min_classes: self.min_classes,
            uncounted: self.tables.characters(self.class_count as usize),
            excluded: self.restricted.excluded(generated),
            excluded_first: self.restricted.excluded_first(generated),
            max_repeat: self.max_repeat(),
            max_run: or_none(self.max_run),
            run_classes: self.run_classes,
            max_sequence: self.max_sequence(),
            min_distinct: self.min_distinct,
            first: self.first(),
            context: self.context,
        };
        let mut index = 0;
        while index < self.class_count as usize && index < MAX_CLASSES {
            rules.classes[index] = self.class_at(index);
            index += 1;
        }
        rules
    }

    /// The lengths of compliant passwords, in characters.
    pub const fn lengths(&self) -> RangeInclusive<usize> {
        RangeInclusive::new(self.min_length(), self.max_length())
    }

    /// The length to generate unless the caller asks for another, in characters.
    pub const fn default_length(&self) -> usize {
        self.default_length as usize
    }

    /// The character classes.
    pub const fn classes(&self) -> Classes<'_> {
        Classes::all(self)
    }

    /// The characters that compliant passwords can contain.
    pub const fn accepted(&self) -> CharSet {
        self.rules().accepted()
    }

    /// The characters that generated passwords can contain.
    pub const fn alphabet(&self) -> CharSet {
        self.tables.alphabet(self.digits.radix())
    }

    /// The number of states of the automaton that counts the compliant passwords: what counting costs. A preset has up to 16,
    /// and counting takes some 10 microseconds; half a million take two seconds for passwords of 64 characters.
    ///
    /// ```
    /// assert_eq!(sip_password::NXCLOUD_RANDOM.states(), 2);
    /// ```
    pub fn states(&self) -> usize {
        states(&self.rules())
    }

    /// The number of candidates that [`generate`](Self::generate) tries for a password of `length` characters before it
    /// reports that the random source is broken. A true random source fails so often with a probability of at most 2^-128.
    ///
    /// `None` if it tries none: no password of this length can be generated or, without the feature `std`, the compliant
    /// ones are too rare to be found by trial.
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

    /// Whether compliant passwords of `length` characters are too rare to be found by trial: at most one in 739 strings of
    /// the alphabet.
    #[cfg(feature = "std")]
    pub(crate) const fn is_rare(&self, length: usize) -> bool {
        self.bound(length) > MAX_TRIES
    }

    /// [`tries`](Self::tries), with 0 for none and more than [`MAX_TRIES`] for too many.
    pub(crate) const fn bound(&self, length: usize) -> u16 {
        match self.tries.split_at_checked(length.wrapping_sub(1)) {
            Some((_, [tries, ..])) => *tries,
            _ => 0,
        }
    }
}

/// What checking and generating look up.
impl Policy {
    pub(crate) const fn min_length(&self) -> usize {
        self.min_length as usize
    }

    pub(crate) const fn max_length(&self) -> usize {
        self.min_length() + self.span()
    }

    /// By how many characters the longest password is longer than the shortest.
    pub(crate) const fn span(&self) -> usize {
        self.span as usize
    }

    pub(crate) const fn min_classes(&self) -> usize {
        self.min_classes as usize
    }

    /// The minimum of each class; 0 if there is no class with this index.
    #[inline]
    pub(crate) const fn minima(&self) -> &[u8; MAX_CLASSES] {
        &self.minima
    }

    pub(crate) const fn max_repeat(&self) -> Option<u8> {
        or_none(self.max_repeat)
    }

    pub(crate) const fn max_run(&self) -> Option<(u8, ClassSet)> {
        if self.max_run == 0 { None } else { Some((self.max_run, self.run_classes)) }
    }

    pub(crate) const fn max_sequence(&self) -> Option<u8> {
        or_none(self.max_sequence)
    }

    pub(crate) const fn min_distinct(&self) -> usize {
        self.min_distinct as usize
    }

    pub(crate) const fn first(&self) -> Option<ClassSet> {
        if self.first.is_empty() { None } else { Some(self.first) }
    }

    /// Whether a rule asks for more than the length, the first character and how many characters of each class there are.
    #[inline]
    pub(crate) const fn asks_for_order(&self) -> bool {
        let limits = self.max_repeat | self.max_run | self.max_sequence | self.min_distinct;
        limits != 0 || !self.context.is_empty()
    }

    #[inline]
    pub(crate) const fn context(&self) -> &WordList {
        &self.context
    }

    /// The class at an index that exists.
    const fn class_at(&self, index: usize) -> Class {
        let minimum = match self.minima.split_at_checked(index) {
            Some((_, [minimum, ..])) => *minimum,
            _ => 0,
        };
        Class::from_parts(self.names.name(index), self.tables.characters(index), minimum)
    }

    #[inline]
    pub(crate) fn runs(&self) -> &[Run] {
        self.tables.runs()
    }

    #[inline]
    pub(crate) fn gaps(&self) -> &[Gap] {
        self.tables.gaps()
    }

    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    #[inline]
    pub(crate) const fn class_table(&self) -> Option<&ClassTable> {
        self.class_table.as_ref()
    }

    #[inline]
    pub(crate) const fn digits(&self) -> Digits {
        self.digits
    }
}

const fn or_zero(limit: Option<u8>) -> u8 {
    match limit {
        Some(limit) => limit,
        None => 0,
    }
}

const fn or_none(limit: u8) -> Option<u8> {
    if limit == 0 { None } else { Some(limit) }
}

/// The rules, from which the rest follows.
impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.rules()).finish()
    }
}
