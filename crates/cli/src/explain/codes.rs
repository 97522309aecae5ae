//! `sip-password explain --codes`: the codes of violations, for forms and programs in other languages.

use sip_password::ViolationKind;

use crate::{
    json::{Json, Object},
    validate::weakness::CODES,
};

/// A code, and what it means.
struct Code {
    kind: ViolationKind,
    meaning: &'static str,
    /// The members that it has in JSON, beside `kind`.
    figures: &'static [&'static str],
}

fn all() -> impl Iterator<Item = Code> {
    ViolationKind::ALL.iter().map(|&kind| {
        let (meaning, figures): (_, &[_]) = match kind {
            ViolationKind::TooShort => ("fewer characters than the policy requires", &["found", "expected"]),
            ViolationKind::TooLong => ("more characters than the policy allows", &["found", "expected"]),
            ViolationKind::NotAscii => {
                ("a character outside ASCII, which no policy allows", &["found", "position"])
            }
            ViolationKind::NotAllowed => {
                ("an ASCII character that the policy does not allow", &["found", "position"])
            }
            ViolationKind::TooFewClasses => {
                ("characters of fewer classes than the policy requires", &["found", "expected", "missing"])
            }
            ViolationKind::TooFewOfClass => {
                ("fewer characters of one class than the policy requires", &["found", "expected", "class"])
            }
            ViolationKind::TooManyRepeats => {
                ("one character more often in a row than the policy allows", &["found", "expected"])
            }
            ViolationKind::WrongFirst => {
                ("a first character of no class that the policy allows there", &["classes"])
            }
            ViolationKind::ContainsContext => ("a word of the policy's context", &[]),
            ViolationKind::TooLongRun => {
                ("more characters of one class in a row than is allowed", &["found", "expected", "classes"])
            }
            ViolationKind::TooLongSequence => {
                ("more characters that ascend or descend than is allowed", &["found", "expected"])
            }
            ViolationKind::TooFewDistinct => {
                ("fewer different characters than the policy requires", &["found", "expected"])
            }
            _ => ("", &[]),
        };
        Code { kind, meaning, figures }
    })
}

/// The table in Markdown, as `docs/CODES.md` has it.
pub(super) fn table() -> String {
    let row = |number: &str, code: &str, meaning: &str, figures: &str| {
        format!("| {number:>6} | {code:<17} | {meaning:<58} | {figures:<24} |\n")
    };
    let rows = all().map(|code| {
        row(&(code.kind as u8).to_string(), code.kind.as_str(), code.meaning, &code.figures.join(", "))
    });
    let header = row("number", "code", "the password has", "members in JSON");
    let rule = format!("|-------:|{:-<19}|{:-<60}|{:-<26}|\n", "", "", "");
    [header, rule].into_iter().chain(rows).collect::<String>() + &weaknesses()
}

/// The codes of weaknesses, which are no violations and have no numbers.
fn weaknesses() -> String {
    if !cfg!(feature = "strength") {
        return String::new();
    }
    let row = |code: &str, meaning: &str, figures: &str| {
        format!("| {code:<16} | {meaning:<59} | {figures:<15} |\n")
    };
    let rows = CODES.iter().map(|(code, meaning, figures)| row(code, meaning, &figures.join(", ")));
    let header = row("code", "the password is", "members in JSON");
    let rule = format!("|{:-<18}|{:-<61}|{:-<17}|\n", "", "", "");
    let what = "\nWeaknesses, with --deny, --deny-defaults and --min-guesses, in the member and the column `weaknesses`:\n\n";
    [what.into(), header, rule].into_iter().chain(rows).collect()
}

/// An object a line.
pub(super) fn json() -> String {
    let mut text = Vec::new();
    for code in all() {
        Object::begin(&mut text)
            .member("number", &(code.kind as u8))
            .member("code", code.kind.as_str())
            .member("meaning", code.meaning)
            .member("members", &code.figures as &dyn Json)
            .end();
        text.push(b'\n');
    }
    for (code, meaning, members) in CODES.iter().filter(|_| cfg!(feature = "strength")) {
        Object::begin(&mut text)
            .member("number", &None::<u8>)
            .member("code", *code)
            .member("meaning", *meaning)
            .member("members", members as &dyn Json)
            .end();
        text.push(b'\n');
    }
    String::from_utf8(text).expect("JSON is UTF-8")
}
