//! What Stripe says of a store's account.

use bus::emit;
use db::{Error, TenantTx};
use events::to_us;

use super::{Settled, Settling};
use crate::clients::stripe::Account;
use crate::store::accounts::{self, AccountRow};
use crate::tell;

/// Applies what Stripe says of the store's account. `seen` is the row's version before Stripe was
/// asked: when it has changed since, the word may be the older one, and is asked for again.
pub async fn settle_account(
    tx: &mut TenantTx,
    at: Settling<'_>,
    said: &Account,
    seen: i64,
) -> Result<Settled, Error> {
    match lock(tx, at).await? {
        None => Ok(Settled::NotOurs),
        Some(known) if known.says_the_same(said) => Ok(Settled::Applied),
        Some(known) if known.version != seen => Ok(Settled::NotYet),
        Some(_) => {
            accounts::save_account(tx, said, at.now).await?;
            tell_account(tx, at).await?;
            Ok(Settled::Applied)
        }
    }
}

/// Applies that the store took its account away from the platform.
pub async fn settle_account_gone(
    tx: &mut TenantTx,
    at: Settling<'_>,
    seen: i64,
) -> Result<Settled, Error> {
    match lock(tx, at).await? {
        None => Ok(Settled::NotOurs),
        Some(known) if known.deauthorized => Ok(Settled::Applied),
        Some(known) if known.version != seen => Ok(Settled::NotYet),
        Some(_) => {
            accounts::save_deauthorized(tx, at.now).await?;
            tell_account(tx, at).await?;
            Ok(Settled::Applied)
        }
    }
}

/// The store's account, when it is the one that Stripe was asked about.
async fn lock(tx: &TenantTx, at: Settling<'_>) -> Result<Option<AccountRow>, Error> {
    let found = accounts::lock_account(tx).await?;
    Ok(found.filter(|row| row.stripe_account.as_deref() == Some(at.account)))
}

/// Tells everybody what the account can do now.
pub async fn tell_account(tx: &mut TenantTx, at: Settling<'_>) -> Result<(), Error> {
    let Some(row) = accounts::find_account(tx).await? else {
        return Ok(());
    };
    let event = tell::account(tx.tenant(), &row, at.live_mode, to_us(at.now));
    emit(tx, &event).await
}
