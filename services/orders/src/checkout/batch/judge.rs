//! Whether a checkout becomes an order.

use http_kit::ApiError;
use kernel::{Quantity, VariantId, lisbon};
use serde_json::{Value, json};

use super::super::Order;
use super::Table;
use crate::app::App;
use crate::domain::cart::{self, CartError, CartLine, Offer};
use crate::domain::totals::{Pricing, Totals};
use crate::routes::carts::{not_served, region_not_served};
use crate::secret;

pub enum Refusal {
    /// The cart is an order already: perhaps this very request was answered before.
    Ordered,
    Problem(ApiError),
}

impl<E: Into<ApiError>> From<E> for Refusal {
    fn from(problem: E) -> Self {
        Self::Problem(problem.into())
    }
}

/// A cart's line and what is sold under it.
type Wanted = (Offer, Quantity);

/// Promises the stock of a checkout that becomes an order.
pub fn judge(app: &App, table: &mut Table, order: &Order) -> Result<Totals, Refusal> {
    let cart = table
        .carts
        .iter()
        .find(|cart| cart.cart_id() == order.form.cart_id);
    let cart = cart
        .filter(|cart| secret::proves(order.cart_token.as_deref(), &cart.token_hash))
        .ok_or(CartError::NotFound)?;
    if cart.ordered {
        return Err(Refusal::Ordered);
    }
    let lines = cart.lines();
    if lines.is_empty() {
        return Err(CartError::Empty.into());
    }
    let wanted = lines
        .iter()
        .map(|line| wanted(table, line))
        .collect::<Result<Vec<Wanted>, ApiError>>()?;
    let totals = price(app, table, order, &wanted)?;
    if totals.total != order.form.expected_total {
        return Err(changed(order, &lines, &wanted, &totals).into());
    }
    cart::check_payable(totals.total, table.takes_payments)?;
    let counted: Vec<(VariantId, i64)> = wanted
        .iter()
        .filter(|(offer, _)| offer.available.is_some())
        .map(|(offer, quantity)| (offer.variant, quantity.get()))
        .collect();
    table.desk.reserve(&counted)?;
    Ok(totals)
}

/// What a line asks for, if it is sold like that. How many are left is decided at the desk, after
/// everybody who came before.
fn wanted(table: &Table, line: &CartLine) -> Result<Wanted, ApiError> {
    let offer = table
        .offers
        .iter()
        .find(|offer| offer.variant == line.variant)
        .ok_or(CartError::NotForSale(line.variant))?;
    match cart::check(offer, line.quantity) {
        Ok(()) | Err(CartError::OutOfStock { .. }) => Ok((offer.clone(), line.quantity)),
        Err(error @ CartError::Quantity(sold)) => {
            Err(ApiError::conflict("quantity-not-sold", error.to_string())
                .with("variant_id", &line.variant)
                .with("quantities", &sold))
        }
        Err(error) => Err(error.into()),
    }
}

fn price(app: &App, table: &Table, order: &Order, wanted: &[Wanted]) -> Result<Totals, ApiError> {
    let address = &order.form.shipping_address;
    let region = address.region();
    let region = region.ok_or_else(|| not_served("/shipping_address", &address.country))?;
    let pricing = Pricing {
        currency: order.tenant.currency,
        region,
        day: lisbon::day(table.now),
        rates: &app.rates,
        shipping: &table.shipping,
    };
    let totals = pricing.price(wanted)?;
    if !totals.is_served {
        return Err(region_not_served(region, &table.shipping));
    }
    Ok(totals)
}

/// The price that was shown is the price that is charged: if it is another now, nothing is ordered and
/// the difference is told.
fn changed(order: &Order, lines: &[CartLine], wanted: &[Wanted], totals: &Totals) -> ApiError {
    let prices: Vec<Value> = lines
        .iter()
        .zip(wanted)
        .filter(|(line, (offer, _))| line.price_shown != offer.price)
        .map(|(line, (offer, _))| {
            json!({ "variant_id": line.variant, "was": line.price_shown, "now": offer.price })
        })
        .collect();
    let detail = "the total is not the one that was shown; look at it again and confirm";
    ApiError::conflict("total-changed", detail)
        .with("expected", &order.form.expected_total)
        .with("total", &totals.total)
        .with("subtotal", &totals.subtotal)
        .with("shipping", &totals.shipping)
        .with("tax", &totals.tax)
        .with("prices", &prices)
}
