//! The audit trail: append-only, each entry with the hash of the one before it in its tenant's chain.

use std::borrow::Cow;

use db::{Db, Error, Prepare, SystemTx, TenantTx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use events::common::v1::Action;
use events::from_us;
use kernel::TenantId;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use super::tenants::literal;

diesel::table! {
    audit_entry (tenant_id, seq) {
        tenant_id -> Uuid,
        seq -> Int8,
        at -> Timestamptz,
        actor -> Text,
        acting_as -> Nullable<Text>,
        ip -> Nullable<Text>,
        action -> Text,
        target -> Text,
        before -> Nullable<Jsonb>,
        after -> Nullable<Jsonb>,
        prev_hash -> Binary,
        hash -> Binary,
    }
}

/// What the first entry of a chain follows.
const BEGINNING: [u8; 32] = [0; 32];

/// Who did what to what. Secrets never stand in `before` and `after`.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub actor: String,
    /// Set when one of the platform's people acted in a store.
    pub acting_as: Option<String>,
    pub ip: Option<String>,
    pub action: Cow<'static, str>,
    pub target: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Entry {
    /// A deed as a service tells it, and when it was done.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn told(action: Action) -> Result<(OffsetDateTime, Self), String> {
        let at = from_us(action.at_us).ok_or("action.at_us is absent")?;
        let entry = Self {
            actor: action.actor,
            acting_as: present(action.acting_as),
            ip: present(action.ip),
            action: action.action.into(),
            target: action.target,
            before: json_of(&action.before_json, "action.before_json")?,
            after: json_of(&action.after_json, "action.after_json")?,
        };
        Ok((at, entry))
    }
}

fn present(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn json_of(text: &str, field: &str) -> Result<Option<Value>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = serde_json::from_str(text);
    value.map(Some).map_err(|_| format!("{field} is no JSON"))
}

/// An entry as it is kept.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_entry)]
pub struct Row {
    tenant_id: Uuid,
    pub seq: i64,
    pub at: OffsetDateTime,
    pub actor: String,
    pub acting_as: Option<String>,
    pub ip: Option<String>,
    pub action: String,
    pub target: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

/// What is looked for in a trail; every field narrows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought<'a> {
    /// A deed, or all deeds of one kind of thing: `product.update`, `product`.
    pub action: Option<&'a str>,
    pub actor: Option<&'a str>,
    pub since: Option<OffsetDateTime>,
    pub until: Option<OffsetDateTime>,
}

/// The trail of the transaction's tenant, the newest entry first.
pub async fn list_entries(
    tx: &TenantTx,
    sought: Sought<'_>,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Row>, Error> {
    let mut query = audit_entry::table
        .filter(audit_entry::tenant_id.eq(tx.tenant().uuid()))
        .order(audit_entry::seq.desc())
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(action) = sought.action {
        let of_kind = audit_entry::action.like(format!("{}.%", literal(action)));
        query = query.filter(audit_entry::action.eq(action.to_owned()).or(of_kind));
    }
    if let Some(actor) = sought.actor {
        query = query.filter(audit_entry::actor.eq(actor.to_owned()));
    }
    if let Some(since) = sought.since {
        query = query.filter(audit_entry::at.ge(since));
    }
    if let Some(until) = sought.until {
        query = query.filter(audit_entry::at.lt(until));
    }
    if let Some(after) = after {
        query = query.filter(audit_entry::seq.lt(after));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

impl Row {
    /// Over everything but the hash itself. JSON in one fixed order, so that the text is the same
    /// whoever writes it down again.
    fn computed_hash(&self) -> Vec<u8> {
        let facts = json!([
            self.tenant_id,
            self.seq,
            self.at.unix_timestamp_nanos().to_string(),
            self.actor,
            self.acting_as,
            self.ip,
            self.action,
            self.target,
            self.before,
            self.after,
            hex::encode(&self.prev_hash),
        ]);
        Sha256::digest(facts.to_string()).to_vec()
    }
}

/// Adds an entry to the chain of the transaction's tenant. Writers of one chain wait for each other.
pub async fn append(tx: &TenantTx, now: OffsetDateTime, entry: Entry) -> Result<(), Error> {
    let tenant = tx.tenant().uuid();
    super::lock_word(tx, format!("audit {tenant}")).await?;
    let last: Option<(i64, Vec<u8>)> = audit_entry::table
        .filter(audit_entry::tenant_id.eq(tenant))
        .order(audit_entry::seq.desc())
        .select((audit_entry::seq, audit_entry::hash))
        .first(&mut tx.conn())
        .await
        .optional()?;
    let (seq, prev_hash) = last.unwrap_or((0, BEGINNING.to_vec()));
    let mut row = Row {
        tenant_id: tenant,
        seq: seq + 1,
        at: now,
        actor: entry.actor,
        acting_as: entry.acting_as,
        ip: entry.ip,
        action: entry.action.into_owned(),
        target: entry.target,
        before: entry.before,
        after: entry.after,
        prev_hash,
        hash: Vec::new(),
    };
    row.hash = row.computed_hash();
    diesel::insert_into(audit_entry::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// A place where a chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    pub tenant: TenantId,
    pub seq: i64,
}

/// Reads every chain of the service and names the first bad entry of each.
pub async fn verify(db: &Db) -> Result<Vec<Break>, Error> {
    db.system("verify the audit trail", async |tx| {
        let mut breaks = Vec::new();
        for tenant in list_chains(tx).await? {
            breaks.extend(verify_chain(tx, tenant).await?);
        }
        Ok::<_, Error>(breaks)
    })
    .await
}

/// How many entries the trail has.
pub async fn count(tx: &SystemTx) -> Result<i64, Error> {
    Ok(audit_entry::table
        .select(sql::<BigInt>("count(*)"))
        .first(&mut tx.conn())
        .await?)
}

async fn list_chains(tx: &SystemTx) -> Result<Vec<Uuid>, Error> {
    Ok(audit_entry::table
        .select(audit_entry::tenant_id)
        .distinct()
        .load(&mut tx.conn())
        .await?)
}

/// Entries read at a time.
const PAGE: i64 = 1_000;

async fn verify_chain(tx: &SystemTx, tenant: Uuid) -> Result<Option<Break>, Error> {
    let (mut seq, mut prev_hash) = (0, BEGINNING.to_vec());
    loop {
        let page: Vec<Row> = audit_entry::table
            .filter(
                audit_entry::tenant_id
                    .eq(tenant)
                    .and(audit_entry::seq.gt(seq)),
            )
            .order(audit_entry::seq)
            .limit(PAGE)
            .select(Row::as_select())
            .load(&mut tx.conn())
            .await?;
        if page.is_empty() {
            return Ok(None);
        }
        for row in page {
            let follows = row.seq == seq + 1 && row.prev_hash == prev_hash;
            if !follows || row.hash != row.computed_hash() {
                let tenant = TenantId::from_uuid(tenant);
                return Ok(Some(Break {
                    tenant,
                    seq: seq + 1,
                }));
            }
            (seq, prev_hash) = (row.seq, row.hash);
        }
    }
}
