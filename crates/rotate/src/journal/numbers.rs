//! Every number and word that a journal on disk contains, each asserted by name: a change makes existing journals unreadable, or worse.

use super::{encryption::*, schema::*, state::*, *};

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
    assert_eq!(VERSION, 3);
    assert_eq!(KEY_CHECK, "sip-password rotation journal");
    assert_eq!(NAME_SEPARATOR, "\u{1f}");
}

#[test]
fn the_context_that_a_secret_is_bound_to() {
    assert_eq!(context(&[7; SALT], "a\u{1f}b", SecretKind::New), [&[7; SALT][..], b"\x01a\x1fb"].concat());
    assert_eq!(context(&[7; SALT], "a", SecretKind::Account), [&[7; SALT][..], b"\x02a"].concat());
    assert_eq!(context(&[7; SALT], "a", SecretKind::Vendor), [&[7; SALT][..], b"\x03a"].concat());
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
