//! TLS, with the certificates that are trusted.

use std::{error::Error, fmt, io, sync::Arc};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

use crate::{
    reason::Reason,
    stream::{self, TimedStream},
};

/// The authorities whose certificates are trusted.
#[derive(Clone)]
pub struct Roots(Arc<ClientConfig>);

/// Why a file has no authorities to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootsError {
    /// It has no certificate in PEM, or a damaged one.
    NoCertificate,
    /// A certificate of it cannot be trusted as an authority.
    NoAuthority,
}

impl Roots {
    /// The authorities that browsers trust.
    pub fn of_browsers() -> Self {
        Self::new(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
    }

    /// The certificates in a text of PEM, and no others.
    ///
    /// # Errors
    ///
    /// [`RootsError`] if there is none, or one that cannot be used.
    pub fn from_pem(pem: &[u8]) -> Result<Self, RootsError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots
                .add(certificate.map_err(|_| RootsError::NoCertificate)?)
                .map_err(|_| RootsError::NoAuthority)?;
        }
        if roots.is_empty() { Err(RootsError::NoCertificate) } else { Ok(Self::new(roots)) }
    }

    fn new(roots: RootCertStore) -> Self {
        // Named, because a program may have another provider too.
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has the default versions");
        Self(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
    }

    /// Speaks TLS with a host. The handshake follows with the first request.
    pub(crate) fn connect(
        &self,
        host: &str,
        stream: TimedStream,
    ) -> Result<StreamOwned<ClientConnection, TimedStream>, Reason> {
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(name).map_err(|_| Reason::Certificate)?;
        let connection = ClientConnection::new(Arc::clone(&self.0), name).map_err(|_| Reason::Tls)?;
        Ok(StreamOwned::new(connection, stream))
    }
}

/// What an error of a connection with TLS means. The words of `rustls` are not shown: they have names from the certificate.
pub(crate) fn reason(error: &io::Error) -> Reason {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(_)) => Reason::Certificate,
        Some(_) => Reason::Tls,
        None => stream::reason(error),
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roots").finish_non_exhaustive()
    }
}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoCertificate => "expected certificates in PEM, found none or a damaged one",
            Self::NoAuthority => "expected certificates of authorities, found another one",
        })
    }
}

impl Error for RootsError {}
