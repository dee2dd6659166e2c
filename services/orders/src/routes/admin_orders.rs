//! Orders as the store's staff reads them.

use http_kit::permissions::CanReadOrders;
use http_kit::{
    ApiError, CountedPage, Data, HttpResponse, IfMatch, Json, List, Path, Query, Staff,
};
use kernel::{Money, OrderId, RefundId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::checkout::{CheckoutView, order_view};
use crate::domain::order::{Fulfilment, OrderStatus};
use crate::store::orders::{self, OrderFilter, OrderRow, Wanted};
use crate::store::refunds::{self, RefundRow};
use crate::store::settings;
use crate::store::timeline::{self, TimelineRow};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderSummary {
    pub id: OrderId,
    pub number: String,
    pub status: String,
    pub fulfilment: String,
    /// Whom it is sent to.
    pub name: String,
    pub email: String,
    pub total: Money,
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
}

impl From<OrderRow> for OrderSummary {
    fn from(row: OrderRow) -> Self {
        Self {
            id: row.order_id(),
            name: row.details().shipping_address.name,
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
    /// Why it was cancelled: expired, merchant.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cancel_reason: String,
    /// Asked for, not back yet.
    pub refunding: Money,
    pub refunds: Vec<RefundView>,
    pub version: i64,
    pub timeline: Vec<TimelineView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundView {
    pub id: RefundId,
    pub amount: Money,
    /// requested, succeeded or failed.
    pub status: String,
    pub reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether it was begun in the payment provider's dashboard.
    pub external: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl RefundView {
    fn of(row: RefundRow, order: &OrderRow) -> Self {
        Self {
            id: RefundId::from_uuid(row.id),
            amount: Money::new(row.amount_minor, order.total().currency),
            status: row.status,
            reason: row.reason,
            note: row.note,
            external: row.external,
            created_at: row.created_at,
        }
    }
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
    /// unfulfilled, partial, fulfilled or delivered.
    pub fulfilment: Option<String>,
    /// An order number with or without what stands before it, a whole e-mail address, or the beginning of
    /// the name that the order is sent to.
    pub q: Option<String>,
    /// Placed at or after this instant, such as 2026-11-01T00:00:00Z.
    pub placed_from: Option<String>,
    /// Placed before this instant.
    pub placed_before: Option<String>,
    pub limit: Option<i64>,
    pub after: Option<String>,
    pub count: Option<bool>,
}

impl OrderQuery {
    /// What is looked for, given what stands before the store's numbers.
    fn wanted(&self, prefix: &str) -> Option<Wanted> {
        let q = self.q.as_deref()?.trim();
        let number = q.to_uppercase();
        Some(Wanted {
            numbers: vec![format!("{prefix}{number}"), number],
            email: q.to_lowercase(),
            name: q.to_owned(),
        })
    }

    fn filter(&self) -> Result<OrderFilter, ApiError> {
        let statuses = "pending_payment, paid, partially_refunded, refunded or cancelled";
        let fulfilments = "unfulfilled, partial, fulfilled or delivered";
        let instant = "an instant of RFC 3339, such as 2026-11-01T00:00:00Z";
        let at = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
        Ok(OrderFilter {
            status: read(
                "/status",
                statuses,
                self.status.as_deref(),
                OrderStatus::parse,
            )?,
            fulfilment: read(
                "/fulfilment",
                fulfilments,
                self.fulfilment.as_deref(),
                Fulfilment::parse,
            )?,
            q: None,
            placed_from: read("/placed_from", instant, self.placed_from.as_deref(), at)?,
            placed_before: read("/placed_before", instant, self.placed_before.as_deref(), at)?,
        })
    }
}

fn read<T>(
    pointer: &'static str,
    accepted: &'static str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ApiError> {
    let refused = || ApiError::invalid("invalid-filter", accepted).at(pointer, "unknown", accepted);
    text.map(|text| parse(text).ok_or_else(refused)).transpose()
}

/// The store's orders, the newest first.
#[utoipa::path(get, path = "/api/orders/admin/orders", responses((status = 200, body = List<OrderSummary>)))]
pub async fn list_orders(
    app: Data<App>,
    staff: Staff<CanReadOrders>,
    query: Query<OrderQuery>,
    page: CountedPage,
) -> Result<Json<List<OrderSummary>>, ApiError> {
    let mut filter = query.filter()?;
    let before: Option<Uuid> = page.after()?;
    let (rows, count) = app
        .db
        .read(staff.tenant.id, async |tx| {
            if query.q.is_some() {
                let numbering = settings::find_numbering(tx).await?;
                filter.q = query.wanted(&numbering.prefix);
            }
            let rows = orders::list_orders(tx, &filter, before, page.fetch()).await?;
            let count = if page.count {
                Some(orders::count_orders(tx, &filter).await?)
            } else {
                None
            };
            Ok::<_, db::Error>((rows, count))
        })
        .await?;
    let list = page.list(rows, |row| row.id, OrderSummary::from);
    Ok(Json(List { count, ..list }))
}

/// An order with its refunds and its timeline.
#[utoipa::path(get, path = "/api/orders/admin/orders/{id}", responses((status = 200, body = OrderDetailView)))]
pub async fn get_order_detail(
    app: Data<App>,
    staff: Staff<CanReadOrders>,
    id: Path<OrderId>,
) -> Result<HttpResponse, ApiError> {
    let view = app
        .db
        .read(staff.tenant.id, async |tx| {
            let row = orders::find_order(tx, *id).await?;
            let row = row.ok_or_else(|| ApiError::not_found("order-not-found"))?;
            Ok::<_, ApiError>(detail_view(tx, &row).await?)
        })
        .await?;
    Ok(answer(view))
}

/// Everything about an order, read where it was just written.
pub async fn detail_view(tx: &db::TenantTx, row: &OrderRow) -> Result<OrderDetailView, db::Error> {
    let id = row.order_id();
    let (entries, refunds) = futures_util::try_join!(
        timeline::list_entries(tx, id),
        refunds::list_refunds(tx, id)
    )?;
    let details = row.details();
    Ok(OrderDetailView {
        cancel_reason: details.cancel_reason.clone(),
        order: order_view(row, details),
        refunding: row.state().refunding,
        refunds: refunds
            .into_iter()
            .map(|refund| RefundView::of(refund, row))
            .collect(),
        version: row.version,
        timeline: entries.into_iter().map(TimelineView::from).collect(),
    })
}

pub fn answer(view: OrderDetailView) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(IfMatch::etag(view.version))
        .json(view)
}
