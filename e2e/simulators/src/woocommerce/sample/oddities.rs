//! What a file cannot say, and real shops have all the same.

use crate::json::Json as _;
use crate::woocommerce::garden::OPENED;
use crate::woocommerce::load::Loader;
use crate::woocommerce::shop::{Body, Id, Kind, Row, Shop};
use crate::woocommerce::views::blank;
use serde_json::{Value, json};

/// More than a page of variations, and of an attribute's terms.
const TONES: u32 = 110;
/// Days after the opening on which these were added.
const ADDED: i64 = OPENED + 40 * 86_400;

/// One product in more tones than fit on a page.
pub(super) fn add_threads(loader: &mut Loader<'_>) {
    let head = "ID,Type,SKU,Name,Published,Regular price,Categories,Parent,Position,\
        Attribute 1 name,Attribute 1 value(s),Attribute 1 visible,Attribute 1 global";
    let tones: Vec<_> = (1..=TONES).map(|tone| format!("Tom {tone:03}")).collect();
    let parent = format!(
        "1,variable,LINHA,Linha de bordar (muitas variações),1,,Casa & Jardim,,0,Tom,\"{}\",1,1",
        tones.join(", ")
    );
    let mut lines = vec![head.to_owned(), parent];
    for (at, tone) in (1..).zip(&tones) {
        lines.push(format!(
            "{},variation,LINHA-{at:03},,1,1.95,,LINHA,{at},Tom,{tone},1,1",
            at + 1
        ));
    }
    loader.load(&lines.join("\n"));
}

pub(super) fn add(shop: &mut Shop) {
    for (name, status) in [
        ("À espera de revisão", "pending"),
        ("Lançamento de Natal", "future"),
        ("No lixo", "trash"),
    ] {
        add_product(shop, name, status, json!({}));
    }
    add_product(
        shop,
        "Com palavra-passe",
        "publish",
        json!({"post_password": "segredo"}),
    );
    add_product(
        shop,
        "Preço por atualizar",
        "publish",
        json!({"_stale_price": true}),
    );
    patch(shop, Kind::Variations, "EST-PRIV", |body| {
        body.set("menu_order", 9)
    });
    patch(shop, Kind::Products, "ESTRANHA", |body| {
        body.set("_ghosts", json!([999_998]))
    });
    patch(shop, Kind::Products, "AZ-500", |body| {
        if let Some(Value::Array(meta)) = body.get_mut("meta_data") {
            meta.push(json!({"id": 90, "key": "_acf",
                "value": {"produtor": "Galo", "ano": 2025, "lista": [1, 2]}}));
        }
    });
    let with_picture = shop.rows(Kind::Categories).map(|(id, _)| id).next();
    if let Some(id) = with_picture {
        give_picture(shop, id);
    }
}

fn add_product(shop: &mut Shop, name: &str, status: &str, more: Value) {
    let mut body = blank::product();
    body.merge(&json!({"name": name, "slug": blank::slug(name), "regular_price": "19.99"}));
    body.merge(&more);
    // What is planned is dated ahead: a year after everything else here.
    let created = if status == "future" {
        1_830_340_800
    } else {
        ADDED
    };
    shop.add(Kind::Products, 0, Row::kept(created, status, body));
}

/// Changes the first thing with a SKU.
fn patch(shop: &mut Shop, kind: Kind, sku: &str, change: impl FnOnce(&mut Value)) {
    let mut found = shop
        .rows(kind)
        .filter(|(id, row)| shop.body(kind, *id, row).text("sku") == sku);
    let id = found.next().map(|(id, _)| id);
    drop(found);
    if let Some(id) = id
        && let Some(Row {
            body: Body::Kept(body),
            ..
        }) = shop.row_mut(kind, id)
    {
        change(body);
    }
}

fn give_picture(shop: &mut Shop, id: Id) {
    use crate::woocommerce::calendar;
    let attachment = shop.next_attachment();
    let mut image = json!({"id": attachment, "src": blank::upload("categoria.jpg"), "name": "categoria",
        "alt": "Categoria"});
    calendar::set_both(&mut image, "date_created", Some(ADDED));
    calendar::set_both(&mut image, "date_modified", Some(ADDED));
    if let Some(Row {
        body: Body::Kept(body),
        ..
    }) = shop.row_mut(Kind::Categories, id)
    {
        body.set("image", image);
    }
}
