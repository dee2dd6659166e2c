//! Orders for the store's staff.

use garde::Validate;
use http_kit::permissions::{CanEditOrders, CanReadOrders, CanRefund};
use http_kit::{
    Answer, ApiError, Data, HttpResponse, IdempotencyKey, Json, List, Page, Path, Permission,
    Query, Staff, once,
};
use kernel::{Money, OrderId, RefundId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::checkout::{CheckoutView, order_view};
use crate::domain::order::OrderStatus;
use crate::store::orders::{self, OrderFilter, OrderRow};
use crate::store::timeline::{self, TimelineRow};
use crate::transition::{self, By, StockChange};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderSummary {
    pub id: OrderId,
    pub number: String,
    pub status: String,
    pub fulfilment: String,
    pub email: String,
    pub total: Money,
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
}

impl From<OrderRow> for OrderSummary {
    fn from(row: OrderRow) -> Self {
        Self {
            id: row.order_id(),
            total: row.total(),
            number: row.number,
            status: row.status,
            fulfilment: row.fulfilment,
            email: row.email,
            placed_at: row.placed_at,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderDetailView {
    #[serde(flatten)]
    pub order: CheckoutView,
    pub note: String,
    pub version: i64,
    pub timeline: Vec<TimelineView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineView {
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// placed, paid, payment_failed, voucher, cancelled, refund_requested, refunded, …
    pub kind: String,
    pub actor: String,
    pub detail: Value,
}

impl From<TimelineRow> for TimelineView {
    fn from(row: TimelineRow) -> Self {
        Self {
            at: row.at,
            kind: row.kind,
            actor: row.actor,
            detail: row.detail,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// pending_payment, paid, partially_refunded, refunded or cancelled.
    pub status: Option<String>,
    /// An order number or an e-mail address, whole.
    pub q: Option<String>,
    pub limit: Option<i64>,
    pub after: Option<String>,
}

/// The store's orders, the newest first.
#[utoipa::path(get, path = "/api/orders/admin/orders", responses((status = 200, body = List<OrderSummary>)))]
pub async fn list_orders(
    app: Data<App>,
    staff: Staff<CanReadOrders>,
    query: Query<OrderQuery>,
    page: Page,
) -> Result<Json<List<OrderSummary>>, ApiError> {
    let status = match query.status.as_deref() {
        None => None,
        Some(text) => Some(OrderStatus::parse(text).ok_or_else(|| {
            let accepted = "pending_payment, paid, partially_refunded, refunded or cancelled";
            ApiError::invalid("invalid-filter", accepted).at("/status", "unknown", accepted)
        })?),
    };
    let filter = OrderFilter {
        status,
        q: query.q.clone(),
    };
    let before: Option<Uuid> = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            orders::list_orders(tx, &filter, before, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.id, OrderSummary::from)))
}

/// An order with its timeline.
#[utoipa::path(get, path = "/api/orders/admin/orders/{id}", responses((status = 200, body = OrderDetailView)))]
pub async fn get_order_detail(
    app: Data<App>,
    staff: Staff<CanReadOrders>,
    id: Path<OrderId>,
) -> Result<Json<OrderDetailView>, ApiError> {
    let (row, entries) = app
        .db
        .read(staff.tenant.id, async |tx| {
            let row = orders::find_order(tx, *id).await?;
            let row = row.ok_or_else(|| ApiError::not_found("order-not-found"))?;
            let entries = timeline::list_entries(tx, *id).await?;
            Ok::<_, ApiError>((row, entries))
        })
        .await?;
    Ok(Json(detail_view(&row, entries)))
}

fn detail_view(row: &OrderRow, entries: Vec<TimelineRow>) -> OrderDetailView {
    let details = row.details();
    OrderDetailView {
        note: details.note.clone(),
        order: order_view(row, details),
        version: row.version,
        timeline: entries.into_iter().map(TimelineView::from).collect(),
    }
}

/// Ends an order that was not paid; its goods are free again.
#[utoipa::path(post, path = "/api/orders/admin/orders/{id}/cancel", responses((status = 200, body = OrderDetailView)))]
pub async fn cancel_order(
    app: Data<App>,
    staff: Staff<CanEditOrders>,
    id: Path<OrderId>,
) -> Result<Json<OrderDetailView>, ApiError> {
    let by = by(&app, &staff);
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let mut row = locked(orders::lock_order(tx, *id).await?)?;
            transition::cancel(tx, &mut row, "merchant", &by).await??;
            let entries = timeline::list_entries(tx, *id).await?;
            Ok::<_, ApiError>(detail_view(&row, entries))
        })
        .await?;
    Ok(Json(view))
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RefundOrder {
    /// All that is left of the payment when absent.
    #[serde(default)]
    pub amount: Option<Money>,
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundView {
    pub id: RefundId,
    pub amount: Money,
    /// requested; the order's timeline tells what became of it.
    pub status: String,
}

/// Gives money back, never more than was paid. It is on its way when this answers.
#[utoipa::path(post, path = "/api/orders/admin/orders/{id}/refund", responses((status = 201, body = RefundView)))]
pub async fn refund_order(
    app: Data<App>,
    staff: Staff<CanRefund>,
    id: Path<OrderId>,
    key: IdempotencyKey,
    body: Json<RefundOrder>,
) -> Result<HttpResponse, ApiError> {
    let by = by(&app, &staff);
    once(&app.db, staff.tenant.id, &key, body.hash(), async |tx| {
        let mut row = locked(orders::lock_order(tx, *id).await?)?;
        let mut state = row.state();
        let left = state.paid.minor - state.refunded.minor - state.refunding.minor;
        let amount = body.amount.unwrap_or(Money {
            minor: left,
            ..state.total
        });
        state.request_refund(amount)?;
        row.set_state(&state, by.now);
        orders::save_order(tx, &mut row).await?;
        let reason = if body.reason.is_empty() {
            "requested_by_customer"
        } else {
            &body.reason
        };
        let id = transition::request_refund(tx, &row, amount, reason, &by).await?;
        Ok::<_, ApiError>(Answer::created(RefundView {
            id,
            amount,
            status: "requested".into(),
        }))
    })
    .await
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct FulfilOrder {
    /// A tracking number or link, for the shopper.
    #[serde(default)]
    #[garde(length(chars, max = 300))]
    pub tracking: String,
}

/// Says that the goods were sent: what was kept for the order has left the stock.
#[utoipa::path(post, path = "/api/orders/admin/orders/{id}/fulfil", responses((status = 200, body = OrderDetailView)))]
pub async fn fulfil_order(
    app: Data<App>,
    staff: Staff<CanEditOrders>,
    id: Path<OrderId>,
    body: Json<FulfilOrder>,
) -> Result<Json<OrderDetailView>, ApiError> {
    let by = by(&app, &staff);
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let mut row = locked(orders::lock_order(tx, *id).await?)?;
            let mut state = row.state();
            if state.fulfil()? {
                let moved = transition::move_stock(tx, *id, StockChange::Sell, &by).await?;
                moved.map_err(|short| ApiError::internal(&short))?;
            }
            let mut details = row.details();
            details.tracking.clone_from(&body.tracking);
            row.details = json!(details);
            let entry = TimelineRow::new(tx, *id, by.now, "fulfilled", &by.actor)
                .with(json!({ "tracking": body.tracking }));
            transition::save_with_entry(tx, &mut row, &state, entry, &by).await?;
            let entries = timeline::list_entries(tx, *id).await?;
            Ok::<_, ApiError>(detail_view(&row, entries))
        })
        .await?;
    Ok(Json(view))
}

fn locked(found: Option<OrderRow>) -> Result<OrderRow, ApiError> {
    found.ok_or_else(|| ApiError::not_found("order-not-found"))
}

fn by<P: Permission>(app: &App, staff: &Staff<P>) -> By {
    By {
        actor: format!("staff:{}", staff.id),
        now: app.clock.now(),
    }
}
