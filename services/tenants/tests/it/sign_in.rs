//! Passwords, and what they open.

use std::time::Instant;

use serde_json::json;
use time::Duration;

use crate::world::{CHOSEN, SYSADMIN, SYSADMIN_PASSWORD, World};
use testkit::until;

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_password_opens_nothing_but_the_choice_of_ones_own() {
    let world = World::start().await;
    let store = world.store().await;
    let first = world.log_in(&store, &store.temporary).await;
    assert_eq!(first.text_at("status"), "password_change_required");
    assert!(first.cookie.is_none() && first.body["access_token"].is_null());
    let change = first.text_at("change_token");
    assert!(!world.is_let_in(&store, &change).await);
    assert_eq!(world.refresh(&store, &change).await.status, 401);
    let choose = async |token: &str, password: &str| {
        let body = json!({"change_token": token, "new_password": password});
        world
            .post(&store.slug, "/api/auth/password/first", None, body)
            .await
    };
    assert_eq!(choose(&change, "short").await.status, 422);
    assert_eq!(choose(&change, "password").await.status, 422);
    for known in [store.email.as_str(), store.temporary.as_str()] {
        let refused = choose(&change, known).await;
        assert_eq!(
            (
                refused.status.as_u16(),
                &refused.body["errors"][0]["pointer"]
            ),
            (422, &json!("/new_password")),
            "the token is still good: {}",
            refused.text
        );
    }
    // A second sign-in before the change: the password is used up by the change, not by the look.
    let second = world
        .log_in(&store, &store.temporary)
        .await
        .text_at("change_token");
    let chosen = choose(&change, CHOSEN).await;
    assert_eq!(chosen.status, 200, "{}", chosen.text);
    assert!(
        world
            .is_let_in(&store, &chosen.text_at("access_token"))
            .await
    );
    assert_eq!(
        choose(&change, "another good one").await.status,
        401,
        "once"
    );
    assert_eq!(
        choose(&second, "another good one").await.status,
        401,
        "bound to the old password"
    );
    assert_eq!(world.log_in(&store, &store.temporary).await.status, 401);
    assert_eq!(
        world.log_in(&store, CHOSEN).await.text_at("status"),
        "signed_in"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_password_runs_out_after_a_day() {
    let world = World::start().await;
    let store = world.store().await;
    world.place.clock.advance(Duration::hours(23));
    assert_eq!(world.log_in(&store, &store.temporary).await.status, 200);
    world.place.clock.advance(Duration::hours(2));
    assert_eq!(
        world.log_in(&store, &store.temporary).await.code(),
        "wrong-credentials"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_belongs_to_its_own_door() {
    let world = World::start().await;
    let (a, session) = world.signed_in().await;
    let (b, _) = world.signed_in().await;
    let log_in = async |host: &str, body| world.post(host, "/api/auth/login", None, body).await;
    // Both owners have the same address; each password is one store's.
    let by_slug = log_in(
        "",
        json!({"email": a.email, "password": CHOSEN, "slug": a.slug}),
    )
    .await;
    assert_eq!(by_slug.body["person"]["tenant"]["slug"], a.slug.as_str());
    let without = log_in("", json!({"email": a.email, "password": CHOSEN})).await;
    assert_eq!(without.code(), "wrong-credentials");
    assert!(
        without.text_at("detail").contains("slug"),
        "{}",
        without.text
    );
    let nowhere = log_in(
        "",
        json!({"email": a.email, "password": CHOSEN, "slug": "no-such-store"}),
    )
    .await;
    assert_eq!(nowhere.code(), "wrong-credentials");
    let sysadmin = json!({"email": SYSADMIN, "password": SYSADMIN_PASSWORD});
    assert_eq!(log_in(&a.slug, sysadmin.clone()).await.status, 401);
    let sysadmin = log_in("", sysadmin).await;
    assert_eq!(sysadmin.body["person"]["role"], "sysadmin");
    let token = session.text_at("access_token");
    assert_eq!(
        world
            .get(&b.slug, "/api/auth/me", Some(&token))
            .await
            .status,
        403
    );
    assert_eq!(
        world.refresh(&b, &session.refresh_token()).await.status,
        401
    );
    assert_eq!(
        world
            .get("", "/api/sysadmin/tenants", Some(&token))
            .await
            .status,
        401
    );
    let sysadmin = sysadmin.text_at("access_token");
    assert_eq!(
        world
            .get(&a.slug, "/api/sysadmin/tenants", Some(&sysadmin))
            .await
            .status,
        404
    );
    assert_eq!(
        world
            .get("", "/api/sysadmin/tenants", Some(&sysadmin))
            .await
            .status,
        200
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_accounts_get_the_same_answer_in_the_same_time() {
    let world = World::start().await;
    let (store, _) = world.signed_in().await;
    let mut times = [Vec::new(), Vec::new()];
    let mut bodies = Vec::new();
    for round in 0..30 {
        for (known, times) in times.iter_mut().enumerate() {
            let email = if known == 0 {
                store.email.clone()
            } else {
                format!("nobody{round}@example.pt")
            };
            let body = json!({"email": email, "password": "not the right one"});
            let began = Instant::now();
            let reply = world.post(&store.slug, "/api/auth/login", None, body).await;
            times.push(began.elapsed());
            let mut body = reply.body;
            body["instance"] = json!("");
            bodies.push((reply.status, body));
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let medians = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    });
    let ratio = medians[0] / medians[1];
    // A whole comparison more or less would be a factor of five; neighbours on the machine are noise.
    assert!((0.6..1.67).contains(&ratio), "medians {medians:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_every_session() {
    let world = World::start().await;
    let (store, old) = world.signed_in().await;
    let other = world.log_in(&store, CHOSEN).await;
    let change = async |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        let token = old.text_at("access_token");
        world
            .post(&store.slug, "/api/auth/password", Some(&token), body)
            .await
    };
    assert_eq!(
        change("not it at all", "another good one").await.code(),
        "wrong-password"
    );
    let changed = change(CHOSEN, "another good one").await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    for ended in [&old, &other] {
        assert!(
            !world
                .is_let_in(&store, &ended.text_at("access_token"))
                .await
        );
        assert_eq!(
            world.refresh(&store, &ended.refresh_token()).await.status,
            401
        );
    }
    assert!(
        world
            .is_let_in(&store, &changed.text_at("access_token"))
            .await
    );
    assert_eq!(world.log_in(&store, CHOSEN).await.status, 401);
    assert_eq!(world.log_in(&store, "another good one").await.status, 200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_replaced_while_it_is_compared_opens_nothing() {
    let world = World::start().await;
    let (store, _) = world.signed_in().await;
    let mut owner = world.place.database.all_stores("tenants").await;
    let watch = world.place.database.owner().await;
    let change = owner.transaction().await.unwrap();
    let person = "SELECT 1 FROM staff WHERE tenant_id = $1::text::uuid FOR UPDATE";
    change.query_one(person, &[&store.id]).await.unwrap();
    let log_in = world.log_in(&store, CHOSEN);
    let replace = async {
        until(
            "the sign-in has compared and waits for the person",
            async || {
                // Whoever waits for a row is first in line for it, and says so.
                let waiting =
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'tuple' AND database =
                    (SELECT oid FROM pg_database WHERE datname = current_database())";
                let count: i64 = watch.query_one(waiting, &[]).await.unwrap().get(0);
                (count > 0).then_some(())
            },
        )
        .await;
        let replace = "UPDATE staff SET password_hash = 'another' WHERE tenant_id = $1::text::uuid";
        change.execute(replace, &[&store.id]).await.unwrap();
        change.commit().await.unwrap();
    };
    let (reply, ()) = futures_util::join!(log_in, replace);
    assert_eq!((reply.status.as_u16(), reply.code()), (503, "try-again"));
    assert!(reply.cookie.is_none());
    assert_eq!(world.log_in(&store, CHOSEN).await.status, 401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_at_the_door_leaves_the_others_served() {
    let world = World::start().await;
    let (store, _) = world.signed_in().await;
    let calm = world.store().await;
    let crowd = futures_util::future::join_all((0..300).map(|_| world.log_in(&store, "not it")));
    let meanwhile = async {
        let mut served = 0;
        for _ in 0..50 {
            let config = world.get(&calm.slug, "/api/tenants/store/config", None);
            served += u32::from(config.await.status == 200);
        }
        served
    };
    let (crowd, served) = futures_util::join!(crowd, meanwhile);
    assert_eq!(served, 50);
    let told = |status: u16, code: &str| {
        let is =
            |reply: &&crate::world::Reply| (reply.status.as_u16(), reply.code()) == (status, code);
        crowd.iter().filter(is).count()
    };
    let refused = told(401, "wrong-credentials");
    // Too many that wait for a core, too many of one store, too late for an answer.
    let busy = ["busy", "store-busy", "too-slow"].map(|code| told(503, code));
    assert_eq!(refused + busy.iter().sum::<usize>(), 300);
    assert!(
        refused > 0 && busy[0] + busy[1] > 0,
        "{refused} were compared, {busy:?} not"
    );
    assert_eq!(world.log_in(&store, CHOSEN).await.status, 200);
    world.end().await;
}
