//! The wrong rows of an accounts file, reported one by one.

use std::path::Path;

use sip_password_rotate::AccountsError;

/// The most wrong rows that are reported one by one.
const MAX_REPORTED: u64 = 1000;

/// Reports each wrong row of the file at this path, but no more than [`MAX_REPORTED`].
pub(super) fn report_wrong(path: &Path) -> impl FnMut(AccountsError) {
    let mut count = 0;
    move |error| {
        count += 1;
        if count <= MAX_REPORTED {
            crate::report(&format!("sip-password: {path:?}, {error}"));
        }
    }
}

/// How many rows were wrong, and how many right.
pub(super) fn summary(wrong: u64, right: u64) -> String {
    let hidden = match wrong.saturating_sub(MAX_REPORTED) {
        0 => String::new(),
        hidden => format!(", of which {hidden} are not shown"),
    };
    format!("{wrong} row{} wrong{hidden}, and {right} right", if wrong == 1 { " is" } else { "s are" })
}
