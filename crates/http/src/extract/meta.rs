//! Who is asking and from where, for audit entries and records of consent.

use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{Ready, ready};
use kernel::RequestId;

use super::Input;
use crate::ApiError;
use crate::context::{Context, Principal};
use crate::openapi::OperationInput;

/// Facts about the request itself. Personal data: store them where the law asks for it, never log them.
#[derive(Clone, Debug)]
pub struct RequestMeta {
    pub request_id: RequestId,
    pub ip: IpAddr,
    pub principal: Principal,
    /// At most 256 characters.
    pub user_agent: Option<String>,
    pub accept_language: Option<String>,
}

impl FromRequest for RequestMeta {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let context = Context::of(req);
        let header = |name| {
            let value = req.headers().get(name)?.to_str().ok()?;
            Some(value.chars().take(256).collect())
        };
        ready(Ok(Self {
            request_id: context.request_id,
            ip: context.ip,
            principal: context.principal,
            user_agent: header(USER_AGENT),
            accept_language: header(ACCEPT_LANGUAGE),
        }))
    }
}

impl Input for RequestMeta {
    fn describe(_: &mut OperationInput<'_>) {}
}
