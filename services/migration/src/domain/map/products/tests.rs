use super::*;
use events::migration::v1::orders_record::Body as Orders;
use serde_json::json;

fn facts() -> Facts {
    serde_json::from_value(
        json!({"api": "", "auth": "", "currency": "EUR", "country": "PT",
        "prices_include_tax": true, "weight_unit": "kg", "version": "", "rates": []}),
    )
    .unwrap()
}

fn read(product: &Value, variations: &[Value]) -> (Product, Vec<Item>) {
    let read = Read {
        product,
        variations,
        now_us: 0,
    };
    let known = read.names().into_iter().map(|name| {
        let id = format!("our-{}-{}", name.0, name.1);
        (name, id)
    });
    let known = Known(known.collect());
    let items = read.items(&facts(), &known);
    match &items[0].body {
        Body::Catalog(Catalog::Product(body)) => (body.clone(), items),
        _ => unreachable!(),
    }
}

fn product(more: Value) -> Value {
    let mut value = json!({"id": 7, "type": "simple", "status": "publish", "name": "Galo &amp; <b>Cia</b>",
        "slug": "%e7%8e%89", "regular_price": "10", "manage_stock": false, "stock_status": "instock",
        "permalink": "https://loja.example/produto/galo/"});
    for (name, field) in more.as_object().unwrap() {
        value[name] = field.clone();
    }
    value
}

#[test]
fn a_simple_product_comes_with_its_old_addresses() {
    let (body, items) = read(&product(json!({})), &[]);
    assert_eq!(
        (
            body.title.as_str(),
            body.slug.as_str(),
            body.status.as_str()
        ),
        ("Galo & Cia", "玉", "active")
    );
    assert_eq!(body.old_paths, ["/produto/galo/", "/?p=7"]);
    assert_eq!(body.variants[0].variant_id, "our-variant-7");
    assert!(!body.variants[0].track_stock);
    assert_eq!(items.len(), 1);
}

#[test]
fn what_is_not_taxed_costs_what_it_says() {
    let mut facts = facts();
    facts.prices_include_tax = false;
    let rate = json!({"country": "PT", "is_local": false, "class": "standard", "percent": "23"});
    facts.rates = vec![serde_json::from_value(rate).unwrap()];
    let of = |status: &str, own: &Value| {
        let product = product(json!({"tax_status": status}));
        let read = Read {
            product: &product,
            variations: &[],
            now_us: 0,
        };
        let variant = read.variant(own, &facts, &mut Vec::new());
        (variant.price.unwrap().minor, variant.tax_class)
    };
    let plain = json!({"regular_price": "10", "tax_class": ""});
    let parents = json!({"regular_price": "10", "tax_class": "parent"});
    for value in [plain, parents] {
        assert_eq!(of("taxable", &value), (1_230, "standard".to_owned()));
        assert_eq!(of("none", &value), (1_000, "zero".to_owned()));
        assert_eq!(of("shipping", &value), (1_000, "zero".to_owned()));
    }
}

#[test]
fn what_cannot_be_sold_as_it_was_is_a_draft() {
    for more in [
        json!({"regular_price": ""}),
        json!({"type": "grouped"}),
        json!({"type": "external", "external_url": "https://a.example"}),
        json!({"type": "subscription"}),
        json!({"status": "private"}),
        json!({"post_password": "segredo"}),
        json!({"catalog_visibility": "hidden"}),
    ] {
        let (body, items) = read(&product(more.clone()), &[]);
        assert_eq!(body.status, "draft", "{more}");
        assert!(
            items[0].notes.iter().any(|note| note.contains("draft")),
            "{more}"
        );
        assert!(!format!("{items:?}").contains("segredo"));
    }
}

#[test]
fn a_shared_shelf_is_split_and_a_parents_sku_is_none_of_its_variations() {
    let parent = product(
        json!({"type": "variable", "sku": "CAM", "manage_stock": true, "stock_quantity": 5,
        "attributes": [{"name": "Cor", "variation": true, "options": ["Azul", "Verde"]}]}),
    );
    let variation = |id: i64, colour: &str, manage: Value| {
        json!({"id": id, "sku": "CAM", "status": "publish",
        "regular_price": "9", "manage_stock": manage, "stock_quantity": -3, "stock_status": "instock",
        "attributes": [{"name": "Cor", "option": colour}]})
    };
    let variations = [
        variation(8, "Azul", json!("parent")),
        variation(9, "Verde", json!("parent")),
        variation(10, "Roxo", json!(true)),
    ];
    let (body, items) = read(&parent, &variations);
    assert!(
        body.variants
            .iter()
            .all(|variant| variant.sku.is_empty() && variant.track_stock)
    );
    let counts: Vec<i64> = items
        .iter()
        .filter_map(|item| match &item.body {
            Body::Orders(Orders::Stock(stock)) => Some(stock.on_hand),
            _ => None,
        })
        .collect();
    assert_eq!(counts, [3, 2, -3]);
    assert_eq!(
        items
            .iter()
            .filter(|item| item.resource == "variation")
            .count(),
        3
    );
}
