//! The messages of one question, without a socket: which request follows which reply.

use zeroize::Zeroizing;

use crate::{
    challenge::Challenge,
    reason::Reason,
    reply,
    request::{Answer, Dialog, register, unique},
    text::Password,
};

/// What a registrar says about a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It accepts it.
    Accepted,
    /// It refuses it.
    Refused,
    /// It says nothing about it.
    NotKnown(Reason),
}

/// What follows a message that was received.
pub(crate) enum Step {
    /// Nothing: it is no reply to the last request.
    Ignore,
    /// The reply is not final, and there will be another one.
    Wait,
    /// This request.
    Send(Zeroizing<Vec<u8>>),
    /// Nothing more is sent.
    End(Verdict),
}

/// One question: whether a password is accepted.
///
/// The digest of the password is sent once, and once more if the registrar says that only the nonce was stale.
pub(crate) struct Exchange<'a> {
    dialog: Dialog<'a>,
    password: Password<'a>,
    sequence: u32,
    branch: String,
    answered: Option<Answered>,
}

/// The last challenge that was answered.
struct Answered {
    status: u16,
    realm: String,
    /// Whether its nonce replaces a stale one.
    is_renewed: bool,
}

impl<'a> Exchange<'a> {
    /// An exchange and its first request, which has no digest.
    pub(crate) fn begin(
        dialog: Dialog<'a>,
        password: Password<'a>,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), Reason> {
        let mut exchange = Self { dialog, password, sequence: 0, branch: String::new(), answered: None };
        let request = exchange.next(None)?;
        Ok((exchange, request))
    }

    /// The next request, which is a transaction of its own.
    fn next(&mut self, challenge: Option<(&'static str, &Challenge)>) -> Result<Zeroizing<Vec<u8>>, Reason> {
        self.sequence += 1;
        // The prefix says that it is unique (RFC 3261, section 8.1.1.7).
        self.branch = format!("z9hG4bK{}", unique()?);
        let client_nonce = unique()?;
        let answer = challenge.map(|(header, challenge)| Answer {
            challenge,
            password: self.password,
            header,
            client_nonce: &client_nonce,
        });
        Ok(register(&self.dialog, self.sequence, &self.branch, answer.as_ref()))
    }

    /// What follows a message.
    pub(crate) fn receive(&mut self, message: &[u8]) -> Step {
        let Some(reply) = reply::read(message) else { return Step::Ignore };
        // A reply belongs to the request of its branch; the others are of late retransmissions, or of somebody who guesses.
        if reply.branch != self.branch
            || reply.call_id != self.dialog.call_id
            || reply.sequence != self.sequence
        {
            return Step::Ignore;
        }
        match reply.status {
            100..=199 => Step::Wait,
            200..=299 if self.answered.is_some() => Step::End(Verdict::Accepted),
            200..=299 => not_known(Reason::NoPassword),
            401 | 407 => self.challenged(reply.status, reply.challenge.as_ref()),
            403 if self.answered.is_some() => not_known(Reason::Forbidden),
            status => not_known(Reason::Status { status, is_answered: self.answered.is_some() }),
        }
    }

    fn challenged(&mut self, status: u16, challenge: Option<&Challenge>) -> Step {
        let is_renewed = match (&self.answered, challenge) {
            (None, None) => return not_known(Reason::NoDigest),
            (None, Some(_)) => false,
            (Some(answered), _) if answered.status != status => return not_known(Reason::OtherChallenge),
            // A refusal needs no further challenge.
            (Some(_), None) => return Step::End(Verdict::Refused),
            (Some(answered), Some(challenge)) if answered.realm != challenge.realm.text => {
                return not_known(Reason::OtherChallenge);
            }
            (Some(_), Some(challenge)) if !challenge.is_stale => return Step::End(Verdict::Refused),
            (Some(answered), Some(_)) if answered.is_renewed => return not_known(Reason::Stale),
            (Some(_), Some(_)) => true,
        };
        let Some(challenge) = challenge else { return not_known(Reason::NoDigest) };
        self.answered = Some(Answered { status, realm: challenge.realm.text.clone(), is_renewed });
        let header = if status == 401 { "Authorization" } else { "Proxy-Authorization" };
        match self.next(Some((header, challenge))) {
            Ok(request) => Step::Send(request),
            Err(reason) => not_known(reason),
        }
    }
}

const fn not_known(reason: Reason) -> Step {
    Step::End(Verdict::NotKnown(reason))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::User;

    const CHALLENGE: &str = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"";
    const STALE: &str = "WWW-Authenticate: Digest realm=\"r\", nonce=\"m\", stale=true";
    const OTHER_REALM: &str = "WWW-Authenticate: Digest realm=\"q\", nonce=\"n\", stale=true";
    const PROXY: &str = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"";

    fn begin() -> (Exchange<'static>, Zeroizing<Vec<u8>>) {
        let dialog = Dialog {
            user: User::new(b"1001").expect("it is printable"),
            domain: "example.com",
            transport: "UDP",
            sent_by: "127.0.0.1:5060",
            call_id: "call".into(),
            tag: "tag".into(),
        };
        let password = Password::new(b"Secret@12").expect("it is printable");
        Exchange::begin(dialog, password).expect("there are random numbers")
    }

    fn reply(exchange: &Exchange<'_>, status: u16, header: &str) -> String {
        let (branch, sequence) = (&exchange.branch, exchange.sequence);
        format!(
            "SIP/2.0 {status} X\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch={branch}\r\nCall-ID: call\r\nCSeq: {sequence} REGISTER\r\n{header}\r\nContent-Length: 0\r\n\r\n"
        )
    }

    /// The end of an exchange in which these replies come, and the number of digests that were sent.
    fn ended(replies: &[(u16, &str)]) -> (Option<Verdict>, usize) {
        let (mut exchange, first) = begin();
        let (mut digests, is_digest) =
            (0, |request: &[u8]| String::from_utf8_lossy(request).contains("uthorization: Digest"));
        assert!(!is_digest(&first));
        for (status, header) in replies {
            let message = reply(&exchange, *status, header);
            match exchange.receive(message.as_bytes()) {
                Step::Ignore => panic!("it is a reply"),
                Step::Wait => {}
                Step::Send(request) => digests += usize::from(is_digest(&request)),
                Step::End(verdict) => return (Some(verdict), digests),
            }
        }
        (None, digests)
    }

    #[test]
    fn verdicts() {
        let not_known = |reason| Some(Verdict::NotKnown(reason));
        let status = |status, is_answered| not_known(Reason::Status { status, is_answered });
        for (replies, verdict, digests) in [
            (&[(200, "")][..], not_known(Reason::NoPassword), 0),
            (&[(401, "X: y")], not_known(Reason::NoDigest), 0),
            (&[(404, "X: y")], status(404, false), 0),
            (&[(403, "X: y")], status(403, false), 0),
            (&[(100, "X: y"), (401, CHALLENGE)], None, 1),
            (&[(401, CHALLENGE), (100, "X: y"), (200, "X: y")], Some(Verdict::Accepted), 1),
            (&[(407, PROXY), (202, "X: y")], Some(Verdict::Accepted), 1),
            (&[(401, CHALLENGE), (401, CHALLENGE)], Some(Verdict::Refused), 1),
            (&[(401, CHALLENGE), (401, "X: y")], Some(Verdict::Refused), 1),
            (&[(401, CHALLENGE), (403, "X: y")], not_known(Reason::Forbidden), 1),
            (&[(407, PROXY), (407, PROXY)], Some(Verdict::Refused), 1),
            (&[(401, CHALLENGE), (503, "X: y")], status(503, true), 1),
            (&[(401, CHALLENGE), (302, "X: y")], status(302, true), 1),
            (&[(401, CHALLENGE), (407, PROXY)], not_known(Reason::OtherChallenge), 1),
            (&[(401, CHALLENGE), (401, OTHER_REALM)], not_known(Reason::OtherChallenge), 1),
            (&[(401, CHALLENGE), (401, STALE), (200, "X: y")], Some(Verdict::Accepted), 2),
            (&[(401, CHALLENGE), (401, STALE), (401, CHALLENGE)], Some(Verdict::Refused), 2),
            (&[(401, CHALLENGE), (401, STALE), (401, STALE)], not_known(Reason::Stale), 2),
            // Before an answer, nothing can be stale.
            (&[(401, STALE), (401, STALE), (401, STALE)], not_known(Reason::Stale), 2),
        ] {
            assert_eq!(ended(replies), (verdict, digests), "{replies:?}");
        }
    }

    #[test]
    fn a_reply_to_another_request_is_ignored() {
        let (mut exchange, _) = begin();
        let right = reply(&exchange, 401, CHALLENGE);
        let branch = exchange.branch.clone();
        for (part, other) in [
            (branch.as_str(), "z9hG4bKother"),
            ("Call-ID: call", "Call-ID: other"),
            ("1 REGISTER", "2 REGISTER"),
            ("1 REGISTER", "1 INVITE"),
            ("SIP/2.0 401", "SIP/2.1 401"),
        ] {
            let message = right.replace(part, other);
            assert!(matches!(exchange.receive(message.as_bytes()), Step::Ignore), "{other}");
        }
        assert!(matches!(exchange.receive(right.as_bytes()), Step::Send(_)));
        // The same reply once more, as a retransmission brings it.
        assert!(matches!(exchange.receive(right.as_bytes()), Step::Ignore));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever a registrar sends, a digest is sent twice at most, and the password never.
        #[test]
        fn any_replies(replies in prop::collection::vec((100..700_u16, 0..5_usize, "[ -~]{0,40}"), 0..8)) {
            let (mut exchange, _) = begin();
            let mut sent = 0;
            for (status, header, text) in replies {
                let header = match header {
                    0 => CHALLENGE.to_owned(),
                    1 => STALE.to_owned(),
                    2 => OTHER_REALM.to_owned(),
                    3 => PROXY.to_owned(),
                    _ => format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"{text}\", stale=true"),
                };
                let status = if status % 3 == 0 { status } else { 401 };
                let message = reply(&exchange, status, &header);
                match exchange.receive(message.as_bytes()) {
                    Step::Send(request) => {
                        sent += 1;
                        prop_assert!(!String::from_utf8_lossy(&request).contains("Secret@12"));
                    }
                    Step::End(_) => break,
                    Step::Ignore | Step::Wait => {}
                }
            }
            prop_assert!(sent <= 2);
        }
    }
}
