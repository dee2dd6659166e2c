//! Paying an order: a ticket becomes a PaymentIntent on the store's own account.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use garde::Validate;
use http_kit::{ApiError, Data, Input, Json, Omissible, OperationInput, Optional, Query, Shopper};
use kernel::ticket::PaymentTicket;
use kernel::{Money, PaymentId};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::attempt;
use crate::clients::stripe::{Decline, PaymentIntent};
use crate::domain::payment::{PaymentStatus, WaitsFor};
use crate::error::ticket_refused;
use crate::jobs::look_up_payments;
use crate::store::payments::{self, PaymentRow};

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateIntent {
    /// What checkout answered as `payment_ticket`.
    #[garde(length(max = 2_048))]
    pub ticket: String,
}

/// What a page needs to show the payment form, or what the shopper waits for.
#[derive(Serialize, ToSchema)]
pub struct IntentView {
    pub payment_id: PaymentId,
    /// The attempt's state.
    #[schema(example = "requires_payment_method")]
    pub status: String,
    pub amount: Money,
    pub order_number: String,
    /// How it is paid, once that was chosen: card, mb_way, multibanco, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// What the money waits for: voucher (show it), app (the shopper says yes in his telephone's
    /// app), authentication (3-D Secure), bank (nobody has anything to do).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "voucher")]
    pub waits_for: Option<String>,
    /// Lets the browser pay this intent; never stored or logged by us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    pub publishable_key: String,
    /// The connected account for Stripe.js.
    pub stripe_account: String,
    pub stripe_js_url: String,
    /// The Multibanco voucher, while one waits to be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voucher: Option<VoucherView>,
    /// Why the last attempt failed, as a code fit for a shopper's eyes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_decline: Option<String>,
}

/// What is typed into a cash machine or home banking, with the amount.
#[derive(Serialize, ToSchema)]
pub struct VoucherView {
    #[schema(example = "12345")]
    pub entity: String,
    #[schema(example = "123456789")]
    pub reference: String,
    /// Until when it can be paid.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// Stripe's page that shows it.
    pub hosted_url: String,
}

impl VoucherView {
    fn of(row: &PaymentRow) -> Option<Self> {
        let stored = row.voucher.as_ref()?;
        let text = |name: &str| {
            let value = stored.get(name).and_then(|value| value.as_str());
            value.unwrap_or_default().to_owned()
        };
        let expires_at_us = stored.get("expires_at_us").and_then(|us| us.as_i64());
        Some(Self {
            entity: text("entity"),
            reference: text("reference"),
            expires_at: expires_at_us.filter(|us| *us > 0).and_then(events::from_us),
            hosted_url: text("hosted_url"),
        })
    }
}

/// Begins the payment of an order, or answers the one that was begun. Safe to repeat: an order has
/// one open intent, whatever is clicked twice.
#[utoipa::path(post, path = "/api/payments/store/intents",
    responses((status = 200, body = IntentView)))]
pub async fn create_intent(
    app: Data<App>,
    shopper: Shopper,
    body: Json<CreateIntent>,
) -> Result<Json<IntentView>, ApiError> {
    let ticket = open(&app, &shopper, &body.ticket)?;
    let (row, intent) = attempt::go_on(&app, &ticket, shopper.tenant.application_fee_bps).await?;
    Ok(Json(view(&app, &row, Some(&intent))))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ByTicket {
    /// For pages that cannot send the header X-Payment-Ticket. An address stands in logs and histories, and a
    /// ticket names the shopper's mailbox.
    pub ticket: Option<String>,
}

/// The header `X-Payment-Ticket`: what checkout answered as `payment_ticket`.
pub struct SentTicket(String);

impl FromRequest for SentTicket {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = req.headers().get("x-payment-ticket");
        let text = header.and_then(|value| value.to_str().ok());
        let ticket = text.map(|text| Self(text.to_owned()));
        ready(ticket.ok_or_else(no_ticket))
    }
}

impl Input for SentTicket {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.header(
            "X-Payment-Ticket",
            "The order's ticket; checkout answers it as payment_ticket.",
        );
    }
}

impl Omissible for SentTicket {
    fn is_omitted(req: &HttpRequest) -> bool {
        !req.headers().contains_key("x-payment-ticket")
    }
}

fn no_ticket() -> ApiError {
    ApiError::invalid(
        "ticket-invalid",
        "send the order's ticket in the header X-Payment-Ticket",
    )
}

/// How the payment of an order stands, by Stripe's own word: what a browser brings back in an
/// address proves nothing.
#[utoipa::path(get, path = "/api/payments/store/intents/current",
    responses((status = 200, body = IntentView)))]
pub async fn get_intent(
    app: Data<App>,
    shopper: Shopper,
    sent: Optional<SentTicket>,
    query: Query<ByTicket>,
) -> Result<Json<IntentView>, ApiError> {
    let sent = sent.as_ref().map(|sent| sent.0.as_str());
    let ticket = sent.or(query.ticket.as_deref()).ok_or_else(no_ticket)?;
    let ticket = open(&app, &shopper, ticket)?;
    let row = current(&app, &ticket).await?;
    let id = row.payment_id();
    let is_open = !row.status().is_final() && row.intent_id.is_some();
    if !is_open || app.looked_at.contains_key(&id) {
        return Ok(Json(view(&app, &row, None)));
    }
    app.looked_at.insert(id, ());
    if let Err(error) = look_up_payments::look_up(&app, ticket.tenant, id).await {
        tracing::warn!(
            error = format!("{error:#}"),
            "A payment could not be looked up; the stored state is told"
        );
    }
    let row = current(&app, &ticket).await?;
    Ok(Json(view(&app, &row, None)))
}

/// The attempt that paid the order, or the newest.
async fn current(app: &App, ticket: &PaymentTicket) -> Result<PaymentRow, ApiError> {
    let attempts = app
        .db
        .read(ticket.tenant, async |tx| {
            payments::list_of_order(tx, ticket.order).await
        })
        .await?;
    let paid = attempts
        .iter()
        .find(|row| row.status() == PaymentStatus::Succeeded);
    let row = paid.or(attempts.first()).cloned();
    row.ok_or_else(|| ApiError::not_found("payment-not-found"))
}

fn open(app: &App, shopper: &Shopper, ticket: &str) -> Result<PaymentTicket, ApiError> {
    let ticket = app
        .ticket_key
        .open(ticket, app.clock.unix())
        .map_err(ticket_refused)?;
    if ticket.tenant != shopper.tenant.id {
        return Err(ApiError::not_found("order-not-found"));
    }
    Ok(ticket)
}

fn view(app: &App, row: &PaymentRow, intent: Option<&PaymentIntent>) -> IntentView {
    let secret = intent.and_then(|intent| intent.client_secret.as_ref());
    let method = row.method.as_deref().unwrap_or_default();
    let waits_for = WaitsFor::of(row.status(), method, row.voucher.is_some());
    IntentView {
        payment_id: row.payment_id(),
        status: row.status.clone(),
        amount: row.amount(),
        order_number: row.order_number.clone(),
        method: row.method.clone(),
        waits_for: waits_for.map(|waits| waits.as_str().to_owned()),
        client_secret: secret.map(|secret| secret.expose_secret().to_owned()),
        publishable_key: app.publishable_key.clone(),
        stripe_account: row.stripe_account.clone(),
        stripe_js_url: app.stripe_js_url.clone(),
        voucher: VoucherView::of(row),
        last_decline: row.last_decline.as_deref().map(shopper_code),
    }
}

fn shopper_code(stripe: &str) -> String {
    let decline = Decline {
        code: stripe.to_owned(),
        decline_code: None,
    };
    decline.shopper_code().to_owned()
}
