//! `sip-password completions` and `sip-password man`

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, error::CommandError};

/// Print a script that completes the command in a shell
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password completions bash > ~/.local/share/bash-completion/completions/sip-password
  sip-password completions fish > ~/.config/fish/completions/sip-password.fish")]
pub(super) struct Options {
    /// The shell
    shell: Shell,
}

pub(super) fn completions(options: &Options) -> Result<ExitCode, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "sip-password", &mut script);
    print(&script)
}

pub(super) fn page() -> Result<ExitCode, CommandError> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    render_all(&command, &mut page).map_err(CommandError::printing)?;
    print(&page)
}

/// The page of the command, followed by those of its subcommands.
fn render_all(command: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    render(command.clone(), page)?;
    // The pages of `help` only repeat those of the subcommands.
    let mut subcommands = command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help");
    subcommands.try_for_each(|subcommand| render_all(subcommand, page))
}

/// One page. The examples at its end keep their line breaks.
fn render(command: clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    let text = String::from_utf8_lossy(&text).replace(".SH EXTRA\n", ".SH EXAMPLES\n.nf\n");
    page.extend_from_slice(text.replace("\n.SH VERSION\n", "\n.fi\n.SH VERSION\n").as_bytes());
    Ok(())
}

fn print(text: &[u8]) -> Result<ExitCode, CommandError> {
    io::stdout().lock().write_all(text).map_err(CommandError::printing)?;
    Ok(ExitCode::SUCCESS)
}
