//! A request as text, with its secrets blanked.

use std::str;

use sip_password::{
    api::Body,
    http::{Request, header::CONTENT_TYPE},
};

/// What stands for a secret.
const BLANK: &str = "***";
/// The members of a body that are no secrets.
const SHOWN: [&str; 3] = ["userAccount", "username", "requestParam"];

/// The request, as it would go over the wire, but for the secrets.
pub(super) fn blanked(request: &Request<Body>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        let shown = if value.is_sensitive() { BLANK } else { value.to_str().unwrap_or(BLANK) };
        text += &format!("{name}: {shown}\n");
    }
    text.push('\n');
    let body = request.body().expose_secret_bytes();
    let json = request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    text += &if json { blanked_json(body) } else { blanked_form(body) };
    text.push_str("\n\n");
    text
}

fn blanked_json(body: &[u8]) -> String {
    let Ok(mut value) = serde_json::from_slice::<serde_json::Value>(body) else { return BLANK.into() };
    blank(&mut value);
    value.to_string()
}

fn blank(value: &mut serde_json::Value) {
    let serde_json::Value::Object(members) = value else {
        *value = BLANK.into();
        return;
    };
    for (name, member) in members {
        match member {
            serde_json::Value::Object(_) => blank(member),
            _ if SHOWN.contains(&name.as_str()) => {}
            _ => *member = BLANK.into(),
        }
    }
}

fn blanked_form(body: &[u8]) -> String {
    let Ok(body) = str::from_utf8(body) else { return BLANK.into() };
    let fields = body.split('&').map(|field| match field.split_once('=') {
        Some((name, value)) if SHOWN.contains(&name) => format!("{name}={value}"),
        Some((name, _)) => format!("{name}={BLANK}"),
        None => BLANK.into(),
    });
    fields.collect::<Vec<_>>().join("&")
}
