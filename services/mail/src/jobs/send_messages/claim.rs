//! Taking a message in hand: whether it may be sent, what it says, and that it is being sent.

use db::TenantTx;
use http_kit::{TenantRef, TenantStatus};
use kernel::{Email, TenantId};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Claimed, LIFE};
use crate::app::App;
use crate::clients::Outgoing;
use crate::compose::{address_place, content_place, is_test, rendered_place};
use crate::domain::facts::Facts;
use crate::domain::format::Lang;
use crate::domain::kinds::Kind;
use crate::domain::links;
use crate::look::{self, Look};
use crate::render::texts::Override;
use crate::render::{Rendered, Wanted};
use crate::store::messages::{self, CANCELLED, FAILED, MessageRow, QUEUED, SENDING, SUPPRESSED};
use crate::store::{overrides, suppressions};
use crate::vault::VaultError;

/// A closed store may open again; its mails are looked at this often.
const CLOSED_PAUSE: Duration = Duration::minutes(10);
/// What a fault of ours keeps from being sent is tried again this often.
const FAULT_PAUSE: Duration = Duration::minutes(10);

/// Takes a due message in hand; nothing when there is nothing to send.
pub(super) async fn claim(
    app: &App,
    tenant: TenantId,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Option<Claimed>, VaultError> {
    app.db
        .tenant(tenant, async |tx| {
            let Some(mut row) = messages::lock_due(tx, id, now).await? else {
                return Ok(None);
            };
            row.updated_at = now;
            let was_written = row.rendered.is_some();
            let prepared = match stands_in_the_way(app, tx, &mut row, now).await? {
                true => None,
                false => prepare(app, tx, &mut row, now).await?,
            };
            match was_written || row.rendered.is_none() {
                true => messages::save(tx, &row).await?,
                false => messages::save_with_content(tx, &row).await?,
            }
            Ok(prepared)
        })
        .await
}

/// Whether the message cannot be sent now; the row then says what becomes of it.
async fn stands_in_the_way(
    app: &App,
    tx: &TenantTx,
    row: &mut MessageRow,
    now: OffsetDateTime,
) -> Result<bool, VaultError> {
    let Some(kind) = Kind::from_name(&row.kind) else {
        return Ok(end(row, FAILED, "kind_unknown"));
    };
    if row.state != QUEUED {
        // No news came in time of a try whose end nobody saw.
        if row.resends > 0 {
            tracing::warn!(tenant.id = %tx.tenant(), message.id = %row.id, "Nobody knows whether a mail was sent");
            return Ok(end(row, FAILED, "outcome_unknown"));
        }
        row.was_ambiguous = true;
        row.resends = 1;
    } else if now - row.created_at > LIFE {
        return Ok(end(row, FAILED, "too_late"));
    }
    let is_open = app
        .directory
        .by_id(tx.tenant())
        .is_some_and(|store| store.status == TenantStatus::Active);
    if !is_open && kind != Kind::Dunning {
        row.state = QUEUED.to_owned();
        row.problem = Some("store_closed".to_owned());
        row.due_at = now + CLOSED_PAUSE;
        return Ok(true);
    }
    let scopes = suppressions::scopes_of(tx, &row.recipient).await?;
    let hit = |scope: &str| scopes.iter().any(|found| found == scope);
    if hit(suppressions::ALL) || (kind.is_marketing() && hit(suppressions::MARKETING)) {
        row.state = SUPPRESSED.to_owned();
        row.problem = None;
        return Ok(true);
    }
    if row.address.is_none() {
        return Ok(end(row, CANCELLED, "forgotten"));
    }
    Ok(false)
}

fn end(row: &mut MessageRow, state: &str, problem: &str) -> bool {
    row.state = state.to_owned();
    row.problem = Some(problem.to_owned());
    true
}

/// The mail, and a row that says that it is being sent.
async fn prepare(
    app: &App,
    tx: &TenantTx,
    row: &mut MessageRow,
    now: OffsetDateTime,
) -> Result<Option<Claimed>, VaultError> {
    let (Some(store), Some(kind)) = (app.directory.by_id(tx.tenant()), Kind::from_name(&row.kind))
    else {
        return Ok(None);
    };
    let look = look::load(tx, &app.origins, &store).await?;
    let written = match write(app, tx, row, (kind, &store), &look).await {
        Ok(written) => written,
        Err(VaultError::Db(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(tenant.id = %tx.tenant(), message.id = %row.id, error = %error, "A mail cannot be written");
            row.state = QUEUED.to_owned();
            row.problem = Some("unwritable".to_owned());
            row.due_at = now + FAULT_PAUSE;
            return Ok(None);
        }
    };
    row.state = SENDING.to_owned();
    row.attempts += 1;
    row.due_at = now + kind.waits_for_news();
    row.transport = app.transport.name().map(str::to_owned);
    let has_own_sender = look.sender.is_some();
    let mail = Outgoing {
        id: row.id,
        from: look.sender.unwrap_or_else(|| app.from.clone()),
        from_name: look.sender_name,
        reply_to: look.reply_to,
        to: written.to.as_str().to_owned(),
        to_name: written.to_name,
        subject: written.rendered.subject,
        html: written.rendered.html,
        text: written.rendered.text,
        unsubscribe_url: written.unsubscribe_url,
        at: now,
    };
    Ok(Some(Claimed {
        tenant: tx.tenant(),
        id: row.id,
        attempt: row.attempts,
        has_own_sender,
        mail,
    }))
}

struct Written {
    to: Email,
    to_name: String,
    rendered: Rendered,
    unsubscribe_url: Option<String>,
}

/// What the message says: written when it is first sent, the same words whenever it is sent again.
async fn write(
    app: &App,
    tx: &TenantTx,
    row: &mut MessageRow,
    (kind, store): (Kind, &TenantRef),
    look: &Look,
) -> Result<Written, VaultError> {
    let name = row.id.to_string();
    let sealed = |column: &Option<Vec<u8>>| column.clone().unwrap_or_default();
    let to: Email = app
        .vault
        .open(address_place(tx, &name), &sealed(&row.address))?;
    let facts: Facts = app
        .vault
        .open(content_place(tx, &name), &sealed(&row.content))?;
    let unsubscribe_url = if kind.is_marketing() {
        let proof = app.vault.mark_key(tx).await?.proof(&name);
        Some(links::unsubscribe(
            &look.store.url,
            &format!("{name}.{proof}"),
        ))
    } else {
        None
    };
    let to_name = facts
        .name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if let Some(rendered) = &row.rendered {
        let rendered = app.vault.open(rendered_place(tx, &name), rendered)?;
        return Ok(Written {
            to,
            to_name,
            rendered,
            unsubscribe_url,
        });
    }
    let lang = Lang::from_tag(&row.locale).unwrap_or_else(|| look::language("", store));
    let own = overrides::find(tx, kind, lang).await?;
    let own: Option<Override> = own.and_then(|own| serde_json::from_value(own.texts).ok());
    let wanted = Wanted {
        kind,
        lang,
        facts: &facts,
        store: &look.store,
        own: own.as_ref(),
        unsubscribe_url: unsubscribe_url.clone(),
        is_test: is_test(&row.about),
    };
    let rendered = app.renderer.render(&wanted).map_err(|error| {
        tracing::error!(mail.kind = kind.name(), error = %error.kind(), line = error.line(), "A template is wrong");
        db::SealingFailed
    })?;
    row.rendered = Some(app.vault.seal(rendered_place(tx, &name), &rendered)?);
    Ok(Written {
        to,
        to_name,
        rendered,
        unsubscribe_url,
    })
}
