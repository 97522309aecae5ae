//! The library's promises. Each case returns the largest number of branches that its verdicts can cause; in the code as shipped, valgrind
//! reports these.

use std::hint::black_box;

use sip_password::{HUAWEI, Keystream, Password, Policy, Seed};

use crate::{
    Run,
    policies::{self, Named},
    secret::{hide, is_hidden, reveal, revealed},
    source::Source,
};

pub(crate) fn all(run: &mut Run) {
    for named in policies::common() {
        run.case(&format!("check, {}", named.name), || check(&named));
        run.case(&format!("generate, {}", named.name), || generate(&named.policy));
        #[cfg(feature = "std")]
        if cfg!(constant_time) {
            run.case(&format!("bulk, {}", named.name), || many::fill(&named.policy));
            if named.simple {
                run.case(&format!("lines, {}", named.name), || many::lines(&named));
                run.case(&format!("each, {}", named.name), || many::each(&named));
            }
        }
    }
    #[cfg(feature = "std")]
    for named in policies::rare() {
        run.case(&format!("generate, {}", named.name), || many::rare(&named.policy));
    }
    run.case("a keystream of a secret seed", keystream);
    run.case("a comparison of owned passwords", compare);
}

/// The lengths of the passwords to check, in bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 0..=70;

/// Passwords of all kinds and lengths: one branch for each verdict.
fn check(named: &Named) -> usize {
    let mut source = Source::new(1);
    let (mut compliant, mut verdicts) = (0, 0);
    for length in LENGTHS {
        for kind in 0..KINDS {
            let mut password = password(kind, length, &named.policy, &mut source);
            hide(&mut password);
            let is_compliant = match named.policy.check(&password) {
                Ok(proof) => !black_box(proof).expose_secret_bytes().is_empty(),
                Err(violations) => {
                    // With all its figures.
                    black_box(violations);
                    false
                }
            };
            assert!(password.is_empty() || is_hidden(&password));
            // A password that the vector unit refuses is scanned again, for the reasons.
            let by_avx2 = cfg!(feature = "std") && named.simple && (8..=32).contains(&length);
            verdicts += if by_avx2 && !is_compliant { 2 } else { 1 };
            compliant += usize::from(is_compliant);
        }
    }
    assert!(compliant > 0 && compliant < verdicts, "{}: expected verdicts of both kinds", named.name);
    verdicts
}

const KINDS: usize = 6;

fn password(kind: usize, length: usize, policy: &Policy, source: &mut Source) -> Vec<u8> {
    let alphabet: Vec<u8> = policy.alphabet().iter().map(|character| character as u8).collect();
    let mut of = |characters: &[u8]| -> Vec<u8> {
        (0..length).map(|_| characters[source.public_number(characters.len())]).collect()
    };
    let (mut allowed, ascii) = (of(&alphabet), of(&(0..128).collect::<Vec<u8>>()));
    let text = |piece: &str| piece.bytes().cycle().take(length).collect();
    match kind {
        // Compliant as often as a candidate is.
        0 | 1 => allowed,
        2 => ascii,
        3 => of(&(0..=255).collect::<Vec<u8>>()),
        4 => text("aé密🔑Z9"),
        _ => {
            // One character in a row, and the context word behind it.
            for (byte, new) in allowed.iter_mut().zip(b"aaaaAG7") {
                *byte = *new;
            }
            allowed
        }
    }
}

/// One password of every length.
fn generate(policy: &Policy) -> usize {
    let (mut candidates, mut kept_ones) = (0, 0);
    for length in policy.lengths() {
        let mut source = Source::new(length as u64);
        let mut buffer = vec![0; length];
        let kept = policy.generate(&mut source, &mut buffer).is_ok();
        assert!(kept && is_hidden(&buffer), "expected a secret password of {length} characters");
        candidates += source.drawn / words(policy, length);
        kept_ones += KEPT;
        reveal(&mut buffer);
        assert_eq!(policy.check(&buffer).map(drop), Ok(()));
    }
    CANDIDATE * candidates + kept_ones
}

/// One branch for rejected words and one for a candidate that is not compliant; the compiler can make one of both.
const CANDIDATE: usize = 2;
/// One branch more for a candidate that is kept: whether all its words are equal.
const KEPT: usize = 1;

/// The number of words of a candidate, as in the library's `uniform`.
fn words(policy: &Policy, length: usize) -> usize {
    let radix = policy.alphabet().len() as u64;
    let rejected = |digits| (1_u64 << 32) % radix.pow(digits);
    let fits = |&digits: &u32| radix.pow(digits) <= 1 << 32 && rejected(digits) <= 1 << 26;
    length.div_ceil([8, 7, 6].into_iter().find(fits).unwrap_or(4) as usize)
}

fn keystream() -> usize {
    let mut seed = [7; 32];
    hide(&mut seed);
    let mut rng = Keystream::new(&Seed::take(&mut seed));
    let mut buffer = [0; 16];
    let kept = HUAWEI.generate(&mut rng, &mut buffer).is_ok();
    assert!(kept && is_hidden(&buffer));
    CANDIDATE + KEPT
}

fn compare() -> usize {
    let new =
        |seed| Password::<20>::generate(&HUAWEI, 16, &mut Source::new(seed)).expect("the source is good");
    let (one, same, other) = (new(1), new(1), new(2));
    assert!(is_hidden(one.expose_secret_bytes()) && is_hidden(other.expose_secret_bytes()));
    assert!(revealed(one == same) & !revealed(one == other));
    3 * (CANDIDATE + KEPT)
}

/// The routines of the feature `std`.
#[cfg(feature = "std")]
mod many {
    use super::*;

    /// Few passwords, one by one, and many, by the vector unit, with every kind of separator.
    pub(super) fn fill(policy: &Policy) -> usize {
        let lengths = [1, 6, 8, 9, 13, 16, 17, 24, 25, 32, 33, 64].into_iter();
        let lengths = lengths.filter(|length| policy.lengths().contains(length));
        let mut made = 0;
        for length in lengths {
            for (count, separator) in [(3, "\n"), (31, ""), (32, "\r\n"), (100, "\n")] {
                made += count;
                fill_one(policy, length, count, separator);
            }
        }
        made
    }

    fn fill_one(policy: &Policy, length: usize, count: usize, separator: &str) {
        let bulk = policy.bulk(length, separator.as_bytes()).expect("this length can be generated");
        let mut records = vec![0; count * bulk.record_len()];
        let filled = bulk.fill(&mut Source::new(3), &mut records).is_ok();
        assert!(filled, "the source is good");
        for record in records.chunks_mut(bulk.record_len()) {
            assert!(is_hidden(&record[..length]));
            reveal(&mut record[..length]);
            assert_eq!(policy.check(&record[..length]).map(drop), Ok(()));
        }
    }

    /// Lines of many lengths, by the vector unit. The end of a line is public, and so is the character before it, which could be half of
    /// a line break. The last lines are public altogether, so that the search for a line end never reads secret bytes behind it.
    pub(super) fn lines(named: &Named) -> usize {
        // So few that they are judged one by one, and so many that they are judged together.
        [1, 4].map(|times| repeated_lines(named, times)).iter().sum()
    }

    fn repeated_lines(named: &Named, times: usize) -> usize {
        let mut source = Source::new(5);
        let mut text = Vec::new();
        for length in 1..=31 {
            for kind in 0..KINDS {
                let mut line = password(kind, length, &named.policy, &mut source);
                // Line breaks are public, so a line contains none.
                line.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
                text.extend([&line[..], b"\n"].concat());
            }
        }
        text.extend([b'\n'; 64]);
        let mut text = text.repeat(times);
        let ends: Vec<usize> = (0..text.len()).filter(|&at| text[at] == b'\n').collect();
        let mut begin = 0;
        for end in ends {
            if end > begin + 1 {
                hide(&mut text[begin..end - 1]);
            }
            begin = end + 1;
        }
        let mut verdicts = 0;
        named.policy.check_lines(&text, |verdict| {
            black_box(&verdict);
            verdicts += 1;
        });
        assert_eq!(verdicts, (31 * KINDS + 64) * times);
        verdicts
    }

    /// Passwords of a list, by the vector unit.
    pub(super) fn each(named: &Named) -> usize {
        let mut source = Source::new(6);
        let kinds = (1..=40).flat_map(|length| (0..KINDS).map(move |kind| (kind, length)));
        let mut passwords: Vec<_> =
            kinds.map(|(kind, length)| password(kind, length, &named.policy, &mut source)).collect();
        passwords.iter_mut().for_each(|password| hide(password));
        let mut verdicts = 0;
        named.policy.check_each(&passwords, |verdict| {
            black_box(&verdict);
            verdicts += 1;
        });
        assert_eq!(verdicts, passwords.len());
        verdicts
    }

    /// Passwords by their ranks, one and several.
    pub(super) fn rare(policy: &Policy) -> usize {
        let mut source = Source::new(9);
        let mut buffer = [0; 16];
        let kept = policy.generate(&mut source, &mut buffer).is_ok();
        assert!(kept && is_hidden(&buffer));
        reveal(&mut buffer);
        assert_eq!(policy.check(&buffer).map(drop), Ok(()));
        if cfg!(constant_time) {
            fill_one(policy, buffer.len(), 5, "\n");
        }
        // A candidate takes at least two words.
        source.drawn / 2 * CANDIDATE + KEPT
    }
}
