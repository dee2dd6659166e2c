//! What Stripe can be asked for.

use serde_json::value::RawValue;
use uuid::Uuid;

use super::StripeError;
use super::objects::{
    Account, AccountLink, ApplicationFee, Dispute, Event, List, PaymentIntent, Refund,
};
use super::requests::{self, EventsPage, NewAccount, NewIntent, NewRefund};
use super::transport::{Call, Stripe};

/// An event of Stripe's list, byte for byte beside what was understood of it.
#[derive(Debug)]
pub struct ListedEvent {
    pub event: Event,
    pub bytes: Vec<u8>,
}

impl Stripe {
    /// Creates a store's account. The same `key` answers the same account.
    pub async fn create_account(
        &self,
        new: &NewAccount,
        key: &str,
    ) -> Result<Account, StripeError> {
        self.send(&new.into(), Call::platform().key(key)).await
    }

    /// A single-use link (about five minutes) under which the owner gives Stripe his papers.
    pub async fn create_account_link(
        &self,
        account: &str,
        return_url: &str,
        refresh_url: &str,
    ) -> Result<AccountLink, StripeError> {
        let request = requests::account_link(account, return_url, refresh_url);
        // A new link each time is what is wanted: the key only covers our own retries.
        let key = format!("link:{}", Uuid::now_v7());
        self.send(&request, Call::platform().key(&key)).await
    }

    pub async fn account(&self, account: &str) -> Result<Account, StripeError> {
        self.send(&requests::retrieve_account(account), Call::platform())
            .await
    }

    /// Accounts that were made since `since` (Unix seconds), newest first.
    pub async fn accounts(
        &self,
        since: i64,
        after: Option<&str>,
    ) -> Result<List<Account>, StripeError> {
        self.send(&requests::list_accounts(since, after), Call::platform())
            .await
    }

    pub async fn create_intent(
        &self,
        account: &str,
        new: &NewIntent,
        key: &str,
    ) -> Result<PaymentIntent, StripeError> {
        self.send(&new.into(), Call::of(account).key(key)).await
    }

    pub async fn intent(&self, account: &str, intent: &str) -> Result<PaymentIntent, StripeError> {
        self.send(&requests::retrieve_intent(intent), Call::of(account))
            .await
    }

    pub async fn cancel_intent(
        &self,
        account: &str,
        intent: &str,
        key: &str,
    ) -> Result<PaymentIntent, StripeError> {
        self.send(&requests::cancel_intent(intent), Call::of(account).key(key))
            .await
    }

    pub async fn create_refund(
        &self,
        account: &str,
        new: &NewRefund,
        key: &str,
    ) -> Result<Refund, StripeError> {
        self.send(&new.into(), Call::of(account).key(key)).await
    }

    /// All refunds of an intent, newest first.
    pub async fn refunds(&self, account: &str, intent: &str) -> Result<Vec<Refund>, StripeError> {
        let mut all: Vec<Refund> = Vec::new();
        loop {
            let after = all.last().map(|refund| refund.id.clone());
            let request = requests::list_refunds(intent, after.as_deref());
            let page: List<Refund> = self.send(&request, Call::of(account)).await?;
            let ends = !page.has_more || page.data.is_empty();
            all.extend(page.data);
            if ends {
                return Ok(all);
            }
        }
    }

    pub async fn dispute(&self, account: &str, dispute: &str) -> Result<Dispute, StripeError> {
        self.send(&requests::retrieve_dispute(dispute), Call::of(account))
            .await
    }

    /// The platform's fee of a charge; it is an object of the platform's own account.
    pub async fn application_fee(&self, fee: &str) -> Result<ApplicationFee, StripeError> {
        self.send(&requests::retrieve_application_fee(fee), Call::platform())
            .await
    }

    /// A page of an account's events, newest first. One that cannot be understood is left out.
    pub async fn events(
        &self,
        account: &str,
        page: &EventsPage<'_>,
    ) -> Result<List<ListedEvent>, StripeError> {
        let listed: List<Box<RawValue>> = self.send(&page.into(), Call::of(account)).await?;
        let read = |raw: Box<RawValue>| {
            let bytes = raw.get().as_bytes().to_vec();
            let event = serde_json::from_slice(&bytes).ok()?;
            Some(ListedEvent { event, bytes })
        };
        Ok(List {
            data: listed.data.into_iter().filter_map(read).collect(),
            has_more: listed.has_more,
        })
    }
}
