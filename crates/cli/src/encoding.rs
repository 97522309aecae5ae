//! Files in UTF-16, as some editors and PowerShell write them, are named instead of being judged as if they were text.

use sip_password::is_utf_16;

/// What a message says of a file in UTF-16.
pub(super) const UTF_16: &str =
    "expected UTF-8, found UTF-16; save the file as UTF-8 (in PowerShell: Out-File -Encoding utf8)";

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
    fn the_text_of_a_file() {
        let utf_16: Vec<u8> = "Secret12\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&utf_16), Err(UTF_16));
        assert_eq!(text("\u{feff}a".as_bytes()), Ok("a"));
        assert_eq!(text(b"\xff"), Err("expected UTF-8, found other bytes"));
    }
}
