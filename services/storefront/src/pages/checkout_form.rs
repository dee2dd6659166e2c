//! What a shopper types at checkout: kept as typed, checked all at once, sent as the API wants it.

use std::collections::BTreeMap;

use kernel::{Email, Phone, Postcode, TaxId};
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::Problem;
use crate::web::Form;

/// The fields in the order of the page; errors are listed in it.
const FIELDS: [&str; 17] = [
    "email",
    "phone",
    "name",
    "company",
    "line1",
    "line2",
    "postcode",
    "city",
    "tax_id",
    "billing_name",
    "billing_line1",
    "billing_postcode",
    "billing_city",
    "note",
    "payment_method",
    "accepts_terms",
    "accepts_newsletter",
];
const METHODS: [&str; 3] = ["card", "mb_way", "multibanco"];
/// Which text of the terms a page shows.
pub const TERMS_VERSION: &str = "2026-11";

#[derive(Debug, Default, Serialize)]
pub struct CheckoutForm {
    pub values: BTreeMap<&'static str, String>,
    /// Whether the invoice goes to another address.
    pub bills_elsewhere: bool,
    /// Names this one intention to order, so that sending it twice orders once.
    pub key: String,
    /// Minor units: the total that was shown.
    pub expected: i64,
}

/// What is wrong with a field, as a key of the theme's texts or as the service says it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    pub field: &'static str,
    pub key: String,
    pub message: String,
}

impl CheckoutForm {
    pub fn empty() -> Self {
        let values = [("payment_method", "card".to_owned())];
        Self {
            values: values.into(),
            key: uuid::Uuid::now_v7().to_string(),
            ..Self::default()
        }
    }

    pub fn read(form: &Form) -> Self {
        let values = FIELDS
            .into_iter()
            .map(|name| (name, form.text(name).to_owned()));
        let key: Result<uuid::Uuid, _> = form.text("key").parse();
        Self {
            values: values.collect(),
            bills_elsewhere: form.has("bills_elsewhere"),
            key: key.unwrap_or_else(|_| uuid::Uuid::now_v7()).to_string(),
            expected: form.text("expected").parse().unwrap_or(-1),
        }
    }

    fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Everything that is wrong, in the order of the page.
    pub fn check(&self) -> Vec<FieldError> {
        let mut wrong: Vec<&'static str> = Vec::new();
        let mut needed = vec!["email", "name", "line1", "postcode", "city"];
        if self.bills_elsewhere {
            needed.extend([
                "billing_name",
                "billing_line1",
                "billing_postcode",
                "billing_city",
            ]);
        }
        wrong.extend(needed.into_iter().filter(|name| self.text(name).is_empty()));
        let mut refuse = |name: &'static str, is_good: bool| {
            if !self.text(name).is_empty() && !is_good {
                wrong.push(name);
            }
        };
        refuse("email", self.text("email").parse::<Email>().is_ok());
        refuse("phone", self.text("phone").parse::<Phone>().is_ok());
        refuse("postcode", is_postcode(self.text("postcode")));
        refuse(
            "billing_postcode",
            !self.bills_elsewhere || is_postcode(self.text("billing_postcode")),
        );
        refuse("tax_id", self.text("tax_id").parse::<TaxId>().is_ok());
        if self.text("accepts_terms").is_empty() {
            wrong.push("accepts_terms");
        }
        let in_order = FIELDS.into_iter().filter(|name| wrong.contains(name));
        let error = |field: &'static str| FieldError {
            field,
            key: format!(
                "error-{}",
                field.trim_start_matches("billing_").replace('_', "-")
            ),
            message: String::new(),
        };
        in_order.map(error).collect()
    }

    /// For the orders service.
    pub fn body(&self, cart: &str, currency: &str, locale: &str) -> Value {
        let optional = |name: &str| match self.text(name) {
            "" => Value::Null,
            text => Value::from(text),
        };
        let method = METHODS
            .into_iter()
            .find(|method| *method == self.text("payment_method"));
        let billing = self.bills_elsewhere.then(|| {
            json!({
                "name": self.text("billing_name"), "line1": self.text("billing_line1"), "country": "PT",
                "postcode": postcode(self.text("billing_postcode")), "city": self.text("billing_city"),
                "company": self.text("company"),
            })
        });
        json!({
            "cart_id": cart,
            "email": self.text("email"),
            "phone": optional("phone"),
            "shipping_address": {
                "name": self.text("name"), "company": self.text("company"), "line1": self.text("line1"),
                "line2": self.text("line2"), "postcode": postcode(self.text("postcode")),
                "city": self.text("city"), "country": "PT",
            },
            "billing_address": billing,
            "tax_id": optional("tax_id"),
            "payment_method": method.unwrap_or("card"),
            "accepts_terms": !self.text("accepts_terms").is_empty(),
            "accepts_newsletter": !self.text("accepts_newsletter").is_empty(),
            "terms_version": TERMS_VERSION,
            "note": self.text("note"),
            "locale": locale,
            "expected_total": { "amount": self.expected, "currency": currency },
        })
    }
}

/// What the service found wrong, at the fields of the page; the rest stands above the form.
pub fn errors_of(problem: &Problem) -> Vec<FieldError> {
    let place = |pointer: &str| -> Option<&'static str> {
        let last = pointer.rsplit('/').next()?;
        let name = match pointer.strip_prefix("/billing_address/") {
            Some(last) => format!("billing_{last}"),
            None => last.to_owned(),
        };
        FIELDS.into_iter().find(|field| *field == name)
    };
    let error = |fault: &crate::api::FieldFault| FieldError {
        field: place(&fault.pointer).unwrap_or("form"),
        key: String::new(),
        message: fault.message.clone(),
    };
    problem.errors.iter().map(error).collect()
}

/// Portugal's form; seven digits are as good.
fn postcode(text: &str) -> String {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match (digits.len(), digits.get(..4), digits.get(4..)) {
        (7, Some(area), Some(rest)) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{area}-{rest}")
        }
        _ => digits,
    }
}

fn is_postcode(text: &str) -> bool {
    let code = postcode(text);
    let shape = code.bytes().enumerate().all(|(at, b)| {
        if at == 4 {
            b == b'-'
        } else {
            b.is_ascii_digit()
        }
    });
    code.len() == 8 && shape && code.parse::<Postcode>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> CheckoutForm {
        CheckoutForm::read(&Form::parse(text.as_bytes()))
    }

    #[test]
    fn every_error_is_told_at_once_and_nothing_typed_is_lost() {
        let typed = form(
            "email=ana&phone=12&name=Ana&postcode=99&tax_id=123456780&note=Ol%C3%A1&accepts_newsletter=on",
        );
        let wrong: Vec<_> = typed.check().iter().map(|error| error.field).collect();
        assert_eq!(
            wrong,
            [
                "email",
                "phone",
                "line1",
                "postcode",
                "city",
                "tax_id",
                "accepts_terms"
            ]
        );
        assert_eq!((typed.text("note"), typed.text("email")), ("Olá", "ana"));
    }

    #[test]
    fn a_complete_form_is_sent_as_the_service_wants_it() {
        let typed = form(
            "email=ana%40example.pt&name=Ana&line1=Rua+1&postcode=1100148&city=Lisboa&tax_id=123456789\
             &payment_method=mb_way&accepts_terms=on&expected=2599",
        );
        assert_eq!(typed.check(), []);
        let body = typed.body("c", "EUR", "pt-PT");
        assert_eq!(body["shipping_address"]["postcode"], "1100-148");
        assert_eq!(body["payment_method"], "mb_way");
        assert_eq!(
            body["expected_total"],
            json!({ "amount": 2599, "currency": "EUR" })
        );
        assert_eq!(body["billing_address"], Value::Null);
    }

    #[test]
    fn another_billing_address_is_checked_only_when_it_is_wanted() {
        let base = "email=a%40b.pt&name=A&line1=R&postcode=1100-148&city=L&accepts_terms=on";
        assert!(form(base).check().is_empty());
        let wrong = form(&format!("{base}&bills_elsewhere=on&billing_name=B")).check();
        let fields: Vec<_> = wrong.iter().map(|error| error.field).collect();
        assert_eq!(
            fields,
            ["billing_line1", "billing_postcode", "billing_city"]
        );
        assert_eq!(wrong[1].key, "error-postcode");
    }

    #[test]
    fn a_services_error_finds_its_field() {
        let problem: Problem = serde_json::from_value(json!({ "type": "invalid", "errors": [
            { "pointer": "/shipping_address/postcode", "message": "p" },
            { "pointer": "/billing_address/city", "message": "c" },
            { "pointer": "/cart_id", "message": "x" },
        ]}))
        .unwrap();
        let fields: Vec<_> = errors_of(&problem)
            .iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(fields, ["postcode", "billing_city", "form"]);
    }
}
