//! Suppliers, and what is ordered from them.

pub mod list;
pub mod purchase_orders;
pub mod write;

use stockbridge_http::routes::Documented;

/// The routes of this room. The fixed word `purchase-orders` comes before the suppliers' ids.
pub fn routes() -> Vec<Documented> {
    let files = [purchase_orders::routes(), list::routes(), write::routes()];
    files.into_iter().flatten().collect()
}
