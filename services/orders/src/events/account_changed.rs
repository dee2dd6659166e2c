//! Whether the store can be paid.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::payments::v1::AccountChanged;

use crate::store::settings;

pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<AccountChanged>,
) -> Result<(), HandleError> {
    let account = delivery.message;
    settings::save_account(
        tx,
        account.charges_enabled,
        &account.payment_methods,
        account.version,
    )
    .await?;
    Ok(())
}
