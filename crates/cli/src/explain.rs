//! `sip-password explain`

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use serde::Serialize;
use sip_password::{Characters, PRESETS, Policy, PolicyFile, Preset, SafeFor};

use super::{failure::Failure, rule, rule::Rule};

/// Say what a policy allows, how many passwords that is and what one is worth; with no policy, a table of all
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password explain
  sip-password explain huawei --length 12
  sip-password explain huawei --safe-for uri,asterisk      what that costs
  sip-password explain huawei --format toml > mine.toml    a policy file to start from
  sip-password explain --policy-file mine.toml
  sip-password explain huawei --format passwordrules       for password managers
  sip-password explain huawei --format html                for a form's input
  sip-password explain exotel --format json")]
pub(super) struct Options {
    /// Whose rule to explain
    #[arg(value_parser = rule::presets(), value_name = "POLICY")]
    policy: Option<&'static Preset>,
    #[command(flatten)]
    source: rule::Source,
    #[command(flatten)]
    length: rule::Length,
    #[command(flatten)]
    exclusions: rule::Exclusions,
    /// How to print it
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// For passwordrules and html: only the characters that are generated, not all that are accepted. --exclude and --safe-for imply it
    #[arg(long)]
    generated: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object a policy
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
            return Err(Failure::Use(format!("{}; with none, there are no other options", *rule::WHOSE)));
        }
        (None, Format::Text) => table(),
        (None, Format::Json) => PRESETS.iter().map(|&preset| json(&Facts::of_preset(preset))).collect(),
        (None, _) => return Err(Failure::Use(rule::WHOSE.clone())),
    };
    io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::printing)?;
    Ok(ExitCode::SUCCESS)
}

/// One policy.
fn one(rule: &Rule, options: &Options) -> Result<String, Failure> {
    let policy = rule.without(&options.exclusions, &options.length)?;
    let characters = match options.generated || !options.exclusions.is_empty() {
        true => Characters::Generated,
        false => Characters::Accepted,
    };
    let only = |formats: &[Format], option| match formats.contains(&options.format) {
        true => Ok(()),
        false => Err(Failure::Use(format!("{option} says nothing in this --format"))),
    };
    if options.length.is_given() {
        only(&[Format::Text, Format::Json], "--length or --bits")?;
    }
    if options.generated {
        only(&[Format::Passwordrules, Format::Html], "--generated")?;
    }
    let managers = || policy.password_rules(characters);
    Ok(match options.format {
        Format::Text => words(rule, &policy, &Facts::of(rule, &policy, options.length.of(rule, &policy)?)),
        Format::Json => json(&Facts::of(rule, &policy, options.length.of(rule, &policy)?)),
        Format::Toml => file(rule, &policy).to_string(),
        Format::Passwordrules => {
            let rules = managers().map_err(|error| Failure::Use(format!("{}: {error}", rule.name)))?;
            format!("{rules}\n")
        }
        Format::Html => {
            let rules = managers().inspect_err(|error| {
                super::say(&format!("sip-password: passwordrules is left out: {error}"))
            });
            format!("{}\n", policy.html_attributes(rules.ok()))
        }
    })
}

/// The policy as a file.
fn file(rule: &Rule, policy: &Policy) -> PolicyFile {
    let text = |text: &str| Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
    PolicyFile {
        name: text(rule.name),
        title: text(rule.title),
        source: text(rule.source),
        notes: rule.notes.iter().map(|&note| note.to_owned()).collect(),
        rules: policy.rules().into(),
    }
}

/// What there is to say of a policy and a length, in figures.
#[derive(Serialize)]
struct Facts {
    policy: &'static str,
    title: &'static str,
    min_length: u8,
    max_length: u8,
    default_length: u8,
    required_classes: u8,
    classes: Vec<Class>,
    uncounted: String,
    never_generated: String,
    length: usize,
    /// As text, because they are larger than the numbers of most readers of JSON.
    compliant: String,
    generated: String,
    bits: f64,
    weak: bool,
    acceptance: f64,
    tries: Option<u16>,
    /// What a generated password is worth, by its length.
    by_length: Vec<Worth>,
    /// What it is worth where only such characters are generated as are safe in a place.
    safe_for: Vec<Safe>,
    source: &'static str,
    notes: &'static [&'static str],
}

#[derive(Serialize)]
struct Class {
    name: &'static str,
    characters: String,
    minimum: u8,
}

/// A length of which there are passwords to generate.
#[derive(Serialize)]
struct Worth {
    length: usize,
    bits: f64,
}

/// What it costs that passwords are safe in a place.
#[derive(Serialize)]
struct Safe {
    place: &'static str,
    characters: String,
    /// Nothing where no password is left.
    bits: Option<f64>,
    costs: Option<f64>,
    source: &'static str,
}

impl Facts {
    fn of_preset(preset: &'static Preset) -> Self {
        Self::of(&preset.into(), preset.policy, preset.policy.rules().default_length().into())
    }

    fn of(rule: &Rule, policy: &Policy, length: usize) -> Self {
        let rules = policy.rules();
        let bits = policy.bits(length);
        let class = |class: &sip_password::Class| Class {
            name: class.name(),
            characters: class.characters().to_string(),
            minimum: class.minimum(),
        };
        let worth = |length| Worth { length, bits: policy.bits(length) };
        let lengths = usize::from(rules.min_length())..=rules.max_length().into();
        let safe = |place: SafeFor| {
            let left = policy.safe_for(&[place]).ok().filter(|left| left.tries(length).is_some());
            let left = left.map(|left| left.bits(length));
            Safe {
                place: place.name(),
                characters: policy.alphabet().intersection(place.characters()).to_string(),
                bits: left,
                costs: left.map(|left| bits - left),
                source: place.source(),
            }
        };
        Self {
            policy: rule.name,
            title: rule.title,
            min_length: rules.min_length(),
            max_length: rules.max_length(),
            default_length: rules.default_length(),
            required_classes: rules.min_classes(),
            classes: rules.classes().iter().map(class).collect(),
            uncounted: rules.uncounted().to_string(),
            never_generated: rules.excluded().to_string(),
            length,
            compliant: policy.count(length).to_string(),
            generated: policy.count_generated(length).to_string(),
            bits,
            weak: super::is_weak(bits),
            acceptance: policy.acceptance(length),
            tries: policy.tries(length),
            by_length: lengths.filter(|&length| policy.tries(length).is_some()).map(worth).collect(),
            safe_for: SafeFor::ALL.map(safe).into(),
            source: rule.source,
            notes: rule.notes,
        }
    }
}

fn json(facts: &Facts) -> String {
    serde_json::to_string(facts).expect("facts have only text, numbers and lists") + "\n"
}

/// One policy, in full.
fn words(rule: &Rule, narrowed: &Policy, facts: &Facts) -> String {
    let Facts { policy, title, length, compliant, generated, bits, acceptance, source, .. } = facts;
    let generated = if generated == compliant { "all of them" } else { generated };
    let weak = if facts.weak { format!("; weak: {}", super::WEAK) } else { String::new() };
    let tries = facts.tries.unwrap_or_default();
    let mut text = format!(
        "{policy}: {title}\n\n{words}\n\n\
         Of {length} characters:\n\
         \x20 compliant passwords  {compliant}\n\
         \x20 of them generated    {generated}\n\
         \x20 bits of min-entropy  {bits:.4}{weak}\n",
        words = narrowed.explain(),
    );
    let all = rule.policy.bits(*length);
    if all > *bits {
        text += &format!("  what is left out     costs {:.4} bits\n", all - bits);
    }
    text += &match narrowed.is_rare(*length) {
        true => format!(
            "  acceptance           {acceptance:.3e} of all strings: generated by counting, not by trying\n"
        ),
        false => format!(
            "  acceptance           {acceptance:.6} of the candidates drawn\n\
             \x20 tries                at most {tries}, before the random source is blamed\n"
        ),
    };
    text += &format!("\nBits by length:\n{}", columns(&facts.by_length));
    text += "\nSafe without escaping, by --safe-for:\n";
    for safe in &facts.safe_for {
        let costs = match safe.costs {
            Some(costs) => format!("costs {costs:.2} bits"),
            None => "leaves no password".into(),
        };
        text += &format!("  {:<14} {:>2} characters, {costs}\n", safe.place, safe.characters.len());
    }
    if !source.is_empty() {
        text += &format!("\nSource:\n  {source}\n");
    }
    let read: &[&str] = match rule.preset {
        true => &["The rule is read from public documents; no live service was asked."],
        false => &[],
    };
    for (place, note) in facts.notes.iter().chain(read).enumerate() {
        let heading = if rule.preset { "\nNot promised:\n" } else { "\nNotes:\n" };
        text += if place == 0 { heading } else { "" };
        text += &format!("  {note}\n");
    }
    text
}

/// Lengths and bits, five beside each other, downwards.
fn columns(worth: &[Worth]) -> String {
    let rows = worth.len().div_ceil(5);
    let row = |row: usize| {
        let cells = worth.iter().skip(row).step_by(rows);
        cells.map(|Worth { length, bits }| format!("  {length:>2} {bits:>8.4}")).collect::<String>() + "\n"
    };
    (0..rows).map(row).collect()
}

/// All policies, a line each.
fn table() -> String {
    let mut text = String::new();
    let mut row = |cells: [&str; 7]| {
        let [policy, lengths, length, compliant, bits, acceptance, remark] = cells;
        let line = format!(
            "{policy:<15} {lengths:>7} {length:>7} {compliant:>32} {bits:>8} {acceptance:>10}  {remark}"
        );
        text += line.trim_end();
        text.push('\n');
    };
    row(["policy", "lengths", "default", "compliant of default length", "bits", "acceptance", ""]);
    for preset in PRESETS {
        let facts = Facts::of_preset(preset);
        row([
            facts.policy,
            &format!("{}-{}", facts.min_length, facts.max_length),
            &facts.length.to_string(),
            &facts.compliant,
            &format!("{:.4}", facts.bits),
            &format!("{:.6}", facts.acceptance),
            if facts.weak { "weak" } else { facts.title },
        ]);
    }
    text + "\nbits: what a generated password of the default length is worth; explain POLICY says the rest\n"
}
