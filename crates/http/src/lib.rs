//! HTTP for every service: routes, audiences, inputs, problems, tokens, limits and the server.
//!
//! # The idiom
//!
//! `routes.rs` of a service is its path table, `routes/<resource>.rs` has the handlers. A handler is
//! `async fn(Data<App>, audience, inputs…) -> Result<answer, ApiError>`; its audience says whom it
//! serves. Path, query, body, headers and security go into the OpenAPI document by themselves; only
//! the method, the path and the successful answers are written.
//!
//! ```no_run
//! use db::{Db, TenantTx};
//! use events::tenants::v1::TenantChanged;
//! use garde::Validate;
//! use http_kit::permissions::CanEditCatalog;
//! use http_kit::{
//!     Answer, ApiError, Data, HotCache, HotRequest, HttpResponse, IdempotencyKey, Json, Path,
//!     Platform, Routes, Service, ServiceParts, Shopper, Staff, once, routes,
//! };
//! use kernel::{ProductId, Quantity};
//! use serde::{Deserialize, Serialize};
//! use utoipa::ToSchema;
//!
//! pub struct App {
//!     db: Db,
//!     hot: HotCache,
//! }
//!
//! mod products {
//!     use super::*;
//!
//!     #[derive(Serialize, ToSchema)]
//!     pub struct ProductView {
//!         pub id: ProductId,
//!         pub title: String,
//!     }
//!
//!     // Kernel types are valid by themselves; garde checks the rest. Unknown fields are refused.
//!     #[derive(Deserialize, ToSchema, Validate)]
//!     #[garde(allow_unvalidated)]
//!     pub struct CreateProduct {
//!         #[garde(length(min = 1, max = 200))]
//!         pub title: String,
//!         pub opening_stock: Quantity,
//!     }
//!
//!     /// One product of the store.
//!     #[utoipa::path(get, path = "/api/catalog/store/products/{id}",
//!         responses((status = 200, body = ProductView)))]
//!     pub async fn get_product(
//!         app: Data<App>,
//!         shopper: Shopper,
//!         id: Path<ProductId>,
//!         hot: HotRequest,
//!     ) -> Result<HttpResponse, ApiError> {
//!         app.hot
//!             .answer(&hot, shopper.tenant.id, 60, async || {
//!                 app.db
//!                     .read(shopper.tenant.id, async |_tx: &mut TenantTx| {
//!                         // store::products::find(tx, *id).await?
//!                         Some(ProductView { id: *id, title: "Airsoft".into() })
//!                             .ok_or_else(|| ApiError::not_found("product-not-found"))
//!                     })
//!                     .await
//!             })
//!             .await
//!     }
//!
//!     /// A new product.
//!     #[utoipa::path(post, path = "/api/catalog/admin/products",
//!         responses((status = 201, body = ProductView)))]
//!     pub async fn create_product(
//!         app: Data<App>,
//!         staff: Staff<CanEditCatalog>,
//!         key: IdempotencyKey,
//!         body: Json<CreateProduct>,
//!     ) -> Result<HttpResponse, ApiError> {
//!         once(&app.db, staff.tenant.id, &key, body.hash(), async |_tx: &mut TenantTx| {
//!             let id = ProductId::new(); // store::products::create(tx, …).await?, bus::emit(tx, …).await?
//!             let view = ProductView { id, title: body.title.clone() };
//!             Ok(Answer::created(view).at(format!("/api/catalog/admin/products/{id}")))
//!         })
//!         .await
//!     }
//! }
//!
//! fn table() -> Routes<App> {
//!     routes![products: get_product, create_product]
//! }
//!
//! pub async fn build(platform: &Platform, migrations: db::Schema) -> anyhow::Result<ServiceParts> {
//!     let foundation = platform.foundation(migrations).await?;
//!     let hot = HotCache::new(64 << 20);
//!     let (changed, missed) = (hot.clone(), hot.clone());
//!     let listener = foundation
//!         .listener() // stores, sessions and staff; here come the events of this service's reads
//!         .on::<TenantChanged>(move |news| changed.drop_tenant(news.tenant))
//!         .lost(move || missed.drop_all());
//!     let mut workers = foundation.workers();
//!     workers.push(foundation.listen(listener));
//!     // workers.push(Worker::new("catalog: consumer", move |shutdown| consumer.run(shutdown)));
//!     let app = App { db: foundation.db.clone(), hot };
//!     Ok(ServiceParts { service: Service::new(&foundation, app, table()), workers })
//! }
//! # fn main() {}
//! ```

pub mod auth;
pub mod limits;
pub mod permissions;

mod audience;
mod audit;
mod cache;
mod client_ip;
mod context;
mod cors;
mod directory;
mod dispatch;
mod error;
mod extract;
mod gate;
mod health;
mod idempotency;
mod internal;
mod metrics;
mod openapi;
mod operations;
mod rate;
mod router;
mod routes;
mod server;
mod service;
mod sessions;
mod turns;

pub use actix_web::HttpResponse;
pub use actix_web::http::StatusCode;
pub use actix_web::web::Data;
#[doc(hidden)]
pub use paste::paste;

pub use audience::{
    Audience, AudienceKind, Customer, Internal, Public, Shopper, Staff, Sysadmin, Webhook,
};
pub use audit::Acted;
pub use cache::{Coding, Encoded, HotCache, HotRequest};
pub use client_ip::TrustedProxies;
pub use context::Principal;
pub use directory::{Tenant, TenantDirectory, TenantRef, TenantStatus};
pub use error::{ApiError, FieldError, ProblemShape};
pub use extract::{
    CountedPage, IdempotencyKey, IfMatch, Input, Json, List, Omissible, Optional, Page, Path,
    Query, RawBody, RequestHash, RequestMeta,
};
pub use gate::Gate;
pub use health::{Heartbeat, Heartbeats, PlatformHealth};
pub use idempotency::{
    Answer, Stored, claim_all, find_stored, keep_all, key_reused, once, store_all,
};
pub use openapi::OperationInput;
pub use permissions::{Permission, Role};
pub use rate::{Attempt, Quota, RateClass, RateLimiter, Verdict};
pub use routes::{Guarded, Routes};
pub use server::{Roles, Running, serve};
pub use service::{Foundation, Platform, Service, ServiceParts, Worker};
pub use sessions::{Sessions, StaffState};
