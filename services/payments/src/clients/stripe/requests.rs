//! What we ask of Stripe, as plain values: built without a network, so that every one of them is
//! held against Stripe's OpenAPI document in the tests.

use kernel::Money;
use reqwest::Method;

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
    Request::get(format!("/v1/accounts/{account}"))
}

pub fn retrieve_intent(intent: &str) -> Request {
    Request::get(format!("/v1/payment_intents/{intent}"))
}

pub fn cancel_intent(intent: &str) -> Request {
    Request::post(format!("/v1/payment_intents/{intent}/cancel"))
        .with("cancellation_reason", "abandoned")
}

pub fn retrieve_refund(refund: &str) -> Request {
    Request::get(format!("/v1/refunds/{refund}"))
}

/// The refunds of one intent, newest first.
pub fn list_refunds(intent: &str) -> Request {
    Request::get("/v1/refunds")
        .with("payment_intent", intent)
        .with("limit", 100)
}

/// Events since a moment (Unix seconds), at most a hundred; `after` is the last one seen.
pub fn list_events(since: i64, after: Option<&str>) -> Request {
    Request::get("/v1/events")
        .with("created[gte]", since)
        .with("limit", 100)
        .maybe("starting_after", after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

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
