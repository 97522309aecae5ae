//! `sip-password explain`

mod catalogue;
mod codes;
mod facts;
mod text;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use sip_password::{Characters, PRESETS};

use super::{
    error::CommandError,
    policy::{
        NamedPolicy,
        accepted_by::AcceptedBy,
        fits::Fits,
        known::{Known, KnownParser},
        options::{Exclusions, Length, MISSING, PolicySource},
        own_rule::OwnRule,
        words::Words,
    },
    standard_output::print,
    usage::nearest_policy,
};
use facts::Facts;

/// Explain a policy: its rules, the number of passwords and their entropy; without a policy, print a table of all presets
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password explain
  sip-password explain huawei --length 12
  sip-password explain huawei --safe-for uri,freeswitch      the cost of these contexts
  sip-password explain huawei --format toml > mine.toml    a policy file to start from
  sip-password explain --policy-file mine.toml
  sip-password explain huawei --min-length 12 --require digit --format toml > mine.toml
  sip-password explain huawei --format passwordrules       for password managers
  sip-password explain huawei --format html                for a form's input
  sip-password explain huawei --format vault > huawei.hcl  for HashiCorp Vault
  sip-password explain exotel --format json
  sip-password explain --all                               every policy, by group
  sip-password explain --search cisco
  sip-password explain --accepted-by huawei,twilio         the passwords that both accept
  sip-password explain --codes                             the codes of violations, for other programs")]
pub(super) struct Options {
    /// The policy to explain: exotel, huawei, nxcloud, nxcloud-random, or a name of --all
    #[arg(value_parser = KnownParser, hide_possible_values = true, value_name = "POLICY")]
    policy: Option<Known>,
    /// List all policies by group: the vendors, and the systems of the catalogue
    #[arg(long, conflicts_with_all = ["policy", "policy_file", "password_rules", "codes"])]
    all: bool,
    /// List the policies whose name, other names, title or group contain this text
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["policy", "policy_file", "password_rules", "codes", "all"])]
    search: Option<String>,
    #[command(flatten)]
    source: PolicySource,
    #[command(flatten)]
    length: Length,
    #[command(flatten)]
    exclusions: Exclusions,
    #[command(flatten)]
    accepted_by: AcceptedBy,
    #[command(flatten)]
    fits: Fits,
    #[command(flatten)]
    words: Words,
    /// The output format
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// For passwordrules and html: list the characters that are generated, not all that are accepted; implied by --exclude and --safe-for
    #[arg(long)]
    generated: bool,
    /// Print the codes of violations, as a table or, with --format json, as an object a line
    #[arg(long, conflicts_with_all = ["policy", "policy_file", "password_rules"])]
    codes: bool,
    #[command(flatten)]
    rule: OwnRule,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object for each policy
    Json,
    /// A policy file
    Toml,
    /// Rules for password managers, in Apple's format passwordrules
    Passwordrules,
    /// The attributes of an HTML form's input
    Html,
    /// A password policy of HashiCorp Vault, in HCL, for passwords of one length
    Vault,
}

impl Options {
    /// Whether an option is given that has no effect without a policy.
    fn need_a_policy(&self) -> bool {
        self.fits.is_given()
            || self.words.is_given()
            || self.length.is_given()
            || !self.exclusions.is_empty()
            || self.generated
    }

    /// Refuses whatever an option that prints a list does not heed.
    fn alone(&self, option: &str) -> Result<(), CommandError> {
        if self.rule.is_given() || self.accepted_by.is_given() || self.need_a_policy() {
            let message = format!("expected nothing but --format beside {option}, found another option");
            return Err(CommandError::new(message));
        }
        match self.format {
            Format::Text | Format::Json => Ok(()),
            _ => {
                Err(CommandError::new(format!("expected --format text or json for {option}, found another")))
            }
        }
    }
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    if options.codes {
        return print_codes(options);
    }
    if options.all || options.search.is_some() {
        return print_catalogue(options);
    }
    let named = options.rule.or_none(&options.source, options.policy)?;
    let text = match (options.accepted_by.or_none(named, &options.source)?, options.format) {
        (Some(named), _) => one(&options.words.of(options.fits.of(named)?)?, options)?,
        (None, _) if options.need_a_policy() => {
            return Err(CommandError::new(format!("{}; only --format works without a policy", *MISSING)));
        }
        (None, Format::Text) => text::table(all_presets()),
        (None, Format::Json) => all_presets().map(|preset| Facts::of_preset(&preset).to_json()).collect(),
        (None, _) => return Err(CommandError::new(MISSING.as_str())),
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn print_codes(options: &Options) -> Result<ExitCode, CommandError> {
    options.alone("--codes")?;
    let text = match options.format {
        Format::Json => codes::json(),
        _ => codes::table(),
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Lists the policies that are searched for, or all.
fn print_catalogue(options: &Options) -> Result<ExitCode, CommandError> {
    let option = if options.all { "--all" } else { "--search" };
    options.alone(option)?;
    let text = options.search.as_deref().unwrap_or_default();
    let found: Vec<_> = Known::all().filter(|known| known.matches(text)).collect();
    if found.is_empty() {
        let nearest = nearest_policy(text).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        return Err(CommandError::new(format!(
            "--search: expected a part of a name, a title or a group, found none{nearest}; --all lists every policy"
        )));
    }
    let text = match options.format {
        Format::Json => catalogue::json(&found),
        _ => catalogue::table(&found),
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Explains one policy.
fn one(named: &NamedPolicy, options: &Options) -> Result<String, CommandError> {
    let narrowed = named.without(&options.exclusions, &options.length)?;
    let policy = narrowed.policy();
    let characters = match options.generated || !options.exclusions.is_empty() {
        true => Characters::Generated,
        false => Characters::Accepted,
    };
    let only_for = |formats: &[Format], option| match formats.contains(&options.format) {
        true => Ok(()),
        false => Err(CommandError::new(format!("{option} has no effect in this --format"))),
    };
    if options.length.is_given() {
        only_for(&[Format::Text, Format::Json, Format::Vault], "--length or --bits")?;
    }
    if options.generated {
        only_for(&[Format::Passwordrules, Format::Html], "--generated")?;
    }
    let password_rules = || policy.password_rules(characters);
    Ok(match options.format {
        Format::Text => text::one(&narrowed, &Facts::new(&narrowed, narrowed.length(&options.length)?)),
        Format::Json => Facts::new(&narrowed, narrowed.length(&options.length)?).to_json(),
        Format::Toml => named.with_head(narrowed.file()).to_string(),
        Format::Passwordrules => {
            let rules = password_rules()
                .map_err(|error| CommandError::new(format!("{}: {error}", narrowed.named.name())))?;
            format!("{rules}\n")
        }
        Format::Vault => {
            let vault = policy.vault(narrowed.length(&options.length)?);
            vault
                .map_err(|error| CommandError::new(format!("{}: {error}", narrowed.named.name())))?
                .to_string()
        }
        Format::Html => {
            let rules = password_rules().inspect_err(|error| {
                super::report(&format!("sip-password: the attribute passwordrules is left out: {error}"));
            });
            format!("{}\n", policy.html_attributes(rules.ok()))
        }
    })
}

fn all_presets() -> impl Iterator<Item = NamedPolicy> {
    PRESETS.iter().map(|&preset| preset.into())
}
