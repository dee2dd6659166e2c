//! ZeptoMail's webhooks: proven on the JSON that was signed, kept, answered; the work comes after.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use http_kit::{ApiError, Data, Input, OperationInput, RawBody, Webhook};
use kernel::TenantId;
use secrecy::ExposeSecret;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::domain::{news, producer};
use crate::jobs::apply_provider_events::payload_place;
use crate::store::provider_events::{self, ProviderEventRow, RECEIVED};

/// The `producer-signature` header; absent or sent twice, it proves nothing.
pub struct ProducerSignature(Option<String>);

impl FromRequest for ProducerSignature {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = req.headers().get_all("producer-signature");
        let only = values.next().filter(|_| values.next().is_none());
        let text = only
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        ready(Ok(Self(text)))
    }
}

impl Input for ProducerSignature {
    fn describe(_: &mut OperationInput<'_>) {}
}

/// Takes an event from ZeptoMail. 200 means that it is kept, or that it was an unsigned trial of the
/// address, which does nothing; 400 that the signature is wrong; 503 that it should come again.
#[utoipa::path(post, path = "/api/webhooks/zeptomail", responses((status = 200)))]
pub async fn receive_provider_event(
    app: Data<App>,
    _: Webhook,
    signature: ProducerSignature,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    let Some(header) = signature.0 else {
        metrics::counter!("provider_webhook_unsigned_total").increment(1);
        return Ok(HttpResponse::Ok().finish());
    };
    let json = producer::json_of(&body);
    let now = app.clock.now();
    let now_ms = i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
    let proven = match &app.webhook_key {
        Some(key) => producer::verify(key.expose_secret().as_bytes(), &header, &json, now_ms),
        None => Err(producer::Unproven::Forged),
    };
    proven.map_err(|error| {
        metrics::counter!("provider_webhook_refusals_total").increment(1);
        ApiError::bad_request("signature-invalid", error.to_string())
    })?;
    let payload: Value = serde_json::from_slice(&json)
        .map_err(|_| ApiError::bad_request("event-invalid", "the signed value is not JSON"))?;
    // Without an id of its own the bytes are the name.
    let id = news::id_of(&payload).unwrap_or_else(|| hex::encode(Sha256::digest(&json)));
    let sealed = app.vault.seal_bytes(payload_place(&id), &json);
    let row = ProviderEventRow {
        tenant_id: TenantId::PLATFORM.uuid(),
        payload: sealed.map_err(|error| ApiError::internal(&error))?,
        id,
        state: RECEIVED.to_owned(),
        note: None,
        attempts: 0,
        retry_at: now,
        received_at: now,
    };
    let is_new = app
        .db
        .tenant(TenantId::PLATFORM, async |tx| {
            provider_events::create(tx, &row).await
        })
        .await?;
    metrics::counter!("provider_webhooks_total", "repeated" => if is_new { "no" } else { "yes" })
        .increment(1);
    if is_new {
        app.event_wake.notify_one();
    }
    Ok(HttpResponse::Ok().finish())
}
