//! Checkout on one page: contact, address, how to pay, consents.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::basket::{self, title};
use super::checkout_form::{CheckoutForm, FieldError, errors_of};
use super::show::{self, Head, Made};
use super::{Other, Request};
use crate::api::{Ask, Fault, Problem, Upstream};
use crate::web::cookies::{self, Proof};
use crate::web::{Form, respond};

pub async fn show(request: &Request<'_>) -> Result<Made, Other> {
    let cart = basket::find(request).await?.map(|(_, cart)| cart);
    let cart = cart
        .filter(can_be_ordered)
        .ok_or_else(|| to_cart(request))?;
    let form = CheckoutForm {
        expected: total(&cart),
        ..CheckoutForm::empty()
    };
    Ok(page(request, &cart, &form, Vec::new()))
}

/// Places the order; what is wrong is shown at its field, with everything that was typed.
pub async fn place(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let Some((proof, cart)) = basket::find(request).await? else {
        return Err(already_placed(request));
    };
    let typed = CheckoutForm::read(form);
    let errors = typed.check();
    if !errors.is_empty() {
        let made = page(request, &cart, &typed, errors);
        return Ok(show::personal(
            request,
            StatusCode::UNPROCESSABLE_ENTITY,
            made,
        ));
    }
    let locale = request.shell.lang_of(request.visit).tag();
    let currency = request.shell.text("/currency");
    let body = typed.body(&proof.id.to_string(), currency, locale);
    let ask = Ask::post(Upstream::Orders, "/api/orders/store/checkout", body)
        .header("x-cart-token", &proof.word)
        .header("idempotency-key", &typed.key);
    match request.app.api.send(&request.visit.caller, ask).await {
        Ok(order) => placed(request, &order),
        Err(Fault::Refused(problem)) => refused(request, &cart, typed, *problem).await,
        Err(fault) => Err(fault.into()),
    }
}

fn placed(request: &Request<'_>, order: &Json) -> Result<HttpResponse, Other> {
    let text = |name: &str| order.get(name).and_then(Json::as_str).unwrap_or_default();
    let proof = Proof {
        id: text("id")
            .parse()
            .map_err(|_| Other::Fault(Fault::Unavailable))?,
        word: text("token").to_owned(),
    };
    let settings = &request.app.settings;
    let mut cookies = cookies::forget_basket(settings).to_vec();
    cookies.push(cookies::set_order(settings, &proof));
    Ok(respond::see_other(&request.link("/checkout/pay"), &cookies))
}

async fn refused(
    request: &Request<'_>,
    cart: &Json,
    mut typed: CheckoutForm,
    problem: Problem,
) -> Result<HttpResponse, Other> {
    let notice = |key: &str| FieldError {
        field: "form",
        key: key.to_owned(),
        message: String::new(),
    };
    let (cart, errors) = match problem.code.as_str() {
        // One click accepts what is so now.
        "total-changed" => {
            let now = basket::find(request).await?.map(|(_, cart)| cart);
            let now = now.filter(can_be_ordered).ok_or_else(|| to_cart(request))?;
            typed.expected = total(&now);
            (now, vec![notice("error-total-changed")])
        }
        "out-of-stock" | "not-for-sale" | "quantity-not-sold" | "cart-empty" | "cart-closed" => {
            return Err(to_cart(request));
        }
        _ if !problem.errors.is_empty() => (cart.clone(), errors_of(&problem)),
        "checkout-crowded" | "try-again" => (cart.clone(), vec![notice("error-crowded")]),
        _ => return Err(Fault::Refused(Box::new(problem)).into()),
    };
    // What was refused was another order than the one that is sent next.
    typed.key = CheckoutForm::empty().key;
    let made = page(request, &cart, &typed, errors);
    Ok(show::personal(
        request,
        StatusCode::UNPROCESSABLE_ENTITY,
        made,
    ))
}

fn page(request: &Request<'_>, cart: &Json, form: &CheckoutForm, errors: Vec<FieldError>) -> Made {
    Made {
        template: "checkout.html",
        head: Head::private(title(request, "checkout-title")),
        data: context! {
            cart => Value::from_serialize(cart),
            form => Value::from_serialize(form),
            errors => Value::from_serialize(&errors),
        },
        ..Made::default()
    }
}

fn can_be_ordered(cart: &Json) -> bool {
    cart.get("can_checkout") == Some(&Json::Bool(true))
}

fn total(cart: &Json) -> i64 {
    cart.pointer("/total/amount")
        .and_then(Json::as_i64)
        .unwrap_or(-1)
}

/// The cart says what is to be done about it.
fn to_cart(request: &Request<'_>) -> Other {
    Other::answer(respond::see_other(&request.link("/cart"), &[]))
}

/// Who sends the form a second time has no cart any more, and perhaps an order.
fn already_placed(request: &Request<'_>) -> Other {
    let has_order = cookies::order(request.http, &request.app.settings).is_some();
    let place = if has_order { "/checkout/pay" } else { "/cart" };
    Other::answer(respond::see_other(&request.link(place), &[]))
}
