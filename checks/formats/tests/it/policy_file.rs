//! Policy files: the examples, the round trip and the schema.

mod errors;

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

pub(crate) fn valid_by_schema(text: &str) -> bool {
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
    let mut keys = object(&schema["properties"]);
    // Beside the other rules, it takes too many cases to count: it is a comment, and `distinct.toml` has it.
    assert!(text.contains("# min_distinct = ") && keys.remove("min_distinct").is_some());
    assert!(keys.keys().eq(file.keys()), "{:?} {:?}", keys.keys(), file.keys());
    let class = object(&schema["properties"]["class"]["items"]["properties"]);
    assert!(class.keys().eq(object(&file["class"][2]).keys()));

    // None of them does nothing: each rule is other than in a file without it.
    let policy = example("every-rule").policy().clone();
    for key in keys.keys().filter(|key| {
        !["name", "title", "source", "read", "certainty", "notes", "class"].contains(&key.as_str())
    }) {
        let line = text.lines().find(|line| line.starts_with(&format!("{key} = "))).expect("it is there");
        match PolicyFile::parse(&text.replace(line, "")) {
            Ok(without) => assert_ne!(without.policy(), &policy, "{key}"),
            Err(error) => {
                // What depends on it is refused without it.
                let dependent = match key.as_str() {
                    "max_run" => "run_classes",
                    "context" => "context_reversed",
                    key => key,
                };
                assert_eq!(error.key.as_deref(), Some(dependent));
            }
        }
    }
}

#[test]
fn the_examples_are_valid_by_the_schema() {
    assert_eq!(EXAMPLES.len(), 7);
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
read = "2026-11"
certainty = "high"
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
excluded_first = "X-Zx-z"
max_repeat = 2
max_run = 4
run_classes = ["digits", "special characters"]
max_sequence = 3
first = ["uppercase letters", "lowercase letters"]
context = ["phone", "4567"]
context_reversed = true

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
        r#"source = "a \"b\" 'c' \\d\te"

min_length = 6
max_length = 6

[[class]]
name = "digits"
characters = "0-9"
"#
    );
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
    let text = errors::BASE.replacen("\n\n", "\nuncounted = '\\\\__.-'\n", 1);
    let file = PolicyFile::parse(&text).expect("it is a policy file");
    assert_eq!(file.policy().rules().uncounted(), CharSet::of("\\_.-"));
    assert!(file.to_string().contains("\nuncounted = '.\\_-'\n"), "{file}");
}
