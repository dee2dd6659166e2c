//! Orders with lines, taxes, shipping, fees, coupons, refunds and notes.

use super::buyers::Person;
use super::words::TAX_NUMBERS;
use super::{CUSTOMERS, Dice, Garden, ORDERS, Unit};
use crate::json::Json as _;
use crate::woocommerce::ledger::{Fee, Ledger, Line, Region};
use crate::woocommerce::shop::Kind;
use crate::woocommerce::views::blank;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// The coupon that orders were reduced with: its code and percentage.
pub(in crate::woocommerce) const COUPON: (&str, u32) = ("natal10", 10);
/// A customer that was deleted.
const NOBODY: u64 = 999_999;
/// So many numbers of lines, taxes and metadata are free for an order.
const LINE_IDS: u64 = 40;
const STATUSES: [&str; 20] = [
    "completed",
    "processing",
    "completed",
    "refunded",
    "pending",
    "completed",
    "on-hold",
    "completed",
    "cancelled",
    "completed",
    "em-producao",
    "processing",
    "failed",
    "completed",
    "processing",
    "completed",
    "completed",
    "refunded",
    "processing",
    "completed",
];
const METHODS: [(&str, &str); 4] = [
    ("stripe", "Cartão de crédito (Stripe)"),
    ("mbway_ifthen_for_woocommerce", "MB WAY"),
    (
        "multibanco_ifthen_for_woocommerce",
        "Pagamento de Serviços no Multibanco",
    ),
    ("bacs", "Transferência bancária"),
];

pub(in crate::woocommerce) fn order_status(number: u64) -> &'static str {
    let at = usize::try_from(number % 20).unwrap_or_default();
    match number % 37 {
        36 => "trash",
        _ => STATUSES.get(at).copied().unwrap_or_default(),
    }
}

/// How many refunds an order has: one of everything, one of a piece, or two of a few cents.
pub(in crate::woocommerce) fn refunds_of(number: u64) -> u64 {
    match (order_status(number), number % 20) {
        ("refunded", _) => 1,
        ("completed", 5) => 1,
        ("processing", 14) => 2,
        _ => 0,
    }
}

impl Garden {
    /// When an order was made: a few in the hours that clocks skip and repeat.
    pub(in crate::woocommerce) fn ordered_at(&self, number: u64) -> i64 {
        match number {
            // 2026-03-29 00:30 UTC, half an hour before the clocks are put forward.
            1 => 1_774_744_200,
            // 2025-10-26 00:30 and 01:30 UTC: both are 01:30 in Lisbon.
            2 => 1_761_438_600,
            3 => 1_761_442_200,
            _ => self.moment(number, self.orders),
        }
    }

    pub(super) fn order(&self, number: u64) -> Value {
        let mut dice = self.dice(Kind::Orders, number);
        let customer = self.buyer(number, &mut dice);
        let person = match customer {
            0 | NOBODY => self.person(Kind::Orders, number),
            known => self.person(Kind::Customers, known - CUSTOMERS),
        };
        let (method, method_title) = dice.one_of(&METHODS);
        let ledger = self.ledger(number, &person, &mut dice);
        let mut body = json!({
            "parent_id": 0,
            "currency": ledger.region.currency(),
            "version": "8.2.2",
            "prices_include_tax": ledger.prices_include_tax,
            "customer_id": customer,
            "order_key": format!("wc_order_{number:013}"),
            "billing": person.billing(),
            "shipping": person.shipping(),
            "payment_method": method,
            "payment_method_title": method_title,
            "customer_ip_address": "",
            "customer_user_agent": "",
            "created_via": "checkout",
            "customer_note": "",
            "cart_hash": "",
            "number": (ORDERS + number).to_string(),
            "meta_data": meta(number),
        });
        self.set_progress(&mut body, number);
        if number % 6 == 4 {
            body.set("customer_note", "Deixar na portaria, por favor.");
        }
        if number % 19 == 4 {
            body.merge(&json!({"billing": {"email": ""}}));
        }
        body.merge(&ledger.amounts(number * LINE_IDS));
        body
    }

    fn set_progress(&self, body: &mut Value, number: u64) {
        let (status, at) = (order_status(number), self.ordered_at(number));
        let was_paid = matches!(
            status,
            "processing" | "completed" | "refunded" | "em-producao"
        );
        let transaction = was_paid.then(|| format!("tx_{number:06}"));
        body.set("transaction_id", transaction.unwrap_or_default());
        body.set("_paid", was_paid.then_some(at + 600));
        body.set(
            "_completed",
            (status == "completed").then_some(at + 2 * 86_400),
        );
    }

    /// A third are guests; one buyer was deleted since.
    fn buyer(&self, number: u64, dice: &mut Dice) -> u64 {
        match number {
            7 => NOBODY,
            _ if dice.percent(33) => 0,
            _ => CUSTOMERS + dice.below(self.customers),
        }
    }

    fn ledger(&self, number: u64, person: &Person, dice: &mut Dice) -> Ledger {
        let mut lines: Vec<_> = (0..=dice.below(4))
            .map(|_| Line {
                unit: self.unit(dice.below(u64::MAX)),
                quantity: 1 + dice.below(3),
            })
            .collect();
        if number % 15 == 1 {
            lines.push(Line {
                unit: deleted(),
                quantity: 1,
            });
        }
        let mut fees = Vec::new();
        if number % 8 == 3 {
            fees.push(Fee::new("Embrulho", Decimal::new(250, 2)));
        }
        if number % 11 == 5 {
            fees.push(Fee::new("Desconto fidelidade", Decimal::new(-300, 2)));
        }
        let shipping = match number % 5 {
            0 => None,
            1 => Some(Decimal::ZERO),
            2 => Some(Decimal::new(990, 2)),
            _ => Some(Decimal::new(450, 2)),
        };
        Ledger {
            region: match number % 14 {
                13 => Region::NewYork,
                _ => Region::of(person.place.2, person.place.1),
            },
            prices_include_tax: number % 10 != 9,
            lines,
            fees,
            shipping,
            coupon: (number % 7 == 6).then_some(COUPON),
        }
    }

    pub(super) fn refund(&self, number: u64, k: u64) -> Value {
        let order = self.order(number);
        let mut body = json!({"refunded_by": 1, "refunded_payment": false, "meta_data": [],
            "line_items": [], "shipping_lines": [], "tax_lines": [], "fee_lines": []});
        let more = match (order_status(number), refunds_of(number)) {
            ("refunded", _) => {
                let amount = blank::print(order.text("total"), 2);
                json!({"amount": amount, "reason": "Devolução total"})
            }
            (_, 1) => refund_of_a_piece(number * LINE_IDS + 30, &order),
            _ if k == 0 => json!({"amount": "0.50", "reason": "parte 1"}),
            _ => json!({"amount": "0.51", "reason": ""}),
        };
        body.merge(&more);
        body
    }

    pub(super) fn note(&self, k: u64) -> Value {
        let carrier = "<a href=\"https://ctt.example.test/x\">EE123456789PT</a>";
        match k {
            0 => json!({"author": "WooCommerce", "note": "Nota interna: cliente ligou",
                "customer_note": false}),
            _ => json!({"author": "WooCommerce", "note": format!("A sua encomenda {carrier} saiu"),
                "customer_note": true}),
        }
    }
}

/// One piece of the first line goes back, with its tax.
fn refund_of_a_piece(id: u64, order: &Value) -> Value {
    let line = order.part("line_items").get(0).unwrap_or(&Value::Null);
    let quantity = Decimal::from(line.int("quantity").max(1));
    let piece = |name: &str| {
        let amount: Decimal = line.text(name).parse().unwrap_or_default();
        (amount / quantity).round_dp(2)
    };
    let (net, tax) = (piece("total"), piece("total_tax"));
    let minus = |amount: Decimal| (-amount).to_string();
    let rate = line
        .part("taxes")
        .get(0)
        .map(|tax| tax.int("id"))
        .unwrap_or_default();
    let original = line.int("id").to_string();
    let mut back = line.clone();
    back.merge(&json!({
        "id": id, "quantity": -1, "sku": line.text("sku"), "parent_name": null,
        "image": {"id": "", "src": ""}, "price": blank::number(net),
        "subtotal": minus(net), "total": minus(net),
        "subtotal_tax": minus(tax), "total_tax": minus(tax),
        "taxes": [{"id": rate, "total": minus(tax), "subtotal": minus(tax)}],
        "meta_data": [{"id": id, "key": "_refunded_item_id", "value": original,
            "display_key": "_refunded_item_id", "display_value": original}],
    }));
    let mut tax_lines = order.part("tax_lines").clone();
    if let Value::Array(rates) = &mut tax_lines {
        rates.retain(|line| line.int("rate_id") == rate);
        for line in rates {
            line.merge(&json!({"id": id + 1, "tax_total": minus(tax), "shipping_tax_total": "0"}));
        }
    }
    json!({"amount": (net + tax).to_string(), "reason": "1 unidade com defeito",
        "line_items": [back], "tax_lines": tax_lines})
}

/// What was sold and is not in the shop any more.
fn deleted() -> Unit {
    Unit {
        name: "Vai ser apagado (linhas órfãs)".into(),
        price: Decimal::new(3_000, 2),
        ..Unit::default()
    }
}

fn meta(number: u64) -> Value {
    let at = usize::try_from(number).unwrap_or_default() % TAX_NUMBERS.len();
    let id = number * 10;
    let reference = json!({"telefone": "912345678", "estado": ["ok", 1, null]});
    json!([
        {"id": id, "key": "_billing_nif", "value": TAX_NUMBERS.get(at)},
        {"id": id + 1, "key": "_order_number", "value": format!("LJ-{number:05}")},
        {"id": id + 2, "key": "is_vat_exempt", "value": "no"},
        {"id": id + 3, "key": "_mbway_ref", "value": reference},
    ])
}
