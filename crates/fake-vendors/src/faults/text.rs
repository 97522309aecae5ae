//! Faults as texts: `KIND@CONDITION,CONDITION…`.

use std::fmt;
use std::str::FromStr;

use super::{Call, Ending, Fault, Kind, Stage, When};
use crate::config::RetryAfter;
use crate::text::{BadText, bad, bytes, duration, show_bytes, show_duration, size};

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accept"),
            Self::Handshake => f.write_str("tls"),
            Self::Headers => f.write_str("headers"),
            Self::Request => f.write_str("request"),
            Self::Reply(0) => f.write_str("reply"),
            Self::Reply(bytes) => write!(f, "reply+{bytes}"),
            Self::Sent => f.write_str("sent"),
        }
    }
}

impl FromStr for Stage {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let sent = text.strip_prefix("reply+").and_then(|bytes| bytes.parse().ok());
        match (text, sent) {
            ("accept", _) => Ok(Self::Accepted),
            ("tls", _) => Ok(Self::Handshake),
            ("headers", _) => Ok(Self::Headers),
            ("request", _) => Ok(Self::Request),
            ("reply", _) => Ok(Self::Reply(0)),
            ("sent", _) => Ok(Self::Sent),
            (_, Some(bytes)) => Ok(Self::Reply(bytes)),
            _ => bad(format!(
                "expected accept, tls, headers, request, reply, reply+BYTES or sent, found `{text}`"
            )),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refuse(time) => write!(f, "refuse={}", show_duration(*time)),
            Self::Certificate(certificate) => write!(f, "certificate={certificate}"),
            Self::Status { status, headers, body } => {
                write!(f, "status={status}")?;
                for (name, value) in headers {
                    write!(f, "/{name}: {value}")?;
                }
                if body.is_empty() { Ok(()) } else { write!(f, "//{}", show_bytes(body)) }
            }
            Self::Html(status) => write!(f, "html={status}"),
            Self::Redirect { status, to } => write!(f, "redirect={status}/{to}"),
            Self::Raw(bytes) => write!(f, "raw={}", show_bytes(bytes)),
            Self::RateLimited { form, wait } => write!(f, "limited={form}/{}", show_duration(*wait)),
            Self::Break { stage: Stage::Reply(0), how: Ending::Reset } => f.write_str("lose-reply"),
            Self::Break { stage, how: Ending::Reset } => write!(f, "reset={stage}"),
            Self::Break { stage, how: Ending::Close } => write!(f, "close={stage}"),
            Self::Break { stage, how: Ending::Farewell } => write!(f, "farewell={stage}"),
            Self::Stall { stage, time } => write!(f, "stall={stage}/{}", show_duration(*time)),
            Self::Trickle(pause) => write!(f, "trickle={}", show_duration(*pause)),
            Self::HugeBody(bytes) => write!(f, "huge-body={bytes}"),
            Self::HugeHeaders(bytes) => write!(f, "huge-headers={bytes}"),
            Self::ContentType(value) => write!(f, "content-type={value}"),
            Self::Gzip => f.write_str("gzip"),
            Self::Chunked => f.write_str("chunked"),
            Self::Twice => f.write_str("twice"),
            Self::Continue => f.write_str("continue"),
            Self::OtherTypes => f.write_str("other-types"),
            Self::OtherShape => f.write_str("other-shape"),
            Self::RowMissing => f.write_str("row-missing"),
            Self::RowOther => f.write_str("row-other"),
            Self::RowNumbers => f.write_str("row-numbers"),
            Self::DuplicateKeys => f.write_str("duplicate-keys"),
            Self::Deep(levels) => write!(f, "deep={levels}"),
            Self::InvalidUtf8 => f.write_str("invalid-utf8"),
        }
    }
}

fn status(text: &str) -> Result<u16, BadText> {
    text.parse().or_else(|_| bad(format!("expected a status such as 503, found `{text}`")))
}

impl FromStr for Kind {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let (name, argument) = text.split_once('=').unwrap_or((text, ""));
        let ending = match name {
            "reset" => Some(Ending::Reset),
            "close" => Some(Ending::Close),
            "farewell" => Some(Ending::Farewell),
            _ => None,
        };
        if let Some(how) = ending {
            return Ok(Self::Break { stage: argument.parse()?, how });
        }
        let kind = match name {
            "refuse" => Self::Refuse(duration(argument)?),
            "certificate" => Self::Certificate(argument.parse()?),
            "status" => other_status(argument)?,
            "html" => Self::Html(status(argument)?),
            "redirect" => redirect(argument)?,
            "raw" => Self::Raw(bytes(argument)?),
            "limited" => rate_limited(argument)?,
            "lose-reply" => Self::Break { stage: Stage::Reply(0), how: Ending::Reset },
            "stall" => stall(argument)?,
            "trickle" => Self::Trickle(duration(argument)?),
            "huge-body" => Self::HugeBody(size(argument)?),
            "huge-headers" => Self::HugeHeaders(size(argument)?),
            "content-type" => Self::ContentType(argument.to_owned()),
            "gzip" => Self::Gzip,
            "chunked" => Self::Chunked,
            "twice" => Self::Twice,
            "continue" => Self::Continue,
            "other-types" => Self::OtherTypes,
            "other-shape" => Self::OtherShape,
            "row-missing" => Self::RowMissing,
            "row-other" => Self::RowOther,
            "row-numbers" => Self::RowNumbers,
            "duplicate-keys" => Self::DuplicateKeys,
            "deep" => match argument.parse() {
                Ok(levels) => Self::Deep(levels),
                Err(_) => return bad(format!("expected a depth, as in deep=100000, found `{text}`")),
            },
            "invalid-utf8" => Self::InvalidUtf8,
            _ => return bad(format!("expected a fault (--help lists them), found `{name}`")),
        };
        // An argument of a kind that takes none is a mistake.
        if kind.to_string() == name && name != "lose-reply" && !argument.is_empty() {
            return bad(format!("expected `{name}` without an argument, found `={argument}`"));
        }
        Ok(kind)
    }
}

/// `503/NAME: VALUE//BODY`
fn other_status(argument: &str) -> Result<Kind, BadText> {
    let (head, body) = argument.split_once("//").unwrap_or((argument, ""));
    let mut parts = head.split('/');
    let status = status(parts.next().unwrap_or_default())?;
    let headers = parts.map(|header| match header.split_once(": ") {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => bad(format!("expected a header such as `Retry-After: 5`, found `{header}`")),
    });
    Ok(Kind::Status { status, headers: headers.collect::<Result<_, _>>()?, body: bytes(body)? })
}

/// `URL` or `301/URL`
fn redirect(argument: &str) -> Result<Kind, BadText> {
    Ok(match argument.split_once('/') {
        Some((number, to)) if number.len() == 3 => {
            Kind::Redirect { status: status(number)?, to: to.to_owned() }
        }
        _ => Kind::Redirect { status: 307, to: argument.to_owned() },
    })
}

/// `FORM` or `FORM/TIME`
fn rate_limited(argument: &str) -> Result<Kind, BadText> {
    let (form, wait) = argument.split_once('/').unwrap_or((argument, "1s"));
    let form = if form.is_empty() { RetryAfter::Seconds } else { form.parse()? };
    Ok(Kind::RateLimited { form, wait: duration(wait)? })
}

/// `STAGE/TIME`
fn stall(argument: &str) -> Result<Kind, BadText> {
    match argument.split_once('/') {
        Some((stage, time)) => Ok(Kind::Stall { stage: stage.parse()?, time: duration(time)? }),
        None => bad(format!("expected a stage and a time, as in stall=reply/5s, found `{argument}`")),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@", self.kind)?;
        match self.when {
            When::Always => f.write_str("always")?,
            When::Between(first, u64::MAX) => write!(f, "{first}-")?,
            When::Between(first, last) if first == last => write!(f, "{first}")?,
            When::Between(first, last) => write!(f, "{first}-{last}")?,
            When::Chance(p) => write!(f, "{}%", p * 100.0)?,
        }
        if let Some(vendor) = self.vendor {
            write!(f, ",vendor={vendor}")?;
        }
        if self.call != Call::Update {
            write!(f, ",call={}", self.call)?;
        }
        if let Some(account) = &self.account {
            write!(f, ",account={account}")?;
        }
        if let Some(times) = self.times {
            write!(f, ",times={times}")?;
        }
        if self.applied { f.write_str(",applied") } else { Ok(()) }
    }
}

impl FromStr for Fault {
    type Err = BadText;

    /// `KIND`, or `KIND@CONDITION,CONDITION…`. The conditions follow the last `@`.
    fn from_str(text: &str) -> Result<Self, BadText> {
        let (kind, conditions) = text.rsplit_once('@').unwrap_or((text, "always"));
        let mut fault = Self::new(kind.parse()?);
        for condition in conditions.split(',') {
            let number = |text: &str| match text.parse::<u64>() {
                Ok(number) => Ok(number),
                Err(_) => bad(format!(
                    "expected always, N, N-M, N-, P%, vendor=, call=, account=, times= or applied, found `{condition}`"
                )),
            };
            fault = match condition.split_once('=') {
                Some(("vendor", vendor)) => fault.vendor(vendor.parse()?),
                Some(("call", "token")) => fault.call(Call::Token),
                Some(("call", "update")) => fault.call(Call::Update),
                Some(("account", account)) => fault.account(account),
                Some(("times", times)) => fault.times(number(times)?),
                _ if condition == "always" => fault,
                _ if condition == "applied" => fault.applied(),
                _ => match (condition.strip_suffix('%'), condition.split_once('-')) {
                    (Some(percent), _) => match percent.parse::<f64>() {
                        Ok(percent) => fault.chance(percent / 100.0),
                        Err(_) => {
                            return bad(format!("expected a probability such as 1.5%, found `{condition}`"));
                        }
                    },
                    (_, Some((first, ""))) => fault.between(number(first)?, u64::MAX),
                    (_, Some((first, last))) => fault.between(number(first)?, number(last)?),
                    _ => fault.nth(number(condition)?),
                },
            };
        }
        fault.check()?;
        Ok(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &[&str] = &[
        "refuse=2s@1",
        "certificate=expired@always",
        "certificate=self-signed@2-4",
        "status=503@always",
        "status=429/Retry-After: 5/X-Fake: a b@7,vendor=exotel",
        r"status=500//{\x22a\x22}\x40\xff@always,applied",
        "html=502@25%",
        "redirect=301/http://elsewhere.example/a/b@3-",
        r"raw=HTTP/1.1 200 OK\r\n\r\n@always",
        "limited=date/5s@always",
        "lose-reply@1%,account=agent-7",
        "reset=accept@1",
        "reset=reply+17@1",
        "close=tls@1",
        "farewell=sent@1",
        "stall=headers/500ms@1,call=token",
        "stall=reply+3/1h@1,times=2",
        "trickle=20ms@always",
        "huge-body=1073741824@always",
        "huge-headers=65536@always",
        "content-type=text/plain; charset=x@always",
        "gzip@always",
        "chunked@always",
        "twice@always",
        "continue@always",
        "other-types@always",
        "other-shape@always",
        "row-missing@always",
        "row-other@always",
        "row-numbers@always",
        "duplicate-keys@always",
        "deep=100000@always",
        "invalid-utf8@always",
    ];

    #[test]
    fn every_text_is_read_back() {
        for text in TEXTS {
            let fault: Fault = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(fault.to_string().parse(), Ok(fault), "{text}");
        }
        assert_eq!("lose-reply".parse(), Ok(Fault::lose_reply()));
        assert_eq!("limited".parse(), "limited=seconds/1s@always".parse::<Fault>());
    }

    #[test]
    fn wrong_texts_are_refused() {
        for text in [
            "",
            "nonsense",
            "gzip=5",
            "reset",
            "reset=nowhere",
            "stall=reply",
            "status=abc",
            "status=99",
            "gzip@0",
            "gzip@5-3",
            "gzip@101%",
            "gzip@-1%",
            "gzip@NaN%",
            "gzip@sometimes",
            "gzip@1,applied",
            "reset=accept@1,vendor=huawei",
            "certificate=expired@1,account=agent-1",
            "reset=headers@account=agent-1",
            "redirect=301/http://a\r\nb",
            "deep=x",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
