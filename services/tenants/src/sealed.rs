//! Answers with a password in them: a repeat of the request gets the same one, and what is kept for
//! that is kept sealed.

use db::TenantTx;
use http_kit::{
    Answer, ApiError, HttpResponse, IdempotencyKey, RequestHash, Stored, claim_all, find_stored,
    store_all,
};
use kernel::TenantId;
use serde::Serialize;

use crate::App;

/// A key and the request it belongs to.
pub struct Claim {
    key: IdempotencyKey,
    hash: RequestHash,
    tenant: TenantId,
}

impl Claim {
    /// Under the tenant in whose scope the key is taken.
    pub fn of(tenant: TenantId, key: IdempotencyKey, body: RequestHash) -> Self {
        Self {
            hash: key.fingerprint(body),
            key,
            tenant,
        }
    }

    pub fn fingerprint(&self) -> RequestHash {
        self.hash
    }

    /// The answer of an earlier request under this key.
    pub async fn find(&self, app: &App, tx: &TenantTx) -> Result<Option<HttpResponse>, ApiError> {
        let stored = find_stored(tx, &self.key).await?;
        stored.map(|stored| self.replay(app, stored)).transpose()
    }

    /// Takes the key, or answers what was answered under it; a twin that is at work is waited for.
    pub async fn take(
        &self,
        app: &App,
        tx: &mut TenantTx,
    ) -> Result<Option<HttpResponse>, ApiError> {
        if claim_all(tx, &[(&self.key, self.hash)]).await? == [true] {
            return Ok(None);
        }
        let busy = || ApiError::unavailable("busy").retry_after(1);
        self.find(app, tx).await?.map(Some).ok_or_else(busy)
    }

    /// Keeps the answer of the request that took the key.
    pub async fn keep(
        &self,
        app: &App,
        tx: &mut TenantTx,
        answer: &Stored,
    ) -> Result<(), ApiError> {
        let sealed = Stored {
            body: app
                .sealer
                .seal(&self.place(), &answer.body)
                .map_err(|_| ApiError::internal("sealing failed"))?,
            ..answer.clone()
        };
        store_all(tx, &[(&self.key, &sealed)]).await?;
        Ok(())
    }

    fn place(&self) -> String {
        let IdempotencyKey { principal, key, .. } = &self.key;
        format!("{}/idempotency_key.body/{principal}/{key}", self.tenant)
    }

    fn replay(&self, app: &App, stored: Stored) -> Result<HttpResponse, ApiError> {
        let opened = app.sealer.open(&self.place(), &stored.body);
        let body = opened.ok_or_else(|| {
            ApiError::conflict(
                "answer-sealed",
                "this was answered before, and the key that sealed the answer is not in use any more",
            )
        })?;
        Stored { body, ..stored }.replay(self.hash)
    }
}

/// Runs `work` once per key, in the scope of a store.
pub async fn once<T: Serialize>(
    app: &App,
    claim: &Claim,
    work: impl AsyncFnOnce(&mut TenantTx) -> Result<Answer<T>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    app.db
        .tenant(claim.tenant, async |tx: &mut TenantTx| {
            if let Some(answered) = claim.take(app, tx).await? {
                return Ok(answered);
            }
            let answer = Stored::of(&work(tx).await?, claim.hash)?;
            claim.keep(app, tx, &answer).await?;
            Ok(answer.respond(false))
        })
        .await
}
