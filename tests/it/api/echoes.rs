//! A server that repeats a secret in another encoding, or in part: nothing of it is shown.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use sip_password::{
    HUAWEI, Policy,
    api::{Failure, NewPassword, Secret},
    http::{HeaderMap, StatusCode},
    huawei::UpdateSipPhonePassword,
};

use super::calls::*;

/// Every character that some encoding changes, a letter beyond ASCII and one beyond 16 bits.
const NASTY: &str = r#"aé😀 b&c<d>e"f'g+h%i/j\k=l;m#n^o{p}q"#;

/// What a person is shown of a reply whose message is `message`.
fn shown(secret: &str, message: &str) -> String {
    let call = UpdateSipPhonePassword { account_password: Secret::new(secret), ..huawei() };
    let body = format!(
        r#"{{"resultCode":"1","resultMessage":{}}}"#,
        serde_json::to_string(message).expect("it is a text")
    );
    let outcome = call.outcome(StatusCode::OK, &HeaderMap::new(), body.as_bytes());
    outcome.failure().and_then(Failure::message).expect("it has a message").as_str().into()
}

#[track_caller]
fn is_withheld(secret: &str, message: &str) {
    let shown = shown(secret, message);
    assert!(shown.starts_with("(withheld"), "{secret} is shown in {message}: {shown}");
}

/// Percent-encodes the bytes of the characters that are not `kept`.
fn percent(text: &str, kept: impl Fn(char) -> bool, upper: bool) -> String {
    let mut encoded = String::new();
    for char in text.chars() {
        if kept(char) {
            encoded.push(char);
            continue;
        }
        for byte in char.to_string().bytes() {
            let written = if upper { write!(encoded, "%{byte:02X}") } else { write!(encoded, "%{byte:02x}") };
            written.expect("a String takes all");
        }
    }
    encoded
}

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("it is a text");
    quoted[1..quoted.len() - 1].into()
}

/// The secret as different programs encode it.
fn encodings(secret: &str) -> Vec<String> {
    let word = |char: char| char.is_ascii_alphanumeric();
    let uri_component = |char: char| word(char) || "-_.!~*'()".contains(char);
    let uri = |char: char| uri_component(char) || ";/?:@&=+$,#".contains(char);
    let java = |char: char| word(char) || "-_.* ".contains(char);
    let java = |upper| percent(secret, java, upper).replace(' ', "+");
    let html = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let html = html(secret).replace('"', "&quot;");
    let each = |form: &dyn Fn(char) -> String| secret.chars().map(form).collect::<String>();
    let units = |char: char| char.encode_utf16(&mut [0; 2]).to_vec();
    let utf16 = |prefix: &str| {
        each(&|char| units(char).iter().fold(String::new(), |all, unit| format!("{all}{prefix}{unit:04x}")))
    };
    vec![
        secret.into(),
        secret.to_ascii_uppercase(),
        percent(secret, uri, true),
        percent(secret, uri, false),
        percent(secret, uri_component, true),
        percent(secret, |_| false, true),
        percent(secret, |_| false, false),
        java(true),
        java(false),
        html.replace('\'', "&#39;"),
        html.replace('\'', "&apos;"),
        html.replace('\'', "&#x27;"),
        each(&|char| format!("&#{};", u32::from(char))),
        each(&|char| format!("&#x{:x};", u32::from(char))),
        each(&|char| format!("&#X{:04X}", u32::from(char))).replace("&#", ";&#").replacen(';', "", 1) + ";",
        json(secret),
        json(secret).replace('/', "\\/"),
        utf16("\\u"),
        utf16("%u"),
        // Twice, and one in the other.
        percent(&percent(secret, uri_component, true), uri_component, true),
        json(&json(secret)),
        json(&percent(secret, uri_component, false)),
        percent(&json(secret), uri_component, true),
        html.replace('"', "\\\""),
    ]
}

#[test]
fn a_secret_in_any_encoding_is_withheld() {
    for secret in
        [NASTY, "q%41+%5E&amp;\\u0041x", "plain-Secret-42", ACCOUNT_PASSWORD, "^^^^^^^^", "päss wörd"]
    {
        for encoded in encodings(secret) {
            is_withheld(secret, &encoded);
            is_withheld(secret, &format!("The password {encoded}, sent at 12:00, is wrong."));
            // Control characters and such without width are not shown, so they must not hide it.
            is_withheld(secret, &encoded.replacen('a', "a\u{200b}\r\n\u{feff}", 1));
        }
    }
}

/// Half of a secret, and at least four characters of it: that much is withheld, wherever it is in the secret.
#[test]
fn half_of_a_secret_is_withheld() {
    for secret in ["Secret@x", "Secret@xyz-12345", NASTY, "abcd", "abcde", "671897"] {
        let chars: Vec<char> = secret.chars().collect();
        let half = chars.len().div_ceil(2).max(4);
        for part in chars.windows(half) {
            let part: String = part.iter().collect();
            for encoded in encodings(&part) {
                is_withheld(secret, &format!("x:{encoded}:x"));
            }
        }
    }
    // Less is shown, or nearly every message would be withheld.
    assert_eq!(shown("Secret@xyz-12345", "Secret@ is wrong"), "Secret@ is wrong");
    assert_eq!(shown("671897", "error 671"), "error 671");
    assert_eq!(shown("x", "unexpected"), "(withheld: it contains a secret of the request, or a part of one)");
    assert_eq!(shown("Secret@xyz-12345", "100% wrong &amp; late\\"), "100% wrong &amp; late\\");
}

/// The longest message that a reply can have, with the longest secrets, takes a bounded time, whatever it contains.
#[test]
fn long_messages_take_little_time() {
    let secret = "ab".repeat(2048);
    for piece in ["ab", "a", "%61", "%25", "&#97;", "&", "\\u0061", "\\", "%u00", "&amp;", "é", "%"] {
        let message = piece.repeat(50_000 / json(piece).len());
        let began = Instant::now();
        let _ = shown(&secret, &message);
        let took = began.elapsed();
        assert!(took < Duration::from_secs(1), "{piece}: {took:?}");
    }
}

/// The new password, which the call holds in another type.
#[test]
fn half_of_a_new_password_is_withheld() {
    let tenant = Policy::new(HUAWEI.rules().with_lengths(8, 64)).unwrap();
    let password = tenant.check(PASSWORD).unwrap();
    let call = UpdateSipPhonePassword {
        new_password: NewPassword::TenantPolicy { password, policy: &tenant },
        ..huawei()
    };
    let body = format!(r#"{{"resultCode":"1","resultMessage":"{}"}}"#, &PASSWORD[3..11]);
    let outcome = call.outcome(StatusCode::OK, &HeaderMap::new(), body.as_bytes());
    assert!(outcome.failure().unwrap().message().unwrap().as_str().starts_with("(withheld"));
}
