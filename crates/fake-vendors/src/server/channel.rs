//! A connection with TLS or without.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ServerConnection;
use socket2::SockRef;

use super::Shared;
use crate::config::Certificate;
use crate::faults::Ending;

/// How long the rest of the input is read when a connection ends: to close a socket with unread bytes resets the connection.
const LINGER: Duration = Duration::from_secs(2);

/// A socket that several threads may hold.
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
pub(super) struct Channel {
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
    pub(super) fn new(socket: Arc<TcpStream>) -> Self {
        Self { socket: Socket(socket), tls: None }
    }

    /// # Errors
    ///
    /// Errors of the connection and of TLS: for example, the client does not accept the certificate.
    pub(super) fn shake_hands(&mut self, shared: &Shared, certificate: Certificate) -> io::Result<()> {
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

    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)?;
        self.flush()
    }

    /// Ends the connection. To be reset, it must be in no other place, [`Shared`] included.
    pub(super) fn end(mut self, how: Ending) {
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
