//! No store takes all the room: so many requests of one store are under way at once, no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dashmap::DashMap;
use kernel::TenantId;

use crate::{ApiError, limits};

/// Requests under way per store, in this process. Clones share the counts.
#[derive(Clone, Default)]
pub struct Turns(Arc<DashMap<TenantId, Arc<AtomicU32>>>);

/// A request's place; it is free again when this is dropped.
pub struct Turn(Arc<AtomicU32>);

impl Turns {
    /// # Errors
    /// 503 `store-busy` when the store has all its places taken.
    pub fn take(&self, tenant: TenantId) -> Result<Turn, ApiError> {
        let known = self.0.get(&tenant).map(|count| count.clone());
        let count = known.unwrap_or_else(|| self.0.entry(tenant).or_default().clone());
        let before = count.fetch_add(1, Ordering::Relaxed);
        let turn = Turn(count);
        if before >= limits::TENANT_CONCURRENCY {
            return Err(ApiError::unavailable("store-busy").retry_after(1));
        }
        Ok(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowded_store_leaves_the_others_their_room() {
        let turns = Turns::default();
        let (crowded, calm) = (TenantId::new(), TenantId::new());
        let mut taken: Vec<Turn> = (0..limits::TENANT_CONCURRENCY)
            .map(|_| turns.take(crowded).unwrap())
            .collect();
        assert!(turns.take(crowded).is_err());
        assert!(turns.take(calm).is_ok());
        taken.pop();
        assert!(turns.take(crowded).is_ok(), "a place is free again");
    }
}
