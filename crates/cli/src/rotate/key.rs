//! The journal's key: from a file, the environment, the file of secrets, or the terminal.

use std::{
    fs::File,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use clap::Args;
use sip_password_rotate::{Key, Protection};
use zeroize::Zeroizing;

use crate::{error::CommandError, input, permissions::check_private, secrets::Secrets, seed};

#[derive(Args)]
pub(super) struct FileOption {
    /// Take the journal's key from a file of 32 bytes that only its owner can read: (umask 077; head -c 32 /dev/urandom > FILE)
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

    /// For a new journal. The terminal asks for a new passphrase twice.
    pub(super) fn for_new(self) -> Result<Key, CommandError> {
        let passphrase = match self.0 {
            Some(key) => return Ok(key),
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
        Ok(Key::Passphrase(passphrase))
    }

    /// For a new journal that nobody will read. The terminal asks for nothing, and everything is encrypted.
    pub(super) fn for_draft(self) -> Result<Key, CommandError> {
        match self.0 {
            None | Some(Key::Plaintext) => Ok(Key::Bytes(seed::random()?)),
            Some(key) => Ok(key),
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

fn ask(prompt: &str) -> Result<Zeroizing<String>, CommandError> {
    let passphrase = rpassword::prompt_password(prompt)
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
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        for &digit in pair {
            *byte = *byte << 4 | char::from(digit).to_digit(16)? as u8;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

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
