//! What the tests share: hashes and lists of them, by obvious code.

use md4::Md4;
use sha1::{Digest, Sha1};
use sip_password_weak::{DenyList, DenyListError};

/// The hash of a word in hexadecimal digits.
pub(crate) fn sha1(word: &str) -> String {
    hexadecimal(&Sha1::digest(word))
}

pub(crate) fn ntlm(word: &str) -> String {
    let utf_16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    hexadecimal(&Md4::digest(utf_16))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The words `word-0`, `word-1` and so on.
pub(crate) fn words(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("word-{number}")).collect()
}

/// The sorted list of the words' hashes, each with a count.
pub(crate) fn list(hash: fn(&str) -> String, words: &[String]) -> String {
    let mut hashes: Vec<String> = words.iter().map(|word| hash(word)).collect();
    hashes.sort();
    hashes.iter().enumerate().map(|(number, hash)| format!("{hash}:{}\n", number * 37 + 1)).collect()
}

pub(crate) fn open(bytes: impl Into<Vec<u8>>) -> Result<DenyList, DenyListError> {
    DenyList::from_bytes(bytes.into())
}

/// The answer for a word, or the message of the error.
pub(crate) fn answer(list: &DenyList, word: &str) -> Result<bool, String> {
    list.contains(word.as_bytes()).map_err(|error| error.to_string())
}

/// The message of the error with which a list is refused.
#[track_caller]
pub(crate) fn refused(bytes: impl Into<Vec<u8>>) -> String {
    open(bytes).expect_err("it is refused").to_string()
}
