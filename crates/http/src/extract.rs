//! What a handler may ask for beside its audience. Each input also describes itself to OpenAPI.

mod idempotency_key;
mod if_match;
mod json;
mod meta;
mod optional;
mod page;
mod path;
mod query;
mod raw;
mod shape;

pub use idempotency_key::{IdempotencyKey, RequestHash};
pub use if_match::IfMatch;
pub use json::Json;
pub use meta::RequestMeta;
pub use optional::{Omissible, Optional};
pub use page::{CountedPage, List, Page};
pub use path::Path;
pub use query::Query;
pub use raw::RawBody;

use actix_web::FromRequest;

use crate::openapi::OperationInput;

/// An argument of a handler: read from the request, and told in the OpenAPI document.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an input of a handler",
    note = "use http_kit's Path, Query, Json, RawBody, Page, IfMatch, IdempotencyKey, RequestMeta or an Optional of them"
)]
pub trait Input: FromRequest + 'static {
    fn describe(operation: &mut OperationInput<'_>);
}
