//! WordPress's way to refuse.

use serde_json::{Map, Value, json};

pub(super) type Result<T> = std::result::Result<T, Error>;

#[derive(Debug)]
pub(super) struct Error {
    pub(super) status: u16,
    code: &'static str,
    message: String,
    /// Per parameter: WordPress's code and text.
    params: Vec<(String, &'static str, String)>,
}

impl Error {
    pub(super) fn new(status: u16, code: &'static str, message: &str) -> Self {
        Self {
            status,
            code,
            message: message.to_owned(),
            params: Vec::new(),
        }
    }

    /// No key, an unknown one, or a key that the shop did not look at.
    pub(super) fn cannot_view() -> Self {
        Self::new(
            401,
            "woocommerce_rest_cannot_view",
            "Sorry, you cannot list resources.",
        )
    }

    pub(super) fn authentication(message: &str) -> Self {
        Self::new(401, "woocommerce_rest_authentication_error", message)
    }

    pub(super) fn no_route() -> Self {
        let message = "No route was found matching the URL and request method.";
        Self::new(404, "rest_no_route", message)
    }

    /// All parameters that are wrong, in one refusal.
    pub(super) fn invalid_params(params: Vec<(String, &'static str, String)>) -> Self {
        let names: Vec<_> = params.iter().map(|(name, ..)| name.as_str()).collect();
        Self {
            status: 400,
            code: "rest_invalid_param",
            message: format!("Invalid parameter(s): {}", names.join(", ")),
            params,
        }
    }

    pub(super) fn body(&self) -> Value {
        let mut data = json!({"status": self.status});
        if !self.params.is_empty() {
            let (mut params, mut details) = (Map::new(), Map::new());
            for (name, code, message) in &self.params {
                params.insert(name.clone(), json!(message));
                let detail = json!({"code": code, "message": message, "data": null});
                details.insert(name.clone(), detail);
            }
            data = json!({"status": self.status, "params": params, "details": details});
        }
        json!({"code": self.code, "message": self.message, "data": data})
    }
}
