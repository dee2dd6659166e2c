//! Words that show a store's draft to whoever holds them, for an hour. They can be made again and are
//! stored nowhere.

use kernel::TenantId;
use kernel::ticket::TicketKey;
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};

const PURPOSE: &str = "tenants theme preview";
pub const LIFE: Duration = Duration::hours(1);

/// What opens the store's draft until `expires_at`.
pub fn token(key: &TicketKey, tenant: TenantId, expires_at: OffsetDateTime) -> String {
    let end = expires_at.unix_timestamp();
    format!("{end}.{}", word(key, tenant, end))
}

/// Whether a token opens the store's draft now.
pub fn opens(key: &TicketKey, tenant: TenantId, token: &str, now: OffsetDateTime) -> bool {
    let Some((end, given)) = token.split_once('.') else {
        return false;
    };
    let Ok(end) = end.parse::<i64>() else {
        return false;
    };
    let genuine = word(key, tenant, end);
    end > now.unix_timestamp() && bool::from(genuine.as_bytes().ct_eq(given.as_bytes()))
}

fn word(key: &TicketKey, tenant: TenantId, end: i64) -> String {
    let mut subject = tenant.uuid().into_bytes().to_vec();
    subject.extend(end.to_be_bytes());
    key.word(PURPOSE, &subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    #[test]
    fn a_token_opens_its_own_store_for_its_hour() {
        let (key, tenant) = (TicketKey::new(b"one".to_vec()), TenantId::new());
        let token = token(&key, tenant, NOW + LIFE);
        assert!(opens(&key, tenant, &token, NOW));
        assert!(!opens(&key, tenant, &token, NOW + LIFE));
        assert!(!opens(&key, TenantId::new(), &token, NOW));
        assert!(!opens(
            &TicketKey::new(b"two".to_vec()),
            tenant,
            &token,
            NOW
        ));
        let (end, word) = token.split_once('.').unwrap();
        let later = end.parse::<i64>().unwrap() + 1;
        for bad in [format!("{later}.{word}"), format!("{end}."), String::new()] {
            assert!(!opens(&key, tenant, &bad, NOW), "{bad}");
        }
    }
}
