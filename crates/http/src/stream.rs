//! Answers too long to hold: asked for slice by slice, each in a short transaction of its own, so that neither
//! memory nor the database's log grows with them.

use std::future::Future;
use std::rc::Rc;

use actix_web::web::Bytes;
use futures_util::stream::{self, Stream};
use stockbridge_domain::Result;

use crate::trail::Trail;

/// A piece of an answer, and where the next one begins; `None` at the end.
pub struct Piece<S> {
    /// What is sent.
    pub bytes: Bytes,
    /// What the next piece is asked for with.
    pub next: Option<S>,
}

/// Sends a first piece that is known already, so that its refusal could still be an answer, then all others.
///
/// A refusal in the middle breaks the answer off: the client sees an incomplete body, never a complete-looking one.
/// Why it broke off stands in the log alone, since the client cannot be told any more.
pub fn pieces<S, F, Fut>(trail: Rc<Trail>, first: Piece<S>, more: F) -> impl Stream<Item = Result<Bytes>>
where
    F: Fn(S) -> Fut,
    Fut: Future<Output = Result<Piece<S>>>,
{
    enum State<S> {
        First(Piece<S>),
        Next(Option<S>),
    }
    stream::try_unfold((State::First(first), more, trail), |(state, more, trail)| async move {
        let piece = match state {
            State::First(piece) => piece,
            State::Next(None) => return Ok(None),
            State::Next(Some(place)) => more(place).await.inspect_err(|error| {
                let (request_id, tenant) = (trail.request_id(), trail.tenant());
                tracing::error!(request_id, tenant, %error, "an answer broke off");
            })?,
        };
        Ok(Some((piece.bytes, (State::Next(piece.next), more, trail))))
    })
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::io;
    use std::sync::{Arc, Mutex};

    use actix_web::test::TestRequest;
    use futures_util::StreamExt;
    use stockbridge_domain::Fault;

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is sent of an answer of four pieces, and what is logged, when asking for one of them fails.
    async fn sent(failing: u8) -> (Vec<Result<Bytes>>, String) {
        let log = Log::default();
        let lines = log.clone();
        let logging = tracing_subscriber::fmt().with_writer(move || lines.clone()).with_ansi(false).finish();
        let _logging = tracing::subscriber::set_default(logging);
        let piece = |number: u8| Piece { bytes: vec![number].into(), next: (number < 4).then_some(number + 1) };
        let request = TestRequest::default().insert_header(("x-request-id", "r-7")).to_http_request();
        let more = |number| ready(if number == failing { Err(Fault::Full.into()) } else { Ok(piece(number)) });
        let sent = pieces(Trail::of(&request), piece(1), more).collect().await;
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        (sent, log)
    }

    #[actix_web::test]
    async fn pieces_follow_each_other_to_the_end() {
        let pieces = (1..=4).map(|number| Ok(Bytes::from(vec![number]))).collect();
        assert_eq!(sent(9).await, (pieces, String::new()));
    }

    #[actix_web::test]
    async fn what_breaks_off_is_logged_once() {
        let (sent, log) = sent(3).await;
        assert_eq!(sent, [Ok(vec![1].into()), Ok(vec![2].into()), Err(Fault::Full.into())]);
        assert!(log.lines().count() == 1 && log.contains("an answer broke off") && log.contains("r-7"), "{log}");
    }
}
