//! Rows of CSV (RFC 4180), written straight into the caller's buffer: no field passes through memory that is not wiped.

/// Writes a row. A field is quoted if it must be.
pub(super) fn write_row(fields: &[&str], to: &mut Vec<u8>) {
    // Without the quotes, a row of one empty field would be an empty line, which readers skip.
    let is_empty_line = fields == [""];
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            to.push(b',');
        }
        if is_empty_line { to.extend(b"\"\"") } else { write_field(field.as_bytes(), b',', to) }
    }
    to.push(b'\n');
}

/// Writes a field of a row that this delimiter separates. It is quoted if it must be.
pub(super) fn write_field(field: &[u8], delimiter: u8, to: &mut Vec<u8>) {
    if !field.iter().any(|byte| [delimiter, b'"', b'\r', b'\n'].contains(byte)) {
        return to.extend(field);
    }
    to.push(b'"');
    for &byte in field {
        to.extend(if byte == b'"' { &b"\"\""[..] } else { std::slice::from_ref(&byte) });
    }
    to.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_written_as_the_csv_crate_writes_it() {
        let every_character: Vec<String> = ('\0'..='\u{ff}').map(|char| format!("a{char}")).collect();
        let mut rows: Vec<Vec<&str>> = every_character.iter().map(|field| vec![field.as_str()]).collect();
        rows.extend([
            vec![""],
            vec!["", ""],
            vec!["a", "", "b,c", "\n"],
            vec!["\"", "\"\"", "a\"b"],
            vec![" a ", "'b'", "\t"],
            vec!["a\r\nb", "-", "#"],
        ]);
        for row in rows {
            let mut ours = Vec::new();
            write_row(&row, &mut ours);
            let mut theirs = csv::Writer::from_writer(Vec::new());
            theirs.write_record(&row).expect("a Vec accepts every write");
            assert_eq!(ours, theirs.into_inner().expect("a Vec accepts every write"), "{row:?}");
        }
    }
}
