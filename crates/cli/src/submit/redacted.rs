//! A request as text, with its secrets redacted.

use std::{fmt, str};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use sip_password::{
    api::Body,
    http::{Request, header::CONTENT_TYPE},
};

/// Stands for a secret.
const REDACTED: &str = "***";
/// The members of a body that are not secret.
const SHOWN: [&str; 2] = ["userAccount", "username"];

/// The request as it would be sent, except for the secrets.
pub(super) fn redacted(request: &Request<Body>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        let shown = if value.is_sensitive() { REDACTED } else { value.to_str().unwrap_or(REDACTED) };
        text += &format!("{name}: {shown}\n");
    }
    text.push('\n');
    let body = request.body().expose_secret_bytes();
    let json = request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|media_type| media_type.as_bytes().starts_with(b"application/json"));
    text += &if json { redacted_json(body) } else { redacted_form(body) };
    text.push_str("\n\n");
    text
}

fn redacted_json(body: &[u8]) -> String {
    let Ok(members) = serde_json::from_slice::<Members<'_>>(body) else { return REDACTED.into() };
    let shown = members.0.into_iter().map(|(name, value)| {
        let value = match value.get() {
            object if object.starts_with('{') => redacted_json(object.as_bytes()),
            text if SHOWN.contains(&name) => text.into(),
            _ => format!("\"{REDACTED}\""),
        };
        format!("\"{name}\":{value}")
    });
    format!("{{{}}}", shown.collect::<Vec<_>>().join(","))
}

/// The members of an object in their order. They are read in place, so that no secret is copied.
struct Members<'a>(Vec<(&'a str, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

fn redacted_form(body: &[u8]) -> String {
    let Ok(body) = str::from_utf8(body) else { return REDACTED.into() };
    let fields = body.split('&').map(|field| match field.split_once('=') {
        Some((name, value)) if SHOWN.contains(&name) => format!("{name}={value}"),
        Some((name, _)) => format!("{name}={REDACTED}"),
        None => REDACTED.into(),
    });
    fields.collect::<Vec<_>>().join("&")
}
