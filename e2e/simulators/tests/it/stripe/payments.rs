use super::world::Double;
use serde_json::{Value, json};

const MB_WAY: &str =
    "payment_method_data[type]=mb_way&payment_method_data[billing_details][phone]=%2B351912345678";
const MULTIBANCO: &str =
    "payment_method_data[type]=multibanco&payment_method_data[billing_details][email]=c@example.pt";
const SEPA: &str = "payment_method_data[type]=sepa_debit&payment_method_data[sepa_debit][iban]=PT50000201231234567890154\
    &payment_method_data[billing_details][name]=Rui&payment_method_data[billing_details][email]=c@example.pt";

async fn resolve(double: &Double, intent: &Value, what: &str) -> Value {
    let id = intent["id"].as_str().unwrap();
    let answer = double
        .lever(&format!("/payment_intents/{id}/{what}"), json!({}))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn a_card_pays_at_once() {
    let double = Double::start().await;
    let acct = double.store().await;
    let form = "amount=1999&currency=eur&application_fee_amount=40&metadata[order_id]=o1&description=Order&payment_method=pm_card_visa&confirm=true";
    let paid = double.post(&acct, "/v1/payment_intents", form).await.body;
    assert_eq!(
        (paid["status"].as_str(), paid["amount_received"].as_i64()),
        (Some("succeeded"), Some(1999))
    );
    assert_eq!(paid["metadata"]["order_id"], "o1");
    let charge = double
        .get(
            &acct,
            &format!("/v1/charges/{}", paid["latest_charge"].as_str().unwrap()),
            "",
        )
        .await
        .body;
    assert_eq!(
        (
            charge["paid"].as_bool(),
            charge["payment_method_details"]["card"]["last4"].as_str()
        ),
        (Some(true), Some("4242"))
    );
    let fees = double.get("", "/v1/application_fees", "").await.body;
    assert_eq!(
        (
            fees["data"][0]["amount"].as_i64(),
            fees["data"][0]["account"].as_str()
        ),
        (Some(40), Some(acct.as_str()))
    );
    assert!(
        double
            .events("")
            .await
            .contains(&"application_fee.created".to_owned())
    );
    let events = double.events(&acct).await;
    assert!(
        events.ends_with(&[
            "payment_intent.created".into(),
            "charge.succeeded".into(),
            "payment_intent.succeeded".into()
        ]),
        "{events:?}"
    );
    let again = double
        .confirm(&acct, &paid, "payment_method=pm_card_visa")
        .await;
    assert_eq!(
        (again.status, again.code()),
        (400, "payment_intent_unexpected_state")
    );
    assert_eq!(
        double.look("/effects").await["accounts"][&acct]["charges"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    double.conforms().await;
}

#[tokio::test]
async fn a_declined_card_leaves_the_intent_open() {
    let double = Double::start().await;
    let acct = double.store().await;
    let intent = double.intent(&acct, 1500).await;
    for (token, code, decline_code) in [
        (
            "pm_card_visa_chargeDeclined",
            "card_declined",
            "generic_decline",
        ),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "card_declined",
            "insufficient_funds",
        ),
        (
            "pm_card_visa_chargeDeclinedLostCard",
            "card_declined",
            "lost_card",
        ),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", ""),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", ""),
        (
            "pm_card_chargeDeclinedProcessingError",
            "processing_error",
            "",
        ),
    ] {
        let answer = double
            .confirm(&acct, &intent, &format!("payment_method={token}"))
            .await;
        assert_eq!((answer.status, answer.code()), (402, code));
        let error = &answer.body["error"];
        assert_eq!(error["type"], "card_error");
        assert_eq!(
            error["decline_code"].as_str().unwrap_or_default(),
            decline_code
        );
        assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
        assert_eq!(error["payment_intent"]["last_payment_error"]["code"], code);
    }
    let paid = double
        .confirm(&acct, &intent, "payment_method=pm_card_visa")
        .await
        .body;
    assert_eq!(
        (paid["status"].as_str(), &paid["last_payment_error"]),
        (Some("succeeded"), &Value::Null)
    );
    let events = double.events(&acct).await;
    assert_eq!(
        events
            .iter()
            .filter(|kind| *kind == "payment_intent.payment_failed")
            .count(),
        6
    );
    assert_eq!(
        double
            .confirm(&acct, &intent, "payment_method=pm_card_nonsense")
            .await
            .status,
        400
    );
    double.conforms().await;
}

#[tokio::test]
async fn three_d_secure_passes_fails_or_is_not_wanted() {
    let double = Double::start().await;
    let acct = double.store().await;
    let asks = "payment_method=pm_card_authenticationRequired";
    let intent = double.intent(&acct, 900).await;
    let waiting = double.confirm(&acct, &intent, asks).await.body;
    assert_eq!(
        (
            waiting["status"].as_str(),
            waiting["next_action"]["type"].as_str()
        ),
        (Some("requires_action"), Some("use_stripe_sdk"))
    );
    let failed = resolve(&double, &intent, "fail").await;
    assert_eq!(failed["status"], "requires_payment_method");
    assert_eq!(
        failed["last_payment_error"]["code"],
        "payment_intent_authentication_failure"
    );
    let back = double
        .confirm(
            &acct,
            &intent,
            &format!("{asks}&return_url=https://s.example/back"),
        )
        .await
        .body;
    assert_eq!(
        back["next_action"]["redirect_to_url"]["return_url"],
        "https://s.example/back"
    );
    assert_eq!(
        resolve(&double, &intent, "approve").await["status"],
        "succeeded"
    );

    let other = double.intent(&acct, 900).await;
    let refused = double
        .confirm(
            &acct,
            &other,
            &format!("{asks}&error_on_requires_action=true"),
        )
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (402, "authentication_required")
    );
    let later = double
        .confirm(
            &acct,
            &other,
            "payment_method=pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        )
        .await;
    assert_eq!(later.body["status"], "requires_action");
    assert_eq!(
        resolve(&double, &other, "approve").await["last_payment_error"]["decline_code"],
        "insufficient_funds"
    );
    double.conforms().await;
}

#[tokio::test]
async fn mb_way_waits_for_the_app() {
    let double = Double::start().await;
    let acct = double.store().await;
    for (what, status, code) in [
        ("approve", "succeeded", ""),
        (
            "refuse",
            "requires_payment_method",
            "payment_method_customer_decline",
        ),
        (
            "timeout",
            "requires_payment_method",
            "payment_method_provider_timeout",
        ),
    ] {
        let intent = double.intent(&acct, 2500).await;
        assert_eq!(
            double.confirm(&acct, &intent, MB_WAY).await.body["status"],
            "processing"
        );
        let done = resolve(&double, &intent, what).await;
        assert_eq!(done["status"], status);
        assert_eq!(
            done["last_payment_error"]["code"]
                .as_str()
                .unwrap_or_default(),
            code
        );
    }
    let intent = double.intent(&acct, 2500).await;
    let no_phone = double
        .confirm(&acct, &intent, "payment_method_data[type]=mb_way")
        .await;
    assert_eq!(no_phone.code(), "parameter_missing");
    let dear = double.intent(&acct, 500_001).await;
    assert_eq!(
        double.confirm(&acct, &dear, MB_WAY).await.code(),
        "payment_intent_incompatible_payment_method"
    );
    double
        .lever("/settings", json!({"mb_way_waits_in": "requires_action"}))
        .await;
    assert_eq!(
        double.confirm(&acct, &intent, MB_WAY).await.body["status"],
        "requires_action"
    );
    double.conforms().await;
}

#[tokio::test]
async fn a_multibanco_voucher_is_paid_or_expires() {
    let double = Double::start().await;
    let acct = double.store().await;
    let intent = double.intent(&acct, 4000).await;
    let shown = double.confirm(&acct, &intent, MULTIBANCO).await.body;
    let voucher = &shown["next_action"]["multibanco_display_details"];
    assert_eq!(
        (shown["status"].as_str(), voucher["entity"].as_str()),
        (Some("requires_action"), Some("12345"))
    );
    assert_eq!(voucher["reference"].as_str().unwrap().len(), 9);
    assert!(voucher["expires_at"].as_i64().unwrap() > shown["created"].as_i64().unwrap());
    assert_eq!(
        resolve(&double, &intent, "pay").await["status"],
        "succeeded"
    );

    let other = double.intent(&acct, 4000).await;
    double.confirm(&acct, &other, MULTIBANCO).await;
    let expired = resolve(&double, &other, "expire").await;
    assert_eq!(
        expired["last_payment_error"]["code"],
        "payment_intent_payment_attempt_expired"
    );
    assert!(
        double
            .events(&acct)
            .await
            .contains(&"payment_intent.requires_action".to_owned())
    );
    double.conforms().await;
}

#[tokio::test]
async fn a_debit_takes_days_and_cannot_be_cancelled() {
    let double = Double::start().await;
    let acct = double.store().await;
    let intent = double.intent(&acct, 4000).await;
    assert_eq!(
        double.confirm(&acct, &intent, SEPA).await.body["status"],
        "processing"
    );
    let id = intent["id"].as_str().unwrap();
    let cancel = double
        .post(
            &acct,
            &format!("/v1/payment_intents/{id}/cancel"),
            "cancellation_reason=abandoned",
        )
        .await;
    assert_eq!(
        (cancel.status, cancel.code()),
        (400, "payment_intent_unexpected_state")
    );
    assert_eq!(
        resolve(&double, &intent, "fail").await["status"],
        "requires_payment_method"
    );
    double.confirm(&acct, &intent, SEPA).await;
    assert_eq!(
        resolve(&double, &intent, "approve").await["status"],
        "succeeded"
    );
    double.conforms().await;
}

#[tokio::test]
async fn an_intent_is_changed_and_cancelled_only_before_the_money() {
    let double = Double::start().await;
    let acct = double.store().await;
    let id = double.intent(&acct, 4000).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/payment_intents/{id}");
    let changed = double
        .post(
            &acct,
            &path,
            "amount=4100&metadata[a]=1&metadata[order_id]=",
        )
        .await
        .body;
    assert_eq!(
        (changed["amount"].as_i64(), &changed["metadata"]),
        (Some(4100), &json!({"a": "1"}))
    );
    let canceled = double
        .post(
            &acct,
            &format!("{path}/cancel"),
            "cancellation_reason=abandoned",
        )
        .await
        .body;
    assert_eq!(
        (
            canceled["status"].as_str(),
            canceled["cancellation_reason"].as_str()
        ),
        (Some("canceled"), Some("abandoned"))
    );
    assert_eq!(
        double.post(&acct, &path, "amount=1").await.code(),
        "payment_intent_unexpected_state"
    );
    assert_eq!(
        double
            .confirm(&acct, &canceled, "payment_method=pm_card_visa")
            .await
            .code(),
        "payment_intent_unexpected_state"
    );
    let paid = double.paid(&acct, 600).await;
    let late = double
        .post(
            &acct,
            &format!(
                "/v1/payment_intents/{}/cancel",
                paid["id"].as_str().unwrap()
            ),
            "",
        )
        .await;
    assert_eq!(late.code(), "payment_intent_unexpected_state");
    double.conforms().await;
}

#[tokio::test]
async fn a_browser_pays_with_its_client_secret_only() {
    let double = Double::start().await;
    let acct = double.store().await;
    let intent = double.intent(&acct, 900).await;
    let secret = intent["client_secret"].as_str().unwrap();
    let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
    let nobody = [("authorization", ""), ("stripe-version", "")];
    let query = format!("key=pk_test_simulator&_stripe_account={acct}&client_secret={secret}");
    let seen = double.send("GET", &path, &query, &nobody).await;
    assert_eq!((seen.status, seen.body.get("metadata")), (200, None));
    let wrong = double
        .send(
            "GET",
            &path,
            &query.replace(secret, "pi_x_secret_y"),
            &nobody,
        )
        .await;
    assert_eq!(wrong.status, 404);
    let paid = double
        .send(
            "POST",
            &format!("{path}/confirm"),
            &format!("{query}&payment_method=pm_card_visa"),
            &nobody,
        )
        .await;
    assert_eq!(
        (paid.status, paid.body["status"].as_str()),
        (200, Some("succeeded"))
    );

    let other = double.intent(&acct, 900).await;
    let page = format!(
        "client_secret={}&account={acct}",
        other["client_secret"].as_str().unwrap()
    );
    let shown = double.send("GET", "/pay", &page, &nobody).await.body;
    assert!(
        shown.as_str().unwrap().contains("9,00 eur")
            && shown.as_str().unwrap().contains("value=mb_way")
    );
    double
        .send("POST", "/pay", &format!("{page}&choice=mb_way"), &nobody)
        .await;
    let done = double
        .send("POST", "/pay", &format!("{page}&choice=approve"), &nobody)
        .await
        .body;
    assert!(done.as_str().unwrap().contains("succeeded"));
    let script = double.send("GET", "/v1/stripe.js", "", &nobody).await.body;
    assert!(script.as_str().unwrap().contains("window.Stripe = Stripe"));
    double.conforms().await;
}
