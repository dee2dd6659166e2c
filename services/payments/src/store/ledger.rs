//! Double entry. The entries of a transaction add up to zero, and none is ever changed.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::Money;
use uuid::Uuid;

use super::schema::ledger_entry;

/// A payment or, with `back`, a refund: the shopper's money split between store and platform.
pub struct Posting {
    pub transaction: String,
    pub payment: Uuid,
    pub amount: Money,
    pub fee: Money,
    pub back: bool,
}

/// Writes a posting; a second time it changes nothing.
pub async fn create_entries(tx: &TenantTx, posting: &Posting) -> Result<(), Error> {
    let sign = if posting.back { -1 } else { 1 };
    let (amount, fee) = (posting.amount.minor * sign, posting.fee.minor * sign);
    let parts = [
        ("shopper", -amount),
        ("store", amount - fee),
        ("platform_fee", fee),
    ];
    let rows: Vec<_> = parts
        .iter()
        .filter(|(_, minor)| *minor != 0)
        .map(|(account, minor)| {
            (
                ledger_entry::tenant_id.eq(tx.tenant().uuid()),
                ledger_entry::transaction_id.eq(&posting.transaction),
                ledger_entry::account.eq(*account),
                ledger_entry::amount_minor.eq(*minor),
                ledger_entry::currency.eq(posting.amount.currency.as_str()),
                ledger_entry::payment_id.eq(posting.payment),
            )
        })
        .collect();
    diesel::insert_into(ledger_entry::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
