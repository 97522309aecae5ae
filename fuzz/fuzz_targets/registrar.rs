//! Whatever a registrar replies, by UDP and over a connection: no panic, an end, two digests at most and never the password, requests that a reply
//! adds no line to, and a verdict that the last reply gives.
//!
//! An input is the replies, with a zero byte between them. In a reply, `%b` stands for the branch of the last request, `%c` for its `CSeq` and
//! `%i` for its `Call-ID`, without which a reply is ignored.

#![no_main]

#[path = "../../crates/registered/src/challenge.rs"]
mod challenge;
#[path = "../../crates/registered/src/digest.rs"]
mod digest;
#[path = "../../crates/registered/src/exchange.rs"]
#[expect(unreachable_pub, reason = "the crate exports it")]
mod exchange;
#[path = "../../crates/registered/src/reason.rs"]
#[expect(dead_code, unreachable_pub, reason = "the crate exports it, and gives the other reasons")]
mod reason;
#[path = "../../crates/registered/src/reply.rs"]
#[expect(unreachable_pub, reason = "the crate exports it")]
mod reply;
#[path = "../../crates/registered/src/request.rs"]
mod request;
#[path = "../../crates/registered/src/stream.rs"]
#[expect(dead_code, reason = "there is no connection")]
mod stream;
#[path = "../../crates/registered/src/text.rs"]
#[expect(dead_code, unreachable_pub, reason = "the crate exports it, and reads addresses")]
mod text;

use std::io::{self, Read, Write};

use exchange::{Exchange, Step, Verdict};
use libfuzzer_sys::fuzz_target;
use reason::Reason;
use reply::{Extent, MAX_REPLY, extent};
use request::Dialog;
use text::{Password, User};
use zeroize::Zeroizing;

const PASSWORD: &str = "FakePhonePwd1";
const CALL: &str = "fake-call";

fn begin() -> (Exchange<'static>, Zeroizing<Vec<u8>>) {
    let dialog = Dialog {
        user: User::new(b"10\"01").expect("it is printable"),
        domain: "example.com",
        transport: "UDP",
        sent_by: "127.0.0.1:5060",
        call_id: CALL.into(),
        tag: "fake-tag".into(),
    };
    let password = Password::new(PASSWORD.as_bytes()).expect("it is printable");
    Exchange::begin(dialog, password).expect("there are random numbers")
}

/// The registrar, and what it has received.
#[derive(Default)]
struct Registrar {
    branch: String,
    sequence: String,
    digests: usize,
}

impl Registrar {
    /// Looks at a request: one of ours, whatever was in the replies.
    fn receive(&mut self, request: &[u8]) {
        let text = str::from_utf8(request).expect("a request is text");
        assert!(!text.contains(PASSWORD));
        let (lines, body) = text.split_once("\r\n\r\n").expect("it is whole");
        assert!(body.is_empty() && !lines.replace("\r\n", "").contains(['\r', '\n']));
        let has_digest = lines.contains("uthorization: Digest ");
        assert_eq!(lines.split("\r\n").count(), 9 + usize::from(has_digest), "a reply added a line");
        let behind = |name: &str, end| {
            let (_, rest) = lines.split_once(name).expect("it is there");
            rest.split(end).next().unwrap_or_default().to_owned()
        };
        self.branch = behind(";branch=", ';');
        self.sequence = behind("\r\nCSeq: ", ' ');
        self.digests += usize::from(has_digest);
        assert!(self.digests <= 2, "a password is tried once, and once more with a nonce that is not stale");
    }

    /// A reply with what belongs to the last request.
    fn reply(&self, template: &[u8]) -> Vec<u8> {
        let mut reply = Vec::new();
        let mut rest = template;
        while let [first, behind @ ..] = rest {
            let text = match (first, behind.first()) {
                (b'%', Some(b'b')) => &*self.branch,
                (b'%', Some(b'c')) => &*self.sequence,
                (b'%', Some(b'i')) => CALL,
                _ => "",
            };
            reply.extend_from_slice(if text.is_empty() { &rest[..1] } else { text.as_bytes() });
            rest = if text.is_empty() { behind } else { &behind[1..] };
        }
        reply
    }
}

/// A verdict is that of a reply to a digest.
fn check(verdict: Verdict, last: &[u8], digests: usize) {
    let has_status = |statuses: &[&[u8]]| {
        statuses.iter().any(|status| last.get(8..).is_some_and(|text| text.starts_with(status)))
    };
    match verdict {
        Verdict::Accepted => assert!(digests > 0 && has_status(&[b"2"])),
        Verdict::Refused => assert!(digests > 0 && has_status(&[b"401", b"407"])),
        Verdict::NotKnown(reason) => assert!(!reason.to_string().is_empty()),
    }
}

fn datagrams(replies: &[&[u8]]) {
    let (mut exchange, request) = begin();
    let mut registrar = Registrar::default();
    registrar.receive(&request);
    for template in replies {
        let reply = registrar.reply(template);
        match exchange.receive(&reply) {
            Step::Ignore | Step::Wait => {}
            Step::Send(request) => registrar.receive(&request),
            Step::End(verdict) => return check(verdict, &reply, registrar.digests),
        }
    }
}

/// A connection, over which each reading brings one reply or a part of it.
struct Connection<'a> {
    registrar: Registrar,
    replies: std::slice::Iter<'a, &'a [u8]>,
    sent: Vec<u8>,
}

impl Read for Connection<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(!buffer.is_empty(), "a full buffer is never read to");
        if self.sent.is_empty() {
            let Some(template) = self.replies.next() else { return Ok(0) };
            self.sent = self.registrar.reply(template);
        }
        let length = self.sent.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.sent[..length]);
        self.sent.drain(..length);
        Ok(length)
    }
}

impl Write for Connection<'_> {
    fn write(&mut self, request: &[u8]) -> io::Result<usize> {
        self.registrar.receive(request);
        Ok(request.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn connection(replies: &[&[u8]]) {
    let (mut exchange, request) = begin();
    let mut connection =
        Connection { registrar: Registrar::default(), replies: replies.iter(), sent: Vec::new() };
    let ended = stream::ask(&mut connection, &mut exchange, &request, stream::reason);
    match ended {
        Ok(Verdict::Accepted | Verdict::Refused) => assert!(connection.registrar.digests > 0),
        Ok(Verdict::NotKnown(_)) | Err(Reason::Closed | Reason::NotSip) => {}
        Err(reason) => panic!("{reason}"),
    }
}

fuzz_target!(|input: &[u8]| {
    if let Extent::Bytes(length) = extent(input) {
        assert!(length <= input.len().min(MAX_REPLY));
    }
    let replies: Vec<&[u8]> = input.split(|&byte| byte == 0).filter(|reply| !reply.is_empty()).collect();
    datagrams(&replies);
    connection(&replies);
});
