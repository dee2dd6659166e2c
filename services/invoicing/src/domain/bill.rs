//! An order as the lines of a document, to the cent.

use events::MoneyField;
use events::common::v1::TaxAmount;
use events::orders::v1::{Order, OrderLine};
use kernel::{Currency, Money};

use super::buyer::Buyer;
use super::fixed::Fixed;
use super::problem::{Code, Problem};
use super::reference;

/// Most that a simplified invoice to a person may amount to, in cents (CIVA art. 40).
const SIMPLIFIED_MAX: i64 = 100_000;
/// Most of one to anybody else.
const SIMPLIFIED_COMPANY_MAX: i64 = 10_000;
const NAME_CHARS_MAX: usize = 120;

/// What a document says.
#[derive(Clone, Debug, PartialEq)]
pub struct Bill {
    /// What the shopper calls the order.
    pub number: String,
    /// The shopper's language.
    pub locale: String,
    pub buyer: Buyer,
    pub lines: Vec<BillLine>,
    pub total: Money,
    /// By the platform's names: card, mb_way, …
    pub payment_method: String,
}

/// One line: goods, or what it costs to send them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// The order's line; empty for shipping.
    pub line_id: String,
    /// The product's at the provider.
    pub reference: String,
    pub name: String,
    pub quantity: i64,
    /// What the line costs, tax included, in cents.
    pub gross: i64,
    pub rate_bps: u32,
    /// Where the tax is due, by ISO 3166-2.
    pub region: String,
    /// The order's own reason for no tax; may be empty.
    pub exemption: String,
    pub is_service: bool,
}

impl Bill {
    /// The lines in the order of the order, shipping last, one line for each of its rates. Lines that
    /// cost nothing are left out: Moloni refuses a price of zero.
    ///
    /// # Errors
    /// When the amounts do not add up, or are in another currency than euros.
    pub fn of(order: &Order, shipping_reference: &str) -> Result<Self, Problem> {
        let total = order.total.required("order.total").map_err(unclear)?;
        if total.currency != Currency::EUR {
            let currency = total.currency.to_string();
            return Err(Problem::new(Code::CurrencyForeign, currency));
        }
        let mut lines = Vec::new();
        for line in &order.lines {
            lines.push(goods(line)?);
        }
        lines.extend(shipping(order, shipping_reference)?);
        let sum: i64 = lines.iter().map(|line| line.gross).sum();
        if sum != total.minor {
            let detail = format!("lines {}, total {}", shown(sum), shown(total.minor));
            return Err(Problem::new(Code::OrderUnclear, detail));
        }
        lines.retain(|line| line.gross > 0);
        Ok(Self {
            number: order.number.clone(),
            locale: order.locale.clone(),
            buyer: Buyer::of(order),
            lines,
            total,
            payment_method: order.payment_method.clone(),
        })
    }

    /// Whether the law lets a simplified invoice be issued for it.
    pub fn may_be_simplified(&self) -> bool {
        let most = match self.buyer.is_company {
            true => SIMPLIFIED_COMPANY_MAX,
            false => SIMPLIFIED_MAX,
        };
        self.total.minor <= most
    }
}

impl BillLine {
    /// The price of one without tax, from which the line comes to its amount again.
    pub fn unit_price(&self) -> Fixed {
        price_of(
            self.gross,
            Fixed::whole(self.quantity.max(1)),
            self.rate_bps,
        )
    }
}

/// The price of one without tax, from which so many come to an amount: mostly the exact share, and where
/// its rounding would be a cent off, the share of a net amount of whole cents.
pub fn price_of(gross: i64, quantity: Fixed, rate_bps: u32) -> Fixed {
    let exact = Fixed::of_cents(gross).without_tax(rate_bps);
    let rounded = Fixed::of_cents(exact.cents());
    let down = Fixed::of_cents(exact.cents() - 1);
    let prices = [exact, rounded, down].map(|net| net.over(quantity).unwrap_or_default());
    let [first, ..] = prices;
    let fits = |price: &Fixed| line_total(quantity, *price, rate_bps) == gross;
    prices.into_iter().find(fits).unwrap_or(first)
}

/// What a line comes to at the provider, in cents: net and tax are rounded on their own.
pub fn line_total(quantity: Fixed, price: Fixed, rate_bps: u32) -> i64 {
    let net = quantity.times(price);
    net.cents() + net.share(rate_bps).cents()
}

/// `12.34`, for a merchant's eyes.
pub fn shown(cents: i64) -> String {
    let (whole, part) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{whole}.{part:02}")
}

fn goods(line: &OrderLine) -> Result<BillLine, Problem> {
    let total = line.total.required("line.total").map_err(unclear)?;
    let tax = line.tax.clone().unwrap_or_default();
    if line.quantity < 1 || total.minor < 0 {
        let detail = format!("line {}", line.line_id);
        return Err(Problem::new(Code::OrderUnclear, detail));
    }
    let name = match line.variant_title.trim() {
        "" => line.title.clone(),
        variant => format!("{} — {variant}", line.title),
    };
    Ok(BillLine {
        line_id: line.line_id.clone(),
        reference: reference::product(&line.sku, &line.variant_id),
        name: named(&name, &line.sku),
        quantity: line.quantity,
        gross: total.minor,
        rate_bps: tax.rate_bps,
        region: tax.region,
        exemption: tax.exemption_code,
        is_service: false,
    })
}

fn shipping(order: &Order, reference: &str) -> Result<Vec<BillLine>, Problem> {
    let Some(shipping) = &order.shipping else {
        return Ok(Vec::new());
    };
    let total = shipping.total.optional().map_err(unclear)?;
    let total = total.map_or(0, |total| total.minor);
    let mut lines = Vec::new();
    for tax in &shipping.taxes {
        lines.push(BillLine {
            line_id: String::new(),
            reference: reference.to_owned(),
            name: shipping_name(&shipping.title, &order.locale),
            quantity: 1,
            gross: gross(tax)?,
            rate_bps: tax.rate_bps,
            region: tax.region.clone(),
            exemption: tax.exemption_code.clone(),
            is_service: true,
        });
    }
    let sum: i64 = lines.iter().map(|line| line.gross).sum();
    match sum == total {
        true => Ok(lines),
        false => {
            let detail = format!("shipping {}, its taxes' {}", shown(total), shown(sum));
            Err(Problem::new(Code::OrderUnclear, detail))
        }
    }
}

fn gross(tax: &TaxAmount) -> Result<i64, Problem> {
    let net = tax.net.required("tax.net").map_err(unclear)?;
    let part = tax.tax.required("tax.tax").map_err(unclear)?;
    net.add(part)
        .map(|sum| sum.minor)
        .map_err(|error| Problem::new(Code::OrderUnclear, error.to_string()))
}

fn shipping_name(title: &str, locale: &str) -> String {
    let fallback = if locale.starts_with("pt") {
        "Portes de envio"
    } else {
        "Shipping"
    };
    named(title, fallback)
}

fn named(name: &str, fallback: &str) -> String {
    let name = if name.trim().is_empty() {
        fallback
    } else {
        name
    };
    name.trim().chars().take(NAME_CHARS_MAX).collect()
}

fn unclear(error: kernel::Invalid) -> Problem {
    Problem::new(Code::OrderUnclear, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(gross: i64, quantity: i64, rate_bps: u32) -> BillLine {
        BillLine {
            line_id: "1".into(),
            reference: "A".into(),
            name: "A".into(),
            quantity,
            gross,
            rate_bps,
            region: "PT".into(),
            exemption: String::new(),
            is_service: false,
        }
    }

    fn comes_back(line: &BillLine) -> bool {
        let quantity = Fixed::whole(line.quantity);
        line_total(quantity, line.unit_price(), line.rate_bps) == line.gross
    }

    proptest! {
        #[test]
        fn a_line_comes_to_what_was_paid(
            gross in 1..10_000_000_i64,
            quantity in 1..500_i64,
            rate in prop::sample::select(vec![0_u32, 600, 900, 1_300, 1_600, 2_200, 2_300]),
        ) {
            prop_assert!(comes_back(&line(gross, quantity, rate)));
        }
    }

    #[test]
    fn few_amounts_at_four_and_twelve_per_cent_do_not_exist_at_the_provider() {
        // 12.5 + 0.5 cents: both round up, and no other net amount comes to 13 either.
        for (rate, every, at) in [(400, 26, 13), (1_200, 28, 14)] {
            let impossible = (1..1_000_i64).filter(|gross| !comes_back(&line(*gross, 1, rate)));
            let expected = (1..1_000_i64).filter(|gross| gross % every == at);
            assert!(impossible.eq(expected), "{rate}");
        }
    }

    #[test]
    fn an_order_whose_lines_are_not_its_total_is_the_platforms_business() {
        let money = |minor| Some(Money::new(minor, Currency::EUR).into());
        let order = Order {
            total: money(100),
            lines: vec![OrderLine {
                line_id: "1".into(),
                quantity: 1,
                total: money(99),
                ..OrderLine::default()
            }],
            ..Order::default()
        };
        let problem = Bill::of(&order, "ENVIO").unwrap_err();
        assert_eq!(problem.code, Code::OrderUnclear);
        assert_eq!(problem.detail, "lines 0.99, total 1.00");
    }
}
