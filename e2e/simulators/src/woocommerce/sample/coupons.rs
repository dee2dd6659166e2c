//! Coupons of every kind, among them one for a product that is gone.

use crate::json::Json as _;
use crate::woocommerce::calendar;
use crate::woocommerce::garden::{COUPON, OPENED};
use crate::woocommerce::shop::{Kind, Row, Shop};
use serde_json::{Value, json};

pub(super) fn add(shop: &mut Shop) {
    let first = |shop: &Shop, kind| shop.rows(kind).map(|(id, _)| id.1).next();
    let product = first(shop, Kind::Products);
    let category = first(shop, Kind::Categories);
    let until = |day| calendar::read_local(day);
    let (code, percent) = COUPON;
    let coupons = [
        coupon(
            code,
            "percent",
            &format!("{percent}.00"),
            json!({"description": "10% em tudo",
            "_expires": until("2027-01-06 23:59:59"), "usage_count": 3,
            "used_by": ["4", "9", "comprador012@example.test"]}),
        ),
        coupon(
            "menos5",
            "fixed_cart",
            "5.00",
            json!({"usage_limit": 100, "usage_limit_per_user": 1,
            "minimum_amount": "20.00"}),
        ),
        coupon(
            "camisa-3",
            "fixed_product",
            "3.00",
            json!({"product_ids": [product],
            "limit_usage_to_x_items": 2, "product_categories": [category]}),
        ),
        coupon(
            "expirado",
            "percent",
            "50.00",
            json!({"_expires": until("2020-01-01")}),
        ),
        coupon(
            "portes grátis",
            "percent",
            "0.00",
            json!({"free_shipping": true}),
        ),
        coupon(
            "exclui saldos",
            "percent",
            "33.33",
            json!({"exclude_sale_items": true,
            "email_restrictions": ["*@example.test", "vip@example.test"],
            "excluded_product_ids": [product], "excluded_product_categories": [category]}),
        ),
        coupon(
            "çedilha-áé",
            "fixed_cart",
            "1234.56",
            json!({"individual_use": true,
            "meta_data": [{"id": 1, "key": "_origem", "value": "newsletter"}]}),
        ),
        coupon(
            "orfao",
            "fixed_product",
            "2.00",
            json!({"product_ids": [999_999]}),
        ),
    ];
    for (at, body) in (0..).zip(coupons) {
        shop.add(Kind::Coupons, 0, Row::kept(OPENED + at, "publish", body));
    }
    let draft = coupon("r4scunh0", "percent", "5.00", json!({}));
    shop.add(Kind::Coupons, 0, Row::kept(OPENED + 60, "draft", draft));
}

fn coupon(code: &str, discount_type: &str, amount: &str, more: Value) -> Value {
    let mut body = json!({
        "code": code, "amount": amount, "discount_type": discount_type, "description": "",
        "_expires": null, "usage_count": 0, "individual_use": false, "product_ids": [],
        "excluded_product_ids": [], "usage_limit": null, "usage_limit_per_user": null,
        "limit_usage_to_x_items": null, "free_shipping": false, "product_categories": [],
        "excluded_product_categories": [], "exclude_sale_items": false, "minimum_amount": "0.00",
        "maximum_amount": "0.00", "email_restrictions": [], "used_by": [], "meta_data": [],
    });
    body.merge(&more);
    body
}
