//! A client that reads a long answer piece by piece, as it comes, and holds none of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::super::stand::Served;
use crate::support::admin_token;

/// How long the next piece may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A list that came, whole.
#[derive(Default)]
pub(super) struct Download {
    /// Its rows, without the header.
    pub(super) rows: usize,
    pub(super) bytes: usize,
    /// When the first byte of each piece came, from the request on.
    pub(super) arrived: Vec<Duration>,
}

impl Download {
    /// How long a tenth of the pieces took, at the beginning and at the end.
    pub(super) fn tenths(&self) -> (Duration, Duration) {
        let (last, tenth) = (self.arrived.len() - 1, self.arrived.len() / 10);
        let between = |from: usize, to: usize| self.arrived[to].saturating_sub(self.arrived[from]);
        (between(0, tenth), between(last - tenth, last))
    }
}

/// Reads a CSV file, and shows each of its rows, which are numbered from 1. Fails unless it came whole.
pub(super) fn download(served: &Served, path: &str, mut row: impl FnMut(usize, &str)) -> Download {
    let mut stream = TcpStream::connect(served.address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let request = format!(
        "GET /api{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        served.address,
        admin_token()
    );
    let begun = Instant::now();
    stream.write_all(request.as_bytes()).expect("a request");
    let mut stream = BufReader::new(stream);
    let head = head(&mut stream);
    assert!(head.starts_with("http/1.1 200") && head.contains("transfer-encoding: chunked"), "{head}");
    let (mut sent, mut lines, mut rest) = (Download::default(), 0, Vec::new());
    while piece(&mut stream, &mut rest, || sent.arrived.push(begun.elapsed())) {
        let whole = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let text = std::str::from_utf8(&rest[..whole]).expect("whole lines of text");
        for line in text.lines() {
            if lines > 0 {
                row(lines, line);
            }
            lines += 1;
        }
        sent.bytes += whole;
        rest.drain(..whole);
    }
    assert!(rest.is_empty(), "half a line: {}", String::from_utf8_lossy(&rest));
    sent.rows = lines - 1;
    sent
}

fn head(stream: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(stream.read_line(&mut head).expect("an answer") > 0, "the answer broke off: {head}");
    }
    head.to_lowercase()
}

/// Adds the next chunk to what is there. False at the end.
fn piece(stream: &mut impl BufRead, to: &mut Vec<u8>, arrived: impl FnOnce()) -> bool {
    let mut length = String::new();
    stream.read_line(&mut length).expect("a chunk");
    let length = u64::from_str_radix(length.trim_end(), 16).unwrap_or_else(|_| panic!("it broke off at {length:?}"));
    if length > 0 {
        arrived();
    }
    let read = stream.take(length).read_to_end(to).expect("a whole chunk");
    assert_eq!(u64::try_from(read), Ok(length), "it broke off");
    let mut end = [0; 2];
    stream.read_exact(&mut end).expect("the end of a chunk");
    length > 0
}
