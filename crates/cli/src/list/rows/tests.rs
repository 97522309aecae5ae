//! The `csv` crate is the reference implementation.

use std::io::{self, Read};

use proptest::prelude::*;

use super::*;

/// A row: its line, its fields, and how it stands in the list with its line break.
type Seen = (u64, Vec<Vec<u8>>, Vec<u8>);

/// Reads a few bytes at a time.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}

/// The rows before an error, and the error.
fn rows(text: &[u8], delimiter: u8, size: usize, piece: usize) -> (Vec<Seen>, Option<String>) {
    let mut seen = Vec::new();
    let mut read = || {
        let mut rows = Rows::of(Pieces(text, piece), "a list".into(), size)?;
        rows.set_delimiter(delimiter);
        while let Some(row) = rows.next()? {
            let fields = (0..row.len()).map(|column| row.field(column).to_vec()).collect();
            seen.push((row.line, fields, [row.raw, row.line_break].concat()));
        }
        Ok::<_, CommandError>(())
    };
    let error = read().err().map(|error| error.to_string());
    (seen, error)
}

/// The fields as the `csv` crate reads them.
fn reference(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text);
    let records = reader.into_byte_records().map(|record| record.expect("it reads all bytes"));
    records.map(|record| record.iter().map(<[u8]>::to_vec).collect()).collect()
}

fn fields(seen: &[Seen]) -> Vec<Vec<Vec<u8>>> {
    seen.iter().map(|(_, fields, _)| fields.clone()).collect()
}

/// Texts of what matters in CSV. A lone `\r` is left out: it ends a row of the `csv` crate, and is a character of ours.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        4 => Just(&b"a"[..]),
        3 => Just(&b","[..]),
        3 => Just(&b"\""[..]),
        3 => Just(&b"\n"[..]),
        2 => Just(&b"\r\n"[..]),
        1 => Just(&b";"[..]),
        1 => Just(&b"\xff"[..]),
        1 => Just("\u{feff}".as_bytes()),
        1 => Just(&b"\0"[..]),
    ];
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_list_is_read_as_the_csv_crate_reads_it(text in text(), piece in 1..9_usize) {
        let (seen, error) = rows(&text, b',', 1 << 10, piece);
        let expected = reference(&text, b',');
        match error {
            None => prop_assert_eq!(fields(&seen), expected),
            Some(error) if error.contains("UTF-16") => prop_assert!(seen.is_empty()),
            Some(error) => {
                prop_assert!(error.contains("a quote that is not closed"), "{}", error);
                prop_assert_eq!(&fields(&seen)[..], &expected[..expected.len() - 1]);
            }
        }
    }

    /// With and without the shortcut, every row is seen once.
    #[test]
    fn a_column_is_appended_as_its_rows_are_read(
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), text()],
        (width, column) in (1..4_usize).prop_flat_map(|width| (Just(width), 0..width)),
        size in 4..50_usize,
    ) {
        let (seen, error) = rows(&bytes, b',', size, 7);
        let is_right = |(_, fields, _): &&Seen| fields.len() == width;
        let expected: Vec<_> = seen.iter().filter(is_right).map(|(_, fields, _)| fields[column].clone()).collect();
        let mut found = Vec::new();
        let mut read = || {
            let mut rows = Rows::of(Pieces(&bytes, 7), "a list".into(), size)?;
            loop {
                let mut batch = Vec::new();
                rows.append_column(column, width, &mut batch);
                assert!(batch.len() <= size);
                found.extend(batch.split_inclusive(|byte| *byte == b'\n').map(|line| line[..line.len() - 1].to_vec()));
                match rows.next()? {
                    Some(row) if row.len() == width => found.push(row.field(column).to_vec()),
                    Some(_) => {}
                    None => return Ok::<_, CommandError>(rows.lines),
                }
            }
        };
        let read = read();
        let said = read.as_ref().err().map(ToString::to_string);
        prop_assert_eq!(said, error);
        prop_assert_eq!(found, expected);
        if let (Ok(lines), Some((line, _, raw))) = (read, seen.last()) {
            prop_assert!(lines >= line + raw.iter().filter(|byte| **byte == b'\n').count() as u64 - 1);
        }
    }

    #[test]
    fn any_bytes_are_read_in_pieces_of_any_size(
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), text()],
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'a']),
        piece in 1..20_usize,
        size in 4..50_usize,
    ) {
        let whole = rows(&bytes, delimiter, 1 << 10, usize::MAX);
        prop_assert_eq!(&whole, &rows(&bytes, delimiter, 1 << 10, piece));
        let (seen, error) = rows(&bytes, delimiter, size, piece);
        prop_assert_eq!(&seen[..], &whole.0[..seen.len()]);
        if seen.len() < whole.0.len() {
            prop_assert!(error.expect("a row is too long").contains("expected a row of at most"));
        }
    }
}

#[test]
fn rows_know_their_lines() {
    let text = b"\n\r\na,\"b\nc\r\n\"\r\n\n\"d\"\"\",e\nf";
    let (seen, error) = rows(text, b',', 1 << 10, 1);
    assert_eq!(error, None);
    let lines: Vec<_> = seen.iter().map(|(line, ..)| *line).collect();
    assert_eq!(lines, [3, 7, 8]);
    assert_eq!(
        fields(&seen),
        [
            vec![b"a".to_vec(), b"b\nc\r\n".to_vec()],
            vec![b"d\"".to_vec(), b"e".to_vec()],
            vec![b"f".to_vec()]
        ]
    );
    let raw: Vec<_> = seen.iter().map(|(.., raw)| raw.as_slice()).collect();
    assert_eq!(raw, [&b"a,\"b\nc\r\n\"\r\n"[..], b"\"d\"\"\",e\n", b"f"]);
}

/// A lone `\r` is a character of a password, which a verdict may reject, and ends no row.
#[test]
fn a_lone_carriage_return_ends_no_row() {
    for (text, expected) in [
        (&b"a\rb,c\r\r\n"[..], [&b"a\rb"[..], b"c\r"]),
        (b"\"a\rb\",\"c\r\"\n", [b"a\rb", b"c\r"]),
        (b"a\rb,\"c\"\r\r\n", [b"a\rb", b"c\r"]),
    ] {
        let (seen, error) = rows(text, b',', 1 << 10, 3);
        assert_eq!((fields(&seen), error), (vec![expected.map(<[u8]>::to_vec).to_vec()], None));
    }
}

#[test]
fn limits() {
    let (seen, error) = rows(b"a,b\nc,\"d\ne,f\ng,hhhhhhhhhh\n", b',', 16, 4);
    assert_eq!(seen.len(), 1);
    let expected = "line 2 of a list: expected a row of at most 15 bytes, found a longer one that begins here; is a quote not closed?";
    assert_eq!(error.as_deref(), Some(expected));
    let wide = [b"\"\"".to_vec(), vec![b','; MAX_COLUMNS]].concat();
    let (_, error) = rows(&wide, b',', 1 << 17, usize::MAX);
    assert_eq!(
        error.expect("it is too wide"),
        format!("line 1 of a list: expected at most {MAX_COLUMNS} columns, found more")
    );
}
