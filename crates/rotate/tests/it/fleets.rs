//! The vendors' fleets, call by call: what each says of itself, and what it reports on calls that were never sent.

use fake_vendors::{Config, FakeVendors, Vendor, credentials};
use sip_password::{
    Client, EXOTEL, HUAWEI, Keystream, NXCLOUD, Preset, SendError,
    api::{BaseUrl, Secret},
    huawei::{BodyFormat, ExtraHeaders, TokenByAkSk},
};
use sip_password_rotate::{
    CallReport, Draft, Exotel, Feedback, Fleet, Huawei, HuaweiAccess, LockoutEffect, NxCloud, PhoneOutcome,
    PhoneUpdate, Plan, StopReason, TokenCache, run,
};

const NEW: &str = "NotARealOne1";

fn phone<'a>(names: &'a [&'a str]) -> PhoneUpdate<'a> {
    PhoneUpdate { names, account_password: "fake-account-pass-1", new_password: NEW }
}

fn huawei<'a>(base: &'a BaseUrl, access: HuaweiAccess<'a>) -> Huawei<'a> {
    Huawei { base, access, body_format: BodyFormat::Flat, extra_headers: ExtraHeaders::NONE, policy: &HUAWEI }
}

fn keys<'a>(base: &'a BaseUrl, secret: &'a str) -> HuaweiAccess<'a> {
    let key = Secret::new(credentials::HUAWEI_APP_KEY);
    HuaweiAccess::Keys(TokenCache::new(TokenByAkSk::new(base, key, Secret::new(secret))))
}

fn exotel(base: &BaseUrl) -> Exotel<'_> {
    let (api_key, api_token) = (Secret::new("fake-key"), Secret::new("fake-token"));
    Exotel { base, api_key, api_token, account_sid: "acme1", policy: &EXOTEL }
}

fn nxcloud(base: &BaseUrl) -> NxCloud<'_> {
    let (app_key, secret_key) = (Secret::new("fake-key"), Secret::new("fake-secret"));
    NxCloud { base, app_key, secret_key, batch: NxCloud::DEFAULT_BATCH, policy: &NXCLOUD }
}

/// Asserts that each phone of a call that was not sent has its old password, for this reason.
#[track_caller]
fn unsent(report: &CallReport, phones: usize, reason: &str) {
    assert_eq!(report.phones.len(), phones);
    for phone in &report.phones {
        assert_eq!(phone.outcome, PhoneOutcome::NotSent, "{report:?}");
        assert!(phone.reason.contains(reason), "{report:?}");
    }
}

#[test]
fn each_fleet_describes_itself() {
    let base = BaseUrl::new("https://service.example").expect("it is one");
    let token =
        || HuaweiAccess::Token { token: Secret::new("fake-token"), app_key: Some(Secret::new("fake-key")) };
    let (huawei, exotel, nxcloud) = (huawei(&base, token()), exotel(&base), nxcloud(&base));
    let of = |fleet: &dyn Fleet, name: &str, columns: &[&str], tenant: &str, calls_a_minute: u32| {
        assert_eq!((fleet.vendor(), &*format!("{fleet:?}")), (name, name));
        let preset = Preset::named(name).expect("it is one");
        assert!(std::ptr::eq(fleet.policy(), preset.policy));
        assert_eq!((fleet.columns(), &*fleet.tenant()), (columns, tenant));
        assert_eq!(fleet.default_rate().to_string(), format!("{calls_a_minute}/min"));
        // Only Huawei checks an account's password, and locks the account.
        let locks = name == "huawei";
        assert_eq!((fleet.locks_accounts(), fleet.account_password_column().is_some()), (locks, locks));
        assert_eq!(fleet.max_batch(), if name == "nxcloud" { NxCloud::DEFAULT_BATCH } else { 1 });
    };
    let place = "https://service.example";
    of(&huawei, "huawei", &["user_account"], place, 100);
    of(&exotel, "exotel", &["user_uuid", "device_id"], &format!("acme1 at {place}"), 50);
    of(&nxcloud, "nxcloud", &["username"], place, 30);
    for printed in [format!("{huawei:?}"), format!("{exotel:?}"), format!("{nxcloud:?}")] {
        assert!(printed.contains("service.example") && !printed.contains("fake"), "{printed}");
    }
}

/// What is wrong with a call is found before, and stops the run. Nothing listens at the port.
#[test]
fn a_call_that_cannot_be_made_is_not_sent() {
    let base = BaseUrl::allowing_plain_loopback("http://127.0.0.1:1").expect("it is one");
    let client = Client::builder().without_proxy().build();
    let (huawei, exotel, nxcloud) =
        (huawei(&base, keys(&base, "fake-secret")), exotel(&base), nxcloud(&base));
    let fleets: [(&dyn Fleet, &[&str], &[&str]); 3] = [
        (&huawei, &["agent-1"], &["agent\n1"]),
        (&exotel, &["user-1", "device-1"], &["user-1", ""]),
        (&nxcloud, &["1049001"], &[""]),
    ];
    for (fleet, right, wrong) in fleets {
        let (right, wrong) = (phone(right), phone(wrong));
        assert!(fleet.validate(&right).is_ok());
        let problem = fleet.validate(&wrong).expect_err("a name is wrong").to_string();

        // At Huawei, the token comes first.
        let report = fleet.send(&client, &[wrong]);
        let huawei = fleet.locks_accounts();
        unsent(&report, 1, if huawei { "no token: " } else { &problem });
        assert!(matches!(report.feedback, Feedback::Stop(_)) != huawei, "{report:?}");

        let report = fleet.send(&client, &[right]);
        unsent(&report, 1, if huawei { "no token: " } else { "not sent: " });
        assert_eq!(
            report.feedback,
            Feedback::Unreachable("the host refuses the connection; check the base URL and its port".into()),
            "{report:?}"
        );

        // A password that violates the policy is never sent.
        let short = PhoneUpdate { new_password: "short", ..right };
        assert!(fleet.validate(&short).expect_err("it is short").to_string().contains("too-short"));
        if !huawei {
            let report = fleet.send(&client, &[short]);
            unsent(&report, 1, "too-short");
            assert!(matches!(report.feedback, Feedback::Stop(_)), "{report:?}");
        }
    }
    for fleet in [&huawei as &dyn Fleet, &exotel] {
        unsent(&fleet.send(&client, &[]), 0, "");
        let names = ["user-1", "device-1"];
        unsent(&fleet.send(&client, &[phone(&names), phone(&names)]), 2, "is for one phone");
    }
    let token = HuaweiAccess::Token { token: Secret::new("fake\ntoken"), app_key: None };
    let fleet = self::huawei(&base, token);
    let report = fleet.send(&client, &[phone(&["agent-1"])]);
    unsent(&report, 1, "token");
    assert!(matches!(report.feedback, Feedback::Stop(_)), "{report:?}");
}

/// A wrong key concerns every phone, so the run stops. A failed check concerns one account, which is not asked again.
#[test]
fn a_wrong_key_stops_the_run_and_a_failed_check_does_not() {
    let vendors = FakeVendors::start(Config::default()).expect("a port is free");
    let base = BaseUrl::new(&vendors.base_url()).expect("it is one");
    let builder = Client::builder().without_proxy().private_roots(vendors.root_pem().as_bytes());
    let client = builder.expect("it is a root").build();
    let account = fake_vendors::Account::made(Vendor::Huawei, 1);
    let name = account.name(Vendor::Huawei);
    let names = [&*name];
    let wrong = PhoneUpdate { account_password: "not-the-account-password", ..phone(&names) };

    let report = huawei(&base, keys(&base, "not-the-secret")).send(&client, &[wrong]);
    unsent(&report, 1, "no token: ");
    assert!(matches!(report.feedback, Feedback::Stop(_)), "{report:?}");

    // A key that cannot be report.
    let report = huawei(&base, keys(&base, "")).send(&client, &[wrong]);
    unsent(&report, 1, "no token: ");
    assert!(matches!(report.feedback, Feedback::Stop(_)), "{report:?}");

    let fleet = huawei(&base, keys(&base, credentials::HUAWEI_APP_SECRET));
    // A token that cannot be had now is no reason to stop.
    vendors
        .set_faults(vec!["status=503@1,call=token".parse().expect("it is a fault")])
        .expect("it makes sense");
    let report = fleet.send(&client, &[wrong]);
    unsent(&report, 1, "no token: ");
    assert!(matches!(report.feedback, Feedback::Unavailable), "{report:?}");

    // Now there is a token, and the password is checked.
    let report = fleet.send(&client, &[PhoneUpdate { new_password: "short", ..wrong }]);
    unsent(&report, 1, "too-short");
    assert!(matches!(report.feedback, Feedback::Stop(_)), "{report:?}");

    let report = fleet.send(&client, &[wrong]);
    assert_eq!(
        (report.phones[0].outcome, report.phones[0].lockout),
        (PhoneOutcome::Refused, LockoutEffect::Failed),
        "{report:?}"
    );
    let report = fleet.send(&client, &[wrong]);
    unsent(&report, 1, &SendError::AtRisk.to_string());
    assert_eq!(
        (report.phones[0].lockout, &report.feedback),
        (LockoutEffect::Unknown, &Feedback::Refused),
        "{report:?}"
    );
}

/// Nobody listens: no pause would help, and the run says so at once.
#[test]
fn a_vendor_that_was_never_reached_ends_the_run_at_once() {
    use std::{sync::atomic::AtomicBool, time::Instant};

    let setting = crate::vendor::Setting::new();
    let base = BaseUrl::new("https://127.0.0.1:1").expect("it is one");
    let fleet = NxCloud {
        base: &base,
        app_key: Secret::new("not-a-real-key"),
        secret_key: Secret::new("not-a-real-secret"),
        batch: 20,
        policy: &NXCLOUD,
    };
    let key = crate::vendor::key();
    let plan = Plan { fleet: &fleet, policy: &NXCLOUD, length: 16, key: &key, not_containing: &[] };
    let mut rng = Keystream::new(&sip_password::Seed::take(&mut [5; 32]));
    let draft = Draft::new(&setting.path(), &plan, &b"username\n1\n2\n"[..], &mut rng);
    let mut journal = draft.expect("the accounts are good").commit(&key).expect("there is room");
    let begun = Instant::now();
    let client = Client::builder().build();
    let ended =
        run(&mut journal, &fleet, &client, &crate::vendor::limits(4), &AtomicBool::new(false), |_| ());
    let Some(StopReason::Failing(reason)) = ended.expect("there is room").stopped else {
        panic!("it did not stop")
    };
    assert_eq!(
        reason,
        "the host refuses the connection; check the base URL and its port. No call has ever got through"
    );
    assert!(begun.elapsed().as_secs() < 5);
}
