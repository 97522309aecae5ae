//! Digest authentication (RFC 2617, 7616 and 8760): what proves that somebody knows a password, for one nonce.

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};
use zeroize::Zeroizing;

use crate::text::{Password, User, hex};

/// The hash of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Algorithm {
    // The later, the stronger.
    Md5,
    Sha256,
    Sha512_256,
}

/// What is hashed beside the password.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) realm: &'a str,
    pub(crate) nonce: &'a str,
    /// With `qop=auth`: the client's nonce. The nonce count is always 1, since no nonce is used twice.
    pub(crate) client_nonce: Option<&'a str>,
    pub(crate) method: &'a str,
    pub(crate) uri: &'a str,
}

/// The count of a nonce that is used once.
pub(crate) const NONCE_COUNT: &str = "00000001";

impl Algorithm {
    /// Its name in a challenge (RFC 7616, section 6.1).
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
            Self::Sha512_256 => "SHA-512-256",
        }
    }

    /// The algorithm of this name, in any case of letters.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Md5, Self::Sha256, Self::Sha512_256]
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// The hash of these texts, with a colon between them, in hexadecimal digits.
    fn hash(self, texts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Md5 => hash::<Md5, 16>(texts),
            Self::Sha256 => hash::<Sha256, 32>(texts),
            Self::Sha512_256 => hash::<Sha512_256, 32>(texts),
        }
    }
}

fn hash<D: Digest, const N: usize>(texts: &[&[u8]]) -> Zeroizing<Vec<u8>>
where
    for<'a> &'a mut md5::digest::Output<D>: From<&'a mut [u8; N]>,
{
    let mut hasher = D::new();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            hasher.update(b":");
        }
        hasher.update(text);
    }
    let mut bytes = Zeroizing::new([0; N]);
    hasher.finalize_into((&mut *bytes).into());
    hex(&*bytes)
}

/// The response to a challenge, in hexadecimal digits. Whoever has it can try passwords against it.
///
/// User and realm are hashed without the backslashes that stand before quotes in the message, as RFC 7616 and most programs have it.
pub(crate) fn response(user: User<'_>, password: Password<'_>, terms: &Terms<'_>) -> Zeroizing<Vec<u8>> {
    let Terms { algorithm, realm, nonce, client_nonce, method, uri } = *terms;
    // As good as the password, at this registrar.
    let login = algorithm.hash(&[user.as_str().as_bytes(), realm.as_bytes(), password.expose_secret()]);
    let request = algorithm.hash(&[method.as_bytes(), uri.as_bytes()]);
    match client_nonce {
        Some(client_nonce) => algorithm.hash(&[
            &login,
            nonce.as_bytes(),
            NONCE_COUNT.as_bytes(),
            client_nonce.as_bytes(),
            b"auth",
            &request,
        ]),
        None => algorithm.hash(&[&login, nonce.as_bytes(), &request]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response_of(user: &str, password: &str, terms: &Terms<'_>) -> String {
        let user = User::new(user.as_bytes()).expect("it is printable");
        let password = Password::new(password.as_bytes()).expect("it is printable");
        String::from_utf8(response(user, password, terms).to_vec()).expect("digits are text")
    }

    /// RFC 2617, section 3.5.
    #[test]
    fn the_example_of_rfc_2617() {
        let terms = Terms {
            algorithm: Algorithm::Md5,
            realm: "testrealm@host.com",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            client_nonce: Some("0a4f113b"),
            method: "GET",
            uri: "/dir/index.html",
        };
        assert_eq!(response_of("Mufasa", "Circle Of Life", &terms), "6629fae49393a05397450978507c4ef1");
        // The same without qop, computed by Python's `hashlib`.
        let terms = Terms { client_nonce: None, ..terms };
        assert_eq!(response_of("Mufasa", "Circle Of Life", &terms), "670fd8c2df070c60b045671b8b24ff02");
    }

    /// RFC 7616, section 3.9.1.
    #[test]
    fn the_examples_of_rfc_7616() {
        let terms = Terms {
            algorithm: Algorithm::Md5,
            realm: "http-auth@example.org",
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            client_nonce: Some("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"),
            method: "GET",
            uri: "/dir/index.html",
        };
        for (algorithm, expected) in [
            (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
            (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let terms = Terms { algorithm, ..terms };
            assert_eq!(response_of("Mufasa", "Circle of Life", &terms), expected);
        }
    }

    #[test]
    fn names() {
        assert_eq!(Algorithm::named("md5"), Some(Algorithm::Md5));
        assert_eq!(Algorithm::named("SHA-512-256"), Some(Algorithm::Sha512_256));
        assert_eq!(Algorithm::named("SHA-256-sess"), None);
        assert!(Algorithm::Md5 < Algorithm::Sha256 && Algorithm::Sha256 < Algorithm::Sha512_256);
    }
}
