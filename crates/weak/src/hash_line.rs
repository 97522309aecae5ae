//! A line of hashes: `HASH`, or `HASH:COUNT`.

use crate::{
    digest::{HashKind, MAX_HASH},
    error::{DenyListError, Place},
};

/// The longest line in bytes, with its line break: 40 digits, a colon, a count of 64 bits, CR and LF.
pub(crate) const MAX_LINE: usize = 40 + 1 + 20 + 2;

/// The hash in a line without its LF, followed by zeros; `None` if the line is anything else.
pub(crate) fn parse(kind: HashKind, line: &[u8]) -> Option<[u8; MAX_HASH]> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (digits, rest) = line.split_at_checked(2 * kind.size())?;
    let is_count = |text: &[u8]| (1..=20).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    if !rest.is_empty() && !rest.strip_prefix(b":").is_some_and(is_count) {
        return None;
    }
    let mut hash = [0; MAX_HASH];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(hash)
}

/// The error for a line that [`parse`] does not take.
pub(crate) fn malformed(place: Place) -> DenyListError {
    DenyListError::at(
        place,
        "a hash of as many hexadecimal digits as in the first line, and perhaps a colon and a count",
        "another line",
    )
}

/// The kind of hashes whose list this line could be the first of. Not every line of words is a hash, and not every hash is meant as one.
pub(crate) fn kind_of(line: &[u8]) -> Option<HashKind> {
    [HashKind::Sha1, HashKind::Ntlm].into_iter().find(|&kind| parse(kind, line).is_some())
}

/// Whether this line is of a range of hashes: a hash of SHA-1 without its first five digits, and a count.
pub(crate) fn is_of_range(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let is_digits = |text: &[u8]| text.iter().all(|&byte| digit(byte).is_some());
    line.len() > 36 && is_digits(&line[..35]) && line[35] == b':' && line[36..].iter().all(u8::is_ascii_digit)
}

fn digit(byte: u8) -> Option<u8> {
    // A `match` over the ranges branches on digits, which are random, and is slower.
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_form() {
        let digits = "00ffA9993E364706816aBA3E25717850C26C9CD0";
        let parsed = parse(HashKind::Sha1, digits.as_bytes());
        assert_eq!(parsed.map(|hash| hash[..4].to_vec()), Some(vec![0, 0xff, 0xa9, 0x99]));
        for good in ["", "\r", ":1", ":1\r", ":18446744073709551615\r"] {
            let line = format!("{digits}{good}");
            assert_eq!(parse(HashKind::Sha1, line.as_bytes()), parsed, "{line}");
            assert!(line.len() < MAX_LINE);
        }
        for wrong in [":", ":x", ":-1", ":1 ", " ", "0", ":123456789012345678901", ":\r", "\r\r"] {
            assert_eq!(parse(HashKind::Sha1, format!("{digits}{wrong}").as_bytes()), None, "{wrong:?}");
        }
        for wrong in ["", "0", &digits[1..], &format!("g{}", &digits[1..]), &format!(" {digits}")] {
            assert_eq!(parse(HashKind::Sha1, wrong.as_bytes()), None, "{wrong:?}");
        }
        assert_eq!(kind_of(digits.as_bytes()), Some(HashKind::Sha1));
        assert_eq!(kind_of(&digits.as_bytes()[..32]), Some(HashKind::Ntlm));
        assert_eq!(kind_of(b"a word"), None);
        assert!(is_of_range(format!("{}:7\r", &digits[5..]).as_bytes()));
        assert!(!is_of_range(&digits.as_bytes()[5..]) && !is_of_range(b"a word"));
    }
}
