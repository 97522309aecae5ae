//! Any bytes, read in any pieces by the command's line reader: its blocks are the bytes without a byte order mark, cut behind line
//! breaks; a file in UTF-16 is an error, a line that is too long is an error that names the line, and a source that fails is an error
//! too. And any bytes as a file that must have a certain size.
//!
//! Under `cfg(fuzzing)` the buffer starts with 16 bytes and a line has at most 64, so that small inputs reach the limits.

#![no_main]

#[path = "../../crates/cli/src/encoding.rs"]
#[cfg_attr(not(test), expect(dead_code, reason = "policy files are texts"))]
mod encoding;
#[path = "../../crates/cli/src/error.rs"]
#[expect(dead_code, reason = "the command fails in other ways too")]
mod error;
#[path = "../../crates/cli/src/input.rs"]
#[expect(dead_code, reason = "the command opens files")]
mod input;
mod pieces;

use arbitrary::Arbitrary;
use error::CommandError;
use input::Input;
use libfuzzer_sys::fuzz_target;
use pieces::Source;

/// The longest line, in bytes.
const LONGEST_LINE: usize = 64;

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    /// The number of bytes of each read; 0 for a read that is interrupted. Later reads fill the buffer.
    pieces: Vec<u8>,
    /// Whether the source fails at the end.
    fails: bool,
    bytes: &'a [u8],
}

impl<'a> Case<'a> {
    fn source(&'a self) -> Source<'a> {
        Source { pieces: &self.pieces, fails: self.fails, left: self.bytes }
    }
}

/// The command prints messages with this.
fn report(_: &str) {}

fn lines(case: &Case<'_>) {
    let mut input = Input::of(case.source(), "name".into(), None);
    let mut read = Vec::new();
    let mut last_ends = true;
    let error = loop {
        match input.next() {
            Ok(None) => break None,
            Ok(Some(block)) => {
                assert!(last_ends, "a block without a line break is the last");
                last_ends = block.last().is_none_or(|&byte| byte == b'\n');
                read.extend_from_slice(block);
            }
            Err(error) => break Some(error),
        }
    };
    // The whole lines before the error, or everything.
    let lines = case.bytes.split_inclusive(|&byte| byte == b'\n');
    let too_long =
        lines.clone().position(|line| line.strip_suffix(b"\n").unwrap_or(line).len() > LONGEST_LINE);
    let good = match (too_long, case.fails) {
        (Some(place), _) => lines.take(place).map(<[u8]>::len).sum(),
        (None, true) => case.bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1),
        (None, false) => case.bytes.len(),
    };
    let expected = &case.bytes[..good];
    // Nothing of a file in UTF-16 is returned.
    if sip_password::is_utf_16(expected) {
        let what = format!("name: {}", encoding::UTF_16);
        assert!(read.is_empty() && matches!(error, Some(CommandError::Message(found)) if found == what));
        return;
    }
    assert_eq!(read, expected.strip_prefix(b"\xef\xbb\xbf").unwrap_or(expected));
    match (error, too_long) {
        (Some(CommandError::Message(what)), Some(place)) => {
            let line =
                format!("line {} of name: expected at most {LONGEST_LINE} bytes, found more;", place + 1);
            assert!(what.starts_with(&line), "{what}");
        }
        (Some(CommandError::Io { action, .. }), None) => assert!(case.fails && action == "cannot read name"),
        (None, None) => {
            assert!(!case.fails);
            assert!(matches!(input.next(), Ok(None)), "the end stays the end");
        }
        (error, _) => panic!("{error:?}"),
    }
}

fn exactly(case: &Case<'_>) {
    const SIZE: usize = 32;
    match (input::exactly::<SIZE>(case.source(), "name", "a key"), case.bytes.len()) {
        (Ok(found), SIZE) => assert!(!case.fails && *found == *case.bytes),
        (Err(CommandError::Io { .. }), ..=SIZE) => assert!(case.fails),
        (Err(CommandError::Message(what)), length) => {
            let length = if length > SIZE { "more".into() } else { length.to_string() };
            assert!(length != "32" && (length == "more" || !case.fails));
            assert_eq!(what, format!("a key: expected 32 bytes in name, found {length}"));
        }
        (found, length) => panic!("{:?} of {length}", found.err()),
    }
}

fuzz_target!(|case: Case<'_>| {
    lines(&case);
    exactly(&case);
});
