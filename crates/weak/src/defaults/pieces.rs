//! The pieces that well-known passwords are made of.

use super::{KnownDefault, MAX_DEFAULT, words::WORDS};
use crate::names::MIN_WORD;

/// A password, and the names of its account.
pub(super) struct Pieces<'a> {
    pub(super) password: &'a [u8],
    /// The password with small letters.
    pub(super) lower: &'a [u8],
    pub(super) names: Vec<&'a [u8]>,
}

/// What a beginning of the password may consist of: a bit for each number of words (0 to 2), walks (0 to 4) and other characters (0 to 3).
#[derive(Clone, Copy, Default)]
struct Made(u64);

impl Made {
    const NOTHING: Self = Self(1);

    const WALK: u32 = 4;
    const WORD: u32 = 5 * Self::WALK;
    // Masks of the states with the greatest number of each sort, and of those without a walk. The lowest two bits of a state's number are
    // those of the others.
    const NO_MORE_RESTS: u64 = 0x0888_8888_8888_8888;
    const NO_MORE_WALKS: u64 = 0xf << 16 | 0xf << 36 | 0xf << 56;
    const NO_MORE_WORDS: u64 = 0xf_ffff << 40;
    const WITHOUT_WALKS: u64 = 0xf | 0xf << 20 | 0xf << 40;

    fn and_word(self) -> Self {
        Self((self.0 & !Self::NO_MORE_WORDS) << Self::WORD)
    }

    fn and_walk(self) -> Self {
        Self((self.0 & !Self::NO_MORE_WALKS) << Self::WALK)
    }

    fn and_rest(self) -> Self {
        Self((self.0 & !Self::NO_MORE_RESTS) << 1)
    }

    fn has_walk(self) -> bool {
        self.0 & !Self::WITHOUT_WALKS != 0
    }
}

/// The ways to cut a beginning of the password into pieces: without a word or a name, with a word alone, with a name.
type Ways = [Made; 3];
const NEITHER: usize = 0;
const WITH_WORD: usize = 1;
const WITH_NAME: usize = 2;

/// The shortest walk, in characters.
const MIN_WALK: usize = 3;

/// Characters that follow each other on a keyboard, its columns included, and in the alphabet. The digits are a row of the keyboard.
const ROWS: [&[u8]; 18] = [
    b"1234567890",
    b"0123456789",
    b"qwertyuiop",
    b"asdfghjkl",
    b"zxcvbnm",
    b"qwertzuiop",
    b"yxcvbnm",
    b"abcdefghijklmnopqrstuvwxyz",
    b"1qaz",
    b"2wsx",
    b"3edc",
    b"4rfv",
    b"5tgb",
    b"6yhn",
    b"7ujm",
    b"qaz",
    b"wsx",
    b"edc",
];

impl Pieces<'_> {
    /// Why the password consists of pieces, if it does: a name before a word before a walk.
    pub(super) fn reason(&self) -> Option<KnownDefault> {
        let mut ways = [Ways::default(); MAX_DEFAULT + 1];
        ways[0][NEITHER] = Made::NOTHING;
        let end = self.lower.len();
        for from in 0..end {
            if ways[from].iter().any(|made| made.0 != 0) {
                self.add_pieces(from, &mut ways);
            }
        }
        let [neither, with_word, with_name] = ways[end];
        if with_name.0 != 0 {
            Some(KnownDefault::Account)
        } else if with_word.0 != 0 {
            Some(KnownDefault::Word)
        } else {
            // Digits and special characters alone are no default.
            neither.has_walk().then_some(KnownDefault::Walk)
        }
    }

    /// Adds the ways that lead on from here, by each piece that begins here.
    fn add_pieces(&self, from: usize, ways: &mut [Ways; MAX_DEFAULT + 1]) {
        let here = ways[from];
        for name in self.names.iter().filter(|name| self.is_name(from, name)) {
            for made in here {
                ways[from + name.len()][WITH_NAME].0 |= made.and_word().0;
            }
        }
        for word in WORDS.iter().copied().flatten().filter(|word| self.is_word(from, word.as_bytes())) {
            for (place, made) in here.into_iter().enumerate() {
                ways[from + word.len()][place.max(WITH_WORD)].0 |= made.and_word().0;
            }
        }
        for length in MIN_WALK..=self.walk(from) {
            for (way, made) in ways[from + length].iter_mut().zip(here) {
                way.0 |= made.and_walk().0;
            }
        }
        if self.is_year(from) {
            for (way, made) in ways[from + 4].iter_mut().zip(here) {
                way.0 |= made.0;
            }
        }
        if self.is_rest(from) {
            for (way, made) in ways[from + 1].iter_mut().zip(here) {
                way.0 |= made.and_rest().0;
            }
        }
    }

    /// Whether a name is here, forwards or backwards.
    fn is_name(&self, from: usize, name: &[u8]) -> bool {
        let Some(found) = self.lower.get(from..from + name.len()) else { return false };
        let is_letter = |(&found, letter): (&u8, &u8)| stands_for(found, letter.to_ascii_lowercase());
        name.len() >= MIN_WORD
            && (found.iter().zip(name).all(is_letter) || found.iter().zip(name.iter().rev()).all(is_letter))
    }

    fn is_word(&self, from: usize, word: &[u8]) -> bool {
        let found = self.lower.get(from..from + word.len());
        found.is_some_and(|found| found.iter().zip(word).all(|(&found, &letter)| stands_for(found, letter)))
    }

    /// The length of the longest walk that begins here: on the keys, or one key again and again.
    fn walk(&self, from: usize) -> usize {
        let keys = || self.password[from..].iter().map(|&char| key_of(char));
        let first = key_of(self.password[from]);
        let same = keys().take_while(|&key| key == first).count();
        let along =
            |row: &mut dyn Iterator<Item = &u8>| keys().zip(row).take_while(|(key, on)| key == *on).count();
        let walks = ROWS.iter().filter_map(|row| {
            let place = row.iter().position(|&key| key == first)?;
            Some(along(&mut row[place..].iter()).max(along(&mut row[..=place].iter().rev())))
        });
        walks.fold(same, usize::max)
    }

    fn is_year(&self, from: usize) -> bool {
        matches!(
            self.lower[from..],
            [b'1', b'9', b'5'..=b'9', b'0'..=b'9', ..] | [b'2', b'0', b'0'..=b'4', b'0'..=b'9', ..]
        )
    }

    /// Whether this may stand between words and walks.
    fn is_rest(&self, from: usize) -> bool {
        let char = self.lower[from];
        char.is_ascii_digit() || char.is_ascii_punctuation() || char == b' '
    }
}

/// Whether people write this character in the place of a letter. Small letters.
fn stands_for(found: u8, letter: u8) -> bool {
    if found == letter {
        return true;
    }
    let usual: &[u8] = match letter {
        b'a' => b"@4",
        b'b' => b"8",
        b'c' => b"(",
        b'e' => b"3",
        b'g' => b"69",
        b'i' => b"1!|",
        b'l' => b"1|",
        b'o' => b"0",
        b's' => b"$5",
        b't' => b"7+",
        b'z' => b"2",
        _ => b"",
    };
    usual.contains(&found)
}

/// The key of a character on a keyboard of the United States: that of the digit for the character above it.
fn key_of(char: u8) -> u8 {
    match char {
        b'!' => b'1',
        b'@' => b'2',
        b'#' => b'3',
        b'$' => b'4',
        b'%' => b'5',
        b'^' => b'6',
        b'&' => b'7',
        b'*' => b'8',
        b'(' => b'9',
        b')' => b'0',
        _ => char.to_ascii_lowercase(),
    }
}
