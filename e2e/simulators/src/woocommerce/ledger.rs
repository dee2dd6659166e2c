//! What an order adds up to, the way WooCommerce adds.
//!
//! Amounts are kept with up to six decimals and printed with two. Where prices include tax each
//! line's tax is rounded; where they do not, only the sum is, and so printed parts may differ from
//! the total by a cent.

mod rates;

use super::garden::Unit;
use super::views::blank;
use crate::json::Json as _;
use rates::Rate;
use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
use serde_json::{Value, json};

pub(super) use rates::{Region, TAX_CLASSES, rates};

#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) region: Region,
    pub(super) prices_include_tax: bool,
    pub(super) lines: Vec<Line>,
    pub(super) fees: Vec<Fee>,
    pub(super) shipping: Option<Decimal>,
    /// Code and percentage.
    pub(super) coupon: Option<(&'static str, u32)>,
}

#[derive(Debug)]
pub(super) struct Line {
    pub(super) unit: Unit,
    pub(super) quantity: u64,
}

#[derive(Debug)]
pub(super) struct Fee {
    name: &'static str,
    amount: Decimal,
}

impl Fee {
    /// A negative fee is a discount.
    pub(super) fn new(name: &'static str, amount: Decimal) -> Self {
        Self { name, amount }
    }
}

/// A line, computed. Nothing is rounded to cents yet.
struct Sum<'a> {
    line: &'a Line,
    rate: Option<&'static Rate>,
    subtotal: Decimal,
    subtotal_tax: Decimal,
    total: Decimal,
    tax: Decimal,
}

/// A fee or shipping, computed: its net amount, and its tax by rate.
struct Extra {
    net: Decimal,
    taxes: Vec<(&'static Rate, Decimal)>,
}

impl Extra {
    fn tax(&self) -> Decimal {
        self.taxes.iter().map(|(_, tax)| tax).sum()
    }

    fn view(&self) -> Vec<Value> {
        let view = |(rate, tax): &(&Rate, Decimal)| json!({"id": rate.id, "total": tax.normalize().to_string(), "subtotal": ""});
        self.taxes.iter().map(view).collect()
    }
}

impl Ledger {
    /// Lines and totals of an order; lines are numbered from `first`.
    pub(super) fn amounts(&self, first: u64) -> Value {
        let sums: Vec<_> = self.lines.iter().map(|line| self.sum(line)).collect();
        let shipping = self.shipping.map(|net| self.shipping(net));
        let fees: Vec<_> = self.fees.iter().map(|fee| self.fee(fee, &sums)).collect();
        let lines: Vec<_> = (first..)
            .zip(&sums)
            .map(|(id, sum)| self.line_view(id, sum))
            .collect();
        let mut body = self.totals(&sums, &fees, shipping.as_ref());
        body.merge(&json!({
            "line_items": lines,
            "shipping_lines": shipping.iter().map(|extra| shipping_view(first + 10, extra)).collect::<Vec<_>>(),
            "fee_lines": (first + 12..).zip(self.fees.iter().zip(&fees))
                .map(|(id, (fee, extra))| fee_view(id, fee, extra)).collect::<Vec<_>>(),
            "tax_lines": self.tax_lines(first + 15, &sums, &fees, shipping.as_ref()),
            "coupon_lines": self.coupon_lines(first + 20, &sums),
        }));
        body
    }

    fn sum<'a>(&self, line: &'a Line) -> Sum<'a> {
        let rate = self.region.rate(&line.unit.tax_class);
        let part = rate.map(Rate::part).unwrap_or_default();
        let given = line.unit.price * Decimal::from(line.quantity);
        let subtotal = match self.prices_include_tax {
            true => (given / (Decimal::ONE + part)).round_dp(6),
            false => given,
        };
        let subtotal_tax = match self.prices_include_tax {
            true => given - subtotal,
            false => (given * part).round_dp(6),
        };
        let left = Decimal::new(
            100 - i64::from(self.coupon.map_or(0, |(_, percent)| percent)),
            2,
        );
        Sum {
            line,
            rate,
            subtotal,
            subtotal_tax,
            total: (subtotal * left).round_dp(6),
            tax: (subtotal_tax * left).round_dp(6),
        }
    }

    fn shipping(&self, net: Decimal) -> Extra {
        let rate = self.region.rate("").filter(|rate| rate.shipping);
        let taxes = rate.map(|rate| (rate, (net * rate.part()).round_dp(6)));
        Extra {
            net,
            taxes: taxes.into_iter().collect(),
        }
    }

    /// A fee is taxed as a thing of its own, but a discount takes back tax of everything sold, in
    /// proportion.
    fn fee(&self, fee: &Fee, sums: &[Sum<'_>]) -> Extra {
        if fee.amount > Decimal::ZERO {
            let rate = self.region.rate("");
            let taxes = rate.map(|rate| (rate, (fee.amount * rate.part()).round_dp(6)));
            return Extra {
                net: fee.amount,
                taxes: taxes.into_iter().collect(),
            };
        }
        let sold: Decimal = sums.iter().map(|sum| sum.total).sum();
        let mut taxes: Vec<(&Rate, Decimal)> = Vec::new();
        for sum in sums {
            let Some(rate) = sum.rate else { continue };
            let share = (fee.amount * sum.total * rate.part())
                .checked_div(sold)
                .unwrap_or_default();
            match taxes.iter_mut().find(|(known, _)| known.id == rate.id) {
                Some((_, tax)) => *tax += share,
                None => taxes.push((rate, share)),
            }
        }
        for (_, tax) in &mut taxes {
            *tax = tax.round_dp(6);
        }
        Extra {
            net: fee.amount,
            taxes,
        }
    }

    /// Tax as this shop rounds it, line by line or not before the end.
    fn rounded(&self, tax: Decimal) -> Decimal {
        match self.prices_include_tax {
            true => cents(tax),
            false => tax,
        }
    }

    fn totals(&self, sums: &[Sum<'_>], fees: &[Extra], shipping: Option<&Extra>) -> Value {
        let add = |part: fn(&Sum<'_>) -> Decimal| -> Decimal {
            sums.iter().map(|sum| self.rounded(part(sum))).sum()
        };
        let fee_tax: Decimal = fees.iter().map(|fee| self.rounded(fee.tax())).sum();
        let cart_tax = cents(add(|sum| sum.tax) + fee_tax);
        let shipping_total = shipping.map(|extra| extra.net).unwrap_or_default();
        let shipping_tax = cents(shipping.map(Extra::tax).unwrap_or_default());
        let goods = add(|sum| sum.total) + fees.iter().map(|fee| fee.net).sum::<Decimal>();
        json!({
            "discount_total": text(add(|sum| sum.subtotal) - add(|sum| sum.total)),
            "discount_tax": text(add(|sum| sum.subtotal_tax) - add(|sum| sum.tax)),
            "shipping_total": text(shipping_total),
            "shipping_tax": text(shipping_tax),
            "cart_tax": text(cart_tax),
            "total": text(cents(goods + shipping_total + cart_tax + shipping_tax)),
            "total_tax": text(cart_tax + shipping_tax),
        })
    }

    fn line_view(&self, id: u64, sum: &Sum<'_>) -> Value {
        let unit = &sum.line.unit;
        let taxes: Vec<_> = sum
            .rate
            .iter()
            .map(|rate| json!({"id": rate.id, "total": text(sum.tax), "subtotal": text(sum.subtotal_tax)}))
            .collect();
        json!({
            "id": id,
            "name": unit.name,
            "product_id": unit.product,
            "variation_id": unit.variation,
            "quantity": sum.line.quantity,
            "tax_class": unit.tax_class,
            "subtotal": text(sum.subtotal),
            "subtotal_tax": text(self.rounded(sum.subtotal_tax)),
            "total": text(sum.total),
            "total_tax": text(self.rounded(sum.tax)),
            "taxes": taxes,
            "meta_data": line_meta(id, sum.line),
            "sku": (unit.product > 0).then_some(&unit.sku),
            "price": blank::number(sum.total / Decimal::from(sum.line.quantity.max(1))),
            "image": picture(unit),
            "parent_name": unit.parent_name,
        })
    }

    fn tax_lines(
        &self,
        first: u64,
        sums: &[Sum<'_>],
        fees: &[Extra],
        shipping: Option<&Extra>,
    ) -> Vec<Value> {
        let of_rate = |extra: &Extra, rate: &Rate| -> Decimal {
            let taxes = extra.taxes.iter().filter(|(found, _)| found.id == rate.id);
            taxes.map(|(_, tax)| tax).sum()
        };
        let used = rates().iter().filter(|rate| {
            let sold = sums
                .iter()
                .any(|sum| sum.rate.is_some_and(|found| found.id == rate.id));
            sold || shipping
                .is_some_and(|extra| extra.taxes.iter().any(|(found, _)| found.id == rate.id))
        });
        (first..)
            .zip(used)
            .map(|(id, rate)| {
                let lines = sums.iter().filter(|sum| sum.rate.is_some_and(|found| found.id == rate.id));
                let goods: Decimal = lines.map(|sum| self.rounded(sum.tax)).sum();
                let extra: Decimal = fees.iter().map(|fee| self.rounded(of_rate(fee, rate))).sum();
                let shipped = shipping.map(|shipping| of_rate(shipping, rate)).unwrap_or_default();
                json!({"id": id, "rate_code": rate.code(), "rate_id": rate.id, "label": rate.name,
                    "compound": rate.compound, "tax_total": text(goods + extra),
                    "shipping_tax_total": text(shipped), "rate_percent": blank::number(rate.percent()),
                    "meta_data": []})
            })
            .collect()
    }

    fn coupon_lines(&self, id: u64, sums: &[Sum<'_>]) -> Vec<Value> {
        let Some((code, percent)) = self.coupon else {
            return Vec::new();
        };
        let discount: Decimal = sums.iter().map(|sum| sum.subtotal - sum.total).sum();
        let tax: Decimal = sums.iter().map(|sum| sum.subtotal_tax - sum.tax).sum();
        let copy = json!({"code": code, "amount": percent.to_string(), "status": "publish",
            "discount_type": "percent", "date_expires": null, "usage_limit": 0, "free_shipping": false,
            "date_created": super::calendar::php(Some(super::garden::OPENED)), "meta_data": []});
        vec![
            json!({"id": id, "code": code, "discount": text(discount), "discount_tax": text(tax),
            "meta_data": [{"id": id, "key": "coupon_data", "value": copy,
                "display_key": "coupon_data", "display_value": copy}]}),
        ]
    }
}

fn shipping_view(id: u64, extra: &Extra) -> Value {
    json!({"id": id, "method_title": "CTT Expresso", "method_id": "flat_rate", "instance_id": "2",
        "total": text(extra.net), "total_tax": text(cents(extra.tax())), "taxes": extra.view(),
        "meta_data": []})
}

fn fee_view(id: u64, fee: &Fee, extra: &Extra) -> Value {
    // A discount has tax although it says that it has none.
    let status = if fee.amount > Decimal::ZERO {
        "taxable"
    } else {
        "none"
    };
    json!({"id": id, "name": fee.name, "tax_class": "", "tax_status": status, "amount": "",
        "total": text(extra.net), "total_tax": text(cents(extra.tax())), "taxes": extra.view(),
        "meta_data": []})
}

fn line_meta(id: u64, line: &Line) -> Vec<Value> {
    let chosen = line.unit.chosen.iter().map(|[key, shown_key, value, shown]| {
        json!({"key": key, "value": value, "display_key": shown_key, "display_value": shown})
    });
    let quantity = line.quantity.to_string();
    let reduced = json!({"key": "_reduced_stock", "value": quantity,
        "display_key": "_reduced_stock", "display_value": quantity});
    (id * 10..)
        .zip(chosen.chain([reduced]))
        .map(|(id, mut meta)| {
            meta.set("id", id);
            meta
        })
        .collect()
}

/// PHP knows four ways to say that there is no picture, and says a number as a text.
fn picture(unit: &Unit) -> Value {
    match &unit.image {
        _ if unit.product == 0 => json!({"id": 0, "src": ""}),
        Some((id, src)) if src.is_empty() => json!({"id": id.to_string(), "src": false}),
        Some((id, src)) => json!({"id": id.to_string(), "src": src}),
        None if unit.variation > 0 => json!({"id": 0, "src": ""}),
        None => json!({"id": "", "src": ""}),
    }
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, MidpointAwayFromZero)
}

fn text(amount: Decimal) -> String {
    amount.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::{Ledger, Line, Region};
    use crate::json::Json as _;
    use crate::woocommerce::garden::Unit;
    use rust_decimal::Decimal;

    fn ledger(prices_include_tax: bool) -> Ledger {
        let line = |price, tax_class: &str| Line {
            unit: Unit {
                product: 1,
                tax_class: tax_class.into(),
                price: Decimal::new(price, 2),
                ..Unit::default()
            },
            quantity: 1,
        };
        Ledger {
            region: Region::Mainland,
            prices_include_tax,
            lines: vec![line(4_078, ""), line(1_480, "taxa-intermedia")],
            fees: vec![],
            shipping: Some(Decimal::new(450, 2)),
            coupon: None,
        }
    }

    #[test]
    fn with_tax_in_the_prices_the_shopper_pays_the_prices() {
        let order = ledger(true).amounts(0);
        // 40.78 + 14.80, and 4.50 with 23 % on top.
        assert_eq!(order.text("total"), "61.12");
        assert_eq!(order["line_items"][0]["total"], "33.154472");
        assert_eq!(order["line_items"][0]["total_tax"], "7.63");
        assert_eq!(order["line_items"][0]["taxes"][0]["total"], "7.625528");
    }

    #[test]
    fn without_tax_in_the_prices_only_the_sum_is_rounded() {
        let order = ledger(false).amounts(0);
        // 40.78 × 0.23 = 9.3794, 14.80 × 0.13 = 1.924: together 11.3034.
        assert_eq!(order.text("cart_tax"), "11.3");
        assert_eq!(order["line_items"][1]["total_tax"], "1.924");
    }
}
