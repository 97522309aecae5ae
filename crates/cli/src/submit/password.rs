//! The new password of a phone.

use std::{
    fs::File,
    io::{IsTerminal, Read},
    path::Path,
    str,
};

use sip_password::{Keystream, api::NewPassword};
use zeroize::Zeroizing;

use super::contradiction::without_kept;
use crate::{
    encoding,
    error::CommandError,
    input,
    json::Object,
    output::Output,
    policy::{
        NamedPolicy,
        options::{Exclusions, Length},
    },
    progress::ask_on_terminal,
    report, seed,
    signals::without_echo,
};

/// The longest line that can hold the password, in bytes: longer than any password.
const MAX_LINE: usize = 1024;

/// A new password, and the policy that it follows.
pub(crate) struct PhonePassword {
    pub(super) policy: NamedPolicy,
    /// Whether the policy is the tenant's own, and not the vendor's.
    pub(super) is_own: bool,
    characters: Zeroizing<Vec<u8>>,
    /// The names of its phone, each with what it is.
    names: Vec<(&'static str, String)>,
}

impl PhonePassword {
    /// Generates a password.
    pub(super) fn generate(
        policy: NamedPolicy,
        is_own: bool,
        exclusions: &Exclusions,
        length: &Length,
    ) -> Result<Self, CommandError> {
        let narrowed = policy.without(exclusions, length)?;
        let mut characters = Zeroizing::new(vec![0; narrowed.length(length)?]);
        let mut keystream = Keystream::new(&seed::seed(None)?);
        let generated = narrowed.policy().generate(&mut keystream, &mut characters);
        generated.map_err(|error| CommandError::new(error.to_string()))?;
        Ok(Self { policy, is_own, characters, names: Vec::new() })
    }

    /// Reads a password from a file, or from standard input if there is no path.
    pub(super) fn read(policy: NamedPolicy, is_own: bool, path: Option<&Path>) -> Result<Self, CommandError> {
        let (source, name) = input::open(path)?;
        if path.is_none() && source.is_terminal() {
            return Self::ask(policy, is_own, source);
        }
        let password = Self { policy, is_own, characters: line(source, &name)?, names: Vec::new() };
        password.checked().map_err(|error| CommandError::new(format!("{name}: {error}")))?;
        Ok(password)
    }

    /// Asks for a password at a terminal, which does not show it, until one is compliant.
    fn ask(policy: NamedPolicy, is_own: bool, mut terminal: File) -> Result<Self, CommandError> {
        let mut password = Self { policy, is_own, characters: Zeroizing::default(), names: Vec::new() };
        let ask = || {
            loop {
                ask_on_terminal("New password: ");
                let mut line = Zeroizing::new(vec![0; MAX_LINE + 1]);
                // A terminal gives one line at a time.
                let length = terminal.read(&mut line).map_err(CommandError::reading("the terminal"))?;
                line.truncate(length);
                if line.is_empty() {
                    ask_on_terminal("\n");
                    return Err(CommandError::new("expected a password, found the end of the input"));
                }
                if line.ends_with(b"\n") {
                    line.pop();
                }
                password.characters = line;
                match password.checked() {
                    Ok(_) => return Ok(password),
                    Err(error) => report(&format!("sip-password: {error}; Ctrl-D ends")),
                }
            }
        };
        without_echo(ask).map_err(CommandError::reading("the terminal"))?
    }

    /// The password, checked by its policy.
    pub(crate) fn checked(&self) -> Result<NewPassword<'_>, CommandError> {
        let (name, rule) = (self.policy.name(), self.policy.policy());
        let password = rule.check(&*self.characters).map_err(|violations| {
            CommandError::new(format!(
                "expected a password that is compliant with {name}, found {violations}"
            ))
        })?;
        Ok(if self.is_own { NewPassword::TenantPolicy { password, policy: rule } } else { password.into() })
    }

    pub(super) fn text(&self) -> &str {
        str::from_utf8(&self.characters).expect("a compliant password is ASCII")
    }

    /// The password of a phone with these names.
    pub(super) fn of(mut self, names: &[(&'static str, &str)]) -> Self {
        self.names = names.iter().map(|(name, value)| (*name, String::from(*value))).collect();
        self
    }

    /// What a program is told that hands the password on: a line of JSON, as of `rotate`.
    pub(super) fn record(&self) -> Zeroizing<Vec<u8>> {
        // Longer than it gets, so that no copy is left behind.
        let mut record = Zeroizing::new(Vec::with_capacity(1 << 16));
        let mut object = Object::begin(&mut record);
        for (name, value) in &self.names {
            object.member(name, &**value);
        }
        object.member("password", self.text()).end();
        record.push(b'\n');
        record
    }

    /// Writes the password to a file, so that it cannot be lost.
    pub(super) fn write(&self, mut output: Output) -> Result<(), CommandError> {
        output.record(|to| {
            to.extend_from_slice(&self.characters);
            to.push(b'\n');
        })?;
        output.finish()
    }
}

/// The only line of a file or of standard input, in memory that is wiped.
fn line(source: File, name: &str) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let mut found = Zeroizing::new(vec![0; MAX_LINE + 1]);
    let length = input::fill(source, &mut found).map_err(CommandError::reading(name))?;
    found.truncate(length);
    if sip_password::is_utf_16(&found) {
        return Err(CommandError::new(format!("{name}: {}", encoding::UTF_16)));
    }
    let text = without_kept(&found);
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if text.is_empty() || text.contains(&b'\n') || length > MAX_LINE {
        return Err(CommandError::new(format!("{name}: expected one line with the password")));
    }
    Ok(Zeroizing::new(text.to_vec()))
}
