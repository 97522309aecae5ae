//! A template, and what it makes of a phone.

use core::fmt;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use minijinja::{Environment, ErrorKind, value::Value};
use zeroize::Zeroizing;

use crate::{engine::environment, error::TemplateError, place::Place, secret::Secret};

/// What the engine calls the template and that of the file's name.
const CONTENT: &str = "content";
const FILE_NAME: &str = "file name";

/// A template of a file, in the language of Jinja2.
///
/// It is rendered once a phone. What it makes of all phones is one file, or each is a file of its own, whose name is another template.
///
/// # Variables
///
/// Those of the [`Phone`], and `loop.index` (from 1), `loop.first` and `loop.last`, for what stands once in a file of all phones. A variable
/// that there is not is an error.
///
/// # Escaping
///
/// A value is escaped for the [`Place`] that the values of the file have. A filter of a place's name (`xml`, `uri`, …) escapes for that place; where the file's place is another,
/// what the filter makes is then escaped for that one too, as a URI in XML must be. `safe` keeps a value as it is.
///
/// Further filters: `ha1(realm)` and `ha1b(realm)`, each with the options `algorithm` (`"MD5"`, `"SHA-256"`, `"SHA-512-256"`), `user` (by default the variable)
/// and, for `ha1b`, `domain` (by default the realm); `mac`, a MAC address as twelve lower-case digits; and those of the engine, such as `upper` and `default`.
///
/// # Secrets
///
/// Passwords, and what the filters above make of them, are wiped. What other filters and the engine's own operations make of them is not. No
/// error has a value.
#[derive(Debug)]
pub struct Template {
    name: String,
    source: String,
    environment: Environment<'static>,
    /// That of the file's name: names of files are not escaped as values of the file are.
    names: Option<(String, Environment<'static>)>,
}

impl Template {
    /// Parses a template. `name` is what errors call it.
    ///
    /// ```
    /// use sip_password_provision::{Phone, Place, Template};
    ///
    /// let template = Template::new("mine", "<P34>{{ password }}</P34>\n", Place::Xml)?;
    /// let mut phone = Phone::new();
    /// phone.secret("password", "Fake&Pass1");
    /// assert_eq!(*template.render(&phone, (1, true))?, *b"<P34>Fake&amp;Pass1</P34>\n");
    /// # Ok::<(), sip_password_provision::TemplateError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TemplateError`] with the line.
    pub fn new(name: &str, source: &str, place: Place) -> Result<Self, TemplateError> {
        let mut environment = environment(place);
        add(&mut environment, CONTENT, source, name)?;
        Ok(Self { name: name.to_owned(), source: source.to_owned(), environment, names: None })
    }

    /// The same, each phone in a file of its own, whose name the template `file_name` makes.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] with the line.
    pub fn with_file_name(mut self, file_name: &str) -> Result<Self, TemplateError> {
        let mut names = environment(Place::Line);
        add(&mut names, FILE_NAME, file_name, &format!("{file_name:?}"))?;
        self.names = Some((file_name.to_owned(), names));
        Ok(self)
    }

    /// What errors call the template.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether each phone is a file of its own.
    pub const fn has_file_name(&self) -> bool {
        self.names.is_some()
    }

    /// The file's part for one phone, or the phone's file, in bytes of UTF-8. `place` is the phone's number, from 1, and whether it is the last.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] if a variable is missing, or a place cannot carry a value.
    pub fn render(
        &self,
        phone: &Phone,
        (number, is_last): (u64, bool),
    ) -> Result<Zeroizing<Vec<u8>>, TemplateError> {
        self.made(&self.environment, CONTENT, phone, number, is_last)
    }

    /// The name of the phone's file, if each phone has one.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] if it is no name that every system takes for that of a file, or is made of a secret: messages have it, and whoever may list the
    /// directory sees it.
    pub fn file_name(&self, phone: &Phone) -> Result<Option<String>, TemplateError> {
        let Some((_, names)) = &self.names else { return Ok(None) };
        if let Some(secret) = variables(names, FILE_NAME).iter().find(|name| phone.is_secret(name)) {
            return Err(TemplateError::because(
                &self.name,
                format_args!("expected the name of a file without a secret, found {secret} in its template"),
            ));
        }
        let name = self.made(names, FILE_NAME, phone, 1, true)?;
        let name = String::from_utf8_lossy(&name).into_owned();
        match is_file_name(&name) {
            true => Ok(Some(name)),
            false => Err(TemplateError::because(
                &self.name,
                "expected the name of a file, without any of / \\ : * ? \" < > |, no full stop at the beginning or the end, and no device of Windows such as \
                 nul, found another text",
            )),
        }
    }

    /// The names of the variables that the template uses, whether or not there must be one.
    pub fn variables(&self) -> BTreeSet<String> {
        let mut all = variables(&self.environment, CONTENT);
        if let Some((_, names)) = &self.names {
            all.extend(variables(names, FILE_NAME));
        }
        all
    }

    fn made(
        &self,
        environment: &Environment<'static>,
        template: &str,
        phone: &Phone,
        number: u64,
        is_last: bool,
    ) -> Result<Zeroizing<Vec<u8>>, TemplateError> {
        let context = phone.context(number, is_last);
        let mut made = Growing::default();
        let rendered = environment
            .get_template(template)
            .and_then(|template| template.render_captured_to(context, &mut made).map(drop));
        rendered.map_err(|error| {
            let mut found = TemplateError::new(&self.name, &error);
            if error.kind() == ErrorKind::UndefinedError {
                found.message = match &self.names {
                    Some((name, names)) if template == FILE_NAME => {
                        undefined(phone, variables(names, FILE_NAME), name)
                    }
                    _ => {
                        let line = found.line.and_then(|line| self.source.lines().nth(line - 1));
                        undefined(phone, self.variables(), line.unwrap_or(&self.source))
                    }
                };
            }
            found
        })?;
        Ok(made.bytes)
    }
}

/// What is said of a variable that there is not, on a line that has one of `variables`. There may be others, which the template has a default for.
fn undefined(phone: &Phone, variables: BTreeSet<String>, line: &str) -> String {
    let missing = variables.iter().filter(|&name| !phone.has(name) && has_no_default(line, name));
    match missing.map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => "expected a value, found none: a part of a variable is missing".to_owned(),
        names => format!("expected a value of {}, found none", names.join(" and ")),
    }
}

/// The variables that a template uses, without those that the engine has anyway and this crate adds.
fn variables(environment: &Environment<'static>, template: &str) -> BTreeSet<String> {
    let mut variables: BTreeSet<_> = environment
        .get_template(template)
        .map(|template| template.undeclared_variables(false))
        .unwrap_or_default()
        .into_iter()
        .collect();
    for own in ["loop", "range", "dict", "namespace", "debug"] {
        variables.remove(own);
    }
    variables
}

/// Whether a line of a template has a variable without a default behind it.
fn has_no_default(line: &str, name: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || char == '_';
    line.match_indices(name).any(|(at, _)| {
        let (before, behind) = (&line[..at], line[at + name.len()..].trim_start());
        let behind = behind.strip_prefix('|').map_or(behind, str::trim_start);
        let has_default = ["default", "d(", "is defined"].iter().any(|word| behind.starts_with(word));
        !before.ends_with(is_part) && !line[at + name.len()..].starts_with(is_part) && !has_default
    })
}

fn add(
    environment: &mut Environment<'static>,
    name: &'static str,
    source: &str,
    shown: &str,
) -> Result<(), TemplateError> {
    environment.add_template_owned(name, source.to_owned()).map_err(|error| TemplateError::new(shown, &error))
}

/// Whether every system takes a text for the name of a file.
fn is_file_name(name: &str) -> bool {
    let is_strange = |char: char| char.is_control() || "/\\:*?\"<>|".contains(char);
    !name.is_empty()
        && name.len() <= 200
        && !name.contains(is_strange)
        && !name.starts_with(['.', ' '])
        && !name.ends_with(['.', ' '])
        && !is_device(name)
}

/// Whether Windows takes a name for that of a device, whatever stands behind the first full stop: what is written to it is lost.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let is_numbered =
        |number: &str| matches!(number.as_bytes(), [b'0'..=b'9']) || ["¹", "²", "³"].contains(&number);
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(&stem.as_str())
        || port.is_some_and(is_numbered)
}

/// The values that a template has of one phone.
#[derive(Clone, Default)]
pub struct Phone {
    values: BTreeMap<String, Value>,
    columns: BTreeMap<String, Value>,
}

impl Phone {
    /// A phone without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a variable, which takes the place of one of the same name.
    pub fn text(&mut self, name: &str, text: &str) {
        self.values.insert(name.to_owned(), Value::from(text));
    }

    /// Adds a variable that is wiped: a password.
    pub fn secret(&mut self, name: &str, text: &str) {
        self.values.insert(name.to_owned(), Value::from_object(Secret::new(Zeroizing::new(text.to_owned()))));
    }

    /// Adds a column of a list: as `column["MAC Address"]`, and as the variable `mac_address` unless there is one.
    pub fn column(&mut self, name: &str, text: &str) {
        let value = Value::from(text);
        self.values.entry(variable(name)).or_insert_with(|| value.clone());
        self.columns.entry(name.to_owned()).or_insert(value);
    }

    /// A variable that is a text and no secret.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str()
    }

    fn is_secret(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| Secret::of(value).is_some())
    }

    fn has(&self, name: &str) -> bool {
        name == "column" || self.values.contains_key(name)
    }

    fn context(&self, number: u64, is_last: bool) -> Value {
        let mut values = self.values.clone();
        let column: Value = self.columns.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        values.insert("column".into(), column);
        let place = [
            ("index", Value::from(number)),
            ("first", Value::from(number == 1)),
            ("last", Value::from(is_last)),
        ];
        values.insert("loop".into(), place.into_iter().collect());
        values.into_iter().collect()
    }
}

/// The names alone.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// The name of the variable that a column has: letters and digits in lower case, and `_` for each row of others.
///
/// ```
/// assert_eq!(sip_password_provision::variable("MAC Address"), "mac_address");
/// ```
pub fn variable(column: &str) -> String {
    let words = column.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// A buffer that wipes what it leaves behind when it grows.
#[derive(Default)]
struct Growing {
    bytes: Zeroizing<Vec<u8>>,
}

impl io::Write for Growing {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let needed = self.bytes.len() + more.len();
        if needed > self.bytes.capacity() {
            let mut larger =
                Zeroizing::new(Vec::with_capacity(needed.max(2 * self.bytes.capacity()).max(1024)));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
