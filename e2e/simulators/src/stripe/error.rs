//! Stripe's error answers.

use serde_json::{Value, json};

pub(super) type Result<T> = std::result::Result<T, Error>;

#[derive(Clone, Debug)]
pub(super) struct Error {
    pub(super) status: u16,
    /// The members of `error` in the body.
    body: Value,
}

impl Error {
    fn new(status: u16, kind: &str, code: &str, message: impl Into<String>) -> Self {
        let mut body = json!({"type": kind, "message": message.into()});
        if let (false, Value::Object(fields)) = (code.is_empty(), &mut body) {
            fields.insert("code".into(), code.into());
            fields.insert(
                "doc_url".into(),
                format!(
                    "https://stripe.com/docs/error-codes/{}",
                    code.replace('_', "-")
                )
                .into(),
            );
        }
        Self { status, body }
    }

    pub(super) fn invalid(code: &str, message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", code, message)
    }

    pub(super) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, "invalid_request_error", "", message)
    }

    pub(super) fn forbidden(code: &str, message: impl Into<String>) -> Self {
        Self::new(403, "invalid_request_error", code, message)
    }

    pub(super) fn missing(kind: &str, id: &str) -> Self {
        Self::new(
            404,
            "invalid_request_error",
            "resource_missing",
            format!("No such {kind}: '{id}'"),
        )
        .at("id")
    }

    pub(super) fn unknown_url(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::new(404, "invalid_request_error", "", message)
    }

    pub(super) fn key_in_use() -> Self {
        let message = "There is currently another in-progress request using this Idempotency-Key.";
        Self::new(409, "idempotency_error", "idempotency_key_in_use", message)
    }

    pub(super) fn key_reused() -> Self {
        let message = "Keys for idempotent requests can only be used with the same parameters they were first used with.";
        Self::new(400, "idempotency_error", "", message)
    }

    pub(super) fn declined(code: &str, decline_code: &str, message: impl Into<String>) -> Self {
        Self::new(402, "card_error", code, message).with("decline_code", decline_code)
    }

    pub(super) fn rate_limited(code: &str) -> Self {
        Self::new(
            429,
            "invalid_request_error",
            code,
            "Too many requests, or the object is being changed.",
        )
    }

    pub(super) fn server(status: u16) -> Self {
        Self::new(status, "api_error", "", "An error occurred on our end.")
    }

    /// Names the parameter that is wrong.
    pub(super) fn at(self, param: &str) -> Self {
        self.with("param", param)
    }

    /// Adds a member; an empty text adds nothing.
    pub(super) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if let (false, Value::Object(fields)) = (value == "", &mut self.body) {
            fields.insert(member.to_owned(), value);
        }
        self
    }

    pub(super) fn detail(&self) -> &Value {
        &self.body
    }

    /// The whole body of the answer.
    pub(super) fn answer(&self, request_id: &str) -> Value {
        let mut error = self.body.clone();
        if let Value::Object(fields) = &mut error {
            let url = format!("https://dashboard.stripe.com/test/logs/{request_id}");
            fields.insert("request_log_url".into(), url.into());
        }
        json!({"error": error})
    }
}
