//! Proxies between the command and the vendor.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use fake_vendors::Vendor;

use crate::submit::setting::{Setting, secrets};

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

/// The variables mean what they mean to curl.
#[test]
fn the_environment_is_read_as_curl_reads_it() {
    let refusing = || proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    // Each is the way to the vendor, or else the proxy refuses.
    for (variables, status) in [
        // HTTP_PROXY is for plain HTTP.
        (&[("HTTP_PROXY", "refusing")][..], 0),
        (&[("HTTPS_PROXY", "refusing"), ("NO_PROXY", "example.com, 127.0.0.1")], 0),
        (&[("HTTPS_PROXY", "refusing"), ("NO_PROXY", "127.0.0.0/8")], 0),
        (&[("HTTPS_PROXY", "refusing"), ("NO_PROXY", "example.com")], 2),
        (&[("HTTPS_PROXY", "refusing"), ("ALL_PROXY", "socks5://127.0.0.1:9")], 2),
    ] {
        let setting = Setting::new(Vendor::NxCloud);
        let mut command = setting.command(&["--output", "new.txt", "--timeout", "5"]);
        for (name, value) in variables {
            command.env(name, if *value == "refusing" { refusing() } else { (*value).to_owned() });
        }
        let said = if status == 0 { "updated" } else { "not sent" };
        setting.run(&mut command).is(status, &[said]);
        assert_eq!(setting.vendors.connections() > 0, status == 0);
    }
}

/// A value that names no proxy is an error, and never a connection past the proxy.
#[test]
fn a_variable_that_names_no_proxy_is_an_error() {
    let setting = Setting::new(Vendor::NxCloud);
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        for value in ["http://of-no-worth@127.0.0.1:port", "of-no-worth of-no-worth", "ftp://127.0.0.1:1"] {
            let mut command = setting.command(&["--output", "new.txt"]);
            setting
                .run(command.env(variable, value))
                .is(2, &[variable, "expected a proxy", "nothing was sent"]);
        }
    }
    assert_eq!(setting.vendors.connections(), 0);
    assert!(!setting.path("new.txt").exists());
}

/// Messages name the cause, and not the standard library's class of errors.
#[test]
fn connections_that_fail_are_named() {
    for (url, said) in [
        ("https://no-such-host.invalid", "the host's name cannot be resolved"),
        ("https://127.0.0.1:9", "the host refuses the connection"),
    ] {
        let setting = Setting::new(Vendor::NxCloud);
        let mut command = setting.bare(&["--base-url", url, "--username", "1", "--output", "new.txt"]);
        let ended = setting.run(command.envs(secrets(Vendor::NxCloud)));
        ended.is(2, &["not sent", said]);
        for vague in ["entity not found", "uncategorized", "other error"] {
            assert!(!ended.stderr.contains(vague), "{}", ended.stderr);
        }
    }
}
