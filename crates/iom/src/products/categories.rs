//! Product categories: a tree of names.

use serde::{Deserialize, Serialize};
use stockbridge_domain::items::categories::{self, Category, CategoryChanges, NewCategory};
use stockbridge_domain::items::master::{By, Reference};
use stockbridge_domain::values::{Change, Code, Name};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::{created, ok};
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use crate::answer::{Answer, MessageResponse, message};
use crate::auth::{Caller, Staff, Viewer};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![list_categories, create_category, replace_category, delete_category]
}

/// List categories
///
/// All of them, by id. `parent_id` makes them a tree.
#[utoipa::path(
    get, path = "/products/categories", tag = "categories",
    responses((status = 200, description = "All categories", body = CategoryListResponse))
)]
pub async fn list_categories(caller: Caller<Viewer>) -> Answer {
    caller.read(categories::list, |categories| ok(&CategoryListResponse::from(categories))).await
}

/// Create a category
///
/// For staff and above. The code is unique within the tenant in any case.
#[utoipa::path(
    post, path = "/products/categories", tag = "categories", request_body = CategoryRequest,
    responses(
        (status = 201, description = "The category was made", body = CategoryResponse),
        BodyRefusals,
        (status = 404, description = "There is no such parent", body = ErrorResponse),
        (status = 409, description = "The code is taken", body = ErrorResponse)
    )
)]
pub async fn create_category(caller: Caller<Staff>, body: RawBody) -> Answer {
    let new = caller.understand(|| CategoryRequest::read(&body)).await?;
    caller.write(move |tx| categories::create(tx, &new), |category| created(&CategoryResponse::from(category))).await
}

/// Replace a category
///
/// For staff and above. Without `parent_id` it comes to stand at the top; without `code` it keeps its own.
#[utoipa::path(
    put, path = "/products/categories/{id}", tag = "categories", request_body = CategoryRequest,
    params(("id" = i64, Path, description = "The category's id")),
    responses(
        (status = 200, description = "The category was replaced", body = MessageResponse),
        BodyRefusals,
        (status = 404, description = "There is no such category or parent", body = ErrorResponse),
        (status = 409, description = "The code is taken", body = ErrorResponse)
    )
)]
pub async fn replace_category(caller: Caller<Staff>, id: Id, body: RawBody) -> Answer {
    let read = || Ok((id.read()?, in_place(CategoryRequest::read(&body)?)));
    let (id, changes) = caller.understand(read).await?;
    caller.write(move |tx| categories::amend(tx, id, &changes), |_| message("Category updated")).await
}

/// Delete a category
///
/// For staff and above. Only an empty one: no products and no categories in it.
#[utoipa::path(
    delete, path = "/products/categories/{id}", tag = "categories",
    params(("id" = i64, Path, description = "The category's id")),
    responses(
        (status = 200, description = "The category is gone", body = MessageResponse),
        (status = 400, description = "The id is not a whole number", body = ErrorResponse),
        (status = 404, description = "There is no such category", body = ErrorResponse),
        (status = 409, description = "Products or categories are in it", body = ErrorResponse)
    )
)]
pub async fn delete_category(caller: Caller<Staff>, id: Id) -> Answer {
    let id = caller.understand(|| id.read()).await?;
    caller.write(move |tx| categories::remove(tx, id), |()| message("Category deleted")).await
}

/// A whole category.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct CategoryRequest {
    /// Its name
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, example = "Bolts")]
    name: Field<Name>,
    /// The id of the category above it; null at the top
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 1)]
    parent_id: Field<i64>,
    /// Its code, unique within the tenant in any case; its id as text if a new one does not say
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64, example = "BOLTS")]
    code: Field<Option<Code>>,
}

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryListResponse {
    /// The categories, by id
    categories: Vec<CategoryResponse>,
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryResponse {
    /// Its id
    #[schema(example = 2)]
    id: i64,
    /// Its name
    #[schema(example = "Bolts")]
    name: String,
    /// The id of the category above it; null at the top
    #[schema(required = true, example = 1)]
    parent_id: Option<i64>,
    /// Products that are directly in it
    #[schema(example = 12)]
    product_count: i64,
    /// Its code
    #[schema(example = "BOLTS")]
    code: String,
}

impl CategoryRequest {
    fn read(body: &RawBody) -> Result<NewCategory, Reason> {
        let Self { name, parent_id, code } = requests::json(body)?;
        let mut check = Check::new();
        let name = check.required("name", name);
        let parent_id = check.optional("parent_id", parent_id);
        let code = check.optional_text("code", code);
        check.finish()?;
        let parent = parent_id?.map(|id| Reference { field: "parent_id".to_owned(), by: By::Id(id) });
        Ok(NewCategory { id: None, code: code?, name: name?, parent })
    }
}

/// A whole category in place of another one.
fn in_place(new: NewCategory) -> CategoryChanges {
    let NewCategory { id: _, code, name, parent } = new;
    CategoryChanges { code, name: Some(name), parent: Change::to(parent), is_active: None }
}

impl From<Vec<Category>> for CategoryListResponse {
    fn from(categories: Vec<Category>) -> Self {
        Self { categories: categories.into_iter().map(CategoryResponse::from).collect() }
    }
}

impl From<Category> for CategoryResponse {
    fn from(category: Category) -> Self {
        let Category { id, code, name, parent_id, product_count, is_active: _, created_at: _, updated_at: _ } =
            category;
        Self { id, name, parent_id, product_count, code }
    }
}
