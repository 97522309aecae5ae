//! Headers that a tenant needs with each call.

use fake_vendors::{Call, Vendor};

use crate::rotate::setting::{Setting, fault, made};

const HEADERS: [&str; 4] = ["--header", "X-TenantSpaceID: 201811", "--header", "x-other: a b"];

/// Asserts that each call so far had the headers, and that there was a call of each kind since the first `seen`.
#[track_caller]
fn all_have_them(setting: &Setting, seen: usize) -> usize {
    let log = setting.vendors.log();
    for call in [Call::Token, Call::Update] {
        assert!(log[seen..].iter().any(|entry| entry.call == call), "{call:?}");
    }
    for entry in &log {
        for header in ["x-tenantspaceid: 201811", "x-other: a b"] {
            assert!(entry.extra_headers.iter().any(|found| found == header), "{entry:?}");
        }
    }
    log.len()
}

/// The journal keeps them.
#[test]
fn extra_headers_go_with_each_call_of_each_run() {
    let phones = made(Vendor::Huawei, 3);
    let setting = Setting::with(Vendor::Huawei, &phones, fault("status=404@account=agent-2"));
    let ended = setting.rotate(&HEADERS);
    assert_eq!(ended.status, Some(1), "{}", ended.all());
    let seen = all_have_them(&setting, 0);

    // Others are refused, and so is one more or one less.
    let one = &HEADERS[..2];
    for (headers, given) in [
        (&["--header", "X-TenantSpaceID: 201812"][..], "X-TenantSpaceID: 201812"),
        (one, "X-TenantSpaceID: 201811"),
        (
            &[&HEADERS[..], &["--header", "x-more: 1"]].concat(),
            "X-TenantSpaceID: 201811, x-other: a b, x-more: 1",
        ),
    ] {
        let expected = "expected X-TenantSpaceID: 201811, x-other: a b, found ";
        setting.rotate(headers).failed(&[&format!("{expected}{given};"), "--header"]);
    }
    assert_eq!(setting.vendors.log().len(), seen);

    setting.fails(Vec::new());
    let ended = setting.rotate(&["--retry-refused"]);
    setting.all_confirmed(&ended, &phones);
    let seen = all_have_them(&setting, seen);
    // The same headers in another form.
    let ended = setting.rotate(&["--header", "X-Other:a b", "--header", "x-tenantspaceid:201811"]);
    assert_eq!((ended.status, setting.vendors.log().len()), (Some(0), seen), "{}", ended.all());
}

#[test]
fn a_rotation_without_headers_is_not_resumed_with_one() {
    let setting = Setting::new(Vendor::Huawei, 1);
    assert_eq!(setting.rotate(&[]).status, Some(0));
    setting.rotate(&HEADERS[..2]).failed(&["expected none, found X-TenantSpaceID: 201811"]);
    let setting = Setting::new(Vendor::Huawei, 1);
    setting.refused(&setting.rotate(&["--header", "X-Auth-Token: of-no-worth"]), &["X-Auth-Token", "secret"]);
    assert!(setting.journal_files().is_empty());
}
