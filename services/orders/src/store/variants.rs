//! What catalog told of variants, with the stock that is here.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::{Currency, Money, ProductId, VariantId};
use uuid::Uuid;

use super::schema::{sellable_variant, stock};
use crate::domain::cart::Offer;
use crate::domain::tax::TaxClass;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sellable_variant)]
pub struct VariantRow {
    pub tenant_id: Uuid,
    pub variant_id: Uuid,
    pub product_id: Uuid,
    pub sku: String,
    pub barcode: String,
    pub title: String,
    pub variant_title: String,
    pub image_url: String,
    pub price_minor: i64,
    pub currency: String,
    pub tax_class: String,
    pub exemption_code: String,
    pub weight_grams: i32,
    pub requires_shipping: bool,
    pub for_sale: bool,
    pub product_version: i64,
}

/// The offers of variants, with what is available now. Nothing is locked.
pub async fn list_offers(tx: &TenantTx, ids: &[VariantId]) -> Result<Vec<Offer>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<(VariantRow, Option<i64>, Option<i64>)> = sellable_variant::table
        .left_join(
            stock::table.on(stock::tenant_id
                .eq(sellable_variant::tenant_id)
                .and(stock::variant_id.eq(sellable_variant::variant_id))),
        )
        .filter(sellable_variant::tenant_id.eq(tx.tenant().uuid()))
        .filter(sellable_variant::variant_id.eq_any(ids))
        .select((
            VariantRow::as_select(),
            stock::on_hand.nullable(),
            stock::reserved.nullable(),
        ))
        .load(&mut tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(row, on_hand, reserved)| offer(row, on_hand.unwrap_or(0) - reserved.unwrap_or(0)))
        .collect())
}

fn offer(row: VariantRow, available: i64) -> Offer {
    let currency: Currency = row
        .currency
        .parse()
        .expect("a currency was checked before it was stored");
    Offer {
        variant: VariantId::from_uuid(row.variant_id),
        product: ProductId::from_uuid(row.product_id),
        sku: row.sku,
        barcode: row.barcode,
        title: row.title,
        variant_title: row.variant_title,
        image_url: row.image_url,
        price: Money::new(row.price_minor, currency),
        tax_class: TaxClass::of_name(&row.tax_class),
        exemption_code: row.exemption_code,
        weight_grams: u32::try_from(row.weight_grams).unwrap_or(0),
        requires_shipping: row.requires_shipping,
        for_sale: row.for_sale,
        available,
    }
}

/// Stores a product's variants when the event is news; those it no longer names are not sold any
/// more. Any order of arrival ends in the same rows.
pub async fn save_product(
    tx: &TenantTx,
    product: Uuid,
    version: i64,
    rows: &[VariantRow],
) -> Result<(), Error> {
    let kept: Vec<Uuid> = rows.iter().map(|row| row.variant_id).collect();
    diesel::update(sellable_variant::table)
        .filter(sellable_variant::tenant_id.eq(tx.tenant().uuid()))
        .filter(sellable_variant::product_id.eq(product))
        .filter(sellable_variant::product_version.lt(version))
        .filter(sellable_variant::variant_id.ne_all(kept))
        .set((
            sellable_variant::for_sale.eq(false),
            sellable_variant::product_version.eq(version),
        ))
        .execute(&mut tx.conn())
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let upsert = diesel::insert_into(sellable_variant::table)
        .values(rows)
        .on_conflict((sellable_variant::tenant_id, sellable_variant::variant_id))
        .do_update()
        .set((
            sellable_variant::product_id.eq(excluded(sellable_variant::product_id)),
            sellable_variant::sku.eq(excluded(sellable_variant::sku)),
            sellable_variant::barcode.eq(excluded(sellable_variant::barcode)),
            sellable_variant::title.eq(excluded(sellable_variant::title)),
            sellable_variant::variant_title.eq(excluded(sellable_variant::variant_title)),
            sellable_variant::image_url.eq(excluded(sellable_variant::image_url)),
            sellable_variant::price_minor.eq(excluded(sellable_variant::price_minor)),
            sellable_variant::currency.eq(excluded(sellable_variant::currency)),
            sellable_variant::tax_class.eq(excluded(sellable_variant::tax_class)),
            sellable_variant::exemption_code.eq(excluded(sellable_variant::exemption_code)),
            sellable_variant::weight_grams.eq(excluded(sellable_variant::weight_grams)),
            sellable_variant::requires_shipping.eq(excluded(sellable_variant::requires_shipping)),
            sellable_variant::for_sale.eq(excluded(sellable_variant::for_sale)),
            sellable_variant::product_version.eq(excluded(sellable_variant::product_version)),
        ));
    let newer = sellable_variant::product_version.lt(excluded(sellable_variant::product_version));
    diesel::query_dsl::methods::FilterDsl::filter(upsert, newer)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
