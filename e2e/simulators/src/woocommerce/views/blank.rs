//! Things with nothing in them yet, and how small values are written.

use super::ORIGIN;
use crate::json::Json as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
use serde_json::{Number, Value, json};
use std::sync::LazyLock;

pub(in crate::woocommerce) fn product() -> Value {
    PRODUCT.clone()
}

/// Made once: a large shop asks for it a hundred times a page.
static PRODUCT: LazyLock<Value> = LazyLock::new(|| {
    let mut product = json!({
        "name": "", "slug": "", "type": "simple", "featured": false, "catalog_visibility": "visible",
        "description": "", "short_description": "", "sku": "", "regular_price": "", "sale_price": "",
        "total_sales": 0, "virtual": false, "downloadable": false, "downloads": [],
        "download_limit": -1, "download_expiry": -1, "external_url": "", "button_text": "",
        "tax_status": "taxable", "tax_class": "", "post_password": "",
    });
    product.merge(&json!({
        "manage_stock": false, "stock_quantity": null, "stock_status": "instock",
        "backorders": "no", "low_stock_amount": null, "sold_individually": false, "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""}, "shipping_class": "",
        "shipping_class_id": 0, "reviews_allowed": true, "upsell_ids": [], "cross_sell_ids": [],
        "parent_id": 0, "purchase_note": "",
    }));
    product.merge(&json!({
        "categories": [], "tags": [], "images": [], "attributes": [], "default_attributes": [],
        "grouped_products": [], "menu_order": 0, "meta_data": [],
    }));
    product
});

pub(in crate::woocommerce) fn variation() -> Value {
    json!({
        "description": "", "sku": "", "regular_price": "", "sale_price": "", "virtual": false,
        "downloadable": false, "downloads": [], "download_limit": -1, "download_expiry": -1,
        "tax_status": "taxable", "tax_class": "", "manage_stock": false, "stock_quantity": null,
        "stock_status": "instock", "backorders": "no", "low_stock_amount": null, "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""}, "shipping_class": "", "shipping_class_id": 0,
        "image": null, "attributes": [], "menu_order": 0, "meta_data": [],
    })
}

pub(in crate::woocommerce) fn address() -> Value {
    json!({"first_name": "", "last_name": "", "company": "", "address_1": "", "address_2": "", "city": "",
        "postcode": "", "country": "", "state": "", "phone": ""})
}

/// Address of an uploaded file.
pub(in crate::woocommerce) fn upload(name: &str) -> String {
    format!("{ORIGIN}/wp-content/uploads/2024/01/{name}")
}

pub(in crate::woocommerce) fn stock_status(quantity: u64) -> &'static str {
    match quantity {
        0 => "outofstock",
        _ => "instock",
    }
}

/// A name as WordPress puts it into addresses: letters without accents, and what is not Latin as
/// percent-encoded bytes in lower case.
pub(in crate::woocommerce) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        match without_accent(letter) {
            plain @ ('a'..='z' | '0'..='9' | '_') => slug.push(plain),
            ' ' | '-' | '.' | '/' | '–' | '|' | '+' if !slug.ends_with('-') => slug.push('-'),
            other if other.is_alphanumeric() => {
                let encoded = utf8_percent_encode(other.encode_utf8(&mut [0; 4]), NON_ALPHANUMERIC)
                    .to_string();
                slug.push_str(&encoded.to_lowercase());
            }
            _ => {}
        }
    }
    slug.trim_matches('-').to_owned()
}

fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'ª' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'º' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        'ł' => 'l',
        other => other,
    }
}

/// An amount with so many decimals, halves away from zero.
pub(in crate::woocommerce) fn print(amount: &str, decimals: u32) -> String {
    let amount: Decimal = amount.parse().unwrap_or_default();
    let mut rounded = amount.round_dp_with_strategy(decimals, MidpointAwayFromZero);
    rounded.rescale(decimals);
    rounded.to_string()
}

/// PHP's JSON number: whole where it is whole.
pub(in crate::woocommerce) fn number(amount: Decimal) -> Value {
    let amount = amount.normalize();
    let whole = i64::try_from(amount).ok().filter(|_| amount.scale() == 0);
    match whole {
        Some(whole) => Value::from(whole),
        None => amount
            .to_string()
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map_or(Value::Null, Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::{number, print, slug};
    use serde_json::json;

    #[test]
    fn slugs_are_plain_or_percent_encoded() {
        assert_eq!(slug("Prato Rústico n.º 1"), "prato-rustico-n-o-1");
        assert_eq!(slug("玉露 (Gyokuro)"), "%e7%8e%89%e9%9c%b2-gyokuro");
        assert_eq!(slug("Casa & Jardim"), "casa-jardim");
    }

    #[test]
    fn amounts_are_printed_with_their_decimals_and_prices_are_numbers() {
        assert_eq!(print("-0.5", 2), "-0.50");
        assert_eq!(print("1.005", 2), "1.01");
        assert_eq!(number("24.390244".parse().unwrap()), json!(24.390244));
        assert_eq!(number("12.00".parse().unwrap()), json!(12));
    }
}
