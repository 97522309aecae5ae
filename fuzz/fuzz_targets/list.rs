//! Any bytes, read in any pieces by the command's reader of lists: its rows are those of the `csv` crate and stand in the list as they are
//! returned, each at its line; a small buffer gives the first of them, and then an error; UTF-16 is read as the same text in UTF-8; and a
//! column that is appended at once is that of its rows.
//!
//! Under `cfg(fuzzing)` a row has at most 16 columns, so that small inputs reach the limit.

#![no_main]

#[path = "../../crates/cli/src/list/decoder.rs"]
mod decoder;
#[path = "../../crates/cli/src/encoding.rs"]
#[expect(dead_code, reason = "policy files are texts")]
mod encoding;
#[path = "../../crates/cli/src/error.rs"]
#[expect(dead_code, reason = "the command fails in other ways too")]
mod error;
#[path = "../../crates/cli/src/input.rs"]
#[expect(dead_code, reason = "the command opens files, and reads lines")]
mod input;
mod pieces;
#[path = "../../crates/cli/src/list/rows.rs"]
#[expect(dead_code, reason = "the command asks for more")]
mod rows;

use std::io::Read;

use arbitrary::Arbitrary;
use error::CommandError;
use libfuzzer_sys::fuzz_target;
use pieces::Source;
use rows::Rows;

/// More than an input can have.
const LARGE: usize = 1 << 16;
const MAX_COLUMNS: usize = 16;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    /// The number of bytes of each read; 0 for a read that is interrupted. Later reads fill the buffer.
    pieces: Vec<u8>,
    /// Whether the source fails at the end.
    fails: bool,
    delimiter: u8,
    /// The size of the small buffer.
    size: u8,
    /// The column that is appended, and the number of columns.
    column: u8,
    width: u8,
    bytes: &'a [u8],
}

/// The command prints messages with this.
fn report(_: &str) {}

#[derive(Debug, PartialEq)]
struct Seen {
    line: u64,
    fields: Vec<Vec<u8>>,
    /// The row as it stands in the list, with its line break.
    raw: Vec<u8>,
}

/// The rows before an error, and the error.
fn read(source: impl Read, delimiter: u8, size: usize) -> (Vec<Seen>, Option<CommandError>) {
    let mut seen = Vec::new();
    let all = || {
        let mut rows = Rows::of(source, "a list".into(), size)?;
        rows.set_delimiter(delimiter);
        while let Some(row) = rows.next()? {
            let fields = (0..row.len()).map(|column| row.field(column).to_vec()).collect();
            seen.push(Seen { line: row.line, fields, raw: [row.raw, row.line_break].concat() });
        }
        assert!(rows.next()?.is_none(), "the end stays the end");
        Ok(())
    };
    let error = all().err();
    (seen, error)
}

fn message(error: &CommandError) -> &str {
    match error {
        CommandError::Message(message) => message,
        error => panic!("{error:?}"),
    }
}

/// Each row stands in the list behind the last one and blank lines, and knows its line.
fn stand_in_the_list(seen: &[Seen], bytes: &[u8], is_whole: bool) {
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let (mut rest, mut line) = (text, 1);
    let skip_blank = |rest: &mut &[u8], line: &mut u64| {
        while let Some(later) = rest.strip_prefix(b"\n").or_else(|| rest.strip_prefix(b"\r\n")) {
            (*rest, *line) = (later, *line + 1);
        }
    };
    for row in seen {
        skip_blank(&mut rest, &mut line);
        assert_eq!(row.line, line);
        rest = rest.strip_prefix(&row.raw[..]).expect("the row stands there");
        line += row.raw.iter().filter(|&&byte| byte == b'\n').count() as u64;
    }
    skip_blank(&mut rest, &mut line);
    assert!(!is_whole || rest.is_empty() || rest == b"\r");
}

/// The fields as the `csv` crate reads them.
fn reference(bytes: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let mut builder = csv::ReaderBuilder::new();
    let reader = builder.delimiter(delimiter).flexible(true).has_headers(false).from_reader(bytes);
    let records = reader.into_byte_records().map(|record| record.expect("it reads all bytes"));
    records.map(|record| record.iter().map(<[u8]>::to_vec).collect()).collect()
}

/// A lone `\r` ends a row of the `csv` crate, and is a character of ours.
fn has_lone_return(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().any(|(at, &byte)| byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
}

fn agree_with_csv(seen: &[Seen], error: Option<&CommandError>, bytes: &[u8], delimiter: u8) {
    let expected = reference(bytes, delimiter);
    let found: Vec<_> = seen.iter().map(|row| row.fields.clone()).collect();
    match error.map(message) {
        None => assert_eq!(found, expected),
        Some(message) if message.contains("a quote that is not closed") => {
            assert_eq!(found, expected[..expected.len() - 1]);
        }
        Some(message) => {
            assert!(
                message.ends_with(&format!("expected at most {MAX_COLUMNS} columns, found more")),
                "{message}"
            );
            assert!(expected[found.len()].len() > MAX_COLUMNS);
            assert_eq!(found, expected[..found.len()]);
        }
    }
}

/// With and without the shortcut, every row of the right width is seen once.
fn column(case: &Case<'_>, delimiter: u8, whole: &[Seen]) {
    let width = usize::from(case.width % 4) + 1;
    let column = usize::from(case.column) % width;
    let source = Source { pieces: &case.pieces, fails: false, left: case.bytes };
    let mut found = Vec::new();
    let all = || {
        let mut rows = Rows::of(source, "a list".into(), LARGE)?;
        rows.set_delimiter(delimiter);
        loop {
            rows.append_column(column, width, &mut found);
            match rows.next()? {
                Some(row) if row.len() == width => {
                    found.extend_from_slice(row.field(column));
                    found.push(b'\n');
                }
                Some(_) => {}
                None => break Ok::<_, CommandError>(()),
            }
        }
    };
    // The error is that of the other reading.
    let _ = all();
    let fields = whole.iter().filter(|row| row.fields.len() == width).map(|row| &row.fields[column]);
    let expected: Vec<u8> = fields.flat_map(|field| field.iter().copied().chain([b'\n'])).collect();
    assert_eq!(found, expected);
}

/// A text is read alike in every encoding.
fn utf_16(bytes: &[u8], delimiter: u8) {
    let text = String::from_utf8_lossy(bytes);
    let (expected, error) = read(&[BYTE_ORDER_MARK, text.as_bytes()].concat()[..], delimiter, LARGE);
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let encoded: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(unit).collect();
        let (found, other) = read(&encoded[..], delimiter, LARGE);
        assert_eq!(found, expected);
        assert_eq!(other.as_ref().map(message), error.as_ref().map(message));
    }
}

fuzz_target!(|case: Case<'_>| {
    let delimiter = [b',', b';', b'\t', b'|'][usize::from(case.delimiter % 4)];
    let (whole, error) = read(case.bytes, delimiter, LARGE);
    if error.as_ref().is_some_and(|error| message(error).contains("UTF-16")) {
        return;
    }
    let is_utf_16 = case.bytes.starts_with(b"\xff\xfe") || case.bytes.starts_with(b"\xfe\xff");
    if !is_utf_16 {
        stand_in_the_list(&whole, case.bytes, error.is_none());
        if !has_lone_return(case.bytes) {
            agree_with_csv(&whole, error.as_ref(), case.bytes, delimiter);
        }
    }
    column(&case, delimiter, &whole);
    utf_16(case.bytes, delimiter);

    let source = Source { pieces: &case.pieces, fails: case.fails, left: case.bytes };
    let (first, other) = read(source, delimiter, usize::from(case.size % 64) + 4);
    assert_eq!(first, whole[..first.len()]);
    match other {
        None => assert!(!case.fails && error.is_none() && first.len() == whole.len()),
        Some(CommandError::Io { action, .. }) => assert!(case.fails && action == "cannot read a list"),
        Some(other) => {
            let is_same = error.as_ref().is_some_and(|error| message(error) == message(&other));
            assert!(is_same || message(&other).contains("expected a row of at most"), "{other}");
        }
    }
});
