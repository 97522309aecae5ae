//! Rows of CSV, by way of buffers that are wiped.

use std::io::{self, Write};

use csv_core::{WriteResult, Writer};
use sip_password::MAX_LENGTH;
use zeroize::Zeroizing;

/// Writes a row; each field quoted where it must be.
pub(super) fn row(fields: &[&str], to: &mut Vec<u8>) -> io::Result<()> {
    let mut writer = Writer::new();
    // So long that a password fits at once: every character doubled and two quotes is the most that it can become.
    let mut piece = Zeroizing::new([0; 2 * MAX_LENGTH + 2]);
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            let (_, written) = writer.delimiter(&mut *piece);
            to.write_all(&piece[..written])?;
        }
        let mut rest = field.as_bytes();
        loop {
            let (result, read, written) = writer.field(rest, &mut *piece);
            to.write_all(&piece[..written])?;
            rest = &rest[read..];
            if result == WriteResult::InputEmpty {
                break;
            }
        }
    }
    let (_, written) = writer.terminator(&mut *piece);
    to.write_all(&piece[..written])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the `csv` crate, which is another writer of the same format, and at every length around that of the buffer.
    #[test]
    fn as_another_writer() {
        let long = |length| "a\"".repeat(length);
        let mut rows = vec![vec![String::new()], vec!["a".into(), String::new(), "b,c".into(), "\n".into()]];
        rows.extend(
            (2 * MAX_LENGTH / 3 - 9..2 * MAX_LENGTH + 9).map(|length| vec![long(length), "x".into()]),
        );
        for row in rows {
            let fields: Vec<_> = row.iter().map(String::as_str).collect();
            let mut ours = Vec::new();
            super::row(&fields, &mut ours).expect("a Vec takes all");
            let mut theirs = ::csv::Writer::from_writer(Vec::new());
            theirs.write_record(&fields).expect("a Vec takes all");
            assert_eq!(ours, theirs.into_inner().expect("a Vec takes all"));
        }
    }
}
