//! The addresses that a customer keeps for the next order.

use db::TenantTx;
use garde::Validate;
use http_kit::{
    Answer, ApiError, Customer, Data, HttpResponse, IdempotencyKey, Json, Path, StatusCode, once,
};
use kernel::{Country, Postcode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::private;
use crate::accounts::session_over;
use crate::app::App;
use crate::details::Address;
use crate::store::accounts;
use crate::store::addresses::{self, AddressRow};

/// Addresses one customer keeps.
const ADDRESSES_MAX: usize = 50;

/// An address as checkout takes it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SaveAddress {
    #[garde(length(chars, min = 1, max = 120))]
    pub name: String,
    #[serde(default)]
    #[garde(length(chars, max = 120))]
    pub company: String,
    #[garde(length(chars, min = 1, max = 200))]
    pub line1: String,
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    pub line2: String,
    #[garde(length(chars, min = 1, max = 100))]
    pub city: String,
    pub postcode: Postcode,
    pub country: Country,
    #[serde(default)]
    pub is_default: bool,
}

impl SaveAddress {
    fn address(&self) -> Address {
        Address {
            name: self.name.clone(),
            company: self.company.clone(),
            line1: self.line1.clone(),
            line2: self.line2.clone(),
            city: self.city.clone(),
            postcode: self.postcode.clone(),
            country: self.country.clone(),
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AddressView {
    pub id: Uuid,
    /// What a checkout offers first.
    pub is_default: bool,
    #[serde(flatten)]
    pub address: Address,
}

impl From<AddressRow> for AddressView {
    fn from(row: AddressRow) -> Self {
        Self {
            id: row.id,
            is_default: row.is_default,
            address: row.address(),
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AddressList {
    pub items: Vec<AddressView>,
}

/// The customer's addresses, as they were added.
#[utoipa::path(get, path = "/api/orders/store/account/addresses", responses((status = 200, body = AddressList)))]
pub async fn list_addresses(app: Data<App>, customer: Customer) -> Result<HttpResponse, ApiError> {
    let rows = app
        .db
        .read(customer.tenant.id, async |tx| {
            addresses::list(tx, customer.id).await
        })
        .await?;
    let items = rows.into_iter().map(AddressView::from).collect();
    Ok(private(StatusCode::OK).json(AddressList { items }))
}

/// Keeps one more address. The first is the default by itself.
#[utoipa::path(post, path = "/api/orders/store/account/addresses", responses((status = 201, body = AddressView)))]
pub async fn create_address(
    app: Data<App>,
    customer: Customer,
    key: IdempotencyKey,
    body: Json<SaveAddress>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    once(
        &app.db,
        customer.tenant.id,
        &key,
        body.hash(),
        async |tx: &mut TenantTx| {
            let kept = locked(tx, &customer).await?;
            if kept.len() >= ADDRESSES_MAX {
                let why = format!("{ADDRESSES_MAX} addresses are kept; delete one first");
                return Err(ApiError::conflict("too-many-addresses", why));
            }
            let row = AddressRow {
                tenant_id: customer.tenant.id.uuid(),
                id: Uuid::now_v7(),
                customer_id: customer.id.uuid(),
                is_default: body.is_default || kept.is_empty(),
                address: serde_json::to_value(body.address()).expect("it is plain data"),
                created_at: now,
            };
            if row.is_default {
                addresses::clear_default(tx, customer.id).await?;
            }
            addresses::create(tx, &row).await?;
            let place = format!("/api/orders/store/account/addresses/{}", row.id);
            Ok(Answer::created(AddressView::from(row)).at(place))
        },
    )
    .await
}

/// Puts an address right.
#[utoipa::path(put, path = "/api/orders/store/account/addresses/{id}", responses((status = 200, body = AddressView)))]
pub async fn save_address(
    app: Data<App>,
    customer: Customer,
    id: Path<Uuid>,
    body: Json<SaveAddress>,
) -> Result<HttpResponse, ApiError> {
    let row = app
        .db
        .tenant(customer.tenant.id, async |tx: &mut TenantTx| {
            let mut row = own(locked(tx, &customer).await?, *id)?;
            if body.is_default && !row.is_default {
                addresses::clear_default(tx, customer.id).await?;
            }
            row.is_default |= body.is_default;
            row.address = serde_json::to_value(body.address()).expect("it is plain data");
            addresses::save(tx, &row).await?;
            Ok::<_, ApiError>(row)
        })
        .await?;
    Ok(private(StatusCode::OK).json(AddressView::from(row)))
}

/// Forgets an address; the oldest that is left becomes the default if this one was.
#[utoipa::path(delete, path = "/api/orders/store/account/addresses/{id}", responses((status = 204)))]
pub async fn delete_address(
    app: Data<App>,
    customer: Customer,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    app.db
        .tenant(customer.tenant.id, async |tx: &mut TenantTx| {
            let kept = locked(tx, &customer).await?;
            let next = kept.iter().find(|row| row.id != *id).cloned();
            let row = own(kept, *id)?;
            addresses::delete(tx, customer.id, row.id).await?;
            if let Some(mut next) = next.filter(|_| row.is_default) {
                next.is_default = true;
                addresses::save(tx, &next).await?;
            }
            Ok::<_, ApiError>(())
        })
        .await?;
    Ok(private(StatusCode::NO_CONTENT).finish())
}

/// The customer's addresses, which nobody else changes meanwhile.
async fn locked(tx: &TenantTx, customer: &Customer) -> Result<Vec<AddressRow>, ApiError> {
    let person = accounts::lock_person(tx, customer.id).await?;
    person.ok_or_else(session_over)?;
    Ok(addresses::list(tx, customer.id).await?)
}

fn own(kept: Vec<AddressRow>, id: Uuid) -> Result<AddressRow, ApiError> {
    let found = kept.into_iter().find(|row| row.id == id);
    found.ok_or_else(|| ApiError::not_found("address-not-found"))
}
