//! What a template makes of phones, one after another.

use std::path::{Path, PathBuf};

use sip_password_provision::{Phone, Target, Template, variable};
use zeroize::Zeroizing;

use super::directory::Staged;
use crate::{error::CommandError, output::Output, plural, progress::clear_line, report, usage::HIDDEN};

/// The variables that may have other names in a list, most usual first.
const ALIASES: [(&str, &[&str]); 3] = [
    (
        "user",
        &["username", "user_name", "sip_user", "auth_user", "extension", "account", "user_account", "number"],
    ),
    ("mac", &["mac_address", "macaddress", "mac_addr", "device_mac"]),
    ("name", &["display_name", "displayname", "full_name", "fullname"]),
];

/// Where the phones go.
pub(super) enum Destination {
    File(Output),
    /// With the name of the file of all phones.
    Directory(Staged, String),
}

/// Files of phones, which appear when all are complete.
pub(crate) struct Sheet {
    template: Template,
    target: Option<&'static Target>,
    /// The names of the columns.
    names: Vec<String>,
    /// The column that no variable has.
    secret: Option<usize>,
    /// Variables, and the columns that they have.
    mapped: Vec<(String, usize)>,
    set: Vec<(String, String)>,
    destination: Destination,
    /// What goes to standard output, which must not have a part of the phones either.
    collected: Zeroizing<Vec<u8>>,
    /// The last phone: whether another follows is a variable.
    waiting: Option<(Phone, String)>,
    /// The number of phones that were written.
    number: u64,
    wrong: u64,
}

/// A phone.
pub(crate) struct Fields<'a> {
    /// The line of the list, if there is one.
    pub(crate) line: Option<u64>,
    /// The columns, in the order of their names.
    pub(crate) fields: &'a [&'a str],
    /// Variables that are wiped.
    pub(crate) secrets: &'a [(&'a str, &'a str)],
}

impl Sheet {
    pub(super) fn new(
        template: Template,
        target: Option<&'static Target>,
        names: Vec<String>,
        secret: Option<usize>,
        mut mapped: Vec<(String, usize)>,
        set: Vec<(String, String)>,
        destination: Destination,
    ) -> Self {
        for (name, aliases) in ALIASES {
            let is_given =
                mapped.iter().any(|(given, _)| given == name) || set.iter().any(|(given, _)| given == name);
            let columns = || names.iter().enumerate().filter(|&(column, _)| Some(column) != secret);
            let column =
                |name: &str| columns().find(|(_, column)| variable(column) == name).map(|(column, _)| column);
            if !is_given && column(name).is_none() {
                mapped.extend(
                    aliases.iter().find_map(|alias| column(alias)).map(|column| (name.to_owned(), column)),
                );
            }
        }
        Self {
            template,
            target,
            names,
            secret,
            mapped,
            set,
            destination,
            collected: Zeroizing::default(),
            waiting: None,
            number: 0,
            wrong: 0,
        }
    }

    /// Writes a phone. If it cannot be written, that is reported, and nothing is written at the end.
    pub(crate) fn phone(&mut self, fields: &Fields<'_>) -> Result<(), CommandError> {
        let mut phone = Phone::new();
        for (column, name) in self.names.iter().enumerate() {
            if Some(column) != self.secret {
                phone.column(name, fields.fields.get(column).copied().unwrap_or_default());
            }
        }
        for (name, column) in &self.mapped {
            let field = fields.fields.get(*column).copied().unwrap_or_default();
            if Some(*column) == self.secret { phone.secret(name, field) } else { phone.text(name, field) }
        }
        for (name, text) in &self.set {
            phone.text(name, text);
        }
        for (name, secret) in fields.secrets {
            phone.secret(name, secret);
        }
        // A user whose name is the password, too, is not shown.
        let is_secret = |user: &str| fields.secrets.iter().any(|&(_, secret)| secret == user);
        let place = match (fields.line, phone.get("user")) {
            (None, _) => "the phone".into(),
            (Some(line), Some(user)) if is_secret(user) => format!("line {line} ({HIDDEN})"),
            (Some(line), Some(user)) => format!("line {line} ({user:?})"),
            (Some(line), None) => format!("line {line}"),
        };
        if let (Some(target), [(_, password), ..]) = (self.target, fields.secrets)
            && let Err(error) = target.check_length(password)
        {
            self.wrong(&format!("{place}: {error}"));
            return Ok(());
        }
        match self.waiting.replace((phone, place)) {
            Some((phone, place)) => self.write(&phone, &place, false),
            None => Ok(()),
        }
    }

    /// Reports a row that cannot be written.
    pub(crate) fn wrong(&mut self, message: &str) {
        self.wrong += 1;
        clear_line();
        report(&format!("sip-password: {message}"));
    }

    fn write(&mut self, phone: &Phone, place: &str, is_last: bool) -> Result<(), CommandError> {
        self.number += 1;
        if phone.get("user") == Some("") {
            self.wrong(&format!("{place}: expected a user, found an empty field"));
            return Ok(());
        }
        let rendered = self.template.render(phone, (self.number, is_last));
        let named = rendered.and_then(|content| Ok((content, self.template.file_name(phone)?)));
        match named {
            Err(error) => self.wrong(&format!("{place}: {error}")),
            Ok((content, name)) => self.put(&content, name.as_deref(), place)?,
        }
        Ok(())
    }

    /// Writes a phone's part, unless a phone before is wrong: then nothing appears, and the others are only checked.
    fn put(&mut self, content: &[u8], name: Option<&str>, place: &str) -> Result<(), CommandError> {
        let is_right = self.wrong == 0;
        match &mut self.destination {
            Destination::File(_) if !is_right => {}
            Destination::File(output) if output.path().is_none() => append(content, &mut self.collected),
            Destination::File(output) => output.records(content)?,
            Destination::Directory(staged, of_all) => {
                let is_first = self.number == 1;
                let wrong = if name.is_some() || is_first {
                    staged.refuses(name.unwrap_or(of_all), place)
                } else {
                    None
                };
                if is_right && wrong.is_none() {
                    staged.write(name.unwrap_or(of_all), content, name.is_some() || is_first)?;
                }
                if let Some(wrong) = wrong {
                    self.wrong(&format!("{place}: {wrong}"));
                }
            }
        }
        Ok(())
    }

    /// Writes the last phone, and refuses if one is wrong. The files have no names yet.
    pub(crate) fn complete(&mut self) -> Result<(), CommandError> {
        if let Some((phone, place)) = self.waiting.take() {
            self.write(&phone, &place, true)?;
        }
        match self.wrong {
            0 => Ok(()),
            wrong => Err(CommandError::new(format!(
                "{wrong} phone{} cannot be written, named above; no file was written",
                plural(wrong)
            ))),
        }
    }

    /// The files that there will be.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        match &self.destination {
            Destination::File(output) => output.path().map(Path::to_owned).into_iter().collect(),
            Destination::Directory(staged, _) => staged.files().collect(),
        }
    }

    /// Gives the files their names: what to report.
    pub(crate) fn finish(mut self) -> Result<String, CommandError> {
        self.complete()?;
        let (name, number) = (self.template.name(), self.number);
        let place = match self.destination {
            Destination::File(mut output) => {
                output.records(&self.collected)?;
                output.finish()?;
                String::new()
            }
            Destination::Directory(staged, _) => format!(" in {:?}", staged.finish()?),
        };
        Ok(format!("sip-password: {number} phone{} by template {name}{place}", plural(number)))
    }
}

/// Appends to a buffer that wipes what it leaves behind when it grows.
fn append(more: &[u8], to: &mut Zeroizing<Vec<u8>>) {
    let needed = to.len() + more.len();
    if needed > to.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * to.capacity()).max(1 << 12)));
        larger.extend_from_slice(to);
        *to = larger;
    }
    to.extend_from_slice(more);
}
