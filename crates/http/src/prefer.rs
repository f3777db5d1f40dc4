//! The header `Prefer` (RFC 7240), of which one preference is known: `handling=strict`, to be told of unknown fields.

use actix_web::HttpRequest;

/// The header of an answer that says which preferences were followed.
pub const PREFERENCE_APPLIED: &str = "preference-applied";
/// What it says of strict reading.
pub const STRICT: &str = "handling=strict";

/// Whether a request asks for strict reading. Names and values count in any case, over all headers of that name; of
/// several preferences with one name the first counts.
pub fn prefers_strict(request: &HttpRequest) -> bool {
    let headers = request.headers().get_all("prefer").filter_map(|value| value.to_str().ok());
    let handling = headers.flat_map(|header| split(header, ',')).find_map(|preference| {
        // What follows a semicolon are parameters of the preference.
        let preference = split(preference, ';').next().unwrap_or_default();
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        name.trim().eq_ignore_ascii_case("handling").then(|| value.trim().trim_matches('"').to_owned())
    });
    handling.is_some_and(|value| value.eq_ignore_ascii_case("strict"))
}

/// Splits where the separator stands outside of quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |letter| {
        quoted ^= letter == '"';
        letter == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn strict(headers: &[&str]) -> bool {
        let request =
            headers.iter().fold(TestRequest::post(), |request, value| request.append_header(("prefer", *value)));
        prefers_strict(&request.to_http_request())
    }

    #[test]
    fn strictness_is_found_among_other_preferences() {
        for header in [
            "handling=strict",
            "Handling = \"STRICT\"",
            "respond-async, handling=strict; foo=1",
            "return=minimal; x=\"a, b\",handling=strict",
            "handling=strict, handling=lenient",
            "wait=10,,handling=strict",
        ] {
            assert!(strict(&[header]), "{header}");
        }
        assert!(strict(&["respond-async", "handling=strict"]));
    }

    #[test]
    fn anything_else_is_lenient() {
        for header in [
            "handling=lenient",
            "handling=lenient, handling=strict",
            "handling",
            "strict",
            "return=minimal; handling=strict",
            "x=\"a, handling=strict\"",
            "handling=strictly",
            "",
        ] {
            assert!(!strict(&[header]), "{header}");
        }
        assert!(!strict(&[]) && !strict(&["handling=lenient", "handling=strict"]));
    }
}
