//! The prices that were shown to the public, and since when.

use std::collections::BTreeMap;

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Currency, VariantId};
use time::OffsetDateTime;
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
    let last: BTreeMap<Uuid, Option<i64>> = variant_price::table
        .filter(p::tenant_id.eq(tenant))
        .filter(p::variant_id.eq_any(&ids))
        .distinct_on(p::variant_id)
        .order((p::variant_id, p::from_at.desc()))
        .select((p::variant_id, p::price_minor))
        .load::<(Uuid, Option<i64>)>(&mut tx.conn())
        .await?
        .into_iter()
        .collect();
    let is_news =
        |price: &&Shown| last.get(&price.variant.uuid()).copied().flatten() != price.price_minor;
    let rows: Vec<_> = shown
        .iter()
        .filter(is_news)
        .map(|price| {
            (
                p::tenant_id.eq(tenant),
                p::variant_id.eq(price.variant.uuid()),
                p::from_at.eq(now),
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
