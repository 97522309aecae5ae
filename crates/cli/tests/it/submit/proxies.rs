//! Proxies between the command and the vendor.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use fake_vendors::Vendor;

use crate::submit::setting::Setting;

/// A proxy that answers its first request with these bytes.
fn proxy(says: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has one");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        let mut asked = Vec::new();
        let mut byte = [0];
        while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
            asked.push(byte[0]);
        }
        let _ = stream.write_all(says);
    });
    format!("http://fake-user:of-no-worth@{address}")
}

#[test]
fn a_proxys_answers_are_reported() {
    let answers: [(&[u8], &str); 5] = [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "the proxy"),
        (b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.invalid\r\n\r\n", "the proxy"),
        (b"of-no-worth\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>no TLS</html>", "not secure"),
        (b"", "the proxy"),
    ];
    for vendor in Vendor::ALL {
        let with = |variable: &str, proxy: &str, status, said: &[&str]| {
            let setting = Setting::new(vendor);
            let mut command = setting.command(&["--output", "new.txt", "--timeout", "5"]);
            setting.run(command.env(variable, proxy)).is(status, said);
            let sent = setting.vendors.connections() > 0;
            assert_eq!(sent, status == 0);
        };
        for (says, said) in answers {
            with("HTTPS_PROXY", &proxy(says), 2, &["not sent", said]);
        }
        // A proxy that the client cannot use is not bypassed.
        with("ALL_PROXY", "socks5://fake-user:of-no-worth@127.0.0.1:9", 2, &["not sent", "the proxy"]);
    }
    let setting = Setting::new(Vendor::Exotel);
    let mut command = setting.command(&["--output", "new.txt"]);
    command.env("ALL_PROXY", "socks5://127.0.0.1:9").env("NO_PROXY", "127.0.0.1");
    setting.run(&mut command).is(0, &["updated"]);
}
