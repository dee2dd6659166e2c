//! Publishing by hand: what a relay would never send.

use events::Event;
use kernel::EventId;
use kernel::config::user_of;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable, LongString};
use lapin::{BasicProperties, Channel, Connection};
use rand::seq::SliceRandom;

use crate::access::enter;
use crate::world::{World, count, until};

/// To `payments`, under the login of a service.
pub struct Sender {
    service: &'static str,
    _connection: Connection,
    channel: Channel,
}

#[derive(Clone)]
pub struct Message {
    pub id: String,
    pub tenant: String,
    pub event_type: String,
    pub payload: Vec<u8>,
}

impl Sender {
    pub async fn connect(world: &World, service: &'static str) -> Self {
        let connection = enter(&world.broker, service).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        let confirmed = channel.confirm_select(ConfirmSelectOptions::default());
        confirmed.await.unwrap();
        Self {
            service,
            _connection: connection,
            channel,
        }
    }

    pub fn message<E: Event>(&self, event: &E) -> Message {
        Message {
            id: EventId::new().to_string(),
            tenant: event.tenant_id().to_owned(),
            event_type: E::TYPE.to_owned(),
            payload: event.encode_to_vec(),
        }
    }

    pub async fn send(&self, message: &Message) {
        let mut headers = FieldTable::default();
        for (name, value) in [
            ("tenant", message.tenant.as_str()),
            ("occurred_at_us", "1764000000000000"),
        ] {
            headers.insert(name.into(), AMQPValue::LongString(LongString::from(value)));
        }
        let properties = BasicProperties::default()
            .with_message_id(message.id.as_str().into())
            .with_type(message.event_type.as_str().into())
            .with_user_id(user_of(self.service).into())
            .with_headers(headers);
        let options = BasicPublishOptions {
            mandatory: true,
            ..BasicPublishOptions::default()
        };
        // The broker lets a service send under its own name; what is inside it cannot see.
        let key = format!("{}.anything.to.payments", self.service);
        let sent = self.channel.basic_publish(
            "stores.events".into(),
            key.into(),
            options,
            &message.payload,
            properties,
        );
        let confirmation = sent.await.unwrap().await.unwrap();
        assert_eq!(confirmation, lapin::Confirmation::Ack(None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thrice_and_shuffled_is_once_in_effect() {
    let world = World::new().await;
    world.start(world.consumer().lanes(8));
    let sender = Sender::connect(&world, "orders").await;
    let once: Vec<Message> = (0..100).map(|_| sender.message(&world.placed())).collect();
    let mut thrice: Vec<Message> = once.iter().cycle().take(300).cloned().collect();
    thrice.shuffle(&mut rand::rng());
    for message in &thrice {
        sender.send(message).await;
    }
    let last = sender.message(&world.placed());
    sender.send(&last).await;
    until("all took effect", async || world.effects().await == 101).await;
    let twice =
        "SELECT count(*) AS n FROM (SELECT subject FROM effect GROUP BY 1 HAVING count(*) > 1) t";
    assert_eq!(count(&world.payments, twice).await, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projection_keeps_the_newest_whatever_the_order() {
    use events::tenants::v1::{StaffChanged, StaffStatus, TenantChanged, TenantStatus};
    let world = World::new().await;
    world.start(world.consumer());
    let sender = Sender::connect(&world, "tenants").await;
    for version in [3, 1, 4, 2, 4] {
        let tenant = TenantChanged {
            tenant_id: world.tenant.to_string(),
            version,
            slug: format!("shop-{version}"),
            status: TenantStatus::Active.into(),
            entitlements: [("limit.products".to_owned(), 250)].into(),
            ..TenantChanged::default()
        };
        sender.send(&sender.message(&tenant)).await;
        let staff = StaffChanged {
            tenant_id: world.tenant.to_string(),
            staff_id: kernel::TenantId::PLATFORM.to_string(),
            version,
            perms_version: version,
            status: StaffStatus::Active.into(),
            ..StaffChanged::default()
        };
        sender.send(&sender.message(&staff)).await;
    }
    let newest = "SELECT count(*) AS n FROM tenant_view WHERE slug = 'shop-4' AND version = 4
                  AND status = 'active' AND entitlements = '{\"limit.products\": 250}'";
    until("the newest is kept", async || {
        count(&world.payments, newest).await == 1
    })
    .await;
    let staff = "SELECT count(*) AS n FROM staff_view WHERE perms_version = 4 AND active";
    until("the newest is kept", async || {
        count(&world.payments, staff).await == 1
    })
    .await;
    world.end().await;
}
