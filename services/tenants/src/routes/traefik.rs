//! What the door asks on the service's own port.

use http_kit::{ApiError, Data, HotRequest, HttpResponse, Internal};

use crate::App;

/// The stores' own hosts as a part of Traefik's configuration.
#[utoipa::path(get, path = "/internal/traefik", responses((status = 200, body = serde_json::Value)))]
pub async fn get_door(
    app: Data<App>,
    _: Internal,
    asked: HotRequest,
) -> Result<HttpResponse, ApiError> {
    let document = app.door.document(&app.db, app.clock.now()).await?;
    Ok(asked.respond(&document, 0))
}
