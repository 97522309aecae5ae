//! A list as UTF-8, in whatever encoding a spreadsheet or a shell wrote it.

use std::io::{self, Read};

use sip_password::is_utf_16;
use zeroize::Zeroizing;

use crate::{encoding::UTF_16, input};

/// How many bytes decide on the encoding.
const HEAD: usize = 64;
/// How many bytes of UTF-16 are decoded at once.
const BLOCK: usize = 1 << 16;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads UTF-8 as it is, and UTF-16 with a byte order mark (PowerShell's `>`, Excel's "Unicode text") as UTF-8. Leaves out the byte
/// order mark.
///
/// Buffers are wiped: a list may have passwords.
pub(super) struct Decoder<S> {
    source: S,
    /// The bytes that decided on the encoding.
    head: Zeroizing<Vec<u8>>,
    /// The number of them that were returned.
    used: usize,
    pub(super) has_byte_order_mark: bool,
    utf_16: Option<Utf16>,
}

/// The state of decoding UTF-16.
struct Utf16 {
    unit: fn([u8; 2]) -> u16,
    /// Bytes that are not decoded yet: half of a unit, or of a pair of surrogates.
    encoded: Zeroizing<Vec<u8>>,
    filled: usize,
    /// The text that is not returned yet.
    text: Zeroizing<Vec<u8>>,
    used: usize,
}

impl<S: Read> Decoder<S> {
    pub(super) fn new(mut source: S) -> io::Result<Self> {
        let mut head = Zeroizing::new(vec![0; HEAD]);
        let length = input::fill(&mut source, &mut head)?;
        head.truncate(length);
        let utf_16 = match head.first_chunk() {
            Some(b"\xff\xfe") => Some(Utf16::new(u16::from_le_bytes)),
            Some(b"\xfe\xff") => Some(Utf16::new(u16::from_be_bytes)),
            // Without a mark it is a guess, and a wrong guess would judge other passwords than those of the list.
            _ if is_utf_16(&head) => return Err(io::Error::new(io::ErrorKind::InvalidData, UTF_16)),
            _ => None,
        };
        let is_marked = head.starts_with(BYTE_ORDER_MARK);
        let used = if utf_16.is_some() { 2 } else { 3 * usize::from(is_marked) };
        Ok(Self { source, head, used, has_byte_order_mark: used > 0, utf_16 })
    }
}

impl<S: Read> Read for Decoder<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut encoded = Encoded { source: &mut self.source, head: &self.head, used: &mut self.used };
        match &mut self.utf_16 {
            None => encoded.read(buffer),
            Some(utf_16) => utf_16.read(encoded, buffer),
        }
    }
}

/// The bytes behind the byte order mark.
struct Encoded<'a, S> {
    source: S,
    head: &'a [u8],
    used: &'a mut usize,
}

impl<S: Read> Read for Encoded<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut head = &self.head[*self.used..];
        if head.is_empty() {
            return self.source.read(buffer);
        }
        let read = head.read(buffer)?;
        *self.used += read;
        Ok(read)
    }
}

impl Utf16 {
    fn new(unit: fn([u8; 2]) -> u16) -> Self {
        let encoded = Zeroizing::new(vec![0; BLOCK]);
        // A unit of two bytes becomes at most three.
        let text = Zeroizing::new(Vec::with_capacity(BLOCK / 2 * 3));
        Self { unit, encoded, filled: 0, text, used: 0 }
    }

    fn read(&mut self, mut from: impl Read, buffer: &mut [u8]) -> io::Result<usize> {
        while self.used == self.text.len() {
            let read = from.read(&mut self.encoded[self.filled..])?;
            self.filled += read;
            self.decode(read == 0)?;
            if read == 0 {
                break;
            }
        }
        let read = (&self.text[self.used..]).read(buffer)?;
        self.used += read;
        Ok(read)
    }

    /// Decodes all whole characters.
    fn decode(&mut self, is_at_end: bool) -> io::Result<()> {
        let encoded = &self.encoded[..self.filled];
        let mut units: &[[u8; 2]] = encoded.as_chunks().0;
        let is_high = |unit: &[u8; 2]| (0xd800..0xdc00).contains(&(self.unit)(*unit));
        if !is_at_end && units.last().is_some_and(is_high) {
            units = &units[..units.len() - 1];
        }
        let decoded = 2 * units.len();
        if is_at_end && decoded < self.filled {
            return Err(wrong());
        }
        self.text.clear();
        self.used = 0;
        for char in char::decode_utf16(units.iter().map(|unit| (self.unit)(*unit))) {
            let mut bytes = [0; 4];
            self.text.extend_from_slice(char.map_err(|_| wrong())?.encode_utf8(&mut bytes).as_bytes());
        }
        self.encoded.copy_within(decoded..self.filled, 0);
        self.filled -= decoded;
        Ok(())
    }
}

fn wrong() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "expected UTF-16, as its byte order mark says, found other bytes",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn decoded(bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut results = [1, 2, 3, 7, usize::MAX].map(|step| {
            let mut text = Vec::new();
            let read = Decoder::new(Slow(bytes, step)).and_then(|mut decoder| {
                let mut small = [0; 5];
                loop {
                    match decoder.read(&mut small)? {
                        0 => break Ok(()),
                        read => text.extend_from_slice(&small[..read]),
                    }
                }
            });
            read.map(|()| text).map_err(|error| error.to_string())
        });
        results.sort();
        assert_eq!(results.first(), results.last(), "in pieces of every size");
        results[0].clone()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "user,password\r\n\u{1f511}é,Abcdef12\r\n".repeat(5000);
        let utf_16 = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
        };
        assert_eq!(decoded(text.as_bytes()).as_deref(), Ok(text.as_bytes()));
        assert_eq!(decoded(&[BYTE_ORDER_MARK, text.as_bytes()].concat()).as_deref(), Ok(text.as_bytes()));
        assert_eq!(decoded(&utf_16(b"\xff\xfe", u16::to_le_bytes)).as_deref(), Ok(text.as_bytes()));
        assert_eq!(decoded(&utf_16(b"\xfe\xff", u16::to_be_bytes)).as_deref(), Ok(text.as_bytes()));
        assert_eq!(decoded(&utf_16(b"", u16::to_le_bytes)), Err(UTF_16.into()));
        assert_eq!(decoded(b"").as_deref(), Ok(&b""[..]));
        assert_eq!(decoded(b"\xff\xfe").as_deref(), Ok(&b""[..]));
    }

    #[test]
    fn wrong_utf_16_is_an_error() {
        for bytes in [&b"\xff\xfea"[..], b"\xff\xfe\x00\xd8", b"\xff\xfe\x00\xd8a\0", b"\xff\xfe\x00\xdc"] {
            assert!(decoded(bytes).expect_err("it is wrong").contains("found other bytes"), "{bytes:?}");
        }
    }
}
