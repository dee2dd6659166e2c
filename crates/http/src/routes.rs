//! The path table: each route is declared once, on its handler.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder};
use futures_util::future::LocalBoxFuture;

use crate::audience::{Audience, AudienceKind};
use crate::context::Context;
use crate::extract::Input;
use crate::gate::Gate;
use crate::openapi::{Document, OperationInput};
use crate::rate::RateClass;
use crate::turns::Turn;
use crate::{ApiError, limits};

/// Collects handlers into [`Routes`]: `routes![products: list_products, get_product; carts: add_line]`.
///
/// Before the colon stands the module of the handlers, which is also the OpenAPI tag. A handler
/// that needs another rate class than its method and audience imply says so:
/// `carts: checkout @ Checkout`. Paths and methods come from `#[utoipa::path]` on the handler.
#[macro_export]
macro_rules! routes {
    ($($module:ident: $($handler:ident $(@ $class:ident)?),+);+ $(;)?) => {
        $crate::Routes::new()$($(
            .add::<$crate::paste!($module::[<__path_ $handler>]), _, _>(
                stringify!($module),
                $crate::routes!(@class $($class)?),
                $module::$handler,
            )
        )+)+
    };
    (@class) => { ::core::option::Option::None };
    (@class $class:ident) => { ::core::option::Option::Some($crate::RateClass::$class) };
}

/// A request on its way to its handler.
pub(crate) struct Call {
    pub req: HttpRequest,
    pub payload: Payload,
    pub gate: Gate,
    pub context: Context,
    pub class: RateClass,
}

/// A function that may be a handler: `async fn(Data<App>, impl Audience, inputs…) -> impl Responder`.
///
/// The audience is admitted before anything of the body is read.
///
/// ```
/// use http_kit::{ApiError, Data, Json, Public, routes};
/// mod open {
///     use super::*;
///     #[utoipa::path(get, path = "/api/open", responses((status = 200, body = String)))]
///     pub async fn list_news(_: Data<()>, _: Public) -> Result<Json<String>, ApiError> {
///         Ok(Json("news".into()))
///     }
/// }
/// fn main() { let _ = routes![open: list_news]; }
/// ```
///
/// Without an audience it is no handler at all:
///
/// ```compile_fail,E0277
/// use http_kit::{ApiError, Data, Json, Public, routes};
/// mod open {
///     use super::*;
///     #[utoipa::path(get, path = "/api/open", responses((status = 200, body = String)))]
///     pub async fn list_news(_: Data<()>) -> Result<Json<String>, ApiError> {
///         Ok(Json("news".into()))
///     }
/// }
/// fn main() { let _ = routes![open: list_news]; }
/// ```
#[diagnostic::on_unimplemented(
    message = "this function is not a handler",
    note = "a handler is `async fn(Data<App>, audience, inputs…) -> Result<impl Responder, ApiError>`; the audience is Public, Shopper, Customer, Staff<P>, Sysadmin, Webhook or Internal"
)]
pub trait Guarded<Args>: Copy + Send + Sync + 'static {
    type App: 'static;
    type Audience: Audience;

    #[doc(hidden)]
    fn describe(operation: &mut OperationInput<'_>);

    #[doc(hidden)]
    fn run(
        self,
        app: Data<Self::App>,
        call: CallInProgress,
    ) -> LocalBoxFuture<'static, Result<HttpResponse, ApiError>>;
}

#[doc(hidden)]
pub struct CallInProgress(pub(crate) Call);

impl Call {
    /// Lets the audience in, counts it against its limits, and tells the inputs who it is. The
    /// turn is the request's place among those of its store; a checkout needs none, see
    /// [`RateClass::Checkout`].
    async fn admit<Aud: Audience>(&mut self) -> Result<(Aud, Option<Turn>), ApiError> {
        let audience = Aud::admit(&self.req, &self.gate).await?;
        let turn = audience
            .tenant_id()
            .filter(|_| self.class != RateClass::Checkout)
            .map(|tenant| self.gate.turns.take(tenant))
            .transpose()?;
        self.context.principal = audience.principal();
        let account = &self.context.principal;
        self.gate
            .rates
            .check_known(self.class, account, audience.tenant_id())
            .await?;
        self.req.extensions_mut().insert(self.context.clone());
        Ok((audience, turn))
    }
}

macro_rules! guarded {
    ($($input:ident $value:ident),*) => {
        impl<F, Fut, A, Aud, $($input,)*> Guarded<(Data<A>, Aud, $($input,)*)> for F
        where
            F: Fn(Data<A>, Aud, $($input),*) -> Fut + Copy + Send + Sync + 'static,
            Fut: Future + 'static,
            Fut::Output: Answer,
            A: 'static,
            Aud: Audience,
            $($input: Input, ApiError: From<<$input as FromRequest>::Error>,)*
        {
            type App = A;
            type Audience = Aud;

            fn describe(operation: &mut OperationInput<'_>) {
                operation.audience(Aud::KIND, Aud::PERMISSION);
                $($input::describe(operation);)*
            }

            fn run(
                self,
                app: Data<A>,
                CallInProgress(mut call): CallInProgress,
            ) -> LocalBoxFuture<'static, Result<HttpResponse, ApiError>> {
                Box::pin(async move {
                    let (audience, _turn) = call.admit::<Aud>().await?;
                    $(let $value = $input::from_request(&call.req, &mut call.payload).await?;)*
                    let handler = self(app, audience, $($value),*);
                    match tokio::time::timeout(limits::HANDLER_TIME, handler).await {
                        Ok(answer) => answer.into_response(&call.req),
                        Err(_) => Err(ApiError::unavailable("too-slow")
                            .detail("this took too long and was given up; try again")
                            .retry_after(1)),
                    }
                })
            }
        }
    };
}

guarded!();
guarded!(T1 one);
guarded!(T1 one, T2 two);
guarded!(T1 one, T2 two, T3 three);
guarded!(T1 one, T2 two, T3 three, T4 four);
guarded!(T1 one, T2 two, T3 three, T4 four, T5 five);
guarded!(T1 one, T2 two, T3 three, T4 four, T5 five, T6 six);

/// What a handler may return.
pub trait Answer {
    fn into_response(self, req: &HttpRequest) -> Result<HttpResponse, ApiError>;
}

impl<R: Responder> Answer for Result<R, ApiError> {
    fn into_response(self, req: &HttpRequest) -> Result<HttpResponse, ApiError> {
        self.map(|answer| answer.respond_to(req).map_into_boxed_body())
    }
}

type Run<A> = Box<
    dyn Fn(Data<A>, CallInProgress) -> LocalBoxFuture<'static, Result<HttpResponse, ApiError>>
        + Send
        + Sync,
>;

/// One method of one path.
pub(crate) struct Route<A> {
    pub method: Method,
    pub path: String,
    pub operation: String,
    pub audience: AudienceKind,
    pub class: RateClass,
    pub run: Run<A>,
}

/// A service's path table and its half of the OpenAPI document.
pub struct Routes<A> {
    pub(crate) routes: Vec<Route<A>>,
    pub(crate) document: Document,
    app: PhantomData<fn(Data<A>)>,
}

impl<A: 'static> Default for Routes<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A: 'static> Routes<A> {
    pub fn new() -> Self {
        Self {
            routes: Vec::new(),
            document: Document::default(),
            app: PhantomData,
        }
    }

    /// Adds a handler; [`routes!`] calls it.
    pub fn add<P, F, Args>(
        mut self,
        tag: &'static str,
        class: Option<RateClass>,
        handler: F,
    ) -> Self
    where
        P: utoipa::Path + utoipa::__dev::SchemaReferences,
        F: Guarded<Args, App = A>,
    {
        let audience = F::Audience::KIND;
        for method in P::methods() {
            let operation = if audience == AudienceKind::Internal {
                // What only our own machines ask stands in no document that everybody reads.
                P::operation().operation_id.unwrap_or_default()
            } else {
                self.document.add::<P>(tag, method.clone(), F::describe)
            };
            let method = method_of(&method);
            let class = class.unwrap_or_else(|| RateClass::of(audience, &method));
            self.routes.push(Route {
                path: P::path(),
                operation,
                audience,
                class,
                run: Box::new(move |app, call| handler.run(app, call)),
                method,
            });
        }
        self
    }

    /// The same routes under another prefix.
    pub(crate) fn placed(mut self, from: &str, to: &str) -> Self {
        for route in &mut self.routes {
            route.path = route.path.replacen(from, to, 1);
        }
        self.document.place(from, to);
        self
    }

    /// Joins two tables.
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        self.document.merge(other.document);
        self
    }
}

fn method_of(method: &utoipa::openapi::HttpMethod) -> Method {
    use utoipa::openapi::HttpMethod;
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}
