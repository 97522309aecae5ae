//! The client against the fake server, with each fault over a real TLS connection: the outcome is right, the phone has the password
//! that the outcome says, no call could lock an account, and no text contains a secret.

mod idle;
mod lockout;
mod outcomes;

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fmt::{Debug, Display, Write},
    io::ErrorKind,
    sync::{Mutex, Once},
    time::{Duration, Instant},
};

use fake_vendors::{Certificate, Config, Ending, FakeVendors, Fault, Kind, Stage, Vendor, credentials};
use sip_password::{
    Client, EXOTEL, HUAWEI, NXCLOUD, SendError, TransportError,
    api::{BaseUrl, Call, Failure, FailureKind, Outcome, RetryAfter, Secret},
    exotel,
    huawei::{BodyFormat, ExtraHeaders, TokenByAkSk, UpdateSipPhonePassword},
    nxcloud::{self, Assignment},
};

const NEW: &str = "NotARealOne1";
/// What no text may contain.
const SECRETS: [&str; 9] = [
    NEW,
    "fake-account-pass",
    "of-no-worth-at-all",
    credentials::HUAWEI_APP_KEY,
    credentials::HUAWEI_APP_SECRET,
    credentials::EXOTEL_API_KEY,
    credentials::EXOTEL_API_TOKEN,
    credentials::NXCLOUD_APPKEY,
    credentials::NXCLOUD_SECRETKEY,
];
/// The deadline for a server that stalls, and how long it stalls.
const DEADLINE: Duration = Duration::from_millis(400);
const STALL: Duration = Duration::from_millis(1500);

/// Every line that is logged up to the level `debug`, by any crate.
static LOG: Mutex<String> = Mutex::new(String::new());

thread_local! {
    /// The targets and lines at the level `trace`; that level is enabled on a thread where this is something.
    static TRACE: RefCell<Option<Vec<(String, String)>>> = const { RefCell::new(None) };
}

struct Logger;

impl log::Log for Logger {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Debug || TRACE.with_borrow(Option::is_some)
    }

    fn log(&self, record: &log::Record<'_>) {
        match record.level() {
            log::Level::Trace => TRACE.with_borrow_mut(|lines| {
                if let Some(lines) = lines {
                    lines.push((record.target().to_owned(), record.args().to_string()));
                }
            }),
            _ => {
                writeln!(LOG.lock().expect("no test panics in here"), "{}", record.args())
                    .expect("a String takes all");
            }
        }
    }

    fn flush(&self) {}
}

fn listen_to_the_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Logger).expect("it is the first");
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// Does something with the level `trace` enabled on this thread: its result, and the targets and lines.
fn with_trace<T>(work: impl FnOnce() -> T) -> (T, Vec<(String, String)>) {
    listen_to_the_log();
    TRACE.set(Some(Vec::new()));
    let done = work();
    (done, TRACE.take().expect("it was set"))
}

/// Whether this build has the level `trace` at all: together with the command, `log` is built without it.
const HAS_TRACE: bool = log::STATIC_MAX_LEVEL as usize >= log::LevelFilter::Trace as usize;

fn without_secrets(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

fn shown(thing: &(impl Debug + Display)) -> String {
    let text = format!("{thing} {thing:?} {thing:#?}");
    without_secrets(&text);
    text
}

/// The fake server, and a client of it.
struct Setting {
    vendors: FakeVendors,
    base: BaseUrl,
    client: Client,
    token: String,
    /// How many accounts were used: each row gets a fresh one.
    accounts: u32,
}

impl Setting {
    fn new() -> Self {
        listen_to_the_log();
        let vendors =
            FakeVendors::start(Config { accounts: 5000, ..Config::default() }).expect("a port is free");
        let base = BaseUrl::new(&vendors.base_url()).expect("it is one");
        let client = Self::client(&vendors);
        let call = TokenByAkSk::new(
            &base,
            Secret::new(credentials::HUAWEI_APP_KEY),
            Secret::new(credentials::HUAWEI_APP_SECRET),
        );
        let token = client.send(&call).expect("it is there").expect("the keys are right");
        let token = token.expose_secret().to_owned();
        Self { vendors, base, client, token, accounts: 0 }
    }

    fn client(vendors: &FakeVendors) -> Client {
        let builder = Client::builder().without_proxy().connect_timeout(DEADLINE).timeout(DEADLINE);
        builder.private_roots(vendors.root_pem().as_bytes()).expect("it is a root").build()
    }

    /// Sends a new password for the next account: the outcome in a few words.
    fn row(&mut self, vendor: Vendor) -> String {
        self.accounts += 1;
        let number = self.accounts;
        let account = fake_vendors::Account::made(vendor, number).name(vendor);
        let said = self.submit(vendor, number);

        // Compare with the phone itself.
        let changed = self.vendors.password_of(vendor, &account).is_some_and(|password| password == NEW);
        let certain = said.split(':').next().unwrap_or_default();
        match certain {
            "updated" => assert!(changed, "{vendor} {said}: the phone has another password"),
            "not sent" | "refused" => assert!(!changed, "{vendor} {said}: the phone has the new password"),
            "unknown" | "partial" => {}
            other => panic!("{other}"),
        }
        assert!(self.vendors.phone(vendor, &account).is_none_or(|phone| phone.asked <= 1), "asked twice");
        said
    }

    fn submit(&self, vendor: Vendor, number: u32) -> String {
        let (account, device) = (format!("agent-{number}"), format!("device-{number}"));
        let password = format!("fake-account-pass-{number}");
        match vendor {
            Vendor::Huawei => self.send(&self.huawei(&account, &password)),
            Vendor::Exotel => self.send(&exotel::UpdatePassword {
                base: &self.base,
                api_key: Secret::new(credentials::EXOTEL_API_KEY),
                api_token: Secret::new(credentials::EXOTEL_API_TOKEN),
                account_sid: credentials::EXOTEL_SID,
                user_uuid: &account,
                device_id: &device,
                new_password: EXOTEL.check(NEW).expect("it is compliant").into(),
            }),
            Vendor::NxCloud => self.send(&nxcloud::UpdatePassword {
                base: &self.base,
                app_key: Secret::new(credentials::NXCLOUD_APPKEY),
                secret_key: Secret::new(credentials::NXCLOUD_SECRETKEY),
                assignment: Assignment::Individual(&[(
                    &account,
                    NXCLOUD.check(NEW).expect("it is compliant").into(),
                )]),
            }),
        }
    }

    fn huawei<'a>(&'a self, account: &'a str, password: &'a str) -> UpdateSipPhonePassword<'a> {
        UpdateSipPhonePassword {
            base: &self.base,
            token: Secret::new(&self.token),
            app_key: Some(Secret::new(credentials::HUAWEI_APP_KEY)),
            user_account: account,
            account_password: Secret::new(password),
            new_password: HUAWEI.check(NEW).expect("it is compliant").into(),
            body_format: BodyFormat::Flat,
            extra_headers: ExtraHeaders::NONE,
        }
    }

    fn send<T: Debug, P: Debug>(&self, call: &(impl Call<Outcome = Outcome<T, P>> + Debug)) -> String {
        without_secrets(&format!("{call:?}"));
        match self.client.send(call) {
            Ok(Outcome::Updated(done)) => {
                without_secrets(&format!("{done:?}"));
                "updated".into()
            }
            Ok(Outcome::Partial(report)) => {
                without_secrets(&format!("{report:?}"));
                "partial".into()
            }
            Ok(Outcome::Failed(failure)) => in_words(&failure),
            Err(error) => {
                shown(&error);
                match error {
                    SendError::NotSent(error) => format!("not sent: {}", transport(&error)),
                    SendError::Unknown(error) => format!("unknown: {}", transport(&error)),
                    other => panic!("{other}"),
                }
            }
        }
    }
}

fn in_words(failure: &Failure) -> String {
    shown(failure);
    let certain = if failure.may_have_changed() { "unknown" } else { "refused" };
    let kind = match failure.kind() {
        FailureKind::RateLimited { retry_after } => match retry_after {
            None => "RateLimited".into(),
            // The date has no fractions of a second, and is held against the date of the reply.
            Some(RetryAfter::For(wait)) if (70..=71).contains(&wait.as_secs()) => {
                "RateLimited until a date".into()
            }
            Some(RetryAfter::For(wait)) => format!("RateLimited for {wait:?}"),
            Some(RetryAfter::Until(_)) => "RateLimited until a date".into(),
        },
        FailureKind::InvalidReply { error } => format!("{error:?}"),
        kind => format!("{kind:?}"),
    };
    let kind = kind.split(" {").next().unwrap_or_default().to_owned();
    format!("{certain}: {kind}{}", if failure.counts_as_failed_check() { ", at risk" } else { "" })
}

fn transport(error: &TransportError) -> String {
    match error {
        TransportError::Tls(_) => "Tls".into(),
        TransportError::TimedOut { .. } => "TimedOut".into(),
        // Which one depends on timing.
        TransportError::Io(
            ErrorKind::BrokenPipe
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::UnexpectedEof,
        ) => "Broken".into(),
        other => format!("{other:?}"),
    }
}
/// At the level `trace`, `ureq` writes headers and replies to the log: so nothing is sent while that is enabled, and everything
/// after.
#[test]
fn nothing_is_sent_while_the_log_would_show_it() {
    let setting = Setting::new();
    let call = setting.huawei("agent-1", "fake-account-pass-1");
    let (sent, lines) = with_trace(|| setting.client.send(&call));
    match sent {
        Err(error @ SendError::TraceLogEnabled { target }) if HAS_TRACE => {
            assert!(target.starts_with("ureq") && !error.may_have_changed());
            assert!(shown(&error).contains("set ureq_proto::util to debug or below"), "{error}");
            assert!(setting.vendors.phone(Vendor::Huawei, "agent-1").is_none_or(|phone| phone.asked == 0));
        }
        Ok(Outcome::Updated(())) if !HAS_TRACE => {}
        other => panic!("{other:?}"),
    }
    assert!(lines.is_empty(), "{lines:?}");
    // It is no failed check of the account either, however often.
    for _ in 0..3 {
        let (sent, _) = with_trace(|| setting.client.send(&call).map(drop));
        assert_eq!(matches!(sent, Err(SendError::TraceLogEnabled { .. })), HAS_TRACE);
    }
    assert_eq!(setting.send(&call), "updated");
}

/// `ureq` itself, to see where it writes the headers that it sends, and replies: at the target that the client looks at, and at no
/// other.
#[test]
fn ureq_logs_bytes_where_the_client_looks() {
    let vendors = FakeVendors::start(Config { plain: true, ..Config::default() }).expect("a port is free");
    let html = Fault::new(Kind::Status { status: 200, headers: Vec::new(), body: "P".repeat(48).into() });
    vendors.set_faults(vec![html]).expect("it makes sense");
    let (reply, lines) = with_trace(|| {
        let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
        let url = format!("{}/api/sipphone/updatePassword", vendors.base_url());
        let request = agent.post(url).header("authorization", "R".repeat(48));
        request.send("Q".repeat(48)).and_then(|mut reply| reply.body_mut().read_to_string())
    });
    assert_eq!(reply.expect("it is sent"), "P".repeat(48));
    // Rows of 16 bytes, in hexadecimal and in ASCII.
    let targets = |piece: &str| -> BTreeSet<&str> {
        lines.iter().filter(|(_, line)| line.contains(piece)).map(|(target, _)| &**target).collect()
    };
    let expected = if HAS_TRACE { BTreeSet::from(["ureq_proto::util"]) } else { BTreeSet::new() };
    assert_eq!(targets("RRRRRRRRRRRRRRRR"), expected);
    assert_eq!(targets("PPPPPPPPPPPPPPPP"), expected);
    // It does not write the body of a request today; where it wrote one is known then.
    assert!(targets("QQQQQQQQQQQQQQQQ").is_subset(&expected));
}

/// The reply is cut at each of its bytes, without TLS's close_notify and with it: the outcome never claims more than is known.
#[test]
fn a_reply_cut_at_every_byte() {
    let mut setting = Setting::new();
    for vendor in Vendor::ALL {
        for how in [Ending::Close, Ending::Farewell] {
            let mut whole = 0;
            // Beyond the end of each vendor's reply all of it arrives, unless the connection ends before it is read.
            for sent in 0..420 {
                let fault = Fault::new(Kind::Break { stage: Stage::Reply(sent), how });
                setting.vendors.set_faults(vec![fault]).expect("it makes sense");
                let said = setting.row(vendor);
                let expected = if said == "updated" { "updated" } else { "unknown: Broken" };
                assert_eq!(said, expected, "{vendor}, {how:?} after {sent} bytes");
                assert!(sent > 90 || said != "updated", "{vendor}: updated after {sent} bytes");
                whole += usize::from(said == "updated");
            }
            assert!(whole > 5, "{vendor}, {how:?}: a whole reply arrived {whole} times");
        }
    }
    without_secrets(&LOG.lock().expect("no test panics in there"));
}

/// A second reply to one request is not taken for the reply to the next.
#[test]
fn a_second_reply_is_ignored() {
    let mut setting = Setting::new();
    for vendor in Vendor::ALL {
        setting.vendors.set_faults(vec![Fault::new(Kind::Twice).nth(1)]).expect("it makes sense");
        assert_eq!(setting.row(vendor), "updated");
        // This call is refused, and must not get the other's success.
        let status = Fault::new(Kind::Status { status: 404, headers: Vec::new(), body: Vec::new() });
        setting.vendors.set_faults(vec![status]).expect("it makes sense");
        assert_eq!(setting.row(vendor), "refused: NotFound");
    }
}

#[test]
fn a_refused_connection_is_not_sent() {
    let mut setting = Setting::new();
    setting.vendors.stop_listening();
    // The open connection breaks, and what was sent over it may have arrived.
    assert_eq!(setting.row(Vendor::Exotel), "unknown: Broken");
    for vendor in Vendor::ALL {
        assert_eq!(setting.row(vendor), "not sent: Io(ConnectionRefused)");
    }
    setting.vendors.listen_again();
    assert_eq!(setting.row(Vendor::Exotel), "updated");
}

#[test]
fn an_unknown_host_is_not_sent() {
    listen_to_the_log();
    let base = BaseUrl::new("https://no-such-host.invalid").expect("it is one");
    let call = TokenByAkSk::new(&base, Secret::new("fake-app-key"), Secret::new("fake-app-secret"));
    let error = Client::builder().without_proxy().build().send(&call).expect_err("there is none");
    assert!(matches!(error, SendError::NotSent(_)), "{error}");
    shown(&error);
}

/// Plain HTTP needs a base URL that allows it.
#[test]
fn plain_http_goes_to_loopback_only() {
    let vendors = FakeVendors::start(Config { plain: true, ..Config::default() }).expect("a port is free");
    assert!(BaseUrl::new(&vendors.base_url()).is_err());
    let base = BaseUrl::allowing_plain_loopback(&vendors.base_url()).expect("it is loopback");
    let call = TokenByAkSk::new(
        &base,
        Secret::new(credentials::HUAWEI_APP_KEY),
        Secret::new(credentials::HUAWEI_APP_SECRET),
    );
    assert!(Client::builder().build().send(&call).expect("it is sent").is_ok());
}

/// The usual authorities do not vouch for the fake server; its own does.
#[test]
fn private_roots_are_trusted() {
    let vendors = FakeVendors::start(Config::default()).expect("a port is free");
    let base = BaseUrl::new(&vendors.base_url()).expect("it is one");
    let call = TokenByAkSk::new(
        &base,
        Secret::new(credentials::HUAWEI_APP_KEY),
        Secret::new(credentials::HUAWEI_APP_SECRET),
    );
    let error = Client::builder().without_proxy().build().send(&call).expect_err("nobody knows the root");
    assert!(matches!(error, SendError::NotSent(TransportError::Tls(_))), "{error}");

    assert_eq!(Client::builder().private_roots(b"").err(), Some(sip_password::RootsError::NoCertificate));
    let broken = b"-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n";
    assert_eq!(Client::builder().private_roots(broken).err(), Some(sip_password::RootsError::NotPem));
}

/// Threads share a client and its connections.
#[test]
fn threads_share_a_client() {
    let setting = Setting::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let setting = &setting;
            scope.spawn(move || {
                for number in 1..=20 {
                    assert_eq!(setting.submit(Vendor::Exotel, thread * 20 + number), "updated");
                }
            });
        }
    });
    assert!(setting.vendors.connections() <= 24, "{} connections", setting.vendors.connections());
}
