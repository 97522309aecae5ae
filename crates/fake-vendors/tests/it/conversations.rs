//! The documented conversations, through a client that people use.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use fake_vendors::{Account, Config, FakeVendors, Fault, Outcome, Rate, RetryAfter, Vendor, credentials};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

fn agent(vendors: &FakeVendors) -> Agent {
    let root = Certificate::from_pem(vendors.root_pem().as_bytes()).unwrap();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root])).build();
    let config = Agent::config_builder().tls_config(tls).http_status_as_error(false).proxy(None);
    config.build().into()
}

struct Reply {
    status: u16,
    retry_after: Option<String>,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

fn reply(response: ureq::http::Response<ureq::Body>) -> Reply {
    let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    Reply {
        status: response.status().as_u16(),
        retry_after,
        text: response.into_body().read_to_string().unwrap(),
    }
}

fn token_with(agent: &Agent, vendors: &FakeVendors, secret: &str, expire: &str) -> Reply {
    let body = json!({ "app_key": credentials::HUAWEI_APP_KEY, "app_secret": secret });
    let call = agent
        .post(format!("{}/apigovernance/api/oauth/tokenByAkSk", vendors.base_url()))
        .header("Content-Type", "application/json")
        .header("X-Token-Expire", expire);
    reply(call.send(body.to_string()).unwrap())
}

fn token(agent: &Agent, vendors: &FakeVendors) -> String {
    let reply = token_with(agent, vendors, credentials::HUAWEI_APP_SECRET, "600");
    reply.json()["AccessToken"].as_str().unwrap().to_owned()
}

fn huawei_raw(agent: &Agent, vendors: &FakeVendors, token: &str, body: &str) -> Reply {
    let path = "/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword";
    let call = agent
        .post(format!("{}{path}", vendors.base_url()))
        .header("Content-Type", "application/json")
        .header("x-app-key", credentials::HUAWEI_APP_KEY)
        .header("Authorization", format!("Bearer {token}"));
    reply(call.send(body).unwrap())
}

fn huawei(
    agent: &Agent,
    vendors: &FakeVendors,
    token: &str,
    account: &str,
    current: &str,
    new: &str,
) -> Reply {
    let body = json!({ "userAccount": account, "accountPwd": current, "newPhonePwd": new });
    huawei_raw(agent, vendors, token, &body.to_string())
}

fn exotel(agent: &Agent, vendors: &FakeVendors, authorization: &str, path: &str, password: &str) -> Reply {
    let call = agent
        .put(format!("{}{path}", vendors.base_url()))
        .header("Content-Type", "application/json")
        .header("Authorization", authorization);
    reply(call.send(json!({ "password": password }).to_string()).unwrap())
}

/// `fake-api-key:fake-api-token`
const BASIC: &str = "Basic ZmFrZS1hcGkta2V5OmZha2UtYXBpLXRva2Vu";
const DEVICE_1: &str = "/v2/accounts/fake-sid/users/agent-1/devices/device-1/password";

fn nxcloud(agent: &Agent, vendors: &FakeVendors, fields: &[(&str, &str)]) -> Reply {
    let keys = [("appkey", credentials::NXCLOUD_APPKEY), ("secretkey", credentials::NXCLOUD_SECRETKEY)];
    let call = agent.post(format!("{}/api/sipphone/updatePassword", vendors.base_url()));
    reply(call.send_form(keys.into_iter().chain(fields.iter().copied())).unwrap())
}

fn outcomes(vendors: &FakeVendors) -> Vec<Outcome> {
    vendors.log().into_iter().map(|entry| entry.outcome).collect()
}

#[test]
fn huawei_as_documented() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let agent = agent(&vendors);
    let given = token_with(&agent, &vendors, credentials::HUAWEI_APP_SECRET, "600").json();
    assert_eq!((&given["ApplyType"], &given["Expires"]), (&json!("Bearer"), &json!("600")));
    let token = given["AccessToken"].as_str().unwrap();

    let reply = huawei(&agent, &vendors, token, "agent-1", "fake-account-pass-1", "fakePass~1");
    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"resultCode":"0","resultMessage":"success"}"#));
    assert_eq!(vendors.password_of(Vendor::Huawei, "agent-1").as_deref(), Some("fakePass~1"));
    assert_eq!(vendors.password_of(Vendor::Exotel, "agent-1/device-1"), None);

    let reply = huawei(&agent, &vendors, token, "agent-1", "fake-account-pass-1", "weak");
    assert_eq!((reply.status, &reply.json()["resultCode"]), (200, &json!("1")));
    let reply = huawei(&agent, &vendors, token, "agent-101", "fake-account-pass-101", "fakePass~1");
    assert_eq!((reply.status, &reply.json()["resultCode"]), (200, &json!("1")));
    let reply = huawei(&agent, &vendors, "another", "agent-1", "fake-account-pass-1", "fakePass~2");
    assert_eq!(reply.status, 401);
    assert_eq!(huawei_raw(&agent, &vendors, token, "{}").status, 400);
    assert_eq!(huawei_raw(&agent, &vendors, token, "nonsense").status, 400);
    assert_eq!(agent.get(format!("{}/elsewhere", vendors.base_url())).call().unwrap().status(), 404);
    assert_eq!(vendors.password_of(Vendor::Huawei, "agent-1").as_deref(), Some("fakePass~1"));
    use Outcome::*;
    let expected = [TokenGiven, Updated, PasswordRefused, NoSuchAccount, Unauthorized, Malformed, Malformed];
    assert_eq!(outcomes(&vendors), expected);
}

#[test]
fn huawei_tokens() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let agent = agent(&vendors);
    assert_eq!(token_with(&agent, &vendors, "wrong", "600").status, 401);
    for expire in ["0", "3601", "soon"] {
        assert_eq!(token_with(&agent, &vendors, credentials::HUAWEI_APP_SECRET, expire).status, 400);
    }
    let brief = token_with(&agent, &vendors, credentials::HUAWEI_APP_SECRET, "1").json();
    let brief = brief["AccessToken"].as_str().unwrap();
    let lasting = token(&agent, &vendors);
    let call =
        |token: &str| huawei(&agent, &vendors, token, "agent-1", "fake-account-pass-1", "fakePass~1").status;
    assert_eq!((call(brief), call(&lasting)), (200, 200));
    thread::sleep(Duration::from_millis(1_100));
    assert_eq!((call(brief), call(&lasting)), (401, 200));
    vendors.revoke_tokens();
    assert_eq!(call(&lasting), 401);
    assert_eq!(call(&token(&agent, &vendors)), 200);
}

#[test]
fn huawei_in_the_other_shape() {
    let config = Config { wrapped_request: true, wrapped_reply: true, ..Config::default() };
    let vendors = FakeVendors::start(config).unwrap();
    let agent = agent(&vendors);
    let token = token(&agent, &vendors);
    let fields =
        json!({ "userAccount": "agent-1", "accountPwd": "fake-account-pass-1", "newPhonePwd": "fakePass~1" });
    assert_eq!(huawei_raw(&agent, &vendors, &token, &fields.to_string()).status, 400);
    let reply = huawei_raw(&agent, &vendors, &token, &json!({ "requestParam": fields }).to_string());
    let expected = r#"{"schema":{"resultCode":"0","resultMessage":"success"}}"#;
    assert_eq!((reply.status, reply.text.as_str()), (200, expected));
    // And the other way round.
    let flat = FakeVendors::start(Config::default()).unwrap();
    let wrapped = json!({ "requestParam": fields }).to_string();
    let agent = self::agent(&flat);
    let token = self::token(&agent, &flat);
    assert_eq!(huawei_raw(&agent, &flat, &token, &wrapped).status, 400);
}

#[test]
fn three_failed_checks_lock() {
    let lock_for = Duration::from_millis(600);
    let vendors = FakeVendors::start(Config { lock_for, ..Config::default() }).unwrap();
    let agent = agent(&vendors);
    let token = token(&agent, &vendors);
    let call = |account: &str, current: &str| {
        let reply = huawei(&agent, &vendors, &token, account, current, "fakePass~1");
        assert_eq!(reply.status, 200);
        reply.json()["resultCode"] == "0"
    };
    // A success in between starts the count anew, and so does a refusal of the new password: the check was passed.
    for _ in 0..2 {
        assert!(!call("agent-1", "wrong") && !call("agent-1", "wrong"));
        assert!(call("agent-1", "fake-account-pass-1"));
    }
    assert_eq!(vendors.phone(Vendor::Huawei, "agent-1").unwrap().failed_checks, 0);
    assert!(!vendors.locked("agent-1") && vendors.locks() == 0);
    for n in 1..=3 {
        assert!(!vendors.locked("agent-1"));
        assert!(!call("agent-1", "wrong"), "{n}");
    }
    let from = Instant::now();
    assert!(vendors.locked("agent-1") && vendors.locks() == 1);
    // Right, but locked; another account is not.
    assert!(!call("agent-1", "fake-account-pass-1"));
    assert!(call("agent-2", "fake-account-pass-2"));
    while vendors.locked("agent-1") {
        assert!(from.elapsed() < lock_for * 10);
        thread::sleep(Duration::from_millis(10));
    }
    assert!(from.elapsed() >= lock_for - Duration::from_millis(50));
    assert!(call("agent-1", "fake-account-pass-1"));
    for _ in 0..3 {
        assert!(!call("agent-2", "wrong"));
    }
    assert!(!call("agent-2", "fake-account-pass-2"));
    vendors.unlock("agent-2");
    assert!(call("agent-2", "fake-account-pass-2"));
    assert_eq!(vendors.locks(), 2);
    assert_eq!(outcomes(&vendors).into_iter().filter(|&outcome| outcome == Outcome::Locked).count(), 2);
}

#[test]
fn exotel_as_documented() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let agent = agent(&vendors);
    let reply = exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1");
    let body = reply.json();
    let id = body["request_id"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let response = r#"{"code":200,"error_data":null,"status":"success","data":null}"#;
    let expected = format!(r#"{{"request_id":"{id}","method":"PUT","http_code":200,"response":{response}}}"#);
    assert_eq!((reply.status, &reply.text), (200, &expected));
    assert_eq!(vendors.password_of(Vendor::Exotel, "agent-1/device-1").as_deref(), Some("fakePass#1"));

    for (authorization, path, password, status, code) in [
        (BASIC, DEVICE_1, "fakepassword", 400, 1001),
        ("Basic eDp5", DEVICE_1, "fakePass#2", 401, 1010),
        (BASIC, "/v2/accounts/fake-sid/users/agent-1/devices/device-2/password", "fakePass#2", 404, 10731),
        (BASIC, "/v2/accounts/other/users/agent-1/devices/device-1/password", "fakePass#2", 404, 10731),
    ] {
        let reply = exotel(&agent, &vendors, authorization, path, password);
        let response = &reply.json()["response"];
        assert_eq!((reply.status, &response["status"]), (status, &json!("failure")), "{}", reply.text);
        assert_eq!((&response["code"], &response["error_data"]["code"]), (&json!(status), &json!(code)));
        assert!(!reply.text.contains(password));
    }
    assert_eq!(vendors.password_of(Vendor::Exotel, "agent-1/device-1").as_deref(), Some("fakePass#1"));
    // The same path, otherwise written.
    let path = "/v2/accounts/fake-sid/users/%61gent-1/devices/device%2D1/password";
    assert_eq!(exotel(&agent, &vendors, BASIC, path, "fakePass#3").status, 200);
    assert_eq!(vendors.password_of(Vendor::Exotel, "agent-1/device-1").as_deref(), Some("fakePass#3"));
}

#[test]
fn nxcloud_as_documented() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let agent = agent(&vendors);
    let of = |n: u32| vendors.password_of(Vendor::NxCloud, &format!("agent-{n}"));

    // The server chooses.
    let reply = nxcloud(&agent, &vendors, &[("username", "agent-1,agent-2")]);
    assert_eq!((reply.status, &reply.json()["code"]), (200, &json!("success")));
    for n in [1, 2] {
        let password = reply.json()["row"][format!("agent-{n}")].as_str().unwrap().to_owned();
        assert!(password.len() == 6 && password.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(of(n), Some(password));
    }
    assert_ne!(of(1), of(2));
    // One for all.
    let reply = nxcloud(&agent, &vendors, &[("username", "agent-2,agent-1"), ("new_password", "fakePass1")]);
    assert_eq!(reply.text, r#"{"code":"success","row":{"agent-2":"fakePass1","agent-1":"fakePass1"}}"#);
    assert_eq!((of(1), of(2)), (Some("fakePass1".to_owned()), Some("fakePass1".to_owned())));
    // One each.
    let two = [("username", "agent-1,agent-2"), ("new_password", "fakePass11,fakePass22")];
    let reply = nxcloud(&agent, &vendors, &two);
    assert_eq!(reply.text, r#"{"code":"success","row":{"agent-1":"fakePass11","agent-2":"fakePass22"}}"#);
    assert_eq!((of(1), of(2)), (Some("fakePass11".to_owned()), Some("fakePass22".to_owned())));

    let incorrect = r#"{"code":"failed","info":"Your parameters are incorrect, please check and try again"}"#;
    for fields in [
        &[("username", "agent-1,agent-2,agent-3"), ("new_password", "fakePass33,fakePass44")][..],
        &[("username", "agent-1"), ("new_password", "fakePass33,fakePass44")],
        &[("username", "agent-1,agent-1"), ("new_password", "fakePass33,fakePass44")],
        &[("username", "agent-1,")],
        &[("username", "")],
        &[],
    ] {
        let reply = nxcloud(&agent, &vendors, fields);
        assert_eq!((reply.status, reply.text.as_str()), (200, incorrect), "{fields:?}");
    }
    for fields in [
        &[("username", "agent-1,agent-101")][..],
        &[("username", "agent-1"), ("new_password", "weak")],
        &[("username", "agent-1"), ("new_password", "")],
        &[("username", "agent-1,agent-2"), ("new_password", "fakePass33,weak")],
    ] {
        assert_eq!(nxcloud(&agent, &vendors, fields).json()["code"], "failed", "{fields:?}");
    }
    assert_eq!((of(1), of(2)), (Some("fakePass11".to_owned()), Some("fakePass22".to_owned())));
    let url = format!("{}/api/sipphone/updatePassword", vendors.base_url());
    let wrong = [("appkey", "other"), ("secretkey", "fake-secretkey"), ("username", "agent-1")];
    assert_eq!(reply_of(agent.post(url).send_form(wrong)).json()["code"], "failed");
    assert_eq!(outcomes(&vendors).last(), Some(&Outcome::Unauthorized));
}

fn reply_of(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Reply {
    reply(response.unwrap())
}

#[test]
fn any_password_where_the_tenant_has_another_rule() {
    let vendors = FakeVendors::start(Config { any_password: true, ..Config::default() }).unwrap();
    let agent = agent(&vendors);
    let token = token(&agent, &vendors);
    let reply = huawei(&agent, &vendors, &token, "agent-1", "fake-account-pass-1", "weak");
    assert_eq!(reply.json()["resultCode"], "0");
    assert_eq!(exotel(&agent, &vendors, BASIC, DEVICE_1, "weak").status, 200);
    let reply = nxcloud(&agent, &vendors, &[("username", "agent-1"), ("new_password", "weak")]);
    assert_eq!(reply.json()["code"], "success");
}

#[test]
fn listed_accounts() {
    let account = |account: &str, account_password: &str| Account {
        account: account.to_owned(),
        device: String::new(),
        account_password: account_password.to_owned(),
    };
    let all = vec![account("fake.name@tenant", "fake-one"), account("agent-1", "fake-two")];
    let config = Config { accounts: 1, listed: [(Vendor::Huawei, all)].into(), ..Config::default() };
    let vendors = FakeVendors::start(config).unwrap();
    let agent = agent(&vendors);
    let token = token(&agent, &vendors);
    let call = |account: &str, current: &str| {
        huawei(&agent, &vendors, &token, account, current, "fakePass~1").json()["resultCode"] == "0"
    };
    assert!(call("fake.name@tenant", "fake-one") && call("agent-1", "fake-two"));
    assert!(!call("agent-1", "fake-account-pass-1") && !call("agent-01", "fake-account-pass-1"));
    let csv = String::from_utf8(vendors.accounts_csv(Vendor::Huawei)).unwrap();
    assert_eq!(csv, "user_account,account_password\nfake.name@tenant,fake-one\nagent-1,fake-two\n");
}

#[test]
fn account_files_are_read_again() {
    let read = |csv: &[u8]| -> Vec<Account> {
        csv::Reader::from_reader(csv).deserialize().map(|account| account.unwrap()).collect()
    };
    let vendors = FakeVendors::start(Config { accounts: 3, ..Config::default() }).unwrap();
    for vendor in Vendor::ALL {
        let all = vendors.accounts(vendor);
        assert_eq!(all.len(), 3);
        assert_eq!(read(&vendors.accounts_csv(vendor)), all);
    }
    assert_eq!(read(b"device,account\ndevice-1,agent-1\n"), [Account::made(Vendor::Exotel, 1)]);
    let huawei = b"account_password,account\nfake-account-pass-1,agent-1\n";
    assert_eq!(read(huawei), [Account::made(Vendor::Huawei, 1)]);
}

#[test]
fn over_the_limit() {
    let rate = Rate { calls: 3, per: Duration::from_millis(1_500) };
    let config = Config { rates: Vendor::ALL.map(|vendor| (vendor, rate)).into(), ..Config::default() };
    let vendors = FakeVendors::start(config).unwrap();
    let agent = agent(&vendors);
    let token = token(&agent, &vendors);
    let call = |vendor| match vendor {
        Vendor::Huawei => huawei(&agent, &vendors, &token, "agent-1", "wrong", "fakePass~1"),
        Vendor::Exotel => exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1"),
        Vendor::NxCloud => nxcloud(&agent, &vendors, &[("username", "agent-1")]),
    };
    for vendor in Vendor::ALL {
        let from = Instant::now();
        for _ in 0..3 {
            assert_eq!(call(vendor).status, 200);
        }
        let reply = call(vendor);
        assert_eq!(reply.status, 429, "{vendor}");
        let wait: u64 = reply.retry_after.as_deref().unwrap().parse().unwrap();
        assert!((1..=2).contains(&wait));
        match vendor {
            Vendor::Huawei => assert!(vendors.locked("agent-1") && vendors.locks() == 1),
            Vendor::Exotel => assert_eq!(reply.json()["RestException"]["Status"], 429),
            Vendor::NxCloud => assert_eq!(reply.json()["code"], "failed"),
        }
        thread::sleep((Duration::from_secs(wait)).saturating_sub(from.elapsed() / 2));
        assert_eq!(call(vendor).status, 200, "{vendor}");
    }
    // Over the limit nothing is checked, and so nothing counted.
    assert_eq!(vendors.phone(Vendor::Huawei, "agent-1").unwrap().asked, 4);
    let over = outcomes(&vendors).into_iter().filter(|&outcome| outcome == Outcome::OverLimit).count();
    assert_eq!(over, 3);
}

#[test]
fn retry_after_in_its_forms() {
    let rate = Rate { calls: 1, per: Duration::from_secs(60) };
    for form in [RetryAfter::Seconds, RetryAfter::Date, RetryAfter::Absent] {
        let config =
            Config { rates: [(Vendor::Exotel, rate)].into(), retry_after: form, ..Config::default() };
        let vendors = FakeVendors::start(config).unwrap();
        let agent = agent(&vendors);
        assert_eq!(exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1").status, 200);
        let reply = exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1");
        assert_eq!(reply.status, 429);
        match form {
            RetryAfter::Seconds => assert_eq!(reply.retry_after.as_deref(), Some("60")),
            RetryAfter::Date => {
                let at = httpdate::parse_http_date(&reply.retry_after.unwrap()).unwrap();
                let wait = at.duration_since(SystemTime::now()).unwrap().as_secs_f64();
                assert!((58.0..=61.0).contains(&wait), "{wait}");
            }
            RetryAfter::Absent => assert_eq!(reply.retry_after, None),
        }
        vendors.set_rate(Vendor::Exotel, None);
        assert_eq!(exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1").status, 200);
    }
}

/// No stretch of the log is over the limit, however many come at once; all that was let through is in it.
#[test]
fn the_log_shows_the_rate() {
    let rate = Rate { calls: 20, per: Duration::from_millis(300) };
    let config = Config { rates: [(Vendor::Exotel, rate)].into(), ..Config::default() };
    let vendors = FakeVendors::start(config).unwrap();
    let barrier = Arc::new(Barrier::new(8));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let agent = agent(&vendors);
                barrier.wait();
                let end = Instant::now() + Duration::from_millis(1_000);
                while Instant::now() < end {
                    exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1");
                }
            });
        }
    });
    let log = vendors.log();
    assert!(log.is_sorted_by_key(|entry| entry.since_start));
    let through: Vec<Duration> =
        log.iter().filter(|entry| entry.outcome == Outcome::Updated).map(|entry| entry.since_start).collect();
    // Four stretches at most begin within a second.
    assert!((40..=80).contains(&through.len()), "{}", through.len());
    assert!(through.windows(21).all(|window| window[20] - window[0] >= rate.per));
    assert!(log.len() > through.len());
}

#[test]
fn the_log_has_no_password_unless_asked() {
    for asked in [false, true] {
        let vendors = FakeVendors::start(Config { log_passwords: asked, ..Config::default() }).unwrap();
        let agent = agent(&vendors);
        exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1");
        nxcloud(
            &agent,
            &vendors,
            &[("username", "agent-1,agent-2"), ("new_password", "fakePass1,fakePass2")],
        );
        let log = reply(agent.get(format!("{}/fake-vendors/log", vendors.base_url())).call().unwrap()).text;
        for password in ["fakePass#1", "fakePass1", "fakePass2"] {
            assert_eq!(log.contains(password), asked, "{log}");
            assert_eq!(format!("{:?}", vendors.log()).contains(password), asked);
        }
        assert_eq!(vendors.log()[1].accounts, ["agent-1", "agent-2"]);
    }
}

#[test]
fn what_scripts_ask() {
    let vendors = FakeVendors::start(Config { accounts: 2, ..Config::default() }).unwrap();
    let agent = agent(&vendors);
    let get =
        |path: &str| reply(agent.get(format!("{}/fake-vendors/{path}", vendors.base_url())).call().unwrap());
    assert_eq!(exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1").status, 200);
    assert_eq!(
        get("passwords?vendor=exotel").text,
        "account,password,user_uuid,device_id\nagent-1/device-1,fakePass#1,agent-1,device-1\n"
    );
    assert_eq!(get("passwords?vendor=huawei").text, "account,password\n");
    assert_eq!(
        get("accounts?vendor=exotel").text,
        "user_uuid,device_id\nagent-1,device-1\nagent-2,device-2\n"
    );
    assert_eq!((get("passwords").status, get("nothing").status), (400, 404));
    assert!(get("log").text.lines().nth(1).unwrap().contains(",exotel,update,agent-1/device-1,updated,200,"));

    let put = |text: &str| {
        reply(agent.put(format!("{}/fake-vendors/faults", vendors.base_url())).send(text).unwrap())
    };
    assert_eq!(put("status=503@1\nhtml=502@2\n").status, 200);
    assert_eq!(put("nonsense").status, 400);
    assert_eq!(exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#2").status, 503);
    assert_eq!(exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#2").status, 502);
    assert_eq!(exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#2").status, 200);
    assert_eq!(get("faults").text, "fault,struck\nstatus=503@1,1\nhtml=502@2,1\n");
}

#[test]
fn faults_that_make_no_sense_are_refused() {
    let wrong = Fault::lose_reply().nth(0);
    let error = FakeVendors::start(Config { faults: vec![wrong.clone()], ..Config::default() }).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    let vendors = FakeVendors::start(Config::default()).unwrap();
    assert!(vendors.set_faults(vec![wrong]).is_err());
}

#[test]
fn plain() {
    let vendors = FakeVendors::start(Config { plain: true, ..Config::default() }).unwrap();
    assert!(vendors.base_url().starts_with("http://127.0.0.1:") && vendors.root_pem().is_empty());
    let agent: Agent = Agent::config_builder().proxy(None).build().into();
    assert_eq!(exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1").status, 200);
}

#[test]
fn the_port_is_kept_and_given_back() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let port = vendors.address().port();
    assert!(FakeVendors::start(Config { port, ..Config::default() }).is_err());
    drop(vendors);
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    let again = FakeVendors::start(Config { port, ..Config::default() }).unwrap();
    assert_eq!(again.address().port(), port);
}
