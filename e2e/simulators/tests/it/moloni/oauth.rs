use super::world::{Answer, Double};
use serde_json::{Value, json};
use simulators::moloni;

const CLIENT: &str = "client_id=simulator&client_secret=simulator-secret";
const BACK: &str = "http://store.localhost:8080/back";

async fn grant(double: &Double, query: &str) -> Answer {
    double.get(&format!("/v1/grant/?{CLIENT}&{query}")).await
}

async fn log_in(double: &Double) -> Value {
    let query = "grant_type=password&username=loja@example.com&password=simulator";
    let answer = grant(double, query).await;
    assert_eq!(
        (answer.status, &answer.body["expires_in"]),
        (200, &json!(3600))
    );
    answer.body
}

async fn renew(double: &Double, pair: &Value) -> Answer {
    let token = pair["refresh_token"].as_str().unwrap();
    grant(
        double,
        &format!("grant_type=refresh_token&refresh_token={token}"),
    )
    .await
}

async fn opens(double: &Double, pair: &Value) -> bool {
    let token = pair["access_token"].as_str().unwrap();
    let url = format!("{}/v1/companies/getAll/?access_token={token}", double.base);
    let answer = double.client.post(url).send().await.unwrap();
    answer.status() == 200
}

#[tokio::test]
async fn a_renewal_kills_the_old_pair() {
    let double = Double::start().await;
    let first = log_in(&double).await;
    assert!(opens(&double, &first).await);
    let second = renew(&double, &first).await.body;
    assert!(!opens(&double, &first).await && opens(&double, &second).await);
    let loser = renew(&double, &first).await;
    assert_eq!(
        (loser.status, &loser.body["error"]),
        (400, &json!("invalid_grant"))
    );
    assert!(opens(&double, &second).await);
}

#[tokio::test]
async fn an_access_token_lives_an_hour_and_a_refresh_token_two_weeks() {
    let double = Double::start().await;
    let pair = log_in(&double).await;
    double
        .lever("/clock", json!({"advance_seconds": 3_601}))
        .await;
    assert!(!opens(&double, &pair).await);
    let pair = renew(&double, &pair).await.body;
    assert!(opens(&double, &pair).await);
    double
        .lever("/clock", json!({"advance_seconds": 14 * 86_400}))
        .await;
    assert_eq!(renew(&double, &pair).await.body["error"], "invalid_grant");
}

#[tokio::test]
async fn the_answer_of_a_renewal_may_be_lost_and_the_connection_with_it() {
    let double = Double::start().await;
    let pair = log_in(&double).await;
    let fault = json!({"kind": "html502", "when": "after", "path": "/v1/grant/"});
    assert_eq!(double.lever("/faults", fault).await.status, 204);
    assert_eq!(renew(&double, &pair).await.status, 502);
    assert_eq!(renew(&double, &pair).await.body["error"], "invalid_grant");
}

#[tokio::test]
async fn the_page_sends_back_a_code_that_works_once() {
    let double = Double::start().await;
    let query =
        format!("response_type=code&client_id=simulator&redirect_uri={BACK}&state=s%20%26%201");
    let page = double.get(&format!("/v1/authorize/?{query}")).await;
    let html = page.body.as_str().unwrap();
    assert!(
        html.contains("<button>") && html.contains("value='s &amp; 1'"),
        "{html}"
    );
    let sent = double
        .client
        .post(format!("{}/v1/authorize/", double.base))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(query)
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 302);
    let back = url::Url::parse(sent.headers()["location"].to_str().unwrap()).unwrap();
    let given: std::collections::HashMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!(given["state"], "s & 1");
    let exchange = format!(
        "grant_type=authorization_code&code={}&redirect_uri={BACK}",
        given["code"]
    );
    let pair = grant(&double, &exchange).await;
    assert!(pair.status == 200 && opens(&double, &pair.body).await);
    assert_eq!(
        grant(&double, &exchange).await.body["error"],
        "invalid_grant"
    );
}

#[tokio::test]
async fn a_redirect_must_be_registered_whole_and_not_local() {
    let config = moloni::Config {
        redirect_uri: vec![BACK.into()],
        ..Default::default()
    };
    let double = Double::start_with(config).await;
    for (uri, error) in [
        ("http://store.localhost:8080/other", "redirect_uri_mismatch"),
        ("http://localhost:8080/back", "invalid_uri"),
        ("http://store.localhost:8080/back%23part", "invalid_uri"),
        ("back", "invalid_uri"),
    ] {
        let path =
            format!("/v1/authorize/?response_type=code&client_id=simulator&redirect_uri={uri}");
        let answer = double.get(&path).await;
        assert_eq!(
            (answer.status, &answer.body["error"]),
            (400, &json!(error)),
            "{uri}"
        );
    }
}

#[tokio::test]
async fn a_grant_refuses_with_the_names_of_the_contract() {
    let double = Double::start().await;
    for (query, error) in [
        ("", "invalid_request"),
        ("grant_type=magic", "unsupported_grant_type"),
        ("grant_type=client_credentials", "unauthorized_client"),
        (
            "grant_type=authorization_code&code=x&redirect_uri=http://a.example/",
            "invalid_grant",
        ),
        ("grant_type=password&username=a&password=b", "invalid_grant"),
    ] {
        let answer = grant(&double, query).await;
        assert_eq!(
            (answer.status, &answer.body["error"]),
            (400, &json!(error)),
            "{query}"
        );
        assert!(answer.body["error_description"].is_string());
    }
    let wrong = double
        .get("/v1/grant/?grant_type=password&client_id=x&client_secret=y")
        .await;
    assert_eq!(wrong.body["error"], "invalid_client");
    let posted = double.client.post(format!("{}/v1/grant/", double.base));
    let posted = posted
        .body(format!("grant_type=password&{CLIENT}"))
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 400, "parameters in a body are not seen");
}

#[tokio::test]
async fn wrong_passwords_lock_the_login_for_a_while() {
    let double = Double::start().await;
    let wrong = "grant_type=password&username=loja@example.com&password=no";
    for _ in 0..5 {
        assert_eq!(grant(&double, wrong).await.body["error"], "invalid_grant");
    }
    let right = "grant_type=password&username=loja@example.com&password=simulator";
    assert_eq!(
        grant(&double, right).await.body["error"],
        "too_many_login_attempts"
    );
    double
        .lever("/clock", json!({"advance_seconds": 1_801}))
        .await;
    log_in(&double).await;
    double.lever("/lockout", json!({"seconds": 60})).await;
    assert_eq!(
        grant(&double, right).await.body["error"],
        "too_many_login_attempts"
    );
}

#[tokio::test]
async fn a_call_needs_a_token_in_the_query_and_may_be_refused_with_200() {
    let double = Double::start().await;
    let url = format!("{}/v1/companies/getAll/", double.base);
    let header = double
        .client
        .post(&url)
        .bearer_auth(&double.token)
        .send()
        .await
        .unwrap();
    assert_eq!(header.status(), 400);
    double
        .lever("/settings", json!({"oauth_errors_as_200": true}))
        .await;
    double
        .client
        .delete(format!("{}/_sim/tokens", double.base))
        .send()
        .await
        .unwrap();
    let answer = double.form("companies/getAll", "", "").await;
    assert_eq!(
        (answer.status, &answer.body["error"]),
        (200, &json!("invalid_grant"))
    );
}
