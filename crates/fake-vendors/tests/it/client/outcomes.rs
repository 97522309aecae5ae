//! Each fault has its outcome at each vendor.

use super::*;

/// Each fault, and its outcome at Huawei, Exotel and NXCloud.
#[expect(clippy::too_many_lines, reason = "a table")]
fn table() -> Vec<(&'static str, Fault, [&'static str; 3])> {
    let reset = |stage| Fault::new(Kind::Break { stage, how: Ending::Reset });
    let stall = |stage| Fault::new(Kind::Stall { stage, time: STALL });
    let status = |status| Fault::new(Kind::Status { status, headers: Vec::new(), body: Vec::new() });
    let to = |status, to: &str| Fault::new(Kind::Redirect { status, to: to.into() });
    let all = |said| [said; 3];
    let limited = |form, seconds| Fault::new(Kind::RateLimited { form, wait: Duration::from_secs(seconds) });
    vec![
        ("no fault", Fault::new(Kind::Gzip).times(0), all("updated")),
        ("reset when accepted", reset(Stage::Accepted), all("not sent: Broken")),
        ("reset after the handshake", reset(Stage::Handshake), all("unknown: Broken")),
        ("reset after the headers", reset(Stage::Headers), all("unknown: Broken")),
        ("reset before it is done", reset(Stage::Request), all("unknown: Broken")),
        ("the reply is lost", Fault::lose_reply(), all("unknown: Broken")),
        ("reset in the status line", reset(Stage::Reply(9)), all("unknown: Broken")),
        ("reset in the body", reset(Stage::Reply(140)), all("unknown: Broken")),
        ("reset after the reply", reset(Stage::Sent), all("updated")),
        ("stalls when accepted", stall(Stage::Accepted), all("not sent: TimedOut")),
        ("stalls after the handshake", stall(Stage::Handshake), all("unknown: TimedOut")),
        ("stalls after the headers", stall(Stage::Headers), all("unknown: TimedOut")),
        ("stalls before it is done", stall(Stage::Request), all("unknown: TimedOut")),
        ("stalls before the reply", stall(Stage::Reply(0)), all("unknown: TimedOut")),
        ("stalls in the headers of the reply", stall(Stage::Reply(30)), all("unknown: TimedOut")),
        ("stalls in the body of the reply", stall(Stage::Reply(140)), all("unknown: TimedOut")),
        ("trickles", Fault::new(Kind::Trickle(Duration::from_millis(20))), all("unknown: TimedOut")),
        (
            "a gigabyte of reply",
            Fault::new(Kind::HugeBody(1 << 30)),
            ["unknown: TooLong, at risk", "unknown: TooLong", "unknown: TooLong"],
        ),
        ("a megabyte of headers", Fault::new(Kind::HugeHeaders(1 << 20)), all("unknown: NotHttp")),
        ("another content type", Fault::new(Kind::ContentType("text/plain".into())), all("updated")),
        (
            "HTML with 200",
            Fault::new(Kind::Html(200)),
            ["unknown: Html, at risk", "unknown: Html", "unknown: Html"],
        ),
        ("HTML with 502", Fault::new(Kind::Html(502)), all("unknown: ServerError")),
        ("HTML after it is done", Fault::new(Kind::Html(504)).applied(), all("unknown: ServerError")),
        ("301 to another host", to(301, "https://elsewhere.invalid/a"), all("unknown: Redirected")),
        ("302 to http", to(302, "http://127.0.0.1/a"), all("unknown: Redirected")),
        ("307 to another host", to(307, "https://elsewhere.invalid/a"), all("unknown: Redirected")),
        ("308 to http", to(308, "http://127.0.0.1/a"), all("unknown: Redirected")),
        ("expired certificate", Fault::new(Kind::Certificate(Certificate::Expired)), all("not sent: Tls")),
        (
            "self-signed certificate",
            Fault::new(Kind::Certificate(Certificate::SelfSigned)),
            all("not sent: Tls"),
        ),
        (
            "certificate of another name",
            Fault::new(Kind::Certificate(Certificate::WrongName)),
            all("not sent: Tls"),
        ),
        (
            "certificate of another root",
            Fault::new(Kind::Certificate(Certificate::OtherRoot)),
            all("not sent: Tls"),
        ),
        ("100 and nothing else", status(100), all("unknown: Broken")),
        (
            "204",
            status(204),
            ["unknown: UnexpectedStatus, at risk", "unknown: UnexpectedStatus", "unknown: UnexpectedStatus"],
        ),
        ("301 without a place", status(301), all("unknown: Redirected")),
        ("400", status(400), ["refused: BadRequest, at risk", "refused: BadRequest", "refused: BadRequest"]),
        (
            "401",
            status(401),
            ["refused: Unauthorized, at risk", "refused: Unauthorized", "refused: Unauthorized"],
        ),
        ("403", status(403), ["refused: Forbidden, at risk", "refused: Forbidden", "refused: Forbidden"]),
        ("404", status(404), all("refused: NotFound")),
        (
            "408",
            status(408),
            ["unknown: RequestTimeout, at risk", "unknown: RequestTimeout", "unknown: RequestTimeout"],
        ),
        (
            "429 for a while",
            limited(fake_vendors::RetryAfter::Seconds, 7),
            all("refused: RateLimited for 7s"),
        ),
        (
            "429 until a date",
            limited(fake_vendors::RetryAfter::Date, 70),
            all("refused: RateLimited until a date"),
        ),
        ("429", limited(fake_vendors::RetryAfter::Absent, 7), all("refused: RateLimited")),
        (
            "500",
            status(500),
            ["unknown: BusinessFailure, at risk", "unknown: ServerError", "unknown: ServerError"],
        ),
        (
            "500 after it is done",
            status(500).applied(),
            ["unknown: BusinessFailure, at risk", "unknown: ServerError", "unknown: ServerError"],
        ),
        ("502", status(502), all("unknown: ServerError")),
        ("503", status(503), all("unknown: Unavailable")),
        ("numbers for texts", Fault::new(Kind::OtherTypes), all("updated")),
        ("in schema", Fault::new(Kind::OtherShape), all("updated")),
        ("row without the phone", Fault::new(Kind::RowMissing), ["updated", "updated", "partial"]),
        ("row with another password", Fault::new(Kind::RowOther), ["updated", "updated", "partial"]),
        ("row with numbers", Fault::new(Kind::RowNumbers), all("updated")),
        (
            "doubled keys",
            Fault::new(Kind::DuplicateKeys),
            ["unknown: Duplicate, at risk", "unknown: Duplicate", "unknown: Duplicate"],
        ),
        ("nested 100,000 deep", Fault::new(Kind::Deep(20_000)), all("updated")),
        (
            "not UTF-8",
            Fault::new(Kind::InvalidUtf8),
            ["unknown: NotUtf8, at risk", "unknown: NotUtf8", "unknown: NotUtf8"],
        ),
        (
            "gzip",
            Fault::new(Kind::Gzip),
            ["unknown: Compressed, at risk", "unknown: Compressed", "unknown: Compressed"],
        ),
        ("two replies", Fault::new(Kind::Twice), all("updated")),
        ("100 first", Fault::new(Kind::Continue), all("updated")),
        ("in chunks", Fault::new(Kind::Chunked), all("updated")),
        ("not HTTP", Fault::new(Kind::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())), all("unknown: NotHttp")),
        ("nothing at all", Fault::new(Kind::Raw(Vec::new())), all("unknown: Broken")),
    ]
}

#[test]
fn every_fault_has_its_outcome() {
    let mut setting = Setting::new();
    let mut wrong = String::new();
    assert_eq!(table().len(), 60, "docs/TESTING.md has the number");
    for (name, fault, expected) in table() {
        assert_eq!(expected.len(), Vendor::ALL.len(), "{name}");
        for (vendor, expected) in Vendor::ALL.into_iter().zip(expected) {
            setting.vendors.set_faults(vec![fault.clone()]).expect("it makes sense");
            // A new connection, so that faults of connections strike too.
            setting.client = Setting::client(&setting.vendors);
            let start = Instant::now();
            let found = setting.row(vendor);
            assert!(start.elapsed() < 2 * DEADLINE, "{name}: took {:?}", start.elapsed());
            if found != expected {
                writeln!(wrong, "{name}, {vendor}: expected {expected:?}, found {found:?}")
                    .expect("a String takes all");
            }
        }
    }
    let log = LOG.lock().expect("no test panics in there");
    without_secrets(&log);
    // Nor in hexadecimal; this is "HTTP".
    assert!(log.contains("127.0.0.1") && !log.contains("4854 5450"), "bytes of the wire are logged");
    assert!(wrong.is_empty(), "{wrong}");
}
