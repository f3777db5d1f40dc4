//! A client as plain as they come: one connection, one request at a time, and it knows when the first byte came.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// One connection to the server.
pub(crate) struct Client(BufReader<TcpStream>);

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// When its first byte came, from the request on.
    pub(crate) first: Duration,
    /// When its last one came.
    pub(crate) whole: Duration,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens there.
    pub(crate) fn new(address: SocketAddr) -> Result<Self, String> {
        let connect = || {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            std::io::Result::Ok(stream)
        };
        connect().map(|stream| Self(BufReader::new(stream))).map_err(|error| format!("{address}: {error}"))
    }

    /// Sends a request with headers, and a body that is JSON.
    ///
    /// # Errors
    /// When no whole answer comes.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Option<&str>,
    ) -> Result<Answer, String> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n");
        for (name, value) in headers {
            // Writing to a text cannot fail.
            let _written = write!(request, "{name}: {value}\r\n");
        }
        if let Some(body) = body {
            let length = body.len();
            let _written = write!(request, "Content-Type: application/json\r\nContent-Length: {length}\r\n");
        }
        request.push_str("\r\n");
        request.push_str(body.unwrap_or_default());
        self.exchange(&request).map_err(|error| format!("{method} {path}: {error}"))
    }

    /// Sends a request and holds that it succeeds.
    ///
    /// # Errors
    /// When it does not, with what the server said.
    pub(crate) fn json(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Option<&str>,
    ) -> Result<Value, String> {
        let answer = self.send(method, path, headers, body)?;
        let value = serde_json::from_str(&answer.body);
        match value {
            Ok(value) if answer.status < 300 => Ok(value),
            _ => Err(format!("{method} {path}: {} {}", answer.status, answer.body)),
        }
    }

    fn exchange(&mut self, request: &str) -> std::io::Result<Answer> {
        let begun = Instant::now();
        self.0.get_mut().write_all(request.as_bytes())?;
        self.0.fill_buf()?;
        let first = begun.elapsed();
        let (status, length) = self.head()?;
        let body = match length {
            Some(length) => self.bytes(length)?,
            None => self.chunks()?,
        };
        let body = String::from_utf8(body).map_err(|_| odd("the body is not text"))?;
        Ok(Answer { status, body, first, whole: begun.elapsed() })
    }

    /// The status, and the length of the body; absent: it comes in chunks.
    fn head(&mut self) -> std::io::Result<(u16, Option<usize>)> {
        let status = self.line()?.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut length = None;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().ok(),
                _ if line.is_empty() => break,
                _ => {}
            }
        }
        Ok((status.ok_or_else(|| odd("no status"))?, length))
    }

    fn chunks(&mut self) -> std::io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16).map_err(|_| odd("no length of a chunk"))?;
            body.extend(self.bytes(length)?);
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn bytes(&mut self, length: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line)? {
            0 => Err(odd("the answer broke off")),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

fn odd(what: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, what)
}
