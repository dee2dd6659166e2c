//! What a store's staff sees of the platform's offer.

use http_kit::permissions::CanReadSettings;
use http_kit::{ApiError, Data, Json, Staff};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::App;
use crate::domain::entitlements::Entitlement;
use crate::store::{catalogue, tenants};

#[derive(Serialize, ToSchema)]
pub struct Entitlements {
    pub plan: String,
    pub items: Vec<Entitlement>,
    /// What is sold, by names that people know: each gives one of the items, or more of it.
    pub addons: Vec<AddonName>,
}

#[derive(Serialize, ToSchema)]
pub struct AddonName {
    #[schema(example = "product-bundles")]
    pub key: String,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"en": "Bundles", "pt": "Conjuntos"}))]
    pub name: Value,
    #[schema(value_type = BTreeMap<String, String>)]
    pub description: Value,
    /// The key of the item.
    #[schema(example = "catalog.bundles")]
    pub entitlement: String,
}

/// What the store may use, and why.
#[utoipa::path(get, path = "/api/tenants/admin/entitlements", responses((status = 200, body = Entitlements)))]
pub async fn list_entitlements(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
) -> Result<Json<Entitlements>, ApiError> {
    app.db
        .read(staff.tenant.id, async |tx| {
            let tenant = tenants::get_tenant(tx).await?;
            let plan = catalogue::get_plan(tx, &tenant.plan).await?;
            let holdings = catalogue::get_holdings(tx, &plan).await?;
            let addons = catalogue::list_addons(tx).await?;
            let addons = addons.into_iter().map(|addon| AddonName {
                key: addon.key,
                name: addon.name,
                description: addon.description,
                entitlement: addon.entitlement_key,
            });
            Ok(Json(Entitlements {
                plan: tenant.plan,
                items: holdings.resolve(),
                addons: addons.collect(),
            }))
        })
        .await
}
