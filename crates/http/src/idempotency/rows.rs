//! The table `idempotency_key`.

use db::{Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use crate::extract::{IdempotencyKey, RequestHash};

diesel::table! {
    idempotency_key (tenant_id, principal, key) {
        tenant_id -> Uuid,
        principal -> Text,
        key -> Text,
        request_hash -> Binary,
        status -> Nullable<SmallInt>,
        headers -> Nullable<Jsonb>,
        body -> Nullable<Binary>,
        created_at -> Timestamptz,
    }
}

/// A kept answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Of the request it answered.
    pub hash: Vec<u8>,
    pub status: u16,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

/// Takes a key, or finds the answer that is kept under it.
///
/// The insert waits for a twin that took the key and is still at work; a key taken by a
/// transaction that failed is free again.
pub(super) async fn claim(
    tx: &mut TenantTx,
    key: &IdempotencyKey,
    hash: RequestHash,
) -> Result<Option<Stored>, db::Error> {
    match claim_all(tx, &[(key, hash)]).await?.as_slice() {
        [true] => Ok(None),
        _ => find_stored(tx, key).await,
    }
}

/// Takes many keys in one statement; answers for each whether it was free. The keys must differ.
pub async fn claim_all(
    tx: &mut TenantTx,
    keys: &[(&IdempotencyKey, RequestHash)],
) -> Result<Vec<bool>, db::Error> {
    let rows: Vec<_> = keys
        .iter()
        .map(|(key, hash)| {
            (
                idempotency_key::tenant_id.eq(tx.tenant().uuid()),
                idempotency_key::principal.eq(&key.principal),
                idempotency_key::key.eq(&key.key),
                idempotency_key::request_hash.eq(hash.as_bytes()),
            )
        })
        .collect();
    let taken: Vec<(String, String)> = diesel::insert_into(idempotency_key::table)
        .values(rows)
        .on_conflict_do_nothing()
        .returning((idempotency_key::principal, idempotency_key::key))
        .prepared_for(keys.len())
        .get_results(&mut tx.conn())
        .await?;
    let is_taken = |key: &IdempotencyKey| {
        taken
            .iter()
            .any(|(principal, name)| *principal == key.principal && *name == key.key)
    };
    Ok(keys.iter().map(|(key, _)| is_taken(key)).collect())
}

/// Takes many keys and keeps their answers, in one statement; tells for each whether it was free. The
/// keys must differ.
pub async fn keep_all(
    tx: &TenantTx,
    answers: &[(&IdempotencyKey, Stored)],
) -> Result<Vec<bool>, db::Error> {
    let rows: Vec<_> = answers
        .iter()
        .map(|(key, stored)| {
            (
                idempotency_key::tenant_id.eq(tx.tenant().uuid()),
                idempotency_key::principal.eq(&key.principal),
                idempotency_key::key.eq(&key.key),
                idempotency_key::request_hash.eq(&stored.hash),
                idempotency_key::status.eq(i16::try_from(stored.status).ok()),
                idempotency_key::headers.eq(headers(stored)),
                idempotency_key::body.eq(&stored.body),
            )
        })
        .collect();
    let taken: Vec<(String, String)> = diesel::insert_into(idempotency_key::table)
        .values(rows)
        .on_conflict_do_nothing()
        .returning((idempotency_key::principal, idempotency_key::key))
        .prepared_for(answers.len())
        .get_results(&mut tx.conn())
        .await?;
    let is_taken = |key: &IdempotencyKey| {
        taken
            .iter()
            .any(|(principal, name)| *principal == key.principal && *name == key.key)
    };
    Ok(answers.iter().map(|(key, _)| is_taken(key)).collect())
}

fn headers(stored: &Stored) -> Option<serde_json::Value> {
    let location = stored.location.as_ref()?;
    Some(serde_json::json!({ "location": location }))
}

/// The answer kept under a key. Nothing for a key that was taken in this very transaction.
pub async fn find_stored(tx: &TenantTx, key: &IdempotencyKey) -> Result<Option<Stored>, db::Error> {
    type Row = (
        Vec<u8>,
        Option<i16>,
        Option<serde_json::Value>,
        Option<Vec<u8>>,
    );
    let row: Option<Row> = idempotency_key::table
        .filter(idempotency_key::tenant_id.eq(tx.tenant().uuid()))
        .filter(idempotency_key::principal.eq(&key.principal))
        .filter(idempotency_key::key.eq(&key.key))
        .select((
            idempotency_key::request_hash,
            idempotency_key::status,
            idempotency_key::headers,
            idempotency_key::body,
        ))
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row.and_then(|(hash, status, headers, body)| {
        let location = headers
            .as_ref()
            .and_then(|headers| headers.get("location")?.as_str());
        Some(Stored {
            hash,
            status: u16::try_from(status?).ok()?,
            location: location.map(str::to_owned),
            body: body?,
        })
    }))
}

pub(super) async fn store(
    tx: &mut TenantTx,
    key: &IdempotencyKey,
    stored: &Stored,
) -> Result<(), db::Error> {
    store_all(tx, &[(key, stored)]).await
}

/// Keeps the answers of keys that were taken in this transaction.
pub async fn store_all(
    tx: &mut TenantTx,
    answers: &[(&IdempotencyKey, &Stored)],
) -> Result<(), db::Error> {
    let rows: Vec<_> = answers
        .iter()
        .map(|(key, stored)| {
            (
                idempotency_key::tenant_id.eq(tx.tenant().uuid()),
                idempotency_key::principal.eq(&key.principal),
                idempotency_key::key.eq(&key.key),
                idempotency_key::request_hash.eq(&stored.hash),
                idempotency_key::status.eq(i16::try_from(stored.status).ok()),
                idempotency_key::headers.eq(headers(stored)),
                idempotency_key::body.eq(&stored.body),
            )
        })
        .collect();
    diesel::insert_into(idempotency_key::table)
        .values(rows)
        .on_conflict((
            idempotency_key::tenant_id,
            idempotency_key::principal,
            idempotency_key::key,
        ))
        .do_update()
        .set((
            idempotency_key::status.eq(excluded(idempotency_key::status)),
            idempotency_key::headers.eq(excluded(idempotency_key::headers)),
            idempotency_key::body.eq(excluded(idempotency_key::body)),
        ))
        .prepared_for(answers.len())
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
