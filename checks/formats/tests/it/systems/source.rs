//! The catalogue as source code of the library, `src/catalogue/*.rs`, which is made from the files in `presets/`.

use std::{collections::BTreeMap, env, fs, sync::LazyLock};

use sip_password::{CATALOGUE, CharSet, Class, ClassSet, MAX_LENGTH, Policy, PolicyFile};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const COMMAND: &str = "UPDATE_CATALOGUE=1 cargo test -p sip-password-formats systems";

/// A system as the files state it.
pub(super) struct Entry {
    pub(super) group: String,
    pub(super) aliases: Vec<String>,
    pub(super) text: String,
    /// Counted, which takes the time of this test.
    pub(super) file: PolicyFile,
}

impl Entry {
    pub(super) fn name(&self) -> &str {
        self.file.name.as_deref().expect("a system has a name")
    }

    fn title(&self) -> &str {
        self.file.title.as_deref().expect("a system has a title")
    }
}

/// The systems by group, in the order of names.
pub(super) static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let read = |path: &str| {
        fs::read_to_string(format!("{ROOT}/presets/{path}.toml"))
            .unwrap_or_else(|error| panic!("presets/{path}.toml: {error}"))
    };
    type Index = BTreeMap<String, BTreeMap<String, Vec<String>>>;
    let index: Index = toml::from_str(&read("index")).expect("it is a table of groups");
    let entry = |(group, name, aliases): (String, String, Vec<String>)| {
        let text = read(&name);
        let file = PolicyFile::parse(&text).unwrap_or_else(|error| panic!("presets/{name}.toml: {error}"));
        assert_eq!(file.name.as_deref(), Some(&*name), "presets/{name}.toml");
        Entry { group, aliases, text, file }
    };
    let systems = index.into_iter().flat_map(|(group, systems)| {
        systems.into_iter().map(move |(name, aliases)| (group.clone(), name, aliases))
    });
    systems.map(entry).collect()
});

/// The name in Rust: `_2TALK`, `SIP_US`.
fn constant(name: &str) -> String {
    let digit = name.starts_with(|first: char| first.is_ascii_digit());
    let name = name.replace('-', "_").to_uppercase();
    if digit { format!("_{name}") } else { name }
}

fn set(characters: CharSet) -> String {
    let alphanumeric = CharSet::UPPERCASE | CharSet::LOWERCASE | CharSet::DIGITS;
    let named = [
        (CharSet::UPPERCASE, "CharSet::UPPERCASE"),
        (CharSet::LOWERCASE, "CharSet::LOWERCASE"),
        (CharSet::DIGITS, "CharSet::DIGITS"),
        (CharSet::PRINTABLE.difference(alphanumeric), "NOT_ALPHANUMERIC"),
    ];
    match named.iter().find(|(set, _)| *set == characters) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("CharSet::of({:?})", characters.to_string()),
    }
}

fn class(class: &Class) -> String {
    let minimum = match class.minimum() {
        0 => String::new(),
        minimum => format!(".at_least({minimum})"),
    };
    format!("Class::new({:?}, {}){minimum}", class.name(), set(class.characters()))
}

fn indices(classes: ClassSet) -> String {
    classes.iter().fold("ClassSet::EMPTY".to_owned(), |text, index| format!("{text}.with({index})"))
}

/// The calls that state a policy's rules: first both lengths.
fn rules(policy: &Policy) -> Vec<String> {
    let rules = policy.rules();
    let mut calls = vec![
        format!("with_lengths({}, {})", rules.min_length(), rules.max_length()),
        format!("with_default_length({})", rules.default_length()),
    ];
    calls.extend(rules.classes().iter().map(|one| format!("with_class({})", class(one))));
    let mut call = |is_stated: bool, call: String| calls.extend(is_stated.then_some(call));
    call(rules.min_classes() > 0, format!("with_min_classes({})", rules.min_classes()));
    call(!rules.uncounted().is_empty(), format!("with_uncounted({})", set(rules.uncounted())));
    call(!rules.excluded().is_empty(), format!("with_excluded({})", set(rules.excluded())));
    call(!rules.excluded_first().is_empty(), format!("with_excluded_first({})", set(rules.excluded_first())));
    if let Some(max) = rules.max_repeat() {
        call(true, format!("with_max_repeat({max})"));
    }
    if let Some((max, classes)) = rules.max_run() {
        call(true, format!("with_max_run({max}, {})", indices(classes)));
    }
    if let Some(max) = rules.max_sequence() {
        call(true, format!("with_max_sequence({max})"));
    }
    call(rules.min_distinct() > 0, format!("with_min_distinct({})", rules.min_distinct()));
    if let Some(classes) = rules.first() {
        call(true, format!("with_first({})", indices(classes)));
    }
    let words: Vec<_> = rules.context().collect();
    call(!words.is_empty(), format!("with_context_words(&{words:?})"));
    call(rules.reversed_context(), "with_reversed_context(true)".to_owned());
    calls
}

/// The lengths from which on another number of candidates is tried.
fn steps(file: &PolicyFile) -> String {
    let tries = |length: usize| match file.policy().tries(length) {
        // Too rare for trying, unless more than a third of the candidates comply.
        Some(128) if file.counts().acceptance(length) < 0.1 => u16::MAX,
        tries => tries.unwrap_or(0),
    };
    let steps = (1..=MAX_LENGTH).filter(|&length| tries(length) != tries(length - 1));
    let steps: Vec<_> = steps.map(|length| format!("({length}, {})", tries(length))).collect();
    format!("&[{}]", steps.join(", "))
}

fn policy(entry: &Entry) -> String {
    let rules = rules(entry.file.policy());
    let (lengths, others) = rules.split_at(2);
    format!(
        "/// {}.\npub static {}: Policy = Policy::counted_before(\n    Rules::new().{}\n        .{},\n    {},\n);\n",
        entry.title(),
        constant(entry.name()),
        lengths.join("."),
        others.join("."),
        steps(&entry.file),
    )
}

fn system(entry: &Entry, group: &str) -> String {
    let file = &entry.file;
    let notes = match file.notes.as_slice() {
        notes @ ([] | [_]) => format!("{notes:?}"),
        notes => {
            let lines: String = notes.iter().map(|note| format!("            {note:?},\n")).collect();
            format!("[\n{lines}        ]")
        }
    };
    format!(
        "    System {{ aliases: &{:?}, group: SystemGroup::{group}, preset: Preset {{
        name: {:?}, title: {:?}, policy: &{}, read: {:?}, certainty: Certainty::{:?},
        source: {:?},\n        notes: &{notes},\n    }} }},\n",
        entry.aliases,
        entry.name(),
        entry.title(),
        constant(entry.name()),
        file.read,
        file.certainty.expect("a system has a certainty"),
        file.source.as_deref().expect("a system has a source"),
    )
}

/// The module of a group.
fn module(group: &str) -> String {
    let entries: Vec<_> = ENTRIES.iter().filter(|entry| entry.group == group).collect();
    let variant = format!("{}{}", group[..1].to_uppercase(), &group[1..]);
    let policies: String = entries.iter().map(|entry| policy(entry) + "\n").collect();
    let systems: String = entries.iter().map(|entry| system(entry, &variant)).collect();
    let code = format!("{policies}pub(super) const SYSTEMS: &[System] = &[\n{systems}];\n");
    let used = |names: &[&str]| {
        let used: Vec<_> = names.iter().copied().filter(|&name| code.contains(name)).collect();
        used.join(", ")
    };
    let (own, class) =
        (used(&["NOT_ALPHANUMERIC", "System", "SystemGroup"]), used(&["Class::", "ClassSet::"]));
    format!(
        "//! Systems of the group [`{variant}`](SystemGroup::{variant}). Made from `presets/` by\n//! `{COMMAND}`.\n
use super::{{{own}}};\nuse crate::{{\n    policy::Policy,\n    presets::{{Preset, certainty::Certainty}},
    rules::{{Rules, charset::CharSet, class::{{{}}}}},\n}};\n\n{code}",
        class.replace("::", ""),
    )
}

#[test]
fn the_source_is_made_of_the_files() {
    let mut differences = Vec::new();
    for group in ["cloud", "pbx", "phone", "store"] {
        let path = format!("{ROOT}/src/catalogue/{group}.rs");
        let module = module(group);
        let found = fs::read_to_string(&path).unwrap_or_default();
        if module != found {
            let differs = module.lines().zip(found.lines()).find(|(made, found)| made != found);
            differences.push(format!("src/catalogue/{group}.rs: {differs:?}"));
            if env::var_os("UPDATE_CATALOGUE").is_some() {
                fs::write(&path, &module).expect("the module can be written");
            }
        }
    }
    // What was written now is not yet compiled, so the other tests would judge the old one.
    assert!(differences.is_empty(), "{COMMAND}, twice, makes these right: {differences:#?}");
}

/// The compiler's policies are those that were counted, and every text is there.
#[test]
fn the_catalogue_is_the_files() {
    assert_eq!(CATALOGUE.len(), ENTRIES.len());
    for (system, entry) in CATALOGUE.iter().zip(&*ENTRIES) {
        assert_eq!(PolicyFile::from(&system.preset), entry.file);
        assert_eq!(system.aliases, entry.aliases);
        assert_eq!(format!("{:?}", system.group).to_lowercase(), entry.group);
    }
}
