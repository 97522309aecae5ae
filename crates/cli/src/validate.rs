//! `sip-password validate`

mod language;
mod list;
mod others;
mod record;
mod strength;
pub(super) mod weakness;

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{
    Arg, Args, Command, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use rayon::ThreadPool;
use sip_password::{LineCounts, Messages, Policy, ViolationKind};

use super::{
    FAILED, NOT_COMPLIANT,
    error::{CommandError, name_of},
    input::Input,
    list::header_hint,
    output::Output,
    plural,
    policy::{
        NamedPolicy,
        accepted_by::AcceptedBy,
        fits::Fits,
        known::{Known, values},
        options::{MISSING, PolicySource},
        own_rule::OwnRule,
        words::Words,
    },
    progress::{Progress, ask_on_terminal},
    signals::without_echo,
    usage::{HIDDEN, PASSWORD_TIP, nearest_policy, number, policy_name},
};
use language::Language;
use list::Columns;
use others::Others;
use record::{Verdict, Writer};
use strength::{Strength, StrengthOptions};

/// Check each line of a file, or each row of a list: whether it has a compliant password, and if not, why
///
/// The verdicts go to standard output, and a summary to standard error. No password is ever printed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password validate huawei                  asks for passwords, and shows none of them
  sip-password validate huawei passwords.txt
  sip-password validate exotel --format json < passwords.txt | jq 'select(.compliant | not)'
  sip-password validate huawei --quiet passwords.txt && echo all compliant
  sip-password validate huawei --min-length 12 --require upper,lower,digit passwords.txt
  sip-password validate --policy-file mine.toml passwords.txt
  sip-password validate huawei --accepted-by twilio,cisco-phone passwords.txt    who refuses, and why
  sip-password validate huawei --language zh passwords.txt
  sip-password validate huawei users.csv --column password --name user
  sip-password validate huawei users.csv --column password --name user --format csv > verdicts.csv
  sip-password validate huawei users.csv --column password --not-containing user
  sip-password validate huawei users.csv --column password --name user --deny-defaults
  sip-password validate huawei passwords.txt --deny pwned-sha1.txt --min-guesses 1e10

Compliant is not strong: --deny, --deny-defaults and --min-guesses find compliant passwords that are easily guessed.

Exit status: 0 all lines are compliant, and none is weak; 1 some are not; 2 wrong usage, no line at all, a wrong row, or an \
input or output error.")]
pub(super) struct Options {
    /// The policy to follow: exotel, huawei, nxcloud, nxcloud-random, or a name of explain --all; unless --policy-file or --password-rules is given
    #[arg(value_parser = PolicyOrFile, hide_possible_values = true, value_name = "POLICY")]
    policy: Option<OsString>,
    /// A file with one password a line; standard input if it is missing or -. At a terminal, the command asks for passwords and does not show them
    file: Option<PathBuf>,
    #[command(flatten)]
    columns: Columns,
    #[command(flatten)]
    source: PolicySource,
    #[command(flatten)]
    accepted_by: AcceptedBy,
    #[command(flatten)]
    fits: Fits,
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    strength: StrengthOptions,
    /// The output format of the verdicts
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print the summary only
    #[arg(long, short)]
    quiet: bool,
    /// Accept an input without a line, which is otherwise an error
    #[arg(long)]
    allow_empty: bool,
    /// The language of the verdicts in --format text
    #[arg(long, value_name = "LANGUAGE", value_parser = PossibleValuesParser::new(Messages::LANGUAGES), default_value = "en")]
    language: String,
    /// The number of threads with --quiet, or with checks of strength [default: all cores]
    #[arg(long, value_name = "N", value_parser = number::<u16>(1..=super::MAX_THREADS))]
    threads: Option<u16>,
    #[command(flatten)]
    rule: OwnRule,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// `LINE: ok`, or `LINE: ` and the violations with their figures; with --name, `LINE NAME: `
    Text,
    /// One row a line, with the names of the violations
    Csv,
    /// One object a line
    Json,
}

/// The name of a policy or, with --policy-file and --password-rules, the file.
#[derive(Clone)]
struct PolicyOrFile;

impl TypedValueParser for PolicyOrFile {
    type Value = OsString;

    fn parse_ref(&self, _: &Command, _: Option<&Arg>, value: &OsStr) -> Result<OsString, clap::Error> {
        Ok(value.into())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(values()))
    }
}

impl Options {
    /// The policy and the file. Without a policy, it is the first of the systems, which then is none of the others.
    fn subject(
        &self,
        systems: &mut Vec<NamedPolicy>,
    ) -> Result<(NamedPolicy, Option<PathBuf>), CommandError> {
        let first = self.policy.as_deref();
        let known = first.and_then(OsStr::to_str).and_then(Known::named);
        if self.rule.is_given() {
            let file = match (known, first, &self.file) {
                (Some(_), _, file) => file.clone(),
                (None, file, None) => file.map(PathBuf::from),
                (None, Some(first), Some(_)) => return Err(wrong_policy(&first.to_string_lossy())),
                (None, None, Some(file)) => Some(file.clone()),
            };
            let named = self.rule.or_none(&self.source, known)?;
            return Ok((named.expect("a rule is given"), file));
        }
        match (self.source.policy()?, first, &self.file) {
            (Some(named), file, None) => Ok((named, file.map(PathBuf::from))),
            (Some(_), _, Some(_)) => {
                Err(CommandError::new("expected one policy, found a POLICY and another"))
            }
            (None, file, None) if known.is_none() && !systems.is_empty() => match file {
                // A misspelt policy, and no file.
                Some(file) if is_misspelt(file) => Err(wrong_policy(&file.to_string_lossy())),
                file => Ok((systems.remove(0), file.map(PathBuf::from))),
            },
            (None, None, _) => Err(CommandError::new(MISSING.as_str())),
            (None, Some(first), file) => match known {
                Some(known) => Ok((known.into(), file.clone())),
                None => Err(wrong_policy(&first.to_string_lossy())),
            },
        }
    }
}

/// Whether a text is nearly the name of a policy, and no file.
fn is_misspelt(text: &OsStr) -> bool {
    nearest_policy(&text.to_string_lossy()).is_some() && !Path::new(text).exists()
}

/// The message does not repeat what may be a password.
fn wrong_policy(found: &str) -> CommandError {
    let expected = MISSING.trim_end_matches("found none");
    if Path::new(found).is_file() {
        return CommandError::new(format!("{expected}found a file alone: the policy comes before it"));
    }
    let nearest = nearest_policy(found).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    let tip = if policy_name(found) == HIDDEN { format!("; {PASSWORD_TIP}") } else { String::new() };
    CommandError::new(format!("{expected}found {}{nearest}{tip}", policy_name(found)))
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let mut systems = options.accepted_by.policies(&options.source)?;
    let (named, file) = options.subject(&mut systems)?;
    let mut named = options.fits.of(named)?;
    if !options.columns.is_given() {
        named = options.words.of(named)?;
    }
    // English needs no messages, and is faster without.
    let language = Messages::named(&options.language).filter(|_| options.language != "en");
    let (is_list, has_name) = (options.columns.is_given(), options.columns.has_name());
    let strength = options.strength.open(named.policy().rules().context())?;
    let others = Others::new(&named, systems, language.as_ref());
    let has_others = others.are_given();
    let (has_strength, is_fast) = (strength.is_given(), options.quiet || strength.is_given());
    let mut judge = Judge {
        policy: named.policy(),
        writer: Writer {
            format: options.format,
            language: language.as_ref(),
            words: Language::named(&options.language),
            is_list,
            has_name,
            has_strength,
            has_others,
        },
        counts: LineCounts::default(),
        strength,
        others,
        output: Output::open(None, false)?,
        // Verdicts are printed by one thread.
        pool: super::pool(options.threads, if is_fast { u64::MAX } else { 1 })?,
        is_quiet: options.quiet,
        hint: None,
    };
    let (ended, more) = if is_list {
        let mut list = options.columns.open(file.as_deref(), options.words.names(), options.quiet)?;
        let ended = judge.list(&mut list);
        (ended.and_then(|()| list.check()), list.summary())
    } else {
        let mut input = open(file.as_deref(), options.quiet)?;
        (judge.lines(&mut input), String::new())
    };
    judge.conclude(ended, options.allow_empty, is_list, &more, &named)
}

/// Opens the file. A name that is not shown may be a password: the message says where passwords are typed.
fn open(path: Option<&Path>, is_quiet: bool) -> Result<Input, CommandError> {
    let may_be_password = path.is_some_and(|path| name_of(path).starts_with(HIDDEN));
    Input::open(path, is_quiet).map_err(|error| match may_be_password {
        true => CommandError::new(format!("{error}; {PASSWORD_TIP}")),
        false => error,
    })
}

/// Judges passwords, and prints or counts the verdicts.
struct Judge<'a> {
    policy: &'a Policy,
    writer: Writer<'a>,
    counts: LineCounts,
    strength: Strength,
    others: Others<'a>,
    output: Output,
    pool: ThreadPool,
    is_quiet: bool,
    /// What is said of a text that looks like a list.
    hint: Option<&'static str>,
}

impl Judge<'_> {
    fn lines(&mut self, input: &mut Input) -> Result<(), CommandError> {
        self.begin()?;
        if !input.is_terminal() {
            return self.blocks(input, || {});
        }
        // A terminal gives one line at a time.
        let ask = || ask_on_terminal("Password: ");
        without_echo(|| self.blocks(input, ask)).map_err(CommandError::reading("the terminal"))?
    }

    /// `ask` is called before each block is read.
    fn blocks(&mut self, input: &mut Input, ask: impl Fn()) -> Result<(), CommandError> {
        let mut progress = Progress::of_bytes(input.size(), !self.is_quiet);
        loop {
            ask();
            let Some(block) = input.next()? else { break };
            if self.counts.lines() == 0 {
                self.hint = header_hint(block.split(|&byte| byte == b'\n').next().unwrap_or_default());
            }
            if self.is_fast() {
                self.counts += self.pool.install(|| self.policy.par_count_lines(block));
                self.others.count_lines(block, &self.pool);
            } else {
                self.print(block)?;
            }
            progress.add(block.len() as u64);
        }
        if input.is_terminal() {
            // Ctrl-D leaves the question without a line break.
            ask_on_terminal("\n");
        }
        Ok(())
    }

    fn list(&mut self, list: &mut list::Reader) -> Result<(), CommandError> {
        let mut progress = Progress::of_bytes(list.size(), !self.is_quiet);
        self.begin()?;
        if self.is_fast() && !list.has_words() && !self.others.are_given() {
            list.count(self.policy, &self.pool, &mut self.counts, &mut progress)
        } else {
            let output = (!self.is_quiet).then_some((&self.writer, &mut self.output));
            let checks = (&mut self.strength, &mut self.others);
            list.print(self.policy, checks, &mut self.counts, output, &mut progress)
        }
    }

    /// Reports the counts, and returns the exit status. The lines before an error are reported in any case.
    fn conclude(
        self,
        ended: Result<(), CommandError>,
        allow_empty: bool,
        is_list: bool,
        more: &str,
        named: &NamedPolicy,
    ) -> Result<ExitCode, CommandError> {
        let what = if is_list { "row" } else { "line" };
        let (summary, hint) = (self.summary(what, named.name()) + more, self.hint);
        let report = || {
            super::report(&summary);
            if let Some(hint) = hint {
                super::report(&format!("sip-password: {hint}"));
            }
            if !self.is_quiet {
                named.report_doubts();
                self.others.report_doubts();
            }
        };
        let (lines, failed, passed) = (self.counts.lines(), self.status(FAILED), self.status(0));
        match (ended, self.output.finish()) {
            (Err(CommandError::ClosedPipe), _) | (Ok(()), Err(CommandError::ClosedPipe)) => Ok(failed),
            (Err(error), _) | (Ok(()), Err(error)) => {
                report();
                Err(error)
            }
            (Ok(()), Ok(())) if lines == 0 && !allow_empty => {
                let expected = if is_list { "a row behind the header" } else { "a password a line" };
                Err(CommandError::new(format!(
                    "expected {expected}, found no {what}; --allow-empty accepts that"
                )))
            }
            (Ok(()), Ok(())) => {
                report();
                Ok(passed)
            }
        }
    }

    fn summary(&self, what: &str, name: &str) -> String {
        let counts = &self.counts;
        let (lines, compliant) = (counts.lines(), counts.compliant());
        let rest = lines - compliant;
        let mut text =
            format!("{lines} {what}{}, {compliant} compliant with {name}, {rest} not", plural(lines));
        for &kind in ViolationKind::ALL.iter().filter(|kind| counts.count(**kind) > 0) {
            let separator = if text.contains(": ") { ", " } else { ": " };
            text += &format!("{separator}{kind} {}", counts.count(kind));
        }
        if self.strength.is_given() {
            text += &format!("; {}", self.strength.counts);
        }
        if self.others.are_given() {
            text += &format!("; {}", self.others);
        }
        text
    }

    /// The exit status. `if_compliant` is the one if all lines so far are compliant, and none is weak: an output that was closed early leaves the
    /// others unchecked.
    fn status(&self, if_compliant: u8) -> ExitCode {
        let is_wrong = self.counts.compliant() < self.counts.lines();
        let is_wrong = is_wrong || self.strength.counts.any() || self.others.any();
        ExitCode::from(if is_wrong { NOT_COMPLIANT } else { if_compliant })
    }

    /// Whether the verdicts are only counted.
    fn is_fast(&self) -> bool {
        self.is_quiet && !self.strength.is_given()
    }

    fn begin(&mut self) -> Result<(), CommandError> {
        match self.is_quiet {
            true => Ok(()),
            false => self.output.record(|to| self.writer.begin(to)),
        }
    }

    /// Prints the verdict on each line of a block, unless that is not wanted.
    fn print(&mut self, block: &[u8]) -> Result<(), CommandError> {
        let mut weaknesses = self.strength.of_lines(block, &self.pool).map(Vec::into_iter);
        let mut refusals = self.others.of_lines(block).map(Vec::into_iter);
        let mut printed = Ok(());
        self.policy.check_lines(block, |verdict| {
            // After an error, the rest of the block is neither printed nor counted.
            if printed.is_err() {
                return;
            }
            let weaknesses = match weaknesses.as_mut().and_then(Iterator::next).transpose() {
                Ok(weaknesses) => weaknesses,
                Err(error) => {
                    printed = Err(error);
                    return;
                }
            };
            self.counts.add(&verdict);
            if let Some(weaknesses) = &weaknesses {
                self.strength.counts.add(weaknesses);
            }
            let refusals = refusals.as_mut().and_then(Iterator::next);
            if let Some(refusals) = &refusals {
                self.others.add(refusals);
            }
            if !self.is_quiet {
                let (line, weaknesses) = (self.counts.lines(), weaknesses.as_ref());
                let refusals = refusals.as_deref();
                let verdict =
                    Verdict { line, name: None, verdict: &verdict, weaknesses, refusals, first: None };
                printed = self.output.record(|to| self.writer.write(&verdict, to));
            }
        });
        printed
    }
}
