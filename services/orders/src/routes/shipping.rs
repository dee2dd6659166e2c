//! What shipping costs, by region.

use garde::Validate;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{ApiError, Data, Json, Staff};
use kernel::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::tax::TaxRegion;
use crate::domain::totals::ShippingRate;
use crate::store::settings;

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RateView {
    /// PT is the mainland, PT-30 Madeira, PT-20 the Azores.
    pub region: TaxRegion,
    /// Tax included.
    pub price: Money,
    /// From this subtotal on it costs nothing.
    #[serde(default)]
    pub free_from: Option<Money>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ShippingView {
    #[garde(length(min = 1, max = 3), dive)]
    pub rates: Vec<RateView>,
}

/// The store's flat rates. A region without one is sent to free of charge.
#[utoipa::path(get, path = "/api/orders/admin/shipping", responses((status = 200, body = ShippingView)))]
pub async fn get_shipping(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<Json<ShippingView>, ApiError> {
    let rates = app
        .db
        .read(staff.tenant.id, async |tx| {
            settings::list_shipping(tx).await
        })
        .await?;
    Ok(Json(view(rates)))
}

/// Sets flat rates; regions that are not named keep theirs.
#[utoipa::path(put, path = "/api/orders/admin/shipping", responses((status = 200, body = ShippingView)))]
pub async fn set_shipping(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    body: Json<ShippingView>,
) -> Result<Json<ShippingView>, ApiError> {
    let currency = staff.tenant.currency;
    let mut rates: Vec<ShippingRate> = Vec::new();
    for (at, rate) in body.rates.iter().enumerate() {
        let amounts = [Some(rate.price), rate.free_from];
        let fits = amounts
            .iter()
            .flatten()
            .all(|m| m.currency == currency && !m.is_negative());
        let is_new = rates.iter().all(|known| known.region != rate.region);
        let is_free_from_something = rate.free_from.is_none_or(|from| !from.is_zero());
        if !(fits && is_new && is_free_from_something) {
            let accepted = format!("one rate a region, amounts in {currency}, free_from above 0");
            return Err(ApiError::invalid("invalid-rate", accepted.clone()).at(
                format!("/rates/{at}"),
                "invalid",
                accepted,
            ));
        }
        rates.push(ShippingRate {
            region: rate.region,
            price: rate.price,
            free_from: rate.free_from,
        });
    }
    let rates = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            settings::save_shipping(tx, &rates).await?;
            settings::list_shipping(tx).await
        })
        .await?;
    Ok(Json(view(rates)))
}

fn view(rates: Vec<ShippingRate>) -> ShippingView {
    let rates = rates.into_iter().map(|rate| RateView {
        region: rate.region,
        price: rate.price,
        free_from: rate.free_from,
    });
    ShippingView {
        rates: rates.collect(),
    }
}
