use super::world::Double;
use serde_json::{Value, json};

/// Fields of a credit note over what is left of a document.
async fn note(double: &Double, original: &Value) -> Value {
    let id = &original["document_id"];
    let lines = double
        .call("documents/getUnrelatedProducts", json!({"document_id": id}))
        .await;
    let lines: Vec<_> = lines
        .as_array()
        .unwrap()
        .iter()
        .map(|line| credited(line, id))
        .collect();
    json!({"date": "2026-07-06", "document_set_id": original["document_set_id"], "customer_id": original["customer_id"],
           "our_reference": "refund-1", "net_value": original["net_value"], "products": lines,
           "associated_documents": [{"associated_id": id, "value": 0}]})
}

fn credited(line: &Value, original: &Value) -> Value {
    json!({"product_id": line["product_id"], "name": line["name"], "qty": line["qty"], "price": line["price"],
           "discount": line["discount"], "taxes": line["taxes"], "exemption_reason": line["exemption_reason"],
           "related_id": line["document_product_id"], "origin_id": original, "has_stock": 0})
}

async fn close(double: &Double, id: i64, fields: &Value) -> Value {
    let closing = json!({"document_id": id, "status": 1, "net_value": fields["net_value"],
                         "associated_documents": fields["associated_documents"]});
    double.call("creditNotes/update", closing).await
}

async fn original(double: &Double, family: &str) -> Value {
    let fields = double.invoice("o1", "2", "50").await;
    double.closed(family, &fields).await
}

#[tokio::test]
async fn a_document_is_credited_in_parts_until_nothing_is_left() {
    let double = Double::start().await;
    let receipt = original(&double, "invoiceReceipts").await;
    let mut half = note(&double, &receipt).await;
    (half["products"][0]["qty"], half["net_value"]) = (json!(1), json!(61.5));
    for left in [1, 0] {
        let id = double.insert("creditNotes", &half).await;
        assert_eq!(close(&double, id, &half).await["valid"], 1);
        let document = double.document(id).await;
        assert_eq!(
            (
                &document["net_value"],
                &document["document_type"]["saft_code"]
            ),
            (&json!(61.5), &json!("NC"))
        );
        assert!(document["expiration_date"].is_null());
        let lines = double
            .call(
                "documents/getUnrelatedProducts",
                json!({"document_id": receipt["document_id"]}),
            )
            .await;
        assert_eq!(
            lines
                .as_array()
                .unwrap()
                .iter()
                .map(|line| line["qty"].as_i64().unwrap())
                .sum::<i64>(),
            left
        );
    }
    let over = double.call("creditNotes/insert", half).await;
    assert_eq!(over, json!(["2 qty 0 0", "2 net_value 0 0"]));
    let reverse = double
        .document(receipt["document_id"].as_i64().unwrap())
        .await["reverse_associated_documents"]
        .clone();
    assert_eq!(reverse.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn every_line_names_the_line_that_it_credits() {
    let double = Double::start().await;
    let receipt = original(&double, "invoiceReceipts").await;
    let whole = note(&double, &receipt).await;
    let mut lineless = whole.clone();
    lineless["products"][0]["related_id"] = json!(0);
    assert_eq!(
        double.call("creditNotes/insert", lineless.clone()).await,
        json!(["5 related_id"])
    );
    lineless["associated_documents"][0]["associated_id"] = json!(1);
    let answer = double.call("creditNotes/insert", lineless).await;
    assert_eq!(answer[0], json!(["10 associated_id"]), "nested: {answer}");
    assert_eq!(answer[1], "5 related_id");
    let mut dearer = whole;
    dearer["products"][0]["price"] = json!(50.01);
    assert_eq!(
        double.call("creditNotes/insert", dearer).await[0],
        "2 price 0 50"
    );
}

#[tokio::test]
async fn an_association_has_a_value_only_where_something_is_left_to_settle() {
    let double = Double::start().await;
    let receipt = original(&double, "invoiceReceipts").await;
    let mut paid = note(&double, &receipt).await;
    paid["associated_documents"][0]["value"] = json!(123);
    assert_eq!(
        double.call("creditNotes/insert", paid).await,
        json!([["2 value 0 0"]])
    );
    let fields = double.invoice("o2", "2", "50").await;
    let invoice = double.closed("invoices", &fields).await;
    let mut open = note(&double, &invoice).await;
    open["associated_documents"][0]["value"] = json!(123);
    assert_eq!(double.call("creditNotes/insert", open).await["valid"], 1);
}

#[tokio::test]
async fn closing_needs_the_association_and_the_total_again() {
    let double = Double::start().await;
    let receipt = original(&double, "invoiceReceipts").await;
    let whole = note(&double, &receipt).await;
    let id = double.insert("creditNotes", &whole).await;
    let answer = double.close("creditNotes", id).await;
    assert_eq!(answer, json!(["1 associated_documents", "1 net_value"]));
    assert_eq!(close(&double, id, &whole).await["valid"], 1);
}

#[tokio::test]
async fn two_drafts_may_lie_beside_each_other_but_only_one_is_closed() {
    let double = Double::start().await;
    let receipt = original(&double, "invoiceReceipts").await;
    let whole = note(&double, &receipt).await;
    let first = double.insert("creditNotes", &whole).await;
    let second = double.insert("creditNotes", &whole).await;
    assert_eq!(close(&double, first, &whole).await["valid"], 1);
    assert_eq!(
        close(&double, second, &whole).await,
        json!(["2 qty 0 0", "2 net_value 0 0"])
    );
}

#[tokio::test]
async fn only_a_closed_document_of_the_same_customer_is_credited() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let draft = double.insert("invoiceReceipts", &fields).await;
    let refused = note(&double, &double.document(draft).await).await;
    let answer = double.call("creditNotes/insert", refused).await;
    assert_eq!(
        answer,
        json!([["10 associated_id"], "5 related_id", "2 net_value 0 0"])
    );
    double.close("invoiceReceipts", draft).await;
    let mut other = note(&double, &double.document(draft).await).await;
    other["customer_id"] = json!(double.customer("99", "999999990").await);
    assert_eq!(
        double.call("creditNotes/insert", other).await[0],
        json!(["10 associated_id"])
    );
}

#[tokio::test]
async fn a_series_without_the_code_for_credit_notes_cannot_hold_one() {
    let double = Double::start().await;
    let sets = double.call("documentSets/getAll", json!({})).await;
    let without = sets.as_array().unwrap().iter().find(|set| {
        let codes = set["document_set_at_codes"].as_array().unwrap();
        !codes.iter().any(|code| code["document_type_id"] == 3)
    });
    let mut fields = double.invoice("o1", "1", "10").await;
    fields["document_set_id"] = without.unwrap()["document_set_id"].clone();
    let receipt = double.closed("invoiceReceipts", &fields).await;
    let refused = note(&double, &receipt).await;
    assert_eq!(
        double.call("creditNotes/insert", refused).await,
        json!(["5 document_set_id"])
    );
}
