//! What catalog and orders tell of goods: names, changes, and that little is left.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::catalog::v1::ProductChanged;
use events::orders::v1::StockChanged;
use serde_json::json;
use uuid::Uuid;

use super::orders::store_of;
use super::publish::publish;
use crate::app::App;
use crate::compose::{self, Draft};
use crate::domain::facts::{Facts, Product};
use crate::domain::kinds::Kind;
use crate::domain::public;
use crate::look;
use crate::store::settings;
use crate::store::variants::{self, Named};

const LOW_STOCK_ROLE: &str = "owner";

pub async fn product_changed(
    tx: &mut TenantTx,
    delivery: Delivery<ProductChanged>,
    app: App,
) -> Result<(), HandleError> {
    let event = &delivery.message;
    let name = |variant: &events::catalog::v1::Variant| {
        let title = match variant.title.as_str() {
            "" => event.title.clone(),
            own => format!("{} ({own})", event.title),
        };
        let id: Uuid = variant.variant_id.parse().ok()?;
        Some(Named {
            variant: id,
            title,
            sku: variant.sku.clone(),
            version: event.version,
        })
    };
    let names: Vec<Named> = event.variants.iter().filter_map(name).collect();
    if !names.is_empty() {
        variants::save_names(tx, &names).await?;
    }
    if event.deleted {
        publish(
            &app,
            tx,
            &delivery,
            "product.deleted",
            |event| json!({ "id": event.product_id }),
        )
        .await?;
    } else {
        publish(&app, tx, &delivery, "product.changed", public::product).await?;
    }
    Ok(())
}

/// The merchant is told when little is left, once each time that it becomes so.
pub async fn stock_changed(
    tx: &mut TenantTx,
    delivery: Delivery<StockChanged>,
    app: App,
) -> Result<(), HandleError> {
    let event = &delivery.message;
    let variant: Uuid = event
        .variant_id
        .parse()
        .map_err(|_| HandleError::Park("variant_id is not a UUID".into()))?;
    let is_low = event.tracked
        && event.low_stock_threshold > 0
        && event.available <= event.low_stock_threshold;
    let Some((title, sku)) = variants::save_low(tx, variant, event.version, is_low).await? else {
        return Ok(());
    };
    let (store, now) = (store_of(&app, tx)?, app.clock.now());
    let settings = settings::find(tx).await?;
    let roles = settings.map_or_else(
        || vec![LOW_STOCK_ROLE.to_owned()],
        |settings| settings.low_stock_roles,
    );
    let title = if title.is_empty() { sku.clone() } else { title };
    let product = Product {
        title,
        sku,
        quantity: event.available,
        ..Product::default()
    };
    let draft = |contact: compose::Contact| Draft {
        kind: Kind::LowStock,
        about: format!("stock:{variant}:{}", event.version),
        lang: look::language(&contact.locale, &store),
        to: contact.email,
        order: None,
        facts: Facts {
            name: contact.name,
            products: vec![product.clone()],
            ..Facts::default()
        },
        due_at: now,
        resend_of: None,
    };
    Ok(compose::queue_for_staff(tx, &app.vault, &roles, draft, now).await?)
}
