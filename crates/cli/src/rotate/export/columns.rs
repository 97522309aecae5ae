//! The columns of an export.

use std::{fmt::Write, time::SystemTime};

use sip_password_rotate::{Journal, PhonePasswords, PhoneRecord};

use crate::csv;

/// The longest reason that is exported, in bytes. With two names, quoted as they may be, a row then fits into a record of
/// [`Output`](crate::output::Output).
const MAX_REASON: usize = 1 << 10;

pub(super) fn header(journal: &Journal) -> Vec<&str> {
    journal
        .columns()
        .chain(["password", "vendor_password", "state", "calls", "sent", "changed", "reason"])
        .collect()
}

pub(super) fn write_row(phone: &PhoneRecord<'_>, passwords: PhonePasswords<'_>, to: &mut Vec<u8>) {
    let [sent, changed] = [phone.sent, phone.changed].map(|time| time.map(utc).unwrap_or_default());
    let calls = phone.calls.to_string();
    let end = (0..=MAX_REASON).rev().find(|&at| phone.reason.is_char_boundary(at)).unwrap_or_default();
    let reason = &phone.reason[..end];
    let mut row = phone.names.clone();
    row.extend([passwords.new, passwords.vendor, phone.state.name(), &calls, &sent, &changed, reason]);
    csv::write_row(&row, to);
}

/// A time as in RFC 3339, in seconds; empty if its year does not have four digits.
fn utc(time: SystemTime) -> String {
    let mut text = String::new();
    match write!(text, "{}", humantime::format_rfc3339_seconds(time)) {
        Ok(()) => text,
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn times() {
        for (seconds, text) in
            [(0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1 << 40, "")]
        {
            assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
