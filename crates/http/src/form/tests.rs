use actix_web::test::TestRequest;

use super::*;

const MOST: usize = 100_000;
const TYPE: &str = "multipart/form-data; boundary=cut";

async fn received(content_type: &str, body: impl Into<Bytes>) -> FormOrJson<MOST> {
    let request = TestRequest::post().insert_header((CONTENT_TYPE, content_type)).set_payload(body);
    let (request, mut payload) = request.to_http_parts();
    FormOrJson::from_request(&request, &mut payload).await.unwrap()
}

async fn form(content_type: &str, body: impl Into<Bytes>) -> Result<Form, BodyFault> {
    match received(content_type, body).await {
        FormOrJson::Form(form) => form,
        FormOrJson::Json(body) => panic!("{body:?}"),
    }
}

fn part(name: &str, content: &str) -> String {
    format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.txt\"\r\n\r\n{content}\r\n")
}

fn whole(parts: &[String]) -> String {
    parts.concat() + "--cut--\r\n"
}

#[actix_web::test]
async fn parts_come_by_their_names_byte_by_byte() {
    let body = whole(&[part("file", "a\r\n--cu\r\nb\r\n"), part("note", ""), part("file", "c")]);
    let form = form(TYPE, body).await.unwrap();
    let [files, notes, none] = form.named(["file", "note", "none"]).unwrap();
    assert_eq!(files, [&b"a\r\n--cu\r\nb\r\n"[..], b"c"]);
    assert_eq!((notes.len(), notes[0].len(), none.len()), (1, 0, 0));
    assert_eq!(form.names().collect::<Vec<_>>(), ["file", "note", "file"]);
}

#[actix_web::test]
async fn unknown_parts_are_refused_where_strictness_is_asked_for() {
    let body = whole(&[part("file", "a"), part("colour", "red")]);
    let request = TestRequest::post().insert_header((CONTENT_TYPE, TYPE)).insert_header(("prefer", "handling=strict"));
    let (request, mut payload) = request.set_payload(body).to_http_parts();
    let FormOrJson::<MOST>::Form(Ok(form)) = FormOrJson::from_request(&request, &mut payload).await.unwrap() else {
        panic!("no form");
    };
    assert_eq!(form.named(["file"]), Err(BodyFault::UnknownFields(vec!["colour".to_owned()])));
    assert!(form.named(["file", "colour"]).is_ok());
}

#[actix_web::test]
async fn a_part_may_be_as_long_as_allowed_and_no_longer() {
    let at = |length| whole(&[part("file", &"x".repeat(length))]);
    let longest = form(TYPE, at(MOST)).await.unwrap();
    assert_eq!(longest.named(["file"]).unwrap()[0][0].len(), MOST);
    for length in [MOST + 1, MOST + OVERHEAD + 1, 3 * MOST] {
        assert_eq!(form(TYPE, at(length)).await, Err(BodyFault::TooLarge { limit: MOST }), "{length}");
    }
    let many = (0..4).map(|_| part("file", &"x".repeat(MOST / 2))).collect::<Vec<_>>();
    assert_eq!(form(TYPE, whole(&many)).await, Err(BodyFault::TooLarge { limit: MOST }));
    let endless = format!("--cut\r\nContent-Disposition: {}", "x".repeat(MOST));
    assert!(form(TYPE, endless).await.is_err());
}

#[actix_web::test]
async fn parts_and_their_names_are_bounded() {
    let many = |count| whole(&(0..count).map(|_| part(&"n".repeat(300), "a")).collect::<Vec<_>>());
    let most = form(TYPE, many(MOST_PARTS)).await.unwrap();
    assert!(most.names().count() == MOST_PARTS && most.names().all(|name| name.len() == MOST_PARTS));
    assert!(matches!(form(TYPE, many(MOST_PARTS + 1)).await, Err(BodyFault::BrokenForm(_))));
}

#[actix_web::test]
async fn a_declared_length_is_refused_before_a_byte_is_kept() {
    let request =
        TestRequest::post().insert_header((CONTENT_TYPE, TYPE)).insert_header((CONTENT_LENGTH, "99999999999"));
    let (request, mut payload) = request.to_http_parts();
    let received = FormOrJson::<MOST>::from_request(&request, &mut payload).await.unwrap();
    assert!(matches!(received, FormOrJson::Form(Err(BodyFault::TooLarge { limit: MOST }))));
}

#[actix_web::test]
async fn a_broken_form_is_told_so() {
    let unnamed = "--cut\r\nContent-Disposition: form-data\r\n\r\na\r\n--cut--\r\n".to_owned();
    let headless = "--cut\r\n\r\na\r\n--cut--\r\n".to_owned();
    for (content_type, body) in [
        ("multipart/form-data", whole(&[part("file", "a")])),
        ("multipart/form-data; boundary=", whole(&[part("file", "a")])),
        ("multipart/form-data; boundary=other", whole(&[part("file", "a")])),
        (TYPE, part("file", "a")),
        (TYPE, String::new()),
        (TYPE, "no form at all".to_owned()),
        (TYPE, unnamed),
        (TYPE, headless),
    ] {
        let broken = form(content_type, body.clone()).await;
        assert!(matches!(broken, Err(BodyFault::BrokenForm(_))), "{content_type} {body:?}: {broken:?}");
    }
}

#[actix_web::test]
async fn everything_else_is_read_as_json() {
    for content_type in ["application/json", "image/png"] {
        let FormOrJson::Json(body) = received(content_type, r#"["a"]"#).await else { panic!("{content_type}") };
        assert!(body.is_list());
        let read = json::<serde_json::Value>(&body);
        match content_type {
            "image/png" => assert_eq!(read, Err(BodyFault::NeitherFormNorJson("image/png".to_owned()))),
            _ => assert!(matches!(read, Err(BodyFault::Malformed(_)))),
        }
    }
}

/// Clients choose another boundary with each sending; the request is the same.
#[actix_web::test]
async fn another_boundary_makes_no_other_request() {
    let fingerprint = async |boundary: &str, parts: &[String]| {
        let request = TestRequest::post().insert_header(("idempotency-key", "k"));
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let body = whole(parts).replace("--cut", &format!("--{boundary}"));
        let (request, mut payload) =
            request.insert_header((CONTENT_TYPE, content_type)).set_payload(body).to_http_parts();
        let received = FormOrJson::<MOST>::from_request(&request, &mut payload).await.unwrap();
        assert!(matches!(received, FormOrJson::Form(Ok(_))));
        Trail::of(&request).once().unwrap().unwrap().fingerprint
    };
    let parts = [part("file", "abc"), part("note", "")];
    let first = fingerprint("cut", &parts).await;
    assert_eq!(first, fingerprint("another", &parts).await);
    for other in [
        vec![part("file", "ab"), part("note", "c")],
        vec![part("file", "abc")],
        vec![part("note", ""), part("file", "abc")],
        vec![part("file", "abd"), part("note", "")],
    ] {
        assert_ne!(first, fingerprint("cut", &other).await, "{other:?}");
    }
}
