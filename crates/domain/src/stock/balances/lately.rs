//! Balances that changed within a span of time or are of items that were named, for lists that are ordered by item or
//! location. Few are found by that and put in order, many by walking the list.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::{BalanceOrder, FIGURES, Figures, Found, anytime, matching};
use crate::actor::TenantId;
use crate::counters;
use crate::error::Result;
use crate::page::FEW;
use crate::schema::stock_levels as levels;
use crate::store::Tx;
use crate::store::connection::MultiBackend;
use crate::store::portable::Unindexed;

type Balances = levels::BoxedQuery<'static, MultiBackend>;

/// All balances that are asked for, in order, if items are named or a span, and they are few.
pub(super) fn few(tx: &mut Tx<'_>, found: &Found, order: BalanceOrder) -> Result<Option<Vec<Figures>>> {
    let query = if found.is_of_changes() {
        matching(tx.tenant_id(), found).order(levels::updated_at)
    } else if found.items.is_some() {
        walked(tx.tenant_id(), found)
    } else {
        return Ok(None);
    };
    let mut figures: Vec<Figures> = query.select(FIGURES).limit(FEW + 1).load(tx.conn)?;
    figures.sort_unstable_by_key(|row| order.key(row));
    Ok((counters::rows(figures.len()) <= FEW).then_some(figures))
}

/// The exact number of balances that changed within the span, and an item or a location, by which they are ordered,
/// before which there is none of them.
pub(super) fn many(tx: &mut Tx<'_>, found: &Found, order: BalanceOrder) -> Result<(i64, i64)> {
    let tenant = tx.tenant_id();
    if found.locations.is_none() {
        // A first transfer asks for nearly all: then it is the others that are few.
        let earlier = found.updated_from.map(|from| anytime(tenant, found).filter(levels::updated_at.lt(from)));
        let later = found.updated_before.map(|before| anytime(tenant, found).filter(levels::updated_at.ge(before)));
        let mut others = 0;
        for query in [earlier, later].into_iter().flatten() {
            others += some(tx, query)?;
        }
        if others <= FEW {
            return Ok((counters::read(tx, counters::LEVELS)? - others, 1));
        }
    }
    let matching = matching(tenant, found);
    let (total, first): (i64, Option<i64>) = match order {
        BalanceOrder::Item => matching.select((count_star(), min(levels::product_id))).get_result(tx.conn)?,
        BalanceOrder::Location => matching.select((count_star(), min(levels::warehouse_id))).get_result(tx.conn)?,
    };
    Ok((total, first.unwrap_or(1)))
}

/// The balances that match, to be walked in their order.
pub(super) fn walked(tenant: TenantId, found: &Found) -> Balances {
    let mut query = anytime(tenant, found);
    if let Some(from) = found.updated_from {
        query = query.filter(Unindexed(levels::updated_at).ge(from));
    }
    if let Some(before) = found.updated_before {
        query = query.filter(Unindexed(levels::updated_at).lt(before));
    }
    query
}

/// How many balances there are, by when they changed: one more than few at the most.
fn some(tx: &mut Tx<'_>, query: Balances) -> Result<i64> {
    let keys = query.select(levels::product_id).order(levels::updated_at).limit(FEW + 1);
    Ok(counters::rows(keys.load::<i64>(tx.conn)?.len()))
}
