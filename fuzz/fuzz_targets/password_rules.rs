//! Any text as a password manager's rule: an error at a place that is there, or rules that accept what the naive reading of the text
//! does, and that come back the same when they are said and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use password_rules_parser::{CharacterClass, PasswordRules, parse_password_rules};
use sip_password::{Characters, MAX_LENGTH, OwnedRules, ParsePasswordRulesError as Error, Policy};

/// Where there are more states, to count takes milliseconds.
const MOST_STATES: usize = 2_000;

/// A `passwordrules` as the document has them, up to this library's greatest length.
struct Naive {
    rules: PasswordRules,
    required: Vec<Vec<char>>,
    allowed: Vec<char>,
}

impl Naive {
    fn read(text: &str) -> Self {
        let rules = parse_password_rules(text, true).expect("it is of the grammar");
        let characters =
            |classes: &Vec<CharacterClass>| classes.iter().flat_map(CharacterClass::chars).collect();
        let required: Vec<Vec<char>> = rules.required.iter().map(characters).collect();
        let mut allowed: Vec<char> = characters(&rules.allowed);
        allowed.extend(required.iter().flatten());
        Self { required, allowed, rules }
    }

    fn accepts(&self, password: &str) -> bool {
        let characters: Vec<char> = password.chars().collect();
        let longest = characters.chunk_by(|a, b| a == b).map(<[char]>::len).max().unwrap_or(0);
        let within = |length: usize, limit: Option<u32>| limit.is_none_or(|limit| length <= limit as usize);
        within(characters.len(), self.rules.max_length)
            && (1..=MAX_LENGTH).contains(&characters.len())
            && self.rules.min_length.is_none_or(|min| characters.len() >= min as usize)
            && within(longest, self.rules.max_consecutive)
            && characters.iter().all(|character| self.allowed.contains(character))
            && self.required.iter().all(|class| characters.iter().any(|character| class.contains(character)))
    }
}

/// Numbers that follow from a text.
struct Numbers(u64);

impl Numbers {
    fn of(text: &str) -> Self {
        Self(text.bytes().fold(1, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// A password of a few characters, often as short or as long as there can be.
fn password(policy: &Policy<'_>, numbers: &mut Numbers) -> String {
    let (min, max) = (usize::from(policy.rules().min_length), usize::from(policy.rules().max_length));
    let accepted: Vec<char> = policy.rules().accepted().iter().collect();
    let few: Vec<char> = (0..=numbers.below(6)).map(|_| accepted[numbers.below(accepted.len())]).collect();
    let length = [min - 1, min, max, max + 1, min + numbers.below(max - min + 1)][numbers.below(5)];
    (0..length).map(|_| few[numbers.below(few.len())]).collect()
}

fuzz_target!(|text: &str| {
    let rules = match OwnedRules::from_password_rules(text) {
        Ok(rules) => rules,
        Err(error) => {
            if let Error::Syntax { at, .. } | Error::NothingRequired { at } = error {
                assert!(text.is_char_boundary(at), "{error}");
            }
            assert!(!error.to_string().contains('\n'));
            return;
        }
    };
    let classes = rules.classes();
    let policy = Policy::new(rules.rules(&classes)).expect("what is read is a policy");
    let naive = Naive::read(text);
    let mut numbers = Numbers::of(text);
    for _ in 0..12 {
        let password = password(&policy, &mut numbers);
        assert_eq!(policy.check(&password).is_ok(), naive.accepts(&password), "{text:?}: {password:?}");
    }

    let said =
        policy.password_rules(Characters::Accepted).expect("what came from such a rule is one").to_string();
    let again = OwnedRules::from_password_rules(&said).expect("what is said is read");
    let classes = again.classes();
    let again = Policy::new(again.rules(&classes)).expect("what is read is a policy");
    assert_eq!(again.password_rules(Characters::Accepted).expect("as before").to_string(), said);
    assert_eq!(again.rules().accepted(), policy.rules().accepted());
    let runs = policy.rules().longest_run.map_or(1, usize::from);
    if (1 + (classes.len() + 1) * runs) << classes.len() <= MOST_STATES {
        let (min, max) = (policy.rules().min_length.into(), policy.rules().max_length.into());
        for length in [min, max, text.len() % 64] {
            assert_eq!(again.count(length), policy.count(length), "{text:?}: {said}");
        }
    }
});
