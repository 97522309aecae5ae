//! A REGISTER without `Contact`: it asks for the bindings of a user, and changes none (RFC 3261, section 10.2.3).

use zeroize::Zeroizing;

use crate::{
    challenge::{Challenge, Quoted},
    digest::{self, NONCE_COUNT, Terms},
    text::{Password, User, append_quoted, append_user, hex},
};

/// What all requests of a question share.
#[derive(Clone, Debug)]
pub(crate) struct Dialog<'a> {
    pub(crate) user: User<'a>,
    pub(crate) domain: &'a str,
    /// `UDP`, `TCP` or `TLS`.
    pub(crate) transport: &'static str,
    /// Where the request comes from: an address and a port.
    pub(crate) sent_by: &'a str,
    pub(crate) call_id: String,
    pub(crate) tag: String,
}

/// The answer to a challenge.
pub(crate) struct Answer<'a> {
    pub(crate) challenge: &'a Challenge,
    pub(crate) password: Password<'a>,
    /// The header that the status asks for.
    pub(crate) header: &'static str,
    pub(crate) client_nonce: &'a str,
}

/// The bytes of a request. They are wiped: whoever has the digest can try passwords against it.
pub(crate) fn register(
    dialog: &Dialog<'_>,
    sequence: u32,
    branch: &str,
    answer: Option<&Answer<'_>>,
) -> Zeroizing<Vec<u8>> {
    let Dialog { user, domain, transport, sent_by, call_id, tag } = dialog;
    let room = room(dialog, answer);
    let mut to = Zeroizing::new(Vec::with_capacity(room));
    to.extend(format!(
        "REGISTER sip:{domain} SIP/2.0\r\nVia: SIP/2.0/{transport} {sent_by};branch={branch};rport\r\nMax-Forwards: 70\r\nFrom: <sip:"
    ).as_bytes());
    append_user(*user, &mut to);
    to.extend(format!("@{domain}>;tag={tag}\r\nTo: <sip:").as_bytes());
    append_user(*user, &mut to);
    to.extend(
        format!(
            "@{domain}>\r\nCall-ID: {call_id}\r\nCSeq: {sequence} REGISTER\r\nUser-Agent: {USER_AGENT}\r\n"
        )
        .as_bytes(),
    );
    if let Some(answer) = answer {
        authorization(dialog, answer, &mut to);
    }
    to.extend(b"Content-Length: 0\r\n\r\n");
    debug_assert!(to.len() <= room, "the buffer has not grown");
    to
}

/// Room for the request: a buffer that grew would leave a copy that is not wiped.
fn room(dialog: &Dialog<'_>, answer: Option<&Answer<'_>>) -> usize {
    // What does not vary takes 600 bytes. A user is up to three times as long in a URI, and stands in three places.
    let names = 8 * dialog.user.as_str().len() + 4 * dialog.domain.len() + dialog.sent_by.len();
    let challenge = answer.map_or(0, |Answer { challenge, .. }| {
        let opaque = challenge.opaque.as_ref().map_or(0, |opaque| opaque.escaped.len());
        challenge.realm.escaped.len() + challenge.nonce.escaped.len() + opaque
    });
    1024 + names + challenge
}

const USER_AGENT: &str = concat!("sip-password/", env!("CARGO_PKG_VERSION"));

fn authorization(dialog: &Dialog<'_>, answer: &Answer<'_>, to: &mut Vec<u8>) {
    let Answer { challenge, password, header, client_nonce } = *answer;
    let uri = format!("sip:{}", dialog.domain);
    let response = digest::response(
        dialog.user,
        password,
        &Terms {
            algorithm: challenge.algorithm,
            realm: &challenge.realm.text,
            nonce: &challenge.nonce.text,
            client_nonce: challenge.has_qop.then_some(client_nonce),
            method: "REGISTER",
            uri: &uri,
        },
    );
    let quoted = |name: &str, value: &Quoted, to: &mut Vec<u8>| {
        to.extend(format!(", {name}=\"{}\"", value.escaped).as_bytes());
    };
    to.extend(format!("{header}: Digest username=").as_bytes());
    append_quoted(dialog.user.as_str(), to);
    quoted("realm", &challenge.realm, to);
    quoted("nonce", &challenge.nonce, to);
    to.extend(format!(", uri=\"{uri}\", response=\"").as_bytes());
    to.extend(&*response);
    to.push(b'"');
    if challenge.names_algorithm {
        to.extend(format!(", algorithm={}", challenge.algorithm.name()).as_bytes());
    }
    if let Some(opaque) = &challenge.opaque {
        quoted("opaque", opaque, to);
    }
    if challenge.has_qop {
        to.extend(format!(", qop=auth, nc={NONCE_COUNT}, cnonce=\"{client_nonce}\"").as_bytes());
    }
    to.extend(b"\r\n");
}

/// A name that nothing else has: 32 hexadecimal digits.
///
/// # Errors
///
/// If the system has no random numbers.
pub(crate) fn unique() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes).iter().map(|&digit| char::from(digit)).collect())
}
