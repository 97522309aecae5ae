//! Mixed lines, and the vendors' rules as regular expressions, written from their documents.

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

const UPPER: &str = "(?=.*[A-Z])";
const LOWER: &str = "(?=.*[a-z])";
const DIGIT: &str = "(?=.*[0-9])";

/// At least three of upper case, lower case, digits and `special`; `length` of `characters`.
fn three_of_four(special: &str, characters: &str, length: &str) -> String {
    let special = &format!("(?=.*{special})");
    let ways =
        [[UPPER, LOWER, DIGIT], [UPPER, LOWER, special], [UPPER, DIGIT, special], [LOWER, DIGIT, special]];
    format!(r"(?s)\A(?:{}){characters}{length}\z", ways.map(|way| way.concat()).join("|"))
}

/// Lines that are compliant by chance about as often as not: a few kinds of character, lengths around the
/// limits, and now and then a character from somewhere else.
pub(crate) fn line(rng: &mut ChaCha20Rng, lengths: std::ops::Range<u32>) -> String {
    let kinds = rng.next_u32();
    let length = lengths.start + rng.next_u32() % (lengths.end - lengths.start);
    let pick = |rng: &mut ChaCha20Rng, from: &str| {
        let characters: Vec<char> = from.chars().collect();
        characters[rng.next_u32() as usize % characters.len()]
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

/// The rule of a preset.
pub(crate) fn pattern(preset: &str) -> String {
    match preset {
        "exotel" => three_of_four("[!@#$%^&*]", "[!-~]", "{8,64}"),
        "huawei" => three_of_four("[~@^*_+.?]", "[A-Za-z0-9~@^*_+.?]", "{8,16}"),
        "nxcloud" => format!(r"\A{UPPER}{LOWER}{DIGIT}[A-Za-z0-9]{{8,32}}\z"),
        "nxcloud-random" => r"\A[0-9]{6}\z".to_owned(),
        other => panic!("no pattern for {other}"),
    }
}
