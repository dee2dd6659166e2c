//! How often somebody may ask: per address, account and store, by the kind of request.

mod local;
mod shared;

use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::Method;
use kernel::config::Config;
use kernel::{Clock, TenantId};
use secrecy::ExposeSecret;

use crate::ApiError;
use crate::audience::AudienceKind;
use crate::context::Principal;
use local::Local;
use shared::Shared;

/// What kind of request it is; each has its own limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// Reads of a store; counted in this process only.
    Public,
    /// Passwords and one-time codes.
    Login,
    /// Waits in a queue of its own, with bounds of its own, and holds nothing meanwhile.
    Checkout,
    /// Asks the payment provider while the shopper waits.
    Payment,
    Write,
    Webhook,
    /// Internal routes.
    Unlimited,
}

/// So many in a period, spread by a leaky bucket (GCRA): a burst of `count`, then one each
/// `period / count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub count: u32,
    pub period: Duration,
}

/// Something that is tried on a name: a password for an address, an address for an order's number.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    pub tenant: TenantId,
    /// What for; each purpose has buckets of its own, so that what somebody does for one shuts no other.
    pub purpose: &'static str,
    /// Hashed before it goes anywhere.
    pub name: &'a str,
    /// Where it comes from.
    pub ip: IpAddr,
}

/// The answer of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub allowed: bool,
    pub limit: u32,
    pub remaining: u32,
    /// Until the bucket is empty again.
    pub reset: Duration,
    /// Until one more is allowed.
    pub retry_after: Duration,
}

const MINUTE: Duration = Duration::from_secs(60);

const fn per_minute(count: u32) -> Option<Quota> {
    Some(Quota {
        count,
        period: MINUTE,
    })
}

impl RateClass {
    /// The class of a route that does not say otherwise.
    pub fn of(audience: AudienceKind, method: &Method) -> Self {
        match audience {
            AudienceKind::Internal => Self::Unlimited,
            AudienceKind::Webhook => Self::Webhook,
            _ if method == Method::GET || method == Method::HEAD => Self::Public,
            _ => Self::Write,
        }
    }

    /// For one address (IPv4, or a /64 of IPv6).
    pub const fn per_ip(self) -> Option<Quota> {
        match self {
            Self::Public => per_minute(1_200),
            Self::Login => per_minute(20),
            Self::Checkout | Self::Payment => per_minute(60),
            Self::Write => per_minute(300),
            Self::Webhook => per_minute(6_000),
            Self::Unlimited => None,
        }
    }

    /// For one customer or staff member, and for attempts on one name from one address.
    pub const fn per_account(self) -> Option<Quota> {
        match self {
            Self::Public => per_minute(1_200),
            Self::Login => per_minute(10),
            Self::Checkout | Self::Payment => per_minute(30),
            Self::Write => per_minute(300),
            Self::Webhook | Self::Unlimited => None,
        }
    }

    /// For one name that attempts are made on, from all addresses together: so wide that one stranger does
    /// not keep its owner out, so narrow that many do not guess.
    pub const fn per_name(self) -> Option<Quota> {
        match self {
            Self::Login => per_minute(100),
            Self::Public
            | Self::Checkout
            | Self::Payment
            | Self::Write
            | Self::Webhook
            | Self::Unlimited => None,
        }
    }

    /// For everybody at one store together, per process: a crowd is welcome, a flood is not.
    pub const fn per_tenant(self) -> Option<Quota> {
        match self {
            Self::Public => per_minute(120_000),
            Self::Login => per_minute(1_200),
            Self::Checkout | Self::Payment => per_minute(12_000),
            Self::Write => per_minute(30_000),
            Self::Webhook | Self::Unlimited => None,
        }
    }

    /// Whether instances count together; the rest is too frequent to be worth a round trip.
    const fn is_strict(self) -> bool {
        matches!(self, Self::Login | Self::Checkout | Self::Payment)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Login => "login",
            Self::Checkout => "checkout",
            Self::Payment => "payment",
            Self::Write => "write",
            Self::Webhook => "webhook",
            Self::Unlimited => "unlimited",
        }
    }
}

/// Counts requests. Without Redis it counts in this process: limits weaken, they never vanish and
/// never lock anybody out. Clones share the counts.
#[derive(Clone)]
pub struct RateLimiter {
    local: Local,
    shared: Option<Shared>,
    skip: bool,
}

impl RateLimiter {
    pub fn new(config: &Config, clock: Clock) -> Self {
        let shared = Shared::new(config.redis_url.expose_secret());
        Self {
            local: Local::new(clock),
            shared,
            skip: config.skip_rate_limit,
        }
    }

    /// Counts in this process only.
    pub fn local(clock: Clock) -> Self {
        Self {
            local: Local::new(clock),
            shared: None,
            skip: false,
        }
    }

    /// Counts a request against its address, before anything is known of it.
    pub async fn check_ip(&self, class: RateClass, ip: IpAddr) -> Option<Verdict> {
        let quota = class.per_ip().filter(|_| !self.skip)?;
        Some(self.count(class, &quota, &Key::Ip(network_of(ip))).await)
    }

    /// Counts an admitted request against its account and its store.
    pub(crate) async fn check_known(
        &self,
        class: RateClass,
        account: &Principal,
        tenant: Option<TenantId>,
    ) -> Result<(), ApiError> {
        if self.skip {
            return Ok(());
        }
        let known = !matches!(account, Principal::Guest | Principal::Webhook);
        if let (Some(quota), true) = (class.per_account(), known) {
            self.count(class, &quota, &Key::Account(account))
                .await
                .into_result()?;
        }
        if let (Some(quota), Some(tenant)) = (class.per_tenant(), tenant) {
            self.local
                .count(class, &quota, &Key::Tenant(tenant))
                .into_result()?;
        }
        Ok(())
    }

    /// Counts an attempt against what is tried from where, and if that allows it against what is tried from
    /// anywhere.
    ///
    /// # Errors
    /// 429 `rate-limited`.
    pub async fn check_attempt(&self, attempt: &Attempt<'_>) -> Result<(), ApiError> {
        let class = RateClass::Login;
        let Attempt {
            tenant,
            purpose,
            name,
            ip,
        } = *attempt;
        let buckets = [
            (class.per_account(), Some(network_of(ip))),
            (class.per_name(), None),
        ];
        for (quota, from) in buckets {
            if let Some(quota) = quota.filter(|_| !self.skip) {
                let key = Key::Attempt(tenant, purpose, name, from);
                self.count(class, &quota, &key).await.into_result()?;
            }
        }
        Ok(())
    }

    async fn count(&self, class: RateClass, quota: &Quota, key: &Key<'_>) -> Verdict {
        if let Some(shared) = self.shared.as_ref().filter(|_| class.is_strict())
            && let Some(verdict) = shared.count(class, quota, key).await
        {
            return verdict;
        }
        self.local.count(class, quota, key)
    }
}

impl Verdict {
    pub(crate) fn into_result(self) -> Result<(), ApiError> {
        if self.allowed {
            return Ok(());
        }
        let seconds = self.retry_after.as_secs().max(1);
        Err(ApiError::too_many("rate-limited")
            .detail(format!("try again in {seconds} s"))
            .retry_after(seconds))
    }
}

/// Whose bucket it is.
#[derive(Debug, Hash)]
pub(crate) enum Key<'a> {
    Ip(IpAddr),
    Account(&'a Principal),
    Tenant(TenantId),
    /// The address is absent for attempts from anywhere.
    Attempt(TenantId, &'static str, &'a str, Option<IpAddr>),
}

/// One household of IPv6 has a whole /64.
fn network_of(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        },
    }
}
