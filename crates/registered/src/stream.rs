//! A question over a connection, TCP or TLS: nothing is repeated.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use crate::{
    exchange::{Exchange, Step, Verdict},
    reason::Reason,
    reply::{Extent, MAX_REPLY, extent},
};

/// A connection that ends at a time, however slowly the other side sends.
pub(crate) struct TimedStream {
    stream: TcpStream,
    deadline: Instant,
}

impl TimedStream {
    pub(crate) fn connect(registrar: SocketAddr, deadline: Instant) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&registrar, left(deadline)?)?;
        // Requests are small, and each is whole.
        stream.set_nodelay(true)?;
        Ok(Self { stream, deadline })
    }

    pub(crate) fn local_address(&self) -> io::Result<SocketAddr> {
        self.stream.local_addr()
    }
}

/// The time until the deadline.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

impl Read for TimedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.deadline)?))?;
        self.stream.read(buffer)
    }
}

impl Write for TimedStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.deadline)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

pub(crate) fn ask(
    stream: &mut (impl Read + Write),
    exchange: &mut Exchange<'_>,
    request: &Zeroizing<Vec<u8>>,
    failed: impl Fn(&io::Error) -> Reason,
) -> Result<Verdict, Reason> {
    send(stream, request, &failed)?;
    let mut received = vec![0; MAX_REPLY];
    let mut filled = 0;
    loop {
        // Line breaks before a message keep a connection open (RFC 5626, section 3.5.1).
        let breaks = received[..filled].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        received.copy_within(breaks..filled, 0);
        filled -= breaks;
        let length = match extent(&received[..filled]) {
            Extent::Invalid => return Err(Reason::NotSip),
            Extent::Bytes(length) => length,
            Extent::Incomplete => {
                match stream.read(&mut received[filled..]) {
                    Ok(0) => return Err(Reason::Closed),
                    Ok(read) => filled += read,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(failed(&error)),
                }
                continue;
            }
        };
        match exchange.receive(&received[..length]) {
            Step::Ignore | Step::Wait => {}
            Step::Send(next) => send(stream, &next, &failed)?,
            Step::End(verdict) => return Ok(verdict),
        }
        received.copy_within(length..filled, 0);
        filled -= length;
    }
}

fn send(
    stream: &mut impl Write,
    request: &[u8],
    failed: &impl Fn(&io::Error) -> Reason,
) -> Result<(), Reason> {
    stream.write_all(request).and_then(|()| stream.flush()).map_err(|error| failed(&error))
}

/// What an error of a connection means.
pub(crate) fn reason(error: &io::Error) -> Reason {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Reason::NoReply,
        ErrorKind::UnexpectedEof => Reason::Closed,
        kind => Reason::Connection(kind),
    }
}
