//! `sip-password provision`, and what `--template` means in other subcommands.

mod directory;
mod options;
mod sheet;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    str,
};

use clap::Args;
use sip_password_provision::TARGETS;

use super::{
    error::CommandError,
    list::{List, Row, delimiter},
    output::Output,
    private_file::is_same,
    progress::Progress,
    report,
    standard_output::print,
};
pub(super) use options::TemplateOptions;
pub(super) use sheet::{Fields, Sheet};

/// Write the files of phones and PBXs from a list with passwords, by a template that escapes for its place
///
/// A list is CSV with a header, as `generate --for` and `rotate export` write it. Its columns are variables of the template: `MAC Address` is mac_address. The templates
/// that come with the command need some of: user (or username, extension, account, number), mac, password; registrar, realm, domain and port are given
/// with --set.
///
/// A file is complete or absent, and only its owner can read it. A value that its place cannot carry is an error that names the row, and then nothing is
/// written.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password provision --list-templates
  sip-password provision --template yealink --set registrar=sip.example.com \\
      --output-dir tftp new.csv                          # a file a phone
  sip-password provision --template asterisk-md5 --set realm=asterisk \\
      --map user=Extension --output pjsip_auth.conf new.csv
  sip-password provision --print yealink > mine.cfg.j2    # to start from
  sip-password provision --template mine.cfg.j2 --file-name '{{ mac | mac }}.cfg' \\
      --set registrar=sip.example.com --output-dir tftp new.csv")]
pub(super) struct Options {
    /// The list; standard input if there is none, or it is -
    #[arg(value_name = "LIST")]
    list: Option<PathBuf>,
    /// The column with the passwords
    #[arg(long, value_name = "COLUMN", default_value = "password")]
    password: String,
    /// The delimiter of the list's columns: one character, or tab [default: that of the header]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    #[command(flatten)]
    template: TemplateOptions,
    /// Write to a new file that only its owner can read; - stands for standard output
    #[arg(long, short, value_name = "FILE", conflicts_with = "output_dir")]
    output: Option<PathBuf>,
    /// Overwrite existing files
    #[arg(long)]
    force: bool,
    /// List the templates that come with the command, with their sources
    #[arg(long, exclusive = true)]
    list_templates: bool,
    /// Print a template that comes with the command, as a starting point for your own
    #[arg(long, value_name = "NAME", exclusive = true)]
    print: Option<String>,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    if options.list_templates {
        print(listing().as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(name) = &options.print {
        print(options::own(options::target(name, "--print")?).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if !options.template.is_given() {
        return Err(CommandError::new(format!(
            "expected --template with one of {}, or with a file; --list-templates describes them",
            options::names()
        )));
    }
    let output = options.output.as_deref().filter(|&path| path != Path::new("-"));
    from_list(
        options.list.as_deref(),
        &options.password,
        options.delimiter,
        &options.template,
        output,
        options.force,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Writes what a template makes of the rows of a list. `password` is the column with the passwords.
pub(super) fn from_list(
    path: Option<&Path>,
    password: &str,
    delimiter: Option<u8>,
    template: &TemplateOptions,
    output: Option<&Path>,
    force: bool,
) -> Result<(), CommandError> {
    let path = path.filter(|&path| path != Path::new("-"));
    let mut list = List::open(path, delimiter, &[password])?;
    let password = list.column("--password", password)?;
    let mut sheet = template.open_list(&mut list, password, || Output::open(output, force), force)?;
    let mut progress = Progress::of_bytes(list.size, output.is_none() && !template.has_directory());
    list.skip_header()?;
    while let Some(row) = list.next()? {
        match row {
            Err(wrong) => sheet.wrong(&wrong.to_string()),
            Ok(row) => {
                progress.add(row.raw.len() as u64 + 1);
                write_row(&row, password, &mut sheet)?;
            }
        }
    }
    drop(progress);
    sheet.complete()?;
    for (source, what) in [(path, "the list"), (template.file(), "the template")] {
        if let Some(source) = source
            && sheet.files().iter().any(|file| is_same(file, source))
        {
            return Err(CommandError::new(format!(
                "{source:?} is {what} itself, which is never overwritten"
            )));
        }
    }
    report(&sheet.finish()?);
    Ok(())
}

fn write_row(row: &Row<'_>, password: usize, sheet: &mut Sheet) -> Result<(), CommandError> {
    let fields: Result<Vec<_>, _> = (0..row.len()).map(|column| str::from_utf8(row.field(column))).collect();
    match fields {
        Err(_) => sheet.wrong(&format!("line {}: expected UTF-8, found other bytes", row.line)),
        Ok(fields) if fields[password].is_empty() => {
            sheet.wrong(&format!("line {}: expected a password, found an empty field", row.line));
        }
        Ok(fields) => {
            let secrets = [("password", fields[password])];
            return sheet.phone(&Fields { line: Some(row.line), fields: &fields, secrets: &secrets });
        }
    }
    Ok(())
}

/// The templates that come with the command.
fn listing() -> String {
    let mut text = String::new();
    for target in TARGETS {
        let name = target.name;
        let max = target.max_length.map(|max| format!("; at most {max} characters")).unwrap_or_default();
        text += &format!("{name:14} {}{max}\n", target.title);
        if let Some(file_name) = target.file_name {
            text += &format!("{:14} a file a phone: {file_name}\n", "");
        }
        text += &format!("{:14} source: {}\n{:14} tried against: {}\n", "", target.source, "", target.tried);
    }
    text
}
