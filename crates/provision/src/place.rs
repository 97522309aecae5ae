//! The places in a file that a text is written to, each with its rules of escaping.

use core::fmt;

/// A place in a file. [`write`](Self::write) writes a text so that whoever reads the file there reads exactly that text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Place {
    /// The rest of a line, as in `account.1.password = TEXT`. Nothing is escaped: line breaks, other control characters and spaces at
    /// either end, which readers trim, are refused.
    Line,
    /// The text of an XML element, or an attribute's value in quotes of either kind (XML 1.0).
    Xml,
    /// A value in JSON, with its quotes (RFC 8259).
    Json,
    /// A field of CSV, with quotes where they are needed (RFC 4180): exact, for programs. A spreadsheet takes some texts for formulas, numbers or
    /// dates: see [`Spreadsheet`](Self::Spreadsheet).
    Csv,
    /// A field of CSV for a spreadsheet: a formula whose value is the text, `="…"`. The cell shows the text, whatever it begins with, and
    /// a spreadsheet that saves the list as CSV writes the text. LibreOffice was tried, by `checks/formats/spreadsheet`; saved as .xlsx, it loses spaces at
    /// the ends of a text.
    Spreadsheet,
    /// A string literal of SQL, with its quotes, for any database. `\` is refused, since MySQL and MariaDB read it as an escape and
    /// the others don't: see the next two.
    Sql,
    /// The same for MySQL and MariaDB.
    Mysql,
    /// The same for SQLite, and for PostgreSQL with `standard_conforming_strings`, as it is by default.
    Sqlite,
    /// A word of a POSIX shell, with its quotes.
    Shell,
    /// The value of a setting in Asterisk's files, such as pjsip.conf.
    Pjsip,
    /// The name of a section in Asterisk's files, between its brackets: `]` ends it, so it is refused.
    PjsipSection,
    /// XML that FreeSWITCH reads, which expands `$${name}` before it parses, and drops lines with `X-PRE-PROCESS`.
    Freeswitch,
    /// A parameter in quotes of baresip's accounts file, `;auth_pass="TEXT"`. It has no escapes: the quotation mark is refused, and so is `\` at the
    /// end.
    Baresip,
    /// The user or the password of a SIP URI (RFC 3261, section 25.1).
    Uri,
}

/// A text that a place cannot carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uncarried {
    /// Where.
    pub place: Place,
    /// What it cannot carry of the text.
    pub found: Unfit,
}

/// What a place cannot carry of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// The first character that cannot stand there.
    Character(char),
    /// A character that cannot stand at the beginning or the end.
    AtAnEnd(char),
    /// More bytes than there is room for: their number.
    Length(usize),
}

/// The name of the file that a template makes, by the template's own: without `.j2`, `.jinja` or `.jinja2` at its end, if it has that.
///
/// ```
/// assert_eq!(sip_password_provision::made_by("users.csv.j2"), "users.csv");
/// ```
pub fn made_by(template: &str) -> &str {
    let stem = |end: &&str| {
        let (stem, found) = template.split_at_checked(template.len().checked_sub(end.len())?)?;
        found.eq_ignore_ascii_case(end).then_some(stem)
    };
    [".j2", ".jinja", ".jinja2"].iter().find_map(stem).unwrap_or(template)
}

impl Place {
    /// Every place.
    pub const ALL: &[Self] = &[
        Self::Line,
        Self::Xml,
        Self::Json,
        Self::Csv,
        Self::Spreadsheet,
        Self::Sql,
        Self::Mysql,
        Self::Sqlite,
        Self::Shell,
        Self::Pjsip,
        Self::PjsipSection,
        Self::Freeswitch,
        Self::Baresip,
        Self::Uri,
    ];

    /// The name, which is that of the filter in a template: `"xml"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Xml => "xml",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Spreadsheet => "spreadsheet",
            Self::Sql => "sql",
            Self::Mysql => "mysql",
            Self::Sqlite => "sqlite",
            Self::Shell => "shell",
            Self::Pjsip => "pjsip",
            Self::PjsipSection => "pjsip_section",
            Self::Freeswitch => "freeswitch",
            Self::Baresip => "baresip",
            Self::Uri => "uri",
        }
    }

    /// The place of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|place| place.name() == name)
    }

    /// The place that the values of a file have, by the end of the file's name: `phone.xml`, or that of its template, `phone.xml.j2`.
    ///
    /// ```
    /// use sip_password_provision::Place;
    ///
    /// assert_eq!(Place::of_file("directory.xml.j2"), Some(Place::Xml));
    /// assert_eq!(Place::of_file("notes"), None);
    /// ```
    pub fn of_file(name: &str) -> Option<Self> {
        match made_by(name).rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "cfg" | "ini" | "txt" => Some(Self::Line),
            "conf" => Some(Self::Pjsip),
            "csv" => Some(Self::Csv),
            "json" | "jsonl" => Some(Self::Json),
            "sh" => Some(Self::Shell),
            "sql" => Some(Self::Sql),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }

    /// Appends a text as it is written at this place. Nothing is appended if the place cannot carry it.
    ///
    /// `to` grows by at most twelve times the text and eight bytes: with that much room, no copy of a secret is left behind by growing.
    ///
    /// ```
    /// use sip_password_provision::Place;
    ///
    /// let mut line = String::from("password = ");
    /// Place::Pjsip.write("Abc1;--Def2", &mut line)?;
    /// assert_eq!(line, r"password = Abc1\;--Def2");
    /// assert!(Place::Line.write("two\nlines", &mut line).is_err());
    /// # Ok::<(), sip_password_provision::Uncarried>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Uncarried`], with what cannot stand there.
    pub fn write(self, text: &str, to: &mut String) -> Result<(), Uncarried> {
        self.check(text)?;
        match self {
            Self::Line | Self::Baresip => to.push_str(text),
            Self::Xml => each(text, to, xml),
            Self::Freeswitch => each(text, to, freeswitch),
            Self::Json => {
                to.push('"');
                text.chars().for_each(|char| json(char, to));
                to.push('"');
            }
            Self::Csv if needs_quotes(text) => quoted(text, '"', to),
            Self::Csv => to.push_str(text),
            Self::Spreadsheet => spreadsheet(text, to),
            Self::Sql | Self::Sqlite => quoted(text, '\'', to),
            Self::Mysql => {
                to.push('\'');
                each(text, to, |char| match char {
                    '\'' => "''",
                    '\\' => r"\\",
                    _ => "",
                });
                to.push('\'');
            }
            Self::Shell => {
                to.push('\'');
                each(text, to, |char| if char == '\'' { r"'\''" } else { "" });
                to.push('\'');
            }
            Self::Pjsip => {
                // Directly behind the equals sign it would be part of it; a space in between is trimmed.
                if text.starts_with('>') {
                    to.push(' ');
                }
                each(text, to, semicolon);
            }
            Self::PjsipSection => each(text, to, semicolon),
            Self::Uri => text.bytes().for_each(|byte| uri(byte, to)),
        }
        Ok(())
    }

    fn check(self, text: &str) -> Result<(), Uncarried> {
        let refuses = |char: char| match self {
            Self::Xml | Self::Freeswitch => {
                char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\u{7f}'..)
                    || matches!(char, '\u{fffe}' | '\u{ffff}')
            }
            Self::Json | Self::Uri => false,
            Self::Sql => char == '\\' || char == '\0',
            Self::Csv | Self::Mysql | Self::Sqlite | Self::Shell => char == '\0',
            Self::Line | Self::Pjsip | Self::Spreadsheet => char.is_control(),
            Self::PjsipSection => char.is_control() || char == ']',
            Self::Baresip => char.is_control() || char == '"',
        };
        let uncarried = |found| Err(Uncarried { place: self, found });
        if let Some(char) = text.chars().find(|&char| refuses(char)) {
            return uncarried(Unfit::Character(char));
        }
        if self == Self::PjsipSection && text.len() > LONGEST_SECTION {
            return uncarried(Unfit::Length(text.len()));
        }
        let ends = [text.chars().next(), text.chars().next_back()];
        let is_trimmed = matches!(self, Self::Line | Self::Pjsip | Self::PjsipSection);
        if self == Self::Baresip && text.ends_with('\\') {
            return uncarried(Unfit::AtAnEnd('\\'));
        }
        match ends.into_iter().flatten().find(|char| is_trimmed && char.is_whitespace()) {
            Some(space) => uncarried(Unfit::AtAnEnd(space)),
            None => Ok(()),
        }
    }
}

/// The longest name of a section in Asterisk's files, in bytes: it cuts off the rest (main/config.c, `ast_category`).
const LONGEST_SECTION: usize = 79;

/// The longest text in a formula of Excel, in characters: longer ones are put together from several.
const LONGEST_IN_FORMULA: usize = 255;

/// Appends each character, or what stands for it unless that is nothing.
fn each(text: &str, to: &mut String, escape: impl Fn(char) -> &'static str) {
    for char in text.chars() {
        match escape(char) {
            "" => to.push(char),
            escaped => to.push_str(escaped),
        }
    }
}

/// What stands for a semicolon in Asterisk's files, where it begins a comment.
const fn semicolon(char: char) -> &'static str {
    if char == ';' { r"\;" } else { "" }
}

/// As in XML; and what FreeSWITCH looks for before it parses is not there: `$${name}`, and `X-PRE-PROCESS` anywhere in a line (src/switch_xml.c).
const fn freeswitch(char: char) -> &'static str {
    match char {
        '$' => "&#36;",
        '-' => "&#45;",
        _ => xml(char),
    }
}

/// Appends a text between quotes; a quote in it is doubled.
fn quoted(text: &str, quote: char, to: &mut String) {
    to.push(quote);
    for char in text.chars() {
        if char == quote {
            to.push(quote);
        }
        to.push(char);
    }
    to.push(quote);
}

/// Appends a formula, as a field of CSV: a quote is doubled in the formula, and both once more in the field.
fn spreadsheet(text: &str, to: &mut String) {
    to.push_str("\"=\"\"");
    for (index, char) in text.chars().enumerate() {
        if index > 0 && index % LONGEST_IN_FORMULA == 0 {
            to.push_str("\"\"&\"\"");
        }
        match char {
            '"' => to.push_str("\"\"\"\""),
            _ => to.push(char),
        }
    }
    to.push_str("\"\"\"");
}

/// What stands for a character in XML. White space other than the space would become a space in an attribute.
const fn xml(char: char) -> &'static str {
    match char {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '\t' => "&#9;",
        '\n' => "&#10;",
        '\r' => "&#13;",
        _ => "",
    }
}

fn json(char: char, to: &mut String) {
    match char {
        '"' => to.push_str("\\\""),
        '\\' => to.push_str("\\\\"),
        '\0'..'\u{20}' => {
            to.push_str("\\u00");
            hex(char as u8, to);
        }
        _ => to.push(char),
    }
}

fn uri(byte: u8, to: &mut String) {
    if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
        to.push(char::from(byte));
    } else {
        to.push('%');
        hex(byte, to);
    }
}

/// Appends two hexadecimal digits.
fn hex(byte: u8, to: &mut String) {
    for digit in [byte >> 4, byte & 15] {
        to.push(char::from(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 }));
    }
}

/// Whether a field of CSV needs quotes. Spaces at its ends don't, by the standard; some readers trim them.
fn needs_quotes(text: &str) -> bool {
    text.contains([',', ';', '\t', '"', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ')
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Uncarried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place;
        let expected = match place {
            Place::Line => "a text on one line",
            Place::Pjsip => "a text that a line of Asterisk's files can carry",
            Place::PjsipSection => "a text that can be the name of a section in Asterisk's files",
            Place::Sql => "a text that every database reads alike (the filters mysql and sqlite take more)",
            _ => "a text",
        };
        write!(f, "{place}: expected {expected}, found ")?;
        let (character, end) = match self.found {
            Unfit::Character(character) => (character, ""),
            Unfit::AtAnEnd(character) => (character, " at an end of it"),
            Unfit::Length(length) => return write!(f, "{length} bytes, where {LONGEST_SECTION} have room"),
        };
        match character {
            ' ' => f.write_str("a space")?,
            '!'..='~' => write!(f, "{character:?}")?,
            _ => write!(f, "U+{:04X}", u32::from(character))?,
        }
        f.write_str(end)
    }
}

impl core::error::Error for Uncarried {}
