//! `sip-password rotate export --template`: the files of phones or a PBX.

use sip_password_rotate::{Journal, RotationState, display_name, display_text};

use super::{Only, Options, columns::accounts_names};
use crate::{
    error::CommandError, output::Output, plural, provision::Fields, report, rotate::journal::VisitError,
};

/// Writes the files of the phones that have a new password: the phones whose rows are damaged, which are left out.
pub(super) fn write(journal: &Journal, options: &Options) -> Result<Vec<String>, CommandError> {
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
    let (mut damaged, mut without) = (Vec::new(), 0);
    let visited = journal.passwords::<VisitError>(states, |phone, passwords| {
        let password = if passwords.vendor.is_empty() { passwords.new } else { passwords.vendor };
        if phone.damaged {
            damaged.push(format!("{}: {}", display_name(&phone.names), display_text(phone.reason)));
        } else if !options.is_since(phone) {
        } else if password.is_empty() {
            without += 1;
        } else {
            sheet.phone(&Fields {
                line: Some(phone.line),
                fields: &phone.fields,
                secrets: &[("password", password)],
            })?;
        }
        Ok(())
    });
    visited.map_err(VisitError::at(&options.journal))?;
    report(&sheet.finish()?);
    if without > 0 {
        report(&format!(
            "sip-password: {without} phone{} left out: the journal has forgotten the password",
            plural(without)
        ));
    }
    Ok(damaged)
}
