//! Customers' way in and out, and what they say of themselves.

mod addresses;
mod history;

pub use addresses::*;
pub use history::*;

use actix_web::HttpResponseBuilder;
use actix_web::http::header::CACHE_CONTROL;
use db::TenantTx;
use garde::Validate;
use http_kit::auth::{NewPassword, OpaqueToken};
use http_kit::{
    ApiError, Attempt, Customer, Data, HttpResponse, Json, RequestMeta, Shopper, StatusCode,
};
use kernel::{CustomerId, Email, Locale, TaxId, TenantId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::accounts::{NewAccount, SignedIn, address_as_password, refused_password, session_over};
use crate::app::App;
use crate::store::accounts::{self, Person};
use crate::store::past::CustomerRow;

const WORD_BYTES_MAX: usize = 128;

/// What attempts are counted for: whoever is kept out of one is let in to the others.
const REGISTER: &str = "register";
const VERIFY: &str = "verify";
const SIGN_IN: &str = "sign-in";
const FORGOT: &str = "forgot";
const PASSWORD: &str = "password";

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RegisterCustomer {
    pub email: Email,
    /// 8 to 128 characters.
    #[schema(value_type = String)]
    pub password: SecretString,
    #[garde(length(chars, min = 1, max = 100), custom(one_line))]
    pub first_name: String,
    #[garde(length(chars, min = 1, max = 100), custom(one_line))]
    pub last_name: String,
    #[serde(default)]
    pub marketing_consent: bool,
    /// Of the mails; the store's own when absent.
    #[serde(default)]
    pub locale: Option<Locale>,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct VerifyCustomer {
    /// From the link in the mail.
    #[schema(value_type = String)]
    pub token: SecretString,
    /// With which the account was registered.
    #[schema(value_type = String)]
    pub password: SecretString,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct LogInCustomer {
    pub email: Email,
    #[schema(value_type = String)]
    pub password: SecretString,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct CustomerRefresh {
    #[schema(value_type = String)]
    pub refresh_token: SecretString,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ForgotPassword {
    pub email: Email,
    /// Of the mail, where the account does not say; the store's own when absent.
    #[serde(default)]
    pub locale: Option<Locale>,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ResetPassword {
    /// From the link in the mail.
    #[schema(value_type = String)]
    pub token: SecretString,
    /// 8 to 128 characters.
    #[schema(value_type = String)]
    pub password: SecretString,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ChangeCustomerPassword {
    #[schema(value_type = String)]
    pub current_password: SecretString,
    /// 8 to 128 characters.
    #[schema(value_type = String)]
    pub new_password: SecretString,
}

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ChangeProfile {
    #[garde(inner(length(chars, min = 1, max = 100), custom(one_line)))]
    pub first_name: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 100), custom(one_line)))]
    pub last_name: Option<String>,
    /// For invoices; empty takes it away.
    pub nif: Option<String>,
    pub marketing_consent: Option<bool>,
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct EraseCustomer {
    #[schema(value_type = String)]
    pub password: SecretString,
}

/// Nothing is said: the mail says it.
#[derive(Serialize, ToSchema)]
pub struct Accepted {}

#[derive(Serialize, ToSchema)]
pub struct CustomerSession {
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    /// For the next pair of tokens; works once.
    pub refresh_token: String,
    pub customer: CustomerSummary,
}

#[derive(Serialize, ToSchema)]
pub struct CustomerSummary {
    pub id: CustomerId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Profile {
    pub id: CustomerId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub nif: Option<String>,
    pub marketing_consent: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl Profile {
    fn of(person: Person) -> Self {
        let Person { customer, account } = person;
        Self {
            id: CustomerId::from_uuid(customer.id),
            email: customer.email_key,
            first_name: customer.first_name,
            last_name: customer.last_name,
            nif: account.and_then(|account| account.nif),
            marketing_consent: customer.marketing_consent,
            created_at: customer.created_at,
        }
    }
}

/// Asks for an account. The answer is the same for every address; the mail says what comes next.
#[utoipa::path(post, path = "/api/orders/store/account/register", responses((status = 202, body = Accepted)))]
pub async fn register_customer(
    app: Data<App>,
    shopper: Shopper,
    meta: RequestMeta,
    body: Json<RegisterCustomer>,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    let password = chosen(&body.password, "/password")?;
    if password.is_address(body.email.as_str()) {
        return Err(address_as_password("/password"));
    }
    check_attempt(&app, &meta, (tenant, REGISTER, body.email.as_str())).await?;
    let new = NewAccount {
        email: &body.email,
        password: &password,
        first_name: body.first_name.trim(),
        last_name: body.last_name.trim(),
        marketing_consent: body.marketing_consent,
        locale: body.locale.as_ref(),
    };
    app.accounts.register(tenant, new).await?;
    Ok(private(StatusCode::ACCEPTED).json(Accepted {}))
}

/// Confirms an address: the account is open, and the guest's orders of that address are its own.
#[utoipa::path(post, path = "/api/orders/store/account/verify", responses((status = 200, body = CustomerSession)))]
pub async fn verify_customer(
    app: Data<App>,
    shopper: Shopper,
    meta: RequestMeta,
    body: Json<VerifyCustomer>,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    // One link's passwords are tried as often as one address's.
    check_attempt(&app, &meta, (tenant, VERIFY, word(&body.token))).await?;
    let signed_in = app
        .accounts
        .verify(tenant, word(&body.token), &body.password);
    Ok(answer(&app, signed_in.await?))
}

/// Signs in with e-mail and password.
#[utoipa::path(post, path = "/api/orders/store/account/login", responses((status = 200, body = CustomerSession)))]
pub async fn log_in_customer(
    app: Data<App>,
    shopper: Shopper,
    meta: RequestMeta,
    body: Json<LogInCustomer>,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    check_attempt(&app, &meta, (tenant, SIGN_IN, body.email.as_str())).await?;
    let login = app
        .accounts
        .log_in(tenant, &body.email, &body.password)
        .await;
    let outcome = if login.is_ok() { "accepted" } else { "refused" };
    tracing::info!(tenant.id = %tenant, outcome, "A customer's sign-in was {outcome}");
    Ok(answer(&app, login?))
}

/// A new pair of tokens for one that was not used yet.
#[utoipa::path(post, path = "/api/orders/store/account/refresh", responses((status = 200, body = CustomerSession)))]
pub async fn refresh_customer(
    app: Data<App>,
    shopper: Shopper,
    body: Json<CustomerRefresh>,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    let token = opaque(&shopper, &body.refresh_token).ok_or_else(session_over)?;
    Ok(answer(&app, app.accounts.refresh(tenant, &token).await?))
}

/// Ends the session of a refresh token everywhere.
#[utoipa::path(post, path = "/api/orders/store/account/logout", responses((status = 204)))]
pub async fn log_out_customer(
    app: Data<App>,
    shopper: Shopper,
    body: Json<CustomerRefresh>,
) -> Result<HttpResponse, ApiError> {
    if let Some(token) = opaque(&shopper, &body.refresh_token) {
        app.accounts.log_out(shopper.tenant.id, &token).await?;
    }
    Ok(private(StatusCode::NO_CONTENT).finish())
}

/// Asks for a new password. The answer is the same for every address; a mail goes to accounts only.
#[utoipa::path(post, path = "/api/orders/store/account/forgot", responses((status = 202, body = Accepted)))]
pub async fn forgot_password(
    app: Data<App>,
    shopper: Shopper,
    meta: RequestMeta,
    body: Json<ForgotPassword>,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    check_attempt(&app, &meta, (tenant, FORGOT, body.email.as_str())).await?;
    app.accounts
        .forgot(tenant, &body.email, body.locale.as_ref())
        .await?;
    Ok(private(StatusCode::ACCEPTED).json(Accepted {}))
}

/// A new password for one that was forgotten; every other session ends.
#[utoipa::path(post, path = "/api/orders/store/account/reset", responses((status = 200, body = CustomerSession)))]
pub async fn reset_password(
    app: Data<App>,
    shopper: Shopper,
    body: Json<ResetPassword>,
) -> Result<HttpResponse, ApiError> {
    let password = chosen(&body.password, "/password")?;
    let reset = app
        .accounts
        .reset(shopper.tenant.id, word(&body.token), &password);
    Ok(answer(&app, reset.await?))
}

/// Another password; every other session of the customer ends.
#[utoipa::path(put, path = "/api/orders/store/account/password", responses((status = 200, body = CustomerSession)))]
pub async fn change_customer_password(
    app: Data<App>,
    customer: Customer,
    meta: RequestMeta,
    body: Json<ChangeCustomerPassword>,
) -> Result<HttpResponse, ApiError> {
    let password = chosen(&body.new_password, "/new_password")?;
    if password.is(&body.current_password) {
        let accepted = "this is the password you have; choose another";
        return Err(refused_password("/new_password", accepted));
    }
    check_password_attempt(&app, &meta, &customer).await?;
    let changed = app.accounts.change_password(
        customer.tenant.id,
        customer.id,
        &body.current_password,
        &password,
    );
    Ok(answer(&app, changed.await?))
}

/// What the customer has said of themselves.
#[utoipa::path(get, path = "/api/orders/store/account", responses((status = 200, body = Profile)))]
pub async fn get_profile(app: Data<App>, customer: Customer) -> Result<HttpResponse, ApiError> {
    let person = app
        .db
        .read(customer.tenant.id, async |tx| {
            accounts::find_person(tx, customer.id).await
        })
        .await?;
    let person = person.ok_or_else(session_over)?;
    Ok(private(StatusCode::OK).json(Profile::of(person)))
}

/// Changes it.
#[utoipa::path(patch, path = "/api/orders/store/account", responses((status = 200, body = Profile)))]
pub async fn change_profile(
    app: Data<App>,
    customer: Customer,
    body: Json<ChangeProfile>,
) -> Result<HttpResponse, ApiError> {
    let nif = body.nif.as_deref().map(tax_id).transpose()?;
    let now = app.clock.now();
    let person = app
        .db
        .tenant(customer.tenant.id, async |tx: &mut TenantTx| {
            let person = accounts::lock_person(tx, customer.id).await?;
            let person = person.ok_or_else(session_over)?;
            let mut account = person.account.clone().ok_or_else(session_over)?;
            let mut row = person.customer;
            if let Some(consent) = body.marketing_consent {
                row.marketing_consent = consent;
                account.consent_at = Some(now);
            }
            if let Some(nif) = nif {
                account.nif = nif;
            }
            let named = |new: &Option<String>, old: String| {
                new.as_deref().map_or(old, |new| new.trim().to_owned())
            };
            let row = CustomerRow {
                first_name: named(&body.first_name, row.first_name.clone()),
                last_name: named(&body.last_name, row.last_name.clone()),
                ..row
            };
            accounts::save_person(tx, &row, &account).await?;
            let (customer, account) = (row, Some(account));
            Ok::<_, ApiError>(Person { customer, account })
        })
        .await?;
    Ok(private(StatusCode::OK).json(Profile::of(person)))
}

/// Erases the customer. Orders keep what tax law asks for, and are nobody's from then on.
#[utoipa::path(delete, path = "/api/orders/store/account", responses((status = 204)))]
pub async fn erase_customer(
    app: Data<App>,
    customer: Customer,
    meta: RequestMeta,
    body: Json<EraseCustomer>,
) -> Result<HttpResponse, ApiError> {
    check_password_attempt(&app, &meta, &customer).await?;
    app.accounts
        .erase(customer.tenant.id, customer.id, &body.password)
        .await?;
    Ok(private(StatusCode::NO_CONTENT).finish())
}

/// Whoever has found an open session must not find the password in it by trying.
async fn check_password_attempt(
    app: &App,
    meta: &RequestMeta,
    customer: &Customer,
) -> Result<(), ApiError> {
    let name = customer.id.to_string();
    check_attempt(app, meta, (customer.tenant.id, PASSWORD, &name)).await
}

async fn check_attempt(
    app: &App,
    meta: &RequestMeta,
    (tenant, purpose, name): (TenantId, &'static str, &str),
) -> Result<(), ApiError> {
    let attempt = Attempt {
        tenant,
        purpose,
        name,
        ip: meta.ip,
    };
    app.attempts.check_attempt(&attempt).await
}

fn answer(app: &App, signed_in: SignedIn) -> HttpResponse {
    let SignedIn {
        access,
        refresh,
        customer,
    } = signed_in;
    let session = CustomerSession {
        expires_in: access.expires_at - app.clock.unix(),
        access_token: access.token,
        token_type: "Bearer",
        refresh_token: refresh.text(),
        customer: CustomerSummary {
            id: CustomerId::from_uuid(customer.id),
            email: customer.email_key,
            first_name: customer.first_name,
            last_name: customer.last_name,
        },
    };
    private(StatusCode::OK).json(session)
}

/// What no cache may keep.
fn private(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    response
}

fn chosen(text: &SecretString, pointer: &str) -> Result<NewPassword, ApiError> {
    NewPassword::parse(text.expose_secret())
        .map_err(|error| refused_password(pointer, &error.to_string()))
}

/// Another store's token is none.
fn opaque(shopper: &Shopper, text: &SecretString) -> Option<OpaqueToken> {
    OpaqueToken::parse(text.expose_secret()).filter(|token| token.tenant == shopper.tenant.id)
}

/// Longer words than ours are hashed to no purpose.
fn word(text: &SecretString) -> &str {
    let text = text.expose_secret();
    if text.len() <= WORD_BYTES_MAX {
        text
    } else {
        ""
    }
}

fn tax_id(text: &str) -> Result<Option<String>, ApiError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let parsed: Result<TaxId, _> = text.parse();
    let parsed = parsed.map_err(|error| {
        ApiError::invalid("invalid-body", "the tax number is not one").at(
            "/nif",
            "invalid",
            error.to_string(),
        )
    })?;
    Ok(Some(parsed.to_string()))
}

/// Names go into the heads of mails.
pub(super) fn one_line(text: &str, _: &()) -> garde::Result {
    let is_empty = text.trim().is_empty();
    if is_empty || text.chars().any(char::is_control) {
        return Err(garde::Error::new("one line of text"));
    }
    Ok(())
}
