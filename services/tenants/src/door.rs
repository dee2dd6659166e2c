//! What Traefik is told of the stores' own hosts: which certificates to ask for.
//!
//! The routes themselves are the same for every host and stand in `deploy/traefik/dynamic`. So a host
//! never becomes part of a rule: it is told as a name of a certificate, and the rule beside it, which
//! Traefik wants each router to have, is of a host that nobody has.

use std::sync::Arc;

use db::Db;
use http_kit::{ApiError, Encoded};
use kernel::Config;
use kernel::config::Environment;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use tokio::sync::Mutex;

use crate::domain::hosts::is_plain;
use crate::store::hosts;

/// Certificates that one router asks for. Traefik compares all names of a router with each other.
const NAMES_MAX: usize = 100;
const RULE: &str = "Host(`own-domains.invalid`)";
const ENTRY_POINT: &str = "websecure";

/// The document, and what it was made of.
pub struct Door {
    resolver: Option<&'static str>,
    made: Mutex<Option<Made>>,
}

struct Made {
    stamp: Stamp,
    document: Arc<Encoded>,
}

type Stamp = (i64, Option<OffsetDateTime>);

impl Door {
    pub fn new(config: &Config) -> Self {
        Self {
            resolver: authority(config).map(|authority| authority.resolver),
            made: Mutex::default(),
        }
    }

    /// The document as of now; made anew when a host came or went since it was made.
    pub async fn document(&self, db: &Db, now: OffsetDateTime) -> Result<Arc<Encoded>, ApiError> {
        let mut made = self.made.lock().await;
        let stamp = db.system("see whether the door's hosts changed", async |tx| {
            hosts::stamp(tx, now).await
        });
        let stamp = stamp.await?;
        if let Some(made) = made.as_ref().filter(|made| made.stamp == stamp) {
            return Ok(made.document.clone());
        }
        let names = db.system("list the door's hosts", async |tx| {
            hosts::list_at_the_door(tx, now).await
        });
        let document = document(&names.await?, self.resolver).to_string();
        let document = Arc::new(Encoded::new(document.into_bytes()));
        *made = Some(Made {
            stamp,
            document: document.clone(),
        });
        Ok(document)
    }
}

/// Who gives certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its name in `traefik.yml`.
    pub resolver: &'static str,
    /// Whether programs believe it, or it is only for trying.
    pub is_trusted: bool,
}

/// The one of this environment; none where the platform speaks plain HTTP.
pub fn authority(config: &Config) -> Option<Authority> {
    if config.public_scheme != "https" {
        return None;
    }
    let is_trusted = match config.environment {
        Environment::Staging | Environment::Production => true,
        Environment::Development | Environment::Test | Environment::Uat => false,
    };
    Some(Authority {
        resolver: if is_trusted {
            "own-domains"
        } else {
            "own-domains-staging"
        },
        is_trusted,
    })
}

fn document(names: &[String], resolver: Option<&str>) -> Value {
    let names: Vec<&String> = names.iter().filter(|name| is_plain(name)).collect();
    let Some(resolver) = resolver.filter(|_| !names.is_empty()) else {
        // Traefik takes an empty list of routers for a mistake.
        return json!({});
    };
    let routers = names.chunks(NAMES_MAX).enumerate().map(|(number, names)| {
        let domains: Vec<Value> = names.iter().map(|name| json!({ "main": name })).collect();
        let router = json!({
            "rule": RULE,
            "entryPoints": [ENTRY_POINT],
            "service": "noop@internal",
            "tls": { "certResolver": resolver, "domains": domains },
        });
        (format!("own-domains-{number}"), router)
    });
    let routers: Map<String, Value> = routers.collect();
    json!({ "http": { "routers": routers } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count)
            .map(|number| format!("shop{number}.example.pt"))
            .collect()
    }

    #[test]
    fn every_host_has_a_certificate_of_its_own_and_stands_in_no_rule() {
        let told = document(&names(250), Some("own-domains"));
        let routers = told["http"]["routers"].as_object().unwrap();
        assert_eq!(routers.len(), 3);
        let mut mains = 0;
        for router in routers.values() {
            assert_eq!(router["rule"], RULE);
            assert_eq!(router["tls"]["certResolver"], "own-domains");
            let domains = router["tls"]["domains"].as_array().unwrap();
            assert!(domains.len() <= NAMES_MAX);
            mains += domains
                .iter()
                .filter(|domain| domain["main"].is_string())
                .count();
        }
        assert_eq!(mains, 250);
    }

    #[test]
    fn what_is_no_host_is_not_told_even_if_it_was_kept() {
        let mut hosts = names(1);
        hosts.extend(["`) || PathPrefix(`/".to_owned(), "*.example.pt".to_owned()]);
        let told = document(&hosts, Some("own-domains")).to_string();
        assert!(
            !told.contains("PathPrefix") && !told.contains("*."),
            "{told}"
        );
    }

    #[test]
    fn where_there_are_no_certificates_nothing_is_told() {
        assert_eq!(document(&names(3), None), json!({}));
        assert_eq!(document(&[], Some("own-domains")), json!({}));
    }
}
