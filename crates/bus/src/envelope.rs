//! What surrounds an event on its way: AMQP properties and headers.

use std::collections::BTreeMap;

use events::Event;
use kernel::config::user_of;
use kernel::{EventId, TenantId};
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use time::OffsetDateTime;

pub(crate) const TENANT: &str = "tenant";
pub(crate) const AGGREGATE: &str = "aggregate_id";
pub(crate) const VERSION: &str = "version";
pub(crate) const OCCURRED: &str = "occurred_at_us";
pub(crate) const TRACE: &str = "traceparent";
/// Who sent it first, where a service sends again to itself what another had sent.
pub(crate) const SENDER: &str = "x-sender";
/// How often a consumer has already failed with the message.
pub(crate) const ATTEMPT: &str = "x-attempt";
/// Why it was parked.
pub(crate) const ERROR: &str = "x-error";

const CONTENT_TYPE: &str = "application/x-protobuf";
const PERSISTENT: u8 = 2;

/// An event that arrived, and for whom.
#[derive(Clone, Debug)]
pub struct Delivery<M> {
    pub id: EventId,
    pub tenant: TenantId,
    /// When the transaction began in which the event was told.
    pub occurred_at: OffsetDateTime,
    pub message: M,
}

/// A message with its properties understood, its payload not yet.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) id: EventId,
    pub(crate) tenant: TenantId,
    pub(crate) event_type: String,
    pub(crate) aggregate_id: String,
    pub(crate) version: i64,
    pub(crate) occurred_at: OffsetDateTime,
    pub(crate) traceparent: Option<String>,
    /// The user who sent it first; nothing for what is sent now.
    pub(crate) sender: Option<String>,
    /// Failed attempts so far.
    pub(crate) attempt: u32,
    pub(crate) payload: Vec<u8>,
}

impl Envelope {
    /// What `hearer` was sent. The text says what is missing or forged; such a message can only be
    /// parked.
    pub(crate) fn read(
        hearer: &str,
        properties: &BasicProperties,
        payload: Vec<u8>,
    ) -> Result<Self, String> {
        let texts = texts(properties);
        let text = |name: &str| texts.get(name).map(String::as_str);
        let id = properties
            .message_id()
            .as_ref()
            .and_then(|id| id.as_str().parse().ok());
        let tenant = text(TENANT).and_then(|tenant| tenant.parse().ok());
        let occurred_at = text(OCCURRED)
            .and_then(|us| us.parse().ok())
            .and_then(events::from_us);
        let event_type = event_type(properties).ok_or("the envelope names no type")?;
        let sender = sender(hearer, properties).unwrap_or_default();
        check_sender(&event_type, &sender)?;
        Ok(Self {
            id: id.ok_or("the envelope has no message id")?,
            tenant: tenant.ok_or("the envelope names no tenant")?,
            event_type,
            aggregate_id: text(AGGREGATE).unwrap_or_default().to_owned(),
            version: text(VERSION)
                .and_then(|version| version.parse().ok())
                .unwrap_or(0),
            occurred_at: occurred_at.ok_or("the envelope has no time")?,
            traceparent: text(TRACE).map(str::to_owned),
            sender: Some(sender),
            attempt: text(ATTEMPT)
                .and_then(|attempt| attempt.parse().ok())
                .unwrap_or(0),
            payload,
        })
    }

    /// What goes with the payload when `service` sends it.
    pub(crate) fn properties(&self, service: &str) -> BasicProperties {
        let mut headers = FieldTable::default();
        let mut put = |name: &str, value: String| {
            headers.insert(name.into(), AMQPValue::LongString(LongString::from(value)));
        };
        put(TENANT, self.tenant.to_string());
        put(AGGREGATE, self.aggregate_id.clone());
        put(VERSION, self.version.to_string());
        put(OCCURRED, events::to_us(self.occurred_at).to_string());
        put(ATTEMPT, self.attempt.to_string());
        if let Some(traceparent) = &self.traceparent {
            put(TRACE, traceparent.clone());
        }
        if let Some(sender) = &self.sender {
            put(SENDER, sender.clone());
        }
        BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_content_type(CONTENT_TYPE.into())
            .with_message_id(self.id.to_string().into())
            .with_type(short(&self.event_type))
            .with_user_id(short(&user_of(service)))
            .with_timestamp(u64::try_from(self.occurred_at.unix_timestamp()).unwrap_or(0))
            .with_headers(headers)
    }

    /// The event itself, when it is the one the envelope says and of the tenant the envelope says.
    pub(crate) fn open<E: Event>(&self) -> Result<Delivery<E>, String> {
        let message = E::decode(self.payload.as_slice())
            .map_err(|error| format!("the payload is no {}: {error}", E::TYPE))?;
        let named: Option<TenantId> = message.tenant_id().parse().ok();
        if named != Some(self.tenant) {
            return Err("the payload names another tenant than the envelope".to_owned());
        }
        Ok(Delivery {
            id: self.id,
            tenant: self.tenant,
            occurred_at: self.occurred_at,
            message,
        })
    }
}

/// The user who first sent a message that `hearer` got. The broker lets nobody name another user than
/// himself; only from itself does a service believe whose message it sends again.
pub(crate) fn sender(hearer: &str, properties: &BasicProperties) -> Option<String> {
    let user = properties.user_id().as_ref()?.as_str().to_owned();
    if user == user_of(hearer) {
        return texts(properties).remove(SENDER).or(Some(user));
    }
    Some(user)
}

/// Whatever way a message came, what a service tells is believed from that service alone.
fn check_sender(event_type: &str, sender: &str) -> Result<(), String> {
    let teller = event_type.split('.').next().unwrap_or_default();
    let expected = user_of(teller);
    if sender == expected {
        return Ok(());
    }
    Err(match sender {
        "" => format!("its sender is not known, and only {expected} may send it"),
        _ => format!("it was sent by {sender}, and only {expected} may send it"),
    })
}

pub(crate) fn event_type(properties: &BasicProperties) -> Option<String> {
    properties
        .kind()
        .as_ref()
        .map(|kind| kind.as_str().to_owned())
}

/// All headers as text; what is neither text nor a number is left out.
pub(crate) fn texts(properties: &BasicProperties) -> BTreeMap<String, String> {
    let Some(headers) = properties.headers() else {
        return BTreeMap::new();
    };
    let readable = |(name, value): (&ShortString, &AMQPValue)| {
        let value = match value {
            AMQPValue::LongString(text) => text.to_string(),
            AMQPValue::ShortString(text) => text.to_string(),
            AMQPValue::LongLongInt(number) => number.to_string(),
            AMQPValue::LongInt(number) => number.to_string(),
            AMQPValue::Boolean(flag) => flag.to_string(),
            _ => return None,
        };
        Some((name.as_str().to_owned(), value))
    };
    headers.inner().iter().filter_map(readable).collect()
}

/// AMQP's short strings end at 255 bytes; longer ones are nobody's type or queue.
pub(crate) fn short(text: &str) -> ShortString {
    ShortString::try_new(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `hearer` makes of a message of payments that `user` sent, perhaps in the name of `first`.
    fn read(hearer: &str, user: &str, first: Option<&str>) -> Result<Envelope, String> {
        let envelope = Envelope {
            id: EventId::new(),
            tenant: TenantId::new(),
            event_type: "payments.payment_succeeded.v1".to_owned(),
            aggregate_id: String::new(),
            version: 1,
            occurred_at: events::from_us(1_764_000_000_000_000).unwrap(),
            traceparent: None,
            sender: first.map(str::to_owned),
            attempt: 0,
            payload: Vec::new(),
        };
        Envelope::read(hearer, &envelope.properties(user), Vec::new())
    }

    #[test]
    fn an_event_is_believed_from_its_own_service() {
        assert!(read("orders", "payments", None).is_ok());
        assert!(read("payments", "payments", None).is_ok());
    }

    #[test]
    fn another_service_is_not_believed_whatever_it_says_of_the_sender() {
        for first in [None, Some("stores_payments"), Some("stores_catalog")] {
            let reason = read("orders", "catalog", first).err().unwrap();
            assert!(reason.contains("sent by stores_catalog"), "{reason}");
        }
    }

    #[test]
    fn what_a_service_sends_again_to_itself_keeps_its_first_sender() {
        assert!(read("orders", "orders", Some("stores_payments")).is_ok());
        for first in [None, Some(""), Some("stores_catalog")] {
            assert!(read("orders", "orders", first).is_err(), "{first:?}");
        }
    }
}
