//! An import in one of its turns: pages are read, records made of them and sent, answers awaited.

mod begin;
mod finish;
mod gather;
mod lists;
mod pictures;
mod send;
mod walk;

use std::time::Duration;

use db::Error;
use kernel::TenantId;
use time::OffsetDateTime;
use tokio::time::Instant;
use uuid::Uuid;

use crate::app::App;
use crate::clients::woocommerce::{Pace, Shop, ShopError};
use crate::domain::facts::Facts;
use crate::domain::map::{Item, Known, Name};
use crate::domain::plan::{self, Cursor, Step};
use crate::store::batches;
use crate::store::counts::{self, CountRow, IssueRow};
use crate::store::imports::{self, ImportRow, RUNNING, STOPPING};
use crate::store::records;

/// Batches that may wait for an answer when more are sent: the receivers have others to serve.
const OPEN_MAX: i64 = 4;
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// Beyond this, somebody may have to look at what a receiver parked.
const SILENT_AFTER: time::Duration = time::Duration::minutes(10);
/// What a shop's clock and its caches may be behind.
const MARGIN: time::Duration = time::Duration::minutes(15);

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// There is more to do.
    TurnOver,
    Stopped,
    Completed,
}

/// How a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Next(Cursor),
    /// Of its list.
    End,
    /// Before it was through.
    TurnOver,
}

/// Why a turn got nowhere.
#[derive(Debug)]
pub enum Trouble {
    /// Only somebody can mend it.
    Refused(String),
    Later {
        pause: Duration,
        why: String,
        /// As the pace was: smaller pages may work.
        page_size: i32,
    },
    Database(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

/// One turn's tools.
pub(crate) struct Run {
    app: App,
    tenant: TenantId,
    id: Uuid,
    dry_run: bool,
    shop: Shop,
    facts: Facts,
    source: String,
    since: Option<OffsetDateTime>,
    started_at: OffsetDateTime,
    steps: Vec<Step>,
    until: Instant,
    /// Turns before this one that got nowhere.
    failures: i32,
    slice: i64,
}

/// Goes on until the turn is over.
pub async fn go_on(
    app: &App,
    tenant: TenantId,
    row: &ImportRow,
    until: Instant,
) -> Result<Ended, Trouble> {
    if row.state == STOPPING {
        return Ok(Ended::Stopped);
    }
    let run = begin::begin(app, tenant, row, until).await?;
    run.work(row.cursor()).await
}

impl Run {
    async fn work(&self, mut cursor: Cursor) -> Result<Ended, Trouble> {
        while let Some(step) = self.steps.get(cursor.step).copied() {
            if self.is_stopping().await? {
                return Ok(Ended::Stopped);
            }
            if self.is_over() {
                return Ok(Ended::TurnOver);
            }
            // Who comes before must be there: answers of one list are awaited before the next.
            if cursor.offset == 0 && !self.wait_for(0, None).await? {
                return Ok(Ended::TurnOver);
            }
            let next = match self.page_of(step, cursor).await? {
                Progress::Next(next) => next,
                Progress::TurnOver => return Ok(Ended::TurnOver),
                Progress::End => Cursor {
                    step: cursor.step + 1,
                    ..Cursor::default()
                },
            };
            self.save(next).await?;
            cursor = next;
        }
        if !self.wait_for(0, None).await? {
            return Ok(Ended::TurnOver);
        }
        self.finish().await?;
        Ok(Ended::Completed)
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    async fn is_stopping(&self) -> Result<bool, Trouble> {
        let tx = self.app.db.begin_tenant(self.tenant).await?;
        let row = imports::find_import(&tx, self.id).await?;
        tx.commit().await?;
        // One that was deleted stops too, and one that another turn has taken over.
        Ok(row.is_none_or(|row| row.state != RUNNING || row.slice != self.slice))
    }

    async fn save(&self, cursor: Cursor) -> Result<(), Trouble> {
        let tx = self.app.db.begin_tenant(self.tenant).await?;
        let step = self.steps.get(cursor.step).map_or("", |step| step.resource);
        imports::save_cursor(&tx, self.id, cursor, step, self.page_size()).await?;
        tx.commit().await?;
        Ok(())
    }

    fn page_size(&self) -> i32 {
        i32::try_from(self.shop.pace.size_index()).unwrap_or(0)
    }

    /// Waits until no more than `most` batches are without an answer; false when the turn is over first.
    async fn wait_for(&self, most: i64, resource: Option<&str>) -> Result<bool, Trouble> {
        loop {
            let tx = self.app.db.begin_tenant(self.tenant).await?;
            let (open, oldest) = batches::count_open(&tx, self.id, resource).await?;
            tx.commit().await?;
            if open <= most {
                return Ok(true);
            }
            if self.is_over() {
                let now = self.app.clock.now();
                return match oldest {
                    Some(oldest) if now - oldest > SILENT_AFTER => Err(self.later(
                        "what was sent was not answered for a while; it goes on as soon as it is",
                    )),
                    _ => Ok(false),
                };
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn later(&self, why: impl Into<String>) -> Trouble {
        Trouble::Later {
            pause: Duration::ZERO,
            why: why.into(),
            page_size: self.page_size(),
        }
    }

    fn trouble(&self, error: ShopError) -> Trouble {
        match error {
            ShopError::Refused(why) => Trouble::Refused(why),
            ShopError::Missing => Trouble::Refused(error.to_string()),
            ShopError::Later(pause, why) => Trouble::Later {
                pause,
                why,
                page_size: self.page_size(),
            },
        }
    }

    /// Our ids of what is here already: taken, not only sent. Images that were refused are none.
    async fn known(&self, names: &[Name], unseen: bool) -> Result<Known, Trouble> {
        if names.is_empty() {
            return Ok(Known::default());
        }
        let tx = self.app.db.begin_tenant(self.tenant).await?;
        let rows = records::find(&tx, (&self.source, self.id), names).await?;
        tx.commit().await?;
        let named = names.iter().filter_map(|name| {
            let row = rows.get(&(name.0.to_owned(), name.1.clone()))?;
            let is_here = row.hash.is_some() || unseen;
            is_here.then(|| (name.clone(), row.target_id.to_string()))
        });
        Ok(Known(named.collect()))
    }

    /// Our ids of these, made now where there are none. A trial gets ids that are forgotten.
    async fn named(&self, names: &[Name]) -> Result<Known, Trouble> {
        if self.dry_run {
            let mut known = self.known(names, true).await?;
            for name in names {
                let id = || Uuid::now_v7().to_string();
                known.0.entry(name.clone()).or_insert_with(id);
            }
            return Ok(known);
        }
        let tx = self.app.db.begin_tenant(self.tenant).await?;
        let rows = records::ensure(&tx, (&self.source, self.id), names).await?;
        tx.commit().await?;
        let named = names.iter().filter_map(|name| {
            let row = rows.get(&(name.0.to_owned(), name.1.clone()))?;
            Some((name.clone(), row.target_id.to_string()))
        });
        Ok(Known(named.collect()))
    }

    /// Notes what did not come, and why.
    async fn failed(&self, resource: &str, source_id: &str, why: &str) -> Result<(), Trouble> {
        let tx = self.app.db.begin_tenant(self.tenant).await?;
        let record = (resource, source_id);
        let row = IssueRow::new(
            &tx,
            self.id,
            record,
            (counts::FAILED, why),
            self.app.clock.now(),
        );
        if counts::save_issues(&tx, &[row]).await? > 0 {
            let count = CountRow {
                tenant_id: self.tenant.uuid(),
                import_id: self.id,
                resource: resource.to_owned(),
                failed: 1,
                ..CountRow::default()
            };
            counts::add(&tx, &count).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// The number of a record, as the map of old and new numbers writes it.
fn number(item: &serde_json::Value) -> i64 {
    item.get("id")
        .and_then(serde_json::Value::as_i64)
        .unwrap_or(0)
}

/// Names of items.
fn names_of(items: &[Item]) -> Vec<Name> {
    items
        .iter()
        .map(|item| (item.resource, item.source_id.clone()))
        .collect()
}

/// A trial has nothing to look at a second time: it wrote nothing down.
fn steps_of(row: &ImportRow) -> Vec<Step> {
    let mut steps = plan::steps(&row.resources);
    steps.retain(|step| step.pass == 1 || !row.dry_run);
    steps
}

fn pace_of(row: &ImportRow) -> Pace {
    Pace::resumed(usize::try_from(row.page_size).unwrap_or(0))
}
