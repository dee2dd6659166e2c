//! The systems outside: how each is reached, and with which keys.

use secrecy::SecretString;

use super::Env;
use crate::Email;

#[derive(Clone)]
pub struct Stripe {
    pub secret_key: SecretString,
    pub public_key: String,
    pub webhook_secret: SecretString,
    pub connect_webhook_secret: SecretString,
    /// `https://api.stripe.com`, or the simulator.
    pub api_base: String,
    /// What a page loads as Stripe.js.
    pub js_url: String,
}

/// The S3-compatible store, under the guide's `MINIO_*` names.
#[derive(Clone)]
pub struct Storage {
    pub endpoint: String,
    /// What a browser can reach, where it differs from `endpoint`.
    pub public_endpoint: String,
    pub access_key: SecretString,
    pub secret_key: SecretString,
    pub bucket: String,
    pub use_ssl: bool,
    /// Where published media are read; without one, through the storefront's host.
    pub cdn_base_url: Option<String>,
}

/// Moloni's key for this platform; each store gives its own access.
#[derive(Clone)]
pub struct Moloni {
    pub client_id: String,
    pub client_secret: SecretString,
    /// `https://api.moloni.pt/v1/`, or the simulator; ends in a slash.
    pub api_base: String,
}

/// How mails leave.
#[derive(Clone)]
pub struct Mail {
    /// Without it, and without `smtp_url`, mails are kept until one is set.
    pub zeptomail_key: Option<SecretString>,
    /// `https://api.zeptomail.com/v1.1`, or the simulator.
    pub zeptomail_base: String,
    /// Signs ZeptoMail's webhooks; without it they are refused.
    pub zeptomail_webhook_key: Option<SecretString>,
    /// `smtp://USER:PASSWORD@HOST:PORT` (`smtps` for TLS from the first byte): used when it is set.
    pub smtp_url: Option<SecretString>,
    /// Who writes, where a store has no verified sender of its own.
    pub from: Email,
    pub from_name: String,
}

/// What payments cannot do without; whoever has one of them has all.
pub(super) const STRIPE_KEYS: [&str; 4] = [
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLIC_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_CONNECT_WEBHOOK_SECRET",
];

/// What those that read or write objects cannot do without.
pub(super) const STORAGE_KEYS: [&str; 2] = ["MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"];

pub(super) fn stripe(env: &mut Env) -> Option<Stripe> {
    let api_base = env.text_or("STRIPE_API_BASE", "https://api.stripe.com");
    let js_url = env.text_or("STRIPE_JS_URL", "https://js.stripe.com/endive/stripe.js");
    let [secret, public, webhook, connect] = together(env, STRIPE_KEYS)?;
    Some(Stripe {
        secret_key: secret.into(),
        public_key: public,
        webhook_secret: webhook.into(),
        connect_webhook_secret: connect.into(),
        api_base,
        js_url,
    })
}

pub(super) fn storage(env: &mut Env) -> Option<Storage> {
    let [access_key, secret_key] = together(env, STORAGE_KEYS)?;
    let endpoint = env.required("MINIO_ENDPOINT");
    Some(Storage {
        public_endpoint: env.text_or("MINIO_PUBLIC_ENDPOINT", &endpoint),
        endpoint,
        access_key: access_key.into(),
        secret_key: secret_key.into(),
        bucket: env.text_or("MINIO_BUCKET", "stores"),
        use_ssl: env.flag("MINIO_USE_SSL"),
        cdn_base_url: env.text("CDN_BASE_URL"),
    })
}

/// All of them or none; some of them is a fault for each that is missing.
fn together<const N: usize>(env: &mut Env, names: [&str; N]) -> Option<[String; N]> {
    let given = names.map(|name| env.text(name));
    if given.iter().all(Option::is_none) {
        return None;
    }
    for (name, value) in names.iter().zip(&given) {
        if value.is_none() {
            env.fault(format!("{name} is not set"));
        }
    }
    Some(given.map(Option::unwrap_or_default))
}

pub(super) fn moloni(env: &mut Env) -> Option<Moloni> {
    let client_id = env.text("MOLONI_CLIENT_ID");
    let client_secret = env.secret("MOLONI_CLIENT_SECRET");
    let base = env.text_or("MOLONI_API_BASE", "https://api.moloni.pt/v1/");
    match (client_id, client_secret) {
        (Some(client_id), Some(client_secret)) => Some(Moloni {
            client_id,
            client_secret,
            api_base: format!("{}/", base.trim_end_matches('/')),
        }),
        (None, None) => None,
        _ => {
            env.fault("MOLONI_CLIENT_ID and MOLONI_CLIENT_SECRET must be set together");
            None
        }
    }
}

pub(super) fn mail(env: &mut Env) -> Mail {
    let domain = env.text_or("BASE_DOMAIN", "store.localhost");
    let from = env.text_or("ZEPTOMAIL_FROM_EMAIL", &format!("noreply@{domain}"));
    let from = from.parse().unwrap_or_else(|_| {
        env.fault("ZEPTOMAIL_FROM_EMAIL must be an e-mail address");
        "noreply@example.com".parse().expect("an e-mail address")
    });
    Mail {
        zeptomail_key: env.secret("ZEPTOMAIL_API_KEY"),
        zeptomail_base: env.text_or("ZEPTOMAIL_API_BASE", "https://api.zeptomail.com/v1.1"),
        zeptomail_webhook_key: env.secret("ZEPTOMAIL_WEBHOOK_KEY"),
        smtp_url: env.secret("SMTP_URL"),
        from,
        from_name: env.text_or("ZEPTOMAIL_FROM_NAME", "Virtual Stores"),
    }
}
