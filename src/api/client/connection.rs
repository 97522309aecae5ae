//! Connections that are looked at before they are used again.

use core::time::Duration;
use std::boxed::Box;

use ureq::{
    Error,
    unversioned::transport::{
        Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport, time,
    },
};

/// How long a connection is kept for the next call. The usual servers close theirs after 5 seconds (Apache and Node.js; nginx after 75),
/// and one that closes it while the next request is on its way leaves an unknown outcome behind.
pub(super) const MAX_IDLE_AGE: Duration = Duration::from_secs(4);

/// Connects as `ureq` does, and looks closer at a connection before it is used again.
#[derive(Debug, Default)]
pub(super) struct CheckedConnector(DefaultConnector);

impl Connector for CheckedConnector {
    type Out = CheckedTransport;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<CheckedTransport>, Error> {
        Ok(self.0.connect(details, chained)?.map(CheckedTransport))
    }
}

/// A connection that knows whether the server has announced its end.
///
/// `ureq` asks the socket alone, and TLS announces the end by a message of its own, `close_notify`, that may have been read together
/// with the last reply. The socket may stay open for long after that. A request on such a connection is lost, and its outcome unknown.
#[derive(Debug)]
pub(super) struct CheckedTransport(Box<dyn Transport>);

impl Transport for CheckedTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    /// Whether another request may be sent. Reads what has arrived, which takes no waiting: nothing at all must have arrived but
    /// messages of TLS itself.
    fn is_open(&mut self) -> bool {
        let at_once = NextTimeout { after: time::Duration::from_secs(0), ..NextTimeout::default() };
        matches!(self.0.await_input(at_once), Err(Error::Timeout(_))) && self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
