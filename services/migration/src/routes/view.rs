//! An import as it is answered.

use db::{Error, TenantTx};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::counts::{self, CountRow};
use crate::store::imports::{self, ImportRow};

/// How far one list has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountView {
    /// product, variation, stock, image, category, tag, attribute, review, customer, order, coupon, tax_rate,
    /// shipping_zone or password.
    pub resource: String,
    /// What the old shop says there are; 0 where it does not say.
    pub total: i64,
    pub read: i64,
    /// Here already like that.
    pub unchanged: i64,
    pub sent: i64,
    /// Sent and taken.
    pub applied: i64,
    pub failed: i64,
}

impl From<CountRow> for CountView {
    fn from(row: CountRow) -> Self {
        Self {
            resource: row.resource,
            total: row.total,
            read: row.read,
            unchanged: row.unchanged,
            sent: row.sent,
            applied: row.applied,
            failed: row.failed,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportView {
    pub id: Uuid,
    /// queued, running, stopping, stopped, completed or failed.
    pub state: String,
    pub shop: String,
    /// Nothing is written; what would be is counted.
    pub dry_run: bool,
    /// Empty: everything.
    pub resources: Vec<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// The list that is being read.
    pub step: String,
    pub counts: Vec<CountView>,
    /// Records read in a second, over the whole of it.
    pub records_per_second: i64,
    /// As far as the old shop's totals tell; nothing before they do.
    pub seconds_left: Option<i64>,
    /// Why it does not get on at the moment; it tries again by itself unless it has failed.
    pub last_error: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

impl ImportView {
    /// Grows with everything that happens: what a stream numbers its events by.
    pub fn mark(&self) -> i64 {
        let counted: i64 = self
            .counts
            .iter()
            .map(|count| {
                count.read + count.sent + count.applied + count.failed + count.total.min(1)
            })
            .sum();
        let state = i64::from(self.finished_at.is_some()) + i64::from(self.started_at.is_some());
        counted * 10 + state
    }

    pub fn has_ended(&self) -> bool {
        [imports::STOPPED, imports::COMPLETED, imports::FAILED].contains(&self.state.as_str())
    }
}

/// The import as it is now.
pub async fn view(tx: &TenantTx, row: ImportRow, now: OffsetDateTime) -> Result<ImportView, Error> {
    let counts = counts::list_counts(tx, row.id).await?;
    let read: i64 = counts.iter().map(|count| count.read).sum();
    let total: i64 = counts.iter().map(|count| count.total.max(count.read)).sum();
    let until = row.finished_at.unwrap_or(now);
    let seconds = row
        .started_at
        .map_or(0, |started| (until - started).whole_seconds())
        .max(1);
    let rate = read / seconds;
    let left = (total > 0 && read > 0 && row.finished_at.is_none())
        .then(|| (total - read).saturating_mul(seconds) / read);
    Ok(ImportView {
        id: row.id,
        state: row.state,
        shop: row.shop,
        dry_run: row.dry_run,
        resources: row.resources,
        since: row.since,
        step: row.step,
        counts: counts.into_iter().map(CountView::from).collect(),
        records_per_second: rate,
        seconds_left: left,
        last_error: row.last_error,
        created_at: row.created_at,
        started_at: row.started_at,
        finished_at: row.finished_at,
    })
}
