//! The header `Idempotency-Key`: a request that carries one can be sent again without a second effect.

use actix_web::HttpRequest;
use sha2::{Digest, Sha256};
use stockbridge_domain::access::secrets::hex;
use stockbridge_domain::error::{Error, Problem};
use stockbridge_domain::idempotency::{MAX_KEY, Once};

/// The header that carries the key.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header of a reply that was given before.
pub const REPLAYED: &str = "idempotent-replayed";

/// The name that a sender gives to a request, and what of the request is known before its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    key: Option<Result<String, Problem>>,
    line: String,
}

impl Label {
    /// The label of a request, with or without a key.
    pub fn of(request: &HttpRequest) -> Self {
        let mut keys = request.headers().get_all(IDEMPOTENCY_KEY);
        let key = keys.next().map(|key| match (key.to_str().map(str::trim), keys.next()) {
            (Ok(key), None) if (1..=MAX_KEY).contains(&key.len()) => Ok(key.to_owned()),
            _ => {
                let message = format!("must be sent once, as 1 to {MAX_KEY} printable ASCII characters");
                Err(Problem::new("Idempotency-Key", message))
            }
        });
        let line = format!("{} {}?{}", request.method(), request.path(), request.query_string());
        Self { key, line }
    }

    /// Whether the request asks to be carried out once only.
    pub fn is_there(&self) -> bool {
        self.key.is_some()
    }

    /// The key with a fingerprint of method, path with its query, and body; `None` without a key.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a key that cannot be one.
    pub fn once(&self, body: BodyDigest) -> Result<Option<Once>, Error> {
        let Some(key) = self.key.clone().transpose().map_err(|problem| Error::Invalid(vec![problem]))? else {
            return Ok(None);
        };
        let digest = Sha256::new().chain_update(&self.line).chain_update([0]).chain_update(body.0).finalize();
        Ok(Some(Once { key, fingerprint: hex(&digest) }))
    }
}

/// What tells one body from another; the default is that of no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BodyDigest([u8; 32]);

impl BodyDigest {
    /// The digest of a body.
    pub fn of(body: &[u8]) -> Self {
        if body.is_empty() { Self::default() } else { Self(Sha256::digest(body).into()) }
    }

    /// The digest of a body that comes in parts, each with its name.
    pub fn of_parts<'p>(parts: impl Iterator<Item = (&'p str, &'p [u8])>) -> Self {
        let mut digest = Sha256::new();
        for (name, content) in parts {
            for text in [name.as_bytes(), content] {
                // The length before it, so that what moves from one part to the next makes another digest.
                digest.update(text.len().to_be_bytes());
                digest.update(text);
            }
        }
        Self(digest.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn label(keys: &[&str]) -> Label {
        let request = TestRequest::post().uri("/api/orders?page=1");
        let request = keys.iter().fold(request, |request, key| request.append_header((IDEMPOTENCY_KEY, *key)));
        Label::of(&request.to_http_request())
    }

    #[test]
    fn a_request_without_a_key_is_carried_out_as_often_as_it_comes() {
        assert!(!label(&[]).is_there());
        assert_eq!(label(&[]).once(BodyDigest::of(b"{}")), Ok(None));
    }

    #[test]
    fn a_key_is_trimmed_and_bounded() {
        let key = |keys: &[&str]| label(keys).once(BodyDigest::default()).map(|once| once.unwrap().key);
        assert_eq!(key(&[" a-1 "]), Ok("a-1".to_owned()));
        assert_eq!(key(&["k".repeat(255).as_str()]), Ok("k".repeat(255)));
        for bad in [&[""][..], &["  "], &["k".repeat(256).as_str()], &["a", "b"], &["schlüssel"]] {
            assert!(matches!(key(bad), Err(Error::Invalid(_))), "{bad:?}");
        }
    }

    #[test]
    fn method_path_query_and_body_tell_requests_apart() {
        let post = |path: &str, body: &[u8]| {
            let request = TestRequest::post().uri(path).insert_header((IDEMPOTENCY_KEY, "a")).to_http_request();
            Label::of(&request).once(BodyDigest::of(body)).unwrap().unwrap().fingerprint
        };
        assert_eq!(post("/a", b"{}"), post("/a", b"{}"));
        assert_ne!(post("/a", b"{}"), post("/a?x=1", b"{}"));
        assert_ne!(post("/a", b"{}"), post("/b", b"{}"));
        assert_ne!(post("/a", b"{}"), post("/a", b"{ }"));
        assert_ne!(post("/a", b"{}"), post("/a", b""));
    }
}
