//! Items that changed within a span of time, for lists that are ordered by id: how many they are, and where they begin.
//! Few are found by when they changed, many by walking the list; either way the others cost next to nothing.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::ItemFilter;
use super::list::matching;
use crate::actor::TenantId;
use crate::counters;
use crate::error::Result;
use crate::page::FEW;
use crate::schema::products;
use crate::store::Tx;
use crate::store::connection::MultiBackend;
use crate::store::portable::Unindexed;

type Items = products::BoxedQuery<'static, MultiBackend>;

/// The ids of all items that changed within the span, in order, if the filter asks for no more and they are few.
pub(super) fn few(tx: &mut Tx<'_>, filter: &ItemFilter) -> Result<Option<Vec<i64>>> {
    if !filter.is_of_changes() {
        return Ok(None);
    }
    let mut ids = some(tx, matching(tx.tenant_id(), filter))?;
    ids.sort_unstable();
    Ok((counters::rows(ids.len()) <= FEW).then_some(ids))
}

/// The exact number of items that changed within the span, and an id before which there is none of them.
pub(super) fn many(tx: &mut Tx<'_>, filter: &ItemFilter) -> Result<(i64, i64)> {
    let ItemFilter { updated_from, updated_before, .. } = *filter;
    let of_tenant = || products::table.into_boxed().filter(products::tenant_id.eq(tx.tenant_id()));
    // A first transfer asks for nearly all: then it is the others that are few.
    let earlier = updated_from.map(|from| of_tenant().filter(products::updated_at.lt(from)));
    let later = updated_before.map(|before| of_tenant().filter(products::updated_at.ge(before)));
    let mut others = 0;
    for query in [earlier, later].into_iter().flatten() {
        others += counters::rows(some(tx, query)?.len());
    }
    if others <= FEW {
        return Ok((counters::read(tx, counters::PRODUCTS)? - others, 1));
    }
    let counted = matching(tx.tenant_id(), filter).select((count_star(), min(products::id)));
    let (total, first): (i64, Option<i64>) = counted.get_result(tx.conn)?;
    Ok((total, first.unwrap_or(1)))
}

/// The items that changed within the span, to be walked by id.
pub(super) fn walked(tenant: TenantId, filter: &ItemFilter) -> Items {
    let ItemFilter { updated_from, updated_before, .. } = *filter;
    let mut query = products::table.into_boxed().filter(products::tenant_id.eq(tenant));
    if let Some(from) = updated_from {
        query = query.filter(Unindexed(products::updated_at).ge(from));
    }
    if let Some(before) = updated_before {
        query = query.filter(Unindexed(products::updated_at).lt(before));
    }
    query
}

/// Ids of items by when they changed: one more than few of them at the most.
fn some(tx: &mut Tx<'_>, query: Items) -> Result<Vec<i64>> {
    Ok(query.select(products::id).order(products::updated_at).limit(FEW + 1).load(tx.conn)?)
}
