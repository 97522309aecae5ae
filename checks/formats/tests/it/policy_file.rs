//! Policy files: the examples, the round trip, the errors and the schema.

use std::{fs, path::Path, sync::LazyLock};

use crate::random::policies;
use boon::{Compiler, SchemaIndex, Schemas};
use proptest::{prelude::*, sample::select};
use sip_password::{CharSet, Class, MAX_LENGTH, PRESETS, Policy, PolicyFile, Rules};

const PRINTABLE: &str =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

static SCHEMA: LazyLock<(Schemas, SchemaIndex)> = LazyLock::new(|| {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = serde_json::from_str(&shipped("policy.schema.json")).expect("it is JSON");
    compiler.add_resource("policy.schema.json", schema).expect("it has a name");
    let index = compiler.compile("policy.schema.json", &mut schemas).expect("it is a schema");
    (schemas, index)
});

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/policies")
}

fn shipped(name: &str) -> String {
    fs::read_to_string(folder().join(name)).expect("it ships")
}

/// The examples: their names and texts.
static EXAMPLES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let files = fs::read_dir(folder()).expect("they ship").map(|file| file.expect("it can be listed").path());
    let toml = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let name =
        |path: &Path| path.file_stem().expect("it has a name").to_str().expect("it is plain").to_owned();
    toml.map(|path| (name(&path), fs::read_to_string(&path).expect("it can be read"))).collect()
});

fn valid_by_schema(text: &str) -> bool {
    let (schemas, index) = &*SCHEMA;
    toml::from_str(text).is_ok_and(|value| schemas.validate(&value, *index).is_ok())
}

fn example(name: &str) -> PolicyFile {
    PolicyFile::parse(&shipped(&format!("{name}.toml"))).expect("it is a policy file")
}

#[test]
fn each_preset_is_a_file_that_ships() {
    for preset in PRESETS {
        assert_eq!(example(preset.name), PolicyFile::from(*preset), "{}", preset.name);
    }
}

#[test]
fn a_tenant_s_own_group() {
    let file = example("huawei-tenant");
    let policy = file.policy();
    assert!(policy.check("Not_a_real_1").is_ok());
    assert!(policy.check("Not_a_reeal_1").is_err(), "identical neighbours");
    assert!(policy.check("Not_a_real_password_of_32_chars1").is_err(), "identical neighbours");
    assert!(policy.check("Not_a_real_pasword_of_32_chars_1").is_ok(), "32 characters");
    assert!(policy.check("Not_a_real_pasword_of_33_chars_12").is_err(), "33 characters");
}

#[test]
fn every_rule_has_every_key() {
    let text = shipped("every-rule.toml");
    let schema: serde_json::Value = serde_json::from_str(&shipped("policy.schema.json")).expect("it is JSON");
    let object = |value: &serde_json::Value| value.as_object().expect("it is an object").clone();
    let file = object(&toml::from_str(&text).expect("it is TOML"));
    let keys = object(&schema["properties"]);
    assert!(keys.keys().eq(file.keys()), "{:?} {:?}", keys.keys(), file.keys());
    let class = object(&schema["properties"]["class"]["items"]["properties"]);
    assert!(class.keys().eq(object(&file["class"][2]).keys()));

    // None of them does nothing: each rule is other than in a file without it.
    let policy = example("every-rule").policy().clone();
    for key in
        keys.keys().filter(|key| !["name", "title", "source", "notes", "class"].contains(&key.as_str()))
    {
        let line = text.lines().find(|line| line.starts_with(&format!("{key} = "))).expect("it is there");
        match PolicyFile::parse(&text.replace(line, "")) {
            Ok(without) => assert_ne!(without.policy(), &policy, "{key}"),
            Err(error) => assert_eq!(error.key.as_deref(), Some(key.as_str())),
        }
    }
}

#[test]
fn the_examples_are_valid_by_the_schema() {
    assert_eq!(EXAMPLES.len(), 6);
    for (name, text) in &*EXAMPLES {
        assert!(text.starts_with("#:schema policy.schema.json\n"), "{name}");
        assert!(PolicyFile::parse(text).is_ok_and(|file| file.name.as_ref() == Some(name)), "{name}");
        assert!(valid_by_schema(text), "{name}");
    }
}

/// Where no default length is named, passwords are counted, up to the most states that a policy may have.
#[test]
fn a_usual_length() {
    let file = |minima: &[u8], context: &str| {
        let class = |(letter, minimum)| {
            format!("[[class]]\nname = \"{letter}\"\ncharacters = \"{letter}\"\nminimum = {minimum}\n")
        };
        let classes: String = ('a'..).zip(minima).map(class).collect();
        PolicyFile::parse(&format!("min_length = 1\nmax_length = 64\n{context}{classes}"))
    };
    let length =
        |minima: &[u8], context| file(minima, context).expect("it is a policy").policy().default_length();
    assert_eq!(length(&[2, 3], ""), 16);
    assert_eq!(length(&[20, 3], ""), 23);
    // None of its characters can stand in a password, so this is soon counted.
    let context = format!("context = \"{}\"\n", "?".repeat(MAX_LENGTH));
    assert_eq!(8 * 8 * 8 * 8 * 4 * MAX_LENGTH, 1 << 20);
    assert_eq!(length(&[7, 7, 7, 7, 3], &context), 31);
    // This is not counted at all: it would take more memory than there is.
    let error = file(&[8; 8], &context).expect_err("there are too many states").to_string();
    assert!(error.contains("states"), "{error}");
}

#[test]
fn written() {
    let file = example("every-rule");
    assert_eq!(
        file.to_string(),
        r##"name = "every-rule"
title = "Every rule that there is"
source = "No vendor: an example"
notes = [
    "Made up, to show each key.",
    "A list can have several lines.",
]

min_length = 12
max_length = 24
default_length = 18
min_classes = 3
uncounted = "_-"
excluded = "01IOl"
max_repeat = 2
first = ["uppercase letters", "lowercase letters"]
context = "phone"

[[class]]
name = "uppercase letters"
characters = "A-Z"

[[class]]
name = "lowercase letters"
characters = "a-z"

[[class]]
name = "digits"
characters = "0-9"
minimum = 2

[[class]]
name = "special characters"
characters = '!"#$%&\'
minimum = 1
"##
    );
    // Nothing but what is needed, and text that needs escapes.
    let digits = Class::new("digits", CharSet::DIGITS);
    let policy = Policy::new(Rules::new().with_lengths(6, 6).with_class(digits)).expect("it is a policy");
    let mut file = PolicyFile::from(policy);
    (file.name, file.title, file.source, file.notes) =
        (None, None, Some("a \"b\" 'c' \\d\te".into()), vec![]);
    assert_eq!(
        file.to_string(),
        r#"source = "a \"b\" 'c' \\d\u0009e"

min_length = 6
max_length = 6

[[class]]
name = "digits"
characters = "0-9"
"#
    );
}

/// Eight lines, and a class of each kind.
const BASE: &str = r#"min_length = 8
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
        "= 65",
        "line 2, max_length: expected a whole number from 1 to 64 (the limit of this library), found 65",
        true,
    ),
    (
        "= 16",
        "= 300",
        "line 2, max_length: expected a whole number from 1 to 64 (the limit of this library), found 300",
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
        "line 3, longest-run: expected one of name, title, source, notes, min_length, max_length, default_length, min_classes, \
         uncounted, excluded, max_repeat, first, context, class; found an unknown key",
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
        "line 3, context: expected a word of 1 to 64 bytes, found 66",
        true,
    ),
    // Rules together.
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

fn line() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{1,12}", "[ -~]{1,12}", "[\"'\\\\#\\[\\]=]{1,6}"]
}

/// Pieces of files, to put where they do not belong.
const PIECES: [&str; 26] = [
    "\"",
    "'",
    "\\",
    "\n",
    "[[class]]",
    "[class]",
    "name",
    "characters",
    "=",
    "= 0",
    "= 65",
    "[",
    "]",
    "{",
    "}",
    "-",
    "A-",
    "#",
    "\"\"\"",
    "é",
    "\u{feff}",
    "\r",
    "first = [\"digits\"]\n",
    "context = \"a\"\n",
    "max_repeat = 1\n",
    "99999999999999999999",
];

/// What holds of every text: it is a policy file that is written and read as the same and is valid by the schema, or an
/// error that names a place in it on one line.
fn whatever_it_is(text: &str) {
    match PolicyFile::parse(text) {
        Ok(file) => {
            assert_eq!(Policy::new(file.policy().rules()).as_ref(), Ok(file.policy()), "{text}");
            assert_eq!(file.counts(), file.policy().counts(), "{text}");
            let written = file.to_string();
            assert_eq!(PolicyFile::parse(&written), Ok(file), "{text}\n{written}");
            assert!(valid_by_schema(text) && valid_by_schema(&written), "{text}");
        }
        Err(error) => {
            let line = text.split('\n').nth(error.line - 1).expect("there is such a line");
            assert!((1..=line.chars().count() + 1).contains(&error.column), "{error} in {text:?}");
            let shown = error.to_string();
            assert!(!shown.contains(char::is_control) && shown.chars().count() < 400, "{shown:?}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_as_the_same(
        policy in policies(PRINTABLE, 20),
        names in prop::collection::vec(line(), 8),
        (name, title, source) in (prop::option::of(line()), prop::option::of(line()), prop::option::of(line())),
        notes in prop::collection::vec(line(), 0..4),
        shorter in 0..20_u8,
    ) {
        // Classes with names of their own.
        let rules = policy.rules();
        let class = |(index, class): (usize, &Class)| {
            let name: String = names[index].chars().take(4).collect();
            Class::new(&format!("{name}{index}"), class.characters()).at_least(class.minimum())
        };
        let classes: Vec<_> = rules.classes().iter().enumerate().map(class).collect();
        let named = rules.clone().with_classes(&classes);
        // Another default length, if passwords of that length can be generated.
        let other = named.clone().with_default_length(rules.default_length().saturating_sub(shorter));
        let policy = Policy::new(other).or_else(|_| Policy::new(named)).expect("other names make no difference");
        let default_length = policy.default_length();
        let mut file = PolicyFile::from(policy);
        (file.name, file.title, file.source, file.notes) = (name, title, source, notes);
        let written = file.to_string();
        prop_assert_eq!(PolicyFile::parse(&written), Ok(file.clone()), "{}", written);
        prop_assert!(valid_by_schema(&written), "{}", written);

        // And without the default length.
        let line = format!("\ndefault_length = {default_length}\n");
        let usual = PolicyFile::parse(&written.replacen(&line, "\n", 1)).expect("it is still a policy");
        prop_assert!(!usual.to_string().contains("\ndefault_length"));
        whatever_it_is(&usual.to_string());
    }

    #[test]
    fn any_text(text: String, bytes: Vec<u8>) {
        whatever_it_is(&text);
        whatever_it_is(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn files_with_mistakes(
        example in select(EXAMPLES.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>()),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, prop::option::of(select(&PIECES[..]))), 1..4),
    ) {
        let mut text: Vec<char> = example.chars().collect();
        for (at, removed, piece) in edits {
            let at = at.index(text.len() + 1);
            let end = text.len().min(at + removed);
            text.splice(at..end, piece.unwrap_or_default().chars());
        }
        whatever_it_is(&text.into_iter().collect::<String>());
    }

    /// A pattern of the schema and a routine of the library say the same of one string, but that the schema cannot tell
    /// which way a range runs.
    #[test]
    fn characters_by_the_schema(uncounted in prop_oneof!["[ -~]{0,6}", "[ABab01_-]{0,7}", "\\PC{0,3}"]) {
        let quoted = serde_json::Value::from(uncounted).to_string();
        let text = format!("min_length = 1\nmax_length = 1\nuncounted = \"!\"\nexcluded = {quoted}\n");
        match PolicyFile::parse(&text).map_err(|error| error.message) {
            Err(message) if message.starts_with("expected \"") => {}
            Err(message) if !message.contains("of the default length") => prop_assert!(!valid_by_schema(&text), "{}", text),
            _ => prop_assert!(valid_by_schema(&text), "{}", text),
        }
    }
}

#[test]
fn a_backslash_is_itself_and_a_character_counts_once() {
    let text = BASE.replacen("\n\n", "\nuncounted = '\\\\__.-'\n", 1);
    let file = PolicyFile::parse(&text).expect("it is a policy file");
    assert_eq!(file.policy().rules().uncounted(), CharSet::of("\\_.-"));
    assert!(file.to_string().contains("\nuncounted = '.\\_-'\n"), "{file}");
}
