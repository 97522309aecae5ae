//! Exotel: `PUT …/devices/{device_id}/password`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::backend::{Answer, Backend, Outcome, seconds};
use crate::config::{Rate, Vendor, credentials};
use crate::http::{Reply, Request};
use crate::rules;
use crate::text::hex;

/// The account, the user and the device in a path of this API.
pub(crate) fn segments(path: &str) -> Option<[String; 3]> {
    let parts: Vec<&str> = path.strip_prefix("/v2/accounts/")?.split('/').collect();
    let [sid, "users", user, "devices", device, "password"] = parts[..] else { return None };
    let decoded =
        [sid, user, device].map(|part| percent_encoding::percent_decode_str(part).decode_utf8().ok());
    let [Some(sid), Some(user), Some(device)] = decoded else { return None };
    Some([sid.into_owned(), user.into_owned(), device.into_owned()])
}

pub(crate) fn names(request: &Request) -> Vec<String> {
    segments(&request.head.path).map(|[_, user, device]| format!("{user}/{device}")).into_iter().collect()
}

#[derive(Deserialize)]
struct Update {
    password: String,
}

#[derive(Serialize)]
struct Envelope<'a> {
    request_id: String,
    method: &'a str,
    http_code: u16,
    response: Response,
}

#[derive(Serialize)]
struct Response {
    code: u16,
    error_data: Option<ErrorData>,
    status: &'static str,
    data: Option<()>,
}

#[derive(Serialize)]
struct ErrorData {
    code: u16,
    description: &'static str,
    message: &'static str,
}

fn envelope(backend: &mut Backend, request: &Request, status: u16, error_data: Option<ErrorData>) -> Reply {
    let body = Envelope {
        request_id: hex(&[backend.draw(), backend.draw()]),
        method: &request.head.method,
        http_code: status,
        response: Response {
            code: status,
            status: if error_data.is_none() { "success" } else { "failure" },
            error_data,
            data: None,
        },
    };
    Reply::json(status, serde_json::to_vec(&body).expect("texts and numbers"))
}

#[derive(Serialize)]
struct RateLimited {
    #[serde(rename = "RestException")]
    rest_exception: RestException,
}

#[derive(Serialize)]
struct RestException {
    #[serde(rename = "Status")]
    status: u16,
    #[serde(rename = "Message")]
    message: &'static str,
    #[serde(rename = "Code")]
    code: u16,
}

/// The reply to a call over the rate limit, without `Retry-After`.
pub(crate) fn rate_limited(rate: Option<Rate>, wait: Duration) -> Reply {
    let exception = RestException { status: 429, message: "Too many requests", code: 429 };
    let body = serde_json::to_vec(&RateLimited { rest_exception: exception }).expect("texts and numbers");
    let mut reply = Reply::json(429, body);
    reply.set("X-RateLimit-Limit", rate.map_or(0, |rate| rate.calls).to_string());
    reply.set("X-RateLimit-Remaining", "0");
    reply.set("X-RateLimit-Reset", seconds(wait).to_string());
    reply
}

/// Codes and messages as in other documents of CCM.
const NOT_ALLOWED: (Outcome, u16, u16, &str) = (Outcome::WrongMethod, 405, 1000, "Method not allowed");
const UNAUTHORIZED: (Outcome, u16, u16, &str) = (Outcome::Unauthorized, 401, 1010, "Authorization failed");
const NOT_FOUND: (Outcome, u16, u16, &str) = (Outcome::NoSuchAccount, 404, 10731, "Not found");
const MALFORMED: (Outcome, u16, u16, &str) = (Outcome::Malformed, 400, 1001, "Invalid parameter");
const REFUSED: (Outcome, u16, u16, &str) = (Outcome::PasswordRefused, 400, 1001, "Invalid parameter");

fn refuse(
    backend: &mut Backend,
    request: &Request,
    (outcome, status, code, message): (Outcome, u16, u16, &'static str),
    description: &'static str,
) -> Answer {
    let error = ErrorData { code, description, message };
    Answer::new(outcome, envelope(backend, request, status, Some(error)))
}

pub(crate) fn update(backend: &mut Backend, request: &Request) -> Answer {
    let head = &request.head;
    if head.method != "PUT" {
        return refuse(backend, request, NOT_ALLOWED, "This resource supports PUT");
    }
    let pair = format!("{}:{}", credentials::EXOTEL_API_KEY, credentials::EXOTEL_API_TOKEN);
    if head.header("authorization") != Some(&format!("Basic {}", STANDARD.encode(pair))) {
        return refuse(backend, request, UNAUTHORIZED, "Invalid API key or token");
    }
    let ours = segments(&head.path).filter(|[sid, ..]| sid == credentials::EXOTEL_SID);
    let Some([_, user, device]) = ours else {
        return refuse(backend, request, NOT_FOUND, "No such account");
    };
    let name = format!("{user}/{device}");
    let update = serde_json::from_slice::<Update>(&request.body).ok().filter(|_| head.is("application/json"));
    let Some(update) = update else {
        return refuse(backend, request, MALFORMED, "The body is not an object with a password");
    };
    if backend.account(Vendor::Exotel, &name).is_none() {
        return refuse(backend, request, NOT_FOUND, "No such user or device");
    }
    backend.phone(Vendor::Exotel, &name).asked += 1;
    let any = backend.config.any_password && (1..=128).contains(&update.password.chars().count());
    if !any && !rules::accepts(Vendor::Exotel, &update.password) {
        return refuse(backend, request, REFUSED, "The password does not meet the password policy");
    }
    backend.phone(Vendor::Exotel, &name).set(&update.password);
    let reply = envelope(backend, request, 200, None);
    Answer { passwords: vec![update.password], ..Answer::new(Outcome::Updated, reply) }
}
