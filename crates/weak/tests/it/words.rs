//! Lists of words.

use std::{fs, io::Write};

use sip_password_weak::{DenyKind, DenyList};
use tempfile::tempdir;

use crate::common::{open, refused};

#[test]
fn a_word_is_a_whole_line() {
    for text in [
        "letmein\nopen sesame\n\n end \n",
        "\u{feff}letmein\r\nopen sesame\r\n\r\n end ",
        " end \nopen sesame\nletmein\nletmein",
    ] {
        let opened = open(text).expect("it is a list");
        assert_eq!(opened.kind(), DenyKind::Words);
        let contains = |word: &str| opened.contains(word.as_bytes()).expect("words are in memory");
        for word in ["letmein", "open sesame", " end "] {
            assert!(contains(word), "{word:?} in {text:?}");
        }
        // Exactly, as NIST says: neither another case nor a part.
        for word in ["", "Letmein", "letmei", "letmein ", "open", "end", "letmein\r", "\u{feff}letmein"] {
            assert!(!contains(word), "{word:?} in {text:?}");
        }
    }
}

#[test]
fn words_may_have_any_bytes() {
    let opened = open(b"caf\xe9\n\0\n:\n".to_vec()).expect("it is a list");
    for word in [&b"caf\xe9"[..], b"\0", b":"] {
        assert!(opened.contains(word).expect("words are in memory"));
    }
}

#[test]
fn a_list_without_a_word_is_refused() {
    assert_eq!(refused("\n\r\n\n"), "expected a word, found empty lines alone");
    assert!(refused(vec![b'a'; 70_000]).starts_with("line 1: expected at most 65536 bytes, found more"));
    assert!(refused([&b"a\n"[..], &vec![b'a'; 70_000]].concat()).starts_with("line 2: expected at most"));
}

#[cfg(target_os = "linux")]
#[test]
fn words_may_come_from_a_pipe_and_hashes_may_not() {
    use std::{io::pipe, os::fd::AsRawFd, path::PathBuf, thread};

    let of_pipe = |text: String| {
        let (reader, mut writer) = pipe().expect("there are pipes");
        let writer = thread::spawn(move || drop(writer.write_all(text.as_bytes())));
        let opened = DenyList::open(&PathBuf::from(format!("/proc/self/fd/{}", reader.as_raw_fd())));
        drop(reader);
        writer.join().expect("the writer does not panic");
        opened
    };
    let opened = of_pipe("letmein\n".repeat(100_000)).expect("it is a list");
    assert!(opened.contains(b"letmein").expect("words are in memory"));
    let error = of_pipe(format!("{}\n", "0".repeat(40))).expect_err("it cannot be searched").to_string();
    assert!(
        error.contains("expected a regular file of hashes, which is read at any place, found a pipe"),
        "{error}"
    );
}

/// A file with a hole in it: nothing of that size is written.
#[test]
fn a_file_that_is_too_large_is_answered_with_the_filter() {
    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().join("words.txt");
    let mut file = fs::File::create(&path).expect("there is room");
    file.write_all(b"letmein\n").expect("there is room");
    file.set_len(sip_password_weak::MAX_WORDS_FILE + 1).expect("there is room");
    let error = DenyList::open(&path).expect_err("it is too large").to_string();
    assert_eq!(
        error,
        "expected at most 1 GiB of words, found more; make a filter of them: sip-password deny-list build"
    );
}

#[test]
fn debug_shows_no_word() {
    let opened = open("letmein\n").expect("it is a list");
    assert!(!format!("{opened:?}").contains("letmein"));
}
