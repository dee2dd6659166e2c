//! What the old shop turned its customers' passwords into, by file: the API does not tell.

use std::collections::BTreeMap;

use bus::emit;
use db::TenantTx;
use events::migration::v1::orders_record::Body;
use events::migration::v1::{ActionRecorded, OrdersImportRequested, OrdersRecord, Password};
use http_kit::permissions::CanManageImports;
use http_kit::{ApiError, Data, HttpResponse, Path, RawBody, Staff};
use serde::Serialize;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::domain::map::{Measured, Name};
use crate::domain::passwords::{self, Pair};
use crate::error::import_not_found;
use crate::store::batches::{self, BatchRow};
use crate::store::counts::{self, CountRow};
use crate::store::imports::{self, ImportRow};
use crate::store::records::{self, Sent};

const RESOURCE: &str = "password";
const BATCH: usize = 50;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PasswordsView {
    /// Pairs of an address and a hash that were read and sent on.
    pub accepted: usize,
    /// Lines without such a pair.
    pub skipped: usize,
}

/// Takes a table of `wp_users` as CSV or SQL, at most 256 KiB at a time; send larger ones in pieces. Only
/// addresses and hashes are read. A customer's hash is verified at the first sign-in here and replaced.
#[utoipa::path(post, path = "/api/migration/admin/imports/{id}/passwords", responses((status = 202, body = PasswordsView)))]
pub async fn import_passwords(
    app: Data<App>,
    staff: Staff<CanManageImports>,
    id: Path<Uuid>,
    file: RawBody,
) -> Result<HttpResponse, ApiError> {
    app.db
        .read(staff.tenant.id, async |tx| {
            let found = imports::find_import(tx, *id).await?;
            found.map(drop).ok_or_else(import_not_found)
        })
        .await?;
    let accepted = "a table of wp_users as CSV or SQL, in UTF-8, with user_email and user_pass";
    let text =
        std::str::from_utf8(&file).map_err(|_| ApiError::bad_request("invalid-file", accepted))?;
    let (pairs, skipped) = passwords::read(text);
    if pairs.is_empty() {
        return Err(ApiError::bad_request("invalid-file", accepted));
    }
    // The last word on an address counts.
    let pairs: BTreeMap<String, Pair> = pairs
        .into_iter()
        .map(|pair| (source_id(&pair), pair))
        .collect();
    let now = app.clock.now();
    app.db
        .tenant(staff.tenant.id, async |tx| {
            let row = imports::lock_import(tx, *id).await?;
            let row = row.ok_or_else(import_not_found)?;
            if row.source.is_empty() {
                let detail = "the import has not reached its shop yet";
                return Err(ApiError::conflict("import-not-begun", detail));
            }
            send(tx, &row, &pairs, now).await?;
            let acted = staff.acted(now, "import.passwords", format!("import:{}", row.id));
            let event = ActionRecorded {
                tenant_id: tx.tenant().to_string(),
                action: Some(acted.into()),
            };
            Ok(emit(tx, &event).await?)
        })
        .await?;
    Ok(HttpResponse::Accepted().json(PasswordsView {
        accepted: pairs.len(),
        skipped,
    }))
}

/// An address is nobody's number: what stands for it tells nothing.
fn source_id(pair: &Pair) -> String {
    hex::encode(Sha256::digest(pair.email.to_lowercase().as_bytes()))
}

async fn send(
    tx: &mut TenantTx,
    row: &ImportRow,
    pairs: &BTreeMap<String, Pair>,
    now: OffsetDateTime,
) -> Result<(), db::Error> {
    let names: Vec<Name> = pairs.keys().map(|id| (RESOURCE, id.clone())).collect();
    records::ensure(tx, (&row.source, row.id), &names).await?;
    let all: Vec<(&String, &Pair)> = pairs.iter().collect();
    let measured = Measured::default();
    for chunk in all.chunks(BATCH) {
        let version = imports::take_batches(tx, row.id, 1).await?;
        let batch = Uuid::now_v7();
        let size = i32::try_from(chunk.len()).unwrap_or(i32::MAX);
        let open = BatchRow {
            tenant_id: tx.tenant().uuid(),
            id: batch,
            import_id: row.id,
            receiver: "orders".to_owned(),
            resource: RESOURCE.to_owned(),
            records: size,
            open: size,
            sent_at: now,
        };
        batches::create_batch(tx, &open).await?;
        let sent: Vec<Sent<'_>> = chunk
            .iter()
            .map(|(id, pair)| Sent {
                name: (RESOURCE, (*id).clone()),
                parent: "",
                measured: &measured,
                hash: Some(Sha256::digest(pair.hash.as_bytes()).to_vec()),
                batch: Some(batch),
            })
            .collect();
        records::save_sent(tx, &row.source, &sent).await?;
        let records = chunk.iter().map(|(id, pair)| record(id, pair));
        let event = OrdersImportRequested {
            tenant_id: tx.tenant().to_string(),
            import_id: row.id.to_string(),
            version,
            batch_id: batch.to_string(),
            records: records.collect(),
        };
        emit(tx, &event).await?;
    }
    let count = i64::try_from(pairs.len()).unwrap_or(i64::MAX);
    let counted = CountRow {
        tenant_id: tx.tenant().uuid(),
        import_id: row.id,
        resource: RESOURCE.to_owned(),
        read: count,
        sent: count,
        ..CountRow::default()
    };
    counts::add(tx, &counted).await
}

fn record(id: &str, pair: &Pair) -> OrdersRecord {
    OrdersRecord {
        resource: RESOURCE.to_owned(),
        source_id: id.to_owned(),
        target_id: Uuid::now_v7().to_string(),
        body: Some(Body::Password(Password {
            email: pair.email.clone(),
            hash: pair.hash.clone(),
        })),
    }
}
