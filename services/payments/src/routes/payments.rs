//! The store's payments, for its staff.

use http_kit::permissions::CanReadPayments;
use http_kit::{ApiError, Data, Json, List, Page, Path, Staff};
use kernel::{Money, OrderId, PaymentId, RefundId};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::store::disputes::{self, DisputeRow};
use crate::store::payments::{self, PaymentRow};
use crate::store::refunds::{self, RefundRow};

#[derive(Serialize, ToSchema)]
pub struct PaymentView {
    pub id: PaymentId,
    pub order_id: OrderId,
    pub order_number: String,
    pub attempt: i32,
    pub status: String,
    pub amount: Money,
    pub refunded: Money,
    /// The platform's part.
    pub application_fee: Money,
    pub method: Option<String>,
    pub card_brand: Option<String>,
    pub card_last4: Option<String>,
    /// Stripe's id of the intent, for its dashboard.
    pub intent_id: Option<String>,
    /// How many tries failed.
    pub declines: i32,
    /// Stripe's reason of the last one.
    pub last_decline: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<PaymentRow> for PaymentView {
    fn from(row: PaymentRow) -> Self {
        Self {
            id: row.payment_id(),
            order_id: row.order(),
            amount: row.amount(),
            refunded: row.refunded(),
            application_fee: row.fee(),
            order_number: row.order_number,
            attempt: row.attempt,
            status: row.status,
            method: row.method,
            card_brand: row.card_brand,
            card_last4: row.card_last4,
            intent_id: row.intent_id,
            declines: row.declines,
            last_decline: row.last_decline,
            created_at: row.created_at,
        }
    }
}

/// The store's payments, the newest first.
#[utoipa::path(get, path = "/api/payments/admin/payments", responses((status = 200, body = List<PaymentView>)))]
pub async fn list_payments(
    app: Data<App>,
    staff: Staff<CanReadPayments>,
    page: Page,
) -> Result<Json<List<PaymentView>>, ApiError> {
    let before: Option<Uuid> = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            payments::list_payments(tx, before, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.id, PaymentView::from)))
}

#[derive(Serialize, ToSchema)]
pub struct RefundView {
    pub id: RefundId,
    /// requested, pending, succeeded or failed.
    pub status: String,
    pub amount: Money,
    /// order, dashboard or second_payment.
    pub origin: String,
    pub reason: String,
    pub failure: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

#[derive(Serialize, ToSchema)]
pub struct DisputeView {
    /// Stripe's id.
    pub id: String,
    /// By Stripe's names, such as needs_response.
    pub status: String,
    pub reason: String,
    pub amount: Money,
    /// Taken from the store and not given back, in minor units of its balance's currency.
    pub withdrawn_minor: i64,
    /// What the dispute itself cost, in the same units.
    pub fee_minor: i64,
    /// Until when evidence is taken.
    #[serde(with = "time::serde::rfc3339::option")]
    pub due_by: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
}

/// A payment with what went back of it.
#[derive(Serialize, ToSchema)]
pub struct PaymentDetail {
    #[serde(flatten)]
    pub payment: PaymentView,
    pub refunds: Vec<RefundView>,
    pub disputes: Vec<DisputeView>,
}

/// One payment, with its refunds and disputes.
#[utoipa::path(get, path = "/api/payments/admin/payments/{id}", responses((status = 200, body = PaymentDetail)))]
pub async fn get_payment(
    app: Data<App>,
    staff: Staff<CanReadPayments>,
    id: Path<PaymentId>,
) -> Result<Json<PaymentDetail>, ApiError> {
    let detail = app
        .db
        .read(staff.tenant.id, async |tx| {
            let found = payments::find_payment(tx, *id).await?;
            let payment = found.ok_or_else(|| ApiError::not_found("payment-not-found"))?;
            let refunds = refunds::list_of_payment(tx, payment.id).await?;
            let disputes = disputes::list_of_payment(tx, payment.id).await?;
            Ok::<_, ApiError>(detail(payment, refunds, disputes))
        })
        .await?;
    Ok(Json(detail))
}

fn detail(
    payment: PaymentRow,
    refunds: Vec<RefundRow>,
    disputes: Vec<DisputeRow>,
) -> PaymentDetail {
    let currency = payment.currency();
    let refund = |row: RefundRow| RefundView {
        id: RefundId::from_uuid(row.id),
        status: row.status,
        amount: Money::new(row.amount_minor, currency),
        origin: row.origin,
        reason: row.reason,
        failure: row.failure,
        created_at: row.created_at,
    };
    let dispute = |row: DisputeRow| DisputeView {
        id: row.stripe_dispute,
        status: row.status,
        reason: row.reason,
        amount: Money::new(row.amount_minor, currency),
        withdrawn_minor: row.withdrawn_minor,
        fee_minor: row.fee_minor,
        due_by: row.due_by,
        opened_at: row.opened_at,
        closed_at: row.closed_at,
    };
    PaymentDetail {
        refunds: refunds.into_iter().map(refund).collect(),
        disputes: disputes.into_iter().map(dispute).collect(),
        payment: PaymentView::from(payment),
    }
}
