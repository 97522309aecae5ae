//! The tables contain nonsense of every kind.

use std::vec;

use super::*;

/// Each column of both tables contains a value of each type, or those of other phones, or is missing: what is read is right, or an
/// error; and whatever was changed is noticed where there is a key.
#[test]
fn no_value_in_the_tables_causes_a_panic() {
    const VALUES: &[&str] = &[
        "NULL",
        "x'ff'",
        "x''",
        "''",
        "'1'",
        "-1",
        "7",
        "9e99",
        "9223372036854775807",
        "swapped",
        "missing",
    ];
    for (key, least_refused) in [(key(), 200), (Key::Plaintext, 100)] {
        let setting = Setting::half_done_with(&key);
        let whole = unlocked(&setting.copy()).expect("it is whole");
        let (right, before) = (secrets(&whole).expect("it is whole"), content(&setting.file("copy.db")));
        drop(whole);
        let mut refused = 0;
        for (table, columns) in [("journal", 21), ("phones", 18)] {
            for (column, value) in
                (0..columns).flat_map(|column| VALUES.iter().map(move |value| (column, value)))
            {
                let what = format!("{table}, column {column}, {value}");
                let copy = setting.copy();
                damage(&copy, table, column, value);
                let is_changed = content(&copy) != before;
                let opened = unlocked(&copy);
                if is_changed && key.protection() != Protection::Plaintext {
                    let integrity = opened.as_ref().map_or(Integrity::Edited, Journal::integrity);
                    assert!(matches!(integrity, Integrity::Edited | Integrity::DamagedRows(_)), "{what}");
                }
                let found = opened.and_then(|journal| secrets(&journal)).unwrap_or_default();
                let done: Vec<_> = match unlocked(&copy) {
                    Ok(mut journal) => WORKS.iter().map(|(_, work)| work(&mut journal)).collect(),
                    Err(error) => vec![Err(error.into())],
                };
                for (name, secrets) in found {
                    let known = right.iter().find(|(known, _)| *known == name).map(|(_, known)| known);
                    let same = |number: usize| known.is_some_and(|known| known[number] == secrets[number]);
                    let all = (0..2).all(|number| secrets[number].is_empty() || same(number));
                    assert!(all || key.protection() == Protection::Plaintext, "{what}: those of {name:?}");
                }
                for error in done.into_iter().filter_map(Result::err) {
                    let text = error.to_string();
                    let mut secrets = right.iter().flat_map(|(_, secrets)| secrets);
                    let leaks = secrets.any(|secret| !secret.is_empty() && text.contains(secret));
                    assert!(!leaks && !text.contains(char::is_control), "{text:?}");
                    refused += 1;
                }
            }
        }
        assert!(refused > least_refused, "{refused} were refused");

        // The header is missing.
        let copy = setting.copy();
        let connection = Connection::open(&copy).expect("it is a database");
        connection.execute_batch("DELETE FROM journal").expect("there is room");
        drop(connection);
        assert!(matches!(unlocked(&copy), Err(JournalError::Damaged(_))));
    }
}

/// A journal with its own key, whatever was done to it.
fn unlocked(path: &Path) -> Result<Journal, JournalError> {
    let mut journal = Journal::open(path)?;
    let key = if journal.protection() == Protection::Plaintext { Key::Plaintext } else { key() };
    journal.unlock(&key)?;
    Ok(journal)
}

/// Everything in both tables.
fn content(path: &Path) -> Vec<Vec<Value>> {
    let connection = Connection::open(path).expect("it is a database");
    let mut content = Vec::new();
    for table in ["journal", "phones"] {
        let mut select = connection.prepare(&format!("SELECT * FROM {table}")).expect("it is there");
        let columns = select.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
        content.extend(
            select.query_map([], row).and_then(Iterator::collect::<Result<Vec<_>, _>>).expect("it is there"),
        );
    }
    content
}

/// Sets a column of every row to a value (or of one row, where no two may be the same), swaps the values of different phones, or renames
/// the column.
fn damage(path: &Path, table: &str, column: usize, value: &str) {
    let open = || Connection::open(path).expect("it is a database");
    let connection = open();
    let name = format!("SELECT name FROM pragma_table_info('{table}') WHERE cid = ?");
    let column: String =
        connection.query_one(&name, [column as i64], |row| row.get(0)).expect("it has that column");
    let is_unique = ["id", "name"].contains(&&*column);
    if value == "missing" {
        let rename = format!("ALTER TABLE {table} RENAME COLUMN {column} TO lost");
        return connection.execute_batch(&rename).expect("there is room");
    }
    // The tables take any type meanwhile.
    let sql: String = connection
        .query_one("SELECT sql FROM sqlite_schema WHERE name = ?", [table], |row| row.get(0))
        .expect("it is there");
    let set_sql = |sql: &str| {
        let connection = open();
        connection.execute_batch("PRAGMA writable_schema = ON").expect("it is SQLite's");
        let update = "UPDATE sqlite_schema SET sql = ? WHERE name = ?";
        connection.execute(update, [sql, table]).expect("there is room");
    };
    drop(connection);
    set_sql(&sql.replace(") STRICT", ")").replace("NOT NULL", ""));
    let change = match value {
        "swapped" if table == "journal" => String::new(),
        "swapped" => format!(
            "CREATE TEMP TABLE was AS SELECT * FROM phones; UPDATE phones SET {column} = -id; UPDATE phones SET {column} = \
             (SELECT {column} FROM was WHERE was.id = 6 - phones.id)"
        ),
        value if is_unique => format!("UPDATE {table} SET {column} = {value} WHERE id = 1"),
        value => format!("UPDATE {table} SET {column} = {value}"),
    };
    // A row's number takes no other type.
    let _ = open().execute_batch(&change);
    set_sql(&sql);
}
