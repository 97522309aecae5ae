//! Files in UTF-16, as some editors and PowerShell write them, are named instead of being judged as if they were text.

/// What a message says of a file in UTF-16.
pub(super) const UTF_16: &str =
    "expected UTF-8, found UTF-16; save the file as UTF-8 (in PowerShell: Out-File -Encoding utf8)";

/// Whether bytes begin a file in UTF-16: with a byte order mark, or with a first line that has a NUL in every second place.
pub(super) fn is_utf_16(bytes: &[u8]) -> bool {
    // The first line is the same whatever is read at once.
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let begin = &line[..line.len().min(64)];
    let is_nul_at = |odd: usize| {
        let mut places = begin.iter().skip(odd).step_by(2).peekable();
        places.peek().is_some() && places.all(|byte| *byte == 0)
    };
    begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff") || is_nul_at(0) != is_nul_at(1)
}

/// The text of a file in UTF-8, without a byte order mark.
pub(super) fn text(bytes: &[u8]) -> Result<&str, &'static str> {
    if is_utf_16(bytes) {
        return Err(UTF_16);
    }
    let text = str::from_utf8(bytes).map_err(|_| "expected UTF-8, found other bytes")?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_recognised() {
        let le: Vec<u8> = "Secret12\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "Secret12\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let with = |mark: &[u8], text: &[u8]| [mark, text].concat();
        for bytes in
            [le.clone(), be.clone(), with(b"\xff\xfe", &le), with(b"\xfe\xff", &be), b"\xff\xfe".to_vec()]
        {
            assert!(is_utf_16(&bytes));
            assert_eq!(text(&bytes), Err(UTF_16));
        }
        for bytes in
            [&b""[..], b"a", b"Secret12\n", "\u{feff}Secret12".as_bytes(), b"\0\0\0\0", b"a\0bc", b"\xfe"]
        {
            assert!(!is_utf_16(bytes), "{bytes:?}");
        }
        assert_eq!(text("\u{feff}a".as_bytes()), Ok("a"));
    }
}
