//! NXCloud: `sipphone/updatePassword`.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use crate::backend::{Answer, Backend, Outcome};
use crate::config::{Vendor, credentials};
use crate::faults::Kind;
use crate::http::{Reply, Request};
use crate::rules;

pub(crate) const UPDATE: &str = "/api/sipphone/updatePassword";

/// The words of the vendor's document.
const INCORRECT: &str = "Your parameters are incorrect, please check and try again";

fn form(request: &Request) -> HashMap<String, String> {
    form_urlencoded::parse(&request.body).into_owned().collect()
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

pub(crate) fn names(request: &Request) -> Vec<String> {
    form(request).get("username").map(|names| list(names)).unwrap_or_default()
}

pub(crate) fn failed(status: u16, info: &str) -> Reply {
    Reply::json(status, json!({ "code": "failed", "info": info }).to_string())
}

fn refuse(outcome: Outcome, info: &str) -> Answer {
    // The document shows failures with the status 200.
    Answer::new(outcome, failed(200, info))
}

fn success(names: &[String], passwords: &[String]) -> Reply {
    // Written by hand, in the order of the call.
    let text = |text: &String| Value::from(text.as_str()).to_string();
    let row: Vec<String> = names
        .iter()
        .zip(passwords)
        .map(|(name, password)| format!("{}:{}", text(name), text(password)))
        .collect();
    Reply::json(200, format!(r#"{{"code":"success","row":{{{}}}}}"#, row.join(",")))
}

pub(crate) fn update(backend: &mut Backend, request: &Request) -> Answer {
    if request.head.method != "POST" {
        return Answer::new(Outcome::WrongMethod, failed(405, "This interface supports POST"));
    }
    if !request.head.is("application/x-www-form-urlencoded") {
        return refuse(Outcome::Malformed, INCORRECT);
    }
    let form = form(request);
    let is = |field: &str, value: &str| form.get(field).is_some_and(|have| have == value);
    if !is("appkey", credentials::NXCLOUD_APPKEY) || !is("secretkey", credentials::NXCLOUD_SECRETKEY) {
        return refuse(Outcome::Unauthorized, "The appkey or the secretkey is incorrect");
    }
    let names = form.get("username").map(|names| list(names)).unwrap_or_default();
    let doubled = names.iter().collect::<HashSet<_>>().len() < names.len();
    if names.is_empty() || names.iter().any(String::is_empty) || doubled {
        return refuse(Outcome::Malformed, INCORRECT);
    }
    // All or none: what the vendor does if some of the phones do not exist is not documented.
    if names.iter().any(|name| backend.account(Vendor::NxCloud, name).is_none()) {
        return refuse(Outcome::NoSuchAccount, "The phone does not exist");
    }
    for name in &names {
        backend.phone(Vendor::NxCloud, name).asked += 1;
    }
    let passwords = match form.get("new_password").map(|passwords| list(passwords)) {
        None => names.iter().map(|_| format!("{:06}", backend.draw() % 1_000_000)).collect(),
        Some(passwords) if passwords.len() == 1 => vec![passwords[0].clone(); names.len()],
        Some(passwords) if passwords.len() == names.len() => passwords,
        Some(_) => return refuse(Outcome::Malformed, INCORRECT),
    };
    let taken = |password: &String| {
        let any = backend.config.any_password && (1..=128).contains(&password.chars().count());
        any || rules::accepts(Vendor::NxCloud, password)
    };
    if form.contains_key("new_password") && !passwords.iter().all(taken) {
        return refuse(Outcome::PasswordRefused, "The password does not meet the requirements");
    }
    for (name, password) in names.iter().zip(&passwords) {
        backend.phone(Vendor::NxCloud, name).set(password);
    }
    Answer { reply: success(&names, &passwords), outcome: Outcome::Updated, passwords }
}

/// Changes the row of the reply, as a fault asks for it.
pub(crate) fn alter(kind: &Kind, accounts: &[String], body: &mut Vec<u8>) {
    let Ok(mut reply) = serde_json::from_slice::<Value>(body) else { return };
    let Some(row) = reply.get_mut("row").and_then(Value::as_object_mut) else { return };
    match kind {
        Kind::RowMissing => {
            accounts.last().and_then(|name| row.remove(name));
        }
        Kind::RowOther => {
            if let Some(password) = accounts.first().and_then(|name| row.get_mut(name)) {
                *password = Value::from("fakeOtherPassword1");
            }
        }
        Kind::RowNumbers => {
            for password in row.values_mut() {
                if let Some(number) = password.as_str().and_then(|text| text.parse::<u64>().ok()) {
                    *password = Value::from(number);
                }
            }
        }
        _ => {}
    }
    *body = reply.to_string().into_bytes();
}
