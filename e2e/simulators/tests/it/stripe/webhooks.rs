use super::world::{CONNECT_SECRET, Double, Listener, SECRET, until};
use serde_json::{Value, json};

#[tokio::test]
async fn events_go_to_their_own_endpoint_with_its_secret() {
    let double = Double::start().await;
    let ears = Listener::start(&double).await;
    let acct = double.store().await;
    let headers = [
        ("stripe-account", acct.as_str()),
        ("idempotency-key", "pi:o1:1"),
    ];
    let form = "amount=1000&currency=eur&application_fee_amount=20&payment_method=pm_card_visa&confirm=true";
    let paid = double
        .send("POST", "/v1/payment_intents", form, &headers)
        .await;
    let request = paid.request_id.clone();
    let connect = ears.wait_for("payment_intent.succeeded", 1).await.remove(0);
    let event = connect.event();
    assert_eq!(
        (connect.path.as_str(), event["account"].as_str()),
        ("/connect", Some(acct.as_str()))
    );
    assert!(connect.is_signed_with(CONNECT_SECRET) && !connect.is_signed_with(SECRET));
    assert_eq!(event["data"]["object"]["id"], paid.body["id"]);
    assert_eq!(
        event["request"],
        json!({"id": request, "idempotency_key": "pi:o1:1"})
    );
    assert_eq!(
        (event["livemode"].as_bool(), event["api_version"].as_str()),
        (Some(false), Some("2026-10-28.endive"))
    );
    let platform = ears.wait_for("application_fee.created", 1).await.remove(0);
    assert_eq!(
        (platform.path.as_str(), platform.event().get("account")),
        ("/platform", None)
    );
    assert!(platform.is_signed_with(SECRET));
    double.conforms().await;
}

#[tokio::test]
async fn an_event_is_sent_again_until_it_is_taken() {
    let double = Double::start().await;
    let ears = Listener::start(&double).await;
    ears.answers.lock().unwrap().extend([500, 302, 404]);
    let intent = double.intent("", 500).await;
    let seen = ears.wait_for("payment_intent.created", 4).await;
    assert!(
        seen.iter()
            .all(|one| one.is_signed_with(SECRET) && one.event()["id"] == seen[0].event()["id"])
    );
    assert_eq!(seen[0].event()["data"]["object"]["id"], intent["id"]);
    let mut undelivered = 1;
    while undelivered > 0 {
        let open = double
            .get("", "/v1/events", "delivery_success=false")
            .await
            .body;
        undelivered = open["data"].as_array().unwrap().len();
    }
    assert_eq!(
        double
            .get(
                "",
                "/v1/events",
                "delivery_success=true&type=payment_intent.created"
            )
            .await
            .body["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    double
        .lever("/clock", json!({"advance_seconds": 31 * 86_400}))
        .await;
    assert_eq!(
        double.get("", "/v1/events", "").await.body["data"],
        json!([])
    );
}

#[tokio::test]
async fn events_are_doubled_held_turned_round_dropped_and_spoilt() {
    let double = Double::start().await;
    let ears = Listener::start(&double).await;
    double
        .lever("/webhooks/rules", json!({"duplicates": 2}))
        .await;
    double.intent("", 500).await;
    ears.wait_for("payment_intent.created", 3).await;

    double.lever("/webhooks/rules", json!({"hold": true})).await;
    let before = ears.seen().len();
    double.paid("", 700).await;
    let held = double
        .lever("/webhooks/release", json!({"order": "reversed"}))
        .await
        .body["released"]
        .as_u64();
    assert_eq!(held, Some(3));
    until(|| ears.seen().len() == before + 3).await;
    assert_eq!(
        ears.kinds()[before..],
        [
            "payment_intent.succeeded",
            "charge.succeeded",
            "payment_intent.created"
        ]
    );

    double
        .lever(
            "/webhooks/rules",
            json!({"types": "charge.*", "drop_next": 1, "delay_ms": 1}),
        )
        .await;
    double.paid("", 800).await;
    ears.wait_for("payment_intent.succeeded", 2).await;
    assert_eq!(
        ears.kinds()
            .iter()
            .filter(|kind| *kind == "charge.succeeded")
            .count(),
        1
    );

    double
        .lever("/webhooks/rules", json!({"corrupt_next": 1}))
        .await;
    double.intent("", 900).await;
    let all = ears.wait_for("payment_intent.created", 6).await;
    assert!(!all[5].is_signed_with(SECRET));
    let event = all[0].event()["id"].as_str().unwrap().to_owned();
    double.lever("/webhooks/rules", json!({})).await;
    double
        .lever(&format!("/events/{event}/resend"), json!({"times": 2}))
        .await;
    ears.wait_for("payment_intent.created", 8).await;
}

#[tokio::test]
async fn genuine_looking_events_can_be_made_up() {
    let double = Double::start().await;
    let ears = Listener::start(&double).await;
    let acct = double.store().await;
    let intent = double.intent(&acct, 500).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let send = |more: Value| {
        let mut body =
            json!({"endpoint": "connect", "type": "payment_intent.succeeded", "object": intent});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let double = &double;
        async move {
            assert_eq!(
                double.lever("/webhooks/send", body).await.body["status"],
                200
            )
        }
    };
    send(json!({"patch": {"amount_received": 1, "status": "succeeded"}})).await;
    send(json!({"event": {"account": "acct_other", "livemode": true}})).await;
    send(json!({"secret": SECRET})).await;
    send(json!({"header": ""})).await;
    send(json!({"age_seconds": 301})).await;
    let seen = ears.wait_for("payment_intent.succeeded", 5).await;
    assert_eq!(seen[0].event()["data"]["object"]["amount_received"], 1);
    assert!(seen[0].is_signed_with(CONNECT_SECRET));
    assert_eq!(
        (
            seen[1].event()["account"].as_str(),
            seen[1].event()["livemode"].as_bool()
        ),
        (Some("acct_other"), Some(true))
    );
    assert!(seen[2].is_signed_with(SECRET));
    assert_eq!(seen[3].signature, "");
    assert!(seen[0].time() - seen[4].time() >= 300);
}

#[tokio::test]
async fn endpoints_are_made_through_the_api_too() {
    let double = Double::start().await;
    let ears = Listener::start(&double).await;
    double.intent("", 500).await;
    let first = ears.wait_for("payment_intent.created", 1).await;
    assert_eq!(first.len(), 1);
    let form = "url=http://127.0.0.1:9/never&enabled_events[]=payment_intent.created&api_version=2026-10-28.endive&connect=true";
    let made = double.post("", "/v1/webhook_endpoints", form).await;
    assert!(made.body["secret"].as_str().unwrap().starts_with("whsec_"));
    let shown = double
        .get("", &format!("/v1/webhook_endpoints/{}", made.id()), "")
        .await
        .body;
    assert_eq!(shown.get("secret"), None);
    assert_eq!(
        double
            .post(
                "",
                "/v1/webhook_endpoints",
                "url=http://x&enabled_events[]=*"
            )
            .await
            .status,
        400
    );
    let gone = double
        .send(
            "DELETE",
            &format!("/v1/webhook_endpoints/{}", made.id()),
            "",
            &[],
        )
        .await;
    assert_eq!(gone.body["deleted"], true);
    double.conforms().await;
}
