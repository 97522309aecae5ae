//! Sending a reply, as far as the fault lets it.

use std::io::{self, Read, Write};

use flate2::{Compression, write::GzEncoder};

use super::{Shared, channel::Channel};
use crate::faults::{Ending, Kind, Stage};
use crate::http::{JSON, Reply};

/// Sends the reply, as far as the fault lets it. Returns how the connection ends, if the fault ends it.
pub(super) fn deliver(
    shared: &Shared,
    channel: &mut Channel,
    kind: Option<&Kind>,
    reply: Reply,
    keep_alive: bool,
) -> io::Result<Option<Ending>> {
    match kind {
        Some(Kind::HugeBody(length)) => {
            return send_huge_body(channel, &reply, *length).map(|()| Some(Ending::Farewell));
        }
        Some(Kind::HugeHeaders(length)) => {
            return send_huge_headers(channel, &reply, *length).map(|()| Some(Ending::Farewell));
        }
        _ => {}
    }
    let bytes = bytes(kind, reply, keep_alive)?;
    // Where the reply is interrupted.
    let cut = match kind {
        Some(Kind::Break { stage: Stage::Reply(at), .. } | Kind::Stall { stage: Stage::Reply(at), .. }) => {
            (*at).min(bytes.len())
        }
        _ => bytes.len(),
    };
    match kind {
        Some(Kind::Trickle(pause)) => {
            for byte in bytes.chunks(1) {
                channel.send(byte)?;
                if shared.gate.sleep(*pause) {
                    return Ok(Some(Ending::Reset));
                }
            }
        }
        _ if cut > 0 => channel.send(&bytes[..cut])?,
        _ => {}
    }
    match kind {
        Some(Kind::Break { how, .. }) => return Ok(Some(*how)),
        Some(Kind::Stall { stage: Stage::Reply(_) | Stage::Sent, time }) if shared.gate.sleep(*time) => {
            return Ok(Some(Ending::Reset));
        }
        _ => {}
    }
    if cut < bytes.len() {
        channel.send(&bytes[cut..])?;
    }
    let is_last = match kind {
        Some(Kind::Raw(_)) => true,
        // The client waits for the final reply, which never comes.
        Some(Kind::Status { status, .. }) => *status < 200,
        _ => false,
    };
    Ok(is_last.then_some(Ending::Farewell))
}

/// The bytes of the reply, in the form that the fault gives it.
fn bytes(kind: Option<&Kind>, mut reply: Reply, keep_alive: bool) -> io::Result<Vec<u8>> {
    let mut bytes = match kind {
        Some(Kind::ContentType(value)) => {
            reply.set("Content-Type", value.clone());
            reply.bytes(keep_alive)
        }
        Some(Kind::Gzip) => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&reply.body)?;
            reply.body = encoder.finish()?;
            reply.set("Content-Encoding", "gzip");
            reply.bytes(keep_alive)
        }
        Some(Kind::Chunked) => chunked(&reply, keep_alive),
        Some(Kind::Raw(bytes)) => bytes.clone(),
        _ => reply.bytes(keep_alive),
    };
    match kind {
        Some(Kind::Twice) => bytes.extend_from_within(..),
        Some(Kind::Continue) => {
            bytes.splice(..0, *b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        _ => {}
    }
    Ok(bytes)
}

fn chunked(reply: &Reply, keep_alive: bool) -> Vec<u8> {
    let mut bytes = reply.head();
    bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
    if !keep_alive {
        bytes.extend_from_slice(b"Connection: close\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    for chunk in reply.body.chunks(7) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// Sends the vendor's reply with one more field, whose text makes the body this long.
fn send_huge_body(channel: &mut Channel, reply: &Reply, length: u64) -> io::Result<()> {
    let mut start = reply.body.strip_suffix(b"}").unwrap_or(&reply.body).to_vec();
    start.extend_from_slice(br#","extra":""#);
    let end = br#""}"#;
    let fill = length.saturating_sub((start.len() + end.len()) as u64);
    let total = start.len() as u64 + fill + end.len() as u64;
    let mut head = reply.head();
    head.extend_from_slice(format!("Content-Length: {total}\r\nConnection: close\r\n\r\n").as_bytes());
    channel.send(&head)?;
    channel.send(&start)?;
    io::copy(&mut io::repeat(b'a').take(fill), channel)?;
    channel.send(end)
}

/// Sends headers of this length, and then the vendor's reply.
fn send_huge_headers(channel: &mut Channel, reply: &Reply, length: u64) -> io::Result<()> {
    let status = format!("HTTP/1.1 {} OK\r\n", reply.status);
    channel.send(status.as_bytes())?;
    let line = format!("X-Fake: {}\r\n", "a".repeat(1_000));
    let mut sent = status.len() as u64;
    while sent < length {
        channel.write_all(line.as_bytes())?;
        sent += line.len() as u64;
    }
    let rest =
        format!("Content-Type: {JSON}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", reply.body.len());
    channel.send(rest.as_bytes())?;
    channel.send(&reply.body)
}
