//! Certificates of an authority that only the tests know.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// A server's configuration with a certificate of this name, and the authority's certificate in PEM.
pub(crate) fn server_of(name: &str) -> (Arc<ServerConfig>, String) {
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().expect("there are random numbers"));
    let root = root.expect("it is complete");
    let key = KeyPair::generate().expect("there are random numbers");
    let leaf = CertificateParams::new([name.to_owned()]).expect("it is a name");
    let leaf = leaf.signed_by(&key, &root).expect("it is complete");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("it has some")
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .expect("they belong together");
    (Arc::new(config), root.pem())
}
