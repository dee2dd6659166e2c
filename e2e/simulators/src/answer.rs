//! What goes back to a caller, or does not.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, web};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use std::time::Duration;

/// A caller that waits longer than this for a hanging answer gets its connection closed.
const HANG: Duration = Duration::from_secs(120);

#[derive(Debug)]
pub(crate) enum Answer {
    Full {
        status: StatusCode,
        content_type: &'static str,
        body: Vec<u8>,
        retry_after: Option<u64>,
    },
    /// The connection closes in the middle of the body.
    Cut,
    /// The connection closes before the first byte.
    Reset,
    Hang,
}

impl Answer {
    pub(crate) fn json(body: Value) -> Self {
        Self::text("application/json", &body.to_string())
    }

    pub(crate) fn text(content_type: &'static str, body: &str) -> Self {
        Self::bytes(content_type, body.as_bytes().to_vec())
    }

    pub(crate) fn bytes(content_type: &'static str, body: Vec<u8>) -> Self {
        Self::Full {
            status: StatusCode::OK,
            content_type,
            body,
            retry_after: None,
        }
    }

    pub(crate) fn with_status(mut self, new: StatusCode) -> Self {
        if let Self::Full { status, .. } = &mut self {
            *status = new;
        }
        self
    }

    pub(crate) fn with_retry_after(mut self, seconds: Option<u64>) -> Self {
        if let Self::Full { retry_after, .. } = &mut self {
            *retry_after = seconds;
        }
        self
    }

    /// Status for the log; 0 where no whole answer goes back.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Full { status, .. } => status.as_u16(),
            Self::Cut | Self::Reset | Self::Hang => 0,
        }
    }

    pub(crate) async fn respond(self) -> HttpResponse {
        match self {
            Self::Full {
                status,
                content_type,
                body,
                retry_after,
            } => {
                let mut response = HttpResponse::build(status);
                response.content_type(content_type);
                if let Some(seconds) = retry_after {
                    response.insert_header((RETRY_AFTER, seconds.to_string()));
                }
                response.body(body)
            }
            Self::Cut => cut(),
            Self::Reset => reset(),
            Self::Hang => {
                tokio::time::sleep(HANG).await;
                reset()
            }
        }
    }
}

/// The beginning of an answer, and no end.
fn cut() -> HttpResponse {
    let beginning = stream::iter([Ok(web::Bytes::from_static(b"{\"id\": \"p"))]);
    let end = stream::once(async {
        // The beginning leaves first; together with the failure it would never be sent.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(std::io::Error::other("cut on command"))
    });
    HttpResponse::Ok()
        .content_type("application/json")
        .streaming(beginning.chain(end))
}

/// A body that fails at once takes its head down with it.
fn reset() -> HttpResponse {
    let failure = Err::<web::Bytes, _>(std::io::Error::other("reset on command"));
    HttpResponse::Ok().streaming(stream::iter([failure]))
}
