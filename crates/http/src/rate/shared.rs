//! Buckets in Redis, for what all instances must count together.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use redis::Script;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::{Key, Quota, RateClass, Verdict};

/// Redis answers within this, or this request is counted locally.
const ANSWER_TIME: Duration = Duration::from_millis(50);
/// After a failure Redis is left alone for so long.
const REST: Duration = Duration::from_secs(1);

/// The same algorithm as the local one, in Redis' own time; the key lives as long as the bucket.
const GCRA: &str = "
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local count, period = tonumber(ARGV[1]), tonumber(ARGV[2])
local step = math.max(1, math.floor(period / count))
local empty_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local filled = empty_at + step
local over = filled - now - period
if over > 0 then return {0, 0, empty_at - now, over} end
redis.call('SET', KEYS[1], string.format('%.0f', filled), 'PX', math.ceil((filled - now) / 1000) + 1)
return {1, math.floor((period - (filled - now)) / step), filled - now, 0}";

#[derive(Clone)]
pub struct Shared(Arc<Inner>);

struct Inner {
    client: redis::Client,
    connection: OnceCell<ConnectionManager>,
    script: Script,
    started: Instant,
    /// Milliseconds since `started` until which Redis is left alone.
    rests_until_ms: AtomicI64,
}

impl Shared {
    /// Nothing when the address is not one of Redis. Nothing is connected yet.
    pub fn new(url: &str) -> Option<Self> {
        Some(Self(Arc::new(Inner {
            client: redis::Client::open(url).ok()?,
            connection: OnceCell::new(),
            script: Script::new(GCRA),
            started: Instant::now(),
            rests_until_ms: AtomicI64::new(0),
        })))
    }

    /// Nothing when Redis did not answer in time.
    pub async fn count(&self, class: RateClass, quota: &Quota, key: &Key<'_>) -> Option<Verdict> {
        let now_ms = millis(self.0.started.elapsed());
        if self.0.rests_until_ms.load(Ordering::Relaxed) > now_ms {
            return None;
        }
        let asked = tokio::time::timeout(ANSWER_TIME, self.ask(class, quota, key)).await;
        match asked {
            Ok(Ok((allowed, remaining, reset_us, retry_us))) => Some(Verdict {
                allowed: allowed == 1,
                limit: quota.count,
                remaining,
                reset: Duration::from_micros(reset_us),
                retry_after: Duration::from_micros(retry_us),
            }),
            Ok(Err(_)) | Err(_) => {
                self.0
                    .rests_until_ms
                    .store(now_ms + millis(REST), Ordering::Relaxed);
                metrics::counter!("rate_limit_fallbacks_total").increment(1);
                None
            }
        }
    }

    async fn ask(
        &self,
        class: RateClass,
        quota: &Quota,
        key: &Key<'_>,
    ) -> redis::RedisResult<(u8, u32, u64, u64)> {
        let connection = self.0.connection.get_or_try_init(|| async {
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(Duration::from_millis(500)))
                .set_number_of_retries(1);
            ConnectionManager::new_with_config(self.0.client.clone(), config).await
        });
        let mut connection = connection.await?.clone();
        self.0
            .script
            .key(name_of(class, key))
            .arg(quota.count)
            .arg(i64::try_from(quota.period.as_micros()).unwrap_or(i64::MAX))
            .invoke_async(&mut connection)
            .await
    }
}

/// `rl:login:` and a hash: addresses and names of people are no keys in a shared store.
fn name_of(class: RateClass, key: &Key<'_>) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{key:?}"));
    let hash = digest.finalize();
    let mut name = format!("rl:{}:", class.as_str());
    name.push_str(&hex::encode(hash.get(..16).unwrap_or_default()));
    name
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
