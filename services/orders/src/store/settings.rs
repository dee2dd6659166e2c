//! Tax rates, shipping rates, the payment account and the order counter.

use std::ops::RangeInclusive;

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::{Currency, Money};
use time::Date;
use uuid::Uuid;

use super::schema::{order_counter, payment_account, shipping_rate, vat_rate};
use crate::domain::tax::{DatedRate, Rates, TaxClass, TaxRegion};
use crate::domain::totals::ShippingRate;

/// Numbers go up by one, without gaps, from a start that only the store knows: one of them tells
/// nobody how many orders there were before it.
const FIRST_NUMBERS: RangeInclusive<i64> = 10_000..=99_999;

pub async fn list_vat_rates(tx: &SystemTx) -> Result<Rates, Error> {
    let rows: Vec<(String, String, Date, i32)> = vat_rate::table
        .select((
            vat_rate::region,
            vat_rate::tax_class,
            vat_rate::valid_from,
            vat_rate::rate_bps,
        ))
        .load(&mut tx.conn())
        .await?;
    let rates = rows
        .into_iter()
        .filter_map(|(region, class, valid_from, bps)| {
            Some(DatedRate {
                region: TaxRegion::parse(&region)?,
                class: TaxClass::of_name(&class),
                valid_from,
                rate_bps: u32::try_from(bps).ok()?,
            })
        });
    Ok(Rates(rates.collect()))
}

/// The rates, and how often any of them was saved.
pub async fn list_shipping(tx: &TenantTx) -> Result<(Vec<ShippingRate>, i64), Error> {
    let rows: Vec<RateRow> = shipping_rate::table
        .filter(shipping_rate::tenant_id.eq(tx.tenant().uuid()))
        .order(shipping_rate::region)
        .select(RateRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rates_of(&rows))
}

pub async fn lock_shipping(tx: &TenantTx) -> Result<(Vec<ShippingRate>, i64), Error> {
    let rows: Vec<RateRow> = shipping_rate::table
        .filter(shipping_rate::tenant_id.eq(tx.tenant().uuid()))
        .order(shipping_rate::region)
        .for_update()
        .select(RateRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rates_of(&rows))
}

fn rates_of(rows: &[RateRow]) -> (Vec<ShippingRate>, i64) {
    let served = rows.iter().filter(|row| row.served);
    let rates = served.filter_map(RateRow::rate).collect();
    (rates, rows.iter().map(|row| row.version).sum())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = shipping_rate)]
struct RateRow {
    region: String,
    price_minor: i64,
    free_from_minor: Option<i64>,
    currency: String,
    version: i64,
    served: bool,
}

impl RateRow {
    fn rate(&self) -> Option<ShippingRate> {
        let currency: Currency = self.currency.parse().ok()?;
        Some(ShippingRate {
            region: TaxRegion::parse(&self.region)?,
            price: Money::new(self.price_minor, currency),
            free_from: self
                .free_from_minor
                .map(|minor| Money::new(minor, currency)),
        })
    }
}

/// Whether the region's rate was taken away.
pub async fn is_removed(tx: &TenantTx, region: TaxRegion) -> Result<bool, Error> {
    let served: Option<bool> = shipping_rate::table
        .find((tx.tenant().uuid(), region.as_str()))
        .select(shipping_rate::served)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(served == Some(false))
}

/// Sets the rates of regions, and takes away those of others.
pub async fn save_shipping(
    tx: &TenantTx,
    rates: &[ShippingRate],
    removed: &[TaxRegion],
) -> Result<(), Error> {
    let row = |region: TaxRegion, rate: Option<&ShippingRate>| {
        let free_from = rate.and_then(|rate| rate.free_from);
        let currency = rate.map_or(Currency::EUR, |rate| rate.price.currency);
        (
            shipping_rate::tenant_id.eq(tx.tenant().uuid()),
            shipping_rate::region.eq(region.as_str()),
            shipping_rate::price_minor.eq(rate.map_or(0, |rate| rate.price.minor)),
            shipping_rate::free_from_minor.eq(free_from.map(|from| from.minor)),
            shipping_rate::currency.eq(currency.to_string()),
            shipping_rate::served.eq(rate.is_some()),
        )
    };
    let set = rates.iter().map(|rate| (rate.region, Some(rate)));
    let gone = removed.iter().map(|region| (*region, None));
    // In the order of their regions, as every transaction locks them.
    let mut all: Vec<_> = set.chain(gone).collect();
    all.sort_unstable_by_key(|(region, _)| region.as_str());
    let rows: Vec<_> = all
        .into_iter()
        .map(|(region, rate)| row(region, rate))
        .collect();
    let count = rows.len();
    diesel::insert_into(shipping_rate::table)
        .values(rows)
        .on_conflict((shipping_rate::tenant_id, shipping_rate::region))
        .do_update()
        .set((
            shipping_rate::price_minor.eq(excluded(shipping_rate::price_minor)),
            shipping_rate::free_from_minor.eq(excluded(shipping_rate::free_from_minor)),
            shipping_rate::currency.eq(excluded(shipping_rate::currency)),
            shipping_rate::served.eq(excluded(shipping_rate::served)),
            shipping_rate::version.eq(shipping_rate::version + 1),
        ))
        .prepared_for(count)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// How a store numbers its orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = order_counter)]
pub struct Numbering {
    pub prefix: String,
    pub version: i64,
}

/// Takes `count` numbers; answers the first, and what stands before each.
pub async fn take_numbers(tx: &TenantTx, count: i64) -> Result<(i64, String), Error> {
    let first = rand::random_range(FIRST_NUMBERS);
    let (next, prefix): (i64, String) = diesel::insert_into(order_counter::table)
        .values((
            order_counter::tenant_id.eq(tx.tenant().uuid()),
            order_counter::first.eq(first),
            order_counter::next.eq(first + count),
        ))
        .on_conflict(order_counter::tenant_id)
        .do_update()
        .set(order_counter::next.eq(order_counter::next + count))
        .returning((order_counter::next, order_counter::prefix))
        .prepared()
        .get_result(&mut tx.conn())
        .await?;
    Ok((next - count, prefix))
}

/// How the store numbers its orders; a store that was never asked has no prefix.
pub async fn find_numbering(tx: &TenantTx) -> Result<Numbering, Error> {
    let found = order_counter::table
        .filter(order_counter::tenant_id.eq(tx.tenant().uuid()))
        .select(Numbering::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.unwrap_or_default())
}

pub async fn lock_numbering(tx: &TenantTx) -> Result<Numbering, Error> {
    let found = order_counter::table
        .filter(order_counter::tenant_id.eq(tx.tenant().uuid()))
        .for_update()
        .select(Numbering::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Sets what stands before the numbers of orders to come.
pub async fn save_prefix(tx: &TenantTx, prefix: &str) -> Result<Numbering, Error> {
    let first = rand::random_range(FIRST_NUMBERS);
    let saved = diesel::insert_into(order_counter::table)
        .values((
            order_counter::tenant_id.eq(tx.tenant().uuid()),
            order_counter::first.eq(first),
            order_counter::next.eq(first),
            order_counter::prefix.eq(prefix),
        ))
        .on_conflict(order_counter::tenant_id)
        .do_update()
        .set((
            order_counter::prefix.eq(excluded(order_counter::prefix)),
            order_counter::version.eq(order_counter::version + 1),
        ))
        .returning(Numbering::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await?;
    Ok(saved)
}

/// What is known of the store's account at the payment provider.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_account)]
pub struct AccountRow {
    pub tenant_id: Uuid,
    pub charges_enabled: bool,
    pub payment_methods: Vec<String>,
    pub version: i64,
    pub live_mode: bool,
}

pub async fn find_account(tx: &TenantTx) -> Result<Option<AccountRow>, Error> {
    let found = payment_account::table
        .filter(payment_account::tenant_id.eq(tx.tenant().uuid()))
        .select(AccountRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Whether the store can be paid now, as far as payments has told.
pub async fn takes_payments(tx: &TenantTx) -> Result<bool, Error> {
    let found: Option<bool> = payment_account::table
        .filter(payment_account::tenant_id.eq(tx.tenant().uuid()))
        .select(payment_account::charges_enabled)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found.unwrap_or(false))
}

/// Stores what the store's account can do when it is news.
pub async fn save_account(tx: &TenantTx, row: &AccountRow) -> Result<(), Error> {
    let upsert = diesel::insert_into(payment_account::table)
        .values(row)
        .on_conflict(payment_account::tenant_id)
        .do_update()
        .set((
            payment_account::charges_enabled.eq(excluded(payment_account::charges_enabled)),
            payment_account::payment_methods.eq(excluded(payment_account::payment_methods)),
            payment_account::version.eq(excluded(payment_account::version)),
            payment_account::live_mode.eq(excluded(payment_account::live_mode)),
        ));
    let newer = payment_account::version.lt(excluded(payment_account::version));
    diesel::query_dsl::methods::FilterDsl::filter(upsert, newer)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
