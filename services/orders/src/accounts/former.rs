//! What former shops' passwords cost: as much at every sign-in of their store, whoever it is of.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use db::{Error, TenantTx};
use kernel::TenantId;
use moka::sync::Cache;

use crate::domain::old_password::Work;
use crate::store::accounts;

/// Stores whose works are kept in memory.
const STORES_MAX: u64 = 10_000;
/// How long a store does more than it needs to after the last of its old hashes was replaced.
const LIFE: Duration = Duration::from_secs(600);

/// The works of each store's old hashes. Clones share them.
#[derive(Clone)]
pub struct FormerShops(Cache<TenantId, Arc<BTreeSet<Work>>>);

impl Default for FormerShops {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(STORES_MAX)
                .time_to_live(LIFE)
                .build(),
        )
    }
}

impl FormerShops {
    /// What a sign-in has to do. A hash of another work than those that are remembered came after them.
    pub async fn works(
        &self,
        tx: &TenantTx,
        own: Option<&str>,
    ) -> Result<Arc<BTreeSet<Work>>, Error> {
        let own = own.and_then(Work::of);
        let has_own = |works: &Arc<BTreeSet<Work>>| own.is_none_or(|own| works.contains(&own));
        if let Some(works) = self.0.get(&tx.tenant()).filter(has_own) {
            return Ok(works);
        }
        let beginnings = accounts::list_old_beginnings(tx).await?;
        let works = beginnings.iter().filter_map(|text| Work::of(text));
        let works: Arc<BTreeSet<Work>> = Arc::new(works.collect());
        self.0.insert(tx.tenant(), works.clone());
        Ok(works)
    }
}
