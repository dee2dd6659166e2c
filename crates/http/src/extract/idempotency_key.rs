//! Repeating a request safely.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{Ready, ready};
use sha2::{Digest, Sha256};

use super::{Input, Omissible};
use crate::ApiError;
use crate::audience::cart_token;
use crate::context::{Context, Principal};
use crate::openapi::OperationInput;

const KEY_CHARS_MAX: usize = 255;

/// The client's name for one intention, from `Idempotency-Key`: repeating it has one effect and
/// one answer. It belongs to whoever sent it; see [`once`](crate::once).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Whose key it is: `staff:<id>` and its like. A guest is whoever holds the word of their cart, so
    /// that the key of one is none of another's.
    pub principal: String,
    pub key: String,
    operation: String,
}

/// SHA-256 of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestHash([u8; 32]);

impl RequestHash {
    /// For requests without a body.
    pub const NONE: Self = Self([0; 32]);

    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl IdempotencyKey {
    pub fn new(principal: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            principal: principal.into(),
            key: key.into(),
            operation: String::new(),
        }
    }

    /// What must be the same when the key is: the operation and the body.
    pub fn fingerprint(&self, body: RequestHash) -> RequestHash {
        let mut hash = Sha256::new();
        hash.update(self.operation.as_bytes());
        hash.update([0]);
        hash.update(body.as_bytes());
        RequestHash(hash.finalize().into())
    }
}

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(req))
    }
}

fn read(req: &HttpRequest) -> Result<IdempotencyKey, ApiError> {
    let accepted =
        "send one Idempotency-Key of 1 to 255 visible ASCII characters, a new one per intention";
    let mut values = req.headers().get_all("idempotency-key");
    let Some(value) = values.next() else {
        return Err(ApiError::bad_request("idempotency-key-required", accepted));
    };
    let key = value.to_str().unwrap_or("");
    let fits =
        (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    if !fits || values.next().is_some() {
        return Err(ApiError::bad_request("invalid-idempotency-key", accepted));
    }
    Ok(IdempotencyKey {
        principal: principal(req),
        key: key.to_owned(),
        operation: format!("{} {}", req.method(), req.uri()),
    })
}

fn principal(req: &HttpRequest) -> String {
    let principal = Context::of(req).principal;
    match cart_token(req) {
        Some(word) if principal == Principal::Guest => {
            format!("guest:{}", hex::encode(Sha256::digest(word)))
        }
        _ => principal.to_string(),
    }
}

impl Omissible for IdempotencyKey {
    fn is_omitted(req: &HttpRequest) -> bool {
        !req.headers().contains_key("idempotency-key")
    }
}

impl Input for IdempotencyKey {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.header(
            "Idempotency-Key",
            "A new random text for each intention; the same one when the request is repeated.",
        );
    }
}
