use super::world::Double;
use serde_json::{Value, json};

#[tokio::test]
async fn a_document_names_everything_it_lacks() {
    let double = Double::start().await;
    let answer = double.call("invoices/insert", json!({})).await;
    let missing = [
        "date",
        "expiration_date",
        "document_set_id",
        "customer_id",
        "products",
    ];
    assert_eq!(answer, json!(missing.map(|field| format!("1 {field}"))));
    let human = double
        .form("invoices/insert", "&human_errors=true", "company_id=5")
        .await;
    assert_eq!(
        (human.status, &human.body[0]["code"]),
        (200, &json!("1 date"))
    );
    assert!(
        human.body[0]["description"]
            .as_str()
            .unwrap()
            .contains("date")
    );
}

#[tokio::test]
async fn a_form_with_brackets_makes_a_document() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let line = &fields["products"][0];
    let form = format!(
        "company_id=5&date=2026-07-06&expiration_date=2026-07-06&document_set_id={}&customer_id={}\
         &products%5B0%5D%5Bproduct_id%5D={}&products%5B0%5D%5Bname%5D=R%C3%A9plica+M4&products%5B0%5D%5Bqty%5D=2\
         &products%5B0%5D%5Bprice%5D=8.1300813&products%5B0%5D%5Btaxes%5D%5B0%5D%5Btax_id%5D={}",
        fields["document_set_id"],
        fields["customer_id"],
        line["product_id"],
        line["taxes"][0]["tax_id"]
    );
    let answer = double.form("invoiceReceipts/insert", "", &form).await;
    assert_eq!(answer.body["valid"], 1, "{}", answer.body);
    let document = double
        .document(answer.body["document_id"].as_i64().unwrap())
        .await;
    assert_eq!(document["products"][0]["name"], "Réplica M4");
    assert_eq!(
        (&document["net_value"], &document["gross_value"]),
        (&json!(20), &json!(16.26))
    );
}

#[tokio::test]
async fn what_a_document_names_must_be_there() {
    let double = Double::start().await;
    let sets = double.call("documentSets/getAll", json!({})).await;
    let set = |test: fn(&Value) -> bool| {
        sets.as_array()
            .unwrap()
            .iter()
            .find(|set| test(set))
            .unwrap()["document_set_id"]
            .clone()
    };
    let hidden = set(|set| set["is_invisible"] == 1);
    let only_credit = set(|set| set["document_set_at_codes"].as_array().unwrap().len() == 1);
    let cash_vat = set(|set| set["cash_vat_scheme_indicator"] == 1);
    let fields = double.invoice("o1", "1", "10").await;
    for (field, value, code) in [
        ("document_set_id", hidden, "5 document_set_id"),
        ("document_set_id", only_credit, "5 document_set_id"),
        ("document_set_id", cash_vat, "5 document_set_id"),
        ("customer_id", json!(1), "5 customer_id"),
        ("date", json!("06-07-2026"), "5 date"),
        (
            "expiration_date",
            json!("2026-07-05"),
            "12 expiration_date >= 2026-07-06",
        ),
        (
            "delivery_destination_zip_code",
            json!("12"),
            "2 delivery_destination_zip_code 8 8",
        ),
    ] {
        let mut wrong = fields.clone();
        wrong["delivery_destination_country"] = json!(1);
        wrong[field] = value;
        assert_eq!(double.call("invoices/insert", wrong).await, json!([code]));
    }
    for (field, value, code) in [
        ("product_id", json!(1), "1 products"),
        ("name", json!(""), "1 name"),
        ("qty", json!(0), "2 qty 0 null null 0"),
        ("price", Value::Null, "1 price"),
        ("discount", json!(101), "2 discount 0 100"),
        ("taxes", json!([]), "1 exemption_reason"),
        ("taxes", json!([{"tax_id": 1}]), "5 tax_id"),
        ("exemption_reason", json!("M00"), "5 exemption_reason"),
    ] {
        let mut wrong = fields.clone();
        wrong["products"][0][field] = value;
        let answer = double.call("invoices/insert", wrong).await;
        assert_eq!(answer[0], code, "{answer}");
    }
}

#[tokio::test]
async fn a_product_that_was_hidden_cannot_be_sold() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let product = &fields["products"][0]["product_id"];
    let hide = double
        .lever(
            &format!("/companies/5/products/{product}"),
            json!({"visibility_id": 0}),
        )
        .await;
    assert_eq!(hide.status, 200);
    assert_eq!(
        double.call("invoices/insert", fields).await,
        json!(["5 product_id"])
    );
}

#[tokio::test]
async fn a_draft_becomes_a_document_once_and_for_all() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "53.60").await;
    let id = double.insert("invoiceReceipts", &fields).await;
    let draft = double.document(id).await;
    assert_eq!(
        (&draft["number"], &draft["status"]),
        (&json!(-1), &json!(0))
    );
    assert!(draft["atcud"].is_null());
    assert_eq!(draft["net_value"], 65.93);
    assert_eq!(draft["date"], "2026-07-06T00:00:00+0100");
    assert_eq!(
        double.close("invoiceReceipts", id).await,
        json!({"valid": 1, "document_id": id})
    );
    let closed = double.document(id).await;
    assert_eq!(
        (&closed["number"], &closed["document_type"]["saft_code"]),
        (&json!(1), &json!("FR"))
    );
    let atcud = closed["atcud"].as_str().unwrap();
    assert!(atcud.ends_with("-1") && atcud.len() == 10, "{atcud}");
    assert_eq!(
        closed["payments"][0]["value"], 65.93,
        "paid as a whole when nothing was said"
    );
    for method in ["update", "delete"] {
        let answer = double
            .call(
                &format!("invoiceReceipts/{method}"),
                json!({"document_id": id, "status": 1}),
            )
            .await;
        assert_eq!(answer["valid"], 0, "{answer}");
    }
    assert_eq!(
        double.look("/effects").await["companies"]["5"]["documents"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_draft_is_changed_and_deleted() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let id = double.insert("invoices", &fields).await;
    let line = double.document(id).await["products"][0]["document_product_id"].clone();
    let changed = double
        .call(
            "invoices/update",
            json!({"document_id": id, "notes": "Obrigado"}),
        )
        .await;
    assert_eq!(changed["valid"], 1);
    let draft = double.document(id).await;
    assert_eq!(
        (&draft["notes"], &draft["our_reference"]),
        (&json!("Obrigado"), &json!("o1"))
    );
    assert_eq!(draft["products"][0]["document_product_id"], line);
    let mut lines = fields["products"].clone();
    lines[0]["qty"] = json!(3);
    double
        .call(
            "invoices/update",
            json!({"document_id": id, "products": lines}),
        )
        .await;
    assert_eq!(double.document(id).await["gross_value"], 30);
    assert_eq!(
        double
            .call("invoices/delete", json!({"document_id": id}))
            .await,
        json!({"valid": 1})
    );
    assert_eq!(double.document(id).await, json!([]));
}

#[tokio::test]
async fn an_id_lives_in_its_own_family() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let id = double.insert("invoiceReceipts", &fields).await;
    assert_eq!(
        double
            .call("invoices/getOne", json!({"document_id": id}))
            .await,
        json!([])
    );
    assert_eq!(double.close("invoices", id).await, json!(["5 document_id"]));
    assert_eq!(
        double
            .call("invoiceReceipts/getOne", json!({"document_id": id}))
            .await["document_id"],
        id
    );
}

#[tokio::test]
async fn numbers_follow_each_other_in_a_series_and_a_type() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let number = async |family: &str| double.closed(family, &fields).await["number"].clone();
    assert_eq!(number("invoiceReceipts").await, 1);
    assert_eq!(number("invoiceReceipts").await, 2);
    assert_eq!(number("invoices").await, 1);
    let draft = double.insert("invoiceReceipts", &fields).await;
    assert_eq!(
        number("invoiceReceipts").await,
        3,
        "a draft takes no number"
    );
    let annulled = double.closed("invoiceReceipts", &fields).await["document_id"].clone();
    assert_eq!(
        double
            .lever(&format!("/documents/{annulled}/annul"), json!({}))
            .await
            .status,
        204
    );
    double.close("invoiceReceipts", draft).await;
    assert_eq!(double.document(draft).await["number"], 5);
}

#[tokio::test]
async fn a_series_never_goes_back_in_time() {
    let double = Double::start().await;
    let mut fields = double.invoice("o1", "1", "10").await;
    let early = double.insert("invoices", &fields).await;
    (fields["date"], fields["expiration_date"]) = (json!("2026-07-07"), json!("2026-07-07"));
    double.closed("invoices", &fields).await;
    let refused = json!(["12 date >= 2026-07-07"]);
    assert_eq!(
        double.close("invoices", early).await,
        refused,
        "again at close"
    );
    fields["date"] = json!("2026-07-06");
    assert_eq!(
        double.call("invoices/insert", fields.clone()).await,
        refused
    );
    assert_eq!(
        double.call("invoiceReceipts/insert", fields).await["valid"],
        1,
        "another type"
    );
}

#[tokio::test]
async fn a_search_finds_more_than_was_meant() {
    let double = Double::start().await;
    for reference in ["order-1", "ORDER-10"] {
        let fields = double.invoice(reference, "1", "10").await;
        double.insert("invoiceReceipts", &fields).await;
    }
    let find = async |family: &str, fields| {
        double
            .call(&format!("{family}/getAll"), fields)
            .await
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(
        find("invoiceReceipts", json!({"our_reference": "order-1"})).await,
        2
    );
    assert_eq!(
        find("invoiceReceipts", json!({"your_reference": "#order-10"})).await,
        1
    );
    assert_eq!(
        find(
            "invoiceReceipts",
            json!({"reference": "order-1", "number": "x"})
        )
        .await,
        2,
        "ignored"
    );
    assert_eq!(
        find("invoices", json!({"our_reference": "order-1"})).await,
        0
    );
    assert_eq!(find("documents", json!({})).await, 2);
    let rows = double.call("documents/getAll", json!({})).await;
    assert!(rows[0].get("products").is_none() && rows[0].get("atcud").is_none());
    let first = double
        .call("documents/getOne", json!({"our_reference": "order"}))
        .await;
    assert_eq!(
        first["our_reference"], "ORDER-10",
        "the first that is found"
    );
    assert_eq!(
        double.call("documents/count", json!({})).await,
        json!({"count": "2"})
    );
}

#[tokio::test]
async fn a_new_document_may_be_found_late() {
    let double = Double::start().await;
    double
        .lever("/settings", json!({"search_lag_seconds": 60}))
        .await;
    let fields = double.invoice("o1", "1", "10").await;
    let id = double.insert("invoices", &fields).await;
    let search = json!({"our_reference": "o1"});
    assert_eq!(
        double.call("invoices/getAll", search.clone()).await,
        json!([])
    );
    assert_eq!(double.document(id).await["document_id"], id);
    double.lever("/clock", json!({"advance_seconds": 61})).await;
    let pair = double.lever("/tokens", json!({})).await.body;
    let double = double.with_token(pair["access_token"].as_str().unwrap());
    assert_eq!(
        double.call("invoices/getAll", search).await[0]["document_id"],
        id
    );
}

#[tokio::test]
async fn a_total_may_be_a_cent_off() {
    let double = Double::start().await;
    let total = async |qty: &str, price: &str| {
        let reference = format!("{qty}-{price}");
        let fields = double.invoice(&reference, qty, price).await;
        double
            .document(double.insert("invoices", &fields).await)
            .await["net_value"]
            .clone()
    };
    assert_eq!(total("3", "8.12195122").await, 29.97);
    double
        .lever("/settings", json!({"price_decimals": 2}))
        .await;
    assert_eq!(total("3", "8.12195121").await, 29.96);
}

#[tokio::test]
async fn a_simplified_invoice_is_small() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "900").await;
    let answer = double.call("simplifiedInvoices/insert", fields).await;
    assert_eq!(answer, json!(["2 net_value 0 1000"]));
    let fields = double.invoice("o2", "1", "100").await;
    let closed = double.closed("simplifiedInvoices", &fields).await;
    assert_eq!(closed["document_type"]["saft_code"], "FS");
}

#[tokio::test]
async fn another_currency_is_shown_beside_the_companys() {
    let double = Double::start().await;
    let mut fields = double.invoice("o1", "1", "100").await;
    (fields["exchange_currency_id"], fields["exchange_rate"]) = (json!(2), json!("1.1"));
    let id = double.insert("invoices", &fields).await;
    let document = double.document(id).await;
    assert_eq!(
        (&document["net_value"], &document["exchange_total_value"]),
        (&json!(123), &json!(135.3))
    );
}

#[tokio::test]
async fn moloni_mails_the_buyer_when_asked_to() {
    let double = Double::start().await;
    let fields = double.invoice("o1", "1", "10").await;
    let id = double.insert("invoices", &fields).await;
    let mail = json!([{"email": "ana@example.com", "name": "Ana", "msg": ""}]);
    double
        .call(
            "invoices/update",
            json!({"document_id": id, "status": 1, "send_email": mail}),
        )
        .await;
    let mails = double.look("/effects").await["companies"]["5"]["mails"].clone();
    assert_eq!(mails[0]["email"], "ana@example.com");
}
