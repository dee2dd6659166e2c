use super::world::Double;
use serde_json::json;

#[tokio::test]
async fn a_product_is_checked_field_by_field() {
    let double = Double::start().await;
    let empty = double.call("products/insert", json!({})).await;
    assert_eq!(
        empty,
        json!([
            "2 category_id 1 0",
            "2 unit_id 1 0",
            "1 type",
            "1 name",
            "1 has_stock",
            "1 reference",
            "1 price",
            "1 exemption_reason"
        ])
    );
    for (field, value, code) in [
        ("price", json!(0), "2 price 0 null null 0"),
        ("reference", json!("x".repeat(31)), "2 reference 1 30"),
        ("type", json!(4), "5 type"),
        ("category_id", json!(1), "5 category_id"),
        ("taxes", json!([{"tax_id": 1}]), "5 tax_id"),
        ("taxes", json!([]), "1 exemption_reason"),
    ] {
        let mut product = double.new_product("A", "10").await;
        product[field] = value;
        let answer = double.call("products/insert", product).await;
        assert_eq!(answer[0], code, "{answer}");
    }
}

#[tokio::test]
async fn a_reference_is_found_loosely_and_taken_once() {
    let double = Double::start().await;
    double.product("M4-BLK", "8.13").await;
    double.product("m4-blk-2", "8.13").await;
    let exact = double
        .call(
            "products/getByReference",
            json!({"reference": "m4-blk", "exact": 1}),
        )
        .await;
    assert_eq!(exact.as_array().unwrap().len(), 1);
    assert_eq!(
        exact[0]["reference"], "M4-BLK",
        "capitals do not count, so compare again"
    );
    let loose = double
        .call("products/getByReference", json!({"reference": "m4-blk"}))
        .await;
    assert_eq!(loose.as_array().unwrap().len(), 2);
    let twin = double.new_product("M4-BLK", "1").await;
    assert_eq!(
        double.call("products/insert", twin).await,
        json!(["4 reference"])
    );
    let nothing = double
        .call("products/getByReference", json!({"reference": "nothing"}))
        .await;
    assert_eq!(nothing, json!([]));
}

#[tokio::test]
async fn an_update_changes_what_it_names() {
    let double = Double::start().await;
    let id = double.product("A", "10").await;
    let answer = double
        .call(
            "products/update",
            json!({"product_id": id, "name": "Outro"}),
        )
        .await;
    assert_eq!(answer["product_id"], id);
    let product = double
        .call("products/getOne", json!({"product_id": id}))
        .await;
    assert_eq!(
        (&product["name"], &product["price"]),
        (&json!("Outro"), &json!(10))
    );
    let unknown = double
        .call("products/update", json!({"product_id": 1, "name": "x"}))
        .await;
    assert_eq!(unknown, json!(["5 product_id"]));
}
