//! The policy files of other systems, held against the words of their sources. Another system is one more line of [`SYSTEMS`].

use fancy_regex::Regex;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sip_password::{Characters, MAX_LENGTH, Policy};

use super::{example, valid_by_schema};
use crate::mixed;

/// The file, the passwords that the system accepts, and those of them that are to be generated. Each expression says what the head of
/// the file says, and matches a whole line. Sequences are in [`LONGEST_SEQUENCES`].
pub(super) const SYSTEMS: &[(&str, &str, &str)] = &[
    ("altigen", r"(?!(.)\1*$)[0-9]{4,8}", "[0-9]*"),
    ("bland", r"[ -~]{8,256}", r"[A-HJ-NP-Za-km-z2-9]*"),
    (
        "cisco-be3000",
        concat!(
            r"(?!.*(.)\1{3})",
            r"(?:(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])|(?=.*[A-Z])(?=.*[a-z])(?=.*[!-/:-@\[-`{-~])|",
            r"(?=.*[A-Z])(?=.*[0-9])(?=.*[!-/:-@\[-`{-~])|(?=.*[a-z])(?=.*[0-9])(?=.*[!-/:-@\[-`{-~]))[!-~]{6,64}",
        ),
        "[!-~]*",
    ),
    (
        "cisco-expressway",
        r"(?=(?:.*[A-Z]){2})(?=(?:.*[a-z]){2})(?=(?:.*[0-9]){2})(?=(?:.*[!-/:-@\[-`{-~]){2})[!-~]{15,64}",
        "[!-~]*",
    ),
    ("fs-pbx", r"[ -~]{6,255}", r"[A-Za-z0-9!^%*?.]*"),
    ("magnusbilling", r"(?!.*(?:123456|012345))[!#-&(-~]{4,30}", "[!#-&(-~]*"),
    ("sipwise-ngcp", r"[!-~]{12,40}", "[!-~]*"),
    ("telnyx", r"[ -~]{8,128}", r"[A-Za-z0-9]*"),
    ("twilio", r"(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])[ -~]{12,255}", r"[A-Za-z0-9]*"),
    (
        "thinktel",
        r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?!.*[0-9]{4})[A-Za-z0-9!@^#$%*_\-+=?]{8,15}",
        r"[A-Za-z0-9!@^#$%*_\-+=?]*",
    ),
    ("vicidial", "[A-Za-z0-9]{2,100}", "[A-Za-z0-9]*"),
    ("yeastar-s", r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9~^*\-_?]{10,63}", r"[A-Za-z0-9~^*\-_?]*"),
];

/// How many letters or digits may ascend or descend one by one, where a system says so.
const LONGEST_SEQUENCES: &[(&str, usize)] =
    &[("altigen", 3), ("cisco-be3000", 2), ("cisco-expressway", 2), ("yeastar-s", 3)];

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
/// The lines of each system that are checked: of lengths around both limits.
const LINES: usize = 20_000;

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
        let file = example(name);
        assert!(
            valid_by_schema(&file.to_string()) && file.source.is_some() && file.title.is_some(),
            "{name}"
        );
        let (accepted, generated) = (whole(accepted), whole(generated));
        let policy = file.policy();
        let longest = (*policy.lengths().end()).min(MAX_LENGTH);
        let mut rng = ChaCha20Rng::from_seed([4; 32]);
        for (length, share) in [(policy.default_length(), 2), (*policy.lengths().start(), 4), (longest, 4)] {
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
        let file = example(name);
        let accepted = whole(accepted);
        let policy = file.policy();
        let pattern = whole(&policy.pattern().to_string());
        // Not every rule has an equivalent there.
        let rules = policy.password_rules(Characters::Accepted).ok();
        let read = rules.map(|rules| Policy::from_password_rules(&rules.to_string()).expect("they are read"));
        let (min, max) = policy.lengths().into_inner();
        // Whether all of them accept a line.
        let agrees = |line: &str| {
            let expected = matches(&accepted, line) && has_no_long_sequence(name, line);
            assert_eq!(policy.check(line).is_ok(), expected, "{name}: {line:?}");
            assert_eq!(matches(&pattern, line), expected, "{name}: {line:?}");
            if let Some(read) = &read {
                assert_eq!(read.check(line).is_ok(), expected, "{name}: {line:?}");
            }
            expected
        };
        let mut rng = ChaCha20Rng::from_seed([5; 32]);
        for around in [(min as u32).max(3), max as u32] {
            let mut compliant = 0;
            for _ in 0..LINES / 2 {
                // Long lines are all too likely to have a character outside ASCII.
                let line = mixed::line(&mut rng, around - 2..around + 3)
                    .replace(['é', 'ß', '密', '🔑', '\n', '\t', '\u{7f}'], "x");
                compliant += usize::from(agrees(&line));
                let line = mixed::line(&mut rng, around - 2..around + 3);
                agrees(&line);
            }
            assert!((LINES / 50..LINES / 2).contains(&compliant), "{name}, around {around}: {compliant}");
        }
    }
}
