//! What is wrong with a policy file: the line, the key, what was expected and what was found.

use sip_password::PolicyFile;

use super::valid_by_schema;

/// Eight lines, and a class of each kind.
pub(super) const BASE: &str = r#"min_length = 8
max_length = 16

[[class]]
name = "letters"
characters = "A-Za-z"
[[class]]
name = "digits"
characters = "0-9"
"#;

/// What replaces what in [`BASE`], the error, and whether the schema refuses it too.
const WRONG: &[(&str, &str, &str, bool)] = &[
    // Numbers.
    (
        "= 8",
        "= 0",
        "line 1, min_length: expected a whole number from 1 to 64 (the limit of this library), found 0",
        true,
    ),
    (
        "= 16",
        "= 257",
        "line 2, max_length: expected a whole number from 1 to 256 (the limit of this library), found 257",
        true,
    ),
    (
        "= 16",
        "= 65537",
        "line 2, max_length: expected a whole number from 1 to 256 (the limit of this library), found 65537",
        true,
    ),
    (
        "= 8",
        "= 65",
        "line 1, min_length: expected a whole number from 1 to 64 (the limit of this library), found 65",
        true,
    ),
    (
        "= 8",
        "= -1",
        "line 1, min_length: expected a whole number from 1 to 64 (the limit of this library), found -1",
        true,
    ),
    (
        "= 8",
        "= \"eight\"",
        "line 1, min_length: expected a whole number from 1 to 64 (the limit of this library), found \"eight\"",
        true,
    ),
    (
        "= 8",
        "= 8.5",
        "line 1, min_length: expected a whole number from 1 to 64 (the limit of this library), found 8.5",
        true,
    ),
    (
        "= 8",
        "= [8]",
        "line 1, min_length: expected a whole number from 1 to 64 (the limit of this library), found a list",
        true,
    ),
    (
        "= 8",
        "= 123456789012345678901234567890123456789012",
        "line 1, min_length: expected a whole number from 1 to 64 (the limit of this library), found 1234567890123456789012345678901234567890…",
        true,
    ),
    (
        "\n\n",
        "\ndefault_length = 65\n",
        "line 3, default_length: expected a whole number from 1 to 64 (the limit of this library), found 65",
        true,
    ),
    (
        "\n\n",
        "\nmin_classes = 9\n",
        "line 3, min_classes: expected a whole number from 0 to 8, found 9",
        true,
    ),
    (
        "\n\n",
        "\nmax_repeat = 0\n",
        "line 3, max_repeat: expected a whole number from 1 to 255, found 0",
        true,
    ),
    (
        "0-9\"",
        "0-9\"\nminimum = true",
        "line 10, class \"digits\", minimum: expected a whole number from 0 to 64, found true",
        true,
    ),
    // Keys.
    ("min_length = 8\n", "", "line 1, min_length: expected this key, found none", true),
    ("max_length = 16", "", "line 1, max_length: expected this key, found none", true),
    ("name = \"digits\"\n", "", "line 7, class 2, name: expected this key, found none", true),
    (
        "characters = \"0-9\"\n",
        "",
        "line 7, class \"digits\", characters: expected this key, found none",
        true,
    ),
    (
        "\n\n",
        "\nlongest-run = 1\n",
        "line 3, longest-run: expected one of name, title, source, read, certainty, notes, min_length, max_length, default_length, min_classes, \
         uncounted, excluded, excluded_first, max_repeat, max_run, run_classes, max_sequence, min_distinct, first, context, \
         context_reversed, class; found an unknown key",
        true,
    ),
    (
        "name = \"digits\"",
        "name = \"digits\"\n\"a\\nb\" = 1",
        "line 9, class \"digits\", \"a\\nb\": expected one of name, characters, minimum; found an unknown key",
        true,
    ),
    (
        "0-9\"",
        "0-9\"\nmax_repeat = 2",
        "line 10, class \"digits\", max_repeat: expected this key above the first [[class]], found it in a class",
        true,
    ),
    // Classes.
    (
        "[[class]]\nname = \"letters\"\ncharacters = \"A-Za-z\"\n[[class]]",
        "[class]",
        "line 4, class: expected a [[class]] for each class, found a table",
        true,
    ),
    (
        "\"digits\"",
        "\"letters\"",
        "line 8, class \"letters\", name: expected a unique name, found that of class 1",
        false,
    ),
    (
        "\"digits\"",
        "\"\"",
        "line 8, class 2, name: expected one line of text in quotes, with at least one character, found \"\"",
        true,
    ),
    (
        "\"digits\"",
        "\"a\\u001bb\"",
        "line 8, class \"a\\u{1b}b\", name: expected one line of text in quotes, with at least one character, found \"a\\u{1b}b\"",
        true,
    ),
    (
        "\"digits\"",
        "1979-05-27",
        "line 8, class 2, name: expected one line of text in quotes, with at least one character, found 1979-05-27",
        true,
    ),
    // Characters.
    (
        "\"0-9\"",
        "\"0-9é\"",
        "line 9, class \"digits\", characters: expected printable ASCII, ' ' to '~', found 'é'",
        true,
    ),
    (
        "\"0-9\"",
        "\"0-9\\n\"",
        "line 9, class \"digits\", characters: expected printable ASCII, ' ' to '~', found '\\n'",
        true,
    ),
    ("\"0-9\"", "\"9-0\"", "line 9, class \"digits\", characters: expected \"0-9\", found \"9-0\"", false),
    (
        "\"0-9\"",
        "\"#-9\"",
        "line 9, class \"digits\", characters: expected a range of upper-case letters, lower-case letters or digits, such as \
         \"A-Z\", found \"#-9\"; a hyphen that stands for itself comes first or last",
        true,
    ),
    (
        "\"0-9\"",
        "9",
        "line 9, class \"digits\", characters: expected characters in quotes, such as \"A-Z_.\", found 9",
        true,
    ),
    (
        "\"0-9\"",
        "\"\"",
        "line 9, class \"digits\", characters: expected at least one character, found none",
        true,
    ),
    (
        "\"0-9\"",
        "\"0-9Q\"",
        "line 9, class \"digits\", characters: expected characters of no other class, found 'Q', which is also in class \"letters\"",
        false,
    ),
    (
        "\n\n",
        "\nuncounted = \"_7\"\n",
        "line 3, uncounted: expected characters of no class, found '7', which is also in class \"digits\"",
        false,
    ),
    (
        "\n\n",
        "\nexcluded = \"ö\"\n",
        "line 3, excluded: expected printable ASCII, ' ' to '~', found 'ö'",
        true,
    ),
    // Lists and texts.
    (
        "\n\n",
        "\nfirst = [\"letters\", \"leters\"]\n",
        "line 3, first: expected the name of a class (\"letters\", \"digits\"), found \"leters\"",
        false,
    ),
    // As much of what was found as a line bears, whatever its characters.
    (
        "\n\n",
        "\nfirst = [\"12345678901234567890123456789012345678ééé\"]\n",
        "line 3, first: expected the name of a class (\"letters\", \"digits\"), found \"12345678901234567890123456789012345678éé…\"",
        false,
    ),
    (
        "\n\n",
        "\nfirst = []\n",
        "line 3, first: expected names of classes (\"letters\", \"digits\"), found none",
        true,
    ),
    (
        "\n\n",
        "\nfirst = \"letters\"\n",
        "line 3, first: expected a list of texts, such as [\"…\", \"…\"], found \"letters\"",
        true,
    ),
    (
        "\n\n",
        "\nnotes = [\n\"\", 1]\n",
        "line 4, notes: expected one line of text in quotes, with at least one character, found \"\"",
        true,
    ),
    (
        "\n\n",
        "\ntitle = {}\n",
        "line 3, title: expected one line of text in quotes, with at least one character, found a table",
        true,
    ),
    (
        "\n\n",
        "\ncontext = \"1234567890123456789012345678901234567890123456789012345678901234é\"\n",
        "line 3, context: expected words of at least 1 byte, and of at most 64 bytes; found 66",
        true,
    ),
    // Rules together.
    (
        "= 16",
        "= 256\ndefault_length = 65",
        "line 3, default_length: expected a whole number from 1 to 64 (the limit of this library), found 65",
        true,
    ),
    ("= 8", "= 17", "line 1, min_length: expected at most max_length, 16, found 17", false),
    (
        "\n\n",
        "\ndefault_length = 17\n",
        "line 3, default_length: expected an allowed length, 8 to 16, found 17",
        false,
    ),
    (
        "\n\n",
        "\nmin_classes = 3\n",
        "line 3, min_classes: expected at most the number of classes, 2, found 3",
        false,
    ),
    (
        "Za-z\"",
        "Za-z\"\nminimum = 17",
        "line 7, class \"letters\", minimum: expected minima that add up to at most max_length, 16, found a sum of 17",
        false,
    ),
    (
        "\n\n",
        "\nexcluded = \"A-Za-z0-9\"\n",
        "line 3, excluded: no password of the default length, 16 characters, satisfies excluded; change it or default_length",
        false,
    ),
    // Rows, sequences, different characters and several words.
    ("\n\n", "\nmax_run = 0\n", "line 3, max_run: expected a whole number from 1 to 255, found 0", true),
    (
        "\n\n",
        "\nrun_classes = [\"digits\"]\n",
        "line 3, run_classes: expected it beside max_run, found no max_run",
        true,
    ),
    (
        "\n\n",
        "\nmax_run = 2\nrun_classes = [\"digit\"]\n",
        "line 4, run_classes: expected the name of a class (\"letters\", \"digits\"), found \"digit\"",
        false,
    ),
    (
        "\n\n",
        "\nmax_sequence = 256\n",
        "line 3, max_sequence: expected a whole number from 1 to 255, found 256",
        true,
    ),
    (
        "\n\n",
        "\nmin_distinct = 17\n",
        "line 3, min_distinct: expected at most max_length and at most the number of allowed characters, 16 and 62; found 17",
        false,
    ),
    ("\n\n", "\ncontext = []\n", "line 3, context: expected at least one word, found an empty list", true),
    (
        "\n\n",
        "\ncontext = [\"a\", 1]\n",
        "line 3, context: expected one line of text in quotes, with at least one character, found 1",
        true,
    ),
    (
        "\n\n",
        "\ncontext = [\"12345678901234567890123456789012\", \"12345678901234567890123456789012\"]\n",
        "line 3, context: expected words of at least 1 byte, and of at most 64 bytes together, with one more for each word after the first; found 65",
        false,
    ),
    ("\n\n", "\ncontext_reversed = 1\n", "line 3, context_reversed: expected true or false, found 1", true),
    (
        "\n\n",
        "\ncontext_reversed = true\n",
        "line 3, context_reversed: expected it beside context, found no context",
        true,
    ),
    // Not TOML.
    ("= 8", "=", "line 1, column 13: string values must be quoted, expected literal string", true),
    ("max_length = 16", "min_length = 16", "line 2, column 1: duplicate key", true),
    ("= 16", "= 16 17", "line 2, column 14: string values must be quoted, expected literal string", true),
];

#[test]
fn errors() {
    assert!(PolicyFile::parse(BASE).is_ok() && valid_by_schema(BASE));
    for &(from, to, message, by_schema) in WRONG {
        assert!(BASE.contains(from), "{from}");
        let text = BASE.replacen(from, to, 1);
        let error = PolicyFile::parse(&text).expect_err(message);
        assert_eq!(error.to_string(), message);
        if error.key.is_some() {
            assert_eq!(!valid_by_schema(&text), by_schema, "by the schema: {message}");
        }
    }
}

#[test]
fn errors_of_whole_files() {
    let error = |text: &str| PolicyFile::parse(text).expect_err("it is wrong");
    assert_eq!(error("").to_string(), "line 1, min_length: expected this key, found none");
    assert_eq!(
        error("min_length = 1\nmax_length = 2\n").to_string(),
        "line 1, class: expected a [[class]] with characters, found no character that is allowed"
    );
    let class = |at: char| format!("[[class]]\nname = \"{at}\"\ncharacters = \"{at}\"\n");
    let nine: String = ('a'..='i').map(class).collect();
    let nine = format!("min_length = 1\nmax_length = 2\n{nine}");
    assert_eq!(error(&nine).to_string(), "line 27, class: expected at most 8 classes, found 9");
    assert!(!valid_by_schema(&nine));

    assert_eq!(
        error("min_length = 1\nmax_length = 2\nclass = [\n1]\n").to_string(),
        "line 4, class: expected a [[class]] for each class, found 1"
    );

    // Rules that cannot hold together are named at the first of them.
    let together = "min_length = 8\nmax_length = 8\nmax_repeat = 1\n\
                    [[class]]\nname = \"letter\"\ncharacters = \"x\"\n";
    let found = error(together);
    assert_eq!(
        found.to_string(),
        "line 3, max_repeat: no password of the default length, 8 characters, satisfies max_repeat; change it or default_length"
    );
    let found = error(&format!(
        "{together}minimum = 1\n[[class]]\nname = \"star\"\ncharacters = \"*\"\nminimum = 6\n"
    ));
    assert_eq!(
        found.to_string(),
        "line 11, class \"star\", minimum: no password of the default length, 8 characters, satisfies minimum of \"star\" and \
         max_repeat together; change one of them or default_length"
    );
}

#[test]
fn places_are_in_characters() {
    let error =
        PolicyFile::parse("min_length = 1\r\nnotes = [\"é\", \"ü\", 3]\r\n").expect_err("3 is no text");
    assert_eq!((error.line, error.column), (2, 20));
    let error =
        PolicyFile::parse("min_length = 1\nmax_length = 1\n[[class]]\nx = 1\n").expect_err("x is no key");
    assert_eq!((error.line, error.column), (4, 1));
    let error =
        PolicyFile::parse("min_length = 1\nmax_length = 1\n  [[class]]\n").expect_err("it has no name");
    assert_eq!((error.line, error.column), (3, 3));
}
