//! Takes in what ZeptoMail told: deliveries, bounces, complaints. In any order, any number of times.

use std::collections::HashMap;

use db::TenantTx;
use futures_util::future::try_join_all;
use kernel::{Email, TenantId};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::app::App;
use crate::compose::address_place;
use crate::domain::news::{self, Happening, News};
use crate::meter;
use crate::store::messages::{
    self, BOUNCED, COMPLAINED, DELIVERED, FAILED, Happened, Progress, QUEUED, SENT,
};
use crate::store::provider_events::{self, APPLIED, IGNORED, ProviderEventRow};
use crate::store::suppressions::{self, ALL, SuppressionRow};
use crate::vault::{Place, VaultError};

const BATCH: i64 = 32;
const LEASE: Duration = Duration::minutes(1);
const ATTEMPTS_MAX: i32 = 8;

/// Applies what waits now; answers how many events were taken up.
///
/// # Errors
/// When the database is away.
pub async fn apply_waiting(app: &App) -> Result<usize, db::Error> {
    let now = app.clock.now();
    let rows = app
        .db
        .system("take the provider's events", async |tx| {
            provider_events::claim(tx, now, LEASE, BATCH).await
        })
        .await?;
    let mut read = Vec::new();
    for row in &rows {
        match app
            .vault
            .open::<Value>(payload_place(&row.id), &row.payload)
        {
            Ok(payload) => read.push((row, news::read(&payload))),
            Err(error) => put_off(app, row, &error.into()).await?,
        }
    }
    let tried = apply(app, &read, now).await?;
    let (mut applied, mut ignored) = (Vec::new(), Vec::new());
    for (row, outcome) in &tried {
        match outcome {
            Ok(true) => applied.push(row.id.as_str()),
            Ok(false) => ignored.push(row.id.as_str()),
            Err(error) => put_off(app, row, error).await?,
        }
    }
    finish(app, &applied, APPLIED, None).await?;
    finish(app, &ignored, IGNORED, None).await?;
    Ok(rows.len())
}

/// It is taken up again when its lease ends, a few times.
async fn put_off(app: &App, row: &ProviderEventRow, error: &VaultError) -> Result<(), db::Error> {
    tracing::warn!(event.id = row.id, error = %error, "An event of the provider's could not be applied yet");
    if row.attempts < ATTEMPTS_MAX {
        return Ok(());
    }
    tracing::error!(event.id = row.id, "An event of the provider's was given up");
    let note = Some("given up");
    finish(app, &[&row.id], provider_events::FAILED, note).await
}

pub fn payload_place(id: &str) -> Place<'_> {
    Place {
        tenant: TenantId::PLATFORM,
        column: "provider_event.payload",
        row: id,
    }
}

/// An event and what it tells of mails of ours and of others.
type Read<'a> = (&'a ProviderEventRow, Vec<News>);

/// Takes in what events tell, the news of one store in one transaction; where that fails, those of
/// each event in one of their own. Answers of each event whether it was about a mail of ours.
async fn apply<'a>(
    app: &App,
    read: &[Read<'a>],
    now: OffsetDateTime,
) -> Result<Vec<(&'a ProviderEventRow, Result<bool, VaultError>)>, db::Error> {
    let all = read.iter().flat_map(|(_, news)| news);
    let mut ids: Vec<Uuid> = all.map(|news| news.message).collect();
    ids.sort_unstable();
    ids.dedup();
    let owners: HashMap<Uuid, TenantId> = app
        .db
        .system("find the stores of mails", async |tx| {
            messages::tenants_of(tx, &ids).await
        })
        .await?
        .into_iter()
        .collect();
    if let Ok(()) = take_in_all(app, read.iter().flat_map(|(_, news)| news), &owners, now).await {
        let is_ours = |news: &News| owners.contains_key(&news.message);
        let known = read
            .iter()
            .map(|(row, news)| (*row, Ok(news.iter().any(is_ours))));
        return Ok(known.collect());
    }
    let mut tried = Vec::new();
    for (row, news) in read {
        let known = news.iter().any(|news| owners.contains_key(&news.message));
        let outcome = take_in_all(app, news.iter(), &owners, now).await;
        tried.push((*row, outcome.map(|()| known)));
    }
    Ok(tried)
}

/// By store.
async fn take_in_all<'a>(
    app: &App,
    news: impl Iterator<Item = &'a News>,
    owners: &HashMap<Uuid, TenantId>,
    now: OffsetDateTime,
) -> Result<(), VaultError> {
    let mut by_store: HashMap<TenantId, Vec<&News>> = HashMap::new();
    for told in news {
        if let Some(tenant) = owners.get(&told.message) {
            by_store.entry(*tenant).or_default().push(told);
        }
    }
    for (tenant, news) in by_store {
        app.db
            .tenant(tenant, async |tx| take_in(app, tx, &news, now).await)
            .await?;
    }
    Ok(())
}

async fn finish(app: &App, ids: &[&str], state: &str, note: Option<&str>) -> Result<(), db::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    app.db
        .system("finish events of the provider's", async |tx| {
            provider_events::finish(tx, ids, state, note).await
        })
        .await
}

/// Takes in the news of one store. What was heard before changes nothing.
async fn take_in(
    app: &App,
    tx: &mut TenantTx,
    news: &[&News],
    now: OffsetDateTime,
) -> Result<(), VaultError> {
    let ids: Vec<Uuid> = news.iter().map(|told| told.message).collect();
    let mut rows = messages::lock_all(tx, &ids).await?;
    let of_ours = news
        .iter()
        .filter(|told| rows.iter().any(|row| row.id == told.message));
    let happened: Vec<_> = of_ours
        .map(|told| Happened {
            message: told.message,
            event: told.happening.as_str(),
            detail: &told.reason,
        })
        .collect();
    let mut fresh = messages::note(tx, &happened, now).await?;
    let (mut changed, mut left) = (Vec::new(), Vec::new());
    for row in &mut rows {
        let (id, was_sent) = (row.id, row.sent_at.is_some());
        for told in news.iter().filter(|told| told.message == id) {
            let is_it = |(of, event): &(Uuid, String)| {
                *of == id && event.as_str() == told.happening.as_str()
            };
            let Some(at) = fresh.iter().position(is_it) else {
                continue;
            };
            fresh.swap_remove(at);
            metrics::counter!("mail_news_total", "happening" => told.happening.as_str())
                .increment(1);
            change(row, told.happening, now);
            changed.push((id, told.happening));
        }
        if row.sent_at.is_some() && !was_sent {
            left.push(id);
        }
    }
    let is_changed = |row: &&Progress| changed.iter().any(|(id, _)| *id == row.id);
    let saves = rows.iter().filter(is_changed);
    try_join_all(saves.map(|row| messages::save(tx, row.id, row))).await?;
    for (id, happening) in &changed {
        let reason = match happening {
            Happening::HardBounce => "hard_bounce",
            Happening::Complaint => "complaint",
            Happening::Delivered
            | Happening::SoftBounce
            | Happening::Opened
            | Happening::Clicked => continue,
        };
        if let Some(row) = rows.iter().find(|row| row.id == *id) {
            suppress(app, tx, row, reason, now).await?;
        }
    }
    Ok(meter::count_sent(app, tx, &left, now).await?)
}

/// News only carry a message forward, whatever order they come in: a complaint outranks a bounce,
/// a bounce a delivery. Any news prove that the mail was taken.
fn change(row: &mut Progress, happening: Happening, now: OffsetDateTime) {
    let rank = |state: &str| match state {
        COMPLAINED => 4,
        BOUNCED => 3,
        DELIVERED => 2,
        SENT => 1,
        _ => 0,
    };
    let state = match happening {
        Happening::Complaint => COMPLAINED,
        Happening::HardBounce => BOUNCED,
        Happening::Delivered | Happening::Opened | Happening::Clicked => DELIVERED,
        Happening::SoftBounce => SENT,
    };
    row.updated_at = now;
    row.sent_at.get_or_insert(now);
    if rank(state) > rank(&row.state) || row.state == QUEUED || row.state == FAILED {
        row.state = state.to_owned();
        row.problem = (happening == Happening::HardBounce).then(|| "hard_bounce".to_owned());
    }
}

async fn suppress(
    app: &App,
    tx: &TenantTx,
    row: &Progress,
    reason: &str,
    now: OffsetDateTime,
) -> Result<(), VaultError> {
    let Some(sealed) = &row.address else {
        return Ok(());
    };
    let address: Email = app
        .vault
        .open(address_place(tx, &row.id.to_string()), sealed)?;
    create_suppression(app, tx, &address, (ALL, reason), now).await?;
    Ok(())
}

/// Suppresses an address; nothing when it is already.
pub async fn create_suppression(
    app: &App,
    tx: &TenantTx,
    address: &Email,
    (scope, reason): (&str, &str),
    now: OffsetDateTime,
) -> Result<Option<SuppressionRow>, VaultError> {
    let id = Uuid::now_v7();
    let row = SuppressionRow {
        tenant_id: tx.tenant().uuid(),
        recipient: app.vault.mark_key(tx).await?.mark(address),
        scope: scope.to_owned(),
        id,
        reason: reason.to_owned(),
        address: app
            .vault
            .seal(suppression_place(tx, &id.to_string()), address)?,
        created_at: now,
    };
    Ok(suppressions::create(tx, &row).await?.then_some(row))
}

pub fn suppression_place<'a>(tx: &TenantTx, row: &'a str) -> Place<'a> {
    Place {
        tenant: tx.tenant(),
        column: "suppression.address",
        row,
    }
}
