//! The bearer credential of a request, as its `Authorization` header gives it (RFC 6750).

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

/// What the `Authorization` header holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer<'a> {
    /// There is no such header, or nothing in it.
    Absent,
    /// Another scheme, no token, more than one token, or more than one header.
    Malformed,
    /// One token, not yet looked at.
    Token(&'a str),
}

/// Reads the `Authorization` header. The scheme counts in any case, spaces around scheme and token do not.
pub fn bearer(request: &HttpRequest) -> Bearer<'_> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else {
        let none = request.headers().get(AUTHORIZATION).is_none();
        return if none { Bearer::Absent } else { Bearer::Malformed };
    };
    let Ok(value) = header.to_str() else { return Bearer::Malformed };
    let mut words = value.split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (None, ..) => Bearer::Absent,
        (Some(scheme), Some(token), None) if scheme.eq_ignore_ascii_case("bearer") => Bearer::Token(token),
        _ => Bearer::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    use super::*;

    fn read(values: &[&[u8]]) -> String {
        let request = values.iter().fold(TestRequest::default(), |request, value| {
            request.append_header((AUTHORIZATION, HeaderValue::from_bytes(value).unwrap()))
        });
        format!("{:?}", bearer(&request.to_http_request()))
    }

    #[test]
    fn nothing_is_absent() {
        assert_eq!(read(&[]), "Absent");
        assert_eq!(read(&[b"  "]), "Absent");
    }

    #[test]
    fn the_scheme_counts_in_any_case_and_spaces_do_not_count() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "  BEARER \t a.b.c  "] {
            assert_eq!(read(&[value.as_bytes()]), "Token(\"a.b.c\")", "{value}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for value in [&b"Basic YTpi"[..], b"Bearer", b"a.b.c", b"Bearer a b", b"Bearer: a", b"Bearer \xff"] {
            assert_eq!(read(&[value]), "Malformed", "{value:?}");
        }
        assert_eq!(read(&[b"Bearer a", b"Bearer b"]), "Malformed");
    }
}
