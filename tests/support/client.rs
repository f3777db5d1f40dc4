//! A client of either dialect, as an integrator would write one.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::Value;
use stockbridge_http::tokens::{Claims, Signer};

use super::{Reply, Shop, setup};

/// Calls one dialect with one credential.
#[derive(Clone)]
pub struct Client<'s> {
    shop: &'s Shop,
    prefix: &'static str,
    headers: Vec<(String, String)>,
}

impl<'s> Client<'s> {
    pub(super) fn iom(shop: &'s Shop, tenant: i64, user: i64) -> Self {
        let token = sign(shop, user.to_string(), tenant, "user", Some("admin".to_owned()));
        Self { prefix: "/api", ..Self::nobody(shop) }.with("Authorization", &format!("Bearer {token}"))
    }

    pub(super) fn simbiz(shop: &'s Shop, uid: &str, tenant: i64) -> Self {
        let token = sign(shop, uid.to_owned(), tenant, "simbiz", None);
        let client = Self { prefix: "/api/v3", ..Self::nobody(shop) };
        client.with("Authorization", &format!("Bearer {token}")).with("x-uid", uid)
    }

    pub(super) fn external(shop: &'s Shop, key: &str) -> Self {
        Self { prefix: "/api", ..Self::nobody(shop) }.with("X-API-Key", key)
    }

    /// Without credentials and without a prefix: paths are whole.
    pub(super) fn nobody(shop: &'s Shop) -> Self {
        Self { shop, prefix: "", headers: Vec::new() }
    }

    /// The same client with one more header, in place of one of that name.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same client without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// The value of a header that this client sends.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body.to_string().into_bytes())).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body.to_string().into_bytes())).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body.to_string().into_bytes())).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    /// Any method with any bytes; JSON is said to be JSON unless a header says otherwise.
    pub async fn send(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Reply {
        let mut request = TestRequest::with_uri(&format!("{}{path}", self.prefix)).method(method);
        for (name, value) in &self.headers {
            request = request.insert_header((name.as_str(), value.as_str()));
        }
        if let Some(body) = body {
            if self.header("Content-Type").is_none() {
                request = request.insert_header(("Content-Type", "application/json"));
            }
            request = request.set_payload(body);
        }
        (self.shop.call)(request.to_request()).await
    }
}

/// A token of our admin, for a server that was given the secret of tests.
pub fn admin_token() -> String {
    let signer = Signer::new(setup::SIGNING_SECRET.as_bytes());
    signed(&signer, setup::ADMIN.to_string(), setup::OURS, "user", Some("admin".to_owned()))
}

fn sign(shop: &Shop, sub: String, tenant: i64, kind: &str, role: Option<String>) -> String {
    signed(shop.signer(), sub, tenant, kind, role)
}

fn signed(signer: &Signer, sub: String, tenant: i64, kind: &str, role: Option<String>) -> String {
    let iat = setup::unix_now();
    let claims = Claims { sub, tenant, kind: kind.to_owned(), role, version: None, iat, exp: iat + 3600 };
    signer.sign(&claims).expect("a token")
}
