//! Words that travel behind a password: those of its account.

/// What no text has in UTF-8, and so what stands before each word.
const MARK: u8 = 0xff;

/// The text before the words, and each word.
pub(crate) fn split(input: &[u8], size: usize) -> (&[u8], impl Iterator<Item = &str>) {
    let (text, words) = input.split_at_checked(size).unwrap_or((input, b""));
    // What is not UTF-8 never comes: JavaScript has refused it.
    let words = words.split(|&byte| byte == MARK).skip(1).filter_map(|word| str::from_utf8(word).ok());
    (text, words)
}
