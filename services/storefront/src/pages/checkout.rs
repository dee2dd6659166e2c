//! Checkout on one page: contact, address, how to pay, consents.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::basket::{self, title};
use super::checkout_form::{CheckoutForm, FIELDS};
use super::fields::{self, FieldError, errors_of};
use super::head::Head;
use super::session::{self, ACCOUNT};
use super::show::{self, Made};
use super::{Other, Request};
use crate::api::{Ask, Fault, Problem, Upstream};
use crate::web::cookies::{self, Proof};
use crate::web::{Form, respond};

pub async fn show(request: &Request<'_>) -> Result<Made, Other> {
    let cart = basket::find(request).await?.map(|(_, cart)| cart);
    let cart = cart
        .filter(can_be_ordered)
        .ok_or_else(|| to_cart(request))?;
    let mut form = CheckoutForm {
        expected: total(&cart),
        ..CheckoutForm::empty()
    };
    let customer = Customer::find(request).await;
    if let Some(profile) = &customer.profile {
        form.know(profile);
    }
    form.saved_address = customer.default_address();
    Ok(page(request, (&cart, &customer), &form, Vec::new()))
}

/// What is known of who is signed in: it saves typing, and nothing fails without it.
#[derive(Default)]
struct Customer {
    profile: Option<Json>,
    addresses: Vec<Json>,
}

impl Customer {
    async fn find(request: &Request<'_>) -> Self {
        if !session::is_claimed(request) {
            return Self::default();
        }
        let get = |path: String| Ask::get(Upstream::Orders, path);
        let profile = session::ask(request, get(ACCOUNT.to_owned())).await;
        let Ok(Some(profile)) = profile else {
            return Self::default();
        };
        let list = session::ask(request, get(format!("{ACCOUNT}/addresses"))).await;
        let items = list
            .ok()
            .flatten()
            .and_then(|list| list.get("items").and_then(Json::as_array).cloned());
        Self {
            profile: Some(profile),
            addresses: items.unwrap_or_default(),
        }
    }

    fn default_address(&self) -> String {
        let is_default = |address: &&Json| address.get("is_default") == Some(&Json::Bool(true));
        let address = self.addresses.iter().find(is_default);
        let address = address.or_else(|| self.addresses.first());
        let id = address.and_then(|address| address.get("id")?.as_str());
        id.unwrap_or_default().to_owned()
    }
}

/// Places the order; what is wrong is shown at its field, with everything that was typed.
pub async fn place(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let Some((proof, cart)) = basket::find(request).await? else {
        return Err(already_placed(request));
    };
    let mut typed = CheckoutForm::read(form);
    let customer = Customer::find(request).await;
    typed.send_to_saved(&customer.addresses);
    if let Ok(variant) = form.text("without").parse() {
        let cart = basket::take_out(request, &proof, variant).await?;
        return without(request, (&cart, &customer), typed);
    }
    let errors = typed.check();
    if !errors.is_empty() {
        let made = page(request, (&cart, &customer), &typed, errors);
        return Ok(fields::again(request, made));
    }
    let locale = request.shell.lang_of(request.visit).tag();
    let currency = request.shell.text("/currency");
    let body = typed.body(&proof.id.to_string(), currency, locale);
    let ask = Ask::post(Upstream::Orders, "/api/orders/store/checkout", body)
        .header("x-cart-token", &proof.word)
        .header("idempotency-key", &typed.key);
    let answer = match session::ask(request, ask.clone()).await {
        // Nobody is signed in, or not any more: a guest orders as well.
        Ok(None) => request.app.api.send(&request.visit.caller, ask).await,
        Ok(Some(order)) => Ok(order),
        Err(fault) => Err(fault),
    };
    match answer {
        Ok(order) => placed(request, &order),
        Err(Fault::Refused(problem)) => refused(request, (&cart, &customer), typed, *problem).await,
        Err(fault) => Err(fault.into()),
    }
}

/// The page with one line less, and all that was typed.
fn without(
    request: &Request<'_>,
    (cart, customer): (&Json, &Customer),
    mut typed: CheckoutForm,
) -> Result<HttpResponse, Other> {
    let lines = cart.get("lines").and_then(Json::as_array);
    if lines.is_none_or(Vec::is_empty) {
        return Err(to_cart(request));
    }
    typed.expected = total(cart);
    typed.key = CheckoutForm::empty().key;
    let made = page(request, (cart, customer), &typed, Vec::new());
    Ok(show::personal(request, StatusCode::OK, made))
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
    (cart, customer): (&Json, &Customer),
    mut typed: CheckoutForm,
    problem: Problem,
) -> Result<HttpResponse, Other> {
    let notice = FieldError::notice;
    let (cart, errors) = match problem.code.as_str() {
        // One click accepts what is so now.
        "total-changed" => {
            let now = basket::find(request).await?.map(|(_, cart)| cart);
            let now = now.filter(can_be_ordered).ok_or_else(|| to_cart(request))?;
            typed.expected = total(&now);
            (now, vec![notice("error-total-changed")])
        }
        // What cannot be had any more is taken out on this page: nothing has to be typed again.
        "out-of-stock" | "not-for-sale" | "quantity-not-sold" => {
            let now = basket::find(request).await?.map(|(_, cart)| cart);
            let now = now.ok_or_else(|| to_cart(request))?;
            (now, vec![notice("error-cart-changed")])
        }
        "cart-empty" | "cart-closed" => return Err(to_cart(request)),
        _ if !problem.errors.is_empty() => (cart.clone(), errors_of(&problem, &FIELDS)),
        "checkout-crowded" | "try-again" => (cart.clone(), vec![notice("error-crowded")]),
        _ => return Err(Fault::Refused(Box::new(problem)).into()),
    };
    // What was refused was another order than the one that is sent next.
    typed.key = CheckoutForm::empty().key;
    let made = page(request, (&cart, customer), &typed, errors);
    Ok(fields::again(request, made))
}

fn page(
    request: &Request<'_>,
    (cart, customer): (&Json, &Customer),
    form: &CheckoutForm,
    errors: Vec<FieldError>,
) -> Made {
    Made {
        template: "checkout.html",
        head: Head::private(title(request, "checkout-title")),
        data: context! {
            cart => Value::from_serialize(cart),
            form => Value::from_serialize(form),
            errors => Value::from_serialize(&errors),
            addresses => Value::from_serialize(&customer.addresses),
            profile => Value::from_serialize(&customer.profile),
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
