//! Connections: one thread each, from the accept to the end.

mod call;
mod channel;
mod delivery;

use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use crate::backend::Backend;
use crate::certificates::Certificates;
use crate::faults::{Ending, Fault, Kind, Stage};
use crate::gate::Gate;
use crate::http::{Incoming, Reply};
use call::call;
use channel::Channel;

pub(crate) struct Shared {
    pub(crate) gate: Gate,
    pub(crate) certificates: Option<Certificates>,
    pub(crate) accepted: AtomicU64,
    backend: Mutex<Backend>,
    /// The sockets of the open connections, so that other threads can shut them down.
    open: Mutex<HashMap<u64, Arc<TcpStream>>>,
    closed: Condvar,
}

impl Shared {
    pub(crate) fn new(gate: Gate, certificates: Option<Certificates>, backend: Backend) -> Self {
        Self {
            gate,
            certificates,
            accepted: AtomicU64::new(0),
            backend: Mutex::new(backend),
            open: Mutex::default(),
            closed: Condvar::new(),
        }
    }

    pub(crate) fn backend(&self) -> MutexGuard<'_, Backend> {
        self.backend.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<TcpStream>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all connections, and waits until their threads have ended.
    pub(crate) fn hang_up(&self) {
        for socket in self.open().values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        let patience = Duration::from_secs(10);
        drop(self.closed.wait_timeout_while(self.open(), patience, |open| !open.is_empty()));
    }
}

/// Accepts connections until the gate stops.
pub(crate) fn listen(shared: &Arc<Shared>, mut listener: TcpListener) {
    loop {
        let accepted = listener.accept();
        match shared.gate.pass(listener) {
            Some(open) => listener = open,
            None => return,
        }
        // A connection that came while the gate was shut is dropped, such as the one that woke this thread.
        let Ok((socket, _)) = accepted else {
            // For example, too many files are open; a little later there may be fewer.
            if shared.gate.sleep(Duration::from_millis(10)) {
                return;
            }
            continue;
        };
        if shared.gate.is_shut() {
            continue;
        }
        let number = shared.accepted.fetch_add(1, Ordering::Relaxed) + 1;
        let fault = shared.backend().faults.connection(number);
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

fn serve(shared: &Shared, number: u64, socket: Arc<TcpStream>, fault: Option<Fault>) {
    let _ = socket.set_nodelay(true);
    let mut channel = Channel::new(socket);
    let how = serve_calls(shared, number, &mut channel, fault).unwrap_or(Ending::Close);
    if how == Ending::Reset {
        // A second reference would keep the socket open.
        shared.open().remove(&number);
        channel.end(how);
    } else {
        channel.end(how);
        shared.open().remove(&number);
    }
    shared.closed.notify_all();
}

/// Serves calls until the connection ends; returns how.
///
/// # Errors
///
/// Errors of the connection and of TLS: for example, the client has gone.
fn serve_calls(
    shared: &Shared,
    number: u64,
    channel: &mut Channel,
    fault: Option<Fault>,
) -> io::Result<Ending> {
    let mut certificate = shared.backend().config.certificate;
    let at = match fault.map(|fault| fault.kind) {
        Some(Kind::Certificate(other)) => {
            certificate = other;
            None
        }
        Some(Kind::Break { stage, how }) => Some((stage, Err(how))),
        Some(Kind::Stall { stage, time }) => Some((stage, Ok(time))),
        _ => None,
    };
    // Lets the fault strike if this is its stage. Returns how the connection ends, if it does.
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
                channel.send(&reply.bytes(false))?;
                return Ok(Ending::Farewell);
            }
            Err(error) => return Err(error),
        }
    }
}
