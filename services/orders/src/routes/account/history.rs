//! What a customer has bought, and everything that is kept about the customer.

use db::TenantTx;
use http_kit::{ApiError, Customer, Data, HttpResponse, List, Page, StatusCode};
use kernel::Money;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::addresses::AddressView;
use super::{Profile, private};
use crate::accounts::session_over;
use crate::app::App;
use crate::checkout::{CheckoutView, order_view};
use crate::routes::withdrawals::WithdrawalView;
use crate::store::orders::{self, OrderRow};
use crate::store::past::{self, PastOrderRow};
use crate::store::{accounts, addresses, customer_sessions, withdrawals};

/// Orders, and sessions, that an export holds; nobody has come near it.
const EXPORT_ROWS_MAX: i64 = 5_000;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BoughtView {
    pub id: Uuid,
    pub number: String,
    /// pending_payment, paid, partially_refunded, refunded or cancelled.
    pub status: String,
    /// unfulfilled, partial, fulfilled or delivered; empty for an order of the former shop.
    pub fulfilment: String,
    pub total: Money,
    pub refunded: Money,
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
    /// How many pieces.
    pub items: i64,
    /// Placed in the former shop: there is nothing more to see of it.
    pub imported: bool,
}

/// Where the next page begins.
type Place = (OffsetDateTime, Uuid);

impl BoughtView {
    fn place(&self) -> Place {
        (self.placed_at, self.id)
    }

    fn of_order(row: &OrderRow) -> Self {
        let (state, lines) = (row.state(), row.details().lines);
        Self {
            id: row.id,
            number: row.number.clone(),
            status: row.status.clone(),
            fulfilment: row.fulfilment.clone(),
            total: state.total,
            refunded: state.refunded,
            placed_at: row.placed_at,
            items: lines.iter().map(|line| line.quantity.get()).sum(),
            imported: false,
        }
    }

    fn of_past(row: &PastOrderRow) -> Self {
        let currency = row.currency.parse().unwrap_or(kernel::Currency::EUR);
        let lines = row.document.get("lines").and_then(|lines| lines.as_array());
        let pieces = lines.into_iter().flatten();
        let pieces = pieces.filter_map(|line| line["quantity"].as_i64());
        Self {
            id: row.id,
            number: row.number.clone(),
            status: row.status.clone(),
            fulfilment: String::new(),
            total: Money::new(row.total_minor, currency),
            refunded: Money::new(row.refunded_minor, currency),
            placed_at: row.placed_at,
            items: pieces.sum(),
            imported: true,
        }
    }
}

/// What the customer has bought, here and in the former shop, the newest first.
#[utoipa::path(get, path = "/api/orders/store/account/orders", responses((status = 200, body = List<BoughtView>)))]
pub async fn list_own_orders(
    app: Data<App>,
    customer: Customer,
    page: Page,
) -> Result<HttpResponse, ApiError> {
    let before: Option<(i64, Uuid)> = page.after()?;
    let before = before.map(instant).transpose()?;
    let (placed, past) = app
        .db
        .read(customer.tenant.id, async |tx: &mut TenantTx| {
            let placed = orders::list_of_customer(tx, customer.id, before, page.fetch()).await?;
            let past = past::list_of_customer(tx, customer.id, before, page.fetch()).await?;
            Ok::<_, ApiError>((placed, past))
        })
        .await?;
    let mut rows: Vec<BoughtView> = placed.iter().map(BoughtView::of_order).collect();
    rows.extend(past.iter().map(BoughtView::of_past));
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.place()));
    rows.truncate(usize::try_from(page.fetch()).unwrap_or(usize::MAX));
    let key = |row: &BoughtView| (events::to_us(row.placed_at), row.id);
    Ok(private(StatusCode::OK).json(page.list(rows, key, |row| row)))
}

/// A cursor's instant is in microseconds, as the database keeps them.
fn instant((us, id): (i64, Uuid)) -> Result<Place, ApiError> {
    let at = events::from_us(us);
    let at = at.ok_or_else(|| {
        ApiError::bad_request("invalid-cursor", "after is the next of an earlier answer")
    })?;
    Ok((at, id))
}

/// Everything that the store keeps about a customer here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerExport {
    #[serde(with = "time::serde::rfc3339")]
    pub exported_at: OffsetDateTime,
    pub profile: Profile,
    pub addresses: Vec<AddressView>,
    pub orders: Vec<CheckoutView>,
    pub past_orders: Vec<PastExport>,
    pub withdrawals: Vec<WithdrawalView>,
    pub sessions: Vec<SessionExport>,
}

/// An order of the former shop, as it came.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PastExport {
    pub number: String,
    pub status: String,
    pub email: String,
    pub total: Money,
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
    pub document: Value,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionExport {
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
}

/// Everything that is kept about the customer, for the customer.
#[utoipa::path(get, path = "/api/orders/store/account/export", responses((status = 200, body = CustomerExport)))]
pub async fn export_customer(app: Data<App>, customer: Customer) -> Result<HttpResponse, ApiError> {
    let exported_at = app.clock.now();
    let export = app
        .db
        .read(customer.tenant.id, async |tx: &mut TenantTx| {
            let person = accounts::find_person(tx, customer.id).await?;
            let person = person.ok_or_else(session_over)?;
            let kept = addresses::list(tx, customer.id).await?;
            let placed = orders::list_of_customer(tx, customer.id, None, EXPORT_ROWS_MAX).await?;
            let past = past::list_of_customer(tx, customer.id, None, EXPORT_ROWS_MAX).await?;
            let mut declared = Vec::new();
            for row in &placed {
                let of_order = withdrawals::list_of_order(tx, row.order_id()).await?;
                declared.extend(of_order.iter().map(|one| WithdrawalView::of(one, row)));
            }
            let sessions =
                customer_sessions::list_sessions(tx, customer.id, EXPORT_ROWS_MAX).await?;
            Ok::<_, ApiError>(CustomerExport {
                exported_at,
                profile: Profile::of(person),
                addresses: kept.into_iter().map(AddressView::from).collect(),
                orders: placed
                    .iter()
                    .map(|row| order_view(row, row.details()))
                    .collect(),
                past_orders: past.into_iter().map(PastExport::from).collect(),
                withdrawals: declared,
                sessions: sessions
                    .into_iter()
                    .map(|row| SessionExport {
                        created_at: row.created_at,
                        ended_at: row.ended_at,
                    })
                    .collect(),
            })
        })
        .await?;
    Ok(private(StatusCode::OK).json(export))
}

impl From<PastOrderRow> for PastExport {
    fn from(row: PastOrderRow) -> Self {
        let currency = row.currency.parse().unwrap_or(kernel::Currency::EUR);
        Self {
            number: row.number,
            status: row.status,
            email: row.email,
            total: Money::new(row.total_minor, currency),
            placed_at: row.placed_at,
            document: row.document,
        }
    }
}
