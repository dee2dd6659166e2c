//! The pages themselves: bounded by bytes, each in the forms that browsers accept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header::HeaderValue;
use http_kit::Encoded;
use tokio::sync::MutexGuard;
use uuid::Uuid;

use super::Turns;
use super::versions::{Stamp, Tag};

/// What no news tell of, such as reviews, is seen after this.
const AGE_MAX: Duration = Duration::from_secs(300);
/// While a service is away an outdated page is better than none, for so long.
const STALE_AGE_MAX: Duration = Duration::from_secs(3_600);

/// A finished page.
pub struct Finished {
    pub body: Encoded,
    pub content_type: HeaderValue,
    pub policy: HeaderValue,
}

/// A page with what it depends on.
pub struct Kept {
    pub page: Arc<Finished>,
    pub tenant: Uuid,
    pub tags: Box<[Tag]>,
    pub stamp: Stamp,
    made: Instant,
}

impl Kept {
    pub fn new(page: Arc<Finished>, tenant: Uuid, tags: Vec<Tag>, stamp: Stamp) -> Self {
        Self {
            page,
            tenant,
            tags: tags.into(),
            stamp,
            made: Instant::now(),
        }
    }

    pub fn is_young(&self) -> bool {
        self.made.elapsed() < AGE_MAX
    }

    /// Younger than `limit`: for times in which no news arrive.
    pub fn is_younger_than(&self, limit: Duration) -> bool {
        self.made.elapsed() < limit
    }
}

/// Pages by host, language, path and the part of the query that matters.
pub struct PageCache {
    pages: moka::sync::Cache<String, Arc<Kept>>,
    /// Who makes a page.
    turns: Turns,
}

impl PageCache {
    pub fn new(bytes_max: u64) -> Self {
        let pages = moka::sync::Cache::builder()
            .max_capacity(bytes_max)
            .time_to_live(STALE_AGE_MAX)
            .weigher(|key: &String, kept: &Arc<Kept>| {
                let tags = kept.tags.len() * size_of::<Tag>();
                u32::try_from(key.len() + tags + kept.page.body.size() + 512).unwrap_or(u32::MAX)
            })
            .build();
        Self {
            pages,
            turns: Turns::default(),
        }
    }

    pub fn find(&self, key: &str) -> Option<Arc<Kept>> {
        self.pages.get(key)
    }

    pub fn keep(&self, key: String, kept: Kept) {
        self.pages.insert(key, Arc::new(kept));
    }

    /// After a drop everybody asks at once: one makes the page, the others wait a little for it.
    pub async fn turn(&self, key: &str) -> Option<MutexGuard<'_, ()>> {
        self.turns.take(key).await
    }

    pub fn bytes(&self) -> u64 {
        self.pages.run_pending_tasks();
        self.pages.weighted_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::Versions;

    fn page(text: &str) -> Kept {
        let finished = Finished {
            body: Encoded::new(text.as_bytes().to_vec()),
            content_type: HeaderValue::from_static("text/html"),
            policy: HeaderValue::from_static("default-src 'self'"),
        };
        let stamp = Versions::default().stamp();
        Kept::new(Arc::new(finished), Uuid::nil(), vec![Tag::Store], stamp)
    }

    #[test]
    fn memory_is_bounded_by_bytes() {
        let cache = PageCache::new(50_000);
        for number in 0..200 {
            cache.keep(format!("page {number}"), page(&"x".repeat(1_000)));
        }
        assert!(cache.bytes() <= 50_000);
    }
}
