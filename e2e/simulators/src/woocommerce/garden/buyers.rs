//! Customers and what they say of the goods.

use super::words::{FIRST_NAMES, LAST_NAMES, PLACES, TAX_NUMBERS};
use super::{Garden, PRODUCTS};
use crate::json::Json as _;
use crate::woocommerce::shop::Kind;
use crate::woocommerce::views::blank;
use serde_json::{Value, json};

/// Who somebody is and where they live.
pub(super) struct Person {
    first: &'static str,
    last: &'static str,
    email: String,
    street: String,
    /// City, postcode, country.
    pub(super) place: (&'static str, &'static str, &'static str),
    company: &'static str,
}

impl Person {
    pub(super) fn billing(&self) -> Value {
        let mut address = self.shipping();
        address.set("email", self.email.as_str());
        address.set("phone", "+351 912345678");
        address
    }

    pub(super) fn shipping(&self) -> Value {
        let (city, postcode, country) = self.place;
        json!({"first_name": self.first, "last_name": self.last, "company": self.company,
            "address_1": self.street, "address_2": "", "city": city, "postcode": postcode,
            "country": country, "state": "", "phone": ""})
    }
}

impl Garden {
    pub(super) fn person(&self, kind: Kind, number: u64) -> Person {
        let mut dice = self.dice(kind, number);
        let name = match kind {
            Kind::Customers => "cliente",
            _ => "comprador",
        };
        let email = match number % 25 {
            // Whoever compares addresses letter by letter makes two of one.
            3 => format!("{}.{number:03}+loja@Example.TEST", name.to_uppercase()),
            _ => format!("{name}{number:03}@example.test"),
        };
        let company = match dice.percent(15) {
            true => "Empresa & Filhos, Lda.",
            false => "",
        };
        Person {
            first: dice.one_of(&FIRST_NAMES),
            last: dice.one_of(&LAST_NAMES),
            email,
            street: format!("Rua da Ação, n.º {number}"),
            place: dice.one_of(&PLACES),
            company,
        }
    }

    /// Nearly everybody is a customer; a list without `role=all` leaves the others out.
    fn role(number: u64) -> &'static str {
        match number % 20 {
            7 => "subscriber",
            13 => "shop_manager",
            _ => "customer",
        }
    }

    pub(super) fn customer(&self, number: u64) -> Value {
        let person = self.person(Kind::Customers, number);
        let shipping = match number % 4 {
            0 => blank::address(),
            _ => person.shipping(),
        };
        let newsletter = json!({"id": number * 3 + 1, "key": "_aceita_newsletter", "value": "0"});
        let mut meta = vec![newsletter];
        let tax_number = self.dice(Kind::Taxes, number).one_of(&TAX_NUMBERS);
        if !tax_number.is_empty() {
            meta.push(json!({"id": number * 3 + 2, "key": "billing_nif", "value": tax_number}));
        }
        json!({
            "email": person.email,
            "first_name": person.first,
            "last_name": person.last,
            "role": Self::role(number),
            "username": format!("cliente {number:03}"),
            "billing": person.billing(),
            "shipping": shipping,
            "is_paying_customer": number.is_multiple_of(2),
            "meta_data": meta,
        })
    }

    /// Which grown product the n-th review is about, and whether it was let through.
    pub(in crate::woocommerce) fn review_of(number: u64) -> (u64, &'static str) {
        let status = match number % 9 {
            4 => "hold",
            7 => "spam",
            _ => "approved",
        };
        (PRODUCTS + number * 20 + 13, status)
    }

    pub(super) fn review(&self, number: u64) -> Value {
        let mut dice = self.dice(Kind::Reviews, number);
        let person = self.person(Kind::Reviews, number);
        json!({"reviewer": person.first, "reviewer_email": person.email,
            "review": "Muito <b>bom</b>!", "rating": dice.below(6), "verified": dice.percent(50)})
    }
}
