//! The reference implementation: each reply as `serde_json`'s own tree. What the library calls updated must be updated here too. The
//! fuzz target `replies` uses it as well.

use serde_json::Value;

/// The reply as a tree. `None` if the tree cannot hold something that the library skips: great depth, halves of surrogate pairs, and
/// great numbers.
fn tree(body: &[u8]) -> Option<Value> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    match serde_json::from_slice(body) {
        Ok(tree) => Some(tree),
        Err(_) => {
            let brackets = body.iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
            let escapes = body.windows(3).any(|window| window.eq_ignore_ascii_case(b"\\ud"));
            // The tree cannot hold a number such as 1e999 either.
            let exponents = body
                .windows(2)
                .any(|window| window[0].is_ascii_digit() && matches!(window[1], b'e' | b'E' | b'0'..=b'9'));
            (brackets < 100 && !escapes && !exponents).then_some(Value::Null)
        }
    }
}

/// The text of a string or a number.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(crate) fn huawei_updated(status: u16, body: &[u8]) -> bool {
    let Some(tree) = tree(body) else { return status == 200 };
    let code = |value: &Value| value.get("resultCode").is_some_and(|code| text(code) == "0");
    status == 200 && (code(&tree) || tree.get("schema").is_some_and(code))
}

pub(crate) fn exotel_updated(status: u16, body: &[u8]) -> bool {
    let Some(tree) = tree(body) else { return status == 200 };
    let response = match tree["response"].as_array().map(Vec::as_slice) {
        Some([only]) => only,
        _ => &tree["response"],
    };
    status == 200 && text(&response["code"]) == "200" && response["status"] == "success"
}

/// `phones`: usernames, each with the password that was sent, if one was sent.
pub(crate) fn nxcloud_updated(body: &[u8], phones: &[(&str, Option<&str>)]) -> bool {
    let Some(tree) = tree(body) else { return true };
    let inner = tree["row"].as_str().and_then(|row| serde_json::from_str(row).ok());
    let row = inner.as_ref().unwrap_or(&tree["row"]);
    tree["code"] == "success"
        && row.as_object().is_some_and(|row| row.len() == phones.len())
        && phones.iter().all(|&(username, password)| {
            let value = &row[username];
            let found = text(value);
            let is_scalar = value.is_string() || value.is_u64() || value.is_f64();
            is_scalar && !found.is_empty() && password.is_none_or(|password| password == found)
        })
}
