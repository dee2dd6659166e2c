//! Whether the broker still has what it was given.
//!
//! Each service keeps one message in a queue that nobody reads. Where it is missing, the broker was
//! emptied or is another one, and what it had confirmed is gone with it: everything published in the
//! last seven days is told again. Who heard it already knows it by its inbox or its version.

use std::time::Duration;

use db::Db;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection};
use time::OffsetDateTime;
use tracing::{info, warn};

use crate::envelope::short;
use crate::rabbit::{self, BusError};
use crate::replay::{Progress, Selection, tell};
use crate::topology::marker_queue;
use crate::{publisher, topology};

/// AMQP's mark of a message that is written to disk.
const PERSISTENT: u8 = 2;

/// A broker that is being prepared has no queue for some events yet.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// Tells again all that was published before `session_began`, if the broker has lost it. What is
/// published meanwhile on the same connection has reached this broker.
pub(crate) async fn restore(
    db: &Db,
    connection: &Connection,
    session_began: OffsetDateTime,
) -> Result<(), BusError> {
    let channel = rabbit::confirming_channel(connection).await?;
    topology::exchange_is_there(&channel).await?;
    let service = db.service();
    if is_kept(&channel, service).await? {
        return Ok(());
    }
    let lost = Selection {
        published_before: Some(session_began),
        ..Selection::default()
    };
    let mut progress = Progress::default();
    while let Err(error) = tell(db, &channel, &lost, &mut progress).await {
        if !channel.status().connected() {
            return Err(error);
        }
        warn!(service, error = %error, "The broker has lost what {service} told, and it cannot all be told again yet");
        tokio::time::sleep(AGAIN_AFTER).await;
    }
    if progress.count > 0 {
        warn!(
            service,
            count = progress.count,
            "The broker had lost what {service} told; it was told again"
        );
    }
    let properties = BasicProperties::default().with_delivery_mode(PERSISTENT);
    publisher::put(&channel, &marker_queue(service), b"kept", properties).await?;
    info!(service, "The broker is marked as one that has everything");
    Ok(())
}

async fn is_kept(channel: &Channel, service: &str) -> Result<bool, BusError> {
    let options = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::durable()
    };
    let queue = short(&marker_queue(service));
    let queue = channel.queue_declare(queue, options, FieldTable::default());
    Ok(queue.await?.message_count() > 0)
}
