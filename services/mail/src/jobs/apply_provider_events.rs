//! Takes in what ZeptoMail told: deliveries, bounces, complaints. In any order, any number of times.

use db::TenantTx;
use kernel::{Email, TenantId};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::app::App;
use crate::compose::address_place;
use crate::domain::news::{self, Happening, News};
use crate::meter;
use crate::store::messages::{
    self, BOUNCED, COMPLAINED, DELIVERED, FAILED, MessageRow, QUEUED, SENT,
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
    for row in &rows {
        if let Err(error) = apply(app, row, now).await {
            tracing::warn!(event.id = row.id, error = %error, "An event of the provider's could not be applied yet");
            if row.attempts >= ATTEMPTS_MAX {
                tracing::error!(event.id = row.id, "An event of the provider's was given up");
                finish(app, row, provider_events::FAILED, Some("given up")).await?;
            }
        }
    }
    Ok(rows.len())
}

pub fn payload_place(id: &str) -> Place<'_> {
    Place {
        tenant: TenantId::PLATFORM,
        column: "provider_event.payload",
        row: id,
    }
}

async fn apply(app: &App, row: &ProviderEventRow, now: OffsetDateTime) -> Result<(), VaultError> {
    let payload: Value = app.vault.open(payload_place(&row.id), &row.payload)?;
    let news = news::read(&payload);
    let ids: Vec<Uuid> = news.iter().map(|news| news.message).collect();
    let owners = app
        .db
        .system("find the stores of mails", async |tx| {
            messages::tenants_of(tx, &ids).await
        })
        .await?;
    let mut known = false;
    for told in &news {
        let owner = owners.iter().find(|(id, _)| *id == told.message);
        let Some((_, tenant)) = owner else { continue };
        known = true;
        app.db
            .tenant(*tenant, async |tx| take_in(app, tx, told, now).await)
            .await?;
    }
    finish(app, row, if known { APPLIED } else { IGNORED }, None).await?;
    Ok(())
}

async fn finish(
    app: &App,
    row: &ProviderEventRow,
    state: &str,
    note: Option<&str>,
) -> Result<(), db::Error> {
    app.db
        .system("finish an event of the provider's", async |tx| {
            provider_events::finish(tx, &row.id, state, note).await
        })
        .await
}

async fn take_in(
    app: &App,
    tx: &mut TenantTx,
    told: &News,
    now: OffsetDateTime,
) -> Result<(), VaultError> {
    let Some(mut row) = messages::lock(tx, told.message).await? else {
        return Ok(());
    };
    if !messages::note(tx, row.id, told.happening.as_str(), &told.reason, now).await? {
        return Ok(());
    }
    metrics::counter!("mail_news_total", "happening" => told.happening.as_str()).increment(1);
    let was_sent = row.sent_at.is_some();
    change(&mut row, told.happening, now);
    messages::save(tx, &row).await?;
    if !was_sent {
        meter::count_sent(app, tx, now).await?;
    }
    let reason = match told.happening {
        Happening::HardBounce => "hard_bounce",
        Happening::Complaint => "complaint",
        Happening::Delivered | Happening::SoftBounce | Happening::Opened | Happening::Clicked => {
            return Ok(());
        }
    };
    suppress(app, tx, &row, reason, now).await
}

/// News only carry a message forward, whatever order they come in: a complaint outranks a bounce,
/// a bounce a delivery. Any news prove that the mail was taken.
fn change(row: &mut MessageRow, happening: Happening, now: OffsetDateTime) {
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
    row: &MessageRow,
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
