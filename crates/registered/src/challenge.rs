//! The challenges of a reply: what to hash beside the password.

use http_auth::{ChallengeParser, ParamValue};

use crate::digest::Algorithm;

/// The most challenges of a reply that are read.
const MAX_CHALLENGES: usize = 16;

/// A challenge that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) algorithm: Algorithm,
    /// Whether the reply named the algorithm: some registrars do not expect a parameter that they did not send.
    pub(crate) names_algorithm: bool,
    pub(crate) realm: Quoted,
    pub(crate) nonce: Quoted,
    pub(crate) opaque: Option<Quoted>,
    /// Whether `qop=auth` is offered.
    pub(crate) has_qop: bool,
    /// Whether only the nonce was wrong, and not the password.
    pub(crate) is_stale: bool,
}

/// A text in quotes, without them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quoted {
    /// As it stands in the reply, and is sent back.
    pub(crate) escaped: String,
    /// Without the backslashes, as it is hashed.
    pub(crate) text: String,
}

impl Quoted {
    fn new(value: &ParamValue<'_>) -> Self {
        Self { escaped: value.as_escaped().to_owned(), text: value.to_unescaped() }
    }
}

/// The strongest of the challenges that can be answered, if there is one. Of several with the same algorithm, the first: the registrar
/// names them in the order that it prefers (RFC 8760, section 2.3).
pub(crate) fn strongest<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let mut best: Option<Challenge> = None;
    for header in headers.take(MAX_CHALLENGES) {
        // Whatever stands behind a mistake is not read.
        for challenge in
            ChallengeParser::new(&with_one_space(header)).map_while(Result::ok).take(MAX_CHALLENGES)
        {
            let Some(challenge) = read(challenge.scheme, &challenge.params) else { continue };
            if best.as_ref().is_none_or(|best| best.algorithm < challenge.algorithm) {
                best = Some(challenge);
            }
        }
    }
    best
}

/// The header with one space behind the scheme: SIP allows more (RFC 3261, section 25.1: `LWS`), HTTP does not.
fn with_one_space(header: &str) -> String {
    match header.trim().split_once([' ', '\t']) {
        Some((scheme, rest)) => format!("{scheme} {}", rest.trim_start()),
        None => header.trim().to_owned(),
    }
}

fn read(scheme: &str, params: &[(&str, ParamValue<'_>)]) -> Option<Challenge> {
    let get = |name: &str| {
        params.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    if !scheme.eq_ignore_ascii_case("Digest") {
        return None;
    }
    let algorithm = get("algorithm").map(ParamValue::to_unescaped);
    let qop = get("qop").map(ParamValue::to_unescaped);
    let offers_auth = |qop: &str| qop.split(',').any(|offer| offer.trim().eq_ignore_ascii_case("auth"));
    // `auth-int` alone: it protects a body, and a REGISTER has none.
    if qop.as_deref().is_some_and(|qop| !offers_auth(qop)) {
        return None;
    }
    Some(Challenge {
        algorithm: algorithm.as_deref().map_or(Some(Algorithm::Md5), Algorithm::named)?,
        names_algorithm: algorithm.is_some(),
        realm: Quoted::new(get("realm")?),
        nonce: Quoted::new(get("nonce")?),
        opaque: get("opaque").map(Quoted::new),
        has_qop: qop.is_some(),
        is_stale: get("stale").is_some_and(|stale| stale.to_unescaped().eq_ignore_ascii_case("true")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(header: &str) -> Option<Challenge> {
        strongest([header].into_iter())
    }

    #[test]
    fn what_registrars_send() {
        let challenge = one(
            r#"Digest realm="atlanta.example.com", domain="sip:ss1.carrier.com", qop="auth", nonce="f84f1cec41e6cbe5aea9c8e88d359", opaque="", stale=FALSE, algorithm=MD5"#,
        );
        let challenge = challenge.expect("it is RFC 3261's, section 22.4");
        assert_eq!(challenge.realm.text, "atlanta.example.com");
        assert_eq!(challenge.nonce.text, "f84f1cec41e6cbe5aea9c8e88d359");
        assert_eq!(challenge.opaque.map(|opaque| opaque.text), Some(String::new()));
        assert_eq!(
            (challenge.algorithm, challenge.has_qop, challenge.is_stale),
            (Algorithm::Md5, true, false)
        );
        let challenge = one("digest  Realm=\"a\\\"b\\\\c\" ,NONCE=\"x\",stale=\"TRUE\"").expect("it is one");
        assert_eq!(
            (challenge.realm.text.as_str(), challenge.realm.escaped.as_str()),
            (r#"a"b\c"#, r#"a\"b\\c"#)
        );
        assert!(challenge.is_stale && !challenge.has_qop && !challenge.names_algorithm);
    }

    #[test]
    fn the_strongest_of_several() {
        let header =
            |algorithm: &str| format!("Digest realm=\"r\", nonce=\"{algorithm}\", algorithm={algorithm}");
        let all = ["MD5", "SHA-512-256", "SHA-256", "AKAv1-MD5", "SHA-512-256-sess"].map(header);
        let best = strongest(all.iter().map(String::as_str)).expect("some can be answered");
        assert_eq!((best.algorithm, best.nonce.text.as_str()), (Algorithm::Sha512_256, "SHA-512-256"));
        // All in one header, which RFC 3261 does not allow.
        let best = one(&all.join(", ")).expect("some can be answered");
        assert_eq!(best.algorithm, Algorithm::Sha512_256);
        let best = one(&format!("Basic realm=\"r\", {}", header("SHA-256"))).expect("one can be answered");
        assert_eq!(best.algorithm, Algorithm::Sha256);
    }

    #[test]
    fn what_cannot_be_answered() {
        for header in [
            "",
            "Digest",
            "Basic realm=\"r\"",
            "Digest realm=\"r\"",
            "Digest nonce=\"n\"",
            "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"",
            "Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess",
            "Digest realm=\"r, nonce=\"n\"",
            "Digest realm=\"r\u{1b}\", nonce=\"n\"",
            "Digest realm=\"é\", nonce=\"n\"",
        ] {
            assert_eq!(one(header), None, "{header}");
        }
    }
}
