use super::super::stripe::world::until;
use super::world::Double;
use serde_json::{Value, json};
use simulators::moloni;
use std::time::Duration;

async fn documents(double: &Double) -> usize {
    let effects = double.look("/effects").await;
    effects["companies"]["5"]["documents"]
        .as_array()
        .unwrap()
        .len()
}

async fn fault(double: &Double, fault: Value) {
    assert_eq!(double.lever("/faults", fault).await.status, 204);
}

#[tokio::test]
async fn trouble_comes_before_or_after_the_effect_and_there_is_no_key() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let mut made = 0;
    for when in ["before", "after"] {
        for (kind, status) in [
            ("rate_limit429", Some(429)),
            ("error500", Some(500)),
            ("html502", Some(502)),
            ("unavailable503", Some(503)),
            ("garbage", Some(200)),
            ("empty", Some(200)),
            ("cut", Some(200)),
            ("reset", None),
        ] {
            fault(
                &double,
                json!({"kind": kind, "when": when, "path": "*/invoices/insert/"}),
            )
            .await;
            let url = format!(
                "{}/v1/invoices/insert/?access_token={}&json=true",
                double.base, double.token
            );
            let mut sent = fields.clone();
            sent["company_id"] = json!(5);
            let answer = double.client.post(url).json(&sent).send().await;
            assert_eq!(
                answer.as_ref().ok().map(|answer| answer.status().as_u16()),
                status,
                "{kind}"
            );
            if let Ok(answer) = answer {
                assert!(
                    answer.json::<Value>().await.is_err() || kind == "error500",
                    "{kind}"
                );
            }
            made += usize::from(when == "after");
            assert_eq!(documents(&double).await, made, "{kind} {when}");
        }
    }
    double.insert("invoices", &fields).await;
    assert_eq!(
        documents(&double).await,
        made + 1,
        "a second insert is a second document"
    );
}

#[tokio::test]
async fn a_time_out_may_hide_a_closed_document() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let id = double.insert("invoices", &fields).await;
    fault(
        &double,
        json!({"kind": "timeout", "when": "after", "path": "/v1/invoices/update/"}),
    )
    .await;
    let url = format!(
        "{}/v1/invoices/update/?access_token={}",
        double.base, double.token
    );
    let form = format!("company_id=5&document_id={id}&status=1");
    let request = double
        .client
        .post(url)
        .body(form)
        .timeout(Duration::from_millis(300));
    let hung = request
        .header("content-type", "application/x-www-form-urlencoded")
        .send()
        .await;
    assert!(hung.unwrap_err().is_timeout());
    assert_eq!(double.document(id).await["status"], 1);
}

#[tokio::test]
async fn a_refusal_comes_on_command_and_times_are_counted() {
    let double = Double::start().await;
    let two = json!([{"kind": "refused", "code": "12 date >= 2026-12-31", "path": "*/insert/", "times": 2},
                     {"kind": "rate_limit429", "path": "*/insert/", "retry_after": 2}]);
    fault(&double, two).await;
    let fields = json!({});
    for _ in 0..2 {
        assert_eq!(
            double.call("invoices/insert", fields.clone()).await,
            json!(["12 date >= 2026-12-31"])
        );
    }
    let limited = double.form("invoices/insert", "", "company_id=5").await;
    assert_eq!(limited.status, 429);
    assert_eq!(double.call("invoices/insert", fields).await[0], "1 date");
}

#[tokio::test]
async fn who_asks_too_often_is_limited() {
    let double = Double::start().await;
    double
        .lever("/settings", json!({"requests_per_second": 2}))
        .await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(double.form("taxes/count", "", "company_id=5").await.status);
    }
    assert!(
        statuses.contains(&429) && statuses.contains(&200),
        "{statuses:?}"
    );
}

#[tokio::test]
async fn the_log_and_the_levers_keep_tokens_to_themselves() {
    let double = Double::start().await;
    double.call("taxes/count", json!({})).await;
    let log = double.look("/log").await;
    assert_eq!(log[0]["path"], "/v1/taxes/count/");
    assert!(!log.to_string().contains(&double.token));
    let url = format!("{}/_sim/state", double.base);
    let proxied = double
        .client
        .get(url)
        .header("x-forwarded-for", "1.2.3.4")
        .send()
        .await
        .unwrap();
    assert_eq!(proxied.status(), 404);
}

#[tokio::test]
async fn documents_and_tokens_survive_a_restart() {
    let path = std::env::temp_dir().join(format!("simulators-{}-moloni.json", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let config = || moloni::Config {
        state: Some(path.clone()),
        ..Default::default()
    };
    let double = Double::start_with(config()).await;
    let fields = double.invoice("o1", "1", "10").await;
    let id = double.insert("invoices", &fields).await;
    let token = double.token.clone();
    drop(double);
    // What happened last is written when the double ends.
    until(|| std::fs::read_to_string(&path).is_ok_and(|kept| kept.contains("\"o1\""))).await;
    let double = Double::start_with(config()).await.with_token(&token);
    assert_eq!(double.document(id).await["our_reference"], "o1");
    std::fs::remove_file(&path).unwrap();
}
