//! Signing in and out, and one's own password.

use garde::Validate;
use http_kit::auth::{NewPassword, OpaqueToken};
use http_kit::{
    ApiError, Attempt, Data, HttpResponse, Json, Optional, RequestMeta, Role, StatusCode,
};
use kernel::{Email, Invalid, Slug, StaffId, TenantId};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::audiences::{Entrance, Person};
use super::cookies::{RefreshCookie, no_refresh_cookie, refresh_cookie};
use crate::App;
use crate::identity::{Login, SignedIn, refused_password};
use crate::store::hosts;
use crate::store::staff::{self, StaffRow};
use crate::store::tenants;

#[derive(Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct LogIn {
    pub email: Email,
    #[schema(value_type = String)]
    pub password: SecretString,
    /// The store, where its own host does not say it. Without either: the platform's people.
    pub slug: Option<Slug>,
}

#[derive(Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct RefreshSession {
    /// For programs; browsers send the cookie.
    #[schema(value_type = Option<String>)]
    pub refresh_token: Option<SecretString>,
}

#[derive(Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct ChooseFirstPassword {
    /// What signing in with the temporary password answered.
    #[schema(value_type = String)]
    pub change_token: SecretString,
    /// 8 to 128 characters.
    #[schema(value_type = String)]
    pub new_password: SecretString,
}

#[derive(Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct ChangePassword {
    #[schema(value_type = String)]
    pub current_password: SecretString,
    /// 8 to 128 characters.
    #[schema(value_type = String)]
    pub new_password: SecretString,
}

/// Either a session, or the way to one: a temporary password opens nothing but the choice of one's own.
#[derive(Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum LoginAnswer {
    SignedIn(Box<Session>),
    PasswordChangeRequired {
        /// For `POST /api/auth/password/first`; works once, for 15 minutes.
        change_token: String,
    },
}

#[derive(Serialize, ToSchema)]
pub struct Session {
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    pub person: PersonView,
}

#[derive(Serialize, ToSchema)]
pub struct PersonView {
    pub id: StaffId,
    pub email: String,
    pub name: String,
    pub locale: String,
    pub role: String,
    /// Null for the platform's people.
    pub tenant: Option<OwnTenant>,
    pub permissions: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
pub struct OwnTenant {
    pub id: TenantId,
    pub slug: String,
    pub name: String,
    pub status: String,
}

/// Signs in with e-mail and password.
#[utoipa::path(post, path = "/api/auth/login", responses((status = 200, body = LoginAnswer)))]
pub async fn log_in(
    app: Data<App>,
    entrance: Entrance,
    meta: RequestMeta,
    body: Json<LogIn>,
) -> Result<HttpResponse, ApiError> {
    let tenant = tenant_of(&app, entrance, body.slug.as_ref()).await?;
    let attempt = Attempt {
        tenant,
        purpose: "sign-in",
        name: body.email.as_str(),
        ip: meta.ip,
    };
    app.rates.check_attempt(&attempt).await?;
    let login = app
        .identity
        .log_in(tenant, &body.email, &body.password)
        .await;
    let login = login.map_err(|refusal| at_which_door(tenant, refusal));
    let outcome = if login.is_ok() { "accepted" } else { "refused" };
    tracing::info!(tenant.id = %tenant, request.id = %meta.request_id, outcome, "A sign-in was {outcome}");
    match login? {
        Login::SignedIn(signed_in) => answer_signed_in(&app, *signed_in).await,
        Login::MustChoosePassword(token) => {
            let answer = LoginAnswer::PasswordChangeRequired {
                change_token: token.text(),
            };
            Ok(private(StatusCode::OK).json(answer))
        }
    }
}

/// A new pair of tokens for one that was not used yet. A browser sends its cookie and needs no body.
#[utoipa::path(post, path = "/api/auth/refresh", responses((status = 200, body = LoginAnswer)))]
pub async fn refresh_session(
    app: Data<App>,
    entrance: Entrance,
    cookie: RefreshCookie,
    body: Optional<Json<RefreshSession>>,
) -> Result<HttpResponse, ApiError> {
    let sent = body.as_ref().and_then(|body| body.refresh_token.as_ref());
    let sent = sent.and_then(opaque).or(cookie.0);
    let token = sent
        .filter(|token| entrance.lets_in(token.tenant))
        .ok_or_else(|| ApiError::unauthorized("session-ended").detail("sign in again"))?;
    let signed_in = app.identity.refresh(&token).await?;
    answer_signed_in(&app, signed_in).await
}

/// Ends this session everywhere.
#[utoipa::path(post, path = "/api/auth/logout", responses((status = 204)))]
pub async fn log_out(app: Data<App>, person: Person) -> Result<HttpResponse, ApiError> {
    app.identity
        .log_out(person.tenant, person.id, person.session)
        .await?;
    Ok(private(StatusCode::NO_CONTENT)
        .cookie(no_refresh_cookie())
        .finish())
}

/// The first password of one's own, after a temporary one.
#[utoipa::path(post, path = "/api/auth/password/first", responses((status = 200, body = LoginAnswer)))]
pub async fn choose_first_password(
    app: Data<App>,
    entrance: Entrance,
    body: Json<ChooseFirstPassword>,
) -> Result<HttpResponse, ApiError> {
    let chosen = new_password(&body.new_password)?;
    let token = opaque(&body.change_token).filter(|token| entrance.lets_in(token.tenant));
    let token = token.ok_or_else(|| {
        ApiError::unauthorized("invalid-change-token").detail("sign in with the temporary password")
    })?;
    let signed_in = app.identity.choose_first_password(&token, &chosen).await?;
    answer_signed_in(&app, signed_in).await
}

/// Another password; every other session of the person ends.
#[utoipa::path(post, path = "/api/auth/password", responses((status = 200, body = LoginAnswer)))]
pub async fn change_password(
    app: Data<App>,
    person: Person,
    body: Json<ChangePassword>,
) -> Result<HttpResponse, ApiError> {
    let chosen = new_password(&body.new_password)?;
    if chosen.is(&body.current_password) {
        return Err(refused_password(
            "this is the password you have; choose another",
        ));
    }
    let signed_in = app
        .identity
        .change_password(person.tenant, person.id, &body.current_password, &chosen)
        .await?;
    answer_signed_in(&app, signed_in).await
}

/// Who is signed in, and what they may do.
#[utoipa::path(get, path = "/api/auth/me", responses((status = 200, body = PersonView)))]
pub async fn get_me(app: Data<App>, person: Person) -> Result<HttpResponse, ApiError> {
    let row = app
        .db
        .read(person.tenant, async |tx| {
            Ok::<_, ApiError>(staff::find_staff(tx, person.id).await?)
        })
        .await?
        .ok_or_else(|| ApiError::unauthorized("session-ended"))?;
    Ok(private(StatusCode::OK).json(view(&app, row).await?))
}

/// The store at whose door somebody stands. A slug that no store has goes on with a tenant that
/// does not exist, so that the answer is that of a wrong password.
async fn tenant_of(
    app: &App,
    entrance: Entrance,
    slug: Option<&Slug>,
) -> Result<TenantId, ApiError> {
    match (entrance.of_host, slug) {
        (Some(tenant), _) => Ok(tenant),
        (None, None) => Ok(TenantId::PLATFORM),
        (None, Some(slug)) => {
            let find = async |tx: &mut db::TenantTx| hosts::find_owner(tx, slug.as_str()).await;
            let owner = app.db.read(TenantId::PLATFORM, find).await?;
            Ok(owner.unwrap_or_else(TenantId::new))
        }
    }
}

async fn answer_signed_in(app: &App, signed_in: SignedIn) -> Result<HttpResponse, ApiError> {
    let SignedIn {
        access,
        refresh,
        staff,
    } = signed_in;
    let expires_at = OffsetDateTime::from_unix_timestamp(access.expires_at);
    let answer = LoginAnswer::SignedIn(Box::new(Session {
        access_token: access.token,
        token_type: "Bearer",
        expires_at: expires_at.map_err(|error| ApiError::internal(&error))?,
        person: view(app, staff).await?,
    }));
    Ok(private(StatusCode::OK)
        .cookie(refresh_cookie(&refresh))
        .json(answer))
}

async fn view(app: &App, row: StaffRow) -> Result<PersonView, ApiError> {
    let id = TenantId::from_uuid(row.tenant_id);
    let tenant = if id == TenantId::PLATFORM {
        None
    } else {
        let tenant = app
            .db
            .read(id, async |tx: &mut db::TenantTx| {
                tenants::get_tenant(tx).await
            })
            .await?;
        let tenants::TenantRow {
            slug, name, status, ..
        } = tenant;
        Some(OwnTenant {
            id,
            slug,
            name,
            status,
        })
    };
    let role: Result<Role, Invalid> = row.role.parse();
    Ok(PersonView {
        id: StaffId::from_uuid(row.id),
        email: row.email,
        name: row.name,
        locale: row.locale,
        role: row.role,
        tenant,
        permissions: role.map(Role::permissions).unwrap_or_default(),
    })
}

fn opaque(text: &SecretString) -> Option<OpaqueToken> {
    use secrecy::ExposeSecret as _;
    OpaqueToken::parse(text.expose_secret())
}

fn new_password(text: &SecretString) -> Result<NewPassword, ApiError> {
    use secrecy::ExposeSecret as _;
    NewPassword::parse(text.expose_secret()).map_err(|error| refused_password(&error.to_string()))
}

/// At the platform's own door the store's people have to say which store is theirs.
fn at_which_door(tenant: TenantId, refusal: ApiError) -> ApiError {
    if tenant == TenantId::PLATFORM && refusal.code() == "wrong-credentials" {
        refusal.detail(
            "e-mail and password do not belong together here; a store's people sign in at the store's own \
             address, or name the store with slug",
        )
    } else {
        refusal
    }
}

/// What no cache may keep.
fn private(status: StatusCode) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header(("cache-control", "no-store"));
    response
}
