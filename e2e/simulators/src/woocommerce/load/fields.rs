//! Columns of a line, as the fields of a thing.

use crate::woocommerce::calendar;
use crate::woocommerce::csv::Record;
use serde_json::{Value, json};

/// What products and variations have in common.
pub(super) fn common(record: &Record) -> Value {
    let types = record.list("Type");
    let is = |name: &str| types.iter().any(|given| given == name);
    let stock = record.text("Stock");
    let (whole, _) = stock.split_once('.').unwrap_or((stock, ""));
    let quantity = whole.parse::<i64>().ok();
    let status = match record.text("In stock?") {
        "0" => "outofstock",
        "backorder" => "onbackorder",
        _ => "instock",
    };
    let backorders = match record.text("Backorders allowed?") {
        "1" => "yes",
        "notify" => "notify",
        _ => "no",
    };
    let number = |column: &str| record.text(column).parse::<i64>();
    let day = |column: &str| calendar::read_local(record.text(column));
    let meta: Vec<_> = (1..)
        .zip(record.with_prefix("Meta: "))
        .map(|(id, (key, value))| json!({"id": id, "key": key, "value": value}))
        .collect();
    json!({
        "sku": record.text("SKU"),
        "description": record.text("Description"),
        "regular_price": record.text("Regular price"),
        "sale_price": record.text("Sale price"),
        "_sale_from": day("Date sale price starts"),
        "_sale_to": day("Date sale price ends"),
        "virtual": is("virtual"),
        "downloadable": is("downloadable"),
        "downloads": downloads(record),
        "download_limit": number("Download limit").unwrap_or(-1),
        "download_expiry": number("Download expiry days").unwrap_or(-1),
        "tax_status": or(record.text("Tax status"), "taxable"),
        "tax_class": record.text("Tax class"),
        "manage_stock": quantity.is_some(),
        "stock_quantity": quantity,
        "stock_status": status,
        "backorders": backorders,
        "low_stock_amount": number("Low stock amount").ok(),
        "weight": record.beginning("Weight"),
        "dimensions": {"length": record.beginning("Length"), "width": record.beginning("Width"),
            "height": record.beginning("Height")},
        "meta_data": meta,
    })
}

fn downloads(record: &Record) -> Vec<Value> {
    let one = |number: u32| {
        let file = record.text(&format!("Download {number} URL"));
        let name = record.text(&format!("Download {number} name"));
        let id = format!("download-{number}");
        (!file.is_empty()).then(|| json!({"id": id, "name": name, "file": file}))
    };
    (1..=5).filter_map(one).collect()
}

pub(super) fn or<'a>(text: &'a str, default: &'a str) -> &'a str {
    if text.is_empty() { default } else { text }
}
