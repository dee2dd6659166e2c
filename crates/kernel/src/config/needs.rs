//! What each service needs of the settings beyond what all do.

use super::outside::{STORAGE_KEYS, STRIPE_KEYS, Storage, Stripe};
use super::{Config, ConfigErrors};

impl Config {
    /// Stripe's keys.
    ///
    /// # Errors
    /// Where they are not given, by name.
    pub fn stripe(&self) -> Result<&Stripe, ConfigErrors> {
        self.stripe.as_ref().ok_or_else(|| not_set(&STRIPE_KEYS))
    }

    /// The object store's keys.
    ///
    /// # Errors
    /// Where they are not given, by name.
    pub fn storage(&self) -> Result<&Storage, ConfigErrors> {
        self.storage.as_ref().ok_or_else(|| not_set(&STORAGE_KEYS))
    }

    /// What a service needs beyond what the platform does.
    ///
    /// # Errors
    /// When a login is given neither for it nor for the owner, or keys that it uses are not given.
    pub fn check_service(&self, service: &str) -> Result<(), ConfigErrors> {
        let prefix = service.to_uppercase();
        let logins = [
            (&self.databases, "DATABASE_URL"),
            (&self.brokers, "RABBITMQ_URL"),
        ];
        let missing = logins
            .iter()
            .filter(|(logins, _)| logins.of(service).is_none());
        let faults = missing.map(|(_, name)| format!("{name} is not set (nor {prefix}_{name})"));
        let mut faults: Vec<String> = faults.collect();
        let keys = match service {
            "payments" => self.stripe().err(),
            "catalog" | "invoicing" | "migration" => self.storage().err(),
            _ => None,
        };
        faults.extend(keys.into_iter().flat_map(|missing| missing.0));
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ConfigErrors(faults))
        }
    }
}

fn not_set(names: &[&str]) -> ConfigErrors {
    let faults = names.iter().map(|name| format!("{name} is not set"));
    ConfigErrors(faults.collect())
}

#[cfg(test)]
mod tests {
    use super::super::Env;
    use super::super::settings::tests::complete;
    use super::*;

    #[test]
    fn a_service_alone_needs_no_other_services_login() {
        let owners = |name: &str| matches!(name, "DATABASE_URL" | "RABBITMQ_URL");
        let own = [
            ("CATALOG_DATABASE_URL", "postgresql://stores_catalog:a@db/s"),
            ("CATALOG_RABBITMQ_URL", "amqp://stores_catalog:b@rabbit/s"),
        ];
        let own = own.map(|(name, url)| (name.to_owned(), url.to_owned()));
        let rest = complete().into_iter().filter(|(name, _)| !owners(name));
        let config = Config::read(Env::from_values(rest.chain(own))).unwrap();
        assert!(config.check_service("catalog").is_ok());
        let faults = config.check_service("orders").unwrap_err().0.join("\n");
        for name in ["ORDERS_DATABASE_URL", "ORDERS_RABBITMQ_URL"] {
            assert!(faults.contains(name), "{name} is missing in {faults}");
        }
    }

    #[test]
    fn a_service_is_asked_for_the_keys_that_it_uses_and_for_no_others() {
        let keys = |name: &str| name.starts_with("STRIPE_") || name.starts_with("MINIO_");
        let rest = || complete().into_iter().filter(move |(name, _)| !keys(name));
        let config = Config::read(Env::from_values(rest())).unwrap();
        for service in ["tenants", "orders", "mail"] {
            assert!(config.check_service(service).is_ok(), "{service}");
        }
        let faults = config.check_service("payments").unwrap_err().0;
        assert_eq!(faults.len(), STRIPE_KEYS.len());
        for service in ["catalog", "invoicing", "migration"] {
            let faults = config.check_service(service).unwrap_err().0;
            assert_eq!(faults.len(), STORAGE_KEYS.len(), "{service}");
        }
        let half = [
            ("STRIPE_SECRET_KEY", "sk_test_1"),
            ("MINIO_ACCESS_KEY", "a"),
        ];
        let half = half.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let faults = Config::read(Env::from_values(rest().chain(half)));
        let faults = faults.err().unwrap().0.join("\n");
        for name in [
            "STRIPE_WEBHOOK_SECRET",
            "MINIO_SECRET_KEY",
            "MINIO_ENDPOINT",
        ] {
            assert!(faults.contains(name), "{name} is missing in {faults}");
        }
    }
}
