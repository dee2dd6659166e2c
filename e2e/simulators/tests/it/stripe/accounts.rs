use super::world::Double;
use serde_json::json;

async fn link(double: &Double, acct: &str) -> String {
    let form = format!(
        "account={acct}&type=account_onboarding&return_url=https://s.example/back&refresh_url=https://s.example/again"
    );
    let answer = double.post("", "/v1/account_links", &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["url"]
        .as_str()
        .unwrap()
        .strip_prefix(&double.base)
        .unwrap()
        .to_owned()
}

async fn location(double: &Double, method: &str, path: &str) -> String {
    let answer = double.request(method, path, "", &[]).await.unwrap();
    answer
        .headers()
        .get("location")
        .map(|url| url.to_str().unwrap().to_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn an_owner_completes_onboarding() {
    let double = Double::start().await;
    let acct = double.new_account().await;
    let fresh = double
        .get("", &format!("/v1/accounts/{acct}"), "")
        .await
        .body;
    assert_eq!(
        (
            fresh["charges_enabled"].as_bool(),
            fresh["country"].as_str()
        ),
        (Some(false), Some("PT"))
    );
    assert!(
        !fresh["requirements"]["currently_due"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let closed = double
        .post(&acct, "/v1/payment_intents", "amount=500&currency=eur")
        .await;
    assert_eq!(closed.code(), "capability_not_active");

    let page = link(&double, &acct).await;
    assert_eq!(location(&double, "GET", &page).await, "");
    assert_eq!(
        location(&double, "GET", &page).await,
        "https://s.example/again",
        "a link works once"
    );
    assert_eq!(
        location(&double, "POST", &format!("{page}/complete")).await,
        "https://s.example/back"
    );
    let done = double
        .get("", &format!("/v1/accounts/{acct}"), "")
        .await
        .body;
    assert_eq!(
        (
            done["charges_enabled"].as_bool(),
            done["capabilities"]["mb_way_payments"].as_str()
        ),
        (Some(true), Some("active"))
    );
    assert!(
        double
            .events(&acct)
            .await
            .iter()
            .filter(|kind| *kind == "account.updated")
            .count()
            >= 2
    );
    assert_eq!(
        double
            .get("", &format!("/v1/accounts/{acct}/capabilities"), "")
            .await
            .body["data"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    double.conforms().await;
}

#[tokio::test]
async fn a_link_expires_and_leaving_changes_nothing() {
    let double = Double::start().await;
    let acct = double.new_account().await;
    let page = link(&double, &acct).await;
    double
        .lever("/clock", json!({"advance_seconds": 301}))
        .await;
    assert_eq!(
        location(&double, "GET", &page).await,
        "https://s.example/again"
    );
    let page = link(&double, &acct).await;
    location(&double, "GET", &page).await;
    assert_eq!(
        location(&double, "POST", &format!("{page}/incomplete")).await,
        "https://s.example/back"
    );
    let account = double
        .get("", &format!("/v1/accounts/{acct}"), "")
        .await
        .body;
    assert_eq!(
        (
            account["charges_enabled"].as_bool(),
            account["details_submitted"].as_bool()
        ),
        (Some(false), Some(false))
    );
    double.conforms().await;
}

#[tokio::test]
async fn stripe_stops_and_resumes_an_account() {
    let double = Double::start().await;
    let acct = double.store().await;
    let intent = double.intent(&acct, 500).await;
    let stopped = double
        .lever(
            &format!("/accounts/{acct}/disable"),
            json!({"reason": "rejected.fraud"}),
        )
        .await
        .body;
    assert_eq!(
        (
            stopped["charges_enabled"].as_bool(),
            stopped["requirements"]["disabled_reason"].as_str()
        ),
        (Some(false), Some("rejected.fraud"))
    );
    assert_eq!(
        double
            .confirm(&acct, &intent, "payment_method=pm_card_visa")
            .await
            .status,
        400
    );
    double
        .lever(&format!("/accounts/{acct}/enable"), json!({}))
        .await;
    double
        .lever(
            &format!("/accounts/{acct}/capability"),
            json!({"name": "mb_way_payments", "status": "inactive"}),
        )
        .await;
    let next = double.intent(&acct, 500).await;
    assert_eq!(
        next["payment_method_types"],
        json!(["card", "multibanco", "sepa_debit"])
    );
    assert_eq!(
        double
            .confirm(&acct, &intent, "payment_method=pm_card_visa")
            .await
            .status,
        200
    );
    double
        .lever(&format!("/accounts/{acct}/deauthorise"), json!({}))
        .await;
    assert_eq!(
        double
            .confirm(&acct, &next, "payment_method=pm_card_visa")
            .await
            .status,
        403
    );
    double.conforms().await;
}

#[tokio::test]
async fn losses_of_the_application_need_its_fees() {
    let double = Double::start().await;
    let answer = double
        .post(
            "",
            "/v1/accounts",
            "country=PT&controller[losses][payments]=application",
        )
        .await;
    assert_eq!(answer.status, 400);
    let both = double
        .post(
            "",
            "/v1/accounts",
            "type=standard&controller[fees][payer]=account",
        )
        .await;
    assert_eq!(both.code(), "parameters_exclusive");
    double.conforms().await;
}
