//! Customers, reviews, coupons, notes.

use super::{Look, html};
use crate::json::Json as _;
use crate::woocommerce::calendar;
use crate::woocommerce::shop::{Kind, Row};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

impl Look<'_> {
    pub(super) fn customer(&self, row: &Row, mut body: Value) -> Value {
        self.dates(&mut body, row);
        let avatar = avatar(body.text("email"), "96");
        body.set("avatar_url", avatar);
        body
    }

    pub(super) fn review(&self, product: u64, row: &Row, mut body: Value) -> Value {
        calendar::set_both(&mut body, "date_created", Some(row.created));
        let about = self.shop.row(Kind::Products, (0, product));
        let about = about.map(|row| self.view(Kind::Products, (0, product), row));
        let about = about.unwrap_or_default();
        let avatars: serde_json::Map<_, _> = ["24", "48", "96"]
            .iter()
            .map(|size| {
                (
                    (*size).to_owned(),
                    json!(avatar(body.text("reviewer_email"), size)),
                )
            })
            .collect();
        let text = match self.is_edit {
            true => body.text("review").to_owned(),
            false => html::shown(body.text("review")),
        };
        body.merge(&json!({
            "status": row.status,
            "product_id": product,
            "product_name": about.text("name"),
            "product_permalink": about.text("permalink"),
            "reviewer_avatar_urls": avatars,
            "review": text,
        }));
        body
    }

    pub(super) fn coupon(&self, row: &Row, mut body: Value) -> Value {
        self.dates(&mut body, row);
        let expires = body.part("_expires").as_i64();
        calendar::set_both(&mut body, "date_expires", expires);
        body.set("status", &*row.status);
        if let Value::Object(fields) = &mut body {
            fields.remove("_expires");
        }
        body
    }

    pub(super) fn note(&self, row: &Row, mut body: Value) -> Value {
        calendar::set_both(&mut body, "date_created", Some(row.created));
        body
    }
}

fn avatar(email: &str, size: &str) -> String {
    let hash = hex::encode(Sha256::digest(email.to_lowercase()));
    format!("https://secure.gravatar.com/avatar/{hash}?s={size}&d=mm&r=g")
}
