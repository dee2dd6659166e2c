//! Reads Stripe's own list of events: a webhook that never arrived is found here. Each is kept under
//! Stripe's id, so one that arrived as well, or arrives later, changes nothing.

use futures_util::StreamExt;
use futures_util::stream;
use kernel::TenantId;
use time::{Duration, OffsetDateTime};

use crate::app::App;
use crate::clients::stripe::{EventsPage, ListedEvent, StripeError};
use crate::domain::signature::Endpoint;
use crate::domain::webhook::HEARD;
use crate::intake;
use crate::settle::settle_account_gone;
use crate::store::accounts::{self, Reading};
use crate::store::webhooks;

/// Accounts that are read at once.
const CONCURRENCY: usize = 4;
/// What is read in one go; after each the place is remembered.
const WINDOW: Duration = Duration::hours(6);
/// Read again each time: Stripe may list an event a moment after it was made.
const OVERLAP: Duration = Duration::minutes(5);
/// Stripe lists the events of 30 days.
const LISTED_FOR: Duration = Duration::days(30);

pub async fn run(app: App) -> anyhow::Result<()> {
    let found = catch_up(&app).await?;
    if found > 0 {
        tracing::warn!(
            count = found,
            "{found} events of Stripe's had not arrived as webhooks"
        );
    }
    Ok(())
}

/// Reads the events of every connected account since they were read last; answers how many were
/// not known.
pub async fn catch_up(app: &App) -> Result<usize, db::Error> {
    let readings = app
        .db
        .system("find accounts whose events are to be read", async |tx| {
            accounts::list_connected(tx).await
        })
        .await?;
    let read = stream::iter(readings).map(|reading| read_logged(app, reading));
    let found: Vec<usize> = read.buffer_unordered(CONCURRENCY).collect().await;
    let found = found.into_iter().sum();
    if found > 0 {
        app.webhook_wake.notify_one();
    }
    Ok(found)
}

/// One account that cannot be read does not keep the others waiting.
async fn read_logged(app: &App, reading: Reading) -> usize {
    let tenant = reading.tenant;
    match read_account(app, reading).await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(tenant.id = %tenant, error = format!("{error:#}"), "A store's events could not be read from Stripe");
            0
        }
    }
}

async fn read_account(app: &App, reading: Reading) -> anyhow::Result<usize> {
    let now = app.clock.now();
    let mut since = reading.until.max(now - LISTED_FOR);
    let mut found = 0;
    while since < now {
        let until = (since + WINDOW).min(now);
        match read_window(app, &reading, since - OVERLAP, until).await {
            Ok(new) => found += new,
            Err(error) => match error.downcast_ref::<StripeError>() {
                Some(StripeError::AccountGone) => {
                    note_gone(app, &reading).await?;
                    return Ok(found);
                }
                _ => return Err(error),
            },
        }
        let (tenant, account) = (reading.tenant, reading.account.as_str());
        app.db
            .tenant(tenant, async |tx| {
                accounts::save_events_until(tx, account, until).await
            })
            .await?;
        since = until;
    }
    Ok(found)
}

async fn read_window(
    app: &App,
    reading: &Reading,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> anyhow::Result<usize> {
    let mut page = EventsPage {
        types: HEARD,
        from: from.unix_timestamp(),
        // Stripe counts in seconds; what is made in this one is read the next time.
        until: until.unix_timestamp(),
        after: None,
    };
    let mut found = 0;
    loop {
        let listed = app.stripe.events(&reading.account, &page).await?;
        found += keep(app, reading.tenant, &reading.account, &listed.data).await?;
        page.after = listed.data.last().map(|last| last.event.id.clone());
        if !listed.has_more || page.after.is_none() {
            return Ok(found);
        }
    }
}

async fn keep(
    app: &App,
    tenant: TenantId,
    account: &str,
    listed: &[ListedEvent],
) -> Result<usize, db::Error> {
    let rows: Vec<_> = listed
        .iter()
        .map(|listed| {
            let mut event = listed.event.clone();
            event.account = Some(account.to_owned());
            intake::row(app, tenant, Endpoint::Connect, &event, &listed.bytes)
        })
        .collect();
    if rows.is_empty() {
        return Ok(0);
    }
    let made = app
        .db
        .tenant(tenant, async |tx| webhooks::create_events(tx, &rows).await)
        .await?;
    Ok(made.len())
}

/// The store disconnected, and the webhook that tells so was not heard either.
async fn note_gone(app: &App, reading: &Reading) -> Result<(), db::Error> {
    app.db
        .tenant(reading.tenant, async |tx| {
            let Some(row) = accounts::find_account(tx).await? else {
                return Ok(());
            };
            let at = app.settling(&reading.account);
            settle_account_gone(tx, at, row.version).await?;
            Ok(())
        })
        .await
}
