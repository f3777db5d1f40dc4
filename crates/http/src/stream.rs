//! Answers too long to hold: asked for slice by slice, each in a short transaction of its own, so that neither
//! memory nor the database's log grows with them.

use std::future::Future;

use actix_web::web::Bytes;
use futures_util::stream::{self, Stream};
use stockbridge_domain::Result;

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
pub fn pieces<S, F, Fut>(first: Piece<S>, more: F) -> impl Stream<Item = Result<Bytes>>
where
    F: Fn(S) -> Fut,
    Fut: Future<Output = Result<Piece<S>>>,
{
    enum State<S> {
        First(Piece<S>),
        Next(Option<S>),
    }
    stream::try_unfold((State::First(first), more), |(state, more)| async move {
        let piece = match state {
            State::First(piece) => piece,
            State::Next(None) => return Ok(None),
            State::Next(Some(place)) => more(place).await?,
        };
        Ok(Some((piece.bytes, (State::Next(piece.next), more))))
    })
}
