//! Stock for the store's staff.

use garde::Validate;
use http_kit::permissions::{CanEditStock, CanReadStock};
use http_kit::{ApiError, Data, Json, List, Page, Path, Staff};
use kernel::VariantId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::domain::stock::Stock;
use crate::store::stock::{self, MovementRow, StockRow};
use crate::store::variants;
use crate::tell;

/// Units of one variant that a shelf can hold.
const ON_HAND_MAX: i64 = 10_000_000;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StockView {
    pub variant_id: VariantId,
    /// What is there.
    pub on_hand: i64,
    /// What of it is promised to orders.
    pub reserved: i64,
    /// What can be sold now.
    pub available: i64,
    pub version: i64,
}

impl From<StockRow> for StockView {
    fn from(row: StockRow) -> Self {
        Self {
            variant_id: row.variant,
            on_hand: row.stock.on_hand,
            reserved: row.stock.reserved,
            available: row.stock.available(),
            version: row.version,
        }
    }
}

/// The stock of the store's variants.
#[utoipa::path(get, path = "/api/orders/admin/stock", responses((status = 200, body = List<StockView>)))]
pub async fn list_stock(
    app: Data<App>,
    staff: Staff<CanReadStock>,
    page: Page,
) -> Result<Json<List<StockView>>, ApiError> {
    let after: Option<Uuid> = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            stock::list_stock(tx, after, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(
        rows,
        |row| row.variant.uuid(),
        StockView::from,
    )))
}

/// Either what was counted, or what came and went.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SetStock {
    /// How many are there, as counted.
    #[serde(default)]
    #[garde(inner(range(min = 0, max = ON_HAND_MAX)))]
    pub on_hand: Option<i64>,
    /// How many came (or, negative, went).
    #[serde(default)]
    #[garde(inner(range(min = -ON_HAND_MAX, max = ON_HAND_MAX)))]
    pub change: Option<i64>,
    /// Why, for the ledger: "delivery", "stocktake", "broken".
    #[garde(length(chars, min = 1, max = 200))]
    pub reason: String,
}

/// Changes a variant's stock. What is promised to orders cannot be taken away.
#[utoipa::path(put, path = "/api/orders/admin/stock/{variant}", responses((status = 200, body = StockView)))]
pub async fn set_stock(
    app: Data<App>,
    staff: Staff<CanEditStock>,
    variant: Path<VariantId>,
    body: Json<SetStock>,
) -> Result<Json<StockView>, ApiError> {
    let now = app.clock.now();
    let row = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            if variants::list_offers(tx, &[*variant]).await?.is_empty() {
                return Err(ApiError::not_found("variant-not-found")
                    .detail("a new variant arrives here a moment after it was saved"));
            }
            let before = stock::lock_stock(tx, &[*variant]).await?.pop();
            let before = before.map_or(
                Stock {
                    on_hand: 0,
                    reserved: 0,
                },
                |row| row.stock,
            );
            let after = Stock {
                on_hand: wanted(&body, before)?,
                ..before
            };
            if after.available() < 0 {
                let detail = format!("{} are promised to orders", before.reserved);
                return Err(ApiError::conflict("stock-promised", detail));
            }
            let saved = stock::save_stock(tx, &[(*variant, after)]).await?.pop();
            let saved = saved.ok_or_else(|| ApiError::not_found("variant-not-found"))?;
            let movement = MovementRow {
                tenant_id: tx.tenant().uuid(),
                id: Uuid::now_v7(),
                variant_id: variant.uuid(),
                kind: if body.on_hand.is_some() {
                    "corrected"
                } else {
                    "received"
                }
                .into(),
                on_hand: after.on_hand - before.on_hand,
                reserved: 0,
                order_id: None,
                reason: body.reason.clone(),
                actor: format!("staff:{}", staff.id),
                at: now,
            };
            stock::create_movements(tx, &[movement]).await?;
            bus::emit(tx, &tell::stock(staff.tenant.id, &saved, now)).await?;
            Ok(saved)
        })
        .await?;
    Ok(Json(row.into()))
}

fn wanted(body: &SetStock, before: Stock) -> Result<i64, ApiError> {
    let wanted = match (body.on_hand, body.change) {
        (Some(counted), None) => counted,
        (None, Some(change)) => before.on_hand + change,
        _ => {
            let accepted = "send either on_hand or change";
            return Err(ApiError::invalid("one-of", accepted).at("/on_hand", "one-of", accepted));
        }
    };
    if (0..=ON_HAND_MAX).contains(&wanted) {
        Ok(wanted)
    } else {
        let accepted = format!("{} are there", before.on_hand);
        Err(ApiError::invalid("out-of-range", accepted.clone()).at(
            "/change",
            "out-of-range",
            accepted,
        ))
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MovementView {
    pub id: Uuid,
    /// received, corrected, reserved, released, sold or returned.
    pub kind: String,
    /// What it added to what is there.
    pub on_hand: i64,
    /// What it added to what is promised.
    pub reserved: i64,
    pub order_id: Option<Uuid>,
    pub reason: String,
    pub actor: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl From<MovementRow> for MovementView {
    fn from(row: MovementRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            on_hand: row.on_hand,
            reserved: row.reserved,
            order_id: row.order_id,
            reason: row.reason,
            actor: row.actor,
            at: row.at,
        }
    }
}

/// Every change of a variant's stock, the newest first; they add up to what is there.
#[utoipa::path(get, path = "/api/orders/admin/stock/{variant}/movements", responses((status = 200, body = List<MovementView>)))]
pub async fn list_movements(
    app: Data<App>,
    staff: Staff<CanReadStock>,
    variant: Path<VariantId>,
    page: Page,
) -> Result<Json<List<MovementView>>, ApiError> {
    let before: Option<Uuid> = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            stock::list_movements(tx, *variant, before, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.id, MovementView::from)))
}
