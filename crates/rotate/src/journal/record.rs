//! Texts as one: a record of CSV, in which each may have any characters.

use std::{string::String, vec::Vec};

use csv::{ReaderBuilder, StringRecord, Writer};

/// The record of these texts; empty for none.
pub(super) fn write<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    let mut texts = texts.into_iter().peekable();
    if texts.peek().is_none() {
        return String::new();
    }
    writer.write_record(texts.map(str::as_bytes)).expect("a Vec accepts every write");
    let bytes = writer.into_inner().expect("a Vec accepts every write");
    String::from_utf8(bytes).expect("texts in a record are text")
}

/// The texts of a record, whoever wrote it.
pub(super) fn read(record: &str) -> Vec<String> {
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(record.as_bytes());
    let mut texts = StringRecord::new();
    match reader.read_record(&mut texts) {
        Ok(true) => texts.iter().map(String::from).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn every_text_is_read_again() {
        for texts in [
            &[][..],
            &[""],
            &["", ""],
            &["a", "b c", " d ", "\"e\"", "f,g", "h\r\ni", "\u{1f}", "é"],
            &["\n"],
            &["#"],
        ] {
            assert_eq!(read(&write(texts.iter().copied())), texts, "{texts:?}");
        }
        for char in '\0'..='\u{ff}' {
            let text = format!("{char}a{char}{char}b{char}");
            assert_eq!(read(&write([&*text, ""])), [&*text, ""]);
        }
    }
}
