//! Sorted lists of hashes.

use std::{collections::BTreeSet, fs, path::Path, sync::LazyLock};

use proptest::prelude::*;
use sip_password_weak::{DenyKind, DenyList, HashKind};
use tempfile::tempdir;

use crate::common::{answer, list, ntlm, open, refused, sha1, words};

/// Every word of lists of every size around that of a block is found, and no other word.
#[test]
fn every_word_is_found_in_lists_of_every_size() {
    for (kind, hash) in [(HashKind::Sha1, sha1 as fn(&str) -> String), (HashKind::Ntlm, ntlm)] {
        for count in [1, 2, 3, 80, 90, 91, 92, 93, 94, 95, 100, 101, 102, 200, 1_000, 5_000] {
            let words = words(count);
            let opened = open(list(hash, &words)).expect("it is a list");
            assert_eq!(opened.kind(), DenyKind::Hashes(kind));
            for word in &words {
                assert_eq!(answer(&opened, word), Ok(true), "{word} of {count}");
                assert_eq!(answer(&opened, &format!("{word}x")), Ok(false), "{word}x of {count}");
            }
        }
    }
}

/// A list so large that a search takes several reads: the samples are 130 kB apart.
#[test]
fn every_word_of_a_large_list_is_found() {
    let words = words(200_000);
    let opened = open(list(sha1, &words)).expect("it is a list");
    for word in &words {
        assert_eq!(answer(&opened, word), Ok(true), "{word}");
    }
    for word in words.iter().step_by(10) {
        assert_eq!(answer(&opened, &format!("{word}x")), Ok(false), "{word}x");
    }
}

/// The lists of every form have the same answers.
#[test]
fn every_form_is_read() {
    let words = words(500);
    let usual = list(sha1, &words);
    let bare: String =
        usual.lines().map(|line| format!("{}\n", line.split(':').next().expect("a hash"))).collect();
    for text in [
        usual.to_lowercase(),
        usual.replace('\n', "\r\n"),
        usual.trim_end().to_owned(),
        usual.replace('\n', "\r\n").trim_end().to_owned(),
        bare.clone(),
        bare.trim_end().to_owned(),
        bare.replace('\n', "\r\n"),
        format!("\u{feff}{usual}"),
        // A list that two were merged into has some hashes twice.
        bare.lines().flat_map(|line| [line, "\n", line, "\n"]).collect(),
        usual,
    ] {
        let opened = open(text.clone()).expect("it is a list");
        for word in &words {
            assert_eq!(answer(&opened, word), Ok(true), "{word}: {}", &text[..60]);
            assert_eq!(answer(&opened, &format!("{word}x")), Ok(false));
        }
    }
}

/// The hashes of a list whose words begin alike are not spread evenly.
#[test]
fn a_list_that_is_not_spread_evenly_is_searched_too() {
    let hash = |prefix: &str, number: u32| format!("{prefix}{number:036x}\n");
    let target = sha1("word-7");
    let mut text: String = (0..20_000).map(|number| hash("0000", number)).collect();
    text += &format!("{}\n", target.to_lowercase());
    text += &(0..20_000).map(|number| hash("ffff", number)).collect::<String>();
    let opened = open(text).expect("it is a list");
    assert_eq!(answer(&opened, "word-7"), Ok(true));
    assert_eq!(answer(&opened, "word-8"), Ok(false));
}

/// A list of 20,000 hashes, of which opening looks at a line every 14 kB, and its words. Lines far from these are put in others' place.
fn list_with(change: impl Fn(&[&str]) -> Vec<String>) -> (Vec<String>, String) {
    let all = words(20_000);
    let good = list(sha1, &all);
    let lines: Vec<&str> = good.lines().collect();
    // 310 lines lie between samples.
    let changed = change(&lines[3_200..3_300]);
    let lines = [&lines[..3_200], &changed.iter().map(String::as_str).collect::<Vec<_>>(), &lines[3_300..]];
    (all, lines.concat().join("\n"))
}

/// The messages with which a list refuses its own words. None of them may be "not contained".
fn errors_of(all: &[String], text: &str) -> Vec<String> {
    let opened = open(text).expect("nothing wrong is seen yet");
    let hashes: BTreeSet<&str> = text.lines().map(|line| line.split(':').next().unwrap_or(line)).collect();
    let errors = all.iter().filter_map(|word| match answer(&opened, word) {
        Ok(is_found) => {
            assert_eq!(is_found, hashes.contains(sha1(word).as_str()), "{word}");
            None
        }
        Err(error) => Some(error),
    });
    errors.collect()
}

/// What no search may take for "not contained".
#[test]
fn a_wrong_line_that_is_looked_at_is_an_error() {
    for wrong in [
        "",
        "a word",
        "8CB2237D0679CA88DB6464EAC60DA963",
        &"0".repeat(39),
        &format!("{}:x", "8".repeat(40)),
        &"8".repeat(9_000),
    ] {
        let (all, text) = list_with(|lines| {
            let middle = std::iter::once(wrong.to_owned());
            let lines = || lines.iter().map(|&line| line.to_owned());
            lines().take(50).chain(middle).chain(lines().skip(50)).collect()
        });
        let errors = errors_of(&all, &text);
        assert!(errors.len() >= 2, "{wrong:?}: {} errors", errors.len());
        for error in errors {
            assert!(error.starts_with("byte ") && error.ends_with("found another line"), "{error}");
            assert!(!error.contains("a word"), "{error}");
        }
    }
}

/// No word of the list is "not contained" where neighbours are in the wrong order.
#[test]
fn a_list_that_is_not_sorted_is_an_error_and_not_an_absence() {
    let reversed = |lines: &[&str]| lines.iter().rev().map(|&line| line.to_owned()).collect::<Vec<_>>();
    let alternating = |lines: &[&str]| {
        lines.chunks(2).flat_map(|pair| pair.iter().rev()).map(|&line| line.to_owned()).collect::<Vec<_>>()
    };
    for (all, text) in [list_with(reversed), list_with(alternating)] {
        let errors = errors_of(&all, &text);
        assert!(errors.len() >= 90, "{}", errors.len());
        for error in errors {
            assert!(
                error.contains("expected hashes in ascending order, found one that belongs elsewhere"),
                "{error}"
            );
        }
    }
    // What is seen when the list is opened: two lists one behind the other, halves the wrong way round, and the reverse.
    let good = list(sha1, &words(20_000));
    let lines: Vec<&str> = good.lines().collect();
    for text in [
        [&good[..], &good].concat(),
        [&lines[10_000..], &lines[..10_000]].concat().join("\n"),
        lines.iter().rev().copied().collect::<Vec<_>>().join("\n"),
    ] {
        assert!(refused(text).contains("expected hashes in ascending order"));
    }
}

#[test]
fn what_is_no_list_of_whole_hashes_is_named() {
    assert_eq!(refused(""), "expected words or hashes, one a line, found an empty file");
    assert_eq!(refused("\u{feff}"), "expected words or hashes, one a line, found an empty file");
    let range: String = list(sha1, &words(3)).lines().map(|line| format!("{}\r\n", &line[5..])).collect();
    assert_eq!(
        refused(range),
        "expected whole hashes, found hashes without their first five digits; download all ranges as a single file"
    );
    let utf_16: Vec<u8> = list(sha1, &words(3)).encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refused(utf_16).starts_with("expected UTF-8, found UTF-16; save the file as UTF-8"));
}

#[test]
fn ntlm_has_no_hash_of_other_bytes() {
    let opened = open(list(ntlm, &words(3))).expect("it is a list");
    assert!(!opened.contains(b"\xff").expect("no error"));
    let opened = open(list(ntlm, &["Zürich-ünïcode-🔑".into()])).expect("it is a list");
    assert_eq!(answer(&opened, "Zürich-ünïcode-🔑"), Ok(true));
}

/// From a file, which may be in use by several threads.
#[test]
fn a_file_is_searched_in_place() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("hashes.txt");
    let words = words(10_000);
    fs::write(&path, list(sha1, &words)).expect("there is room");
    let opened = DenyList::open(&path).expect("it is a list");
    std::thread::scope(|scope| {
        for part in words.chunks(2_500) {
            let opened = &opened;
            scope.spawn(move || {
                for word in part {
                    assert_eq!(answer(opened, word), Ok(true));
                    assert_eq!(answer(opened, &format!("{word}x")), Ok(false));
                }
            });
        }
    });
    // A file that has become shorter since.
    fs::write(&path, &list(sha1, &words)[..1_000]).expect("there is room");
    let error = words.iter().find_map(|word| answer(&opened, word).err()).expect("an error");
    assert!(
        error.contains("expected more bytes, as the file had when it was opened, found its end"),
        "{error}"
    );
    let missing = DenyList::open(Path::new("no-such.txt")).expect_err("there is none");
    assert!(missing.to_string().starts_with("cannot read: "));
}

/// Hashes that make a list large.
static OTHERS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..40_000).map(|number| sha1(&format!("filler-{number}"))).collect());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The answers are those of a set, for hashes of any distribution.
    #[test]
    fn the_answers_of_a_set(
        present in prop::collection::btree_set((0_u8..4, 0_u16..400), 1..600),
        asked in prop::collection::vec(0_usize..600, 50),
        case in any::<bool>(),
        is_large in any::<bool>(),
    ) {
        // Some hashes are those of words; around them are others that begin alike or far away.
        let all = words(600);
        let of_words: BTreeSet<String> =
            present.iter().map(|(_, number)| sha1(&all[usize::from(*number)])).collect();
        let others = present.iter().map(|(group, number)| match group {
            0 => format!("{}{number:036X}", "0000"),
            1 => format!("{}{number:020X}", &sha1(&all[usize::from(*number)])[..20]),
            2 => format!("{}{number:036X}", "FFFF"),
            _ => sha1(&format!("other-{number}")),
        });
        let filler = OTHERS.iter().skip(usize::from(!is_large) * OTHERS.len()).cloned();
        let set: BTreeSet<String> = of_words.into_iter().chain(others).chain(filler).collect();
        let text: String = set.iter().map(|hash| format!("{hash}\n")).collect();
        let opened = open(if case { text.to_lowercase() } else { text }).expect("it is a list");
        for number in asked {
            prop_assert_eq!(answer(&opened, &all[number]), Ok(set.contains(&sha1(&all[number]))));
        }
    }

    /// Whatever the bytes behind the first line are, nothing panics, and what is found is there.
    #[test]
    fn any_bytes(noise in prop::collection::vec(any::<u8>(), 0..20_000), lines in 1_usize..300) {
        let good = list(sha1, &words(lines));
        let Ok(opened) = open([good.as_bytes(), &noise].concat()) else { return Ok(()) };
        for word in words(50) {
            if answer(&opened, &word) == Ok(true) {
                prop_assert!(good.contains(&sha1(&word)));
            }
        }
    }
}
