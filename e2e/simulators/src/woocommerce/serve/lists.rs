//! Lists: filtered, ordered, cut into pages.

use super::{Refusal, Told};
use crate::json::Json as _;
use crate::woocommerce::ask::{Ask, Query};
use crate::woocommerce::error::{Error, Result};
use crate::woocommerce::list::{ORDER_STATUSES, Rules, Wanted};
use crate::woocommerce::shop::{Id, Kind, Row, Shop};
use crate::woocommerce::views::{Look, ORIGIN, collection};
use crate::woocommerce::world::{Capped, Settings};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

pub(super) fn list(
    look: &Look<'_>,
    ask: &Ask,
    (kind, parent): (Kind, Option<u64>),
    settings: &Settings,
    told: &mut Told,
) -> std::result::Result<Value, Refusal> {
    check_parent(look.shop, kind, parent)?;
    let rules = Rules::of(kind);
    let mut wanted = Wanted::read(&rules, &ask.query)?;
    if settings.ignore_modified {
        wanted.ignore_modified();
    }
    bear(&mut wanted, settings)?;
    let mut rows = rows(look.shop, kind, parent, &wanted, &ask.query);
    sort(look, kind, &mut rows, &wanted);
    let total = rows.len();
    let page: Vec<_> = match rules.is_paged {
        true => rows
            .into_iter()
            .skip(wanted.start())
            .take(wanted.per_page)
            .collect(),
        false => rows,
    };
    // Notes were never seen with totals, and attributes come all at once.
    if kind != Kind::Notes {
        let pages = if rules.is_paged {
            wanted.pages(total)
        } else {
            1
        };
        told.total = Some((total, pages));
        told.link = link(kind, parent.unwrap_or_default(), &wanted, pages, &ask.query);
    }
    told.is_page = true;
    let views = page.into_iter().map(|(id, row)| look.view(kind, id, row));
    Ok(views.map(|view| cut(&ask.query, view)).collect())
}

fn check_parent(shop: &Shop, kind: Kind, parent: Option<u64>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    match kind {
        Kind::Terms if shop.row(Kind::Attributes, (0, parent)).is_none() => Err(Error::new(
            404,
            "woocommerce_rest_taxonomy_invalid",
            "Taxonomy does not exist.",
        )),
        Kind::Refunds | Kind::Notes if shop.row(Kind::Orders, (0, parent)).is_none() => {
            Err(Error::new(
                404,
                "woocommerce_rest_invalid_order_id",
                "Invalid order ID.",
            ))
        }
        _ => Ok(()),
    }
}

/// What the host does with a page that is too long for it.
fn bear(wanted: &mut Wanted, settings: &Settings) -> std::result::Result<(), Refusal> {
    let Some(cap) = settings.page_cap.filter(|cap| wanted.per_page > cap.max) else {
        return Ok(());
    };
    match cap.how {
        Capped::Timeout504 => Err(Refusal::Page(504, "504 Gateway Time-out")),
        Capped::Refuse400 => {
            let text = format!(
                "per_page must be between 1 (inclusive) and {} (inclusive)",
                cap.max
            );
            let params = vec![("per_page".to_owned(), "rest_out_of_bounds", text)];
            Err(Error::invalid_params(params).into())
        }
        Capped::Silent => {
            wanted.per_page = cap.max;
            Ok(())
        }
    }
}

fn rows<'a>(
    shop: &'a Shop,
    kind: Kind,
    parent: Option<u64>,
    wanted: &Wanted,
    query: &Query,
) -> Vec<(Id, &'a Row)> {
    let needs_body = needs_body(kind, query);
    let fits = |(id, row): &(Id, &Row)| {
        wanted.takes(kind, *id, row)
            && (!needs_body || body_fits(kind, *id, &shop.body(kind, *id, row), query))
    };
    match parent {
        Some(parent) => shop.children(kind, parent).filter(fits).collect(),
        None => shop.rows(kind).filter(fits).collect(),
    }
}

/// Filters that look inside; without one of them nothing has to be made to be counted.
const INSIDE: [&str; 15] = [
    "sku",
    "search",
    "type",
    "category",
    "tag",
    "slug",
    "featured",
    "stock_status",
    "customer",
    "product",
    "email",
    "parent",
    "hide_empty",
    "code",
    "class",
];

fn needs_body(kind: Kind, query: &Query) -> bool {
    // Without a role that is asked for only customers are listed.
    let by_role = kind == Kind::Customers && query.text("role") != "all";
    by_role || INSIDE.iter().any(|name| query.get(name).is_some())
}

fn body_fits(kind: Kind, id: Id, body: &Value, query: &Query) -> bool {
    let asked = |name: &str| query.get(name).filter(|text| !text.is_empty());
    let same = |name: &str, field: &str| {
        asked(name).is_none_or(|text| body.text(field).eq_ignore_ascii_case(text))
    };
    let among = |name: &str, field: &str| {
        let ids = query.ids(name);
        let terms = body.part(field).as_array().into_iter().flatten();
        ids.is_empty()
            || terms
                .filter_map(|term| term.get("id")?.as_u64())
                .any(|id| ids.contains(&id))
    };
    let own = match kind {
        Kind::Products | Kind::Variations => {
            let skus = query.list("sku");
            (skus.is_empty()
                || skus
                    .iter()
                    .any(|sku| body.text("sku").eq_ignore_ascii_case(sku)))
                && same("type", "type")
                && same("stock_status", "stock_status")
                && asked("featured").is_none_or(|_| body.flag("featured") == query.flag("featured"))
                && among("category", "categories")
                && among("tag", "tags")
        }
        Kind::Customers => {
            let role = asked("role").unwrap_or("customer");
            (role == "all" || body.text("role") == role) && same("email", "email")
        }
        Kind::Orders => {
            asked("customer").is_none_or(|text| text.parse() == Ok(body.int("customer_id")))
                && asked("product").is_none_or(|text| sells(body, text))
        }
        Kind::Reviews => query.ids("product").is_empty() || query.ids("product").contains(&id.0),
        Kind::Coupons => same("code", "code"),
        Kind::Taxes => same("class", "class"),
        Kind::Categories | Kind::Tags | Kind::Terms | Kind::ShippingClasses => {
            (!query.flag("hide_empty") || body.int("count") > 0)
                && asked("parent").is_none_or(|text| text.parse() == Ok(body.int("parent")))
        }
        Kind::Refunds | Kind::Notes | Kind::Attributes => true,
    };
    own && same("slug", "slug") && asked("search").is_none_or(|text| mentions(body, text))
}

fn sells(order: &Value, product: &str) -> bool {
    let lines = order.part("line_items").as_array().into_iter().flatten();
    lines
        .map(|line| line.int("product_id"))
        .any(|id| Ok(id) == product.parse())
}

fn mentions(body: &Value, text: &str) -> bool {
    let text = text.to_lowercase();
    ["name", "description", "code", "email", "username", "number"]
        .iter()
        .any(|field| body.text(field).to_lowercase().contains(&text))
}

fn sort(look: &Look<'_>, kind: Kind, rows: &mut Vec<(Id, &Row)>, wanted: &Wanted) {
    match wanted.orderby.as_str() {
        "id" => rows.sort_by_key(|(id, _)| id.1),
        "date" | "date_gmt" | "registered_date" => {
            rows.sort_by_key(|(id, row)| (row.created, id.1))
        }
        "modified" => rows.sort_by_key(|(id, row)| (row.modified, id.1)),
        "product" => rows.sort_by_key(|(id, _)| *id),
        "include" => {
            rows.sort_by_key(|(id, _)| wanted.place(id.1));
            return;
        }
        field => {
            let mut keyed: Vec<_> = rows
                .drain(..)
                .map(|(id, row)| (key(&look.shop.body(kind, id, row), field), id, row))
                .collect();
            keyed.sort_by(|a, b| (&a.0, a.1.1).cmp(&(&b.0, b.1.1)));
            rows.extend(keyed.into_iter().map(|(_, id, row)| (id, row)));
        }
    }
    if wanted.is_descending {
        rows.reverse();
    }
}

/// What a thing is ordered by, from its inside: a number before a text.
fn key(body: &Value, field: &str) -> (Decimal, String) {
    let name = match field {
        "title" | "name" if !body.text("name").is_empty() => "name",
        "title" | "name" => "username",
        "popularity" => "total_sales",
        "rating" => "rating_count",
        "price" => "regular_price",
        other => other,
    };
    match body.part(name) {
        Value::Number(number) => (
            number.to_string().parse().unwrap_or_default(),
            String::new(),
        ),
        Value::String(text) if name == "regular_price" => {
            (text.parse().unwrap_or_default(), String::new())
        }
        Value::String(text) => (Decimal::ZERO, text.to_lowercase()),
        _ => (Decimal::ZERO, String::new()),
    }
}

/// The neighbours' addresses: whatever was asked comes along, a key in the query too.
fn link(kind: Kind, parent: u64, wanted: &Wanted, pages: usize, query: &Query) -> Option<String> {
    let mut query = query.clone();
    query.remove("rest_route");
    if kind == Kind::Orders {
        query.remove("status");
        for (at, status) in (0..).zip(wanted.statuses_in_link()) {
            query.put(&format!("status[{at}]"), &status);
        }
    }
    if matches!(kind, Kind::Orders | Kind::Refunds) {
        for (name, default) in [("dp", "2"), ("context", "view")] {
            let given = query.text(name).to_owned();
            query.put(name, if given.is_empty() { default } else { &given });
        }
    }
    let mut at = |page: usize, rel: &str| {
        query.put("page", &page.to_string());
        let path = format!("wc/v3/{}", collection(kind, parent));
        format!("<{ORIGIN}/{path}?{}>; rel=\"{rel}\"", query.encoded())
    };
    let mut links = Vec::new();
    if wanted.page > 1 {
        links.push(at((wanted.page - 1).min(pages), "prev"));
    }
    if wanted.page < pages {
        links.push(at(wanted.page + 1, "next"));
    }
    (!links.is_empty()).then(|| links.join(", "))
}

/// `_fields=id,images.src`: only these.
pub(super) fn cut(query: &Query, view: Value) -> Value {
    let fields = query.list("_fields");
    match view {
        view if fields.is_empty() => view,
        Value::Array(items) => items.into_iter().map(|item| pick(&item, &fields)).collect(),
        view => pick(&view, &fields),
    }
}

fn pick(view: &Value, fields: &[&str]) -> Value {
    match view {
        Value::Array(items) => items.iter().map(|item| pick(item, fields)).collect(),
        Value::Object(whole) => {
            let mut picked = Map::new();
            for (name, value) in whole {
                let below: Vec<_> = fields
                    .iter()
                    .filter_map(|field| field.strip_prefix(name.as_str())?.strip_prefix('.'))
                    .collect();
                if fields.contains(&name.as_str()) {
                    picked.insert(name.clone(), value.clone());
                } else if !below.is_empty() {
                    picked.insert(name.clone(), pick(value, &below));
                }
            }
            Value::Object(picked)
        }
        other => other.clone(),
    }
}

/// `reports/orders/totals` and its like.
pub(super) fn report(shop: &Shop, of: &str) -> Result<Value> {
    let (kind, field, names): (_, _, &[&str]) = match of {
        "orders" => (Kind::Orders, "status", &ORDER_STATUSES[3..]),
        "products" => (
            Kind::Products,
            "type",
            &["external", "grouped", "simple", "variable"],
        ),
        "coupons" => (
            Kind::Coupons,
            "discount_type",
            &["percent", "fixed_cart", "fixed_product"],
        ),
        _ => return Err(Error::no_route()),
    };
    let count = |name: &&&str| {
        shop.rows(kind)
            .filter(|(_, row)| row.status != "trash")
            .filter(|(id, row)| match field {
                "status" => row.status == **name,
                field => shop.body(kind, *id, row).text(field) == **name,
            })
            .count()
    };
    Ok(names
        .iter()
        .map(|name| json!({"slug": name, "name": name, "total": count(&name)}))
        .collect())
}
