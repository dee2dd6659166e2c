//! Provisioning, as the deployment guide's curl asks for it.

use db::SystemTx;
use garde::Validate;
use http_kit::{
    Answer, ApiError, Data, HttpResponse, IdempotencyKey, Json, RequestHash, RequestMeta, Stored,
    Sysadmin, claim_all, find_stored, store_all,
};
use kernel::TenantId;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::view::TenantView;
use crate::App;
use crate::domain::new_tenant::{Asked, NewTenant};
use crate::domain::secrets::temporary_password;
use crate::passwords::NewPassword;
use crate::provision::{self, By};

/// Fields are read together after they arrived, so that one answer names all that are wrong.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(default)]
#[garde(allow_unvalidated)]
#[derive(Default)]
pub struct CreateTenant {
    #[schema(value_type = String, required, example = "DefenseOps Airsoft")]
    pub name: Value,
    #[schema(value_type = String, required, example = "defenseopsairsoft")]
    pub slug: Value,
    /// Of the owner, who also gets the temporary password.
    #[schema(value_type = String, required, example = "admin@defenseops.pt")]
    pub email: Value,
    #[schema(value_type = String, required, example = "business")]
    pub plan: Value,
    #[schema(value_type = String, required, example = "tactical")]
    pub template_id: Value,
    #[schema(value_type = Option<String>, example = "PT")]
    pub country: Value,
    #[schema(value_type = Option<String>, example = "pt-PT")]
    pub locale: Value,
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Value,
    #[schema(value_type = Option<String>, example = "123456789")]
    pub tax_number: Value,
    /// The plan's own when it is not said.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 90)]
    pub trial_days: Value,
    #[schema(value_type = Option<String>)]
    pub owner_name: Value,
    #[schema(value_type = Option<String>, example = "+351912345678")]
    pub contact_phone: Value,
}

#[derive(Serialize, ToSchema)]
pub struct CreatedTenant {
    #[serde(flatten)]
    pub tenant: TenantView,
    pub admin_email: String,
    /// Works for 24 hours and asks for another at the first sign-in.
    pub admin_temp_password: String,
}

/// A new store with its owner. Sent again with the same `Idempotency-Key`, it creates nothing twice.
#[utoipa::path(post, path = "/api/sysadmin/tenants", responses((status = 201, body = CreatedTenant)))]
pub async fn create_tenant(
    app: Data<App>,
    _: Sysadmin,
    key: Option<IdempotencyKey>,
    meta: RequestMeta,
    body: Json<CreateTenant>,
) -> Result<HttpResponse, ApiError> {
    let claim = key.map(|key| (key.fingerprint(body.hash()), key));
    let asked = asked(body.into_inner());
    let found = app.db.read(TenantId::PLATFORM, async |tx| {
        if let Some((_, key)) = &claim
            && let Some(stored) = find_stored(tx, key).await?
        {
            return Ok(Found::Stored(stored));
        }
        provision::read(tx, &asked).await.map(Found::New)
    });
    let new = match (found.await?, &claim) {
        (Found::New(new), _) => new,
        (Found::Stored(stored), Some((hash, _))) => return stored.replay(*hash),
        (Found::Stored(stored), None) => return Ok(stored.respond(true)),
    };
    let password = SecretString::from(temporary_password());
    let chosen =
        NewPassword::parse(password.expose_secret()).map_err(|error| ApiError::internal(&error))?;
    let hash = app.identity.passwords.hash(&chosen).await?;
    let by = By {
        actor: meta.principal.to_string(),
        ip: Some(meta.ip.to_string()),
    };
    app.db
        .system("provision a store", async |tx| {
            create(
                &app,
                tx,
                Request {
                    claim: claim.as_ref(),
                    new: &new,
                    password: &password,
                    hash,
                    by: &by,
                },
            )
            .await
        })
        .await
}

enum Found {
    New(NewTenant),
    Stored(Stored),
}

struct Request<'a> {
    claim: Option<&'a (RequestHash, IdempotencyKey)>,
    new: &'a NewTenant,
    password: &'a SecretString,
    hash: String,
    by: &'a By,
}

/// Takes the key, makes the store and keeps the answer in one transaction.
async fn create(
    app: &App,
    tx: &mut SystemTx,
    request: Request<'_>,
) -> Result<HttpResponse, ApiError> {
    let hash = request.claim.map_or(RequestHash::NONE, |(hash, _)| *hash);
    if let Some((_, key)) = request.claim {
        let platform = tx.as_tenant(TenantId::PLATFORM);
        if claim_all(platform, &[(key, hash)]).await? != [true] {
            let stored = find_stored(platform, key).await?;
            let stored = stored.ok_or_else(|| ApiError::unavailable("busy").retry_after(1))?;
            return stored.replay(hash);
        }
    }
    let NewTenant {
        template_id, email, ..
    } = request.new;
    let row = provision::create(tx, request.new, request.hash, request.by, app.clock.now()).await?;
    let location = format!("/api/sysadmin/tenants/{}", row.tenant_id);
    let created = CreatedTenant {
        tenant: TenantView::of(app, (row, template_id.clone())),
        admin_email: email.to_string(),
        admin_temp_password: request.password.expose_secret().to_owned(),
    };
    let stored = Stored::of(&Answer::created(created).at(location), hash)?;
    if let Some((_, key)) = request.claim {
        store_all(tx.as_tenant(TenantId::PLATFORM), &[(key, &stored)]).await?;
    }
    Ok(stored.respond(false))
}

fn asked(body: CreateTenant) -> Asked {
    Asked {
        name: body.name,
        slug: body.slug,
        email: body.email,
        plan: body.plan,
        template_id: body.template_id,
        country: body.country,
        locale: body.locale,
        currency: body.currency,
        tax_number: body.tax_number,
        trial_days: body.trial_days,
        owner_name: body.owner_name,
        contact_phone: body.contact_phone,
    }
}
