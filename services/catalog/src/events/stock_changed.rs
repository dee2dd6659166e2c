//! Orders says how many of a variant are to be had.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::orders::v1::StockChanged;
use kernel::VariantId;

use crate::domain::document::{self, Stock};
use crate::store::{cards, products, stock, variants};

/// The version decides, so any order of arrival ends in the same row.
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
    let Some(product) = variants::find_product_of(tx, variant).await? else {
        // Stock of a variant that was deleted meanwhile concerns no shopper.
        return Ok(());
    };
    let counts = Stock {
        available: said.available,
        backorder: said.backorder,
        tracked: said.tracked,
    };
    if !stock::save(tx, (product, variant), counts, said.version).await? {
        return Ok(());
    }
    if let Some(product) = products::find_product(tx, product).await? {
        let known = stock::of_product(tx, product.id).await?;
        cards::save_in_stock(tx, product.id, document::in_stock(&product, &known)).await?;
    }
    Ok(())
}
