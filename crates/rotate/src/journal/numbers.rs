//! Every number and word that a journal on disk contains, each asserted by name: a change makes existing journals unreadable, or worse.

use super::{authentication::*, derivation::*, encryption::*, schema::*, state::*, *};

#[test]
fn the_numbers_of_the_states() {
    for (state, number) in [
        (RotationState::Planned, 0),
        (RotationState::Sending, 1),
        (RotationState::Unknown, 2),
        (RotationState::Confirmed, 3),
        (RotationState::Refused, 4),
    ] {
        assert_eq!(state.to_sql(), number, "{state:?}");
        assert_eq!(RotationState::from_sql(number).expect("it is a state's"), state);
    }
    for number in [-1, 5, i64::MIN, i64::MAX] {
        assert!(matches!(RotationState::from_sql(number), Err(JournalError::Damaged(_))), "{number}");
    }
}

#[test]
fn the_numbers_of_what_a_registrar_accepts() {
    for (registration, number) in [
        (RegisteredWith::New, 0),
        (RegisteredWith::Old, 1),
        (RegisteredWith::Neither, 2),
        (RegisteredWith::NotKnown, 3),
    ] {
        assert_eq!(registration.to_sql(), number, "{registration:?}");
        assert_eq!(RegisteredWith::from_sql(number), Some(registration));
    }
    assert_eq!([-1, 4].map(RegisteredWith::from_sql), [None; 2]);
}

#[test]
fn sql_calls_a_state_open_unless_the_rotation_has_ended() {
    let connection = Connection::open_in_memory().expect("there is room");
    for state in RotationState::ALL {
        let is_open = connection.query_one(
            concat!("SELECT ", is_open!(), " FROM (SELECT ? AS state)"),
            [state.to_sql()],
            |row| row.get::<_, bool>(0),
        );
        let ended = matches!(state, RotationState::Confirmed | RotationState::Refused);
        assert_eq!(is_open.expect("it is SQL"), !ended, "{state:?}");
    }
}

#[test]
fn the_marks_of_a_journal_file() {
    assert_eq!(APPLICATION.to_be_bytes(), *b"SIPJ");
    assert_eq!(VERSION, 5);
    assert_eq!(KEY_CHECK, "sip-password rotation journal");
    assert_eq!(NAME_SEPARATOR, "\u{1f}");
}

#[test]
fn the_context_that_a_secret_is_bound_to() {
    assert_eq!(context(&[7; SALT], "a\u{1f}b", SecretKind::New), [&[7; SALT][..], b"\x01a\x1fb"].concat());
    assert_eq!(context(&[7; SALT], "a", SecretKind::Account), [&[7; SALT][..], b"\x02a"].concat());
    assert_eq!(context(&[7; SALT], "a", SecretKind::Vendor), [&[7; SALT][..], b"\x03a"].concat());
    assert_eq!(context(&[7; SALT], "a", SecretKind::Fields), [&[7; SALT][..], b"\x04a"].concat());
}

#[test]
fn the_words_of_the_protections() {
    for (protection, word) in [
        (Protection::Bytes, "key"),
        (Protection::Passphrase, "argon2id"),
        (Protection::Plaintext, "plaintext"),
    ] {
        assert_eq!(protection.to_sql(), word);
        assert_eq!(Protection::from_sql(word), Some(protection));
    }
    for word in ["", "Key", "key ", "none"] {
        assert_eq!(Protection::from_sql(word), None, "{word}");
    }
}

/// What Python's `hashlib.blake2b` makes of the same key, salt and bytes.
#[test]
fn the_macs() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let salt = [1; SALT];
    let keys = Keys::derive(&Key::Bytes(Zeroizing::new([7; 32])), &salt, None);
    let keys = keys.expect("it costs nothing").expect("it is a key");
    assert_eq!(hex(&*keys.encryption), "55d8fa260e2d2ced027e5778d7856887c6213f070828b41de7d0a1ae34249e7e");
    assert_eq!(
        hex(&*keys.authentication),
        "763ebb1d2b8e78d6616aa6baf61e7297e32e06ebd63372e08dcc4e43440f577e"
    );
    let authenticator = Authenticator::new(keys.authentication, salt);

    let mut row = PhoneRow::planned(5, 6, String::from("a\u{1f}b"));
    (row.calls, row.exported, row.sent) = (2, 1, Some(1_700_000_000_000));
    (row.reason, row.new_password) = (String::from("né"), Some(Zeroizing::new([0xff, 0].into())));
    row.other_fields = Some(Zeroizing::new(b"\0x".to_vec()));
    (row.provisioned, row.provisioning) = (Some(1_700_000_000_001), String::from("é"));
    (row.registered, row.asked) = (Some(1), Some(1_700_000_000_002));
    row.mac = authenticator.row(&row).into();
    assert_eq!(hex(&row.mac), "2a7ebd79cbd032f90163292731daf6367daf39ff24fce73d26e53a076b24828e");
    assert!(authenticator.is_row(&row));
    let mut rows = RowSet::default();
    rows.toggle(authenticator.addend(&row));
    assert_eq!(
        hex(&authenticator.addend(&row)),
        "2a19bbf44039695fd85e60869bb2de5a8000ed48d8a332f14486ddd38af1a3dd"
    );

    let mut header = Header {
        vendor: String::from("v"),
        tenant: String::from("t"),
        columns: String::from("c"),
        accounts_columns: String::from("c,d\n"),
        length: 16,
        alphabet: String::from("ab"),
        protection: Protection::Passphrase,
        salt,
        key_check: b"k".into(),
        policy: String::from("p"),
        not_containing: String::from("d"),
        extra_headers: String::from("X-A: b"),
        cost: Some(Argon2Cost { memory: 19456, passes: 2, lanes: 1, version: 19 }),
        progress: Progress { proven: 3, next_call: 4, wait_until: 5 },
        generation: 6,
        rows: 1,
        mac: [].into(),
    };
    header.mac = authenticator.head(&header, rows).into();
    assert_eq!(hex(&header.mac), "db96162b67131cfa139d41bc6cd92aaf53a822bc4ca8a5b526c967e958fe5af3");
    assert!(authenticator.is_head(&header, rows));
    assert!(!authenticator.is_head(&header, RowSet::default()));
    assert_eq!(
        hex(&authenticator.anchor(6).finish()),
        "6fc80d0e37466240c2fd525e077fff2df763400c89f0957cad31846c389bd0ae"
    );
}
