//! From the parked queue into the table, where a person finds them.

use std::collections::BTreeMap;
use std::time::Duration;

use db::{Db, Prepare};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use futures_util::StreamExt;
use kernel::TenantId;
use lapin::Channel;
use lapin::message::Delivery as Message;
use lapin::options::{BasicAckOptions, BasicConsumeOptions};
use lapin::types::FieldTable;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::envelope::{self, short};
use crate::rabbit::BusError;
use crate::schema::parked;
use crate::topology::parked_queue;

const DATABASE_FIRST: Duration = Duration::from_millis(200);
const DATABASE_LAST: Duration = Duration::from_secs(10);
/// What the broker's own giving up looks like: it adds no reason.
const BROKER_GAVE_UP: &str = "the broker gave up: the consumer was lost with it again and again";

/// Keeps what is parked until `shutdown`; a database that is away is waited for.
pub(crate) async fn drain(
    service: &str,
    db: &Db,
    channel: &Channel,
    shutdown: &CancellationToken,
) -> Result<(), BusError> {
    let queue = parked_queue(service);
    let options = BasicConsumeOptions::default();
    let mut messages = channel
        .basic_consume(short(&queue), "".into(), options, FieldTable::default())
        .await?;
    loop {
        let next = tokio::select! {
            next = messages.next() => next,
            () = shutdown.cancelled() => return Ok(()),
        };
        match next {
            Some(Ok(message)) => keep(service, db, &message, shutdown).await?,
            Some(Err(error)) => return Err(error.into()),
            None => return Err(BusError::NotTaken(queue)),
        }
    }
}

async fn keep(
    service: &str,
    db: &Db,
    message: &Message,
    shutdown: &CancellationToken,
) -> Result<(), BusError> {
    let mut backoff = Backoff::new(DATABASE_FIRST, DATABASE_LAST);
    loop {
        match store(service, db, message).await {
            Ok(()) => break,
            Err(error) => {
                warn!(service, error = %error, "A parked event could not be kept; it stays in its queue");
                if !backoff.pause(shutdown).await {
                    return Ok(());
                }
            }
        }
    }
    message.ack(BasicAckOptions::default()).await?;
    Ok(())
}

async fn store(service: &str, db: &Db, message: &Message) -> Result<(), db::Error> {
    use parked as p;
    let mut headers: BTreeMap<String, String> = envelope::texts(&message.properties);
    let sender = envelope::sender(service, &message.properties);
    headers.insert(envelope::SENDER.to_owned(), sender.unwrap_or_default());
    let text = |name: &str| headers.get(name).map(String::as_str);
    let tenant: TenantId = text(envelope::TENANT)
        .and_then(|id| id.parse().ok())
        .unwrap_or(TenantId::PLATFORM);
    let event_id = message.properties.message_id().as_ref();
    let event_id = event_id
        .and_then(|id| id.as_str().parse().ok())
        .unwrap_or_else(Uuid::now_v7);
    let attempts = text(envelope::ATTEMPT)
        .and_then(|count| count.parse().ok())
        .unwrap_or(0);
    let tx = db.begin_tenant(tenant).await?;
    diesel::insert_into(p::table)
        .values((
            p::tenant_id.eq(tenant.uuid()),
            p::id.eq(Uuid::now_v7()),
            p::event_id.eq(event_id),
            p::event_type.eq(envelope::event_type(&message.properties).unwrap_or_default()),
            p::payload.eq(&message.data),
            p::headers.eq(serde_json::json!(headers)),
            p::error.eq(text(envelope::ERROR).unwrap_or(BROKER_GAVE_UP)),
            p::attempts.eq::<i32>(attempts),
            p::parked_at.eq(now),
        ))
        .on_conflict((p::tenant_id, p::event_id))
        .do_update()
        .set((
            p::headers.eq(excluded(p::headers)),
            p::error.eq(excluded(p::error)),
            p::attempts.eq(excluded(p::attempts)),
            p::parked_at.eq(now),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    tx.commit().await
}
