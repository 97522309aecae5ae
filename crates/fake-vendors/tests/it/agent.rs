//! A client that people use, for calls of all vendors.

use fake_vendors::{FakeVendors, Outcome, credentials};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

pub(crate) fn agent(vendors: &FakeVendors) -> Agent {
    let root = Certificate::from_pem(vendors.root_pem().as_bytes()).unwrap();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root])).build();
    let config = Agent::config_builder().tls_config(tls).http_status_as_error(false).proxy(None);
    config.build().into()
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

pub(crate) fn reply(response: ureq::http::Response<ureq::Body>) -> Reply {
    let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    Reply {
        status: response.status().as_u16(),
        retry_after,
        text: response.into_body().read_to_string().unwrap(),
    }
}

pub(crate) fn token_with(agent: &Agent, vendors: &FakeVendors, secret: &str, expire: &str) -> Reply {
    let body = json!({ "app_key": credentials::HUAWEI_APP_KEY, "app_secret": secret });
    let call = agent
        .post(format!("{}/apigovernance/api/oauth/tokenByAkSk", vendors.base_url()))
        .header("Content-Type", "application/json")
        .header("X-Token-Expire", expire);
    reply(call.send(body.to_string()).unwrap())
}

pub(crate) fn token(agent: &Agent, vendors: &FakeVendors) -> String {
    let reply = token_with(agent, vendors, credentials::HUAWEI_APP_SECRET, "600");
    reply.json()["AccessToken"].as_str().unwrap().to_owned()
}

pub(crate) fn huawei_raw(agent: &Agent, vendors: &FakeVendors, token: &str, body: &str) -> Reply {
    let path = "/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword";
    let call = agent
        .post(format!("{}{path}", vendors.base_url()))
        .header("Content-Type", "application/json")
        .header("x-app-key", credentials::HUAWEI_APP_KEY)
        .header("Authorization", format!("Bearer {token}"));
    reply(call.send(body).unwrap())
}

pub(crate) fn huawei(
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

pub(crate) fn exotel(
    agent: &Agent,
    vendors: &FakeVendors,
    authorization: &str,
    path: &str,
    password: &str,
) -> Reply {
    let call = agent
        .put(format!("{}{path}", vendors.base_url()))
        .header("Content-Type", "application/json")
        .header("Authorization", authorization);
    reply(call.send(json!({ "password": password }).to_string()).unwrap())
}

/// `fake-api-key:fake-api-token`
pub(crate) const BASIC: &str = "Basic ZmFrZS1hcGkta2V5OmZha2UtYXBpLXRva2Vu";
pub(crate) const DEVICE_1: &str = "/v2/accounts/fake-sid/users/agent-1/devices/device-1/password";

pub(crate) fn nxcloud(agent: &Agent, vendors: &FakeVendors, fields: &[(&str, &str)]) -> Reply {
    let keys = [("appkey", credentials::NXCLOUD_APPKEY), ("secretkey", credentials::NXCLOUD_SECRETKEY)];
    let call = agent.post(format!("{}/api/sipphone/updatePassword", vendors.base_url()));
    reply(call.send_form(keys.into_iter().chain(fields.iter().copied())).unwrap())
}

pub(crate) fn outcomes(vendors: &FakeVendors) -> Vec<Outcome> {
    vendors.log().into_iter().map(|entry| entry.outcome).collect()
}
