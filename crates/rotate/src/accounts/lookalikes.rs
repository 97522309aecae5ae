//! Names that a person takes for the same: they differ only in the case of letters, or in characters that are not seen.

use core::fmt::Write;
use std::string::String;

use rusqlite::{Connection, OptionalExtension, params};

/// The names so far, in a temporary database: a fleet may be larger than the memory. SQLite removes its file by itself.
pub(super) struct Lookalikes {
    connection: Connection,
}

/// A row before, which looks the same.
pub(super) struct Earlier {
    pub(super) line: u64,
    /// The names as they stand in that row, as one text.
    pub(super) name: String,
}

impl Lookalikes {
    pub(super) fn new() -> rusqlite::Result<Self> {
        let connection = Connection::open("")?;
        connection.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1024; BEGIN; \
             CREATE TABLE names (look TEXT PRIMARY KEY, name TEXT NOT NULL, line INTEGER NOT NULL) WITHOUT ROWID",
        )?;
        Ok(Self { connection })
    }

    /// Remembers a name, unless one that looks the same is there already.
    pub(super) fn add(&mut self, names: &[&str], line: u64) -> rusqlite::Result<Option<Earlier>> {
        let name = names.join(super::NAME_SEPARATOR);
        let look = look(&name);
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO names (look, name, line) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")?;
        if insert.execute(params![look, name, line as i64])? > 0 {
            return Ok(None);
        }
        let mut select = self.connection.prepare_cached("SELECT name, line FROM names WHERE look = ?")?;
        let row = |row: &rusqlite::Row<'_>| {
            Ok(Earlier { name: row.get(0)?, line: row.get::<_, i64>(1)?.unsigned_abs() })
        };
        select.query_row([look], row).optional()
    }
}

/// What a person sees of a name: without invisible characters, and in lower case. Letters of different scripts that look alike are
/// different.
fn look(name: &str) -> String {
    name.chars().filter(|char| !is_invisible(*char)).flat_map(char::to_lowercase).collect()
}

/// A text as a message shows it: characters that are not seen, or that change the order of the others, are escaped, a backslash stands
/// before the `marked` ones, and only the first `most` characters are shown.
pub(super) fn visible(text: &str, marked: &str, most: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(most));
    for (number, char) in text.chars().enumerate() {
        if number == most {
            shown.push('…');
            break;
        }
        if marked.contains(char) {
            shown.push('\\');
            shown.push(char);
        } else if is_hidden(char) {
            let _ = write!(shown, "{}", char.escape_unicode());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// Whether a character is not seen, controls a terminal, or changes the order of others.
pub fn is_hidden(char: char) -> bool {
    is_invisible(char) || char.is_control() || char.is_whitespace() && char != ' '
}

/// Whether a character takes no place: a format character (general category Cf), a variation selector or a filler (Unicode 16).
fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same() {
        for (one, other) in [
            ("Agent-1", "agent-1"),
            ("agent\u{200b}-1", "agent-1"),
            ("\u{feff}agent-1", "agent-1"),
            ("agent\u{202e}-1", "AGENT-1"),
            ("agent\u{ad}-1", "agent-1"),
            ("É", "é"),
        ] {
            assert_eq!(look(one), look(other), "{one:?}");
        }
        for (one, other) in [("agent-1", "agent-2"), ("agent", "agént"), ("agent 1", "agent1"), ("a", "а")]
        {
            assert_ne!(look(one), look(other), "{one:?}");
        }
    }

    #[test]
    fn what_is_not_seen_is_escaped() {
        for (name, shown) in [
            ("agent-1", "agent-1"),
            ("agent 1 é", "agent 1 é"),
            ("a\u{200b}b", "a\\u{200b}b"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("a\u{a0}b", "a\\u{a0}b"),
            ("a\u{1b}b", "a\\u{1b}b"),
            (r"a\u{1b}b", r"a\\u{1b}b"),
            ("a/b", r"a\/b"),
        ] {
            assert_eq!(visible(name, "/\\", 20), shown);
        }
        assert_eq!(visible("éàü", "", 2), "éà…");
        assert_eq!(visible("éàü", "", 3), "éàü");
    }
}
