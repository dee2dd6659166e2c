//! From cart to order in one call.

use std::sync::Arc;

use http_kit::{ApiError, Data, HttpResponse, IdempotencyKey, Json, Shopper};

use crate::app::App;
use crate::checkout::{Checkout, CheckoutView, Order};

/// Places an order: prices and stock are checked, the goods are kept, and a ticket to pay is
/// answered. Safe to repeat under the same Idempotency-Key.
#[utoipa::path(post, path = "/api/orders/store/checkout", responses((status = 201, body = CheckoutView)))]
pub async fn place_order(
    app: Data<App>,
    shopper: Shopper,
    key: IdempotencyKey,
    body: Json<Checkout>,
) -> Result<HttpResponse, ApiError> {
    let hash = body.hash();
    let order = Order {
        tenant: shopper.tenant,
        key,
        hash,
        cart_token: shopper.cart_token,
        customer: shopper.customer,
        form: Arc::new(body.into_inner()),
        traceparent: telemetry::current_traceparent(),
    };
    let fingerprint = order.key.fingerprint(hash);
    let (stored, is_repeat) = app.desks.submit(&app, order).await?;
    if is_repeat {
        stored.replay(fingerprint)
    } else {
        Ok(stored.respond(false))
    }
}
