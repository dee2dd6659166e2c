//! What can be bought of the goods that were loaded.

use crate::json::Json as _;
use crate::woocommerce::garden::Unit;
use crate::woocommerce::shop::{Kind, Shop};
use crate::woocommerce::views::blank;
use rust_decimal::Decimal;
use serde_json::Value;

/// What can be bought: published, with a price.
pub(super) fn units(shop: &Shop) -> Vec<Unit> {
    let mut units = Vec::new();
    for (id, row) in shop.children(Kind::Products, 0) {
        let body = shop.body(Kind::Products, id, row);
        if row.status != "publish" {
            continue;
        }
        match body.text("type") {
            "simple" => units.extend(simple_unit(id.1, &body)),
            "variable" => {
                let variations = shop.children(Kind::Variations, id.1);
                units.extend(variations.filter_map(|(variation, row)| {
                    let own = shop.body(Kind::Variations, variation, row);
                    variation_unit(&body, variation, &own)
                }));
            }
            _ => {}
        }
    }
    units
}

fn variation_unit(product: &Value, (parent, id): (u64, u64), body: &Value) -> Option<Unit> {
    let attributes = body.part("attributes").as_array()?;
    let chosen: Vec<_> = attributes.iter().map(chosen).collect();
    let shown: Vec<_> = chosen.iter().map(|[.., shown]| shown.as_str()).collect();
    let name = product.text("name");
    let tax_class = match body.text("tax_class") {
        "parent" => product.text("tax_class"),
        own => own,
    };
    Some(Unit {
        product: parent,
        variation: id,
        name: format!("{name} - {}", shown.join(", ")),
        parent_name: Some(name.to_owned()),
        sku: body.text("sku").to_owned(),
        tax_class: tax_class.to_owned(),
        price: body.text("regular_price").parse().ok()?,
        chosen,
        image: None,
    })
}

/// The names of an attribute and of its value, as orders hold them.
fn chosen(attribute: &Value) -> [String; 4] {
    let name = attribute.text("name").to_owned();
    let option = attribute.text("option").to_owned();
    match attribute.int("id") {
        0 => [name.clone(), name, option.clone(), option],
        // Orders hold slugs where products hold names.
        _ => [
            format!("pa_{}", blank::slug(&name)),
            name,
            blank::slug(&option),
            option,
        ],
    }
}

fn simple_unit(id: u64, body: &Value) -> Option<Unit> {
    let price: Decimal = body.text("regular_price").parse().ok()?;
    let image = body.part("images").get(0).map(|image| {
        let number = u64::try_from(image.int("id")).unwrap_or_default();
        // The attachment of every third has gone since; orders say `false` then.
        let src = if number.is_multiple_of(3) {
            ""
        } else {
            image.text("src")
        };
        (number, src.to_owned())
    });
    Some(Unit {
        product: id,
        name: body.text("name").to_owned(),
        sku: body.text("sku").to_owned(),
        tax_class: body.text("tax_class").to_owned(),
        price,
        image,
        ..Unit::default()
    })
}
