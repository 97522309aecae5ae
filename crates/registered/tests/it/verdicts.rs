//! Which passwords are accepted, over each transport and by each digest.

use sip_password_registered::{
    Address, Reason, Registrar, Registration, Roots, RootsError, Transport, Verdict,
};

use super::{
    PATIENCE, ask,
    certificates::server_of,
    fake::{Character, FakeRegistrar, Wire},
    password, registrar, user,
};

const NEW: &str = "Secret@12";
const OLD: &str = "Oldest#34";

#[test]
fn over_udp_and_tcp() {
    for (wire, transport) in [(Wire::Udp, Transport::Udp), (Wire::Tcp, Transport::Tcp)] {
        let fake = FakeRegistrar::start(wire, Character::with_users([("1001", NEW), ("1002", OLD)]));
        let registrar = registrar(&fake, transport);
        assert_eq!(ask(&registrar, "1001", NEW), Verdict::Accepted);
        assert_eq!(ask(&registrar, "1002", NEW), Verdict::Refused);
        assert_eq!(ask(&registrar, "1003", NEW), Verdict::Refused);
        let expected = [("1001", true), ("1002", false), ("1003", false)];
        assert_eq!(fake.tries(), expected.map(|(user, is_right)| (user.to_owned(), is_right)));
        fake.seen(|seen| {
            for request in &seen.requests {
                assert!(!request.contains(NEW), "the password itself is never sent");
            }
        });
    }
}

#[test]
fn over_tls() {
    let (config, root) = server_of("localhost");
    let fake = FakeRegistrar::start(Wire::Tls(config), Character::with_users([("1001", NEW)]));
    let at = |host: &str, roots: Roots| {
        let address = Address::new(&format!("{host}:{}", fake.address.port())).expect("it is one");
        let registrar = Registrar::resolve(&address, Transport::Tls(roots)).expect("it has an address");
        registrar.with_timeout(PATIENCE)
    };
    let ours = || Roots::from_pem(root.as_bytes()).expect("it has an authority");
    assert_eq!(ask(&at("localhost", ours()), "1001", NEW), Verdict::Accepted);
    assert_eq!(ask(&at("localhost", ours()), "1001", OLD), Verdict::Refused);
    assert_eq!(fake.tries().len(), 2);
    // Another name than the certificate's, and another authority.
    let untrusted = Verdict::NotKnown(Reason::Certificate);
    assert_eq!(ask(&at("127.0.0.1", ours()), "1001", NEW), untrusted);
    assert_eq!(ask(&at("localhost", Roots::of_browsers()), "1001", NEW), untrusted);
    let (_, other) = server_of("localhost");
    let other = Roots::from_pem(other.as_bytes()).expect("it has an authority");
    assert_eq!(ask(&at("localhost", other), "1001", NEW), untrusted);
    assert_eq!(fake.tries().len(), 2, "nothing is said to a host that is not trusted");
}

#[test]
fn without_tls_at_the_other_end() {
    let fake = FakeRegistrar::start(Wire::Udp, Character::with_users([]));
    // Nobody listens at this port by TCP.
    let registrar = registrar(&fake, Transport::Tls(Roots::of_browsers()));
    let Verdict::NotKnown(Reason::Connection(_)) = ask(&registrar, "1001", NEW) else {
        panic!("nobody replied")
    };
}

#[test]
fn roots_that_are_none() {
    assert_eq!(Roots::from_pem(b"").err(), Some(RootsError::NoCertificate));
    let empty = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(Roots::from_pem(empty).err(), Some(RootsError::NoAuthority));
    let damaged = b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
    assert_eq!(Roots::from_pem(damaged).err(), Some(RootsError::NoCertificate));
    assert_eq!(format!("{:?}", Roots::of_browsers()), "Roots { .. }");
}

#[test]
fn every_digest() {
    let algorithms = [None, Some("MD5"), Some("SHA-256"), Some("SHA-512-256")];
    for algorithm in algorithms {
        for qop in [None, Some("auth"), Some("auth-int,auth")] {
            for is_proxy in [false, true] {
                let mut character = Character::with_users([("1001", NEW)]);
                (character.algorithms, character.qop, character.is_proxy) = (vec![algorithm], qop, is_proxy);
                let fake = FakeRegistrar::start(Wire::Udp, character);
                let registrar = registrar(&fake, Transport::Udp);
                let verdicts = [NEW, OLD].map(|text| ask(&registrar, "1001", text));
                assert_eq!(
                    verdicts,
                    [Verdict::Accepted, Verdict::Refused],
                    "{algorithm:?} {qop:?} {is_proxy}"
                );
                assert_eq!(fake.tries().len(), 2);
            }
        }
    }
}

#[test]
fn the_strongest_digest_is_taken() {
    let mut character = Character::with_users([("1001", NEW)]);
    character.algorithms = vec![Some("MD5"), Some("AKAv1-MD5"), Some("SHA-512-256"), Some("SHA-256")];
    let fake = FakeRegistrar::start(Wire::Udp, character);
    assert_eq!(ask(&registrar(&fake, Transport::Udp), "1001", NEW), Verdict::Accepted);
    fake.seen(|seen| assert!(seen.requests[1].contains("algorithm=SHA-512-256"), "{}", seen.requests[1]));
}

#[test]
fn every_printable_character_in_user_password_and_realm() {
    let all: String = (' '..='~').collect();
    let mut users: Vec<(String, String)> =
        all.chars().map(|char| (format!("a{char}b"), format!("{char}Abc{char}1{char}"))).collect();
    users.push((all.clone(), all.clone()));
    let pairs = users.iter().map(|(user, password)| (user.as_str(), password.as_str()));
    for (wire, transport) in [(Wire::Udp, Transport::Udp), (Wire::Tcp, Transport::Tcp)] {
        let mut character = Character::with_users(pairs.clone());
        character.realm.clone_from(&all);
        character.algorithms = vec![Some("SHA-256")];
        let fake = FakeRegistrar::start(wire, character);
        let registrar = registrar(&fake, transport);
        for (user, password) in &users {
            assert_eq!(ask(&registrar, user, password), Verdict::Accepted, "{user}");
        }
        assert_eq!(fake.tries().len(), users.len());
    }
}

#[test]
fn new_old_or_neither() {
    let fake = FakeRegistrar::start(
        Wire::Udp,
        Character::with_users([("new", NEW), ("old", OLD), ("neither", "Another#56")]),
    );
    let registrar = registrar(&fake, Transport::Udp);
    let mut questions = 0;
    let mut registration = |name: &str, old: Option<&str>| {
        let old = old.map(password);
        registrar.registration(user(name), password(NEW), old, || questions += 1)
    };
    for (name, old, expected) in [
        ("new", Some(OLD), Registration::New),
        ("old", Some(OLD), Registration::Old),
        ("neither", Some(OLD), Registration::Neither),
        ("neither", None, Registration::Neither),
        // The same password is not tried again.
        ("old", Some(NEW), Registration::Neither),
    ] {
        assert_eq!(registration(name, old), expected, "{name} {old:?}");
        assert_eq!(expected.reason(), None);
    }
    assert_eq!(questions, 1 + 2 + 2 + 1 + 1);
    let tried: Vec<String> = fake.tries().into_iter().map(|(user, _)| user).collect();
    assert_eq!(tried, ["new", "old", "old", "neither", "neither", "neither", "old"]);
}

#[test]
fn a_stale_nonce_is_renewed_once() {
    for (stale, text, expected, tries) in [
        (1, NEW, Verdict::Accepted, 2),
        (1, OLD, Verdict::Refused, 2),
        (usize::MAX, NEW, Verdict::NotKnown(Reason::Stale), 2),
    ] {
        let mut character = Character::with_users([("1001", NEW)]);
        character.stale = stale;
        let fake = FakeRegistrar::start(Wire::Udp, character);
        assert_eq!(ask(&registrar(&fake, Transport::Udp), "1001", text), expected);
        assert_eq!(fake.tries().len(), tries);
        fake.seen(|seen| assert!(seen.requests[2].contains("nonce=\"second/nonce==\"")));
    }
}

#[test]
fn a_domain_that_is_not_the_host() {
    let fake = FakeRegistrar::start(Wire::Udp, Character::with_users([("1001", NEW)]));
    let registrar = registrar(&fake, Transport::Udp).with_domain("sip.example.com").expect("it is one");
    assert_eq!(ask(&registrar, "1001", NEW), Verdict::Accepted);
    fake.seen(|seen| {
        let request = &seen.requests[1];
        assert!(request.starts_with("REGISTER sip:sip.example.com SIP/2.0\r\n"));
        assert!(request.contains("\r\nTo: <sip:1001@sip.example.com>\r\n"));
        assert!(request.contains("uri=\"sip:sip.example.com\""));
    });
    assert!(registrar.with_domain("a b").is_err());
}
