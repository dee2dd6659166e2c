//! What operators do from the command line: the first sysadmin, a token for a curl, a new store.

use anyhow::{Context, anyhow, bail};
use db::{Db, SystemTx, TenantTx};
use http_kit::auth::NewPassword;
use http_kit::{ApiError, Foundation, Role};
use kernel::{Email, StaffId, TenantId};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;

use crate::App;
use crate::domain::new_tenant::Asked;
use crate::domain::secrets::temporary_password;
use crate::provision::{self, By};
use crate::store::hosts;
use crate::store::staff::{self, StaffRow};
use crate::store::tenants::{self, Sought, TenantRow};
use crate::tell;

const BY_OPERATOR: &str = "operator";
const DEMO: &str = "demo";

/// The sysadmin that `seed` made.
pub struct FirstSysadmin {
    pub email: Email,
    /// Set when it was generated: shown once, kept nowhere.
    pub generated_password: Option<SecretString>,
}

/// A store and how its owner gets in.
pub struct Provisioned {
    pub tenant: TenantRow,
    pub admin_email: String,
    pub admin_temp_password: SecretString,
}

/// The service's own parts, for commands.
pub async fn app(platform: &http_kit::Platform) -> anyhow::Result<(Foundation, App)> {
    let foundation = platform.foundation(crate::MIGRATIONS).await?;
    let app = App::new(&foundation)?;
    Ok((foundation, app))
}

/// Makes the first sysadmin, unless there is one.
pub async fn ensure_sysadmin(
    app: &App,
    email: &Email,
    password: Option<&SecretString>,
) -> anyhow::Result<Option<FirstSysadmin>> {
    if find_sysadmin(&app.db).await?.is_some() {
        return Ok(None);
    }
    let generated = password
        .is_none()
        .then(|| SecretString::from(temporary_password()));
    let chosen = password
        .or(generated.as_ref())
        .context("a password is given or generated")?;
    let chosen = NewPassword::parse(chosen.expose_secret()).context("SYSADMIN_PASSWORD")?;
    let hash = app
        .identity
        .passwords
        .hash(&chosen)
        .await
        .map_err(refused)?;
    let row = sysadmin(email, hash, app.clock.now());
    let made = app
        .db
        .tenant(TenantId::PLATFORM, async |tx: &mut TenantTx| {
            staff::create_staff(tx, &row).await?;
            tell::staff_changed(tx, &row).await
        });
    made.await.map_err(refused)?;
    Ok(Some(FirstSysadmin {
        email: email.clone(),
        generated_password: generated,
    }))
}

fn sysadmin(email: &Email, hash: String, now: OffsetDateTime) -> StaffRow {
    StaffRow {
        tenant_id: TenantId::PLATFORM.uuid(),
        id: StaffId::new().uuid(),
        email: email.to_string(),
        name: "Sysadmin".to_owned(),
        role: Role::Sysadmin.to_string(),
        locale: "en".to_owned(),
        status: "active".to_owned(),
        password_hash: hash,
        password_expires_at: None,
        perms_version: 1,
        version: 1,
        created_at: now,
        changed_at: now,
    }
}

/// An access token of the first sysadmin, with a session of its own that can be ended like others.
pub async fn sysadmin_token(app: &App) -> anyhow::Result<String> {
    let Some(row) = find_sysadmin(&app.db).await? else {
        bail!("there is no sysadmin yet: run `stores seed` first");
    };
    let opened = app
        .db
        .tenant(TenantId::PLATFORM, async |tx: &mut TenantTx| {
            app.identity.open_session(tx, row, app.clock.now()).await
        });
    Ok(opened.await.map_err(refused)?.access.token)
}

/// A new store, as `POST /api/sysadmin/tenants` makes it.
pub async fn create_tenant(app: &App, asked: &Asked) -> anyhow::Result<Provisioned> {
    let new = app.db.read(TenantId::PLATFORM, async |tx: &mut TenantTx| {
        provision::read(tx, asked).await
    });
    let new = new.await.map_err(refused)?;
    let password = SecretString::from(temporary_password());
    let chosen = NewPassword::parse(password.expose_secret())?;
    let hash = app
        .identity
        .passwords
        .hash(&chosen)
        .await
        .map_err(refused)?;
    let by = By {
        actor: BY_OPERATOR.to_owned(),
        ip: None,
    };
    let tenant = app
        .db
        .system("provision a store", async |tx: &mut SystemTx| {
            provision::create(tx, &new, hash, &by, app.clock.now()).await
        });
    let tenant = tenant.await.map_err(refused)?;
    let admin_email = new.email.to_string();
    Ok(Provisioned {
        tenant,
        admin_email,
        admin_temp_password: password,
    })
}

/// Whether anybody of the platform's own people can sign in.
pub async fn has_sysadmin(app: &App) -> anyhow::Result<bool> {
    Ok(find_sysadmin(&app.db).await?.is_some())
}

/// The newest stores, with part of the slug or of the name where it is given.
pub async fn list(app: &App, q: Option<&str>, limit: i64) -> anyhow::Result<Vec<TenantRow>> {
    let sought = Sought {
        q,
        ..Sought::default()
    };
    let listed = app.db.system("list stores for an operator", async |tx| {
        tenants::list_tenants(tx, sought, None, limit).await
    });
    Ok(listed.await?.into_iter().map(|(row, _)| row).collect())
}

/// The store with this slug.
pub async fn find_by_slug(app: &App, slug: &str) -> anyhow::Result<Option<TenantId>> {
    let sought = Sought {
        slug: Some(slug),
        ..Sought::default()
    };
    let found = app.db.system("find a store for an operator", async |tx| {
        tenants::list_tenants(tx, sought, None, 1).await
    });
    let row = found.await?.pop();
    Ok(row.map(|(row, _)| TenantId::from_uuid(row.tenant_id)))
}

/// The store `demo` and its owner, whose password everybody may know.
pub async fn ensure_demo(
    app: &App,
    email: &str,
    password: &SecretString,
) -> anyhow::Result<TenantId> {
    let find = async |tx: &mut TenantTx| hosts::find_owner(tx, DEMO).await;
    if let Some(there) = app.db.read(TenantId::PLATFORM, find).await? {
        return Ok(there);
    }
    let asked = Asked {
        name: "Demo Store".into(),
        slug: DEMO.into(),
        email: email.into(),
        plan: "business".into(),
        template_id: "tactical".into(),
        ..Asked::default()
    };
    let made = create_tenant(app, &asked).await?;
    let hash = app
        .identity
        .passwords
        .hash(&NewPassword::parse(password.expose_secret())?)
        .await;
    let hash = hash.map_err(refused)?;
    let tenant = TenantId::from_uuid(made.tenant.tenant_id);
    let known = app.db.tenant(tenant, async |tx: &mut TenantTx| {
        let owner = staff::find_staff_by_email(tx, email).await?;
        let owner = owner.ok_or_else(|| ApiError::not_found("owner-not-found"))?;
        let id = StaffId::from_uuid(owner.id);
        Ok::<_, ApiError>(staff::save_password(tx, id, &hash, app.clock.now()).await?)
    });
    known.await.map_err(refused)?;
    Ok(tenant)
}

async fn find_sysadmin(db: &Db) -> anyhow::Result<Option<StaffRow>> {
    let find = async |tx: &mut TenantTx| staff::find_first_active(tx).await;
    db.read(TenantId::PLATFORM, find)
        .await
        .context("looking for a sysadmin")
}

/// A problem as an operator reads it.
fn refused(error: ApiError) -> anyhow::Error {
    let fields = error.fields().iter();
    let fields: Vec<_> = fields
        .map(|field| {
            format!(
                "{}: {}",
                field.pointer.trim_start_matches('/'),
                field.message
            )
        })
        .collect();
    anyhow!("{} {}", error.code(), fields.join("; "))
}
