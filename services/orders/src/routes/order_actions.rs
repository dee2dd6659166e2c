//! What the store's staff does with orders.

use db::TenantTx;
use garde::Validate;
use http_kit::permissions::{CanEditOrders, CanRefund};
use http_kit::{
    Answer, ApiError, Data, HttpResponse, IdempotencyKey, Json, Optional, Path, Permission, Staff,
    once,
};
use kernel::{Money, OrderId, RefundId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::admin_orders::{OrderDetailView, answer, detail_view};
use super::seen::SeenVersion;
use crate::app::App;
use crate::domain::order::{GoodsFrom, OrderError};
use crate::domain::tracking;
use crate::store::orders::{self, OrderRow};
use crate::store::timeline::TimelineRow;
use crate::tell;
use crate::transition::{self, By, NewRefund, StockChange};

/// Ends an order for which nothing was paid; its goods are free again.
#[utoipa::path(post, path = "/api/orders/admin/orders/{id}/cancel", responses((status = 200, body = OrderDetailView)))]
pub async fn cancel_order(
    app: Data<App>,
    staff: Staff<CanEditOrders>,
    id: Path<OrderId>,
    seen: SeenVersion,
) -> Result<HttpResponse, ApiError> {
    let by = By::staff(&app, &staff);
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let mut row = locked(tx, *id).await?;
            check(tx, seen, &row).await?;
            let before = audited(&row);
            transition::cancel(tx, &mut row, "merchant", &by).await??;
            record(tx, &staff, &by, ("order.cancel", &before, &row)).await?;
            Ok::<_, ApiError>(detail_view(tx, &row).await?)
        })
        .await?;
    Ok(answer(view))
}

/// Why money goes back, in the contract's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    #[default]
    RequestedByCustomer,
    Duplicate,
    Fraudulent,
    OutOfStock,
}

impl RefundReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::RequestedByCustomer => "requested_by_customer",
            Self::Duplicate => "duplicate",
            Self::Fraudulent => "fraudulent",
            Self::OutOfStock => "out_of_stock",
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RefundOrder {
    /// All that is left of the payment when absent.
    #[serde(default)]
    pub amount: Option<Money>,
    #[serde(default)]
    pub reason: RefundReason,
    /// For the order's timeline.
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    pub note: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundRequestedView {
    pub id: RefundId,
    pub amount: Money,
    /// requested; the order tells what became of it.
    pub status: String,
}

/// Gives money back, never more than was paid. It is on its way when this answers.
#[utoipa::path(post, path = "/api/orders/admin/orders/{id}/refund", responses((status = 201, body = RefundRequestedView)))]
pub async fn refund_order(
    app: Data<App>,
    staff: Staff<CanRefund>,
    id: Path<OrderId>,
    key: IdempotencyKey,
    body: Json<RefundOrder>,
) -> Result<HttpResponse, ApiError> {
    let by = By::staff(&app, &staff);
    once(&app.db, staff.tenant.id, &key, body.hash(), async |tx| {
        let mut row = locked(tx, *id).await?;
        let before = audited(&row);
        let mut state = row.state();
        // What no payment is known of cannot go back by one.
        if row.payment_id.is_none() {
            return Err(OrderError::NotPaid.into());
        }
        let amount = body.amount.unwrap_or(state.refundable());
        state.request_refund(amount)?;
        row.set_state(&state, by.now);
        orders::save_order(tx, &mut row).await?;
        let new = NewRefund {
            amount,
            reason: body.reason.as_str(),
            note: &body.note,
        };
        let refund = transition::request_refund(tx, &row, new, &by).await?;
        record(tx, &staff, &by, ("order.refund", &before, &row)).await?;
        Ok::<_, ApiError>(Answer::created(RefundRequestedView {
            id: refund,
            amount,
            status: "requested".into(),
        }))
    })
    .await
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct FulfilOrder {
    /// A tracking number, or a link that begins with https:// or http://, for the shopper.
    #[serde(default)]
    #[garde(length(chars, max = tracking::CHARS_MAX), custom(followed))]
    pub tracking: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SetTracking {
    /// As at fulfilment; empty for none.
    #[garde(length(chars, max = tracking::CHARS_MAX), custom(followed))]
    pub tracking: String,
}

fn followed(text: &str, _: &()) -> garde::Result {
    if tracking::is_acceptable(text) {
        Ok(())
    } else {
        Err(garde::Error::new(
            "a number, or a link that begins with https:// or http://",
        ))
    }
}

/// Says that the goods were sent: what was kept for the order has left the stock. The body may be left out.
#[utoipa::path(post, path = "/api/orders/admin/orders/{id}/fulfil", responses((status = 200, body = OrderDetailView)))]
pub async fn fulfil_order(
    app: Data<App>,
    staff: Staff<CanEditOrders>,
    id: Path<OrderId>,
    seen: SeenVersion,
    body: Optional<Json<FulfilOrder>>,
) -> Result<HttpResponse, ApiError> {
    let tracking = body
        .0
        .map_or_else(String::new, |body| body.into_inner().tracking);
    let by = By::staff(&app, &staff);
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let mut row = locked(tx, *id).await?;
            check(tx, seen, &row).await?;
            let before = audited(&row);
            let mut state = row.state();
            let change = match state.fulfil()? {
                GoodsFrom::Reserved => StockChange::Sell,
                GoodsFrom::Shelf => StockChange::SellFromShelf,
            };
            transition::move_stock(tx, *id, change, &by).await??;
            let mut details = row.details();
            details.tracking.clone_from(&tracking);
            row.set_details(&details);
            let entry = TimelineRow::new(tx, *id, by.now, "fulfilled", &by.actor)
                .with(json!({ "tracking": tracking }));
            transition::save_with_entry(tx, &mut row, &state, entry, &by).await?;
            tell::fulfilled(tx, &app.ticket_key, (&row, &details)).await?;
            record(tx, &staff, &by, ("order.fulfil", &before, &row)).await?;
            Ok::<_, ApiError>(detail_view(tx, &row).await?)
        })
        .await?;
    Ok(answer(view))
}

/// Corrects what the shopper follows the goods by, who is told of it. Saying the same again changes nothing.
#[utoipa::path(put, path = "/api/orders/admin/orders/{id}/tracking", responses((status = 200, body = OrderDetailView)))]
pub async fn set_tracking(
    app: Data<App>,
    staff: Staff<CanEditOrders>,
    id: Path<OrderId>,
    seen: SeenVersion,
    body: Json<SetTracking>,
) -> Result<HttpResponse, ApiError> {
    let by = By::staff(&app, &staff);
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let mut row = locked(tx, *id).await?;
            check(tx, seen, &row).await?;
            let before = audited(&row);
            let (state, mut details) = (row.state(), row.details());
            if !state.was_sent() {
                return Err(OrderError::NotFulfilled.into());
            }
            if details.tracking != body.tracking {
                details.tracking.clone_from(&body.tracking);
                row.set_details(&details);
                let entry = TimelineRow::new(tx, *id, by.now, "tracking_changed", &by.actor)
                    .with(json!({ "tracking": body.tracking }));
                transition::save_with_entry(tx, &mut row, &state, entry, &by).await?;
                tell::tracking_corrected(tx, &app.ticket_key, (&row, &details)).await?;
                record(tx, &staff, &by, ("order.tracking", &before, &row)).await?;
            }
            Ok::<_, ApiError>(detail_view(tx, &row).await?)
        })
        .await?;
    Ok(answer(view))
}

async fn locked(tx: &TenantTx, id: OrderId) -> Result<OrderRow, ApiError> {
    let found = orders::lock_order(tx, id).await?;
    found.ok_or_else(|| ApiError::not_found("order-not-found"))
}

async fn check(tx: &TenantTx, seen: SeenVersion, row: &OrderRow) -> Result<(), ApiError> {
    if seen.is(row.version) {
        return Ok(());
    }
    seen.check(row.version, &detail_view(tx, row).await?)
}

/// What the trail tells of an order: its state, nobody's address.
fn audited(row: &OrderRow) -> Value {
    let state = row.state();
    let details = row.details();
    json!({
        "status": row.status,
        "fulfilment": row.fulfilment,
        "refunding": state.refunding,
        "refunded": state.refunded,
        "cancel_reason": details.cancel_reason,
        "tracking": details.tracking,
    })
}

async fn record<P: Permission>(
    tx: &mut TenantTx,
    staff: &Staff<P>,
    by: &By<'_>,
    (action, before, row): (&str, &Value, &OrderRow),
) -> Result<(), ApiError> {
    let acted = staff.acted(by.now, action, format!("order:{}", row.id));
    tell::action(tx, acted.changed(before, &audited(row))).await?;
    Ok(())
}
