use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use http_kit::{Attempt, RateClass, RateLimiter};
use kernel::{Clock, TenantId};

use crate::base::until;
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

/// A Redis of the test's own, to be killed.
struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    async fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed where the platform runs");
        let redis = Self { process, port };
        until("Redis answers", async || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        })
        .await;
        redis
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sign-ins from one address, one after the other.
async fn sign_ins(world: &World, address: &str, count: u32) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        let request = world.request("POST", "store.localhost", "/api/auth/login");
        let request = request.header("x-forwarded-for", address);
        statuses.push(answer(request).await.0);
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn when_redis_dies_limits_go_on_in_each_process() {
    let mut redis = Redis::start().await;
    let settings = [("REDIS_URL", redis.url())];
    let settings: Vec<_> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let world = World::with(&settings, false).await;
    let quota = RateClass::Login.per_ip().unwrap().count;
    let allowed = |statuses: &[u16]| statuses.iter().filter(|status| **status == 200).count();
    let before = sign_ins(&world, "198.51.100.9", quota + 5).await;
    assert!(before.ends_with(&[429]), "{before:?}");
    redis.kill();
    // The process has counted nothing of that address so far: a new quota, not none and not for ever.
    let after = sign_ins(&world, "198.51.100.9", quota + 5).await;
    let quota = usize::try_from(quota).unwrap();
    assert!((quota..=quota + 1).contains(&allowed(&after)), "{after:?}");
    assert!(after.ends_with(&[429]), "{after:?}");
    assert_eq!(
        sign_ins(&world, "198.51.100.10", 1).await,
        [200],
        "nobody is locked out"
    );
    world.stop().await;
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
    let attempt = attempt(tenant, "sign-in", &name, 1);
    let mut allowed = 0;
    for _ in 0..quota {
        for limiter in [&one, &two] {
            allowed += u32::from(limiter.check_attempt(&attempt).await.is_ok());
        }
    }
    assert!(
        (quota..=quota + 1).contains(&allowed),
        "{allowed} of {}",
        2 * quota
    );
}

fn attempt<'a>(tenant: TenantId, purpose: &'static str, name: &'a str, host: u8) -> Attempt<'a> {
    Attempt {
        tenant,
        purpose,
        name,
        ip: [198, 51, 100, host].into(),
    }
}

#[tokio::test]
async fn a_stranger_uses_up_a_name_neither_for_its_owner_nor_for_another_purpose() {
    let limiter = RateLimiter::local(Clock::system());
    let tenant = TenantId::new();
    let (narrow, wide) = (RateClass::Login.per_account(), RateClass::Login.per_name());
    let (narrow, wide) = (narrow.unwrap().count, wide.unwrap().count);
    let tries = async |purpose, name: &str, host, times: u32| {
        let mut allowed = 0;
        for _ in 0..times {
            let attempt = attempt(tenant, purpose, name, host);
            allowed += u32::from(limiter.check_attempt(&attempt).await.is_ok());
        }
        allowed
    };
    // However long a stranger goes on, the wide bucket loses no more than the narrow one lets through.
    assert_eq!(tries("sign-in", "ana", 1, 3 * wide).await, narrow);
    assert_eq!(tries("sign-in", "ana", 2, 1).await, 1, "its owner");
    assert_eq!(tries("forgot", "ana", 1, 1).await, 1, "another purpose");
    assert_eq!(tries("sign-in", "bruno", 1, 1).await, 1, "another name");
    // Many addresses together come to an end all the same.
    let mut allowed = narrow + 1;
    for host in 3..=u8::MAX {
        allowed += tries("sign-in", "ana", host, 1).await;
    }
    assert!((wide..=wide + 1).contains(&allowed), "{allowed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_of_ipv6_is_one_address() {
    let world = World::limited(true).await;
    let statuses = burst(&world, |i| format!("2001:db8:1:2::{i:x}")).await;
    assert!(statuses.ends_with(&[429]), "{statuses:?}");
    world.stop().await;
}
