//! An HTTP client as plain as they come: one connection, one request at a time, and it knows what it did not get.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::support::admin_token;

/// How long an answer may take: longer than the server waits for any lock.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client of the IOM dialect with one credential.
pub(super) struct Caller {
    address: SocketAddr,
    /// The header that says who asks.
    credential: String,
    connection: Option<BufReader<TcpStream>>,
}

/// An answer, read to its last byte.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) is_replay: bool,
    pub(super) body: Vec<u8>,
}

/// Why there is none.
#[derive(Debug)]
pub(super) enum Lost {
    /// Not a byte of it came.
    Silent,
    /// It broke off.
    Half(String),
}

impl Caller {
    /// A client with an admin's token, that connects when it is first used.
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, credential: format!("Authorization: Bearer {}", admin_token()), connection: None }
    }

    /// The same client with an API key in place of the token.
    pub(super) fn holding(self, key: &str) -> Self {
        Self { credential: format!("X-API-Key: {key}"), ..self }
    }

    /// Sends a body and waits for the answer.
    pub(super) fn send(&mut self, method: &str, path: &str, body: &Value, key: Option<&str>) -> Result<Answer, Lost> {
        let answer = self.exchange(method, path, body, key);
        if answer.is_err() {
            self.connection = None;
        }
        answer
    }

    /// Sends a POST; every request must be answered, and never with a fault of the server.
    #[track_caller]
    pub(super) fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.sure("POST", path, body)
    }

    /// Sends a PATCH, likewise.
    #[track_caller]
    pub(super) fn patch(&mut self, path: &str, body: &Value) -> Answer {
        self.sure("PATCH", path, body)
    }

    /// Sends a GET, likewise.
    #[track_caller]
    pub(super) fn get(&mut self, path: &str) -> Answer {
        self.sure("GET", path, &Value::Null)
    }

    #[track_caller]
    fn sure(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        match self.send(method, path, body, None) {
            Ok(answer) => {
                assert!(answer.status < 500, "{method} {path}: {} {}", answer.status, answer.text());
                answer
            }
            Err(Lost::Silent) => panic!("{method} {path} was not answered"),
            Err(Lost::Half(part)) => panic!("{method} {path} was answered by half: {part}"),
        }
    }

    fn exchange(&mut self, method: &str, path: &str, body: &Value, key: Option<&str>) -> Result<Answer, Lost> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let key = key.map(|key| format!("Idempotency-Key: {key}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} /api{path} HTTP/1.1\r\nHost: {}\r\n{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n{key}\r\n{body}",
            self.address,
            self.credential,
            body.len()
        );
        let connection = self.connect()?;
        connection.get_mut().write_all(request.as_bytes()).map_err(|_| Lost::Silent)?;
        read(connection)
    }

    fn connect(&mut self) -> Result<&mut BufReader<TcpStream>, Lost> {
        if self.connection.is_none() {
            let stream = TcpStream::connect(self.address).map_err(|_| Lost::Silent)?;
            stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_nodelay(true)).expect("a socket");
            self.connection = Some(BufReader::new(stream));
        }
        Ok(self.connection.as_mut().expect("connected above"))
    }
}

impl Answer {
    /// The same answer, which must have this status.
    #[track_caller]
    pub(super) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Whether it was done.
    pub(super) fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value at a JSON pointer.
    #[track_caller]
    pub(super) fn at(&self, pointer: &str) -> Value {
        let value: Value =
            serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()));
        value.pointer(pointer).cloned().unwrap_or(Value::Null)
    }

    /// The whole number at a JSON pointer.
    #[track_caller]
    pub(super) fn number(&self, pointer: &str) -> i64 {
        self.at(pointer).as_i64().unwrap_or_else(|| panic!("no number at {pointer}: {}", self.text()))
    }
}

/// Reads an answer that says how long it is, as all answers to writes do.
fn read(connection: &mut BufReader<TcpStream>) -> Result<Answer, Lost> {
    let mut head = String::new();
    loop {
        let before = head.len();
        match connection.read_line(&mut head) {
            Ok(0) if head.is_empty() => return Err(Lost::Silent),
            Ok(0) => return Err(Lost::Half(head)),
            Ok(_) if head.get(before..) == Some("\r\n") => break,
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Err(Lost::Half(format!("nothing for {PATIENCE:?} after: {head}")));
            }
            Err(_) if head.is_empty() => return Err(Lost::Silent),
            Err(error) => return Err(Lost::Half(format!("{head}{error}"))),
        }
    }
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    };
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let length = header("content-length").and_then(|length| length.parse().ok()).expect("a length");
    let mut body = vec![0; length];
    connection.read_exact(&mut body).map_err(|error| Lost::Half(format!("{head}{error}")))?;
    Ok(Answer { status, is_replay: header("idempotent-replayed") == Some("true"), body })
}
