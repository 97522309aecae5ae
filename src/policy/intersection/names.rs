//! The order and the names of classes that were made of several policies' classes.

use std::{format, string::String, vec::Vec};

use crate::rules::{
    Rules,
    charset::CharSet,
    class::{MAX_CLASS_NAME, MAX_CLASS_NAMES},
};

/// Sorts groups of characters by the first policy that has a class around one, in the order of its classes.
pub(super) fn sort(groups: &mut [CharSet], rules: &[Rules]) {
    groups.sort_by_key(|&group| position(group, rules).unwrap_or((usize::MAX, 0)));
}

/// A name for each group: that of the first class around it, or what its characters are. No two are the same.
pub(super) fn names(groups: &[CharSet], rules: &[Rules]) -> Vec<String> {
    let names = names_within(groups, rules, MAX_CLASS_NAME);
    match names.iter().map(String::len).sum::<usize>() <= MAX_CLASS_NAMES {
        true => names,
        false => names_within(groups, rules, MAX_CLASS_NAMES / groups.len()),
    }
}

/// The names, each of at most `longest` bytes.
fn names_within(groups: &[CharSet], rules: &[Rules], longest: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for &group in groups {
        let class = position(group, rules).map(|(policy, class)| rules[policy].classes()[class].name());
        let name = class.unwrap_or_else(|| kind(group));
        let is_free = |name: &String| !names.contains(name);
        let numbered = (2..).map(|number| format!("{} {number}", shortened(name, longest - 2)));
        let name = core::iter::once(String::from(shortened(name, longest))).chain(numbered).find(is_free);
        names.push(name.unwrap_or_default());
    }
    names
}

/// The first policy with a class around the group, and the index of that class.
fn position(group: CharSet, rules: &[Rules]) -> Option<(usize, usize)> {
    rules.iter().enumerate().find_map(|(policy, rules)| {
        let class = rules.classes().iter().position(|class| group.is_subset(class.characters()))?;
        Some((policy, class))
    })
}

/// What the characters are.
fn kind(group: CharSet) -> &'static str {
    let letters = CharSet::UPPERCASE.union(CharSet::LOWERCASE);
    if group.is_subset(letters) {
        "letters"
    } else if group.is_subset(letters.union(CharSet::DIGITS)) {
        "letters and digits"
    } else if group.intersection(letters.union(CharSet::DIGITS)).is_empty() {
        "special characters"
    } else {
        "characters"
    }
}

/// As much of the name as fits into this many bytes.
fn shortened(name: &str, longest: usize) -> &str {
    let mut end = name.len().min(longest);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::class::Class;

    #[test]
    fn names_of_the_first_class_around() {
        let long = "é".repeat(15);
        let one = Rules::new().with_class(Class::new("upper", CharSet::of("AB")));
        let two = Rules::new()
            .with_class(Class::new(&long, CharSet::of("0123")))
            .with_class(Class::new("all", CharSet::of("ABC")));
        let mut groups = ["C", "A", "01", "2", "B", "ab", "a0", "!-", "a!"].map(CharSet::of);
        let rules = [one, two];
        sort(&mut groups, &rules);
        let expected = ["A", "B", "01", "2", "C", "ab", "a0", "!-", "a!"].map(CharSet::of);
        assert_eq!(groups, expected);
        let shortened = format!("{} 2", "é".repeat(14));
        let expected: [&str; 9] = [
            "upper",
            "upper 2",
            &long,
            &shortened,
            "all",
            "letters",
            "letters and digits",
            "special characters",
            "characters",
        ];
        assert_eq!(names(&groups, &rules), expected);
    }

    /// Eight names of the longest that a class can have are too long together.
    #[test]
    fn names_that_are_too_long_together() {
        let rules = [Rules::new().with_class(Class::new(&"x".repeat(31), CharSet::of("abcdefgh")))];
        let groups = ["a", "b", "c", "d", "e", "f", "g", "h"].map(CharSet::of);
        let names = names(&groups, &rules);
        assert_eq!(names[..2], ["x".repeat(20), format!("{} 2", "x".repeat(18))]);
        assert!(names.iter().map(String::len).sum::<usize>() <= MAX_CLASS_NAMES);
    }
}
