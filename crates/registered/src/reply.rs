//! A registrar's reply. It is whatever somebody likes to send.

use httparse::{Header, ParserConfig, Response, Status};

use crate::challenge::{self, Challenge};

/// The longest reply, in bytes. A phone with many bindings has a long one, since the reply names them all.
pub const MAX_REPLY: usize = 1 << 16;
/// The most headers of a reply.
const MAX_HEADERS: usize = 512;

/// What a reply says, as far as it matters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// What its first `Via`, `Call-ID` and `CSeq` say of the request.
    pub(crate) branch: String,
    pub(crate) call_id: String,
    pub(crate) sequence: u32,
    /// The strongest challenge that can be answered.
    pub(crate) challenge: Option<Challenge>,
}

/// The extent of a message in a stream of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// There is more to come.
    Incomplete,
    /// The message has this many bytes.
    Bytes(usize),
    /// No reply of SIP, or too long a one.
    Invalid,
}

/// Calls `with` for the status and the headers, and the number of their bytes. `None` if the bytes are no reply of SIP.
fn parse<T>(bytes: &[u8], with: impl FnOnce(u16, &[Header<'_>], usize) -> T) -> Option<Status<T>> {
    const VERSION: &[u8] = b"SIP/2.0";
    const OTHERS: &[u8] = b"HTTP/1.1";
    if !bytes.iter().zip(VERSION).all(|(byte, expected)| byte.eq_ignore_ascii_case(expected)) {
        return None;
    }
    let Some(rest) = bytes.get(VERSION.len()..) else { return Some(Status::Partial) };
    let text = [OTHERS, rest].concat();
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = Response::new(&mut headers);
    let parsed = ParserConfig::default()
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .parse_response(&mut response, &text);
    match parsed.ok()? {
        Status::Partial => Some(Status::Partial),
        Status::Complete(length) => {
            let status = response.code?;
            Some(Status::Complete(with(status, response.headers, length + VERSION.len() - OTHERS.len())))
        }
    }
}

/// Where the first message in a stream ends.
pub(crate) fn extent(stream: &[u8]) -> Extent {
    let whole = parse(stream, |_, headers, length| {
        let body = match value(headers, "Content-Length", "l") {
            // A stream must have it (RFC 3261, section 18.3).
            None => return Extent::Invalid,
            Some(text) => text.parse::<usize>().ok(),
        };
        match body.and_then(|body| body.checked_add(length)).filter(|&whole| whole <= MAX_REPLY) {
            None => Extent::Invalid,
            Some(whole) if whole > stream.len() => Extent::Incomplete,
            Some(whole) => Extent::Bytes(whole),
        }
    });
    match whole {
        Some(Status::Complete(extent)) => extent,
        Some(Status::Partial) if stream.len() < MAX_REPLY => Extent::Incomplete,
        _ => Extent::Invalid,
    }
}

/// Reads a reply. `None` if it is none, or lacks what every reply has.
pub(crate) fn read(bytes: &[u8]) -> Option<Reply> {
    if bytes.len() > MAX_REPLY {
        return None;
    }
    let reply = parse(bytes, |status, headers, _| {
        let sequence = value(headers, "CSeq", "")?;
        let (number, method) = sequence.split_once(char::is_whitespace)?;
        if method.trim() != "REGISTER" {
            return None;
        }
        let name = match status {
            401 => "WWW-Authenticate",
            407 => "Proxy-Authenticate",
            _ => "",
        };
        let challenges: Vec<String> = headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name))
            .filter_map(|header| unfolded(header.value))
            .collect();
        Some(Reply {
            status,
            branch: branch(&value(headers, "Via", "v")?)?.to_owned(),
            call_id: value(headers, "Call-ID", "i")?,
            sequence: number.parse().ok()?,
            challenge: challenge::strongest(challenges.iter().map(String::as_str)),
        })
    });
    match reply {
        Some(Status::Complete(reply)) => reply,
        _ => None,
    }
}

/// The value of the first header of this name, or of its short form.
fn value(headers: &[Header<'_>], name: &str, short: &str) -> Option<String> {
    let is_it = |header: &&Header<'_>| {
        header.name.eq_ignore_ascii_case(name) || !short.is_empty() && header.name.eq_ignore_ascii_case(short)
    };
    headers.iter().find(is_it).and_then(|header| unfolded(header.value))
}

/// A value as text in one line.
fn unfolded(value: &[u8]) -> Option<String> {
    let text = str::from_utf8(value).ok()?;
    Some(text.replace(['\r', '\n'], " ").trim().to_owned())
}

/// The branch of the first of the senders that a `Via` names.
fn branch(via: &str) -> Option<&str> {
    let first = via.split(',').next()?;
    first.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("branch").then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REPLY: &str = "SIP/2.0 401 Unauthorized\r\n\
        v: SIP/2.0/UDP 127.0.0.1:5070;rport=5070 ; Branch = z9hG4bKabc;received=127.0.0.1\r\n\
        From: <sip:a@b>;tag=1\r\n\
        To : <sip:a@b>;tag=2\r\n\
        i: 123@host\r\n\
        CSeq: 1  REGISTER\r\n\
        WWW-Authenticate: Digest realm=\"r\",\r\n \t nonce=\"n\"\r\n\
        Content-Length: 3\r\n\r\nabc";

    #[test]
    fn a_reply() {
        let reply = read(REPLY.as_bytes()).expect("it is one");
        assert_eq!((reply.status, reply.sequence), (401, 1));
        assert_eq!((reply.branch.as_str(), reply.call_id.as_str()), ("z9hG4bKabc", "123@host"));
        let challenge = reply.challenge.expect("it has one");
        assert_eq!((challenge.realm.text.as_str(), challenge.nonce.text.as_str()), ("r", "n"));
        // The challenge of another status is none.
        assert_eq!(read(REPLY.replace("401", "407").as_bytes()).and_then(|reply| reply.challenge), None);
    }

    #[test]
    fn where_it_ends() {
        let reply = REPLY.as_bytes();
        assert_eq!(extent(reply), Extent::Bytes(reply.len()));
        assert_eq!(extent(&[reply, b"SIP/2.0"].concat()), Extent::Bytes(reply.len()));
        for length in 0..reply.len() {
            assert_eq!(extent(&reply[..length]), Extent::Incomplete, "{length}");
        }
        for wrong in
            ["Content-Length: -1", "Content-Length: 99999", "Content-Length: 18446744073709551615", "X: 1"]
        {
            let reply = REPLY.replace("Content-Length: 3", wrong);
            assert_eq!(extent(reply.as_bytes()), Extent::Invalid, "{wrong}");
        }
        assert_eq!(extent(b"HTTP/1.1 200 OK\r\n\r\n"), Extent::Invalid);
        assert_eq!(extent(&[&b"SIP/2.0 200 OK\r\nX: "[..], &[b'x'; MAX_REPLY]].concat()), Extent::Invalid);
    }

    #[test]
    fn what_is_no_reply() {
        for (part, other) in [
            ("SIP/2.0 401", "SIP/3.0 401"),
            ("SIP/2.0 401", "SIP/2.0 4x1"),
            ("v: ", "X: "),
            ("Branch", "Brunch"),
            ("i: ", "X: "),
            ("1  REGISTER", "1 INVITE"),
            ("1  REGISTER", "x REGISTER"),
            ("1  REGISTER", "REGISTER"),
            ("1  REGISTER", "4294967296 REGISTER"),
            ("\r\n\r\nabc", ""),
        ] {
            assert_eq!(read(REPLY.replace(part, other).as_bytes()), None, "{part} {other}");
        }
        assert_eq!(read(&[REPLY.as_bytes(), &[b'x'; MAX_REPLY]].concat()), None);
    }

    /// A reply with some bytes changed: what random bytes never are.
    fn nearly_a_reply() -> impl Strategy<Value = Vec<u8>> {
        let changes = prop::collection::vec((0..REPLY.len(), any::<u8>()), 0..12);
        (changes, 0..=REPLY.len()).prop_map(|(changes, length)| {
            let mut reply = REPLY.as_bytes().to_vec();
            for (place, byte) in changes {
                reply[place] = byte;
            }
            reply.truncate(length);
            reply
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes(bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..600), nearly_a_reply()]) {
            let (reply, extent) = (read(&bytes), extent(&bytes));
            if let Some(reply) = reply {
                prop_assert!(reply.status < 1000);
                prop_assert!(!reply.branch.contains(char::is_control));
            }
            if let Extent::Bytes(length) = extent {
                prop_assert!(length <= bytes.len());
            }
        }

        #[test]
        fn any_challenge(text in "\\PC{0,80}", marked in "[ -~]{0,80}") {
            for header in [text.as_str(), &format!("Digest realm=\"{marked}\", nonce=\"{text}\"")] {
                if let Some(challenge) = challenge::strongest([header].into_iter()) {
                    prop_assert!(!challenge.realm.escaped.contains(['\r', '\n']));
                }
            }
        }
    }
}
