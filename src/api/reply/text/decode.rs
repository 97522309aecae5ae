//! Readers of the encodings in which a server may repeat a text. What is no encoding stays as it is, and nothing fails.

use std::vec::Vec;

/// Writes the decoded text to a buffer that has room for it: no encoding is shorter than its character.
pub(super) type Decode = fn(&[char], &mut Vec<char>);

/// The encodings: of URLs and forms, of HTML and XML, and of JSON, JavaScript, Java and Python.
pub(super) const DECODERS: [Decode; 3] = [percent, entities, escapes];

/// `%5e`, byte by byte in UTF-8, and `%u005e` of JavaScript's `escape`. Bytes that are no UTF-8 are characters of Latin-1.
fn percent(text: &[char], to: &mut Vec<char>) {
    let mut units = Utf16::default();
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if let ['%', 'u' | 'U', digits @ ..] = rest
            && let Some((unit, after)) = hex(digits, 4)
        {
            units.push(unit, to);
            rest = after;
            continue;
        }
        let (char, after) = percent_char(rest).unwrap_or((*first, after));
        units.flush();
        to.extend(printable(char));
        rest = after;
    }
}

/// One character in one to four encoded bytes, and the text after it.
fn percent_char(text: &[char]) -> Option<(char, &[char])> {
    fn byte(text: &[char]) -> Option<(u8, &[char])> {
        let ['%', digits @ ..] = text else { return None };
        let (byte, after) = hex(digits, 2)?;
        Some((u8::try_from(byte).ok()?, after))
    }
    let (first, after_first) = byte(text)?;
    let length = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    let (mut bytes, mut after) = ([first, 0, 0, 0], after_first);
    for place in &mut bytes[1..length] {
        let Some((next, rest)) = byte(after) else { return Some((first.into(), after_first)) };
        (*place, after) = (next, rest);
    }
    match core::str::from_utf8(&bytes[..length]).ok().and_then(|text| text.chars().next()) {
        Some(char) => Some((char, after)),
        None => Some((first.into(), after_first)),
    }
}

/// The names of HTML for the characters of ASCII, and the space that does not break. Not all names: those that encoders write.
const ENTITIES: [(&str, char); 42] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("dash", '-'),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("hat", '^'),
    ("lowbar", '_'),
    ("underbar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("rcub", '}'),
    ("rbrace", '}'),
    ("tilde", '~'),
    ("space", ' '),
];

/// The longest name, and the longest number in use: the last code point has seven digits.
const MAX_ENTITY: usize = 10;

/// `&amp;`, `&#94;` and `&#x5e;`, with the semicolon or, as browsers accept it of numbers, without.
fn entities(text: &[char], to: &mut Vec<char>) {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        let entity = if *first == '&' { entity(after) } else { None };
        let (char, after) = entity.unwrap_or((*first, after));
        to.extend(printable(char));
        rest = after;
    }
}

/// What stands after the ampersand, and the text after it.
fn entity(text: &[char]) -> Option<(char, &[char])> {
    let (radix, digits) = match text {
        ['#', 'x' | 'X', digits @ ..] => (16, digits),
        ['#', digits @ ..] => (10, digits),
        _ => {
            let end = text.iter().take(MAX_ENTITY).position(|&char| char == ';')?;
            let same = |name: &str| {
                name.len() == end
                    && name.chars().zip(text).all(|(name, char)| char.eq_ignore_ascii_case(&name))
            };
            let (_, char) = ENTITIES.into_iter().find(|&(name, _)| same(name))?;
            return Some((char, &text[end + 1..]));
        }
    };
    let length = digits.iter().take(MAX_ENTITY).take_while(|char| char.is_digit(radix)).count();
    let (number, after) = digits.split_at(length);
    let code = number
        .iter()
        .try_fold(0_u32, |code, char| code.checked_mul(radix)?.checked_add(char.to_digit(radix)?))?;
    let char = char::from_u32(code).filter(|_| length > 0)?;
    Some((char, after.strip_prefix(&[';']).unwrap_or(after)))
}

/// `\"`, `\u005e`, with pairs of surrogates, and `\x5e`. Other escapes lose their backslash; those of control characters are not
/// printable anyway.
fn escapes(text: &[char], to: &mut Vec<char>) {
    let mut units = Utf16::default();
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if let ['\\', kind @ ('u' | 'U' | 'x'), digits @ ..] = rest
            && let Some((unit, after)) = hex(digits, if *kind == 'x' { 2 } else { 4 })
        {
            units.push(unit, to);
            rest = after;
            continue;
        }
        rest = match rest {
            ['\\', escaped, after @ ..] => {
                units.flush();
                if !matches!(escaped, 'b' | 'f' | 'n' | 'r' | 't') {
                    to.extend(printable(*escaped));
                }
                after
            }
            _ => {
                units.flush();
                to.push(*first);
                after
            }
        };
    }
}

/// The number of `count` hexadecimal digits, and the text after them.
fn hex(text: &[char], count: usize) -> Option<(u32, &[char])> {
    let (digits, after) = text.split_at_checked(count)?;
    let number = digits.iter().try_fold(0, |number, char| Some(number << 4 | char.to_digit(16)?))?;
    Some((number, after))
}

fn printable(char: char) -> Option<char> {
    (!super::is_unprintable(char)).then_some(char)
}

/// Joins pairs of surrogates.
#[derive(Default)]
struct Utf16 {
    high: Option<u32>,
}

impl Utf16 {
    fn push(&mut self, unit: u32, to: &mut Vec<char>) {
        let code = match (self.high.take(), unit) {
            (_, 0xD800..0xDC00) => {
                self.high = Some(unit);
                return;
            }
            (Some(high), 0xDC00..0xE000) => 0x10000 + ((high - 0xD800) << 10 | (unit - 0xDC00)),
            (_, unit) => unit,
        };
        to.extend(char::from_u32(code).and_then(printable));
    }

    /// Another character follows, so that half of a pair stands for nothing.
    fn flush(&mut self) {
        self.high = None;
    }
}
