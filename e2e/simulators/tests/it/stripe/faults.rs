use super::world::{Double, until};
use serde_json::{Value, json};
use std::time::Duration;

const FORM: &str = "amount=500&currency=eur";
const PATH: &str = "/v1/payment_intents";
const PAID: &str = "payment_intent.succeeded";

async fn intents(double: &Double) -> usize {
    let effects = double.look("/effects").await;
    effects["accounts"]["acct_platform"]["payment_intents"]
        .as_array()
        .map_or(0, Vec::len)
}

async fn fault(double: &Double, fault: Value) {
    assert_eq!(double.lever("/faults", fault).await.status, 204);
}

#[tokio::test]
async fn trouble_comes_before_or_after_the_effect() {
    let double = Double::start().await;
    for (when, made) in [("before", 0), ("after", 1)] {
        for kind in [
            "html502",
            "unavailable503",
            "rate_limit429",
            "lock_timeout429",
            "cut",
        ] {
            double.lever("/reset", json!({})).await;
            fault(&double, json!({"kind": kind, "when": when, "method": "POST", "path": "/v1/payment_*", "retry_after": 2})).await;
            let key = [("idempotency-key", "k")];
            let broken = double.request("POST", PATH, FORM, &key).await.unwrap();
            let status = broken.status().as_u16();
            let expected = match kind {
                "html502" => 502,
                "unavailable503" => 503,
                "cut" => 200,
                _ => 429,
            };
            assert_eq!(status, expected, "{kind}");
            assert_eq!(broken.text().await.is_err(), kind == "cut");
            assert_eq!(intents(&double).await, made, "{kind} {when}");
            let again = double.send("POST", PATH, FORM, &key).await;
            assert_eq!(
                (again.status, again.replayed),
                (200, made == 1),
                "{kind} {when}"
            );
            assert_eq!(
                intents(&double).await,
                1,
                "the retry with the same key makes no second one"
            );
        }
    }
}

#[tokio::test]
async fn a_500_is_remembered_whether_or_not_it_did_the_work() {
    let double = Double::start().await;
    for (when, made) in [("before", 0), ("after", 1)] {
        double.lever("/reset", json!({})).await;
        fault(&double, json!({"kind": "error500", "when": when})).await;
        let key = [("idempotency-key", "k")];
        assert_eq!(double.send("POST", PATH, FORM, &key).await.status, 500);
        let again = double.send("POST", PATH, FORM, &key).await;
        assert_eq!((again.status, again.replayed), (500, true));
        assert_eq!(intents(&double).await, made);
    }
}

#[tokio::test]
async fn a_time_out_may_hide_an_effect() {
    let double = Double::start().await;
    fault(&double, json!({"kind": "timeout", "when": "after"})).await;
    let client = reqwest::Client::builder()
        .timeout(Duration::from_millis(300))
        .no_proxy()
        .build()
        .unwrap();
    let hung = client
        .post(format!("{}{PATH}", double.base))
        .body(FORM)
        .header("authorization", "Bearer sk_test_simulator")
        .header("stripe-version", super::world::VERSION)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("idempotency-key", "k")
        .send()
        .await;
    assert!(hung.unwrap_err().is_timeout());
    assert_eq!(intents(&double).await, 1);
    let again = double
        .send("POST", PATH, FORM, &[("idempotency-key", "k")])
        .await;
    assert!(again.replayed && intents(&double).await == 1);
    let log = double.look("/log").await;
    let keys: Vec<_> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["idempotency_key"])
        .collect();
    assert_eq!(keys, [&json!("k"), &json!("k")]);
    assert!(!log.to_string().contains("sk_test_simulator"));
}

#[tokio::test]
async fn retry_after_is_told_and_the_levers_are_local() {
    let double = Double::start().await;
    fault(
        &double,
        json!({"kind": "rate_limit429", "retry_after": 7, "times": 2}),
    )
    .await;
    for _ in 0..2 {
        let answer = double.post("", PATH, FORM).await;
        assert_eq!(
            (answer.status, answer.code(), answer.retry_after.as_deref()),
            (429, "rate_limit", Some("7"))
        );
    }
    assert_eq!(double.post("", PATH, FORM).await.status, 200);
    let proxied = double
        .client
        .get(format!("{}/_sim/state", double.base))
        .header("x-forwarded-for", "1.2.3.4")
        .send()
        .await
        .unwrap();
    assert_ne!(proxied.status(), 200);
}

#[tokio::test]
async fn the_state_survives_a_restart() {
    let path = std::env::temp_dir().join(format!("simulators-{}-state.json", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let config = || simulators::stripe::Config {
        state: Some(path.clone()),
        ..Default::default()
    };
    let double = Double::start_with(config()).await;
    let acct = double.store().await;
    let paid = double.paid(&acct, 500).await;
    let id = paid["id"].as_str().unwrap().to_owned();
    drop(double);
    // What happened last is written when the double ends.
    until(|| std::fs::read_to_string(&path).is_ok_and(|kept| kept.contains(PAID))).await;
    let double = Double::start_with(config()).await;
    let found = double
        .get(&acct, &format!("/v1/payment_intents/{id}"), "")
        .await;
    assert_eq!(found.body["status"], "succeeded");
    std::fs::remove_file(&path).unwrap();
}
