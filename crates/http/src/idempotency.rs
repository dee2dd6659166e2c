//! One effect and one answer for one intention, however often it is sent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION};
use db::{Db, TenantTx};
use kernel::TenantId;
use serde::Serialize;

use crate::ApiError;
use crate::extract::{IdempotencyKey, RequestHash};

mod rows;

pub use rows::{Stored, claim_all, find_stored, keep_all, store_all};

/// An answer as it is stored and sent.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    pub status: StatusCode,
    pub body: T,
    pub location: Option<String>,
}

impl<T> Answer<T> {
    pub fn ok(body: T) -> Self {
        Self {
            status: StatusCode::OK,
            body,
            location: None,
        }
    }

    pub fn created(body: T) -> Self {
        Self {
            status: StatusCode::CREATED,
            body,
            location: None,
        }
    }

    pub fn accepted(body: T) -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            body,
            location: None,
        }
    }

    /// Where the new thing is.
    pub fn at(self, location: impl Into<String>) -> Self {
        Self {
            location: Some(location.into()),
            ..self
        }
    }
}

/// Runs `work` once per key: the key is taken, the effect made and the answer kept in one
/// transaction. A repeat gets the very same bytes with `Idempotent-Replayed: true`; a twin that
/// comes meanwhile waits for the first; a failure leaves nothing, so the client may try again.
/// The same key with another body is a 422.
pub async fn once<T, E>(
    db: &Db,
    tenant: TenantId,
    key: &IdempotencyKey,
    body: RequestHash,
    work: impl AsyncFnOnce(&mut TenantTx) -> Result<Answer<T>, E>,
) -> Result<HttpResponse, E>
where
    T: Serialize,
    E: From<db::Error> + From<ApiError>,
{
    let fingerprint = key.fingerprint(body);
    db.tenant(tenant, async |tx: &mut TenantTx| {
        if let Some(stored) = rows::claim(tx, key, fingerprint).await? {
            return Ok(stored.replay(fingerprint)?);
        }
        let answer = work(tx).await?;
        let stored = Stored::of(&answer, fingerprint)?;
        rows::store(tx, key, &stored).await?;
        Ok(stored.respond(false))
    })
    .await
}

/// 422: the key belongs to another request.
pub fn key_reused() -> ApiError {
    ApiError::invalid(
        "idempotency-key-reused",
        "this Idempotency-Key was used for another request; take a new one",
    )
}

impl Stored {
    /// The bytes to keep for an answer.
    pub fn of<T: Serialize>(answer: &Answer<T>, hash: RequestHash) -> Result<Self, ApiError> {
        Ok(Self {
            hash: hash.as_bytes().to_vec(),
            status: answer.status.as_u16(),
            location: answer.location.clone(),
            body: serde_json::to_vec(&answer.body).map_err(|error| ApiError::internal(&error))?,
        })
    }

    /// The kept answer again; 422 when it belongs to another request.
    pub fn replay(&self, hash: RequestHash) -> Result<HttpResponse, ApiError> {
        if self.hash != hash.as_bytes() {
            return Err(key_reused());
        }
        Ok(self.respond(true))
    }

    pub fn respond(&self, replayed: bool) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        response.insert_header((CONTENT_TYPE, "application/json"));
        if let Some(location) = &self.location {
            response.insert_header((LOCATION, location.as_str()));
        }
        if replayed {
            response.insert_header(("idempotent-replayed", "true"));
        }
        response.body(self.body.clone())
    }
}
