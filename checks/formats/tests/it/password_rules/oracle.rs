//! The reference implementation of `Policy::from_password_rules`: the grammar as regular expressions, and Apple's description of a
//! password checked word for word. The fuzz target uses this file too.

use std::sync::LazyLock;

use fancy_regex::Regex;
use sip_password::MAX_CHECKED_LENGTH;

const SPACE: &str = r"[ \t\n\f\r]*";
const CLASS: &str = r"(?:upper|lower|digit|special|ascii-printable|unicode|\[-?[^\]-]*\]?\])";

/// A whole text, a rule and a class, in lower case.
static GRAMMAR: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    let classes = format!("(required|allowed){SPACE}:{SPACE}((?:{CLASS}(?:{SPACE},{SPACE}{CLASS})*)?)");
    let number =
        format!("(minlength|maxlength|max-(?:consecutive|repeating|sequential)){SPACE}:{SPACE}([0-9]*)");
    let rule = format!("(?:{classes}|{number})");
    let text = format!(r"\A{SPACE}{rule}{SPACE}(?:;{SPACE}{rule}{SPACE})*(?:;{SPACE})?\z");
    [&*text, &rule, CLASS].map(|pattern| Regex::new(pattern).expect("the pattern is well-formed"))
});

/// The rules of a text, as they are written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) min_length: Vec<u32>,
    pub(crate) max_length: Vec<u32>,
    pub(crate) max_consecutive: Vec<u32>,
    pub(crate) max_repeating: Vec<u32>,
    pub(crate) max_sequential: Vec<u32>,
    /// The printable ASCII characters of each `required` rule.
    pub(crate) required: Vec<Vec<char>>,
    /// The printable ASCII characters of all `allowed` rules.
    pub(crate) allowed: Vec<char>,
    /// Whether the class `unicode` occurs.
    pub(crate) unicode: bool,
}

impl Reading {
    /// `None` if the text does not follow the grammar.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let [whole, rule, class] = &*GRAMMAR;
        let lower = text.to_ascii_lowercase();
        if !whole.is_match(&lower).expect("the pattern does not backtrack") {
            return None;
        }
        let mut reading = Self::default();
        for rule in rule.captures_iter(&lower) {
            let rule = rule.expect("the pattern does not backtrack");
            if let (Some(name), Some(value)) = (rule.get(3), rule.get(4)) {
                let numbers = match name.as_str() {
                    "minlength" => &mut reading.min_length,
                    "maxlength" => &mut reading.max_length,
                    "max-repeating" => &mut reading.max_repeating,
                    "max-sequential" => &mut reading.max_sequential,
                    _ => &mut reading.max_consecutive,
                };
                if !value.as_str().is_empty() {
                    numbers.push(value.as_str().parse().ok()?);
                }
            } else if let (Some(name), Some(value)) = (rule.get(1), rule.get(2)) {
                let mut characters = Vec::new();
                for class in class.find_iter(value.as_str()) {
                    let class = class.expect("the pattern does not backtrack");
                    let class = &text[value.start()..][class.start()..class.end()];
                    reading.unicode |= class.eq_ignore_ascii_case("unicode");
                    characters.extend((' '..='~').filter(|&character| contains(class, character)));
                }
                match name.as_str() {
                    _ if value.as_str().is_empty() => {}
                    "required" => reading.required.push(characters),
                    _ => reading.allowed.extend(characters),
                }
            }
        }
        if reading.required.is_empty() && reading.allowed.is_empty() {
            reading.allowed = (' '..='~').collect();
        }
        Some(reading)
    }

    /// Every number of a rule on rows, and of the one that means both.
    fn of_rows<'a>(&'a self, own: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        own.iter().chain(&self.max_consecutive).copied()
    }

    /// Whether a password of at most [`MAX_CHECKED_LENGTH`] characters satisfies the rules.
    pub(crate) fn accepts(&self, password: &str) -> bool {
        let characters: Vec<char> = password.chars().collect();
        let length = characters.len() as u32;
        let runs = || characters.chunk_by(|a, b| a == b).map(|run| run.len() as u32);
        (1..=MAX_CHECKED_LENGTH.into()).contains(&length)
            && self.min_length.iter().all(|&min| length >= min)
            && self.max_length.iter().all(|&max| length <= max)
            && self.of_rows(&self.max_repeating).all(|max| runs().all(|run| run <= max))
            && self.of_rows(&self.max_sequential).all(|max| longest_sequence(&characters) <= max)
            && characters.iter().all(|c| self.allowed.contains(c) || self.required.concat().contains(c))
            && self.required.iter().all(|class| characters.iter().any(|c| class.contains(c)))
    }
}

/// How many characters in a row are neighbours in ASCII, all upwards or all downwards, within `a-z`, `A-Z` or `0-9`.
fn longest_sequence(characters: &[char]) -> u32 {
    let kind = |c: char| [('a', 'z'), ('A', 'Z'), ('0', '9')].iter().position(|&(a, z)| (a..=z).contains(&c));
    let step = |a: char, b: char| match kind(a).is_some() && kind(a) == kind(b) {
        true => i64::from(u32::from(b)) - i64::from(u32::from(a)),
        false => 0,
    };
    let longest = |by: i64| {
        let rows = characters.chunk_by(|&a, &b| step(a, b) == by);
        rows.map(<[char]>::len).max().unwrap_or(0) as u32
    };
    longest(1).max(longest(-1))
}

/// Whether a class contains a printable ASCII character.
fn contains(class: &str, character: char) -> bool {
    match class.to_ascii_lowercase().as_str() {
        "upper" => character.is_ascii_uppercase(),
        "lower" => character.is_ascii_lowercase(),
        "digit" => character.is_ascii_digit(),
        "special" => character.is_ascii_punctuation() || character == ' ',
        "ascii-printable" | "unicode" => true,
        _ => class[1..class.len() - 1].contains(character),
    }
}
