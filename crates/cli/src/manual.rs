//! `sip-password completions` and `sip-password man`

use std::{io, path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, error::CommandError, output::Output, policy::known::values, standard_output::print};

/// Print a script that completes the command in a shell
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password completions bash > ~/.local/share/bash-completion/completions/sip-password
  sip-password completions zsh > ~/.zfunc/_sip-password    a directory of $fpath
  sip-password completions fish > ~/.config/fish/completions/sip-password.fish")]
pub(super) struct CompletionsOptions {
    /// The shell
    shell: Shell,
}

/// Print the manual page of the command or of a subcommand
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password man | man -l -
  sip-password man rotate export | man -l -
  sip-password man --directory ~/.local/share/man/man1     all pages")]
pub(super) struct ManOptions {
    /// The subcommand, such as generate or rotate export [default: the command itself]
    #[arg(value_name = "SUBCOMMAND")]
    subcommand: Vec<String>,
    /// Write all pages to an existing directory: sip-password.1, sip-password-generate.1 and so on
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "subcommand")]
    directory: Option<PathBuf>,
}

pub(super) fn completions(options: &CompletionsOptions) -> Result<ExitCode, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "sip-password", &mut script);
    let script = String::from_utf8_lossy(&script);
    print(mended(options.shell, &script).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The script without the faults of its generator (`clap_complete` 4.6), which does not know lists with commas either.
fn mended(shell: Shell, script: &str) -> String {
    match shell {
        // The hyphen in the command's name has two translations, so no subcommand is found. What stands for a file is no value.
        Shell::Bash => {
            let script = script.replace("sip__subcmd__password", "sip__password");
            lists_in_bash(
                &script.replace(" [FILE]", "").replace(" <FILE>", "").replace(" [SUBCOMMAND]...", ""),
            )
        }
        // The values of arguments without a name are left out.
        Shell::Fish => {
            let policies: Vec<_> = values().map(|value| value.get_name().to_owned()).collect();
            let policies = policies.join(" ");
            let lines = ["generate", "validate", "explain"].map(|subcommand| {
                format!(
                    "complete -c sip-password -n \"__fish_sip_password_using_subcommand {subcommand}\" -a \"{policies}\"\n"
                )
            });
            lists_in_fish(script) + &lines.concat()
        }
        Shell::Zsh => lists_in_zsh(script),
        _ => script.to_owned(),
    }
}

/// The options whose value is a list with commas, of names that are known.
const LISTS: [&str; 4] = ["accepted-by", "safe-for", "fits", "for-target"];

/// What is before the last comma is kept.
fn lists_in_bash(script: &str) -> String {
    let mut is_list = false;
    let lines = script.lines().map(|line| {
        let line = match is_list {
            true => line
                .replace("compgen -W", "compgen -P \"${cur%\"${cur##*,}\"}\" -W")
                .replace("-- \"${cur}\"", "-- \"${cur##*,}\""),
            false => line.to_owned(),
        };
        is_list = LISTS.iter().any(|name| line.trim().strip_prefix("--") == Some(&format!("{name})")));
        line + "\n"
    });
    lines.collect()
}

fn lists_in_zsh(script: &str) -> String {
    LISTS.iter().fold(script.to_owned(), |script, name| {
        let values = |values: &str| {
            let names = values.lines().filter_map(|line| line.split_once("\\:")).map(|(name, _)| name);
            format!(":_sequence compadd - {}'", names.collect::<Vec<_>>().join(" "))
        };
        replaced(&script, &format!("--{name}=["), (":((", "))'"), values)
    })
}

fn lists_in_fish(script: &str) -> String {
    LISTS.iter().fold(script.to_owned(), |script, name| {
        let function = format!("__fish_sip_password_{}", name.replace('-', "_"));
        let mut known = String::new();
        let script = replaced(&script, &format!(" -l {name} "), (" -a \"", "\""), |values| {
            known = values.lines().collect::<Vec<_>>().join(" ");
            format!(" -a \"(__fish_complete_list , {function})\"")
        });
        format!("{script}function {function}\n    printf '%s\\n' {known}\nend\n")
    })
}

/// The script with other values, wherever an option has some. They begin and end with these texts.
fn replaced(
    script: &str,
    option: &str,
    (begin, end): (&str, &str),
    mut other: impl FnMut(&str) -> String,
) -> String {
    let (mut text, mut rest) = (String::new(), script);
    while let Some((before, after)) = rest.split_once(option)
        && let Some((help, after)) = after.split_once(begin)
        && let Some((values, after)) = after.split_once(end)
    {
        text += &[before, option, help, &other(values)].concat();
        rest = after;
    }
    text + rest
}

pub(super) fn man(options: &ManOptions) -> Result<ExitCode, CommandError> {
    let mut command = Cli::command();
    command.build();
    if let Some(directory) = &options.directory {
        let mut pages = Vec::new();
        each_page(&command, &mut pages);
        for (name, command) in pages {
            let mut output = Output::open(Some(&directory.join(format!("{name}.1"))), true)?;
            output.records(&page(&command)?)?;
            output.finish()?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut found = &command;
    for name in &options.subcommand {
        let names: Vec<_> = subcommands(found).map(clap::Command::get_name).collect();
        found = subcommands(found).find(|subcommand| subcommand.get_name() == name).ok_or_else(|| {
            CommandError::new(match names.as_slice() {
                [] => "expected no further subcommand, found another word".into(),
                names => format!("expected a subcommand ({}), found another word", names.join(", ")),
            })
        })?;
    }
    print(&page(found)?)?;
    Ok(ExitCode::SUCCESS)
}

/// The subcommands that have pages of their own. Those of `help` only repeat the others.
fn subcommands(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help")
}

/// The command and all its subcommands, each with the name of its page.
fn each_page(command: &clap::Command, pages: &mut Vec<(String, clap::Command)>) {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    pages.push((name.to_owned(), command.clone()));
    subcommands(command).for_each(|subcommand| each_page(subcommand, pages));
}

/// One page. The examples at its end keep their line breaks.
fn page(command: &clap::Command) -> Result<Vec<u8>, CommandError> {
    let rendered = || -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        clap_mangen::Man::new(command.clone()).render(&mut text)?;
        Ok(text)
    };
    let text =
        rendered().map_err(|error| CommandError::Io { action: "cannot make the page".into(), error })?;
    let text = String::from_utf8_lossy(&text).replace(".SH EXTRA\n", ".SH EXAMPLES\n.nf\n");
    Ok(text.replace("\n.SH VERSION\n", "\n.fi\n.SH VERSION\n").into_bytes())
}
