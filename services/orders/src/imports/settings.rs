//! Codes, tax rates and shipping zones of another shop. All are kept as they were; what this platform
//! has a setting for becomes one, where the store has none yet.

use db::TenantTx;
use events::from_us;
use events::migration::v1::{Coupon, ShippingMethod, ShippingZone, TaxRate};
use kernel::{Currency, Money};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Ended, Refusal};
use crate::app::App;
use crate::domain::tax::TaxRegion;
use crate::domain::totals::ShippingRate;
use crate::store::past::{self, CouponRow, SettingRow};
use crate::store::settings;

pub(super) async fn take_coupon(tx: &TenantTx, id: Uuid, body: Coupon) -> Result<Ended, Refusal> {
    let row = CouponRow {
        tenant_id: tx.tenant().uuid(),
        id,
        document: json!({
            "amount": body.amount, "currency": body.currency, "free_shipping": body.free_shipping,
            "individual_use": body.individual_use, "exclude_sale_items": body.exclude_sale_items,
            "minimum_amount": body.minimum_amount, "maximum_amount": body.maximum_amount,
            "product_ids": body.product_ids, "excluded_product_ids": body.excluded_product_ids,
            "category_ids": body.category_ids,
            "excluded_category_ids": body.excluded_category_ids,
            "emails": body.emails, "usage_limit": body.usage_limit,
            "usage_limit_per_customer": body.usage_limit_per_customer,
            "usage_count": body.usage_count, "description": body.description,
        }),
        code: body.code,
        kind: body.kind,
        active: body.active,
        expires_at: from_us(body.expires_at_us),
    };
    Ok(Ended {
        is_new: past::save_coupon(tx, &row).await?,
        notes: vec!["kept; checkout does not take codes off yet".to_owned()],
        ..Ended::default()
    })
}

/// The law's rates are the platform's: a rate of the old shop is compared with them and kept.
pub(super) async fn take_tax_rate(
    tx: &TenantTx,
    app: &App,
    id: Uuid,
    body: TaxRate,
) -> Result<Ended, Refusal> {
    let bps = minor(&body.rate_percent, 2);
    let region = TaxRegion::parse(&body.country)
        .filter(|_| body.state.is_empty() && body.postcodes.is_empty() && body.cities.is_empty());
    let is_ours = app
        .rates
        .0
        .iter()
        .any(|rate| Some(rate.region) == region && Some(i64::from(rate.rate_bps)) == bps);
    let note = if is_ours {
        "this platform reckons with the same rate"
    } else {
        "kept as a record: this platform takes its rates from the law"
    };
    let row = SettingRow {
        tenant_id: tx.tenant().uuid(),
        id,
        kind: "tax_rate".to_owned(),
        name: body.name.clone(),
        applied: is_ours,
        note: note.to_owned(),
        document: json!({
            "country": body.country, "state": body.state, "postcodes": body.postcodes,
            "cities": body.cities, "rate_percent": body.rate_percent, "name": body.name,
            "tax_class": body.tax_class, "priority": body.priority, "compound": body.compound,
            "shipping": body.shipping,
        }),
    };
    Ok(kept(
        past::save_setting(tx, &row).await?,
        (!is_ours).then(|| note.to_owned()),
    ))
}

pub(super) async fn take_zone(
    tx: &TenantTx,
    id: Uuid,
    body: ShippingZone,
) -> Result<Ended, Refusal> {
    let (applied, note) = match rate(&body) {
        Ok(rate) => {
            let (present, _) = settings::list_shipping(tx).await?;
            match present.iter().find(|other| other.region == rate.region) {
                Some(other) if *other == rate => (true, "shipping costs the same here".to_owned()),
                Some(_) => (
                    false,
                    "this store has its own price for the region".to_owned(),
                ),
                None if settings::is_removed(tx, rate.region).await? => {
                    (false, "this store does not send to the region".to_owned())
                }
                None => {
                    let rates = with_islands(tx, rate, &present).await?;
                    settings::save_shipping(tx, &rates, &[]).await?;
                    let note = "the region's flat rate is this one; regions without a rate are not sent to";
                    (true, note.to_owned())
                }
            }
        }
        Err(why) => (false, why),
    };
    let methods: Vec<Value> = body.methods.iter().map(method).collect();
    let row = SettingRow {
        tenant_id: tx.tenant().uuid(),
        id,
        kind: "shipping_zone".to_owned(),
        name: body.name.clone(),
        applied,
        note: note.clone(),
        document: json!({
            "name": body.name, "position": body.position, "locations": body.locations,
            "methods": methods,
        }),
    };
    Ok(kept(
        past::save_setting(tx, &row).await?,
        (!applied).then_some(note),
    ))
}

/// The old shop's zone of the whole country has the islands in it, as long as they have no zone of their own.
async fn with_islands(
    tx: &TenantTx,
    rate: ShippingRate,
    present: &[ShippingRate],
) -> Result<Vec<ShippingRate>, db::Error> {
    let mut rates = vec![rate];
    if rates.iter().all(|rate| rate.region != TaxRegion::Mainland) {
        return Ok(rates);
    }
    for region in [TaxRegion::Azores, TaxRegion::Madeira] {
        let is_present = present.iter().any(|rate| rate.region == region);
        if !is_present && !settings::is_removed(tx, region).await? {
            let own = rates
                .first()
                .cloned()
                .map(|rate| ShippingRate { region, ..rate });
            rates.extend(own);
        }
    }
    Ok(rates)
}

fn kept(is_new: bool, note: Option<String>) -> Ended {
    Ended {
        is_new,
        notes: note.into_iter().collect(),
        ..Ended::default()
    }
}

fn method(method: &ShippingMethod) -> Value {
    json!({
        "kind": method.kind, "title": method.title, "enabled": method.enabled,
        "settings": method.settings,
    })
}

/// The flat rate that a zone is, as far as ours can say it.
fn rate(zone: &ShippingZone) -> Result<ShippingRate, String> {
    let region = match zone.locations.as_slice() {
        [one] => match one.as_str() {
            "country:PT" => Some(TaxRegion::Mainland),
            "state:PT:PT-20" => Some(TaxRegion::Azores),
            "state:PT:PT-30" => Some(TaxRegion::Madeira),
            _ => None,
        },
        _ => None,
    };
    let region = region.ok_or("kept as a record: its places are no region of this platform")?;
    let currency: Currency = zone.currency.parse().map_err(|_| "its currency is none")?;
    let offered = |kind: &str| {
        let found = zone
            .methods
            .iter()
            .filter(|method| method.enabled && method.kind == kind);
        found.collect::<Vec<_>>()
    };
    let flat = match offered("flat_rate").as_slice() {
        [one] => setting(one, "cost")
            .and_then(|cost| minor(cost, currency.exponent()))
            .filter(|minor| *minor >= 0)
            .ok_or("kept as a record: its price is a formula; set the rate by hand")?,
        _ => return Err("kept as a record: it has no single flat rate".to_owned()),
    };
    let free_from = offered("free_shipping").first().and_then(|free| {
        let by_amount = setting(free, "requires") == Some("min_amount");
        let amount = setting(free, "min_amount")?;
        minor(amount, currency.exponent()).filter(|minor| by_amount && *minor > 0)
    });
    Ok(ShippingRate {
        region,
        price: Money::new(flat, currency),
        free_from: free_from.map(|minor| Money::new(minor, currency)),
    })
}

fn setting<'a>(method: &'a ShippingMethod, name: &str) -> Option<&'a str> {
    method.settings.get(name).map(String::as_str)
}

/// A plain number with a point or a comma, in units of 10 to the minus `digits`; nothing for a formula and
/// for what is finer.
fn minor(text: &str, digits: u32) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = usize::try_from(digits).ok()?;
    let fraction = fraction.trim_end_matches('0');
    if whole.is_empty() || fraction.len() > digits {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_prices_are_read_and_formulas_are_not() {
        for (text, minor_units) in [
            ("4,99", Some(499)),
            ("4.5", Some(450)),
            ("23.0000", Some(2_300)),
            ("0", Some(0)),
            ("10", Some(1_000)),
            ("4.505", None),
            ("4.50 + [qty] * 0.5", None),
            ("[fee percent=\"10\"]", None),
            ("", None),
        ] {
            assert_eq!(minor(text, 2), minor_units, "{text}");
        }
    }
}
