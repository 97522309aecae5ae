//! An outcome as text, as a row of CSV or as a line of JSON.

use std::io::Write;

use sip_password_registered::Registration;

use super::{Format, list::Phone};
use crate::{csv, json::Object, usage::HIDDEN};

/// The header of CSV.
pub(crate) fn begin(format: Format, to: &mut Vec<u8>) {
    if format == Format::Csv {
        csv::write_row(&["line", "user", "outcome", "reason"], to);
    }
}

/// `outcome`: `None` if nobody asked.
pub(crate) fn write(format: Format, phone: &Phone<'_>, outcome: Option<Registration>, to: &mut Vec<u8>) {
    // A user that is a password of the row, too, is not shown.
    let is_secret = |user: &str| {
        [Some(phone.new), phone.old].into_iter().flatten().any(|one| one.expose_secret() == user.as_bytes())
    };
    let user = Some(phone.user.as_str()).filter(|user| !is_secret(user)).unwrap_or(HIDDEN);
    let name = outcome.map_or("not asked", Registration::name);
    let reason = outcome.and_then(Registration::reason);
    match format {
        Format::Text => {
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            writeln!(to, "{} {user}: {name}{reason}", phone.line).expect("a Vec accepts every write");
        }
        Format::Csv => {
            let line = phone.line.to_string();
            csv::write_row(&[&line, user, name, reason.as_deref().unwrap_or_default()], to);
        }
        Format::Json => {
            let mut object = Object::begin(to);
            object.member("line", &phone.line).member("user", user);
            object.member("outcome", name).member("reason", &reason).end();
            to.push(b'\n');
        }
    }
}
