//! Everything a service needs, for one test alone: a database, a broker, a clock it moves.

use http_kit::Platform;
use kernel::Clock;
use kernel::config::{Config, Env};
use secrecy::ExposeSecret;

use crate::TestDb;
use crate::broker::Broker;

const SERVICES: [&str; 7] = [
    "TENANTS",
    "CATALOG",
    "ORDERS",
    "PAYMENTS",
    "INVOICING",
    "MAIL",
    "MIGRATION",
];

/// Gone with the value.
pub struct Place {
    pub database: TestDb,
    pub broker: Broker,
    pub clock: Clock,
    pub platform: Platform,
}

impl Place {
    /// With a broker.
    ///
    /// # Panics
    /// When a part is not there.
    pub async fn start(schemas: &[db::Schema]) -> Self {
        let place = Self::without_broker(schemas).await;
        place.broker.create().await;
        place
    }

    /// The broker refuses until [`Broker::create`]: enough where no event has to arrive.
    pub async fn without_broker(schemas: &[db::Schema]) -> Self {
        Self::with(schemas, &[]).await
    }

    /// As [`Place::without_broker`], with other settings.
    pub async fn with(schemas: &[db::Schema], settings: &[(&str, &str)]) -> Self {
        let database = TestDb::new(schemas).await;
        let broker = Broker::not_yet();
        let clock = Clock::system();
        let config = config(&database, &broker, settings);
        let platform = Platform::new(config, clock.clone());
        Self {
            database,
            broker,
            clock,
            platform,
        }
    }
}

/// The process's own settings, with what is this test's alone: any free ports, no rate limits.
fn config(database: &TestDb, broker: &Broker, settings: &[(&str, &str)]) -> Config {
    let mut values: Vec<(String, String)> = std::env::vars().collect();
    let own = |name: &str| name.ends_with("_DATABASE_URL");
    values.retain(|(name, _)| !own(name));
    let mut set = |name: &str, value: &str| values.push((name.to_owned(), value.to_owned()));
    set("STORES_ENV", "test");
    set("DATABASE_URL", database.owner_url().expose_secret());
    set("RABBITMQ_URL", broker.url().expose_secret());
    set("SKIP_RATE_LIMIT_FOR_E2E", "true");
    for service in SERVICES {
        set(&format!("{service}_PORT"), "0");
    }
    for (name, value) in settings {
        set(name, value);
    }
    Config::read(Env::from_values(values)).expect("the settings of tests are complete")
}
