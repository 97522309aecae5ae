//! Every place carries a text exactly, or refuses it.

use proptest::prelude::*;
use sip_password_provision::{DigestAlgorithm, Place, Unfit, made_by};

use crate::readers::{PASSWORDS, read, shell};

fn written(place: Place, text: &str) -> Option<String> {
    let mut written = String::from("before ");
    match place.write(text, &mut written) {
        Ok(()) => Some(written.split_off("before ".len())),
        Err(refused) => {
            assert_eq!(written, "before ", "a part of a text that is refused");
            match refused.found {
                Unfit::Character(char) | Unfit::AtAnEnd(char) => assert!(text.contains(char)),
                found => assert_eq!(found, Unfit::Length(text.len())),
            }
            None
        }
    }
}

/// The printable characters that a place refuses somewhere. Anything else is a text that the readers read as it was.
#[test]
fn every_printable_character_in_every_position() {
    for &place in Place::ALL {
        let mut refused: Vec<&str> = Vec::new();
        for password in PASSWORDS.iter() {
            match written(place, password) {
                Some(written) if place == Place::Shell => drop(written), // Below, all at once.
                Some(written) => assert_eq!(read(place, &written), *password, "{place}"),
                None => refused.push(password),
            }
        }
        let expected: &[&str] = match place {
            Place::Line | Place::Pjsip => &[" Abc1Def2", "Abc1Def2 "],
            Place::PjsipSection => {
                &[" Abc1Def2", "Abc1Def2 ", "]Abc1Def2", "Abc1]Def2", "Abc1]]Def2", "Abc1Def2]", "]]>"]
            }
            Place::Sql => &["\\Abc1Def2", "Abc1\\Def2", "Abc1\\\\Def2", "Abc1Def2\\", "\\;", "\\\\"],
            Place::Baresip => {
                &["\"Abc1Def2", "Abc1\"Def2", "Abc1\"\"Def2", "Abc1Def2\"", "Abc1Def2\\", "\\\\", "\"\""]
            }
            _ => &[],
        };
        assert_eq!(refused, expected, "{place}");
    }
}

/// Excel refuses a longer text in a formula than 255 characters.
#[test]
fn long_texts_in_a_spreadsheet() {
    for length in [254, 255, 256, 510, 511, 1000] {
        for pattern in ["\"Ab1", "\"", "A", "A\"\""] {
            let text: String = pattern.chars().cycle().take(length).collect();
            let written = written(Place::Spreadsheet, &text).expect("it takes all");
            assert_eq!(read(Place::Spreadsheet, &written), text, "{length}");
        }
    }
}

/// Asterisk has 80 bytes for a section's name and its end, and cuts off what is longer: two users would become one.
#[test]
fn long_names_of_sections() {
    assert!(written(Place::PjsipSection, &"1".repeat(79)).is_some());
    for name in ["1".repeat(80), "é".repeat(40)] {
        let error = Place::PjsipSection.write(&name, &mut String::new()).expect_err("it is too long");
        assert_eq!(
            error.to_string(),
            "pjsip_section: expected a text that can be the name of a section in Asterisk's files, found 80 bytes, where 79 have room"
        );
    }
}

#[test]
fn a_shell_reads_each() {
    let words: Vec<_> =
        PASSWORDS.iter().map(|password| written(Place::Shell, password).expect("it takes all")).collect();
    assert_eq!(shell(&words), *PASSWORDS);
}

/// Line breaks and other control characters are carried or refused, and never split a line.
#[test]
fn control_characters() {
    for &place in Place::ALL {
        for char in ('\0'..' ').chain(['\u{7f}', '\u{85}', '\u{2028}', '\u{ffff}']) {
            let text = format!("a{char}b");
            let Some(written) = written(place, &text) else { continue };
            // A zero ends an argument; a shell's word is read with the others.
            if place != Place::Shell {
                assert_eq!(read(place, &written), text, "{place} U+{:04X}", u32::from(char));
            }
            let is_of_a_line = matches!(
                place,
                Place::Line
                    | Place::Pjsip
                    | Place::PjsipSection
                    | Place::Baresip
                    | Place::Spreadsheet
                    | Place::Uri
                    | Place::Json
            );
            assert!(!is_of_a_line || !written.contains(['\n', '\r', '\0']), "{place}");
        }
    }
}

proptest! {
    #[test]
    fn any_text(text in "\\PC{0,40}", place in 0..Place::ALL.len()) {
        let place = Place::ALL[place];
        if place != Place::Shell && let Some(written) = written(place, &text) {
            prop_assert!(written.len() <= 12 * text.len() + 8);
            prop_assert_eq!(read(place, &written), text);
        }
    }
}

#[test]
fn names() {
    for &place in Place::ALL {
        assert_eq!(Place::named(place.name()), Some(place));
    }
    assert_eq!(Place::named("html"), None);
    for (name, place) in [
        ("a.XML", Some(Place::Xml)),
        ("a.cfg.j2", Some(Place::Line)),
        ("a.b.sql.jinja2", Some(Place::Sql)),
        ("A.Conf.Jinja", Some(Place::Pjsip)),
        ("xml", None),
        ("a.j2", None),
        ("é", None),
    ] {
        assert_eq!(Place::of_file(name), place, "{name}");
    }
    for (template, made) in [
        ("a.cfg.j2", "a.cfg"),
        ("A.J2", "A"),
        ("a.jinja2", "a"),
        ("a.xml", "a.xml"),
        ("2", "2"),
        ("éj2", "éj2"),
    ] {
        assert_eq!(made_by(template), made);
    }
}

/// Known answers: RFC 2617, section 3.5; the others by Python's hashlib of "Mufasa:http-auth@example.org:Circle of Life", RFC 7616, section 3.9.1.
#[test]
fn ha1() {
    let of = |algorithm: DigestAlgorithm| {
        algorithm.ha1("Mufasa", "http-auth@example.org", "Circle of Life").expect("no colon")
    };
    assert_eq!(*of(DigestAlgorithm::Md5), "3d78807defe7de2157e2b0b6573a855f");
    assert_eq!(
        *of(DigestAlgorithm::Sha256),
        "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
    );
    assert_eq!(
        *of(DigestAlgorithm::Sha512_256),
        "fb174f5c3c7802721517cae13b98e2b8dae2e0118cb705d94ee29946319204ce"
    );
    for (user, realm) in [("a:b", "r"), ("a", "r:s")] {
        assert!(DigestAlgorithm::Md5.ha1(user, realm, "p").is_err());
    }
}
