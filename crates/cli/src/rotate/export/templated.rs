//! `sip-password rotate export --template`: the files of phones or a PBX.

use std::fs;

use sip_password_rotate::{Journal, RotationState, display_name, display_text};

use super::{Only, Options, check_overwriting, check_target, columns::accounts_names};
use crate::{
    error::CommandError,
    output::Output,
    plural,
    provision::{Fields, Sheet},
    report,
    rotate::journal::{VisitError, journal_error},
};

/// Writes the files of the phones that have a new password: the phones whose rows are damaged, which are left out.
pub(super) fn write(
    journal: &mut Journal,
    options: &Options,
    is_running: bool,
    trouble: Option<&CommandError>,
) -> Result<Vec<String>, CommandError> {
    let states = match options.only {
        None | Some(Only::Confirmed) => &[RotationState::Confirmed],
        Some(Only::Unknown) => &[RotationState::Unknown],
        Some(Only::Refused) => {
            return Err(CommandError::new(
                "--only: refused phones keep their old passwords: expected confirmed or unknown with --template",
            ));
        }
    };
    let names = accounts_names(journal);
    let column = |name: &str| {
        let found = names.iter().position(|column| column == name);
        let shown = names.join(", ");
        found.ok_or_else(|| {
            CommandError::new(format!(
                "--map: expected a column of the accounts file ({shown}), found no such column"
            ))
        })
    };
    let file = || Output::open(options.output.as_deref(), options.force);
    let mut sheet = options.template.open(names.clone(), None, column, file, options.force)?;
    let (mut damaged, mut without, mut lines) = (Vec::new(), 0, Vec::new());
    let visited = journal.passwords::<VisitError>(states, |phone, passwords| {
        let password = if passwords.vendor.is_empty() { passwords.new } else { passwords.vendor };
        if !phone.damaged && !options.is_since(phone) {
            return Ok(());
        }
        if phone.damaged {
            damaged.push(format!("{}: {}", display_name(&phone.names), display_text(phone.reason)));
        } else if password.is_empty() || phone.line == 0 {
            without += 1;
        } else {
            sheet.phone(&Fields {
                line: Some(phone.line),
                fields: &phone.fields,
                secrets: &[("password", password)],
            })?;
            lines.push(phone.line);
        }
        Ok(())
    });
    visited.map_err(VisitError::at(&options.journal))?;
    sheet.complete()?;
    keep_other_copies(journal, options, &sheet, is_running, trouble)?;
    report(&sheet.finish()?);
    if !is_running && journal.check_integrity().is_ok() {
        journal.mark_as_provisioned(lines).map_err(journal_error(&options.journal))?;
    }
    if without > 0 {
        report(&format!(
            "sip-password: {without} phone{} left out: the journal has forgotten the password, or no line of the accounts file has the phone",
            plural(without)
        ));
    }
    Ok(damaged)
}

/// Refuses files in place of the journal or what it needs, or of what may be the only copy of a password.
fn keep_other_copies(
    journal: &mut Journal,
    options: &Options,
    sheet: &Sheet,
    is_running: bool,
    trouble: Option<&CommandError>,
) -> Result<(), CommandError> {
    let files = sheet.files();
    files.iter().try_for_each(|file| check_target(options, file))?;
    let Some(overwritten) = files.iter().find(|file| fs::symlink_metadata(file).is_ok()) else {
        return Ok(());
    };
    check_overwriting(journal, trouble, &options.journal, overwritten)?;
    if is_running {
        return Ok(());
    }
    // The file may have been an export of confirmed phones, and it will be none: the journal must keep their passwords.
    journal.unmark_exported().map_err(journal_error(&options.journal))
}
