//! Bearer tokens of our own making: HS256, and nothing else is ever accepted.
//! A token proves what its claims say about the time it was made; whether that still holds is asked elsewhere.

use std::fmt;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// The longest token that is looked at, in bytes; ours have a few hundred.
const LONGEST: usize = 8 * 1024;

/// What a token says. All but role and version must be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Whom it was made for: the id of a user, the name of an integration.
    pub sub: String,
    /// The number of the tenant it was made for.
    pub tenant: i64,
    /// Which API it is for; a token of one kind is worth nothing for another.
    pub kind: String,
    /// The role at that time. For display: what counts is read afresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Which of its holder's tokens it is one of; absent counts as 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// When it was made, in Unix seconds.
    pub iat: i64,
    /// From when on it is worth nothing, in Unix seconds.
    pub exp: i64,
}

/// Why a token is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not a token at all, or claims are missing.
    #[error("the token is malformed")]
    Malformed,
    /// Not made with this secret, or by another algorithm.
    #[error("the token's signature is wrong")]
    BadSignature,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Made for another kind of call.
    #[error("the token is of another kind")]
    WrongKind,
}

/// Makes and checks tokens with one secret.
#[derive(Clone)]
pub struct Signer {
    signing: EncodingKey,
    checking: DecodingKey,
    rules: Validation,
}

impl Signer {
    /// Takes the secret as it is, of any length; 32 random bytes are a good one.
    pub fn new(secret: &[u8]) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_required_spec_claims(&["exp", "sub"]);
        // The library would ask the system's clock; the instant is the caller's.
        rules.validate_exp = false;
        rules.leeway = 0;
        Self { signing: EncodingKey::from_secret(secret), checking: DecodingKey::from_secret(secret), rules }
    }

    /// Makes a token.
    ///
    /// # Errors
    /// None that is known; the library's interface allows for one. Its text is for the log.
    pub fn sign(&self, claims: &Claims) -> Result<String, String> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.signing).map_err(|error| error.to_string())
    }

    /// Makes a digest of a text that nobody can make without the secret: who reads it cannot try texts out on it.
    ///
    /// # Errors
    /// As [`Signer::sign`].
    pub fn seal(&self, text: &str) -> Result<String, String> {
        let sealed = jsonwebtoken::crypto::sign(text.as_bytes(), &self.signing, Algorithm::HS256);
        sealed.map_err(|error| error.to_string())
    }

    /// Checks a token of the given kind at the instant `now`, in Unix seconds. No leeway: its maker's clock is ours.
    ///
    /// # Errors
    /// [`TokenFault`]. Nothing is said of a token's claims before its signature is found right.
    pub fn verify(&self, token: &str, kind: &str, now: i64) -> Result<Claims, TokenFault> {
        if token.len() > LONGEST {
            return Err(TokenFault::Malformed);
        }
        let read = jsonwebtoken::decode::<Claims>(token, &self.checking, &self.rules);
        let claims = read.map_err(|error| fault_of(error.kind()))?.claims;
        if claims.kind != kind {
            Err(TokenFault::WrongKind)
        } else if claims.exp <= now {
            Err(TokenFault::Expired)
        } else {
            Ok(claims)
        }
    }
}

fn fault_of(kind: &ErrorKind) -> TokenFault {
    match kind {
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => TokenFault::BadSignature,
        _ => TokenFault::Malformed,
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_780_000_000;

    fn claims() -> Claims {
        let (sub, kind, role) = ("7".to_owned(), "one".to_owned(), Some("admin".to_owned()));
        Claims { sub, tenant: 1, kind, role, version: Some(3), iat: NOW - 10, exp: NOW + 10 }
    }

    fn signed_by(algorithm: Algorithm, claims: &impl Serialize) -> String {
        jsonwebtoken::encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(b"secret")).unwrap()
    }

    fn verified(token: &str) -> Result<Claims, TokenFault> {
        Signer::new(b"secret").verify(token, "one", NOW)
    }

    #[test]
    fn what_was_signed_is_read_again() {
        let token = Signer::new(b"secret").sign(&claims()).unwrap();
        assert_eq!(verified(&token), Ok(claims()));
        let plain = Claims { role: None, version: None, ..claims() };
        assert_eq!(verified(&Signer::new(b"secret").sign(&plain).unwrap()), Ok(plain));
    }

    #[test]
    fn a_seal_takes_the_secret_and_is_no_token() {
        let seal = |secret: &[u8], text| Signer::new(secret).seal(text).unwrap();
        assert_eq!(seal(b"secret", "a"), seal(b"secret", "a"));
        assert_ne!(seal(b"secret", "a"), seal(b"secret", "b"));
        assert_ne!(seal(b"secret", "a"), seal(b"other", "a"));
        assert!(!seal(b"secret", "a").contains('.'));
    }

    #[test]
    fn it_ends_with_its_last_second() {
        let token = Signer::new(b"secret").sign(&claims()).unwrap();
        let at = |now| Signer::new(b"secret").verify(&token, "one", now).map(|_| ());
        assert_eq!(at(NOW + 9), Ok(()));
        assert_eq!(at(NOW + 10), Err(TokenFault::Expired));
    }

    #[test]
    fn another_kind_is_refused_expired_or_not() {
        let other = Claims { kind: "two".to_owned(), exp: NOW - 5, ..claims() };
        assert_eq!(verified(&signed_by(Algorithm::HS256, &other)), Err(TokenFault::WrongKind));
    }

    #[test]
    fn another_secret_or_algorithm_is_a_bad_signature() {
        let other = Signer::new(b"other").sign(&claims()).unwrap();
        assert_eq!(verified(&other), Err(TokenFault::BadSignature));
        assert_eq!(verified(&signed_by(Algorithm::HS512, &claims())), Err(TokenFault::BadSignature));
        let good = Signer::new(b"secret").sign(&claims()).unwrap();
        let (head, signature) = good.rsplit_once('.').unwrap();
        assert_eq!(verified(&format!("{head}.")), Err(TokenFault::BadSignature));
        let forged = head.replacen("eyJ", "eyK", 2);
        assert_ne!(verified(&format!("{forged}.{signature}")).map(|_| ()), Ok(()));
    }

    #[test]
    fn no_algorithm_is_no_token() {
        // {"alg":"none","typ":"JWT"}
        let body = signed_by(Algorithm::HS256, &claims());
        let body = body.split('.').nth(1).unwrap();
        assert_eq!(verified(&format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}.")), Err(TokenFault::Malformed));
    }

    #[test]
    fn missing_and_odd_claims_are_malformed() {
        for claims in [
            serde_json::json!({"sub": "7", "tenant": 1, "kind": "one", "iat": 1}),
            serde_json::json!({"tenant": 1, "kind": "one", "iat": 1, "exp": NOW + 5}),
            serde_json::json!({"sub": "7", "kind": "one", "iat": 1, "exp": NOW + 5}),
            serde_json::json!({"sub": "7", "tenant": 1, "kind": "one", "iat": 1, "exp": -5}),
            serde_json::json!({"sub": "7", "tenant": 1, "kind": "one", "iat": 1, "exp": "soon"}),
            serde_json::json!([]),
        ] {
            assert_eq!(verified(&signed_by(Algorithm::HS256, &claims)), Err(TokenFault::Malformed), "{claims}");
        }
    }

    #[test]
    fn nonsense_of_any_size_is_malformed() {
        let huge = "a".repeat(5_000_000);
        let dots = ".".repeat(5_000);
        for token in ["", ".", "..", "a.b.c", "a.b.c.d", "\u{1f529}.\u{0}.=", "eyJ.eyJ.eyJ", &huge, &dots] {
            assert_eq!(verified(token), Err(TokenFault::Malformed));
        }
    }

    #[test]
    fn the_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Signer::new(b"secret")), "Signer(…)");
    }
}
