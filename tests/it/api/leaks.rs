//! Nothing that prints shows a secret: not the calls, not the requests, and no outcome of a reply that repeats them.

use sip_password::{
    api::VendorText,
    http::HeaderMap,
    nxcloud::{Assignment, Phone},
};

use super::calls::*;

/// Exotel's credentials as they travel.
const BASIC: &str = "ZmFrZS1rZXktM2VEYzpmYWtlLXRva2VuLTV0R2I=";

/// The forms in which a secret is looked for: as it is, percent-encoded, in JSON, in Base64 with the key.
fn forms() -> Vec<String> {
    let mut forms: Vec<String> = SECRETS.map(String::from).into();
    forms.extend(SECRETS.map(|secret| {
        let encoded = secret.replace('%', "%25").replace('/', "%2F").replace('+', "%2B");
        encoded.replace('"', "%22").replace('\\', "%5C").replace('^', "%5E")
    }));
    forms.extend(SECRETS.map(|secret| secret.replace('\\', "\\\\").replace('"', "\\\"")));
    forms.push(BASIC.into());
    forms.push("fake-access-token-7uJm".into());
    forms.push("671897".into());
    forms
}

fn clean(what: &str, printed: &str) {
    let lower = printed.to_ascii_lowercase();
    for form in forms() {
        assert!(!lower.contains(&form.to_ascii_lowercase()), "{what} shows {form}: {printed}");
    }
}

#[test]
fn calls_and_requests() {
    let pairs = pairs();
    let one_each = nxcloud(Assignment::Individual(&pairs));
    let shared = nxcloud(Assignment::Shared { usernames: &PHONES, password: pairs[0].1 });
    clean("call", &format!("{:?} {:?} {:?} {one_each:?} {shared:#?}", huawei(), token(), exotel()));
    for request in [huawei().request(), token().request(), exotel().request(), one_each.request()] {
        let request = request.unwrap();
        clean("request", &format!("{request:?} {request:#?} {:?} {}", request.headers(), request.uri()));
    }
}

/// A reply that repeats a text of the request in each member that is shown, under every status.
#[test]
fn replies_that_repeat_the_request() {
    let mut shown = 0;
    for form in forms().into_iter().take(SECRETS.len() * 2).chain([BASIC.into(), "harmless".into()]) {
        for wrap in [
            |form: &str| form.to_owned(),
            |form: &str| format!("The password {form} is wrong."),
            |form: &str| form.to_ascii_uppercase(),
            // No part of it stays where the text is cut.
            |form: &str| " ".repeat(VendorText::MAX_LENGTH - 3) + form,
        ] {
            let echo = serde_json::to_string(&wrap(&form)).unwrap();
            let bodies = [
                format!(r#"{{"resultCode":{echo},"resultMessage":{echo},{echo}:{echo}}}"#),
                format!(
                    r#"{{"request_id":{echo},"response":{{"code":{echo},"status":"failure","error_data":
                    {{"code":{echo},"message":{echo},"description":{echo}}}}}}}"#
                ),
                format!(r#"{{"RestException":{{"Code":{echo},"Message":{echo}}}}}"#),
                format!(r#"{{"code":"failed","info":{echo}}}"#),
                format!(r#"{{"code":{echo},"info":{echo}}}"#),
                format!(r#"{{"code":"success","row":{{{echo}:{echo},"1049001":{echo}}}}}"#),
                format!(r#"{{"AccessToken":{echo},"Expires":{echo},"resultCode":{echo}}}"#),
                echo,
            ];
            for body in bodies {
                for code in [200, 204, 302, 400, 401, 403, 404, 408, 409, 429, 500, 503] {
                    shown += replies(&form, code, body.as_bytes());
                }
            }
        }
    }
    assert!(shown > 100, "what is harmless is shown");
}

/// Prints all outcomes; how many show the text.
///
/// What a service repeats of secrets that it was not sent is its own affair: each is looked at for those of its call.
fn replies(form: &str, code: u16, body: &[u8]) -> usize {
    let (status, none) = (status(code), HeaderMap::new());
    let pairs = pairs();
    let outcomes = [
        (&[TOKEN, KEY, ACCOUNT_PASSWORD, PASSWORD][..], print(&huawei().outcome(status, &none, body))),
        (
            &[KEY, KEY_SECRET][..],
            match token().outcome(status, &none, body) {
                Ok(token) => format!("{token:?}"),
                Err(failure) => format!("{failure} {failure:?}"),
            },
        ),
        (&[TOKEN, KEY, PASSWORD][..], print(&exotel().outcome(status, &none, body))),
        (
            &[KEY, KEY_SECRET, FIRST, SECOND][..],
            print(&nxcloud(Assignment::Individual(&pairs)).outcome(status, &none, body)),
        ),
        (
            &[KEY, KEY_SECRET][..],
            print(&nxcloud(Assignment::ServerGenerated(&PHONES)).outcome(status, &none, body)),
        ),
    ];
    for (secrets, printed) in &outcomes {
        let lower = printed.to_ascii_lowercase();
        for secret in *secrets {
            let all = forms();
            let place = SECRETS.iter().position(|other| other == secret).expect("it is one of them");
            for form in [place, place + SECRETS.len(), place + 2 * SECRETS.len()].map(|place| &all[place]) {
                assert!(!lower.contains(&form.to_ascii_lowercase()), "{code} shows {form}: {printed}");
                // Not even most of it.
                let most = form[..form.len() - 2].to_ascii_lowercase();
                let others =
                    secrets.iter().any(|other| other != secret && other.to_ascii_lowercase().contains(&most));
                assert!(others || !lower.contains(&most), "{code} shows most of {form}: {printed}");
            }
        }
    }
    assert!(!outcomes[2].1.contains(BASIC), "{code} shows the credentials");
    outcomes.iter().filter(|(_, printed)| printed.contains(form)).count()
}

fn print<T: std::fmt::Debug, P: std::fmt::Debug>(outcome: &sip_password::api::Outcome<T, P>) -> String {
    let failure = outcome.failure().map(ToString::to_string).unwrap_or_default();
    format!("{outcome:?} {outcome:#?} {failure}")
}

#[test]
fn results() {
    let token = token_outcome(200, crate::api::seeds::TOKEN_REPLY.as_bytes()).unwrap();
    clean("token", &format!("{token:?} {:?}", token.as_secret()));
    let outcome = server_generated_outcome(200, crate::api::seeds::NXCLOUD_REPLY.as_bytes());
    assert!(outcome.is_updated());
    clean("outcome", &format!("{outcome:?} {outcome:#?}"));
    let sip_password::api::Outcome::Updated(report) = outcome else { unreachable!() };
    // Names and passwords mixed up.
    let mixed = br#"{"code":"success","row":{"671897":"1049001","888799":"1049002"}}"#;
    clean("outcome", &print(&server_generated_outcome(200, mixed)));
    let first: &Phone<'_> = &report.phones[0];
    clean("phone", &format!("{first:?}"));
}
