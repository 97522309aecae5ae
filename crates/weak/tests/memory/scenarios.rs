//! What this crate promises to wipe, and what nobody wipes, on purpose: the search must find that.

use std::hint::black_box;

use sip_password_weak::{DenyKind, DenyList, build_filter, guesses_log10, known_default};
use zeroize::Zeroizing;

use crate::{
    process::{Input, Scenario},
    secrets::{input, needles},
};

/// The number of passwords.
pub(crate) const COUNT: usize = 2000;
/// Longer than what the allocator overwrites of a block that is given back. `Pieces` looks at up to 64 characters.
pub(crate) const LENGTH: usize = 40;

/// Sorted.
const SHA_1: &str =
    "0000000000000000000000000000000000000001:5\n5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9\n";
const NTLM: &str = "00000000000000000000000000000001:5\n8846F7EAEE8FB117AD06BDD830B7586C:9\n";
const WORDS: &str = "letmein\nopensesame\n";

pub(crate) const WIPED: [Scenario; 5] = [
    scenario("a list of words", |input| look_up(input, WORDS)),
    scenario("a list of SHA-1", |input| look_up(input, SHA_1)),
    scenario("a list of NTLM", |input| look_up(input, NTLM)),
    scenario("filters", filters),
    scenario("known defaults", defaults),
];

pub(crate) const BROKEN: [Scenario; 2] = [
    scenario("broken: copies that are not wiped", copies),
    scenario("broken: guesses, as documented", guesses),
];

const fn scenario(name: &'static str, run: fn(&mut Input)) -> Scenario {
    Scenario { name, input, needles, max_on_stack: [0; 2], run }
}

/// Calls `look` with each password.
fn each(input: &mut Input, mut look: impl FnMut(&[u8])) {
    let mut password = Zeroizing::new([0; LENGTH]);
    for _ in 0..COUNT {
        input.read(&mut *password);
        look(&*password);
    }
}

fn look_up(input: &mut Input, text: &str) {
    let list = DenyList::from_bytes(text.into()).expect("it is a list");
    each(input, |password| assert!(!list.contains(password).expect("it is readable")));
}

fn filters(input: &mut Input) {
    let filters = [WORDS, NTLM].map(|text| {
        let mut filter = Vec::new();
        build_filter(text.as_bytes(), &mut filter, |_| ()).expect("it is a list");
        let filter = DenyList::from_bytes(filter).expect("it is a filter");
        assert!(matches!(filter.kind(), DenyKind::Filter(_)));
        filter
    });
    each(input, |password| {
        for filter in &filters {
            // One in 65,536 is found though it is not there.
            black_box(filter.contains(password).expect("it is readable"));
        }
    });
}

fn defaults(input: &mut Input) {
    each(input, |password| assert!(known_default(password, &["alice@example.com", "4711"]).is_none()));
}

fn copies(input: &mut Input) {
    each(input, |password| drop(black_box(password.to_ascii_lowercase())));
}

fn guesses(input: &mut Input) {
    each(input, |password| {
        let password = str::from_utf8(password).expect("it is ASCII");
        black_box(guesses_log10(password, &[]));
    });
}
