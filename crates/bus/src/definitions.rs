//! What the broker must hold before a service comes: logins, permissions, the exchange, the queues.
//!
//! It is one document in the form that RabbitMQ's management imports, so that it can be sent there
//! (`stores migrate`), imported by hand or loaded by the broker itself when it starts. Importing it
//! again changes nothing, and what is there already is left as it is.
//!
//! A service may publish under its own name only, consume its own queues only, and make nothing but
//! the nameless queues of its instances. The broker looks at a message's key and not at what is
//! inside, so consumers look at the sender as well: `Envelope::read`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::topology::{LISTENERS, SUBSCRIPTIONS, Subscription};
use kernel::config::user_of;
use lapin::uri::{AMQPUri, AMQPUserInfo};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::rabbit::{BusError, Rabbit};
use crate::topology::{
    EXCHANGE, RetryDelays, directed_pattern, marker_queue, parked_queue, retry_queue, work_queue,
};

/// Redeliveries by the broker itself (a consumer that dies with the message) before it is parked.
/// Set because RabbitMQ 3 has no limit of its own and RabbitMQ 4 has this one.
const DELIVERY_LIMIT: u64 = 20;

/// A queue without a name gets one that begins so; it belongs to the connection that made it.
const NAMELESS: &str = r"amq\.gen-.*";

/// RabbitMQ's hashes begin with so much salt.
const SALT_BYTES: usize = 4;

impl Rabbit {
    /// What the services need of a broker that knows its owner.
    ///
    /// # Errors
    /// When the owner's login is not set, or a login is no URL.
    pub fn definitions(&self) -> Result<Value, BusError> {
        self.definitions_beside(Vec::new())
    }

    /// The same with the owner: for a broker that loads it when it starts, and knows nobody yet.
    ///
    /// # Errors
    /// As [`Rabbit::definitions`].
    pub fn definitions_with_owner(&self) -> Result<Value, BusError> {
        let owner = login(&self.owner()?.authority.userinfo, "administrator");
        self.definitions_beside(vec![owner])
    }

    fn definitions_beside(&self, mut users: Vec<Value>) -> Result<Value, BusError> {
        let owner = self.owner()?;
        let vhost = owner.vhost.as_str();
        for subscription in SUBSCRIPTIONS.iter().chain(LISTENERS) {
            users.push(self.user(subscription)?);
        }
        let mut permissions = of_all(|s| vec![permission(s, vhost)]);
        permissions.extend(LISTENERS.iter().map(|l| listener_permission(l, vhost)));
        permissions.push(full_permission(&owner.authority.userinfo.username, vhost));
        let mut topics = of_all(|s| vec![topic_permission(s, vhost)]);
        topics.extend(LISTENERS.iter().map(|l| listener_topics(l, vhost)));
        Ok(json!({
            "vhosts": [{ "name": vhost }],
            "users": users,
            "permissions": permissions,
            "topic_permissions": topics,
            "exchanges": [exchange(vhost)],
            "queues": of_all(|s| queues(s, vhost, self.delays)),
            "bindings": of_all(|s| bindings(s, vhost, self.delays)),
        }))
    }

    fn owner(&self) -> Result<AMQPUri, BusError> {
        let url = self.logins.owner();
        parsed(url.ok_or_else(|| BusError::NoLogin("the owner".to_owned()))?)
    }

    fn user(&self, subscription: &Subscription) -> Result<Value, BusError> {
        let service = subscription.service;
        let url = self.logins.of(service);
        let url = parsed(&url.ok_or_else(|| BusError::NoLogin(user_of(service)))?)?;
        Ok(login(&url.authority.userinfo, ""))
    }
}

fn parsed(url: &SecretString) -> Result<AMQPUri, BusError> {
    url.expose_secret().parse().map_err(BusError::Address)
}

fn of_all(part: impl Fn(&'static Subscription) -> Vec<Value>) -> Vec<Value> {
    SUBSCRIPTIONS.iter().flat_map(part).collect()
}

/// The broker gets a hash. Its salt follows from what is hashed, so that nothing differs when
/// nothing changed.
fn login(user: &AMQPUserInfo, tags: &str) -> Value {
    let AMQPUserInfo { username, password } = user;
    let digest = Sha256::digest(format!("{username}:{password}"));
    let mut hash: Vec<u8> = digest.iter().take(SALT_BYTES).copied().collect();
    let salted = Sha256::new().chain_update(&hash).chain_update(password);
    hash.extend(salted.finalize());
    json!({
        "name": username,
        "password_hash": STANDARD.encode(hash),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
    })
}

fn permission(subscription: &Subscription, vhost: &str) -> Value {
    let service = subscription.service;
    let exchange = literally(EXCHANGE);
    let own = [work_queue(service), parked_queue(service)].map(|queue| literally(&queue));
    let own = own.join("|");
    json!({
        "user": user_of(service),
        "vhost": vhost,
        "configure": format!("^{NAMELESS}$"),
        "write": format!("^({exchange}|{NAMELESS})$"),
        "read": format!("^({exchange}|{own}|{NAMELESS})$"),
    })
}

/// Under which keys a service may publish, and which it may bind a queue of an instance to: what it
/// hears, and what it tells itself.
fn topic_permission(subscription: &Subscription, vhost: &str) -> Value {
    let own = literally(&format!("{}.", subscription.service));
    let heard: Vec<_> = subscription.types.iter().map(|t| literally(t)).collect();
    json!({
        "user": user_of(subscription.service),
        "vhost": vhost,
        "exchange": EXCHANGE,
        "write": format!("^{own}"),
        "read": format!("^({own}.*|{})$", heard.join("|")),
    })
}

/// Who only listens makes and reads the nameless queues of its instances, and publishes nothing.
fn listener_permission(listener: &Subscription, vhost: &str) -> Value {
    let exchange = literally(EXCHANGE);
    json!({
        "user": user_of(listener.service),
        "vhost": vhost,
        "configure": format!("^{NAMELESS}$"),
        "write": format!("^{NAMELESS}$"),
        "read": format!("^({exchange}|{NAMELESS})$"),
    })
}

fn listener_topics(listener: &Subscription, vhost: &str) -> Value {
    let heard: Vec<_> = listener.types.iter().map(|t| literally(t)).collect();
    json!({
        "user": user_of(listener.service),
        "vhost": vhost,
        "exchange": EXCHANGE,
        "write": "^$",
        "read": format!("^({})$", heard.join("|")),
    })
}

fn full_permission(user: &str, vhost: &str) -> Value {
    json!({ "user": user, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*" })
}

/// Names are letters, digits, dots, dashes and underscores: only the dot means something else.
fn literally(name: &str) -> String {
    name.replace('.', r"\.")
}

fn exchange(vhost: &str) -> Value {
    json!({
        "name": EXCHANGE,
        "vhost": vhost,
        "type": "topic",
        "durable": true,
        "auto_delete": false,
        "internal": false,
        "arguments": {},
    })
}

fn queues(subscription: &Subscription, vhost: &str, delays: RetryDelays) -> Vec<Value> {
    let service = subscription.service;
    let (work, parked) = (work_queue(service), parked_queue(service));
    let mut queues = vec![
        queue(&parked, vhost, &json!({ "x-queue-type": "quorum" })),
        queue(
            &marker_queue(service),
            vhost,
            &json!({ "x-queue-type": "quorum" }),
        ),
        queue(
            &work,
            vhost,
            &until(&parked, "x-delivery-limit", DELIVERY_LIMIT),
        ),
    ];
    queues.extend(delays.0.map(|delay| {
        let ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        let name = retry_queue(service, delay);
        queue(&name, vhost, &until(&work, "x-message-ttl", ms))
    }));
    queues
}

fn queue(name: &str, vhost: &str, arguments: &Value) -> Value {
    json!({
        "name": name,
        "vhost": vhost,
        "durable": true,
        "auto_delete": false,
        "arguments": arguments,
    })
}

/// A quorum queue that holds a message until the limit, and then keeps it as a dead letter until the
/// next queue has it.
fn until(next: &str, limit: &str, value: u64) -> Value {
    json!({
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": next,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        (limit): value,
    })
}

fn bindings(subscription: &Subscription, vhost: &str, delays: RetryDelays) -> Vec<Value> {
    let service = subscription.service;
    let work = work_queue(service);
    let by_name = [work.clone(), parked_queue(service), marker_queue(service)]
        .into_iter()
        .chain(delays.0.map(|delay| retry_queue(service, delay)))
        .map(|queue| binding(&queue, &queue, vhost));
    let heard = subscription.types.iter().map(|t| (*t).to_owned());
    let heard = heard
        .chain([directed_pattern(service)])
        .map(|key| binding(&work, &key, vhost));
    by_name.chain(heard).collect()
}

fn binding(queue: &str, key: &str, vhost: &str) -> Value {
    json!({
        "source": EXCHANGE,
        "vhost": vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    })
}

#[cfg(test)]
mod tests {
    use kernel::config::Logins;

    use super::*;

    fn rabbit() -> Rabbit {
        let owner = SecretString::from("amqp://stores:pw@rabbit:5672/shops".to_owned());
        Rabbit::new(Logins::from(owner))
    }

    #[test]
    fn passwords_are_hashed_as_the_broker_does() {
        let user = AMQPUserInfo {
            username: "stores".to_owned(),
            password: "pw".to_owned(),
        };
        let entry = login(&user, "");
        let hash = STANDARD
            .decode(entry["password_hash"].as_str().unwrap())
            .unwrap();
        let (salt, digest) = hash.split_at(SALT_BYTES);
        let expected = Sha256::new().chain_update(salt).chain_update("pw");
        assert_eq!(digest, expected.finalize().as_slice());
    }

    #[test]
    fn the_owner_is_made_only_where_the_broker_knows_nobody() {
        let text = rabbit().definitions().unwrap().to_string();
        assert!(!text.contains("administrator"));
        let complete = rabbit().definitions_with_owner().unwrap();
        let users = complete["users"].as_array().unwrap();
        assert_eq!(users.len(), SUBSCRIPTIONS.len() + LISTENERS.len() + 1);
        assert_eq!(complete["vhosts"][0]["name"], "shops");
    }

    #[test]
    fn a_dot_in_a_name_stands_for_nothing_else() {
        let known = SUBSCRIPTIONS.iter().find(|s| s.service == "catalog");
        let catalog = topic_permission(known.unwrap(), "shops");
        assert_eq!(catalog["write"], r"^catalog\.");
        let read = catalog["read"].as_str().unwrap();
        assert!(read.contains(r"|orders\.stock_changed\.v1"), "{read}");
    }
}
