//! Catalog changed a product: what is sold, and for how much.

use bus::{Delivery, HandleError, emit_all};
use db::TenantTx;
use events::MoneyField;
use events::catalog::v1::{ProductChanged, ProductStatus, Variant};
use kernel::{ProductId, VariantId};
use uuid::Uuid;

use crate::app::App;
use crate::domain::cart::Quantities;
use crate::store::stock;
use crate::store::variants::{self, VariantRow};
use crate::tell;

/// The version decides, so any order of arrival ends in the same rows.
pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<ProductChanged>,
    app: App,
) -> Result<(), HandleError> {
    let product = delivery.message;
    let id = parse(&product.product_id, "product_id")?;
    let mut rows = Vec::new();
    for variant in &product.variants {
        rows.push(row(tx, id, &product, variant)?);
    }
    let news = variants::save_product(tx, id, product.version, &rows).await?;
    keep_stock(tx, id, &product, &news, &app).await
}

/// Every variant has stock, if none at first. That one is no longer counted, or is again, is told.
async fn keep_stock(
    tx: &mut TenantTx,
    product_id: Uuid,
    product: &ProductChanged,
    news: &[Uuid],
    app: &App,
) -> Result<(), HandleError> {
    let product_id = Some(ProductId::from_uuid(product_id));
    let mut kept = Vec::new();
    for variant in &product.variants {
        let id = parse(&variant.variant_id, "variant_id")?;
        if news.contains(&id) {
            kept.push((VariantId::from_uuid(id), product_id, variant.track_stock));
        }
    }
    if kept.is_empty() {
        return Ok(());
    }
    // In the order in which everybody locks them.
    kept.sort_unstable_by_key(|(id, ..)| *id);
    let changed = stock::save_variants(tx, &kept).await?;
    let now = app.clock.now();
    let told: Vec<_> = changed
        .iter()
        .filter(|row| row.version > 1 || !row.tracked)
        .map(|row| tell::stock(tx.tenant(), row, now))
        .collect();
    emit_all(tx, &told).await?;
    Ok(())
}

fn row(
    tx: &TenantTx,
    product_id: Uuid,
    product: &ProductChanged,
    variant: &Variant,
) -> Result<VariantRow, HandleError> {
    let price = variant.price.required("price")?;
    let is_active = product.status() == ProductStatus::Active;
    let image = if variant.image_url.is_empty() {
        &product.image_url
    } else {
        &variant.image_url
    };
    let quantities = Quantities::of(
        variant.quantity_min,
        variant.quantity_max,
        variant.quantity_step,
    );
    Ok(VariantRow {
        tenant_id: tx.tenant().uuid(),
        variant_id: parse(&variant.variant_id, "variant_id")?,
        product_id,
        sku: variant.sku.clone(),
        barcode: variant.barcode.clone(),
        title: product.title.clone(),
        variant_title: variant.title.clone(),
        image_url: image.clone(),
        price_minor: price.minor,
        currency: price.currency.to_string(),
        tax_class: variant.tax_class.clone(),
        exemption_code: variant.exemption_code.clone(),
        weight_grams: number(variant.weight_grams.into()),
        requires_shipping: variant.requires_shipping,
        for_sale: is_active && variant.active && !product.deleted,
        product_version: product.version,
        quantity_min: number(quantities.min),
        quantity_max: number(quantities.max),
        quantity_step: number(quantities.step),
        product_slug: product.slug.clone(),
    })
}

fn number(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn parse(text: &str, what: &str) -> Result<Uuid, HandleError> {
    text.parse()
        .map_err(|_| HandleError::Park(format!("{what} is not a UUID")))
}
