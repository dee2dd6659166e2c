//! What a shopper types at checkout: kept as typed, checked all at once, sent as the API wants it.

use std::collections::BTreeMap;

use kernel::{Email, Phone, Postcode, TaxId};
use serde::Serialize;
use serde_json::{Value, json};

use super::fields::FieldError;
use crate::web::Form;

/// The fields in the order of the page; errors are listed in it.
pub const FIELDS: [&str; 17] = [
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
/// Those of an address.
const ADDRESS: [&str; 6] = ["name", "company", "line1", "line2", "postcode", "city"];
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
    /// The customer's address that was chosen; empty for the one that is typed.
    pub saved_address: String,
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
            saved_address: form.text("saved_address").to_owned(),
        }
    }

    /// With what is known of the customer, where nothing is typed.
    pub fn know(&mut self, profile: &Value) {
        let text = |name: &str| {
            profile
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let name = format!("{} {}", text("first_name"), text("last_name"));
        for (field, value) in [
            ("email", text("email")),
            ("name", name.trim()),
            ("tax_id", text("nif")),
        ] {
            self.values.entry(field).or_insert_with(|| value.to_owned());
        }
    }

    /// Sends to the address that was chosen among the customer's; to the typed one when there is no such.
    pub fn send_to_saved(&mut self, addresses: &[Value]) {
        let is_chosen = |address: &&Value| {
            let id = address.get("id").and_then(Value::as_str);
            !self.saved_address.is_empty() && id == Some(self.saved_address.as_str())
        };
        let Some(address) = addresses.iter().find(is_chosen) else {
            self.saved_address.clear();
            return;
        };
        for name in ADDRESS {
            let text = address
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default();
            self.values.insert(name, text.to_owned());
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
        in_order.map(FieldError::at).collect()
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

/// Portugal's form; seven digits are as good.
pub fn postcode(text: &str) -> String {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match (digits.len(), digits.get(..4), digits.get(4..)) {
        (7, Some(area), Some(rest)) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{area}-{rest}")
        }
        _ => digits,
    }
}

pub fn is_postcode(text: &str) -> bool {
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
    use crate::api::Problem;
    use crate::pages::fields::errors_of;

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
    fn the_address_that_was_chosen_takes_the_place_of_the_typed_one() {
        let saved = [
            json!({ "id": "1", "name": "Ana", "line1": "Rua 1", "line2": null, "postcode": "1100-148", "city": "Lisboa" }),
        ];
        let mut chosen = form("saved_address=1&line1=Rua+9&line2=x");
        chosen.send_to_saved(&saved);
        assert_eq!((chosen.text("line1"), chosen.text("line2")), ("Rua 1", ""));
        let mut other = form("saved_address=2&line1=Rua+9");
        other.send_to_saved(&saved);
        assert_eq!(
            (other.text("line1"), other.saved_address.as_str()),
            ("Rua 9", "")
        );
        let mut empty = CheckoutForm::empty();
        empty
            .know(&json!({ "email": "a@b.pt", "first_name": "Ana", "last_name": "", "nif": null }));
        assert_eq!(
            (
                empty.text("email"),
                empty.text("name"),
                empty.text("tax_id")
            ),
            ("a@b.pt", "Ana", "")
        );
    }

    #[test]
    fn a_services_error_finds_its_field() {
        let problem: Problem = serde_json::from_value(json!({ "type": "invalid", "errors": [
            { "pointer": "/shipping_address/postcode", "message": "p" },
            { "pointer": "/billing_address/city", "message": "c" },
            { "pointer": "/cart_id", "message": "x" },
        ]}))
        .unwrap();
        let fields: Vec<_> = errors_of(&problem, &FIELDS)
            .iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(fields, ["postcode", "billing_city", "form"]);
    }
}
