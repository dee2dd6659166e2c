//! Provisioning, as the deployment guide's curl asks for it.

use std::collections::BTreeMap;

use db::SystemTx;
use garde::Validate;
use http_kit::auth::NewPassword;
use http_kit::{
    Answer, ApiError, Data, HttpResponse, IdempotencyKey, Json, Optional, RequestHash, RequestMeta,
    Stored, Sysadmin,
};
use kernel::TenantId;
use secrecy::{ExposeSecret, SecretString};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::view::TenantView;
use crate::App;
use crate::domain::new_tenant::{Asked, NewTenant};
use crate::domain::secrets::temporary_password;
use crate::provision::{self, By};
use crate::sealed::Claim;

/// Fields are read together after they arrived, so that one answer names all that are wrong.
#[derive(Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[garde(allow_unvalidated)]
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
    #[serde(flatten)]
    #[schema(ignore)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

#[derive(Serialize, ToSchema)]
pub struct CreatedTenant {
    #[serde(flatten)]
    pub tenant: TenantView,
    pub admin_email: String,
    /// Where that e-mail and the password sign in, with POST.
    pub sign_in_url: String,
    /// Works for 24 hours and asks for another at the first sign-in.
    pub admin_temp_password: String,
}

/// A new store with its owner. Sent again with the same `Idempotency-Key`, it creates nothing twice.
#[utoipa::path(post, path = "/api/sysadmin/tenants", responses((status = 201, body = CreatedTenant)))]
pub async fn create_tenant(
    app: Data<App>,
    _: Sysadmin,
    key: Optional<IdempotencyKey>,
    meta: RequestMeta,
    body: Json<CreateTenant>,
) -> Result<HttpResponse, ApiError> {
    let claim = key
        .0
        .map(|key| Claim::of(TenantId::PLATFORM, key, body.hash()));
    let asked = asked(body.into_inner());
    let found = app.db.read(TenantId::PLATFORM, async |tx| {
        if let Some(claim) = &claim
            && let Some(answered) = claim.find(&app, tx).await?
        {
            return Ok(Found::Answered(answered));
        }
        match (provision::read(tx, &asked).await, &claim) {
            (Ok(new), _) => Ok(Found::New(new)),
            (Err(refused), None) => Err(refused),
            // What is in the way may be what the same request made a moment ago.
            (Err(refused), Some(claim)) => match claim.find(&app, tx).await? {
                Some(answered) => Ok(Found::Answered(answered)),
                None => Err(refused),
            },
        }
    });
    let new = match found.await? {
        Found::Answered(answer) => return Ok(answer),
        Found::New(new) => new,
    };
    let password = SecretString::from(temporary_password());
    let chosen =
        NewPassword::parse(password.expose_secret()).map_err(|error| ApiError::internal(&error))?;
    let request = Request {
        claim,
        hash: app.identity.passwords.hash(&chosen).await?,
        new,
        password,
        by: By {
            actor: meta.principal.to_string(),
            ip: Some(meta.ip.to_string()),
        },
    };
    app.db
        .system("provision a store", async |tx| {
            create(&app, tx, &request).await
        })
        .await
}

enum Found {
    New(NewTenant),
    Answered(HttpResponse),
}

struct Request {
    claim: Option<Claim>,
    new: NewTenant,
    password: SecretString,
    hash: String,
    by: By,
}

/// Takes the key, makes the store and keeps the answer in one transaction.
async fn create(app: &App, tx: &mut SystemTx, request: &Request) -> Result<HttpResponse, ApiError> {
    if let Some(claim) = &request.claim
        && let Some(answered) = claim.take(app, tx.as_tenant(TenantId::PLATFORM)).await?
    {
        return Ok(answered);
    }
    let NewTenant {
        template_id, email, ..
    } = &request.new;
    let (hash, now) = (request.hash.clone(), app.clock.now());
    let row = provision::create(tx, &request.new, hash, &request.by, now).await?;
    let location = format!("/api/sysadmin/tenants/{}", row.tenant_id);
    let created = CreatedTenant {
        sign_in_url: format!("{}/api/auth/login", app.url_of(&row.slug)),
        tenant: TenantView::of(app, (row, template_id.clone())),
        admin_email: email.to_string(),
        admin_temp_password: request.password.expose_secret().to_owned(),
    };
    let claim = request.claim.as_ref();
    let fingerprint = claim.map_or(RequestHash::NONE, Claim::fingerprint);
    let answer = Stored::of(&Answer::created(created).at(location), fingerprint)?;
    if let Some(claim) = claim {
        claim
            .keep(app, tx.as_tenant(TenantId::PLATFORM), &answer)
            .await?;
    }
    Ok(answer.respond(false))
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
        unknown: body.unknown.into_keys().collect(),
    }
}
