//! Orders as the old shop closed them.

use events::migration::v1::orders_record::Body as Orders;
use events::migration::v1::{PastLine, PastNote, PastOrder, PastRefund, PastTax};
use kernel::Currency;
use serde_json::Value;
use time::OffsetDateTime;

use super::customers::{address, tax_id};
use super::{Body, Item, Known, Name};
use crate::domain::text;
use crate::domain::value::Fields;

/// An order as it was read.
pub struct Read<'a> {
    pub order: &'a Value,
    pub refunds: &'a [Value],
    pub notes: &'a [Value],
}

impl Read<'_> {
    /// What it names that came before it.
    pub fn references(&self) -> Vec<Name> {
        let mut names = vec![("customer", self.order.int("customer_id").to_string())];
        for line in self.order.list("line_items") {
            let (product, variation) = (line.int("product_id"), line.int("variation_id"));
            names.push(("product", product.to_string()));
            names.push(("variant", product.to_string()));
            names.push(("variation", variation.to_string()));
        }
        names
    }

    pub fn item(&self, known: &Known) -> Item {
        let order = self.order;
        let currency = self.currency();
        let minor = |name: &str| amount(order, name, currency);
        let total = minor("total");
        let lines = self.lines(currency, known);
        let of_lines: i64 = lines
            .iter()
            .map(|line| line.net_minor + line.tax_minor)
            .sum();
        let refunds = self.refunds(currency);
        let refunded: i64 = refunds.iter().map(|refund| refund.amount_minor).sum();
        let mut notes = Vec::new();
        let body = PastOrder {
            number: text::cut(&order.text("number"), 60),
            status: self.status(total, refunded, &mut notes).to_owned(),
            source_status: text::cut(&order.text("status"), 60),
            currency: currency.to_string(),
            email: text::cut(&order.part("billing").text("email"), 254),
            customer_id: known.id("customer", &order.int("customer_id").to_string()),
            billing: address(order.part("billing"), &tax_id(order)),
            shipping: address(order.part("shipping"), ""),
            lines,
            total_minor: total,
            tax_minor: minor("total_tax"),
            shipping_minor: minor("shipping_total"),
            discount_minor: minor("discount_total"),
            rounding_minor: total - of_lines,
            refunds,
            notes: self.notes(),
            payment_method: text::plain(&order.text("payment_method_title"), 100),
            transaction_id: text::cut(&order.text("transaction_id"), 255),
            customer_note: text::plain(&order.text("customer_note"), 2_000),
            coupon_codes: self.coupon_codes(),
            taxes: self.taxes(currency),
            prices_include_tax: order.flag("prices_include_tax"),
            placed_at_us: order.instant("date_created"),
            paid_at_us: order.instant("date_paid"),
            completed_at_us: order.instant("date_completed"),
        };
        let id = order.int("id").to_string();
        let placed_at_us = body.placed_at_us;
        let mut item = Item::new("order", id, Body::Orders(Orders::Order(body)));
        item.measured.label = order.text("status");
        item.measured.month = month(placed_at_us);
        item.measured.currency = currency.to_string();
        item.measured.total_minor = Some(total);
        item.measured.refunded_minor = Some(refunded);
        item.notes = notes;
        item
    }

    fn currency(&self) -> Currency {
        let code = self.order.text("currency").to_uppercase();
        code.parse().unwrap_or(Currency::EUR)
    }

    fn status(&self, total: i64, refunded: i64, notes: &mut Vec<String>) -> &'static str {
        let paid = match refunded {
            back if back > 0 && back >= total => "refunded",
            back if back > 0 => "partially_refunded",
            _ => "paid",
        };
        match self.order.text("status").as_str() {
            "pending" | "on-hold" | "checkout-draft" => "pending_payment",
            "processing" | "completed" => paid,
            "refunded" => "refunded",
            "cancelled" | "failed" | "trash" => "cancelled",
            other => {
                let is_paid = self.order.instant("date_paid") != 0;
                let ours = if is_paid { paid } else { "pending_payment" };
                notes.push(format!("its state {other} is none of ours; it is {ours}"));
                ours
            }
        }
    }

    fn lines(&self, currency: Currency, known: &Known) -> Vec<PastLine> {
        let line = |kind: &str, name: &str, value: &Value| PastLine {
            kind: kind.to_owned(),
            title: text::plain(&value.text(name), 300),
            net_minor: amount(value, "total", currency),
            tax_minor: amount(value, "total_tax", currency),
            ..PastLine::default()
        };
        let products = self.order.list("line_items").iter().map(|value| {
            let (product, variation) = (value.int("product_id"), value.int("variation_id"));
            let variant_id = if variation == 0 {
                known.id("variant", &product.to_string())
            } else {
                known.id("variation", &variation.to_string())
            };
            PastLine {
                sku: text::cut(&value.text("sku"), 64),
                product_id: known.id("product", &product.to_string()),
                variant_id,
                quantity: value.text("quantity"),
                choices: choices(value),
                ..line("product", "name", value)
            }
        });
        let shipping = self.order.list("shipping_lines").iter();
        let shipping = shipping.map(|value| line("shipping", "method_title", value));
        let fees = self.order.list("fee_lines").iter();
        let fees = fees.map(|value| line("fee", "name", value));
        products.chain(shipping).chain(fees).collect()
    }

    fn refunds(&self, currency: Currency) -> Vec<PastRefund> {
        let refund = |value: &Value| PastRefund {
            source_id: value.int("id").to_string(),
            amount_minor: amount(value, "amount", currency).abs(),
            reason: text::plain(&value.text("reason"), 500),
            created_at_us: value.instant("date_created"),
        };
        self.refunds.iter().map(refund).collect()
    }

    fn notes(&self) -> Vec<PastNote> {
        let note = |value: &Value| PastNote {
            at_us: value.instant("date_created"),
            author: text::plain(&value.text("author"), 100),
            text: text::plain(&value.text("note"), 2_000),
            for_customer: value.flag("customer_note"),
        };
        let mut notes: Vec<PastNote> = self.notes.iter().map(note).collect();
        notes.sort_by_key(|note| note.at_us);
        notes
    }

    fn coupon_codes(&self) -> Vec<String> {
        let coupons = self.order.list("coupon_lines").iter();
        coupons
            .map(|value| text::cut(&value.text("code"), 100))
            .collect()
    }

    fn taxes(&self, currency: Currency) -> Vec<PastTax> {
        let tax = |value: &Value| PastTax {
            code: text::cut(&value.text("rate_code"), 60),
            rate_percent: value.text("rate_percent"),
            tax_minor: amount(value, "tax_total", currency)
                + amount(value, "shipping_tax_total", currency),
        };
        self.order.list("tax_lines").iter().map(tax).collect()
    }
}

/// What the shopper chose, as it is shown; what begins with an underscore is a plugin's own.
fn choices(line: &Value) -> Vec<String> {
    let shown = |meta: &Value| {
        let (key, value) = (meta.text("display_key"), meta.text("display_value"));
        let key = if key.is_empty() {
            meta.text("key")
        } else {
            key
        };
        let value = if value.is_empty() {
            meta.text("value")
        } else {
            value
        };
        let is_told = !key.is_empty() && !key.starts_with('_') && !value.is_empty();
        is_told.then(|| text::plain(&format!("{key}: {value}"), 200))
    };
    line.list("meta_data").iter().filter_map(shown).collect()
}

fn amount(value: &Value, name: &str, currency: Currency) -> i64 {
    let amount = value
        .decimal(name)
        .and_then(|amount| amount.minor(currency.exponent()));
    amount.unwrap_or(0)
}

/// `2024-03`; empty for an order without a day.
fn month(us: i64) -> String {
    let at: Option<OffsetDateTime> = events::from_us(us);
    at.map(|at| format!("{:04}-{:02}", at.year(), u8::from(at.month())))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(order: &Value, refunds: &[Value]) -> PastOrder {
        let read = Read {
            order,
            refunds,
            notes: &[],
        };
        match read.item(&Known::default()).body {
            Body::Orders(Orders::Order(body)) => body,
            _ => unreachable!(),
        }
    }

    #[test]
    fn totals_are_kept_and_what_lines_lack_is_said() {
        let order = json!({"id": 1, "status": "completed", "currency": "EUR", "total": "12.30",
            "line_items": [{"name": "A", "product_id": 0, "quantity": 0.5, "total": "10.004", "total_tax": "2.30",
                "price": 24.390244, "sku": null, "meta_data": [{"key": "_x", "value": [1]}, {"key": "pa_cor", "display_key": "Cor", "display_value": "<p>Azul</p>"}]}],
            "fee_lines": [{"name": "Desconto", "total": "-1.00", "total_tax": "-0.23"}],
            "shipping_lines": [{"method_title": "CTT", "total": "1.01", "total_tax": "0.23"}],
            "date_created_gmt": "2024-10-27T00:30:00"});
        let body = body(&order, &[]);
        assert_eq!((body.total_minor, body.rounding_minor), (1_230, -1));
        assert_eq!(body.lines[0].quantity, "0.5");
        assert_eq!(body.lines[0].choices, ["Cor: Azul"]);
        assert_eq!(body.lines[2].net_minor, -100);
        assert_eq!(month(body.placed_at_us), "2024-10");
    }

    #[test]
    fn states_are_ours() {
        let of = |status: &str, back: &str| {
            let order = json!({"status": status, "total": "10.00", "currency": "EUR"});
            let refunds = [json!({"amount": back})];
            body(&order, &refunds).status
        };
        assert_eq!(of("completed", "0"), "paid");
        assert_eq!(of("processing", "3.00"), "partially_refunded");
        assert_eq!(of("completed", "10.00"), "refunded");
        assert_eq!(of("on-hold", "0"), "pending_payment");
        assert_eq!(of("failed", "0"), "cancelled");
        assert_eq!(of("em-producao", "0"), "pending_payment");
    }
}
