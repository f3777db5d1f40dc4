//! One segment of a path as text. An encoded slash is data, `+` is a plus sign.
//! The framework decodes a path before it matches, all but `%25`, `%2F` and `%2B`; this does the rest.

use actix_web::HttpRequest;

/// Why a path segment cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// Its bytes are not UTF-8.
    #[error("the path is not UTF-8")]
    NotUtf8,
    /// It holds a NUL character, which no stored text does.
    #[error("the path contains a NUL character")]
    Nul,
}

/// The segment that the route's pattern calls `name`, decoded. A name that the pattern lacks is an empty segment.
///
/// # Errors
/// [`PathFault`], to be worded by the dialect: nothing can be found under such a name.
pub fn segment(request: &HttpRequest, name: &str) -> Result<String, PathFault> {
    let matched = request.match_info().get(name).unwrap_or_default();
    if matched.contains('\0') {
        return Err(PathFault::Nul);
    }
    // The framework puts U+FFFD where bytes are not UTF-8; it may as well have been sent.
    if matched.contains('\u{FFFD}') && replaced(request) {
        return Err(PathFault::NotUtf8);
    }
    Ok(decoded(matched))
}

/// Undoes the three escapes that matching keeps, in any case. `%25` comes last, so that nothing is decoded twice.
fn decoded(matched: &str) -> String {
    if !matched.contains('%') {
        return matched.to_owned();
    }
    matched.replace("%2F", "/").replace("%2f", "/").replace("%2B", "+").replace("%2b", "+").replace("%25", "%")
}

/// Whether the decoded path has more U+FFFD than were sent.
fn replaced(request: &HttpRequest) -> bool {
    let sent = request.uri().path();
    let sent = sent.matches('\u{FFFD}').count() + sent.to_ascii_uppercase().matches("%EF%BF%BD").count();
    request.match_info().as_str().matches('\u{FFFD}').count() > sent
}

#[cfg(test)]
mod tests {
    use actix_web::{App, HttpResponse, test, web};

    use super::*;

    async fn asked(uri: &str) -> Result<String, String> {
        let handler = |request: HttpRequest| async move {
            match segment(&request, "code") {
                Ok(text) => HttpResponse::Ok().body(text),
                Err(fault) => HttpResponse::BadRequest().body(fault.to_string()),
            }
        };
        let scope = web::scope("/api").service(web::resource("/items/{code}/stock").to(handler));
        let app = test::init_service(App::new().service(scope)).await;
        let response = test::call_service(&app, test::TestRequest::with_uri(uri).to_request()).await;
        let status = response.status().as_u16();
        let body = String::from_utf8(test::read_body(response).await.to_vec()).unwrap();
        match status {
            200 => Ok(body),
            400 => Err(body),
            status => Err(status.to_string()),
        }
    }

    #[actix_web::test]
    async fn an_encoded_slash_is_data() {
        assert_eq!(asked("/api/items/A%2FB%2fC/stock").await.as_deref(), Ok("A/B/C"));
        assert_eq!(asked("/api/items/A/B/stock").await, Err("404".to_owned()));
    }

    #[actix_web::test]
    async fn percent_and_plus_are_decoded_once() {
        assert_eq!(asked("/api/items/50%25/stock").await.as_deref(), Ok("50%"));
        assert_eq!(asked("/api/items/%252F%2541/stock").await.as_deref(), Ok("%2F%41"));
        assert_eq!(asked("/api/items/a+b%2Bc%20d/stock").await.as_deref(), Ok("a+b+c d"));
    }

    #[actix_web::test]
    async fn unicode_comes_through() {
        assert_eq!(
            asked("/api/items/%C3%A9%E2%82%AC%F0%9F%94%A9/stock").await.as_deref(),
            Ok("\u{e9}\u{20ac}\u{1f529}")
        );
        assert_eq!(asked("/api/items/%EF%BF%BD/stock").await.as_deref(), Ok("\u{FFFD}"));
    }

    #[actix_web::test]
    async fn nul_and_broken_utf8_are_faults() {
        assert_eq!(asked("/api/items/a%00b/stock").await, Err(PathFault::Nul.to_string()));
        assert_eq!(asked("/api/items/a%FFb/stock").await, Err(PathFault::NotUtf8.to_string()));
        assert_eq!(asked("/api/items/%C3%28%EF%BF%BD/stock").await, Err(PathFault::NotUtf8.to_string()));
    }

    #[actix_web::test]
    async fn dots_and_stray_percents_are_ordinary() {
        assert_eq!(asked("/api/items/../stock").await.as_deref(), Ok(".."));
        assert_eq!(asked("/api/items/%2E%2E%2Fetc/stock").await.as_deref(), Ok("../etc"));
        assert_eq!(asked("/api/items/100%/stock").await.as_deref(), Ok("100%"));
    }

    #[actix_web::test]
    async fn an_unknown_name_is_empty() {
        let request = test::TestRequest::default().to_http_request();
        assert_eq!(segment(&request, "code"), Ok(String::new()));
    }
}
