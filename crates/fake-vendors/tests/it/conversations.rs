//! The documented conversations, with a client that people use.

use std::thread;
use std::time::{Duration, Instant};

use fake_vendors::{Config, FakeVendors, Outcome, Vendor, credentials};
use serde_json::json;

use crate::agent::{
    BASIC, DEVICE_1, agent, exotel, huawei, huawei_raw, nxcloud, outcomes, token, token_with,
};

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
fn huawei_in_the_wrapped_shape() {
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
    // A flat server refuses the wrapped shape.
    let flat = FakeVendors::start(Config::default()).unwrap();
    let wrapped = json!({ "requestParam": fields }).to_string();
    let agent = crate::agent::agent(&flat);
    let token = crate::agent::token(&agent, &flat);
    assert_eq!(huawei_raw(&agent, &flat, &token, &wrapped).status, 400);
}

#[test]
fn three_failed_checks_lock_the_account() {
    let lock_for = Duration::from_millis(600);
    let vendors = FakeVendors::start(Config { lock_for, ..Config::default() }).unwrap();
    let agent = agent(&vendors);
    let token = token(&agent, &vendors);
    let call = |account: &str, current: &str| {
        let reply = huawei(&agent, &vendors, &token, account, current, "fakePass~1");
        assert_eq!(reply.status, 200);
        reply.json()["resultCode"] == "0"
    };
    // A success resets the count.
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
    // The right password does not help while the account is locked. Other accounts are not locked.
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
    // The same path in another encoding.
    let path = "/v2/accounts/fake-sid/users/%61gent-1/devices/device%2D1/password";
    assert_eq!(exotel(&agent, &vendors, BASIC, path, "fakePass#3").status, 200);
    assert_eq!(vendors.password_of(Vendor::Exotel, "agent-1/device-1").as_deref(), Some("fakePass#3"));
}

#[test]
fn nxcloud_as_documented() {
    let vendors = FakeVendors::start(Config::default()).unwrap();
    let agent = agent(&vendors);
    let of = |n: u32| vendors.password_of(Vendor::NxCloud, &format!("agent-{n}"));

    // The server chooses the passwords.
    let reply = nxcloud(&agent, &vendors, &[("username", "agent-1,agent-2")]);
    assert_eq!((reply.status, &reply.json()["code"]), (200, &json!("success")));
    for n in [1, 2] {
        let password = reply.json()["row"][format!("agent-{n}")].as_str().unwrap().to_owned();
        assert!(password.len() == 6 && password.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(of(n), Some(password));
    }
    assert_ne!(of(1), of(2));
    // One password for all phones.
    let reply = nxcloud(&agent, &vendors, &[("username", "agent-2,agent-1"), ("new_password", "fakePass1")]);
    assert_eq!(reply.text, r#"{"code":"success","row":{"agent-2":"fakePass1","agent-1":"fakePass1"}}"#);
    assert_eq!((of(1), of(2)), (Some("fakePass1".to_owned()), Some("fakePass1".to_owned())));
    // One password for each phone.
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
    assert_eq!(crate::agent::reply(agent.post(url).send_form(wrong).unwrap()).json()["code"], "failed");
    assert_eq!(outcomes(&vendors).last(), Some(&Outcome::Unauthorized));
}
