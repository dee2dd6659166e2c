//! Records of another shop come to orders: each by itself, so that one that is refused keeps none of
//! the others out, and written again only where it differs. None of them takes stock for an order,
//! asks for a payment or tells anybody that something was bought.

mod customers;
mod past_orders;
mod settings;
mod shelves;

use bus::HandleError;
use db::TenantTx;
use diesel_async::RunQueryDsl;
use events::common::v1::Address;
use events::migration::v1::orders_record::Body;
use events::migration::v1::{OrdersRecord, Outcome, Stock};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::app::App;

/// How a record ended.
#[derive(Default)]
struct Ended {
    /// False: it was here like that.
    is_new: bool,
    /// Where it is another thing than was asked for.
    target: Option<Uuid>,
    notes: Vec<String>,
    units: i64,
    total_minor: i64,
    refunded_minor: i64,
}

impl Ended {
    /// Of somebody who had everything about himself erased here.
    fn erased() -> Self {
        Self {
            notes: vec!["erased at the person's own request".to_owned()],
            ..Self::default()
        }
    }
}

/// Why a record was not taken.
#[derive(Debug)]
enum Refusal {
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

/// Takes a batch; an outcome for each record.
///
/// # Errors
/// When the whole batch must come again: the database is away, or another transaction is in the way.
pub async fn take(
    tx: &mut TenantTx,
    app: &App,
    records: Vec<OrdersRecord>,
    now: OffsetDateTime,
) -> Result<Vec<Outcome>, HandleError> {
    let (mut counts, mut outcomes) = (Vec::new(), Vec::new());
    for record in records {
        match record {
            OrdersRecord {
                body: Some(Body::Stock(body)),
                source_id,
                ..
            } => counts.push((source_id, body)),
            record => outcomes.push(take_one(tx, app, record, now).await?),
        }
    }
    // Last, so that their locks are held for a moment only.
    outcomes.extend(take_counts(tx, counts, now).await?);
    Ok(outcomes)
}

async fn take_counts(
    tx: &mut TenantTx,
    counts: Vec<(String, Stock)>,
    now: OffsetDateTime,
) -> Result<Vec<Outcome>, HandleError> {
    let ended = shelves::take(tx, &counts, now).await?;
    let outcomes = counts.into_iter().zip(ended);
    let outcomes = outcomes.map(|((source_id, body), ended)| {
        outcome("stock".to_owned(), source_id, body.variant_id, ended)
    });
    Ok(outcomes.collect())
}

async fn take_one(
    tx: &mut TenantTx,
    app: &App,
    record: OrdersRecord,
    now: OffsetDateTime,
) -> Result<Outcome, HandleError> {
    run(tx, "SAVEPOINT record").await?;
    let (resource, source_id) = (record.resource.clone(), record.source_id.clone());
    let target_id = record.target_id.clone();
    let ended = match take_body(tx, app, record, now).await {
        Ok(ended) => {
            run(tx, "RELEASE SAVEPOINT record").await?;
            Ok(ended)
        }
        Err(refusal) => {
            let text = words_of(refusal)?;
            run(tx, "ROLLBACK TO SAVEPOINT record").await?;
            Err(text)
        }
    };
    Ok(outcome(resource, source_id, target_id, ended))
}

async fn take_body(
    tx: &TenantTx,
    app: &App,
    record: OrdersRecord,
    now: OffsetDateTime,
) -> Result<Ended, Refusal> {
    let id: Uuid = id(&record.target_id)?;
    let body = match record.body {
        Some(Body::Customer(body)) if app.accounts.was_erased(tx, &body.email).await? => {
            return Ok(Ended::erased());
        }
        Some(Body::Password(body)) if app.accounts.was_erased(tx, &body.email).await? => {
            return Ok(Ended::erased());
        }
        Some(Body::Order(body)) if app.accounts.was_erased(tx, &body.email).await? => {
            Some(Body::Order(past_orders::without_person(body)))
        }
        body => body,
    };
    match body {
        Some(Body::Customer(body)) => customers::take(tx, id, body, now).await,
        Some(Body::Password(body)) => customers::take_password(tx, body).await,
        Some(Body::Order(body)) => past_orders::take(tx, id, body, now).await,
        Some(Body::Coupon(body)) => settings::take_coupon(tx, id, body).await,
        Some(Body::TaxRate(body)) => settings::take_tax_rate(tx, app, id, body).await,
        Some(Body::ShippingZone(body)) => settings::take_zone(tx, id, body).await,
        Some(Body::Stock(_)) | None => Err(Refusal::said(
            "this platform does not know such a record yet",
        )),
    }
}

fn outcome(
    resource: String,
    source_id: String,
    target_id: String,
    ended: Result<Ended, String>,
) -> Outcome {
    let outcome = Outcome {
        resource,
        source_id,
        target_id,
        ..Outcome::default()
    };
    match ended {
        Ok(ended) => Outcome {
            result: if ended.is_new { "applied" } else { "unchanged" }.to_owned(),
            target_id: ended
                .target
                .map_or(outcome.target_id, |target| target.to_string()),
            notes: ended.notes,
            units: ended.units,
            total_minor: ended.total_minor,
            refunded_minor: ended.refunded_minor,
            resource: outcome.resource,
            source_id: outcome.source_id,
        },
        Err(text) => Outcome {
            result: "failed".to_owned(),
            notes: vec![text],
            ..outcome
        },
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

async fn run(tx: &TenantTx, statement: &str) -> Result<(), db::Error> {
    diesel::sql_query(statement).execute(&mut tx.conn()).await?;
    Ok(())
}

fn id(text: &str) -> Result<Uuid, Refusal> {
    text.parse()
        .map_err(|_| Refusal::said("an id of it is none"))
}

/// An address as the old shop had it: it may lack what ours must have.
fn address(address: Option<&Address>) -> Option<Value> {
    address.map(|address| {
        json!({
            "name": address.name, "company": address.company, "line1": address.line1,
            "line2": address.line2, "city": address.city, "region": address.region,
            "postcode": address.postcode, "country": address.country, "phone": address.phone,
            "tax_id": address.tax_id,
        })
    })
}
