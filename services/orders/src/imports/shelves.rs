//! What the old shop has on its shelves.

use std::collections::BTreeMap;

use bus::HandleError;
use db::TenantTx;
use events::migration::v1::Stock as Count;
use kernel::VariantId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Ended;
use crate::domain::stock::{ON_HAND_MAX, Stock};
use crate::shelf;
use crate::store::stock::{self, MovementRow, StockRow};

const REASON: &str = "import";

/// Sets the counts in one transaction, rows in the order in which everybody locks them. What is promised
/// to orders here stays.
pub(super) async fn take(
    tx: &mut TenantTx,
    counts: &[(String, Count)],
    now: OffsetDateTime,
) -> Result<Vec<Result<Ended, String>>, HandleError> {
    let mut wanted: BTreeMap<VariantId, i64> = BTreeMap::new();
    for (_, count) in counts {
        if let Ok(id) = count.variant_id.parse() {
            wanted.insert(id, count.on_hand);
        }
    }
    let ids: Vec<VariantId> = wanted.keys().copied().collect();
    let mut before = stock::lock_stock(tx, &ids).await?;
    let is_new = |id: &&VariantId| before.iter().all(|row| row.variant() != **id);
    let missing: Vec<VariantId> = ids.iter().filter(is_new).copied().collect();
    for id in &missing {
        stock::create_missing(tx, *id).await?;
    }
    before.extend(stock::lock_stock(tx, &missing).await?);
    let mut changed = Vec::new();
    let mut movements = Vec::new();
    let mut ended: BTreeMap<VariantId, Ended> = BTreeMap::new();
    for row in &before {
        let asked = wanted.get(&row.variant()).copied().unwrap_or(0);
        let (on_hand, note) = settled(row, asked);
        let is_new = on_hand != row.on_hand;
        if is_new {
            let counts = Stock {
                on_hand,
                reserved: row.reserved,
            };
            changed.push((row.variant(), counts));
            movements.push(movement(tx, row, on_hand, now));
        }
        let end = Ended {
            is_new,
            notes: note.into_iter().collect(),
            units: on_hand,
            ..Ended::default()
        };
        ended.insert(row.variant(), end);
    }
    if !changed.is_empty() {
        shelf::apply(tx, &changed, &movements, now).await?;
    }
    let end = |(_, count): &(String, Count)| {
        let id: Option<VariantId> = count.variant_id.parse().ok();
        id.and_then(|id| ended.remove(&id))
            .ok_or_else(|| "its variant is not named by an id, or twice".to_owned())
    };
    Ok(counts.iter().map(end).collect())
}

/// What can be on the shelf, and what is to be said where that is not what was asked for.
fn settled(row: &StockRow, asked: i64) -> (i64, Option<String>) {
    if asked < 0 {
        let note = format!("the old shop promised {} more than it has", -asked);
        return (row.reserved, Some(note));
    }
    if asked < row.reserved {
        let note = format!("{} are promised to orders of this store", row.reserved);
        return (row.reserved, Some(note));
    }
    (asked.min(ON_HAND_MAX), None)
}

fn movement(tx: &TenantTx, row: &StockRow, on_hand: i64, now: OffsetDateTime) -> MovementRow {
    MovementRow {
        tenant_id: tx.tenant().uuid(),
        id: Uuid::now_v7(),
        variant_id: row.variant_id,
        kind: "corrected".into(),
        on_hand: on_hand - row.on_hand,
        reserved: 0,
        order_id: None,
        reason: REASON.to_owned(),
        actor: "migration".to_owned(),
        at: now,
    }
}
