//! Replies as they should not be: late, lost, of somebody else, damaged or huge.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use sip_password_registered::{MAX_REPLY, Reason, Registration, Transport, Verdict};

use super::{
    ask,
    fake::{Character, Exchanged, FakeRegistrar, Wire, reply},
    password, registrar, user,
};

const RIGHT: &str = "Secret@12";

fn one_user() -> Character {
    Character::with_users([("1001", RIGHT)])
}

fn both() -> [(Wire, Transport); 2] {
    [(Wire::Udp, Transport::Udp), (Wire::Tcp, Transport::Tcp)]
}

#[test]
fn no_reply() {
    for (wire, transport) in both() {
        let fake = FakeRegistrar::interfering(wire, one_user(), |_| Vec::new());
        let begun = Instant::now();
        let registrar = registrar(&fake, transport).with_timeout(Duration::from_millis(1200));
        assert_eq!(ask(&registrar, "1001", RIGHT), Verdict::NotKnown(Reason::NoReply));
        assert!(begun.elapsed() >= Duration::from_millis(1200) && fake.tries().is_empty());
    }
}

/// The same bytes once more are the same try.
#[test]
fn lost_replies_are_asked_for_again_by_udp() {
    let count = AtomicUsize::new(0);
    // Each first reply is lost.
    let interference = move |exchanged: Exchanged<'_>| match count.fetch_add(1, Ordering::Relaxed) % 2 {
        0 => Vec::new(),
        _ => vec![exchanged.reply.into_bytes()],
    };
    let fake = FakeRegistrar::interfering(Wire::Udp, one_user(), interference);
    assert_eq!(ask(&registrar(&fake, Transport::Udp), "1001", RIGHT), Verdict::Accepted);
    assert_eq!(fake.tries(), [("1001".to_owned(), true)]);
    fake.seen(|seen| {
        assert_eq!(seen.requests.len(), 4);
        assert_eq!((&seen.requests[0], &seen.requests[2]), (&seen.requests[1], &seen.requests[3]));
    });
}

#[test]
fn a_digest_without_a_reply_is_no_second_try() {
    let interference = |exchanged: Exchanged<'_>| match exchanged.request.contains("Authorization") {
        true => Vec::new(),
        false => vec![exchanged.reply.into_bytes()],
    };
    for (wire, transport) in both() {
        let fake = FakeRegistrar::interfering(wire, one_user(), interference);
        let registrar = registrar(&fake, transport).with_timeout(Duration::from_secs(2));
        assert_eq!(ask(&registrar, "1001", RIGHT), Verdict::NotKnown(Reason::NoReply));
        assert_eq!(fake.tries().len(), 1);
    }
}

#[test]
fn provisional_replies_are_waited_out() {
    for (wire, transport) in both() {
        let fake = FakeRegistrar::interfering(wire, one_user(), |exchanged| {
            vec![reply(exchanged.request, "100 Trying", "").into_bytes(), exchanged.reply.into_bytes()]
        });
        assert_eq!(ask(&registrar(&fake, transport), "1001", RIGHT), Verdict::Accepted);
    }
}

/// Whoever does not see the request cannot forge a reply.
#[test]
fn replies_to_other_requests_are_ignored() {
    for (wire, transport) in both() {
        let fake = FakeRegistrar::interfering(wire, one_user(), |exchanged| {
            let forged = reply(exchanged.request, "403 Forbidden", "");
            let sequence = if forged.contains("CSeq: 1 ") { "CSeq: 2 " } else { "CSeq: 1 " };
            vec![
                forged.replace("branch=z9hG4bK", "branch=z9hG4bKx").into_bytes(),
                forged.replace("Call-ID: ", "Call-ID: x").into_bytes(),
                forged.replace("CSeq: 1 ", sequence).replace("CSeq: 2 ", sequence).into_bytes(),
                exchanged.reply.into_bytes(),
            ]
        });
        let registrar = registrar(&fake, transport);
        assert_eq!(ask(&registrar, "1001", RIGHT), Verdict::Accepted);
        assert_eq!(ask(&registrar, "1001", "Another#56"), Verdict::Refused);
    }
}

#[test]
fn garbage_is_ignored_by_udp() {
    let fake = FakeRegistrar::interfering(Wire::Udp, one_user(), |exchanged| {
        let right = exchanged.reply.into_bytes();
        vec![
            Vec::new(),
            b"\r\n\r\n".to_vec(),
            (0..=255).collect(),
            vec![0xff; 60_000],
            right[..right.len() / 2].to_vec(),
            b"SIP/2.0 99999999999 X\r\n\r\n".to_vec(),
            right,
        ]
    });
    let registrar = registrar(&fake, Transport::Udp);
    assert_eq!(ask(&registrar, "1001", RIGHT), Verdict::Accepted);
    assert_eq!(fake.tries().len(), 1);
}

#[test]
fn a_connection_with_garbage_is_given_up() {
    type Interference = fn(Exchanged<'_>) -> Vec<Vec<u8>>;
    let garbage: [(Interference, Reason); 6] = [
        (|_| vec![(0..=255).collect()], Reason::NotSip),
        (|_| vec![b"HTTP/1.1 200 OK\r\n\r\n".to_vec()], Reason::NotSip),
        (|_| vec![b"SIP/2.0 200 OK\r\nX: ".to_vec(), vec![b'x'; 2 * MAX_REPLY]], Reason::NotSip),
        (
            |exchanged| {
                vec![exchanged.reply.replace("Content-Length: 0", "Content-Length: 99999999").into_bytes()]
            },
            Reason::NotSip,
        ),
        (|exchanged| vec![exchanged.reply.replace("Content-Length: 0\r\n", "").into_bytes()], Reason::NotSip),
        // Closes the connection.
        (|_| vec![Vec::new()], Reason::Closed),
    ];
    for (place, (interference, reason)) in garbage.into_iter().enumerate() {
        let fake = FakeRegistrar::interfering(Wire::Tcp, one_user(), interference);
        let verdict = ask(&registrar(&fake, Transport::Tcp), "1001", RIGHT);
        assert_eq!(verdict, Verdict::NotKnown(reason), "{place}");
        assert!(fake.tries().is_empty());
    }
}

#[test]
fn a_reply_in_pieces_and_with_a_body() {
    let fake = FakeRegistrar::interfering(Wire::Tcp, one_user(), |exchanged| {
        let whole = exchanged.reply.replace("Content-Length: 0\r\n\r\n", "l: 4\r\n\r\n\r\nxy");
        let whole = format!("\r\n\r\n{whole}");
        whole.as_bytes().chunks(7).map(<[u8]>::to_vec).collect()
    });
    assert_eq!(ask(&registrar(&fake, Transport::Tcp), "1001", RIGHT), Verdict::Accepted);
}

/// A phone with many bindings.
#[test]
fn a_long_reply() {
    for (wire, transport) in both() {
        let fake = FakeRegistrar::interfering(wire, one_user(), |exchanged| {
            let contact = format!("Contact: <sip:{}@127.0.0.1>;expires=3600\r\n", "x".repeat(500));
            let reply = exchanged.reply.replace("Server: fake\r\n", &contact.repeat(100));
            vec![reply.into_bytes()]
        });
        assert_eq!(ask(&registrar(&fake, transport), "1001", RIGHT), Verdict::Accepted);
    }
}

#[test]
fn other_statuses_say_nothing() {
    for (status, is_answered, expected) in [
        (200, false, Reason::NoPassword),
        (404, false, Reason::Status { status: 404, is_answered: false }),
        (500, true, Reason::Status { status: 500, is_answered: true }),
        (302, true, Reason::Status { status: 302, is_answered: true }),
        (401, false, Reason::NoDigest),
    ] {
        let fake = FakeRegistrar::interfering(Wire::Udp, one_user(), move |exchanged| {
            let is_it = exchanged.request.contains("Authorization") == is_answered;
            let other = || reply(exchanged.request, &format!("{status} Whatever"), "X: y\r\n");
            vec![if is_it { other() } else { exchanged.reply.clone() }.into_bytes()]
        });
        let verdict = ask(&registrar(&fake, Transport::Udp), "1001", RIGHT);
        assert_eq!(verdict, Verdict::NotKnown(expected));
    }
}

/// Some registrars refuse a wrong password by it, and others a user whom they know: only an old password that is accepted says more.
#[test]
fn a_reply_of_403() {
    let mut character = one_user();
    character.refusal = 403;
    let fake = FakeRegistrar::start(Wire::Udp, character);
    let registrar = registrar(&fake, Transport::Udp);
    assert_eq!(ask(&registrar, "1001", "Another#56"), Verdict::NotKnown(Reason::Forbidden));
    let registration = |new, old: Option<&str>| {
        registrar.registration(user("1001"), password(new), old.map(password), || ())
    };
    let forbidden = Registration::NotKnown { reason: Reason::Forbidden, is_new_refused: false };
    assert_eq!(registration(RIGHT, None), Registration::New);
    assert_eq!(registration("Another#56", None), forbidden);
    assert_eq!(registration("Another#56", Some("Another#56")), forbidden);
    assert_eq!(registration("Another#56", Some("Oldest#34")), forbidden);
    assert_eq!(registration("Another#56", Some(RIGHT)), Registration::Old);
    assert_eq!(fake.tries().len(), 1 + 1 + 1 + 1 + 2 + 2);
}

/// As long as there is, and no longer than a clock can tell.
#[test]
fn any_timeout() {
    let fake = FakeRegistrar::start(Wire::Udp, one_user());
    let registrar = registrar(&fake, Transport::Udp).with_timeout(Duration::MAX);
    assert_eq!(ask(&registrar, "1001", RIGHT), Verdict::Accepted);
    let registrar = registrar.with_timeout(Duration::ZERO);
    assert_eq!(ask(&registrar, "1001", RIGHT), Verdict::NotKnown(Reason::NoReply));
}

#[test]
fn nobody_listens() {
    for (wire, transport) in both() {
        let fake = FakeRegistrar::start(wire, one_user());
        let registrar = registrar(&fake, transport);
        drop(fake);
        let verdict = ask(&registrar, "1001", RIGHT);
        assert!(matches!(verdict, Verdict::NotKnown(Reason::Connection(_) | Reason::NoReply)), "{verdict:?}");
    }
}
