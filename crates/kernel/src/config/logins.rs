//! Who logs in to a server: its owner, and each service in a name of its own.

use secrecy::{ExposeSecret, SecretString};

use super::Env;
use super::passwords::derived_login;

/// The owner's login to a server as a URL, and those of the services.
///
/// The owner's alone is enough: a service's derives from it, user `stores_<service>` with a password
/// that is an HMAC of the owner's under that name. So one variable configures the platform, and yet
/// no service connects as the owner. A service's own variable takes its place where the owner's
/// login must not be in a service's environment.
#[derive(Clone, Debug)]
pub struct Logins {
    owner: Option<SecretString>,
    services: Vec<(&'static str, SecretString)>,
}

impl Logins {
    /// Reads `variable` and, for each service, `<SERVICE>_<variable>`; one of them must be there.
    pub fn read(
        env: &mut Env,
        variable: &str,
        services: impl Iterator<Item = (&'static str, &'static str)> + Clone,
    ) -> Self {
        let owner = env.secret(variable);
        let own = services.clone().filter_map(|(name, prefix)| {
            let url = env.secret(&format!("{prefix}_{variable}"))?;
            Some((name, url))
        });
        let own: Vec<_> = own.collect();
        if owner.is_none() && own.is_empty() {
            let each: Vec<_> = services
                .map(|(_, prefix)| format!("{prefix}_{variable}"))
                .collect();
            let each = each.join(", ");
            env.fault(format!("{variable} is not set (nor any of {each})"));
        }
        Self {
            owner,
            services: own,
        }
    }

    pub fn owner(&self) -> Option<&SecretString> {
        self.owner.as_ref()
    }

    /// The login of one service; nothing when neither its own nor the owner's is known.
    pub fn of(&self, service: &str) -> Option<SecretString> {
        let own = self.services.iter().find(|(name, _)| *name == service);
        match (own, &self.owner) {
            (Some((_, url)), _) => Some(url.clone()),
            (None, Some(owner)) => Some(derived_login(owner, service)),
            (None, None) => None,
        }
    }

    /// The services whose login is given under another user than `stores_<service>`.
    pub(super) fn misnamed(&self) -> impl Iterator<Item = &'static str> {
        let wrong = |(name, url): &&(&'static str, SecretString)| {
            user_and_password(url).is_none_or(|(user, _)| user != user_of(name))
        };
        self.services.iter().filter(wrong).map(|(name, _)| *name)
    }
}

/// Only the owner's: every service's derives from it.
impl From<SecretString> for Logins {
    fn from(owner: SecretString) -> Self {
        Self {
            owner: Some(owner),
            services: Vec::new(),
        }
    }
}

/// The user as which a service logs in, to the database and to the broker.
pub fn user_of(service: &str) -> String {
    format!("stores_{service}")
}

/// What stands before the `@` of a URL, as it is written there.
pub(super) fn user_and_password(url: &SecretString) -> Option<(&str, &str)> {
    let (_, rest) = url.expose_secret().split_once("://")?;
    let (login, _) = rest.rsplit_once('@')?;
    login.split_once(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: [(&str, &str); 2] = [("catalog", "CATALOG"), ("orders", "ORDERS")];

    fn read(variables: &[(&str, &str)]) -> (Logins, Vec<String>) {
        let pairs = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut env = Env::from_values(pairs);
        let logins = Logins::read(&mut env, "RABBITMQ_URL", SERVICES.into_iter());
        let faults = env.finish(()).err().map(|errors| errors.0);
        (logins, faults.unwrap_or_default())
    }

    #[test]
    fn a_service_has_its_own_login_derived_from_the_owners() {
        let (logins, faults) = read(&[("RABBITMQ_URL", "amqp://stores:pw@rabbit:5672/stores")]);
        assert!(faults.is_empty());
        let [catalog, orders] = ["catalog", "orders"].map(|name| logins.of(name).unwrap());
        let catalog = catalog.expose_secret();
        assert!(catalog.starts_with("amqp://stores_catalog:"));
        assert!(catalog.ends_with("@rabbit:5672/stores"));
        assert!(!catalog.contains(":pw@"));
        let (_, secret) = user_and_password(&orders).unwrap();
        assert!(!catalog.contains(secret), "no two have one password");
    }

    #[test]
    fn its_own_variable_is_enough_for_a_service_and_says_nothing_of_the_others() {
        let own = "amqp://stores_catalog:secret@rabbit/stores";
        let (logins, faults) = read(&[("CATALOG_RABBITMQ_URL", own)]);
        assert!(faults.is_empty());
        assert_eq!(logins.of("catalog").unwrap().expose_secret(), own);
        assert!(logins.of("orders").is_none());
        assert!(logins.owner().is_none());
    }

    #[test]
    fn without_any_login_all_that_would_do_are_named() {
        let (_, faults) = read(&[]);
        let [fault] = faults.as_slice() else {
            panic!("one fault in {faults:?}")
        };
        for name in [
            "RABBITMQ_URL",
            "CATALOG_RABBITMQ_URL",
            "ORDERS_RABBITMQ_URL",
        ] {
            assert!(fault.contains(name), "{name} is missing in {fault}");
        }
    }

    #[test]
    fn a_login_of_another_name_than_the_services_is_noticed() {
        let (logins, _) = read(&[
            (
                "CATALOG_RABBITMQ_URL",
                "amqp://stores_catalog:a@rabbit/stores",
            ),
            ("ORDERS_RABBITMQ_URL", "amqp://admin:a@rabbit/stores"),
        ]);
        assert_eq!(logins.misnamed().collect::<Vec<_>>(), ["orders"]);
    }
}
