//! A policy whose rules are described in C.

use core::{
    ffi::{CStr, c_char},
    mem::MaybeUninit,
    slice,
};

use sip_password::{
    CharSet, ClassSet, MAX_CHECKED_LENGTH, MAX_CLASS_NAME, MAX_CLASS_NAMES, MAX_CLASSES, MAX_LENGTH, Policy,
};

use crate::{
    pointer::{self, set},
    status::Status,
};

/// The longest password that is generated, in characters.
pub const SIP_PASSWORD_MAX_LENGTH: usize = 64;
/// The longest password that a policy can allow, in characters. Those over SIP_PASSWORD_MAX_LENGTH are checked, and
/// neither generated nor counted.
pub const SIP_PASSWORD_MAX_CHECKED_LENGTH: u16 = 256;
/// The largest number of classes that a policy can have.
pub const SIP_PASSWORD_MAX_CLASSES: usize = 8;
/// The longest name of a class, in bytes without the NUL.
pub const SIP_PASSWORD_MAX_CLASS_NAME: usize = 31;
/// The longest names of all classes of a policy together, in bytes without the NULs.
pub const SIP_PASSWORD_MAX_CLASS_NAMES: usize = 160;

/// The size of a sip_password_storage, in words of 64 bits: 1 KiB. A policy takes some 800 bytes; the rest is
/// for rules to come, which then need no new interface.
pub const SIP_PASSWORD_STORAGE_WORDS: usize = 128;

/// A character class: a named set of characters of which a policy can require some.
#[repr(C)]
pub struct Class {
    /// What messages call the class, in the plural: "digits". UTF-8, at most SIP_PASSWORD_MAX_CLASS_NAME bytes.
    pub name: *const c_char,
    /// The characters of the class: printable ASCII, and in no other class. SIP_PASSWORD_DIGITS and the like
    /// are the usual ones.
    pub characters: *const c_char,
    /// How many characters of the class every password must contain; 0 for no such rule. `min_classes` counts
    /// the class in either case.
    pub minimum: u8,
}

/// The rules of a policy. From `min_classes` on, 0 or NULL means that there is no such rule.
#[repr(C)]
pub struct Rules {
    /// The shortest compliant password, in characters, from 1 to SIP_PASSWORD_MAX_LENGTH.
    pub min_length: u8,
    /// The longest compliant password, in characters, up to SIP_PASSWORD_MAX_CHECKED_LENGTH.
    pub max_length: u16,
    /// The length to generate unless the user asks for another, in characters, up to SIP_PASSWORD_MAX_LENGTH.
    pub default_length: u8,
    /// The character classes.
    pub classes: *const Class,
    /// The number of classes, up to SIP_PASSWORD_MAX_CLASSES.
    pub class_count: usize,
    /// The number of classes of which a password must contain a character: 3 for "3 of 4".
    pub min_classes: u8,
    /// Characters that a password may contain and that count for no class.
    pub uncounted: *const c_char,
    /// Characters that are accepted and never generated. A character that is not accepted has no effect here.
    pub excluded: *const c_char,
    /// Characters that are never generated as the first one, and are generated elsewhere: "=+-@" for a spreadsheet,
    /// which takes what begins with one of them for a formula. A character that is not generated has no effect here.
    pub excluded_first: *const c_char,
    /// How often one character may stand in a row. Upper and lower case are different characters.
    pub max_repeat: u8,
    /// The classes to one of which the first character must belong: 1 << 0 for the first class, 1 << 1 for the
    /// second.
    pub first: u8,
    /// How many characters of one class may stand in a row, for each of `run_classes`.
    pub max_run: u8,
    /// The classes that `max_run` is about, as in `first`; 0 for all.
    pub run_classes: u8,
    /// How many characters in a row may ascend or descend one by one within A-Z, a-z or 0-9: "abc" and "321" are
    /// three.
    pub max_sequence: u8,
    /// How many different characters a password must contain.
    pub min_distinct: u8,
    /// Words that a password may not contain, such as the names of the account: each has at least one byte of
    /// UTF-8; together, with one more for each word after the first, they have at most SIP_PASSWORD_MAX_LENGTH.
    /// The case of ASCII letters does not matter.
    pub context: *const *const c_char,
    /// The number of words.
    pub context_count: usize,
    /// 1 if a password may not contain the words reversed either, 0 if it may.
    pub context_reversed: u8,
}

/// Memory for a policy, which the caller provides: a variable, for instance.
#[repr(C)]
pub struct Storage {
    /// Not for use.
    pub words: [u64; SIP_PASSWORD_STORAGE_WORDS],
}

const _: () = {
    assert!(SIP_PASSWORD_MAX_CHECKED_LENGTH == MAX_CHECKED_LENGTH);
    assert!(SIP_PASSWORD_MAX_LENGTH == MAX_LENGTH && SIP_PASSWORD_MAX_CLASSES == MAX_CLASSES);
    assert!(SIP_PASSWORD_MAX_CLASS_NAME == MAX_CLASS_NAME && SIP_PASSWORD_MAX_CLASS_NAMES == MAX_CLASS_NAMES);
    assert!(size_of::<Policy>() <= size_of::<Storage>() && align_of::<Policy>() <= align_of::<Storage>());
};

/// Makes a policy of rules, in memory that the caller provides. `*policy` becomes the policy, or NULL if the
/// rules are invalid: then a SIP_PASSWORD_STATUS_RULES_... names the rule that is broken, and
/// SIP_PASSWORD_STATUS_NULL says that the classes, the name or the characters of a class, or the words of the
/// context are NULL.
///
/// The policy stands in `storage`, which must stay where it is, unchanged, while the policy is used. Everything
/// else is copied: the rules, the classes and the strings are not needed after the call. So a word that is known
/// at run time, such as the name of the account, needs no memory of its own.
///
/// Cost: the compliant passwords of every length are counted. For rules like the vendors' that takes some 15
/// microseconds of a PC, and a stack of 32 KiB. Minima, the limits on rows and sequences, `min_distinct` and the context multiply the cases:
/// up to 10 milliseconds, and 480 KiB.
///
/// # Safety
///
/// `rules` has as many classes and words as it says, and each string is NULL or ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sip_password_policy_new<'a>(
    storage: Option<&'a mut MaybeUninit<Storage>>,
    rules: Option<&Rules>,
    mut policy: Option<&mut MaybeUninit<Option<&'a Policy>>>,
) -> Status {
    set(&mut policy, None);
    let (Some(storage), Some(rules), Some(policy)) = (storage, rules, policy) else { return Status::Null };
    // SAFETY: as the caller promises.
    match unsafe { rules.read() }.and_then(|rules| Ok(Policy::new(rules)?)) {
        Ok(valid) => {
            // SAFETY: the assertion above says that a policy fits in, by size and by alignment, and a `MaybeUninit` needs no
            // value.
            let room = unsafe { &mut *storage.as_mut_ptr().cast::<MaybeUninit<Policy>>() };
            policy.write(Some(room.write(valid)));
            Status::Ok
        }
        Err(status) => status,
    }
}

impl Rules {
    /// The rules as Rust has them.
    ///
    /// # Safety
    ///
    /// There are as many classes as `class_count` says, unless `classes` is NULL or there are too many; each string is NULL or
    /// ends with a NUL.
    unsafe fn read(&self) -> Result<sip_password::Rules, Status> {
        if self.class_count > MAX_CLASSES {
            return Err(Status::RulesTooManyClasses);
        }
        let classes = match (self.class_count, self.classes.is_null()) {
            (0, _) => &[],
            (_, true) => return Err(Status::Null),
            // SAFETY: the pointer is not NULL, the count is small, and the caller promises the rest.
            (count, false) => unsafe { slice::from_raw_parts(self.classes, count) },
        };
        let mut rules = sip_password::Rules::new()
            .with_lengths(self.min_length, self.max_length)
            .with_default_length(self.default_length)
            .with_min_classes(self.min_classes);
        for class in classes {
            // SAFETY: as the caller promises.
            rules = rules.with_class(unsafe { class.read() }?);
        }
        // SAFETY: as the caller promises, for all.
        let [uncounted, excluded, excluded_first] = unsafe {
            [characters(self.uncounted)?, characters(self.excluded)?, characters(self.excluded_first)?]
        };
        rules = rules
            .with_uncounted(uncounted.unwrap_or_default())
            .with_excluded(excluded.unwrap_or_default())
            .with_excluded_first(excluded_first.unwrap_or_default());
        if self.max_repeat != 0 {
            rules = rules.with_max_repeat(self.max_repeat);
        }
        if self.max_run != 0 {
            let all = (0..classes.len()).collect();
            let limited = if self.run_classes == 0 { all } else { set_of_classes(self.run_classes) };
            rules = rules.with_max_run(self.max_run, limited);
        }
        if self.max_sequence != 0 {
            rules = rules.with_max_sequence(self.max_sequence);
        }
        if self.first != 0 {
            rules = rules.with_first(set_of_classes(self.first));
        }
        let mut words = [""; MAX_WORDS];
        // SAFETY: as the caller promises.
        let words = unsafe { self.words(&mut words) }?;
        Ok(rules
            .with_min_distinct(self.min_distinct)
            .with_context_words(words)
            .with_reversed_context(self.context_reversed != 0))
    }

    /// The words of the context.
    ///
    /// # Safety
    ///
    /// There are as many words as `context_count` says, unless `context` is NULL or there are too many; each is NULL or ends with a NUL,
    /// and does not change during `'a`.
    unsafe fn words<'a, 'w>(&self, words: &'w mut [&'a str; MAX_WORDS]) -> Result<&'w [&'a str], Status> {
        let Some(words) = words.get_mut(..self.context_count) else { return Err(Status::RulesContext) };
        let strings = match (self.context_count, self.context.is_null()) {
            (0, _) => &[],
            (_, true) => return Err(Status::Null),
            // SAFETY: the pointer is not NULL, the count is small, and the caller promises the rest.
            (count, false) => unsafe { slice::from_raw_parts(self.context, count) },
        };
        for (word, &string) in words.iter_mut().zip(strings) {
            // SAFETY: as the caller promises.
            *word = unsafe { text(string) }?.ok_or(Status::Null)?;
        }
        Ok(words)
    }
}

impl Class {
    /// # Safety
    ///
    /// Each string is NULL or ends with a NUL.
    unsafe fn read(&self) -> Result<sip_password::Class, Status> {
        // SAFETY: as the caller promises, for both.
        let (name, characters) = unsafe { (text(self.name)?, characters(self.characters)?) };
        let (name, characters) = (name.ok_or(Status::Null)?, characters.ok_or(Status::Null)?);
        Ok(sip_password::Class::new(name, characters).at_least(self.minimum))
    }
}

/// The most words that fit: each takes one byte, and one more for each after the first.
const MAX_WORDS: usize = MAX_LENGTH.div_ceil(2);

fn set_of_classes(bits: u8) -> ClassSet {
    (0..MAX_CLASSES).filter(|index| bits >> index & 1 == 1).collect()
}

/// The characters of a string; `None` for NULL.
///
/// # Safety
///
/// `string` is NULL or ends with a NUL.
unsafe fn characters(string: *const c_char) -> Result<Option<CharSet>, Status> {
    // SAFETY: as the caller promises.
    let Some(string) = (unsafe { pointer::string(string) }) else { return Ok(None) };
    let characters = string.to_bytes().iter().try_fold(CharSet::EMPTY, |set, &byte| {
        matches!(byte, b' '..=b'~').then(|| set.union(CharSet::range(byte, byte)))
    });
    characters.map(Some).ok_or(Status::RulesNotPrintable)
}

/// A string as text; `None` for NULL.
///
/// # Safety
///
/// `string` is NULL, or ends with a NUL and does not change during `'a`.
unsafe fn text<'a>(string: *const c_char) -> Result<Option<&'a str>, Status> {
    // SAFETY: as the caller promises.
    let string = unsafe { pointer::string(string) };
    string.map(CStr::to_str).transpose().map_err(|_| Status::RulesNotUtf8)
}
