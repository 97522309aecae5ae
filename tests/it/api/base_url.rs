//! Base URLs: which are accepted, and in which form.

use sip_password::api::{BaseUrl, BaseUrlError};

#[test]
fn a_valid_url_is_normalised() {
    for (url, expected) in [
        ("https://service.besclouds.com", "https://service.besclouds.com"),
        ("HTTPS://Service.Besclouds.COM:8443/", "https://service.besclouds.com:8443"),
        ("https://10.0.0.1/gateway/v1", "https://10.0.0.1/gateway/v1"),
        ("https://[2001:db8::1]:1/a/", "https://[2001:db8::1]:1/a"),
        ("https://host_name", "https://host_name"),
    ] {
        let base = BaseUrl::new(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(base.as_str(), expected);
        assert!(!base.is_plain());
        assert!(expected.parse::<http::Uri>().is_ok());
    }
}

#[test]
fn each_invalid_part_has_its_error() {
    for (url, error) in [
        ("", BaseUrlError::Scheme),
        ("service.besclouds.com", BaseUrlError::Scheme),
        ("ftp://service.besclouds.com", BaseUrlError::Scheme),
        ("http://service.besclouds.com", BaseUrlError::Plain),
        ("http://127.0.0.1", BaseUrlError::Plain),
        ("https://fake-key:fake-token@host", BaseUrlError::Credentials),
        ("https://host@", BaseUrlError::Credentials),
        ("https://", BaseUrlError::Host),
        ("https:///path", BaseUrlError::Host),
        ("https://a..b", BaseUrlError::Host),
        ("https://.", BaseUrlError::Host),
        ("https://a b", BaseUrlError::Host),
        ("https://a\\b", BaseUrlError::Host),
        ("https://a\r\nb", BaseUrlError::Host),
        ("https://é", BaseUrlError::Host),
        ("https://[::1", BaseUrlError::Host),
        ("https://[1]", BaseUrlError::Host),
        ("https://a:", BaseUrlError::Port),
        ("https://a:0", BaseUrlError::Port),
        ("https://a:65536", BaseUrlError::Port),
        ("https://a:+1", BaseUrlError::Port),
        ("https://a:1:1", BaseUrlError::Port),
        ("https://[::1]1", BaseUrlError::Port),
        ("https://a//b", BaseUrlError::Path),
        ("https://a/b//", BaseUrlError::Path),
        ("https://a/../b", BaseUrlError::Path),
        ("https://a/.", BaseUrlError::Path),
        ("https://a/%2e%2e", BaseUrlError::Path),
        ("https://a/b\n", BaseUrlError::Path),
        ("https://a?b", BaseUrlError::Query),
        ("https://a/b#c", BaseUrlError::Fragment),
    ] {
        assert_eq!(BaseUrl::new(url).map_err(Some), Err(Some(error)), "{url:?}");
        assert_eq!(url.parse::<BaseUrl>().unwrap_err(), error);
    }
    let long = format!("https://{}", "x".repeat(1017));
    assert_eq!(BaseUrl::new(&long), Err(BaseUrlError::TooLong));
    assert!(BaseUrl::new(&long[..1024]).is_ok());
}

#[test]
fn plain_http_is_for_loopback_hosts() {
    for url in ["http://127.0.0.1:8080", "http://127.255.255.254", "http://localhost/x", "http://[::1]:80"] {
        assert!(BaseUrl::allowing_plain_loopback(url).unwrap().is_plain());
    }
    for url in [
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0x7f.1",
        "http://2130706433",
        "http://[::ffff:10.0.0.1]",
        "http://0.0.0.0",
    ] {
        assert_eq!(BaseUrl::allowing_plain_loopback(url), Err(BaseUrlError::Plain), "{url}");
    }
    assert!(!BaseUrl::allowing_plain_loopback("https://10.0.0.1").unwrap().is_plain());
}
