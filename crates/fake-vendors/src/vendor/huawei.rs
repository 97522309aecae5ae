//! Huawei: `tokenByAkSk` and `updateSipPhonePassword`.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::backend::{Answer, Backend, Outcome};
use crate::config::{Vendor, credentials};
use crate::http::{Reply, Request};
use crate::rules;

pub(crate) const TOKEN: &str = "/apigovernance/api/oauth/tokenByAkSk";
pub(crate) const UPDATE: &str = "/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword";

/// The bytes before a reply inside `schema`.
pub(crate) const WRAP: &[u8] = br#"{"schema":"#;

/// The longest lifetime that `X-Token-Expire` may ask for, in seconds.
const MAX_LIFETIME: u64 = 3600;
/// The lifetime without that header.
const DEFAULT_LIFETIME: u64 = 600;

#[derive(Deserialize)]
struct Keys {
    app_key: String,
    app_secret: String,
}

#[derive(Serialize)]
struct Token<'a> {
    #[serde(rename = "AccessToken")]
    access_token: &'a str,
    #[serde(rename = "ApplyType")]
    apply_type: &'a str,
    #[serde(rename = "CreateTime")]
    create_time: String,
    #[serde(rename = "Expires")]
    expires: String,
    #[serde(rename = "Scope")]
    scope: &'a str,
    #[serde(rename = "AppKey")]
    app_key: &'a str,
    #[serde(rename = "UserID")]
    user_id: &'a str,
}

/// What gateways send. The document shows no body for statuses other than 200.
#[derive(Serialize)]
struct GatewayError<'a> {
    error_code: String,
    error_msg: &'a str,
}

pub(crate) fn gateway_error(status: u16, message: &str) -> Reply {
    let body = GatewayError { error_code: status.to_string(), error_msg: message };
    Reply::json(status, serde_json::to_vec(&body).expect("texts alone"))
}

fn refuse(outcome: Outcome, status: u16, message: &str) -> Answer {
    Answer::new(outcome, gateway_error(status, message))
}

pub(crate) fn token(backend: &mut Backend, request: &Request) -> Answer {
    let head = &request.head;
    if head.method != "POST" {
        return refuse(Outcome::WrongMethod, 404, "Not found");
    }
    let seconds = head.header("x-token-expire").map_or(Some(DEFAULT_LIFETIME), |text| text.parse().ok());
    let keys = serde_json::from_slice::<Keys>(&request.body).ok().filter(|_| head.is("application/json"));
    let (Some(seconds @ 1..=MAX_LIFETIME), Some(keys)) = (seconds, keys) else {
        return refuse(Outcome::Malformed, 400, "Check the request path and parameters");
    };
    if keys.app_key != credentials::HUAWEI_APP_KEY || keys.app_secret != credentials::HUAWEI_APP_SECRET {
        return refuse(Outcome::Unauthorized, 401, "Wrong app_key or app_secret");
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let token = backend.issue_token(Duration::from_secs(seconds));
    let body = Token {
        access_token: &token,
        apply_type: "Bearer",
        create_time: now.as_millis().to_string(),
        expires: seconds.to_string(),
        scope: "fake-scope",
        app_key: credentials::HUAWEI_APP_KEY,
        user_id: "fake-user",
    };
    Answer::new(Outcome::TokenGiven, Reply::json(200, serde_json::to_vec(&body).expect("texts alone")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    user_account: String,
    account_pwd: String,
    new_phone_pwd: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped {
    request_param: Update,
}

fn flat(request: &Request) -> Option<Update> {
    serde_json::from_slice(&request.body).ok()
}

fn wrapped(request: &Request) -> Option<Update> {
    serde_json::from_slice(&request.body).ok().map(|body: Wrapped| body.request_param)
}

pub(crate) fn names(request: &Request) -> Vec<String> {
    flat(request).or_else(|| wrapped(request)).map(|update| update.user_account).into_iter().collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outer<'a> {
    result_code: &'a str,
    result_message: &'a str,
}

fn result(backend: &Backend, outcome: Outcome, message: &str) -> Answer {
    let result_code = if outcome == Outcome::Updated { "0" } else { "1" };
    let mut body = serde_json::to_vec(&Outer { result_code, result_message: message }).expect("texts alone");
    if backend.config.wrapped_reply {
        body = [WRAP, &body, b"}"].concat();
    }
    Answer::new(outcome, Reply::json(200, body))
}

pub(crate) fn update(backend: &mut Backend, request: &Request) -> Answer {
    let head = &request.head;
    if head.method != "POST" {
        return refuse(Outcome::WrongMethod, 404, "Not found");
    }
    let token = head.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let app_key = head.header("x-app-key").unwrap_or(credentials::HUAWEI_APP_KEY);
    if !token.is_some_and(|token| backend.is_valid_token(token)) || app_key != credentials::HUAWEI_APP_KEY {
        return refuse(Outcome::Unauthorized, 401, "Unauthorized operation");
    }
    let update = if backend.config.wrapped_request { wrapped(request) } else { flat(request) };
    let Some(update) = update.filter(|_| head.is("application/json")) else {
        return refuse(Outcome::Malformed, 400, "Check the request path and parameters");
    };
    let name = &update.user_account;
    let Some(account) = backend.account(Vendor::Huawei, name) else {
        return result(backend, Outcome::NoSuchAccount, "The agent account does not exist");
    };
    let phone = backend.phone(Vendor::Huawei, name);
    phone.asked += 1;
    if phone.locked() {
        return result(backend, Outcome::Locked, "The account is locked");
    }
    if update.account_pwd != account.account_password {
        backend.fail_check(name);
        return result(backend, Outcome::WrongAccountPassword, "The account password is incorrect");
    }
    phone.failed_checks = 0;
    let length = update.new_phone_pwd.chars().count();
    let any = backend.config.any_password && (1..=128).contains(&length);
    if !any && !rules::accepts(Vendor::Huawei, &update.new_phone_pwd) {
        return result(
            backend,
            Outcome::PasswordRefused,
            "The new password does not comply with the password rule",
        );
    }
    backend.phone(Vendor::Huawei, name).set(&update.new_phone_pwd);
    Answer { passwords: vec![update.new_phone_pwd], ..result(backend, Outcome::Updated, "success") }
}
