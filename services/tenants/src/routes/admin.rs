//! What a store's staff sees of the platform's offer.

use http_kit::permissions::CanReadSettings;
use http_kit::{ApiError, Data, Json, Staff};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::domain::entitlements::Entitlement;
use crate::store::{catalogue, tenants};

#[derive(Serialize, ToSchema)]
pub struct Entitlements {
    pub plan: String,
    pub items: Vec<Entitlement>,
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
            Ok(Json(Entitlements {
                plan: tenant.plan,
                items: holdings.resolve(),
            }))
        })
        .await
}
