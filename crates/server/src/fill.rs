//! `stockbridge fill`: a tenant with synthetic data, for benchmarks.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use stockbridge_domain::fill::{self, Plan};
use stockbridge_domain::{Error, Store, Thing, access::tenants};
use stockbridge_iom::orders::address::ShippingAddress;

use crate::cli::Fill;

/// Fills a tenant. What was committed when it is interrupted stays, and adds up.
///
/// # Errors
/// A sentence for the person at the terminal.
pub(crate) async fn run(store: &Store, size: Fill) -> Result<String, String> {
    let Fill { tenant: code, products, warehouses, orders, seed } = size;
    let asked = code.clone();
    let found = store.look(move |lobby| Ok((tenants::by_code(lobby, &asked)?.id, lobby.now()))).await;
    let (tenant, until) = found.map_err(|error| said(&code, &error))?;
    let plan = Plan { products, warehouses, orders, seed, until, written: |of| ShippingAddress::from(of).written() };
    let style = ProgressStyle::with_template("filling [{wide_bar}] {percent}% {eta}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    // Nowhere to be seen where standard error is no terminal.
    let bar = ProgressBar::new((products + orders).unsigned_abs()).with_style(style);
    let begun = Instant::now();
    let made = fill::fill(store, tenant, plan, |made| bar.set_position((made.products + made.orders).unsigned_abs()));
    let made = made.await;
    bar.finish_and_clear();
    let made = made.map_err(|error| said(&code, &error))?;
    let fill::Made { products, stock_rows, customers, orders, lines, movements } = made;
    let (rows, seconds) = (made.rows(), begun.elapsed().as_secs_f64());
    Ok(format!(
        "tenant {code} has {products} more products in {warehouses} warehouses ({stock_rows} stock rows), {customers} \
         customers, {orders} orders ({lines} lines) and {movements} movements: {rows} rows in {seconds:.1} s"
    ))
}

/// A refusal with what to do next.
fn said(code: &str, error: &Error) -> String {
    match error {
        Error::NotFound { thing: Thing::Tenant, .. } => format!(
            "there is no tenant {code}: `stockbridge tenant list` prints those that are there, `stockbridge tenant \
             create --code {code} --name …` makes one"
        ),
        Error::Duplicate(taken) => format!(
            "tenant {code} has entries of its own with {taken} that would be given: fill another tenant instead. What \
             was filled until now stays, and adds up"
        ),
        error => format!("{error}. What was filled until now stays, and adds up"),
    }
}
