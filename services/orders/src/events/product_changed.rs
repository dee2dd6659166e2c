//! Catalog changed a product: what is sold, and for how much.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::MoneyField;
use events::catalog::v1::{ProductChanged, ProductStatus, Variant};
use uuid::Uuid;

use crate::store::variants::{self, VariantRow};

/// The version decides, so any order of arrival ends in the same rows.
pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<ProductChanged>,
) -> Result<(), HandleError> {
    let product = delivery.message;
    let id = parse(&product.product_id, "product_id")?;
    let mut rows = Vec::new();
    for variant in &product.variants {
        rows.push(row(tx, id, &product, variant)?);
    }
    variants::save_product(tx, id, product.version, &rows).await?;
    Ok(())
}

fn row(
    tx: &TenantTx,
    product_id: Uuid,
    product: &ProductChanged,
    variant: &Variant,
) -> Result<VariantRow, HandleError> {
    let price = variant
        .price
        .required("price")
        .map_err(|e| HandleError::Park(e.to_string()))?;
    let is_active = product.status() == ProductStatus::Active;
    let image = if variant.image_url.is_empty() {
        &product.image_url
    } else {
        &variant.image_url
    };
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
        weight_grams: i32::try_from(variant.weight_grams).unwrap_or(i32::MAX),
        requires_shipping: variant.requires_shipping,
        for_sale: is_active && variant.active && !product.deleted,
        product_version: product.version,
    })
}

fn parse(text: &str, what: &str) -> Result<Uuid, HandleError> {
    text.parse()
        .map_err(|_| HandleError::Park(format!("{what} is not a UUID")))
}
