//! No copy of a password, of its hash or of a digest remains on the heap.
//!
//! The allocator of this test searches every block when it is freed. One test leaves copies on purpose, which shows that the search finds
//! them.

#![expect(unsafe_code, reason = "an allocator that searches the blocks that are freed")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, UdpSocket},
    thread,
    time::Duration,
};

use sip_password_registered::{Address, Password, Registrar, Transport, User, Verdict};

const PASSWORD: &[u8] = b"FakePhonePwd1";
/// MD5 of `1001:r:FakePhonePwd1`, which is as good as the password.
const HASH: &[u8] = b"cb88345cda0858dd4f6c648f81e8d055";
/// The response to the challenge with the realm `r` and the nonce `n`, without `qop`: whoever has it can try passwords.
const RESPONSE: &[u8] = b"ba47973429663a8e22b1b113841dc1c4";

/// No block may contain one of these when it is freed.
const NEEDLES: [&[u8]; 3] = [PASSWORD, HASH, RESPONSE];

thread_local! {
    /// The needles that were in a freed block of this thread, one bit each.
    static FOUND: Cell<u8> = const { Cell::new(0) };
}

struct SearchingAllocator;

#[global_allocator]
static ALLOCATOR: SearchingAllocator = SearchingAllocator;

// SAFETY: all memory is the system allocator's, with the layouts unchanged.
unsafe impl GlobalAlloc for SearchingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that every byte has a value when the block is searched.
        // SAFETY: the caller's promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller frees the whole block, which was initialised when it was allocated.
        let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
        for (index, needle) in NEEDLES.iter().enumerate() {
            if bytes.windows(needle.len()).any(|window| window == *needle) {
                // After the thread's own variables are gone, nothing of interest is freed.
                let _ = FOUND.try_with(|found| found.set(found.get() | 1 << index));
            }
        }
        // SAFETY: the caller's promises.
        unsafe { System.dealloc(block, layout) }
    }
    // `realloc` is that of the trait: it allocates a new block, copies, and frees the old one, which is searched.
}

/// The places of the needles that `run` leaves in freed memory.
fn left_behind<T>(run: impl FnOnce() -> T) -> Vec<usize> {
    FOUND.set(0);
    drop(black_box(run()));
    let found = FOUND.get();
    (0..NEEDLES.len()).filter(|index| found >> index & 1 == 1).collect()
}

/// The reply to a request: a challenge, or success if the digest is right.
fn reply(request: &str) -> String {
    let header = |name: &str| {
        request
            .lines()
            .find(|line| line.starts_with(name))
            .map(|line| format!("{line}\r\n"))
            .unwrap_or_default()
    };
    let is_right = request.contains(str::from_utf8(RESPONSE).expect("it is text"));
    let (status, challenge) = match is_right {
        true => ("200 OK", ""),
        false => ("401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"),
    };
    let copied = [header("Via"), header("Call-ID"), header("CSeq")].concat();
    format!("SIP/2.0 {status}\r\n{copied}{challenge}Content-Length: 0\r\n\r\n")
}

fn ask(address: SocketAddr, transport: Transport) -> Verdict {
    let address = Address::new(&address.to_string()).expect("it is one");
    let registrar = Registrar::resolve(&address, transport).expect("it is an address");
    let registrar = registrar.with_timeout(Duration::from_secs(20));
    let user = User::new(b"1001").expect("it is printable");
    registrar.ask(user, Password::new(PASSWORD).expect("it is printable"))
}

#[test]
fn by_udp() {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    let address = socket.local_addr().expect("it is bound");
    let fake = thread::spawn(move || {
        let mut buffer = [0; 4096];
        for _ in 0..2 {
            let (length, sender) = socket.recv_from(&mut buffer).expect("a request comes");
            let reply = reply(&String::from_utf8_lossy(&buffer[..length]));
            socket.send_to(reply.as_bytes(), sender).expect("it can be sent");
        }
    });
    let mut verdict = None;
    assert_eq!(left_behind(|| verdict = Some(ask(address, Transport::Udp))), []);
    assert_eq!(verdict, Some(Verdict::Accepted));
    fake.join().expect("it does not panic");
}

#[test]
fn by_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let fake = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection comes");
        let mut buffer = [0; 4096];
        for _ in 0..2 {
            // Each request is small and written at once, so that it comes whole.
            let length = stream.read(&mut buffer).expect("a request comes");
            let reply = reply(&String::from_utf8_lossy(&buffer[..length]));
            stream.write_all(reply.as_bytes()).expect("it can be sent");
        }
    });
    let mut verdict = None;
    assert_eq!(left_behind(|| verdict = Some(ask(address, Transport::Tcp))), []);
    assert_eq!(verdict, Some(Verdict::Accepted));
    fake.join().expect("it does not panic");
}

#[test]
fn a_copy_is_found() {
    for (index, needle) in NEEDLES.iter().enumerate() {
        assert_eq!(left_behind(|| [b"x", *needle, b"y"].concat()), [index]);
    }
}
