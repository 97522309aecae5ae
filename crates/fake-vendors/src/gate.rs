//! The gate: whether the server listens, which can change while it runs. It also wakes the threads that wait.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

/// Longer than it takes to close a socket, and shorter than a test waits.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct GateState {
    /// Nobody may listen before this instant.
    until: Option<Instant>,
    /// Nobody may listen until the gate is reopened.
    closed: bool,
    /// The server ends.
    stop: bool,
    /// Whether the server listens.
    listening: bool,
}

impl GateState {
    fn is_shut(&self) -> bool {
        self.closed || self.until.is_some_and(|until| until > Instant::now())
    }
}

/// Whether the server listens.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    state: Mutex<GateState>,
    changed: Condvar,
    /// Bound to the port and never listening, so that no other program gets the port while the gate is shut.
    _keeper: Option<Socket>,
}

fn socket(port: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    Ok(socket)
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = socket(port)?;
    socket.listen(1024)?;
    Ok(socket.into())
}

impl Gate {
    pub(crate) fn open(port: u16) -> io::Result<(Self, TcpListener)> {
        // On other systems, two sockets cannot share a port like this.
        let keeper = if cfg!(target_os = "linux") { Some(socket(port)?) } else { None };
        let kept = keeper.as_ref().map(Socket::local_addr).transpose()?;
        let port = kept.and_then(|address| address.as_socket()).map_or(port, |address| address.port());
        let listener = listen(port)?;
        let state = GateState { listening: true, ..GateState::default() };
        let address = listener.local_addr()?;
        Ok((Self { address, state: Mutex::new(state), changed: Condvar::new(), _keeper: keeper }, listener))
    }

    fn state(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_shut(&self) -> bool {
        self.state().is_shut()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.state().stop
    }

    /// Waits. Returns whether the server ended meanwhile.
    pub(crate) fn sleep(&self, time: Duration) -> bool {
        let state = self.state();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, time, |state| !state.stop)
            .unwrap_or_else(PoisonError::into_inner);
        state.stop
    }

    /// Nobody listens for this time. Only for the thread that listens, which notices it at once.
    pub(crate) fn refuse(&self, time: Duration) {
        self.state().until = Some(Instant::now() + time);
    }

    fn change(&self, change: impl FnOnce(&mut GateState)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    /// Wakes `accept` by a connection, so that it notices a change.
    fn wake(&self) {
        drop(TcpStream::connect_timeout(&self.address, PATIENCE));
    }

    fn wait_while(&self, condition: impl FnMut(&mut GateState) -> bool) {
        drop(self.changed.wait_timeout_while(self.state(), PATIENCE, condition));
    }

    /// Closes the gate. Returns when the server has stopped listening.
    pub(crate) fn close(&self) {
        self.change(|state| state.closed = true);
        self.wake();
        self.wait_while(|state| state.listening);
    }

    /// Reopens the gate. Returns when the server listens again.
    pub(crate) fn reopen(&self) {
        self.change(|state| (state.closed, state.until) = (false, None));
        self.wait_while(|state| !state.listening);
    }

    pub(crate) fn stop(&self) {
        self.change(|state| state.stop = true);
        self.wake();
    }

    /// For the thread that listens: returns the listener as soon as it may listen, and `None` when the server ends.
    pub(crate) fn pass(&self, listener: TcpListener) -> Option<TcpListener> {
        let mut state = self.state();
        if state.stop {
            return None;
        }
        if !state.is_shut() {
            return Some(listener);
        }
        drop(listener);
        loop {
            state.listening = false;
            self.changed.notify_all();
            while state.is_shut() && !state.stop {
                let rest = match state.until {
                    Some(until) if !state.closed => until.saturating_duration_since(Instant::now()),
                    _ => PATIENCE,
                };
                state = self.changed.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0;
            }
            if state.stop {
                return None;
            }
            if let Ok(listener) = listen(self.address.port()) {
                state.listening = true;
                self.changed.notify_all();
                return Some(listener);
            }
            // Another program has the port, which is possible on other systems than Linux.
            state.until = Some(Instant::now() + Duration::from_millis(50));
        }
    }
}
