//! Stock for the store's staff.

use db::TenantTx;
use garde::Validate;
use http_kit::permissions::{CanEditStock, CanReadStock};
use http_kit::{
    Answer, ApiError, CountedPage, Data, HttpResponse, IdempotencyKey, IfMatch, Json, List, Page,
    Path, Query, Staff, once,
};
use kernel::VariantId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::seen::SeenVersion;
use crate::app::App;
use crate::domain::stock::{ON_HAND_MAX, Stock};
use crate::shelf;
use crate::store::stock::{self, MovementRow, NamedStock, StockRow};
use crate::tell;
use crate::transition::By;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StockView {
    pub variant_id: VariantId,
    /// What is there.
    pub on_hand: i64,
    /// What of it is promised to orders.
    pub reserved: i64,
    /// What can be sold now.
    pub available: i64,
    /// False: it is sold without counting, and the numbers are only kept.
    pub tracked: bool,
    /// From how many on a mail says that it runs out; 0: never.
    pub low_stock_threshold: i64,
    pub version: i64,
}

impl From<StockRow> for StockView {
    fn from(row: StockRow) -> Self {
        Self {
            variant_id: row.variant(),
            on_hand: row.on_hand,
            reserved: row.reserved,
            available: row.stock().available(),
            tracked: row.tracked,
            low_stock_threshold: row.low_stock_threshold,
            version: row.version,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NamedStockView {
    #[serde(flatten)]
    pub stock: StockView,
    pub sku: String,
    pub title: String,
    pub variant_title: String,
}

impl From<NamedStock> for NamedStockView {
    fn from(named: NamedStock) -> Self {
        Self {
            stock: named.row.into(),
            sku: named.sku.unwrap_or_default(),
            title: named.title.unwrap_or_default(),
            variant_title: named.variant_title.unwrap_or_default(),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StockQuery {
    /// Of this SKU only, in whatever case.
    pub sku: Option<String>,
    pub limit: Option<i64>,
    pub after: Option<String>,
    pub count: Option<bool>,
}

/// The stock of the store's variants.
#[utoipa::path(get, path = "/api/orders/admin/stock", responses((status = 200, body = List<NamedStockView>)))]
pub async fn list_stock(
    app: Data<App>,
    staff: Staff<CanReadStock>,
    query: Query<StockQuery>,
    page: CountedPage,
) -> Result<Json<List<NamedStockView>>, ApiError> {
    let after: Option<Uuid> = page.after()?;
    let sku = query.sku.as_deref();
    let (rows, count) = app
        .db
        .read(staff.tenant.id, async |tx| {
            let rows = stock::list_stock(tx, sku, after, page.fetch()).await?;
            let count = if page.count {
                Some(stock::count_stock(tx, sku).await?)
            } else {
                None
            };
            Ok::<_, db::Error>((rows, count))
        })
        .await?;
    let list = page.list(rows, |named| named.row.variant_id, NamedStockView::from);
    Ok(Json(List { count, ..list }))
}

/// What was counted on the shelf.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SetStock {
    /// How many are there, those that are promised to orders included.
    #[garde(range(min = 0, max = ON_HAND_MAX))]
    pub on_hand: i64,
    /// Why, for the ledger: "stocktake", "opening stock".
    #[garde(length(chars, min = 1, max = 200))]
    pub reason: String,
    /// From how many on a mail says that it runs out; 0: never. Absent: as it was.
    #[garde(range(min = 0, max = ON_HAND_MAX))]
    #[serde(default)]
    pub low_stock_threshold: Option<i64>,
}

/// Says how many of a variant are there. What is promised to orders cannot be taken away.
#[utoipa::path(put, path = "/api/orders/admin/stock/{variant}", responses((status = 200, body = StockView)))]
pub async fn set_stock(
    app: Data<App>,
    staff: Staff<CanEditStock>,
    variant: Path<VariantId>,
    seen: SeenVersion,
    body: Json<SetStock>,
) -> Result<HttpResponse, ApiError> {
    let row = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let before = locked(tx, *variant).await?;
            seen.check(before.version, &StockView::from(before))?;
            if let Some(threshold) = body.low_stock_threshold {
                stock::save_threshold(tx, *variant, threshold).await?;
            }
            let change = Change {
                on_hand: body.on_hand,
                kind: "corrected",
                reason: &body.reason,
            };
            shelve(&app, tx, &staff, before, change).await
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(IfMatch::etag(row.version))
        .json(StockView::from(row)))
}

/// What came to the shelf or left it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AdjustStock {
    /// How many came (or, negative, went).
    #[garde(range(min = -ON_HAND_MAX, max = ON_HAND_MAX), custom(something))]
    pub change: i64,
    /// Why, for the ledger: "delivery", "broken".
    #[garde(length(chars, min = 1, max = 200))]
    pub reason: String,
}

fn something(change: &i64, _: &()) -> garde::Result {
    match change {
        0 => Err(garde::Error::new("0 changes nothing")),
        _ => Ok(()),
    }
}

/// Adds to a variant's stock or takes from it. Safe to repeat under the same Idempotency-Key.
#[utoipa::path(post, path = "/api/orders/admin/stock/{variant}/adjustments", responses((status = 200, body = StockView)))]
pub async fn adjust_stock(
    app: Data<App>,
    staff: Staff<CanEditStock>,
    variant: Path<VariantId>,
    key: IdempotencyKey,
    body: Json<AdjustStock>,
) -> Result<HttpResponse, ApiError> {
    once(&app.db, staff.tenant.id, &key, body.hash(), async |tx| {
        let before = locked(tx, *variant).await?;
        let on_hand = before.on_hand + body.change;
        if !(0..=ON_HAND_MAX).contains(&on_hand) {
            let accepted = format!("{} are there", before.on_hand);
            let problem = ApiError::invalid("out-of-range", accepted.clone());
            return Err(problem.at("/change", "out-of-range", accepted));
        }
        let kind = if body.change > 0 {
            "received"
        } else {
            "corrected"
        };
        let change = Change {
            on_hand,
            kind,
            reason: &body.reason,
        };
        let row = shelve(&app, tx, &staff, before, change).await?;
        Ok(Answer::ok(StockView::from(row)))
    })
    .await
}

async fn locked(tx: &TenantTx, variant: VariantId) -> Result<StockRow, ApiError> {
    let found = stock::lock_stock(tx, &[variant]).await?.pop();
    found.ok_or_else(|| {
        ApiError::not_found("variant-not-found")
            .detail("a new variant arrives here a moment after it was saved")
    })
}

/// What becomes of a shelf.
struct Change<'a> {
    on_hand: i64,
    kind: &'static str,
    reason: &'a str,
}

async fn shelve(
    app: &App,
    tx: &mut TenantTx,
    staff: &Staff<CanEditStock>,
    before: StockRow,
    change: Change<'_>,
) -> Result<StockRow, ApiError> {
    let by = By::staff(app, staff);
    let after = Stock {
        on_hand: change.on_hand,
        reserved: before.reserved,
    };
    if after.available() < 0 {
        let detail = format!("{} are promised to orders", before.reserved);
        return Err(ApiError::conflict("stock-promised", detail).with("reserved", &before.reserved));
    }
    let movement = MovementRow {
        tenant_id: tx.tenant().uuid(),
        id: Uuid::now_v7(),
        variant_id: before.variant_id,
        kind: change.kind.into(),
        on_hand: after.on_hand - before.on_hand,
        reserved: 0,
        order_id: None,
        reason: change.reason.to_owned(),
        actor: by.actor.clone(),
        at: by.now,
    };
    let changed = [(before.variant(), after)];
    let saved = shelf::apply(tx, &changed, &[movement], by.now).await?.pop();
    let saved = saved.ok_or_else(|| ApiError::not_found("variant-not-found"))?;
    let target = format!("variant:{}", before.variant_id);
    let acted = staff.acted(by.now, "stock.change", target);
    let acted = acted.changed(&StockView::from(before), &StockView::from(saved));
    tell::action(tx, acted).await?;
    Ok(saved)
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
    let (is_known, rows) = app
        .db
        .read(staff.tenant.id, async |tx| {
            futures_util::try_join!(
                stock::is_known(tx, *variant),
                stock::list_movements(tx, *variant, before, page.fetch())
            )
        })
        .await?;
    if !is_known {
        return Err(ApiError::not_found("variant-not-found"));
    }
    Ok(Json(page.list(rows, |row| row.id, MovementView::from)))
}
