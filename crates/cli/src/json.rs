//! JSON, written straight into the caller's buffer: no value passes through memory that is not wiped.

use std::io::Write;

/// A value that can be written as JSON.
pub(super) trait Json {
    fn write(&self, to: &mut Vec<u8>);
}

/// An object that is written member by member.
pub(super) struct Object<'a> {
    to: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> Object<'a> {
    pub(super) fn begin(to: &'a mut Vec<u8>) -> Self {
        to.push(b'{');
        Self { to, is_empty: true }
    }

    pub(super) fn member(&mut self, name: &str, value: &(impl Json + ?Sized)) -> &mut Self {
        if !std::mem::take(&mut self.is_empty) {
            self.to.push(b',');
        }
        name.write(self.to);
        self.to.push(b':');
        value.write(self.to);
        self
    }

    pub(super) fn end(&mut self) {
        self.to.push(b'}');
    }
}

impl Json for str {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(b'"');
        for &byte in self.as_bytes() {
            match byte {
                b'"' | b'\\' => to.extend([b'\\', byte]),
                b'\n' => to.extend(b"\\n"),
                b'\r' => to.extend(b"\\r"),
                b'\t' => to.extend(b"\\t"),
                0x08 => to.extend(b"\\b"),
                0x0c => to.extend(b"\\f"),
                0..b' ' => append(to, format_args!("\\u{byte:04x}")),
                _ => to.push(byte),
            }
        }
        to.push(b'"');
    }
}

impl Json for String {
    fn write(&self, to: &mut Vec<u8>) {
        self.as_str().write(to);
    }
}

impl Json for bool {
    fn write(&self, to: &mut Vec<u8>) {
        append(to, format_args!("{self}"));
    }
}

impl Json for u8 {
    fn write(&self, to: &mut Vec<u8>) {
        append(to, format_args!("{self}"));
    }
}

impl Json for u16 {
    fn write(&self, to: &mut Vec<u8>) {
        append(to, format_args!("{self}"));
    }
}

impl Json for u64 {
    fn write(&self, to: &mut Vec<u8>) {
        append(to, format_args!("{self}"));
    }
}

impl Json for usize {
    fn write(&self, to: &mut Vec<u8>) {
        append(to, format_args!("{self}"));
    }
}

impl Json for f64 {
    /// The shortest digits that are read as the same number.
    fn write(&self, to: &mut Vec<u8>) {
        match self.is_finite() {
            true => append(to, format_args!("{self:?}")),
            false => to.extend(b"null"),
        }
    }
}

impl<T: Json> Json for Option<T> {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(to),
            None => to.extend(b"null"),
        }
    }
}

impl<T: Json> Json for [T] {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(b'[');
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                to.push(b',');
            }
            value.write(to);
        }
        to.push(b']');
    }
}

impl<T: Json> Json for Vec<T> {
    fn write(&self, to: &mut Vec<u8>) {
        self.as_slice().write(to);
    }
}

impl<T: Json + ?Sized> Json for &T {
    fn write(&self, to: &mut Vec<u8>) {
        (*self).write(to);
    }
}

fn append(to: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    to.write_fmt(text).expect("a Vec accepts every write");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: &(impl Json + ?Sized)) -> String {
        let mut text = Vec::new();
        value.write(&mut text);
        String::from_utf8(text).expect("JSON is UTF-8")
    }

    #[test]
    fn every_text_is_written_as_serde_json_writes_it() {
        for char in ('\0'..='\u{ff}').chain(['\u{2028}', '\u{feff}', '\u{1f511}', char::MAX]) {
            let text = format!("a{char}b");
            let expected = serde_json::to_string(&text).expect("a text is JSON");
            assert_eq!(json(text.as_str()), expected);
        }
    }

    #[test]
    fn every_number_is_read_back() {
        for number in
            [0.0, -0.0, 1.0, 98.055_998_1, 1e-7, 1e-300, 1e22, f64::MIN_POSITIVE, f64::MAX, f64::EPSILON]
        {
            let read: f64 = serde_json::from_str(&json(&number)).expect("it is a number");
            assert_eq!(read.to_bits(), number.to_bits(), "{number}");
        }
        assert_eq!(json(&[f64::NAN, f64::INFINITY][..]), "[null,null]");
        assert_eq!(json(&[0, 1, u64::MAX][..]), "[0,1,18446744073709551615]");
    }

    #[test]
    fn objects() {
        let mut text = Vec::new();
        Object::begin(&mut text).end();
        assert_eq!(text, b"{}");
        text.clear();
        let list = vec![Some("x"), None];
        Object::begin(&mut text).member("a", &1_u8).member("\"", &true).member("list", &list).end();
        assert_eq!(text, br#"{"a":1,"\"":true,"list":["x",null]}"#);
    }
}
