//! Readers of the files: parsers of others where there are some, otherwise ours, written from the formats' documents or source code.

use std::{process::Command, sync::LazyLock};

use sip_password_provision::Place;

/// Passwords with each printable character at the start, in the middle, twice in the middle, and at the end.
pub(crate) static PASSWORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let with = |char: char| {
        [
            format!("{char}Abc1Def2"),
            format!("Abc1{char}Def2"),
            format!("Abc1{char}{char}Def2"),
            format!("Abc1Def2{char}"),
        ]
    };
    let long = [
        "Abc1;--Def2",
        "$${user}",
        "${x}",
        "]]>",
        "-->",
        "&amp;",
        "\\;",
        "\\\\",
        "''",
        "\"\"",
        "=1+2",
        "%41",
        "=>",
        "X-Pre-Process",
    ];
    (' '..='~').flat_map(with).chain(long.map(String::from)).collect()
});

/// What stands at a place in a file, as its readers read it.
pub(crate) fn read(place: Place, written: &str) -> String {
    match place {
        Place::Line => setting(&format!("account.1.password = {written}\n"), '='),
        Place::Xml => {
            let text = xml(&format!("<a>{written}</a>"));
            assert_eq!(text, xml_attribute(&format!("<a v=\"{written}\"/>"), "v"));
            assert_eq!(text, xml_attribute(&format!("<a v='{written}'/>"), "v"));
            text
        }
        Place::Freeswitch => xml_attribute(&preprocessed(&format!("<a value=\"{written}\"/>")), "value"),
        Place::Json => serde_json::from_str(written).expect("it is JSON"),
        Place::Csv => field(written),
        Place::Spreadsheet => formula(&field(written)),
        Place::Sql => {
            assert_eq!(sqlite(written), mysql(written));
            sqlite(written)
        }
        Place::Sqlite => sqlite(written),
        Place::Mysql => mysql(written),
        Place::Shell => shell(&[written.to_owned()]).remove(0),
        Place::Pjsip => {
            let both = ["password=", "password = "].map(|key| asterisk(&format!("[1]\n{key}{written}\n")));
            assert_eq!(both[0], both[1]);
            both[0].iter().find(|(key, _)| key == "password").expect("it is set").1.clone()
        }
        Place::PjsipSection => {
            let settings = asterisk(&format!("[{written}]\nusername = 1\n"));
            assert_eq!(settings[1], ("username".to_owned(), "1".to_owned()));
            settings[0].1.clone()
        }
        Place::Baresip => baresip(&format!("<sip:1@example.com>;auth_pass=\"{written}\";regint=60")),
        Place::Uri => uri(written),
        _ => panic!("a place without a reader"),
    }
}

/// The value of the only setting of a file whose lines are NAME = VALUE: readers trim it.
pub(crate) fn setting(file: &str, separator: char) -> String {
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(lines.len(), 1);
    lines[0].split_once(separator).expect("it is a setting").1.trim().to_owned()
}

fn xml(document: &str) -> String {
    let document = roxmltree::Document::parse(document).expect("it is XML");
    document.root_element().text().unwrap_or_default().to_owned()
}

fn xml_attribute(document: &str, name: &str) -> String {
    let document = roxmltree::Document::parse(document).expect("it is XML");
    document.root_element().attribute(name).expect("it is there").to_owned()
}

/// As `expand_vars` and `preprocess` of FreeSWITCH's switch_xml.c: variables are replaced (here: vanish), before anything is parsed.
pub(crate) fn preprocessed(text: &str) -> String {
    let mut read = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("$${") {
        read += before;
        rest = behind.split_once('}').map_or("", |(_, behind)| behind);
    }
    read += rest;
    assert!(!read.contains("<!--#"));
    // Such a line is a directive, or is dropped.
    let is_kept = |line: &&str| !line.to_ascii_lowercase().contains("x-pre-process");
    read.lines().filter(is_kept).collect::<Vec<_>>().join("\n")
}

/// The second field of three.
fn field(written: &str) -> String {
    let line = format!("user,{written},end\n");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let rows: Vec<_> = reader.records().map(|row| row.expect("it is CSV")).collect();
    assert_eq!((rows.len(), rows[0].len()), (1, 3));
    rows[0][1].to_owned()
}

/// The value of a cell's formula that is one text.
fn formula(cell: &str) -> String {
    let mut rest = cell.strip_prefix('=').expect("it is a formula");
    let mut text = String::new();
    loop {
        rest = rest.strip_prefix('"').expect("a text begins");
        let mut literal = 0;
        loop {
            let (before, behind) = rest.split_once('"').expect("the text ends");
            text += before;
            literal += before.chars().count();
            let Some(behind) = behind.strip_prefix('"') else {
                rest = behind;
                break;
            };
            text.push('"');
            literal += 1;
            rest = behind;
        }
        assert!(literal <= 255, "Excel refuses it");
        match rest {
            "" => return text,
            _ => rest = rest.strip_prefix('&').expect("another text follows"),
        }
    }
}

fn sqlite(literal: &str) -> String {
    let database = rusqlite::Connection::open_in_memory().expect("there is memory");
    database.query_row(&format!("SELECT {literal}"), [], |row| row.get(0)).expect("it is a literal")
}

/// A string literal as MySQL's manual has it, section "String Literals".
fn mysql(literal: &str) -> String {
    let mut characters =
        literal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).expect("quotes").chars();
    let mut text = String::new();
    while let Some(char) = characters.next() {
        match char {
            '\\' => text.push(match characters.next().expect("something is escaped") {
                '0' => '\0',
                'b' => '\u{8}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'Z' => '\u{1a}',
                other => other,
            }),
            '\'' => {
                assert_eq!(characters.next(), Some('\''), "the literal ends too soon");
                text.push('\'');
            }
            other => text.push(other),
        }
    }
    text
}

/// Words as a shell reads them.
pub(crate) fn shell(words: &[String]) -> Vec<String> {
    let script = format!("printf '%s\\0' {}", words.join(" "));
    let output = Command::new("sh").args(["-c", &script]).output().expect("there is a shell");
    let text = String::from_utf8(output.stdout).expect("it is text");
    text.split_terminator('\0').map(String::from).collect()
}

/// The settings of a file of Asterisk, as main/config.c reads it: comments end at the line or at `--;`, `\;` is a semicolon, and a value is
/// trimmed behind `=` or `=>`. The names of sections are those of settings without a name: each ends at the first bracket, and what
/// stands behind it may only be a list of templates.
pub(crate) fn asterisk(file: &str) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    let mut in_comment = false;
    for line in file.lines() {
        let mut text = String::new();
        let mut rest = line;
        while let Some(at) = rest.find(if in_comment { "--;" } else { ";" }) {
            let (before, behind) = rest.split_at(at);
            if in_comment {
                in_comment = false;
                rest = &behind[3..];
            } else if let Some(before) = before.strip_suffix('\\') {
                text = text + before + ";";
                rest = &behind[1..];
            } else if behind.starts_with(";--") && !behind.starts_with(";---") {
                text += before;
                in_comment = true;
                rest = &behind[3..];
            } else {
                text += before;
                rest = "";
            }
        }
        if !in_comment {
            text += rest;
        }
        let text = text.trim();
        if let Some(section) = text.strip_prefix('[') {
            let (name, behind) = section.split_once(']').expect("the bracket is closed");
            assert_eq!(behind, "", "the name ends too soon");
            settings.push((String::new(), name.to_owned()));
            continue;
        }
        if text.is_empty() {
            continue;
        }
        assert!(!text.starts_with('#'), "a directive");
        let (key, value) = text.split_once('=').expect("it is a setting");
        let value = value.strip_prefix('>').unwrap_or(value);
        settings.push((key.trim().to_owned(), value.trim().to_owned()));
    }
    assert!(!in_comment, "a comment swallows the rest");
    settings
}

/// The parameter auth_pass of a line of accounts, as baresip's account.c reads it: up to the next quotation mark. One behind a backslash is none.
pub(crate) fn baresip(line: &str) -> String {
    let begin = line.find("auth_pass=\"").expect("it is there") + "auth_pass=\"".len();
    let mut is_escaped = false;
    let end = line[begin..].find(|char| {
        let is_end = char == '"' && !is_escaped;
        is_escaped = char == '\\';
        is_end
    });
    let value = &line[begin..begin + end.expect("it ends")];
    let behind = &line[begin + value.len() + 1..];
    assert!(behind.is_empty() || behind.starts_with([';', '\n']), "it ends too soon");
    value.to_owned()
}

fn uri(written: &str) -> String {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,%".contains(&byte);
    assert!(written.bytes().all(is_allowed), "RFC 3261 allows no such character");
    String::from_utf8(percent_encoding::percent_decode_str(written).collect()).expect("it is text")
}
