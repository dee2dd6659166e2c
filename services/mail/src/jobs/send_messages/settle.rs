//! Writing down what became of an attempt.

use futures_util::future::try_join_all;
use kernel::TenantId;
use time::{Duration, OffsetDateTime, Time};
use uuid::Uuid;

use super::{Claimed, Tried};
use crate::app::App;
use crate::domain::answers::{Outcome, Pause, pause_after};
use crate::domain::kinds::Kind;
use crate::meter;
use crate::store::messages::{self, AMBIGUOUS, FAILED, Progress, QUEUED, SENDING, SENT};
use crate::store::{pauses, settings};

/// A daily limit ends some minutes after midnight, whichever clock the provider goes by.
const AFTER_MIDNIGHT: Duration = Duration::minutes(10);

/// Writes down what became of attempts at a store's mails: all in one transaction.
pub(super) async fn settle(app: &App, tenant: TenantId, tried: &[Tried]) -> anyhow::Result<()> {
    let now = app.clock.now();
    let transport = app.transport.name().unwrap_or("none");
    for (claimed, outcome) in tried {
        if let Some((reason, until)) = pause_of(outcome, claimed, now) {
            tracing::error!(
                transport,
                reason,
                "Mails are held back: the mail account refuses them"
            );
            app.db
                .tenant(TenantId::PLATFORM, async |tx| {
                    pauses::save(tx, transport, &reason, now, until).await
                })
                .await?;
        }
    }
    let ids: Vec<Uuid> = tried.iter().map(|(claimed, _)| claimed.id).collect();
    app.db
        .tenant(tenant, async |tx| {
            let mut rows = messages::lock_all(tx, &ids).await?;
            let own_sender_refused = tried.iter().any(|(claimed, outcome)| {
                *outcome == Outcome::SenderRefused && claimed.has_own_sender
            });
            if own_sender_refused {
                settings::save_sender(tx, None, Some("domain_not_verified")).await?;
            }
            let mut left = Vec::new();
            for row in &mut rows {
                let was_sent = row.sent_at.is_some();
                let id = row.id;
                for (claimed, outcome) in tried.iter().filter(|(claimed, _)| claimed.id == id) {
                    apply(row, claimed, outcome, now);
                }
                if row.sent_at.is_some() && !was_sent {
                    left.push(row.id);
                }
            }
            try_join_all(rows.iter().map(|row| messages::save(tx, row.id, row))).await?;
            meter::count_sent(app, tx, &left, now).await
        })
        .await?;
    Ok(())
}

/// What an outcome does to the row. News of the provider's may have come first, and another process
/// may have taken the message since: then only what is new is noted.
fn apply(row: &mut Progress, claimed: &Claimed, outcome: &Outcome, now: OffsetDateTime) {
    row.updated_at = now;
    if let Outcome::Accepted(id) = outcome {
        row.provider_id = Some(id.clone()).filter(|id| !id.is_empty());
        row.sent_at.get_or_insert(now);
        row.problem = None;
        if row.is_open() {
            row.state = SENT.to_owned();
        }
        return;
    }
    if row.state != SENDING || row.attempts != claimed.attempt {
        return;
    }
    let kind = Kind::from_name(&row.kind);
    let again = |row: &mut Progress, problem: &str, after: Duration| {
        row.state = QUEUED.to_owned();
        row.problem = Some(problem.to_owned());
        row.due_at = now + after;
    };
    match outcome {
        Outcome::Accepted(_) => {}
        Outcome::NotNow { problem, after } => {
            again(
                row,
                problem,
                after.unwrap_or_else(|| pause_after(row.attempts)),
            );
        }
        Outcome::Unknown(problem) => {
            row.state = AMBIGUOUS.to_owned();
            row.was_ambiguous = true;
            row.problem = Some(problem.clone());
            row.due_at = now + kind.map_or(Duration::minutes(15), Kind::waits_for_news);
        }
        Outcome::Refused(problem) => {
            row.state = FAILED.to_owned();
            row.problem = Some(problem.clone());
        }
        Outcome::SenderRefused => again(row, "sender_not_verified", Duration::ZERO),
        Outcome::Paused { reason, .. } => again(row, reason, Duration::ZERO),
    }
}

/// Why and until when nothing is sent at all.
fn pause_of(
    outcome: &Outcome,
    claimed: &Claimed,
    now: OffsetDateTime,
) -> Option<(String, OffsetDateTime)> {
    match outcome {
        Outcome::Paused {
            reason,
            pause: Pause::For(pause),
        } => Some((reason.clone(), now + *pause)),
        Outcome::Paused {
            reason,
            pause: Pause::UntilTomorrow,
        } => {
            let midnight = now.replace_time(Time::MIDNIGHT) + Duration::days(1);
            Some((reason.clone(), midnight + AFTER_MIDNIGHT))
        }
        // The platform's own sender: no mail of any store can leave.
        Outcome::SenderRefused if !claimed.has_own_sender => Some((
            "sender_not_verified".to_owned(),
            now + crate::domain::answers::MEND,
        )),
        Outcome::SenderRefused
        | Outcome::Accepted(_)
        | Outcome::NotNow { .. }
        | Outcome::Unknown(_)
        | Outcome::Refused(_) => None,
    }
}

pub(super) fn count(transport: &'static str, outcome: &Outcome) {
    let label = match outcome {
        Outcome::Accepted(_) => "accepted",
        Outcome::NotNow { .. } => "not_now",
        Outcome::Unknown(_) => "unknown",
        Outcome::Refused(_) => "refused",
        Outcome::SenderRefused => "sender_refused",
        Outcome::Paused { .. } => "paused",
    };
    metrics::counter!("mail_attempts_total", "transport" => transport, "outcome" => label)
        .increment(1);
}
