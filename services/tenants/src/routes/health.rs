//! How the platform is.

use http_kit::{ApiError, Data, Json, PlatformHealth, Public};

use crate::App;

/// Every service that was heard of in the last seconds, by name.
#[utoipa::path(get, path = "/api/health", responses((status = 200, body = PlatformHealth)))]
pub async fn get_health(app: Data<App>, _: Public) -> Result<Json<PlatformHealth>, ApiError> {
    Ok(Json(app.heartbeats.read().await))
}
