//! Secrets from the environment or a file. Never from an argument: every user of the machine can read those.

use std::{
    env,
    fs::{File, Metadata},
    path::{Path, PathBuf},
    str,
};

use clap::Args;
use zeroize::Zeroizing;

use super::{error::CommandError, input};

#[derive(Args)]
// Other modules have a struct of this name, and `clap` would take them for one group.
#[group(skip)]
pub(super) struct Options {
    /// Take the secrets from a file that only its owner can read, one NAME=VALUE a line; a secret that the file lacks is taken from the environment
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Refused, like its aliases: these are secrets
    #[arg(long, hide = true, aliases = [
        "account-password", "account-pwd", "api-key", "api-token", "app-key", "app-secret", "appkey", "key",
        "new-password", "passphrase", "rotation-key", "rotation-passphrase", "secret", "secret-key", "secretkey",
        "token",
    ])]
    password: Option<String>,
}

impl Options {
    /// The file that was named.
    pub(super) fn file(&self) -> Option<&Path> {
        self.secrets.as_deref()
    }

    /// Refuses a secret that was given as an argument, and says where to put it.
    fn refuse_arguments(&self) -> Result<(), CommandError> {
        match self.password {
            None => Ok(()),
            Some(_) => Err(CommandError::new(
                "a secret cannot be an argument: every user of the machine can read it there. Replace this secret, and put \
                 the new one into the environment or a --secrets file, under the name that --help shows",
            )),
        }
    }

    pub(super) fn open(&self) -> Result<Secrets, CommandError> {
        self.refuse_arguments()?;
        Secrets::open(self.secrets.as_deref())
    }
}

/// The secrets of the file, if there is one, and of the environment.
pub(super) struct Secrets {
    file: Option<(PathBuf, Zeroizing<Vec<u8>>)>,
}

/// The longest file of secrets, in bytes: far longer than those of any vendor.
const MAX_FILE: usize = 1 << 16;

impl Secrets {
    fn open(path: Option<&Path>) -> Result<Self, CommandError> {
        let Some(path) = path else { return Ok(Self { file: None }) };
        let file = File::open(path).map_err(CommandError::with("read", path))?;
        check_private(&file, path)?;
        // The buffer never grows, so no copy is left behind. One byte more shows that the file is too long.
        let mut text = Zeroizing::new(vec![0; MAX_FILE + 1]);
        let length = input::fill(file, &mut text).map_err(CommandError::with("read", path))?;
        if length > MAX_FILE {
            return Err(CommandError::new(format!(
                "{path:?}: expected a file of secrets of at most {MAX_FILE} bytes, found more"
            )));
        }
        text.truncate(length);
        for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
            let expected = |found| {
                let message = format!("{path:?}, line {number}: expected NAME=VALUE, found {found}");
                Err(CommandError::new(message))
            };
            match str::from_utf8(line).map(str::trim) {
                Err(_) => return expected("bytes that are not UTF-8"),
                Ok(line) if line.is_empty() || line.starts_with('#') => {}
                Ok(line) if line.split_once('=').is_none_or(|(name, _)| name.trim().is_empty()) => {
                    return expected("no name, or no =");
                }
                Ok(_) => {}
            }
        }
        Ok(Self { file: Some((path.to_owned(), text)) })
    }

    /// Whether the file has a secret of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.in_file(name).next().is_some()
    }

    /// The values that the file has for a name.
    fn in_file(&self, name: &str) -> impl Iterator<Item = &str> {
        let text = self.file.as_ref().map_or(&[][..], |(_, text)| text);
        text.split(|&byte| byte == b'\n').filter_map(move |line| value(line, name))
    }

    /// The secret of this name, if there is one.
    pub(super) fn find(&self, name: &str) -> Result<Option<Zeroizing<String>>, CommandError> {
        let mut values = self.in_file(name);
        match (values.next(), values.next()) {
            // The wrong one could lock the account, so neither is tried.
            (Some(_), Some(_)) => {
                return Err(CommandError::new(format!("the --secrets file has {name} twice; keep one")));
            }
            (Some(value), None) => return Ok(Some(Zeroizing::new(value.to_owned()))),
            (None, _) => {}
        }
        match env::var(name) {
            Ok(value) => Ok(Some(Zeroizing::new(value))),
            Err(env::VarError::NotPresent) => Ok(None),
            Err(env::VarError::NotUnicode(_)) => {
                Err(CommandError::new(format!("{name} in the environment is not UTF-8")))
            }
        }
    }

    /// The secret of this name.
    pub(super) fn get(&self, name: &str) -> Result<Zeroizing<String>, CommandError> {
        self.find(name)?.ok_or_else(|| {
            CommandError::new(match &self.file {
                Some((path, _)) => format!("{name} is neither in {path:?} nor in the environment"),
                None => format!("{name} is not in the environment; --secrets takes a file that has it"),
            })
        })
    }
}

/// The value that a line has for a name: the text after `=`, without the quotes that shells need.
fn value<'a>(line: &'a [u8], name: &str) -> Option<&'a str> {
    let line = str::from_utf8(line).ok()?.trim();
    let (found, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let value = value.trim();
    let unquoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    (found.trim() == name).then(|| unquoted.unwrap_or(value))
}

/// Refuses a file that others can read.
pub(super) fn check_private(file: &File, path: &Path) -> Result<(), CommandError> {
    if is_shared(&file.metadata().map_err(CommandError::with("read", path))?) {
        return Err(CommandError::new(format!(
            "{path:?} can be read by others than its owner; first run chmod 600 on it"
        )));
    }
    Ok(())
}

/// Whether others can read a file.
#[cfg(unix)]
pub(super) fn is_shared(file: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;

    file.permissions().mode() & 0o077 != 0
}

/// Whether others can read a file. Unknown on this system.
#[cfg(not(unix))]
pub(super) fn is_shared(_: &Metadata) -> bool {
    false
}
