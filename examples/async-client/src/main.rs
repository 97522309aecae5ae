//! Sends a call with another client, `reqwest`, asynchronously. The library makes the request and reads the reply; the client only
//! carries bytes.
//!
//! `cargo run -p async-client` starts a fake server of the vendors and talks to it.

use bytes::Bytes;
use fake_vendors::{Config, FakeVendors, Vendor, credentials};
use reqwest::{Certificate, Client, redirect::Policy};
use sip_password::{
    EXOTEL, Password,
    api::{BaseUrl, MAX_REPLY, Outcome, Secret},
    exotel::UpdatePassword,
};
use zeroize::Zeroizing;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let vendors = FakeVendors::start(Config::default())?;
    // `reqwest` is built without a cryptography provider, and uses that of the process.
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "the process has a cryptography provider already")?;
    let client = Client::builder()
        .tls_certs_only([Certificate::from_pem(vendors.root_pem().as_bytes())?])
        .https_only(true)
        .redirect(Policy::none())
        .timeout(std::time::Duration::from_secs(60))
        .build()?;

    let password = Password::<16>::generate(&EXOTEL, 16, &mut getrandom::SysRng)?;
    // A real program stores the password here, before it is sent.
    let base = BaseUrl::new(&vendors.base_url())?;
    let call = UpdatePassword {
        base: &base,
        api_key: Secret::new(credentials::EXOTEL_API_KEY),
        api_token: Secret::new(credentials::EXOTEL_API_TOKEN),
        account_sid: credentials::EXOTEL_SID,
        user_uuid: "agent-1",
        device_id: "device-1",
        new_password: EXOTEL.check(password.expose_secret()).expect("it is compliant").into(),
    };

    // `from_owner` copies nothing, so the body is wiped when `reqwest` drops it.
    let request = call.request()?.map(Bytes::from_owner);
    let mut response = client.execute(request.try_into()?).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Zeroizing::new(Vec::with_capacity(2 * MAX_REPLY));
    while body.len() <= MAX_REPLY
        && let Some(chunk) = response.chunk().await?
    {
        body.extend_from_slice(&chunk[..chunk.len().min(MAX_REPLY)]);
    }

    match call.outcome(status, &headers, &body) {
        Outcome::Updated(_) => println!("updated"),
        Outcome::Failed(failure) => println!("{failure}"),
    }
    assert_eq!(
        vendors.password_of(Vendor::Exotel, "agent-1/device-1").as_deref(),
        Some(password.expose_secret())
    );
    Ok(())
}
