//! After a change of keys: what an older key sealed is opened once more and sealed with the newest.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use kernel::config::SealingKey;
use kernel::{Invalid, TenantId};
use uuid::Uuid;

use crate::{Db, Error, Sealer, SealingFailed, SystemTx};

/// Rows of one transaction: whoever writes one of them meanwhile waits no longer than these take.
const PAGE: i64 = 100;

/// Everything that a service keeps sealed.
#[derive(Clone, Copy, Debug)]
pub struct Sealed {
    /// As for [`Sealer::new`].
    pub purpose: &'static str,
    pub columns: &'static [SealedColumn],
}

/// A column of sealed bytes. Its names stand in SQL as they are: they are constants of the service.
#[derive(Clone, Copy, Debug)]
pub struct SealedColumn {
    pub table: &'static str,
    pub column: &'static str,
    /// What tells the rows of a store apart.
    pub key: SealedKey,
    /// Where the bytes of a row lie, as [`Sealer::seal`] was told: by the store and the key as text.
    pub place: fn(TenantId, &str) -> String,
}

/// A column and its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedKey {
    Uuid(&'static str),
    Text(&'static str),
}

impl SealedKey {
    /// Its name, its type, and what comes before all of its values.
    fn parts(self) -> (&'static str, &'static str, String) {
        match self {
            Self::Uuid(name) => (name, "uuid", Uuid::nil().to_string()),
            Self::Text(name) => (name, "text", String::new()),
        }
    }
}

/// What became of what older keys had sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    pub anew: u64,
    /// No key of the ring opens them: they are left as they are.
    pub unopened: u64,
}

/// Why not everything was looked at.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    #[error(transparent)]
    Db(#[from] Error),
    #[error(transparent)]
    Sealing(#[from] SealingFailed),
    #[error(transparent)]
    Keys(#[from] Invalid),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    tenant_id: Uuid,
    #[diesel(sql_type = Text)]
    key: String,
    /// Absent when the newest key sealed it.
    #[diesel(sql_type = Nullable<Binary>)]
    sealed: Option<Vec<u8>>,
}

/// Seals with the first of `keys` whatever another of them sealed, in all stores. It may be stopped and run
/// again at any time, beside a service that runs.
///
/// # Errors
/// When the database is away or there is no key to seal with. What was sealed anew until then stays so.
pub async fn reseal(
    db: &Db,
    keys: &[SealingKey],
    sealed: &Sealed,
) -> Result<Resealed, ResealError> {
    let sealer = Sealer::new(sealed.purpose, keys)?;
    let mut done = Resealed::default();
    for column in sealed.columns {
        let (_, _, first) = column.key.parts();
        let mut after = Some((Uuid::nil(), first));
        while let Some(place) = after {
            after = db
                .system("seal anew what an older key sealed", async |tx| {
                    page(tx, &sealer, column, &place, &mut done).await
                })
                .await?;
        }
    }
    Ok(done)
}

/// Looks at the rows behind `after`; answers with the last of them when there may be more.
async fn page(
    tx: &SystemTx,
    sealer: &Sealer,
    column: &SealedColumn,
    after: &(Uuid, String),
    done: &mut Resealed,
) -> Result<Option<(Uuid, String)>, ResealError> {
    let rows = rows(tx, sealer, column, after).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= PAGE);
    let last = rows.last().map(|row| (row.tenant_id, row.key.clone()));
    for row in rows {
        let Some(old) = row.sealed else { continue };
        let place = (column.place)(TenantId::from_uuid(row.tenant_id), &row.key);
        let Some(plain) = sealer.open(&place, &old) else {
            done.unopened += 1;
            continue;
        };
        let anew = sealer.seal(&place, &plain)?;
        done.anew += save(tx, column, (row.tenant_id, &row.key), (&old, &anew)).await?;
    }
    Ok(last.filter(|_| is_full))
}

async fn rows(
    tx: &SystemTx,
    sealer: &Sealer,
    column: &SealedColumn,
    (tenant, key): &(Uuid, String),
) -> Result<Vec<Row>, ResealError> {
    let label = sealer.label()?;
    let (name, kind, _) = column.key.parts();
    let SealedColumn { table, column, .. } = column;
    let sql = format!(
        "SELECT tenant_id, {name}::text AS key,
           CASE WHEN substring({column} FROM 1 FOR $4) = $5 THEN NULL ELSE {column} END AS sealed
         FROM {table}
         WHERE (tenant_id, {name}) > ($1, $2::{kind}) AND {column} IS NOT NULL
         ORDER BY tenant_id, {name} LIMIT $3"
    );
    let rows = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(*tenant)
        .bind::<Text, _>(key.as_str())
        .bind::<BigInt, _>(PAGE)
        .bind::<Integer, _>(i32::try_from(label.len()).map_err(|_| SealingFailed)?)
        .bind::<Binary, _>(label)
        .load(&mut tx.conn())
        .await
        .map_err(Error::from)?;
    Ok(rows)
}

/// Writes it down unless somebody wrote another meanwhile, which the newest key has sealed; answers how many
/// rows were written.
async fn save(
    tx: &SystemTx,
    column: &SealedColumn,
    (tenant, key): (Uuid, &str),
    (old, anew): (&[u8], &[u8]),
) -> Result<u64, Error> {
    let (name, kind, _) = column.key.parts();
    let SealedColumn { table, column, .. } = column;
    let sql = format!(
        "UPDATE {table} SET {column} = $4
         WHERE tenant_id = $1 AND {name} = $2::{kind} AND {column} = $3"
    );
    let saved = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(tenant)
        .bind::<Text, _>(key)
        .bind::<Binary, _>(old)
        .bind::<Binary, _>(anew)
        .execute(&mut tx.conn())
        .await?;
    Ok(u64::try_from(saved).unwrap_or(0))
}
