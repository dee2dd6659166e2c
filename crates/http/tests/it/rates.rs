use http_kit::{RateClass, RateLimiter};
use kernel::{Clock, TenantId};

use crate::world::{World, answer};

async fn burst(world: &World, forwarded: impl Fn(u32) -> String) -> Vec<u16> {
    let mut statuses = Vec::new();
    for i in 0..25 {
        let request = world.request("POST", "store.localhost", "/api/auth/login");
        statuses.push(
            answer(request.header("x-forwarded-for", forwarded(i)))
                .await
                .0,
        );
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_limits_are_local_neither_off_nor_closed() {
    for local_only in [true, false] {
        let world = World::limited(local_only).await;
        let quota = RateClass::Login.per_ip().unwrap().count;
        let statuses = burst(&world, |i| format!("10.9.9.{i}, 198.51.100.1")).await;
        let allowed = u32::try_from(statuses.iter().filter(|s| **s == 200).count()).unwrap();
        assert!((quota..=quota + 1).contains(&allowed), "{statuses:?}");
        assert!(
            statuses.ends_with(&[429]),
            "a forged X-Forwarded-For changes nothing"
        );
        let other = world.request("POST", "store.localhost", "/api/auth/login");
        let response = other
            .header("x-forwarded-for", "198.51.100.2")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "others are not concerned");
        assert_eq!(
            response.headers()["ratelimit-limit"],
            quota.to_string().as_str()
        );
        let refused = world.request("POST", "store.localhost", "/api/auth/login");
        let refused = refused
            .header("x-forwarded-for", "198.51.100.1")
            .send()
            .await
            .unwrap();
        assert!(refused.headers().contains_key("retry-after"));
        world.stop().await;
    }
}

#[tokio::test]
async fn two_processes_count_together_in_redis() {
    let redis =
        std::env::var("REDIS_URL").expect("REDIS_URL is set: deploy/local/stack.sh infra up");
    let config = crate::world::config(&[("REDIS_URL", &redis)]);
    let process = || RateLimiter::new(&config, Clock::system());
    let (one, two) = (process(), process());
    let (tenant, name) = (TenantId::new(), TenantId::new().to_string());
    let quota = RateClass::Login.per_account().unwrap().count;
    let mut allowed = 0;
    for _ in 0..quota {
        for limiter in [&one, &two] {
            allowed += u32::from(
                limiter
                    .check_attempt(RateClass::Login, tenant, &name)
                    .await
                    .is_ok(),
            );
        }
    }
    assert!(
        (quota..=quota + 1).contains(&allowed),
        "{allowed} of {}",
        2 * quota
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_of_ipv6_is_one_address() {
    let world = World::limited(true).await;
    let statuses = burst(&world, |i| format!("2001:db8:1:2::{i:x}")).await;
    assert!(statuses.ends_with(&[429]), "{statuses:?}");
    world.stop().await;
}
