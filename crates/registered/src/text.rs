//! Texts of a SIP message: what may be asked about, and how it is escaped.

use std::{error::Error, fmt};

use zeroize::Zeroizing;

/// The longest user name, in characters: more than any registrar has.
pub const MAX_USER: usize = 256;
/// The longest password, in characters. The longest that this project's policies allow has 256.
pub const MAX_PASSWORD: usize = 1024;
/// The longest domain, in characters (RFC 1035, section 2.3.4).
pub const MAX_DOMAIN: usize = 253;

/// Why a user name or a password cannot be asked about. It holds neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldError {
    /// It is empty.
    Empty,
    /// It has more characters than this.
    TooLong(usize),
    /// It has a character other than printable ASCII. A digest is made of bytes, and which bytes another character has differs between
    /// registrars.
    NotPrintableAscii,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("expected a text, found none"),
            Self::TooLong(most) => write!(f, "expected at most {most} characters, found more"),
            Self::NotPrintableAscii => f.write_str("expected printable ASCII characters, found another one"),
        }
    }
}

impl Error for FieldError {}

/// A user name, which is not a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User<'a>(&'a str);

/// A password. Its `Debug` output does not show it.
#[derive(Clone, Copy)]
pub struct Password<'a>(&'a [u8]);

impl<'a> User<'a> {
    /// A user name of up to [`MAX_USER`] printable ASCII characters.
    ///
    /// # Errors
    ///
    /// [`FieldError`] if it is empty, too long or has another character.
    pub fn new(name: &'a [u8]) -> Result<Self, FieldError> {
        check(name, MAX_USER)?;
        Ok(Self(str::from_utf8(name).map_err(|_| FieldError::NotPrintableAscii)?))
    }

    /// The name as it was given.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

impl<'a> Password<'a> {
    /// A password of up to [`MAX_PASSWORD`] printable ASCII characters.
    ///
    /// # Errors
    ///
    /// [`FieldError`] if it is empty, too long or has another character.
    pub fn new(password: &'a [u8]) -> Result<Self, FieldError> {
        check(password, MAX_PASSWORD)?;
        Ok(Self(password))
    }

    /// The characters. They are secret.
    pub const fn expose_secret(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

fn check(text: &[u8], most: usize) -> Result<(), FieldError> {
    match text {
        [] => Err(FieldError::Empty),
        text if text.len() > most => Err(FieldError::TooLong(most)),
        text if !text.iter().all(|byte| (b' '..=b'~').contains(byte)) => Err(FieldError::NotPrintableAscii),
        _ => Ok(()),
    }
}

/// Whether a text is a host of a SIP URI: a name, an IPv4 address, or an IPv6 address in brackets (RFC 3261, section 25.1).
pub(crate) fn is_host(text: &str) -> bool {
    let is_address = |inner: &str| inner.parse::<std::net::Ipv6Addr>().is_ok();
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => is_address(inner),
        None => {
            let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            (1..=MAX_DOMAIN).contains(&text.len()) && text.bytes().all(is_inner)
        }
    }
}

/// Appends a user name as the `user` of a SIP URI has it: every character that may not stand there for itself becomes `%` and two
/// hexadecimal digits (RFC 3261, section 25.1: `unreserved` and `user-unreserved`).
pub(crate) fn append_user(user: User<'_>, to: &mut Vec<u8>) {
    for &byte in user.0.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            to.push(byte);
        } else {
            to.extend([b'%', digit(byte >> 4).to_ascii_uppercase(), digit(byte & 15).to_ascii_uppercase()]);
        }
    }
}

/// Appends a text in quotes, with a backslash before each quote and each backslash.
pub(crate) fn append_quoted(text: &str, to: &mut Vec<u8>) {
    to.push(b'"');
    for &byte in text.as_bytes() {
        if matches!(byte, b'"' | b'\\') {
            to.push(b'\\');
        }
        to.push(byte);
    }
    to.push(b'"');
}

/// The bytes as hexadecimal digits in small letters, in memory that is wiped.
pub(crate) fn hex(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(2 * bytes.len()));
    for byte in bytes {
        digits.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    digits
}

/// Computed, since a table would be read at a place that depends on a secret.
const fn digit(nibble: u8) -> u8 {
    let is_letter = (9_u8.wrapping_sub(nibble) >> 7) & 1;
    nibble + b'0' + is_letter * (b'a' - b'0' - 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit() {
        let all: Vec<u8> = (0..=255).collect();
        let expected: String = all.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(*hex(&all), expected.into_bytes());
    }

    #[test]
    fn every_character_of_a_user() {
        for byte in b' '..=b'~' {
            let name = [b'a', byte];
            let mut escaped = Vec::new();
            append_user(User::new(&name).expect("it is printable"), &mut escaped);
            let itself = byte.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(byte as char);
            let expected = if itself { (byte as char).to_string() } else { format!("%{byte:02X}") };
            assert_eq!(String::from_utf8_lossy(&escaped), format!("a{expected}"));
        }
    }

    #[test]
    fn quoted_texts() {
        for (text, expected) in
            [("", r#""""#), ("a b", r#""a b""#), (r#"a"b\c"#, r#""a\"b\\c""#), ("\\", r#""\\""#)]
        {
            let mut quoted = Vec::new();
            append_quoted(text, &mut quoted);
            assert_eq!(String::from_utf8_lossy(&quoted), expected);
        }
    }

    #[test]
    fn what_cannot_be_asked_about() {
        for (name, error) in [
            (&b""[..], FieldError::Empty),
            (b"a\0", FieldError::NotPrintableAscii),
            (b"a\r\nb", FieldError::NotPrintableAscii),
            (b"\x7f", FieldError::NotPrintableAscii),
            ("é".as_bytes(), FieldError::NotPrintableAscii),
            (&[b'a'; MAX_USER + 1], FieldError::TooLong(MAX_USER)),
        ] {
            assert_eq!(User::new(name), Err(error));
            assert!(!error.to_string().is_empty());
        }
        assert!(User::new(&[b'a'; MAX_USER]).is_ok() && Password::new(&[b'a'; MAX_PASSWORD]).is_ok());
        assert_eq!(Password::new(&[b'a'; MAX_PASSWORD + 1]).err(), Some(FieldError::TooLong(MAX_PASSWORD)));
        let password = Password::new(b"Secret@12").expect("it is printable");
        assert_eq!(format!("{password:?}"), "Password(***)");
    }

    #[test]
    fn hosts() {
        for text in ["sip.example.com", "a", "127.0.0.1", "[::1]", "[2001:db8::1]", "my_pbx"] {
            assert!(is_host(text), "{text}");
        }
        for text in
            ["", "::1", "[::1", "[x]", "a b", "a;b", "a>b", "a\r\nb", "é", "a/b", "a:1", &"a".repeat(254)]
        {
            assert!(!is_host(text), "{text}");
        }
    }
}
