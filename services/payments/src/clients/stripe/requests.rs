//! What we ask of Stripe, as plain values: built without a network, so that every one of them is
//! held against Stripe's OpenAPI document in the tests.

use std::fmt::Write;

use kernel::Money;
use reqwest::Method;

/// As many as Stripe lists at once.
const PAGE: i64 = 100;

/// One request: where, and the form fields in Stripe's own notation (`a[b]=c`).
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub fields: Vec<(String, String)>,
}

impl Request {
    fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            fields: Vec::new(),
        }
    }

    fn post(path: impl Into<String>) -> Self {
        Self {
            method: Method::POST,
            path: path.into(),
            fields: Vec::new(),
        }
    }

    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.fields.push((name.to_owned(), value.to_string()));
        self
    }

    fn maybe(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

/// A direct charge on a store's account.
#[derive(Clone, Debug)]
pub struct NewIntent {
    pub amount: Money,
    /// The platform's part; left out when nothing is due.
    pub fee_minor: i64,
    pub tenant: String,
    pub order: String,
    pub order_number: String,
    pub payment: String,
    pub receipt_email: Option<String>,
}

impl From<&NewIntent> for Request {
    fn from(intent: &NewIntent) -> Self {
        Request::post("/v1/payment_intents")
            .with("amount", intent.amount.minor)
            .with("currency", intent.amount.currency.as_str().to_lowercase())
            .with("automatic_payment_methods[enabled]", true)
            .maybe(
                "application_fee_amount",
                (intent.fee_minor > 0).then_some(intent.fee_minor),
            )
            .with("description", format!("Order {}", intent.order_number))
            .with("metadata[tenant_id]", &intent.tenant)
            .with("metadata[order_id]", &intent.order)
            .with("metadata[payment_id]", &intent.payment)
            .maybe("receipt_email", intent.receipt_email.as_ref())
    }
}

/// An account that the store owns: it pays Stripe's fees, bears its losses and has Stripe's dashboard.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub country: String,
    pub email: Option<String>,
    pub tenant: String,
}

impl From<&NewAccount> for Request {
    fn from(account: &NewAccount) -> Self {
        let request = Request::post("/v1/accounts")
            .with("country", &account.country)
            .with("controller[fees][payer]", "account")
            .with("controller[losses][payments]", "stripe")
            .with("controller[requirement_collection]", "stripe")
            .with("controller[stripe_dashboard][type]", "full")
            .maybe("email", account.email.as_ref())
            .with("metadata[tenant_id]", &account.tenant);
        [
            "card_payments",
            "mb_way_payments",
            "multibanco_payments",
            "sepa_debit_payments",
            "transfers",
        ]
        .iter()
        .fold(request, |request, capability| {
            request.with(&format!("capabilities[{capability}][requested]"), true)
        })
    }
}

/// Money back to the shopper, with the platform's fee returned in proportion.
#[derive(Clone, Debug)]
pub struct NewRefund {
    pub intent: String,
    pub amount_minor: i64,
    pub refund: String,
    pub returns_fee: bool,
}

impl From<&NewRefund> for Request {
    fn from(refund: &NewRefund) -> Self {
        Request::post("/v1/refunds")
            .with("payment_intent", &refund.intent)
            .with("amount", refund.amount_minor)
            .maybe("refund_application_fee", refund.returns_fee.then_some(true))
            .with("metadata[refund_id]", &refund.refund)
    }
}

pub fn account_link(account: &str, return_url: &str, refresh_url: &str) -> Request {
    Request::post("/v1/account_links")
        .with("account", account)
        .with("type", "account_onboarding")
        .with("return_url", return_url)
        .with("refresh_url", refresh_url)
}

pub fn retrieve_account(account: &str) -> Request {
    Request::get(format!("/v1/accounts/{}", segment(account)))
}

/// The platform's connected accounts that were made since a moment (Unix seconds), newest first, at
/// most a hundred; `after` is the last one seen.
pub fn list_accounts(since: i64, after: Option<&str>) -> Request {
    Request::get("/v1/accounts")
        .with("created[gte]", since)
        .with("limit", PAGE)
        .maybe("starting_after", after)
}

/// With the method that was chosen and the charge that came of it.
pub fn retrieve_intent(intent: &str) -> Request {
    Request::get(format!("/v1/payment_intents/{}", segment(intent)))
        .with("expand[]", "payment_method")
        .with("expand[]", "latest_charge")
}

pub fn cancel_intent(intent: &str) -> Request {
    Request::post(format!("/v1/payment_intents/{}/cancel", segment(intent)))
        .with("cancellation_reason", "abandoned")
}

/// The refunds of one intent, newest first, at most a hundred; `after` is the last one seen.
pub fn list_refunds(intent: &str, after: Option<&str>) -> Request {
    Request::get("/v1/refunds")
        .with("payment_intent", intent)
        .with("limit", PAGE)
        .maybe("starting_after", after)
}

pub fn retrieve_dispute(dispute: &str) -> Request {
    Request::get(format!("/v1/disputes/{}", segment(dispute)))
}

pub fn retrieve_application_fee(fee: &str) -> Request {
    Request::get(format!("/v1/application_fees/{}", segment(fee)))
}

/// Which events are listed: of these types, made in `from..until` (Unix seconds), after the one
/// seen last.
#[derive(Clone, Debug)]
pub struct EventsPage<'a> {
    pub types: &'a [&'a str],
    pub from: i64,
    pub until: i64,
    pub after: Option<String>,
}

impl From<&EventsPage<'_>> for Request {
    fn from(page: &EventsPage<'_>) -> Self {
        let request = Request::get("/v1/events")
            .with("created[gte]", page.from)
            .with("created[lt]", page.until)
            .with("limit", PAGE)
            .maybe("starting_after", page.after.as_ref());
        page.types
            .iter()
            .fold(request, |request, kind| request.with("types[]", kind))
    }
}

/// An id as one part of a path, wherever it came from: it cannot lead anywhere else.
fn segment(id: &str) -> String {
    let mut path = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn an_id_from_outside_cannot_lead_to_another_path() {
        let path = retrieve_intent("pi_1/../../v1/refunds?x=1").path;
        assert_eq!(
            path,
            "/v1/payment_intents/pi_1%2F%2E%2E%2F%2E%2E%2Fv1%2Frefunds%3Fx%3D1"
        );
        assert_eq!(retrieve_account("acct_1").path, "/v1/accounts/acct_1");
    }

    #[test]
    fn a_fee_of_nothing_is_left_out() {
        let mut intent = NewIntent {
            amount: Money::new(4_990, Currency::EUR),
            fee_minor: 0,
            tenant: "t".into(),
            order: "o".into(),
            order_number: "1001".into(),
            payment: "p".into(),
            receipt_email: None,
        };
        assert!(
            !Request::from(&intent)
                .fields
                .iter()
                .any(|(name, _)| name.contains("fee"))
        );
        intent.fee_minor = 50;
        assert!(
            Request::from(&intent)
                .fields
                .contains(&("application_fee_amount".into(), "50".into()))
        );
    }
}
