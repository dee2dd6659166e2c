//! Whether the store can be paid.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::payments::v1::AccountChanged;

use crate::store::settings::{self, AccountRow};

pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<AccountChanged>,
) -> Result<(), HandleError> {
    let account = delivery.message;
    let row = AccountRow {
        tenant_id: tx.tenant().uuid(),
        charges_enabled: account.charges_enabled,
        payment_methods: account.payment_methods,
        version: account.version,
        live_mode: account.live_mode,
    };
    settings::save_account(tx, &row).await?;
    Ok(())
}
