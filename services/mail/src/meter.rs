//! Mails that left, counted by the month; and the word to the merchant when what the plan covers runs out.

use db::TenantTx;
use http_kit::Role;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::app::App;
use crate::compose::{self, Contact, Draft};
use crate::domain::facts::{Facts, Meter};
use crate::domain::kinds::Kind;
use crate::domain::meter::Mark;
use crate::look;
use crate::store::usage;
use crate::vault::VaultError;

pub const LIMIT: &str = "limit.mails_per_month";

/// Counts mails that have left, and tells the owners at four fifths and at the whole of what the plan
/// covers, each once a month. Comes last in its transaction: others count in the same row.
///
/// # Errors
/// When the database is away. Mails that left are counted even where nobody can be told.
pub async fn count_sent(
    app: &App,
    tx: &TenantTx,
    mails: &[Uuid],
    now: OffsetDateTime,
) -> Result<(), db::Error> {
    let Some(one) = mails.first() else {
        return Ok(());
    };
    let count = i64::try_from(mails.len()).unwrap_or(i64::MAX);
    let month = usage::month_of(now);
    usage::add(tx, month, count, *one).await?;
    let Some(store) = app.directory.by_id(tx.tenant()) else {
        return Ok(());
    };
    let Some(covered) = store.limit(LIMIT) else {
        return Ok(());
    };
    let used = usage::used(tx, month).await?;
    let mails = used.mails;
    let mark = Mark::of(mails, covered).filter(|mark| mark.percent() > used.warned_percent);
    let Some(mark) = mark else { return Ok(()) };
    if !usage::claim_warning(tx, month, mark.percent()).await? {
        return Ok(());
    }
    let meter = Meter { mails, covered };
    let draft = |contact: Contact| Draft {
        kind: match mark {
            Mark::Near => Kind::MailLimitNear,
            Mark::Reached => Kind::MailLimitReached,
        },
        about: format!("mails:{month}"),
        lang: look::language(&contact.locale, &store),
        to: contact.email,
        order: None,
        facts: Facts {
            name: contact.name,
            meter: Some(meter.clone()),
            ..Facts::default()
        },
        due_at: now,
        resend_of: None,
    };
    let owners = [Role::Owner.to_string()];
    match compose::queue_for_staff(tx, &app.vault, &owners, draft, now).await {
        Err(VaultError::Db(error)) => Err(error),
        Err(error) => {
            tracing::error!(tenant.id = %tx.tenant(), error = %error, "A store's owners could not be told that its mails run out");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
