//! `--retry-refused` with `--accounts`: refused phones get the account passwords of a corrected file.

use std::{io::Read, path::Path};

use sip_password_rotate::{Correction, Fleet, Journal, PlanError};

use super::rows::report_wrong;
use crate::plural;

/// Corrects the account passwords, or only checks the file, and reports what changed.
pub(super) fn correct(
    journal: &mut Journal,
    fleet: &dyn Fleet,
    path: &Path,
    accounts: impl Read,
    dry_run: bool,
) -> Result<Correction, PlanError> {
    let visit = report_wrong(path);
    let correction = match dry_run {
        true => journal.check_correction(fleet, accounts, visit),
        false => journal.correct_accounts(fleet, accounts, visit),
    }?;
    for line in lines(&correction, path, dry_run) {
        crate::report(&line);
    }
    Ok(correction)
}

fn lines(correction: &Correction, path: &Path, dry_run: bool) -> Vec<String> {
    let Correction { corrected, at_risk, unchanged, not_refused, .. } = *correction;
    let mut first = format!(
        "sip-password: {} the account password{} of {corrected} refused phone{} from {path:?}",
        if dry_run { "would correct" } else { "corrected" },
        plural(corrected),
        plural(corrected),
    );
    if unchanged > 0 {
        first += &format!(
            "; {unchanged} refused phone{} the same one as before",
            if unchanged == 1 { " has" } else { "s have" }
        );
    }
    if not_refused > 0 {
        first += &format!(
            "; {not_refused} of its phones {} not refused, and left alone",
            if not_refused == 1 { "is" } else { "are" }
        );
    }
    let mut lines = vec![first];
    if at_risk > 0 {
        lines.push(format!(
            "{at_risk} of the corrected phones {} no more calls: two checks of the account's password may have failed, and a third one \
             could lock it. Plan a new journal for them when their accounts can be checked again.",
            if at_risk == 1 { "gets" } else { "get" }
        ));
    }
    lines
}
