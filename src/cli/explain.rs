//! `sip-password explain`

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use serde::Serialize;
use sip_password::{PRESETS, Preset};

use super::failure::Failure;

/// Say what a policy allows, how many passwords that is and what one is worth; with no policy, a table of all
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password explain
  sip-password explain huawei --length 12
  sip-password explain exotel --format json")]
pub(super) struct Options {
    /// Whose rule to explain
    #[arg(value_parser = super::policies(), value_name = "POLICY")]
    policy: Option<&'static Preset>,
    /// For passwords of how many characters [default: the policy's own]
    #[arg(long, short, value_name = "N", requires = "policy")]
    length: Option<usize>,
    /// How to print it
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One object a policy
    Json,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let text = match (options.policy, options.format) {
        (None, Format::Text) => table(),
        (None, Format::Json) => PRESETS.iter().map(|preset| json(&Facts::of(preset, None))).collect(),
        (Some(preset), format) => {
            if let Some(length) = options.length {
                super::possible(preset.name, preset.policy, length)?;
            }
            let facts = Facts::of(preset, options.length);
            match format {
                Format::Text => words(preset, &facts),
                Format::Json => json(&facts),
            }
        }
    };
    io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::printing)?;
    Ok(ExitCode::SUCCESS)
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
    source: &'static str,
    notes: &'static [&'static str],
}

#[derive(Serialize)]
struct Class {
    name: &'static str,
    characters: String,
    minimum: u8,
}

impl Facts {
    fn of(preset: &Preset, length: Option<usize>) -> Self {
        let (policy, rules) = (preset.policy, preset.policy.rules());
        let length = length.unwrap_or(rules.default_length.into());
        let bits = policy.bits(length);
        let class = |class: &sip_password::Class<'static>| Class {
            name: class.name,
            characters: class.characters.to_string(),
            minimum: class.minimum,
        };
        Self {
            policy: preset.name,
            title: preset.title,
            min_length: rules.min_length,
            max_length: rules.max_length,
            default_length: rules.default_length,
            required_classes: rules.required_classes,
            classes: rules.classes.iter().map(class).collect(),
            uncounted: rules.uncounted.to_string(),
            never_generated: rules.never_generated.to_string(),
            length,
            compliant: policy.count(length).to_string(),
            generated: policy.count_generated(length).to_string(),
            bits,
            weak: super::is_weak(bits),
            acceptance: policy.acceptance(length),
            tries: policy.tries(length),
            source: preset.source,
            notes: preset.notes,
        }
    }
}

fn json(facts: &Facts) -> String {
    serde_json::to_string(facts).expect("facts have only text, numbers and lists") + "\n"
}

/// One policy, in full.
fn words(preset: &Preset, facts: &Facts) -> String {
    let Facts { policy, title, length, compliant, generated, bits, acceptance, source, .. } = facts;
    let generated = if generated == compliant { "all of them" } else { generated };
    let weak = if facts.weak { format!("; weak: {}", super::WEAK) } else { String::new() };
    let tries = facts.tries.unwrap_or_default();
    let mut text = format!(
        "{policy}: {title}\n\n{rule}\n\n\
         Of {length} characters:\n\
         \x20 compliant passwords  {compliant}\n\
         \x20 of them generated    {generated}\n\
         \x20 bits of min-entropy  {bits:.4}{weak}\n\
         \x20 acceptance           {acceptance:.6} of the candidates drawn\n\
         \x20 tries                at most {tries}, before the random source is blamed\n\n\
         Source:\n  {source}\n\n\
         Not promised:\n",
        rule = preset.policy.explain(),
    );
    for note in
        facts.notes.iter().chain(&["The rule is read from public documents; no live service was asked."])
    {
        text += &format!("  {note}\n");
    }
    text
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
        let facts = Facts::of(preset, None);
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
