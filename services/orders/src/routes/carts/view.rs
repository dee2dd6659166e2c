//! A cart as it is shown: lines, warnings and all totals.

use http_kit::{ApiError, RequestMeta, Shopper};
use kernel::{CartId, Country, Lang, Money, Postcode, Quantity, VariantId, lisbon};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::cart::{self, CartLine, NotPayable, Obstacle, Offer, Quantities, Warning};
use crate::domain::tax::{TaxAmount, TaxRegion};
use crate::domain::totals::{Pricing, ShippingRate, Totals};
use crate::store::carts::CartRow;

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
    /// What stands in the way of ordering the cart as a whole; said when a cart is looked at or changed.
    pub warnings: Vec<ObstacleView>,
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
    /// The address of the product's page; empty where catalog has not told it yet.
    pub product_slug: String,
    pub image_url: String,
    pub quantity: Quantity,
    pub unit_price: Money,
    pub total: Money,
    /// How many are sold at once; absent for what is no longer sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantities: Option<Quantities>,
    pub warnings: Vec<WarningView>,
}

/// A warning for programs and for people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WarningView {
    #[serde(flatten)]
    pub warning: Warning,
    pub message: String,
}

/// An obstacle for programs and for people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObstacleView {
    #[serde(flatten)]
    pub obstacle: Obstacle,
    pub message: String,
}

/// A cart with all that its answer is made of.
pub struct Shown {
    pub row: CartRow,
    pub offers: Vec<Offer>,
    pub shipping: Vec<ShippingRate>,
    pub takes_payments: bool,
}

impl Shown {
    /// Nothing has to be read for a cart that holds nothing.
    pub fn empty(row: CartRow) -> Self {
        Self {
            row,
            offers: Vec::new(),
            shipping: Vec::new(),
            takes_payments: true,
        }
    }

    pub fn offer(&self, variant: VariantId) -> Result<&Offer, ApiError> {
        let found = self.offers.iter().find(|offer| offer.variant == variant);
        found.ok_or_else(|| ApiError::not_found("variant-not-found"))
    }

    pub fn view(
        &self,
        app: &App,
        shopper: &Shopper,
        meta: &RequestMeta,
    ) -> Result<CartView, ApiError> {
        let (row, lines) = (&self.row, self.row.lines());
        let find = |line: &CartLine| self.offer(line.variant).ok();
        let sold: Vec<(Offer, Quantity)> = lines
            .iter()
            .filter_map(|line| Some((find(line).filter(|o| o.for_sale)?.clone(), line.quantity)))
            .collect();
        let region = region(&row.postcode);
        let pricing = Pricing {
            currency: shopper.tenant.currency,
            region,
            day: lisbon::day(app.clock.now()),
            rates: &app.rates,
            shipping: &self.shipping,
        };
        let totals = pricing.price(&sold)?;
        let language = meta
            .accept_language
            .as_deref()
            .unwrap_or(shopper.tenant.locale.as_str());
        let can_all = |line: &CartLine| {
            find(line).is_some_and(|offer| cart::check(offer, line.quantity).is_ok())
        };
        let warnings = self.obstacles(&totals, region, language);
        let can_be = !lines.is_empty() && !row.ordered && warnings.is_empty();
        Ok(CartView {
            id: row.cart_id(),
            token: None,
            can_checkout: can_be && lines.iter().all(can_all),
            warnings,
            lines: lines
                .iter()
                .map(|line| line_view(line, find(line), language))
                .collect(),
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

    /// A store that takes no payments says so before anything is put in, too.
    fn obstacles(&self, totals: &Totals, region: TaxRegion, language: &str) -> Vec<ObstacleView> {
        let is_closed = self.row.lines().is_empty() && !self.takes_payments;
        let payable = if is_closed {
            Err(NotPayable::NotReady)
        } else {
            cart::check_payable(totals.total, self.takes_payments)
        };
        // Until a destination was given the mainland is only assumed.
        let is_far = !totals.is_served && !self.row.postcode.is_empty();
        let far = is_far.then_some(Obstacle::RegionNotServed { region });
        let found = payable.err().map(Obstacle::from).into_iter().chain(far);
        let view = |obstacle| ObstacleView {
            message: words_of(&obstacle, language),
            obstacle,
        };
        found.map(view).collect()
    }
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
        product_slug: text(|offer| &offer.product_slug),
        image_url: text(|offer| &offer.image_url),
        quantity: line.quantity,
        unit_price: price,
        total,
        quantities: offer.map(|offer| offer.quantities),
        warnings: warnings
            .into_iter()
            .map(|warning| WarningView {
                message: message(&warning, language),
                warning,
            })
            .collect(),
    }
}

/// Shoppers are told in Portuguese, or else in English; amounts as each writes them.
fn lang_of(language: &str) -> Lang {
    let portuguese = language.trim_start().to_lowercase().starts_with("pt");
    if portuguese { Lang::Pt } else { Lang::En }
}

fn words_of(obstacle: &Obstacle, language: &str) -> String {
    let lang = lang_of(language);
    match (obstacle, lang == Lang::Pt) {
        (Obstacle::PaymentsNotReady, true) => "De momento esta loja não aceita pagamentos.".into(),
        (Obstacle::PaymentsNotReady, false) => "This store takes no payments at the moment.".into(),
        (Obstacle::AmountOutOfRange { least, most }, true) => {
            let (least, most) = (least.written(lang), most.written(lang));
            format!("Só é possível pagar de {least} a {most} de uma vez.")
        }
        (Obstacle::AmountOutOfRange { least, most }, false) => {
            let (least, most) = (least.written(lang), most.written(lang));
            format!("From {least} to {most} can be paid at once.")
        }
        (Obstacle::RegionNotServed { region }, true) => {
            let place = match region {
                TaxRegion::Mainland => "Portugal continental",
                TaxRegion::Azores => "os Açores",
                TaxRegion::Madeira => "a Madeira",
            };
            format!("Esta loja não envia para {place}.")
        }
        (Obstacle::RegionNotServed { region }, false) => {
            format!("This store does not send to {}.", region.name())
        }
    }
}

/// In the shopper's language: Portuguese, or else English.
fn message(warning: &Warning, language: &str) -> String {
    let lang = lang_of(language);
    match (warning, lang == Lang::Pt) {
        (Warning::PriceChanged { was, now }, true) => {
            let (was, now) = (was.written(lang), now.written(lang));
            format!("O preço mudou de {was} para {now}.")
        }
        (Warning::PriceChanged { was, now }, false) => {
            let (was, now) = (was.written(lang), now.written(lang));
            format!("The price changed from {was} to {now}.")
        }
        (Warning::OnlyNLeft { available }, true) => format!("Só restam {available}."),
        (Warning::OnlyNLeft { available }, false) => format!("Only {available} left."),
        (Warning::OutOfStock, true) => "Esgotado.".into(),
        (Warning::OutOfStock, false) => "Sold out.".into(),
        (Warning::QuantityNotSold(sold), true) => format!(
            "Vende-se de {} a {} unidades, em múltiplos de {}.",
            sold.min, sold.max, sold.step
        ),
        (Warning::QuantityNotSold(sold), false) => format!(
            "From {} to {} are sold at once, in multiples of {}.",
            sold.min, sold.max, sold.step
        ),
        (Warning::NoLongerSold, true) => "Este artigo já não está à venda.".into(),
        (Warning::NoLongerSold, false) => "This product is no longer sold.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn amounts_are_written_as_the_shopper_writes_them() {
        let euros = |minor| Money::new(minor, Currency::EUR);
        let changed = Warning::PriceChanged {
            was: euros(2_199),
            now: euros(2_399),
        };
        assert_eq!(
            message(&changed, "pt-PT"),
            "O preço mudou de 21,99\u{a0}€ para 23,99\u{a0}€."
        );
        assert_eq!(
            message(&changed, "en-GB"),
            "The price changed from €21.99 to €23.99."
        );
    }
}
