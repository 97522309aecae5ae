//! No copy of a secret is left on the heap, and a reply takes no more memory than a small multiple of its size.
//!
//! The allocator of this test looks at every block when it is given back. Each test has a twin that leaves a copy, so
//! that it is seen to fail.

#![expect(unsafe_code, reason = "an allocator that looks at the blocks that are given back")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
};

use sip_password::{
    EXOTEL, HUAWEI, NXCLOUD,
    api::{BaseUrl, Body, MAX_REPLY, Outcome, Secret},
    exotel,
    http::{HeaderMap, Request, StatusCode},
    huawei::{self, BodyFormat},
    nxcloud::{self, Assignment},
};

const TOKEN: &str = "fake-token-5tGb";
const KEY_SECRET: &str = "fake/secret+4rFv";
const ACCOUNT_PASSWORD: &str = "fake\"AccountPwd";
const PASSWORD: &str = "FakePhonePwd1";
/// In no request: a server's, as a string and as a number.
const CHOSEN: [&str; 2] = ["671897", "888799"];

/// What no block may hold when it is given back. The last one is `fake-token-5tGb:fake/secret+4rFv` in Base64.
const NEEDLES: [&[u8]; 8] = [
    b"fake-token-5tGb",
    b"fake/secret+4rFv",
    b"fake%2Fsecret%2B4rFv",
    b"AccountPwd\"",
    b"FakePhonePwd1",
    b"671897",
    b"888799",
    b"ZmFrZS10b2tlbi01dEdiOmZha2Uvc2VjcmV0KzRyRnY",
];

thread_local! {
    /// Which needles were in a block that was given back.
    static FOUND: Cell<u8> = const { Cell::new(0) };
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

struct Looking;

#[global_allocator]
static ALLOCATOR: Looking = Looking;

fn count(bytes: isize) {
    LIVE.set(LIVE.get() + bytes);
    PEAK.set(PEAK.get().max(LIVE.get()));
}

// SAFETY: all memory is the system allocator's, with the layouts unchanged.
unsafe impl GlobalAlloc for Looking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // Zeroed, so that every byte has a value when the block is looked at.
        // SAFETY: the caller's promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller gives the whole block back, which was zeroed when it was made.
        let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
        for (place, needle) in NEEDLES.iter().enumerate() {
            if bytes.windows(needle.len()).any(|window| window == *needle) {
                FOUND.set(FOUND.get() | 1 << place);
            }
        }
        // SAFETY: the caller's promises.
        unsafe { System.dealloc(block, layout) }
    }
    // `realloc` is that of the trait: a new block, a copy, and the old one given back, and so looked at.
}

/// Which needles `run` leaves behind.
fn left_behind<T>(run: impl FnOnce() -> T) -> Vec<&'static str> {
    FOUND.set(0);
    drop(black_box(run()));
    let found = FOUND.get();
    let needles = NEEDLES.iter().enumerate().filter(|(place, _)| found >> place & 1 == 1);
    needles.map(|(_, needle)| str::from_utf8(needle).expect("they are UTF-8")).collect()
}

fn base() -> BaseUrl {
    BaseUrl::new("https://service.besclouds.com").expect("it is a URL")
}

fn with_huawei<T>(run: impl FnOnce(huawei::UpdateSipPhonePassword<'_>) -> T) -> T {
    run(huawei::UpdateSipPhonePassword {
        base: &base(),
        token: Secret::new(TOKEN),
        app_key: Some(Secret::new(KEY_SECRET)),
        user_account: "agent1",
        account_password: Secret::new(ACCOUNT_PASSWORD),
        new_password: HUAWEI.check(PASSWORD).expect("it is compliant").into(),
        body_format: BodyFormat::Wrapped,
    })
}

fn exotel() -> exotel::UpdatePassword<'static> {
    exotel::UpdatePassword {
        base: &exotel::SINGAPORE,
        api_key: Secret::new(TOKEN),
        api_token: Secret::new(KEY_SECRET),
        account_sid: "acme1",
        user_uuid: "0a1b2c",
        device_id: "12345",
        new_password: EXOTEL.check(PASSWORD).expect("it is compliant").into(),
    }
}

fn nxcloud(assignment: Assignment<'_>) -> nxcloud::UpdatePassword<'_> {
    nxcloud::UpdatePassword {
        base: &nxcloud::PRODUCTION,
        app_key: Secret::new(TOKEN),
        secret_key: Secret::new(KEY_SECRET),
        assignment,
    }
}

#[test]
fn requests() {
    let pairs = [("1049001", NXCLOUD.check(PASSWORD).expect("it is compliant").into())];
    let found = left_behind(|| {
        let requests = [
            with_huawei(|call| call.request()).unwrap(),
            huawei::TokenByAkSk::new(&base(), Secret::new(TOKEN), Secret::new(KEY_SECRET)).request().unwrap(),
            exotel().request().unwrap(),
            nxcloud(Assignment::Individual(&pairs)).request().unwrap(),
        ];
        // What a client does: takes them apart, clones the headers, keeps the body as it is.
        requests.map(|request| {
            let (parts, body) = request.into_parts();
            let headers = parts.headers.clone();
            (parts, headers, bytes::Bytes::from_owner(body))
        })
    });
    assert!(found.is_empty(), "{found:?}");
    let found = left_behind(|| with_huawei(|call| call.request()).unwrap().into_body().into_zeroizing());
    assert!(found.is_empty(), "{found:?}");
}

/// The same into ordinary memory.
#[test]
fn requests_without_wiping_are_caught() {
    let copy = |request: Request<Body>| {
        let headers: Vec<_> = request.headers().values().map(|value| value.as_bytes().to_vec()).collect();
        (request.body().expose_secret_bytes().to_vec(), headers)
    };
    let found = left_behind(|| with_huawei(|call| call.request()).map(copy));
    assert_eq!(found, [TOKEN, KEY_SECRET, "AccountPwd\"", PASSWORD]);
    let found = left_behind(|| exotel().request().map(copy));
    assert_eq!(found, [PASSWORD, "ZmFrZS10b2tlbi01dEdiOmZha2Uvc2VjcmV0KzRyRnY"]);
    // A buffer that is wiped, and grows.
    let found = left_behind(|| {
        let mut grows = zeroize::Zeroizing::new(PASSWORD.as_bytes().to_vec());
        grows.reserve(1000);
        grows
    });
    assert_eq!(found, [PASSWORD]);
}

/// Passwords and a token in replies, with escapes, in a string in a string, and in messages that are withheld.
#[test]
fn replies() {
    let none = HeaderMap::new();
    let ok = StatusCode::OK;
    let phones = ["1049001", "1049002"];
    let pairs = [("1049001", NXCLOUD.check(PASSWORD).expect("it is compliant").into())];
    let rows: [&[u8]; 5] = [
        br#"{"code":"success","row":{"1049001":"671897","1049002":888799}}"#,
        br#"{"code":"success","row":{"1049001":"\u0036\u00371897","1049002":"888799","3":"FakePhonePwd1"}}"#,
        br#"{"code":"success","row":"{\"1049001\":\"671897\",\"1049002\":\"888799\"}"}"#,
        br#"{"code":"success","row":{"1049001":"671897","1049001":"888799"}}"#,
        br#"{"code":"success","row":{"FakePhonePwd1":"671897","1049001":"FakePhonePwd1"}}"#,
    ];
    for row in rows {
        let found = left_behind(|| {
            nxcloud(Assignment::ServerGenerated(&phones)).outcome(ok, &none, row).is_updated()
        });
        assert!(found.is_empty(), "{found:?}");
        let found = left_behind(|| nxcloud(Assignment::Individual(&pairs)).outcome(ok, &none, row));
        assert!(found.is_empty(), "{found:?}");
    }
    let found = left_behind(|| {
        let base = base();
        let call = huawei::TokenByAkSk::new(&base, Secret::new("not-a-real-key"), Secret::new("fake-secret"));
        call.outcome(ok, &none, br#"{"AccessToken":"fake\u002dtoken-5tGb","Expires":"600"}"#).map(drop)
    });
    assert!(found.is_empty(), "{found:?}");
    let echo = br#"{"resultCode":"FakePhonePwd1","resultMessage":"fake-token-5tGb \u0046akePhonePwd1"}"#;
    let found = left_behind(|| with_huawei(|call| call.outcome(ok, &none, echo)));
    assert!(found.is_empty(), "{found:?}");
    let echo =
        br#"{"request_id":"FakePhonePwd1","response":{"code":"fake\/secret+4rFv","status":"failure"}}"#;
    let found = left_behind(|| exotel().outcome(ok, &none, echo));
    assert!(found.is_empty(), "{found:?}");
}

/// The same by `serde_json`'s own strings.
#[test]
fn replies_without_wiping_are_caught() {
    let reply = br#"{"code":"success","row":{"1049001":"\u0036\u00371897","1049002":888799}}"#;
    let found = left_behind(|| serde_json::from_slice::<serde_json::Value>(reply).unwrap());
    assert_eq!(found, [CHOSEN[0]]);
}

/// How many bytes more than before were in use at once.
fn peak<T>(run: impl FnOnce() -> T) -> usize {
    let before = LIVE.get();
    PEAK.set(before);
    let value = black_box(run());
    let peak = PEAK.get() - before;
    drop(value);
    usize::try_from(peak).expect("a peak is not below where it began")
}

/// Replies as long as they can be, of everything that could take more memory than it is long.
#[test]
fn memory_is_bounded() {
    let fill = |start: &str, piece: &str, end: &str| {
        let times = (MAX_REPLY - start.len() - end.len()) / piece.len();
        [start, &piece.repeat(times), end].concat().into_bytes()
    };
    let replies = [
        fill("", "[", ""),
        fill(r#"{"x":"#, "[", ""),
        fill(r#"{"resultCode":"1","resultMessage":""#, "x", "\"}"),
        fill(r#"{"resultCode":"1","resultMessage":""#, "é", "\"}"),
        fill(r#"{"resultCode":"1","resultMessage":""#, "\\u000a", "\"}"),
        fill(r#"{"resultCode":""#, "\\ud83d\\ude00", "\"}"),
        fill(r#"{"code":"failed","info":""#, "%", "\"}"),
        fill(r#"{"code":"success","row":{"#, r#""a":1,"#, r#""b":1}}"#),
        fill(r#"{"code":"success","row":{"#, r#""":"","#, r#""1049001":"x"}}"#),
        fill(r#"{"code":"success","row":"{"#, r#"\"a\":1,"#, r#"\"b\":1}"}"#),
        fill(r#"{"request_id":""#, "x", r#"","response":{"code":400,"status":"failure"}}"#),
        fill("{", r#""a":1,"#, r#""b":1}"#),
        fill("", "<", ""),
        vec![0xff; MAX_REPLY],
        vec![b'"'; 10 * MAX_REPLY],
    ];
    let none = HeaderMap::new();
    let pairs = [("1049001", NXCLOUD.check(PASSWORD).expect("it is compliant").into())];
    for (place, reply) in replies.iter().enumerate() {
        for status in [200, 400, 429, 500] {
            let status = StatusCode::from_u16(status).unwrap();
            let peaks = [
                peak(|| with_huawei(|call| call.outcome(status, &none, reply))),
                peak(|| exotel().outcome(status, &none, reply)),
                peak(|| nxcloud(Assignment::Individual(&pairs)).outcome(status, &none, reply)),
                peak(|| nxcloud(Assignment::ServerGenerated(&["1049001"])).outcome(status, &none, reply)),
            ];
            let most = peaks.into_iter().max().unwrap();
            assert!(most <= 3 * reply.len() + 4096, "reply {place} of {} bytes took {most}", reply.len());
        }
    }
    // The test sees what is used: a tree of the last but four takes a multiple.
    let tree = peak(|| serde_json::from_slice::<serde_json::Value>(&fill("[", "[],", "[]]")));
    assert!(tree > 3 * MAX_REPLY + 4096, "{tree}");
}

/// Not used outside of the tests, which look at memory: that an outcome is what it should be is tested elsewhere.
#[test]
fn the_replies_are_understood() {
    let reply = br#"{"code":"success","row":"{\"1049001\":\"671897\"}"}"#;
    let outcome =
        nxcloud(Assignment::ServerGenerated(&["1049001"])).outcome(StatusCode::OK, &HeaderMap::new(), reply);
    assert!(matches!(outcome, Outcome::Updated(_)));
}
