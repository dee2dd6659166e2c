//! Telling again what was told in the last seven days: for a consumer that must be rebuilt, or a
//! broker that lost everything.

use db::Db;
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use lapin::{Channel, Connection};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::envelope::Envelope;
use crate::publisher;
use crate::rabbit::{self, BusError, Rabbit};
use crate::relay::{Told, is_done};
use crate::schema::outbox;
use crate::topology::directed_key;

const PAGE: i64 = 200;

/// Which published events to tell again. Everything is chosen by default.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these types; all when empty.
    pub types: Vec<String>,
    pub tenant: Option<TenantId>,
    /// Told at this time or later.
    pub since: Option<OffsetDateTime>,
    /// Published before this time.
    pub published_before: Option<OffsetDateTime>,
    /// Only for this service; everybody who hears the type when absent.
    pub to: Option<String>,
}

impl Selection {
    fn key(&self, envelope: &Envelope) -> String {
        match &self.to {
            Some(hearer) => directed_key(&envelope.event_type, hearer),
            None => envelope.event_type.clone(),
        }
    }
}

/// A way to the broker on which events are told again.
pub struct Replay {
    db: Db,
    connection: Connection,
    channel: Channel,
}

impl Replay {
    /// Connects; so whoever asks knows whether the broker is there before it begins.
    pub async fn begin(db: &Db, rabbit: &Rabbit) -> Result<Self, BusError> {
        let connection = rabbit.connect(db.service(), "replay").await?;
        let channel = rabbit::confirming_channel(&connection).await?;
        Ok(Self {
            db: db.clone(),
            connection,
            channel,
        })
    }

    /// Publishes the selected events of the service in their order; answers how many. The rows stay as
    /// they are. Consumers apply only what is newer than they know, or new to their inbox.
    pub async fn tell(self, selection: &Selection) -> Result<u64, BusError> {
        let mut progress = Progress::default();
        let told = tell(&self.db, &self.channel, selection, &mut progress).await;
        rabbit::close(&self.connection).await;
        told.map(|()| progress.count)
    }
}

/// Tells the selected events of `db`'s service again; answers how many.
pub async fn replay(db: &Db, rabbit: &Rabbit, selection: &Selection) -> Result<u64, BusError> {
    Replay::begin(db, rabbit).await?.tell(selection).await
}

/// How far a telling has come: what was interrupted goes on from there.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    after: Option<(OffsetDateTime, Uuid)>,
    pub(crate) count: u64,
}

/// On a channel whose publishings are confirmed, in the order of their first publishing.
pub(crate) async fn tell(
    db: &Db,
    channel: &Channel,
    selection: &Selection,
    progress: &mut Progress,
) -> Result<(), BusError> {
    // What is published meanwhile is told anyway.
    let before = match selection.published_before {
        Some(before) => before,
        None => database_time(db).await?,
    };
    loop {
        let page = page(db, selection, before, progress.after).await?;
        let Some((last, at)) = page.last() else {
            return Ok(());
        };
        let reached = (*at, last.id);
        let envelopes: Vec<Envelope> = page.into_iter().map(|(row, _)| row.into()).collect();
        let keyed = envelopes
            .iter()
            .map(|envelope| (selection.key(envelope), envelope));
        let fates = publisher::publish(db.service(), channel, keyed).await?;
        let mut told = envelopes.iter().zip(&fates);
        if !told.all(|(envelope, fate)| is_done(db.service(), &envelope.event_type, *fate)) {
            return Err(BusError::NotTaken("a replay".to_owned()));
        }
        progress.after = Some(reached);
        progress.count += u64::try_from(fates.len()).unwrap_or(0);
    }
}

/// By the clock that `published_at` goes by.
pub(crate) async fn database_time(db: &Db) -> Result<OffsetDateTime, BusError> {
    let tx = db.begin_system("look at the clock").await?;
    let time = diesel::select(now.into_sql::<Timestamptz>())
        .get_result(&mut tx.conn())
        .await?;
    tx.rollback().await;
    Ok(time)
}

/// A transaction a page: none is open while the broker is waited for.
async fn page(
    db: &Db,
    selection: &Selection,
    before: OffsetDateTime,
    after: Option<(OffsetDateTime, Uuid)>,
) -> Result<Vec<(Told, OffsetDateTime)>, BusError> {
    let tx = db.begin_system("replay events").await?;
    let published_at = outbox::published_at.assume_not_null();
    let mut query = outbox::table
        .filter(outbox::published_at.is_not_null())
        .filter(published_at.lt(before))
        .order((published_at, outbox::id))
        .limit(PAGE)
        .select((Told::as_select(), published_at))
        .into_boxed();
    if let Some((at, id)) = after {
        let later = published_at.gt(at).or(outbox::id.gt(id));
        query = query.filter(published_at.ge(at)).filter(later);
    }
    if !selection.types.is_empty() {
        query = query.filter(outbox::event_type.eq_any(selection.types.clone()));
    }
    if let Some(tenant) = selection.tenant {
        query = query.filter(outbox::tenant_id.eq(tenant.uuid()));
    }
    if let Some(since) = selection.since {
        query = query.filter(outbox::occurred_at.ge(since));
    }
    let page = query.load(&mut tx.conn()).await?;
    tx.rollback().await;
    Ok(page)
}
