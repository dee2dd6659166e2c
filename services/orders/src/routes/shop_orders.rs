//! An order as its shopper sees it.

use std::future::{Ready, ready};

use http_kit::{ApiError, Data, Input, Json, Omissible, OperationInput, Optional, Path, Shopper};
use kernel::OrderId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::checkout::{CheckoutView, batch, order_view};
use crate::secret;
use crate::store::orders::{self, OrderRow};

/// The header `X-Order-Token`: what checkout answered as `token`. A handler takes an `Optional` of it:
/// a customer needs none.
pub struct OrderToken(String);

impl actix_web::FromRequest for OrderToken {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &actix_web::HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let header = req.headers().get("x-order-token");
        let text = header.and_then(|value| value.to_str().ok());
        let token = text.map(|text| Self(text.to_owned()));
        ready(token.ok_or_else(|| ApiError::not_found("order-not-found")))
    }
}

impl Omissible for OrderToken {
    fn is_omitted(req: &actix_web::HttpRequest) -> bool {
        !req.headers().contains_key("x-order-token")
    }
}

impl Input for OrderToken {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.header(
            "X-Order-Token",
            "Opens a guest's order; checkout answers it as token.",
        );
    }
}

/// The order, for the guest who has its token or the customer who placed it.
#[utoipa::path(get, path = "/api/orders/store/orders/{id}", responses((status = 200, body = CheckoutView)))]
pub async fn get_order(
    app: Data<App>,
    shopper: Shopper,
    id: Path<OrderId>,
    token: Optional<OrderToken>,
) -> Result<Json<CheckoutView>, ApiError> {
    let found = app
        .db
        .read(shopper.tenant.id, async |tx| {
            orders::find_order(tx, *id).await
        })
        .await?;
    let row = proven(found, &shopper, token.as_ref())?;
    let details = row.details();
    Ok(Json(order_view(&row, details)))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketView {
    pub payment_ticket: String,
}

/// A fresh ticket to pay an order that still waits for its payment.
#[utoipa::path(post, path = "/api/orders/store/orders/{id}/ticket", responses((status = 200, body = TicketView)))]
pub async fn create_ticket(
    app: Data<App>,
    shopper: Shopper,
    id: Path<OrderId>,
    token: Optional<OrderToken>,
) -> Result<Json<TicketView>, ApiError> {
    let found = app
        .db
        .read(shopper.tenant.id, async |tx| {
            orders::find_order(tx, *id).await
        })
        .await?;
    let row = proven(found, &shopper, token.as_ref())?;
    let ticket = batch::ticket(&app, &row, &row.details(), telemetry::current_traceparent());
    let payment_ticket = ticket.ok_or_else(|| {
        ApiError::conflict("nothing-to-pay", format!("this order is {}", row.status))
    })?;
    Ok(Json(TicketView { payment_ticket }))
}

/// A guest proves himself by the token, a customer by being who placed it. A guest order is never
/// a customer's for want of an owner.
fn proven(
    found: Option<OrderRow>,
    shopper: &Shopper,
    token: Option<&OrderToken>,
) -> Result<OrderRow, ApiError> {
    let is_theirs = |row: &OrderRow| {
        let owner = row.customer_id.zip(shopper.customer);
        secret::proves(token.map(|token| token.0.as_str()), &row.token_hash)
            || owner.is_some_and(|(owner, asking)| owner == asking.uuid())
    };
    found
        .filter(is_theirs)
        .ok_or_else(|| ApiError::not_found("order-not-found"))
}
