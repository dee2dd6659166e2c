//! Carts of shoppers, signed in or not. A cart opens only with the word that its maker was given.

use db::TenantTx;
use garde::Validate;
use http_kit::{ApiError, Data, HttpResponse, Json, Path, RequestMeta, Shopper};
use kernel::{CartId, Country, Money, Postcode, Quantity, VariantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::cart::{self, CartError, CartLine, Offer, Warning};
use crate::domain::tax::{TaxAmount, TaxRegion};
use crate::domain::totals::Pricing;
use crate::secret;
use crate::store::carts::{self, CartRow};
use crate::store::{settings, variants};

/// A cart with everything that a page shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CartView {
    pub id: CartId,
    /// Opens this cart, as the header `X-Cart-Token`; told once, when the cart is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    pub lines: Vec<CartLineView>,
    pub subtotal: Money,
    /// For the postcode that was given, else for the mainland.
    pub shipping: Money,
    /// Which rates the shipping and the tax were computed for.
    pub region: TaxRegion,
    /// All tax within the total.
    pub tax: Money,
    pub taxes: Vec<TaxAmount>,
    pub total: Money,
    /// Whether the cart can be ordered as it is.
    pub can_checkout: bool,
    /// Whether the cart became an order already.
    pub ordered: bool,
    pub version: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CartLineView {
    pub variant_id: VariantId,
    pub sku: String,
    pub title: String,
    pub variant_title: String,
    pub image_url: String,
    pub quantity: Quantity,
    pub unit_price: Money,
    pub total: Money,
    pub warnings: Vec<WarningView>,
}

/// A warning for programs and for people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WarningView {
    #[serde(flatten)]
    pub warning: Warning,
    pub message: String,
}

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
    };
    let mut view = app
        .db
        .tenant(shopper.tenant.id, async |tx| {
            carts::create_cart(tx, &row).await?;
            view(&app, tx, &shopper, &meta, &row).await
        })
        .await?;
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
    let view = app
        .db
        .read(shopper.tenant.id, async |tx| {
            let row = proven(carts::find_cart(tx, *id).await?, &shopper)?;
            view(&app, tx, &shopper, &meta, &row).await
        })
        .await?;
    Ok(Json(view))
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
    change(&app, &shopper, *id, &meta, async |tx, lines| {
        let offer = offer(tx, body.variant_id).await?;
        Ok(cart::add(lines, &offer, body.quantity)?)
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
    change(&app, &shopper, id, &meta, async |tx, lines| {
        let offer = offer(tx, variant).await?;
        Ok(cart::set(lines, &offer, body.quantity)?)
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
    change(&app, &shopper, id, &meta, async |_, lines| {
        lines.retain(|line| line.variant != variant);
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
        let accepted = "we send to Portugal: country PT and a postcode such as 1100-148";
        let problem = ApiError::invalid("address-not-served", accepted);
        return Err(problem.at("/postcode", "not-served", accepted));
    }
    let view = app
        .db
        .tenant(shopper.tenant.id, async |tx| {
            let mut row = opened(tx, &shopper, *id).await?;
            row.postcode = body.postcode.to_string();
            carts::save_cart(tx, &mut row, app.clock.now()).await?;
            view(&app, tx, &shopper, &meta, &row).await
        })
        .await?;
    Ok(Json(view))
}

async fn change(
    app: &App,
    shopper: &Shopper,
    id: CartId,
    meta: &RequestMeta,
    work: impl AsyncFnOnce(&mut TenantTx, &mut Vec<CartLine>) -> Result<(), ApiError>,
) -> Result<Json<CartView>, ApiError> {
    let view = app
        .db
        .tenant(shopper.tenant.id, async |tx| {
            let mut row = opened(tx, shopper, id).await?;
            let mut lines = row.lines();
            work(tx, &mut lines).await?;
            row.set_lines(&lines);
            carts::save_cart(tx, &mut row, app.clock.now()).await?;
            view(app, tx, shopper, meta, &row).await
        })
        .await?;
    Ok(Json(view))
}

/// The cart, locked, if it is this shopper's and not an order yet.
async fn opened(tx: &TenantTx, shopper: &Shopper, id: CartId) -> Result<CartRow, ApiError> {
    let row = proven(carts::lock_cart(tx, id).await?, shopper)?;
    if row.ordered {
        return Err(CartError::Closed.into());
    }
    Ok(row)
}

/// Nobody's cart opens without its word: absence never equals absence.
fn proven(row: Option<CartRow>, shopper: &Shopper) -> Result<CartRow, ApiError> {
    row.filter(|row| secret::proves(shopper.cart_token.as_deref(), &row.token_hash))
        .ok_or_else(|| CartError::NotFound.into())
}

async fn offer(tx: &TenantTx, variant: VariantId) -> Result<Offer, ApiError> {
    let found = variants::list_offers(tx, &[variant]).await?.pop();
    found.ok_or_else(|| ApiError::not_found("variant-not-found"))
}

async fn view(
    app: &App,
    tx: &TenantTx,
    shopper: &Shopper,
    meta: &RequestMeta,
    row: &CartRow,
) -> Result<CartView, ApiError> {
    let lines = row.lines();
    let ids: Vec<VariantId> = lines.iter().map(|line| line.variant).collect();
    let (offers, shipping) =
        futures_util::try_join!(variants::list_offers(tx, &ids), settings::list_shipping(tx))?;
    let find = |line: &CartLine| offers.iter().find(|offer| offer.variant == line.variant);
    let sold: Vec<(Offer, Quantity)> = lines
        .iter()
        .filter_map(|line| Some((find(line).filter(|o| o.for_sale)?.clone(), line.quantity)))
        .collect();
    let region = region(&row.postcode);
    let pricing = Pricing {
        currency: shopper.tenant.currency,
        region,
        day: app.clock.now().date(),
        rates: &app.rates,
        shipping: &shipping,
    };
    let totals = pricing.price(&sold)?;
    let language = meta
        .accept_language
        .as_deref()
        .unwrap_or(shopper.tenant.locale.as_str());
    let views: Vec<CartLineView> = lines
        .iter()
        .map(|line| line_view(line, find(line), language))
        .collect();
    let blocked = lines.iter().any(|line| !can_be_ordered(line, find(line)));
    Ok(CartView {
        id: row.cart_id(),
        token: None,
        can_checkout: !views.is_empty() && !blocked && !row.ordered,
        lines: views,
        subtotal: totals.subtotal,
        shipping: totals.shipping,
        region,
        tax: totals.tax,
        taxes: totals.taxes,
        total: totals.total,
        ordered: row.ordered,
        version: row.version,
    })
}

fn can_be_ordered(line: &CartLine, offer: Option<&Offer>) -> bool {
    offer.is_some_and(|offer| offer.for_sale && offer.available >= line.quantity.get())
}

/// The mainland until a postcode says otherwise.
fn region(postcode: &str) -> TaxRegion {
    let country: Option<Country> = "PT".parse().ok();
    let postcode: Option<Postcode> = postcode.parse().ok();
    let known = country
        .zip(postcode)
        .and_then(|(country, code)| TaxRegion::of(&country, &code));
    known.unwrap_or(TaxRegion::Mainland)
}

fn line_view(line: &CartLine, offer: Option<&Offer>, language: &str) -> CartLineView {
    let price = offer.map_or(line.price_shown, |offer| offer.price);
    let total = price.times(line.quantity.get()).unwrap_or(price);
    let warnings = cart::warnings(line, offer);
    let text = |read: fn(&Offer) -> &String| offer.map(read).cloned().unwrap_or_default();
    CartLineView {
        variant_id: line.variant,
        sku: text(|offer| &offer.sku),
        title: text(|offer| &offer.title),
        variant_title: text(|offer| &offer.variant_title),
        image_url: text(|offer| &offer.image_url),
        quantity: line.quantity,
        unit_price: price,
        total,
        warnings: warnings
            .into_iter()
            .map(|warning| WarningView {
                message: message(&warning, language),
                warning,
            })
            .collect(),
    }
}

/// In the shopper's language: Portuguese, or else English.
fn message(warning: &Warning, language: &str) -> String {
    let portuguese = language.trim_start().to_lowercase().starts_with("pt");
    match (warning, portuguese) {
        (Warning::PriceChanged { was, now }, true) => format!("O preço mudou de {was} para {now}."),
        (Warning::PriceChanged { was, now }, false) => {
            format!("The price changed from {was} to {now}.")
        }
        (Warning::OnlyNLeft { available }, true) => format!("Só restam {available}."),
        (Warning::OnlyNLeft { available }, false) => format!("Only {available} left."),
        (Warning::OutOfStock, true) => "Esgotado.".into(),
        (Warning::OutOfStock, false) => "Sold out.".into(),
        (Warning::NoLongerSold, true) => "Este artigo já não está à venda.".into(),
        (Warning::NoLongerSold, false) => "This product is no longer sold.".into(),
    }
}
