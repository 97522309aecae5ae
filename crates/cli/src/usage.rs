//! Errors of the command line. A password that stands where a file, a number or a word belongs is never repeated.

use std::{
    env,
    fmt::Display,
    io::{self, Write},
    ops::RangeInclusive,
    process::ExitCode,
};

use clap::{
    Arg, CommandFactory,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{Cli, FAILED, error::CommandError, policy::known, standard_output};

/// Stands for what is not shown.
pub(super) const HIDDEN: &str = "***";

/// What a message says of an argument that may be a password.
pub(super) const PASSWORD_TIP: &str = "a password is never an argument, which other users of this machine can read: \
    'sip-password validate POLICY' and 'sip-password submit VENDOR --password-stdin' ask for it";

/// What a message says of a secret in an argument.
pub(super) const SECRET_TIP: &str = "a secret cannot be an argument: every user of the machine can read it there. Replace this secret, and put \
    the new one into the environment or a --secrets file, under the name that --help shows";

/// Prints help, a version or an error: the exit status.
pub(super) fn report(error: clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let print = || error.print().and_then(|()| io::stdout().flush()).map_err(CommandError::printing);
        return super::status(standard_output::check().and_then(|()| print()).map(|()| ExitCode::SUCCESS));
    }
    // If an error cannot be reported, there is nobody to report that to.
    let _ = without_values(error).print();
    ExitCode::from(FAILED)
}

/// Redacts the values in an error, and points its tip the right way.
fn without_values(mut error: clap::Error) -> clap::Error {
    let get = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let (argument, value) = (get(ContextKind::InvalidArg), get(ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::InvalidValue if argument.contains("POLICY") && value.ends_with(".toml") => {
            error.insert(ContextKind::InvalidValue, ContextValue::String(HIDDEN.into()));
            tips(&mut error, Some("--policy-file follows the policy in a file".into()));
        }
        ErrorKind::InvalidValue
            if !value.is_empty() && (argument.contains("POLICY") || argument.contains("--accepted-by")) =>
        {
            error.insert(ContextKind::InvalidValue, ContextValue::String(policy_name(&value).into()));
            suggest(&mut error, nearest_policy(&value));
            if policy_name(&value) == HIDDEN {
                tips(&mut error, Some(PASSWORD_TIP.into()));
            }
        }
        // Nothing was given, and there is nothing to hide.
        ErrorKind::InvalidValue if value.is_empty() => {
            tips(&mut error, hyphen_tip(None));
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::TooManyValues => {
            error.insert(ContextKind::InvalidValue, ContextValue::String(HIDDEN.into()));
        }
        ErrorKind::InvalidSubcommand => {
            error.insert(ContextKind::InvalidSubcommand, ContextValue::String(HIDDEN.into()));
            tips(&mut error, Some(PASSWORD_TIP.into()));
        }
        ErrorKind::UnknownArgument => {
            if !is_option_name(&argument) {
                error.insert(ContextKind::InvalidArg, ContextValue::String(HIDDEN.into()));
                error.remove(ContextKind::SuggestedArg);
            }
            let is_hidden = !is_option_name(&argument) || argument.starts_with("--pass");
            let password_tip = is_hidden.then(|| PASSWORD_TIP.into());
            tips(&mut error, hyphen_tip(Some(&argument)).or(password_tip));
        }
        // Who can have read a secret is to know it, whatever else is wrong.
        ErrorKind::MissingRequiredArgument if has_secret() => tips(&mut error, Some(SECRET_TIP.into())),
        _ => {}
    }
    error
}

/// Replaces the tips of an error, which would make an option's value another argument.
fn tips(error: &mut clap::Error, tip: Option<String>) {
    error.remove(ContextKind::Suggested);
    if let Some(tip) = tip {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
}

fn suggest(error: &mut clap::Error, name: Option<&str>) {
    error.remove(ContextKind::SuggestedValue);
    if let Some(name) = name {
        error.insert(ContextKind::SuggestedValue, ContextValue::String(name.into()));
    }
}

/// Whether a text is surely the name of an option: a word behind two hyphens, or one character that stands alone.
fn is_option_name(argument: &str) -> bool {
    match argument.strip_prefix("--") {
        Some(name) => {
            (2..=24).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        }
        None => {
            let is_short = argument.starts_with('-') && argument.chars().count() == 2;
            is_short && env::args_os().any(|given| given == argument)
        }
    }
}

/// What to do if the value of an option begins with a hyphen: `argument` was taken for an option, or nothing for a value.
fn hyphen_tip(argument: Option<&str>) -> Option<String> {
    let given: Vec<String> = env::args_os().map(|given| given.to_string_lossy().into_owned()).collect();
    let is_it = |given: &str| match argument {
        // Of several characters behind one hyphen, the first is reported.
        Some(argument) => given.starts_with(argument),
        None => given.starts_with('-'),
    };
    let before = given.windows(2).find(|pair| is_it(&pair[1]) && takes_value(&pair[0], &given))?;
    let option = &before[0];
    let sign = if option.starts_with("--") { "=" } else { "" };
    Some(format!("a value of {option} that begins with a hyphen directly follows it: {option}{sign}VALUE"))
}

/// Whether a text is an option that takes a value, of the subcommand that was given.
fn takes_value(text: &str, given: &[String]) -> bool {
    any_argument(given, |argument| is_named(argument, text))
}

/// Whether one of the hidden options was given, which are there to refuse secrets.
fn has_secret() -> bool {
    let given: Vec<String> = env::args_os().map(|given| given.to_string_lossy().into_owned()).collect();
    any_argument(&given, |argument| {
        let names = argument.get_long().into_iter().chain(argument.get_all_aliases().into_iter().flatten());
        let names: Vec<_> = names.map(|name| format!("--{name}")).collect();
        let is_given = |given: &String| names.iter().any(|name| given.split('=').next() == Some(name));
        argument.is_hide_set() && given.iter().any(is_given)
    })
}

/// Whether the subcommand that was given has such an argument.
fn any_argument(given: &[String], is_it: impl Fn(&Arg) -> bool) -> bool {
    let mut command = &Cli::command();
    for word in given.iter().skip(1) {
        if let Some(subcommand) = command.find_subcommand(word) {
            command = subcommand;
        }
    }
    command.get_arguments().any(is_it)
}

fn is_named(argument: &Arg, text: &str) -> bool {
    let by_long = text.strip_prefix("--").is_some_and(|long| argument.get_long() == Some(long));
    let by_short = argument.get_short().is_some_and(|short| text == format!("-{short}"));
    (by_long || by_short) && argument.get_action().takes_values()
}

/// A wrong policy name as a message may show it: it is hidden unless it is a word of letters and hyphens in one case, which no vendor
/// takes for a password, or nearly right. A name with digits more, such as `polycom1`, may be a password.
pub(super) fn policy_name(text: &str) -> &str {
    let is_name = (1..=16).contains(&text.len()) && is_word_in_one_case(text);
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let is_near =
        nearest_policy(text).is_some_and(|name| digits(text) <= digits(name) && text.len() <= name.len() + 1);
    if is_name || is_near { text } else { HIDDEN }
}

/// Whether a text is a word of letters and hyphens in one case. The first letter may be a capital one.
pub(super) fn is_word_in_one_case(text: &str) -> bool {
    let rest = text.strip_prefix(|first: char| first.is_ascii_uppercase()).unwrap_or(text);
    let is_word = |is_case: fn(&u8) -> bool| rest.bytes().all(|byte| is_case(&byte) || byte == b'-');
    is_word(u8::is_ascii_lowercase) || is_word(u8::is_ascii_uppercase)
}

/// The policy that was probably meant.
pub(super) fn nearest_policy(text: &str) -> Option<&'static str> {
    nearest(text, known::names())
}

/// The name that differs least from a text, in any case of letters, if it differs in at most a third of its characters.
pub(super) fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_ascii_lowercase();
    // A long text is not compared.
    let names = names.filter(|name| text.len() <= 2 * name.len());
    let with_distance = names.map(|name| (distance(&text, &name.to_ascii_lowercase()), name));
    with_distance.filter(|(distance, name)| 3 * distance <= name.len()).min().map(|(_, name)| name)
}

/// The number of characters that must be inserted, removed or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, char) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (place, theirs) in other.chars().enumerate() {
            let replaced = diagonal + usize::from(char != theirs);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[row.len() - 1]
}

/// A wrong number as a message may show it: six digits may be a password.
pub(super) fn found(number: impl Into<f64> + Display) -> String {
    let text = number.to_string();
    if number.into() < 10_000.0 && text.len() < 10 { text } else { "a number far from that".into() }
}

/// For the value of an argument: a number of this range. The error does not repeat the text, unlike that of `clap`.
pub(super) fn number<T: TryFrom<u64>>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| match *range.end() {
            u64::MAX => format!("expected a whole number, {} or greater", range.start()),
            end => format!("expected a whole number from {} to {end}", range.start()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_policy() {
        for (text, expected) in [
            ("huawei", Some("huawei")),
            ("HUAWEI", Some("huawei")),
            ("huawai", Some("huawei")),
            ("Hauwei", Some("huawei")),
            ("exotell", Some("exotel")),
            ("nx-cloud", Some("nxcloud")),
            ("nxcloud_random", Some("nxcloud-random")),
            ("cisco", Some("cisco")),
            ("Twillio", Some("twilio")),
            ("unheard-of", None),
            ("", None),
            ("Secret@12", None),
        ] {
            assert_eq!(nearest_policy(text), expected, "{text}");
        }
    }

    #[test]
    fn a_password_is_no_policy_name() {
        for name in ["cisco", "Cisco", "CISCO", "free-pbx", "HuaWai", "twillio", "3cxx", "avaya-j10"] {
            assert_eq!(policy_name(name), name);
        }
        for password in [
            "huawei2",
            "yealink123",
            "Twilio99",
            "polycom1",
            "freepbx1",
            "asterisk1",
            "kamailio1",
            "Secret@12",
            "671897",
            "hunter2",
            "OpenSesame",
            "",
            "correcthorsebatterystaple",
            "pass word",
        ] {
            assert_eq!(policy_name(password), HIDDEN, "{password}");
        }
    }

    #[test]
    fn distances() {
        for (one, other, expected) in
            [("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("kitten", "sitting", 3), ("ab", "ba", 2)]
        {
            assert_eq!((distance(one, other), distance(other, one)), (expected, expected));
        }
    }

    #[test]
    fn numbers_of_a_range() {
        let parse = number::<u16>(1..=1024);
        assert_eq!((parse("1"), parse("1024")), (Ok(1), Ok(1024)));
        for text in ["0", "1025", "-1", "x", "", "1e3", "99999999999999999999"] {
            assert_eq!(parse(text), Err("expected a whole number from 1 to 1024".into()), "{text}");
        }
        assert_eq!(number::<u64>(0..=u64::MAX)("x"), Err("expected a whole number, 0 or greater".into()));
    }
}
