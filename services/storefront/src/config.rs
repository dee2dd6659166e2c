//! What the environment decides. No database and no secret but the broker's login is among it.

use std::net::IpAddr;
use std::path::PathBuf;

use kernel::config::{ConfigErrors, Env, Logins};

use crate::api::Upstream;
use crate::web::policy;

/// Megabytes of finished pages, all stores together.
const CACHE_MB: u64 = 96;

#[derive(Clone)]
pub struct Settings {
    pub listen_host: IpAddr,
    pub port: u16,
    pub http_workers: usize,
    pub drain_seconds: u64,
    /// How browsers reach a store: cookies are `Secure` only where it is https.
    pub public_scheme: String,
    /// Networks (CIDR) whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    pub brokers: Logins,
    pub themes: PathBuf,
    /// The admin panel as it was built; without it there is none.
    pub panel: Option<PathBuf>,
    pub cache_bytes: u64,
    /// Where each service's public API is, in the order of [`Upstream::ALL`].
    pub upstreams: Vec<String>,
    pub stripe_js_url: String,
    /// Where published images are read, when that is not the store's own host.
    pub images_origin: Option<String>,
    /// Where browsers put what they upload.
    pub uploads_origin: Option<String>,
    /// Shows this store whatever host is visited: for who makes a theme.
    pub store_host: Option<String>,
    pub otlp_endpoint: Option<String>,
    pub log_json: bool,
}

impl Settings {
    /// # Errors
    /// Every variable that is missing or wrong, by name.
    pub fn from_process() -> Result<Self, ConfigErrors> {
        Self::read(Env::from_process())
    }

    /// # Errors
    /// As [`Settings::from_process`].
    pub fn read(mut env: Env) -> Result<Self, ConfigErrors> {
        let upstreams = Upstream::ALL.map(|upstream| upstream_base(&mut env, upstream));
        let hearer = [("storefront", "STOREFRONT")].into_iter();
        let cache_mb = env.parsed_or("STOREFRONT_CACHE_MB", CACHE_MB, "a number of megabytes");
        let settings = Self {
            listen_host: env.parsed_or("LISTEN_HOST", [127, 0, 0, 1].into(), "an IP address"),
            port: env.parsed_or("STOREFRONT_PORT", 3000, "a port number"),
            http_workers: env.parsed_or("HTTP_WORKERS", 2, "a whole number"),
            drain_seconds: env.parsed_or("DRAIN_SECONDS", 0, "a number of seconds"),
            public_scheme: env.text_or("PUBLIC_SCHEME", "http"),
            trusted_proxies: env.list_or(
                "TRUSTED_PROXIES",
                "127.0.0.1/32,::1/128",
                "networks such as 10.0.0.0/8, split by commas",
            ),
            brokers: Logins::read(&mut env, "RABBITMQ_URL", hearer),
            themes: env.text_or("THEMES_DIR", "web/themes").into(),
            panel: env.text("ADMIN_DIR").map(PathBuf::from),
            cache_bytes: cache_mb << 20,
            upstreams: upstreams.to_vec(),
            stripe_js_url: env.text_or("STRIPE_JS_URL", "https://js.stripe.com/endive/stripe.js"),
            images_origin: env
                .text("CDN_BASE_URL")
                .and_then(|base| policy::origin(&base)),
            uploads_origin: uploads_origin(&mut env),
            store_host: None,
            otlp_endpoint: env.text("OTEL_EXPORTER_OTLP_ENDPOINT"),
            log_json: env.text_or("LOG_FORMAT", "text") == "json",
        };
        env.finish(settings)
    }

    pub fn is_secure(&self) -> bool {
        self.public_scheme == "https"
    }
}

/// Of the guide's `MINIO_*` variables, the address that browsers know.
fn uploads_origin(env: &mut Env) -> Option<String> {
    let endpoint = env.text("MINIO_PUBLIC_ENDPOINT");
    let endpoint = endpoint.or_else(|| env.text("MINIO_ENDPOINT"))?;
    let scheme = if env.flag("MINIO_USE_SSL") {
        "https"
    } else {
        "http"
    };
    let address = match endpoint.contains("://") {
        true => endpoint,
        false => format!("{scheme}://{endpoint}"),
    };
    policy::origin(&address)
}

/// `CATALOG_URL`, or the port on this machine that `CATALOG_PORT` names.
fn upstream_base(env: &mut Env, upstream: Upstream) -> String {
    let prefix = upstream.prefix();
    let port = env.parsed_or(
        &format!("{prefix}_PORT"),
        upstream.default_port(),
        "a port number",
    );
    let here = format!("http://127.0.0.1:{port}");
    let base = env.text_or(&format!("{prefix}_URL"), &here);
    base.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_looked_for_on_its_port_unless_an_address_is_given() {
        let variables = [
            ("RABBITMQ_URL", "amqp://u:p@rabbit/stores"),
            ("CATALOG_PORT", "9002"),
            ("ORDERS_URL", "http://orders:8003/"),
        ];
        let pairs = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = Settings::read(Env::from_values(pairs)).unwrap();
        let base = |upstream: Upstream| settings.upstreams[upstream.index()].as_str();
        assert_eq!(base(Upstream::Catalog), "http://127.0.0.1:9002");
        assert_eq!(base(Upstream::Orders), "http://orders:8003");
        assert_eq!(settings.port, 3000);
        assert!(!settings.is_secure());
    }
}
