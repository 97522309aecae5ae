//! Durations, sizes and bytes as people write them on a command line.

use std::fmt::Write;
use std::time::Duration;

/// What was found in a text, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadText(pub(crate) String);

impl std::fmt::Display for BadText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadText {}

pub(crate) fn bad<T>(message: impl Into<String>) -> Result<T, BadText> {
    Err(BadText(message.into()))
}

/// A whole number with a unit: `500ms`, `5s`, `30m`, `1h`.
///
/// # Errors
///
/// Any other text, including a number without a unit.
pub fn duration(text: &str) -> Result<Duration, BadText> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let millis = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" | "min" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    match (number.parse::<u64>().ok(), millis) {
        (Some(number), Some(millis)) => Ok(Duration::from_millis(number.saturating_mul(millis))),
        _ => bad(format!("expected a duration such as 500ms, 5s, 30m or 1h, found `{text}`")),
    }
}

/// A number of bytes, which may have the unit `KiB`, `MiB` or `GiB`.
///
/// # Errors
///
/// Any other text.
pub fn size(text: &str) -> Result<u64, BadText> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let shift = match unit {
        "" => Some(0),
        "KiB" => Some(10),
        "MiB" => Some(20),
        "GiB" => Some(30),
        _ => None,
    };
    match (number.parse::<u64>().ok(), shift) {
        (Some(number), Some(shift)) => Ok(number.saturating_mul(1 << shift)),
        _ => bad(format!("expected a size such as 100, 64KiB, 10MiB or 1GiB, found `{text}`")),
    }
}

pub(crate) fn show_duration(time: Duration) -> String {
    match time.as_millis() {
        millis if millis % 3_600_000 == 0 && millis > 0 => format!("{}h", millis / 3_600_000),
        millis if millis % 60_000 == 0 && millis > 0 => format!("{}m", millis / 60_000),
        millis if millis % 1_000 == 0 => format!("{}s", millis / 1_000),
        millis => format!("{millis}ms"),
    }
}

/// The bytes of a text with `\r`, `\n`, `\t`, `\\`, `\"`, `\'` and `\xNN`: what [`show_bytes`] writes.
pub(crate) fn bytes(text: &str) -> Result<Vec<u8>, BadText> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&escape, after)) = rest.split_first() else {
            return bad("expected a character after the last backslash");
        };
        rest = after;
        bytes.push(match escape {
            b'r' => b'\r',
            b'n' => b'\n',
            b't' => b'\t',
            b'\\' | b'"' | b'\'' => escape,
            b'x' => {
                let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
                    return bad(r"expected two hexadecimal digits after `\x`");
                };
                rest = &rest[2..];
                byte
            }
            _ => return bad(format!(r"expected \r, \n, \t, \\ or \xNN, found `\{}`", char::from(escape))),
        });
    }
    Ok(bytes)
}

pub(crate) fn show_bytes(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// Words as lowercase hexadecimal digits.
pub(crate) fn hex(words: &[u64]) -> String {
    words.iter().fold(String::new(), |mut text, word| {
        let _ = write!(text, "{word:016x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes() {
        for (text, millis) in [("500ms", 500), ("5s", 5_000), ("30m", 1_800_000), ("1h", 3_600_000)] {
            let time = duration(text).unwrap();
            assert_eq!(time, Duration::from_millis(millis));
            assert_eq!(show_duration(time), text);
        }
        for (text, bytes) in [("0", 0), ("7", 7), ("64KiB", 65_536), ("1GiB", 1 << 30)] {
            assert_eq!(size(text).unwrap(), bytes);
        }
        for text in ["", "5", "s", "-5s", "5 s", "5x", "1.5s"] {
            assert!(duration(text).is_err(), "{text}");
        }
        for text in ["", "KiB", "1KB", "-1"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_byte_is_read_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes(&show_bytes(&all)).unwrap(), all);
        for text in [r"\", r"\q", r"\x4", r"\xzz"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
