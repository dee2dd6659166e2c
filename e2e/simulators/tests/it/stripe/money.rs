use super::world::Double;
use serde_json::{Value, json};

fn charge_of(paid: &Value) -> String {
    paid["latest_charge"].as_str().unwrap().to_owned()
}

async fn paid_with_fee(double: &Double, acct: &str, amount: i64, fee: i64) -> Value {
    let form = format!(
        "amount={amount}&currency=eur&application_fee_amount={fee}&payment_method=pm_card_visa&confirm=true"
    );
    double.post(acct, "/v1/payment_intents", &form).await.body
}

#[tokio::test]
async fn refunds_never_exceed_the_charge() {
    let double = Double::start().await;
    let acct = double.store().await;
    let paid = double.paid(&acct, 1000).await;
    let intent = paid["id"].as_str().unwrap();
    let refund = |form: String| {
        let (double, acct) = (&double, &acct);
        async move { double.post(acct, "/v1/refunds", &form).await }
    };
    let part = refund(format!(
        "payment_intent={intent}&amount=400&reason=requested_by_customer&metadata[r]=1"
    ))
    .await;
    assert_eq!(
        (part.body["status"].as_str(), part.body["amount"].as_i64()),
        (Some("succeeded"), Some(400))
    );
    assert_eq!(
        refund(format!("payment_intent={intent}&amount=601"))
            .await
            .status,
        400
    );
    let (one, two) = tokio::join!(
        refund(format!("payment_intent={intent}")),
        refund(format!("payment_intent={intent}"))
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    let loser = if one.status == 400 { one } else { two };
    assert_eq!(loser.code(), "charge_already_refunded");
    let charge = double
        .get(&acct, &format!("/v1/charges/{}", charge_of(&paid)), "")
        .await
        .body;
    assert_eq!(
        (
            charge["amount_refunded"].as_i64(),
            charge["refunded"].as_bool()
        ),
        (Some(1000), Some(true))
    );
    let unpaid = double.intent(&acct, 500).await;
    assert_eq!(
        refund(format!("payment_intent={}", unpaid["id"].as_str().unwrap()))
            .await
            .status,
        400
    );
    assert_eq!(refund("amount=5".into()).await.code(), "parameter_missing");
    double.conforms().await;
}

#[tokio::test]
async fn the_platforms_fee_goes_back_in_proportion() {
    let double = Double::start().await;
    let acct = double.store().await;
    let paid = paid_with_fee(&double, &acct, 1000, 33).await;
    let mut back = Vec::new();
    for amount in [333, 333, 334] {
        let form = format!(
            "charge={}&amount={amount}&refund_application_fee=true",
            charge_of(&paid)
        );
        assert_eq!(double.post(&acct, "/v1/refunds", &form).await.status, 200);
        let fee = &double.get("", "/v1/application_fees", "").await.body["data"][0];
        back.push(fee["amount_refunded"].as_i64().unwrap());
    }
    assert_eq!((back[2], back.is_sorted()), (33, true));
    let kept = paid_with_fee(&double, &acct, 1000, 33).await;
    double
        .post(
            &acct,
            "/v1/refunds",
            &format!("charge={}", charge_of(&kept)),
        )
        .await;
    let fee = &double.get("", "/v1/application_fees", "limit=1").await.body["data"][0];
    assert_eq!(fee["amount_refunded"], 0);
    double.conforms().await;
}

#[tokio::test]
async fn without_money_a_refund_waits_or_fails() {
    let double = Double::start().await;
    let acct = double.store().await;
    let card = double.paid(&acct, 1000).await;
    double
        .lever(&format!("/accounts/{acct}/balance"), json!({"amount": 0}))
        .await;
    let waits = double
        .post(
            &acct,
            "/v1/refunds",
            &format!("charge={}", charge_of(&card)),
        )
        .await
        .body;
    assert_eq!(
        (waits["status"].as_str(), waits["pending_reason"].as_str()),
        (Some("pending"), Some("insufficient_funds"))
    );
    let id = waits["id"].as_str().unwrap();
    assert_eq!(
        double
            .lever(&format!("/refunds/{id}/settle"), json!({}))
            .await
            .body["status"],
        "succeeded"
    );
    let failed = double
        .lever(
            &format!("/refunds/{id}/fail"),
            json!({"reason": "lost_or_stolen_card"}),
        )
        .await
        .body;
    assert_eq!(
        (failed["status"].as_str(), failed["failure_reason"].as_str()),
        (Some("failed"), Some("lost_or_stolen_card"))
    );
    assert!(
        double
            .events(&acct)
            .await
            .contains(&"refund.failed".to_owned())
    );
    let charge = double
        .get(&acct, &format!("/v1/charges/{}", charge_of(&card)), "")
        .await
        .body;
    assert_eq!(
        (
            charge["amount_refunded"].as_i64(),
            charge["refunded"].as_bool()
        ),
        (Some(0), Some(false))
    );
    let dashboard = double
        .lever(
            &format!("/charges/{}/refund", charge_of(&card)),
            json!({"amount": 100}),
        )
        .await;
    assert_eq!(dashboard.body["amount"], 100);
    double.conforms().await;
}

#[tokio::test]
async fn a_dispute_takes_the_money_and_may_give_it_back() {
    let double = Double::start().await;
    let acct = double.store().await;
    let paid = double.paid(&acct, 1000).await;
    let path = format!("/payment_intents/{}/dispute", paid["id"].as_str().unwrap());
    let dispute = double
        .lever(&path, json!({"reason": "product_not_received"}))
        .await
        .body;
    let id = dispute["id"].as_str().unwrap();
    let refused = double
        .post(
            &acct,
            "/v1/refunds",
            &format!("charge={}", charge_of(&paid)),
        )
        .await;
    assert_eq!(refused.code(), "charge_disputed");
    let answered = double
        .post(
            &acct,
            &format!("/v1/disputes/{id}"),
            "evidence[uncategorized_text]=sent&submit=true",
        )
        .await;
    assert_eq!(answered.body["status"], "under_review");
    let won = double
        .lever(&format!("/disputes/{id}/close"), json!({"status": "won"}))
        .await
        .body;
    assert_eq!(won["status"], "won");
    assert_eq!(
        double
            .lever(&format!("/disputes/{id}/close"), json!({"status": "lost"}))
            .await
            .status,
        409
    );
    let events = double.events(&acct).await;
    for kind in [
        "created",
        "funds_withdrawn",
        "updated",
        "funds_reinstated",
        "closed",
    ] {
        assert!(events.contains(&format!("charge.dispute.{kind}")), "{kind}");
    }
    let other = double.paid(&acct, 1000).await;
    let inquiry = double
        .lever(
            &format!("/charges/{}/dispute", charge_of(&other)),
            json!({"inquiry": true, "due_by": 0}),
        )
        .await
        .body;
    assert_eq!(
        (
            inquiry["status"].as_str(),
            inquiry["is_charge_refundable"].as_bool()
        ),
        (Some("warning_needs_response"), Some(true))
    );
    double.conforms().await;
}
