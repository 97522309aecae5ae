//! Secrets from the environment or a file. Never from an argument, which every user of a machine can read.

use std::{
    env,
    fs::{File, Metadata},
    path::{Path, PathBuf},
    str,
};

use clap::Args;
use zeroize::Zeroizing;

use super::{failure::Failure, input};

#[derive(Args)]
// Its name is that of others, and `clap` would make a group of each.
#[group(skip)]
pub(super) struct Options {
    /// Take the secrets from a file that only its owner can read, a NAME=VALUE a line, before the environment
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Refused, with its aliases: they are secrets
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

    /// Refuses a secret that came as an argument, and says where it belongs.
    pub(super) fn refuse_arguments(&self) -> Result<(), Failure> {
        match self.password {
            None => Ok(()),
            Some(_) => Err(Failure::Use(
                "a secret is no argument: every user of the machine can read those. Put it into the environment or \
                 into a --secrets file, under the name that --help has, and take another from now on"
                    .into(),
            )),
        }
    }

    pub(super) fn open(&self) -> Result<Secrets, Failure> {
        self.refuse_arguments()?;
        Secrets::open(self.secrets.as_deref())
    }
}

/// Where secrets come from: the file first, where there is one.
pub(super) struct Secrets {
    file: Option<(PathBuf, Zeroizing<Vec<u8>>)>,
}

/// The longest file, in bytes: far more than the secrets of any vendor.
const LONGEST: usize = 1 << 16;

impl Secrets {
    fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self { file: None }) };
        let file = File::open(path).map_err(Failure::with("read", path))?;
        private(&file, path)?;
        // Of one size from the start, so that no copy is left behind.
        let mut text = Zeroizing::new(vec![0; LONGEST + 1]);
        let length = input::fill(file, &mut text).map_err(Failure::with("read", path))?;
        if length > LONGEST {
            return Err(Failure::Use(format!("{path:?} has more than {LONGEST} bytes: no file of secrets")));
        }
        text.truncate(length);
        for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
            let wrong =
                |what| Err(Failure::Use(format!("{path:?}, line {number}: {what}; right is NAME=VALUE")));
            match str::from_utf8(line).map(str::trim) {
                Err(_) => return wrong("not UTF-8"),
                Ok(line) if line.is_empty() || line.starts_with('#') => {}
                Ok(line) if line.split_once('=').is_none_or(|(name, _)| name.trim().is_empty()) => {
                    return wrong("no name, or no =");
                }
                Ok(_) => {}
            }
        }
        Ok(Self { file: Some((path.to_owned(), text)) })
    }

    /// Whether the file has it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.in_file(name).next().is_some()
    }

    /// What the file says of `name`, line by line.
    fn in_file(&self, name: &str) -> impl Iterator<Item = &str> {
        let text = self.file.as_ref().map_or(&[][..], |(_, text)| text);
        text.split(|&byte| byte == b'\n').filter_map(move |line| value(line, name))
    }

    /// The secret of that name, where there is one.
    pub(super) fn find(&self, name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
        let mut values = self.in_file(name);
        match (values.next(), values.next()) {
            // A wrong one could lock the account, so there is no guessing.
            (Some(_), Some(_)) => {
                return Err(Failure::Use(format!("{name} stands in the --secrets file twice")));
            }
            (Some(value), None) => return Ok(Some(Zeroizing::new(value.to_owned()))),
            (None, _) => {}
        }
        match env::var(name) {
            Ok(value) => Ok(Some(Zeroizing::new(value))),
            Err(env::VarError::NotPresent) => Ok(None),
            Err(env::VarError::NotUnicode(_)) => {
                Err(Failure::Use(format!("{name} in the environment is not UTF-8")))
            }
        }
    }

    /// The secret of that name.
    pub(super) fn get(&self, name: &str) -> Result<Zeroizing<String>, Failure> {
        self.find(name)?.ok_or_else(|| {
            let file = match &self.file {
                Some((path, _)) => format!("neither in {path:?} nor in the environment"),
                None => "not in the environment; --secrets takes a file with it".into(),
            };
            Failure::Use(format!("{name} is {file}"))
        })
    }
}

/// What a line says of `name`: what follows `=`, without the quotes around it that shells have.
fn value<'a>(line: &'a [u8], name: &str) -> Option<&'a str> {
    let line = str::from_utf8(line).ok()?.trim();
    let (found, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let value = value.trim();
    let quoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    (found.trim() == name).then(|| quoted.unwrap_or(value))
}

/// That nobody else can read the file.
pub(super) fn private(file: &File, path: &Path) -> Result<(), Failure> {
    if is_shared(&file.metadata().map_err(Failure::with("read", path))?) {
        return Err(Failure::Use(format!("{path:?} can be read by others than its owner: chmod 600 first")));
    }
    Ok(())
}

/// Whether others can read a file.
#[cfg(unix)]
pub(super) fn is_shared(file: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;

    file.permissions().mode() & 0o077 != 0
}

/// Whether others can read a file: there is no telling here.
#[cfg(not(unix))]
pub(super) fn is_shared(_: &Metadata) -> bool {
    false
}
