//! Connections: one thread each, from the accept to the end, and what goes wrong in between.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use flate2::{Compression, write::GzEncoder};
use rustls::ServerConnection;
use socket2::SockRef;

use crate::admin;
use crate::certificates::Certificates;
use crate::config::Certificate;
use crate::faults::{Ending, Fault, Kind, Stage};
use crate::gate::Gate;
use crate::http::{Incoming, JSON, Reply};
use crate::vendor::{route, twist};
use crate::world::{Answer, Entry, Outcome, World};

/// How long the rest of what a client sends is read when its connection ends: closing over unread bytes would be a reset.
const LINGER: Duration = Duration::from_secs(2);

pub(crate) struct Shared {
    pub(crate) gate: Gate,
    pub(crate) certificates: Option<Certificates>,
    pub(crate) accepted: AtomicU64,
    world: Mutex<World>,
    /// Of these the sockets can be closed from outside.
    open: Mutex<HashMap<u64, Arc<TcpStream>>>,
    closed: Condvar,
}

impl Shared {
    pub(crate) fn new(gate: Gate, certificates: Option<Certificates>, world: World) -> Self {
        Self {
            gate,
            certificates,
            accepted: AtomicU64::new(0),
            world: Mutex::new(world),
            open: Mutex::default(),
            closed: Condvar::new(),
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<TcpStream>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all connections, and waits for their threads.
    pub(crate) fn hang_up(&self) {
        for socket in self.open().values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        let patience = Duration::from_secs(10);
        drop(self.closed.wait_timeout_while(self.open(), patience, |open| !open.is_empty()));
    }
}

/// Accepts until the end.
pub(crate) fn listen(shared: &Arc<Shared>, mut listener: TcpListener) {
    loop {
        let accepted = listener.accept();
        match shared.gate.pass(listener) {
            Some(open) => listener = open,
            None => return,
        }
        // What came in while the gate was shut is dropped: for instance what woke this thread.
        let Ok((socket, _)) = accepted else {
            // Too many open files, say: a little later there may be fewer.
            if shared.gate.sleep(Duration::from_millis(10)) {
                return;
            }
            continue;
        };
        if shared.gate.shut() {
            continue;
        }
        let number = shared.accepted.fetch_add(1, Ordering::Relaxed) + 1;
        let fault = shared.world().orders.connection(number);
        if let Some(Fault { kind: Kind::Refuse(time), .. }) = fault {
            shared.gate.refuse(time);
            let _ = SockRef::from(&socket).set_linger(Some(Duration::ZERO));
            drop(socket);
            match shared.gate.pass(listener) {
                Some(open) => listener = open,
                None => return,
            }
            continue;
        }
        let socket = Arc::new(socket);
        shared.open().insert(number, Arc::clone(&socket));
        let ours = Arc::clone(shared);
        let thread = thread::Builder::new().name(format!("connection {number}")).stack_size(512 << 10);
        let started = thread.spawn(move || serve(&ours, number, socket, fault));
        if started.is_err() {
            shared.open().remove(&number);
        }
    }
}

/// A socket that several may hold.
struct Socket(Arc<TcpStream>);

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A connection with TLS or without.
struct Channel {
    socket: Socket,
    tls: Option<ServerConnection>,
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls, &mut self.socket).read(buffer),
            None => self.socket.read(buffer),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls, &mut self.socket).write(bytes),
            None => self.socket.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => rustls::Stream::new(tls, &mut self.socket).flush(),
            None => Ok(()),
        }
    }
}

impl Channel {
    /// # Errors
    /// The connection's, and what TLS has against it: a client that does not take the certificate.
    fn shake_hands(&mut self, shared: &Shared, certificate: Certificate) -> io::Result<()> {
        let Some(config) = shared.certificates.as_ref().and_then(|all| all.config(certificate)) else {
            return Ok(());
        };
        let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
        while tls.is_handshaking() {
            tls.complete_io(&mut self.socket)?;
        }
        self.tls = Some(tls);
        Ok(())
    }

    /// The last reference but those in `Shared::open`, which are to be gone.
    fn end(mut self, how: Ending) {
        let stream = &*self.socket.0;
        if how == Ending::Reset {
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
            return;
        }
        if let (Some(tls), Ending::Farewell) = (&mut self.tls, how) {
            tls.send_close_notify();
            let _ = rustls::Stream::new(tls, &mut self.socket).flush();
        }
        let stream = &*self.socket.0;
        let _ = stream.shutdown(Shutdown::Write);
        let end = Instant::now() + LINGER;
        let mut unread = [0; 4 << 10];
        loop {
            let rest = end.saturating_duration_since(Instant::now());
            if rest.is_zero() || stream.set_read_timeout(Some(rest)).is_err() {
                return;
            }
            match (&mut &*stream).read(&mut unread) {
                Ok(1..) => {}
                _ => return,
            }
        }
    }
}

fn serve(shared: &Shared, number: u64, socket: Arc<TcpStream>, fault: Option<Fault>) {
    let _ = socket.set_nodelay(true);
    let mut channel = Channel { socket: Socket(socket), tls: None };
    let how = converse(shared, number, &mut channel, fault).unwrap_or(Ending::Close);
    if how == Ending::Reset {
        // A second reference would keep the socket open. The end does not take long.
        shared.open().remove(&number);
        channel.end(how);
    } else {
        channel.end(how);
        shared.open().remove(&number);
    }
    shared.closed.notify_all();
}

/// # Errors
/// The connection's: the client has gone, or its TLS does not fit.
fn converse(shared: &Shared, number: u64, channel: &mut Channel, fault: Option<Fault>) -> io::Result<Ending> {
    let mut certificate = shared.world().config.certificate;
    let at = match fault.map(|fault| fault.kind) {
        Some(Kind::Certificate(other)) => {
            certificate = other;
            None
        }
        Some(Kind::Break { stage, how }) => Some((stage, Err(how))),
        Some(Kind::Stall { stage, time }) => Some((stage, Ok(time))),
        _ => None,
    };
    // A pause, and `None`; or the end of the connection.
    let strike = |here: Stage| match at {
        Some((stage, Err(how))) if stage == here => Some(how),
        Some((stage, Ok(time))) if stage == here && shared.gate.sleep(time) => Some(Ending::Reset),
        _ => None,
    };
    if let Some(how) = strike(Stage::Accepted) {
        return Ok(how);
    }
    channel.shake_hands(shared, certificate)?;
    if let Some(how) = strike(Stage::Handshake) {
        return Ok(how);
    }
    let mut incoming = Incoming::new();
    loop {
        match call(shared, number, channel, &mut incoming) {
            Ok(None) => {}
            Ok(Some(how)) => return Ok(how),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let reply = Reply::new(400, "text/plain", error.to_string());
                send(channel, &reply.bytes(false))?;
                return Ok(Ending::Farewell);
            }
            Err(error) => return Err(error),
        }
    }
}

fn send(channel: &mut Channel, bytes: &[u8]) -> io::Result<()> {
    channel.write_all(bytes)?;
    channel.flush()
}

/// One call; says how the connection ends, if it does.
fn call(
    shared: &Shared,
    number: u64,
    channel: &mut Channel,
    incoming: &mut Incoming,
) -> io::Result<Option<Ending>> {
    let Some(head) = incoming.head(channel)? else { return Ok(Some(Ending::Farewell)) };
    if shared.gate.shut() || shared.gate.stopping() {
        return Ok(Some(Ending::Reset));
    }
    let keep_alive = head.keep_alive;
    let end = (!keep_alive).then_some(Ending::Farewell);
    let Some((vendor, call)) = route(&head.path) else {
        let request = incoming.body(head, channel)?;
        send(channel, &admin::answer(shared, &request).bytes(keep_alive))?;
        return Ok(end);
    };

    let entry = |outcome, status, fault: Option<&Fault>, accounts| Entry {
        at: SystemTime::now(),
        since_start: Duration::ZERO,
        connection: number,
        vendor,
        call,
        accounts,
        outcome,
        status,
        fault: fault.map(Fault::to_string),
        passwords: Vec::new(),
    };
    let early = shared.world().orders.head(vendor, call);
    match early.as_ref().map(|fault| &fault.kind) {
        Some(Kind::Break { how, .. }) => {
            note(shared, entry(Outcome::Untouched, 0, early.as_ref(), Vec::new()));
            return Ok(Some(*how));
        }
        Some(Kind::Stall { time, .. }) if shared.gate.sleep(*time) => return Ok(Some(Ending::Reset)),
        _ => {}
    }

    let request = incoming.body(head, channel)?;
    let accounts = World::names(vendor, call, &request);
    let fault = shared.world().orders.call(vendor, call, &accounts);
    let kind = fault.as_ref().map(|fault| &fault.kind);
    match kind {
        Some(Kind::Break { stage: Stage::Request, how }) => {
            note(shared, entry(Outcome::Untouched, 0, fault.as_ref(), accounts));
            return Ok(Some(*how));
        }
        Some(Kind::Stall { stage: Stage::Request, time }) if shared.gate.sleep(*time) => {
            return Ok(Some(Ending::Reset));
        }
        _ => {}
    }

    let replaced = fault.as_ref().filter(|fault| fault.kind.replaces_reply());
    let reply = {
        let mut world = shared.world();
        let now = Instant::now();
        let mut answer = if replaced.is_some_and(|fault| !fault.applied) {
            Answer::new(Outcome::Untouched, Reply::json(200, ""))
        } else {
            world.answer(vendor, call, &request, now)
        };
        match kind {
            Some(Kind::Status { status, headers, body }) => {
                let headers = headers.iter().map(|(name, value)| (name.clone().into(), value.clone()));
                answer.reply = Reply { status: *status, headers: headers.collect(), body: body.clone() };
            }
            Some(Kind::Html(status)) => answer.reply = Reply::new(*status, "text/html", html(*status)),
            Some(Kind::Redirect { status, to }) => {
                answer.reply = Reply::new(*status, "text/html", html(*status));
                answer.reply.set("Location", to.clone());
            }
            Some(Kind::RateLimited { form, wait }) => answer.reply = world.limited(vendor, *form, *wait),
            _ => {}
        }
        let status = match kind {
            Some(Kind::Raw(_) | Kind::Break { stage: Stage::Reply(0), .. }) => 0,
            _ => answer.reply.status,
        };
        let since_start = world.since_start(now);
        let entry = entry(answer.outcome, status, fault.as_ref(), accounts.clone());
        world.note(Entry { since_start, passwords: answer.passwords, ..entry });
        answer.reply
    };

    let mut reply = reply;
    if let Some(kind) = kind {
        twist(kind, vendor, call, &accounts, &mut reply);
    }
    deliver(shared, channel, kind, reply, keep_alive).map(|how| how.or(end))
}

fn note(shared: &Shared, entry: Entry) {
    let mut world = shared.world();
    let since_start = world.since_start(Instant::now());
    world.note(Entry { since_start, ..entry });
}

fn html(status: u16) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
    )
}

/// Sends the reply, as far as the fault lets it; says how the connection ends if the fault ends it.
fn deliver(
    shared: &Shared,
    channel: &mut Channel,
    kind: Option<&Kind>,
    mut reply: Reply,
    keep_alive: bool,
) -> io::Result<Option<Ending>> {
    let mut bytes = match kind {
        Some(Kind::ContentType(value)) => {
            reply.set("Content-Type", value.clone());
            reply.bytes(keep_alive)
        }
        Some(Kind::Gzip) => {
            let mut packer = GzEncoder::new(Vec::new(), Compression::default());
            packer.write_all(&reply.body)?;
            reply.body = packer.finish()?;
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

    // Where the reply is interrupted.
    let cut = match kind {
        Some(Kind::Break { stage: Stage::Reply(at), .. } | Kind::Stall { stage: Stage::Reply(at), .. }) => {
            (*at).min(bytes.len())
        }
        _ => bytes.len(),
    };
    match kind {
        Some(Kind::HugeBody(length)) => {
            return huge_body(channel, &reply, *length).map(|()| Some(Ending::Farewell));
        }
        Some(Kind::HugeHeaders(length)) => {
            return huge_headers(channel, &reply, *length).map(|()| Some(Ending::Farewell));
        }
        Some(Kind::Trickle(pause)) => {
            for byte in bytes.chunks(1) {
                send(channel, byte)?;
                if shared.gate.sleep(*pause) {
                    return Ok(Some(Ending::Reset));
                }
            }
        }
        _ if cut > 0 => send(channel, &bytes[..cut])?,
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
        send(channel, &bytes[cut..])?;
    }
    let over = match kind {
        Some(Kind::Raw(_)) => true,
        // A client waits for the reply that this announces: here is none.
        Some(Kind::Status { status, .. }) => *status < 200,
        _ => false,
    };
    Ok(over.then_some(Ending::Farewell))
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

/// The vendor's own reply, with one more field, whose text goes on and on.
fn huge_body(channel: &mut Channel, reply: &Reply, length: u64) -> io::Result<()> {
    let mut start = reply.body.strip_suffix(b"}").unwrap_or(&reply.body).to_vec();
    start.extend_from_slice(br#","extra":""#);
    let end = br#""}"#;
    let fill = length.saturating_sub((start.len() + end.len()) as u64);
    let total = start.len() as u64 + fill + end.len() as u64;
    let mut head = reply.head();
    head.extend_from_slice(format!("Content-Length: {total}\r\nConnection: close\r\n\r\n").as_bytes());
    send(channel, &head)?;
    send(channel, &start)?;
    io::copy(&mut io::repeat(b'a').take(fill), channel)?;
    send(channel, end)
}

/// Headers that go on and on, and then the vendor's reply.
fn huge_headers(channel: &mut Channel, reply: &Reply, length: u64) -> io::Result<()> {
    let status = format!("HTTP/1.1 {} OK\r\n", reply.status);
    send(channel, status.as_bytes())?;
    let line = format!("X-Fake: {}\r\n", "a".repeat(1_000));
    let mut sent = status.len() as u64;
    while sent < length {
        channel.write_all(line.as_bytes())?;
        sent += line.len() as u64;
    }
    let rest =
        format!("Content-Type: {JSON}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", reply.body.len());
    send(channel, rest.as_bytes())?;
    send(channel, &reply.body)
}
