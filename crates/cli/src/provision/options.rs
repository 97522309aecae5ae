//! The options that name a template and give it values.

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::{Args, builder::PossibleValuesParser, builder::TypedValueParser};
use sip_password_provision::{Place, TARGETS, Target, Template, TemplateError, made_by};

use super::{
    directory::Staged,
    sheet::{Destination, Sheet},
};
use crate::{
    error::{CommandError, name_of},
    list::List,
    output::Output,
    usage::nearest,
};

/// The largest template, in bytes.
const MAX_TEMPLATE: u64 = 1 << 20;
/// The beginning and the end of a comment by which a template says, at its beginning, what its values are escaped for.
const DECLARATION: [&str; 2] = ["{#- escape: ", " -#}"];

/// A template, its values, and the directory for its files.
#[derive(Args)]
pub(crate) struct TemplateOptions {
    /// Write the files of phones or a PBX by a template: one that `provision --list-templates` describes, or a file in the language of Jinja2
    #[arg(long, value_name = "NAME|FILE")]
    template: Option<String>,
    /// What the values in the template's file are escaped for [default: what `{#- escape: PLACE -#}` at its beginning says, else by the file's name: .xml,
    /// .json, .csv, .sql, .sh, .conf, .cfg]
    #[arg(long, value_name = "PLACE", requires = "template", value_parser = places())]
    escape: Option<Place>,
    /// Write the template's files to this directory, which is made if it does not exist: one a phone, if the template has a name for it
    #[arg(long, value_name = "DIR", requires = "template")]
    output_dir: Option<PathBuf>,
    /// The name of a phone's file: a template too, such as '{{ mac | mac }}.cfg'
    #[arg(long, value_name = "TEMPLATE", requires = "output_dir")]
    file_name: Option<String>,
    /// Give the template a value that all phones share, such as registrar=sip.example.com; can be given several times
    #[arg(long, value_name = "NAME=TEXT", requires = "template")]
    set: Vec<Assignment>,
    /// Give the template a column of the list under another name, such as user=Extension; can be given several times
    #[arg(long, value_name = "NAME=COLUMN", requires = "template")]
    map: Vec<Assignment>,
}

/// A name and what it stands for.
#[derive(Clone)]
struct Assignment {
    name: String,
    value: String,
}

impl FromStr for Assignment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && !name.starts_with(|char: char| char.is_ascii_digit())
        };
        match text.split_once('=') {
            Some(("password", _)) => Err(
                "a password is never an argument, which other users of this machine can read; the column with the passwords is --password",
            ),
            Some((name, value)) if is_name(name) => Ok(Self { name: name.into(), value: value.into() }),
            _ => Err("expected NAME=VALUE, with a name of letters, digits and _"),
        }
    }
}

fn places() -> impl TypedValueParser<Value = Place> {
    PossibleValuesParser::new(Place::ALL.iter().map(|place| place.name()))
        .map(|name| Place::named(&name).expect("it is one of the names"))
}

/// The names of the templates that come with the command.
pub(super) fn names() -> String {
    TARGETS.iter().map(|target| target.name).collect::<Vec<_>>().join(", ")
}

/// The template of this name.
pub(super) fn target(name: &str, option: &str) -> Result<&'static Target, CommandError> {
    Target::named(name).ok_or_else(|| {
        let nearest = nearest(name, TARGETS.iter().map(|target| target.name));
        let hint = nearest.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        CommandError::new(format!("{option}: expected one of {}, found none of these{hint}", names()))
    })
}

/// A target's template, as a file to start one's own from: it says what its values are escaped for, which its name need not.
pub(super) fn own(target: &Target) -> String {
    let [begin, end] = DECLARATION;
    format!("{begin}{}{end}\n{}", target.place, target.template)
}

/// What a template says that its values are escaped for.
fn declared(source: &str) -> Result<Option<Place>, CommandError> {
    let [begin, end] = DECLARATION;
    let Some((name, _)) = source.strip_prefix(begin).and_then(|rest| rest.split_once(end)) else {
        return Ok(None);
    };
    let names = || Place::ALL.iter().map(|place| place.name()).collect::<Vec<_>>().join(", ");
    Place::named(name).map(Some).ok_or_else(|| {
        CommandError::new(format!(
            "--template: {begin}PLACE{end}: expected one of {}, found another text",
            names()
        ))
    })
}

impl TemplateOptions {
    pub(crate) const fn is_given(&self) -> bool {
        self.template.is_some()
    }

    pub(crate) const fn has_directory(&self) -> bool {
        self.output_dir.is_some()
    }

    /// The target, if the template is one that comes with the command.
    pub(crate) fn target(&self) -> Option<&'static Target> {
        Target::named(self.template.as_deref()?)
    }

    /// Opens the template for the rows of a list, whose header is not read yet. `secret`: the column that no variable but the password has.
    pub(crate) fn open_list(
        &self,
        list: &mut List,
        secret: usize,
        file: impl FnOnce() -> Result<Output, CommandError>,
        overwrite: bool,
    ) -> Result<Sheet, CommandError> {
        let names = list.names()?;
        self.open(names, Some(secret), |name| list.column("--map", name), file, overwrite)
    }

    /// Opens the template for phones with these columns. `column` finds one by its name; `file` opens the file of all phones.
    pub(crate) fn open(
        &self,
        names: Vec<String>,
        secret: Option<usize>,
        mut column: impl FnMut(&str) -> Result<usize, CommandError>,
        file: impl FnOnce() -> Result<Output, CommandError>,
        overwrite: bool,
    ) -> Result<Sheet, CommandError> {
        let template = self.parse()?;
        let mapped = self.map.iter().map(|map| Ok((map.name.clone(), column(&map.value)?)));
        let mapped = mapped.collect::<Result<Vec<_>, CommandError>>()?;
        let set = self.set.iter().map(|set| (set.name.clone(), set.value.clone())).collect();
        let destination = match &self.output_dir {
            Some(directory) => {
                Destination::Directory(Staged::create(directory, overwrite)?, self.name_of_all())
            }
            None if template.has_file_name() => {
                return Err(CommandError::new(format!(
                    "--template: {} makes a file a phone: expected --output-dir",
                    template.name()
                )));
            }
            None => Destination::File(file()?),
        };
        Ok(Sheet::new(template, self.target(), names, secret, mapped, set, destination))
    }

    /// Opens the template for one phone of no list, if there is one: the files go to a directory.
    #[cfg(feature = "submit")]
    pub(crate) fn open_for_one(&self) -> Result<Option<Sheet>, CommandError> {
        if !self.is_given() {
            return Ok(None);
        }
        if !self.has_directory() {
            return Err(CommandError::new("--template: expected --output-dir for its files"));
        }
        let no_column =
            |_: &str| Err(CommandError::new("--map: expected --set, since there is no list with columns"));
        let file = || unreachable!("there is a directory");
        // A phone's own file is replaced; that of all phones would lose the others.
        let is_own = self.parse()?.has_file_name();
        let of_all = self.output_dir.as_ref().map(|directory| directory.join(self.name_of_all()));
        if let Some(file) = of_all.filter(|file| !is_own && fs::symlink_metadata(file).is_ok()) {
            return Err(CommandError::new(format!(
                "--template: {file:?} exists, and may have other phones: expected --file-name with a name for this phone's file"
            )));
        }
        self.open(Vec::new(), None, no_column, file, is_own).map(Some)
    }

    /// The template, if it is a file.
    pub(super) fn file(&self) -> Option<&Path> {
        self.template.as_deref().filter(|_| self.target().is_none()).map(Path::new)
    }

    /// The name of the file of all phones in a directory.
    fn name_of_all(&self) -> String {
        let given = self.template.as_deref().unwrap_or_default();
        let own = || {
            let name = Path::new(given).file_name().unwrap_or_default().to_string_lossy();
            made_by(&name).to_owned()
        };
        self.target().map_or_else(own, |target| target.file_of_all.to_owned())
    }

    /// Refuses a template that cannot be used, before anything is made for it.
    pub(crate) fn check(&self) -> Result<(), CommandError> {
        self.parse().map(drop)
    }

    /// The template, parsed.
    fn parse(&self) -> Result<Template, CommandError> {
        let given = self.template.as_deref().unwrap_or_default();
        let template = match self.target() {
            Some(target) => target.parsed(),
            None => self.read(given)?,
        };
        match &self.file_name {
            Some(name) => template.with_file_name(name).map_err(unusable),
            None => Ok(template),
        }
    }

    /// The template in a file.
    fn read(&self, given: &str) -> Result<Template, CommandError> {
        let path = PathBuf::from(given);
        if !given.contains(['/', '.', '\\']) && fs::metadata(&path).is_err() {
            return target(given, "--template").map(Target::parsed);
        }
        let size = fs::metadata(&path).map_err(CommandError::with("read", &path))?.len();
        if size > MAX_TEMPLATE {
            return Err(CommandError::new(format!(
                "--template: expected a file of at most {MAX_TEMPLATE} bytes, found {size}"
            )));
        }
        let source = fs::read_to_string(&path).map_err(CommandError::with("read", &path))?;
        let declared = declared(&source)?;
        let place = self.escape.or(declared).or_else(|| Place::of_file(given)).ok_or_else(|| {
            CommandError::new(format!(
                "--template: {}: expected a name that ends in .xml, .json, .csv, .sql, .sh, .conf or .cfg, or --escape with what its values \
                 are escaped for",
                name_of(&path)
            ))
        })?;
        Template::new(given, &source, place).map_err(unusable)
    }
}

fn unusable(error: TemplateError) -> CommandError {
    CommandError::new(format!("--template: {error}"))
}
