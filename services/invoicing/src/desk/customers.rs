//! Buyers, who must be Moloni's customers before a document names them.
//!
//! A customer with a tax number is found by it and never changed: the card is the merchant's. The final
//! consumer's number is everybody's, so such a buyer is only the one who has the same e-mail address, name
//! and address; anybody else gets a card of his own.

use kernel::TaxId;
use serde_json::{Value, json};

use super::{Desk, Refusal, made};
use crate::clients::moloni::{MoloniError, row};
use crate::domain::buyer::Buyer;
use crate::domain::problem::{Code, Problem};
use crate::provider::ProviderError;

/// Tries with a fresh number, as Moloni's own plugin does: others take numbers too.
const NUMBERS_MAX: u32 = 3;
const PORTUGUESE: i64 = 1;
const ENGLISH: i64 = 2;
const SPANISH: i64 = 3;

impl Desk<'_> {
    /// Moloni's id of the buyer.
    pub(super) async fn customer(&self, buyer: &Buyer, locale: &str) -> Result<i64, ProviderError> {
        let found = match &buyer.tax_id {
            Some(number) => self.by_number(number, buyer).await?,
            None => self.by_email(buyer).await?,
        };
        match found {
            Some(id) => Ok(id),
            None => self.new_customer(buyer, locale).await,
        }
    }

    /// Whoever has the number itself; the one with the same address of mail where several have it.
    async fn by_number(&self, number: &str, buyer: &Buyer) -> Result<Option<i64>, ProviderError> {
        let fields = json!({"vat": number, "exact": 1});
        let rows = self.rows("customers/getByVat", fields).await?;
        let bare = |text: String| text.to_uppercase().replace(' ', "");
        let same: Vec<_> = rows
            .iter()
            .filter(|one| bare(row::text(one, "vat")) == number)
            .collect();
        let known = same
            .iter()
            .find(|one| same_text(one, "email", &buyer.email));
        let found = known.or_else(|| same.first());
        Ok(found.and_then(|one| row::id(one, "customer_id")))
    }

    async fn by_email(&self, buyer: &Buyer) -> Result<Option<i64>, ProviderError> {
        if buyer.email.is_empty() {
            return Ok(None);
        }
        let fields = json!({"email": buyer.email, "exact": 1});
        let rows = self.rows("customers/getByEmail", fields).await?;
        let found = rows.iter().find(|one| {
            row::text(one, "vat") == TaxId::FINAL_CONSUMER
                && same_text(one, "email", &buyer.email)
                && same_text(one, "name", &buyer.name)
                && same_text(one, "address", &buyer.address)
                && same_text(one, "zip_code", &buyer.postcode)
        });
        Ok(found.and_then(|one| row::id(one, "customer_id")))
    }

    async fn new_customer(&self, buyer: &Buyer, locale: &str) -> Result<i64, ProviderError> {
        let country = self.country(&buyer.country).await?;
        let maturity = self.maturity().await?;
        let mut fields = json!({
            "vat": buyer.vat(),
            "name": buyer.name,
            "contact_name": "",
            "address": buyer.address,
            "city": buyer.city,
            "zip_code": buyer.postcode,
            "country_id": country,
            "email": buyer.email,
            "phone": buyer.phone,
            "language_id": language(locale),
            "maturity_date_id": maturity,
            "payment_method_id": 0,
            "salesman_id": 0,
            "payment_day": 0,
            "discount": 0,
            "credit_limit": 0,
            "delivery_method_id": 0,
            "field_notes": "",
        });
        let mut taken = MoloniError::Refused(Vec::new());
        for _ in 0..NUMBERS_MAX {
            row::put(&mut fields, "number", json!(self.next_number().await?));
            match self.call("customers/insert", fields.clone()).await {
                // A customer that was made and not answered is found by the next try.
                Ok(answer) => {
                    return made(&answer, "customer_id").map_err(ProviderError::of_a_look);
                }
                Err(Refusal::Codes(error)) if error.has_code("4 number") => taken = error,
                Err(Refusal::Codes(error)) => {
                    let codes = error.codes().join("; ");
                    return Err(Problem::new(Code::BuyerRefused, codes).into());
                }
                Err(Refusal::Other(error)) => return Err(error.of_a_look()),
            }
        }
        Err(ProviderError::Wait(taken.to_string()))
    }

    /// The number after the highest; where somebody has made that rubbish, one of the clock's.
    async fn next_number(&self) -> Result<String, ProviderError> {
        let answer = self.look("customers/getNextNumber", json!({})).await?;
        let number = row::text(&answer, "number");
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        Ok(match is_number {
            true => number,
            false => (self.app.clock.now().unix_timestamp_nanos() / 1_000).to_string(),
        })
    }
}

fn same_text(row: &Value, field: &str, wanted: &str) -> bool {
    let text = row::text(row, field);
    text.trim().to_lowercase() == wanted.trim().to_lowercase()
}

fn language(locale: &str) -> i64 {
    match locale.get(..2) {
        Some("pt") => PORTUGUESE,
        Some("es") => SPANISH,
        _ => ENGLISH,
    }
}
