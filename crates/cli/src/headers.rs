//! The option `--header`: headers that a tenant needs beside those of the vendor's documents.

use clap::Args;
use sip_password::{
    api::{FieldError, FieldErrorKind},
    huawei::ExtraHeaders,
};

use super::error::CommandError;

#[derive(Args)]
// Other modules have a struct of this name, and `clap` would take them for one group.
#[group(skip)]
pub(super) struct Options {
    /// A header that the tenant needs with each call, such as X-TenantSpaceID; can be given several times, and a rotation keeps it in its journal. It must not be a secret: every user of the machine can read arguments
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
}

/// What the names of headers with secrets contain, and how they end.
const SECRET_WORDS: [&str; 11] = [
    "authenti",
    "authori",
    "cookie",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "pwd",
    "secret",
    "session",
    "signature",
];
const SECRET_ENDS: [&str; 3] = ["-auth", "key", "token"];
/// How values with secrets begin.
const SECRET_SCHEMES: [&str; 4] = ["basic ", "bearer ", "digest ", "token "];

const WHY: &str = "a secret cannot be an argument: every user of the machine can read it there";

impl Options {
    /// The headers.
    pub(super) fn parse(&self) -> Result<ExtraHeaders<'static>, CommandError> {
        let mut headers = Vec::with_capacity(self.headers.len());
        for (text, position) in self.headers.iter().zip(1..) {
            // The text may be a secret in the wrong place, and is not repeated.
            let (name, value) = text.split_once(':').ok_or_else(|| {
                error(&format!("expected NAME: VALUE, found no colon in the header at position {position}"))
            })?;
            headers.push((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()));
        }
        let kept = kept(headers).map_err(|found| match found.kind {
            FieldErrorKind::ReservedHeader { name, .. } if is_secret(name) => error(&format!(
                "{name} is set by sip-password itself, from the secrets of the environment or the --secrets file; {WHY}"
            )),
            FieldErrorKind::ReservedHeader { name, .. } => {
                error(&format!("{name} is set by sip-password itself; leave it out"))
            }
            kind => error(&kind.to_string()),
        })?;
        match kept.pairs().iter().find(|(name, value)| is_secret(name) || has_secret_scheme(value)) {
            None => Ok(kept),
            Some((name, _)) => Err(error(&format!("{name} seems to hold a secret, and {WHY}"))),
        }
    }
}

fn error(message: &str) -> CommandError {
    CommandError::new(format!("--header: {message}"))
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word)) || SECRET_ENDS.iter().any(|end| name.ends_with(end))
}

fn has_secret_scheme(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    SECRET_SCHEMES.iter().any(|scheme| value.starts_with(scheme))
}

/// These headers, in memory that is kept until the process ends: every call borrows them.
pub(super) fn kept(headers: Vec<(String, String)>) -> Result<ExtraHeaders<'static>, FieldError> {
    let keep = |text: String| -> &'static str { text.leak() };
    let pairs: Vec<_> = headers.into_iter().map(|(name, value)| (keep(name), keep(value))).collect();
    ExtraHeaders::new(pairs.leak())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(headers: &[&str]) -> Result<ExtraHeaders<'static>, String> {
        let headers = headers.iter().map(|header| (*header).to_owned()).collect();
        Options { headers }.parse().map_err(|error| error.to_string())
    }

    #[test]
    fn names_and_values() {
        let headers =
            parse(&["X-TenantSpaceID: 201811", "x-a:b:c", "X-Author:  1 "]).expect("they are right");
        assert_eq!(headers.pairs(), [("X-TenantSpaceID", "201811"), ("x-a", "b:c"), ("X-Author", "1")]);
        assert_eq!(parse(&[]), Ok(ExtraHeaders::NONE));
    }

    #[test]
    fn what_may_be_a_secret_is_refused_and_not_repeated() {
        for header in [
            "Authorization: of-no-worth",
            "Cookie: of-no-worth",
            "Proxy-Authorization: of-no-worth",
            "X-Auth-Token: of-no-worth",
            "x-app-key: of-no-worth",
            "X-API-KEY: of-no-worth",
            "X-Amz-Security-Token: of-no-worth",
            "X-Session-Id: of-no-worth",
            "X-Other: Bearer of-no-worth",
            "X-Other: basic of-no-worth",
        ] {
            let error = parse(&["X-TenantSpaceID: 1", header]).expect_err(header);
            assert!(error.starts_with("--header: ") && error.contains(WHY), "{error}");
            assert!(!error.contains("of-no-worth"), "{error}");
        }
    }

    #[test]
    fn what_sip_password_sets_itself_is_refused_by_name() {
        for name in ["content-type", "content-length", "host", "user-agent", "x-token-expire"] {
            let error = parse(&[&format!("{}: of-no-worth", name.to_uppercase())]).expect_err(name);
            assert_eq!(error, format!("--header: {name} is set by sip-password itself; leave it out"));
        }
    }

    #[test]
    fn wrong_headers_are_named_by_their_position() {
        for (header, said) in [
            ("of-no-worth", "expected NAME: VALUE, found no colon in the header at position 2"),
            ("of no worth: 1", "the name of a header"),
            (": of-no-worth", "the name of a header"),
            ("X-A:", "the value of a header"),
            ("X-A: of-no-worth\u{e9}", "the value of a header"),
            ("x-tenantspaceid: of-no-worth", "position 2"),
        ] {
            let error = parse(&["X-TenantSpaceID: 1", header]).expect_err(header);
            assert!(error.contains(said) && error.contains("position 2"), "{error}");
            assert!(!error.contains("of-no-worth") && !error.contains("of no worth"), "{error}");
        }
    }
}
