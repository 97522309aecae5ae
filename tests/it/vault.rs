//! `Policy::vault`, by a model of how Vault reads and applies a policy.

use sip_password::{CharSet, Class, ClassSet, HUAWEI, Policy, Rules, VaultError};

/// What Vault reads: the length, and each rule with its characters and their minimum.
fn read(text: &str) -> (usize, Vec<(String, usize)>) {
    let (mut length, mut rules) = (0, Vec::new());
    for line in text.lines() {
        let (name, value) = line.trim().split_once(" = ").unwrap_or_default();
        match name {
            "length" => length = value.parse().expect("a number"),
            "charset" => {
                let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("quotes");
                rules.push((unescaped(quoted), 0));
            }
            "min-chars" => rules.last_mut().expect("a rule").1 = value.parse().expect("a number"),
            _ => assert!(["", "rule \"charset\" {", "}"].contains(&line.trim()), "{line}"),
        }
    }
    (length, rules)
}

fn unescaped(quoted: &str) -> String {
    let mut characters = quoted.chars();
    std::iter::from_fn(|| {
        characters.next().map(|one| if one == '\\' { characters.next().expect("one more") } else { one })
    })
    .collect()
}

/// Whether Vault can return this password: it is of the characters of all rules, and satisfies each.
fn returns(rules: &[(String, usize)], password: &str) -> bool {
    let has = |set: &str| password.chars().filter(|&one| set.contains(one)).count();
    password.chars().all(|one| rules.iter().any(|(set, _)| set.contains(one)))
        && rules.iter().all(|(set, minimum)| has(set) >= *minimum)
}

/// Every string of these characters.
fn strings(characters: &str, length: usize) -> Vec<String> {
    (0..length).fold(vec![String::new()], |all, _| {
        all.iter().flat_map(|start| characters.chars().map(move |one| format!("{start}{one}"))).collect()
    })
}

/// For every number of classes and every minimum up to 2, with and without other characters and excluded ones: Vault returns what
/// the library generates, and nothing else.
#[test]
fn every_small_policy_is_exact() {
    let all = strings("abA1-", 5);
    let mut written = 0;
    for (classes, minima, others) in
        (0..=3).flat_map(|k| (0..27).flat_map(move |minima| (0..4).map(move |others| (k, minima, others))))
    {
        let minimum = |class: u32| (minima / 3_u8.pow(class)) % 3;
        let mut rules = Rules::new()
            .with_lengths(5, 5)
            .with_class(Class::new("lower", CharSet::of("ab")).at_least(minimum(0)))
            .with_class(Class::new("upper", CharSet::of("A")).at_least(minimum(1)))
            .with_class(Class::new("digits", CharSet::of("1")).at_least(minimum(2)))
            .with_min_classes(classes);
        if others & 1 != 0 {
            rules = rules.with_uncounted(CharSet::of("-"));
        }
        if others & 2 != 0 {
            rules = rules.with_excluded(CharSet::of("b"));
        }
        let Ok(policy) = Policy::new(rules) else { continue };
        let vault = policy.vault(5).expect("Vault has these rules");
        let (length, rules) = read(&vault.to_string());
        assert_eq!(length, 5);
        for text in &all {
            let generated =
                policy.check(text).is_ok() && text.chars().all(|one| policy.alphabet().contains(one));
            assert_eq!(returns(&rules, text), generated, "{text} by {vault}");
        }
        written += 1;
    }
    assert_eq!(written, 416);
}

#[test]
fn three_of_four_classes() {
    let (length, rules) = read(&HUAWEI.vault(8).expect("it can be written").to_string());
    assert_eq!((length, rules.len()), (8, 6));
    assert!(rules.iter().all(|(_, minimum)| *minimum == 1));
    for (text, is_returned) in
        [("Secret12", true), ("secret12", false), ("secret*1", true), ("SECRET12", false)]
    {
        assert_eq!(returns(&rules, text), is_returned, "{text}");
    }
}

/// Quotes and backslashes are escaped, and no text looks like a template.
#[test]
fn characters_of_hcl() {
    let policy =
        Policy::new(Rules::new().with_lengths(4, 8).with_class(Class::new("all", CharSet::of("$%{}\"\\"))));
    let text = policy.expect("it is possible").vault(4).expect("it can be written").to_string();
    assert!(!text.contains("${") && !text.contains("%{"), "{text}");
    let (_, rules) = read(&text);
    let mut characters: Vec<char> = rules[0].0.chars().collect();
    characters.sort_unstable();
    assert_eq!(characters, ['"', '$', '%', '\\', '{', '}']);
}

#[test]
fn what_vault_cannot_have_is_refused() {
    let letters = || {
        Rules::new()
            .with_lengths(1, 64)
            .with_class(Class::new("letters", CharSet::LOWERCASE))
            .with_class(Class::new("digits", CharSet::DIGITS))
    };
    let refused = |rules: Rules, length| {
        Policy::new(rules).expect("it is possible").vault(length).expect_err("refused")
    };
    for (rules, name) in [
        (letters().with_max_repeat(2), "max_repeat"),
        (letters().with_max_run(4, ClassSet::EMPTY.with(1)), "max_run"),
        (letters().with_max_sequence(3), "max_sequence"),
        (letters().with_min_distinct(3), "min_distinct"),
        (letters().with_first(ClassSet::EMPTY.with(0)), "first"),
        (letters().with_excluded_first(CharSet::DIGITS), "excluded_first"),
        (letters().with_context("agent"), "context"),
    ] {
        assert_eq!(refused(rules, 16), VaultError::Rule(name));
    }
    assert_eq!(refused(letters(), 3), VaultError::TooShort { length: 3 });
    assert!(matches!(refused(letters(), 65), VaultError::Length(_)));
    let rare = Class::new("one", CharSet::of("!")).at_least(1);
    let rare = letters().with_class(rare).with_class(Class::new("two", CharSet::of("#")).at_least(1));
    assert!(matches!(refused(rare, 4), VaultError::TooRare { .. }));
    // "3 of 5" takes ten rules.
    let five = ["ab", "cd", "ef", "gh", "ij"].into_iter();
    let five = five.fold(Rules::new().with_lengths(8, 16).with_min_classes(3), |rules, characters| {
        rules.with_class(Class::new(characters, CharSet::of(characters)))
    });
    let five = Policy::new(five).expect("it is possible");
    assert_eq!(five.vault(9), Err(VaultError::TooManyRules { required: 10, length: 9 }));
    assert!(five.vault(10).is_ok());
}
