//! Requests from bytes, and replies to bytes.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::time::SystemTime;

/// The longest head and body that are read, in bytes.
const MAX_HEAD: usize = 64 << 10;
const MAX_BODY: usize = 1 << 20;

/// The start of a request.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) keep_alive: bool,
    headers: Vec<(String, String)>,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(have, _)| have.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }

    /// The headers whose names begin with `x-`, as `name: value`.
    pub(crate) fn extra_headers(&self) -> Vec<String> {
        let headers = self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
        let extra = headers.filter(|(name, _)| name.starts_with("x-"));
        extra.map(|(name, value)| format!("{name}: {value}")).collect()
    }

    /// Whether this is the media type; parameters are ignored.
    pub(crate) fn is(&self, media_type: &str) -> bool {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
    }
}

/// A whole request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The input of one connection.
pub(crate) struct Incoming {
    /// Bytes that were read and not used yet.
    buffer: Vec<u8>,
}

impl Incoming {
    pub(crate) fn new() -> Self {
        Self { buffer: Vec::with_capacity(4 << 10) }
    }

    fn more(&mut self, stream: &mut impl Read) -> io::Result<usize> {
        let mut chunk = [0; 8 << 10];
        let read = stream.read(&mut chunk)?;
        self.buffer.extend_from_slice(&chunk[..read]);
        Ok(read)
    }

    /// The head of the next request; `None` if the client has gone.
    ///
    /// # Errors
    ///
    /// `InvalidData` if the input is not HTTP; otherwise the errors of the connection.
    pub(crate) fn head(&mut self, stream: &mut impl Read) -> io::Result<Option<Head>> {
        loop {
            if let Some(head) = self.parse()? {
                return Ok(Some(head));
            }
            if self.buffer.len() > MAX_HEAD {
                return Err(malformed("headers too long"));
            }
            if self.more(stream)? == 0 {
                return if self.buffer.is_empty() { Ok(None) } else { Err(malformed("headers cut")) };
            }
        }
    }

    fn parse(&mut self) -> io::Result<Option<Head>> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        let status = request.parse(&self.buffer).map_err(|error| malformed(&error.to_string()))?;
        let httparse::Status::Complete(length) = status else { return Ok(None) };
        let target = request.path.unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = request
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).trim().to_owned()));
        let mut head = Head {
            method: request.method.unwrap_or_default().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            keep_alive: request.version == Some(1),
            headers: headers.collect(),
        };
        head.keep_alive &=
            !head.header("connection").is_some_and(|value| value.to_ascii_lowercase().contains("close"));
        self.buffer.drain(..length);
        Ok(Some(head))
    }

    /// The body that belongs to `head`.
    ///
    /// # Errors
    ///
    /// `InvalidData` if the length or a chunk is wrong, or if the body has more than 1 MiB; otherwise the errors of the
    /// connection.
    pub(crate) fn body(&mut self, head: Head, stream: &mut (impl Read + Write)) -> io::Result<Request> {
        if head.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
            && self.buffer.is_empty()
        {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            stream.flush()?;
        }
        let chunked =
            head.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
        let body = if chunked {
            self.chunks(stream)?
        } else {
            let length = head.header("content-length").unwrap_or("0").parse();
            self.exactly(length.map_err(|_| malformed("Content-Length"))?, stream)?
        };
        Ok(Request { head, body })
    }

    fn exactly(&mut self, length: usize, stream: &mut impl Read) -> io::Result<Vec<u8>> {
        if length > MAX_BODY {
            return Err(malformed("body too long"));
        }
        while self.buffer.len() < length {
            if self.more(stream)? == 0 {
                return Err(malformed("body cut"));
            }
        }
        Ok(self.buffer.drain(..length).collect())
    }

    fn chunks(&mut self, stream: &mut impl Read) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let length = loop {
                match httparse::parse_chunk_size(&self.buffer).map_err(|_| malformed("chunk"))? {
                    httparse::Status::Complete((start, length)) => {
                        self.buffer.drain(..start);
                        break usize::try_from(length).map_err(|_| malformed("chunk"))?;
                    }
                    httparse::Status::Partial if self.more(stream)? == 0 => {
                        return Err(malformed("body cut"));
                    }
                    httparse::Status::Partial => {}
                }
            };
            if body.len().saturating_add(length) > MAX_BODY {
                return Err(malformed("body too long"));
            }
            body.extend(self.exactly(length, stream)?);
            // Trailers are not supported.
            if self.exactly(2, stream)? != b"\r\n" {
                return Err(malformed("chunk"));
            }
            if length == 0 {
                return Ok(body);
            }
        }
    }
}

/// A reply, before faults change it.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Vec<u8>,
}

/// The media type of most replies.
pub(crate) const JSON: &str = "application/json;charset=UTF-8";

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".into(), content_type.to_owned())];
        Self { status, headers, body: body.into() }
    }

    pub(crate) fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, JSON, body)
    }

    /// Sets a header, in place of one of the same name.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self.headers.push((name.into(), value.into()));
    }

    /// The status line and the headers, without the empty line, and without the headers that frame the body.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).into_bytes();
        if self.status >= 200 {
            let date = httpdate::fmt_http_date(SystemTime::now());
            head.extend_from_slice(format!("Date: {date}\r\n").as_bytes());
        }
        for (name, value) in &self.headers {
            head.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        head
    }

    /// The whole reply, with the length of its body.
    pub(crate) fn bytes(&self, keep_alive: bool) -> Vec<u8> {
        let mut bytes = self.head();
        // RFC 9110, section 8.6: no length if there cannot be a body.
        let bodiless = self.status < 200 || self.status == 204 || self.status == 304;
        if !bodiless {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n", self.body.len()).as_bytes());
        }
        if !keep_alive && self.status >= 200 {
            bytes.extend_from_slice(b"Connection: close\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        if !bodiless {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection that delivers one byte at a time.
    struct ByteByByte<'a>(&'a [u8]);

    impl Read for ByteByByte<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(1);
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    impl Write for ByteByByte<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn read(mut stream: ByteByByte<'_>) -> io::Result<Vec<Request>> {
        let mut incoming = Incoming::new();
        let mut requests = Vec::new();
        while let Some(head) = incoming.head(&mut stream)? {
            requests.push(incoming.body(head, &mut stream)?);
        }
        Ok(requests)
    }

    #[test]
    fn requests_in_a_row_are_read() {
        let text = b"POST /a?b=c HTTP/1.1\r\nContent-Length: 3\r\nContent-Type: Text/Plain; x=y\r\n\r\nabc\
            PUT /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n";
        let requests = read(ByteByByte(text)).unwrap();
        let [first, second] = &requests[..] else { panic!("{requests:?}") };
        assert_eq!(
            (&first.head.path[..], &first.head.query[..], &first.body[..]),
            ("/a", "b=c", &b"abc"[..])
        );
        assert!(first.head.keep_alive && first.head.is("text/plain"));
        assert_eq!((&second.head.method[..], &second.body[..]), ("PUT", &b"def"[..]));
        assert!(!second.head.keep_alive);
    }

    #[test]
    fn wrong_requests_are_refused() {
        for text in [
            &b"nonsense\r\n\r\n"[..],
            b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
            b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\nabc",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"POST / HT",
        ] {
            assert!(read(ByteByByte(text)).is_err(), "{}", text.escape_ascii());
        }
    }
}
