//! The end of an account and of what was known of its owner.

use db::TenantTx;
use http_kit::ApiError;
use kernel::{CustomerId, TenantId};
use secrecy::SecretString;

use super::Accounts;
use crate::store::{challenges, customer_sessions, erasure};
use crate::tell;

impl Accounts {
    /// Erases a customer: what is left is what the law has the store keep of its orders. Mail hears of it, and
    /// forgets what it wrote.
    pub async fn erase(
        &self,
        tenant: TenantId,
        id: CustomerId,
        password: &SecretString,
    ) -> Result<(), ApiError> {
        let compared = self.proven(tenant, id, (password, "/password")).await?;
        let now = self.clock.now();
        let ended = self
            .db
            .tenant(tenant, async |tx: &mut TenantTx| {
                let (person, words) = self.still(tx, &compared).await?;
                let key = &person.customer.email_key;
                // What was bought without signing in, under the proven address, is erased with the rest.
                self.claim(tx, &person.customer).await?;
                let ended = self.end_all(tx, id, "erased", now).await?;
                challenges::delete_all(tx, &words).await?;
                customer_sessions::delete_of_customer(tx, id).await?;
                let forgotten = erasure::forget_in_orders(tx, id, now).await?;
                erasure::delete_customer(tx, id).await?;
                erasure::save_mark(tx, &self.mark(tenant, key), now).await?;
                tell::customer_erased(tx, id, key, now).await?;
                tell::orders_forgotten(tx, &forgotten, now).await?;
                Ok::<_, ApiError>(ended)
            })
            .await?;
        self.forget_all(&ended, now);
        tracing::info!(tenant.id = %tenant, customer.id = %id, "A customer was erased");
        Ok(())
    }
}
