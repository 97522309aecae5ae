//! A verdict as text, as a row of CSV or as a line of JSON.

use std::{borrow::Cow, io::Write};

use sip_password::{Classes, Messages, Violation, Violations};

use super::{Format, language::Language, others::Refusal, weakness::Weaknesses};
use crate::{
    csv,
    json::{Json, Object},
};

/// The most characters of a name in a text.
const MAX_NAME: usize = 256;

/// The verdict on a line of the input, or on a row of a list.
pub(super) struct Verdict<'a> {
    pub(super) line: u64,
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) verdict: &'a Result<(), Violations<'a>>,
    /// `None` if nobody asked.
    pub(super) weaknesses: Option<&'a Weaknesses>,
    /// The systems that refuse the password; `None` if nobody asked.
    pub(super) refusals: Option<&'a [Refusal]>,
    /// The line of an earlier row with the same password.
    pub(super) first: Option<u64>,
}

/// How verdicts are printed.
pub(super) struct Writer<'a> {
    pub(super) format: Format,
    /// In English if there are no messages.
    pub(super) language: Option<&'a Messages>,
    /// The language of everything else.
    pub(super) words: Language,
    pub(super) is_list: bool,
    pub(super) has_name: bool,
    pub(super) has_strength: bool,
    pub(super) has_others: bool,
}

impl Writer<'_> {
    /// The header of CSV.
    pub(super) fn begin(&self, to: &mut Vec<u8>) {
        if self.format == Format::Csv {
            let columns = [
                ("line", true),
                ("name", self.has_name),
                ("compliant", true),
                ("violations", true),
                ("weaknesses", self.has_strength),
                ("refused_by", self.has_others),
                ("duplicate_of", self.is_list),
            ];
            let columns = columns.into_iter().filter(|(_, is_printed)| *is_printed).map(|(column, _)| column);
            csv::write_row(&columns.collect::<Vec<_>>(), to);
        }
    }

    pub(super) fn write(&self, verdict: &Verdict<'_>, to: &mut Vec<u8>) {
        match self.format {
            Format::Text => self.write_text(verdict, to),
            Format::Json => self.write_json(verdict, to),
            Format::Csv => self.write_csv(verdict, to),
        }
    }

    fn write_text(&self, verdict: &Verdict<'_>, to: &mut Vec<u8>) {
        let printed = |to: &mut Vec<u8>, text: std::fmt::Arguments<'_>| {
            to.write_fmt(text).expect("a Vec accepts every write");
        };
        printed(to, format_args!("{}", verdict.line));
        if let Some(name) = verdict.name.as_deref().filter(|name| !name.is_empty()) {
            printed(to, format_args!(" {}", displayed(name)));
        }
        let weaknesses = verdict.weaknesses.filter(|weaknesses| !weaknesses.is_empty());
        let refusals = verdict.refusals.unwrap_or_default();
        let mut sign = if verdict.verdict.is_ok() { ":" } else { ";" };
        match (verdict.verdict, self.language) {
            (Ok(()), _) if weaknesses.is_some() || !refusals.is_empty() => {}
            (Ok(()), _) => printed(to, format_args!(": ok")),
            (Err(violations), None) => printed(to, format_args!(": {violations}")),
            (Err(violations), Some(language)) => {
                printed(to, format_args!(": {}", language.describe(violations)));
            }
        }
        if let Some(weaknesses) = weaknesses {
            printed(to, format_args!("{sign} {}", weaknesses.text(self.words)));
            sign = ";";
        }
        for refusal in refusals {
            printed(to, format_args!("{sign} {}", self.words.refused(&refusal.name, &refusal.reasons)));
            sign = ";";
        }
        if let Some(first) = verdict.first {
            printed(to, format_args!("; {}", self.words.same_as(first)));
        }
        to.push(b'\n');
    }

    fn write_json(&self, verdict: &Verdict<'_>, to: &mut Vec<u8>) {
        let mut object = Object::begin(to);
        object.member("line", &verdict.line);
        if let Some(name) = &verdict.name {
            object.member("name", name.as_ref());
        }
        object.member("compliant", &verdict.verdict.is_ok()).member("violations", &violations(verdict));
        if let Some(weaknesses) = verdict.weaknesses {
            object.member("weaknesses", weaknesses);
        }
        if let Some(refusals) = verdict.refusals {
            object.member("refused_by", refusals);
        }
        if self.is_list {
            object.member("duplicate_of", &verdict.first);
        }
        object.end();
        to.push(b'\n');
    }

    /// The violations are the names of their kinds, separated by spaces.
    fn write_csv(&self, verdict: &Verdict<'_>, to: &mut Vec<u8>) {
        let kinds: Vec<_> = violations(verdict).iter().map(|violation| violation.kind().as_str()).collect();
        let (line, kinds) = (verdict.line.to_string(), kinds.join(" "));
        let first = verdict.first.map(|first| first.to_string()).unwrap_or_default();
        let compliant = if verdict.verdict.is_ok() { "true" } else { "false" };
        let mut row = vec![line.as_str()];
        row.extend(verdict.name.as_deref());
        row.extend([compliant, &kinds]);
        let weaknesses = verdict.weaknesses.map(|weaknesses| weaknesses.codes().join(" "));
        row.extend(weaknesses.as_deref());
        let systems = |refusals: &[Refusal]| {
            refusals.iter().map(|refusal| refusal.name.as_str()).collect::<Vec<_>>().join(" ")
        };
        let systems = verdict.refusals.map(systems);
        row.extend(systems.as_deref());
        if self.is_list {
            row.push(&first);
        }
        csv::write_row(&row, to);
    }
}

fn violations<'a>(verdict: &Verdict<'a>) -> Vec<Violation<'a>> {
    verdict.verdict.as_ref().err().into_iter().flat_map(Violations::iter).collect()
}

/// A name in one line: characters that are not seen or that control a terminal are escaped.
fn displayed(name: &str) -> String {
    let mut text = String::new();
    for char in name.chars().take(MAX_NAME) {
        match char {
            '"' | '\'' | '\\' => text.push(char),
            _ => text.extend(char.escape_debug()),
        }
    }
    text
}

impl Json for Violation<'_> {
    /// The kind, and the figures that this kind has.
    fn write(&self, to: &mut Vec<u8>) {
        let names =
            |classes: Classes<'_>| classes.iter().map(|class| class.name().to_owned()).collect::<Vec<_>>();
        let mut object = Object::begin(to);
        object.member("kind", self.kind().as_str());
        match self {
            Self::TooShort { found, expected }
            | Self::TooLong { found, expected }
            | Self::TooManyRepeats { found, expected }
            | Self::TooLongSequence { found, expected }
            | Self::TooFewDistinct { found, expected } => {
                object.member("found", found).member("expected", expected);
            }
            Self::NotAscii { found, position } | Self::NotAllowed { found, position } => {
                object.member("found", found).member("position", position);
            }
            Self::TooFewClasses { found, expected, missing } => {
                object.member("found", found).member("expected", expected);
                object.member("missing", &names(*missing));
            }
            Self::TooFewOfClass { class, found, expected } => {
                object.member("found", found).member("expected", expected);
                object.member("class", class.name());
            }
            Self::TooLongRun { found, expected, classes } => {
                object.member("found", found).member("expected", expected);
                object.member("classes", &names(*classes));
            }
            Self::WrongFirst { expected } => {
                object.member("classes", &names(*expected));
            }
            _ => {}
        }
        object.end();
    }
}
