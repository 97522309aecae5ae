//! The vendors' APIs, one file a vendor.

pub(crate) mod exotel;
pub(crate) mod huawei;
pub(crate) mod nxcloud;

use crate::config::Vendor;
use crate::faults::{Call, Kind};
use crate::http::Reply;

/// The vendor and the call of a path.
pub(crate) fn route(path: &str) -> Option<(Vendor, Call)> {
    match path {
        huawei::TOKEN => Some((Vendor::Huawei, Call::Token)),
        huawei::UPDATE => Some((Vendor::Huawei, Call::Update)),
        nxcloud::UPDATE => Some((Vendor::NxCloud, Call::Update)),
        _ => exotel::segments(path).map(|_| (Vendor::Exotel, Call::Update)),
    }
}

/// Inserts `text` before the last `braces` closing braces.
fn insert(body: &mut Vec<u8>, braces: usize, text: &[u8]) {
    let at = body.len().saturating_sub(braces);
    body.splice(at..at, text.iter().copied());
}

/// Changes the form of the reply, as a fault asks for it.
pub(crate) fn alter(kind: &Kind, vendor: Vendor, call: Call, accounts: &[String], reply: &mut Reply) {
    let body = &mut reply.body;
    match kind {
        Kind::OtherTypes if call == Call::Update => {
            let mut text = String::from_utf8_lossy(body).into_owned();
            match vendor {
                Vendor::Huawei => {
                    for code in ["0", "1"] {
                        text = text.replace(
                            &format!(r#""resultCode":"{code}""#),
                            &format!(r#""resultCode":{code}"#),
                        );
                    }
                }
                Vendor::Exotel => {
                    for key in ["code", "http_code"] {
                        let (from, to) = (format!(r#""{key}":{}"#, reply.status), reply.status);
                        text = text.replace(&from, &format!(r#""{key}":"{to}""#));
                    }
                }
                Vendor::NxCloud => {}
            }
            *body = text.into_bytes();
        }
        Kind::OtherShape if vendor == Vendor::Huawei && call == Call::Update => {
            *body = match body.strip_prefix(huawei::WRAP).and_then(|rest| rest.strip_suffix(b"}")) {
                Some(flat) => flat.to_vec(),
                None => [huawei::WRAP, body, b"}"].concat(),
            };
        }
        Kind::DuplicateKeys => match (vendor, call) {
            (_, Call::Token) => insert(body, 1, br#","AccessToken":"fake-other-token""#),
            (Vendor::Huawei, Call::Update) => {
                let opposite = if contains(body, br#""resultCode":"0""#) { "1" } else { "0" };
                let braces = if body.starts_with(huawei::WRAP) { 2 } else { 1 };
                insert(body, braces, format!(r#","resultCode":"{opposite}""#).as_bytes());
            }
            (Vendor::Exotel, Call::Update) => {
                let opposite = if contains(body, br#""status":"success""#) { "failure" } else { "success" };
                insert(body, 2, format!(r#","status":"{opposite}""#).as_bytes());
            }
            (Vendor::NxCloud, Call::Update) => {
                let opposite = if contains(body, br#""code":"success""#) { "failed" } else { "success" };
                insert(body, 1, format!(r#","code":"{opposite}""#).as_bytes());
            }
        },
        Kind::Deep(levels) => {
            let levels = *levels as usize;
            insert(body, 1, format!(r#","extra":{}{}"#, "[".repeat(levels), "]".repeat(levels)).as_bytes());
        }
        Kind::InvalidUtf8 => insert(body, 1, b",\"extra\":\"\xff\xc0\x80\""),
        Kind::RowMissing | Kind::RowOther | Kind::RowNumbers => nxcloud::alter(kind, accounts, body),
        _ => {}
    }
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}
