//! The journal's key: from a file, the environment, the file of secrets, or the terminal.

use std::{
    fs::File,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use clap::Args;
use sip_password_rotate::{Key, Protection};
use zeroize::Zeroizing;

use crate::{error::CommandError, input, permissions::check_private, secrets::Secrets, seed, signals};

#[derive(Args)]
pub(super) struct FileOption {
    /// Take the journal's key from a file of 32 bytes that only its owner can read; rotate keygen makes one. (Who can read the file is checked, except on Windows)
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl FileOption {
    pub(super) fn file(&self) -> Option<&Path> {
        self.key_file.as_deref()
    }
}

const KEY: &str = "ROTATION_KEY";
const PASSPHRASE: &str = "ROTATION_PASSPHRASE";

/// The secrets of a journal, for the help.
pub(super) const SECRETS: [(&str, &str); 2] = [
    (KEY, "the journal's key, 64 hex digits; or use --key-file"),
    (PASSPHRASE, "or a passphrase; without either, the terminal asks for it"),
];

/// The same, for the help of a command that takes no other secrets.
pub(super) const KEY_HELP: &str = "\
Secrets, in the environment or the --secrets file:
  ROTATION_KEY         the journal's key, 64 hex digits; or use --key-file
  ROTATION_PASSPHRASE  or a passphrase; without either, the terminal asks for it";

/// Where a key can come from.
const SOURCES: &str = "--key-file takes a file of 32 bytes; the --secrets file or the environment can have ROTATION_KEY (64 hex \
                       digits) or ROTATION_PASSPHRASE";

/// The key that was given, if there is one.
pub(super) struct GivenKey(Option<Key>);

impl GivenKey {
    /// The key of the only source that has one.
    pub(super) fn find(file: &FileOption, plaintext: bool, secrets: &Secrets) -> Result<Self, CommandError> {
        let (key, passphrase) = (secrets.find(KEY)?, secrets.find(PASSPHRASE)?);
        let sources = [
            (file.key_file.is_some(), "--key-file"),
            (key.is_some(), KEY),
            (passphrase.is_some(), PASSPHRASE),
            (plaintext, "--plaintext"),
        ];
        let given: Vec<_> = sources.iter().filter(|(given, _)| *given).map(|(_, name)| *name).collect();
        if given.len() > 1 {
            return Err(CommandError::new(format!("expected one key, found {}", given.join(" and "))));
        }
        let key = match (&file.key_file, key, passphrase) {
            (Some(path), ..) => Some(Key::Bytes(read(path)?)),
            (_, Some(digits), _) => {
                let wrong =
                    || CommandError::new(format!("{KEY}: expected 64 hex digits, found another text"));
                Some(Key::Bytes(bytes(&digits).ok_or_else(wrong)?))
            }
            (.., Some(passphrase)) if passphrase.is_empty() => {
                return Err(CommandError::new(format!("{PASSPHRASE} is empty")));
            }
            (.., Some(passphrase)) => Some(Key::Passphrase(passphrase)),
            _ if plaintext => Some(Key::Plaintext),
            _ => None,
        };
        Ok(Self(key))
    }

    /// Whether there is one.
    pub(super) const fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// For a new journal. The terminal asks for a new passphrase twice.
    pub(super) fn for_new(self) -> Result<Key, CommandError> {
        let passphrase = match self.0 {
            Some(key) => {
                check_strength(&key)?;
                return Ok(key);
            }
            None if !io::stdin().is_terminal() => {
                return Err(CommandError::new(format!(
                    "the new journal needs a key: {SOURCES}. To encrypt nothing, use --plaintext"
                )));
            }
            None => ask("Passphrase for the new journal: ")?,
        };
        if *passphrase != *ask("The same passphrase again: ")? {
            return Err(CommandError::new("the two passphrases differ; nothing was written"));
        }
        let key = Key::Passphrase(passphrase);
        check_strength(&key)?;
        Ok(key)
    }

    /// For a new journal that nobody will read. The terminal asks for nothing, and everything is encrypted.
    pub(super) fn for_draft(self) -> Result<Key, CommandError> {
        match self.0 {
            None | Some(Key::Plaintext) => Ok(Key::Bytes(seed::random()?)),
            Some(key) => {
                check_strength(&key)?;
                Ok(key)
            }
        }
    }

    /// For the journal at `path`, which has this protection.
    pub(super) fn for_existing(self, protection: Protection, path: &Path) -> Result<Key, CommandError> {
        let (expected, planned_with) = match protection {
            Protection::Bytes => ("that key, from --key-file or as ROTATION_KEY", "a key"),
            Protection::Passphrase => {
                ("that passphrase, as ROTATION_PASSPHRASE or at the terminal", "a passphrase")
            }
            Protection::Plaintext => ("no key", "--plaintext"),
        };
        let found = match self.0 {
            Some(key) if key.protection() == protection => return Ok(key),
            None if protection == Protection::Plaintext => return Ok(Key::Plaintext),
            None if protection == Protection::Passphrase && io::stdin().is_terminal() => {
                return Ok(Key::Passphrase(ask(&format!("Passphrase of {path:?}: "))?));
            }
            Some(key) => match key.protection() {
                Protection::Bytes => "a key",
                Protection::Passphrase => "a passphrase",
                Protection::Plaintext => "--plaintext",
            },
            None => "none",
        };
        Err(CommandError::new(format!(
            "the journal {path:?} was planned with {planned_with}: expected {expected}, found {found}"
        )))
    }
}

/// The shortest passphrase for a new journal, in characters: NIST SP 800-63B-4, section 3.1.1.2, has 8 for a password that is not the
/// only factor. The journal is the other one: whoever guesses must have the file.
const MIN_PASSPHRASE: usize = 8;

/// The commonest passwords of at least 8 characters in lists of stolen ones, in lower case. Whoever has the journal tries them first.
const COMMONEST: [&str; 40] = [
    "00000000",
    "0123456789",
    "11111111",
    "12121212",
    "12341234",
    "12344321",
    "12345678",
    "123456789",
    "1234567890",
    "123123123",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "87654321",
    "987654321",
    "a1b2c3d4",
    "aa123456",
    "abc12345",
    "abcd1234",
    "abcdefgh",
    "administrator",
    "asdfghjkl",
    "baseball",
    "changeme",
    "football",
    "iloveyou",
    "letmein1",
    "p@ssw0rd",
    "passphrase",
    "password",
    "password1",
    "password123",
    "passw0rd",
    "princess",
    "qwerty123",
    "qwertyui",
    "qwertyuiop",
    "sunshine",
    "superman",
    "trustno1",
];

/// Refuses a key that is soon guessed. An existing journal is opened with whatever key it was planned with.
fn check_strength(key: &Key) -> Result<(), CommandError> {
    let is_constant = |bytes: &[u8]| bytes.iter().all(|byte| *byte == bytes[0]);
    match key {
        Key::Bytes(bytes) if is_constant(&bytes[..]) => Err(CommandError::new(
            "the key is weak: expected 32 random bytes, found one byte 32 times; sip-password rotate keygen FILE makes a new one",
        )),
        Key::Passphrase(text) if text.chars().count() < MIN_PASSPHRASE => Err(CommandError::new(format!(
            "the passphrase is weak: expected at least {MIN_PASSPHRASE} characters, found fewer"
        ))),
        Key::Passphrase(text) if is_common(text) => Err(CommandError::new(
            "the passphrase is weak: it is among the commonest ones, which are tried first; choose another",
        )),
        _ => Ok(()),
    }
}

fn is_common(passphrase: &str) -> bool {
    let is_repeated = passphrase.chars().all(|char| passphrase.starts_with(char));
    is_repeated
        || COMMONEST.iter().any(|common| passphrase.eq_ignore_ascii_case(common))
        || is_known_default(passphrase)
}

/// Whether `validate --deny-defaults` would refuse the passphrase as a password.
#[cfg(feature = "strength")]
fn is_known_default(passphrase: &str) -> bool {
    sip_password_weak::known_default(passphrase.as_bytes(), &[]).is_some()
}

#[cfg(not(feature = "strength"))]
fn is_known_default(_: &str) -> bool {
    false
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, CommandError> {
    let answer = signals::with_hidden_input(|| rpassword::prompt_password(prompt));
    if answer.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {
        // The prompt has read Ctrl-C as a character: no signal comes.
        signals::signalled();
    }
    let passphrase = answer
        .map(Zeroizing::new)
        .map_err(|error| CommandError::Io { action: "cannot ask for the passphrase".into(), error })?;
    match passphrase.is_empty() {
        true => Err(CommandError::new("the passphrase is empty")),
        false => Ok(passphrase),
    }
}

fn read(path: &Path) -> Result<Zeroizing<[u8; 32]>, CommandError> {
    let file = File::open(path).map_err(CommandError::with("read", path))?;
    check_private(&file, path)?;
    input::exactly(file, &format!("{path:?}"), "--key-file")
}

/// The bytes of 64 hex digits.
fn bytes(digits: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    // It would take fewer.
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    base16ct::mixed::decode(digits, &mut *bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_keys_are_refused() {
        let passphrase = |text: &str| Key::Passphrase(Zeroizing::new(text.into()));
        for weak in
            ["", "a", "1234567", "ééééééé", "12345678", "Password", "CHANGEME", "aaaaaaaaaaaa", "        "]
        {
            let error = check_strength(&passphrase(weak)).expect_err(weak).to_string();
            assert!(
                error.contains("is weak") && (weak.is_empty() || weak == "a" || !error.contains(weak)),
                "{error}"
            );
        }
        for strong in ["fake-8-x", "correct horse", "éééééééa"] {
            assert!(check_strength(&passphrase(strong)).is_ok(), "{strong}");
        }
        #[cfg(feature = "strength")]
        for known in ["Huawei@2024", "1qaz@WSX3edc", "abcdefg1"] {
            assert!(check_strength(&passphrase(known)).is_err(), "{known}");
        }
        for byte in [0, 7, 255] {
            assert!(check_strength(&Key::Bytes(Zeroizing::new([byte; 32]))).is_err());
        }
        let mut bytes = [7; 32];
        bytes[31] = 8;
        assert!(check_strength(&Key::Bytes(Zeroizing::new(bytes))).is_ok());
        assert!(check_strength(&Key::Plaintext).is_ok());
        assert!(
            COMMONEST
                .iter()
                .all(|common| common.len() >= MIN_PASSPHRASE && *common == common.to_ascii_lowercase())
        );
    }

    #[test]
    fn hex_digits() {
        let digits: String = (0..32).map(|byte| format!("{:02x}", byte * 8 + 1)).collect();
        let expected: Vec<u8> = (0..32).map(|byte| byte * 8 + 1).collect();
        for digits in [digits.clone(), digits.to_uppercase()] {
            assert_eq!(bytes(&digits).expect("it is a key")[..], expected);
        }
        for wrong in
            ["", &digits[1..], &format!("{digits}0"), &digits.replace('0', "g"), &digits.replace("01", "é")]
        {
            assert!(bytes(wrong).is_none(), "{wrong}");
        }
    }
}
