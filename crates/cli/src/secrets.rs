//! Secrets from the environment or a file. Never from an argument: every user of the machine can read those.

mod dotenv;

use std::{
    env,
    fs::File,
    path::{Path, PathBuf},
};

use clap::Args;
use zeroize::Zeroizing;

use super::{encoding, error::CommandError, input, permissions::check_private, usage::SECRET_TIP};
use dotenv::Entry;

#[derive(Args)]
// Other modules have a struct of this name, and `clap` would take them for one group.
#[group(skip)]
pub(super) struct Options {
    /// Take the secrets from a file that only its owner can read, one NAME=VALUE a line, in dotenv's grammar: quote a value with single quotes if it has spaces, quotes, $, # or a backslash. A secret that the file lacks is taken from the environment. (Who can read the file is checked, except on Windows)
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
            Some(_) => Err(CommandError::new(SECRET_TIP)),
        }
    }

    pub(super) fn open(&self) -> Result<Secrets, CommandError> {
        self.refuse_arguments()?;
        Secrets::open(self.secrets.as_deref())
    }
}

/// The secrets of the file, if there is one, and of the environment.
pub(super) struct Secrets {
    file: Option<(PathBuf, Vec<Entry>)>,
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
        if sip_password::is_utf_16(&text) {
            return Err(CommandError::new(format!("{path:?}: {}", encoding::UTF_16)));
        }
        let entries =
            dotenv::parse(&text).map_err(|error| CommandError::new(format!("{path:?}, {error}")))?;
        Ok(Self { file: Some((path.to_owned(), entries)) })
    }

    /// Whether the file has a secret of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.in_file(name).next().is_some()
    }

    fn entries(&self) -> &[Entry] {
        self.file.as_ref().map_or(&[], |(_, entries)| entries)
    }

    /// The entries that the file has for a name.
    fn in_file(&self, name: &str) -> impl Iterator<Item = &Entry> {
        self.entries().iter().filter(move |entry| entry.name == name)
    }

    /// The secret of this name, if there is one.
    pub(super) fn find(&self, name: &str) -> Result<Option<Zeroizing<String>>, CommandError> {
        let mut entries = self.in_file(name);
        match (entries.next(), entries.next()) {
            // The wrong one could lock the account, so neither is tried.
            (Some(one), Some(other)) => {
                return Err(CommandError::new(format!(
                    "the --secrets file has {name} twice, in lines {} and {}; keep one",
                    one.line, other.line
                )));
            }
            (Some(entry), None) => return Ok(Some(entry.value.clone())),
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
        self.find(name)?.ok_or_else(|| self.missing(name))
    }

    fn missing(&self, name: &str) -> CommandError {
        let in_other_case = self.entries().iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
        CommandError::new(match (&self.file, in_other_case) {
            (Some((path, _)), Some(entry)) => format!(
                "{name} is neither in {path:?} nor in the environment: expected the name {name}, in capital letters, found {} in \
                 line {}",
                entry.name, entry.line
            ),
            (Some((path, _)), None) => format!("{name} is neither in {path:?} nor in the environment"),
            (None, _) => format!("{name} is not in the environment; --secrets takes a file that has it"),
        })
    }
}
