//! Files in UTF-16, as some editors and PowerShell write them.

/// The most bytes that are looked at.
const LOOK: usize = 64;

/// Whether bytes begin a file in UTF-16: with a byte order mark, or with a first line that has a NUL in every second place.
///
/// A program that expects UTF-8 can name such a file instead of judging each of its bytes. Only the first line is looked at, and at
/// most 64 bytes of it, so that the answer is the same however much of the file was read.
///
/// ```
/// let utf_16: Vec<u8> = "username\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
/// assert!(sip_password::is_utf_16(&utf_16));
/// assert!(!sip_password::is_utf_16(b"username\n"));
/// ```
pub fn is_utf_16(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let begin = &line[..line.len().min(LOOK)];
    let is_nul_at = |odd: usize| {
        let mut places = begin.iter().skip(odd).step_by(2).peekable();
        places.peek().is_some() && places.all(|byte| *byte == 0)
    };
    begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff") || is_nul_at(0) != is_nul_at(1)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn utf_16_is_recognised() {
        let le: Vec<u8> = "Secret12\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "Secret12\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let with = |mark: &[u8], text: &[u8]| [mark, text].concat();
        for bytes in
            [le.clone(), be.clone(), with(b"\xff\xfe", &le), with(b"\xfe\xff", &be), b"\xff\xfe".to_vec()]
        {
            assert!(is_utf_16(&bytes), "{bytes:?}");
        }
        for bytes in
            [&b""[..], b"a", b"Secret12\n", "\u{feff}Secret12".as_bytes(), b"\0\0\0\0", b"a\0bc", b"\xfe"]
        {
            assert!(!is_utf_16(bytes), "{bytes:?}");
        }
    }
}
