//! What operators do from the command line: goods, rates and a past for a store to look at.

pub mod history;

use http_kit::Platform;
use kernel::{TenantId, VariantId};
use uuid::Uuid;

use crate::App;
use crate::domain::stock::Stock;
use crate::domain::totals::ShippingRate;
use crate::shelf;
use crate::store::settings;
use crate::store::stock::{self, MovementRow};

const OPERATOR: &str = "operator";

/// The service's own parts, for commands.
pub async fn app(platform: &Platform) -> anyhow::Result<App> {
    let foundation = platform.foundation(crate::MIGRATIONS).await?;
    App::new(platform, &foundation).await
}

/// Puts `on_hand` of a variant on the shelf unless somebody has counted it before: repeating it changes
/// nothing, and what was sold since stays sold. The variant's news may arrive later. Answers whether
/// it did.
pub async fn ensure_stock(
    app: &App,
    tenant: TenantId,
    variant: VariantId,
    on_hand: i64,
) -> anyhow::Result<bool> {
    anyhow::ensure!(on_hand >= 0, "a shelf holds nothing less than nothing");
    let now = app.clock.now();
    let done = app.db.tenant(tenant, async |tx| {
        // The row exists from here on, so whoever comes at the same moment waits for its lock.
        stock::create_missing(tx, variant).await?;
        let locked = stock::lock_stock(tx, &[variant]).await?;
        if stock::was_counted(tx, variant).await? {
            return Ok(false);
        }
        let reserved = locked.iter().map(|row| row.reserved).sum();
        let movement = MovementRow {
            tenant_id: tx.tenant().uuid(),
            id: Uuid::now_v7(),
            variant_id: variant.uuid(),
            kind: "received".into(),
            on_hand,
            reserved: 0,
            order_id: None,
            reason: "opening stock".into(),
            actor: OPERATOR.into(),
            at: now,
        };
        let counts = Stock { on_hand, reserved };
        shelf::apply(tx, &[(variant, counts)], &[movement], now).await?;
        Ok::<_, db::Error>(true)
    });
    Ok(done.await?)
}

/// Sets what shipping costs unless somebody has ever said so. Answers whether it did.
pub async fn ensure_shipping(
    app: &App,
    tenant: TenantId,
    rates: &[ShippingRate],
) -> anyhow::Result<bool> {
    let done = app.db.tenant(tenant, async |tx| {
        let (_, version) = settings::lock_shipping(tx).await?;
        if version > 0 {
            return Ok(false);
        }
        settings::save_shipping(tx, rates, &[]).await?;
        Ok::<_, db::Error>(true)
    });
    Ok(done.await?)
}
