//! Hosts of a store's own: claimed by its merchant, proven by DNS, and lost when DNS says otherwise.

use std::net::IpAddr;

use db::{SystemTx, TenantTx};
use http_kit::permissions::CanEditSettings;
use http_kit::{ApiError, Staff};
use kernel::{DomainId, TenantId};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::app::App;
use crate::clients::dns::DnsAway;
use crate::deeds;
use crate::domain::hosts::HostName;
use crate::domain::proof::{
    self, ASK_AGAIN, CERTIFICATES_AT_ONCE, CHECK_EVERY, Problem, Seen, State,
};
use crate::looks;
use crate::store::audit::{self, Entry};
use crate::store::domains::{self, DomainRow};
use crate::store::hosts;
use crate::tell;

/// Who has a domain looked at.
#[derive(Clone, Copy)]
pub enum By<'s> {
    Staff(&'s Staff<CanEditSettings>),
    /// Nobody: it was due.
    Clock,
}

/// What DNS said, and where the door was at that moment.
type Look = Result<(Seen, Vec<IpAddr>), DnsAway>;

/// The same, and what it means for the domain.
type Found<'l> = (&'l Seen, Result<(), Problem>);

/// Asks DNS about a domain and writes down what follows. No connection is held while it is asked.
pub async fn check(
    app: &App,
    tenant: TenantId,
    id: DomainId,
    by: By<'_>,
) -> Result<DomainRow, ApiError> {
    let tx = app.db.begin_tenant(tenant).await?;
    let found = domains::find_domain(&tx, id).await?;
    tx.commit().await?;
    let host = HostName::kept(found.ok_or_else(unknown)?.host);
    let (seen, door) = tokio::join!(app.dns.look(&host), app.dns.door());
    let look = seen.and_then(|seen| Ok((seen, door?)));
    if let Err(away) = &look {
        tracing::info!(tenant.id = %tenant, domain.id = %id, cause = %away, "A domain could not be looked at");
    }
    let looked = Looked {
        tenant,
        id,
        host,
        look,
        now: app.clock.now(),
    };
    let mut tx = app
        .db
        .begin_system("write down what DNS says of a domain")
        .await?;
    let (row, changed) = looked.write(&mut tx, by).await?;
    tx.commit().await?;
    for tenant in changed {
        app.hot.drop_tenant(tenant);
    }
    let waits = State::of(&row.state).is_served() && row.certified_at.is_none();
    match &looked.look {
        Ok((_, door)) if waits && row.problem.is_none() => certify(app, row, door).await,
        _ => Ok(row),
    }
}

/// A host that is proven becomes one at which the store answers when its certificate has come.
async fn certify(app: &App, row: DomainRow, door: &[IpAddr]) -> Result<DomainRow, ApiError> {
    let tenant = TenantId::from_uuid(row.tenant_id);
    let id = DomainId::from_uuid(row.id);
    let tx = app.db.begin_tenant(tenant).await?;
    let listed = hosts::list_listed(&tx, std::slice::from_ref(&row.host)).await?;
    tx.commit().await?;
    let Some((_, Some(listed_at))) = listed.into_iter().next() else {
        return Ok(row);
    };
    let (host, now) = (HostName::kept(row.host.clone()), app.clock.now());
    let asked = app.certificates.is_there(&host, door, (listed_at, now));
    if !asked.await {
        return Ok(row);
    }
    let mut tx = app.db.begin_tenant(tenant).await?;
    looks::lock(&tx).await?;
    let row = domains::lock_domain(&tx, id).await?.ok_or_else(unknown)?;
    if !State::of(&row.state).is_served() || row.certified_at.is_some() {
        tx.commit().await?;
        return Ok(row);
    }
    let row = DomainRow {
        certified_at: Some(now),
        next_check_at: Some(now + CHECK_EVERY),
        version: row.version + 1,
        ..row
    };
    domains::save_domain(&tx, &row).await?;
    domains::ensure_primary(&tx).await?;
    looks::told_anew(&mut tx, now).await?;
    let row = domains::find_domain(&tx, id).await?.ok_or_else(unknown)?;
    tx.commit().await?;
    app.hot.drop_tenant(tenant);
    Ok(row)
}

/// The store's other hosts lead to this one from now on. The store is locked.
pub async fn make_primary(
    tx: &mut TenantTx,
    row: &DomainRow,
    staff: &Staff<CanEditSettings>,
    now: OffsetDateTime,
) -> Result<(), ApiError> {
    if row.certified_at.is_none() {
        let detail =
            "the store does not answer there yet; its DNS records and its certificate come first";
        return Err(ApiError::conflict("domain-not-ready", detail));
    }
    if row.is_primary {
        return Ok(());
    }
    let before = domains::find_primary(tx).await?;
    domains::save_primary(tx, DomainId::from_uuid(row.id)).await?;
    looks::told_anew(tx, now).await?;
    let deed = staff.acted(now, "domain.make_primary", target(row));
    let deed = deed.changed(
        &json!({ "primary": before }),
        &json!({ "primary": row.host }),
    );
    deeds::record(tx, deed).await
}

/// The store has nothing to do with the host any more.
pub async fn remove(
    tx: &mut SystemTx,
    staff: &Staff<CanEditSettings>,
    id: DomainId,
    now: OffsetDateTime,
) -> Result<(), ApiError> {
    let tx = tx.as_tenant(staff.tenant.id);
    looks::lock(tx).await?;
    let row = domains::lock_domain(tx, id).await?.ok_or_else(unknown)?;
    domains::delete_domain(tx, id).await?;
    if State::of(&row.state).is_served() {
        hosts::delete_host(tx, &row.host).await?;
        domains::ensure_primary(tx).await?;
        looks::told_anew(tx, now).await?;
    }
    let deed = staff.acted(now, "domain.remove", target(&row));
    deeds::record(tx, deed.deleted(&facts(&row))).await
}

pub fn unknown() -> ApiError {
    ApiError::not_found("domain-not-found")
}

pub fn target(row: &DomainRow) -> String {
    format!("domain:{}", row.id)
}

/// What the trail keeps of a domain.
pub fn facts(row: &DomainRow) -> Value {
    json!({ "host": row.host, "state": row.state, "is_primary": row.is_primary })
}

/// A domain and what was seen of it.
struct Looked {
    tenant: TenantId,
    id: DomainId,
    host: HostName,
    look: Look,
    now: OffsetDateTime,
}

impl Looked {
    /// Writes it down; answers the domain as it is then, and the stores whose hosts changed by it.
    async fn write(
        &self,
        tx: &mut SystemTx,
        by: By<'_>,
    ) -> Result<(DomainRow, Vec<TenantId>), ApiError> {
        let own = tx.as_tenant(self.tenant);
        hosts::lock_name(own, self.host.as_str()).await?;
        looks::lock(own).await?;
        let row = domains::lock_domain(own, self.id)
            .await?
            .ok_or_else(unknown)?;
        let is_served = State::of(&row.state).is_served();
        let nothing = Seen::default();
        let found = match &self.look {
            Err(DnsAway::Everything(_)) => None,
            Err(DnsAway::Zone(_)) => Some((&nothing, Err(Problem::DnsAway))),
            Ok((seen, door)) if is_served => Some((seen, seen.judge_served(door))),
            Ok((seen, door)) => Some((seen, seen.judge_claim(&row.token, door))),
        };
        let changed = match found {
            None => self.nothing_seen(own, row).await?,
            Some(found) if is_served => self.seen_again(own, row, found, by).await?,
            Some(found) => self.claimed(tx, row, found, by).await?,
        };
        let own = tx.as_tenant(self.tenant);
        let row = domains::find_domain(own, self.id)
            .await?
            .ok_or_else(unknown)?;
        Ok((row, changed))
    }

    /// Says nothing of the host: neither for nor against it.
    async fn nothing_seen(&self, tx: &TenantTx, row: DomainRow) -> Result<Vec<TenantId>, ApiError> {
        let row = DomainRow {
            problem: Some(Problem::DnsAway.code().to_owned()),
            next_check_at: row.next_check_at.map(|_| self.now + ASK_AGAIN),
            checked_at: Some(self.now),
            version: row.version + 1,
            ..row
        };
        domains::save_domain(tx, &row).await?;
        Ok(Vec::new())
    }

    /// Of a host that is served: does it still lead here?
    async fn seen_again(
        &self,
        tx: &mut TenantTx,
        before: DomainRow,
        (seen, verdict): Found<'_>,
        by: By<'_>,
    ) -> Result<Vec<TenantId>, ApiError> {
        let problem = verdict.err();
        // Whoever looks in between, or at the same time, does not count a second time.
        let is_due = before.next_check_at.is_some_and(|at| at <= self.now);
        let failures = match problem {
            None => 0,
            Some(_) => before.failures + i32::from(is_due),
        };
        let state = State::after(failures);
        let mut row = DomainRow {
            failures,
            next_check_at: match is_due || problem.is_none() {
                true => Some(self.now + CHECK_EVERY),
                false => before.next_check_at,
            },
            ..self.with(&before, (state, problem), seen)?
        };
        if row.certified_at.is_none() && problem.is_none() {
            let since = before.verified_at.unwrap_or(self.now);
            row.next_check_at = Some(proof::next_certificate_check(since, self.now));
        }
        if state == State::Lost {
            row.is_primary = false;
            row.certified_at = None;
            row.next_check_at = proof::next_claim_check(self.now, self.now);
        }
        domains::save_domain(tx, &row).await?;
        if row.state == before.state {
            return Ok(Vec::new());
        }
        record(tx, by, self.now, (&before, &row)).await?;
        if state != State::Lost {
            return Ok(Vec::new());
        }
        tracing::warn!(tenant.id = %self.tenant, domain.id = %self.id, "A domain led elsewhere for too long and is the store's no more");
        hosts::delete_host(tx, self.host.as_str()).await?;
        domains::ensure_primary(tx).await?;
        looks::told_anew(tx, self.now).await?;
        Ok(vec![self.tenant])
    }

    /// Of a host that is not the store's: does it become so?
    async fn claimed(
        &self,
        tx: &mut SystemTx,
        before: DomainRow,
        (seen, mut verdict): Found<'_>,
        by: By<'_>,
    ) -> Result<Vec<TenantId>, ApiError> {
        let mut changed = Vec::new();
        let own = tx.as_tenant(self.tenant);
        let owner = hosts::find_owner(own, self.host.as_str()).await?;
        if let (Ok(()), Some(owner)) = (verdict, owner.filter(|owner| *owner != self.tenant)) {
            if self.leave(tx.as_tenant(owner), seen).await? {
                changed.push(owner);
            } else {
                verdict = Err(Problem::Taken);
            }
        }
        let own = tx.as_tenant(self.tenant);
        if let Err(problem) = verdict {
            let row = DomainRow {
                next_check_at: proof::next_claim_check(before.changed_at, self.now),
                ..self.with(&before, (State::of(&before.state), Some(problem)), seen)?
            };
            domains::save_domain(own, &row).await?;
            return Ok(changed);
        }
        let row = DomainRow {
            failures: 0,
            verified_at: Some(self.now),
            next_check_at: Some(proof::next_certificate_check(self.now, self.now)),
            ..self.with(&before, (State::Verified, None), seen)?
        };
        domains::save_domain(own, &row).await?;
        let earlier = hosts::find_listed_before(own, CERTIFICATES_AT_ONCE - 1).await?;
        let listed_at = proof::listed_at(self.now, earlier);
        hosts::create_host(own, self.host.as_str(), self.now, listed_at).await?;
        record(own, by, self.now, (&before, &row)).await?;
        Ok(changed)
    }

    /// The store that has the host gives it to who has just proven it, unless its own proof stands in
    /// DNS beside the other's: then it is the owner of the zone who has to decide.
    async fn leave(&self, tx: &mut TenantTx, seen: &Seen) -> Result<bool, ApiError> {
        looks::lock(tx).await?;
        let Some(before) = domains::lock_by_host(tx, self.host.as_str()).await? else {
            return Ok(false);
        };
        if seen.proves(&before.token) {
            return Ok(false);
        }
        let row = DomainRow {
            is_primary: false,
            certified_at: None,
            next_check_at: None,
            ..self.with(
                &before,
                (State::Lost, Some(Problem::ProvenByAnother)),
                &Seen::default(),
            )?
        };
        domains::save_domain(tx, &row).await?;
        hosts::delete_host(tx, self.host.as_str()).await?;
        domains::ensure_primary(tx).await?;
        looks::told_anew(tx, self.now).await?;
        record(tx, By::Clock, self.now, (&before, &row)).await?;
        Ok(true)
    }

    /// The domain after a look.
    fn with(
        &self,
        before: &DomainRow,
        (state, problem): (State, Option<Problem>),
        seen: &Seen,
    ) -> Result<DomainRow, ApiError> {
        let is_news = State::of(&before.state) != state;
        let seen = serde_json::to_value(seen).map_err(|error| ApiError::internal(&error))?;
        Ok(DomainRow {
            state: state.as_str().to_owned(),
            problem: problem.map(|problem| problem.code().to_owned()),
            seen: Some(seen),
            checked_at: Some(self.now),
            changed_at: if is_news { self.now } else { before.changed_at },
            version: before.version + 1,
            ..before.clone()
        })
    }
}

/// A domain's state is another one: it is told, and goes into the store's trail.
async fn record(
    tx: &mut TenantTx,
    by: By<'_>,
    now: OffsetDateTime,
    (before, after): (&DomainRow, &DomainRow),
) -> Result<(), ApiError> {
    tell::domain_changed(tx, after).await?;
    let (action, target) = ("domain.check", target(after));
    let (before, after) = (facts(before), facts(after));
    match by {
        By::Staff(staff) => {
            let deed = staff.acted(now, action, target);
            deeds::record(tx, deed.changed(&before, &after)).await
        }
        By::Clock => {
            let entry = Entry {
                actor: "system".to_owned(),
                action: action.into(),
                target,
                before: Some(before),
                after: Some(after),
                ..Entry::default()
            };
            Ok(audit::append(tx, now, entry).await?)
        }
    }
}
