//! Records of another shop come into the catalog: each by itself, so that one that is refused
//! keeps none of the others out, and written again only where it differs.

mod categories;
mod images;
mod products;
mod words;

use bus::HandleError;
use db::TenantTx;
use diesel_async::RunQueryDsl;
use events::migration::v1::catalog_record::Body;
use events::migration::v1::{CatalogRecord, Outcome};
use http_kit::TenantRef;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::app::App;
use crate::domain::redirect;
use crate::store::redirects::{self, RedirectRow};

/// Where the records of a batch go.
pub struct Place {
    pub app: App,
    pub tenant: TenantRef,
    pub now: OffsetDateTime,
    pub import_id: String,
    pub batch_id: String,
}

/// How a record ended.
pub enum Ended {
    Applied,
    /// It was here like that.
    Unchanged,
    /// It goes on in a job, which tells of its end.
    Later,
}

/// Why a record was not taken.
#[derive(Debug)]
pub enum Refusal {
    /// For the merchant's eyes.
    Said(String),
    Database(db::Error),
}

impl From<db::Error> for Refusal {
    fn from(error: db::Error) -> Self {
        Self::Database(error)
    }
}

impl Refusal {
    fn said(text: impl Into<String>) -> Self {
        Self::Said(text.into())
    }
}

/// Takes one record; nothing when a job will tell of its end.
///
/// # Errors
/// When the whole batch must come again: the database is away, or another transaction is in the way.
pub async fn take(
    tx: &mut TenantTx,
    place: &Place,
    record: CatalogRecord,
) -> Result<Option<Outcome>, HandleError> {
    let mut outcome = Outcome {
        resource: record.resource.clone(),
        source_id: record.source_id.clone(),
        target_id: record.target_id.clone(),
        ..Outcome::default()
    };
    let mut notes = Vec::new();
    run(tx, "SAVEPOINT record").await?;
    let ended = take_body(tx, place, record, &mut notes).await;
    outcome.result = match ended {
        Ok(Ended::Later) => {
            run(tx, "RELEASE SAVEPOINT record").await?;
            return Ok(None);
        }
        Ok(ended) => {
            run(tx, "RELEASE SAVEPOINT record").await?;
            let is_new = matches!(ended, Ended::Applied);
            if is_new { "applied" } else { "unchanged" }.to_owned()
        }
        Err(refusal) => {
            notes = vec![words_of(refusal)?];
            run(tx, "ROLLBACK TO SAVEPOINT record").await?;
            "failed".to_owned()
        }
    };
    outcome.notes = notes;
    Ok(Some(outcome))
}

async fn take_body(
    tx: &mut TenantTx,
    place: &Place,
    record: CatalogRecord,
    notes: &mut Vec<String>,
) -> Result<Ended, Refusal> {
    let id: Uuid = id(&record.target_id)?;
    match record.body {
        Some(Body::Category(body)) => categories::take(tx, place, id, body).await,
        Some(Body::Tag(body)) => words::take_tag(tx, id, body).await,
        Some(Body::Attribute(body)) => words::take_attribute(tx, id, body).await,
        Some(Body::Image(body)) => images::take(tx, place, (id, record.source_id), body).await,
        Some(Body::Product(body)) => products::take(tx, place, id, body, notes).await,
        Some(Body::Review(body)) => words::take_review(tx, place, id, body).await,
        None => Err(Refusal::said(
            "this platform does not know such a record yet",
        )),
    }
}

/// What is said of a refusal. What only time mends goes up, and the batch comes again.
fn words_of(refusal: Refusal) -> Result<String, HandleError> {
    match refusal {
        Refusal::Said(text) => Ok(text),
        Refusal::Database(error)
            if error.is_unavailable() || error.is_retryable() || error.is_lock_timeout() =>
        {
            Err(error.into())
        }
        Refusal::Database(error) => {
            tracing::warn!(cause = %error, "A record of another shop was refused by the database");
            Ok("it could not be stored as it is".to_owned())
        }
    }
}

/// Notes where a shop's old addresses lead.
async fn redirect(
    tx: &TenantTx,
    kind: &str,
    target: Uuid,
    paths: &[String],
    now: OffsetDateTime,
) -> Result<(), db::Error> {
    let mut normal: Vec<String> = paths
        .iter()
        .filter_map(|path| redirect::normal(path))
        .collect();
    normal.sort_unstable();
    normal.dedup();
    let rows: Vec<RedirectRow> = normal
        .into_iter()
        .map(|path| RedirectRow {
            tenant_id: tx.tenant().uuid(),
            path,
            kind: kind.to_owned(),
            target_id: target,
            created_at: now,
        })
        .collect();
    redirects::save_redirects(tx, &rows).await
}

async fn run(tx: &TenantTx, statement: &str) -> Result<(), db::Error> {
    diesel::sql_query(statement).execute(&mut tx.conn()).await?;
    Ok(())
}

fn id<T: From<Uuid>>(text: &str) -> Result<T, Refusal> {
    let id: Result<Uuid, _> = text.parse();
    id.map(T::from)
        .map_err(|_| Refusal::said("an id of it is none"))
}
