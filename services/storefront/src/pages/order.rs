//! An order, for whoever holds its word: after paying, and from the mail.

use kernel::OrderId;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::basket::title;
use super::show::{Head, Made};
use super::{Other, Request};
use crate::api::{Ask, Fault, Upstream};
use crate::web::cookies::{self, Proof};
use crate::web::respond;

pub async fn show(request: &Request<'_>, id: &str) -> Result<Made, Other> {
    let id: OrderId = id.parse().map_err(|_| Other::NotFound)?;
    let settings = &request.app.settings;
    let word = request.visit.query.text("token");
    if !word.is_empty() {
        // The word leaves the address bar: it shall not be shared with the link.
        let proof = Proof {
            id,
            word: word.to_owned(),
        };
        find(request, &proof).await?;
        let cookie = cookies::set_order(settings, &proof);
        let place = request.link(&format!("/orders/{id}"));
        return Err(Other::answer(respond::see_other(&place, &[cookie])));
    }
    let proof = cookies::order(request.http, settings).filter(|proof| proof.id == id);
    let proof = proof.ok_or(Other::NotFound)?;
    let (order, documents) = futures_util::join!(find(request, &proof), documents(request, &proof));
    Ok(Made {
        template: "order.html",
        head: Head::private(title(request, "order-title")),
        data: context! {
            order => Value::from_serialize(order?),
            documents => Value::from_serialize(documents),
        },
        ..Made::default()
    })
}

pub async fn find(request: &Request<'_>, proof: &Proof<OrderId>) -> Result<Json, Fault> {
    let ask = Ask::get(
        Upstream::Orders,
        format!("/api/orders/store/orders/{}", proof.id),
    );
    let ask = ask.header("x-order-token", &proof.word);
    request.app.api.send(&request.visit.caller, ask).await
}

/// The order's invoices; none while invoicing is away or has not heard of it yet.
async fn documents(request: &Request<'_>, proof: &Proof<OrderId>) -> Vec<Json> {
    let path = format!("/api/invoicing/store/orders/{}/documents", proof.id);
    let ask = Ask::get(Upstream::Invoicing, path).header("x-order-token", &proof.word);
    let found = request.app.api.send(&request.visit.caller, ask).await;
    let items = found
        .ok()
        .and_then(|list| list.get("items").and_then(Json::as_array).cloned());
    items.unwrap_or_default()
}
