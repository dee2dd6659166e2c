//! What a service's login may do at the broker, and what it may not.

use bus::Rabbit;
use kernel::config::{Logins, derived_login, user_of};
use lapin::options::{
    BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions,
    QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions, QueuePurgeOptions,
};
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
use secrecy::{ExposeSecret, SecretString};
use testkit::broker::Broker;

use crate::world::World;

const EXCHANGE: &str = "stores.events";

/// A connection under the login of a service.
pub async fn enter(broker: &Broker, service: &str) -> Result<Connection, lapin::Error> {
    let url = derived_login(&broker.url(), service);
    Connection::connect(url.expose_secret(), ConnectionProperties::default()).await
}

/// A service at the broker. What is refused costs a channel: each attempt has its own.
struct Guest(Connection);

impl Guest {
    async fn of(broker: &Broker, service: &str) -> Self {
        Self(enter(broker, service).await.unwrap())
    }

    async fn channel(&self) -> Channel {
        let channel = self.0.create_channel().await.unwrap();
        let confirmed = channel.confirm_select(ConfirmSelectOptions::default());
        confirmed.await.unwrap();
        channel
    }

    async fn publish(
        &self,
        exchange: &str,
        key: &str,
        properties: BasicProperties,
    ) -> Result<Confirmation, lapin::Error> {
        let channel = self.channel().await;
        let (exchange, options) = (exchange.into(), BasicPublishOptions::default());
        let sent = channel.basic_publish(exchange, key.into(), options, b"", properties);
        sent.await?.await
    }

    async fn consume(&self, queue: &str) -> Result<(), lapin::Error> {
        let options = BasicConsumeOptions::default();
        let none = FieldTable::default();
        let channel = self.channel().await;
        let consumer = channel.basic_consume(queue.into(), "".into(), options, none);
        consumer.await.map(drop)
    }

    async fn make(&self, queue: &str) -> Result<(), lapin::Error> {
        let options = QueueDeclareOptions::durable();
        let channel = self.channel().await;
        let made = channel.queue_declare(queue.into(), options, FieldTable::default());
        made.await.map(drop)
    }

    /// Binds a queue; with no name, one of the connection's own.
    async fn bind(&self, queue: &str, key: &str) -> Result<(), lapin::Error> {
        let channel = self.channel().await;
        let mut queue: ShortString = queue.into();
        if queue.as_str().is_empty() {
            let options = QueueDeclareOptions {
                exclusive: true,
                ..QueueDeclareOptions::default()
            };
            let own = channel.queue_declare(queue, options, FieldTable::default());
            queue = own.await?.name().clone();
        }
        let (options, none) = (QueueBindOptions::default(), FieldTable::default());
        let bound = channel.queue_bind(queue, EXCHANGE.into(), key.into(), options, none);
        bound.await
    }
}

fn assert_refused<T: std::fmt::Debug>(outcome: Result<T, lapin::Error>, what: &str) {
    let error = outcome.expect_err(what).to_string();
    assert!(error.contains("refused"), "{what}: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn catalogs_login_publishes_under_no_other_name_than_its_own() {
    let broker = Broker::start().await;
    let catalog = Guest::of(&broker, "catalog").await;
    let nothing = BasicProperties::default;
    for key in [
        "payments.payment_succeeded.v1",
        "payments.payment_succeeded.v1.to.orders",
        "orders.events",
        "catalogs.product_changed.v1",
    ] {
        assert_refused(catalog.publish(EXCHANGE, key, nothing()).await, key);
    }
    let past_the_exchange = catalog.publish("", "orders.events", nothing()).await;
    assert_refused(past_the_exchange, "a queue of orders");
    let past_the_exchange = catalog.publish("amq.topic", "payments.x", nothing()).await;
    assert_refused(past_the_exchange, "another exchange");

    let named = |service| nothing().with_user_id(user_of(service).into());
    let own = "catalog.product_changed.v1";
    let disguised = catalog.publish(EXCHANGE, own, named("payments")).await;
    let error = disguised.expect_err("another's name").to_string();
    assert!(error.contains("user_id"), "{error}");
    let sent = catalog.publish(EXCHANGE, own, named("catalog")).await;
    assert_eq!(sent.unwrap(), Confirmation::Ack(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn catalogs_login_reaches_no_other_services_queue_and_makes_none() {
    let broker = Broker::start().await;
    let catalog = Guest::of(&broker, "catalog").await;
    for queue in ["orders.events", "orders.parked", "payments.events"] {
        assert_refused(catalog.consume(queue).await, queue);
        let channel = catalog.channel().await;
        let got = channel.basic_get(queue.into(), BasicGetOptions::default());
        assert_refused(got.await.map(drop), queue);
        let channel = catalog.channel().await;
        let purged = channel.queue_purge(queue.into(), QueuePurgeOptions::default());
        assert_refused(purged.await, queue);
        let channel = catalog.channel().await;
        let deleted = channel.queue_delete(queue.into(), QueueDeleteOptions::default());
        assert_refused(deleted.await, queue);
        assert_refused(catalog.make(queue).await, queue);
        let bound = catalog.bind(queue, "catalog.product_changed.v1").await;
        assert_refused(bound, queue);
    }
    assert_refused(catalog.make("catalog.more").await, "a queue of its own");
    for key in ["orders.order_placed.v1", "orders.#", "#", "*.*.v1"] {
        assert_refused(catalog.bind("", key).await, key);
    }
    for own in ["catalog.events", "catalog.parked"] {
        catalog.consume(own).await.unwrap();
    }
    for key in ["orders.stock_changed.v1", "catalog.product_changed.v1"] {
        catalog.bind("", key).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_services_login_enters_no_other_virtual_host() {
    let (broker, other) = (Broker::start().await, Broker::not_yet());
    other.create_empty().await;
    enter(&broker, "catalog").await.unwrap();
    assert_refused(enter(&other, "catalog").await.map(drop), "another vhost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_was_not_prepared_says_what_to_do() {
    let world = World::without_broker().await;
    let told = async |rabbit: &Rabbit, reason: &str| {
        let error = rabbit.check("catalog").await.unwrap_err().to_string();
        assert!(error.contains("stores migrate"), "{error}");
        assert!(error.contains(reason), "{error}");
    };
    told(&world.rabbit, "stores_catalog").await;
    world.broker.create_empty().await;
    told(&world.rabbit, "stores_catalog").await;
    world.make_broker().await;
    world.rabbit.check("catalog").await.unwrap();

    let other_password = world.broker.url().expose_secret().replacen('@', "x@", 1);
    let stranger = Rabbit::new(Logins::from(SecretString::from(other_password)));
    told(&stranger, "stores_catalog").await;
    world.broker.delete_queue("catalog.events").await;
    told(&world.rabbit, "catalog.events").await;
    world.end().await;
}
