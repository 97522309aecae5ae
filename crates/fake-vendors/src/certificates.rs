//! Certificates, good and bad, made at the start.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::config::Certificate;

/// The root certificate of one [`FakeVendors`](crate::FakeVendors), and the certificates that connections get.
pub(crate) struct Certificates {
    pub(crate) root_pem: String,
    /// Each certificate has its own configuration, so that no session is resumed with another certificate.
    configs: Vec<(Certificate, Arc<ServerConfig>)>,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn params(names: &[&str], common_name: &str) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, common_name);
    // One year: some clients refuse certificates that are valid for more than 825 days.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    params.not_before = date_time_ymd(1970, 1, 1) + now.saturating_sub(DAY);
    params.not_after = date_time_ymd(1970, 1, 1) + now + 365 * DAY;
    Ok(params)
}

fn root() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut root = params(&[], "fake-vendors root, for tests only")?;
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(root, KeyPair::generate()?)
}

impl Certificates {
    /// # Errors
    ///
    /// Those of the crates that make certificates.
    pub(crate) fn make() -> io::Result<Self> {
        Self::try_make().map_err(io::Error::other)
    }

    fn try_make() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let (root, other_root) = (root()?, root()?);
        let key = KeyPair::generate()?;
        let names = ["localhost", "127.0.0.1", "::1"];
        let mut configs = Vec::new();
        for certificate in Certificate::ALL {
            let mut leaf = match certificate {
                Certificate::WrongName => params(&["wrong-name.example"], "wrong-name.example")?,
                _ => params(&names, "localhost")?,
            };
            if certificate == Certificate::Expired {
                (leaf.not_before, leaf.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2001, 1, 1));
            }
            let signed = match certificate {
                Certificate::SelfSigned => leaf.self_signed(&key)?,
                Certificate::OtherRoot => leaf.signed_by(&key, &other_root)?,
                _ => leaf.signed_by(&key, &root)?,
            };
            configs.push((certificate, Arc::new(config(signed.der().clone(), &key)?)));
        }
        Ok(Self { root_pem: root.pem(), configs })
    }

    pub(crate) fn config(&self, certificate: Certificate) -> Option<Arc<ServerConfig>> {
        self.configs.iter().find(|(which, _)| *which == certificate).map(|(_, config)| Arc::clone(config))
    }
}

fn config(certificate: CertificateDer<'static>, key: &KeyPair) -> Result<ServerConfig, rustls::Error> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Named, because a program may have another provider too.
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
}
