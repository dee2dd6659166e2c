//! Finished answers of hot reads, kept in memory as bytes.

mod encoded;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::http::header::{
    ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    HeaderValue, IF_NONE_MATCH, VARY,
};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use bus::Link;
use dashmap::DashMap;
use futures_util::future::{Ready, ready};
use kernel::TenantId;
use serde::Serialize;
use tokio::sync::Mutex;

use crate::ApiError;
use crate::extract::Input;
use crate::openapi::OperationInput;
pub use encoded::{Coding, Encoded};

/// How long one waits for another's filling before it asks itself.
const FILL_WAIT: Duration = Duration::from_millis(500);
const FILLERS: u64 = 1_024;
/// How long an answer is kept while no news of changes arrive.
const DEAF_SECONDS: u64 = 5;

/// Bytes of finished answers, keyed by store, the store's epoch, and path with query.
///
/// A change of a store bumps its epoch: what was kept is no longer found. An answer is kept under
/// the epoch that was read *before* its query ran, so a change in between can not leave an old
/// answer under the new epoch. While news of changes do not arrive, nothing is kept for longer than
/// a few seconds. Clones share the memory.
#[derive(Clone)]
pub struct HotCache(Arc<Shared>);

struct Shared {
    answers: moka::sync::Cache<Key, Arc<Encoded>>,
    epochs: DashMap<TenantId, u64>,
    /// Counts what concerns all stores; part of every epoch.
    all: AtomicU64,
    /// Whether news of changes arrive.
    news: OnceLock<Link>,
    began: Instant,
    /// Who fills; a few locks for all keys, so that nothing has to be tidied up.
    filling: Vec<Mutex<()>>,
    hasher: RandomState,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    tenant: TenantId,
    epoch: u64,
    all: u64,
    /// Counts on with the time while no news arrive.
    deaf: u64,
    asked: Box<str>,
}

/// What of a request decides which cached bytes answer it: an input of a handler.
#[derive(Clone, Debug)]
pub struct HotRequest {
    asked: Box<str>,
    accepts: Option<HeaderValue>,
    if_none_match: Option<HeaderValue>,
}

impl HotCache {
    /// A cache that keeps at most so many bytes.
    pub fn new(max_bytes: u64) -> Self {
        let answers = moka::sync::Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|key: &Key, answer: &Arc<Encoded>| {
                u32::try_from(key.asked.len() + answer.size() + 128).unwrap_or(u32::MAX)
            })
            .build();
        Self(Arc::new(Shared {
            answers,
            epochs: DashMap::new(),
            all: AtomicU64::new(0),
            news: OnceLock::new(),
            began: Instant::now(),
            filling: (0..FILLERS).map(|_| Mutex::new(())).collect(),
            hasher: RandomState::new(),
        }))
    }

    /// Says how it learns of changes. While that link is down, an answer is kept for 5 seconds at
    /// most: many ask at once then too, but nobody gets an old answer for long.
    pub fn keep_while_up(&self, news: Link) {
        // The first one counts: a cache is told by one listener.
        let _ = self.0.news.set(news);
    }

    /// Answers from memory, or runs `fill` and keeps its JSON. A failure is not kept.
    ///
    /// `max_age_s` is what browsers and proxies may keep it without asking; they revalidate by ETag.
    pub async fn answer<T: Serialize, E>(
        &self,
        request: &HotRequest,
        tenant: TenantId,
        max_age_s: u32,
        fill: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<HttpResponse, E>
    where
        E: From<ApiError>,
    {
        let key = self.key(tenant, &request.asked);
        if let Some(kept) = self.0.answers.get(&key) {
            return Ok(request.respond(&kept, max_age_s));
        }
        // After a drop everybody asks at once: one fills, the others wait a little for it.
        let filling = self.filling(&key);
        let _turn = tokio::time::timeout(FILL_WAIT, filling.lock()).await;
        if let Some(kept) = self.0.answers.get(&key) {
            return Ok(request.respond(&kept, max_age_s));
        }
        let value = fill().await?;
        let json = serde_json::to_vec(&value).map_err(|error| ApiError::internal(&error))?;
        let encoded = Arc::new(Encoded::new(json));
        self.0.answers.insert(key, encoded.clone());
        Ok(request.respond(&encoded, max_age_s))
    }

    /// Forgets everything of a store.
    pub fn drop_tenant(&self, tenant: TenantId) {
        *self.0.epochs.entry(tenant).or_insert(0) += 1;
    }

    /// Forgets everything, such as after a time in which news may have been missed.
    pub fn drop_all(&self) {
        self.0.all.fetch_add(1, Ordering::AcqRel);
        self.0.answers.invalidate_all();
    }

    fn filling(&self, key: &Key) -> &Mutex<()> {
        let hash = usize::try_from(self.0.hasher.hash_one(key) % FILLERS).unwrap_or(0);
        self.0
            .filling
            .get(hash)
            .expect("the remainder is smaller than the number of locks")
    }

    fn key(&self, tenant: TenantId, asked: &str) -> Key {
        let epoch = self.0.epochs.get(&tenant).map_or(0, |epoch| *epoch);
        Key {
            tenant,
            epoch,
            all: self.0.all.load(Ordering::Acquire),
            deaf: self.deaf(),
            asked: asked.into(),
        }
    }

    /// Zero while news arrive, otherwise a number that changes every few seconds.
    fn deaf(&self) -> u64 {
        match self.0.news.get() {
            Some(news) if !news.is_up() => 1 + self.0.began.elapsed().as_secs() / DEAF_SECONDS,
            _ => 0,
        }
    }
}

impl HotRequest {
    /// Answers with finished bytes, or with the word that the client has them already.
    pub fn respond(&self, answer: &Encoded, max_age_s: u32) -> HttpResponse {
        let cache_control = match max_age_s {
            0 => HeaderValue::from_static("public, no-cache"),
            age => HeaderValue::from_str(&format!("public, max-age={age}"))
                .unwrap_or(HeaderValue::from_static("no-store")),
        };
        let coding = Coding::negotiate(self.accepts.as_ref());
        let (coding, bytes) = answer.bytes(coding);
        let etag = answer.etag(coding);
        let unchanged = self
            .if_none_match
            .as_ref()
            .is_some_and(|seen| answer.matches(seen));
        let mut response = if unchanged {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response.insert_header((ETAG, etag));
        response.insert_header((CACHE_CONTROL, cache_control));
        response.insert_header((
            VARY,
            HeaderValue::from_static("Accept-Encoding, Accept-Language"),
        ));
        if unchanged {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        if let Some(name) = coding.name() {
            response.insert_header((CONTENT_ENCODING, HeaderValue::from_static(name)));
        }
        response.body(bytes)
    }
}

impl FromRequest for HotRequest {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = |name| req.headers().get(name);
        let target = req
            .uri()
            .path_and_query()
            .map_or("", |target| target.as_str());
        let languages = header(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let asked = match languages.and_then(first_language) {
            Some(language) => format!("{target} {language}").into_boxed_str(),
            None => target.into(),
        };
        ready(Ok(Self {
            asked,
            accepts: header(ACCEPT_ENCODING).cloned(),
            if_none_match: header(IF_NONE_MATCH).cloned(),
        }))
    }
}

/// The language somebody prefers; what else they read would only split the cache.
fn first_language(accepted: &str) -> Option<&str> {
    let first = accepted.split([',', ';']).next()?.trim();
    (2..=8).contains(&first.len()).then_some(first)
}

impl Input for HotRequest {
    fn describe(_: &mut OperationInput<'_>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str) -> HotRequest {
        HotRequest {
            asked: target.into(),
            accepts: None,
            if_none_match: None,
        }
    }

    async fn ask(cache: &HotCache, tenant: TenantId, value: u32) -> HttpResponse {
        cache
            .answer(&request("/x"), tenant, 0, async || Ok::<_, ApiError>(value))
            .await
            .unwrap()
    }

    async fn text(response: HttpResponse) -> String {
        let bytes = actix_web::body::to_bytes(response.into_body())
            .await
            .unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[actix_web::test]
    async fn one_store_never_reads_anothers_bytes() {
        let cache = HotCache::new(1_000_000);
        let (one, two) = (TenantId::new(), TenantId::new());
        assert_eq!(text(ask(&cache, one, 1).await).await, "1");
        assert_eq!(text(ask(&cache, two, 2).await).await, "2");
        assert_eq!(text(ask(&cache, one, 3).await).await, "1", "kept");
        cache.drop_tenant(one);
        assert_eq!(text(ask(&cache, one, 4).await).await, "4", "dropped");
        assert_eq!(
            text(ask(&cache, two, 5).await).await,
            "2",
            "the other stays"
        );
        cache.drop_all();
        assert_eq!(text(ask(&cache, two, 6).await).await, "6");
    }

    #[actix_web::test]
    async fn a_change_during_the_query_leaves_nothing_old_behind() {
        let cache = HotCache::new(1_000_000);
        let tenant = TenantId::new();
        let asked = request("/x");
        let old = cache.answer(&asked, tenant, 0, async || {
            cache.drop_tenant(tenant);
            Ok::<_, ApiError>("read before the change")
        });
        old.await.unwrap();
        assert_eq!(text(ask(&cache, tenant, 7).await).await, "7");
    }

    #[actix_web::test]
    async fn without_news_of_changes_nothing_is_kept_for_long() {
        let mut cache = HotCache::new(1_000_000);
        cache.keep_while_up(Link::default());
        let tenant = TenantId::new();
        assert_eq!(text(ask(&cache, tenant, 1).await).await, "1");
        assert_eq!(text(ask(&cache, tenant, 2).await).await, "1", "kept");
        let shared = Arc::get_mut(&mut cache.0).unwrap();
        shared.began -= Duration::from_secs(DEAF_SECONDS);
        assert_eq!(text(ask(&cache, tenant, 3).await).await, "3", "later");
    }

    #[actix_web::test]
    async fn a_crowd_asks_the_database_once() {
        let cache = HotCache::new(1_000_000);
        let (tenant, asked) = (TenantId::new(), request("/x"));
        let fills = AtomicU64::new(0);
        let crowd = (0..50).map(|_| {
            cache.answer(&asked, tenant, 0, async || {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok::<_, ApiError>(fills.fetch_add(1, Ordering::SeqCst))
            })
        });
        for answer in futures_util::future::join_all(crowd).await {
            assert_eq!(text(answer.unwrap()).await, "0");
        }
    }

    #[test]
    fn only_the_preferred_language_counts() {
        assert_eq!(first_language("pt-PT,pt;q=0.9,en;q=0.8"), Some("pt-PT"));
        assert_eq!(first_language("*"), None);
        assert_eq!(first_language(&"x".repeat(100)), None);
    }

    #[actix_web::test]
    async fn a_failure_is_not_kept() {
        let cache = HotCache::new(1_000_000);
        let tenant = TenantId::new();
        let asked = request("/x");
        let failed = cache.answer::<u32, _>(&asked, tenant, 0, async || {
            Err(ApiError::unavailable("down"))
        });
        assert!(failed.await.is_err());
        assert_eq!(text(ask(&cache, tenant, 8).await).await, "8");
    }
}
