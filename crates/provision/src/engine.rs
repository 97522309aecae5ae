//! The language of templates: that of Jinja2, with filters that know places.

use std::borrow::Cow;

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior,
    value::{Kwargs, Value, ValueKind},
};
use zeroize::Zeroizing;

use crate::{digest::DigestAlgorithm, error::refused, place::Place, secret::Secret};

/// What the engine calls the escaping of a file's place.
const ESCAPED: AutoEscape = AutoEscape::Custom("place");

/// An environment whose values are escaped for `place`.
pub(crate) fn environment(place: Place) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_keep_trailing_newline(true);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_auto_escape_callback(|_| ESCAPED);
    environment.set_formatter(move |out, state, value| format(place, out, state, value));
    for &filter in Place::ALL {
        environment.add_filter(filter.name(), move |value: &Value| escaped(value, filter, place));
    }
    // Jinja's own would escape for HTML.
    for name in ["e", "escape"] {
        environment.add_filter(name, move |value: &Value| escaped(value, place, place));
    }
    environment.add_filter("ha1", ha1);
    environment.add_filter("ha1b", ha1b);
    environment.add_filter("mac", mac);
    environment
}

/// Writes a value, escaped for the place unless it is already, or the template says that it shall not be.
fn format(place: Place, out: &mut Output<'_>, state: &State<'_, '_>, value: &Value) -> Result<(), Error> {
    let is_raw = value.is_safe()
        || state.auto_escape() == AutoEscape::None
        || Secret::of(value).is_some_and(|secret| secret.is_escaped);
    let text = text(value)?;
    let is_plain = matches!(value.kind(), ValueKind::Number | ValueKind::Bool);
    if is_raw || is_plain {
        return out.write_str(&text).map_err(Error::from);
    }
    out.write_str(&written(place, &text)?).map_err(Error::from)
}

/// The text of a value that has one.
fn text(value: &Value) -> Result<Cow<'_, str>, Error> {
    if let Some(secret) = Secret::of(value) {
        return Ok(Cow::Borrowed(secret.text()));
    }
    match (value.as_str(), value.kind()) {
        (None, ValueKind::Undefined) => Err(ErrorKind::UndefinedError.into()),
        (Some(text), _) => Ok(Cow::Borrowed(text)),
        // As in JSON, and not as in Python.
        (None, ValueKind::Bool) => Ok(Cow::Borrowed(if value.is_true() { "true" } else { "false" })),
        (None, ValueKind::Number) => Ok(Cow::Owned(value.to_string())),
        (None, kind) => Err(refused(format_args!("expected a text, found {kind}"))),
    }
}

/// A text as it is written at a place.
fn written(place: Place, text: &str) -> Result<Zeroizing<String>, Error> {
    // Never grows: growing would leave a copy that is not wiped.
    let mut written = Zeroizing::new(String::with_capacity(12 * text.len() + 8));
    place.write(text, &mut written).map_err(refused)?;
    Ok(written)
}

/// A filter for a place. What it makes is not escaped once more if it is that of the file's values, or of the names between them; that of another
/// is, as a URI in XML must be.
fn escaped(value: &Value, filter: Place, place: Place) -> Result<Value, Error> {
    let written = written(filter, &text(value)?)?;
    let is_whole = filter == place || (filter, place) == (Place::PjsipSection, Place::Pjsip);
    Ok(Value::from_object(if is_whole { Secret::escaped(written) } else { Secret::new(written) }))
}

/// `password | ha1(realm)`: the hash of `user:realm:password`, by default MD5 and of the variable `user`.
fn ha1(state: &State<'_, '_>, password: &Value, realm: &Value, options: Kwargs) -> Result<Value, Error> {
    let user = user(state, &options)?;
    digest(&options, &text(&user)?, &text(realm)?, &text(password)?)
}

/// `password | ha1b(realm)`: the same of `user@domain:realm:password`, where the domain is the realm unless it is given.
fn ha1b(state: &State<'_, '_>, password: &Value, realm: &Value, options: Kwargs) -> Result<Value, Error> {
    let user = user(state, &options)?;
    let domain: Option<Value> = options.get("domain")?;
    let name = format!("{}@{}", text(&user)?, text(domain.as_ref().unwrap_or(realm))?);
    digest(&options, &name, &text(realm)?, &text(password)?)
}

fn user(state: &State<'_, '_>, options: &Kwargs) -> Result<Value, Error> {
    let given: Option<Value> = options.get("user")?;
    let user = given.or_else(|| state.lookup("user"));
    user.filter(|user| !user.is_undefined())
        .ok_or_else(|| refused("expected a variable `user`, or ha1(realm, user=…), found neither"))
}

fn digest(options: &Kwargs, user: &str, realm: &str, password: &str) -> Result<Value, Error> {
    let name: Option<String> = options.get("algorithm")?;
    options.assert_all_used()?;
    let algorithm = DigestAlgorithm::named(name.as_deref().unwrap_or("MD5"))
        .ok_or_else(|| refused("ha1: expected the algorithm MD5, SHA-256 or SHA-512-256, found another"))?;
    let ha1 = algorithm.ha1(user, realm, password).map_err(|colon| refused(format_args!("ha1: {colon}")))?;
    Ok(Value::from_object(Secret::new(ha1)))
}

/// A MAC address as twelve lower-case hexadecimal digits, whatever separates them.
fn mac(value: &Value) -> Result<String, Error> {
    let text = text(value)?;
    let digits: String = text.chars().filter(|char| !matches!(char, ':' | '-' | '.' | ' ')).collect();
    match digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(digits.to_ascii_lowercase()),
        false => Err(refused(
            "mac: expected a MAC address of twelve hexadecimal digits, such as 00:15:65:ab:cd:ef, found another text",
        )),
    }
}
