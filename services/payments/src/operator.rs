//! What operators do from the command line: an account for the demo store at a stand-in of Stripe.

use anyhow::Context;
use http_kit::Platform;
use kernel::TenantId;

use crate::App;
use crate::clients::stripe::{Account, NewAccount};
use crate::settle::tell_account;
use crate::store::accounts;

/// The service's own parts, for commands.
pub async fn app(platform: &Platform) -> anyhow::Result<App> {
    let foundation = platform.foundation(crate::MIGRATIONS).await?;
    App::new(platform, &foundation)
}

/// Makes the store's account unless it has one that can be charged: repeating it changes nothing.
/// `complete` answers in the owner's place what Stripe wants to know; only a stand-in lets a program do so.
pub async fn ensure_account(
    app: &App,
    (tenant, country): (TenantId, &str),
    complete: impl AsyncFnOnce(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let find = async |tx: &mut db::TenantTx| accounts::lock_or_create_account(tx, country).await;
    let row = app.db.tenant(tenant, find).await?;
    if row.charges_enabled && row.connected().is_some() {
        return Ok(());
    }
    let account = match row.connected() {
        Some(account) => account.to_owned(),
        None => {
            let new = NewAccount {
                country: country.to_owned(),
                email: None,
                tenant: tenant.to_string(),
            };
            let key = format!("account:{tenant}:{}", row.version);
            let made = app.stripe.create_account(&new, &key).await;
            let made = made.context("making the account")?;
            save(app, tenant, &made, Some(row.stripe_account.as_deref())).await?;
            made.id
        }
    };
    complete(&account).await?;
    let said = app.stripe.account(&account).await;
    save(app, tenant, &said.context("reading the account")?, None).await
}

/// `instead_of` is given for a new account: the one that the store had before, if it had one.
async fn save(
    app: &App,
    tenant: TenantId,
    said: &Account,
    instead_of: Option<Option<&str>>,
) -> anyhow::Result<()> {
    let at = app.settling(&said.id);
    let saved = app.db.tenant(tenant, async |tx| {
        match instead_of {
            Some(former) => accounts::save_new_account(tx, former, said, at.now).await?,
            None => accounts::save_account(tx, said, at.now).await?,
        }
        tell_account(tx, at).await
    });
    Ok(saved.await?)
}
