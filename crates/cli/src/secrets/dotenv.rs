//! The grammar of a file of secrets: the part of dotenv that every reader of such files understands alike.
//!
//! A wrong guess would be sent as an account's password, and three of those lock the account. So whatever two readers take for
//! different values is an error: an unquoted `$`, backslash, quote or space, a `#` that directly follows a character, and `$` or an
//! escape other than `\"` and `\\` within double quotes. The crates of the registry expand `$NAME` in values (`dotenvy`), or report no
//! line.

use std::fmt;

use zeroize::Zeroizing;

/// An assignment in a file.
pub(super) struct Entry {
    /// The first line is 1.
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: Zeroizing<String>,
}

/// Why a line is not an assignment. It holds nothing of the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ParseError {
    pub(super) line: usize,
    pub(super) kind: ErrorKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorKind {
    NotUtf8,
    NoName,
    WrongName,
    NotClosed,
    AfterQuote,
    Ambiguous(&'static str),
    InDoubleQuotes(&'static str),
}

/// The assignments of a file, without those in comments.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Entry>, ParseError> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut entries = Vec::new();
    for (line, bytes) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        let entry = str::from_utf8(bytes).map_err(|_| ErrorKind::NotUtf8).and_then(assignment);
        match entry {
            Ok(Some((name, value))) => entries.push(Entry { line, name: name.to_owned(), value }),
            Ok(None) => {}
            Err(kind) => return Err(ParseError { line, kind }),
        }
    }
    Ok(entries)
}

/// The name and the value of a line; `None` if it is blank or a comment.
fn assignment(line: &str) -> Result<Option<(&str, Zeroizing<String>)>, ErrorKind> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (name, value) = line.split_once('=').ok_or(ErrorKind::NoName)?;
    let name = name.trim();
    let name =
        name.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).unwrap_or(name).trim();
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    if matches!(name, "" | "export") {
        return Err(ErrorKind::NoName);
    }
    if !name.chars().all(is_word) || name.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(ErrorKind::WrongName);
    }
    let value = value.trim_start();
    let value = match value.chars().next() {
        Some('\'') => single_quoted(&value[1..])?,
        Some('"') => double_quoted(&value[1..])?,
        _ => unquoted(value)?,
    };
    Ok(Some((name, value)))
}

/// Everything up to the next quote, as it stands.
fn single_quoted(text: &str) -> Result<Zeroizing<String>, ErrorKind> {
    let (value, rest) = text.split_once('\'').ok_or(ErrorKind::NotClosed)?;
    nothing_after(rest)?;
    Ok(Zeroizing::new(value.to_owned()))
}

fn double_quoted(text: &str) -> Result<Zeroizing<String>, ErrorKind> {
    // It never grows, so no copy is left behind.
    let mut value = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text.chars();
    loop {
        match rest.next().ok_or(ErrorKind::NotClosed)? {
            '"' => break,
            '\\' => match rest.next().ok_or(ErrorKind::NotClosed)? {
                escaped @ ('"' | '\\') => value.push(escaped),
                _ => return Err(ErrorKind::InDoubleQuotes("an escape other than \\\" and \\\\")),
            },
            '$' => return Err(ErrorKind::InDoubleQuotes("$")),
            '`' => return Err(ErrorKind::InDoubleQuotes("`")),
            char => value.push(char),
        }
    }
    nothing_after(rest.as_str())?;
    Ok(value)
}

/// Everything up to a comment, without white space at the end.
fn unquoted(text: &str) -> Result<Zeroizing<String>, ErrorKind> {
    let comment = text
        .char_indices()
        .find(|&(at, char)| char == '#' && text[..at].chars().next_back().is_none_or(char::is_whitespace));
    let value = text[..comment.map_or(text.len(), |(at, _)| at)].trim_end();
    for (char, name) in [
        ('$', "$"),
        ('`', "`"),
        ('\\', "a backslash"),
        ('"', "a double quote"),
        ('\'', "a single quote"),
        ('#', "# without a space before it"),
    ] {
        if value.contains(char) {
            return Err(ErrorKind::Ambiguous(name));
        }
    }
    match value.contains(char::is_whitespace) {
        true => Err(ErrorKind::Ambiguous("white space")),
        false => Ok(Zeroizing::new(value.to_owned())),
    }
}

/// Nothing may follow a quoted value but a comment.
fn nothing_after(rest: &str) -> Result<(), ErrorKind> {
    let comment = rest.trim_start();
    let is_apart = comment.len() < rest.len();
    match comment.is_empty() || is_apart && comment.starts_with('#') {
        true => Ok(()),
        false => Err(ErrorKind::AfterQuote),
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("expected NAME=VALUE, found bytes that are not UTF-8"),
            Self::NoName => f.write_str("expected NAME=VALUE, found no name, or no ="),
            Self::WrongName => f.write_str("expected a name of letters, digits and _, found another character in it"),
            Self::NotClosed => f.write_str("expected a closing quote in the same line, found the end of the line"),
            Self::AfterQuote => f.write_str(
                "expected the end of the line or a comment (a space and #) after the closing quote, found other text. A value \
                 with a single quote goes into double quotes",
            ),
            Self::Ambiguous(found) => write!(
                f,
                "expected a quoted value, because it contains {found}, which programs read differently; write NAME='VALUE'"
            ),
            Self::InDoubleQuotes(found) => write!(
                f,
                "expected a value that all programs read alike, found {found} in double quotes; write NAME='VALUE' in single quotes"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_every_reader_understands_alike() {
        for (line, expected) in [
            ("A=b", Some("b")),
            ("A=", Some("")),
            ("A=''", Some("")),
            ("A=\"\"", Some("")),
            ("A=b # note", Some("b")),
            ("A=b\t# note", Some("b")),
            ("A= # note", Some("")),
            ("A=b   ", Some("b")),
            ("  A  =  b", Some("b")),
            ("export A=b", Some("b")),
            ("export\tA='b'", Some("b")),
            ("A=b\r", Some("b")),
            ("A='b' # note\r", Some("b")),
            ("A=\"b\" # note", Some("b")),
            ("A='b'# note", None),
            ("A=' b '", Some(" b ")),
            ("A=\" b \"", Some(" b ")),
            ("A='b # c'", Some("b # c")),
            ("A=\"b # c\"", Some("b # c")),
            ("A='$b\\c\"`'", Some("$b\\c\"`")),
            ("A=\"it's\"", Some("it's")),
            (r#"A="b\"c\\d""#, Some("b\"c\\d")),
            ("A=a=b==", Some("a=b==")),
            ("A=~@^*_+.?!&;%", Some("~@^*_+.?!&;%")),
            ("A=é", Some("é")),
            ("exportA=b", Some("b")),
        ] {
            let found = parse(line.as_bytes()).map(|entries| entries[0].value.to_string());
            assert_eq!(found.ok().as_deref(), expected, "{line}");
        }
        assert_eq!(parse(b"\n # A=b\n\t\n#\n").map(|entries| entries.len()), Ok(0));
        let entries = parse("\u{feff}A=1\n\nB=2\n".as_bytes()).expect("it is right");
        let found: Vec<_> = entries.iter().map(|entry| (entry.line, &*entry.name, &**entry.value)).collect();
        assert_eq!(found, [(1, "A", "1"), (3, "B", "2")]);
    }

    #[test]
    fn other_values_are_errors_with_their_line() {
        for (line, expected) in [
            ("A", ErrorKind::NoName),
            ("=b", ErrorKind::NoName),
            ("export =b", ErrorKind::NoName),
            ("A B=c", ErrorKind::WrongName),
            ("A-B=c", ErrorKind::WrongName),
            ("1A=c", ErrorKind::WrongName),
            ("A: b=c", ErrorKind::WrongName),
            ("A=b c", ErrorKind::Ambiguous("white space")),
            ("A=b#c", ErrorKind::Ambiguous("# without a space before it")),
            ("A=$b", ErrorKind::Ambiguous("$")),
            ("A=b\\c", ErrorKind::Ambiguous("a backslash")),
            ("A=b\"c", ErrorKind::Ambiguous("a double quote")),
            ("A=b'", ErrorKind::Ambiguous("a single quote")),
            ("A=`b`", ErrorKind::Ambiguous("`")),
            ("A='b", ErrorKind::NotClosed),
            ("A=\"b", ErrorKind::NotClosed),
            (r#"A="b\""#, ErrorKind::NotClosed),
            ("A=\"b\\", ErrorKind::NotClosed),
            ("A='it's'", ErrorKind::AfterQuote),
            ("A=\"b\"c", ErrorKind::AfterQuote),
            ("A=\"b\" c", ErrorKind::AfterQuote),
            ("A='b''c'", ErrorKind::AfterQuote),
            ("A=\"$b\"", ErrorKind::InDoubleQuotes("$")),
            ("A=\"`b`\"", ErrorKind::InDoubleQuotes("`")),
            (r#"A="b\n""#, ErrorKind::InDoubleQuotes("an escape other than \\\" and \\\\")),
        ] {
            let text = format!("X=1\n\n{line}\nY=2\n");
            let found = parse(text.as_bytes()).map(|_| ());
            assert_eq!(found, Err(ParseError { line: 3, kind: expected }), "{line}");
        }
        let found = parse(b"X=1\nA=\xff").map(|_| ());
        assert_eq!(found, Err(ParseError { line: 2, kind: ErrorKind::NotUtf8 }));
    }
}
