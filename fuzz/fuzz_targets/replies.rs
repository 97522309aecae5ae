//! Any reply to every call: no panic, `Updated` only if the reference implementation agrees, no secret of the request in printed
//! outcomes, and memory within a small multiple of the reply and 52 KiB.

#![no_main]

#[path = "../../tests/it/api/oracle.rs"]
mod oracle;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    fmt::Debug,
    sync::{
        LazyLock,
        atomic::{AtomicIsize, Ordering::Relaxed},
    },
};

use libfuzzer_sys::fuzz_target;
use sip_password::{
    EXOTEL, HUAWEI, NXCLOUD,
    api::{BaseUrl, NewPassword, Outcome, Secret},
    exotel,
    http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER},
    huawei::{self, BodyFormat, ExtraHeaders},
    nxcloud::{self, Assignment},
};

/// Counts the bytes in use. LibFuzzer runs a target on one thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;
static LIVE: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);

// SAFETY: all memory comes from the system allocator, with the layouts unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = layout.size() as isize;
        PEAK.fetch_max(LIVE.fetch_add(size, Relaxed) + size, Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size() as isize, Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }
}

const TOKEN: &str = "fake-token-5tGb";
const KEY: &str = "fake-key-3eDc";
const ACCOUNT_PASSWORD: &str = "fakeAccountPwd";
const PASSWORD: &str = "FakePhonePwd1";
const SECOND: &str = "FakePhonePwd2";
const PHONES: [&str; 2] = ["1049001", "1049002"];

static BASE: LazyLock<BaseUrl> =
    LazyLock::new(|| BaseUrl::new("https://service.besclouds.com").expect("the URL is valid"));
static PAIRS: LazyLock<[(&str, NewPassword<'_>); 2]> = LazyLock::new(|| {
    [
        (PHONES[0], NXCLOUD.check(PASSWORD).expect("the password is compliant").into()),
        (PHONES[1], NXCLOUD.check(SECOND).expect("the password is compliant").into()),
    ]
});

/// The value of `run`, which must keep to the bound on memory.
fn bounded<T>(body: &[u8], run: impl FnOnce() -> T) -> T {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let value = run();
    let used = PEAK.load(Relaxed) - before;
    let length = body.len() as isize;
    // In the first 4 KiB of a text, a secret is looked for in three readings at once, of four bytes a character.
    assert!(used <= 3 * length + 12 * length.min(4096) + 4096, "{used} bytes for {length}");
    value
}

fn assert_redacted(outcome: &impl Debug, display: Option<String>, secrets: &[&str]) {
    let printed = format!("{outcome:?} {}", display.unwrap_or_default()).to_ascii_lowercase();
    for secret in secrets {
        assert!(!printed.contains(&secret.to_ascii_lowercase()), "{secret} is printed");
    }
}

/// Whether the outcome is an update. Its printed forms must contain no secret.
fn updated<T: Debug, P: Debug>(outcome: &Outcome<T, P>, secrets: &[&str]) -> bool {
    assert_redacted(outcome, outcome.failure().map(ToString::to_string), secrets);
    outcome.is_updated()
}

/// A reply to one call.
struct Reply<'a> {
    code: u16,
    status: StatusCode,
    headers: HeaderMap,
    body: &'a [u8],
}

impl<'a> Reply<'a> {
    /// Two bytes are the status, then a line is `Retry-After`, and the rest is the body.
    fn new(input: &'a [u8]) -> Option<Self> {
        let (&[high, low], rest) = input.split_first_chunk()?;
        let mut parts = rest.splitn(2, |&byte| byte == b'\n');
        let (wait, body) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let code = u16::from_be_bytes([high, low]);
        // Half of them 200, the status under which bodies matter most.
        let code = if code % 2 == 0 { 200 } else { 100 + code % 900 };
        let status = StatusCode::from_u16(code).expect("the code is from 100 to 999");
        let mut headers = HeaderMap::new();
        headers.extend(HeaderValue::from_bytes(wait).map(|wait| (RETRY_AFTER, wait)));
        Some(Self { code, status, headers, body })
    }
}

fn huawei(Reply { code, status, headers, body }: &Reply<'_>) {
    let call = huawei::UpdateSipPhonePassword {
        base: &BASE,
        token: Secret::new(TOKEN),
        app_key: Some(Secret::new(KEY)),
        user_account: "agent1",
        account_password: Secret::new(ACCOUNT_PASSWORD),
        new_password: HUAWEI.check(PASSWORD).expect("the password is compliant").into(),
        body_format: BodyFormat::Flat,
        extra_headers: ExtraHeaders::NONE,
    };
    let outcome = bounded(body, || call.outcome(*status, headers, body));
    let secrets = [TOKEN, KEY, ACCOUNT_PASSWORD, PASSWORD];
    assert!(!updated(&outcome, &secrets) || oracle::huawei_updated(*code, body));
}

fn huawei_token(Reply { code, status, headers, body }: &Reply<'_>) {
    let call = huawei::TokenByAkSk::new(&BASE, Secret::new(KEY), Secret::new(TOKEN));
    match bounded(body, || call.outcome(*status, headers, body)) {
        Ok(token) => {
            assert_redacted(&token, None, &[KEY, TOKEN]);
            assert!(*code == 200 && !token.expose_secret().is_empty() && !token.lifetime().is_zero());
        }
        Err(failure) => assert_redacted(&failure, Some(failure.to_string()), &[KEY, TOKEN]),
    }
}

fn exotel(Reply { code, status, headers, body }: &Reply<'_>) {
    let call = exotel::UpdatePassword {
        base: &exotel::SINGAPORE,
        api_key: Secret::new(KEY),
        api_token: Secret::new(TOKEN),
        account_sid: "acme1",
        user_uuid: "0a1b2c",
        device_id: "12345",
        new_password: EXOTEL.check(PASSWORD).expect("the password is compliant").into(),
    };
    let outcome = bounded(body, || call.outcome(*status, headers, body));
    if let Outcome::Updated(confirmation) = &outcome {
        assert_redacted(confirmation, None, &[TOKEN, KEY, PASSWORD]);
    }
    assert!(!updated(&outcome, &[TOKEN, KEY, PASSWORD]) || oracle::exotel_updated(*code, body));
}

fn nxcloud(Reply { status, headers, body, .. }: &Reply<'_>) {
    for (assignment, sent) in [
        (Assignment::Individual(&*PAIRS), [Some(PASSWORD), Some(SECOND)]),
        (Assignment::Shared { usernames: &PHONES, password: PAIRS[0].1 }, [Some(PASSWORD); 2]),
        (Assignment::ServerGenerated(&PHONES), [None; 2]),
    ] {
        let call = nxcloud::UpdatePassword {
            base: &nxcloud::PRODUCTION,
            app_key: Secret::new(KEY),
            secret_key: Secret::new(TOKEN),
            assignment,
        };
        let outcome = bounded(body, || call.outcome(*status, headers, body));
        let secrets: Vec<_> = [KEY, TOKEN].into_iter().chain(sent.into_iter().flatten()).collect();
        let phones = [(PHONES[0], sent[0]), (PHONES[1], sent[1])];
        assert!(!updated(&outcome, &secrets) || oracle::nxcloud_updated(body, &phones));
    }
}

fuzz_target!(|input: &[u8]| {
    let Some(reply) = Reply::new(input) else { return };
    huawei(&reply);
    huawei_token(&reply);
    exotel(&reply);
    nxcloud(&reply);
});
