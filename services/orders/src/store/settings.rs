//! Tax rates, shipping rates, the payment account and the order counter.

use db::{Error, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::{Currency, Money};
use time::Date;

use super::schema::{order_counter, payment_account, shipping_rate, vat_rate};
use crate::domain::tax::{DatedRate, Rates, TaxClass, TaxRegion};
use crate::domain::totals::ShippingRate;

/// The first order of a store; it does not look like the first.
const FIRST_NUMBER: i64 = 1_001;

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

pub async fn list_shipping(tx: &TenantTx) -> Result<Vec<ShippingRate>, Error> {
    let rows: Vec<(String, i64, Option<i64>, String)> = shipping_rate::table
        .filter(shipping_rate::tenant_id.eq(tx.tenant().uuid()))
        .order(shipping_rate::region)
        .select((
            shipping_rate::region,
            shipping_rate::price_minor,
            shipping_rate::free_from_minor,
            shipping_rate::currency,
        ))
        .load(&mut tx.conn())
        .await?;
    let rates = rows
        .into_iter()
        .filter_map(|(region, price, free_from, currency)| {
            let currency: Currency = currency.parse().ok()?;
            Some(ShippingRate {
                region: TaxRegion::parse(&region)?,
                price: Money::new(price, currency),
                free_from: free_from.map(|minor| Money::new(minor, currency)),
            })
        });
    Ok(rates.collect())
}

pub async fn save_shipping(tx: &TenantTx, rates: &[ShippingRate]) -> Result<(), Error> {
    let rows: Vec<_> = rates
        .iter()
        .map(|rate| {
            (
                shipping_rate::tenant_id.eq(tx.tenant().uuid()),
                shipping_rate::region.eq(rate.region.as_str()),
                shipping_rate::price_minor.eq(rate.price.minor),
                shipping_rate::free_from_minor.eq(rate.free_from.map(|from| from.minor)),
                shipping_rate::currency.eq(rate.price.currency.to_string()),
            )
        })
        .collect();
    diesel::insert_into(shipping_rate::table)
        .values(rows)
        .on_conflict((shipping_rate::tenant_id, shipping_rate::region))
        .do_update()
        .set((
            shipping_rate::price_minor.eq(excluded(shipping_rate::price_minor)),
            shipping_rate::free_from_minor.eq(excluded(shipping_rate::free_from_minor)),
            shipping_rate::currency.eq(excluded(shipping_rate::currency)),
            shipping_rate::version.eq(shipping_rate::version + 1),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Takes `count` numbers and answers the first.
pub async fn take_numbers(tx: &TenantTx, count: i64) -> Result<i64, Error> {
    let next: i64 = diesel::insert_into(order_counter::table)
        .values((
            order_counter::tenant_id.eq(tx.tenant().uuid()),
            order_counter::next.eq(FIRST_NUMBER + count),
        ))
        .on_conflict(order_counter::tenant_id)
        .do_update()
        .set(order_counter::next.eq(order_counter::next + count))
        .returning(order_counter::next)
        .get_result(&mut tx.conn())
        .await?;
    Ok(next - count)
}

/// Stores what the store's account can do when it is news.
pub async fn save_account(
    tx: &TenantTx,
    charges_enabled: bool,
    methods: &[String],
    version: i64,
) -> Result<(), Error> {
    let upsert = diesel::insert_into(payment_account::table)
        .values((
            payment_account::tenant_id.eq(tx.tenant().uuid()),
            payment_account::charges_enabled.eq(charges_enabled),
            payment_account::payment_methods.eq(methods),
            payment_account::version.eq(version),
        ))
        .on_conflict(payment_account::tenant_id)
        .do_update()
        .set((
            payment_account::charges_enabled.eq(excluded(payment_account::charges_enabled)),
            payment_account::payment_methods.eq(excluded(payment_account::payment_methods)),
            payment_account::version.eq(excluded(payment_account::version)),
        ));
    let newer = payment_account::version.lt(excluded(payment_account::version));
    diesel::query_dsl::methods::FilterDsl::filter(upsert, newer)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
