//! Orders and refunds.

use super::{Look, ORIGIN, blank};
use crate::json::Json as _;
use crate::woocommerce::calendar;
use crate::woocommerce::shop::{Kind, Row};
use serde_json::{Value, json};

/// Amounts that are printed with the decimals asked for; what is in `taxes` keeps all of its own.
const AMOUNTS: [&str; 13] = [
    "discount_total",
    "discount_tax",
    "shipping_total",
    "shipping_tax",
    "cart_tax",
    "total",
    "total_tax",
    "subtotal",
    "subtotal_tax",
    "tax_total",
    "shipping_tax_total",
    "discount",
    "amount",
];
const LINES: [&str; 5] = [
    "line_items",
    "tax_lines",
    "shipping_lines",
    "fee_lines",
    "coupon_lines",
];

impl Look<'_> {
    pub(super) fn order(&self, id: u64, row: &Row, mut body: Value) -> Value {
        self.dates(&mut body, row);
        let (paid, completed) = (
            body.part("_paid").as_i64(),
            body.part("_completed").as_i64(),
        );
        calendar::set_both(&mut body, "date_paid", paid);
        calendar::set_both(&mut body, "date_completed", completed);
        self.print(&mut body);
        let pay = format!(
            "{ORIGIN}/checkout/order-pay/{id}/?pay_for_order=true&key={}",
            body.text("order_key")
        );
        let symbol = if body.text("currency") == "USD" {
            "$"
        } else {
            "€"
        };
        let refunds = self.refunds(id);
        body.merge(&json!({
            "status": row.status,
            "refunds": refunds,
            "payment_url": pay,
            "is_editable": matches!(&*row.status, "pending" | "on-hold" | "auto-draft"),
            "needs_payment": matches!(&*row.status, "pending" | "failed"),
            "needs_processing": true,
            "currency_symbol": symbol,
        }));
        if let Value::Object(fields) = &mut body {
            fields.retain(|name, _| !name.starts_with('_'));
        }
        body
    }

    /// The newest comes first.
    fn refunds(&self, id: u64) -> Vec<Value> {
        let rows: Vec<_> = self.shop.children(Kind::Refunds, id).collect();
        let view = |(id, row): &(_, &Row)| {
            let refund = self.shop.body(Kind::Refunds, *id, row);
            let total = format!("-{}", blank::print(refund.text("amount"), self.decimals));
            json!({"id": id.1, "reason": refund.text("reason"), "total": total})
        };
        rows.iter().rev().map(view).collect()
    }

    pub(super) fn refund(&self, row: &Row, mut body: Value) -> Value {
        calendar::set_both(&mut body, "date_created", Some(row.created));
        self.print(&mut body);
        body
    }

    fn print(&self, body: &mut Value) {
        let print = |of: &mut Value| {
            for name in AMOUNTS {
                let printed = of
                    .get(name)
                    .and_then(Value::as_str)
                    .map(|amount| match amount {
                        // A fee without an amount of its own.
                        "" => String::new(),
                        amount => blank::print(amount, self.decimals),
                    });
                if let Some(printed) = printed {
                    of.set(name, printed);
                }
            }
        };
        print(body);
        for name in LINES {
            let lines = body.get_mut(name).and_then(Value::as_array_mut);
            lines.into_iter().flatten().for_each(print);
        }
    }
}
