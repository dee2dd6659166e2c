//! Orders says how many of a variant are to be had.

use bus::{Delivery, HandleError, emit};
use db::TenantTx;
use events::catalog::v1::AvailabilityChanged;
use events::orders::v1::StockChanged;
use kernel::VariantId;

use crate::domain::document::{Front, Stock, Told};
use crate::store::{cards, products, stock, variants};

/// The version decides, so any order of arrival ends in the same row. What shoppers are told is told
/// on only when it changes, and after it was written: caches that drop then refill with the truth.
pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<StockChanged>,
) -> Result<(), HandleError> {
    let said = delivery.message;
    let park = |text: &str| HandleError::Park(text.to_owned());
    let variant: VariantId = said
        .variant_id
        .parse()
        .map_err(|_| park("variant_id is not a UUID"))?;
    let counts = Stock {
        available: said.available,
        backorder: said.backorder,
        tracked: said.tracked,
    };
    if stock::save_untold(tx, variant, counts, said.version).await? {
        return Ok(());
    }
    let Some(product) = variants::find_product_of(tx, variant).await? else {
        // Stock of a variant that was deleted meanwhile concerns no shopper.
        return Ok(());
    };
    // An edit of the product writes its card too: one after the other.
    let Some(product) = products::lock_product(tx, product).await? else {
        return Ok(());
    };
    let before = stock::of_product(tx, product.id).await?;
    if !stock::save(tx, (product.id, variant), counts, said.version).await? {
        return Ok(());
    }
    let known = stock::of_product(tx, product.id).await?;
    if let Some(front) = Front::of(&product, &known) {
        cards::save_front(tx, product.id, &front).await?;
    }
    let counted = product
        .variants
        .iter()
        .any(|v| v.id == variant && v.track_stock);
    let told = Told::of(counted, Some(counts));
    if Told::of(counted, before.get(&variant).copied()) != told {
        let event = AvailabilityChanged {
            tenant_id: tx.tenant().to_string(),
            variant_id: variant.to_string(),
            version: said.version,
            product_id: product.id.to_string(),
            in_stock: told.in_stock,
        };
        emit(tx, &event).await?;
    }
    Ok(())
}
