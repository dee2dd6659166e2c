//! What people do in the shop while somebody reads it.

use super::garden::ORDERS;
use super::shop::{Body, Id, Kind, Row, Shop};
use super::views::blank;
use crate::faults::glob;
use crate::json::Json as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    #[serde(rename = "do")]
    deed: Deed,
    resource: Kind,
    /// Which one; an addition has none.
    id: Option<u64>,
    /// The product of a variation, the order of a refund, …
    #[serde(default)]
    parent: u64,
    /// Fields to set, `status` among them.
    #[serde(default)]
    patch: Value,
    /// Leaves the time of the last change alone, as direct SQL does.
    #[serde(default)]
    silent: bool,
    /// Waits until so many pages were read.
    after: Option<After>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Add,
    Change,
    Delete,
    /// Still there, and not listed.
    Trash,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    /// Glob over the path, such as `*/products`.
    path: String,
    pages: u32,
}

/// One edit, or a list of them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Edits {
    One(Edit),
    Many(Vec<Edit>),
}

impl From<Edits> for Vec<Edit> {
    fn from(edits: Edits) -> Self {
        match edits {
            Edits::One(edit) => vec![edit],
            Edits::Many(edits) => edits,
        }
    }
}

impl Edit {
    pub(super) fn must_wait(&self) -> bool {
        self.after.is_some()
    }

    /// Counts a page that was read; true when its time has come.
    fn is_due(&mut self, path: &str) -> bool {
        let Some(after) = &mut self.after else {
            return true;
        };
        if glob(&after.path, path) {
            after.pages = after.pages.saturating_sub(1);
        }
        after.pages == 0
    }

    /// Does it; answers with the number of what was added or changed.
    pub(super) fn apply(&self, shop: &mut Shop, now: i64) -> Result<u64, String> {
        if self.deed == Deed::Add {
            return Ok(self.add(shop, now));
        }
        let number = self.id.ok_or("say which id")?;
        let id = match self.parent {
            0 => shop.find(self.resource, number),
            parent => Some((parent, number)),
        };
        let id = id.filter(|id| shop.row(self.resource, *id).is_some());
        let id = id.ok_or_else(|| format!("no {number} in {:?}", self.resource))?;
        match self.deed {
            Deed::Delete => delete(shop, self.resource, id),
            Deed::Trash => self.change(shop, id, &json!({"status": "trash"}), now),
            Deed::Add | Deed::Change => self.change(shop, id, &self.patch, now),
        }
        Ok(number)
    }

    fn change(&self, shop: &mut Shop, id: Id, patch: &Value, now: i64) {
        let Some(row) = shop.row(self.resource, id) else {
            return;
        };
        let mut body = shop.body(self.resource, id, row);
        let status = set(&mut body, patch);
        let silent = self.silent;
        if let Some(row) = shop.row_mut(self.resource, id) {
            row.body = Body::Kept(Box::new(body));
            if let Some(status) = status {
                row.status = Cow::Owned(status);
            }
            if !silent {
                row.modified = Some(now);
            }
        }
    }

    fn add(&self, shop: &mut Shop, now: i64) -> u64 {
        let id = shop.next_id(self.resource);
        let mut body = self.template(shop, id);
        let status = set(&mut body, &self.patch).unwrap_or_else(|| self.first_status().to_owned());
        if body.part("slug") == "" {
            let slug = blank::slug(body.text("name"));
            body.set("slug", slug);
        }
        shop.insert(
            self.resource,
            (self.parent, id),
            Row::kept(now, &status, body),
        );
        if self.resource == Kind::Refunds
            && let Some(order) = shop.row_mut(Kind::Orders, (0, self.parent))
        {
            order.modified = Some(now);
        }
        id
    }

    fn first_status(&self) -> &'static str {
        match self.resource {
            Kind::Products | Kind::Variations | Kind::Coupons => "publish",
            Kind::Orders => "processing",
            Kind::Reviews => "approved",
            _ => "",
        }
    }

    /// A thing of its kind as somebody would make it in a hurry.
    fn template(&self, shop: &Shop, id: u64) -> Value {
        let name = format!("Novo {id}");
        let with = |mut body: Value, more: Value| {
            body.merge(&more);
            body
        };
        let grown = |kind, id| shop.garden.grow(kind, (0, id));
        match self.resource {
            Kind::Products => with(
                blank::product(),
                json!({"name": name, "regular_price": "9.99"}),
            ),
            Kind::Variations => with(blank::variation(), json!({"regular_price": "9.99"})),
            Kind::Orders => {
                let order = grown(Kind::Orders, ORDERS + shop.garden.orders);
                with(
                    order,
                    json!({"number": id.to_string(), "order_key": format!("wc_order_{id}")}),
                )
            }
            Kind::Customers => {
                let customer = grown(Kind::Customers, id);
                with(
                    customer,
                    json!({"role": "customer", "email": format!("novo{id}@example.test")}),
                )
            }
            Kind::Reviews => json!({"reviewer": "Rui", "reviewer_email": "rui@example.test",
                "review": "Bom.", "rating": 4, "verified": false}),
            Kind::Refunds => json!({"amount": "1.00", "reason": "", "refunded_by": 1,
                "refunded_payment": false, "meta_data": [], "line_items": [], "shipping_lines": [],
                "tax_lines": [], "fee_lines": []}),
            Kind::Notes => json!({"author": "WooCommerce", "note": "Nota", "customer_note": false}),
            Kind::Categories => json!({"name": name, "slug": "", "parent": 0, "description": "",
                "display": "default", "image": null, "menu_order": 0, "count": 0}),
            Kind::Terms => {
                json!({"name": name, "slug": "", "description": "", "menu_order": 0, "count": 0})
            }
            Kind::Tags | Kind::ShippingClasses => {
                json!({"name": name, "slug": "", "description": "", "count": 0})
            }
            Kind::Attributes => {
                json!({"name": name, "slug": format!("pa_novo-{id}"), "type": "select",
                "order_by": "menu_order", "has_archives": false})
            }
            Kind::Coupons | Kind::Taxes => first_of(shop, self.resource),
        }
    }
}

/// A copy of what is there.
fn first_of(shop: &Shop, kind: Kind) -> Value {
    let mut rows = shop.rows(kind);
    rows.next()
        .map(|(id, row)| shop.body(kind, id, row))
        .unwrap_or_default()
}

/// Lays a patch over a body; the status belongs to the row.
fn set(body: &mut Value, patch: &Value) -> Option<String> {
    let mut patch = patch.clone();
    let status = patch
        .as_object_mut()
        .and_then(|fields| fields.remove("status"));
    body.merge(&match patch {
        Value::Object(fields) => Value::Object(fields),
        _ => json!({}),
    });
    status.and_then(|status| status.as_str().map(str::to_owned))
}

/// Takes its children with it.
fn delete(shop: &mut Shop, kind: Kind, id: Id) {
    shop.remove(kind, id);
    let below = match kind {
        Kind::Products => [Kind::Variations, Kind::Reviews],
        Kind::Orders => [Kind::Refunds, Kind::Notes],
        _ => return,
    };
    for kind in below {
        let children: Vec<_> = shop.children(kind, id.1).map(|(id, _)| id).collect();
        for child in children {
            shop.remove(kind, child);
        }
    }
}

/// Does what waited for this page.
pub(super) fn page_was_read(waiting: &mut Vec<Edit>, path: &str) -> Vec<Edit> {
    let (due, later): (Vec<_>, Vec<_>) = std::mem::take(waiting)
        .into_iter()
        .map(|mut edit| (edit.is_due(path), edit))
        .partition(|(due, _)| *due);
    *waiting = later.into_iter().map(|(_, edit)| edit).collect();
    due.into_iter().map(|(_, edit)| edit).collect()
}
