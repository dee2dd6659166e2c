//! The store's own account at Stripe, and the way to it.

use db::TenantTx;
use http_kit::permissions::{CanManagePayments, CanReadPayments};
use http_kit::{Acted, ApiError, Data, Json, Staff};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::App;
use crate::clients::stripe::{Account, NewAccount, StripeError};
use crate::error::stripe_refused;
use crate::settle::tell_account;
use crate::store::accounts::{self, AccountRow};
use crate::tell;

/// Lists of accounts that are searched for one that was made and whose answer was lost.
const PAGES_MAX: usize = 10;
/// Stripe's clock and ours may differ.
const CLOCKS_APART_SECONDS: i64 = 300;

#[derive(Serialize, ToSchema)]
pub struct AccountView {
    /// none, onboarding, active, restricted or disabled.
    #[schema(example = "active")]
    pub status: String,
    pub charges_enabled: bool,
    pub payouts_enabled: bool,
    pub details_submitted: bool,
    /// Ways to pay that shoppers of this store are offered.
    #[schema(example = json!(["card", "mb_way", "multibanco"]))]
    pub payment_methods: Vec<String>,
    /// What Stripe still wants to know, by its own names.
    pub requirements: Vec<String>,
}

impl From<&AccountRow> for AccountView {
    fn from(row: &AccountRow) -> Self {
        Self {
            status: tell::account_status_name(row),
            charges_enabled: row.charges_enabled,
            payouts_enabled: row.payouts_enabled,
            details_submitted: row.details_submitted,
            payment_methods: tell::methods(row),
            requirements: tell::requirements(row),
        }
    }
}

/// How the store's account stands, by what Stripe told last.
#[utoipa::path(get, path = "/api/payments/admin/account", responses((status = 200, body = AccountView)))]
pub async fn get_account(
    app: Data<App>,
    staff: Staff<CanReadPayments>,
) -> Result<Json<AccountView>, ApiError> {
    let found = app
        .db
        .read(staff.tenant.id, async |tx| accounts::find_account(tx).await)
        .await?;
    let row = found.ok_or_else(|| ApiError::not_found("account-not-found"))?;
    Ok(Json(AccountView::from(&row)))
}

/// Makes the store's account, once. Two owners who begin at the same moment get the same one.
#[utoipa::path(post, path = "/api/payments/admin/account", responses((status = 200, body = AccountView)))]
pub async fn create_account(
    app: Data<App>,
    staff: Staff<CanManagePayments>,
) -> Result<Json<AccountView>, ApiError> {
    let row = ensure_account(&app, &staff).await?;
    Ok(Json(AccountView::from(&row)))
}

/// A link for the owner, good once and for a few minutes.
#[derive(Serialize, ToSchema)]
pub struct AccountLinkView {
    pub url: String,
    /// Unix seconds.
    pub expires_at: i64,
}

/// A link under which the owner gives Stripe what it wants to know. It is a secret: it is answered,
/// never stored or mailed.
#[utoipa::path(post, path = "/api/payments/admin/account/link", responses((status = 200, body = AccountLinkView)))]
pub async fn create_account_link(
    app: Data<App>,
    staff: Staff<CanManagePayments>,
) -> Result<Json<AccountLinkView>, ApiError> {
    let row = ensure_account(&app, &staff).await?;
    let account = row.stripe_account.unwrap_or_default();
    let base = format!("{}/settings/payments", app.admin_url);
    let (back, again) = (
        format!("{base}?onboarding=done"),
        format!("{base}?onboarding=again"),
    );
    let link = app
        .stripe
        .create_account_link(&account, &back, &again)
        .await
        .map_err(|error| stripe_refused(&error))?;
    let acted = acted(&app, &staff, "payments.account.link", &account);
    app.db
        .tenant(staff.tenant.id, async |tx| tell::action(tx, acted).await)
        .await?;
    Ok(Json(AccountLinkView {
        url: link.url.expose_secret().to_owned(),
        expires_at: link.expires_at,
    }))
}

/// The account, made at Stripe when the store has none.
async fn ensure_account(
    app: &App,
    staff: &Staff<CanManagePayments>,
) -> Result<AccountRow, ApiError> {
    let (tenant, country) = (staff.tenant.id, staff.tenant.country.as_str());
    let row = app
        .db
        .tenant(tenant, async |tx| {
            let row = accounts::lock_or_create_account(tx, country).await?;
            if row.connected().is_none() && row.asked_at.is_none() {
                accounts::save_asked(tx, app.clock.now()).await?;
            }
            Ok::<_, ApiError>(row)
        })
        .await?;
    if row.connected().is_some() {
        return Ok(row);
    }
    let said = match find_made(app, staff, &row).await? {
        Some(made) => made,
        None => make(app, staff, &row).await?,
    };
    save(app, staff, &said).await
}

/// An account that was made before and whose answer was lost. It is looked for before it is asked
/// for again, because Stripe forgets a key after a day.
async fn find_made(
    app: &App,
    staff: &Staff<CanManagePayments>,
    row: &AccountRow,
) -> Result<Option<Account>, ApiError> {
    let Some(asked_at) = row.asked_at else {
        return Ok(None);
    };
    let since = asked_at.unix_timestamp() - CLOCKS_APART_SECONDS;
    let ours = staff.tenant.id.to_string();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let listed = app.stripe.accounts(since, after.as_deref()).await;
        let page = listed.map_err(|error| stripe_refused(&error))?;
        after = page.data.last().map(|last| last.id.clone());
        let is_ours = |account: &Account| {
            account.metadata.get("tenant_id") == Some(&ours)
                && row.stripe_account.as_ref() != Some(&account.id)
        };
        if let Some(found) = page.data.into_iter().find(is_ours) {
            return Ok(Some(found));
        }
        if !page.has_more || after.is_none() {
            return Ok(None);
        }
    }
    // Better no account than a second one that nobody knows of.
    Err(ApiError::internal(
        "too many accounts were made since this store's was asked for",
    ))
}

/// The key is the tenant's and the row's, so two who ask at once are answered the same account.
async fn make(
    app: &App,
    staff: &Staff<CanManagePayments>,
    row: &AccountRow,
) -> Result<Account, ApiError> {
    let tenant = staff.tenant.id;
    let new = NewAccount {
        country: row.country.clone(),
        email: None,
        tenant: tenant.to_string(),
    };
    let key = format!("account:{tenant}:{}", row.version);
    let made = app.stripe.create_account(&new, &key).await;
    match &made {
        Err(StripeError::KeySpent(_)) => {
            let spent = async |tx: &mut TenantTx| accounts::save_new_key(tx).await;
            app.db.tenant(tenant, spent).await?;
        }
        Err(StripeError::Refused { .. }) => {
            let refused = async |tx: &mut TenantTx| accounts::save_refused(tx, row.version).await;
            app.db.tenant(tenant, refused).await?;
        }
        _ => {}
    }
    made.map_err(|error| stripe_refused(&error))
}

/// Stores the account unless somebody else did meanwhile.
async fn save(
    app: &App,
    staff: &Staff<CanManagePayments>,
    said: &Account,
) -> Result<AccountRow, ApiError> {
    let at = app.settling(&said.id);
    let country = staff.tenant.country.as_str();
    let acted = acted(app, staff, "payments.account.create", &said.id)
        .created(&json!({ "account": said.id, "country": country }));
    app.db
        .tenant(staff.tenant.id, async |tx| {
            let row = accounts::lock_or_create_account(tx, country).await?;
            if row.connected().is_some() {
                return Ok(row);
            }
            let former = row.stripe_account.as_deref();
            accounts::save_new_account(tx, former, said, at.now).await?;
            tell_account(tx, at).await?;
            tell::action(tx, acted).await?;
            let found = accounts::find_account(tx).await?;
            found.ok_or_else(|| ApiError::not_found("account-not-found"))
        })
        .await
}

fn acted(app: &App, staff: &Staff<CanManagePayments>, action: &str, account: &str) -> Acted {
    staff.acted(app.clock.now(), action, format!("account:{account}"))
}
