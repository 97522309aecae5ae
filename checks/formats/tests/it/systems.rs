//! The catalogue, held against the words of its sources. Another system is one more line of [`SYSTEMS`].

mod page;
mod source;

use std::fs;

use fancy_regex::Regex;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use sip_password::{
    CATALOGUE, CharSet, Characters, IntersectionConflict, PRESETS, Policy, PolicyError, PolicyFile, System,
    SystemGroup,
};

use crate::{mixed, policy_file::valid_by_schema};
use source::ENTRIES;

/// At least three of upper case, lower case, digits and other visible characters.
macro_rules! three_of_four {
    () => {
        concat!(
            r"(?:(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])|(?=.*[A-Z])(?=.*[a-z])(?=.*[!-/:-@\[-`{-~])|",
            r"(?=.*[A-Z])(?=.*[0-9])(?=.*[!-/:-@\[-`{-~])|(?=.*[a-z])(?=.*[0-9])(?=.*[!-/:-@\[-`{-~]))",
        )
    };
}

/// The system, the passwords that it accepts, and those of them that are to be generated. Each expression says what the source says,
/// and matches a whole line. Sequences are in [`LONGEST_SEQUENCES`].
const SYSTEMS: &[(&str, &str, &str)] = &[
    ("2talk", r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[ -~]{8,256}", ALPHANUMERIC),
    (
        "3cx",
        r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*[!#$%&()*+,\-./:;<=>?@{}])[A-Za-z0-9!#$%&()*+,\-./:;<=>?@{}]{10,256}",
        ACCEPTED,
    ),
    ("altigen", r"(?!(.)\1*$)[0-9]{4,8}", "[0-9]*"),
    ("audiocodes-mediant", "[ -~]{1,15}", ALPHANUMERIC),
    ("auerswald", r"[A-Za-z0-9\-_.!~*'()&=+$,]{8,256}", ACCEPTED),
    ("avaya-ip-office", r"\d{1,31}", ACCEPTED),
    ("avaya-j100", "[ -~]{1,31}", ALPHANUMERIC),
    ("bas-ip", "[ -~]{6,31}", ALPHANUMERIC),
    ("bland", r"[ -~]{8,256}", r"[A-HJ-NP-Za-km-z2-9]*"),
    ("chime", "[ -~]{1,256}", ALPHANUMERIC),
    ("cisco-be3000", concat!(r"(?!.*(.)\1{3})", three_of_four!(), "[!-~]{6,256}"), "[!-~]*"),
    (
        "cisco-expressway",
        r"(?=(?:.*[A-Z]){2})(?=(?:.*[a-z]){2})(?=(?:.*[0-9]){2})(?=(?:.*[!-/:-@\[-`{-~]){2})[!-~]{15,256}",
        "[!-~]*",
    ),
    ("cisco-phone", "[ -~]{1,30}", ALPHANUMERIC),
    ("cucm", "[ -~]{5,256}", ALPHANUMERIC),
    ("esi", "[[:alnum:]]{1,16}", ACCEPTED),
    ("freepbx", r"(?=(?:.*[A-Za-z]){2})(?=(?:.*[0-9]){2})[ -~]{6,256}", ALPHANUMERIC),
    ("fs-pbx", r"[ -~]{6,255}", r"[A-Za-z0-9!^%*?.]*"),
    ("fusionpbx", r"(?=.*[0-9])(?=.*[a-z])[!-~]{20,256}", ALPHANUMERIC),
    ("grandstream-ucm", r"(?!(?:[A-Z]*|[a-z]*|[0-9]*|[!-/:-@\[-`{-~]*)$)[!-~]{4,30}", ACCEPTED),
    ("grandstream-ucm-pin", r"(?!.*(.)\1\1)[0-9]{4,30}", ACCEPTED),
    ("hp-msr", "[ -~]{1,16}", ALPHANUMERIC),
    ("huawei-ipc", r"(?!(?:[A-Z]*|[a-z]*|[0-9]*|[!-/:-@\[-`{-~]*)$)[!-~]{8,20}", ACCEPTED),
    ("huawei-sun2000", r"(?!(?:[A-Z]*|[a-z]*|[0-9]*|[!-/:-@\[-`{-~]*)$)[!-~]{6,20}", ACCEPTED),
    (
        "ivozprovider",
        r"(?=(?:.*[A-Z]){3})(?=(?:.*[a-z]){3})(?=(?:.*[0-9]){3})(?=.*[+*_\-])[ -~]{10,25}",
        r"[A-Za-z0-9+*_\-]*",
    ),
    ("jambonz", "[ -~]{1,64}", ALPHANUMERIC),
    ("kamailio", "[ -~]{1,64}", ALPHANUMERIC),
    ("karel", r"\d{1,16}", ACCEPTED),
    ("kazoo", "[ -~]{5,32}", ALPHANUMERIC),
    ("linphone", "[ -~]{8,256}", ALPHANUMERIC),
    ("magnusbilling", r"(?!.*(?:123456|012345))[!#-&(-~]{4,30}", ACCEPTED),
    (
        "matrix-eternity",
        r##"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*[^A-Za-z0-9])(?!.*[%#=+&\\<>'" ])[ -~]{8,12}"##,
        ACCEPTED,
    ),
    ("mikopbx", "[ -~]{8,64}", ALPHANUMERIC),
    ("mitel-mivoice-400", r"[A-Za-z0-9?/<>\-+*#=., ]{8,10}", ACCEPTED),
    (
        "nokia-a020w",
        r"(?=[A-Za-z0-9])(?!.*(.)\1{8})(?!(?:[A-Za-z]*|[0-9]*)$)[A-Za-z0-9!#+,\-/@_:=\]]{8,24}",
        ACCEPTED,
    ),
    ("opensips", "[ -~]{6,64}", ALPHANUMERIC),
    ("openvox", r"(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])[ -~]{8,256}", ALPHANUMERIC),
    ("ovh", "[[:alnum:]]{8,20}", ACCEPTED),
    ("plivo", "[ -~]{5,256}", ALPHANUMERIC),
    ("poly-hdx", r"[A-Za-z0-9@\-_!;$,\\/&.#*]{1,40}", ACCEPTED),
    ("poly-trio", "[ -~]{1,256}", ALPHANUMERIC),
    ("sip-us", "[ -~]{16,256}", ALPHANUMERIC),
    ("sipwise-ngcp", r"[!-~]{12,40}", "[!-~]*"),
    ("snom", "[ -~]{1,256}", ALPHANUMERIC),
    ("telnyx", r"[ -~]{8,128}", ALPHANUMERIC),
    ("thinktel", r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?!.*[0-9]{4})[A-Za-z0-9!@^#$%*_\-+=?]{8,15}", ACCEPTED),
    ("twilio", r"(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])[ -~]{12,255}", ALPHANUMERIC),
    ("vantage", "(?=.*[0-9])(?=.*[^0-9])[!-~]{8,10}", ACCEPTED),
    ("vertical-wave", "[ -~]{1,48}", ALPHANUMERIC),
    ("vicidial", "[A-Za-z0-9]{2,100}", ACCEPTED),
    ("wazo", r"[a-zA-Z0-9\-._~!$&'()*+,;=%]{4,64}", ACCEPTED),
    ("yealink-vc", "[ -~]{1,256}", ALPHANUMERIC),
    ("yeastar-p", "[ -~]{1,63}", ALPHANUMERIC),
    ("yeastar-s", r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9~^*\-_?]{10,63}", ACCEPTED),
    ("yeastar-trunk", r##"(?!.*[ ;&"'\\<>`|])[ -~]{1,256}"##, ACCEPTED),
    ("zoom", r"(?!.*(.)\1{3})[ -~]{8,32}", ALPHANUMERIC),
];

/// Where the source names no characters, those that survive everywhere are generated.
const ALPHANUMERIC: &str = "[A-Za-z0-9]*";
/// What is accepted is generated.
const ACCEPTED: &str = "[ -~]*";

/// How many letters or digits may ascend or descend one by one, where a system says so.
const LONGEST_SEQUENCES: &[(&str, usize)] = &[
    ("altigen", 3),
    ("cisco-be3000", 2),
    ("cisco-expressway", 2),
    ("grandstream-ucm-pin", 2),
    ("yeastar-s", 3),
];

/// Whether no sequence is longer than the system allows.
fn has_no_long_sequence(name: &str, text: &str) -> bool {
    let Some((_, longest)) = LONGEST_SEQUENCES.iter().find(|(system, _)| *system == name) else {
        return true;
    };
    let bytes = text.as_bytes();
    let is_sequence = |window: &[u8], step: i16| {
        let kinds = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
        kinds.iter().any(|is| window.iter().all(is))
            && window.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step)
    };
    !bytes.windows(longest + 1).any(|window| is_sequence(window, 1) || is_sequence(window, -1))
}

/// The passwords of each system that are generated: half of them of the default length, the others of the shortest and the longest.
const PASSWORDS: usize = 20_000;
/// The lines of each system that are checked, of lengths around both limits, and as many that differ from a compliant password by a character.
const LINES: usize = 50_000;
/// One line of so many is also held against the other formats, which are slower.
const EVERY: usize = 16;

fn file(name: &str) -> &'static PolicyFile {
    let found = ENTRIES.iter().find(|entry| entry.name() == name);
    &found.unwrap_or_else(|| panic!("{name} is not in presets/index.toml")).file
}

fn whole(expression: &str) -> Regex {
    Regex::new(&format!("^(?:{expression})$")).expect("it is well-formed")
}

fn matches(regex: &Regex, text: &str) -> bool {
    // `$` matches before a line break at the end.
    !text.contains('\n') && regex.is_match(text).expect("it does not backtrack for long")
}

#[test]
fn generates_what_the_system_accepts() {
    for (name, accepted, generated) in SYSTEMS {
        let file = file(name);
        let (accepted, generated) = (whole(accepted), whole(generated));
        let policy = file.policy();
        let lengths = || policy.lengths().filter(|&length| policy.tries(length).is_some());
        let shortest = lengths().next().expect("something can be generated");
        let longest = lengths().next_back().expect("something can be generated");
        let mut rng = ChaCha20Rng::from_seed([4; 32]);
        for (length, share) in [(policy.default_length(), 2), (shortest, 4), (longest, 4)] {
            let mut buffer = vec![0; length];
            for _ in 0..PASSWORDS / share {
                let password = policy.generate(&mut rng, &mut buffer).expect("the source is good");
                let password = password.expose_secret();
                let right = matches(&accepted, password) && matches(&generated, password);
                assert!(right && has_no_long_sequence(name, password), "{name}: {password}");
            }
        }
    }
}

/// So do the pattern of a form and the rules for a password manager.
#[test]
fn accepts_what_the_system_accepts() {
    for (name, accepted, _) in SYSTEMS {
        let file = file(name);
        let accepted = whole(accepted);
        let policy = file.policy();
        let pattern = whole(&policy.pattern().to_string());
        // Not every rule has an equivalent there.
        let rules = policy.password_rules(Characters::Accepted).ok();
        let read = rules.map(|rules| Policy::from_password_rules(&rules.to_string()).expect("they are read"));
        let (min, max) = policy.lengths().into_inner();
        // Whether all of them accept a line.
        let mut number = 0;
        let mut agrees = |line: &str| {
            let expected = matches(&accepted, line) && has_no_long_sequence(name, line);
            assert_eq!(policy.check(line).is_ok(), expected, "{name}: {line:?}");
            number += 1;
            if number % EVERY != 0 {
                return expected;
            }
            assert_eq!(matches(&pattern, line), expected, "{name}: {line:?}");
            if let Some(read) = &read {
                assert_eq!(read.check(line).is_ok(), expected, "{name}: {line:?}");
            }
            expected
        };
        let mut rng = ChaCha20Rng::from_seed([5; 32]);
        for around in [min as u32, max as u32] {
            let mut compliant = 0;
            for _ in 0..LINES / 2 {
                // Long lines are all too likely to have a character outside ASCII.
                let line = mixed::line(&mut rng, around.saturating_sub(2)..around + 3)
                    .replace(['é', 'ß', '密', '🔑', '\n', '\t', '\u{7f}'], "x");
                compliant += usize::from(agrees(&line));
                let line = mixed::line(&mut rng, around.saturating_sub(2)..around + 3);
                agrees(&line);
            }
            assert!((10..LINES / 2).contains(&compliant), "{name}, around {around}: {compliant}");
        }
    }
}

/// A compliant password with another character somewhere.
#[test]
fn judges_neighbours_of_compliant_passwords() {
    for (name, accepted, _) in SYSTEMS {
        let (policy, accepted) = (file(name).policy(), whole(accepted));
        let mut rng = ChaCha20Rng::from_seed([6; 32]);
        let mut buffer = vec![0; policy.default_length()];
        for _ in 0..LINES {
            let password = policy.generate(&mut rng, &mut buffer).expect("the source is good");
            let mut line = password.expose_secret().as_bytes().to_vec();
            let at = rng.next_u32() as usize % line.len();
            line[at] = b' ' + (rng.next_u32() % 95) as u8;
            let line = String::from_utf8(line).expect("it is ASCII");
            let expected = matches(&accepted, &line) && has_no_long_sequence(name, &line);
            assert_eq!(policy.check(&line).is_ok(), expected, "{name}: {line:?}");
        }
    }
}

/// Each system has an expression, a head that says where the rule is from, and names that no other policy has.
#[test]
fn every_system_is_described() {
    let mut names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    for entry in &*ENTRIES {
        let name = entry.name();
        assert!(SYSTEMS.iter().any(|(other, ..)| *other == name), "{name} has no expression");
        assert!(valid_by_schema(&entry.text), "{name}");
        for other in [name].into_iter().chain(entry.aliases.iter().map(String::as_str)) {
            assert!(!names.contains(&other), "{other} stands for two systems");
            let found = System::named(&other.to_ascii_uppercase()).map(|system| system.preset.name);
            assert_eq!(found, Some(name), "{other}");
            names.push(other);
        }
    }
    assert!(CATALOGUE.is_sorted_by_key(|system| (system.group, system.preset.name)));
    let groups: Vec<_> = CATALOGUE.chunk_by(|a, b| a.group == b.group).map(|group| group[0].group).collect();
    assert_eq!(groups, SystemGroup::ALL);
    let files = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../presets")).expect("it is there");
    assert_eq!(files.count(), CATALOGUE.len() + 1, "each file of presets/ is in index.toml");
}

/// Pairs whose combined rules no single policy states.
const NOT_STATED: &[(&str, &str)] = &[
    ("cisco-be3000", "freepbx"),
    ("cisco-expressway", "ivozprovider"),
    ("freepbx", "exotel"),
    ("freepbx", "fusionpbx"),
    ("freepbx", "huawei"),
];

/// The longest passwords that are counted for a pair: long ones of systems that refuse sequences take long.
const LONGEST_OF_PAIR: u16 = 24;

/// What the intersection of any two generates is accepted by both policies and by both expressions. If there is none, the policies
/// exclude each other, or the pair is listed.
#[test]
fn every_two_systems() {
    let mut all: Vec<(&str, Policy, Option<Regex>)> = Vec::new();
    for (name, accepted, _) in SYSTEMS {
        let rules = file(name).policy().rules();
        let (min, max) =
            (rules.min_length(), rules.max_length().min(LONGEST_OF_PAIR.max(rules.min_length().into())));
        let short = rules.clone().with_lengths(min, max);
        all.push((name, Policy::new(short).expect("it is a policy"), Some(whole(accepted))));
    }
    all.extend(PRESETS.iter().map(|preset| (preset.name, preset.policy.clone(), None)));
    let mut not_stated = Vec::new();
    for (at, (name, policy, expression)) in all.iter().enumerate() {
        for (other_name, other, other_expression) in &all[..at] {
            let both = Policy::intersection(&[policy, other]).or_else(|error| match error.conflict {
                // What a source does not name is excluded, though another system may require it.
                IntersectionConflict::Rules(PolicyError::NothingToGenerate { .. }) => {
                    let bold = [policy, other].map(|one| {
                        Policy::new(one.rules().with_excluded(CharSet::EMPTY)).expect("it is a policy")
                    });
                    Policy::intersection(&[&bold[0], &bold[1]])
                }
                _ => Err(error),
            });
            let both = match both {
                Ok(both) => both,
                Err(error) => {
                    match error.conflict {
                        IntersectionConflict::Lengths { min, max } => assert!(u16::from(min) > max),
                        IntersectionConflict::Characters | IntersectionConflict::MissingClass => {
                            let digits = [policy, other].map(|one| one.accepted().is_subset(CharSet::DIGITS));
                            assert!(
                                digits[0] || digits[1] || lacks_specials(policy, other),
                                "{name}, {other_name}: {error}"
                            );
                        }
                        IntersectionConflict::Classes => not_stated.push((*other_name, *name)),
                        _ => panic!("{name} and {other_name}: {error}"),
                    }
                    continue;
                }
            };
            let mut rng = ChaCha20Rng::from_seed([7; 32]);
            let mut buffer = vec![0; both.default_length()];
            for _ in 0..20 {
                let password = both.generate(&mut rng, &mut buffer).expect("the source is good");
                let password = password.expose_secret();
                for (name, policy, expression) in
                    [(name, policy, expression), (other_name, other, other_expression)]
                {
                    assert!(policy.check(password).is_ok(), "{name}: {password}");
                    let is_accepted =
                        expression.as_ref().is_none_or(|expression| matches(expression, password));
                    assert!(is_accepted && has_no_long_sequence(name, password), "{name}: {password}");
                }
            }
        }
    }
    not_stated.sort_unstable();
    assert_eq!(not_stated, NOT_STATED);
}

/// Whether one of two policies requires a special character of which the other accepts none.
fn lacks_specials(one: &Policy, other: &Policy) -> bool {
    let special = CharSet::PRINTABLE.difference(CharSet::UPPERCASE | CharSet::LOWERCASE | CharSet::DIGITS);
    one.accepted().intersection(other.accepted()).intersection(special).is_empty()
}
