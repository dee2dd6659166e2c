//! Paying: the ticket of the order becomes payments' intent, which Stripe's form completes.

use minijinja::{Value, context};
use serde_json::{Value as Json, json};
use url::Url;

use super::basket::title;
use super::head::Head;
use super::order::{self, Key};
use super::session;
use super::show::Made;
use super::{Other, Request};
use crate::api::{Ask, Fault, Upstream};
use crate::web::{policy, respond};

/// A page that waits for a payment looks again after so many seconds.
const LOOK_AGAIN_SECONDS: u32 = 4;

/// Why an order that waits for its payment cannot be paid now; the theme has words for each.
const REFUSALS: [&str; 2] = ["payments-not-ready", "too-many-attempts"];

/// The payment form of the visitor's last order.
pub async fn show(request: &Request<'_>) -> Result<Made, Other> {
    let key = Key::of(request).ok_or(Other::NotFound)?;
    let order = found(request, &key).await?;
    let Some(ticket) = ticket(request, &key).await? else {
        return Err(see_order(request, &key));
    };
    let ask = Ask::post(
        Upstream::Payments,
        "/api/payments/store/intents",
        json!({ "ticket": ticket }),
    );
    let intent = request.app.api.send(&request.visit.caller, ask).await;
    let intent = match intent {
        Ok(intent) => intent,
        Err(fault) if REFUSALS.contains(&fault.code()) => {
            return Ok(not_now(request, (&order, &key), fault.code()));
        }
        // Settled meanwhile: the order says how.
        Err(fault) if fault.status() == Some(409) => return Err(see_order(request, &key)),
        Err(fault) => return Err(fault.into()),
    };
    if intent.get("waits_for").is_some() || is_settled(&intent) {
        return Err(to(request, "/checkout/done", &key));
    }
    let done = request.link(&format!("/checkout/done{}", key.query()));
    let done = format!("{}{done}", request.visit.origin);
    Ok(Made {
        template: "pay.html",
        head: Head::private(title(request, "pay-title")),
        data: context! {
            order => Value::from_serialize(&order),
            intent => Value::from_serialize(&intent),
            done,
            page_of_stand_in => stand_in(&intent),
        },
        pays: true,
        ..Made::default()
    })
}

/// The order stays as it is, and the page says why it cannot be paid.
fn not_now(request: &Request<'_>, (order, key): (&Json, &Key), why: &str) -> Made {
    Made {
        template: "pay_closed.html",
        head: Head::private(title(request, "pay-title")),
        data: context! { order => Value::from_serialize(order), why, order_page => key.page() },
        ..Made::default()
    }
}

/// Where the browser comes back to: how the payment stands, by the service's own word.
pub async fn done(request: &Request<'_>) -> Result<Made, Other> {
    let key = Key::of(request).ok_or(Other::NotFound)?;
    let order = found(request, &key).await?;
    let Some(ticket) = ticket(request, &key).await? else {
        return Err(see_order(request, &key));
    };
    let ticket: String = form_urlencoded::byte_serialize(ticket.as_bytes()).collect();
    let path = format!("/api/payments/store/intents/current?ticket={ticket}");
    let found = request
        .app
        .api
        .send(&request.visit.caller, Ask::get(Upstream::Payments, path))
        .await;
    let intent = match found {
        Ok(intent) => intent,
        Err(fault) if fault.is_not_found() => {
            return Err(to(request, "/checkout/pay", &key));
        }
        Err(fault) => return Err(fault.into()),
    };
    let is_open = intent.get("waits_for").is_none() && !is_settled(&intent);
    Ok(Made {
        template: "waiting.html",
        head: Head::private(title(request, "waiting-title")),
        data: context! {
            order => Value::from_serialize(&order),
            intent => Value::from_serialize(&intent),
            is_open,
            order_page => key.page(),
            pay => format!("/checkout/pay{}", key.query()),
            is_settled => is_settled(&intent),
            look_again => LOOK_AGAIN_SECONDS,
        },
        ..Made::default()
    })
}

/// The order; who was signed out meanwhile signs in and comes back.
async fn found(request: &Request<'_>, key: &Key) -> Result<Json, Other> {
    match order::find(request, key).await {
        Err(fault) if fault.status() == Some(401) => Err(session::sign_in(request)),
        found => Ok(found?),
    }
}

/// A fresh ticket for the order; nothing when nothing is to pay.
async fn ticket(request: &Request<'_>, key: &Key) -> Result<Option<String>, Other> {
    let path = format!("/api/orders/store/orders/{}/ticket", key.id());
    let ask = Ask::post(Upstream::Orders, path, json!({}));
    match key.send(request, ask).await {
        Ok(view) => {
            let ticket = view.get("payment_ticket").and_then(Json::as_str);
            Ok(Some(ticket.ok_or(Fault::Unavailable)?.to_owned()))
        }
        Err(fault) if fault.status() == Some(409) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

fn is_settled(intent: &Json) -> bool {
    let status = intent.get("status").and_then(Json::as_str);
    matches!(status, Some("succeeded" | "processing"))
}

fn see_order(request: &Request<'_>, key: &Key) -> Other {
    Other::answer(respond::see_other(&request.link(&key.page()), &[]))
}

fn to(request: &Request<'_>, place: &str, key: &Key) -> Other {
    let place = format!("{place}{}", key.query());
    Other::answer(respond::see_other(&request.link(&place), &[]))
}

/// What stands in for Stripe has a page to pay on; Stripe itself has none without a script.
fn stand_in(intent: &Json) -> Option<String> {
    let text = |name: &str| intent.get(name).and_then(Json::as_str).unwrap_or_default();
    let script = text("stripe_js_url");
    if policy::is_stripe(script) {
        return None;
    }
    let mut page: Url = policy::origin(script)?.parse().ok()?;
    page.set_path("/pay");
    page.query_pairs_mut()
        .append_pair("client_secret", text("client_secret"))
        .append_pair("account", text("stripe_account"));
    Some(page.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_in_for_stripe_has_a_page_to_pay_on() {
        let intent = |script: &str| json!({ "stripe_js_url": script, "client_secret": "pi_1_secret_2", "stripe_account": "acct_1" });
        assert_eq!(stand_in(&intent("https://js.stripe.com/v3/")), None);
        let page = stand_in(&intent("http://127.0.0.1:9020/v1/stripe.js"));
        assert_eq!(
            page.as_deref(),
            Some("http://127.0.0.1:9020/pay?client_secret=pi_1_secret_2&account=acct_1")
        );
    }
}
