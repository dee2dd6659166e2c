//! The stores' tokens: sealed at rest, refreshed ahead of time by one at a time, stored before use.
//!
//! A refresh token is good once, and the pair before it is dead as soon as Moloni has answered it. So who
//! refreshes holds the right to it in the database, keeps the new pair before anybody uses it, and looks at
//! the database again before it believes that the access is lost.

use std::time::{Duration as StdDuration, Instant};

use db::{Sealed, SealedColumn, SealedKey};
use kernel::TenantId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::App;
use crate::clients::moloni::{Moloni, MoloniError, Pair, row};
use crate::domain::problem::{Code, Problem};
use crate::provider::ProviderError;
use crate::store::connections::{self, CONNECTED, ConnectionRow, LOST, SealedPair};

/// What lies sealed, for a change of keys.
pub const SEALED: Sealed = Sealed {
    purpose: "invoicing: tokens",
    columns: &[SealedColumn {
        table: "connection",
        column: "tokens",
        key: SealedKey::Uuid("tenant_id"),
        place: |tenant, _| place(tenant),
    }],
};

/// An access token that ends sooner is refreshed before it is used.
const AHEAD: Duration = Duration::minutes(10);
/// Longer than a grant may take.
const REFRESH_FOR: Duration = Duration::seconds(60);
/// How often, and how many times, somebody else's refresh is waited for.
const LOOK_EVERY: StdDuration = StdDuration::from_millis(250);
const LOOKS_MAX: u32 = 100;
/// For so long a fresh pair is tried to be kept while the database is away.
const SAVE_FOR: StdDuration = StdDuration::from_secs(15 * 60);
const SAVE_PAUSE_MAX: StdDuration = StdDuration::from_secs(2);

/// A token to call with. With `refused`, one that is not that.
///
/// # Errors
/// When the store is not connected, or not any more.
pub async fn access(
    app: &App,
    tenant: TenantId,
    refused: Option<&SecretString>,
) -> Result<SecretString, ProviderError> {
    for _ in 0..LOOKS_MAX {
        let row = connection(app, tenant).await?;
        let pair = open(app, tenant, &row)?;
        let is_refused = refused.is_some_and(|old| same(old, &pair.access));
        if !is_refused && row.access_until - app.clock.now() > AHEAD {
            return Ok(pair.access);
        }
        if let Some(access) = refresh(app, tenant, row.version).await? {
            return Ok(access);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(ProviderError::Wait(
        "the store's access is being refreshed".into(),
    ))
}

/// Refreshes a pair of this version; nothing when somebody else is at it, or was.
pub async fn refresh(
    app: &App,
    tenant: TenantId,
    version: i64,
) -> Result<Option<SecretString>, ProviderError> {
    moloni(app)?;
    let (holder, now) = (Uuid::now_v7(), app.clock.now());
    let claimed = app
        .db
        .tenant(tenant, async |tx| {
            connections::claim_refresh(tx, holder, (now, now + REFRESH_FOR)).await
        })
        .await?;
    let Some(row) = claimed else {
        return Ok(None);
    };
    let right = (holder, row.version);
    if row.version != version {
        give_back(app, tenant, right, CONNECTED).await?;
        return Ok(None);
    }
    let pair = open(app, tenant, &row)?;
    // On its own: whoever asked may go away, but the pair that Moloni gives must be kept.
    let task = renew(app.clone(), tenant, right, pair).in_current_span();
    let renewed = tokio::spawn(task).await;
    renewed.unwrap_or_else(|_| Err(ProviderError::Wait("the refresh was broken off".into())))
}

async fn renew(
    app: App,
    tenant: TenantId,
    right: (Uuid, i64),
    pair: Pair,
) -> Result<Option<SecretString>, ProviderError> {
    let app = &app;
    match moloni(app)?.renew(&pair.refresh).await {
        Ok(fresh) => {
            let sealed = seal(app, tenant, &fresh)?;
            let kept = save(app, tenant, right, &sealed).await?;
            // The merchant connected anew meanwhile: that pair is the store's.
            Ok(kept.then_some(fresh.access))
        }
        Err(error) => {
            let dead = matches!(error, MoloniError::GrantRefused(_));
            let state = if dead { LOST } else { CONNECTED };
            give_back(app, tenant, right, state).await?;
            if !dead {
                return Err(ProviderError::of(error).of_a_look());
            }
            // Whoever has connected the store anew meanwhile has made the refusal worthless.
            let row = connection(app, tenant).await;
            if row.is_ok_and(|row| row.version != right.1) {
                return Ok(None);
            }
            tracing::error!(tenant.id = %tenant, "A store's access to Moloni is lost");
            Err(ProviderError::of(error))
        }
    }
}

/// Keeps a fresh pair, as long as the database takes: the one before it is dead, and there is no other.
/// False when it is not the store's any more.
async fn save(
    app: &App,
    tenant: TenantId,
    right: (Uuid, i64),
    sealed: &SealedPair,
) -> Result<bool, db::Error> {
    let (began, mut pause) = (Instant::now(), LOOK_EVERY);
    loop {
        let now = app.clock.now();
        let kept = app
            .db
            .tenant(tenant, async |tx| {
                connections::save_refreshed(tx, right, sealed, now).await
            })
            .await;
        match kept {
            Err(error) if began.elapsed() < SAVE_FOR => {
                tracing::warn!(tenant.id = %tenant, error = %error, "A store's fresh tokens could not be kept yet");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(SAVE_PAUSE_MAX);
            }
            kept => return kept,
        }
    }
}

async fn give_back(
    app: &App,
    tenant: TenantId,
    right: (Uuid, i64),
    state: &str,
) -> Result<(), db::Error> {
    app.db
        .tenant(tenant, async |tx| {
            connections::release_refresh(tx, right, state).await
        })
        .await
}

async fn connection(app: &App, tenant: TenantId) -> Result<ConnectionRow, ProviderError> {
    let found = app
        .db
        .read(tenant, async |tx| connections::find_connection(tx).await)
        .await?;
    let row = found.ok_or_else(|| Problem::new(Code::NotConnected, ""))?;
    if row.state != CONNECTED {
        return Err(Problem::new(Code::ConnectionLost, "").into());
    }
    Ok(row)
}

/// The client, when the platform has a key.
pub fn moloni(app: &App) -> Result<&Moloni, ProviderError> {
    let moloni = app.moloni.as_deref();
    moloni.ok_or_else(|| Problem::new(Code::KeyRefused, "").into())
}

/// A pair as it lies in the store's row; it opens nowhere else.
pub fn seal(app: &App, tenant: TenantId, pair: &Pair) -> Result<SealedPair, ProviderError> {
    let plain = json!({
        "access": pair.access.expose_secret(),
        "refresh": pair.refresh.expose_secret(),
    });
    let sealed = app
        .sealer
        .seal(&place(tenant), plain.to_string().as_bytes());
    Ok(SealedPair {
        tokens: sealed.map_err(|_| Problem::new(Code::Sealed, ""))?,
        access_until: until(app.clock.now(), pair.access_for),
    })
}

fn open(app: &App, tenant: TenantId, row: &ConnectionRow) -> Result<Pair, ProviderError> {
    let plain = app.sealer.open(&place(tenant), &row.tokens);
    let tokens: Option<Value> = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
    let tokens = tokens.ok_or_else(|| Problem::new(Code::Sealed, ""))?;
    Ok(Pair {
        access: row::text(&tokens, "access").into(),
        refresh: row::text(&tokens, "refresh").into(),
        access_for: StdDuration::ZERO,
    })
}

fn place(tenant: TenantId) -> String {
    format!("invoicing.connection.tokens/{tenant}")
}

fn until(now: OffsetDateTime, life: StdDuration) -> OffsetDateTime {
    now + life
}

fn same(a: &SecretString, b: &SecretString) -> bool {
    a.expose_secret() == b.expose_secret()
}
