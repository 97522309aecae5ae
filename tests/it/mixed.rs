//! Mixed lines.

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

/// Lines that are compliant by chance about as often as not: a few kinds of character, lengths around the
/// limits, and now and then a character from somewhere else.
pub(crate) fn line(rng: &mut ChaCha20Rng, lengths: std::ops::Range<u32>) -> String {
    let kinds = rng.next_u32();
    let length = lengths.start + rng.next_u32() % (lengths.end - lengths.start);
    // By bytes where each is a character, which is much faster for long lines.
    let pick = |rng: &mut ChaCha20Rng, from: &str| match from.is_ascii() {
        true => char::from(from.as_bytes()[rng.next_u32() as usize % from.len()]),
        false => from.chars().nth(rng.next_u32() as usize % from.chars().count()).unwrap_or_default(),
    };
    (0..length)
        .map(|_| match rng.next_u32() % 64 {
            0 => pick(rng, " \t\"#'(),-/:;<=>[\\]_`{|}~\u{7f}éß密🔑\n"),
            draw if kinds >> (draw % 4) & 1 == 0 => pick(rng, "0123456789"),
            draw => match draw % 4 {
                0 => pick(rng, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                1 => pick(rng, "abcdefghijklmnopqrstuvwxyz"),
                2 => pick(rng, "~@^*_+.?!#$%&"),
                _ => pick(rng, "0123456789"),
            },
        })
        .collect()
}
