//! What a document adds up to, by Moloni's names: `gross_value` is without VAT and before discounts,
//! `net_value` is what is paid, VAT included.

use super::{Draft, Line};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::moloni) struct Totals {
    pub(in crate::moloni) gross: Decimal,
    pub(in crate::moloni) commercial_discount: Decimal,
    pub(in crate::moloni) financial_discount: Decimal,
    pub(in crate::moloni) taxes: Decimal,
    pub(in crate::moloni) net: Decimal,
    /// In the foreign currency; 0 without one.
    pub(in crate::moloni) exchanged: Decimal,
}

/// Whose tax is rounded: `calc_method_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::moloni) enum Method {
    Document,
    Line,
}

impl Method {
    pub(in crate::moloni) fn of(calc_method_id: u8) -> Self {
        match calc_method_id {
            1 => Self::Document,
            _ => Self::Line,
        }
    }
}

impl Line {
    pub(in crate::moloni) fn gross(&self) -> Decimal {
        self.qty * self.price
    }

    pub(in crate::moloni) fn discounted(&self) -> Decimal {
        self.gross() * (Decimal::ONE_HUNDRED - self.discount) / Decimal::ONE_HUNDRED
    }

    /// Per cent, of all taxes together.
    pub(in crate::moloni) fn rate(&self) -> Decimal {
        self.taxes.iter().map(|tax| tax.rate).sum()
    }
}

pub(in crate::moloni) fn of(draft: &Draft, method: Method) -> Totals {
    let lines = &draft.lines;
    let gross: Decimal = sum(lines, method, Line::gross);
    let discounted = sum(lines, method, Line::discounted);
    let financial = cents(discounted * draft.financial_discount / Decimal::ONE_HUNDRED)
        + cents(draft.special_discount);
    // What a discount on the whole takes from each line.
    let kept = match discounted.is_zero() {
        true => Decimal::ONE,
        false => (discounted - financial) / discounted,
    };
    let taxes = sum(lines, method, |line| {
        line.discounted() * kept * line.rate() / Decimal::ONE_HUNDRED
    });
    let net = discounted - financial + taxes;
    let rate = draft.currency.as_ref().map(|exchange| exchange.rate);
    Totals {
        gross,
        commercial_discount: gross - discounted,
        financial_discount: financial,
        taxes,
        net,
        exchanged: rate.map(|rate| cents(net * rate)).unwrap_or_default(),
    }
}

fn sum(lines: &[Line], method: Method, of: impl Fn(&Line) -> Decimal) -> Decimal {
    match method {
        Method::Line => lines.iter().map(|line| cents(of(line))).sum(),
        Method::Document => cents(lines.iter().map(of).sum()),
    }
}

/// Half away from zero, as PHP rounds.
pub(in crate::moloni) fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use super::super::{Draft, Exchange, Line, LineTax};
    use super::{Method, Totals, of};
    use rust_decimal::Decimal;
    use serde_json::Value;
    use time::macros::date;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn line(qty: &str, price: &str, discount: &str, rate: &str) -> Line {
        Line {
            id: 1,
            product_id: 1,
            reference: String::new(),
            name: String::new(),
            summary: String::new(),
            qty: number(qty),
            price: number(price),
            discount: number(discount),
            exemption_reason: String::new(),
            taxes: vec![LineTax {
                tax: Value::Null,
                rate: number(rate),
            }],
            order: 0,
            warehouse_id: 0,
            related_id: 0,
            origin_id: 0,
        }
    }

    fn draft(lines: Vec<Line>) -> Draft {
        Draft {
            date: date!(2026 - 07 - 01),
            expiration: None,
            set_id: 1,
            customer_id: 1,
            our_reference: String::new(),
            your_reference: String::new(),
            notes: String::new(),
            eac_id: 0,
            financial_discount: Decimal::ZERO,
            special_discount: Decimal::ZERO,
            currency: None,
            lines,
            associated: Vec::new(),
            payments: Vec::new(),
        }
    }

    fn totals(gross: &str, commercial: &str, taxes: &str, net: &str) -> Totals {
        Totals {
            gross: number(gross),
            commercial_discount: number(commercial),
            financial_discount: Decimal::ZERO,
            taxes: number(taxes),
            net: number(net),
            exchanged: Decimal::ZERO,
        }
    }

    #[test]
    fn net_is_what_is_paid_and_gross_is_before_discounts() {
        // The recorded document: 67.00 − 13.40 + 12.33 = 65.93.
        let recorded = of(&draft(vec![line("1", "67", "20", "23")]), Method::Line);
        assert_eq!(recorded, totals("67.00", "13.40", "12.33", "65.93"));
    }

    #[test]
    fn the_methods_differ_by_a_cent() {
        let lines = vec![line("1", "0.52", "0", "6"), line("1", "0.52", "0", "6")];
        // A line's tax is 0.0312; two of them are 0.0624.
        let by_line = of(&draft(lines.clone()), Method::Line);
        assert_eq!(by_line, totals("1.04", "0", "0.06", "1.10"));
        let three: Vec<_> = lines.iter().chain(&lines[..1]).cloned().collect();
        assert_eq!(
            of(&draft(three.clone()), Method::Line).taxes,
            number("0.09")
        );
        assert_eq!(of(&draft(three), Method::Document).taxes, number("0.09"));
        let many = vec![line("1", "0.75", "0", "6"); 4];
        // 0.045 a line becomes 0.05; the four are 0.18.
        assert_eq!(of(&draft(many.clone()), Method::Line).taxes, number("0.20"));
        assert_eq!(of(&draft(many), Method::Document).taxes, number("0.18"));
    }

    #[test]
    fn discounts_on_the_whole_lower_the_tax() {
        let mut draft = draft(vec![line("2", "50", "0", "23")]);
        draft.special_discount = number("10");
        draft.currency = Some(Exchange {
            currency_id: 2,
            rate: number("1.10"),
        });
        let totals = of(&draft, Method::Line);
        assert_eq!(totals.financial_discount, number("10"));
        assert_eq!(
            (totals.taxes, totals.net),
            (number("20.70"), number("110.70"))
        );
        assert_eq!(totals.exchanged, number("121.77"));
    }

    #[test]
    fn an_unrounded_net_price_meets_the_gross_one() {
        let net = number("9.99") / number("1.23");
        let lines = vec![Line {
            price: net,
            ..line("3", "0", "0", "23")
        }];
        assert_eq!(of(&draft(lines), Method::Line).net, number("29.97"));
    }
}
