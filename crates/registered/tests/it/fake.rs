//! A fake registrar on the loopback interface, written apart from the client: it reads requests and computes digests in its own way.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use md5::Md5;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256, Sha512_256};

/// How long a thread waits before it looks whether the test is over.
const TURN: Duration = Duration::from_millis(20);

/// What the fake registrar is like.
#[derive(Clone)]
pub(crate) struct Character {
    pub(crate) users: HashMap<String, String>,
    pub(crate) realm: String,
    /// The names in the challenges, in this order. None: the challenge names none.
    pub(crate) algorithms: Vec<Option<&'static str>>,
    pub(crate) qop: Option<&'static str>,
    /// Asks with 407, as a proxy does.
    pub(crate) is_proxy: bool,
    /// How many digests get the answer that their nonce was stale.
    pub(crate) stale: usize,
    /// The status of a refusal.
    pub(crate) refusal: u16,
}

impl Character {
    pub(crate) fn with_users<'a>(users: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self {
            users: users.into_iter().map(|(user, password)| (user.to_owned(), password.to_owned())).collect(),
            realm: "127.0.0.1".into(),
            algorithms: vec![Some("MD5")],
            qop: Some("auth"),
            is_proxy: false,
            stale: 0,
            refusal: 401,
        }
    }
}

/// How requests come.
#[derive(Clone)]
pub(crate) enum Wire {
    Udp,
    Tcp,
    Tls(Arc<ServerConfig>),
}

/// A request, and what the registrar replies if nobody interferes.
pub(crate) struct Exchanged<'a> {
    pub(crate) request: &'a str,
    pub(crate) reply: String,
}

/// What is sent in place of each reply.
type Interference = dyn Fn(Exchanged<'_>) -> Vec<Vec<u8>> + Send + Sync;

/// What came.
#[derive(Default)]
pub(crate) struct Seen {
    /// All requests, also those that are the same.
    pub(crate) requests: Vec<String>,
    /// For each request with a digest, but once for those that are the same: the user, and whether the digest is right.
    pub(crate) tries: Vec<(String, bool)>,
    branches: Vec<String>,
    stale: usize,
}

pub(crate) struct FakeRegistrar {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    character: Character,
    interference: Box<Interference>,
    seen: Mutex<Seen>,
    is_over: AtomicBool,
}

impl FakeRegistrar {
    pub(crate) fn start(wire: Wire, character: Character) -> Self {
        Self::interfering(wire, character, |exchanged| vec![exchanged.reply.into_bytes()])
    }

    pub(crate) fn interfering(
        wire: Wire,
        character: Character,
        interference: impl Fn(Exchanged<'_>) -> Vec<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            character,
            interference: Box::new(interference),
            seen: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let theirs = Arc::clone(&shared);
        let (address, thread) = match wire {
            Wire::Udp => {
                let socket = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
                socket.set_read_timeout(Some(TURN)).expect("it is no zero");
                (socket.local_addr(), thread::spawn(move || theirs.datagrams(&socket)))
            }
            wire => {
                let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
                listener.set_nonblocking(true).expect("it is a socket");
                (listener.local_addr(), thread::spawn(move || theirs.connections(&listener, &wire)))
            }
        };
        Self { address: address.expect("it is bound"), shared, thread: Some(thread) }
    }

    /// What came so far.
    pub(crate) fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.shared.seen.lock().expect("no thread panicked"))
    }

    /// The tries so far: the user, and whether the digest was right.
    pub(crate) fn tries(&self) -> Vec<(String, bool)> {
        self.seen(|seen| seen.tries.clone())
    }
}

impl Drop for FakeRegistrar {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(ended.is_some_and(|ended| ended.is_ok()), "the fake registrar panicked");
        }
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    fn datagrams(&self, socket: &UdpSocket) {
        let mut buffer = vec![0; 1 << 16];
        while !self.is_over() {
            let Ok((length, sender)) = socket.recv_from(&mut buffer) else { continue };
            let request = String::from_utf8(buffer[..length].to_vec()).expect("a request is text");
            for message in self.messages(&request) {
                socket.send_to(&message, sender).expect("it can be sent");
            }
        }
    }

    fn connections(&self, listener: &TcpListener, wire: &Wire) {
        while !self.is_over() {
            let Ok((stream, _)) = listener.accept() else {
                thread::sleep(Duration::from_millis(2));
                continue;
            };
            stream.set_nonblocking(false).expect("it is a socket");
            stream.set_read_timeout(Some(TURN)).expect("it is no zero");
            match wire {
                Wire::Tls(config) => {
                    let tls = ServerConnection::new(Arc::clone(config)).expect("it is configured");
                    self.connection(StreamOwned::new(tls, stream));
                }
                _ => self.connection::<TcpStream>(stream),
            }
        }
    }

    fn connection<S: Read + Write>(&self, mut stream: S) {
        let (mut received, mut buffer) = (Vec::new(), [0; 4096]);
        while !self.is_over() {
            match stream.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => received.extend_from_slice(&buffer[..length]),
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) => {}
                // A client that does not trust the certificate.
                Err(_) => return,
            }
            let text = String::from_utf8(received.clone()).expect("a request is text");
            // No request has a body.
            let Some((request, rest)) = text.split_once("\r\n\r\n") else { continue };
            received = rest.as_bytes().to_vec();
            let messages = self.messages(&format!("{request}\r\n\r\n"));
            // An empty message closes the connection.
            if messages.iter().any(Vec::is_empty) {
                return;
            }
            for message in messages {
                if stream.write_all(&message).and_then(|()| stream.flush()).is_err() {
                    return;
                }
            }
        }
    }

    fn messages(&self, request: &str) -> Vec<Vec<u8>> {
        let reply = self.reply(request);
        self.seen.lock().expect("no thread panicked").requests.push(request.to_owned());
        (self.interference)(Exchanged { request, reply })
    }

    fn reply(&self, request: &str) -> String {
        assert!(request.starts_with("REGISTER sip:") && request.ends_with("\r\nContent-Length: 0\r\n\r\n"));
        assert!(header(request, "Contact").is_none(), "it would bind something");
        let name = if self.character.is_proxy { "Proxy-Authorization" } else { "Authorization" };
        let Some(authorization) = header(request, name) else { return self.challenge(request, false) };
        let (user, is_right) = self.judge(authorization, &called(request));
        let mut seen = self.seen.lock().expect("no thread panicked");
        let branch = header(request, "Via").expect("it has one").to_owned();
        if !seen.branches.contains(&branch) {
            seen.branches.push(branch);
            seen.tries.push((user, is_right));
            if seen.stale < self.character.stale {
                seen.stale += 1;
                return self.challenge(request, true);
            }
        }
        match (is_right, self.character.refusal) {
            (true, _) => reply(request, "200 OK", ""),
            (false, 401) => self.challenge(request, false),
            (false, status) => reply(request, &format!("{status} No"), ""),
        }
    }

    fn challenge(&self, request: &str, is_stale: bool) -> String {
        let Character { realm, algorithms, qop, is_proxy, .. } = &self.character;
        let (status, name) = match is_proxy {
            true => ("407 Proxy Authentication Required", "Proxy-Authenticate"),
            false => ("401 Unauthorized", "WWW-Authenticate"),
        };
        let headers = algorithms.iter().map(|algorithm| {
            let nonce = if is_stale { "second/nonce==" } else { "first/nonce==" };
            let mut header =
                format!("{name}: Digest realm={}, nonce=\"{nonce}\", opaque=\"o\"", quoted(realm));
            if let Some(algorithm) = algorithm {
                header += &format!(", algorithm={algorithm}");
            }
            if let Some(qop) = qop {
                header += &format!(", qop=\"{qop}\"");
            }
            if is_stale {
                header += ", stale=true";
            }
            header + "\r\n"
        });
        reply(request, status, &headers.collect::<String>())
    }

    /// The user of an `Authorization`, and whether its digest is right.
    fn judge(&self, authorization: &str, called: &str) -> (String, bool) {
        let parameters = parameters(authorization.strip_prefix("Digest ").expect("it is a digest"));
        let get = |name: &str| parameters.get(name).map(String::as_str);
        let user = get("username").expect("it is there").to_owned();
        assert_eq!(user, called, "the user of the digest is that of the address");
        assert_eq!(get("realm"), Some(self.character.realm.as_str()));
        assert_eq!(get("opaque"), Some("o"));
        let hash = |text: String| match get("algorithm") {
            None | Some("MD5") => digits(&Md5::digest(text)),
            Some("SHA-256") => digits(&Sha256::digest(text)),
            Some("SHA-512-256") => digits(&Sha512_256::digest(text)),
            Some(_) => panic!("no challenge has it"),
        };
        let Some(password) = self.character.users.get(&user) else { return (user, false) };
        let one = hash(format!("{user}:{}:{password}", self.character.realm));
        let two = hash(format!("REGISTER:{}", get("uri").expect("it is there")));
        let nonce = get("nonce").expect("it is there");
        let expected = match get("qop") {
            Some("auth") => {
                let (count, client) = (get("nc").expect("it is there"), get("cnonce").expect("it is there"));
                hash(format!("{one}:{nonce}:{count}:{client}:auth:{two}"))
            }
            Some(_) => panic!("no challenge has it"),
            None => hash(format!("{one}:{nonce}:{two}")),
        };
        (user, get("response") == Some(expected.as_str()))
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// The user of the address in `To`, without its escapes.
fn called(request: &str) -> String {
    let to = header(request, "To").expect("it has one");
    let user = to.strip_prefix("<sip:").and_then(|rest| rest.split_once('@')).expect("it has a user").0;
    let mut text = String::new();
    let mut rest = user.chars();
    while let Some(char) = rest.next() {
        let digits: String = if char == '%' { rest.by_ref().take(2).collect() } else { String::new() };
        text.push(match char {
            '%' => u8::from_str_radix(&digits, 16).expect("it is a number").into(),
            char => char,
        });
    }
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Parameters with commas between them, character by character.
fn parameters(text: &str) -> HashMap<String, String> {
    let (mut all, mut name, mut value) = (HashMap::new(), String::new(), String::new());
    let (mut in_value, mut in_quotes, mut is_escaped) = (false, false, false);
    for char in text.chars().chain([',']) {
        match char {
            _ if is_escaped => {
                value.push(char);
                is_escaped = false;
            }
            '\\' if in_quotes => is_escaped = true,
            '"' => in_quotes = !in_quotes,
            ',' if !in_quotes => {
                all.insert(std::mem::take(&mut name).trim().to_owned(), std::mem::take(&mut value));
                in_value = false;
            }
            '=' if !in_value => in_value = true,
            char if in_value => value.push(char),
            char => name.push(char),
        }
    }
    all
}

/// A reply to a request.
pub(crate) fn reply(request: &str, status: &str, headers: &str) -> String {
    let copied = |name: &str| format!("{name}: {}\r\n", header(request, name).expect("it has one"));
    let copies: String = ["Via", "From", "To", "Call-ID", "CSeq"].map(copied).concat();
    format!("SIP/2.0 {status}\r\n{copies}{headers}Server: fake\r\nContent-Length: 0\r\n\r\n")
}
