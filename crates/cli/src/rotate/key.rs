//! The journal's key: from a file, the environment, the file of secrets, or the terminal.

use std::{
    fs::File,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use clap::Args;
use sip_password_rotate::{Key, Protection};
use zeroize::Zeroizing;

use crate::{
    failure::Failure,
    input,
    secrets::{self, Secrets},
    seed,
};

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
/// What there is to choose from.
const SOURCES: &str = "--key-file takes a file of 32 bytes; ROTATION_KEY (64 hex digits) and ROTATION_PASSPHRASE are \
                       looked for in the --secrets file and in the environment";

/// The key as it was given, if it was.
pub(super) struct Given(Option<Key>);

impl Given {
    /// From the one source that has it.
    pub(super) fn find(file: &FileOption, plaintext: bool, secrets: &Secrets) -> Result<Self, Failure> {
        let (key, passphrase) = (secrets.find(KEY)?, secrets.find(PASSPHRASE)?);
        let sources = [
            (file.key_file.is_some(), "--key-file"),
            (key.is_some(), KEY),
            (passphrase.is_some(), PASSPHRASE),
            (plaintext, "--plaintext"),
        ];
        let given: Vec<_> = sources.iter().filter(|(given, _)| *given).map(|(_, name)| *name).collect();
        if given.len() > 1 {
            return Err(Failure::Use(format!("{}: one of them, and no more", given.join(" and "))));
        }
        let key = match (&file.key_file, key, passphrase) {
            (Some(path), ..) => Some(Key::Bytes(read(path)?)),
            (_, Some(digits), _) => Some(Key::Bytes(
                bytes(&digits).ok_or_else(|| Failure::Use(format!("{KEY} is not of 64 hex digits")))?,
            )),
            (.., Some(passphrase)) if passphrase.is_empty() => {
                return Err(Failure::Use(format!("{PASSPHRASE} is empty")));
            }
            (.., Some(passphrase)) => Some(Key::Passphrase(passphrase)),
            _ if plaintext => Some(Key::Plaintext),
            _ => None,
        };
        Ok(Self(key))
    }

    /// For a new journal; a passphrase that is asked for is asked for twice.
    pub(super) fn for_new(self) -> Result<Key, Failure> {
        let key = match self.0 {
            Some(key) => return Ok(key),
            None if !io::stdin().is_terminal() => {
                return Err(Failure::Use(format!(
                    "the journal needs a key: {SOURCES}. With --plaintext nothing is encrypted"
                )));
            }
            None => ask("Passphrase for the new journal: ")?,
        };
        if *key != *ask("The same again: ")? {
            return Err(Failure::Use("these are two passphrases; nothing was done".into()));
        }
        Ok(Key::Passphrase(key))
    }

    /// For a new journal that nobody will read: nothing is asked for, and nothing is left in the clear.
    pub(super) fn for_draft(self) -> Result<Key, Failure> {
        match self.0 {
            None | Some(Key::Plaintext) => Ok(Key::Bytes(seed::random()?)),
            Some(key) => Ok(key),
        }
    }

    /// For the journal at `path`, which is protected so.
    pub(super) fn for_existing(self, protection: Protection, path: &Path) -> Result<Key, Failure> {
        let (wanted, of) = match protection {
            Protection::Bytes => ("that key, by --key-file or as ROTATION_KEY", "with a key"),
            Protection::Passphrase => {
                ("that passphrase, as ROTATION_PASSPHRASE or at the terminal", "with a passphrase")
            }
            Protection::Plaintext => ("no key", "with --plaintext"),
        };
        match self.0 {
            Some(key) if key.protection() == protection => Ok(key),
            Some(_) => Err(Failure::Use(format!(
                "the journal {path:?} was planned {of}, and another kind was given; it takes {wanted}"
            ))),
            None if protection == Protection::Plaintext => Ok(Key::Plaintext),
            None if protection == Protection::Passphrase && io::stdin().is_terminal() => {
                Ok(Key::Passphrase(ask(&format!("Passphrase of {path:?}: "))?))
            }
            None => Err(Failure::Use(format!(
                "the journal {path:?} was planned {of}, and takes {wanted}, in the --secrets file or the environment"
            ))),
        }
    }
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let asked = rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|why| Failure::Io { doing: "cannot ask for the passphrase".into(), why })?;
    match asked.is_empty() {
        true => Err(Failure::Use("the passphrase is empty".into())),
        false => Ok(asked),
    }
}

fn read(path: &Path) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let file = File::open(path).map_err(Failure::with("read", path))?;
    secrets::private(&file, path)?;
    input::exactly(file, &format!("{path:?}"), "--key-file: a key")
}

/// 64 hex digits as 32 bytes.
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
