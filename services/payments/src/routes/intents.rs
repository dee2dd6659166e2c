//! Paying an order: a ticket becomes a PaymentIntent on the store's own account.

use db::TenantTx;
use garde::Validate;
use http_kit::{ApiError, Data, Json, Query, Shopper};
use kernel::ticket::PaymentTicket;
use kernel::{Money, PaymentId};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clients::stripe::{NewIntent, PaymentIntent};
use crate::domain::fee::{CHARGE_MINOR_MAX, CHARGE_MINOR_MIN, application_fee};
use crate::domain::payment::PaymentStatus;
use crate::error::{PayError, stripe_refused, ticket_refused};
use crate::jobs::reconcile;
use crate::settle::{Settling, settle_intent};
use crate::store::payments::{self, PaymentRow};
use crate::store::{accounts, orders};

/// Declines of one order within [`DECLINE_WINDOW`]; more looks like testing of stolen cards.
const DECLINES_MAX: i32 = 5;
const DECLINE_WINDOW: Duration = Duration::hours(1);
/// Stripe forgets a key after a day: an attempt whose answer was never seen is then given up.
const KEY_LIFE: Duration = Duration::hours(23);

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateIntent {
    /// What checkout answered as `payment_ticket`.
    #[garde(length(max = 2_048))]
    pub ticket: String,
}

/// What a page needs to show the payment form.
#[derive(Serialize, ToSchema)]
pub struct IntentView {
    pub payment_id: PaymentId,
    /// The attempt's state.
    #[schema(example = "requires_payment_method")]
    pub status: String,
    pub amount: Money,
    pub order_number: String,
    /// Lets the browser pay this intent; never stored or logged by us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    pub publishable_key: String,
    /// The connected account for Stripe.js.
    pub stripe_account: String,
    pub stripe_js_url: String,
    /// The Multibanco voucher, while one waits to be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voucher: Option<serde_json::Value>,
    /// Why the last attempt failed, as a code fit for a shopper's eyes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_decline: Option<String>,
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
    let fee_bps = shopper.tenant.application_fee_bps;
    let row = app
        .db
        .tenant(shopper.tenant.id, async |tx| {
            begin(&app, tx, &ticket, fee_bps).await
        })
        .await?;
    let intent = match &row.intent_id {
        Some(id) => app.stripe.intent(&row.stripe_account, id).await,
        None => {
            let key = format!("pi:{}:{}", row.order_id, row.attempt);
            app.stripe
                .create_intent(&row.stripe_account, &new_intent(&ticket, &row), &key)
                .await
        }
    };
    let intent = intent.map_err(|error| stripe_refused(&error))?;
    let row = bind(&app, &ticket, &row, &intent).await?;
    Ok(Json(view(&app, &row, Some(&intent))))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ByTicket {
    pub ticket: String,
}

/// How the payment of an order stands, by Stripe's own word: what a browser brings back in an
/// address proves nothing.
#[utoipa::path(get, path = "/api/payments/store/intents/current",
    responses((status = 200, body = IntentView)))]
pub async fn get_intent(
    app: Data<App>,
    shopper: Shopper,
    query: Query<ByTicket>,
) -> Result<Json<IntentView>, ApiError> {
    let ticket = open(&app, &shopper, &query.ticket)?;
    let row = newest(&app, &ticket).await?;
    if row.status().is_final() || row.intent_id.is_none() {
        return Ok(Json(view(&app, &row, None)));
    }
    if let Err(error) = reconcile::look_up(&app, ticket.tenant, row.payment_id()).await {
        tracing::warn!(
            error = format!("{error:#}"),
            "A payment could not be looked up; the stored state is told"
        );
    }
    let row = newest(&app, &ticket).await?;
    Ok(Json(view(&app, &row, None)))
}

async fn newest(app: &App, ticket: &PaymentTicket) -> Result<PaymentRow, ApiError> {
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

/// The attempt to go on with: the open one, or a new one. Whoever comes second waits for the first.
async fn begin(
    app: &App,
    tx: &mut TenantTx,
    ticket: &PaymentTicket,
    fee_bps: i32,
) -> Result<PaymentRow, ApiError> {
    check_amount(ticket.total)?;
    let account = accounts::find_account(tx).await?;
    let stripe_account = account
        .filter(|account| account.charges_enabled && !account.deauthorized)
        .and_then(|account| account.stripe_account)
        .ok_or(PayError::AccountNotReady)?;
    let order = orders::lock_order(tx, ticket.order, ticket.total).await?;
    match order.state.as_str() {
        "paid" => return Err(PayError::AlreadyPaid.into()),
        "cancelled" => return Err(PayError::Cancelled.into()),
        _ => {}
    }
    let attempts = payments::list_of_order(tx, ticket.order).await?;
    let now = app.clock.now();
    if attempts
        .iter()
        .any(|row| row.status() == PaymentStatus::Succeeded)
    {
        return Err(PayError::AlreadyPaid.into());
    }
    let recent = attempts
        .iter()
        .filter(|row| row.updated_at > now - DECLINE_WINDOW);
    if recent.map(|row| row.declines).sum::<i32>() >= DECLINES_MAX {
        return Err(PayError::TooManyDeclines.into());
    }
    let last = attempts.first().cloned();
    let attempt = last.as_ref().map_or(1, |row| row.attempt + 1);
    if let Some(mut open) = last.filter(|row| !row.status().is_final()) {
        if open.amount() != ticket.total {
            return Err(PayError::AmountChanged.into());
        }
        if open.intent_id.is_some() || open.created_at > now - KEY_LIFE {
            return Ok(open);
        }
        open.status = PaymentStatus::Canceled.as_str().to_owned();
        open.updated_at = now;
        payments::save_payment(tx, &mut open).await?;
    }
    let fee = application_fee(ticket.total, u32::try_from(fee_bps).unwrap_or(0))
        .map_err(|error| ApiError::internal(&error))?;
    let row = PaymentRow {
        tenant_id: tx.tenant().uuid(),
        id: PaymentId::new().uuid(),
        order_id: ticket.order.uuid(),
        order_number: ticket.order_number.clone(),
        attempt,
        stripe_account,
        intent_id: None,
        status: PaymentStatus::Creating.as_str().to_owned(),
        amount_minor: ticket.total.minor,
        fee_minor: fee.minor,
        refunded_minor: 0,
        currency: ticket.total.currency.to_string(),
        method: None,
        declines: 0,
        last_decline: None,
        voucher: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    payments::create_payment(tx, &row).await?;
    Ok(row)
}

fn check_amount(total: Money) -> Result<(), PayError> {
    match total.minor {
        0 => Err(PayError::NothingDue),
        CHARGE_MINOR_MIN..=CHARGE_MINOR_MAX => Ok(()),
        _ => Err(PayError::AmountOutOfRange),
    }
}

fn new_intent(ticket: &PaymentTicket, row: &PaymentRow) -> NewIntent {
    NewIntent {
        amount: row.amount(),
        fee_minor: row.fee_minor,
        tenant: ticket.tenant.to_string(),
        order: ticket.order.to_string(),
        order_number: row.order_number.clone(),
        payment: row.id.to_string(),
        receipt_email: Some(ticket.email.to_string()),
    }
}

/// Stores which intent it is. A webhook may have been faster; then nothing is left to do.
async fn bind(
    app: &App,
    ticket: &PaymentTicket,
    row: &PaymentRow,
    intent: &PaymentIntent,
) -> Result<PaymentRow, ApiError> {
    let at = Settling {
        now: app.clock.now(),
        live_mode: app.live_mode,
    };
    app.db
        .tenant(ticket.tenant, async |tx| {
            settle_intent(tx, at, intent).await?;
            let found = payments::lock_payment(tx, row.payment_id()).await?;
            found.ok_or_else(|| ApiError::not_found("payment-not-found"))
        })
        .await
}

fn view(app: &App, row: &PaymentRow, intent: Option<&PaymentIntent>) -> IntentView {
    let secret = intent.and_then(|intent| intent.client_secret.as_ref());
    IntentView {
        payment_id: row.payment_id(),
        status: row.status.clone(),
        amount: row.amount(),
        order_number: row.order_number.clone(),
        client_secret: secret.map(|secret| secret.expose_secret().to_owned()),
        publishable_key: app.publishable_key.clone(),
        stripe_account: row.stripe_account.clone(),
        stripe_js_url: app.stripe_js_url.clone(),
        voucher: row.voucher.clone(),
        last_decline: row.last_decline.as_deref().map(shopper_code),
    }
}

fn shopper_code(stripe: &str) -> String {
    let decline = crate::clients::stripe::Decline {
        code: stripe.to_owned(),
        decline_code: None,
    };
    decline.shopper_code().to_owned()
}
