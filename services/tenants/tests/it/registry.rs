//! The platform with a name server of the test's own, and a merchant who brings domains.

use reqwest::Method;
use serde_json::{Value, json};
use tenants::jobs::check_domains;
use testkit::place::Place;
use testkit::until;
use time::Duration;

use crate::dns::Zones;
use crate::world::{Ask, Reply, Store, World};

const DOMAINS: &str = "/api/tenants/admin/domains";
pub const CONFIG: &str = "/api/tenants/store/config";
pub const DOOR: &str = "203.0.113.7";

/// The platform with a name server of the test's own.
pub struct Registry {
    pub world: World,
    pub zones: Zones,
}

impl Registry {
    pub async fn open() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let zones = Zones::start().await;
        let server = zones.address.to_string();
        let mut all = vec![
            ("DNS_SERVERS", server.as_str()),
            ("DOOR_ADDRESSES", DOOR),
            ("STORES_HTTP_PORT", "8080"),
        ];
        all.extend(settings);
        let place = Place::with(&[tenants::MIGRATIONS], &all).await;
        place.broker.create().await;
        let world = World::on(place).await;
        Self { world, zones }
    }

    pub async fn merchant(&self) -> Merchant<'_> {
        let (store, session) = self.world.signed_in().await;
        Merchant {
            registry: self,
            token: session.text_at("access_token"),
            store,
        }
    }

    /// Everything that a host's zone has to say for the store.
    pub fn is_right(&self, added: &Reply) {
        let host = added.text_at("host");
        let (name, text) = proof(added);
        self.zones.says(&name, &text);
        self.zones.leads(&host, DOOR);
    }

    pub async fn at(&self, host: &str, path: &str) -> Reply {
        let ask = Ask {
            method: Method::GET,
            host: format!("{host}:8080"),
            path,
            token: None,
            body: None,
            headers: vec![],
        };
        self.world.send(ask).await
    }

    /// So much later, after the round of looks that was due then.
    pub async fn after(&self, pause: Duration) {
        self.world.place.clock.advance(pause);
        check_domains::run(self.world.app.clone()).await.unwrap();
    }

    pub async fn serves(&self, host: &str, store: &Store) {
        until("the store answers at its host", async || {
            let config = self.at(host, CONFIG).await;
            (config.status == 200 && config.text_at("slug") == store.slug).then_some(())
        })
        .await;
    }

    pub async fn serves_no_more(&self, host: &str) {
        until("nobody answers at the host", async || {
            (self.at(host, CONFIG).await.code() == "unknown-store").then_some(())
        })
        .await;
    }
}

/// A store and its owner.
pub struct Merchant<'r> {
    pub registry: &'r Registry,
    pub store: Store,
    pub token: String,
}

impl Merchant<'_> {
    pub async fn add(&self, host: &str) -> Reply {
        let who = (&self.store, self.token.as_str());
        let body = json!({ "host": host });
        let key = uuid::Uuid::now_v7().to_string();
        let world = &self.registry.world;
        world.keyed(who, DOMAINS, &key, Some(body)).await
    }

    pub async fn added(&self, host: &str) -> Reply {
        let added = self.add(host).await;
        assert_eq!(added.status, 201, "{}", added.text);
        added
    }

    /// The domain, once it is the store's.
    pub async fn has(&self, host: &str) -> Reply {
        let added = self.added(host).await;
        self.registry.is_right(&added);
        let verified = self.verify(&id(&added)).await;
        assert_eq!(verified.text_at("state"), "verified", "{}", verified.text);
        verified
    }

    pub async fn post(&self, path: &str) -> Reply {
        let (slug, token) = (&self.store.slug, Some(self.token.as_str()));
        self.registry.world.post(slug, path, token, json!({})).await
    }

    pub async fn verify(&self, id: &str) -> Reply {
        self.post(&format!("{DOMAINS}/{id}/verify")).await
    }

    pub async fn make_primary(&self, id: &str) -> Reply {
        self.post(&format!("{DOMAINS}/{id}/primary")).await
    }

    pub async fn remove(&self, id: &str) -> Reply {
        let path = format!("{DOMAINS}/{id}");
        let who = (&self.store, self.token.as_str());
        let call = (Method::DELETE, path.as_str());
        self.registry.world.write(who, call, 0, None).await
    }

    pub async fn list(&self) -> Vec<Value> {
        let (slug, token) = (&self.store.slug, Some(self.token.as_str()));
        let list = self.registry.world.get(slug, DOMAINS, token).await;
        assert_eq!(list.status, 200, "{}", list.text);
        list.body["items"].as_array().unwrap().clone()
    }

    pub async fn only(&self) -> Value {
        let mut list = self.list().await;
        assert_eq!(list.len(), 1, "{list:?}");
        list.remove(0)
    }

    pub async fn trail(&self) -> Vec<Value> {
        let (slug, token) = (&self.store.slug, Some(self.token.as_str()));
        let path = "/api/tenants/admin/audit?action=domain";
        let list = self.registry.world.get(slug, path, token).await;
        list.body["items"].as_array().unwrap().clone()
    }
}

pub fn id(domain: &Reply) -> String {
    domain.text_at("id")
}

/// The record that proves: its name and its text.
pub fn proof(added: &Reply) -> (String, String) {
    let record = &added.body["records"][0];
    assert_eq!(record["kind"], "TXT", "{}", added.text);
    let text = |field: &str| record[field].as_str().unwrap().to_owned();
    (text("name"), text("value"))
}

pub fn problem(domain: &Reply) -> (&str, &str) {
    assert_eq!(domain.status, 200, "{}", domain.text);
    let problem = &domain.body["problem"];
    let text = |field: &str| problem[field].as_str().unwrap_or_default();
    (text("code"), text("detail"))
}
