use diesel_async::RunQueryDsl;
use kernel::TenantId;

use crate::base::Base;

const NO_BROKER: &str = "amqp://nobody:pw@127.0.0.1:1/none";

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_the_same_bytes_and_has_no_effect() {
    let tenant = TenantId::new();
    let base = Base::start(tenant, NO_BROKER).await;
    let first = base.make("k1", "ok", 0).send().await.unwrap();
    assert_eq!(
        (
            first.status().as_u16(),
            first.headers().get("idempotent-replayed")
        ),
        (201, None)
    );
    let location = first.headers()["location"].clone();
    let bytes = first.bytes().await.unwrap();
    for _ in 0..2 {
        let again = base.make("k1", "ok", 0).send().await.unwrap();
        assert_eq!(again.status(), 201);
        assert_eq!(again.headers()["idempotent-replayed"], "true");
        assert_eq!(again.headers()["location"], location);
        assert_eq!(again.bytes().await.unwrap(), bytes);
    }
    assert_eq!(base.effects(tenant).await, 1);
    let other = base.make("k1", "other", 0).send().await.unwrap();
    assert_eq!(other.status(), 422);
    let problem: serde_json::Value = other.json().await.unwrap();
    assert_eq!(problem["type"], "idempotency-key-reused");
    assert_eq!(base.make("k2", "ok", 0).send().await.unwrap().status(), 201);
    assert_eq!(base.effects(tenant).await, 2);
    base.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_key_is_not_another_guests() {
    let tenant = TenantId::new();
    let base = Base::start(tenant, NO_BROKER).await;
    let make = async |word: &'static str| {
        let request = base.make("the-same-key", "ok", 0);
        request.header("x-cart-token", word).send().await.unwrap()
    };
    let first = make("the word of one").await;
    let other = make("the word of another").await;
    assert!(!other.headers().contains_key("idempotent-replayed"));
    assert_ne!(first.bytes().await.unwrap(), other.bytes().await.unwrap());
    let again = make("the word of one").await;
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(base.effects(tenant).await, 2);
    base.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_have_one_effect() {
    let tenant = TenantId::new();
    let base = Base::start(tenant, NO_BROKER).await;
    let twins = (0..8).map(|_| base.make("k", "ok", 200).send());
    let mut bodies = Vec::new();
    let mut replayed = 0;
    for answer in futures_util::future::join_all(twins).await {
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 201);
        replayed += usize::from(answer.headers().contains_key("idempotent-replayed"));
        bodies.push(answer.bytes().await.unwrap());
    }
    bodies.dedup();
    assert_eq!(
        (bodies.len(), replayed, base.effects(tenant).await),
        (1, 7, 1)
    );
    base.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_leaves_nothing_and_may_be_tried_again() {
    let tenant = TenantId::new();
    let base = Base::start(tenant, NO_BROKER).await;
    assert_eq!(
        base.make("k", "fails", 0).send().await.unwrap().status(),
        409
    );
    assert_eq!(base.effects(tenant).await, 0);
    assert_eq!(
        base.make("k", "ok", 0).send().await.unwrap().status(),
        201,
        "the key is free"
    );
    base.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_for_a_day() {
    let tenant = TenantId::new();
    let base = Base::start(tenant, NO_BROKER).await;
    for key in ["old", "new"] {
        let made = base.make(key, "ok", 0).send().await.unwrap();
        assert_eq!(made.status(), 201);
    }
    let db = &base.foundation.db;
    assert_eq!(bus::sweep(db).await.unwrap(), 0);
    let age =
        "UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE key = 'old'";
    let tx = db.begin_system("age in a test").await.unwrap();
    diesel::sql_query(age)
        .execute(&mut tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bus::sweep(db).await.unwrap(), 1);
    let again = base.make("new", "ok", 0).send().await.unwrap();
    assert!(again.headers().contains_key("idempotent-replayed"));
    base.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_needed_and_well_formed() {
    let base = Base::start(TenantId::new(), NO_BROKER).await;
    for key in ["", "a b", "ç", &"x".repeat(256)] {
        let answer = base.make(key, "ok", 0).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{key}");
    }
    assert_eq!(
        base.make(&"x".repeat(255), "ok", 0)
            .send()
            .await
            .unwrap()
            .status(),
        201
    );
    base.end().await;
}
