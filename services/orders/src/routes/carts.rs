//! Carts of shoppers, signed in or not. A cart opens only with the word that its maker was given.

mod view;

use db::TenantTx;
use garde::Validate;
use http_kit::{ApiError, Data, HttpResponse, Json, Path, RequestMeta, Shopper};
use kernel::{CartId, Country, Postcode, Quantity, VariantId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::cart::{self, CartError};
use crate::domain::tax::TaxRegion;
use crate::domain::totals::ShippingRate;
use crate::secret;
use crate::store::carts::{self, CartRow};
use crate::store::{orders, settings, variants};

use view::Shown;
pub use view::{CartLineView, CartView, ObstacleView, WarningView};

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct AddLine {
    pub variant_id: VariantId,
    pub quantity: Quantity,
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SetLine {
    pub quantity: Quantity,
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct EstimateShipping {
    pub country: Country,
    pub postcode: Postcode,
}

/// A new, empty cart.
#[utoipa::path(post, path = "/api/orders/store/carts", responses((status = 201, body = CartView)))]
pub async fn create_cart(
    app: Data<App>,
    shopper: Shopper,
    meta: RequestMeta,
) -> Result<HttpResponse, ApiError> {
    let (token, token_hash) = secret::new_token();
    let now = app.clock.now();
    let row = CartRow {
        tenant_id: shopper.tenant.id.uuid(),
        id: CartId::new().uuid(),
        token_hash,
        customer_id: shopper.customer.map(kernel::CustomerId::uuid),
        currency: shopper.tenant.currency.to_string(),
        postcode: String::new(),
        lines: serde_json::Value::Array(Vec::new()),
        ordered: false,
        created_at: now,
        updated_at: now,
        version: 1,
        variants: Vec::new(),
    };
    app.db
        .tenant(shopper.tenant.id, async |tx| {
            carts::create_cart(tx, &row).await
        })
        .await?;
    let mut view = Shown::empty(row).view(&app, &shopper, &meta)?;
    view.token = Some(token);
    let place = format!("/api/orders/store/carts/{}", view.id);
    Ok(HttpResponse::Created()
        .insert_header(("location", place))
        .json(view))
}

/// The cart as it stands now: prices, stock and totals are today's.
#[utoipa::path(get, path = "/api/orders/store/carts/{id}", responses((status = 200, body = CartView)))]
pub async fn get_cart(
    app: Data<App>,
    shopper: Shopper,
    id: Path<CartId>,
    meta: RequestMeta,
) -> Result<Json<CartView>, ApiError> {
    let currency = shopper.tenant.currency;
    let (row, offers, (shipping, _), takes_payments) = app
        .db
        .read(shopper.tenant.id, async |tx| {
            futures_util::try_join!(
                carts::find_cart(tx, *id),
                variants::list_offers_of_cart(tx, *id, None, currency),
                settings::list_shipping(tx),
                settings::takes_payments(tx)
            )
        })
        .await?;
    let shown = Shown {
        row: proven(row, &shopper)?,
        offers,
        shipping,
        takes_payments,
    };
    Ok(Json(shown.view(&app, &shopper, &meta)?))
}

/// Puts more of a variant into the cart.
#[utoipa::path(post, path = "/api/orders/store/carts/{id}/lines", responses((status = 200, body = CartView)))]
pub async fn add_line(
    app: Data<App>,
    shopper: Shopper,
    id: Path<CartId>,
    meta: RequestMeta,
    body: Json<AddLine>,
) -> Result<Json<CartView>, ApiError> {
    let variant = body.variant_id;
    change(&app, &shopper, (*id, Some(variant)), &meta, |cart| {
        let mut lines = cart.row.lines();
        cart::add(&mut lines, cart.offer(variant)?, body.quantity)?;
        cart.row.set_lines(&lines);
        Ok(())
    })
    .await
}

/// Sets how many of a variant are in the cart.
#[utoipa::path(put, path = "/api/orders/store/carts/{id}/lines/{variant}", responses((status = 200, body = CartView)))]
pub async fn set_line(
    app: Data<App>,
    shopper: Shopper,
    path: Path<(CartId, VariantId)>,
    meta: RequestMeta,
    body: Json<SetLine>,
) -> Result<Json<CartView>, ApiError> {
    let (id, variant) = *path;
    change(&app, &shopper, (id, Some(variant)), &meta, |cart| {
        let mut lines = cart.row.lines();
        cart::set(&mut lines, cart.offer(variant)?, body.quantity)?;
        cart.row.set_lines(&lines);
        Ok(())
    })
    .await
}

/// Takes a variant out of the cart.
#[utoipa::path(delete, path = "/api/orders/store/carts/{id}/lines/{variant}", responses((status = 200, body = CartView)))]
pub async fn remove_line(
    app: Data<App>,
    shopper: Shopper,
    path: Path<(CartId, VariantId)>,
    meta: RequestMeta,
) -> Result<Json<CartView>, ApiError> {
    let (id, variant) = *path;
    change(&app, &shopper, (id, None), &meta, |cart| {
        let mut lines = cart.row.lines();
        lines.retain(|line| line.variant != variant);
        cart.row.set_lines(&lines);
        Ok(())
    })
    .await
}

/// Says where the cart would be sent, so that its totals are right for that place.
#[utoipa::path(put, path = "/api/orders/store/carts/{id}/destination", responses((status = 200, body = CartView)))]
pub async fn estimate_shipping(
    app: Data<App>,
    shopper: Shopper,
    id: Path<CartId>,
    meta: RequestMeta,
    body: Json<EstimateShipping>,
) -> Result<Json<CartView>, ApiError> {
    if TaxRegion::of(&body.country, &body.postcode).is_none() {
        return Err(not_served("", &body.country));
    }
    change(&app, &shopper, (*id, None), &meta, |cart| {
        cart.row.postcode = body.postcode.to_string();
        Ok(())
    })
    .await
}

/// Locks the cart and reads all that its answer needs in one flight, changes it and stores it. `also`
/// is a variant that is perhaps not in the cart yet.
async fn change(
    app: &App,
    shopper: &Shopper,
    (id, also): (CartId, Option<VariantId>),
    meta: &RequestMeta,
    work: impl FnOnce(&mut Shown) -> Result<(), ApiError>,
) -> Result<Json<CartView>, ApiError> {
    let currency = shopper.tenant.currency;
    let view = app
        .db
        .tenant(shopper.tenant.id, async |tx| {
            // The server runs them in this order, so the offers are those of the locked cart.
            let (row, offers, (shipping, _), takes_payments) = futures_util::try_join!(
                carts::lock_cart(tx, id),
                variants::list_offers_of_cart(tx, id, also, currency),
                settings::list_shipping(tx),
                settings::takes_payments(tx)
            )?;
            let row = proven(row, shopper)?;
            if row.ordered {
                return Err(closed(tx, id).await?);
            }
            let mut shown = Shown {
                row,
                offers,
                shipping,
                takes_payments,
            };
            work(&mut shown)?;
            carts::save_cart(tx, &mut shown.row, app.clock.now()).await?;
            shown.view(app, shopper, meta)
        })
        .await?;
    Ok(Json(view))
}

/// Nobody's cart opens without its word: absence never equals absence.
fn proven(row: Option<CartRow>, shopper: &Shopper) -> Result<CartRow, ApiError> {
    row.filter(|row| secret::proves(shopper.cart_token.as_deref(), &row.token_hash))
        .ok_or_else(|| CartError::NotFound.into())
}

/// Names the order that the cart became: whoever proved the cart placed it, or was given its word.
pub async fn closed(tx: &TenantTx, cart: CartId) -> Result<ApiError, db::Error> {
    let problem = ApiError::from(CartError::Closed);
    Ok(match orders::find_of_cart(tx, cart).await? {
        Some((id, number)) => problem.with("order_id", &id).with("order_number", &number),
        None => problem,
    })
}

/// Says where the store sends instead.
pub fn region_not_served(region: TaxRegion, rates: &[ShippingRate]) -> ApiError {
    let served: Vec<&str> = rates.iter().map(|rate| rate.region.name()).collect();
    let accepted = format!("this store sends to {}", served.join(", "));
    let detail = format!("this store does not send to {}", region.name());
    ApiError::invalid("address-not-served", detail)
        .at("/shipping_address/postcode", "not-served", accepted)
        .with("region", &region)
}

/// Says what would be served, at the field that is wrong.
pub fn not_served(place: &str, country: &Country) -> ApiError {
    let accepted = "we send to Portugal: country PT and a postcode such as 1100-148";
    let field = if country.as_str() == "PT" {
        "postcode"
    } else {
        "country"
    };
    let problem = ApiError::invalid("address-not-served", accepted);
    problem.at(format!("{place}/{field}"), "not-served", accepted)
}
