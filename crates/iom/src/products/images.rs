//! Pictures of a product: handed in as files, or named by their urls.

use actix_web::web::Bytes;
use serde::{Deserialize, Serialize};
use stockbridge_domain::items::images::{self, Image, NewImage};
use stockbridge_domain::values::Text;
use stockbridge_domain::{Error, Fault};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::{Check, Gap};
use stockbridge_http::fields::Field;
use stockbridge_http::form::{self, Form, FormOrJson};
use stockbridge_http::reply::created;
use stockbridge_http::routes::Documented;
use stockbridge_http::scalar::{FromScalar, Scalar};
use stockbridge_http::uploads::{Picture, SERVED_UNDER};
use utoipa::ToSchema;

use crate::answer::{Answer, MessageResponse, instant, message};
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id, PartId};

/// Bytes of a picture at the most: 5 MiB.
const MOST_BYTES: usize = 5 * 1024 * 1024;

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![add_product_image, update_product_image, delete_product_image]
}

/// Add an image to a product
///
/// For admins and managers. Either a form (`multipart/form-data`) with one part `file`, a PNG, JPEG, GIF or WebP image
/// of at most 5 MiB, which is then served at the answered `url` to everybody who knows it; or JSON with the `url` of an
/// image elsewhere, which is never fetched. The first image of a product is its primary one; a product has at most 50.
#[utoipa::path(
    post, path = "/products/{id}/images", tag = "products",
    params(("id" = i64, Path, description = "The product's id")),
    request_body(content((ImageForm = "multipart/form-data"), (ImageRequest = "application/json"))),
    responses(
        (status = 201, description = "The image was added", body = ImageCreatedResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product", body = ErrorResponse),
        (status = 409, description = "The product has 50 images already", body = ErrorResponse),
        (status = 413, description = "The file has more than 5 MiB", body = ErrorResponse),
        (status = 415, description = "The body calls itself something other than a form or JSON",
            body = ErrorResponse),
        (status = 503, description = "The server is too busy, or cannot keep files; try again after the seconds in \
            `Retry-After`", body = ErrorResponse)
    )
)]
pub async fn add_product_image(caller: Caller<Manager>, id: Id, body: FormOrJson<MOST_BYTES>) -> Answer {
    let (id, picture) = caller.understand(|| Ok((id.read()?, Handed::read(&body)?))).await?;
    let Handed { source, is_primary } = picture;
    let say = |image| created(&ImageCreatedResponse::from(image));
    match source {
        Source::Url(url) => {
            let new = NewImage { url, file: None, is_primary };
            caller.write(move |tx| images::add(tx, id, &new), say).await
        }
        Source::File(picture, content) => {
            // Nobody puts a file on the disk who may not be here.
            let pass = caller.pass();
            pass.admitted().await.map_err(|error| caller.refuse(error))?;
            let uploads = &pass.site().uploads;
            let kept = uploads.keep(picture, content).await;
            let file = kept.map_err(|fault| caller.refuse(Reason::Uploads(fault)))?;
            let new = NewImage { url: format!("{SERVED_UNDER}{file}"), file: Some(file.clone()), is_primary };
            let done = pass.write_leaving(move |tx| Ok((images::add(tx, id, &new)?, ())), say).await;
            // It was refused, or carried out before, with a file of its own. A file that might be named is kept.
            if !matches!(done, Ok((_, Some(()))) | Err(Error::Fault(Fault::Uncertain(_)))) {
                uploads.remove(vec![file]).await;
            }
            done.map(|(reply, _)| reply).map_err(|error| caller.refuse(error))
        }
    }
}

/// Choose the primary image of a product
///
/// For admins and managers. The image becomes the primary one in place of the one before.
#[utoipa::path(
    put, path = "/products/{id}/images/{image_id}", tag = "products", request_body = ImageChangeRequest,
    params(
        ("id" = i64, Path, description = "The product's id"),
        ("image_id" = i64, Path, description = "The image's id")
    ),
    responses(
        (status = 200, description = "It is so now", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such product, or it has no such image", body = ErrorResponse)
    )
)]
pub async fn update_product_image(caller: Caller<Manager>, id: Id, image: PartId, body: RawBody) -> Answer {
    let read = || Ok((id.read()?, image.read()?, ImageChangeRequest::read(&body)?));
    let (id, image, is_primary) = caller.understand(read).await?;
    let say = |()| message("Image updated");
    caller.write(move |tx| images::set_primary(tx, id, image, is_primary), say).await
}

/// Delete an image of a product
///
/// For admins and managers. Its file goes with it. Of those left, the oldest takes its place as the primary one.
#[utoipa::path(
    delete, path = "/products/{id}/images/{image_id}", tag = "products",
    params(
        ("id" = i64, Path, description = "The product's id"),
        ("image_id" = i64, Path, description = "The image's id")
    ),
    responses(
        (status = 200, description = "The image is gone", body = MessageResponse),
        (status = 400, description = "An id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such product, or it has no such image", body = ErrorResponse)
    )
)]
pub async fn delete_product_image(caller: Caller<Manager>, id: Id, image: PartId) -> Answer {
    let (id, image) = caller.understand(|| Ok((id.read()?, image.read()?))).await?;
    let say = || message("Image deleted");
    caller.write_discarding(move |tx| Ok(images::remove(tx, id, image)?.file.into_iter().collect()), say).await
}

/// An image as a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by the documents only")]
pub struct ImageForm {
    /// The image: PNG, JPEG, GIF or WebP, at most 5 MiB
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Whether it is the one to show first
    #[schema(required = false, default = false)]
    is_primary: bool,
}

/// An image that is elsewhere.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ImageRequest {
    /// Where it is: `http://…` or `https://…`; files of this server belong to the image they were sent with
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 2_000,
        example = "https://pictures.example/wgt500.jpg")]
    url: Field<Text<2_000>>,
    /// Whether it is the one to show first
    #[serde(default)]
    #[schema(value_type = bool, default = false)]
    is_primary: Field<bool>,
}

/// What an image shall be.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ImageChangeRequest {
    /// Whether it is the one to show first; the primary one stays so until another one is
    #[serde(default)]
    #[schema(value_type = bool, required = true, example = true)]
    is_primary: Field<bool>,
}

/// An image that was added.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImageCreatedResponse {
    /// Its id
    #[schema(example = 13)]
    id: i64,
    /// Where it is: a path from the root of this server, or a whole URL
    #[schema(example = "/uploads/products/0f8c1e6b5d4a39271c6f0e9d8b7a6534.jpg")]
    url: String,
    /// Whether it is the one to show first
    is_primary: bool,
    /// When it was added
    #[schema(format = DateTime, example = "2026-05-06T11:22:05Z")]
    created_at: String,
}

/// A picture of a product.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductImage {
    /// Its id
    #[schema(example = 12)]
    id: i64,
    /// Where it is: a path from the root of this server, or a whole URL
    #[schema(example = "/uploads/products/wgt500.jpg")]
    url: String,
    /// Whether it is the one to show first
    is_primary: bool,
}

/// A picture as it was handed in.
struct Handed {
    source: Source,
    is_primary: bool,
}

enum Source {
    Url(String),
    File(Picture, Bytes),
}

impl Handed {
    fn read(body: &FormOrJson<MOST_BYTES>) -> Result<Self, Reason> {
        match body {
            FormOrJson::Form(form) => Self::of_form(form.as_ref().map_err(Clone::clone)?),
            FormOrJson::Json(body) => Self::of_json(form::json(body)?),
        }
    }

    fn of_form(form: &Form) -> Result<Self, Reason> {
        let [files, flags] = form.named(["file", "is_primary"])?;
        let mut check = Check::new();
        let file = match files.as_slice() {
            [] => {
                let names = form.names().collect::<Vec<_>>().join(", ");
                let names = if names.is_empty() { "no part".to_owned() } else { names };
                Err(check.refuse("file", format!("is required, and the form has {names}")))
            }
            [file] => picture(&mut check, file),
            _ => Err(check.refuse("file", "must be there once: send each image by itself")),
        };
        let is_primary = match flags.as_slice() {
            [] => Ok(false),
            [flag] => {
                let text = String::from_utf8_lossy(flag);
                check
                    .accept("is_primary", Option::<bool>::from_scalar(Scalar::Text(text)))
                    .map(Option::unwrap_or_default)
            }
            _ => Err(check.refuse("is_primary", "must be there once")),
        };
        check.finish()?;
        let (kind, content) = file?;
        Ok(Self { source: Source::File(kind, content), is_primary: is_primary? })
    }

    fn of_json(ImageRequest { url, is_primary }: ImageRequest) -> Result<Self, Reason> {
        let mut check = Check::new();
        let url = url_of(&mut check, url);
        let is_primary = check.optional("is_primary", is_primary);
        check.finish()?;
        Ok(Self { source: Source::Url(url?), is_primary: is_primary?.unwrap_or_default() })
    }
}

fn picture(check: &mut Check, file: &Bytes) -> Result<(Picture, Bytes), Gap> {
    match Picture::of(file) {
        Some(kind) => Ok((kind, file.clone())),
        None if file.is_empty() => Err(check.refuse("file", "must not be empty")),
        None => Err(check.refuse("file", "must be a PNG, JPEG, GIF or WebP image")),
    }
}

/// A link that a page can show without running anything.
fn url_of(check: &mut Check, field: Field<Text<2_000>>) -> Result<String, Gap> {
    let url = check.required("url", field)?;
    let lower = url.as_str().to_ascii_lowercase();
    let leads = |to: &str| lower.strip_prefix(to).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    let is_plain = !lower.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>'));
    if is_plain && (leads("http://") || leads("https://")) {
        return Ok(url.into());
    }
    Err(check.refuse("url", "must begin with http:// or https://, and hold neither spaces nor quotes"))
}

impl ImageChangeRequest {
    fn read(body: &RawBody) -> Result<bool, Reason> {
        let Self { is_primary } = requests::json(body)?;
        let mut check = Check::new();
        let is_primary = check.required("is_primary", is_primary);
        check.finish()?;
        Ok(is_primary?)
    }
}

impl From<Image> for ImageCreatedResponse {
    fn from(image: Image) -> Self {
        let Image { id, url, is_primary, created_at, file: _ } = image;
        Self { id, url, is_primary, created_at: instant(created_at) }
    }
}

impl From<Image> for ProductImage {
    fn from(image: Image) -> Self {
        let Image { id, url, is_primary, created_at: _, file: _ } = image;
        Self { id, url, is_primary }
    }
}
