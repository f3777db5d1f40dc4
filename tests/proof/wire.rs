//! SimBiz calls as bytes on a wire: what old clients' libraries make of HTTP, and what each gets for it.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::stand::Served;
use super::{Stand, on_each_engine};
use crate::support::SECRET;

/// Longer than the server waits for anything but a body.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything that was answered to what was sent on one connection.
pub(super) struct Said(String);

#[test]
fn old_clients_are_understood_on_the_wire() {
    on_each_engine(|stand| {
        let (served, keys) = served(stand);
        let items = "/api/v3/inventory/items";
        let body = r#"{"data":{"header":{"item_code":"WIRE","item_name":"Wire"}}}"#;
        let length = body.len();
        let (chunks, half) = (format!("{length:x}\r\n{body}\r\n0\r\n\r\n"), length / 2);
        let posted = format!("POST {items} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{keys}");
        for (sent, status, says) in [
            ("GET /api/v3/health HTTP/1.0\r\n\r\n".to_owned(), 200, r#""status":"UP""#),
            (format!("GET {items}?all=1 HTTP/1.0\r\n{keys}\r\n"), 200, r#""total":0"#),
            (
                format!("GET http://other.example{items} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{keys}\r\n"),
                200,
                r#""data":[]"#,
            ),
            (
                format!(
                    "GET {items} HTTP/1.1\r\nHOST: x\r\nconnection: close\r\n{}\r\n",
                    keys.replace("Authorization", "AUTHORIZATION").replace("x-uid", "X-Uid")
                ),
                200,
                r#""data":[]"#,
            ),
            (
                format!("GET {items} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-uid: support\r\n{keys}\r\n"),
                200,
                r#""data":[]"#,
            ),
            (
                format!("GET {items} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-uid: multi\r\n{keys}\r\n"),
                401,
                "V3_AUTH_UID_MISMATCH",
            ),
            (
                format!(
                    "GET {items} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{keys}Authorization: Bearer x\r\n\r\n"
                ),
                401,
                "V3_AUTH_INVALID_TOKEN",
            ),
            (
                format!("get {items} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{keys}\r\n"),
                405,
                "V3_METHOD_NOT_ALLOWED",
            ),
            (
                format!("GET /api/v3//inventory/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{keys}\r\n"),
                404,
                "V3_ROUTE_NOT_FOUND",
            ),
            (format!("{posted}Transfer-Encoding: chunked\r\n\r\n{chunks}"), 201, r#""item_code":"WIRE""#),
            (format!("{posted}Transfer-Encoding: chunked\r\n\r\n{chunks}"), 409, "V3_INV_ITEM_DUPLICATE_CODE"),
            (
                format!("{posted}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n{body}"),
                409,
                "HTTP/1.1 100 Continue\r\n",
            ),
            (format!("{posted}\r\n"), 400, "The body is empty"),
            (format!("{posted}Content-Length: 0\r\n\r\n"), 400, "The body is empty"),
            (format!("{posted}Content-Length: {half}\r\n\r\n{}", &body[..half]), 400, "V3_REQ_INVALID_JSON"),
            (format!("{posted}Content-Length: 2097153\r\n\r\n"), 413, "V3_REQ_TOO_LARGE"),
            (format!("{posted}Content-Length: 18446744073709551615\r\n\r\n"), 413, "V3_REQ_TOO_LARGE"),
            (
                format!("{posted}Transfer-Encoding: chunked\r\n\r\n{}", chunked(3 * 1024 * 1024)),
                413,
                "V3_REQ_TOO_LARGE",
            ),
        ] {
            let said = ask(served.address, sent.as_bytes());
            let line = sent.lines().next().unwrap_or_default();
            assert_eq!(said.status(), status, "{line}: {}", said.0);
            assert!(said.0.contains(says), "{line} should say {says}: {}", said.0);
            if status >= 400 {
                said.failure();
            }
        }
        let two = format!(
            "GET {items} HTTP/1.1\r\nHost: x\r\n{keys}\r\nGET /api/v3/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );
        let said = ask(served.address, two.as_bytes());
        assert_eq!(said.0.matches("HTTP/1.1 ").count(), 2, "{}", said.0);
        said.failure();
        assert!(served.terminate().success());
    });
}

#[test]
fn a_client_that_hangs_up_leaves_nothing_behind() {
    on_each_engine(|stand| {
        let (served, keys) = served(stand);
        let head = format!("POST /api/v3/inventory/items HTTP/1.1\r\nHost: x\r\n{keys}Content-Length: 500\r\n\r\n");
        for sent in [head.clone(), format!("{head}{{\"data\":{{"), "POST /api/v3/inven".to_owned()] {
            let mut stream = TcpStream::connect(served.address).expect("a connection");
            stream.write_all(sent.as_bytes()).expect("sent");
            drop(stream);
            // One that only stops sending is told why nothing was done, if the head was whole.
            let mut stream = TcpStream::connect(served.address).expect("a connection");
            stream.write_all(sent.as_bytes()).and_then(|()| stream.shutdown(Shutdown::Write)).expect("sent");
            let said = read(stream);
            if !said.0.is_empty() {
                assert_eq!(said.status(), 400, "{}", said.0);
                said.failure();
            }
        }
        let list = format!("GET /api/v3/inventory/items HTTP/1.0\r\n{keys}\r\n");
        assert!(ask(served.address, list.as_bytes()).0.contains(r#""total":0"#));
        assert!(served.terminate().success());
    });
}

/// What is no request by the rules of HTTP never reaches the dialect: it is refused by status alone. The list stands in
/// `docs/simbiz.md`.
#[test]
fn what_is_no_http_is_refused_by_status_alone() {
    on_each_engine(|stand| {
        let (served, keys) = served(stand);
        let get = "GET /api/v3/inventory/items";
        let many = "x-more: 1\r\n".repeat(100);
        let path = "a".repeat(65_536);
        let value = "a".repeat(140 * 1024);
        for (sent, status) in [
            ("hello\r\n\r\n".to_owned(), 400),
            (format!("{get}?q=a b HTTP/1.1\r\nHost: x\r\n{keys}\r\n"), 400),
            (format!("{get} HTTP/1.1\r\n{keys}\r\n"), 400),
            (format!("{get} HTTP/1.1\r\nHost: x\r\nHost: y\r\n{keys}\r\n"), 400),
            (format!("{get} HTTP/2.0\r\nHost: x\r\n{keys}\r\n"), 400),
            (format!("{get} HTTP/1.1\r\nHost: x\r\n{keys}x uid: y\r\n\r\n"), 400),
            (format!("{get} HTTP/1.1\r\nHost: x\r\n{keys}Content-Length: -1\r\n\r\n"), 400),
            (
                format!("{get} HTTP/1.1\r\nHost: x\r\n{keys}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"),
                400,
            ),
            (format!("POST /api/v3/token HTTP/1.0\r\n{keys}\r\n"), 400),
            (format!("{get}/{path} HTTP/1.1\r\nHost: x\r\n{keys}\r\n"), 400),
            (format!("{get} HTTP/1.1\r\nHost: x\r\n{keys}{many}\r\n"), 431),
            (format!("{get} HTTP/1.1\r\nHost: x\r\n{keys}x-long: {value}\r\n\r\n"), 431),
        ] {
            let said = ask(served.address, sent.as_bytes());
            let start = sent.chars().take(60).collect::<String>();
            assert_eq!((said.status(), said.body()), (status, ""), "{start}: {}", said.0);
        }
        // A chunk that is none breaks the connection off, unless the handler was quicker to answer.
        let post = format!("POST /api/v3/inventory/items HTTP/1.1\r\nHost: x\r\n{keys}");
        let said = ask(served.address, format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n").as_bytes());
        if !said.0.is_empty() {
            assert_eq!(said.status(), 400, "{}", said.0);
            said.failure();
        }
        assert!(served.terminate().success());
    });
}

impl Said {
    /// The status of the last answer.
    pub(super) fn status(&self) -> u16 {
        let last = self.0.rfind("HTTP/1.").map(|at| &self.0[at..]).unwrap_or_default();
        last.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }

    /// Its body.
    pub(super) fn body(&self) -> &str {
        self.0.rsplit_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    /// Its body as JSON.
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(self.body()).unwrap_or_else(|error| panic!("{error}: {}", self.0))
    }

    /// Holds that the last answer is a failure in the envelope.
    #[track_caller]
    fn failure(&self) {
        let said = self.json();
        assert_eq!((&said["status"], &said["meta"]), (&json!("Failed"), &json!([])), "{}", self.0);
        let failure = said["errors"][0].as_object().expect("a failure");
        assert_eq!(failure.keys().collect::<Vec<_>>(), ["code", "details", "message"], "{}", self.0);
    }
}

/// A running server, and the headers of `support` on it, which it got as an integration does.
fn served(stand: &Stand) -> (Served, String) {
    let served = stand.serve();
    let keys = keys(served.address);
    (served, keys)
}

/// The two headers of `support`, each with the end of its line.
pub(super) fn keys(address: SocketAddr) -> String {
    let body = json!({"uid": "support", "secret": SECRET}).to_string();
    let length = body.len();
    let sent = format!("POST /api/v3/token HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{body}");
    let said = ask(address, sent.as_bytes());
    assert_eq!(said.status(), 200, "{}", said.0);
    let token = said.json()["data"]["token"].as_str().expect("a token").to_owned();
    format!("Authorization: Bearer {token}\r\nx-uid: support\r\n")
}

/// Sends bytes on a connection of their own, and reads until the server closes it.
pub(super) fn ask(address: SocketAddr, sent: &[u8]) -> Said {
    let mut stream = TcpStream::connect(address).expect("a connection");
    // A server that has heard enough may close before all is sent.
    if let Err(error) = stream.write_all(sent) {
        assert!(matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{error}");
    }
    read(stream)
}

fn read(mut stream: TcpStream) -> Said {
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let (mut said, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(length) => said.extend_from_slice(&part[..length]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error} after {}", String::from_utf8_lossy(&said)),
        }
    }
    Said(String::from_utf8(said).expect("text"))
}

/// So many spaces, in chunks of 64 KiB.
fn chunked(bytes: usize) -> String {
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(65_536));
    format!("{}0\r\n\r\n", chunk.repeat(bytes / 65_536))
}
