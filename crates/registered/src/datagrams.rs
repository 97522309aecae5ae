//! A question by UDP: a request is repeated until there is a reply.

use std::{
    io::{self, ErrorKind},
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use crate::{
    exchange::{Exchange, Step, Verdict},
    reason::Reason,
    reply::MAX_REPLY,
};

/// The estimate of a round trip: the time after which a request is repeated for the first time (RFC 3261, section 17.1.1.1).
const T1: Duration = Duration::from_millis(500);
/// The longest time between two repetitions.
const T2: Duration = Duration::from_secs(4);

/// A socket that receives from this address alone.
pub(crate) fn open(registrar: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = if registrar.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
    let socket = UdpSocket::bind(any)?;
    socket.connect(registrar)?;
    Ok(socket)
}

/// When a request is repeated: timer E of RFC 3261, section 17.1.2.2.
struct Repetition {
    interval: Duration,
    due: Instant,
}

impl Repetition {
    fn begin() -> Self {
        Self { interval: T1, due: Instant::now() + T1 }
    }

    fn repeated(&mut self) {
        self.interval = (2 * self.interval).min(T2);
        self.due = Instant::now() + self.interval;
    }

    /// There was a provisional reply.
    fn slow_down(&mut self) {
        self.interval = T2;
        self.due = Instant::now() + T2;
    }
}

pub(crate) fn ask(
    socket: &UdpSocket,
    exchange: &mut Exchange<'_>,
    mut request: Zeroizing<Vec<u8>>,
    deadline: Instant,
) -> Result<Verdict, Reason> {
    let failed = |error: io::Error| Reason::Connection(error.kind());
    // One byte more than the longest, by which a longer one is recognised.
    let mut message = vec![0; MAX_REPLY + 1];
    let mut repetition = Repetition::begin();
    socket.send(&request).map_err(failed)?;
    loop {
        let now = Instant::now();
        if now >= deadline {
            return Err(Reason::NoReply);
        }
        if now >= repetition.due {
            // The same bytes, with the same branch: the registrar knows that it is the same request.
            socket.send(&request).map_err(failed)?;
            repetition.repeated();
        }
        let wait = deadline.min(repetition.due).saturating_duration_since(now);
        socket.set_read_timeout(Some(wait.max(Duration::from_millis(1)))).map_err(failed)?;
        let length = match socket.recv(&mut message) {
            Ok(length) => length,
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => continue,
                kind => return Err(Reason::Connection(kind)),
            },
        };
        match exchange.receive(&message[..length]) {
            Step::Ignore => {}
            Step::Wait => repetition.slow_down(),
            Step::Send(next) => {
                request = next;
                repetition = Repetition::begin();
                socket.send(&request).map_err(failed)?;
            }
            Step::End(verdict) => return Ok(verdict),
        }
    }
}
