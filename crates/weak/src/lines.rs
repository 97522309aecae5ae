//! The lines of a deny list, one after another.

use std::io::{BufRead, ErrorKind};

use sip_password::is_utf_16;

use crate::{
    digest::HashKind,
    error::{DenyListError, Place},
    hash_line::{is_of_range, kind_of},
};

/// The longest line, in bytes: so much longer than any password that a file with a longer line is no list of words.
pub(crate) const MAX_WORD: usize = 1 << 16;
/// How much of a file is looked at to see what it is, in bytes. The buffer of a reader is larger.
pub(crate) const LOOK: usize = 512;

const BOM: &[u8] = "\u{feff}".as_bytes();

/// What the first bytes of a file say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Opening {
    /// `None` for words.
    pub(crate) hashes: Option<HashKind>,
    /// The number of bytes of a byte order mark.
    pub(crate) mark: usize,
}

/// What a file is that begins with these bytes: at least [`LOOK`] of them, if there are so many.
pub(crate) fn opening(bytes: &[u8]) -> Result<Opening, DenyListError> {
    let wrong = |expected, found| Err(DenyListError::at(Place::File, expected, found));
    if is_utf_16(bytes) {
        return wrong("UTF-8", "UTF-16; save the file as UTF-8 (in PowerShell: Out-File -Encoding utf8)");
    }
    let text = bytes.strip_prefix(BOM).unwrap_or(bytes);
    if text.is_empty() {
        return wrong("words or hashes, one a line", "an empty file");
    }
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if is_of_range(line) {
        return wrong(
            "whole hashes",
            "hashes without their first five digits; download all ranges as a single file",
        );
    }
    Ok(Opening { hashes: kind_of(line), mark: bytes.len() - text.len() })
}

/// Reads lines. They are words that nobody may use, or hashes, and are not wiped.
pub(crate) struct Lines<R> {
    source: R,
    line: Vec<u8>,
    /// The number of lines that were read.
    pub(crate) number: u64,
    /// The number of bytes that were read.
    pub(crate) bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// Reads the lines of `source`, and says what they are.
    pub(crate) fn new(mut source: R) -> Result<(Self, Opening), DenyListError> {
        let opening = loop {
            match source.fill_buf() {
                Ok(bytes) => break opening(bytes)?,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(DenyListError::Read(error)),
            }
        };
        source.consume(opening.mark);
        Ok((Self { source, line: Vec::new(), number: 0, bytes: opening.mark as u64 }, opening))
    }

    /// The next line, without its line break.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, DenyListError> {
        self.line.clear();
        let most = MAX_WORD as u64 + 2;
        let read = std::io::Read::take(&mut self.source, most).read_until(b'\n', &mut self.line);
        let read = read.map_err(DenyListError::Read)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += read as u64;
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > MAX_WORD {
            return Err(DenyListError::at(
                Place::Line(self.number),
                "at most 65536 bytes",
                "more; this is no list of words",
            ));
        }
        Ok(Some(line))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn read(bytes: &[u8], buffer: usize) -> Result<Vec<Vec<u8>>, String> {
        let (mut lines, _) =
            Lines::new(BufReader::with_capacity(buffer, bytes)).map_err(|error| error.to_string())?;
        let mut found = Vec::new();
        while let Some(line) = lines.next().map_err(|error| error.to_string())? {
            found.push(line.to_vec());
        }
        assert_eq!(lines.bytes, bytes.len() as u64);
        Ok(found)
    }

    #[test]
    fn lines_end_with_lf_or_crlf() {
        for text in ["a\nb c\n\n d ", "a\r\nb c\r\n\r\n d \r\n", "\u{feff}a\nb c\n\n d \n"] {
            for buffer in [8, 512] {
                let expected = [&b"a"[..], b"b c", b"", b" d "];
                assert_eq!(read(text.as_bytes(), buffer).expect("it is text"), expected, "{text:?}");
            }
        }
    }

    #[test]
    fn a_long_line_is_named() {
        let long = vec![b'a'; MAX_WORD];
        assert_eq!(read(&[&long[..], b"\r\nb\n"].concat(), 512).expect("it is text").len(), 2);
        for longer in [&b"a\n"[..], b"a", b"aaaaaaaaaa\n"] {
            let error = read(&[b"b\n", &long[..], longer].concat(), 512).expect_err("it is too long");
            assert_eq!(error, "line 2: expected at most 65536 bytes, found more; this is no list of words");
        }
    }
}
