//! How purchase orders go on, apart from receiving them in parts.

use serde::{Deserialize, Serialize};
use stockbridge_domain::purchasing::{self, PurchaseStatus};
use stockbridge_http::body::RawBody;
use stockbridge_http::check::Check;
use stockbridge_http::fields::Field;
use stockbridge_http::reply::ok;
use stockbridge_http::routes::Documented;
use utoipa::ToSchema;

use super::PurchaseOrderStatus;
use crate::answer::Answer;
use crate::auth::{Caller, Manager};
use crate::error::{ErrorResponse, Reason};
use crate::requests::{self, BodyRefusals, Id};

/// The routes of this file.
pub fn routes() -> Vec<Documented> {
    stockbridge_http::routes![update_purchase_order_status]
}

/// Update a purchase order's status
///
/// For admins and managers. `received` receives everything that is outstanding; `cancelled` calls off what has not
/// come, and what has come stays in stock. The same status again changes nothing.
#[utoipa::path(
    patch, path = "/suppliers/purchase-orders/{id}/status", tag = "suppliers",
    request_body = PurchaseOrderStatusRequest,
    params(("id" = i64, Path, description = "The purchase order's id")),
    responses(
        (status = 200, description = "The purchase order has this status", body = PurchaseOrderStatusResponse),
        BodyRefusals,
        (status = 404, description = "There is no such purchase order", body = ErrorResponse),
        (status = 409, description = "The purchase order cannot take this status", body = ErrorResponse)
    )
)]
pub async fn update_purchase_order_status(caller: Caller<Manager>, id: Id, body: RawBody) -> Answer {
    let (id, status) = caller.understand(|| Ok((id.read()?, PurchaseOrderStatusRequest::read(&body)?))).await?;
    let say = move |()| ok(&PurchaseOrderStatusResponse { message: "Purchase order status updated", status });
    caller.write(move |tx| purchasing::change_status(tx, id, PurchaseStatus::from(status)), say).await
}

/// A status to be taken.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PurchaseOrderStatusRequest {
    /// The status
    #[serde(default)]
    #[schema(value_type = PurchaseOrderStatus, required = true)]
    status: Field<PurchaseOrderStatus>,
}

/// A status that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseOrderStatusResponse {
    /// What was done
    #[schema(example = "Purchase order status updated")]
    message: &'static str,
    /// The purchase order's status
    status: PurchaseOrderStatus,
}

impl PurchaseOrderStatusRequest {
    fn read(body: &RawBody) -> Result<PurchaseOrderStatus, Reason> {
        let Self { status } = requests::json(body)?;
        let mut check = Check::new();
        let status = check.required("status", status);
        check.finish()?;
        Ok(status?)
    }
}
