//! Rules that C describes, with faults in them, and the policy that comes of them.

use std::{
    ffi::{CString, c_char},
    mem::MaybeUninit,
    ptr,
};

use arbitrary::Arbitrary;
use sip_password::{CharSet, Class, MAX_CLASSES, Policy, Rules};

use crate::{
    Both, Case, policy,
    random::{self, Parts},
    rules,
    status::Status,
};

/// A fault in what C passes, or something that Rust's types rule out.
#[derive(Arbitrary, Debug)]
pub(crate) enum Fault {
    NoStorage,
    NoRules,
    NoPolicy,
    NoClasses,
    ManyClasses(usize),
    /// Of the class at an index, if there is one.
    Name(u8, Option<Vec<u8>>),
    Characters(u8, Option<Vec<u8>>),
    Uncounted(Vec<u8>),
    Excluded(Vec<u8>),
    ExcludedFirst(Vec<u8>),
    Context(Vec<u8>),
}

/// A string of C, which ends before the first NUL.
pub(crate) fn c_string(bytes: &[u8]) -> CString {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    CString::new(&bytes[..end]).expect("there is no NUL")
}

fn pointer_to(string: Option<&CString>) -> *const c_char {
    string.map_or(ptr::null(), |string| string.as_ptr())
}

/// The characters of a string of printable ASCII.
fn set(string: Option<&CString>) -> CharSet {
    string.map_or(CharSet::EMPTY, |string| CharSet::of(string.to_str().expect("the characters are ASCII")))
}

/// The rules as C has them.
struct Described {
    names: Vec<Option<CString>>,
    characters: Vec<Option<CString>>,
    minima: Vec<u8>,
    class_count: usize,
    default_length: u8,
    uncounted: Option<CString>,
    excluded: Option<CString>,
    excluded_first: Option<CString>,
    context: Vec<CString>,
    no_storage: bool,
    no_rules: bool,
    no_policy: bool,
    no_classes: bool,
}

impl Described {
    fn new(case: &Case, parts: &Parts) -> Self {
        let string = |set: CharSet| Some(c_string(set.iter().collect::<String>().as_bytes()));
        let mut described = Self {
            names: parts.names.iter().map(|name| Some(c_string(name.as_bytes()))).collect(),
            characters: parts.sets.iter().map(|&set| string(set)).collect(),
            minima: parts.minima.clone(),
            class_count: parts.sets.len(),
            default_length: case.default_length.unwrap_or(parts.rules.default_length()),
            uncounted: string(parts.rules.uncounted()).filter(|string| !string.is_empty()),
            excluded: string(parts.rules.excluded()),
            excluded_first: string(parts.rules.excluded_first()).filter(|string| !string.is_empty()),
            context: parts.context.iter().map(|word| c_string(word.as_bytes())).collect(),
            no_storage: false,
            no_rules: false,
            no_policy: false,
            no_classes: false,
        };
        case.faults.iter().for_each(|fault| described.add(fault));
        described
    }

    fn add(&mut self, fault: &Fault) {
        match fault {
            Fault::NoStorage => self.no_storage = true,
            Fault::NoRules => self.no_rules = true,
            Fault::NoPolicy => self.no_policy = true,
            Fault::NoClasses => self.no_classes = true,
            Fault::ManyClasses(count) => self.class_count = (*count).max(MAX_CLASSES + 1),
            Fault::Name(index, name) => {
                if let Some(to) = self.names.get_mut(usize::from(*index % 8)) {
                    *to = name.as_deref().map(c_string);
                }
            }
            Fault::Characters(index, characters) => {
                if let Some(to) = self.characters.get_mut(usize::from(*index % 8)) {
                    *to = characters.as_deref().map(c_string);
                }
            }
            Fault::Uncounted(characters) => self.uncounted = Some(c_string(characters)),
            Fault::Excluded(characters) => self.excluded = Some(c_string(characters)),
            Fault::ExcludedFirst(characters) => self.excluded_first = Some(c_string(characters)),
            Fault::Context(word) => self.context = vec![c_string(word)],
        }
    }

    /// The statuses for what cannot be rules of Rust. If there are several, any of them can be returned.
    fn faults(&self) -> Vec<Status> {
        if self.no_storage || self.no_rules || self.no_policy {
            return vec![Status::Null];
        }
        if self.class_count > MAX_CLASSES {
            return vec![Status::RulesTooManyClasses];
        }
        let mut faults = Vec::new();
        let mut check = |is_fault: bool, status: Status| faults.extend(is_fault.then_some(status));
        check(self.no_classes && self.class_count > 0, Status::Null);
        for string in self.names.iter().chain(&self.characters) {
            check(string.is_none(), Status::Null);
        }
        for string in self.names.iter().flatten().chain(&self.context) {
            check(string.to_str().is_err(), Status::RulesNotUtf8);
        }
        let sets = [&self.uncounted, &self.excluded, &self.excluded_first];
        for string in self.characters.iter().chain(sets).flatten() {
            let is_printable = string.as_bytes().iter().all(|byte| (b' '..=b'~').contains(byte));
            check(!is_printable, Status::RulesNotPrintable);
        }
        faults
    }

    /// Calls the function, and frees everything but the storage.
    fn call(&self, parts: &Parts, storage: &mut MaybeUninit<rules::Storage>) -> (Status, *const Policy) {
        let classes: Box<[rules::Class]> = (self.names.iter().zip(&self.characters).zip(&self.minima))
            .map(|((name, characters), &minimum)| rules::Class {
                name: pointer_to(name.as_ref()),
                characters: pointer_to(characters.as_ref()),
                minimum,
            })
            .collect();
        let words: Box<[*const c_char]> = self.context.iter().map(|word| word.as_ptr()).collect();
        let (max_run, _) = parts.rules.max_run().unwrap_or_default();
        let rules = Box::new(rules::Rules {
            min_length: parts.rules.min_length(),
            max_length: parts.rules.max_length(),
            default_length: self.default_length,
            classes: if self.no_classes { ptr::null() } else { classes.as_ptr() },
            class_count: self.class_count,
            min_classes: parts.rules.min_classes(),
            uncounted: pointer_to(self.uncounted.as_ref()),
            excluded: pointer_to(self.excluded.as_ref()),
            excluded_first: pointer_to(self.excluded_first.as_ref()),
            max_repeat: parts.rules.max_repeat().unwrap_or(0),
            first: parts.first.unwrap_or(0),
            max_run,
            run_classes: parts.run_classes,
            max_sequence: parts.rules.max_sequence().unwrap_or(0),
            min_distinct: parts.rules.min_distinct(),
            context: words.as_ptr(),
            context_count: words.len(),
            context_reversed: parts.rules.reversed_context().into(),
        });
        // A pointer that is not NULL.
        let mut policy = MaybeUninit::new(Some(policy::sip_password_huawei()));
        // SAFETY: each string is NULL or ends with a NUL, and there are as many classes as the rules state, or too many.
        let status = unsafe {
            rules::sip_password_policy_new(
                (!self.no_storage).then_some(storage),
                (!self.no_rules).then_some(&*rules),
                (!self.no_policy).then_some(&mut policy),
            )
        };
        // SAFETY: it was initialised above, and the function writes nothing but policies.
        let policy = unsafe { policy.assume_init() };
        (status, policy.map_or(ptr::null(), ptr::from_ref))
    }

    /// The same policy by Rust alone; there are no [`faults`](Self::faults).
    fn reference(&self, parts: &Parts) -> Result<Policy, Status> {
        let classes: Vec<_> = (self.names.iter().flatten().zip(&self.characters).zip(&self.minima))
            .map(|((name, characters), &minimum)| {
                let name = name.to_str().expect("the names are UTF-8");
                Class::new(name, set(characters.as_ref())).at_least(minimum)
            })
            .collect();
        let mut rules = Rules::new()
            .with_lengths(parts.rules.min_length(), parts.rules.max_length())
            .with_default_length(self.default_length)
            .with_classes(&classes)
            .with_min_classes(parts.rules.min_classes())
            .with_uncounted(set(self.uncounted.as_ref()))
            .with_excluded(set(self.excluded.as_ref()))
            .with_excluded_first(set(self.excluded_first.as_ref()));
        // In C, 0 means that there is no such rule.
        if let Some(max) = parts.rules.max_repeat().filter(|&max| max != 0) {
            rules = rules.with_max_repeat(max);
        }
        if let Some(bits) = parts.first.filter(|&bits| bits != 0) {
            rules = rules.with_first(random::classes_of(bits));
        }
        if let Some((max, _)) = parts.rules.max_run().filter(|&(max, _)| max != 0) {
            let all = if self.class_count == 0 { 0 } else { u8::MAX >> (8 - self.class_count) };
            let limited = if parts.run_classes == 0 { all } else { parts.run_classes };
            rules = rules.with_max_run(max, random::classes_of(limited));
        }
        if let Some(max) = parts.rules.max_sequence().filter(|&max| max != 0) {
            rules = rules.with_max_sequence(max);
        }
        let words: Vec<&str> =
            self.context.iter().map(|word| word.to_str().expect("the words are UTF-8")).collect();
        rules = rules
            .with_min_distinct(parts.rules.min_distinct())
            .with_context_words(&words)
            .with_reversed_context(parts.rules.reversed_context());
        Ok(Policy::new(rules)?)
    }
}

/// Makes the policy in both languages, compares the statuses, frees what it was made from, and calls `calls`.
pub(crate) fn with_policy(case: &Case, parts: &Parts, calls: impl FnOnce(Both<'_>)) {
    let described = Described::new(case, parts);
    let mut storage = Box::new(MaybeUninit::new(rules::Storage { words: [0xaaaa_aaaa_aaaa_aaaa; 128] }));
    let (status, policy) = described.call(parts, &mut storage);
    let faults = described.faults();
    if !faults.is_empty() {
        assert!(faults.iter().any(|&fault| fault as i32 == status as i32), "{}", status as i32);
        assert!(policy.is_null() != described.no_policy);
        return calls(Both::NULL);
    }
    let reference = described.reference(parts);
    drop(described);
    // SAFETY: it is NULL, or stands in the storage, which lives until the end of this function.
    let policy = unsafe { policy.as_ref() };
    match reference {
        Ok(reference) => {
            assert_eq!(status as i32, Status::Ok as i32);
            assert_eq!(policy, Some(&reference));
            calls(Both { c: policy, rust: Some(&reference) });
        }
        Err(error) => {
            assert_eq!(status as i32, error as i32);
            assert!(policy.is_none());
            calls(Both::NULL);
        }
    }
}
