//! Deliveries that took no effect and wait for a person: listed, shown, replayed or discarded.
//!
//! They travel through the queue `<service>.parked`, so that parking needs no database and the
//! broker can park by itself, and are kept in the table `parked`.

mod drain;

use db::{Db, Prepare};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::config::user_of;
use kernel::{EventId, TenantId};
use lapin::Channel;
use lapin::message::Delivery as Message;
use lapin::types::{AMQPValue, FieldTable, LongString};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::envelope::{self, Envelope};
use crate::publisher;
use crate::rabbit::{self, BusError, Rabbit};
use crate::schema::parked;
use crate::topology::{parked_queue, work_queue};

pub(crate) use drain::drain;

pub const PAGE_MAX: i64 = 200;

/// A reason is for reading, not for storing pages of.
const ERROR_CHARS_MAX: usize = 2_000;

/// A parked delivery, for a sysadmin's eyes.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = parked, check_for_backend(diesel::pg::Pg))]
pub struct ParkedEvent {
    /// The tenant; nil when the envelope named none.
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub event_id: Uuid,
    pub event_type: String,
    /// The message as it was told: protobuf.
    pub payload: Vec<u8>,
    /// The envelope's headers, all as text.
    pub headers: serde_json::Value,
    /// Why the last attempt failed.
    pub error: String,
    pub attempts: i32,
    pub parked_at: OffsetDateTime,
}

/// The newest first, at most [`PAGE_MAX`], those after the entry `after`.
pub async fn list(db: &Db, limit: i64, after: Option<Uuid>) -> Result<Vec<ParkedEvent>, db::Error> {
    let tx = db.begin_system("list parked events").await?;
    let mut query = parked::table
        .select(ParkedEvent::as_select())
        .order(parked::id.desc())
        .limit(limit.clamp(1, PAGE_MAX))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(parked::id.lt(after));
    }
    let page = query.load(&mut tx.conn()).await?;
    tx.rollback().await;
    Ok(page)
}

pub async fn find(db: &Db, id: Uuid) -> Result<Option<ParkedEvent>, db::Error> {
    let tx = db.begin_system("show a parked event").await?;
    let query = parked::table
        .filter(parked::id.eq(id))
        .select(ParkedEvent::as_select());
    let found = query.first(&mut tx.conn()).await.optional()?;
    tx.rollback().await;
    Ok(found)
}

/// Gives a parked event to its consumer again, with all its attempts. False when there is none.
pub async fn replay(db: &Db, rabbit: &Rabbit, id: Uuid) -> Result<bool, BusError> {
    let Some(event) = find(db, id).await? else {
        return Ok(false);
    };
    let text = |name: &str| event.headers.get(name).and_then(|value| value.as_str());
    let envelope = Envelope {
        id: EventId::from_uuid(event.event_id),
        tenant: TenantId::from_uuid(event.tenant_id),
        event_type: event.event_type.clone(),
        aggregate_id: text(envelope::AGGREGATE).unwrap_or_default().to_owned(),
        version: text(envelope::VERSION)
            .and_then(|version| version.parse().ok())
            .unwrap_or(0),
        occurred_at: text(envelope::OCCURRED)
            .and_then(|us| us.parse().ok())
            .and_then(events::from_us)
            .unwrap_or(event.parked_at),
        traceparent: text(envelope::TRACE).map(str::to_owned),
        // Who is not known is nobody: what was forged stays so.
        sender: Some(text(envelope::SENDER).unwrap_or_default().to_owned()),
        attempt: 0,
        payload: event.payload,
    };
    let service = db.service();
    let connection = rabbit.connect(service, "replay of a parked event").await?;
    let channel = rabbit::confirming_channel(&connection).await?;
    let (queue, properties) = (work_queue(service), envelope.properties(service));
    let put = publisher::put(&channel, &queue, &envelope.payload, properties).await;
    rabbit::close(&connection).await;
    put?;
    forget(db, id, event.parked_at).await?;
    Ok(true)
}

/// Erases an entry as it was: when the delivery has failed again meanwhile, its new entry stays.
async fn forget(db: &Db, id: Uuid, parked_at: OffsetDateTime) -> Result<(), db::Error> {
    let tx = db.begin_system("forget a replayed event").await?;
    let entry = parked::table
        .filter(parked::id.eq(id))
        .filter(parked::parked_at.eq(parked_at));
    diesel::delete(entry)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    tx.commit().await
}

/// Forgets a parked event; nothing will come of it. False when there is none.
pub async fn discard(db: &Db, id: Uuid) -> Result<bool, db::Error> {
    let tx = db.begin_system("discard a parked event").await?;
    let gone = diesel::delete(parked::table.filter(parked::id.eq(id)));
    let gone = gone.prepared().execute(&mut tx.conn()).await?;
    tx.commit().await?;
    Ok(gone > 0)
}

/// Puts a delivery into the service's parked queue, with its headers and the reason.
pub(crate) async fn park(
    service: &str,
    channel: &Channel,
    message: &Message,
    attempts: u32,
    reason: &str,
) -> Result<(), BusError> {
    let mut headers = match message.properties.headers() {
        Some(headers) => headers.clone(),
        None => FieldTable::default(),
    };
    let mut put = |name: &str, value: String| {
        headers.insert(name.into(), AMQPValue::LongString(LongString::from(value)));
    };
    put(envelope::ATTEMPT, attempts.to_string());
    put(
        envelope::ERROR,
        reason.chars().take(ERROR_CHARS_MAX).collect(),
    );
    let sender = envelope::sender(service, &message.properties);
    put(envelope::SENDER, sender.unwrap_or_default());
    let properties = message
        .properties
        .clone()
        .with_headers(headers)
        .with_user_id(envelope::short(&user_of(service)));
    metrics::counter!("bus_parked_total", "service" => service.to_owned()).increment(1);
    publisher::put(channel, &parked_queue(service), &message.data, properties).await
}
