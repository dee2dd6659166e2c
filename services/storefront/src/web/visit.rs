//! One request of a visitor.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT_ENCODING, HOST, HeaderValue, IF_NONE_MATCH};
use kernel::RequestId;

use super::Form;
use crate::api::Caller;
use crate::app::App;
use crate::theme::Lang;

const HOST_CHARS_MAX: usize = 260;

pub struct Visit {
    pub caller: Caller,
    /// How the visitor's browser names this store: `https://shop.store.example`.
    pub origin: String,
    /// The language that the address names.
    pub named: Option<Lang>,
    /// Without the language.
    pub path: String,
    pub query: Form,
    /// The query as it stands in the address.
    pub search: String,
    pub accepts: Option<HeaderValue>,
    pub if_none_match: Option<HeaderValue>,
}

impl Visit {
    /// Nothing when the host is none that a store could have.
    pub fn of(app: &App, req: &HttpRequest) -> Option<Self> {
        let host = req
            .headers()
            .get(HOST)
            .and_then(|value| value.to_str().ok());
        let host = host.or_else(|| req.uri().host())?.to_ascii_lowercase();
        let is_host = (1..=HOST_CHARS_MAX).contains(&host.len())
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
        if !is_host {
            return None;
        }
        let unknown = IpAddr::from(Ipv4Addr::UNSPECIFIED);
        let peer = req.peer_addr().map_or(unknown, |peer| peer.ip());
        let (named, path) = split_language(req.uri().path());
        let header = |name| req.headers().get(name).cloned();
        Some(Self {
            caller: Caller {
                ip: app.proxies.client(peer, req.headers()),
                request_id: request_id(req),
                language: named.unwrap_or(Lang::Portuguese).tag().to_owned(),
                host: host.clone(),
            },
            origin: format!("{}://{host}", app.settings.public_scheme),
            named,
            path: path.to_owned(),
            search: req.uri().query().unwrap_or_default().to_owned(),
            query: Form::parse(req.uri().query().unwrap_or_default().as_bytes()),
            accepts: header(ACCEPT_ENCODING),
            if_none_match: header(IF_NONE_MATCH),
        })
    }
}

/// `/en/cart` is `/cart` in English.
fn split_language(path: &str) -> (Option<Lang>, &str) {
    let Some(rest) = path.strip_prefix('/') else {
        return (None, path);
    };
    let (first, _) = rest.split_once('/').unwrap_or((rest, ""));
    match Lang::of_prefix(first) {
        Some(lang) => {
            let rest = rest.get(first.len()..).unwrap_or_default();
            (Some(lang), if rest.is_empty() { "/" } else { rest })
        }
        None => (None, path),
    }
}

/// The one that a proxy gave, or a new one.
fn request_id(req: &HttpRequest) -> String {
    let given = req
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    let is_usable = |text: &&str| {
        (8..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    given
        .filter(is_usable)
        .map_or_else(|| RequestId::new().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_the_first_part_of_a_path_and_nothing_else() {
        let cases = [
            ("/", None, "/"),
            ("/en", Some(Lang::English), "/"),
            ("/en/cart", Some(Lang::English), "/cart"),
            ("/pt/products/a", Some(Lang::Portuguese), "/products/a"),
            ("/english", None, "/english"),
            ("/products/en", None, "/products/en"),
        ];
        for (path, lang, rest) in cases {
            assert_eq!(split_language(path), (lang, rest), "{path}");
        }
    }
}
