//! The proxy that the environment names for `https`, as curl reads it.

use core::{fmt, net::IpAddr};
use std::{
    borrow::ToOwned,
    env::{self, VarError},
    format,
    string::String,
    vec::Vec,
};

use http::Uri;
use ureq::Proxy;

/// The variables for `https`, in curl's order. `HTTP_PROXY` is for plain HTTP, which this client sends to loopback hosts only.
const PROXY: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];
/// curl's port for an HTTP proxy without one.
const DEFAULT_PORT: u16 = 1080;

/// A variable of the environment that should name a proxy, and does not. Its value may contain a password and is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyError {
    /// The name of the variable: `"HTTPS_PROXY"`.
    pub variable: &'static str,
}

/// The proxy, and the hosts that are reached without it.
#[derive(Clone, Debug, Default)]
pub(super) struct ProxySettings {
    pub(super) proxy: Option<Proxy>,
    no_proxy: Vec<Exception>,
}

/// An entry of `NO_PROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exception {
    host: Host,
    /// `None` stands for every port.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Any,
    /// A domain and its subdomains, in lower case, without a dot at either end.
    Domain(String),
    /// The addresses that agree in this many bits.
    Network(IpAddr, u32),
}

impl ProxySettings {
    pub(super) fn from_env() -> Result<Self, ProxyError> {
        Self::read(|name| env::var(name))
    }

    fn read(variable: impl Fn(&str) -> Result<String, VarError>) -> Result<Self, ProxyError> {
        // An empty value is none.
        let find = |names: &[&'static str]| {
            let values = names.iter().map(|&name| (name, variable(name)));
            values.into_iter().find(|(_, value)| match value {
                Ok(value) => !value.is_empty(),
                Err(error) => *error != VarError::NotPresent,
            })
        };
        let proxy = find(&PROXY)
            .map(|(variable, value)| {
                value.ok().and_then(|value| parse(&value)).ok_or(ProxyError { variable })
            })
            .transpose()?;
        let no_proxy = match find(&NO_PROXY) {
            Some((_, Ok(list))) => exceptions(&list),
            Some((variable, Err(_))) => return Err(ProxyError { variable }),
            None => Vec::new(),
        };
        Ok(Self { proxy, no_proxy })
    }

    /// Whether a host is reached without the proxy.
    pub(super) fn is_bypassed(&self, to: &Uri) -> bool {
        let host = to.host().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        let port = to.port_u16().unwrap_or(443);
        self.no_proxy
            .iter()
            .any(|exception| exception.port.is_none_or(|only| only == port) && exception.host.matches(&host))
    }
}

/// `[SCHEME://][USER:PASSWORD@]HOST[:PORT]`; the scheme is `http` if there is none.
fn parse(value: &str) -> Option<Proxy> {
    let with_scheme = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    let uri: Uri = with_scheme.parse().ok()?;
    let authority = uri.authority()?;
    let after_host = authority.as_str().rsplit('@').next()?.strip_prefix(authority.host())?;
    if authority.host().is_empty() || !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return None;
    }
    match after_host {
        "" if uri.scheme_str() == Some("http") => {
            Proxy::new(&format!("http://{authority}:{DEFAULT_PORT}")).ok()
        }
        "" => Proxy::new(&with_scheme).ok(),
        // An empty port is none, and one that is no number must not become the default.
        _ => authority.port_u16().and_then(|_| Proxy::new(&with_scheme).ok()),
    }
}

/// The entries of a list, separated by commas or white space.
fn exceptions(list: &str) -> Vec<Exception> {
    let entries = list.split(|char: char| char == ',' || char.is_whitespace());
    entries.filter(|entry| !entry.is_empty()).map(Exception::parse).collect()
}

impl Exception {
    fn parse(entry: &str) -> Self {
        let whole = Self { host: Host::parse(entry), port: None };
        match entry.rsplit_once(':') {
            // A whole IPv6 address has colons too.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => match port.parse() {
                Ok(port) => Self { host: Host::parse(host), port: Some(port) },
                Err(_) => whole,
            },
            _ => whole,
        }
    }
}

impl Host {
    fn parse(entry: &str) -> Self {
        if entry == "*" {
            return Self::Any;
        }
        let address = |text: &str| text.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        if let Some(address) = address(entry) {
            return Self::Network(address, 128);
        }
        if let Some((network, bits)) = entry.split_once('/')
            && let (Some(network), Ok(bits)) = (address(network), bits.parse())
        {
            return Self::Network(network, bits);
        }
        let domain = entry.strip_prefix('*').unwrap_or(entry).trim_matches('.');
        Self::Domain(domain.to_ascii_lowercase())
    }

    /// `host`: in lower case.
    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Domain(domain) => host
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| !domain.is_empty() && (rest.is_empty() || rest.ends_with('.'))),
            Self::Network(network, bits) => {
                let host = host.trim_matches(['[', ']']).parse();
                host.is_ok_and(|host| agree(*network, host, *bits))
            }
        }
    }
}

/// Whether two addresses agree in their first bits.
fn agree(one: IpAddr, other: IpAddr, bits: u32) -> bool {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            let differing = one.to_bits() ^ other.to_bits();
            differing.leading_zeros() >= bits.min(32)
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            let differing = one.to_bits() ^ other.to_bits();
            differing.leading_zeros() >= bits.min(128)
        }
        _ => false,
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} in the environment: expected a proxy such as http://proxy.example:3128, found another text; correct or unset it",
            self.variable
        )
    }
}

impl core::error::Error for ProxyError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Result<ProxySettings, ProxyError> {
        ProxySettings::read(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).into()).ok_or(VarError::NotPresent)
        })
    }

    fn chosen(variables: &[(&str, &str)]) -> Option<(String, u16)> {
        let proxy = settings(variables).expect("the values are right").proxy;
        proxy.map(|proxy| (proxy.host().into(), proxy.port()))
    }

    #[test]
    fn the_variables_are_curls() {
        let [http, https, all] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
        for (variables, host) in [
            (&[][..], None),
            (&[(http, "http://a:1")], None),
            (&[("http_proxy", "http://a:1")], None),
            (&[(http, "not a proxy")], None),
            (&[(https, "http://a:1")], Some("a")),
            (&[(all, "http://a:1")], Some("a")),
            (&[(all, "http://a:1"), (https, "http://b:1")], Some("b")),
            (&[(https, "http://a:1"), ("https_proxy", "http://b:1")], Some("b")),
            (&[("all_proxy", "http://a:1"), (https, "http://b:1")], Some("b")),
            (&[(all, "http://a:1"), ("all_proxy", "http://b:1")], Some("b")),
            (&[(https, ""), (all, "http://a:1")], Some("a")),
            // Only the variable that is used must be right.
            (&[(https, "http://a:1"), (all, "not a proxy")], Some("a")),
        ] {
            assert_eq!(chosen(variables).map(|(host, _)| host).as_deref(), host, "{variables:?}");
        }
    }

    #[test]
    fn every_form_of_a_proxy_is_read() {
        for (value, expected) in [
            ("http://a:3128", ("a", 3128)),
            ("http://a:3128/", ("a", 3128)),
            ("a:3128", ("a", 3128)),
            ("a", ("a", 1080)),
            ("http://a", ("a", 1080)),
            ("https://a", ("a", 443)),
            ("http://user:pass@a", ("a", 1080)),
            ("user:pass@a:3128", ("a", 3128)),
            ("http://[::1]:3128", ("[::1]", 3128)),
            ("socks5://a", ("a", 1080)),
        ] {
            assert_eq!(chosen(&[("HTTPS_PROXY", value)]), Some((expected.0.into(), expected.1)), "{value}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_an_error() {
        for value in [
            "http://",
            "http:///",
            ":3128",
            "http://a:port",
            "http://a:",
            "http://a:70000",
            "ftp://a:1",
            "a b",
            " http://a:1",
            "http://a:1 ",
            "http//a",
            "://a",
        ] {
            for variable in PROXY {
                let error = settings(&[(variable, value)]).expect_err(value);
                assert_eq!(error, ProxyError { variable }, "{value}");
            }
        }
    }

    #[test]
    fn exceptions_are_curls() {
        for (list, bypassed, proxied) in [
            ("", &[][..], &["https://a"][..]),
            ("*", &["https://a", "https://10.0.0.1"], &[]),
            (
                "b.example, a.example",
                &["https://a.example", "https://b.example", "https://x.a.example"],
                &["https://xa.example"],
            ),
            ("b.example a.example", &["https://a.example", "https://b.example"], &["https://c.example"]),
            (
                " a.example ,, ",
                &["https://a.example:8443", "https://A.Example", "https://a.example."],
                &["https://example"],
            ),
            (".a.example", &["https://a.example", "https://x.y.a.example"], &["https://b.example"]),
            ("*.a.example", &["https://x.a.example"], &["https://b.example"]),
            ("a.example:8443", &["https://a.example:8443"], &["https://a.example", "https://a.example:443"]),
            ("a.example:443", &["https://a.example"], &["https://a.example:8443"]),
            ("127.0.0.1", &["https://127.0.0.1:5000"], &["https://127.0.0.2"]),
            (
                "10.0.0.0/8,192.168.1.0/24",
                &["https://10.1.2.3", "https://192.168.1.9"],
                &["https://11.0.0.1", "https://a"],
            ),
            ("::1", &["https://[::1]:5000"], &["https://[::2]"]),
            ("[::1]:5000", &["https://[::1]:5000"], &["https://[::1]"]),
            ("fd00::/8", &["https://[fd12::1]"], &["https://[fe80::1]"]),
            (".", &[], &["https://a"]),
        ] {
            let settings = settings(&[("NO_PROXY", list)]).expect("any list will do");
            let is_bypassed = |url: &&str| settings.is_bypassed(&url.parse().expect("it is a URL"));
            for url in bypassed {
                assert!(is_bypassed(url), "{list:?}: {url}");
            }
            for url in proxied {
                assert!(!is_bypassed(url), "{list:?}: {url}");
            }
        }
        let list = [("no_proxy", "a.example"), ("NO_PROXY", "b.example")];
        let settings = settings(&list).expect("any list will do");
        assert!(settings.is_bypassed(&Uri::from_static("https://a.example")));
        assert!(!settings.is_bypassed(&Uri::from_static("https://b.example")));
    }
}
