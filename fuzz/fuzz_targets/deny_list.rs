//! Any bytes as a deny list: refused, or asked without a panic. What it is said to contain is there, and a filter that is made of it
//! contains it too.

#![no_main]

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use sip_password_weak::{DenyKind, DenyList, build_filter, known_default};

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    password: &'a [u8],
    name: &'a str,
    list: &'a [u8],
}

fuzz_target!(|case: Case<'_>| {
    let Case { password, name, list } = case;
    known_default(password, &[name]);
    let mut filter = Vec::new();
    let built = build_filter(list, &mut filter, |_| ());
    let Ok(opened) = DenyList::from_bytes(list.to_vec()) else {
        // A list that is refused for its beginning, or a filter, of which none is made.
        assert!(built.is_err());
        return;
    };
    let answer = opened.contains(password);
    if opened.kind() == DenyKind::Words {
        let text = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
        let words = text.split(|&byte| byte == b'\n').map(|word| word.strip_suffix(b"\r").unwrap_or(word));
        let words: BTreeSet<&[u8]> = words.filter(|word| !word.is_empty()).collect();
        assert_eq!(answer.ok(), Some(words.contains(password)));
        let filter = DenyList::from_bytes(filter).expect("it was just made");
        assert_eq!(built.expect("words are a list").passwords, words.len() as u64);
        assert!(words.iter().all(|word| filter.contains(word).expect("it is whole")));
    } else if let (Ok(_), Ok(true)) = (built, answer) {
        let filter = DenyList::from_bytes(filter).expect("it was just made");
        assert!(filter.contains(password).expect("it is whole"));
    }
});
