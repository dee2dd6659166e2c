//! The withdrawal function: declare, confirm, and a receipt. For guests as for customers, of a whole
//! order or a part of it, without a reason and without a script.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use kernel::{Email, OrderId};
use minijinja::{Value, context};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::basket::title;
use super::fields::{self, FieldError, Typed, told};
use super::head::Head;
use super::order::{self, Key};
use super::show::{self, Made};
use super::{Other, Request};
use crate::api::{Ask, Upstream};
use crate::web::{Form, cookies, respond};

const FIELDS: [&str; 5] = ["order_number", "email", "name", "statement", "part"];
const NEEDED: [&str; 3] = ["order_number", "email", "name"];
const STATEMENT_CHARS_MAX: usize = 2_000;
/// That the page's declaration was sent before, and said something else.
const KEY_REUSED: &str = "idempotency-key-reused";
/// Lines that a page lists.
const LINES_MAX: usize = 100;

/// A line of the order, with how many of it are given back; none while it is not marked.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Chosen {
    id: String,
    title: String,
    variant_title: String,
    bought: u64,
    quantity: u64,
    is_marked: bool,
}

/// A declaration while it is written.
#[derive(Serialize)]
struct Declaration {
    #[serde(flatten)]
    typed: Typed,
    /// Of the order, where it is known to the visitor.
    lines: Vec<Chosen>,
    /// The order's id, for pages that follow to know it by.
    order: String,
    /// Names this one declaration, so that sending it twice declares once.
    key: String,
}

pub async fn show(request: &Request<'_>) -> Result<Made, Other> {
    let mut typed = Typed::default();
    let wanted = request.visit.query.text("order");
    let order = known(request, wanted).await;
    match &order {
        Some(order) => {
            typed.set("order_number", text(order, "/number"));
            typed.set("email", text(order, "/email"));
            typed.set("name", text(order, "/billing_address/name"));
        }
        None if wanted.parse::<OrderId>().is_err() => typed.set("order_number", wanted),
        None => {}
    }
    let declaration = Declaration {
        lines: lines(order.as_ref(), None),
        order: id_of(order.as_ref()),
        key: uuid::Uuid::now_v7().to_string(),
        typed,
    };
    Ok(page(request, &declaration, Vec::new()))
}

/// The first step shows what is declared, the second declares it; from the second one can go back.
pub async fn declare(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let declaration = read(request, form).await;
    let errors = check(&declaration);
    if !errors.is_empty() {
        let made = page(request, &declaration, errors);
        return Ok(fields::again(request, made));
    }
    if form.has("back") {
        let made = page(request, &declaration, Vec::new());
        return Ok(show::personal(request, StatusCode::OK, made));
    }
    if form.has("confirmed") {
        return confirm(request, declaration).await;
    }
    let made = Made {
        template: "withdrawal_confirm.html",
        head: Head::private(title(request, "withdrawal-confirm-title")),
        data: context! { form => Value::from_serialize(&declaration) },
        ..Made::default()
    };
    Ok(show::personal(request, StatusCode::OK, made))
}

/// What was declared and when; also sent by mail.
pub fn receipt(request: &Request<'_>) -> Result<Made, Other> {
    let receipt = cookies::receipt(request.http, &request.app.settings);
    let receipt = receipt
        .ok_or_else(|| Other::answer(respond::see_other(&request.link("/withdrawal"), &[])))?;
    Ok(Made {
        template: "withdrawal_receipt.html",
        head: Head::private(title(request, "withdrawal-receipt-title")),
        data: context! { receipt => Value::from_serialize(&receipt) },
        ..Made::default()
    })
}

/// A page that has declared something already, and to which somebody went back, declares nothing else
/// before it was seen again: the second declaration gets a name of its own.
async fn confirm(
    request: &Request<'_>,
    mut declaration: Declaration,
) -> Result<HttpResponse, Other> {
    let path = "/api/orders/store/withdrawals";
    let ask = Ask::post(Upstream::Orders, path, body(&declaration));
    let ask = ask.header("idempotency-key", &declaration.key);
    let known = [
        ("order-not-found", FieldError::notice("error-order-unknown")),
        (KEY_REUSED, FieldError::notice("error-withdrawal-again")),
        (
            "too-many-withdrawals",
            FieldError::notice("error-too-many-withdrawals"),
        ),
    ];
    match request.app.api.send(&request.visit.caller, ask).await {
        Ok(received) => {
            // As much as the page shows: names and addresses stay out of the browser's store.
            let receipt = json!({
                "order_number": received.get("order_number"), "received_at": received.get("received_at"),
                "whole_order": received.get("whole_order"), "refund_by": received.get("refund_by"),
            });
            let cookie = cookies::set_receipt(&request.app.settings, &receipt);
            let place = request.link("/withdrawal/receipt");
            Ok(respond::see_other(&place, &[cookie]))
        }
        Err(fault) => {
            let errors = told(fault, &FIELDS, &known)?;
            declaration.key = uuid::Uuid::now_v7().to_string();
            let made = page(request, &declaration, errors);
            Ok(fields::again(request, made))
        }
    }
}

fn page(request: &Request<'_>, declaration: &Declaration, errors: Vec<FieldError>) -> Made {
    let lang = request.shell.lang_of(request.visit);
    Made {
        template: "withdrawal.html",
        head: Head {
            canonical: "/withdrawal".to_owned(),
            ..Head::titled(title(request, "legal-withdrawal"))
        },
        data: context! {
            form => Value::from_serialize(declaration),
            errors => Value::from_serialize(&errors),
            text => format!("legal/withdrawal.{}.html", lang.prefix()),
        },
        ..Made::default()
    }
}

/// The order that is named by its id, where the visitor holds it. Whoever does not types what he knows.
async fn known(request: &Request<'_>, id: &str) -> Option<Json> {
    let key = Key::to(request, id.parse().ok()?)?;
    order::find(request, &key).await.ok()
}

async fn read(request: &Request<'_>, form: &Form) -> Declaration {
    let order = known(request, form.text("order")).await;
    let key: Result<uuid::Uuid, _> = form.text("key").parse();
    Declaration {
        typed: Typed::read(form, &FIELDS),
        lines: lines(order.as_ref(), Some(form)),
        order: id_of(order.as_ref()),
        key: key.unwrap_or_else(|_| uuid::Uuid::now_v7()).to_string(),
    }
}

/// The order's lines; all of each until something else is said.
fn lines(order: Option<&Json>, form: Option<&Form>) -> Vec<Chosen> {
    let lines = order.and_then(|order| order.get("lines")?.as_array());
    let chosen = |line: &Json| {
        let id = text(line, "/id").to_owned();
        let bought = line.get("quantity").and_then(Json::as_u64).unwrap_or(1);
        let typed = form.map(|form| form.text(&format!("quantity-{id}")));
        Chosen {
            quantity: typed.and_then(|typed| typed.parse().ok()).unwrap_or(bought),
            is_marked: form.is_some_and(|form| form.has(&format!("line-{id}"))),
            title: text(line, "/title").to_owned(),
            variant_title: text(line, "/variant_title").to_owned(),
            bought,
            id,
        }
    };
    lines
        .into_iter()
        .flatten()
        .take(LINES_MAX)
        .map(chosen)
        .collect()
}

fn check(declaration: &Declaration) -> Vec<FieldError> {
    let typed = &declaration.typed;
    let mut errors = typed.missing(&NEEDED);
    if typed.has("email") && typed.text("email").parse::<Email>().is_err() {
        errors.push(FieldError::at("email"));
    }
    if typed.text("statement").chars().count() > STATEMENT_CHARS_MAX {
        errors.push(FieldError::at("statement"));
    }
    if typed.has("part") {
        let marked: Vec<_> = declaration
            .lines
            .iter()
            .filter(|line| line.is_marked)
            .collect();
        let is_good = |line: &&Chosen| (1..=line.bought).contains(&line.quantity);
        if declaration.lines.is_empty() && !typed.has("statement") {
            // Who does not hold the order says in words what he gives back.
            errors.push(FieldError::at("statement"));
        } else if !declaration.lines.is_empty()
            && (marked.is_empty() || !marked.iter().all(is_good))
        {
            errors.push(FieldError::at("part"));
        }
    }
    errors
}

fn body(declaration: &Declaration) -> Json {
    let typed = &declaration.typed;
    let marked = declaration.lines.iter().filter(|line| line.is_marked);
    let lines: Vec<_> = marked
        .map(|line| json!({ "line_id": line.id, "quantity": line.quantity }))
        .collect();
    let mut body: Map<String, Json> = ["order_number", "email", "name"]
        .into_iter()
        .map(|name| (name.to_owned(), typed.text(name).into()))
        .collect();
    let mut add = |name: &str, value: Json| body.insert(name.to_owned(), value);
    if typed.has("statement") {
        add("statement", typed.text("statement").into());
    }
    if typed.has("part") && lines.is_empty() {
        add("in_words", true.into());
    } else if typed.has("part") {
        add("lines", lines.into());
    }
    body.into()
}

fn id_of(order: Option<&Json>) -> String {
    order.map_or_else(String::new, |order| text(order, "/id").to_owned())
}

fn text<'j>(value: &'j Json, pointer: &str) -> &'j str {
    value
        .pointer(pointer)
        .and_then(Json::as_str)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declaration(form: &str, order: Option<&Json>) -> Declaration {
        let form = Form::parse(form.as_bytes());
        Declaration {
            typed: Typed::read(&form, &FIELDS),
            lines: lines(order, Some(&form)),
            order: id_of(order),
            key: String::new(),
        }
    }

    fn wrong(form: &str, order: Option<&Json>) -> Vec<&'static str> {
        check(&declaration(form, order))
            .iter()
            .map(|error| error.field)
            .collect()
    }

    const WHO: &str = "order_number=1001&email=ana%40example.pt&name=Ana";

    #[test]
    fn a_guest_declares_with_what_stands_in_his_mail_and_gives_no_reason() {
        assert_eq!(wrong("", None), ["order_number", "email", "name"]);
        assert!(wrong(WHO, None).is_empty());
        let sent = body(&declaration(WHO, None));
        assert_eq!(
            sent,
            json!({ "order_number": "1001", "email": "ana@example.pt", "name": "Ana" })
        );
        assert_eq!(
            wrong(&format!("{WHO}&part=yes"), None),
            ["statement"],
            "which part is not said"
        );
        let said = format!("{WHO}&part=yes&statement=The+green+one");
        assert_eq!(body(&declaration(&said, None))["in_words"], true);
    }

    #[test]
    fn a_part_is_lines_that_were_bought_and_not_more_of_them() {
        let order = json!({ "id": "o", "lines": [
            { "id": "a", "title": "Galo", "quantity": 3 }, { "id": "b", "title": "Prato", "quantity": 1 },
        ]});
        let part = format!("{WHO}&part=yes");
        assert_eq!(wrong(&part, Some(&order)), ["part"], "nothing is marked");
        for quantity in ["0", "4"] {
            let form = format!("{part}&line-a=yes&quantity-a={quantity}");
            assert_eq!(wrong(&form, Some(&order)), ["part"], "{quantity}");
        }
        let form = format!("{part}&line-a=yes&quantity-a=2&quantity-b=1");
        assert!(wrong(&form, Some(&order)).is_empty());
        let sent = body(&declaration(&form, Some(&order)));
        assert_eq!(sent["lines"], json!([{ "line_id": "a", "quantity": 2 }]));
        let whole = body(&declaration(WHO, Some(&order)));
        assert_eq!(whole.get("lines"), None);
    }
}
