//! What shipping costs, by region.

use garde::Validate;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{ApiError, Data, HttpResponse, IfMatch, Json, Staff};
use kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seen::SeenVersion;
use crate::app::App;
use crate::domain::tax::TaxRegion;
use crate::domain::totals::ShippingRate;
use crate::store::settings;
use crate::tell;
use crate::transition::By;

/// A parcel costs no more, in minor units.
const AMOUNT_MAX: i64 = 100_000_000;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RateView {
    /// PT is the mainland, PT-30 Madeira, PT-20 the Azores.
    pub region: TaxRegion,
    /// Tax included.
    pub price: Money,
    /// From this subtotal on it costs nothing.
    pub free_from: Option<Money>,
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SetRate {
    /// PT is the mainland, PT-30 Madeira, PT-20 the Azores.
    pub region: TaxRegion,
    /// Tax included; null takes the region's rate away. It must be said: an omission removes nothing.
    #[serde(deserialize_with = "nullable")]
    #[schema(required = true)]
    pub price: Option<Money>,
    /// From this subtotal on it costs nothing.
    #[serde(default)]
    pub free_from: Option<Money>,
}

/// With a function of its own serde asks for the field even though it may be null.
fn nullable<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Money>, D::Error> {
    Option::deserialize(from)
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShippingView {
    pub rates: Vec<RateView>,
    /// Grows with every change of any of them.
    pub version: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SetShipping {
    #[garde(length(min = 1, max = 3), dive)]
    pub rates: Vec<SetRate>,
}

/// The store's flat rates. A region without one is not sent to, unless no region has one: then everything
/// is sent free of charge.
#[utoipa::path(get, path = "/api/orders/admin/shipping", responses((status = 200, body = ShippingView)))]
pub async fn get_shipping(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<HttpResponse, ApiError> {
    let (rates, version) = app
        .db
        .read(staff.tenant.id, async |tx| {
            settings::list_shipping(tx).await
        })
        .await?;
    Ok(answer(view(rates, version)))
}

/// Sets flat rates, and takes those away whose price is null; regions that are not named keep theirs.
#[utoipa::path(put, path = "/api/orders/admin/shipping", responses((status = 200, body = ShippingView)))]
pub async fn set_shipping(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    seen: SeenVersion,
    body: Json<SetShipping>,
) -> Result<HttpResponse, ApiError> {
    let by = By::staff(&app, &staff);
    let (wanted, removed) = checked(&body.rates, staff.tenant.currency)?;
    let saved = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let (rates, version) = settings::lock_shipping(tx).await?;
            let before = view(rates, version);
            seen.check(before.version, &before)?;
            settings::save_shipping(tx, &wanted, &removed).await?;
            let (rates, version) = settings::list_shipping(tx).await?;
            let after = view(rates, version);
            let acted = staff.acted(by.now, "shipping.update", "settings:shipping");
            tell::action(tx, acted.changed(&before, &after)).await?;
            Ok::<_, ApiError>(after)
        })
        .await?;
    Ok(answer(saved))
}

/// The rates to set, and the regions whose rates go.
fn checked(
    wanted: &[SetRate],
    currency: Currency,
) -> Result<(Vec<ShippingRate>, Vec<TaxRegion>), ApiError> {
    let (mut rates, mut removed) = (Vec::new(), Vec::new());
    for (at, rate) in wanted.iter().enumerate() {
        let amounts = [rate.price, rate.free_from];
        let fits = amounts
            .iter()
            .flatten()
            .all(|amount| amount.currency == currency && (0..=AMOUNT_MAX).contains(&amount.minor));
        let mut before = wanted.iter().take(at);
        let is_new = before.all(|other| other.region != rate.region);
        let is_free_from_something = rate
            .free_from
            .is_none_or(|from| !from.is_zero() && rate.price.is_some());
        if !(fits && is_new && is_free_from_something) {
            let accepted = format!(
                "one rate a region, amounts in {currency} up to {}, free_from above 0",
                Money::new(AMOUNT_MAX, currency)
            );
            return Err(ApiError::invalid("invalid-rate", accepted.clone()).at(
                format!("/rates/{at}"),
                "invalid",
                accepted,
            ));
        }
        match rate.price {
            Some(price) => rates.push(ShippingRate {
                region: rate.region,
                price,
                free_from: rate.free_from,
            }),
            None => removed.push(rate.region),
        }
    }
    Ok((rates, removed))
}

fn view(rates: Vec<ShippingRate>, version: i64) -> ShippingView {
    let rates = rates.into_iter().map(|rate| RateView {
        region: rate.region,
        price: rate.price,
        free_from: rate.free_from,
    });
    ShippingView {
        rates: rates.collect(),
        version,
    }
}

fn answer(view: ShippingView) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(IfMatch::etag(view.version))
        .json(view)
}
