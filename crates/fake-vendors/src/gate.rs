//! The listener, which can be closed for a while, and what wakes those who wait.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

/// Longer than it takes to close a socket, and shorter than anyone waits.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct State {
    /// Nobody shall listen before this instant.
    until: Option<Instant>,
    /// Nobody shall listen until somebody says so.
    closed: bool,
    /// The end.
    stop: bool,
    /// Whether somebody listens.
    listening: bool,
}

impl State {
    fn shut(&self) -> bool {
        self.closed || self.until.is_some_and(|until| until > Instant::now())
    }
}

/// Who may come in, and when.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
    /// Bound to the port and never listening: nobody else gets the port while the gate is shut.
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
        // Elsewhere two sockets cannot share a port like this.
        let keeper = if cfg!(target_os = "linux") { Some(socket(port)?) } else { None };
        let kept = keeper.as_ref().map(Socket::local_addr).transpose()?;
        let port = kept.and_then(|address| address.as_socket()).map_or(port, |address| address.port());
        let listener = listen(port)?;
        let state = State { listening: true, ..State::default() };
        let address = listener.local_addr()?;
        Ok((Self { address, state: Mutex::new(state), changed: Condvar::new(), _keeper: keeper }, listener))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn shut(&self) -> bool {
        self.state().shut()
    }

    pub(crate) fn stopping(&self) -> bool {
        self.state().stop
    }

    /// Waits, and says whether the end came first.
    pub(crate) fn sleep(&self, time: Duration) -> bool {
        let state = self.state();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, time, |state| !state.stop)
            .unwrap_or_else(PoisonError::into_inner);
        state.stop
    }

    /// From now on nobody listens, for a while. Only for the thread that listens, which sees it at once.
    pub(crate) fn refuse(&self, time: Duration) {
        self.state().until = Some(Instant::now() + time);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    /// `accept` does not see a change by itself: a connection wakes it.
    fn wake(&self) {
        drop(TcpStream::connect_timeout(&self.address, PATIENCE));
    }

    fn wait(&self, unlike: impl FnMut(&mut State) -> bool) {
        drop(self.changed.wait_timeout_while(self.state(), PATIENCE, unlike));
    }

    /// Returns when nobody listens any more.
    pub(crate) fn close(&self) {
        self.change(|state| state.closed = true);
        self.wake();
        self.wait(|state| state.listening);
    }

    /// Returns when somebody listens again.
    pub(crate) fn reopen(&self) {
        self.change(|state| (state.closed, state.until) = (false, None));
        self.wait(|state| !state.listening);
    }

    pub(crate) fn stop(&self) {
        self.change(|state| state.stop = true);
        self.wake();
    }

    /// For the thread that listens: gives the listener back as soon as it may listen. `None` at the end.
    pub(crate) fn pass(&self, listener: TcpListener) -> Option<TcpListener> {
        let mut state = self.state();
        if state.stop {
            return None;
        }
        if !state.shut() {
            return Some(listener);
        }
        drop(listener);
        loop {
            state.listening = false;
            self.changed.notify_all();
            while state.shut() && !state.stop {
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
            // Somebody else has the port: elsewhere than on Linux this can be.
            state.until = Some(Instant::now() + Duration::from_millis(50));
        }
    }
}
