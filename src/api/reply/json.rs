//! JSON that is read in place: no secret of a reply is copied into memory that is not wiped.
//!
//! `serde_json` validates the text and finds where values begin and end. It does so without recursion, so that no depth is too much,
//! and as `RawValue`, so that no string passes through its buffers, which nothing wipes. The escapes in strings are decoded here, into
//! memory that is wiped.
//!
//! Derived structs are no substitute. They take an array for an object, so `["0"]` would report success, and `null` for a missing
//! member. They report a duplicate member only as a text, and copy a name with escapes into one of those buffers.

use core::{fmt, str};
use std::string::String;

use serde::{
    Deserializer as _,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::error::ReplyError;

/// A JSON value: a slice of the reply.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a>(
    /// Valid JSON, without white space around it.
    &'a str,
);

impl<'a> Json<'a> {
    /// `None` if the text is not exactly one JSON value.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str::<&RawValue>(text).ok().map(|value| Self(value.get()))
    }

    pub(crate) fn is_null(self) -> bool {
        self.0 == "null"
    }

    pub(crate) fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    pub(crate) fn is_string(self) -> bool {
        self.0.starts_with('"')
    }

    /// Calls `each` with the name and the value of each member, in their order. False if the value is not an object.
    pub(crate) fn members(self, each: impl FnMut(Self, Self)) -> bool {
        self.is_object() && serde_json::Deserializer::from_str(self.0).deserialize_map(Members(each)).is_ok()
    }

    /// The values of the members with these names. An error names the member, or `path` if the value is not an object.
    ///
    /// Other members are ignored, even duplicates.
    pub(crate) fn fields<const N: usize>(
        self,
        path: &'static str,
        names: [&'static str; N],
    ) -> Result<[Option<Self>; N], ReplyError> {
        let mut found = [None; N];
        let mut duplicate = None;
        let is_object = self.members(|key, value| {
            if let Some(index) = names.iter().position(|name| key.equals(name))
                && found[index].replace(value).is_some()
            {
                duplicate = duplicate.or(Some(names[index]));
            }
        });
        match duplicate {
            Some(field) => Err(ReplyError::Duplicate { field }),
            None if is_object => Ok(found),
            None => Err(ReplyError::WrongType { field: path }),
        }
    }

    /// The element of a list of one. `None` for a list of none or of several, and for other values.
    pub(crate) fn only_element(self) -> Option<Self> {
        if !self.0.starts_with('[') {
            return None;
        }
        let [only] = serde_json::from_str::<[&RawValue; 1]>(self.0).ok()?;
        Some(Self(only.get()))
    }

    /// Whether the value is the string `text`.
    pub(crate) fn equals(self, text: &str) -> bool {
        self.chars().is_some_and(|chars| chars.eq(text.chars().map(Some)))
    }

    /// The text of a string or of a number. `None` for other values, for a string with half of a surrogate pair, and for a number that
    /// is not just digits: `1e0` is neither a code nor a password.
    pub(crate) fn text(self) -> Option<Zeroizing<String>> {
        match self.chars() {
            Some(chars) => {
                // No escape is shorter than its character, so the buffer never grows and leaves a copy behind.
                let mut text = Zeroizing::new(String::with_capacity(self.0.len()));
                for char in chars {
                    text.push(char?);
                }
                Some(text)
            }
            None if self.is_digits() => Some(Zeroizing::new(String::from(self.0))),
            None => None,
        }
    }

    /// As [`text`](Self::text), but halves of surrogate pairs are replaced: for a person to read.
    pub(crate) fn lossy_text(self) -> Option<Zeroizing<String>> {
        let Some(chars) = self.chars() else { return self.text() };
        // The replacement character has three bytes, the escape six.
        let mut text = Zeroizing::new(String::with_capacity(self.0.len()));
        text.extend(chars.map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Some(text)
    }

    /// Whether the value is a number of digits only.
    pub(crate) fn is_digits(self) -> bool {
        self.0.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// The characters of a string, with `None` for half of a surrogate pair. `None` if the value is not a string.
    fn chars(self) -> Option<Chars<'a>> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        Some(Chars(inner.chars()))
    }
}

/// Decodes the text between the quotes of a valid JSON string.
struct Chars<'a>(str::Chars<'a>);

impl Iterator for Chars<'_> {
    type Item = Option<char>;

    fn next(&mut self) -> Option<Option<char>> {
        Some(match self.0.next()? {
            '\\' => match self.0.next()? {
                'b' => Some('\u{8}'),
                'f' => Some('\u{c}'),
                'n' => Some('\n'),
                'r' => Some('\r'),
                't' => Some('\t'),
                'u' => self.unit().and_then(|unit| self.code_point(unit)),
                // A quote, a slash or a backslash.
                other => Some(other),
            },
            other => Some(other),
        })
    }
}

impl Chars<'_> {
    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| Some(unit << 4 | self.0.next()?.to_digit(16)?))
    }

    /// The character that begins with this unit of UTF-16. A high surrogate needs a second escape, the low one.
    fn code_point(&mut self, unit: u32) -> Option<char> {
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit);
        }
        let mut after = Self(self.0.clone());
        if (after.0.next(), after.0.next()) != (Some('\\'), Some('u')) {
            return None;
        }
        let low = after.unit().filter(|low| (0xdc00..0xe000).contains(low))?;
        self.0 = after.0;
        char::from_u32(0x10000 + (((unit - 0xd800) << 10) | (low - 0xdc00)))
    }
}

/// Passes each member of an object to a closure.
struct Members<F>(F);

impl<'a, F: FnMut(Json<'a>, Json<'a>)> Visitor<'a> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            (self.0)(Json(key.get()), Json(value.get()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{format, string::ToString, vec, vec::Vec};

    use proptest::prelude::*;

    use super::*;

    /// The inside of a string with every kind of escape, and surrogates in pairs and alone.
    fn escapes() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(|char| {
                let quoted = serde_json::to_string(&char).unwrap();
                quoted[1..quoted.len() - 1].to_string()
            }),
            any::<u16>().prop_map(|unit| format!("\\u{unit:04x}")),
            (0xd7f0_u16..0xe010).prop_map(|unit| format!("\\u{unit:04X}")),
            prop::sample::select(vec![r"\n", r"\/", r#"\""#, r"\\", r"\b", r"\f", r"\r", r"\t", "é"])
                .prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn members_come_in_their_order() {
        let mut found = Vec::new();
        let text = r#" { "a\u0062": 1, "c": [ {} ], "ab": "" } "#;
        assert!(Json::parse(text).unwrap().members(|key, value| found.push((key.text().unwrap(), value.0))));
        let found: Vec<_> = found.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        assert_eq!(found, [("ab", "1"), ("c", "[ {} ]"), ("ab", r#""""#)]);

        assert!(!Json::parse("[1]").unwrap().members(|_, _| panic!("there is none")));
        let error =
            serde_json::Deserializer::from_str("[1]").deserialize_map(Members(|_, _| ())).unwrap_err();
        assert!(error.to_string().contains("expected an object"), "{error}");
    }

    proptest! {
        /// The reference implementation is `serde_json`'s own `String`.
        #[test]
        fn strings_are_decoded_as_serde_json_decodes_them(inner in escapes()) {
            let written = format!("\"{inner}\"");
            let expected = serde_json::from_str::<String>(&written).ok();
            let found = Json::parse(&written).expect("it is valid").text();
            prop_assert_eq!(found.as_deref(), expected.as_ref());
            if let Some(expected) = expected {
                prop_assert!(Json::parse(&written).unwrap().equals(&expected));
                prop_assert_eq!(&*Json::parse(&written).unwrap().lossy_text().unwrap(), &expected);
            }
        }

        /// Every text that `serde_json`'s own tree accepts. The tree rejects halves of surrogate pairs and great depth as well.
        #[test]
        fn what_serde_json_accepts_is_accepted(text in r#"[\{\}\[\]"\\:, 0-9eE.+\-ntrufalse\x00]{0,12}"#) {
            let valid = serde_json::from_str::<serde_json::Value>(&text);
            if valid.is_ok() {
                prop_assert!(Json::parse(&text).is_some());
            }
            if let Some(json) = Json::parse(&text) {
                let is_object = json.members(|key, _| drop(key.text()));
                prop_assert_eq!(is_object, text.trim_start().starts_with('{'));
            }
        }
    }

    #[test]
    fn fields_finds_the_named_members() {
        let json = Json::parse(r#" {"a":1,"\u0062":"x","c":{"a":2}, "d":[[]]} "#).unwrap();
        let [a, b] = json.fields("reply", ["a", "b"]).unwrap();
        assert_eq!(*a.unwrap().text().unwrap(), "1");
        assert_eq!(*b.unwrap().text().unwrap(), "x");
        let json = Json::parse(r#"{"a":1,"\u0061":1,"z":0,"z":1}"#).unwrap();
        assert_eq!(json.fields("reply", ["a"]).err(), Some(ReplyError::Duplicate { field: "a" }));
        assert!(json.fields("reply", ["b"]).is_ok());
        let json = Json::parse("[{}]").unwrap();
        assert_eq!(json.fields("reply", ["a"]).err(), Some(ReplyError::WrongType { field: "reply" }));
    }

    #[test]
    fn a_list_of_one_has_an_only_element() {
        let only = |json| Json::parse(json).unwrap().only_element().map(|element| element.0);
        assert_eq!(only(" [ {\"a\": 1} ] "), Some("{\"a\": 1}"));
        assert_eq!(only("[[1]]"), Some("[1]"));
        for other in ["[]", "[1,2]", "{}", "1", "\"[1]\"", "null"] {
            assert_eq!(only(other), None, "{other}");
        }
    }

    #[test]
    fn a_number_has_a_text_only_if_it_is_digits() {
        let text = |json| Json::parse(json).unwrap().text().map(|text| text.to_string());
        assert_eq!(text("671897"), Some("671897".into()));
        for other in ["-1", "1.0", "1e3", "true", "null", "[1]", "{}", r#""\ud800""#] {
            assert_eq!(text(other), None, "{other}");
        }
    }

    #[test]
    fn no_depth_is_too_much() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(Json::parse(&deep).is_some());
        let deep = format!("{}1{}", r#"{"a":"#.repeat(200_000), "}".repeat(200_000));
        assert!(Json::parse(&deep).unwrap().members(|_, _| ()));
    }
}
