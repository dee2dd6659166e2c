//! The customer's orders: all of them, and one with its documents.

use kernel::OrderId;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::{items, page};
use crate::api::{Ask, Upstream};
use crate::pages::fields::Typed;
use crate::pages::order::{self, Key};
use crate::pages::session::{self, ACCOUNT};
use crate::pages::show::Made;
use crate::pages::{Other, Request};

const PAGE: usize = 20;

pub async fn list(request: &Request<'_>) -> Result<Made, Other> {
    let after = request.visit.query.text("after");
    let mut path = format!("{ACCOUNT}/orders?limit={PAGE}");
    if !after.is_empty() {
        let after: String = form_urlencoded::byte_serialize(after.as_bytes()).collect();
        path.push_str(&format!("&after={after}"));
    }
    let list = session::ask_signed_in(request, Ask::get(Upstream::Orders, path)).await?;
    let made = page(
        request,
        ("account/orders.html", "account-orders"),
        (&Typed::default(), &[]),
    );
    let own = context! {
        orders => Value::from_serialize(items(&list)),
        next => list.get("next").and_then(Json::as_str),
        is_first => after.is_empty(),
    };
    Ok(Made {
        data: context! { ..own, ..made.data },
        ..made
    })
}

pub async fn show(request: &Request<'_>, id: &str) -> Result<Made, Other> {
    let id: OrderId = id.parse().map_err(|_| Other::NotFound)?;
    if !session::is_claimed(request) {
        return Err(session::sign_in(request));
    }
    order::page(request, &Key::Customer(id)).await
}
