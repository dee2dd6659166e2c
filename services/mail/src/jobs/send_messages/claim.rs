//! Taking a message in hand: whether it may be sent, what it says, and that it is being sent.

use std::collections::{HashMap, HashSet};

use db::TenantTx;
use futures_util::future::try_join_all;
use futures_util::try_join;
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
use crate::store::overrides::{self, OverrideRow};
use crate::store::suppressions;
use crate::vault::VaultError;

/// A closed store may open again; its mails are looked at this often.
const CLOSED_PAUSE: Duration = Duration::minutes(10);
/// What a fault of ours keeps from being sent is tried again this often.
const FAULT_PAUSE: Duration = Duration::minutes(10);

/// What the mails of one store that are written together have in common.
struct Desk<'a> {
    app: &'a App,
    store: Option<TenantRef>,
    look: Option<Look>,
    /// Addresses that get nothing, or nothing of a scope.
    suppressed: Vec<(Vec<u8>, String)>,
    own_texts: HashMap<(Kind, Lang), Override>,
    now: OffsetDateTime,
}

/// Takes those of a store's messages in hand that are due: all in one transaction. Answers what is to be sent.
pub(super) async fn claim(
    app: &App,
    tenant: TenantId,
    ids: &[Uuid],
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, VaultError> {
    app.db
        .tenant(tenant, async |tx| {
            let mut rows = messages::lock_due(tx, ids, now).await?;
            if rows.is_empty() {
                return Ok(Vec::new());
            }
            let desk = Desk::open(app, tx, &rows, now).await?;
            let mut claimed = Vec::new();
            let mut written = Vec::new();
            for row in &mut rows {
                row.updated_at = now;
                let was_written = row.rendered.is_some();
                if !desk.stands_in_the_way(tx, row) {
                    claimed.extend(desk.prepare(tx, row).await?);
                }
                written.push(!was_written && row.rendered.is_some());
            }
            let saves = rows.iter().zip(&written).map(async |(row, is_written)| {
                if *is_written {
                    messages::save_with_rendered(tx, row).await
                } else {
                    messages::save(tx, row.id, row).await
                }
            });
            try_join_all(saves).await?;
            Ok(claimed)
        })
        .await
}

impl<'a> Desk<'a> {
    async fn open(
        app: &'a App,
        tx: &TenantTx,
        rows: &[MessageRow],
        now: OffsetDateTime,
    ) -> Result<Self, db::Error> {
        let store = app.directory.by_id(tx.tenant());
        let recipients: Vec<&[u8]> = rows.iter().map(|row| row.recipient.as_slice()).collect();
        let look = async {
            match &store {
                Some(store) => look::load(tx, &app.origins, store).await.map(Some),
                None => Ok(None),
            }
        };
        let (suppressed, look) = try_join!(suppressions::scopes_of(tx, &recipients), look)?;
        let desk = Self {
            app,
            store,
            look,
            suppressed,
            own_texts: HashMap::new(),
            now,
        };
        desk.with_own_texts(tx, rows).await
    }

    fn language(&self, row: &MessageRow) -> Option<Lang> {
        let store = self.store.as_ref()?;
        Some(Lang::from_tag(&row.locale).unwrap_or_else(|| look::language("", store)))
    }

    /// Reads the merchant's own words for what is still to be written.
    async fn with_own_texts(
        mut self,
        tx: &TenantTx,
        rows: &[MessageRow],
    ) -> Result<Self, db::Error> {
        let unwritten = rows.iter().filter(|row| row.rendered.is_none());
        let wanted: HashSet<_> = unwritten
            .filter_map(|row| Kind::from_name(&row.kind).zip(self.language(row)))
            .collect();
        let found = wanted
            .iter()
            .map(|(kind, lang)| overrides::find(tx, *kind, *lang));
        let found = try_join_all(found).await?;
        let texts = |own: OverrideRow| serde_json::from_value(own.texts).ok();
        self.own_texts = wanted
            .into_iter()
            .zip(found)
            .filter_map(|(key, own)| Some((key, own.and_then(texts)?)))
            .collect();
        Ok(self)
    }

    fn is_suppressed(&self, row: &MessageRow, scope: &str) -> bool {
        self.suppressed
            .iter()
            .any(|(recipient, found)| *recipient == row.recipient && found == scope)
    }

    /// Whether the message cannot be sent now; the row then says what becomes of it.
    fn stands_in_the_way(&self, tx: &TenantTx, row: &mut MessageRow) -> bool {
        let Some(kind) = Kind::from_name(&row.kind) else {
            return end(row, FAILED, "kind_unknown");
        };
        if row.state != QUEUED {
            // No news came in time of a try whose end nobody saw.
            if row.resends > 0 {
                tracing::warn!(tenant.id = %tx.tenant(), message.id = %row.id, "Nobody knows whether a mail was sent");
                return end(row, FAILED, "outcome_unknown");
            }
            row.was_ambiguous = true;
            row.resends = 1;
        } else if self.now - row.created_at > LIFE {
            return end(row, FAILED, "too_late");
        }
        let is_open = self
            .store
            .as_ref()
            .is_some_and(|store| store.status == TenantStatus::Active);
        if !is_open && kind != Kind::Dunning {
            row.state = QUEUED.to_owned();
            row.problem = Some("store_closed".to_owned());
            row.due_at = self.now + CLOSED_PAUSE;
            return true;
        }
        if self.is_suppressed(row, suppressions::ALL)
            || (kind.is_marketing() && self.is_suppressed(row, suppressions::MARKETING))
        {
            row.state = SUPPRESSED.to_owned();
            row.problem = None;
            return true;
        }
        if row.address.is_none() {
            return end(row, CANCELLED, "forgotten");
        }
        false
    }

    /// The mail, and a row that says that it is being sent.
    async fn prepare(
        &self,
        tx: &TenantTx,
        row: &mut MessageRow,
    ) -> Result<Option<Claimed>, VaultError> {
        let Some(kind) = Kind::from_name(&row.kind) else {
            return Ok(None);
        };
        let written = match self.write(tx, row, kind).await {
            Ok(Some(written)) => written,
            Ok(None) => return Ok(None),
            Err(VaultError::Db(error)) => return Err(error.into()),
            Err(error) => {
                tracing::error!(tenant.id = %tx.tenant(), message.id = %row.id, error = %error, "A mail cannot be written");
                row.state = QUEUED.to_owned();
                row.problem = Some("unwritable".to_owned());
                row.due_at = self.now + FAULT_PAUSE;
                return Ok(None);
            }
        };
        row.state = SENDING.to_owned();
        row.attempts += 1;
        row.due_at = self.now + kind.waits_for_news();
        row.transport = self.app.transport.name().map(str::to_owned);
        Ok(self.look.as_ref().map(|look| Claimed {
            id: row.id,
            attempt: row.attempts,
            has_own_sender: look.sender.is_some(),
            mail: Outgoing {
                id: row.id,
                from: look.sender.clone().unwrap_or_else(|| self.app.from.clone()),
                from_name: look.sender_name.clone(),
                reply_to: look.reply_to.clone(),
                to: written.to.as_str().to_owned(),
                to_name: written.to_name,
                subject: written.rendered.subject,
                html: written.rendered.html,
                text: written.rendered.text,
                unsubscribe_url: written.unsubscribe_url,
                at: self.now,
            },
        }))
    }

    /// What the message says: written when it is first sent, the same words whenever it is sent again.
    async fn write(
        &self,
        tx: &TenantTx,
        row: &mut MessageRow,
        kind: Kind,
    ) -> Result<Option<Written>, VaultError> {
        let (Some(look), Some(lang)) = (&self.look, self.language(row)) else {
            return Ok(None);
        };
        let vault = &self.app.vault;
        let name = row.id.to_string();
        let sealed = |column: &Option<Vec<u8>>| column.clone().unwrap_or_default();
        let to: Email = vault.open(address_place(tx, &name), &sealed(&row.address))?;
        let facts: Facts = vault.open(content_place(tx, &name), &sealed(&row.content))?;
        let unsubscribe_url = if kind.is_marketing() {
            let proof = vault.mark_key(tx).await?.proof(&name);
            let ticket = format!("{name}.{proof}");
            Some(links::unsubscribe(&look.store.url, &ticket))
        } else {
            None
        };
        let to_name = facts
            .name
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let rendered = if let Some(rendered) = &row.rendered {
            vault.open_packed(rendered_place(tx, &name), rendered)?
        } else {
            let wanted = Wanted {
                kind,
                lang,
                facts: &facts,
                store: &look.store,
                own: self.own_texts.get(&(kind, lang)),
                unsubscribe_url: unsubscribe_url.clone(),
                is_test: is_test(&row.about),
            };
            let rendered = self.app.renderer.render(&wanted).map_err(|error| {
                tracing::error!(mail.kind = kind.name(), error = %error.kind(), line = error.line(), "A template is wrong");
                db::SealingFailed
            })?;
            row.rendered = Some(vault.seal_packed(rendered_place(tx, &name), &rendered)?);
            rendered
        };
        Ok(Some(Written {
            to,
            to_name,
            rendered,
            unsubscribe_url,
        }))
    }
}

fn end(row: &mut MessageRow, state: &str, problem: &str) -> bool {
    row.state = state.to_owned();
    row.problem = Some(problem.to_owned());
    true
}

struct Written {
    to: Email,
    to_name: String,
    rendered: Rendered,
    unsubscribe_url: Option<String>,
}
