//! The reference implementation of the library: the same answers, from the words of the documentation, by the most obvious code.

use std::collections::HashSet;

use sip_password::{CharSet, Class, Classes, Policy, Rules, Violation, ViolationKind};

/// A violation with its figures and the names of its classes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) kind: ViolationKind,
    pub(crate) figures: Vec<usize>,
    pub(crate) classes: Vec<String>,
}

/// Every reason why `password` violates `rules`.
#[expect(clippy::too_many_lines, reason = "one rule after the other")]
pub(crate) fn check(rules: &Rules, password: &str) -> Vec<Reason> {
    let characters: Vec<char> = password.chars().collect();
    let positions = |is: &dyn Fn(char) -> bool| -> Vec<usize> {
        (1..=characters.len()).filter(|position| is(characters[position - 1])).collect()
    };
    let count = |class: &Class| characters.iter().filter(|&&c| class.characters().contains(c)).count();
    let mut reasons = Vec::new();
    let mut violated = |kind, figures: &[usize], classes: &[&Class]| {
        let classes = classes.iter().map(|class| class.name().to_owned()).collect();
        reasons.push(Reason { kind, figures: figures.to_vec(), classes });
    };

    if characters.len() < rules.min_length().into() {
        violated(ViolationKind::TooShort, &[characters.len(), rules.min_length().into()], &[]);
    }
    if characters.len() > rules.max_length().into() {
        violated(ViolationKind::TooLong, &[characters.len(), rules.max_length().into()], &[]);
    }
    let foreign = positions(&|c| !c.is_ascii());
    if let Some(&first) = foreign.first() {
        violated(ViolationKind::NotAscii, &[foreign.len(), first], &[]);
    }
    let accepted = |c| {
        rules.uncounted().contains(c) || rules.classes().iter().any(|class| class.characters().contains(c))
    };
    let not_allowed = positions(&|c| c.is_ascii() && !accepted(c));
    if let Some(&first) = not_allowed.first() {
        violated(ViolationKind::NotAllowed, &[not_allowed.len(), first], &[]);
    }
    let (present, missing): (Vec<_>, Vec<_>) = rules.classes().iter().partition(|class| count(class) > 0);
    if present.len() < rules.min_classes().into() {
        violated(ViolationKind::TooFewClasses, &[present.len(), rules.min_classes().into()], &missing);
    }
    for class in rules.classes() {
        if count(class) < class.minimum().into() {
            violated(ViolationKind::TooFewOfClass, &[count(class), class.minimum().into()], &[class]);
        }
    }
    if let Some(allowed) = rules.max_repeat() {
        let runs = characters.chunk_by(|a, b| a == b).filter(|run| run[0].is_ascii());
        let longest = runs.map(<[char]>::len).max().unwrap_or(0);
        if longest > allowed.into() {
            violated(ViolationKind::TooManyRepeats, &[longest, allowed.into()], &[]);
        }
    }
    if let (Some(first), Some(&character)) = (rules.first(), characters.first()) {
        let expected: Vec<_> = first.iter().map(|index| &rules.classes()[index]).collect();
        if !expected.iter().any(|class| class.characters().contains(character)) {
            violated(ViolationKind::WrongFirst, &[], &expected);
        }
    }
    let contains = |word: &str| password.to_ascii_lowercase().contains(&word.to_ascii_lowercase());
    let reversed = |word: &str| word.chars().rev().collect::<String>();
    if rules.context().any(|word| contains(word) || rules.reversed_context() && contains(&reversed(word))) {
        violated(ViolationKind::ContainsContext, &[], &[]);
    }
    if let Some((allowed, classes)) = rules.max_run() {
        let limited: Vec<_> = classes.iter().map(|index| &rules.classes()[index]).collect();
        let longest = |class: &&Class| {
            let is_of = |&c: &char| class.characters().contains(c);
            let rows = characters.chunk_by(|a, b| is_of(a) == is_of(b)).filter(|row| is_of(&row[0]));
            rows.map(<[char]>::len).max().unwrap_or(0)
        };
        let longest = limited.iter().map(longest).max().unwrap_or(0);
        if longest > allowed.into() {
            violated(ViolationKind::TooLongRun, &[longest, allowed.into()], &limited);
        }
    }
    if let Some(allowed) = rules.max_sequence() {
        let longest = longest_sequence(&characters);
        if longest > allowed.into() {
            violated(ViolationKind::TooLongSequence, &[longest, allowed.into()], &[]);
        }
    }
    let printable = characters.iter().filter(|c| c.is_ascii_graphic() || **c == ' ');
    let distinct = printable.collect::<HashSet<_>>().len();
    if distinct < rules.min_distinct().into() {
        violated(ViolationKind::TooFewDistinct, &[distinct, rules.min_distinct().into()], &[]);
    }
    reasons
}

/// The length of the longest piece that is a piece of the alphabet, small or capital, or of the digits, or of one of these reversed; 1 if
/// there is none.
fn longest_sequence(characters: &[char]) -> usize {
    let ordered = ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"];
    let is_sequence = |piece: &str| {
        let reversed: String = piece.chars().rev().collect();
        ordered.iter().any(|all| all.contains(piece) || all.contains(&reversed))
    };
    let mut longest = 1;
    for from in 0..characters.len() {
        // No sequence is longer than the alphabet.
        for to in from + 1..=characters.len().min(from + 26) {
            let piece: String = characters[from..to].iter().collect();
            if !is_sequence(&piece) {
                break;
            }
            longest = longest.max(to - from);
        }
    }
    longest
}

/// The violations that the library finds, in the same form.
pub(crate) fn reasons(policy: &Policy, password: &[u8]) -> Vec<Reason> {
    let Err(violations) = policy.check(password) else {
        return Vec::new();
    };
    let mut kinds: Vec<_> = violations.iter().map(|violation| violation.kind()).collect();
    kinds.dedup();
    assert!(violations.kinds().iter().eq(kinds), "the kinds are those of the violations");
    violations.iter().map(reason).collect()
}

fn reason(violation: Violation<'_>) -> Reason {
    let names = |classes: Classes<'_>| classes.iter().map(|class| class.name().to_owned()).collect();
    let (figures, classes) = match violation {
        Violation::TooShort { found, expected }
        | Violation::TooLong { found, expected }
        | Violation::TooManyRepeats { found, expected }
        | Violation::TooLongSequence { found, expected }
        | Violation::TooFewDistinct { found, expected } => (vec![found, expected], vec![]),
        Violation::TooLongRun { found, expected, classes } => (vec![found, expected], names(classes)),
        Violation::NotAscii { found, position } | Violation::NotAllowed { found, position } => {
            (vec![found, position], vec![])
        }
        Violation::TooFewClasses { found, expected, missing } => (vec![found, expected], names(missing)),
        Violation::TooFewOfClass { class, found, expected } => {
            (vec![found, expected], vec![class.name().to_owned()])
        }
        Violation::WrongFirst { expected } => (vec![], names(expected)),
        _ => (vec![], vec![]),
    };
    Reason { kind: violation.kind(), figures, classes }
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
pub(crate) fn compliant(rules: &Rules, characters: CharSet, length: usize) -> Vec<String> {
    let alphabet: Vec<char> = characters.iter().collect();
    strings(&alphabet, length).filter(|password| check(rules, password).is_empty()).collect()
}

/// Every password of `length` characters that is generated, one by one.
pub(crate) fn generated(rules: &Rules, length: usize) -> Vec<String> {
    let mut all = compliant(rules, rules.alphabet(), length);
    all.retain(|password| begins_well(rules, password));
    all
}

fn begins_well(rules: &Rules, password: &str) -> bool {
    !password.starts_with(|first| rules.excluded_first().contains(first))
}

/// The number of indices in an alphabet of `radix` characters that one word gives: the most of 6 to 8 such that at most one word in
/// 64 is rejected, or 4.
pub(crate) fn per_word(radix: u64) -> u32 {
    (6..=8).rev().find(|&k| radix.pow(k) <= 1 << 32 && (1 << 32) % radix.pow(k) <= 1 << 26).unwrap_or(4)
}

/// The first password of `length` characters that the words make, by division and a table, and the number of words that it took.
pub(crate) fn generate(rules: &Rules, length: usize, mut words: impl FnMut() -> u32) -> (String, usize) {
    let alphabet: Vec<char> = rules.alphabet().iter().collect();
    let radix = alphabet.len() as u64;
    let per_word = per_word(radix);
    let blocks = radix.pow(per_word);
    let mut taken = 0;
    loop {
        let mut candidate = String::new();
        let mut rejected = false;
        while candidate.len() < length {
            let word = u64::from(words());
            taken += 1;
            // The position of the word on the line from 0 to `blocks`: the block, and how far into it.
            let position = u128::from(word) * u128::from(blocks);
            rejected |= ((position & 0xffff_ffff) as u64) < (1 << 32) % blocks;
            let block = (position >> 32) as u64;
            let digits = (0..per_word).rev().map(|power| block / radix.pow(power) % radix);
            candidate.extend(digits.take(length - candidate.len()).map(|digit| alphabet[digit as usize]));
        }
        if !rejected && check(rules, &candidate).is_empty() && begins_well(rules, &candidate) {
            return (candidate, taken);
        }
    }
}
