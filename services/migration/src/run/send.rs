//! Records go to their receivers in batches; those that are here already like that go nowhere.

use std::collections::BTreeMap;

use db::TenantTx;
use events::migration::v1::{
    CatalogImportRequested, CatalogRecord, OrdersImportRequested, OrdersRecord,
};
use prost::Message;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{OPEN_MAX, Run, Trouble, names_of};
use crate::domain::map::{Body, Item};
use crate::store::batches::{self, BatchRow};
use crate::store::counts::{self, CountRow, IssueRow};
use crate::store::imports;
use crate::store::records::{self, RecordRow, Rows, Sent};

const CATALOG: &str = "catalog";
const ORDERS: &str = "orders";
/// Bytes of a message, with room below the broker's limits; one record may be larger.
const BATCH_BYTES_MAX: usize = 200 * 1_024;

/// Records of a message: what its receiver does in one short transaction.
fn batch_max(resource: &str) -> usize {
    match resource {
        "product" => 10,
        "image" => 20,
        "category" => 40,
        "stock" => 40,
        _ => 50,
    }
}

/// A record with its place in the message and its hash.
struct Wrapped<'a> {
    item: &'a Item,
    message: Record,
    hash: Vec<u8>,
}

enum Record {
    Catalog(CatalogRecord),
    Orders(OrdersRecord),
}

impl Record {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Catalog(record) => record.encode_to_vec(),
            Self::Orders(record) => record.encode_to_vec(),
        }
    }
}

impl Run {
    /// Sends what differs. `read` is how many records of the old shop these are.
    pub(super) async fn send(
        &self,
        items: &[Item],
        pass: i16,
        total: Option<u64>,
    ) -> Result<(), Trouble> {
        if items.is_empty() {
            return Ok(());
        }
        if !self.dry_run {
            self.wait_for(OPEN_MAX - 1, None).await?;
        }
        let names = names_of(items);
        let mut tx = self.app.db.begin_tenant(self.tenant).await?;
        let rows = if self.dry_run {
            records::find(&tx, (&self.source, self.id), &names).await?
        } else {
            records::ensure(&tx, (&self.source, self.id), &names).await?
        };
        let mut tally: BTreeMap<&str, CountRow> = BTreeMap::new();
        let (mut changed, mut parts) = (Vec::new(), Vec::new());
        for item in items {
            let count = tally.entry(item.resource).or_default();
            count.read += i64::from(pass == 1);
            let Some((wrapped, row)) = wrap(item, &rows) else {
                parts.push(item);
                continue;
            };
            match fate(row, &wrapped) {
                Fate::Unchanged => count.unchanged += i64::from(pass == 1),
                Fate::UnderWay => {}
                Fate::Changed => {
                    count.sent += 1;
                    changed.push(wrapped);
                }
            }
        }
        // The second look asks for what changed meanwhile: its total is not the list's.
        if let Some(first) = items.first().filter(|_| pass == 1) {
            let count = tally.entry(first.resource).or_default();
            count.total = i64::try_from(total.unwrap_or(0)).unwrap_or(0);
        }
        self.note(&tx, items).await?;
        self.tally(&tx, tally).await?;
        if !self.dry_run {
            self.emit(&mut tx, &changed).await?;
            let counted: Vec<Sent<'_>> = parts.iter().map(|item| part(item)).collect();
            records::save_sent(&tx, &self.source, &counted).await?;
            records::see(&tx, &self.source, &names, (self.id, pass)).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// What was not taken over is told, whether the record is new or not.
    async fn note(&self, tx: &TenantTx, items: &[Item]) -> Result<(), Trouble> {
        let now = self.app.clock.now();
        let mut rows = Vec::new();
        for item in items {
            for note in &item.notes {
                let record = (item.resource, item.source_id.as_str());
                rows.push(IssueRow::new(
                    tx,
                    self.id,
                    record,
                    (counts::NOTE, note),
                    now,
                ));
            }
        }
        counts::save_issues(tx, &rows).await?;
        Ok(())
    }

    async fn tally(&self, tx: &TenantTx, tally: BTreeMap<&str, CountRow>) -> Result<(), Trouble> {
        for (resource, count) in tally {
            let row = CountRow {
                tenant_id: tx.tenant().uuid(),
                import_id: self.id,
                resource: resource.to_owned(),
                ..count
            };
            counts::add(tx, &row).await?;
        }
        Ok(())
    }

    async fn emit(&self, tx: &mut TenantTx, changed: &[Wrapped<'_>]) -> Result<(), Trouble> {
        let batches = batches_of(changed);
        if batches.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(batches.len()).unwrap_or(i64::MAX);
        let first = imports::take_batches(tx, self.id, count).await? - count + 1;
        let mut sent = Vec::new();
        for (number, batch) in (first..).zip(&batches) {
            let id = Uuid::now_v7();
            let size = i32::try_from(batch.len()).unwrap_or(i32::MAX);
            let row = BatchRow {
                tenant_id: tx.tenant().uuid(),
                id,
                import_id: self.id,
                receiver: receiver_of(batch).to_owned(),
                resource: batch.first().map_or("", |one| one.item.resource).to_owned(),
                records: size,
                open: size,
                sent_at: self.app.clock.now(),
            };
            batches::create_batch(tx, &row).await?;
            self.tell(tx, (id, number), batch).await?;
            sent.extend(batch.iter().map(|wrapped| Sent {
                name: (wrapped.item.resource, wrapped.item.source_id.clone()),
                parent: &wrapped.item.parent,
                measured: &wrapped.item.measured,
                hash: Some(wrapped.hash.clone()),
                batch: Some(id),
            }));
        }
        records::save_sent(tx, &self.source, &sent).await?;
        Ok(())
    }

    async fn tell(
        &self,
        tx: &mut TenantTx,
        (id, version): (Uuid, i64),
        batch: &[&Wrapped<'_>],
    ) -> Result<(), Trouble> {
        let (tenant_id, import_id) = (tx.tenant().to_string(), self.id.to_string());
        let batch_id = id.to_string();
        if receiver_of(batch) == CATALOG {
            let records = batch.iter().filter_map(|wrapped| match &wrapped.message {
                Record::Catalog(record) => Some(record.clone()),
                Record::Orders(_) => None,
            });
            let event = CatalogImportRequested {
                tenant_id,
                import_id,
                version,
                batch_id,
                records: records.collect(),
            };
            bus::emit(tx, &event).await?;
        } else {
            let records = batch.iter().filter_map(|wrapped| match &wrapped.message {
                Record::Orders(record) => Some(record.clone()),
                Record::Catalog(_) => None,
            });
            let event = OrdersImportRequested {
                tenant_id,
                import_id,
                version,
                batch_id,
                records: records.collect(),
            };
            bus::emit(tx, &event).await?;
        }
        Ok(())
    }
}

fn part(item: &Item) -> Sent<'_> {
    Sent {
        name: (item.resource, item.source_id.clone()),
        parent: &item.parent,
        measured: &item.measured,
        hash: None,
        batch: None,
    }
}

/// Nothing for what is only counted.
fn wrap<'a>(item: &'a Item, rows: &Rows) -> Option<(Wrapped<'a>, Option<RecordRow>)> {
    let row = rows.get(&(item.resource.to_owned(), item.source_id.clone()));
    let target_id = row.map_or_else(Uuid::nil, |row| row.target_id).to_string();
    let (resource, source_id) = (item.resource.to_owned(), item.source_id.clone());
    let message = match &item.body {
        Body::Catalog(body) => Record::Catalog(CatalogRecord {
            resource,
            source_id,
            target_id,
            body: Some(body.clone()),
        }),
        Body::Orders(body) => Record::Orders(OrdersRecord {
            resource,
            source_id,
            target_id,
            body: Some(body.clone()),
        }),
        Body::Part => return None,
    };
    // Without the target: it changes when an image turns out to be another one's twin.
    let hashed = match (&item.mark, &item.body) {
        (Some(mark), _) => mark.clone().into_bytes(),
        (None, Body::Catalog(body)) => CatalogRecord {
            body: Some(body.clone()),
            ..CatalogRecord::default()
        }
        .encode_to_vec(),
        (None, Body::Orders(body)) => OrdersRecord {
            body: Some(body.clone()),
            ..OrdersRecord::default()
        }
        .encode_to_vec(),
        (None, Body::Part) => return None,
    };
    let hash = hash_of(&hashed);
    Some((
        Wrapped {
            item,
            message,
            hash,
        },
        row.cloned(),
    ))
}

pub(super) fn hash_of(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

enum Fate {
    /// It is here like that.
    Unchanged,
    /// It was sent like that, and the answer is on its way.
    UnderWay,
    Changed,
}

fn fate(row: Option<RecordRow>, wrapped: &Wrapped<'_>) -> Fate {
    let Some(row) = row else {
        return Fate::Changed;
    };
    let hash = Some(&wrapped.hash);
    if row.is_coming && row.sent_hash.as_ref() == hash {
        return Fate::UnderWay;
    }
    if row.batch_id.is_none() && !row.failed && row.hash.as_ref() == hash {
        return Fate::Unchanged;
    }
    Fate::Changed
}

fn receiver_of(batch: &[&Wrapped<'_>]) -> &'static str {
    match batch.first().map(|wrapped| &wrapped.message) {
        Some(Record::Catalog(_)) => CATALOG,
        _ => ORDERS,
    }
}

/// Of one kind, few enough and small enough; in their order.
fn batches_of<'a, 'i>(changed: &'a [Wrapped<'i>]) -> Vec<Vec<&'a Wrapped<'i>>> {
    let mut by_kind: BTreeMap<&str, Vec<&'a Wrapped<'i>>> = BTreeMap::new();
    for wrapped in changed {
        by_kind
            .entry(wrapped.item.resource)
            .or_default()
            .push(wrapped);
    }
    let mut batches = Vec::new();
    for (resource, all) in by_kind {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for wrapped in all {
            let size = wrapped.message.bytes().len();
            let is_full = batch.len() >= batch_max(resource) || bytes + size > BATCH_BYTES_MAX;
            if is_full && !batch.is_empty() {
                batches.push(std::mem::take(&mut batch));
                bytes = 0;
            }
            bytes += size;
            batch.push(wrapped);
        }
        batches.push(batch);
    }
    batches
}
