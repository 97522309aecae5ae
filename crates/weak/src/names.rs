//! The words that belong to an account: its name, its extension.

/// The shortest word that counts, in bytes: shorter ones occur in passwords by chance.
pub(crate) const MIN_WORD: usize = 3;

/// A name, and its parts between everything that is neither a letter nor a digit: `alice.smith@example.com` is five words with itself.
pub(crate) fn words_of(name: &str) -> impl Iterator<Item = &str> {
    let parts = name.split(|char: char| !char.is_alphanumeric());
    let parts = parts.filter(move |part| part.len() < name.len());
    std::iter::once(name).chain(parts).filter(|word| word.len() >= MIN_WORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_parts() {
        let words = |name| words_of(name).collect::<Vec<_>>();
        assert_eq!(
            words("alice.smith@example.com"),
            ["alice.smith@example.com", "alice", "smith", "example", "com"]
        );
        assert_eq!(words("1001"), ["1001"]);
        assert_eq!(words("zoë-42"), ["zoë-42", "zoë"]);
        assert!(words("ab").is_empty() && words("").is_empty());
    }
}
