//! What came from another shop, for the store's staff: customers, orders of the past, codes, settings.

use http_kit::permissions::{CanReadCustomers, CanReadOrders, CanReadPromotions, CanReadSettings};
use http_kit::{ApiError, Data, Json, List, Page, Path, Query, Staff};
use kernel::{CustomerId, Money};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::store::past::{self, CouponRow, CustomerRow, PastOrderRow, SettingRow};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerView {
    pub id: CustomerId,
    pub email: String,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    /// Ordered without an account.
    pub guest: bool,
    pub groups: Vec<String>,
    pub marketing_consent: bool,
    pub billing_address: Option<Value>,
    pub shipping_address: Option<Value>,
    /// Whether the password of the old shop opens the account the first time.
    pub has_old_password: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<CustomerRow> for CustomerView {
    fn from(row: CustomerRow) -> Self {
        Self {
            id: CustomerId::from_uuid(row.id),
            email: row.email,
            username: row.username,
            first_name: row.first_name,
            last_name: row.last_name,
            guest: row.guest,
            groups: row.groups,
            marketing_consent: row.marketing_consent,
            billing_address: row.billing,
            shipping_address: row.shipping,
            has_old_password: row.old_password.is_some(),
            created_at: row.created_at,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// A whole e-mail address.
    pub email: Option<String>,
    pub limit: Option<i64>,
    pub after: Option<String>,
}

/// The store's customers.
#[utoipa::path(get, path = "/api/orders/admin/customers", responses((status = 200, body = List<CustomerView>)))]
pub async fn list_customers(
    app: Data<App>,
    staff: Staff<CanReadCustomers>,
    query: Query<CustomerQuery>,
    page: Page,
) -> Result<Json<List<CustomerView>>, ApiError> {
    let after = page.after()?;
    let key = query
        .email
        .as_ref()
        .map(|email| email.trim().to_lowercase());
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            past::list_customers(tx, key.as_deref(), after, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.id, CustomerView::from)))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PastOrderSummary {
    pub id: Uuid,
    /// The other shop's.
    pub number: String,
    /// pending_payment, paid, partially_refunded, refunded or cancelled.
    pub status: String,
    /// As the other shop called it.
    pub source_status: String,
    pub email: String,
    pub customer_id: Option<CustomerId>,
    pub total: Money,
    pub refunded: Money,
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
}

impl From<&PastOrderRow> for PastOrderSummary {
    fn from(row: &PastOrderRow) -> Self {
        let currency = row.currency.parse().unwrap_or(kernel::Currency::EUR);
        Self {
            id: row.id,
            number: row.number.clone(),
            status: row.status.clone(),
            source_status: row.source_status.clone(),
            email: row.email.clone(),
            customer_id: row.customer_id.map(CustomerId::from_uuid),
            total: Money::new(row.total_minor, currency),
            refunded: Money::new(row.refunded_minor, currency),
            placed_at: row.placed_at,
        }
    }
}

/// Orders that were placed in another shop, the newest first. They are history and cannot be changed.
#[utoipa::path(get, path = "/api/orders/admin/past-orders", responses((status = 200, body = List<PastOrderSummary>)))]
pub async fn list_past_orders(
    app: Data<App>,
    staff: Staff<CanReadOrders>,
    page: Page,
) -> Result<Json<List<PastOrderSummary>>, ApiError> {
    let after = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            past::list_past_orders(tx, after, page.fetch()).await
        })
        .await?;
    let key = |row: &PastOrderRow| (row.placed_at, row.id);
    Ok(Json(
        page.list(rows, key, |row| PastOrderSummary::from(&row)),
    ))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PastOrderView {
    #[serde(flatten)]
    pub order: PastOrderSummary,
    /// Addresses, lines, taxes, refunds and notes as they were; amounts in minor units.
    pub document: Value,
}

/// An order of the past with everything that was known of it.
#[utoipa::path(get, path = "/api/orders/admin/past-orders/{id}", responses((status = 200, body = PastOrderView)))]
pub async fn get_past_order(
    app: Data<App>,
    staff: Staff<CanReadOrders>,
    id: Path<Uuid>,
) -> Result<Json<PastOrderView>, ApiError> {
    let found = app
        .db
        .read(staff.tenant.id, async |tx| {
            past::find_past_order(tx, *id).await
        })
        .await?;
    let row = found.ok_or_else(|| ApiError::not_found("order-not-found"))?;
    Ok(Json(PastOrderView {
        order: PastOrderSummary::from(&row),
        document: row.document,
    }))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CouponView {
    pub id: Uuid,
    pub code: String,
    /// percent, fixed_cart, fixed_product, or a plugin's.
    pub kind: String,
    pub active: bool,
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// Amounts and conditions as they were.
    pub document: Value,
}

impl From<CouponRow> for CouponView {
    fn from(row: CouponRow) -> Self {
        Self {
            id: row.id,
            code: row.code,
            kind: row.kind,
            active: row.active,
            expires_at: row.expires_at,
            document: row.document,
        }
    }
}

/// Codes of another shop. They are kept; checkout does not take them off yet.
#[utoipa::path(get, path = "/api/orders/admin/coupons", responses((status = 200, body = List<CouponView>)))]
pub async fn list_coupons(
    app: Data<App>,
    staff: Staff<CanReadPromotions>,
    page: Page,
) -> Result<Json<List<CouponView>>, ApiError> {
    let after = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            past::list_coupons(tx, after, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.id, CouponView::from)))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportedSettingView {
    pub id: Uuid,
    /// tax_rate or shipping_zone.
    pub kind: String,
    pub name: String,
    /// Whether a setting of this store says the same.
    pub applied: bool,
    pub note: String,
    pub document: Value,
}

impl From<SettingRow> for ImportedSettingView {
    fn from(row: SettingRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            applied: row.applied,
            note: row.note,
            document: row.document,
        }
    }
}

/// Tax rates and shipping zones of another shop, and what became of them here.
#[utoipa::path(get, path = "/api/orders/admin/imported-settings", responses((status = 200, body = List<ImportedSettingView>)))]
pub async fn list_imported_settings(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
    page: Page,
) -> Result<Json<List<ImportedSettingView>>, ApiError> {
    let after = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            past::list_settings(tx, after, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(
        rows,
        |row| row.id,
        ImportedSettingView::from,
    )))
}
