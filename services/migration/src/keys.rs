//! The old shop's keys, sealed while the import needs them.

use db::{Sealed, SealedColumn, SealedKey, Sealer, SealingFailed};
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::imports::ImportRow;

pub const PURPOSE: &str = "migration: keys of shops";

/// What lies sealed, for a change of keys.
pub const SEALED: Sealed = Sealed {
    purpose: PURPOSE,
    columns: &[SealedColumn {
        table: "import",
        column: "sealed_keys",
        key: SealedKey::Uuid("id"),
        place,
    }],
};

#[derive(Serialize, Deserialize)]
pub struct SourceKeys {
    pub key: String,
    pub secret: String,
}

pub fn seal(
    sealer: &Sealer,
    tenant: TenantId,
    import: Uuid,
    keys: &SourceKeys,
) -> Result<Vec<u8>, SealingFailed> {
    let plain = serde_json::to_vec(keys).map_err(|_| SealingFailed)?;
    sealer.seal(&place(tenant, &import.to_string()), &plain)
}

/// Nothing when they are gone, or were sealed for another import.
pub fn open(sealer: &Sealer, row: &ImportRow) -> Option<SourceKeys> {
    let sealed = row.sealed_keys.as_deref()?;
    let place = place(TenantId::from_uuid(row.tenant_id), &row.id.to_string());
    serde_json::from_slice(&sealer.open(&place, sealed)?).ok()
}

fn place(tenant: TenantId, import: &str) -> String {
    format!("{tenant}/import/{import}/sealed_keys")
}
