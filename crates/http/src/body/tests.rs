//! Bodies of every kind, through real requests.

use actix_web::test::{self, TestRequest};
use actix_web::{App, HttpResponse, web};

use super::*;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Order {
    name: Field<String>,
    header: Field<Nested<Header>>,
    lines: Field<List<Nested<Header>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Header {
    code: Field<i64>,
}

const JSON: Option<&str> = Some("application/json");
const STRICT: Reading = Reading { strict: true, misnamed: false };

async fn sent(content_type: Option<&str>, body: impl Into<Bytes>) -> RawBody {
    let request = TestRequest::post().set_payload(body);
    let request = content_type.into_iter().fold(request, |r, value| r.insert_header(("content-type", value)));
    let (request, mut payload) = request.to_http_parts();
    let Ok(body) = RawBody::from_request(&request, &mut payload).await;
    body
}

async fn name(content_type: Option<&str>, body: &'static str, reading: Reading) -> Result<Field<String>, BodyFault> {
    sent(content_type, body).await.json::<Order>(reading).map(|order| order.name)
}

async fn fault(body: &'static str) -> BodyFault {
    sent(JSON, body).await.json::<Order>(Reading::default()).unwrap_err()
}

#[actix_web::test]
async fn json_is_known_by_many_names() {
    let bolt = Ok(Field::Value("Bolt".to_owned()));
    for names in [None, JSON, Some("Application/JSON; charset=utf-8"), Some("application/problem+json"), Some("")] {
        assert_eq!(name(names, r#"{"name": "Bolt"}"#, Reading::default()).await, bolt, "{names:?}");
    }
}

#[actix_web::test]
async fn another_type_is_unsupported() {
    for other in ["text/plain", "application/x-www-form-urlencoded", "+json", "multipart/form-data; boundary=x"] {
        let told = name(Some(other), r#"{"name": "Bolt"}"#, Reading::default()).await;
        assert_eq!(told, Err(BodyFault::UnsupportedType(other.to_owned())));
    }
    let request = TestRequest::post().insert_header(("content-encoding", "gzip")).set_payload("x");
    let (request, mut payload) = request.to_http_parts();
    let Ok(body) = RawBody::from_request(&request, &mut payload).await;
    assert!(matches!(body.json::<Order>(STRICT), Err(BodyFault::UnsupportedType(_))));
}

#[actix_web::test]
async fn a_form_may_be_json_where_it_is_allowed() {
    let reading = Reading { misnamed: true, strict: false };
    let told = name(Some("application/x-www-form-urlencoded"), r#"{"name": "a+b%20"}"#, reading).await;
    assert_eq!(told, Ok(Field::Value("a+b%20".to_owned())));
}

#[actix_web::test]
async fn nothing_and_blanks_are_empty() {
    for blank in ["", " \r\n\t", "\u{feff}", "\u{feff} "] {
        assert_eq!(fault(blank).await, BodyFault::Empty);
    }
    assert_eq!(name(Some("text/plain"), "", STRICT).await, Err(BodyFault::Empty));
    assert!(sent(JSON, " ").await.is_empty());
}

#[actix_web::test]
async fn a_byte_order_mark_is_skipped() {
    let told = name(JSON, "\u{feff}{\"name\": \"Bolt\"}", STRICT).await;
    assert_eq!(told, Ok(Field::Value("Bolt".to_owned())));
    assert!(sent(JSON, "\u{feff} [1]").await.is_list());
}

#[actix_web::test]
async fn malformed_bodies_are_told_where_but_not_what() {
    for (body, told) in [
        ("{\"name\": \"secret\"\n,}", "The body is not valid JSON at line 2, column 2: trailing comma."),
        ("{\"name\": \"secret", "The body is not valid JSON at line 1, column 16: EOF while parsing a string."),
        ("{\"name\": \"a\"} x", "The body is not valid JSON at line 1, column 15: trailing characters."),
        ("{\"name\": 1, \"name\": 2}", "The body is not valid JSON at line 1, column 18: duplicate field `name`."),
        ("secret", "The body is not valid JSON at line 1, column 1: expected value."),
        ("[\"secret\"]", "The body must be a JSON object."),
        ("\"secret\"", "The body must be a JSON object."),
        ("null", "The body must be a JSON object."),
    ] {
        assert_eq!(fault(body).await, BodyFault::Malformed(told.to_owned()));
    }
}

#[actix_web::test]
async fn broken_utf8_is_malformed() {
    let body = sent(JSON, &b"{\"name\": \"\xff\"}"[..]).await;
    let told = "The body is not valid JSON: byte 10 is not UTF-8. Send it as UTF-8.".to_owned();
    assert_eq!(body.json::<Order>(STRICT).unwrap_err(), BodyFault::Malformed(told));
}

#[actix_web::test]
async fn a_wrong_member_is_told_without_its_value() {
    #[derive(Debug, Deserialize)]
    struct Plain {
        #[expect(dead_code, reason = "never read well")]
        count: i64,
    }
    let fault = sent(JSON, r#"{"count": "secret"}"#).await.json::<Plain>(STRICT).unwrap_err();
    assert!(!fault.to_string().contains("secret"), "{fault}");
}

#[actix_web::test]
async fn strict_reading_names_every_unknown_field_by_its_path() {
    let body = r#"{"name": {"in": 1}, "colour": 1, "header": {"code": 1, "x": [{}]},
                   "lines": [{"code": 1}, {"size": {"y": 1}}]}"#;
    let body = sent(JSON, body).await;
    assert!(body.json::<Order>(Reading::default()).is_ok());
    let told = ["colour", "header.x", "lines[1].size"].map(str::to_owned).to_vec();
    assert_eq!(body.json::<Order>(STRICT).unwrap_err(), BodyFault::UnknownFields(told));
}

#[actix_web::test]
async fn strict_reading_reads_the_same() {
    let body = sent(JSON, r#"{"name": "a\u0041", "header": {"code": "7"}, "lines": [{"code": 1.0}]}"#).await;
    let order: Order = body.json(STRICT).unwrap();
    assert_eq!(order.name, Field::Value("aA".to_owned()));
    assert!(matches!(order.header, Field::Value(Nested(header)) if header.code == Field::Value(7)));
    assert!(matches!(order.lines, Field::Value(List(lines)) if lines.len() == 1));
}

#[actix_web::test]
async fn a_list_is_read_as_one() {
    let rows: Vec<Field<Nested<Header>>> = sent(JSON, r#"[{"code": 1}, 2]"#).await.list(STRICT).unwrap();
    assert!(matches!(&rows[..], [Field::Value(_), Field::Wrong(_)]));
    assert!(sent(JSON, "{}").await.list::<i64>(STRICT).is_err());
}

#[actix_web::test]
async fn any_depth_is_survived() {
    let deep = "[".repeat(1_000_000);
    assert!(sent(JSON, deep.clone()).await.json::<Order>(STRICT).is_err());
    let closed = format!("{deep}{}", "]".repeat(1_000_000));
    assert!(sent(JSON, closed.clone()).await.json::<Order>(STRICT).is_err());
    let inside = format!("{{\"name\": {closed}}}");
    assert!(sent(JSON, inside).await.json::<Order>(STRICT).is_ok());
}

async fn through_app(request: TestRequest) -> String {
    let handler = |body: RawBody| async move {
        HttpResponse::Ok().body(body.bytes().map_or_else(|fault| fault.to_string(), |bytes| bytes.len().to_string()))
    };
    let resource = web::resource("/").app_data(BodyLimit(10)).route(web::to(handler));
    let app = test::init_service(App::new().app_data(BodyLimit(3)).service(resource)).await;
    String::from_utf8(test::call_and_read_body(&app, request.to_request()).await.to_vec()).unwrap()
}

#[actix_web::test]
async fn the_nearest_limit_counts() {
    let too_large = BodyFault::TooLarge { limit: 10 }.to_string();
    assert_eq!(through_app(TestRequest::post().set_payload("0123456789")).await, "10");
    assert_eq!(through_app(TestRequest::post().set_payload("0123456789a")).await, too_large);
    let declared = TestRequest::post().insert_header(("content-length", "99999999999999999999"));
    assert_eq!(through_app(declared.set_payload("")).await, "0");
    let declared = TestRequest::post().insert_header(("content-length", "11"));
    assert_eq!(through_app(declared).await, too_large);
}

#[actix_web::test]
async fn a_payload_that_breaks_off_is_incomplete() {
    use actix_web::error::PayloadError;
    let chunks = [Ok(Bytes::from_static(b"{")), Err(PayloadError::Incomplete(None))];
    let broken: Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, PayloadError>>>> =
        Box::pin(futures_util::stream::iter(chunks));
    assert_eq!(collect(Payload::from(broken), None, 100).await, Err(BodyFault::Incomplete));
    let chunks = (0..5).map(|_| Ok(Bytes::from_static(b"0123")));
    let long: Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, PayloadError>>>> =
        Box::pin(futures_util::stream::iter(chunks));
    assert_eq!(collect(Payload::from(long), None, 19).await, Err(BodyFault::TooLarge { limit: 19 }));
}

#[actix_web::test]
async fn a_small_body_is_refused_beyond_16_kib() {
    for (length, refused) in [(16 * 1024, false), (16 * 1024 + 1, true)] {
        let (request, mut payload) = TestRequest::post().set_payload(vec![b' '; length]).to_http_parts();
        let Ok(SmallBody(body)) = SmallBody::from_request(&request, &mut payload).await;
        assert_eq!(body.bytes().err(), refused.then_some(BodyFault::TooLarge { limit: 16 * 1024 }));
    }
}

#[actix_web::test]
async fn a_payload_without_an_end_is_given_up() {
    use actix_web::error::PayloadError;
    let begun = futures_util::stream::iter([Ok(Bytes::from_static(b"{"))]);
    let endless: Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, PayloadError>>>> =
        Box::pin(begun.chain(futures_util::stream::pending()));
    let given_up = in_time(collect(Payload::from(endless), None, 100), Duration::from_millis(20)).await;
    assert_eq!(given_up, Err(BodyFault::TooSlow { seconds: 0 }));
}

#[actix_web::test]
async fn what_was_sent_is_not_printed() {
    let printed = format!("{:?}", SmallBody(sent(JSON, r#"{"password": "secret"}"#).await));
    assert_eq!(printed, "SmallBody(RawBody { length: Ok(22), .. })");
}

#[actix_web::test]
async fn strict_reading_is_noted_for_the_answer() {
    let (request, mut payload) =
        TestRequest::post().insert_header(("prefer", "handling=strict")).set_payload("{}").to_http_parts();
    let Ok(body) = RawBody::from_request(&request, &mut payload).await;
    assert!(body.prefers_strict() && !Trail::of(&request).is_strict());
    body.json::<Order>(Reading::default()).unwrap();
    assert!(!Trail::of(&request).is_strict(), "read tolerantly all the same");
    body.json::<Order>(Reading { strict: true, ..Reading::default() }).unwrap();
    assert!(Trail::of(&request).is_strict());
}
