//! `sip-password explain`

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use serde::Serialize;
use sip_password::{Characters, Counts, PRESETS, Policy, PolicyFile, Preset, SafeFor};

use super::{
    failure::Failure,
    rule::{self, Narrowed, Rule},
};

/// Explain a policy: its rule, the number of passwords and their entropy; without a policy, print a table of all
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password explain
  sip-password explain huawei --length 12
  sip-password explain huawei --safe-for uri,asterisk      the cost of these contexts
  sip-password explain huawei --format toml > mine.toml    a policy file to start from
  sip-password explain --policy-file mine.toml
  sip-password explain huawei --format passwordrules       for password managers
  sip-password explain huawei --format html                for a form's input
  sip-password explain exotel --format json")]
pub(super) struct Options {
    /// The policy to explain
    #[arg(value_parser = rule::presets(), value_name = "POLICY")]
    policy: Option<&'static Preset>,
    #[command(flatten)]
    source: rule::Source,
    #[command(flatten)]
    length: rule::Length,
    #[command(flatten)]
    exclusions: rule::Exclusions,
    /// The output format
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// For passwordrules and html: list the characters that are generated, not all that are accepted; implied by --exclude and --safe-for
    #[arg(long)]
    generated: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object for each policy
    Json,
    /// A policy file
    Toml,
    /// A password manager's rule, Apple's passwordrules
    Passwordrules,
    /// The attributes of an HTML form's input
    Html,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let rule = match (options.source.rule()?, options.policy) {
        (None, None) => None,
        (_, preset) => Some(options.source.or(preset)?),
    };
    let text = match (rule, options.format) {
        (Some(rule), _) => one(&rule, options)?,
        (None, _) if options.length.is_given() || !options.exclusions.is_empty() || options.generated => {
            return Err(Failure::Use(format!(
                "{}; without a policy there are no other options",
                *rule::MISSING
            )));
        }
        (None, Format::Text) => table(),
        (None, Format::Json) => presets().map(|preset| json(&Facts::of_preset(&preset))).collect(),
        (None, _) => return Err(Failure::Use(rule::MISSING.clone())),
    };
    io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::printing)?;
    Ok(ExitCode::SUCCESS)
}

/// One policy.
fn one(rule: &Rule, options: &Options) -> Result<String, Failure> {
    let narrowed = rule.without(&options.exclusions, &options.length)?;
    let policy = narrowed.policy();
    let characters = match options.generated || !options.exclusions.is_empty() {
        true => Characters::Generated,
        false => Characters::Accepted,
    };
    let only = |formats: &[Format], option| match formats.contains(&options.format) {
        true => Ok(()),
        false => Err(Failure::Use(format!("{option} has no effect in this --format"))),
    };
    if options.length.is_given() {
        only(&[Format::Text, Format::Json], "--length or --bits")?;
    }
    if options.generated {
        only(&[Format::Passwordrules, Format::Html], "--generated")?;
    }
    let managers = || policy.password_rules(characters);
    Ok(match options.format {
        Format::Text => words(&narrowed, &Facts::new(&narrowed, narrowed.length(&options.length)?)),
        Format::Json => json(&Facts::new(&narrowed, narrowed.length(&options.length)?)),
        Format::Toml => file(&narrowed).to_string(),
        Format::Passwordrules => {
            let rules =
                managers().map_err(|error| Failure::Use(format!("{}: {error}", narrowed.rule.name())))?;
            format!("{rules}\n")
        }
        Format::Html => {
            let rules = managers().inspect_err(|error| {
                super::say(&format!("sip-password: the attribute passwordrules is left out: {error}"))
            });
            format!("{}\n", policy.html_attributes(rules.ok()))
        }
    })
}

/// The policy as a file.
fn file(narrowed: &Narrowed<'_>) -> PolicyFile {
    let rule = narrowed.rule;
    let text = |text: &str| Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
    let mut file = PolicyFile::from(narrowed.policy().clone());
    (file.name, file.title, file.source) = (text(rule.name()), text(rule.title()), text(rule.source()));
    file.notes = rule.notes().to_vec();
    file
}

fn presets() -> impl Iterator<Item = Rule> {
    PRESETS.iter().map(|&preset| preset.into())
}

/// The figures of a policy and of a length.
#[derive(Serialize)]
struct Facts<'r> {
    policy: &'r str,
    title: &'r str,
    min_length: u8,
    max_length: u8,
    default_length: u8,
    min_classes: u8,
    classes: Vec<Class>,
    uncounted: String,
    excluded: String,
    length: usize,
    /// As text: most readers of JSON have no numbers of this size.
    compliant: String,
    generated: String,
    entropy: f64,
    weak: bool,
    acceptance: f64,
    tries: Option<u16>,
    /// The entropy of a generated password, by length.
    by_length: Vec<Entropy>,
    /// The entropy if only characters are generated that are safe in a context.
    safe_for: Vec<Safe>,
    source: &'r str,
    notes: &'r [String],
}

#[derive(Serialize)]
struct Class {
    name: String,
    characters: String,
    minimum: u8,
}

/// A length at which passwords can be generated, and their entropy.
#[derive(Serialize)]
struct Entropy {
    length: usize,
    entropy: f64,
}

/// The cost of passwords that are safe in a context.
#[derive(Serialize)]
struct Safe {
    context: &'static str,
    characters: String,
    /// `None` if no password is left.
    entropy: Option<f64>,
    cost: Option<f64>,
    source: &'static str,
}

impl<'r> Facts<'r> {
    fn of_preset(rule: &'r Rule) -> Self {
        Self::of(rule, rule.policy(), rule.counts(), rule.policy().default_length())
    }

    fn new(narrowed: &'r Narrowed<'r>, length: usize) -> Self {
        Self::of(narrowed.rule, narrowed.policy(), narrowed.counts(), length)
    }

    fn of(rule: &'r Rule, policy: &Policy, counts: &Counts, length: usize) -> Self {
        let rules = policy.rules();
        let entropy = counts.entropy(length);
        let class = |class: &sip_password::Class| Class {
            name: class.name().to_owned(),
            characters: class.characters().to_string(),
            minimum: class.minimum(),
        };
        let at = |length| Entropy { length, entropy: counts.entropy(length) };
        let safe = |&context: &SafeFor| {
            let left = entropy_in(policy, counts, context, length);
            Safe {
                context: context.name(),
                characters: policy.alphabet().intersection(context.characters()).to_string(),
                entropy: left,
                cost: left.map(|left| entropy - left),
                source: context.source(),
            }
        };
        Self {
            policy: rule.name(),
            title: rule.title(),
            min_length: rules.min_length(),
            max_length: rules.max_length(),
            default_length: rules.default_length(),
            min_classes: rules.min_classes(),
            classes: rules.classes().iter().map(class).collect(),
            uncounted: rules.uncounted().to_string(),
            excluded: rules.excluded().to_string(),
            length,
            compliant: counts.accepted(length).to_string(),
            generated: counts.generated(length).to_string(),
            entropy,
            weak: super::is_weak(entropy),
            acceptance: counts.acceptance(length),
            tries: policy.tries(length),
            by_length: policy.lengths().filter(|&length| policy.tries(length).is_some()).map(at).collect(),
            safe_for: SafeFor::ALL.iter().map(safe).collect(),
            source: rule.source(),
            notes: rule.notes(),
        }
    }
}

/// The entropy if only characters are generated that are safe in a context; `None` if no password is left.
fn entropy_in(policy: &Policy, counts: &Counts, context: SafeFor, length: usize) -> Option<f64> {
    let alphabet = policy.alphabet();
    if alphabet.is_subset(context.characters()) {
        return policy.tries(length).map(|_| counts.entropy(length));
    }
    let rules = policy.rules();
    let excluded = rules.excluded() | alphabet.difference(context.characters());
    // Longer and shorter passwords need not be counted.
    let narrower = rules.with_lengths(length as u8, length as u8).with_excluded(excluded);
    let (narrower, counts) = Policy::with_counts(narrower).ok()?;
    narrower.tries(length).map(|_| counts.entropy(length))
}

fn json(facts: &Facts<'_>) -> String {
    serde_json::to_string(facts).expect("facts contain only texts, numbers and lists") + "\n"
}

/// One policy, in full.
fn words(narrowed: &Narrowed<'_>, facts: &Facts<'_>) -> String {
    let rule = narrowed.rule;
    let Facts { policy, title, length, compliant, generated, entropy, acceptance, source, .. } = facts;
    let generated = if generated == compliant { "all of them" } else { generated };
    let weak = if facts.weak { format!("; weak: {}", super::WEAK) } else { String::new() };
    let tries = facts.tries.unwrap_or_default();
    let mut text = format!(
        "{policy}: {title}\n\n{words}\n\n\
         Of {length} characters:\n\
         \x20 compliant passwords  {compliant}\n\
         \x20 of them generated    {generated}\n\
         \x20 entropy in bits      {entropy:.4}{weak}\n",
        words = narrowed.policy().explain(),
    );
    let all = rule.counts().entropy(*length);
    if all > *entropy {
        text += &format!("  exclusion            costs {:.4} bits\n", all - entropy);
    }
    // So rare passwords are not found by trial.
    text += &match *acceptance < 0.001 {
        true => format!("  acceptance           {acceptance:.3e} of all strings; generated by unranking\n"),
        false => format!(
            "  acceptance           {acceptance:.6} of the candidates drawn\n\
             \x20 tries                at most {tries}; after that the random source is broken\n"
        ),
    };
    text += &format!("\nEntropy by length, in bits:\n{}", columns(&facts.by_length));
    text += "\nSafe without escaping, by --safe-for:\n";
    for safe in &facts.safe_for {
        let cost = match safe.cost {
            Some(cost) => format!("costs {cost:.2} bits"),
            None => "leaves no password".into(),
        };
        text += &format!("  {:<14} {:>2} characters, {cost}\n", safe.context, safe.characters.len());
    }
    if !source.is_empty() {
        text += &format!("\nSource:\n  {source}\n");
    }
    let read = "The rule comes from public documents; it was not tried against a live service.";
    let notes = facts.notes.iter().map(String::as_str).chain(rule.preset.then_some(read));
    for (index, note) in notes.enumerate() {
        let heading = if rule.preset { "\nNot promised:\n" } else { "\nNotes:\n" };
        text += if index == 0 { heading } else { "" };
        text += &format!("  {note}\n");
    }
    text
}

/// Lengths with their entropy, in five columns.
fn columns(entropies: &[Entropy]) -> String {
    let rows = entropies.len().div_ceil(5);
    let row = |row: usize| {
        let cells = entropies.iter().skip(row).step_by(rows);
        cells.map(|Entropy { length, entropy }| format!("  {length:>2} {entropy:>8.4}")).collect::<String>()
            + "\n"
    };
    (0..rows).map(row).collect()
}

/// All policies, a line each.
fn table() -> String {
    let mut text = String::new();
    let mut row = |cells: [&str; 7]| {
        let [policy, lengths, length, compliant, entropy, acceptance, remark] = cells;
        let line = format!(
            "{policy:<15} {lengths:>7} {length:>7} {compliant:>32} {entropy:>8} {acceptance:>10}  {remark}"
        );
        text += line.trim_end();
        text.push('\n');
    };
    row(["policy", "lengths", "default", "compliant of default length", "entropy", "acceptance", ""]);
    for rule in presets() {
        let facts = Facts::of_preset(&rule);
        row([
            facts.policy,
            &format!("{}-{}", facts.min_length, facts.max_length),
            &facts.length.to_string(),
            &facts.compliant,
            &format!("{:.4}", facts.entropy),
            &format!("{:.6}", facts.acceptance),
            if facts.weak { "weak" } else { facts.title },
        ]);
    }
    text + "\nentropy: that of a generated password of the default length, in bits; explain POLICY prints the rest\n"
}
