//! What everybody may know of a store.

use http_kit::{ApiError, Data, HotRequest, HttpResponse, Query, Shopper};
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::settings::{Address, DisputeBody, kept};
use crate::App;
use crate::domain::entitlements::Entitlement;
use crate::domain::theme::Look;
use crate::looks::Looks;
use crate::previews;
use crate::store::{catalogue, domains, tenants};

/// Browsers ask again after this; the tag makes that cheap.
const MAX_AGE_S: u32 = 30;

#[derive(Serialize, ToSchema)]
pub struct StoreConfig {
    pub id: TenantId,
    #[schema(example = "DefenseOps Airsoft")]
    pub name: String,
    pub slug: String,
    /// The store's primary address; its others lead there.
    pub url: String,
    #[schema(example = "tactical")]
    pub template: String,
    /// Design tokens: mode, fonts, colours, shape and layout; `sections` by page where the merchant
    /// composed his own, and his `tokens`.
    pub theme: Value,
    pub country: String,
    pub locale: String,
    pub locales: Vec<String>,
    pub currency: String,
    pub time_zone: String,
    /// Prices are shown with tax.
    pub prices_include_tax: bool,
    pub contact: Contact,
    /// What visitors have to say before they see the store; null: nothing.
    pub age_gate: Option<AgeGate>,
    pub legal: Legal,
    /// Features that are on.
    pub features: Vec<String>,
    pub version: i64,
}

#[derive(Serialize, ToSchema)]
pub struct Contact {
    pub email: String,
    pub phone: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct AgeGate {
    #[schema(example = 18)]
    pub minimum_age: i16,
}

/// Who sells, and what the law asks a store to say.
#[derive(Serialize, ToSchema)]
pub struct Legal {
    pub legal_name: Option<String>,
    pub tax_number: Option<String>,
    pub address: Option<Address>,
    pub complaints_book_url: Option<String>,
    pub dispute_body: Option<DisputeBody>,
}

#[derive(Deserialize, IntoParams)]
pub struct Wanted {
    /// The token of a preview: the draft's look instead of the one everybody sees.
    pub preview: Option<String>,
}

/// The store of this host: how it is called, how it looks, what it speaks.
#[utoipa::path(get, path = "/api/tenants/store/config", responses((status = 200, body = StoreConfig)))]
pub async fn get_config(
    app: Data<App>,
    shopper: Shopper,
    hot: HotRequest,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    if let Some(token) = &wanted.preview {
        if !previews::opens(&app.ticket_key, tenant, token, app.clock.now()) {
            return Err(ApiError::forbidden("preview-expired")
                .detail("the link to the preview has run out; make another in the admin panel"));
        }
        return Ok(HttpResponse::Ok()
            .insert_header(("cache-control", "no-store"))
            .json(read(&app, tenant, Side::Draft).await?));
    }
    app.hot
        .answer(&hot, tenant, MAX_AGE_S, async || {
            read(&app, tenant, Side::Public).await
        })
        .await
}

/// Which look of a store is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Public,
    Draft,
}

async fn read(app: &App, tenant: TenantId, side: Side) -> Result<StoreConfig, ApiError> {
    app.db
        .read(tenant, async |tx| {
            let row = tenants::get_tenant(tx).await?;
            let looks = Looks::read(tx).await?;
            let look = match side {
                Side::Public => looks.public()?,
                Side::Draft => looks.drafted()?,
            };
            let config = looks.config;
            let definition = if look.template == config.template_id {
                config.theme
            } else {
                catalogue::get_template(tx, &look.template).await?
            };
            let plan = catalogue::get_plan(tx, &row.plan).await?;
            let holdings = catalogue::get_holdings(tx, &plan).await?;
            Ok(StoreConfig {
                id: tenant,
                url: match domains::find_primary(tx).await? {
                    Some(host) => app.url_at(&host),
                    None => app.url_of(&row.slug),
                },
                name: row.name,
                slug: row.slug,
                theme: themed(definition, &look)?,
                template: look.template,
                country: row.country,
                locales: vec![row.locale.clone()],
                locale: row.locale,
                currency: row.currency,
                time_zone: row.time_zone,
                prices_include_tax: true,
                contact: Contact {
                    email: row.contact_email,
                    phone: config.contact_phone,
                },
                age_gate: config
                    .minimum_age
                    .map(|minimum_age| AgeGate { minimum_age }),
                legal: Legal {
                    legal_name: config.legal_name,
                    tax_number: row.tax_number,
                    address: kept(config.address.as_ref())?,
                    complaints_book_url: config.complaints_book_url,
                    dispute_body: kept(config.dispute_body.as_ref())?,
                },
                features: features(holdings.resolve()),
                version: row.version.max(config.version),
            })
        })
        .await
}

/// The template's own tokens with what the merchant made of them.
fn themed(mut definition: Value, look: &Look) -> Result<Value, ApiError> {
    let fault = |error: serde_json::Error| ApiError::internal(&error);
    if let Some(theme) = definition.as_object_mut() {
        if let Some(sections) = &look.sections {
            let sections = serde_json::to_value(sections).map_err(fault)?;
            theme.insert("sections".to_owned(), sections);
        }
        let tokens = serde_json::to_value(&look.tokens).map_err(fault)?;
        theme.insert("tokens".to_owned(), tokens);
    }
    Ok(definition)
}

fn features(list: Vec<Entitlement>) -> Vec<String> {
    let is_on = |entry: &Entitlement| !entry.key.starts_with("limit.") && entry.value != 0;
    list.into_iter()
        .filter(is_on)
        .map(|entry| entry.key)
        .collect()
}
