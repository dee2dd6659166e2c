//! The prices that were shown to the public, and since when.

use std::collections::BTreeMap;

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Currency, VariantId};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::schema::variant_price::{self, dsl as p};

/// A variant's price to the public from now on; nothing when it is not on sale.
pub struct Shown {
    pub variant: VariantId,
    pub price_minor: Option<i64>,
    pub currency: Currency,
}

/// Notes the prices that changed.
pub async fn save_shown(tx: &TenantTx, shown: &[Shown], now: OffsetDateTime) -> Result<(), Error> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = shown.iter().map(|price| price.variant.uuid()).collect();
    let last: BTreeMap<Uuid, (OffsetDateTime, Option<i64>)> = variant_price::table
        .filter(p::tenant_id.eq(tenant))
        .filter(p::variant_id.eq_any(&ids))
        .distinct_on(p::variant_id)
        .order((p::variant_id, p::from_at.desc()))
        .select((p::variant_id, (p::from_at, p::price_minor)))
        .load::<(Uuid, (OffsetDateTime, Option<i64>))>(&mut tx.conn())
        .await?
        .into_iter()
        .collect();
    let is_news = |price: &&Shown| {
        let known = last.get(&price.variant.uuid());
        known.and_then(|(_, price)| *price) != price.price_minor
    };
    // Another machine's clock may be ahead: the newest entry is the one that counts.
    let from = |price: &Shown| match last.get(&price.variant.uuid()) {
        Some((earlier, _)) => now.max(*earlier + Duration::microseconds(1)),
        None => now,
    };
    let rows: Vec<_> = shown
        .iter()
        .filter(is_news)
        .map(|price| {
            (
                p::tenant_id.eq(tenant),
                p::variant_id.eq(price.variant.uuid()),
                p::from_at.eq(from(price)),
                p::price_minor.eq(price.price_minor),
                p::currency.eq(price.currency.to_string()),
            )
        })
        .collect();
    for chunk in rows.chunks(1_000) {
        diesel::insert_into(variant_price::table)
            .values(chunk.to_vec())
            .execute(&mut tx.conn())
            .await?;
    }
    Ok(())
}
