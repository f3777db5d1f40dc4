//! The envelope around every answer. Each success is a component of its own, so that clients get types with names;
//! this file has what they share, and the one failure.

use serde::Serialize;
use serde_json::Value;
use stockbridge_http::reply::Reply;
use utoipa::ToSchema;

use crate::error::Refusal;

/// What a handler comes to.
pub type Answer = std::result::Result<Reply, Refusal>;

/// Every success
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub enum Success {
    /// It is done.
    #[serde(rename = "OK")]
    Ok,
}

/// Always an empty object
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct NoMeta {}

/// Where a page stands in the whole list
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pagination {
    /// This page, from 1
    #[schema(example = 1)]
    pub page: i64,
    /// Rows of a page at the most; without paging, all rows
    #[schema(example = 20)]
    pub per_page: i64,
    /// Rows in all
    #[schema(example = 1)]
    pub total: i64,
    /// Pages in all; 0 when there are no rows
    #[schema(example = 1)]
    pub total_pages: i64,
}

/// Every failure
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FailureResponse {
    status: Failed,
    /// What went wrong, one entry
    errors: Vec<Failure>,
    /// Always empty
    #[schema(value_type = Value)]
    meta: [(); 0],
}

/// Every failure
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub enum Failed {
    /// It is not done, and nothing was changed.
    Failed,
}

/// What went wrong
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Failure {
    /// For programs; stable
    #[schema(example = "V3_INV_ITEM_NOT_FOUND")]
    pub code: &'static str,
    /// For people
    #[schema(example = "Item not found")]
    pub message: String,
    /// What it is about: an object, such as the key that was looked up or each wrong field with a list of sentences;
    /// an empty list where there is nothing to add
    pub details: Value,
}

impl Pagination {
    /// Where a page of this size stands among `total` rows.
    pub fn of(page: i64, per_page: i64, total: i64) -> Self {
        let full = total / per_page.max(1);
        let rest = i64::from(full * per_page.max(1) < total);
        Self { page, per_page, total, total_pages: full + rest }
    }

    /// Everything in one answer.
    pub fn everything(total: i64) -> Self {
        Self::of(1, total, total)
    }
}

impl From<Failure> for FailureResponse {
    fn from(failure: Failure) -> Self {
        Self { status: Failed::Failed, errors: vec![failure], meta: [] }
    }
}

impl FailureResponse {
    /// The first failure, which is the only one.
    pub(crate) fn failure_mut(&mut self) -> Option<&mut Failure> {
        self.errors.first_mut()
    }

    /// What it says to people.
    pub(crate) fn message(&self) -> &str {
        self.errors.first().map(|failure| failure.message.as_str()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_up() {
        for (per_page, total, pages) in
            [(50, 0, 0), (50, 1, 1), (50, 50, 1), (50, 51, 2), (1, 3, 3), (200, i64::MAX, 46_116_860_184_273_880)]
        {
            assert_eq!(Pagination::of(1, per_page, total).total_pages, pages, "{total} by {per_page}");
        }
    }

    #[test]
    fn everything_is_one_page_and_nothing_is_none() {
        assert_eq!(Pagination::everything(3), Pagination { page: 1, per_page: 3, total: 3, total_pages: 1 });
        assert_eq!(Pagination::everything(0), Pagination { page: 1, per_page: 0, total: 0, total_pages: 0 });
    }

    #[test]
    fn a_failure_keeps_its_form() {
        let failure = Failure { code: "V3_X", message: "No".to_owned(), details: serde_json::json!([]) };
        let written = serde_json::to_string(&FailureResponse::from(failure)).unwrap();
        let expected = r#"{"status":"Failed","errors":[{"code":"V3_X","message":"No","details":[]}],"meta":[]}"#;
        assert_eq!(written, expected);
    }
}
