use super::world::Double;
use serde_json::json;

#[tokio::test]
async fn a_user_sees_several_companies_and_each_has_rows_of_its_own() {
    let double = Double::start().await;
    let companies = double.call("companies/getAll", json!({})).await;
    assert_eq!(companies.as_array().unwrap().len(), 3);
    let tax = double.tax(23).await;
    let other = double
        .lever("/companies", json!({"name": "Outra"}))
        .await
        .body["company_id"]
        .clone();
    let taxes = double
        .call("taxes/getAll", json!({"company_id": other}))
        .await;
    assert!(
        taxes
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["tax_id"] != tax)
    );
}

#[tokio::test]
async fn a_call_without_a_company_is_forbidden() {
    let double = Double::start().await;
    let answer = double.form("taxes/getAll", "", "").await;
    assert_eq!(
        (answer.status, &answer.body["error"]),
        (403, &json!("Forbidden"))
    );
    assert_eq!(answer.body["error_description"], "No company_id received");
    let foreign = double.form("taxes/getAll", "", "company_id=999").await;
    assert_eq!(foreign.body["error"], "Forbidden");
}

#[tokio::test]
async fn json_is_read_only_when_asked_for() {
    let double = Double::start().await;
    let url = format!(
        "{}/v1/taxes/getAll/?access_token={}",
        double.base, double.token
    );
    let body = json!({"company_id": double.company});
    let unread = double.client.post(&url).json(&body).send().await.unwrap();
    assert_eq!(unread.status(), 403);
    let read = double
        .client
        .post(format!("{url}&json=true"))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(read.status(), 200);
    let url = format!(
        "{}/v1/companies/getAll/?access_token={}",
        double.base, double.token
    );
    let empty = double
        .client
        .post(&url)
        .header("content-type", "application/json")
        .send()
        .await
        .unwrap();
    assert_eq!(empty.status(), 400);
    assert!(empty.text().await.unwrap().contains("Bad Request"));
}

#[tokio::test]
async fn a_page_has_fifty_rows_at_most_and_nobody_says_that_there_are_more() {
    let double = Double::start().await;
    let first = double.call("countries/getAll", json!({"qty": 200})).await;
    let rest = double.call("countries/getAll", json!({"offset": 50})).await;
    assert_eq!(first.as_array().unwrap().len(), 50);
    assert!((1..50).contains(&rest.as_array().unwrap().len()));
    assert_eq!(first[0]["iso_3166_1"], "pt");
    assert_eq!(first[0]["country_id"], 1);
    let count = double.call("taxes/count", json!({})).await;
    assert_eq!(count, json!({"count": "14"}), "a text, not a number");
}

#[tokio::test]
async fn taxes_differ_by_zone_and_lie_by_value() {
    let double = Double::start().await;
    let taxes = double
        .call(
            "taxes/getAll",
            json!({"fiscal_zone": "PT-AC", "made_up": 1}),
        )
        .await;
    let taxes = taxes.as_array().unwrap();
    let zones = |zone: &str| {
        let vat = taxes
            .iter()
            .filter(|tax| tax["fiscal_zone"] == zone && tax["saft_type"] == 1);
        let mut rates: Vec<_> = vat
            .filter(|tax| tax["visibility"] == 1)
            .map(|tax| tax["value"].as_i64().unwrap())
            .collect();
        rates.sort_unstable();
        rates
    };
    assert_eq!(
        zones("PT"),
        [0, 6, 13, 23],
        "the filter is not known, so all came"
    );
    assert_eq!(zones("PT-AC"), [4, 9, 16]);
    assert_eq!(zones("PT-MA"), [4, 12, 22]);
    let at_23: Vec<_> = taxes.iter().filter(|tax| tax["value"] == 23).collect();
    assert_eq!(at_23.len(), 2, "one of them is no VAT");
}

#[tokio::test]
async fn categories_come_one_level_at_a_time() {
    let double = Double::start().await;
    let refused = double.call("productCategories/getAll", json!({})).await;
    assert_eq!(refused, json!(["1 parent_id"]));
    let top = double
        .call("productCategories/getAll", json!({"parent_id": 0}))
        .await;
    let below = double
        .call(
            "productCategories/getAll",
            json!({"parent_id": top[0]["category_id"]}),
        )
        .await;
    assert_eq!(below[0]["parent_id"], top[0]["category_id"]);
    let invalid = double
        .call("productCategories/getAll", json!({"parent_id": 999_999}))
        .await;
    assert_eq!(invalid, top);
}

#[tokio::test]
async fn a_series_says_what_at_lets_it_be_used_for() {
    let double = Double::start().await;
    let sets = double.call("documentSets/getAll", json!({})).await;
    let can_credit = |set: &&serde_json::Value| {
        let codes = set["document_set_at_codes"].as_array().unwrap();
        codes.iter().any(|code| code["document_type_id"] == 3)
    };
    let sets = sets.as_array().unwrap();
    assert!(sets.iter().any(|set| !can_credit(&set)) && sets.iter().any(|set| can_credit(&set)));
}

#[tokio::test]
async fn what_moloni_has_not_is_no_page() {
    let double = Double::start().await;
    for path in [
        "/v1/taxes/getAll",
        "/v3/taxes/getAll/",
        "/v1/taxes/getEverything/",
        "/v1/nothing/getAll/",
    ] {
        let url = format!("{}{path}?access_token={}", double.base, double.token);
        let answer = double
            .client
            .post(url)
            .body("company_id=5")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
}
