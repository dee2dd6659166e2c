//! One batch of checkouts: one transaction, each row locked once.

use std::collections::BTreeSet;

use bus::emit_all;
use db::TenantTx;
use events::orders::v1::{OrderPaid, OrderPlaced};
use http_kit::{Answer, ApiError, Stored, claim_all, find_stored, store_all};
use kernel::ticket::PaymentTicket;
use kernel::{CartId, LineId, OrderId, Quantity, TenantId, VariantId};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::form::{Checkout, order_view};
use super::{Order, Outcome};
use crate::app::App;
use crate::details::{Consent, LineDetails, OrderDetails};
use crate::domain::cart::{CartError, Offer};
use crate::domain::stock::Desk;
use crate::domain::totals::{PricedLine, Pricing, ShippingRate, Totals};
use crate::secret;
use crate::store::carts::{self, CartRow};
use crate::store::orders::{self, OrderRow};
use crate::store::stock::{self, MovementRow};
use crate::store::timeline::{self, TimelineRow};
use crate::store::{settings, variants};
use crate::tell;

/// A checkout that will be an order.
struct Winner {
    at: usize,
    id: OrderId,
    totals: Totals,
    token: String,
    token_hash: Vec<u8>,
}

/// Everything a batch decides over, read and locked by its transaction.
struct Table {
    carts: Vec<CartRow>,
    offers: Vec<Offer>,
    shipping: Vec<ShippingRate>,
    desk: Desk,
    now: OffsetDateTime,
}

/// Decides all of `batch`; the outcomes are in its order. An error means that nothing was done.
pub async fn run(app: &App, tenant: TenantId, batch: &[Order]) -> Result<Vec<Outcome>, db::Error> {
    let mut tx = app.db.begin_tenant(tenant).await?;
    let outcomes = decide(app, &mut tx, batch).await?;
    tx.commit().await?;
    Ok(outcomes)
}

async fn decide(app: &App, tx: &mut TenantTx, batch: &[Order]) -> Result<Vec<Outcome>, db::Error> {
    let mut table = open(app, tx, batch).await?;
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    let mut winners = Vec::new();
    for (at, order) in batch.iter().enumerate() {
        let outcome = match judge(app, &mut table, order) {
            Ok(totals) => {
                let (token, token_hash) = secret::new_token();
                winners.push(Winner {
                    at,
                    id: OrderId::new(),
                    totals,
                    token,
                    token_hash,
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
    let (carts, shipping) =
        futures_util::try_join!(carts::lock_carts(tx, &ids), settings::list_shipping(tx))?;
    let wanted: BTreeSet<VariantId> = carts
        .iter()
        .flat_map(|cart| cart.lines())
        .map(|line| line.variant)
        .collect();
    let wanted: Vec<VariantId> = wanted.into_iter().collect();
    let (offers, stock) = futures_util::try_join!(
        variants::list_offers(tx, &wanted),
        stock::lock_stock(tx, &wanted)
    )?;
    let desk = Desk::new(stock.iter().map(|row| (row.variant, row.stock)));
    Ok(Table {
        carts,
        offers,
        shipping,
        desk,
        now: app.clock.now(),
    })
}

enum Refusal {
    /// The cart is an order already: perhaps this very request was answered before.
    Ordered,
    Problem(ApiError),
}

impl<E: Into<ApiError>> From<E> for Refusal {
    fn from(problem: E) -> Self {
        Self::Problem(problem.into())
    }
}

/// Says whether a checkout becomes an order, and promises its stock if so.
fn judge(app: &App, table: &mut Table, order: &Order) -> Result<Totals, Refusal> {
    let form = &order.form;
    let cart = table
        .carts
        .iter()
        .find(|cart| cart.cart_id() == form.cart_id);
    let cart = cart
        .filter(|cart| secret::proves(order.cart_token.as_deref(), &cart.token_hash))
        .ok_or(CartError::NotFound)?;
    if cart.ordered {
        return Err(Refusal::Ordered);
    }
    let lines = cart.lines();
    if lines.is_empty() {
        return Err(ApiError::conflict("cart-empty", "there is nothing in this cart").into());
    }
    let wanted: Vec<(Offer, Quantity)> = lines
        .iter()
        .map(|line| {
            let offer = table
                .offers
                .iter()
                .find(|offer| offer.variant == line.variant);
            let offer = offer
                .filter(|offer| offer.for_sale)
                .ok_or(CartError::NotForSale)?;
            Ok((offer.clone(), line.quantity))
        })
        .collect::<Result<_, CartError>>()?;
    let totals = price(app, table, order, &wanted)?;
    if totals.total != form.expected_total {
        let problem = ApiError::conflict(
            "total-changed",
            "the total is not the one that was shown; look at it again and confirm",
        );
        let problem = problem
            .with("expected", &form.expected_total)
            .with("total", &totals.total);
        return Err(problem.into());
    }
    let quantities: Vec<(VariantId, i64)> = wanted
        .iter()
        .map(|(offer, quantity)| (offer.variant, quantity.get()))
        .collect();
    table.desk.reserve(&quantities).map_err(|short| {
        ApiError::conflict("out-of-stock", short.to_string())
            .with("variant_id", &short.variant)
            .with("available", &short.available.max(0))
    })?;
    Ok(totals)
}

fn price(
    app: &App,
    table: &Table,
    order: &Order,
    wanted: &[(Offer, Quantity)],
) -> Result<Totals, ApiError> {
    let region = order.form.shipping_address.region().ok_or_else(|| {
        let accepted = "we send to Portugal: country PT and a postcode such as 1100-148";
        ApiError::invalid("address-not-served", accepted).at(
            "/shipping_address/postcode",
            "not-served",
            accepted,
        )
    })?;
    let pricing = Pricing {
        currency: order.tenant.currency,
        region,
        day: table.now.date(),
        rates: &app.rates,
        shipping: &table.shipping,
    };
    Ok(pricing.price(wanted)?)
}

/// The answer that was given for this cart under this key, or that the cart is closed.
async fn replay(tx: &TenantTx, order: &Order) -> Result<Outcome, db::Error> {
    let fingerprint = order.key.fingerprint(order.hash);
    Ok(match find_stored(tx, &order.key).await? {
        // The same words that `once` says to another body under a used key.
        Some(stored) if stored.hash != fingerprint.as_bytes() => Err(stored
            .replay(fingerprint)
            .err()
            .unwrap_or_else(|| CartError::Closed.into())),
        Some(stored) => Ok((stored, true)),
        None => Err(CartError::Closed.into()),
    })
}

/// Writes the orders and everything that goes with them, each kind in one statement.
async fn record(
    app: &App,
    tx: &mut TenantTx,
    batch: &[Order],
    table: &Table,
    winners: &[Winner],
) -> Result<Vec<Stored>, db::Error> {
    let now = table.now;
    let first =
        settings::take_numbers(tx, i64::try_from(winners.len()).unwrap_or(i64::MAX)).await?;
    let mut made: Vec<(OrderRow, OrderDetails)> = Vec::new();
    for (number, winner) in (first..).zip(winners) {
        let Some(order) = batch.get(winner.at) else {
            continue;
        };
        made.push(order_row(order, winner, number, now));
    }
    let rows: Vec<OrderRow> = made.iter().map(|(row, _)| row.clone()).collect();
    orders::create_orders(tx, &rows).await?;
    let takes = takes(&made);
    orders::create_lines(tx, &takes).await?;
    let closed: Vec<Uuid> = rows.iter().map(|row| row.cart_id).collect();
    carts::save_ordered(tx, &closed).await?;
    save_stock(tx, table, &takes, now).await?;
    let placed: Vec<TimelineRow> = rows
        .iter()
        .map(|row| TimelineRow::new(tx, row.order_id(), now, "placed", "shopper"))
        .collect();
    timeline::create_entries(tx, &placed).await?;
    tell_orders(tx, &made).await?;
    answer(app, tx, batch, winners, made).await
}

async fn tell_orders(
    tx: &mut TenantTx,
    made: &[(OrderRow, OrderDetails)],
) -> Result<(), db::Error> {
    let tenant_id = tx.tenant().to_string();
    let placed: Vec<OrderPlaced> = made
        .iter()
        .map(|(row, details)| OrderPlaced {
            tenant_id: tenant_id.clone(),
            order: Some(tell::order(row, details)),
        })
        .collect();
    emit_all(tx, &placed).await?;
    let free: Vec<OrderPaid> = made
        .iter()
        .filter(|(row, _)| row.status == "paid")
        .map(|(row, details)| OrderPaid {
            tenant_id: tenant_id.clone(),
            order: Some(tell::order(row, details)),
        })
        .collect();
    emit_all(tx, &free).await
}

/// What each order takes, a variant once.
fn takes(made: &[(OrderRow, OrderDetails)]) -> Vec<(OrderId, Uuid, i64)> {
    made.iter()
        .flat_map(|(row, details)| {
            let lines = details.lines.iter();
            lines.map(|line| (row.order_id(), line.variant_id.uuid(), line.quantity.get()))
        })
        .collect()
}

async fn save_stock(
    tx: &mut TenantTx,
    table: &Table,
    takes: &[(OrderId, Uuid, i64)],
    now: OffsetDateTime,
) -> Result<(), db::Error> {
    let touched: BTreeSet<Uuid> = takes.iter().map(|(_, variant, _)| *variant).collect();
    let changed: Vec<_> = table
        .desk
        .all()
        .filter(|(variant, _)| touched.contains(&variant.uuid()))
        .collect();
    let saved = stock::save_stock(tx, &changed).await?;
    let movements: Vec<MovementRow> = takes
        .iter()
        .map(|(order, variant, quantity)| MovementRow {
            tenant_id: tx.tenant().uuid(),
            id: Uuid::now_v7(),
            variant_id: *variant,
            kind: "reserved".into(),
            on_hand: 0,
            reserved: *quantity,
            order_id: Some(order.uuid()),
            reason: String::new(),
            actor: "shopper".into(),
            at: now,
        })
        .collect();
    stock::create_movements(tx, &movements).await?;
    let told: Vec<_> = saved
        .iter()
        .map(|row| tell::stock(tx.tenant(), row, now))
        .collect();
    emit_all(tx, &told).await
}

/// Keeps the answers under their keys. A key that somebody else took meanwhile, for another cart,
/// undoes the batch; alone, that checkout is told so.
async fn answer(
    app: &App,
    tx: &mut TenantTx,
    batch: &[Order],
    winners: &[Winner],
    made: Vec<(OrderRow, OrderDetails)>,
) -> Result<Vec<Stored>, db::Error> {
    let mut answers = Vec::new();
    for (winner, (row, details)) in winners.iter().zip(made) {
        let Some(order) = batch.get(winner.at) else {
            continue;
        };
        let ticket = ticket(app, &row, &details);
        let mut view = order_view(&row, details);
        view.token = Some(winner.token.clone());
        view.payment_ticket = ticket;
        let place = format!("/api/orders/store/orders/{}", row.id);
        let fingerprint = order.key.fingerprint(order.hash);
        let stored = Stored::of(&Answer::created(view).at(place), fingerprint)
            .map_err(|problem| db::Error::Unavailable(problem.to_string()))?;
        answers.push((order, fingerprint, stored));
    }
    let keys: Vec<_> = answers
        .iter()
        .map(|(order, hash, _)| (&order.key, *hash))
        .collect();
    if claim_all(tx, &keys).await?.contains(&false) {
        return Err(db::Error::Unavailable(
            "an idempotency key is in use for another cart".into(),
        ));
    }
    let kept: Vec<_> = answers
        .iter()
        .map(|(order, _, stored)| (&order.key, stored))
        .collect();
    store_all(tx, &kept).await?;
    Ok(answers.into_iter().map(|(_, _, stored)| stored).collect())
}

/// The right to pay an order, as long as its goods are kept.
pub fn ticket(app: &App, row: &OrderRow, details: &OrderDetails) -> Option<String> {
    let until = row
        .reserved_until
        .filter(|_| row.status == "pending_payment")?;
    let ticket = PaymentTicket {
        tenant: TenantId::from_uuid(row.tenant_id),
        order: row.order_id(),
        order_number: row.number.clone(),
        total: row.total(),
        email: details.email.clone(),
        expires_at: until.unix_timestamp(),
    };
    Some(app.ticket_key.sign(&ticket))
}

fn order_row(
    order: &Order,
    winner: &Winner,
    number: i64,
    now: OffsetDateTime,
) -> (OrderRow, OrderDetails) {
    let form = &order.form;
    let details = details(order, winner, now);
    let total = winner.totals.total;
    let is_free = total.is_zero();
    let row = OrderRow {
        tenant_id: order.tenant.id.uuid(),
        id: winner.id.uuid(),
        number: number.to_string(),
        token_hash: winner.token_hash.clone(),
        cart_id: form.cart_id.uuid(),
        customer_id: order.customer.map(kernel::CustomerId::uuid),
        status: if is_free { "paid" } else { "pending_payment" }.into(),
        fulfilment: "unfulfilled".into(),
        email: form.email.to_string(),
        total_minor: total.minor,
        paid_minor: 0,
        refunding_minor: 0,
        refunded_minor: 0,
        currency: total.currency.to_string(),
        holds_stock: true,
        reserved_until: (!is_free).then(|| now + form.payment_method.reservation()),
        payment_id: None,
        details: json!(details),
        placed_at: now,
        paid_at: is_free.then_some(now),
        cancelled_at: None,
        updated_at: now,
        version: 1,
    };
    (row, details)
}

fn details(order: &Order, winner: &Winner, now: OffsetDateTime) -> OrderDetails {
    let (form, totals) = (&order.form, &winner.totals);
    let consent = |given| Consent {
        given,
        text_version: form.terms_version.clone(),
        at: now,
    };
    OrderDetails {
        email: form.email.clone(),
        phone: form.phone.clone(),
        locale: form
            .locale
            .clone()
            .unwrap_or_else(|| order.tenant.locale.clone()),
        tax_id: form.tax_id.clone(),
        shipping_address: form.shipping_address.clone(),
        billing_address: billing(form),
        lines: totals.lines.iter().map(line).collect(),
        subtotal: totals.subtotal,
        shipping: totals.shipping,
        shipping_tax: totals.shipping_tax.clone(),
        tax: totals.tax,
        taxes: totals.taxes.clone(),
        note: form.note.clone(),
        payment_method: form.payment_method.as_str().to_owned(),
        terms: consent(form.accepts_terms),
        newsletter: consent(form.accepts_newsletter),
        access_token: winner.token.clone(),
        tracking: String::new(),
        cancel_reason: String::new(),
    }
}

fn billing(form: &Checkout) -> crate::details::Address {
    form.billing_address
        .clone()
        .unwrap_or_else(|| form.shipping_address.clone())
}

fn line(line: &PricedLine) -> LineDetails {
    let offer = &line.offer;
    LineDetails {
        id: LineId::new(),
        product_id: offer.product,
        variant_id: offer.variant,
        sku: offer.sku.clone(),
        barcode: offer.barcode.clone(),
        title: offer.title.clone(),
        variant_title: offer.variant_title.clone(),
        image_url: offer.image_url.clone(),
        quantity: line.quantity,
        unit_price: offer.price,
        total: line.total,
        tax: line.tax.clone(),
        weight_grams: offer.weight_grams,
        requires_shipping: offer.requires_shipping,
    }
}
