use super::super::stripe::world::until;
use super::world::{Double, mail};
use serde_json::{Value, json};
use simulators::zeptomail;
use std::time::Duration;

async fn fault(double: &Double, fault: Value) {
    assert_eq!(double.lever("/faults", fault).await.status, 204);
}

#[tokio::test]
async fn trouble_comes_before_or_after_the_mail_was_taken() {
    let double = Double::start().await;
    let mut taken = 0;
    for when in ["before", "after"] {
        for (kind, status) in [
            ("rate_limit429", Some(429)),
            ("html502", Some(502)),
            ("unavailable503", Some(503)),
            ("garbage", Some(200)),
            ("reset", None),
        ] {
            fault(
                &double,
                json!({"kind": kind, "when": when, "path": "/v1.1/email"}),
            )
            .await;
            let sent = double.client.post(format!("{}/v1.1/email", double.base));
            let sent = sent
                .header("authorization", "Zoho-enczapikey simulator")
                .body(mail("a@b.pt").to_string());
            let answer = sent.send().await;
            assert_eq!(
                answer.ok().map(|answer| answer.status().as_u16()),
                status,
                "{kind}"
            );
            taken += usize::from(when == "after");
            assert_eq!(double.inbox().await.len(), taken, "{kind} {when}");
        }
    }
}

#[tokio::test]
async fn a_time_out_may_hide_a_mail_and_a_retry_is_a_second_one() {
    let double = Double::start().await;
    fault(&double, json!({"kind": "timeout", "when": "after"})).await;
    let request = double.client.post(format!("{}/v1.1/email", double.base));
    let request = request
        .header("authorization", "Zoho-enczapikey simulator")
        .body(mail("a@b.pt").to_string());
    let hung = request.timeout(Duration::from_millis(300)).send().await;
    assert!(hung.unwrap_err().is_timeout());
    assert_eq!(double.send(&mail("a@b.pt")).await.status, 201);
    let effects = double.look("/effects").await;
    assert_eq!(
        effects["mails"],
        json!([{"client_reference": "m-1", "to": "a@b.pt", "subject": "A sua encomenda", "count": 2}])
    );
}

#[tokio::test]
async fn the_refusals_of_the_table_come_on_command() {
    let double = Double::start().await;
    for (code, kind, status) in [
        ("SMI_115", "TM_3601", 403),
        ("SERR_157", "TM_4001", 401),
        ("LE_102", "TM_5001", 403),
        ("AE_101", "TM_3601", 403),
    ] {
        fault(&double, json!({"kind": "refused", "code": code})).await;
        let answer = double.send(&mail("a@b.pt")).await;
        assert_eq!(
            (answer.status, answer.refusal().0, answer.refusal().1),
            (status, kind, code)
        );
    }
    let unknown = double
        .lever("/faults", json!({"kind": "refused", "code": "XX_1"}))
        .await;
    assert_eq!(unknown.status, 400);
    double
        .lever("/settings", json!({"errors_at_top": true}))
        .await;
    fault(&double, json!({"kind": "refused", "code": "SM_128"})).await;
    assert_eq!(double.send(&mail("a@b.pt")).await.body["code"], "TM_4001");
}

#[tokio::test]
async fn an_account_may_refuse_everything_until_tomorrow() {
    let double = Double::start().await;
    let standing = json!({"code": "SMI_115", "seconds": 86_400});
    assert_eq!(
        double
            .lever("/agents/agent-1/standing", standing)
            .await
            .status,
        204
    );
    for _ in 0..2 {
        assert_eq!(double.send(&mail("a@b.pt")).await.refusal().1, "SMI_115");
    }
    double
        .lever("/clock", json!({"advance_seconds": 86_401}))
        .await;
    assert_eq!(double.send(&mail("a@b.pt")).await.status, 201);
}

#[tokio::test]
async fn the_log_keeps_tokens_to_itself_and_the_levers_are_local() {
    let double = Double::start().await;
    double.send(&mail("a@b.pt")).await;
    let log = double.look("/log").await;
    assert_eq!(
        (&log[0]["path"], &log[0]["status"]),
        (&json!("/v1.1/email"), &json!(201))
    );
    let state = double.look("/state").await;
    assert!(!format!("{log}{state}").contains("simulator-webhooks"));
    let proxied = double.client.get(format!("{}/_sim/inbox", double.base));
    let proxied = proxied
        .header("x-forwarded-for", "1.2.3.4")
        .send()
        .await
        .unwrap();
    assert_eq!(proxied.status(), 404);
}

#[tokio::test]
async fn the_inbox_survives_a_restart() {
    let path =
        std::env::temp_dir().join(format!("simulators-{}-zeptomail.json", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let config = || zeptomail::Config {
        state: Some(path.clone()),
        ..Default::default()
    };
    let double = Double::start_with(config()).await;
    double.send(&mail("a@b.pt")).await;
    drop(double);
    // What happened last is written when the double ends.
    until(|| std::fs::read_to_string(&path).is_ok_and(|kept| kept.contains("a@b.pt"))).await;
    let double = Double::start_with(config()).await;
    assert_eq!(double.inbox().await.len(), 1);
    std::fs::remove_file(&path).unwrap();
}
