//! A search for many texts at once.

use std::collections::HashMap;

/// Many texts, searched at once.
pub(crate) struct Needles {
    /// By their first eight bytes.
    texts: HashMap<[u8; 8], Vec<Vec<u8>>>,
    /// Whether some text begins with these two bytes.
    begins: Vec<bool>,
}

impl Needles {
    pub(crate) fn new(needles: Vec<Vec<u8>>) -> Self {
        let mut texts: HashMap<_, Vec<_>> = HashMap::new();
        let mut begins = vec![false; 1 << 16];
        for needle in needles {
            begins[usize::from(u16::from_le_bytes([needle[0], needle[1]]))] = true;
            let begin = *needle.first_chunk().expect("a needle has at least eight bytes");
            texts.entry(begin).or_default().push(needle);
        }
        Self { texts, begins }
    }

    /// Every occurrence of a needle in `bytes`.
    pub(crate) fn find(&self, bytes: &[u8]) -> impl Iterator<Item = String> {
        let likely = bytes
            .windows(8)
            .enumerate()
            .filter(|(_, window)| self.begins[usize::from(u16::from_le_bytes([window[0], window[1]]))]);
        likely.flat_map(move |(at, window)| {
            let texts = self.texts.get(window).into_iter().flatten();
            let matches = texts.filter(move |text| bytes[at..].starts_with(text));
            matches.map(move |text| format!("{} at {at} of {}", text.escape_ascii(), bytes.len()))
        })
    }
}
