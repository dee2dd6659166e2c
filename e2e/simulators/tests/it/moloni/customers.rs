use super::world::Double;
use serde_json::{Value, json};

#[tokio::test]
async fn an_insert_leaves_no_field_out() {
    let double = Double::start().await;
    let mut customer = double.new_customer("10", "123456789").await;
    customer.as_object_mut().unwrap().remove("salesman_id");
    customer["name"] = json!("");
    let answer = double.call("customers/insert", customer).await;
    assert_eq!(answer, json!(["1 salesman_id", "1 name"]));
}

#[tokio::test]
async fn what_is_not_portuguese_enough_is_refused() {
    let double = Double::start().await;
    for (field, value, code) in [
        ("zip_code", json!("1000"), "2 zip_code 8 8"),
        ("vat", json!("123456780"), "5 vat"),
        ("maturity_date_id", json!(0), "2 maturity_date_id 1 0"),
        ("country_id", json!(9_999), "5 country_id"),
        ("language_id", json!(0), "1 language_id"),
    ] {
        let mut customer = double.new_customer("10", "123456789").await;
        customer[field] = value;
        assert_eq!(
            double.call("customers/insert", customer).await,
            json!([code])
        );
    }
    let mut spaniard = double.new_customer("10", "B12345678").await;
    (spaniard["country_id"], spaniard["zip_code"]) = (json!(70), json!("28001"));
    assert_eq!(double.call("customers/insert", spaniard).await["valid"], 1);
}

#[tokio::test]
async fn the_next_number_is_nobodys() {
    let double = Double::start().await;
    let next = async || double.call("customers/getNextNumber", json!({})).await["number"].clone();
    let number = next().await;
    assert_eq!(number, next().await, "two who ask get the same");
    double.customer(number.as_str().unwrap(), "123456789").await;
    let late = double
        .new_customer(number.as_str().unwrap(), "999999990")
        .await;
    assert_eq!(
        double.call("customers/insert", late).await,
        json!(["4 number"])
    );
    double.customer("C-7", "123456789").await;
    assert_eq!(next().await, "NaN1");
}

#[tokio::test]
async fn a_vat_number_finds_several_and_near_ones() {
    let double = Double::start().await;
    double.customer("10", "123456789").await;
    let mut foreign = double.new_customer("11", "PT123456789").await;
    (foreign["country_id"], foreign["zip_code"]) = (json!(70), json!("28001"));
    assert_eq!(double.call("customers/insert", foreign).await["valid"], 1);
    let found = double
        .call(
            "customers/getByVat",
            json!({"vat": "123456789", "exact": 1}),
        )
        .await;
    let vats: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["vat"].clone())
        .collect();
    assert_eq!(vats, ["123456789", "PT123456789"]);
    let shared = double
        .call(
            "customers/getByVat",
            json!({"vat": "999999990", "exact": 1}),
        )
        .await;
    assert!(
        shared.as_array().unwrap().len() > 1,
        "an arbitrary person comes first"
    );
    let mail = double
        .call(
            "customers/getByEmail",
            json!({"email": "ANA@example.com", "exact": 1}),
        )
        .await;
    assert_eq!(mail.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_closed_document_keeps_the_card_that_an_update_rewrites() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let (closed, draft) = (
        double.closed("invoiceReceipts", &fields).await,
        double.insert("invoices", &fields).await,
    );
    let id = fields["customer_id"].clone();
    let renamed = double
        .call(
            "customers/update",
            json!({"customer_id": id, "name": "Outra Pessoa"}),
        )
        .await;
    assert_eq!(renamed["customer_id"], id);
    let name =
        async |id: &Value| double.document(id.as_i64().unwrap()).await["entity_name"].clone();
    assert_eq!(name(&closed["document_id"]).await, "Ana Silva");
    double.close("invoices", draft).await;
    assert_eq!(name(&json!(draft)).await, "Outra Pessoa");
}
