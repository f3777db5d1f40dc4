//! `stockbridge verify`: whether the books add up.

use stockbridge_domain::store::{Settings, migrations};
use stockbridge_domain::{Store, verify};

/// Reads everything from one snapshot, beside whoever writes, and changes nothing.
///
/// # Errors
/// A line per violation, or why the books cannot be read.
pub(crate) async fn run(settings: &Settings) -> Result<String, String> {
    let missing = migrations::pending(settings).map_err(|error| error.to_string())?;
    if !missing.is_empty() {
        return Err(format!("the database lacks {}: run `stockbridge migrate` first", missing.join(", ")));
    }
    let store = Store::open(settings).map_err(|error| error.to_string())?;
    let found = store.survey(verify::verify).await.map_err(|error| error.to_string())?;
    for verify::Violation { tenant, rule, what } in &found {
        println!("tenant {tenant}: {rule}: {what}");
    }
    match found.len() {
        0 => Ok(format!("the books add up: {} rules hold", verify::rules())),
        count => Err(format!("the books do not add up: {count} violations")),
    }
}
