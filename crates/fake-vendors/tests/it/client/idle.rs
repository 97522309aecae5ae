//! Connections that the server closes while the client keeps them for its next call.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, Stream,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use sip_password::{
    Client, SendError,
    api::{BaseUrl, Secret},
    huawei::TokenByAkSk,
};

const REPLY: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n{\"AccessToken\":\"not-real\",\"Expires\":\"600\"}";

/// What the server does after each reply.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// Waits for the next request.
    Stay,
    /// Says in the same packet that it closes the connection, reads no more, and closes the socket later.
    CloseNotify,
    /// The same, but a little after the reply.
    LateCloseNotify,
    /// Closes the socket at once, without a word of TLS.
    Fin,
}

/// A server, its root certificate, and the number of its connections.
struct Server {
    url: String,
    root: String,
    connections: Arc<AtomicU64>,
}

/// Longer than any test here takes.
const LATER: Duration = Duration::from_secs(3);

fn serve(then: Then) -> Server {
    let key = KeyPair::generate().expect("a key can be made");
    let params =
        CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).expect("they are names");
    let certificate = params.self_signed(&key).expect("it can be signed");
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private)
        })
        .expect("it is a configuration");
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").expect("a port is free"));
    let url = format!("https://localhost:{}", listener.local_addr().expect("it is bound").port());
    let connections = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&connections);
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            count.fetch_add(1, Ordering::Relaxed);
            let tls = ServerConnection::new(Arc::clone(&config)).expect("it is a configuration");
            thread::spawn(move || answer(socket, tls, then));
        }
    });
    Server { url, root: certificate.pem(), connections }
}

/// Answers requests of one packet, each for a token. Returns when the connection ends.
fn answer(mut socket: TcpStream, mut tls: ServerConnection, then: Then) -> Option<()> {
    loop {
        let mut stream = Stream::new(&mut tls, &mut socket);
        let mut request = Vec::new();
        // Each body ends with a brace, and no header contains one.
        while request.last() != Some(&b'}') {
            let mut piece = [0; 4096];
            let length = stream.read(&mut piece).ok().filter(|&length| length > 0)?;
            request.extend_from_slice(&piece[..length]);
        }
        let mut packet = Vec::new();
        tls.writer().write_all(REPLY).ok()?;
        if let Then::CloseNotify = then {
            tls.send_close_notify();
        }
        while tls.wants_write() {
            tls.write_tls(&mut packet).ok()?;
        }
        socket.write_all(&packet).ok()?;
        match then {
            Then::Stay => continue,
            Then::Fin => socket.shutdown(Shutdown::Both).ok()?,
            Then::CloseNotify => thread::sleep(LATER),
            Then::LateCloseNotify => {
                thread::sleep(Duration::from_millis(50));
                tls.send_close_notify();
                tls.write_tls(&mut socket).ok()?;
                thread::sleep(LATER);
            }
        }
        return None;
    }
}

/// Makes twelve calls, a quarter of a second apart or at once. Returns how many have an unknown outcome.
fn unknown_of_twelve(server: &Server, apart: Duration) -> usize {
    let base = BaseUrl::new(&server.url).expect("it is one");
    let call = TokenByAkSk::new(&base, Secret::new("fake-app-key"), Secret::new("fake-app-secret"));
    let client = Client::builder()
        .private_roots(server.root.as_bytes())
        .expect("it is PEM")
        .without_proxy()
        .timeout(Duration::from_millis(800))
        .build();
    (0..12)
        .filter(|_| {
            let outcome = client.send(&call);
            thread::sleep(apart);
            match outcome {
                Ok(token) => token.is_err(),
                Err(SendError::Unknown(_)) => true,
                Err(error) => panic!("{error}"),
            }
        })
        .count()
}

#[test]
fn a_connection_that_the_server_closed_is_not_used_again() {
    let quarter = Duration::from_millis(250);
    for then in [Then::CloseNotify, Then::LateCloseNotify, Then::Fin] {
        assert_eq!(unknown_of_twelve(&serve(then), quarter), 0, "{then:?}");
    }
    // The announcement comes with the reply: there is no moment in which it could be missed.
    assert_eq!(unknown_of_twelve(&serve(Then::CloseNotify), Duration::ZERO), 0);
}

/// The look at a connection before each use takes no time that anybody notices, and keeps the connection.
#[test]
fn an_open_connection_is_used_again() {
    let server = serve(Then::Stay);
    let began = Instant::now();
    assert_eq!(unknown_of_twelve(&server, Duration::ZERO), 0);
    assert_eq!(server.connections.load(Ordering::Relaxed), 1);
    println!("twelve calls took {:?}", began.elapsed());
}
