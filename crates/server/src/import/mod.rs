//! `stockbridge import`: master data and stock from CSV files. A first pass checks every line and writes nothing; a
//! second one carries the rows over, in transactions so small that a running server's writers hardly wait.

mod items;
mod lists;
mod pass;
mod places;
mod report;
mod sheet;
mod stock;
mod table;

use std::fmt::Write;

use stockbridge_domain::Store;
use stockbridge_domain::access::tenants;
use stockbridge_domain::bring::Intent;
use stockbridge_domain::items::master::List;

use crate::admin::said;
use crate::cli::{Import, Importable};
use pass::Pass;
use places::{Categories, Locations};
use sheet::{Column, Sheet};
use table::Source;

/// Imports a file.
///
/// # Errors
/// A sentence for the person at the terminal, after a line for each complaint.
pub(crate) async fn run(store: &Store, command: Import) -> Result<String, String> {
    match command.what {
        Importable::Items => import(store, items::Items, command).await,
        Importable::Brands => import(store, lists::Entries(List::Brands), command).await,
        Importable::Types => import(store, lists::Entries(List::Types), command).await,
        Importable::Uoms => import(store, lists::Entries(List::Uoms), command).await,
        Importable::Categories => import(store, Categories, command).await,
        Importable::Locations => import(store, Locations, command).await,
        Importable::Stock => import(store, stock::Figures, command).await,
    }
}

async fn import<S: Sheet>(store: &Store, sheet: S, command: Import) -> Result<String, String> {
    let Import { what: _, file, tenant, dry_run } = command;
    let tenant = store.look(move |lobby| tenants::by_code(lobby, &tenant)).await.map_err(|error| said(&error))?.id;
    let source = Source::open(&file).map_err(|error| format!("cannot read {file}: {error}"))?;
    let name = if file == "-" { "standard input" } else { &file };
    let pass = |intent| Pass { store, sheet, tenant, source: &source, file: name, intent };
    let expected = pass(Intent::Judge).run().await?;
    if dry_run {
        return Ok(format!("dry run: {expected}; nothing is written"));
    }
    if expected.is_still() {
        return Ok(expected.to_string());
    }
    Ok(pass(Intent::Write).run().await?.to_string())
}

/// The columns of every kind of file, for `--help`.
pub(crate) fn columns() -> String {
    let mut help = "Columns, in any order and any case; those with * are required. An absent column keeps what is \
                    stored, an empty cell takes it away (flags and names cannot be taken away).\n"
        .to_owned();
    for (kind, columns) in [
        ("items", items::Items.columns()),
        ("brands", lists::Entries(List::Brands).columns()),
        ("types", lists::Entries(List::Types).columns()),
        ("uoms", lists::Entries(List::Uoms).columns()),
        ("categories", Categories.columns()),
        ("locations", Locations.columns()),
        ("stock", stock::Figures.columns()),
    ] {
        let _ = write!(help, "\n{kind}:\n");
        for Column { name, is_required, meaning, .. } in columns {
            let star = if *is_required { "*" } else { "" };
            let _ = writeln!(help, "  {:<20} {meaning}", format!("{name}{star}"));
        }
    }
    help
}
