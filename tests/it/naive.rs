//! The naive twin of the library: the same answers, from the words of the documentation, by the most obvious code.

use sip_password::{CharSet, Class, ClassSet, Code, Policy, Rules, Violation};

/// A violation with its figures and the names of the classes in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) code: Code,
    pub(crate) figures: Vec<usize>,
    pub(crate) classes: Vec<String>,
}

/// Every reason why `password` violates `rules`.
pub(crate) fn check(rules: &Rules<'_>, password: &str) -> Vec<Reason> {
    let characters: Vec<char> = password.chars().collect();
    let places = |wanted: &dyn Fn(char) -> bool| -> Vec<usize> {
        (1..=characters.len()).filter(|place| wanted(characters[place - 1])).collect()
    };
    let count = |class: &Class<'_>| characters.iter().filter(|&&c| class.characters.contains(c)).count();
    let mut reasons = Vec::new();
    let mut violated = |code, figures: &[usize], classes: &[&Class<'_>]| {
        let classes = classes.iter().map(|class| class.name.to_owned()).collect();
        reasons.push(Reason { code, figures: figures.to_vec(), classes });
    };

    if characters.len() < rules.min_length.into() {
        violated(Code::TooShort, &[characters.len(), rules.min_length.into()], &[]);
    }
    if characters.len() > rules.max_length.into() {
        violated(Code::TooLong, &[characters.len(), rules.max_length.into()], &[]);
    }
    let foreign = places(&|c| !c.is_ascii());
    if let Some(&first) = foreign.first() {
        violated(Code::NotAscii, &[foreign.len(), first], &[]);
    }
    let accepted =
        |c| rules.uncounted.contains(c) || rules.classes.iter().any(|class| class.characters.contains(c));
    let not_allowed = places(&|c| c.is_ascii() && !accepted(c));
    if let Some(&first) = not_allowed.first() {
        violated(Code::NotAllowed, &[not_allowed.len(), first], &[]);
    }
    let (present, missing): (Vec<_>, Vec<_>) = rules.classes.iter().partition(|class| count(class) > 0);
    if present.len() < rules.required_classes.into() {
        violated(Code::TooFewClasses, &[present.len(), rules.required_classes.into()], &missing);
    }
    for class in rules.classes {
        if count(class) < class.minimum.into() {
            violated(Code::TooFewOfClass, &[count(class), class.minimum.into()], &[class]);
        }
    }
    if let Some(allowed) = rules.longest_run {
        let runs = characters.chunk_by(|a, b| a == b).filter(|run| run[0].is_ascii());
        let longest = runs.map(<[char]>::len).max().unwrap_or(0);
        if longest > allowed.into() {
            violated(Code::RunTooLong, &[longest, allowed.into()], &[]);
        }
    }
    if let (Some(first), Some(&character)) = (rules.first, characters.first()) {
        let wanted: Vec<_> = first.iter().map(|place| &rules.classes[place]).collect();
        if !wanted.iter().any(|class| class.characters.contains(character)) {
            violated(Code::WrongFirst, &[], &wanted);
        }
    }
    let appears = |word: &str| password.to_ascii_lowercase().contains(&word.to_ascii_lowercase());
    if rules.context.is_some_and(appears) {
        violated(Code::ContainsContext, &[], &[]);
    }
    reasons
}

/// What the library says, in the same form.
pub(crate) fn reasons(policy: &Policy<'_>, password: &[u8]) -> Vec<Reason> {
    let Err(violations) = policy.check(password) else {
        return Vec::new();
    };
    let codes: Vec<_> = violations.codes().iter().collect();
    let mut said: Vec<_> = violations.iter().map(|violation| violation.code()).collect();
    said.dedup();
    assert_eq!(codes, said, "the codes are those of the violations");
    violations.iter().map(reason).collect()
}

fn reason(violation: Violation<'_>) -> Reason {
    let names =
        |classes: sip_password::Classes<'_>| classes.iter().map(|class| class.name.to_owned()).collect();
    let (figures, classes) = match violation {
        Violation::TooShort { found, wanted }
        | Violation::TooLong { found, wanted }
        | Violation::RunTooLong { found, wanted } => (vec![found, wanted], vec![]),
        Violation::NotAscii { found, first } | Violation::NotAllowed { found, first } => {
            (vec![found, first], vec![])
        }
        Violation::TooFewClasses { found, wanted, missing } => (vec![found, wanted], names(missing)),
        Violation::TooFewOfClass { class, found } => {
            (vec![found, class.minimum.into()], vec![class.name.to_owned()])
        }
        Violation::WrongFirst { wanted } => (vec![], names(wanted)),
        _ => (vec![], vec![]),
    };
    Reason { code: violation.code(), figures, classes }
}

/// Every string of `length` characters over `alphabet`.
pub(crate) fn strings(alphabet: &[char], length: usize) -> impl Iterator<Item = String> {
    let count = alphabet.len().pow(length as u32);
    (0..count).map(move |mut number| {
        let digit = |_| {
            let character = alphabet[number % alphabet.len()];
            number /= alphabet.len();
            character
        };
        (0..length).map(digit).collect()
    })
}

/// Every compliant password of `length` characters from `characters`, one by one.
pub(crate) fn compliant(rules: &Rules<'_>, characters: CharSet, length: usize) -> Vec<String> {
    let alphabet: Vec<char> = characters.iter().collect();
    strings(&alphabet, length).filter(|password| check(rules, password).is_empty()).collect()
}

/// How many indices in an alphabet of `radix` characters one word gives: most of 6 to 8 so that at
/// most one word in 64 is surplus, or 4.
pub(crate) fn per_word(radix: u64) -> u32 {
    (6..=8).rev().find(|&k| radix.pow(k) <= 1 << 32 && (1 << 32) % radix.pow(k) <= 1 << 26).unwrap_or(4)
}

/// The first password of `length` characters that the words make, by division and a table, and how many
/// words it took.
pub(crate) fn generate(rules: &Rules<'_>, length: usize, mut words: impl FnMut() -> u32) -> (String, usize) {
    let alphabet: Vec<char> = rules.alphabet().iter().collect();
    let radix = alphabet.len() as u64;
    let per_word = per_word(radix);
    let blocks = radix.pow(per_word);
    let mut taken = 0;
    loop {
        let mut candidate = String::new();
        let mut surplus = false;
        while candidate.len() < length {
            let word = u64::from(words());
            taken += 1;
            // The word's place on the line from 0 to `blocks`: which block, and how far into it.
            let place = u128::from(word) * u128::from(blocks);
            surplus |= ((place & 0xffff_ffff) as u64) < (1 << 32) % blocks;
            let block = (place >> 32) as u64;
            let digits = (0..per_word).rev().map(|power| block / radix.pow(power) % radix);
            candidate.extend(digits.take(length - candidate.len()).map(|digit| alphabet[digit as usize]));
        }
        if !surplus && check(rules, &candidate).is_empty() {
            return (candidate, taken);
        }
    }
}

/// The parts of [`Rules`] that live outside it.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) names: Vec<String>,
    pub(crate) sets: Vec<CharSet>,
    pub(crate) minima: Vec<u8>,
    pub(crate) uncounted: CharSet,
    pub(crate) never_generated: CharSet,
    pub(crate) lengths: (u8, u8),
    pub(crate) required: u8,
    pub(crate) longest_run: Option<u8>,
    pub(crate) first: Option<u8>,
    pub(crate) context: Option<String>,
}

impl Parts {
    /// Calls `test` with the policy, where the rules are one.
    pub(crate) fn with<T>(&self, test: impl FnOnce(&Policy<'_>) -> T) -> Option<T> {
        self.with_rules(|rules| Policy::new(rules).ok().map(|policy| test(&policy)))
    }

    /// Calls `test` with the rules.
    pub(crate) fn with_rules<T>(&self, test: impl FnOnce(Rules<'_>) -> T) -> T {
        let classes: Vec<_> = (self.names.iter().zip(&self.sets).zip(&self.minima))
            .map(|((name, &set), &minimum)| Class::new(name, set).at_least(minimum))
            .collect();
        let (min_length, max_length) = self.lengths;
        let first =
            |bits: u8| (0..8).filter(|place| bits >> place & 1 == 1).fold(ClassSet::EMPTY, ClassSet::with);
        test(Rules {
            min_length,
            max_length,
            default_length: max_length,
            classes: &classes,
            required_classes: self.required,
            uncounted: self.uncounted,
            never_generated: self.never_generated,
            longest_run: self.longest_run,
            first: self.first.map(first),
            context: self.context.as_deref(),
        })
    }
}
