//! Variants of a product.

use std::collections::BTreeMap;

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Currency, MediaId, Money, ProductId, Sku, VariantId};
use uuid::Uuid;

use super::schema::{variant, variant_stock};
use crate::domain::product::{Product, Variant, VatClass};

/// Rows an insert carries at most: 17 parameters each, of PostgreSQL's 65,535.
const ROWS_MAX: usize = 500;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = variant)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    product_id: Uuid,
    position: i32,
    sku: String,
    barcode: Option<String>,
    option_values: Vec<String>,
    price_minor: i64,
    compare_at_minor: Option<i64>,
    cost_minor: Option<i64>,
    currency: String,
    weight_grams: i32,
    vat_class: String,
    exemption_code: Option<String>,
    active: bool,
    track_stock: bool,
    media_id: Option<Uuid>,
}

impl Row {
    fn of(tenant: Uuid, product: ProductId, position: i32, from: &Variant) -> Self {
        Self {
            tenant_id: tenant,
            id: from.id.uuid(),
            product_id: product.uuid(),
            position,
            sku: from.sku.to_string(),
            barcode: from.barcode.as_ref().map(ToString::to_string),
            option_values: from.option_values.clone(),
            price_minor: from.price.minor,
            compare_at_minor: from.compare_at.map(|money| money.minor),
            cost_minor: from.cost.map(|money| money.minor),
            currency: from.price.currency.to_string(),
            weight_grams: from.weight_grams,
            vat_class: from.vat_class.as_str().to_owned(),
            exemption_code: from.exemption_code.clone(),
            active: from.active,
            track_stock: from.track_stock,
            media_id: from.image.map(MediaId::uuid),
        }
    }

    fn into_variant(self) -> Variant {
        let currency: Currency = self
            .currency
            .parse()
            .expect("a currency was checked before it was stored");
        let money = |minor| Money::new(minor, currency);
        Variant {
            id: VariantId::from_uuid(self.id),
            sku: self
                .sku
                .parse()
                .expect("a SKU was checked before it was stored"),
            barcode: self.barcode.and_then(|code| code.parse().ok()),
            option_values: self.option_values,
            price: money(self.price_minor),
            compare_at: self.compare_at_minor.map(money),
            cost: self.cost_minor.map(money),
            weight_grams: self.weight_grams,
            vat_class: VatClass::from_word(&self.vat_class),
            exemption_code: self.exemption_code,
            active: self.active,
            track_stock: self.track_stock,
            image: self.media_id.map(MediaId::from_uuid),
        }
    }
}

/// In the merchant's order.
pub async fn list_of_product(tx: &TenantTx, product: ProductId) -> Result<Vec<Variant>, Error> {
    let rows = variant::table
        .filter(variant::tenant_id.eq(tx.tenant().uuid()))
        .filter(variant::product_id.eq(product.uuid()))
        .order(variant::position)
        .select(Row::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(Row::into_variant).collect())
}

/// Writes a product's variants in place of those it had. Nothing refers to their rows, so they are
/// written anew; their ids stay.
pub(super) async fn save_of_product(tx: &TenantTx, product: &Product) -> Result<(), Error> {
    let tenant = tx.tenant().uuid();
    let old = variant::table
        .filter(variant::tenant_id.eq(tenant))
        .filter(variant::product_id.eq(product.id.uuid()));
    diesel::delete(old)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let rows: Vec<Row> = (0_i32..)
        .zip(&product.variants)
        .map(|(at, from)| Row::of(tenant, product.id, at, from))
        .collect();
    for chunk in rows.chunks(ROWS_MAX) {
        diesel::insert_into(variant::table)
            .values(chunk)
            .execute(&mut tx.conn())
            .await?;
    }
    let sold: Vec<Uuid> = product.variants.iter().map(|v| v.id.uuid()).collect();
    let forgotten = variant_stock::table
        .filter(variant_stock::tenant_id.eq(tenant))
        .filter(variant_stock::product_id.eq(product.id.uuid()))
        .filter(variant_stock::variant_id.ne_all(sold));
    diesel::delete(forgotten)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Which of a product's SKUs other products have.
pub async fn list_used_skus(tx: &TenantTx, product: &Product) -> Result<Vec<String>, Error> {
    let skus: Vec<String> = product
        .variants
        .iter()
        .map(|variant| variant.sku.to_string())
        .collect();
    let used = variant::table
        .filter(variant::tenant_id.eq(tx.tenant().uuid()))
        .filter(variant::sku.eq_any(skus))
        .filter(variant::product_id.ne(product.id.uuid()))
        .select(variant::sku)
        .load(&mut tx.conn())
        .await?;
    Ok(used)
}

/// The variants that have these SKUs, in their order.
pub async fn list_by_skus(tx: &TenantTx, skus: &[Sku]) -> Result<Vec<VariantId>, Error> {
    let names: Vec<&str> = skus.iter().map(Sku::as_str).collect();
    let found: BTreeMap<String, Uuid> = variant::table
        .filter(variant::tenant_id.eq(tx.tenant().uuid()))
        .filter(variant::sku.eq_any(&names))
        .select((variant::sku, variant::id))
        .load::<(String, Uuid)>(&mut tx.conn())
        .await?
        .into_iter()
        .collect();
    let ids = names.iter().filter_map(|name| found.get(*name));
    Ok(ids.copied().map(VariantId::from_uuid).collect())
}

/// Whose variant it is.
pub async fn find_product_of(tx: &TenantTx, id: VariantId) -> Result<Option<ProductId>, Error> {
    let found: Option<Uuid> = variant::table
        .find((tx.tenant().uuid(), id.uuid()))
        .select(variant::product_id)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.map(ProductId::from_uuid))
}

/// Which of `skus` products other than `product` have.
pub async fn list_skus_of_others(
    tx: &TenantTx,
    product: ProductId,
    skus: &[String],
) -> Result<Vec<String>, Error> {
    let used = variant::table
        .filter(variant::tenant_id.eq(tx.tenant().uuid()))
        .filter(variant::sku.eq_any(skus))
        .filter(variant::product_id.ne(product.uuid()))
        .select(variant::sku)
        .load(&mut tx.conn())
        .await?;
    Ok(used)
}
