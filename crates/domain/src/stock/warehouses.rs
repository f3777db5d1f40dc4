//! Warehouses: where stock lies. SimBiz calls them locations.

use diesel::prelude::*;

use crate::error::Result;
use crate::schema::warehouses as places;
use crate::store::Tx;
use crate::store::portable::advance_sequence;
use crate::values::{Code, Name, fold};

/// A warehouse to be.
#[derive(Debug, Clone)]
pub struct NewWarehouse {
    /// Its id, where it comes with one; else the next.
    pub id: Option<i64>,
    /// Its code, unique within the tenant in any case.
    pub code: Code,
    /// Its name.
    pub name: Name,
    /// Its street address.
    pub address: Option<Name>,
    /// Its city.
    pub city: Option<Name>,
    /// Its state.
    pub state: Option<Name>,
}

/// Opens a warehouse. The first one of a tenant is its default.
///
/// # Errors
/// [`crate::error::Error::Duplicate`] when its code is taken.
pub fn create(tx: &mut Tx<'_>, new: &NewWarehouse) -> Result<i64> {
    let (tenant_id, now) = (tx.tenant_id(), tx.now());
    let default = places::tenant_id.eq(tenant_id).and(places::is_default.eq(true));
    let default: Option<i64> = places::table.filter(default).select(places::id).first(tx.conn).optional()?;
    let row = (
        places::tenant_id.eq(tenant_id),
        places::code.eq(new.code.as_str()),
        places::code_key.eq(fold(new.code.as_str())),
        places::name.eq(new.name.as_str()),
        places::address.eq(new.address.as_ref().map(Name::as_str)),
        places::city.eq(new.city.as_ref().map(Name::as_str)),
        places::state.eq(new.state.as_ref().map(Name::as_str)),
        places::is_default.eq(default.is_none()),
        places::is_active.eq(true),
        places::created_at.eq(now),
        places::updated_at.eq(now),
    );
    let insert = diesel::insert_into(places::table);
    match new.id {
        Some(id) => {
            insert.values((places::id.eq(id), row)).execute(tx.conn)?;
            advance_sequence(tx.conn, "warehouses")?;
            Ok(id)
        }
        None => Ok(insert.values(row).returning(places::id).get_result(tx.conn)?),
    }
}
