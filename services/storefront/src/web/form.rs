//! What a form sends, and whether it was one of our own pages that sent it.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, ORIGIN};
use futures_util::StreamExt;

const BODY_BYTES_MAX: usize = 64 << 10;
const BODY_TIME: Duration = Duration::from_secs(15);
const FIELDS_MAX: usize = 100;

/// Fields in the order they came.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

/// Why a form is not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    TooLarge,
    TooSlow,
    Broken,
}

impl Form {
    pub fn parse(bytes: &[u8]) -> Self {
        let fields = form_urlencoded::parse(bytes).into_owned().take(FIELDS_MAX);
        Self(fields.collect())
    }

    /// The field's text without spaces around it; empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// The field's text as it was typed: a password may begin with a space.
    pub fn secret(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    pub fn has(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }
}

/// Reads a form's body within its limits.
pub async fn read(mut payload: Payload) -> Result<Form, Refusal> {
    let reading = async {
        let mut body = Vec::new();
        while let Some(chunk) = payload.next().await {
            body.extend_from_slice(&chunk.map_err(|_| Refusal::Broken)?);
            if body.len() > BODY_BYTES_MAX {
                return Err(Refusal::TooLarge);
            }
        }
        Ok(Form::parse(&body))
    };
    tokio::time::timeout(BODY_TIME, reading)
        .await
        .unwrap_or(Err(Refusal::TooSlow))
}

/// Whether a request that changes something comes from a page of this very host.
///
/// A browser says so itself, in a header that no page can write: `Sec-Fetch-Site`, or `Origin` in
/// older ones. So a form needs no secret of its own, and can stand in a page that all visitors
/// share. Another store is the same site and yet another origin: it is refused like everybody else.
pub fn is_own(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text(ORIGIN.as_str()) == Some(origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    const HOME: &str = "https://shop.store.example";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        map
    }

    #[test]
    fn only_a_form_of_the_same_host_is_taken() {
        let cases: [(&[(&str, &str)], bool); 9] = [
            (&[("sec-fetch-site", "same-origin"), ("origin", HOME)], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (
                &[
                    ("sec-fetch-site", "same-site"),
                    ("origin", "https://evil.store.example"),
                ],
                false,
            ),
            (&[("sec-fetch-site", "cross-site"), ("origin", HOME)], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("origin", HOME)], true),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "null")], false),
            (&[], false),
        ];
        for (sent, expected) in cases {
            let sent: Vec<(&'static str, &'static str)> = sent.to_vec();
            assert_eq!(is_own(&headers(&sent), HOME), expected, "{sent:?}");
        }
    }

    #[test]
    fn a_field_is_read_without_the_spaces_around_it() {
        let form = Form::parse(b"email=+a%40b.pt+&note=&x=1&x=2");
        assert_eq!(
            (form.text("email"), form.text("x"), form.text("none")),
            ("a@b.pt", "1", "")
        );
        assert!(!form.has("note"));
        assert_eq!(form.secret("email"), " a@b.pt ");
    }
}
