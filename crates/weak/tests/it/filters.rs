//! Filters.

use std::io::{self, Write};

use sip_password_weak::{DenyKind, DenyListError, FilterSummary, HashKind, build_filter};

use crate::common::{answer, list, ntlm, open, refused, sha1, words};

/// A filter of this input.
fn build(input: &str) -> (Vec<u8>, FilterSummary) {
    let mut filter = Vec::new();
    let mut read = 0;
    let summary = build_filter(input.as_bytes(), &mut filter, |bytes| read += bytes).expect("it is a list");
    assert_eq!((read, summary.bytes), (input.len() as u64, filter.len() as u64));
    (filter, summary)
}

/// Each input and its kinds.
fn inputs(words: &[String]) -> [(String, DenyKind, HashKind); 3] {
    [
        (words.join("\n"), DenyKind::Words, HashKind::Sha1),
        (list(sha1, words), DenyKind::Hashes(HashKind::Sha1), HashKind::Sha1),
        (list(ntlm, words), DenyKind::Hashes(HashKind::Ntlm), HashKind::Ntlm),
    ]
}

#[test]
fn every_word_of_every_input_is_found() {
    for count in [1, 2, 3, 10, 100, 1_000, 50_000] {
        let words = words(count);
        for (input, made_of, kind) in inputs(&words) {
            let (filter, summary) = build(&input);
            assert_eq!((summary.made_of, summary.passwords), (made_of, count as u64));
            let opened = open(filter).expect("it is a filter");
            assert_eq!(opened.kind(), DenyKind::Filter(kind));
            assert!(words.iter().all(|word| answer(&opened, word) == Ok(true)), "{count}, {made_of:?}");
        }
    }
}

/// The words and their hashes are the same set: the same filter.
#[test]
fn words_and_their_hashes_make_the_same_bytes() {
    let words = words(10_000);
    let [(of_words, ..), (of_hashes, ..), _] = inputs(&words);
    assert_eq!(build(&of_words).0, build(&of_hashes).0);
    assert_eq!(build(&format!("{of_words}\n\n{of_words}")).0, build(&of_words).0);
    assert_eq!(build(&of_hashes.replace('\n', "\r\n")).0, build(&of_hashes).0);
}

/// Of 2^24 other words, 256 seem to be in the list. The test allows for six standard deviations.
#[test]
fn false_positives_are_as_rare_as_stated() {
    let opened = open(build(&words(200_000).join("\n")).0).expect("it is a filter");
    let found =
        (0..1_u32 << 24).filter(|number| answer(&opened, &format!("other-{number}")) == Ok(true)).count();
    println!("{found} of 2^24 other words seem to be in the list; expected 256");
    assert!((160..352).contains(&found), "{found}");
}

/// More than one part.
#[test]
fn a_large_list_has_several_parts() {
    const COUNT: usize = 2_500_000;
    let mut input = String::new();
    for number in 0..COUNT {
        input += &format!("{number:x}\n");
    }
    let (filter, summary) = build(&input);
    let size = filter.len() as f64 / COUNT as f64;
    assert_eq!(summary.passwords, COUNT as u64);
    assert!((2.2..2.35).contains(&size), "{size} bytes a password");
    let opened = open(filter).expect("it is a filter");
    for number in 0..COUNT {
        assert_eq!(answer(&opened, &format!("{number:x}")), Ok(true));
    }
}

#[test]
fn a_filter_that_is_cut_off_anywhere_is_refused() {
    let (filter, _) = build(&words(100).join("\n"));
    for length in 0..filter.len() {
        let error = refused(&filter[..length]);
        let is_named = error.contains("found one that is cut off") || error.contains("found an empty file");
        assert!(is_named, "{length}: {error}");
    }
    assert!(refused([&filter[..], b"x"].concat()).contains("cut off"));
}

/// Each byte is covered: by the check when the file is opened, or by that of its part.
#[test]
fn a_filter_with_any_wrong_byte_is_an_error() {
    let words = words(100);
    let (filter, _) = build(&words.join("\n"));
    // The first bytes say that it is a filter at all.
    for place in 8..filter.len() {
        for bit in [1, 128] {
            let mut wrong = filter.clone();
            wrong[place] ^= bit;
            let is_noticed = match open(wrong) {
                Err(DenyListError::Malformed { .. }) => true,
                Err(_) => false,
                Ok(list) => {
                    answer(&list, &words[0]).is_err_and(|error| error.contains("found one that is damaged"))
                }
            };
            assert!(is_noticed, "byte {place}");
        }
    }
}

/// A file that somebody made: its checksums are right, and its numbers are not.
#[test]
fn a_forged_table_is_refused() {
    let (filter, _) = build(&words(100).join("\n"));
    let table = filter.len() - 32 - 48;
    let seal = |mut forged: Vec<u8>| {
        let end = forged.len();
        let covered = [&forged[..16], &forged[table..end - 16]].concat();
        let checksum = u64::from_str_radix(&sha1_of(&covered)[..16], 16).expect("digits");
        forged[end - 16..end - 8].copy_from_slice(&checksum.to_le_bytes());
        forged
    };
    assert_eq!(seal(filter.clone()), filter);
    // Place, number of fingerprints, segment length, total length, keys, number of parts.
    for (place, value) in [
        (8, 17_u32),
        (24, 3),
        (28, 0),
        (28, 3),
        (32, 7),
        (32, u32::MAX),
        (36, 0),
        (36, 99),
        (48, 0),
        (48, 2),
        (52, 1),
    ] {
        let mut forged = filter.clone();
        forged[table + place..table + place + 4].copy_from_slice(&value.to_le_bytes());
        assert!(refused(seal(forged)).contains("damaged"), "{place}");
    }
    let mut forged = filter.clone();
    forged[8] = 2;
    assert_eq!(refused(seal(forged)), "expected a filter of version 1, found another version");
}

fn sha1_of(bytes: &[u8]) -> String {
    use sha1::Digest;
    sha1::Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_wrong_input_is_named_by_its_line() {
    let words = words(10);
    let list = list(sha1, &words);
    let error =
        |input: &[u8]| build_filter(input, Vec::new(), |_| ()).expect_err("it is refused").to_string();
    let lines: Vec<&str> = list.lines().collect();
    let swapped = [lines[0], lines[2], lines[1]].join("\n");
    assert_eq!(
        error(swapped.as_bytes()),
        "line 3: expected hashes in ascending order, found one that belongs before; sort the file"
    );
    for wrong in ["", "letmein", &lines[3][1..]] {
        let input = [lines[0], lines[1], wrong, lines[4]].join("\n");
        assert!(error(input.as_bytes()).starts_with("line 3: expected a hash of as many"), "{wrong:?}");
    }
    assert_eq!(error(b""), "expected words or hashes, one a line, found an empty file");
    assert_eq!(error(b"\n\n"), "expected a word, found empty lines alone");
    assert!(error(b"a\0b\0\n\0").contains("found UTF-16"));
    assert_eq!(error(&build("a\n").0), "expected words or hashes, one a line, found a filter");
}

struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let input = words(100).join("\n");
    let whole = build(&input).0.len();
    for room in [0, 16, 100, whole - 1] {
        let error = build_filter(input.as_bytes(), Full(room), |_| ()).expect_err("there is no room");
        assert!(matches!(error, DenyListError::Write(_)) && error.to_string().starts_with("cannot write: "));
    }
    build_filter(input.as_bytes(), Full(whole), |_| ()).expect("there is room");
}
