//! No text contains a secret: not `Debug` of calls and requests, and no outcome of a reply that repeats the request.

use sip_password::{
    api::VendorText,
    http::HeaderMap,
    nxcloud::{Assignment, Phone},
};

use super::calls::*;

/// Exotel's credentials in Base64.
const BASIC: &str = "ZmFrZS1rZXktM2VEYzpmYWtlLXRva2VuLTV0R2I=";

/// The forms in which a secret is searched: as it is, percent-encoded, in JSON, in Base64 with the key.
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

#[track_caller]
fn contains_no_secret(what: &str, printed: &str) {
    let lower = printed.to_ascii_lowercase();
    for form in forms() {
        assert!(!lower.contains(&form.to_ascii_lowercase()), "{what} contains {form}: {printed}");
    }
}

#[test]
fn calls_and_requests_print_no_secret() {
    let pairs = pairs();
    let individual = nxcloud(Assignment::Individual(&pairs));
    let shared = nxcloud(Assignment::Shared { usernames: &PHONES, password: pairs[0].1 });
    contains_no_secret(
        "call",
        &format!("{:?} {:?} {:?} {individual:?} {shared:#?}", huawei(), token(), exotel()),
    );
    for request in [huawei().request(), token().request(), exotel().request(), individual.request()] {
        let request = request.unwrap();
        contains_no_secret(
            "request",
            &format!("{request:?} {request:#?} {:?} {}", request.headers(), request.uri()),
        );
    }
}

/// Replies that repeat a secret of the request in each member that can be printed, with many statuses.
#[test]
fn outcomes_print_no_secret_that_the_reply_repeats() {
    let mut printed = 0;
    for form in forms().into_iter().take(SECRETS.len() * 2).chain([BASIC.into(), "harmless".into()]) {
        for wrap in [
            |form: &str| form.to_owned(),
            |form: &str| format!("The password {form} is wrong."),
            |form: &str| form.to_ascii_uppercase(),
            // The text is cut inside the secret.
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
                    printed += print_outcomes(&form, code, body.as_bytes());
                }
            }
        }
    }
    assert!(printed > 100, "harmless texts are printed: {printed}");
}

/// Prints the outcome of each call, and searches it for the secrets of that call. Returns how many contain `form`.
fn print_outcomes(form: &str, code: u16, body: &[u8]) -> usize {
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
            let index = SECRETS.iter().position(|other| other == secret).expect("it is in the list");
            for form in [index, index + SECRETS.len(), index + 2 * SECRETS.len()].map(|index| &all[index]) {
                assert!(!lower.contains(&form.to_ascii_lowercase()), "{code} prints {form}: {printed}");
                // Nor most of it.
                let most = form[..form.len() - 2].to_ascii_lowercase();
                let others =
                    secrets.iter().any(|other| other != secret && other.to_ascii_lowercase().contains(&most));
                assert!(others || !lower.contains(&most), "{code} prints most of {form}: {printed}");
            }
        }
    }
    assert!(!outcomes[2].1.contains(BASIC), "{code} prints the credentials");
    outcomes.iter().filter(|(_, printed)| printed.contains(form)).count()
}

fn print<T: std::fmt::Debug, P: std::fmt::Debug>(outcome: &sip_password::api::Outcome<T, P>) -> String {
    let failure = outcome.failure().map(ToString::to_string).unwrap_or_default();
    format!("{outcome:?} {outcome:#?} {failure}")
}

#[test]
fn tokens_and_reports_print_no_secret() {
    let token = token_outcome(200, crate::api::vendor_examples::TOKEN_REPLY.as_bytes()).unwrap();
    contains_no_secret("token", &format!("{token:?} {:?}", token.as_secret()));
    let outcome = server_generated_outcome(200, crate::api::vendor_examples::NXCLOUD_REPLY.as_bytes());
    assert!(outcome.is_updated());
    contains_no_secret("outcome", &format!("{outcome:?} {outcome:#?}"));
    let sip_password::api::Outcome::Updated(report) = outcome else { unreachable!() };
    // Usernames and passwords confused.
    let confused = br#"{"code":"success","row":{"671897":"1049001","888799":"1049002"}}"#;
    contains_no_secret("outcome", &print(&server_generated_outcome(200, confused)));
    let first: &Phone<'_> = &report.phones[0];
    contains_no_secret("phone", &format!("{first:?}"));
}
