//! The store's payments, for its staff.

use http_kit::permissions::CanReadPayments;
use http_kit::{ApiError, Data, Json, List, Page, Staff, Sysadmin};
use kernel::{Money, OrderId, PaymentId};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::jobs::reconcile;
use crate::store::payments::{self, PaymentRow};

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
    /// Stripe's id of the intent, for its dashboard.
    pub intent_id: Option<String>,
    pub last_decline: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<PaymentRow> for PaymentView {
    fn from(row: PaymentRow) -> Self {
        let (amount, application_fee, currency) = (row.amount(), row.fee(), row.currency());
        Self {
            id: row.payment_id(),
            order_id: OrderId::from_uuid(row.order_id),
            order_number: row.order_number,
            attempt: row.attempt,
            status: row.status,
            amount,
            refunded: Money::new(row.refunded_minor, currency),
            application_fee,
            method: row.method,
            intent_id: row.intent_id,
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
pub struct Reconciled {
    /// How many payments were compared with Stripe.
    pub compared: usize,
}

/// Compares silent payments with Stripe now.
#[utoipa::path(post, path = "/api/payments/sysadmin/reconcile", responses((status = 200, body = Reconciled)))]
pub async fn reconcile_payments(app: Data<App>, _: Sysadmin) -> Result<Json<Reconciled>, ApiError> {
    Ok(Json(Reconciled {
        compared: reconcile::reconcile(&app).await?,
    }))
}
