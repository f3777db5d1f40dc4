//! Serving the files that callers handed in. They need no credential, as pages that show them send none: who knows a
//! name was told it.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use actix_files::NamedFile;
use actix_web::http::header::{
    self, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ContentType, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, web};
use stockbridge_domain::store::Target;
use stockbridge_http::site::Site;
use stockbridge_http::uploads::SERVED_UNDER;

/// A name is never given twice, so what it stands for never changes.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Serves them, with GET and HEAD.
pub(crate) fn mount(cfg: &mut web::ServiceConfig) {
    let files = web::resource(format!("{SERVED_UNDER}{{name}}"));
    cfg.service(files.get(serve).route(web::head().to(serve)).default_service(web::to(wrong_method)));
}

/// The folder where nobody names one: beside the SQLite file, or in the working directory.
pub(crate) fn folder(given: Option<&PathBuf>, target: &Target) -> PathBuf {
    let beside = match target {
        Target::Sqlite(database) => database.parent().map(|parent| parent.join("uploads")),
        Target::Postgres(_) => None,
    };
    given.cloned().or(beside).unwrap_or_else(|| "uploads".into())
}

/// A file by its name. Nothing else in the folder can be asked for, nor anything outside of it.
async fn serve(request: HttpRequest, name: web::Path<String>, site: web::Data<Site>) -> HttpResponse {
    let Some((file, picture)) = site.uploads.find(&name) else { return unknown() };
    let opened = web::block(move || NamedFile::open(file)).await.map_err(io::Error::other).and_then(|opened| opened);
    let file = match opened {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return unknown(),
        Err(error) => {
            tracing::error!(%error, "a file cannot be read");
            return guarded(HttpResponse::ServiceUnavailable().finish());
        }
    };
    let mut response = file.disable_content_disposition().into_response(&request);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(picture.media_type()));
    headers.insert(CACHE_CONTROL, FOR_GOOD);
    guarded(response)
}

async fn wrong_method() -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((ALLOW, "GET, HEAD")).finish()
}

fn unknown() -> HttpResponse {
    guarded(HttpResponse::NotFound().content_type(ContentType::plaintext()).body("There is no such file.\n"))
}

/// Whatever is in it, no browser runs it.
fn guarded(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}
