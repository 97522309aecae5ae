//! No copy of a secret remains on the heap, and reading a reply takes no more memory than a small multiple of its length.
//!
//! The allocator of this test searches every block when it is freed. For each test there is one that leaves a copy on purpose, which
//! shows that the search finds it.

#![expect(unsafe_code, reason = "an allocator that searches the blocks that are freed")]

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
    huawei::{self, BodyFormat, ExtraHeaders},
    nxcloud::{self, Assignment},
};

const TOKEN: &str = "fake-token-5tGb";
const KEY_SECRET: &str = "fake/secret+4rFv";
const ACCOUNT_PASSWORD: &str = "fake\"AccountPwd";
const PASSWORD: &str = "FakePhonePwd1";
/// Passwords that the server generates: they are in no request.
const GENERATED: [&str; 2] = ["671897", "888799"];

/// No block may contain one of these when it is freed. The last one is `fake-token-5tGb:fake/secret+4rFv` in Base64.
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
    /// The needles that were in a freed block, one bit each.
    static FOUND: Cell<u8> = const { Cell::new(0) };
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

struct SearchingAllocator;

#[global_allocator]
static ALLOCATOR: SearchingAllocator = SearchingAllocator;

fn count(bytes: isize) {
    LIVE.set(LIVE.get() + bytes);
    PEAK.set(PEAK.get().max(LIVE.get()));
}

// SAFETY: all memory is the system allocator's, with the layouts unchanged.
unsafe impl GlobalAlloc for SearchingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // Zeroed, so that every byte has a value when the block is searched.
        // SAFETY: the caller's promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller frees the whole block, which was initialised when it was allocated.
        let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
        for (index, needle) in NEEDLES.iter().enumerate() {
            if bytes.windows(needle.len()).any(|window| window == *needle) {
                FOUND.set(FOUND.get() | 1 << index);
            }
        }
        // SAFETY: the caller's promises.
        unsafe { System.dealloc(block, layout) }
    }
    // `realloc` is that of the trait: it allocates a new block, copies, and frees the old one, which is searched.
}

/// The needles that `run` leaves in freed memory.
fn left_behind<T>(run: impl FnOnce() -> T) -> Vec<&'static str> {
    FOUND.set(0);
    drop(black_box(run()));
    let found = FOUND.get();
    let needles = NEEDLES.iter().enumerate().filter(|(index, _)| found >> index & 1 == 1);
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
        extra_headers: ExtraHeaders::NONE,
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
fn requests_leave_no_copy() {
    let pairs = [("1049001", NXCLOUD.check(PASSWORD).expect("it is compliant").into())];
    let found = left_behind(|| {
        let requests = [
            with_huawei(|call| call.request()).unwrap(),
            huawei::TokenByAkSk::new(&base(), Secret::new(TOKEN), Secret::new(KEY_SECRET)).request().unwrap(),
            exotel().request().unwrap(),
            nxcloud(Assignment::Individual(&pairs)).request().unwrap(),
        ];
        // As a client does: takes the requests apart, clones the headers, and keeps the bodies as they are.
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

/// The same with a copy in memory that is not wiped.
#[test]
fn a_copy_of_a_request_is_found() {
    let copy = |request: Request<Body>| {
        let headers: Vec<_> = request.headers().values().map(|value| value.as_bytes().to_vec()).collect();
        (request.body().expose_secret_bytes().to_vec(), headers)
    };
    let found = left_behind(|| with_huawei(|call| call.request()).map(copy));
    assert_eq!(found, [TOKEN, KEY_SECRET, "AccountPwd\"", PASSWORD]);
    let found = left_behind(|| exotel().request().map(copy));
    assert_eq!(found, [PASSWORD, "ZmFrZS10b2tlbi01dEdiOmZha2Uvc2VjcmV0KzRyRnY"]);
    // A buffer that is wiped, but grows.
    let found = left_behind(|| {
        let mut buffer = zeroize::Zeroizing::new(PASSWORD.as_bytes().to_vec());
        buffer.reserve(1000);
        buffer
    });
    assert_eq!(found, [PASSWORD]);
}

/// Passwords and a token in replies: with escapes, in JSON inside a string, and in messages that are withheld.
#[test]
fn replies_leave_no_copy() {
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

/// The same with `serde_json`'s own strings.
#[test]
fn a_copy_of_a_reply_is_found() {
    let reply = br#"{"code":"success","row":{"1049001":"\u0036\u00371897","1049002":888799}}"#;
    let found = left_behind(|| serde_json::from_slice::<serde_json::Value>(reply).unwrap());
    assert_eq!(found, [GENERATED[0]]);
}

/// The greatest number of bytes that `run` had in use at once.
fn peak<T>(run: impl FnOnce() -> T) -> usize {
    let before = LIVE.get();
    PEAK.set(before);
    let value = black_box(run());
    let peak = PEAK.get() - before;
    drop(value);
    usize::try_from(peak).expect("the peak is not below the start")
}

/// Replies of the greatest length, of every kind that could take more memory than its length.
#[test]
fn reading_a_reply_takes_at_most_three_times_its_length() {
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
    for (index, reply) in replies.iter().enumerate() {
        for status in [200, 400, 429, 500] {
            let status = StatusCode::from_u16(status).unwrap();
            let peaks = [
                peak(|| with_huawei(|call| call.outcome(status, &none, reply))),
                peak(|| exotel().outcome(status, &none, reply)),
                peak(|| nxcloud(Assignment::Individual(&pairs)).outcome(status, &none, reply)),
                peak(|| nxcloud(Assignment::ServerGenerated(&["1049001"])).outcome(status, &none, reply)),
            ];
            let max = peaks.into_iter().max().unwrap();
            assert!(max <= 3 * reply.len() + 4096, "reply {index} of {} bytes took {max}", reply.len());
        }
    }
    // The test notices more: `serde_json`'s tree of a long array takes a multiple.
    let tree = peak(|| serde_json::from_slice::<serde_json::Value>(&fill("[", "[],", "[]]")));
    assert!(tree > 3 * MAX_REPLY + 4096, "{tree}");
}

/// The tests above ignore the outcomes. The replies are readable: the outcomes themselves are tested elsewhere.
#[test]
fn the_replies_are_readable() {
    let reply = br#"{"code":"success","row":"{\"1049001\":\"671897\"}"}"#;
    let outcome =
        nxcloud(Assignment::ServerGenerated(&["1049001"])).outcome(StatusCode::OK, &HeaderMap::new(), reply);
    assert!(matches!(outcome, Outcome::Updated(_)));
}
