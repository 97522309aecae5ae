//! A verdict as a line of `--format json`.

use sip_password::{Classes, Violation, Violations};

use crate::json::{Json, Object};

/// Writes the verdict on a line of the input.
pub(super) fn write(line: u64, verdict: &Result<(), Violations<'_>>, to: &mut Vec<u8>) {
    let violations: Vec<_> = verdict.as_ref().err().into_iter().flat_map(Violations::iter).collect();
    Object::begin(to)
        .member("line", &line)
        .member("compliant", &verdict.is_ok())
        .member("violations", &violations)
        .end();
    to.push(b'\n');
}

impl Json for Violation<'_> {
    /// The kind, and the figures that this kind has.
    fn write(&self, to: &mut Vec<u8>) {
        let names =
            |classes: Classes<'_>| classes.iter().map(|class| class.name().to_owned()).collect::<Vec<_>>();
        let mut object = Object::begin(to);
        object.member("kind", self.kind().as_str());
        match self {
            Self::TooShort { found, expected }
            | Self::TooLong { found, expected }
            | Self::TooManyRepeats { found, expected } => {
                object.member("found", found).member("expected", expected);
            }
            Self::NotAscii { found, position } | Self::NotAllowed { found, position } => {
                object.member("found", found).member("position", position);
            }
            Self::TooFewClasses { found, expected, missing } => {
                object.member("found", found).member("expected", expected);
                object.member("missing", &names(*missing));
            }
            Self::TooFewOfClass { class, found, expected } => {
                object.member("found", found).member("expected", expected);
                object.member("class", class.name());
            }
            Self::WrongFirst { expected } => {
                object.member("classes", &names(*expected));
            }
            _ => {}
        }
        object.end();
    }
}
