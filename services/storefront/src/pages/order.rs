//! An order, for whoever holds its word, after paying and from the mail, and for the customer who
//! placed it.

use kernel::OrderId;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::basket::title;
use super::head::Head;
use super::session;
use super::show::Made;
use super::{Other, Request};
use crate::api::{Ask, Fault, Upstream};
use crate::web::cookies::{self, Proof};
use crate::web::respond;

/// What opens an order.
pub enum Key {
    /// Its word, for whoever holds it.
    Word(Proof<OrderId>),
    /// That who is signed in placed it.
    Customer(OrderId),
}

impl Key {
    /// The visitor's last order, or the one of his account that the address names.
    pub fn of(request: &Request<'_>) -> Option<Self> {
        let last = cookies::order(request.http, &request.app.settings);
        let Ok(id) = request.visit.query.text("order").parse() else {
            return last.map(Self::Word);
        };
        Self::to(request, id)
    }

    /// For an order that is named: its word, or else the customer's own right to it.
    pub fn to(request: &Request<'_>, id: OrderId) -> Option<Self> {
        let last = cookies::order(request.http, &request.app.settings);
        match last.filter(|proof| proof.id == id) {
            Some(proof) => Some(Self::Word(proof)),
            None => session::is_claimed(request).then_some(Self::Customer(id)),
        }
    }

    pub fn id(&self) -> OrderId {
        match self {
            Self::Word(proof) => proof.id,
            Self::Customer(id) => *id,
        }
    }

    /// Where the order is shown.
    pub fn page(&self) -> String {
        match self {
            Self::Word(proof) => format!("/orders/{}", proof.id),
            Self::Customer(id) => format!("/account/orders/{id}"),
        }
    }

    /// What names the order in addresses of its payment.
    pub fn query(&self) -> String {
        match self {
            Self::Word(_) => String::new(),
            Self::Customer(id) => format!("?order={id}"),
        }
    }

    /// Asks in the name of whoever has the key.
    pub async fn send(&self, request: &Request<'_>, ask: Ask) -> Result<Json, Fault> {
        match self {
            Self::Word(proof) => {
                let ask = ask.header("x-order-token", &proof.word);
                request.app.api.send(&request.visit.caller, ask).await
            }
            Self::Customer(_) => session::ask(request, ask).await?.ok_or_else(signed_out),
        }
    }
}

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
        let cookie = cookies::set_order(settings, &proof);
        find(request, &Key::Word(proof)).await?;
        let place = request.link(&format!("/orders/{id}"));
        return Err(Other::answer(respond::see_other(&place, &[cookie])));
    }
    let key = Key::to(request, id).ok_or(Other::NotFound)?;
    page(request, &key).await
}

pub async fn page(request: &Request<'_>, key: &Key) -> Result<Made, Other> {
    let (order, documents) = futures_util::join!(find(request, key), documents(request, key));
    let is_of_account = matches!(key, Key::Customer(_));
    let order = match order {
        Err(fault) if fault.status() == Some(401) => return Err(session::sign_in(request)),
        order => order?,
    };
    Ok(Made {
        template: "order.html",
        head: Head::private(title(request, "order-title")),
        data: context! {
            order => Value::from_serialize(order),
            documents => Value::from_serialize(documents),
            is_of_account,
            pay => format!("/checkout/pay{}", key.query()),
        },
        ..Made::default()
    })
}

pub async fn find(request: &Request<'_>, key: &Key) -> Result<Json, Fault> {
    let path = format!("/api/orders/store/orders/{}", key.id());
    key.send(request, Ask::get(Upstream::Orders, path)).await
}

/// The order's invoices; none while invoicing is away or has not heard of it yet.
async fn documents(request: &Request<'_>, key: &Key) -> Vec<Json> {
    let path = format!("/api/invoicing/store/orders/{}/documents", key.id());
    let found = key.send(request, Ask::get(Upstream::Invoicing, path)).await;
    let items = found
        .ok()
        .and_then(|list| list.get("items").and_then(Json::as_array).cloned());
    items.unwrap_or_default()
}

fn signed_out() -> Fault {
    Fault::Refused(Box::new(crate::api::Problem {
        code: "session-ended".to_owned(),
        status: 401,
        ..crate::api::Problem::default()
    }))
}
