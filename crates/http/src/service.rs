//! A service as a value: its name, its routes and its work, ready to run alone or with others.

mod foundation;
mod platform;
mod worker;

pub use foundation::Foundation;
pub use platform::Platform;
pub use worker::Worker;

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::web::Data;
use bytes::Bytes;
use futures_util::future::{BoxFuture, LocalBoxFuture};

use crate::audience::AudienceKind;
use crate::gate::Gate;
use crate::metrics::RouteMetrics;
use crate::openapi::Document;
use crate::operations::{self, Operations};
use crate::rate::RateClass;
use crate::router::Router;
use crate::routes::{CallInProgress, Route, Routes};
use crate::{ApiError, internal};
use actix_web::HttpResponse;

/// What `build` of a service answers.
pub struct ServiceParts {
    pub service: Service,
    pub workers: Vec<Worker>,
}

/// One service's HTTP side, whatever its `App` is.
#[derive(Clone)]
pub struct Service {
    pub(crate) name: &'static str,
    pub(crate) gate: Gate,
    pub(crate) readiness: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
    pub(crate) router: Arc<Router<Endpoint>>,
    pub(crate) openapi: Bytes,
    pub(crate) docs: Bytes,
    /// Counts what no route answered.
    pub(crate) other: Arc<RouteMetrics>,
}

/// A route without its `App`.
pub(crate) struct Endpoint {
    pub operation: String,
    pub path: String,
    pub method: Method,
    pub audience: AudienceKind,
    pub class: RateClass,
    pub run: Box<
        dyn Fn(CallInProgress) -> LocalBoxFuture<'static, Result<HttpResponse, ApiError>>
            + Send
            + Sync,
    >,
    pub metrics: RouteMetrics,
}

impl Service {
    /// A service that answers `routes` with `app`. Its readiness is the foundation's database.
    pub fn new<A: Send + Sync + 'static>(
        foundation: &Foundation,
        app: A,
        routes: Routes<A>,
    ) -> Self {
        let db = foundation.db.clone();
        let schema = foundation.schema;
        let ready = move || -> BoxFuture<'static, Result<(), String>> {
            let db = db.clone();
            Box::pin(async move { foundation::check(&db, schema).await })
        };
        let name = foundation.schema.name;
        let mut table = Table::default();
        table.add(name, app, routes);
        table.add(name, Operations::new(foundation), operations::table(name));
        Self::with_table(name, foundation.gate.clone(), table).ready_when(ready)
    }

    /// A service without a database of its own.
    pub fn with_gate<A: Send + Sync + 'static>(
        name: &'static str,
        gate: Gate,
        app: A,
        routes: Routes<A>,
    ) -> Self {
        let mut table = Table::default();
        table.add(name, app, routes);
        Self::with_table(name, gate, table)
    }

    fn with_table(name: &'static str, gate: Gate, table: Table) -> Self {
        let Table { router, document } = table;
        let openapi = serde_json::to_value(document.finish(name)).unwrap_or_default();
        Self {
            name,
            gate,
            readiness: Arc::new(|| Box::pin(async { Ok(()) })),
            router: Arc::new(router),
            openapi: openapi.to_string().into(),
            docs: internal::page(name, &openapi).into(),
            other: Arc::new(RouteMetrics::new(name, "", "")),
        }
    }

    /// What must hold for this instance to get requests: its own means, never another service.
    pub fn ready_when(
        self,
        check: impl Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            readiness: Arc::new(check),
            ..self
        }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Method, path, operation, audience of every route, for tests that walk them all.
    pub fn table(&self) -> impl Iterator<Item = (&Method, &str, &str, AudienceKind)> {
        let endpoints = self.router.values();
        endpoints.map(|e| (&e.method, e.path.as_str(), e.operation.as_str(), e.audience))
    }

    /// The OpenAPI document as JSON.
    pub fn openapi(&self) -> &[u8] {
        &self.openapi
    }
}

/// Routes with their states, as they are collected.
#[derive(Default)]
struct Table {
    router: Router<Endpoint>,
    document: Document,
}

impl Table {
    fn add<A: Send + Sync + 'static>(&mut self, name: &'static str, app: A, routes: Routes<A>) {
        let app = Data::new(app);
        let Routes {
            routes, document, ..
        } = routes;
        for route in routes {
            let (path, method) = (route.path.clone(), route.method.clone());
            self.router
                .insert(&path, method, bind(name, app.clone(), route));
        }
        self.document.merge(document);
    }
}

fn bind<A: Send + Sync + 'static>(
    service: &'static str,
    app: Data<A>,
    route: Route<A>,
) -> Endpoint {
    let Route {
        method,
        path,
        operation,
        audience,
        class,
        run,
    } = route;
    Endpoint {
        metrics: RouteMetrics::new(service, method.as_str(), &path),
        run: Box::new(move |call| run(app.clone(), call)),
        operation,
        path,
        method,
        audience,
        class,
    }
}
