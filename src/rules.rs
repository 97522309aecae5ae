//! The rules of a policy as plain data, not yet validated.

pub(crate) mod alphabet;
pub(crate) mod charset;
pub(crate) mod class;
#[cfg(feature = "std")]
pub(crate) mod cnf;
pub(crate) mod text;
pub(crate) mod words;

use core::fmt;

use charset::CharSet;
use class::{Class, ClassSet, MAX_CLASSES};
use words::{ContextWords, WordList};

/// The longest password that is generated and counted, in characters; a policy can allow longer ones, up to
/// [`MAX_CHECKED_LENGTH`].
///
/// This is a limit of the library, not of a vendor: Exotel states no maximum, NXCloud states no rule at all, and the
/// longest maximum known of any other rule group is 32. A random password of 64 characters has more entropy than
/// any key that it could protect.
pub const MAX_LENGTH: usize = 64;

/// The longest password that a policy can allow, in characters. Passwords of more than [`MAX_LENGTH`] characters are
/// checked, and neither generated nor counted.
///
/// The longest maximum that a SIP system is known to state is 256 (Bland); Twilio allows 255 characters, Telnyx 128.
pub const MAX_CHECKED_LENGTH: u16 = 256;

/// The rules of a policy: plain data, `const`-constructible and without a lifetime, which
/// [`Policy::new`](crate::Policy::new) and [`Policy::of`](crate::Policy::of) validate.
///
/// Start from [`Rules::new`] or from the rules of a preset, and add what you need. Each method replaces what was there
/// before; [`with_class`](Self::with_class) alone adds.
///
/// ```
/// use sip_password::{CharSet, Class, Policy, Rules};
///
/// const TENANT: Policy = Policy::of(
///     Rules::new()
///         .with_lengths(10, 20)
///         .with_class(Class::new("letters", CharSet::UPPERCASE.union(CharSet::LOWERCASE)))
///         .with_class(Class::new("digits", CharSet::DIGITS).at_least(2))
///         .with_min_classes(2)
///         .with_uncounted(CharSet::of("-_"))
///         .with_excluded(CharSet::of("0O1lI"))
///         .with_max_repeat(2),
/// );
///
/// assert!(TENANT.check("no-digit-here").is_err());
/// assert!(TENANT.check("but-here-42").is_ok());
/// ```
///
/// More rules may come: the fields are private, so that a new rule breaks nobody.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Rules {
    pub(crate) min_length: u8,
    pub(crate) max_length: u16,
    pub(crate) default_length: u8,
    /// The first [`class_count`](field@Self::class_count) of these; the others are [`Class::NONE`].
    pub(crate) classes: [Class; MAX_CLASSES],
    /// Over [`MAX_CLASSES`] where more were added than fit.
    pub(crate) class_count: u8,
    pub(crate) min_classes: u8,
    pub(crate) uncounted: CharSet,
    pub(crate) excluded: CharSet,
    pub(crate) excluded_first: CharSet,
    pub(crate) max_repeat: Option<u8>,
    pub(crate) max_run: Option<u8>,
    /// The classes of which [`max_run`](field@Self::max_run) speaks.
    pub(crate) run_classes: ClassSet,
    pub(crate) max_sequence: Option<u8>,
    pub(crate) min_distinct: u8,
    pub(crate) first: Option<ClassSet>,
    pub(crate) context: WordList,
}

/// The number of fields of [`Rules`]. Where a rule could be forgotten in silence, this number is asserted, so that one that is added
/// does not compile there until it is handled.
pub(crate) const FIELDS: usize = {
    let Rules {
        min_length: _,
        max_length: _,
        default_length: _,
        classes: _,
        class_count: _,
        min_classes: _,
        uncounted: _,
        excluded: _,
        excluded_first: _,
        max_repeat: _,
        max_run: _,
        run_classes: _,
        max_sequence: _,
        min_distinct: _,
        first: _,
        context: _,
    } = Rules::new();
    16
};

impl Rules {
    /// Rules that state nothing but a length of 1 to [`MAX_LENGTH`] characters, 16 by default, and that have no class
    /// yet.
    pub const fn new() -> Self {
        Self {
            min_length: 1,
            max_length: MAX_LENGTH as u16,
            default_length: 16,
            classes: [Class::NONE; MAX_CLASSES],
            class_count: 0,
            min_classes: 0,
            uncounted: CharSet::EMPTY,
            excluded: CharSet::EMPTY,
            excluded_first: CharSet::EMPTY,
            max_repeat: None,
            max_run: None,
            run_classes: ClassSet::EMPTY,
            max_sequence: None,
            min_distinct: 0,
            first: None,
            context: WordList::EMPTY,
        }
    }

    /// The shortest and the longest compliant password, in characters: the shortest from 1 to [`MAX_LENGTH`], the longest up
    /// to [`MAX_CHECKED_LENGTH`]. Passwords longer than [`MAX_LENGTH`] are checked, and neither generated nor counted.
    ///
    /// Moves the [default length](Self::with_default_length) to the nearest length in this range.
    #[must_use]
    pub const fn with_lengths(mut self, min: u8, max: u16) -> Self {
        (self.min_length, self.max_length) = (min, max);
        if self.default_length as u16 > max {
            self.default_length = max as u8;
        }
        if self.default_length < min {
            self.default_length = min;
        }
        self
    }

    /// The length to generate unless the caller asks for another, in characters, up to [`MAX_LENGTH`].
    #[must_use]
    pub const fn with_default_length(mut self, length: u8) -> Self {
        self.default_length = length;
        self
    }

    /// One more character class. There can be [`MAX_CLASSES`], and no two can share a character.
    #[must_use]
    pub const fn with_class(mut self, class: Class) -> Self {
        if (self.class_count as usize) < MAX_CLASSES {
            self.classes[self.class_count as usize] = class;
        }
        self.class_count = self.class_count.saturating_add(1);
        self
    }

    /// These character classes in place of those that were there.
    #[must_use]
    pub const fn with_classes(mut self, classes: &[Class]) -> Self {
        self.classes = [Class::NONE; MAX_CLASSES];
        self.class_count = 0;
        let mut rest = classes;
        while let [class, others @ ..] = rest {
            self = self.with_class(*class);
            rest = others;
        }
        self
    }

    /// The number of classes of which a password must contain a character ("3 of 4"); 0 states no such rule.
    #[must_use]
    pub const fn with_min_classes(mut self, classes: u8) -> Self {
        self.min_classes = classes;
        self
    }

    /// Characters that a password may contain and that count for no class.
    #[must_use]
    pub const fn with_uncounted(mut self, characters: CharSet) -> Self {
        self.uncounted = characters;
        self
    }

    /// Characters that are accepted and never generated. A character that is not accepted has no effect here.
    #[must_use]
    pub const fn with_excluded(mut self, characters: CharSet) -> Self {
        self.excluded = characters;
        self
    }

    /// Characters that are never generated as the first one, and are generated elsewhere: a spreadsheet takes a password that begins
    /// with `=` for a formula. As with [`with_excluded`](Self::with_excluded), what is accepted stays the same.
    ///
    /// A character that is not generated at all has no effect here, and [`Policy::rules`](crate::Policy::rules) leaves it out.
    ///
    /// ```
    /// use sip_password::{CharSet, HUAWEI, Policy};
    ///
    /// let policy = Policy::new(HUAWEI.rules().with_excluded_first(CharSet::of("+@")))?;
    /// assert!(policy.check("+Not_a_real_1").is_ok());
    /// let counts = policy.counts();
    /// assert!(counts.generated(16) < counts.accepted(16));
    /// assert!(HUAWEI.entropy(16) - counts.entropy(16) < 0.05);
    /// # Ok::<(), sip_password::PolicyError>(())
    /// ```
    #[must_use]
    pub const fn with_excluded_first(mut self, characters: CharSet) -> Self {
        self.excluded_first = characters;
        self
    }

    /// How often one character may stand in a row, from 1. Upper and lower case are different characters.
    #[must_use]
    pub const fn with_max_repeat(mut self, characters: u8) -> Self {
        self.max_repeat = Some(characters);
        self
    }

    /// How many characters of one class may stand in a row, from 1, for each class of a set, given by their indices in
    /// [`classes`](Self::classes).
    ///
    /// ```
    /// use sip_password::{CharSet, Class, ClassSet, Policy, Rules};
    ///
    /// let rules = Rules::new()
    ///     .with_class(Class::new("letters", CharSet::UPPERCASE.union(CharSet::LOWERCASE)))
    ///     .with_class(Class::new("digits", CharSet::DIGITS))
    ///     .with_max_run(3, ClassSet::EMPTY.with(1));
    /// let at_most_three_digits = Policy::new(rules)?;
    /// assert!(at_most_three_digits.check("fake123fake456").is_ok());
    /// assert!(at_most_three_digits.check("fake1234fake56").is_err());
    /// # Ok::<(), sip_password::PolicyError>(())
    /// ```
    #[must_use]
    pub const fn with_max_run(mut self, characters: u8, classes: ClassSet) -> Self {
        (self.max_run, self.run_classes) = (Some(characters), classes);
        self
    }

    /// How many characters in a row may ascend or descend one by one within `A` to `Z`, `a` to `z` or `0` to `9`, from 1: with 2,
    /// `ab` and `21` are allowed, `abc` and `321` are not. Upper and lower case are different characters, and nothing follows `z`.
    #[must_use]
    pub const fn with_max_sequence(mut self, characters: u8) -> Self {
        self.max_sequence = Some(characters);
        self
    }

    /// The number of different characters that a password must contain; 0 states no such rule. Upper and lower case are different
    /// characters.
    ///
    /// Beside [`with_max_sequence`](Self::with_max_sequence) or a context, this multiplies the states by those of every letter by itself:
    /// unless there are few characters, that is [`TooComplex`](crate::PolicyError::TooComplex).
    #[must_use]
    pub const fn with_min_distinct(mut self, characters: u8) -> Self {
        self.min_distinct = characters;
        self
    }

    /// The classes to one of which the first character must belong, by their indices in [`classes`](Self::classes).
    #[must_use]
    pub const fn with_first(mut self, classes: ClassSet) -> Self {
        self.first = Some(classes);
        self
    }

    /// A word that a password may not contain, such as the name of the account: 1 to [`MAX_LENGTH`] bytes. The case of
    /// ASCII letters does not matter.
    #[must_use]
    pub const fn with_context(self, word: &str) -> Self {
        self.with_context_words(&[word])
    }

    /// Words that a password may not contain, such as the names of the account. Each has at least one byte; together, with one byte
    /// more for each word after the first, they have at most [`MAX_LENGTH`]. The case of ASCII letters does not matter.
    ///
    /// ```
    /// use sip_password::{HUAWEI, Policy};
    ///
    /// let policy = Policy::new(HUAWEI.rules().with_context_words(&["agent-1", "4567"]).with_reversed_context(true))?;
    /// assert!(policy.check("fake_7654_Fake").is_err());
    /// # Ok::<(), sip_password::PolicyError>(())
    /// ```
    #[must_use]
    pub const fn with_context_words(mut self, words: &[&str]) -> Self {
        self.context = WordList::new(words, self.context.is_reversed());
        self
    }

    /// Whether a password may not contain the words of the context reversed either. Set it after the words.
    #[must_use]
    pub const fn with_reversed_context(mut self, reversed: bool) -> Self {
        self.context = self.context.with_reversed(reversed);
        self
    }

    /// The shortest compliant password, in characters.
    pub const fn min_length(&self) -> u8 {
        self.min_length
    }

    /// The longest compliant password, in characters.
    pub const fn max_length(&self) -> u16 {
        self.max_length
    }

    /// The longest password that is generated and counted, in characters: the longest compliant one, up to [`MAX_LENGTH`].
    pub(crate) const fn longest_generated(&self) -> u8 {
        if self.max_length < MAX_LENGTH as u16 { self.max_length as u8 } else { MAX_LENGTH as u8 }
    }

    /// The length to generate unless the caller asks for another, in characters.
    pub const fn default_length(&self) -> u8 {
        self.default_length
    }

    /// The character classes, in the order in which they were added.
    pub const fn classes(&self) -> &[Class] {
        match self.classes.split_at_checked(self.class_count as usize) {
            Some((classes, _)) => classes,
            None => &self.classes,
        }
    }

    /// The number of classes of which a password must contain a character; 0 for no such rule.
    pub const fn min_classes(&self) -> u8 {
        self.min_classes
    }

    /// Characters that a password may contain and that count for no class.
    pub const fn uncounted(&self) -> CharSet {
        self.uncounted
    }

    /// Characters that are accepted and never generated.
    pub const fn excluded(&self) -> CharSet {
        self.excluded
    }

    /// Characters that are never generated as the first one.
    pub const fn excluded_first(&self) -> CharSet {
        self.excluded_first
    }

    /// How often one character may stand in a row; `None` for no such rule.
    pub const fn max_repeat(&self) -> Option<u8> {
        self.max_repeat
    }

    /// How many characters of one class may stand in a row, and for which classes; `None` for no such rule.
    pub const fn max_run(&self) -> Option<(u8, ClassSet)> {
        match self.max_run {
            Some(max) => Some((max, self.run_classes)),
            None => None,
        }
    }

    /// How many characters in a row may ascend or descend one by one; `None` for no such rule.
    pub const fn max_sequence(&self) -> Option<u8> {
        self.max_sequence
    }

    /// The number of different characters that a password must contain; 0 for no such rule.
    pub const fn min_distinct(&self) -> u8 {
        self.min_distinct
    }

    /// The classes to one of which the first character must belong; `None` for no such rule.
    pub const fn first(&self) -> Option<ClassSet> {
        self.first
    }

    /// The words that a password may not contain; none for no such rule.
    pub const fn context(&self) -> ContextWords<'_> {
        ContextWords(self.context.iter())
    }

    /// Whether a password may not contain the words of the context reversed either.
    pub const fn reversed_context(&self) -> bool {
        self.context.is_reversed()
    }

    /// Every character that a password may contain.
    pub const fn accepted(&self) -> CharSet {
        let mut set = self.uncounted;
        let mut rest = self.classes();
        while let [class, others @ ..] = rest {
            set = set.union(class.characters());
            rest = others;
        }
        set
    }

    /// Every character that a *generated* password may contain.
    pub const fn alphabet(&self) -> CharSet {
        self.accepted().difference(self.excluded)
    }

    /// The characters of the class at `slot`; the uncounted ones for the slot after the last class.
    pub(crate) const fn slot(&self, slot: usize) -> CharSet {
        match self.classes().split_at_checked(slot) {
            Some((_, [class, ..])) => class.characters(),
            _ => self.uncounted,
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::new()
    }
}

/// The rules by the names of the methods that set them.
impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("lengths", &(self.min_length.into()..=self.max_length))
            .field("default_length", &self.default_length)
            .field("classes", &self.classes())
            .field("min_classes", &self.min_classes)
            .field("uncounted", &self.uncounted)
            .field("excluded", &self.excluded)
            .field("excluded_first", &self.excluded_first)
            .field("max_repeat", &self.max_repeat)
            .field("max_run", &self.max_run())
            .field("max_sequence", &self.max_sequence)
            .field("min_distinct", &self.min_distinct)
            .field("first", &self.first)
            .field("context", &self.context())
            .field("reversed_context", &self.reversed_context())
            .finish()
    }
}
