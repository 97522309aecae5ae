//! The grammar of `passwordrules`: from a text to its rules, each with its position.
//!
//! ```text
//! text   = [ rule *( ";" rule ) [ ";" ] ]
//! rule   = ( "required" / "allowed" ) ":" [ class *( "," class ) ]
//!        / ( "minlength" / "maxlength" / "max-consecutive" / "max-repeating" / "max-sequential" ) ":" [ number ]
//! class  = "upper" / "lower" / "digit" / "special" / "ascii-printable" / "unicode"
//!        / "[" [ "-" ] *( any character except "-" and "]" ) [ "]" ] "]"
//! number = 1*DIGIT, at most 4294967295
//! ```
//!
//! Names match in upper and lower case. ASCII whitespace is allowed before, after and between all of these parts; in
//! brackets it is a character of the class.

use std::{borrow::ToOwned, format, string::String, vec::Vec};

use super::ParsePasswordRulesError;
use crate::rules::charset::CharSet;

/// A rule that has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// The position of its name, in bytes from the start of the text.
    pub(super) at: usize,
    pub(super) value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Required(ClassList),
    Allowed(ClassList),
    MinLength(u32),
    MaxLength(u32),
    MaxConsecutive(u32),
    MaxRepeating(u32),
    MaxSequential(u32),
}

/// What the classes of one rule contain together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ClassList {
    /// The printable ASCII characters.
    pub(super) characters: CharSet,
    /// Whether `unicode` is one of the classes.
    pub(super) unicode: bool,
}

/// The class `special`: the space and all printable ASCII except letters and digits.
pub(super) const SPECIAL: CharSet = CharSet::PRINTABLE
    .difference(CharSet::UPPERCASE)
    .difference(CharSet::LOWERCASE)
    .difference(CharSet::DIGITS);

/// The rules of a text, in its order. A rule without a value states nothing and is left out.
pub(super) fn parse(text: &str) -> Result<Vec<Rule>, ParsePasswordRulesError> {
    let mut parser = Parser { text, rest: text };
    let mut rules = Vec::new();
    parser.skip_whitespace();
    while !parser.rest.is_empty() {
        rules.extend(parser.rule()?);
        parser.skip_whitespace();
    }
    Ok(rules)
}

const EXPECTED_NAME: &str =
    "required, allowed, minlength, maxlength, max-repeating, max-sequential or max-consecutive";
const EXPECTED_CLASS: &str = "upper, lower, digit, special, ascii-printable, unicode or '['";
const EXPECTED_NUMBER: &str = "a number up to 4294967295";
const EXPECTED_AFTER_CLASS: &str = "',', ';' or the end";
const EXPECTED_AFTER_NUMBER: &str = "';' or the end";
const EXPECTED_BRACKET: &str = "']'";
const EXPECTED_NO_DASH: &str = "']' ('-' is allowed only directly after '[')";

/// The longest word that an error quotes, in characters: as long as the longest name of the language, twice.
const MAX_QUOTED: usize = 30;

/// A position in a text. Every method that fails leaves the position at what was not expected.
struct Parser<'a> {
    text: &'a str,
    /// What follows the position.
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// A rule, and the semicolon after it where there is one.
    fn rule(&mut self) -> Result<Option<Rule>, ParsePasswordRulesError> {
        let (at, name) = (self.at(), self.word());
        let value = match name.to_ascii_lowercase().as_str() {
            "required" => self.classes(name)?.map(Value::Required),
            "allowed" => self.classes(name)?.map(Value::Allowed),
            "minlength" => self.number(name)?.map(Value::MinLength),
            "maxlength" => self.number(name)?.map(Value::MaxLength),
            "max-consecutive" => self.number(name)?.map(Value::MaxConsecutive),
            "max-repeating" => self.number(name)?.map(Value::MaxRepeating),
            "max-sequential" => self.number(name)?.map(Value::MaxSequential),
            _ => return Err(self.expected(EXPECTED_NAME)),
        };
        Ok(value.map(|value| Rule { at, value }))
    }

    /// The colon after `name`, classes, and the end of the rule.
    fn classes(&mut self, name: &str) -> Result<Option<ClassList>, ParsePasswordRulesError> {
        self.colon(name)?;
        if self.ends_rule() {
            return Ok(None);
        }
        let mut list = ClassList::default();
        loop {
            self.class(&mut list)?;
            if self.ends_rule() {
                return Ok(Some(list));
            }
            if !self.skip(',') {
                return Err(self.expected(EXPECTED_AFTER_CLASS));
            }
            self.skip_whitespace();
        }
    }

    /// One class, added to the list.
    fn class(&mut self, list: &mut ClassList) -> Result<(), ParsePasswordRulesError> {
        let name = self.word();
        let characters = match name.to_ascii_lowercase().as_str() {
            "" if self.skip('[') => self.bracketed()?,
            "upper" => CharSet::UPPERCASE,
            "lower" => CharSet::LOWERCASE,
            "digit" => CharSet::DIGITS,
            "special" => SPECIAL,
            "ascii-printable" | "unicode" => CharSet::PRINTABLE,
            _ => return Err(self.expected(EXPECTED_CLASS)),
        };
        list.characters = list.characters.union(characters);
        list.unicode |= name.eq_ignore_ascii_case("unicode");
        self.advance(name.len());
        Ok(())
    }

    /// The characters after `[`, and the closing bracket.
    fn bracketed(&mut self) -> Result<CharSet, ParsePasswordRulesError> {
        let mut characters = CharSet::EMPTY;
        if self.skip('-') {
            characters = characters.with(b'-');
        }
        let length = self.rest.find(['-', ']']).unwrap_or(self.rest.len());
        let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
        characters = self.rest.bytes().take(length).filter(printable).fold(characters, CharSet::with);
        self.advance(length);
        if !self.skip(']') {
            let expected = if self.rest.is_empty() { EXPECTED_BRACKET } else { EXPECTED_NO_DASH };
            return Err(self.expected(expected));
        }
        // Of two closing brackets the first is a character of the class.
        if self.skip(']') {
            characters = characters.with(b']');
        }
        Ok(characters)
    }

    /// The colon after `name`, a number, and the end of the rule.
    fn number(&mut self, name: &str) -> Result<Option<u32>, ParsePasswordRulesError> {
        self.colon(name)?;
        if self.ends_rule() {
            return Ok(None);
        }
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = self.rest.get(..length).unwrap_or_default();
        let number = digits.parse().map_err(|_| self.expected(EXPECTED_NUMBER))?;
        self.advance(length);
        if self.ends_rule() { Ok(Some(number)) } else { Err(self.expected(EXPECTED_AFTER_NUMBER)) }
    }

    fn colon(&mut self, name: &str) -> Result<(), ParsePasswordRulesError> {
        self.advance(name.len());
        self.skip_whitespace();
        if !self.skip(':') {
            return Err(self.expected("':'"));
        }
        self.skip_whitespace();
        Ok(())
    }

    /// Whether the rule ends here; skips its semicolon.
    fn ends_rule(&mut self) -> bool {
        self.skip_whitespace();
        self.skip(';') || self.rest.is_empty()
    }

    /// The letters, digits and dashes at the position.
    fn word(&self) -> &'a str {
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-';
        let length = self.rest.find(|character| !is_part(character)).unwrap_or(self.rest.len());
        self.rest.get(..length).unwrap_or_default()
    }

    fn skip_whitespace(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn skip(&mut self, character: char) -> bool {
        let rest = self.rest.strip_prefix(character);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// The error that something else is at the position.
    fn expected(&self, expected: &'static str) -> ParsePasswordRulesError {
        let word: String = self.word().chars().take(MAX_QUOTED).collect();
        let found = match self.rest.chars().next() {
            None => "the end".to_owned(),
            Some(first) if first.is_ascii_alphanumeric() => format!("{word:?}"),
            Some(other) => format!("{other:?}"),
        };
        ParsePasswordRulesError::Syntax { at: self.at(), expected, found }
    }
}
