//! Violations described in languages other than English.

mod file;
mod plural;

use core::fmt;
use std::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use self::{
    file::{Message, parse},
    plural::{Form, PluralRule},
};
use crate::{
    check::violation::{Violation, Violations},
    policy::Classes,
    rules::class::Class,
};

/// Describes in one language why a password is not compliant.
///
/// English does not need it: [`Violations`] print themselves in English. A language is a plain text file, one
/// `name = text` a line. `src/formats/messages/en.txt` describes the format and is the file to translate from; `zh.txt` beside
/// it is Chinese.
///
/// ```
/// use sip_password::{HUAWEI, Messages};
///
/// let chinese = Messages::named("zh").expect("it is one of Messages::LANGUAGES");
/// let violations = HUAWEI.check("Secret").unwrap_err();
/// assert_eq!(
///     chinese.describe(&violations),
///     "too-short（只有 6 个字符，至少需要 8 个），\
///      too-few-classes（只包含 2 类字符，至少需要 3 类；缺少：数字、特殊字符）"
/// );
/// ```
#[derive(Clone)]
pub struct Messages {
    language: String,
    rule: PluralRule,
    messages: Vec<Message>,
}

/// Why a text is not the file of a language. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessagesError {
    /// The language is not a BCP 47 tag such as `zh` or `pt-BR`.
    Language,
    /// The line is neither `name = text` nor a comment, or a brace in it has no counterpart.
    Syntax {
        /// The line.
        line: usize,
    },
    /// There is no message of that name, or it has no such plural form in this language.
    UnknownName {
        /// The line.
        line: usize,
        /// The name, with its suffix.
        name: String,
    },
    /// The message has no such placeholder.
    UnknownPlaceholder {
        /// The line.
        line: usize,
        /// What is in the braces.
        placeholder: String,
    },
    /// An earlier line has the same message in the same form.
    Duplicate {
        /// The second of the two lines.
        line: usize,
    },
    /// A message is missing.
    Missing {
        /// Its name.
        name: &'static str,
    },
}

impl Messages {
    /// The codes of the built-in languages.
    pub const LANGUAGES: &'static [&'static str] = &["en", "zh"];

    /// A built-in language by its code; `None` if it is not one of [`LANGUAGES`](Self::LANGUAGES).
    pub fn named(language: &str) -> Option<Self> {
        let text = match language {
            "en" => include_str!("messages/en.txt"),
            "zh" => include_str!("messages/zh.txt"),
            _ => return None,
        };
        Self::new(language, text).ok()
    }

    /// A language from the text of a file. `language` is its BCP 47 tag, which selects the plural forms; a language
    /// whose rule is not built in has the plural forms of English.
    ///
    /// ```
    /// use sip_password::{Messages, MessagesError};
    ///
    /// let error = Messages::new("de", "too-short = {fuond} Zeichen").unwrap_err();
    /// assert_eq!(error, MessagesError::UnknownPlaceholder { line: 1, placeholder: "fuond".into() });
    /// ```
    ///
    /// Cost: quadratic time in the number of messages.
    ///
    /// # Errors
    ///
    /// [`MessagesError`] if `language` is not a tag, or for the first line that is wrong, or if a message is missing.
    pub fn new(language: &str, text: &str) -> Result<Self, MessagesError> {
        if !is_tag(language) {
            return Err(MessagesError::Language);
        }
        let rule = PluralRule::of(language);
        Ok(Self { language: language.to_owned(), rule, messages: parse(text, rule)? })
    }

    /// Every violation with its kind, which is not translated: `too-short (…), not-ascii (…)` in English.
    pub fn describe(&self, violations: &Violations<'_>) -> String {
        let reason = |violation: Violation<'_>| {
            let kind = violation.kind().as_str().to_owned();
            let text = self.describe_violation(&violation);
            self.fill("reason", None, &[("kind", kind), ("text", text)])
        };
        self.list("list-of-reasons", violations.iter().map(reason))
    }

    /// One violation without its kind.
    pub fn describe_violation(&self, violation: &Violation<'_>) -> String {
        let number = |number: &usize| number.to_string();
        let (found, values) = match violation {
            Violation::TooShort { found, expected }
            | Violation::TooLong { found, expected }
            | Violation::TooManyRepeats { found, expected }
            | Violation::TooLongSequence { found, expected }
            | Violation::TooFewDistinct { found, expected } => {
                (Some(*found), vec![("found", number(found)), ("expected", number(expected))])
            }
            Violation::NotAscii { found, position } | Violation::NotAllowed { found, position } => {
                (Some(*found), vec![("found", number(found)), ("position", number(position))])
            }
            Violation::TooFewClasses { found, expected, missing } => {
                let classes = ("classes", self.classes(*missing));
                (Some(*found), vec![("found", number(found)), ("expected", number(expected)), classes])
            }
            Violation::TooFewOfClass { class, found, expected } => {
                let class = ("class", self.class(class));
                (Some(*found), vec![("found", number(found)), ("expected", number(expected)), class])
            }
            Violation::WrongFirst { expected } => (None, vec![("classes", self.classes(*expected))]),
            Violation::ContainsContext => (None, vec![]),
            Violation::TooLongRun { found, expected, classes } => {
                let classes = ("classes", self.classes(*classes));
                (Some(*found), vec![("found", number(found)), ("expected", number(expected)), classes])
            }
        };
        self.fill(violation.kind().as_str(), found, &values)
    }

    fn classes(&self, classes: Classes<'_>) -> String {
        self.list("list-of-classes", classes.iter().map(|class| self.class(&class)))
    }

    /// The name of a class: translated, or its own if the file does not have it.
    fn class(&self, class: &Class) -> String {
        let name = format!("class-{}", class.name().replace(' ', "-"));
        match self.message(&name, Form::Other) {
            Some(message) => message.fill(&[]),
            None => class.name().to_owned(),
        }
    }

    fn list(&self, name: &str, items: impl Iterator<Item = String>) -> String {
        let join = |left, right| self.fill(name, None, &[("left", left), ("right", right)]);
        items.reduce(join).unwrap_or_default()
    }

    /// A message with its values, in the plural form for `number`.
    fn fill(&self, name: &str, number: Option<usize>, values: &[(&str, String)]) -> String {
        let form = number.map_or(Form::Other, |number| self.rule.form(number));
        let message = self.message(name, form).or_else(|| self.message(name, Form::Other));
        message.map(|message| message.fill(values)).unwrap_or_default()
    }

    fn message(&self, name: &str, form: Form) -> Option<&Message> {
        self.messages.iter().find(|message| message.name == name && message.form == form)
    }
}

/// Whether a text has the form of a BCP 47 tag: a language of letters, and subtags of letters and digits, up to eight of
/// them each.
fn is_tag(text: &str) -> bool {
    let is_language = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_subtag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.split('-').next().is_some_and(is_language) && text.split('-').all(is_subtag)
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Messages").field(&self.language).finish()
    }
}

impl fmt::Display for MessagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Language => f.write_str("expected a language tag such as zh or pt-BR"),
            Self::Syntax { line } => {
                write!(f, "line {line}: expected name = text, with placeholders in braces")
            }
            Self::UnknownName { line, name } => {
                write!(f, "line {line}: expected a message and plural form of this language, found {name:?}")
            }
            Self::UnknownPlaceholder { line, placeholder } => {
                write!(f, "line {line}: expected a placeholder of this message, found {placeholder:?}")
            }
            Self::Duplicate { line } => write!(f, "line {line}: an earlier line has the same message"),
            Self::Missing { name } => write!(f, "the message {name} is missing"),
        }
    }
}

impl core::error::Error for MessagesError {}
