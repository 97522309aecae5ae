//! A client that sees every byte.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine;
use fake_vendors::{FakeVendors, Vendor};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

/// A configuration that trusts only these fake servers.
pub(crate) fn trust(vendors: &FakeVendors) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(vendors.root_pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

pub(crate) struct Wire {
    pub(crate) tls: ClientConnection,
    pub(crate) socket: TcpStream,
}

impl Wire {
    pub(crate) fn open(vendors: &FakeVendors) -> io::Result<Self> {
        Self::with(vendors, trust(vendors))
    }

    pub(crate) fn with(vendors: &FakeVendors, config: Arc<ClientConfig>) -> io::Result<Self> {
        let socket = TcpStream::connect(vendors.address())?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let mut wire = Self { tls: ClientConnection::new(config, name).map_err(io::Error::other)?, socket };
        while wire.tls.is_handshaking() {
            wire.tls.complete_io(&mut wire.socket)?;
        }
        Ok(wire)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut stream = rustls::Stream::new(&mut self.tls, &mut self.socket);
        stream.write_all(bytes)?;
        stream.flush()
    }

    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        rustls::Stream::new(&mut self.tls, &mut self.socket).read(buffer)
    }

    /// The rest of the input, and how it ended: `Ok` with a `close_notify` of TLS.
    pub(crate) fn drain(&mut self) -> (Vec<u8>, io::Result<()>) {
        let mut all = Vec::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            match self.read(&mut buffer) {
                Ok(0) => return (all, Ok(())),
                Ok(read) => all.extend_from_slice(&buffer[..read]),
                Err(error) => return (all, Err(error)),
            }
        }
    }

    /// One reply with `Content-Length`.
    pub(crate) fn reply(&mut self) -> io::Result<Reply> {
        let mut all = Vec::new();
        let mut byte = [0];
        while !all.ends_with(b"\r\n\r\n") {
            match self.read(&mut byte)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                _ => all.push(byte[0]),
            }
        }
        let head = String::from_utf8_lossy(&all).into_owned();
        let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        let mut read = 0;
        while read < length {
            match self.read(&mut body[read..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => read += more,
            }
        }
        Ok(Reply { head, body })
    }

    pub(crate) fn ask(&mut self, request: &[u8]) -> io::Result<Reply> {
        self.send(request)?;
        self.reply()
    }
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        header(&self.head, name)
    }
}

pub(crate) fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (have, value) = line.split_once(": ")?;
        have.eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    (text + "\r\n" + body).into_bytes()
}

pub(crate) const TOKEN: &str = "/apigovernance/api/oauth/tokenByAkSk";
pub(crate) const HUAWEI: &str = "/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword";
pub(crate) const NXCLOUD: &str = "/api/sipphone/updatePassword";

pub(crate) fn token_request() -> Vec<u8> {
    let headers = [("Content-Type", "application/json"), ("X-Token-Expire", "600")];
    request("POST", TOKEN, &headers, r#"{"app_key":"fake-app-key","app_secret":"fake-app-secret"}"#)
}

pub(crate) fn token(wire: &mut Wire) -> String {
    let reply = wire.ask(&token_request()).unwrap();
    assert_eq!(reply.status(), 200, "{reply:?}");
    serde_json::from_slice::<serde_json::Value>(&reply.body).unwrap()["AccessToken"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub(crate) fn huawei(token: &str, account: &str, account_password: &str, password: &str) -> Vec<u8> {
    let body = serde_json::json!({
        "userAccount": account, "accountPwd": account_password, "newPhonePwd": password,
    });
    let authorization = format!("Bearer {token}");
    let headers = [
        ("Content-Type", "application/json"),
        ("x-app-key", "fake-app-key"),
        ("Authorization", authorization.as_str()),
    ];
    request("POST", HUAWEI, &headers, &body.to_string())
}

pub(crate) fn exotel(n: u32, password: &str) -> Vec<u8> {
    static BASIC: OnceLock<String> = OnceLock::new();
    let basic = BASIC.get_or_init(|| {
        let pair = base64::engine::general_purpose::STANDARD.encode("fake-api-key:fake-api-token");
        format!("Basic {pair}")
    });
    let path = format!("/v2/accounts/fake-sid/users/agent-{n}/devices/device-{n}/password");
    let headers = [("Content-Type", "application/json"), ("Authorization", basic.as_str())];
    request("PUT", &path, &headers, &serde_json::json!({ "password": password }).to_string())
}

pub(crate) fn nxcloud(usernames: &str, passwords: Option<&str>) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("appkey", "fake-appkey").append_pair("secretkey", "fake-secretkey");
    form.append_pair("username", usernames);
    if let Some(passwords) = passwords {
        form.append_pair("new_password", passwords);
    }
    request("POST", NXCLOUD, &[("Content-Type", "application/x-www-form-urlencoded")], &form.finish())
}

/// A call for `agent-n` that succeeds.
pub(crate) fn good(vendor: Vendor, token: &str, n: u32, password: &str) -> Vec<u8> {
    match vendor {
        Vendor::Huawei => huawei(token, &format!("agent-{n}"), &format!("fake-account-pass-{n}"), password),
        Vendor::Exotel => exotel(n, password),
        Vendor::NxCloud => nxcloud(&format!("agent-{n}"), Some(password)),
    }
}

pub(crate) fn name(vendor: Vendor, n: u32) -> String {
    fake_vendors::Account::made(vendor, n).name(vendor)
}
