//! A pool that one tenant cannot keep to itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::Error;
use crate::pool::POOL_WAIT;

/// Tenants that are remembered before those who hold nothing are forgotten.
const REMEMBERED: usize = 1_024;

/// Whose turn it is at the connections: a tenant may hold or wait for three quarters of them. What else
/// its crowd wants waits here, and another tenant's shopper finds a connection free.
pub(crate) struct Turns {
    each: usize,
    tenants: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
}

impl Turns {
    pub(crate) fn of_pool(size: usize) -> Self {
        Self {
            each: (size - size / 4).max(1),
            tenants: Mutex::default(),
        }
    }

    /// Waits as long as for a connection itself.
    ///
    /// # Errors
    /// When the turn did not come in time.
    pub(crate) async fn take(&self, tenant: TenantId) -> Result<OwnedSemaphorePermit, Error> {
        let late = || Error::Unavailable("no free connection in time".to_owned());
        let turn = self.of_tenant(tenant).acquire_owned();
        timeout(POOL_WAIT, turn)
            .await
            .map_err(|_| late())?
            .map_err(|_| late())
    }

    fn of_tenant(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() >= REMEMBERED && !tenants.contains_key(&tenant) {
            tenants.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        tenants
            .entry(tenant)
            .or_insert_with(|| Arc::new(Semaphore::new(self.each)))
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tenants_crowd_leaves_connections_to_others() {
        let turns = Turns::of_pool(4);
        let (crowded, other) = (TenantId::new(), TenantId::new());
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(turns.take(crowded).await.unwrap());
        }
        let mut waits = std::pin::pin!(turns.take(crowded));
        assert!(futures_util::poll!(&mut waits).is_pending());
        assert!(turns.take(other).await.is_ok());
        held.pop();
        assert!(waits.await.is_ok());
    }

    #[tokio::test]
    async fn who_holds_nothing_is_forgotten() {
        let turns = Turns::of_pool(16);
        let held = turns.take(TenantId::new()).await.unwrap();
        for _ in 0..REMEMBERED * 2 {
            drop(turns.take(TenantId::new()).await.unwrap());
        }
        let remembered = turns.tenants.lock().unwrap().len();
        assert!(remembered <= REMEMBERED, "{remembered}");
        drop(held);
    }

    #[test]
    fn the_smallest_pool_serves_everybody() {
        assert_eq!(Turns::of_pool(1).each, 1);
        assert_eq!(Turns::of_pool(2).each, 2);
        assert_eq!(Turns::of_pool(16).each, 12);
    }
}
