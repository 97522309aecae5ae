//! The reasons in other languages than English.

use core::fmt;
use std::{format, string::String, vec, vec::Vec};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::{
    check::violation::{Code, Violation, Violations},
    rules::class::{Class, Classes},
};

/// Says why a password is not compliant, in one language.
///
/// English needs none of this: it is what [`Violations`] print. A language is a file in the format of Fluent
/// (projectfluent.org), which a translator can edit: `src/messages/en.ftl` is the one to translate from, and `zh.ftl` beside it is Chinese.
///
/// ```
/// use sip_password::{HUAWEI, Messages};
///
/// let chinese = Messages::named("zh").expect("it is one of Messages::LANGUAGES");
/// let violations = HUAWEI.check("Secret").unwrap_err();
/// assert_eq!(
///     chinese.say(&violations),
///     "too-short（只有 6 个字符，至少需要 8 个），\
///      too-few-classes（只包含 2 类字符，至少需要 3 类；缺少：数字、特殊字符）"
/// );
/// ```
pub struct Messages(FluentBundle<FluentResource>);

/// Why a file is no language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessagesError {
    /// The name is not one of a language, such as `zh` or `pt-BR`.
    Language,
    /// It is not in the format of Fluent.
    Syntax {
        /// In which line, from 1.
        line: usize,
        /// What is wrong, in Fluent's words.
        why: String,
    },
    /// A message is missing.
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A message asks for what it is not given.
    Wrong {
        /// Its name.
        name: &'static str,
        /// What it asks for, in Fluent's words.
        why: String,
    },
}

/// What must be there beside a message for each [`Code`].
const PARTS: [&str; 3] = ["reason", "reason-separator", "separator-of-classes"];

impl Messages {
    /// The languages that are built in, by their names.
    pub const LANGUAGES: [&'static str; 2] = ["en", "zh"];

    /// One of the [`LANGUAGES`](Self::LANGUAGES).
    pub fn named(language: &str) -> Option<Self> {
        let text = match language {
            "en" => include_str!("messages/en.ftl"),
            "zh" => include_str!("messages/zh.ftl"),
            _ => return None,
        };
        Self::new(language, text).ok()
    }

    /// A language of your own, from the text of its file.
    ///
    /// # Errors
    ///
    /// [`MessagesError`], also where a message is missing or asks for what it is not given.
    pub fn new(language: &str, text: &str) -> Result<Self, MessagesError> {
        let language: LanguageIdentifier = language.parse().map_err(|_| MessagesError::Language)?;
        let resource = FluentResource::try_new(text.into()).map_err(|(_, errors)| {
            let (at, why) =
                errors.first().map_or((0, String::new()), |error| (error.pos.start, format!("{error}")));
            let before = text.as_bytes().get(..at).unwrap_or_default();
            MessagesError::Syntax { line: 1 + before.iter().filter(|&&byte| byte == b'\n').count(), why }
        })?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // No marks around what is put in: what is said goes to terminals and files of lines.
        bundle.set_use_isolating(false);
        // An error only says that a name stands there twice: the first one counts.
        let _ = bundle.add_resource(resource);
        let messages = Self(bundle);
        messages.complete()?;
        Ok(messages)
    }

    /// Every reason with its code, which is not translated.
    pub fn say(&self, violations: &Violations<'_>) -> String {
        let reasons: Vec<_> = violations.iter().map(|violation| self.reason(&violation)).collect();
        reasons.join(&self.part("reason-separator"))
    }

    /// One reason without its code.
    pub fn text(&self, violation: &Violation<'_>) -> String {
        let mut arguments = FluentArgs::new();
        let mut number = |name, value: usize| arguments.set(name, value);
        match violation {
            Violation::TooShort { found, wanted }
            | Violation::TooLong { found, wanted }
            | Violation::TooFewClasses { found, wanted, .. }
            | Violation::RunTooLong { found, wanted } => {
                number("found", *found);
                number("wanted", *wanted);
            }
            Violation::NotAscii { found, first } | Violation::NotAllowed { found, first } => {
                number("found", *found);
                number("first", *first);
            }
            Violation::TooFewOfClass { class, found } => {
                number("found", *found);
                number("wanted", class.minimum.into());
                arguments.set("class", self.class(class));
            }
            Violation::WrongFirst { .. } | Violation::ContainsContext => {}
        }
        if let Violation::TooFewClasses { missing: classes, .. } | Violation::WrongFirst { wanted: classes } =
            violation
        {
            arguments.set("classes", self.classes(*classes));
        }
        self.format(violation.code().as_str(), &arguments).0
    }

    fn reason(&self, violation: &Violation<'_>) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("code", violation.code().as_str());
        arguments.set("text", self.text(violation));
        self.format("reason", &arguments).0
    }

    fn classes(&self, classes: Classes<'_>) -> String {
        let names: Vec<_> = classes.iter().map(|class| self.class(class)).collect();
        names.join(&self.part("separator-of-classes"))
    }

    /// The name of a class, translated where the language knows it.
    fn class(&self, class: &Class<'_>) -> String {
        let name = format!("class-{}", class.name.replace(' ', "-"));
        if self.0.has_message(&name) { self.part(&name) } else { class.name.into() }
    }

    fn part(&self, name: &str) -> String {
        self.format(name, &FluentArgs::new()).0
    }

    /// A message, and what it asked for and was not given.
    fn format(&self, name: &str, arguments: &FluentArgs<'_>) -> (String, Vec<String>) {
        let mut errors = Vec::new();
        let pattern = self.0.get_message(name).and_then(|message| message.value());
        let text = pattern.map(|pattern| self.0.format_pattern(pattern, Some(arguments), &mut errors));
        let errors = errors.iter().map(|error| format!("{error}")).collect();
        (text.map_or_else(|| name.into(), Into::into), errors)
    }

    /// That each message is there, and asks for nothing that it is not given.
    fn complete(&self) -> Result<(), MessagesError> {
        let given = |name| -> &[&str] {
            match name {
                "too-short" | "too-long" | "run-too-long" => &["found", "wanted"],
                "not-ascii" | "not-allowed" => &["found", "first"],
                "too-few-classes" => &["found", "wanted", "classes"],
                "too-few-of-class" => &["found", "wanted", "class"],
                "wrong-first" => &["classes"],
                "reason" => &["code", "text"],
                _ => &[],
            }
        };
        for name in Code::ALL.map(Code::as_str).into_iter().chain(PARTS) {
            if self.0.get_message(name).and_then(|message| message.value()).is_none() {
                return Err(MessagesError::Missing { name });
            }
            // Numbers of every form that a language has.
            for number in [0, 1, 2, 3, 5, 11, 100] {
                let arguments =
                    given(name).iter().map(|&argument| (argument, FluentValue::from(number))).collect();
                if let Some(why) = self.format(name, &arguments).1.into_iter().next() {
                    return Err(MessagesError::Wrong { name, why });
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Messages").field(&self.0.locales).finish()
    }
}

impl fmt::Display for MessagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Language => f.write_str("not the name of a language; wanted is one such as zh or pt-BR"),
            Self::Syntax { line, why } => write!(f, "line {line}: {why}"),
            Self::Missing { name } => write!(f, "the message {name} is missing"),
            Self::Wrong { name, why } => write!(f, "the message {name}: {why}"),
        }
    }
}

impl core::error::Error for MessagesError {}
