use super::world::{Double, VERSION};
use serde_json::json;

#[tokio::test]
async fn only_the_right_key_and_version_get_in() {
    let double = Double::start().await;
    for (key, status) in [
        ("Bearer sk_test_simulator", 200),
        ("Bearer sk_test_other", 401),
        ("Bearer sk_live_x", 401),
        ("", 401),
    ] {
        let answer = double
            .send("GET", "/v1/account", "", &[("authorization", key)])
            .await;
        assert_eq!(answer.status, status, "{key}");
        assert!(answer.request_id.starts_with("req_"));
    }
    let old = double
        .send(
            "GET",
            "/v1/account",
            "",
            &[("stripe-version", "2024-06-20")],
        )
        .await;
    assert_eq!(old.status, 400);
    assert!(
        old.body["error"]["message"]
            .as_str()
            .unwrap()
            .contains(VERSION)
    );
    let refused = double
        .send(
            "POST",
            "/v1/refunds",
            "",
            &[("authorization", "Bearer pk_test_simulator")],
        )
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, "secret_key_required")
    );
    assert_eq!(double.get("", "/v1/nonsense", "").await.status, 404);
    double.conforms().await;
}

#[tokio::test]
async fn parameters_are_read_by_the_schema() {
    let double = Double::start().await;
    let acct = double.store().await;
    for (form, code, param) in [
        ("currency=eur", "parameter_missing", "amount"),
        (
            "amount=12.5&currency=eur",
            "parameter_invalid_integer",
            "amount",
        ),
        (
            "amount=100&currency=eur&colour=red",
            "parameter_unknown",
            "colour",
        ),
        (
            "amount=100&currency=eur&shipping[colour]=red",
            "parameter_unknown",
            "shipping[colour]",
        ),
        (
            "amount=100&currency=eur&description=",
            "parameter_invalid_empty",
            "description",
        ),
        ("amount=49&currency=eur", "amount_too_small", "amount"),
        (
            "amount=100000000&currency=eur",
            "amount_too_large",
            "amount",
        ),
        (
            "amount=100&currency=eur&payment_method_types[]=card",
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        (
            "amount=100&currency=eur&application_fee_amount=0",
            "parameter_invalid_integer",
            "application_fee_amount",
        ),
        (
            "amount=100&currency=eur&application_fee_amount=101",
            "",
            "application_fee_amount",
        ),
        ("amount=100&currency=zzz", "", "currency"),
    ] {
        let answer = double.post(&acct, "/v1/payment_intents", form).await;
        assert_eq!((answer.status, answer.code()), (400, code), "{form}");
        assert_eq!(answer.body["error"]["param"], param, "{form}");
        assert_eq!(answer.body["error"]["type"], "invalid_request_error");
    }
    let on_platform = double
        .post(
            "",
            "/v1/payment_intents",
            "amount=100&currency=eur&application_fee_amount=5",
        )
        .await;
    assert_eq!(on_platform.code(), "application_fees_not_allowed");
    for amount in ["50", "99999999"] {
        let answer = double
            .post(
                &acct,
                "/v1/payment_intents",
                &format!("amount={amount}&currency=eur&application_fee_amount={amount}"),
            )
            .await;
        assert_eq!(answer.status, 200);
    }
    double.conforms().await;
}

#[tokio::test]
async fn a_key_replays_its_first_answer() {
    let double = Double::start().await;
    let acct = double.store().await;
    let headers = [
        ("stripe-account", acct.as_str()),
        ("idempotency-key", "pi:o1:1"),
    ];
    let first = double
        .send(
            "POST",
            "/v1/payment_intents",
            "amount=500&currency=eur",
            &headers,
        )
        .await;
    let again = double
        .send(
            "POST",
            "/v1/payment_intents",
            "currency=eur&amount=500",
            &headers,
        )
        .await;
    assert_eq!((first.id(), false), (again.id(), first.replayed));
    assert!(again.replayed);
    let other = double
        .send(
            "POST",
            "/v1/payment_intents",
            "amount=501&currency=eur",
            &headers,
        )
        .await;
    assert_eq!(
        (other.status, other.body["error"]["type"].as_str()),
        (400, Some("idempotency_error"))
    );

    let malformed = [("stripe-account", acct.as_str()), ("idempotency-key", "k2")];
    assert_eq!(
        double
            .send(
                "POST",
                "/v1/payment_intents",
                "amount=x&currency=eur",
                &malformed
            )
            .await
            .status,
        400
    );
    assert_eq!(
        double
            .send(
                "POST",
                "/v1/payment_intents",
                "amount=500&currency=eur",
                &malformed
            )
            .await
            .status,
        200,
        "a refused form is not remembered"
    );

    double
        .lever("/clock", json!({"advance_seconds": 86_401}))
        .await;
    let later = double
        .send(
            "POST",
            "/v1/payment_intents",
            "amount=500&currency=eur",
            &headers,
        )
        .await;
    assert_ne!(later.id(), first.id(), "after a day the key is new");
    let long = "k".repeat(256);
    let answer = double
        .send(
            "POST",
            "/v1/payment_intents",
            "amount=500&currency=eur",
            &[("idempotency-key", &long)],
        )
        .await;
    assert_eq!(answer.status, 400);
    double.conforms().await;
}

#[tokio::test]
async fn a_key_in_flight_is_a_conflict() {
    let double = Double::start().await;
    double
        .lever(
            "/faults",
            json!({"kind": "slow", "slow_ms": 400, "path": "/v1/payment_intents"}),
        )
        .await;
    let headers = [("idempotency-key", "twin")];
    let form = "amount=500&currency=eur";
    let slow = double.send("POST", "/v1/payment_intents", form, &headers);
    let quick = async {
        let mut answer = double
            .send(
                "POST",
                "/v1/payment_intents",
                "amount=500&currency=eur",
                &headers,
            )
            .await;
        while answer.status != 409 && !answer.replayed {
            answer = double
                .send(
                    "POST",
                    "/v1/payment_intents",
                    "amount=500&currency=eur",
                    &headers,
                )
                .await;
        }
        answer
    };
    let (slow, quick) = tokio::join!(slow, quick);
    // Either of the two may have come first and met the fault; the other saw the conflict.
    let statuses = [slow.status, quick.status];
    assert!(statuses.contains(&409), "{statuses:?}");
    let answer = double
        .send("POST", "/v1/payment_intents", form, &headers)
        .await;
    assert!(answer.status == 409 || answer.status == 200);
}

#[tokio::test]
async fn an_account_sees_only_its_own_objects() {
    let double = Double::start().await;
    let (mine, theirs) = (double.store().await, double.store().await);
    let id = double.intent(&theirs, 500).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (method, path, form) in [
        ("GET", format!("/v1/payment_intents/{id}"), ""),
        (
            "POST",
            format!("/v1/payment_intents/{id}/confirm"),
            "payment_method=pm_card_visa",
        ),
        ("POST", format!("/v1/payment_intents/{id}/cancel"), ""),
        (
            "POST",
            "/v1/refunds".into(),
            &*format!("payment_intent={id}"),
        ),
        ("GET", format!("/v1/accounts/{theirs}"), ""),
    ] {
        let answer = double
            .send(method, &path, form, &[("stripe-account", &mine)])
            .await;
        assert_eq!(
            (answer.status, answer.code()),
            (404, "resource_missing"),
            "{method} {path}"
        );
    }
    assert_eq!(
        double
            .get("acct_unknown", "/v1/payment_intents", "")
            .await
            .status,
        403
    );
    double
        .lever(&format!("/accounts/{theirs}/deauthorise"), json!({}))
        .await;
    assert_eq!(
        double
            .get(&theirs, &format!("/v1/payment_intents/{id}"), "")
            .await
            .status,
        403
    );
    double.conforms().await;
}

#[tokio::test]
async fn lists_are_paged_and_objects_expanded() {
    let double = Double::start().await;
    let acct = double.store().await;
    for _ in 0..3 {
        double.paid(&acct, 700).await;
    }
    let first = double
        .get(&acct, "/v1/payment_intents", "limit=2")
        .await
        .body;
    assert_eq!(
        (
            first["data"].as_array().unwrap().len(),
            first["has_more"].as_bool()
        ),
        (2, Some(true))
    );
    let last = first["data"][1]["id"].as_str().unwrap();
    let rest = double
        .get(
            &acct,
            "/v1/payment_intents",
            &format!("limit=2&starting_after={last}"),
        )
        .await
        .body;
    assert_eq!(
        (
            rest["data"].as_array().unwrap().len(),
            rest["has_more"].as_bool()
        ),
        (1, Some(false))
    );
    assert_eq!(
        double
            .get(&acct, "/v1/payment_intents", "limit=101")
            .await
            .status,
        400
    );

    let expanded = double
        .get(
            &acct,
            &format!("/v1/payment_intents/{last}"),
            "expand[]=latest_charge.balance_transaction",
        )
        .await
        .body;
    let transaction = &expanded["latest_charge"]["balance_transaction"];
    assert_eq!(
        (transaction["amount"].as_i64(), transaction["type"].as_str()),
        (Some(700), Some("charge"))
    );
    let listed = double
        .get(&acct, "/v1/charges", "expand[]=data.refunds&limit=1")
        .await
        .body;
    assert_eq!(listed["data"][0]["refunds"]["object"], "list");
    assert_eq!(
        double
            .get(
                &acct,
                &format!("/v1/payment_intents/{last}"),
                "expand[]=amount_of_fun"
            )
            .await
            .status,
        400
    );
    assert_eq!(double.get(&acct, "/v1/balance", "").await.status, 200);
    double.conforms().await;
}
