//! What a page may load: its own host, and Stripe's only where one pays.

use actix_web::http::header::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use url::Url;

/// Where Stripe.js comes from when it is the real one.
const STRIPE: &str = "https://js.stripe.com";

/// The policy of a page with one style of its own, the store's tokens.
pub fn of_page(tokens: &str, images: Option<&str>) -> HeaderValue {
    header(&page(&common(tokens, images, "'none'")))
}

/// The policy of a page that the panel shows beside what it edits: its own host's panel, and the one
/// of the platform, which is the domain above.
pub fn of_preview(tokens: &str, images: Option<&str>, origin: &str) -> HeaderValue {
    let platform = origin
        .split_once("://")
        .and_then(|(scheme, host)| Some((scheme, host.split_once('.')?.1)))
        .map(|(scheme, above)| format!("{scheme}://{above}"));
    let ancestors = format!("'self' {}", platform.unwrap_or_default());
    header(&page(&common(tokens, images, ancestors.trim_end())))
}

fn page(common: &str) -> String {
    format!("{common}; script-src 'self'; connect-src 'self'; frame-src 'none'")
}

/// The policy of the page where one pays.
pub fn of_payment(tokens: &str, images: Option<&str>, stripe_js_url: &str) -> HeaderValue {
    let script = origin(stripe_js_url).unwrap_or_else(|| STRIPE.to_owned());
    let (connect, frame) = if script == STRIPE {
        (
            "https://api.stripe.com",
            "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
        )
    } else {
        (script.as_str(), script.as_str())
    };
    let policy = format!(
        "{}; script-src 'self' {script}; connect-src 'self' {connect}; frame-src {frame}",
        common(tokens, images, "'none'")
    );
    header(&policy)
}

/// Images of any secure place: for who makes a theme and shows a store from elsewhere in it.
pub const ANY_IMAGES: &str = "https:";

/// `https://js.stripe.com` of an address there.
pub fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    Some(url.origin().ascii_serialization())
}

/// Whether the address is of Stripe itself and not of what stands in for it.
pub fn is_stripe(address: &str) -> bool {
    origin(address).as_deref() == Some(STRIPE)
}

fn common(tokens: &str, images: Option<&str>, ancestors: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(tokens.as_bytes()));
    let images = images
        .map(|origin| format!(" {origin}"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors {ancestors}; form-action 'self'; \
         style-src 'self' 'sha256-{hash}'; font-src 'self'; img-src 'self' data:{images}; manifest-src 'self'"
    )
}

fn header(policy: &str) -> HeaderValue {
    HeaderValue::from_str(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(policy: &HeaderValue) -> &str {
        policy.to_str().unwrap()
    }

    #[test]
    fn only_a_preview_stands_in_another_page_and_only_in_the_panels() {
        assert!(text(&of_page(":root{}", None)).contains("frame-ancestors 'none';"));
        let preview = of_preview(":root{}", None, "https://shop.store.example:8443");
        assert!(text(&preview).contains("frame-ancestors 'self' https://store.example:8443;"));
        let bare = of_preview(":root{}", None, "http://localhost:3000");
        assert!(text(&bare).contains("frame-ancestors 'self';"));
    }

    #[test]
    fn stripe_is_let_in_only_where_one_pays() {
        let page = of_page(":root{}", None);
        assert!(!text(&page).contains("stripe") && !text(&page).contains("unsafe"));
        let pay = of_payment(":root{}", None, "https://js.stripe.com/v3/");
        assert!(text(&pay).contains("script-src 'self' https://js.stripe.com;"));
        let simulated = of_payment(":root{}", None, "http://127.0.0.1:9020/v1/stripe.js");
        assert!(text(&simulated).contains("connect-src 'self' http://127.0.0.1:9020;"));
        assert!(!text(&simulated).contains("stripe.com"));
    }
}
