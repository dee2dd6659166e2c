//! From the fields of an insert to a draft, with everything that is wrong noted on the way.

use super::super::problems::Problems;
use super::super::seed;
use super::super::world::Company;
use super::{Association, Draft, Exchange, Family, Line, LineTax, Payment};
use crate::json::Json as _;
use crate::moloni::fields::Fields;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use time::Date;

/// What a document is read against.
pub(in crate::moloni) struct Reader<'a> {
    pub(in crate::moloni) company: &'a Company,
    pub(in crate::moloni) family: Family,
    pub(in crate::moloni) today: Date,
    pub(in crate::moloni) price_decimals: Option<u32>,
}

impl Reader<'_> {
    /// The draft is good for use only when no problem was added.
    pub(in crate::moloni) fn read(&self, fields: &Fields, problems: &mut Problems) -> Draft {
        let date = self.date(fields, problems);
        let draft = Draft {
            date,
            expiration: self.expiration(fields, date, problems),
            set_id: self.set(fields, problems),
            customer_id: self.customer(fields, problems),
            our_reference: fields.text("our_reference"),
            your_reference: fields.text("your_reference"),
            notes: fields.text("notes"),
            eac_id: self.eac(fields),
            financial_discount: percent(fields, "financial_discount", problems),
            special_discount: fields.amount("special_discount"),
            currency: exchange(fields, problems),
            lines: self.lines(fields, problems),
            associated: associations(fields),
            payments: self.payments(fields, date, problems),
        };
        self.maturity(fields, problems);
        delivery(fields, problems);
        draft
    }

    fn date(&self, fields: &Fields, problems: &mut Problems) -> Date {
        if fields.is_blank("date") {
            problems.missing("date");
        } else if fields.date("date").is_none() {
            problems.invalid("date");
        }
        fields.date("date").unwrap_or(self.today)
    }

    fn expiration(&self, fields: &Fields, date: Date, problems: &mut Problems) -> Option<Date> {
        if self.family == Family::CreditNotes {
            return None;
        }
        let expiration = fields.date("expiration_date");
        match expiration {
            None if fields.is_blank("expiration_date") => problems.missing("expiration_date"),
            None => problems.invalid("expiration_date"),
            Some(day) if fields.date("date").is_some() && day < date => {
                problems.add(format!("12 expiration_date >= {date}"));
            }
            Some(_) => {}
        }
        expiration
    }

    fn set(&self, fields: &Fields, problems: &mut Problems) -> i64 {
        let id = fields.id("document_set_id");
        let row = self.company.row("documentSets", "document_set_id", id);
        let usable = row.is_some_and(|set| {
            let cash_vat = set.int("cash_vat_scheme_indicator") == 1;
            set.int("is_invisible") == 0 && cash_vat == self.company.has_cash_vat()
        });
        if id == 0 {
            problems.missing("document_set_id");
        } else if !usable || self.company.at_code(id, self.family).is_none() {
            problems.invalid("document_set_id");
        }
        id
    }

    fn customer(&self, fields: &Fields, problems: &mut Problems) -> i64 {
        let id = fields.id("customer_id");
        if id == 0 {
            problems.missing("customer_id");
        } else if self.company.row("customers", "customer_id", id).is_none() {
            problems.invalid("customer_id");
        }
        id
    }

    /// A company with one CAE gets it filled in, one with several does not.
    fn eac(&self, fields: &Fields) -> i64 {
        match (
            fields.id("eac_id"),
            self.company.card.part("eacs").as_array(),
        ) {
            (0, Some(codes)) if codes.len() == 1 => {
                codes.iter().map(|code| code.int("eac_id")).sum()
            }
            (given, _) => given,
        }
    }

    fn maturity(&self, fields: &Fields, problems: &mut Problems) {
        let id = fields.id("maturity_date_id");
        if id != 0
            && self
                .company
                .row("maturityDates", "maturity_date_id", id)
                .is_none()
        {
            problems.invalid("maturity_date_id");
        }
    }

    fn payments(&self, fields: &Fields, date: Date, problems: &mut Problems) -> Vec<Payment> {
        if !self.family.is_self_paid() {
            return Vec::new();
        }
        let methods = self.company.table("paymentMethods");
        let mut payments = Vec::new();
        for given in fields.list("payments") {
            let method_id = given.id("payment_method_id");
            if !methods
                .iter()
                .any(|row| row.int("payment_method_id") == method_id)
            {
                problems.invalid("payment_method_id");
            }
            if given.decimal("value").is_none() {
                problems.missing("value");
            }
            payments.push(Payment {
                method_id,
                date: given.date("date").unwrap_or(date),
                value: given.decimal("value"),
                notes: given.text("notes"),
            });
        }
        if payments.is_empty() {
            let method_id = methods
                .first()
                .map_or(0, |row| row.int("payment_method_id"));
            payments.push(Payment {
                method_id,
                date,
                value: None,
                notes: String::new(),
            });
        }
        payments
    }

    fn lines(&self, fields: &Fields, problems: &mut Problems) -> Vec<Line> {
        let given = fields.list("products");
        if given.is_empty() {
            problems.missing("products");
        }
        given.iter().map(|line| self.line(line, problems)).collect()
    }

    fn line(&self, fields: &Fields, problems: &mut Problems) -> Line {
        let product_id = fields.id("product_id");
        let product = self.company.row("products", "product_id", product_id);
        match product {
            None => problems.missing("products"),
            Some(product) if product.int("visibility_id") == 0 => problems.invalid("product_id"),
            Some(_) => {}
        }
        if fields.is_blank("name") {
            problems.missing("name");
        }
        let taxes = self.taxes(fields, problems);
        Line {
            id: 0,
            product_id,
            reference: product
                .map(|row| row.text("reference").to_owned())
                .unwrap_or_default(),
            name: fields.text("name"),
            summary: fields.text("summary"),
            qty: quantity(fields, problems),
            price: self.price(fields, problems),
            discount: percent(fields, "discount", problems),
            exemption_reason: exemption(fields, &taxes, problems),
            taxes,
            order: fields.id("order"),
            warehouse_id: fields.id("warehouse_id"),
            related_id: fields.id("related_id"),
            origin_id: fields.id("origin_id"),
        }
    }

    fn price(&self, fields: &Fields, problems: &mut Problems) -> Decimal {
        match fields.decimal("price") {
            None => problems.missing("price"),
            Some(price) if price.is_sign_negative() => problems.add("2 price 0 null null 0"),
            Some(_) => {}
        }
        let price = fields.amount("price");
        match self.price_decimals {
            Some(kept) => {
                price.round_dp_with_strategy(kept, RoundingStrategy::MidpointAwayFromZero)
            }
            None => price,
        }
    }

    fn taxes(&self, fields: &Fields, problems: &mut Problems) -> Vec<LineTax> {
        let mut taxes = Vec::new();
        for given in fields.list("taxes") {
            match self.company.row("taxes", "tax_id", given.id("tax_id")) {
                Some(tax) if tax.int("visibility") == 1 => taxes.push(LineTax {
                    rate: rate(tax),
                    tax: tax.clone(),
                }),
                _ => problems.invalid("tax_id"),
            }
        }
        taxes
    }
}

/// Per cent of a row of `taxes`.
pub(in crate::moloni) fn rate(tax: &Value) -> Decimal {
    tax.part("value").to_string().parse().unwrap_or_default()
}

/// A reason is needed where no VAT is taken, and must be one of the table.
pub(in crate::moloni) fn exemption(
    fields: &Fields,
    taxes: &[LineTax],
    problems: &mut Problems,
) -> String {
    let is_vat = |tax: &LineTax| tax.tax.int("saft_type") == 1 && tax.rate > Decimal::ZERO;
    let reason = fields.text("exemption_reason");
    let known = seed::global("taxExemptions")
        .iter()
        .any(|row| row.text("code") == reason);
    if reason.is_empty() && !taxes.iter().any(is_vat) {
        problems.missing("exemption_reason");
    } else if !reason.is_empty() && !known {
        problems.invalid("exemption_reason");
    }
    reason
}

fn quantity(fields: &Fields, problems: &mut Problems) -> Decimal {
    match fields.decimal("qty") {
        None => problems.missing("qty"),
        Some(qty) if qty <= Decimal::ZERO => problems.add("2 qty 0 null null 0"),
        Some(_) => {}
    }
    fields.amount("qty")
}

fn percent(fields: &Fields, name: &str, problems: &mut Problems) -> Decimal {
    let percent = fields.amount(name);
    if percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
        problems.add(format!("2 {name} 0 100"));
    }
    percent
}

fn exchange(fields: &Fields, problems: &mut Problems) -> Option<Exchange> {
    let currency_id = fields.id("exchange_currency_id");
    if currency_id == 0 {
        return None;
    }
    let rate = fields.amount("exchange_rate");
    if !seed::global("currencies")
        .iter()
        .any(|row| row.int("currency_id") == currency_id)
    {
        problems.invalid("exchange_currency_id");
    }
    if rate <= Decimal::ZERO {
        problems.missing("exchange_rate");
    }
    Some(Exchange { currency_id, rate })
}

fn associations(fields: &Fields) -> Vec<Association> {
    let given = fields.list("associated_documents");
    let association = |one: &Fields| Association {
        id: one.id("associated_id"),
        value: one.amount("value"),
    };
    given.iter().map(association).collect()
}

fn delivery(fields: &Fields, problems: &mut Problems) {
    for place in ["departure", "destination"] {
        let zip = format!("delivery_{place}_zip_code");
        let portuguese = fields.id(&format!("delivery_{place}_country")) == seed::PORTUGAL;
        if portuguese && !fields.is_blank(&zip) && !is_portuguese_zip(&fields.text(&zip)) {
            problems.add(format!("2 {zip} 8 8"));
        }
    }
}

/// `NNNN-NNN`
pub(in crate::moloni) fn is_portuguese_zip(zip: &str) -> bool {
    let digits =
        |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    zip.split_once('-')
        .is_some_and(|(area, street)| digits(area, 4) && digits(street, 3))
}
