//! What surrounds an event on its way: AMQP properties and headers.

use std::collections::BTreeMap;

use events::Event;
use kernel::{EventId, TenantId};
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use time::OffsetDateTime;

pub(crate) const TENANT: &str = "tenant";
pub(crate) const AGGREGATE: &str = "aggregate_id";
pub(crate) const VERSION: &str = "version";
pub(crate) const OCCURRED: &str = "occurred_at_us";
pub(crate) const TRACE: &str = "traceparent";
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
    /// Failed attempts so far.
    pub(crate) attempt: u32,
    pub(crate) payload: Vec<u8>,
}

impl Envelope {
    /// The text says what is missing; such a message can only be parked.
    pub(crate) fn read(properties: &BasicProperties, payload: Vec<u8>) -> Result<Self, String> {
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
        Ok(Self {
            id: id.ok_or("the envelope has no message id")?,
            tenant: tenant.ok_or("the envelope names no tenant")?,
            event_type: event_type(properties).ok_or("the envelope names no type")?,
            aggregate_id: text(AGGREGATE).unwrap_or_default().to_owned(),
            version: text(VERSION)
                .and_then(|version| version.parse().ok())
                .unwrap_or(0),
            occurred_at: occurred_at.ok_or("the envelope has no time")?,
            traceparent: text(TRACE).map(str::to_owned),
            attempt: text(ATTEMPT)
                .and_then(|attempt| attempt.parse().ok())
                .unwrap_or(0),
            payload,
        })
    }

    pub(crate) fn properties(&self) -> BasicProperties {
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
        BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_content_type(CONTENT_TYPE.into())
            .with_message_id(self.id.to_string().into())
            .with_type(short(&self.event_type))
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
