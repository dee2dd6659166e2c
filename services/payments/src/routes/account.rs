//! The store's own account at Stripe, and the way to it.

use http_kit::permissions::{CanManagePayments, CanReadPayments};
use http_kit::{ApiError, Data, Json, Staff};
use kernel::TenantId;
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::clients::stripe::{Account, NewAccount};
use crate::error::stripe_refused;
use crate::jobs::apply_stripe_event::tell_account;
use crate::store::accounts::{self, AccountRow};
use crate::tell;

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
    let row = ensure_account(&app, staff.tenant.id, staff.tenant.country.as_str()).await?;
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
    let row = ensure_account(&app, staff.tenant.id, staff.tenant.country.as_str()).await?;
    let account = row.stripe_account.unwrap_or_default();
    let base = format!("{}/admin/settings/payments", app.admin_origin);
    let (back, again) = (
        format!("{base}?onboarding=done"),
        format!("{base}?onboarding=again"),
    );
    let link = app
        .stripe
        .create_account_link(&account, &back, &again)
        .await;
    let link = link.map_err(|error| stripe_refused(&error))?;
    Ok(Json(AccountLinkView {
        url: link.url.expose_secret().to_owned(),
        expires_at: link.expires_at,
    }))
}

/// The account, made at Stripe when the store has none. The row comes first and its key is the
/// tenant's, so a crash between the call and the commit finds the same account again.
pub async fn ensure_account(
    app: &App,
    tenant: TenantId,
    country: &str,
) -> Result<AccountRow, ApiError> {
    let row = app
        .db
        .tenant(tenant, async |tx| accounts::lock_account(tx, country).await)
        .await?;
    if row.stripe_account.is_some() && !row.deauthorized {
        return Ok(row);
    }
    let new = NewAccount {
        country: country.to_owned(),
        email: None,
        tenant: tenant.to_string(),
    };
    let key = format!("account:{tenant}:{}", row.version);
    let said = app
        .stripe
        .create_account(&new, &key)
        .await
        .map_err(|e| stripe_refused(&e))?;
    save(app, tenant, country, &said).await
}

/// Stores the account unless somebody else did meanwhile.
async fn save(
    app: &App,
    tenant: TenantId,
    country: &str,
    said: &Account,
) -> Result<AccountRow, ApiError> {
    app.db
        .tenant(tenant, async |tx| {
            let row = accounts::lock_account(tx, country).await?;
            if row.stripe_account.is_some() && !row.deauthorized {
                return Ok(row);
            }
            accounts::save_account(tx, said).await?;
            tell_account(app, tx).await?;
            let found = accounts::find_account(tx).await?;
            found.ok_or_else(|| ApiError::not_found("account-not-found"))
        })
        .await
}
