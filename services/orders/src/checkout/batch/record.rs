//! Writing the orders of a batch and everything that goes with them, each kind in one statement.

use std::collections::BTreeSet;

use bus::Outgoing;
use db::TenantTx;
use events::orders::v1::{OrderPaid, OrderPlaced};
use http_kit::{Answer, IdempotencyKey, Stored, keep_all};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::Order;
use super::super::form::order_view;
use super::rows::{Made, made, ticket};
use super::{Failure, Table, Winner};
use crate::app::App;
use crate::store::carts;
use crate::store::orders::{self, OrderRow, TakeRow};
use crate::store::settings;
use crate::store::stock::{self, MovementRow, StockRow};
use crate::store::timeline::{self, TimelineRow};
use crate::tell;

pub async fn record(
    app: &App,
    tx: &mut TenantTx,
    batch: &[Order],
    table: &Table,
    winners: &[Winner],
) -> Result<Vec<Stored>, Failure> {
    let now = table.now;
    let count = i64::try_from(winners.len()).unwrap_or(i64::MAX);
    let (first, prefix) = settings::take_numbers(tx, count).await?;
    let orders: Vec<(&Order, Made)> = (first..)
        .zip(winners)
        .filter_map(|(number, winner)| {
            let order = batch.get(winner.at)?;
            Some((
                order,
                made(order, winner, table, format!("{prefix}{number}")),
            ))
        })
        .collect();
    let rows: Vec<OrderRow> = orders.iter().map(|(_, made)| made.row.clone()).collect();
    let takes: Vec<TakeRow> = orders
        .iter()
        .flat_map(|(_, made)| made.takes.clone())
        .collect();
    let closed: Vec<Uuid> = rows.iter().map(|row| row.cart_id).collect();
    let entries: Vec<TimelineRow> = rows.iter().flat_map(|row| entries(tx, row, now)).collect();
    let answers = answers(app, &orders, winners)?;
    let changed = changed(table, &takes);
    let movements = movements(&takes, now);
    let mut told = Outgoing::of(tx);
    for row in &changed {
        let traceparent = who_took(&orders, row).and_then(|order| order.traceparent.as_deref());
        told.add_within(traceparent, &tell::stock(tx.tenant(), row, now));
    }
    tell_orders(app, &orders, &mut told);
    // All are on their way before the first is answered; the server runs them in this order.
    let (_, _, _, _, kept, ..) = futures_util::try_join!(
        orders::create_orders(tx, &rows),
        orders::create_takes(tx, &takes),
        timeline::create_entries(tx, &entries),
        carts::save_ordered(tx, &closed),
        keep_all(tx, &answers),
        stock::save_locked(tx, &changed),
        stock::create_movements(tx, &movements),
        told.emit(tx)
    )?;
    if kept.contains(&false) {
        return Err(Failure::KeyTaken);
    }
    tx.mark_emitted();
    Ok(answers.into_iter().map(|(_, stored)| stored).collect())
}

/// A free order is paid by being placed.
fn entries(tx: &TenantTx, row: &OrderRow, now: OffsetDateTime) -> Vec<TimelineRow> {
    let entry = |kind| TimelineRow::new(tx, row.order_id(), now, kind, "shopper");
    let mut entries = vec![entry("placed")];
    if row.status == "paid" {
        entries.push(entry("paid"));
    }
    entries
}

/// The answers, as they are kept under their keys and sent.
fn answers<'o>(
    app: &App,
    orders: &[(&'o Order, Made)],
    winners: &[Winner],
) -> Result<Vec<(&'o IdempotencyKey, Stored)>, Failure> {
    let answer = |((order, made), winner): (&(&'o Order, Made), &Winner)| {
        let Made { row, details, .. } = made;
        let mut view = order_view(row, details.clone());
        view.token = Some(winner.token.clone());
        view.payment_ticket = ticket(app, row, details, order.traceparent.clone());
        let place = format!("/api/orders/store/orders/{}", row.id);
        let fingerprint = order.key.fingerprint(order.hash);
        let stored = Stored::of(&Answer::created(view).at(place), fingerprint);
        Ok((&order.key, stored.map_err(Failure::Answer)?))
    };
    orders.iter().zip(winners).map(answer).collect()
}

/// The rows of the stock that was taken, as they are from now on.
fn changed(table: &Table, takes: &[TakeRow]) -> Vec<StockRow> {
    let touched: BTreeSet<Uuid> = taken(takes).map(|take| take.variant_id).collect();
    let changed = |row: &StockRow| {
        let counts = table.desk.get(row.variant())?;
        Some(StockRow {
            on_hand: counts.on_hand,
            reserved: counts.reserved,
            version: row.version + 1,
            ..*row
        })
    };
    let locked = table.stock.iter();
    locked
        .filter(|row| touched.contains(&row.variant_id))
        .filter_map(changed)
        .collect()
}

/// The first of those who took of it: the change of all is told in the first one's trace.
fn who_took<'o>(orders: &[(&'o Order, Made)], row: &StockRow) -> Option<&'o Order> {
    let is_it = |take: &TakeRow| take.variant_id == row.variant_id;
    let found = orders
        .iter()
        .find(|(_, made)| taken(&made.takes).any(is_it));
    found.map(|(order, _)| *order)
}

fn taken(takes: &[TakeRow]) -> impl Iterator<Item = &TakeRow> {
    takes.iter().filter(|take| take.takes_stock)
}

fn movements(takes: &[TakeRow], now: OffsetDateTime) -> Vec<MovementRow> {
    let movement = |take: &TakeRow| MovementRow {
        tenant_id: take.tenant_id,
        id: Uuid::now_v7(),
        variant_id: take.variant_id,
        kind: "reserved".into(),
        on_hand: 0,
        reserved: take.quantity,
        order_id: Some(take.order_id),
        reason: String::new(),
        actor: "shopper".into(),
        at: now,
    };
    taken(takes).map(movement).collect()
}

/// Placed first; what is free is paid with its next version.
fn tell_orders(app: &App, orders: &[(&Order, Made)], told: &mut Outgoing) {
    let order = |made: &Made| tell::order(&app.ticket_key, &made.row, &made.details);
    for (asked, made) in orders {
        let mut placed = order(made);
        placed.version = 1;
        let event = OrderPlaced {
            tenant_id: made.row.tenant_id.to_string(),
            order: Some(placed),
        };
        told.add_within(asked.traceparent.as_deref(), &event);
    }
    for (asked, made) in orders.iter().filter(|(_, made)| made.row.status == "paid") {
        let event = OrderPaid {
            tenant_id: made.row.tenant_id.to_string(),
            order: Some(order(made)),
        };
        told.add_within(asked.traceparent.as_deref(), &event);
    }
}
