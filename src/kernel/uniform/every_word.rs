//! All 2^32 words: every block of digits has the same number of words that are not rejected.

use super::Digits;

/// Words and blocks ascend together, so it is enough to count the words of each block in turn.
fn count(radix: u8) {
    let digits = Digits::new(radix);
    let blocks = u64::from(radix).pow(digits.per_word() as u32);
    let expected = (1_u64 << 32) / blocks;
    let (mut current, mut words) = (0, 0);
    for word in 0..=u32::MAX {
        let mut out = [0; Digits::MOST as usize];
        if digits.split(word, &mut out[..digits.per_word()]) == 1 {
            continue;
        }
        let block = out[..digits.per_word()]
            .iter()
            .fold(0, |block, &digit| block * u64::from(radix) + u64::from(digit));
        if block != current {
            assert_eq!(words, expected, "block {current}");
            assert_eq!(block, current + 1);
            (current, words) = (block, 0);
        }
        words += 1;
    }
    assert_eq!((current, words), (blocks - 1, expected));
}

#[test]
fn for_70_characters() {
    count(70);
}

#[test]
fn for_62_characters() {
    count(62);
}

#[test]
fn for_10_characters() {
    count(10);
}
