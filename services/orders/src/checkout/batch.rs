//! One batch of checkouts: one transaction, each row locked once.

mod judge;
mod record;
mod rows;

use std::collections::BTreeSet;

use db::TenantTx;
use http_kit::limits::HANDLER_TIME;
use http_kit::{ApiError, find_stored, key_reused};
use kernel::{CartId, OrderId, TenantId, VariantId};
use time::OffsetDateTime;

use super::{Order, Outcome};
use crate::app::App;
use crate::domain::cart::Offer;
use crate::domain::stock::Desk;
use crate::domain::totals::{ShippingRate, Totals};
use crate::routes::carts::closed;
use crate::secret;
use crate::store::carts::{self, CartRow};
use crate::store::stock::{self, StockRow};
use crate::store::{settings, variants};

use judge::{Refusal, judge};
use record::record;
pub use rows::{line, ticket};

/// A checkout that will be an order.
struct Winner {
    at: usize,
    id: OrderId,
    totals: Totals,
    /// Opens the order for its shopper.
    token: String,
}

/// Everything a batch decides over, read and locked by its transaction.
struct Table {
    carts: Vec<CartRow>,
    offers: Vec<Offer>,
    shipping: Vec<ShippingRate>,
    /// The stock as it was locked, and as it is promised.
    stock: Vec<StockRow>,
    desk: Desk,
    takes_payments: bool,
    is_test: bool,
    now: OffsetDateTime,
}

/// Why a batch was undone as a whole.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error(transparent)]
    Answer(ApiError),
    /// One of its keys was used for another cart.
    #[error("an idempotency key was used before")]
    KeyTaken,
    /// The database did not answer in time. What it has done after all is answered to a repeat.
    #[error("the database took too long")]
    TooSlow,
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => error.into(),
            Failure::Answer(problem) => problem,
            Failure::KeyTaken => key_reused(),
            Failure::TooSlow => Self::unavailable("try-again").retry_after(1),
        }
    }
}

/// Decides all of `batch`; the outcomes are in its order. An error means that nothing was done, but
/// for [`Failure::TooSlow`]: then nobody knows.
pub async fn run(app: &App, tenant: TenantId, batch: &[Order]) -> Result<Vec<Outcome>, Failure> {
    let work = work(app, tenant, batch);
    let outcomes = tokio::time::timeout(HANDLER_TIME, work).await;
    outcomes.unwrap_or(Err(Failure::TooSlow))
}

async fn work(app: &App, tenant: TenantId, batch: &[Order]) -> Result<Vec<Outcome>, Failure> {
    let mut tx = app.db.begin_tenant(tenant).await?;
    let outcomes = decide(app, &mut tx, batch).await?;
    tx.commit().await?;
    Ok(outcomes)
}

async fn decide(app: &App, tx: &mut TenantTx, batch: &[Order]) -> Result<Vec<Outcome>, Failure> {
    let mut table = open(app, tx, batch).await?;
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    let mut winners = Vec::new();
    for (at, order) in batch.iter().enumerate() {
        let outcome = match judge(app, &mut table, order) {
            Ok(totals) => {
                let id = OrderId::new();
                let token = secret::order_token(&app.ticket_key, tx.tenant(), id);
                winners.push(Winner {
                    at,
                    id,
                    totals,
                    token,
                });
                None
            }
            Err(Refusal::Ordered) => Some(replay(tx, order).await?),
            Err(Refusal::Problem(problem)) => Some(Err(problem)),
        };
        outcomes.push(outcome);
    }
    if !winners.is_empty() {
        let answers = record(app, tx, batch, &table, &winners).await?;
        for (winner, answer) in winners.iter().zip(answers) {
            if let Some(outcome) = outcomes.get_mut(winner.at) {
                *outcome = Some(Ok((answer, false)));
            }
        }
    }
    let none = || Err(ApiError::unavailable("try-again"));
    Ok(outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or_else(none))
        .collect())
}

/// Locks the carts, then the stock of everything in them, each in the order of their ids.
async fn open(app: &App, tx: &TenantTx, batch: &[Order]) -> Result<Table, db::Error> {
    let ids: Vec<CartId> = batch.iter().map(|order| order.form.cart_id).collect();
    let (carts, (shipping, _), account) = futures_util::try_join!(
        carts::lock_carts(tx, &ids),
        settings::list_shipping(tx),
        settings::find_account(tx)
    )?;
    let wanted: BTreeSet<VariantId> = carts
        .iter()
        .flat_map(CartRow::lines)
        .map(|line| line.variant)
        .collect();
    let wanted: Vec<VariantId> = wanted.into_iter().collect();
    let currency = batch
        .first()
        .map_or(kernel::Currency::EUR, |order| order.tenant.currency);
    // Stock first: what is told of offers is then as new as what is locked.
    let (stock, offers) = futures_util::try_join!(
        stock::lock_tracked(tx, &wanted),
        variants::list_offers(tx, &wanted, currency)
    )?;
    Ok(Table {
        carts,
        offers,
        shipping,
        desk: Desk::new(stock.iter().map(|row| (row.variant(), row.stock()))),
        stock,
        takes_payments: account
            .as_ref()
            .is_some_and(|account| account.charges_enabled),
        is_test: account.is_some_and(|account| !account.live_mode),
        now: app.clock.now(),
    })
}

/// The answer that was given for this cart under this key, or that the cart is closed.
async fn replay(tx: &TenantTx, order: &Order) -> Result<Outcome, db::Error> {
    let fingerprint = order.key.fingerprint(order.hash);
    Ok(match find_stored(tx, &order.key).await? {
        Some(stored) if stored.hash != fingerprint.as_bytes() => Err(key_reused()),
        Some(stored) => Ok((stored, true)),
        None => Err(closed(tx, order.form.cart_id).await?),
    })
}
