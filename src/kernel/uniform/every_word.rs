//! Every block of digits has the same number of words that are not rejected. By default a part of the 2^32 words is tried; with
//! `--cfg exhaustive`, as in CI, all of them.

use core::ops::RangeInclusive;

use super::Digits;

/// The words that are tried. A sixty-fourth of them are thousands of blocks for every radix.
const WORDS: RangeInclusive<u32> = 0..=if cfg!(exhaustive) { u32::MAX } else { u32::MAX >> 6 };

/// Words and blocks ascend together, so it is enough to count the words of each block in turn.
fn count(radix: u8) {
    let digits = Digits::new(radix);
    let per_word = digits.per_word();
    let blocks = u64::from(radix).pow(per_word as u32);
    let expected = (1_u64 << 32) / blocks;
    let number = |block: [u8; 8]| {
        let digits = block[..per_word].iter();
        digits.fold(0, |number, &digit| number * u64::from(radix) + u64::from(digit))
    };
    let (mut current, mut words, mut finished) = ([0; 8], 0, 0);
    for word in WORDS {
        let mut block = [0; Digits::MOST as usize];
        let rejected = digits.split(word, &mut block[..per_word]);
        if rejected == 0 && block != current {
            assert_eq!(words, expected, "block {current:?}");
            assert_eq!(number(block), number(current) + 1);
            (current, words, finished) = (block, 0, finished + 1);
        }
        words += u64::from(rejected ^ 1);
    }
    assert_eq!(number(current), finished, "no block is left out");
    if *WORDS.end() == u32::MAX {
        assert_eq!((finished, words), (blocks - 1, expected));
    } else {
        assert!(finished > 1000 && words <= expected);
    }
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
