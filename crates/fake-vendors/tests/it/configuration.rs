//! What a configuration changes: accounts, policies, rate limits, the log, the port.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use fake_vendors::{Account, Config, FakeVendors, Fault, Outcome, Rate, RetryAfter, Vendor};
use ureq::Agent;

use crate::agent::{BASIC, DEVICE_1, agent, exotel, huawei, nxcloud, outcomes, reply, token};

#[test]
fn any_password_is_accepted_on_request() {
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
fn listed_accounts_replace_made_ones() {
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
fn a_call_over_the_limit_is_refused() {
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
    // A call over the limit is neither checked nor counted.
    assert_eq!(vendors.phone(Vendor::Huawei, "agent-1").unwrap().asked, 4);
    let over = outcomes(&vendors).into_iter().filter(|&outcome| outcome == Outcome::OverLimit).count();
    assert_eq!(over, 3);
}

#[test]
fn retry_after_has_three_forms() {
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

/// In no period does the log have more calls than the limit, however many clients call at once.
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
    // At most four periods begin within a second.
    assert!((40..=80).contains(&through.len()), "{}", through.len());
    assert!(through.windows(21).all(|window| window[20] - window[0] >= rate.per));
    assert!(log.len() > through.len());
}

#[test]
fn the_log_has_passwords_only_on_request() {
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
fn scripts_get_answers() {
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
fn wrong_faults_are_refused() {
    let wrong = Fault::lose_reply().nth(0);
    let error = FakeVendors::start(Config { faults: vec![wrong.clone()], ..Config::default() }).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    let vendors = FakeVendors::start(Config::default()).unwrap();
    assert!(vendors.set_faults(vec![wrong]).is_err());
}

#[test]
fn plain_http_is_served_on_request() {
    let vendors = FakeVendors::start(Config { plain: true, ..Config::default() }).unwrap();
    assert!(vendors.base_url().starts_with("http://127.0.0.1:") && vendors.root_pem().is_empty());
    let agent: Agent = Agent::config_builder().proxy(None).build().into();
    assert_eq!(exotel(&agent, &vendors, BASIC, DEVICE_1, "fakePass#1").status, 200);
}

#[test]
fn the_port_is_kept_and_released() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let port = vendors.address().port();
    assert!(FakeVendors::start(Config { port, ..Config::default() }).is_err());
    drop(vendors);
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    let again = FakeVendors::start(Config { port, ..Config::default() }).unwrap();
    assert_eq!(again.address().port(), port);
}
