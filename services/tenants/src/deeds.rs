//! What staff does in this service, into the store's own trail and in the deed's transaction.

use db::TenantTx;
use http_kit::{Acted, ApiError};

use crate::store::audit::{self, Entry};

pub async fn record(tx: &TenantTx, deed: Acted) -> Result<(), ApiError> {
    let (at, entry) = Entry::told(deed.into()).map_err(|fault| ApiError::internal(&fault))?;
    audit::append(tx, at, entry).await?;
    Ok(())
}
