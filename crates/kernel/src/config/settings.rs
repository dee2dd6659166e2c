//! The variables of the deployment guide and ours, as one typed value.

use std::net::IpAddr;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

use super::dns::{Dns, dns};
use super::jwt::{Jwt, JwtAlgorithm, jwt};
use super::logins::{Logins, user_and_password, user_of};
use super::outside::{Mail, Moloni, Storage, Stripe, mail, moloni, storage, stripe};
use super::passwords::hmac;
use super::sealing::{SealingKey, sealing_keys};
use super::{ConfigErrors, Env};
use crate::ticket::TicketKey;
use crate::{Email, Invalid};

/// Where this installation runs; production refuses what is unsafe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Development,
    Test,
    Uat,
    Staging,
    Production,
}

impl FromStr for Environment {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "development" | "dev" => Ok(Self::Development),
            "test" => Ok(Self::Test),
            "uat" => Ok(Self::Uat),
            "staging" => Ok(Self::Staging),
            "production" | "prod" => Ok(Self::Production),
            _ => Err(Invalid::new(
                "development, test, uat, staging or production",
            )),
        }
    }
}

/// The first sysadmin, made by `stores seed` when there is none.
#[derive(Clone)]
pub struct Sysadmin {
    pub email: Email,
    pub password: Option<SecretString>,
}

#[derive(Clone, Copy, Debug)]
pub struct ServicePort {
    pub name: &'static str,
    pub port: u16,
}

/// Everything that the environment decides.
#[derive(Clone)]
pub struct Config {
    pub environment: Environment,
    pub base_domain: String,
    pub public_scheme: String,
    /// The port browsers see; part of public addresses unless it is the scheme's own.
    pub public_port: u16,
    pub listen_host: IpAddr,
    pub service_ports: Vec<ServicePort>,
    /// Networks (CIDR) whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    pub http_workers: usize,
    /// Connections to PostgreSQL that each service may hold.
    pub database_pool_size: usize,
    pub databases: Logins,
    pub redis_url: SecretString,
    pub brokers: Logins,
    /// The broker's management, where `stores migrate` makes the services' logins.
    pub rabbitmq_management_url: Option<SecretString>,
    pub jwt: Jwt,
    pub ticket_key: TicketKey,
    /// Payments has it, and nobody else needs it.
    pub stripe: Option<Stripe>,
    /// With catalog, invoicing and migration.
    pub storage: Option<Storage>,
    pub moloni: Option<Moloni>,
    pub mail: Mail,
    pub dns: Dns,
    /// `host:port` pairs that requests to addresses somebody typed may reach although they are not
    /// public: a shop or a receiver on this machine, in development.
    pub outbound_allowed: Vec<String>,
    /// What seals secrets at rest: each key with its id; the first seals, all open.
    pub sealing_keys: Vec<SealingKey>,
    pub sysadmin: Option<Sysadmin>,
    pub skip_rate_limit: bool,
    pub otlp_endpoint: Option<String>,
    pub log_json: bool,
    /// Seconds between "not ready" and closing the listener, so that a proxy can notice.
    pub drain_seconds: u64,
}

const SERVICES: [(&str, &str, u16); 7] = [
    ("tenants", "TENANTS", 8001),
    ("catalog", "CATALOG", 8002),
    ("orders", "ORDERS", 8003),
    ("payments", "PAYMENTS", 8004),
    ("invoicing", "INVOICING", 8005),
    ("mail", "MAIL", 8006),
    ("migration", "MIGRATION", 8007),
];

const SECRET_BYTES_MIN: usize = 32;

impl Config {
    /// Reads the process's environment.
    pub fn from_process() -> Result<Self, ConfigErrors> {
        Self::read(Env::from_process())
    }

    pub fn read(mut env: Env) -> Result<Self, ConfigErrors> {
        let environment = env.parsed_or(
            "STORES_ENV",
            Environment::Development,
            "development, test, uat, staging or production",
        );
        let jwt = jwt(&mut env);
        let ticket_key = ticket_key(&mut env, &jwt);
        let http_port = env.parsed_or("STORES_HTTP_PORT", 8080, "a port number");
        let config = Self {
            environment,
            base_domain: env.text_or("BASE_DOMAIN", "store.localhost"),
            public_scheme: env.text_or("PUBLIC_SCHEME", "http"),
            public_port: env.parsed_or("PUBLIC_PORT", http_port, "a port number"),
            listen_host: env.parsed_or("LISTEN_HOST", [127, 0, 0, 1].into(), "an IP address"),
            service_ports: service_ports(&mut env),
            trusted_proxies: env.list_or(
                "TRUSTED_PROXIES",
                "127.0.0.1/32,::1/128",
                "networks such as 10.0.0.0/8, split by commas",
            ),
            http_workers: env.parsed_or("HTTP_WORKERS", 2, "a whole number"),
            database_pool_size: env.parsed_or("DATABASE_POOL_SIZE", 16, "a whole number"),
            databases: Logins::read(&mut env, "DATABASE_URL", prefixes()),
            redis_url: env.required_secret("REDIS_URL"),
            brokers: brokers(&mut env),
            rabbitmq_management_url: env.secret("RABBITMQ_MANAGEMENT_URL"),
            stripe: stripe(&mut env),
            storage: storage(&mut env),
            moloni: moloni(&mut env),
            mail: mail(&mut env),
            dns: dns(&mut env),
            outbound_allowed: env.list_or(
                "OUTBOUND_ALLOWED",
                "",
                "host:port pairs split by commas",
            ),
            sealing_keys: sealing_keys(&mut env, &jwt),
            sysadmin: sysadmin(&mut env),
            skip_rate_limit: env.flag("SKIP_RATE_LIMIT_FOR_E2E"),
            otlp_endpoint: env.text("OTEL_EXPORTER_OTLP_ENDPOINT"),
            log_json: env.text_or("LOG_FORMAT", "text") == "json",
            drain_seconds: env.parsed_or("DRAIN_SECONDS", 0, "a number of seconds"),
            jwt,
            ticket_key,
        };
        if environment == Environment::Production {
            config.refuse_unsafe(&mut env);
        }
        env.finish(config)
    }

    /// The login of one service: its own variable, or derived from `DATABASE_URL`, with the password
    /// that `stores migrate` sets.
    pub fn database_url_for(&self, service: &str) -> SecretString {
        let url = self.databases.of(service);
        url.unwrap_or_else(|| SecretString::from(String::new()))
    }

    pub fn port_of(&self, service: &str) -> Option<u16> {
        self.service_ports
            .iter()
            .find(|entry| entry.name == service)
            .map(|entry| entry.port)
    }

    /// `http://store.localhost:8080`, or with a label in front of the domain.
    pub fn public_origin(&self, label: Option<&str>) -> String {
        let host = label.map_or(self.base_domain.clone(), |l| {
            format!("{l}.{}", self.base_domain)
        });
        match (self.public_scheme.as_str(), self.public_port) {
            ("https", 443) | ("http", 80) => format!("{}://{host}", self.public_scheme),
            (scheme, port) => format!("{scheme}://{host}:{port}"),
        }
    }

    /// The admin panel: it lives on the platform's own host, under `/admin`.
    pub fn admin_url(&self) -> String {
        format!("{}/admin", self.public_origin(None))
    }

    pub fn is_production(&self) -> bool {
        self.environment == Environment::Production
    }

    fn refuse_unsafe(&self, env: &mut Env) {
        let mut refuse = |unsafe_setting: bool, why: &str| {
            if unsafe_setting {
                env.fault(why);
            }
        };
        refuse(
            self.skip_rate_limit,
            "SKIP_RATE_LIMIT_FOR_E2E must be false in production",
        );
        let broker = self.brokers.owner().and_then(user_and_password);
        refuse(
            broker.is_some_and(|(_, password)| password == "guest"),
            "RABBITMQ_URL must have a password of its own in production",
        );
        refuse(
            self.public_scheme != "https",
            "PUBLIC_SCHEME must be https in production",
        );
        refuse(
            self.jwt
                .keys
                .iter()
                .any(|key| key.algorithm == JwtAlgorithm::Hs256 && is_weak(&key.secret)),
            "JWT_SECRET_KEY must have at least 32 bytes and not be an example in production",
        );
        refuse(
            !self.outbound_allowed.is_empty(),
            "OUTBOUND_ALLOWED must be empty in production",
        );
        let Some(stripe) = &self.stripe else { return };
        let key = stripe.secret_key.expose_secret();
        refuse(
            !(key.starts_with("sk_live_") || key.starts_with("rk_live_")),
            "STRIPE_SECRET_KEY must be a live key in production",
        );
        refuse(
            stripe.api_base != "https://api.stripe.com",
            "STRIPE_API_BASE must be https://api.stripe.com in production",
        );
        refuse(
            !stripe.js_url.starts_with("https://js.stripe.com/"),
            "STRIPE_JS_URL must come from https://js.stripe.com in production",
        );
    }
}

fn is_weak(secret: &SecretString) -> bool {
    let text = secret.expose_secret();
    let example = ["change", "secret", "example", "random-256"];
    text.len() < SECRET_BYTES_MIN
        || example
            .iter()
            .any(|word| text.to_lowercase().starts_with(word))
}

fn ticket_key(env: &mut Env, jwt: &Jwt) -> TicketKey {
    if let Some(key) = env.text("PAYMENT_TICKET_KEY") {
        return TicketKey::new(key.into_bytes());
    }
    let secret = jwt
        .keys
        .first()
        .map_or("", |key| key.secret.expose_secret());
    TicketKey::new(hmac(secret.as_bytes(), b"payment-ticket"))
}

fn service_ports(env: &mut Env) -> Vec<ServicePort> {
    SERVICES
        .iter()
        .map(|(name, variable, default)| ServicePort {
            name,
            port: env.parsed_or(&format!("{variable}_PORT"), *default, "a port number"),
        })
        .collect()
}

fn prefixes() -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
    SERVICES.iter().map(|(name, prefix, _)| (*name, *prefix))
}

fn brokers(env: &mut Env) -> Logins {
    let hearers = prefixes().chain([("storefront", "STOREFRONT")]);
    let logins = Logins::read(env, "RABBITMQ_URL", hearers);
    // What derives from no password could be derived by anybody.
    let has_password =
        |url| user_and_password(url).is_some_and(|(_, password)| !password.is_empty());
    if logins.owner().is_some_and(|url| !has_password(url)) {
        env.fault("RABBITMQ_URL must have a user and a password: amqp://USER:PASSWORD@HOST/VHOST");
    }
    for service in logins.misnamed() {
        // Who sent an event is told by the user's name.
        let (prefix, user) = (service.to_uppercase(), user_of(service));
        env.fault(format!("{prefix}_RABBITMQ_URL must log in as {user}"));
    }
    logins
}

fn sysadmin(env: &mut Env) -> Option<Sysadmin> {
    let email = env.text("SYSADMIN_EMAIL")?;
    let password = env.secret("SYSADMIN_PASSWORD");
    match email.parse() {
        Ok(email) => Some(Sysadmin { email, password }),
        Err(_) => {
            env.fault("SYSADMIN_EMAIL must be an e-mail address");
            None
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Everything that all services together need.
    pub(in crate::config) fn complete() -> Vec<(String, String)> {
        let pairs = [
            (
                "DATABASE_URL",
                "postgresql://stores_user:pw@db:5432/stores_db",
            ),
            ("REDIS_URL", "redis://redis:6379/0"),
            ("RABBITMQ_URL", "amqp://u:p@rabbit:5672/stores"),
            ("JWT_SECRET_KEY", "0123456789abcdef0123456789abcdef"),
            ("STRIPE_SECRET_KEY", "sk_test_1"),
            ("STRIPE_PUBLIC_KEY", "pk_test_1"),
            ("STRIPE_WEBHOOK_SECRET", "whsec_1"),
            ("STRIPE_CONNECT_WEBHOOK_SECRET", "whsec_2"),
            ("MINIO_ENDPOINT", "minio:9000"),
            ("MINIO_ACCESS_KEY", "a"),
            ("MINIO_SECRET_KEY", "b"),
        ];
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    fn with(extra: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        let extra = extra
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::read(Env::from_values(complete().into_iter().chain(extra)))
    }

    #[test]
    fn the_variables_of_the_guide_are_enough() {
        let config = with(&[]).unwrap();
        assert_eq!(config.jwt.expire_minutes, 1_440);
        assert_eq!(
            config.public_origin(Some("shop")),
            "http://shop.store.localhost:8080"
        );
        assert_eq!(config.admin_url(), "http://store.localhost:8080/admin");
    }

    #[test]
    fn a_key_that_only_verifies_may_have_another_algorithm() {
        let config = with(&[
            ("JWT_ALGORITHM", "EdDSA"),
            ("JWT_KEY_ID", "2"),
            ("JWT_PREVIOUS_KEYS", "1@HS256:old:secret,0:pem"),
        ])
        .unwrap();
        let keys = config.jwt.keys.iter();
        let keys: Vec<_> = keys
            .map(|key| (key.kid.as_str(), key.algorithm, key.secret.expose_secret()))
            .collect();
        assert_eq!(
            keys[1..],
            [
                ("1", JwtAlgorithm::Hs256, "old:secret"),
                ("0", JwtAlgorithm::EdDsa, "pem")
            ]
        );
        for bad in ["1", "1@none:x", "2:x", "1:x,1:y"] {
            let refused = with(&[("JWT_KEY_ID", "2"), ("JWT_PREVIOUS_KEYS", bad)]);
            assert!(refused.is_err(), "{bad}");
        }
    }

    #[test]
    fn all_faults_are_told_at_once_and_by_name() {
        let env = Env::from_values([("STORES_HTTP_PORT".to_owned(), "many".to_owned())]);
        let faults = Config::read(env).err().unwrap().0.join("\n");
        for name in [
            "STORES_HTTP_PORT",
            "REDIS_URL",
            "JWT_SECRET_KEY",
            "CATALOG_DATABASE_URL",
            "CATALOG_RABBITMQ_URL",
        ] {
            assert!(faults.contains(name), "{name} is missing in {faults}");
        }
    }

    #[test]
    fn a_service_never_connects_as_the_owner() {
        let config = with(&[]).unwrap();
        let url = config.database_url_for("orders");
        let url = url.expose_secret();
        assert!(
            url.starts_with("postgresql://stores_orders:"),
            "another user"
        );
        assert!(url.ends_with("@db:5432/stores_db"));
        assert!(!url.contains(":pw@"));
    }

    #[test]
    fn a_brokers_login_without_a_password_or_under_a_strange_name_is_refused() {
        let faults = with(&[
            ("RABBITMQ_URL", "amqp://rabbit:5672/stores"),
            ("ORDERS_RABBITMQ_URL", "amqp://admin:a@rabbit/stores"),
        ]);
        let faults = faults.err().unwrap().0.join("\n");
        assert!(faults.contains("a user and a password"), "{faults}");
        assert!(faults.contains("log in as stores_orders"), "{faults}");
    }

    #[test]
    fn production_refuses_what_is_unsafe() {
        let faults = with(&[
            ("STORES_ENV", "production"),
            ("SKIP_RATE_LIMIT_FOR_E2E", "true"),
        ]);
        let faults = faults.err().unwrap().0.join("\n");
        for name in [
            "SKIP_RATE_LIMIT_FOR_E2E",
            "PUBLIC_SCHEME",
            "STRIPE_SECRET_KEY",
        ] {
            assert!(faults.contains(name), "{name} is missing in {faults}");
        }
        assert!(!faults.contains("sk_test_1"), "values are not told");
    }
}
