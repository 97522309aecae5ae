//! What only Huawei has: tokens, and two shapes of a request.

use fake_vendors::{Call, Config, Fault, Kind, Vendor, credentials};
use sip_password::{
    Client,
    api::{BaseUrl, Secret},
    huawei::TokenByAkSk,
};

use crate::submit::setting::{Setting, lines};

/// A token, with which the update is the command's first call.
pub(crate) fn token(setting: &Setting) -> String {
    let base = BaseUrl::new(&setting.vendors.base_url()).expect("it is one");
    let client = Client::builder().without_proxy();
    let client = client.private_roots(setting.vendors.root_pem().as_bytes()).expect("it is a root").build();
    let (key, secret) = (credentials::HUAWEI_APP_KEY, credentials::HUAWEI_APP_SECRET);
    let call = TokenByAkSk::new(&base, Secret::new(key), Secret::new(secret));
    let token = client.send(&call).expect("there is a reply").expect("the keys are right");
    token.expose_secret().to_owned()
}

#[test]
fn a_wrapped_request_is_sent() {
    let config = Config { wrapped_request: true, wrapped_reply: true, ..Config::default() };
    let setting = Setting::with(Vendor::Huawei, config);
    setting.submit(&[]).is(1, &["refused"]);
    setting.submit(&["--again", "--wrapped"]).is(0, &["updated"]);
    assert_eq!(setting.on_phone(), Some(setting.in_file()));
}

/// Without a token, no password is sent, and the account's password is not checked.
#[test]
fn without_a_token_nothing_is_sent() {
    let setting = Setting::new(Vendor::Huawei);
    let mut command = setting.command(&["--output", "new.txt"]);
    setting
        .run(command.env("HUAWEI_APP_SECRET", "of-no-worth"))
        .is(2, &["no token", "No password was sent", "keeps its current password"]);
    setting.faults(vec![Fault::lose_reply().call(Call::Token)]);
    setting.submit(&[]).is(2, &["no token", "No password was sent"]);
    setting.faults(vec![Fault::new(Kind::Html(200)).call(Call::Token)]);
    setting.submit(&[]).is(2, &["no token", "HTML", "No password was sent"]);
    for status in [400, 401, 403, 429, 500, 503] {
        setting
            .faults(vec![format!("status={status}").parse::<Fault>().expect("it is one").call(Call::Token)]);
        setting.submit(&[]).is(2, &["no token", "No password was sent"]);
    }
    if let Ok(hole) = &fake_vendors::BlackHole::start() {
        let ended = setting.submit(&["--timeout", "1", "--auth-url", &hole.base_url()]);
        ended.is(2, &["no token", "timed out", "No password was sent"]);
    }
    assert_eq!(setting.phone().asked, 0);
    assert!(!setting.path("new.txt").exists());

    // A token that has expired.
    setting.faults(Vec::new());
    let token = token(&setting);
    setting.vendors.revoke_tokens();
    let mut command = setting.command(&["--output", "new.txt"]);
    setting.run(command.env("HUAWEI_TOKEN", token)).is(1, &["not authorised", "keeps its old password"]);
    assert_eq!(setting.on_phone(), None);
}

/// The file of secrets takes precedence over the environment.
#[test]
fn the_keys_in_a_file_come_before_a_forgotten_token() {
    let setting = Setting::new(Vendor::Huawei);
    setting.write("secrets.env", &lines(Vendor::Huawei, |line| line));
    let mut command = setting.command(&["--output", "new.txt", "--secrets", "secrets.env"]);
    setting.run(command.env("HUAWEI_TOKEN", "of-no-worth")).is(0, &["updated"]);
}

/// A multi-tenant AICC finds the tenant by a header.
#[test]
fn extra_headers_go_with_each_call() {
    let setting = Setting::new(Vendor::Huawei);
    let headers = ["--header", "X-TenantSpaceID: 201811", "--header", "x-other:a b"];
    setting.submit(&headers).is(0, &["updated"]);
    let log = setting.vendors.log();
    assert_eq!(log.iter().map(|entry| entry.call).collect::<Vec<_>>(), [Call::Token, Call::Update]);
    for entry in &log {
        for header in ["x-tenantspaceid: 201811", "x-other: a b"] {
            assert!(entry.extra_headers.iter().any(|found| found == header), "{entry:?}");
        }
    }
    let mut command = setting.command(&["--dry-run"]);
    let shown = setting.run(command.args(headers)).stdout;
    assert_eq!(shown.matches("x-tenantspaceid: ***\n").count(), 2, "{shown}");
}

#[test]
fn a_header_that_may_be_a_secret_is_refused() {
    let setting = Setting::new(Vendor::Huawei);
    for (header, said) in [
        ("Authorization: of-no-worth", "authorization is set by sip-password itself"),
        ("Cookie: of-no-worth", "every user of the machine can read it"),
        ("Host: of-no-worth", "host is set by sip-password itself"),
        ("of-no-worth", "expected NAME: VALUE"),
        ("X-A: of-no-worth\n", "the value of a header"),
        ("X A: of-no-worth", "the name of a header"),
    ] {
        let ended = setting.submit(&["--header", header]);
        ended.is(2, &["--header", said]);
        assert!(!ended.stderr.contains("of-no-worth"), "{}", ended.stderr);
    }
    assert_eq!(setting.vendors.connections(), 0);
}
