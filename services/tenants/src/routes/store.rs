//! What everybody may know of a store.

use http_kit::{ApiError, Data, HotRequest, HttpResponse, Shopper};
use kernel::TenantId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::App;
use crate::domain::entitlements::Entitlement;
use crate::store::{catalogue, configs, tenants};

/// Browsers ask again after this; the tag makes that cheap.
const MAX_AGE_S: u32 = 30;

#[derive(Serialize, ToSchema)]
pub struct StoreConfig {
    pub id: TenantId,
    #[schema(example = "DefenseOps Airsoft")]
    pub name: String,
    pub slug: String,
    pub url: String,
    #[schema(example = "tactical")]
    pub template: String,
    /// Design tokens: mode, fonts, colours, shape and layout.
    pub theme: Value,
    pub country: String,
    pub locale: String,
    pub locales: Vec<String>,
    pub currency: String,
    pub time_zone: String,
    /// Prices are shown with tax.
    pub prices_include_tax: bool,
    pub contact: Contact,
    /// Features that are on.
    pub features: Vec<String>,
    pub version: i64,
}

#[derive(Serialize, ToSchema)]
pub struct Contact {
    pub email: String,
    pub phone: Option<String>,
}

/// The store of this host: how it is called, how it looks, what it speaks.
#[utoipa::path(get, path = "/api/tenants/store/config", responses((status = 200, body = StoreConfig)))]
pub async fn get_config(
    app: Data<App>,
    shopper: Shopper,
    hot: HotRequest,
) -> Result<HttpResponse, ApiError> {
    let tenant = shopper.tenant.id;
    app.hot
        .answer(&hot, tenant, MAX_AGE_S, async || read(&app, tenant).await)
        .await
}

async fn read(app: &App, tenant: TenantId) -> Result<StoreConfig, ApiError> {
    app.db
        .read(tenant, async |tx| {
            let row = tenants::get_tenant(tx).await?;
            let config = configs::get_config(tx).await?;
            let plan = catalogue::get_plan(tx, &row.plan).await?;
            let holdings = catalogue::get_holdings(tx, &plan).await?;
            Ok(StoreConfig {
                id: tenant,
                url: app.url_of(&row.slug),
                name: row.name,
                slug: row.slug,
                template: config.template_id,
                theme: config.theme,
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
                features: features(holdings.resolve()),
                version: row.version.max(config.version),
            })
        })
        .await
}

fn features(list: Vec<Entitlement>) -> Vec<String> {
    let is_on = |entry: &Entitlement| !entry.key.starts_with("limit.") && entry.value != 0;
    list.into_iter()
        .filter(is_on)
        .map(|entry| entry.key)
        .collect()
}
