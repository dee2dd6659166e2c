//! What people see: the page that asks whether an application may come in, and documents to download.

use super::document::{Document, show};
use super::oauth::{self, Query};
use super::problems::Refusal;
use super::world::Company;
use super::{Sim, VERSIONS, pdf};
use crate::html::escape;
use crate::json::Json as _;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, LOCATION};
use actix_web::web::{Data, Form, ServiceConfig};
use actix_web::{HttpResponse, web};
use std::fmt::Write as _;
use url::Url;

const STYLE: &str = "<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:3rem auto;padding:0 1rem;color:#1c2530}\
    button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.5rem;background:#0a7d5a;color:#fff}\
    table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #dde3ea}\
    td.sum{text-align:right;font-variant-numeric:tabular-nums}small{color:#66727f;font-weight:400}</style>";

pub(super) fn routes(config: &mut ServiceConfig) {
    let authorize = format!("/{VERSIONS}/authorize/");
    config
        .route("/", web::get().to(index))
        .route(&authorize, web::get().to(ask))
        .route(&authorize, web::post().to(agree))
        .route("/downloads/", web::get().to(download_page))
        .route("/downloads/index.php", web::get().to(download));
}

/// Everything that was issued, for a person who looks.
async fn index(sim: Data<Sim>) -> HttpResponse {
    let world = sim.world();
    let mut body = String::new();
    for company in world.companies.values() {
        section(&mut body, company);
    }
    page("Moloni", &body)
}

fn section(body: &mut String, company: &Company) {
    let name = escape(company.card.text("name"));
    let id = company.card.int("company_id");
    let _ = write!(body, "<h2>{name} <small>company_id {id}</small></h2>");
    if company.documents.is_empty() {
        body.push_str("<p>No documents yet.</p>");
        return;
    }
    body.push_str("<table><tr><th>Document<th>Date<th>Customer<th>Reference<th>Total<th></tr>");
    for document in company.documents.values().rev() {
        row(body, document);
    }
    body.push_str("</table>");
}

fn row(body: &mut String, document: &Document) {
    let (title, link) = match document.is_draft() {
        true => (format!("Draft {}", document.id), String::new()),
        false => (
            document.printed_number(),
            format!("<a href='{}'>PDF</a>", file(document)),
        ),
    };
    let draft = &document.draft;
    let _ = write!(
        body,
        "<tr><td>{}<td>{}<td>{}<td>{}<td class=sum>{} €<td>{link}</tr>",
        escape(&title),
        draft.date,
        escape(document.entity.text("name")),
        escape(&[draft.our_reference.as_str(), draft.your_reference.as_str()].join(" ")),
        document.totals.net,
    );
}

fn file(document: &Document) -> String {
    let (secret, id) = (&document.secret, document.id);
    format!("/downloads/index.php?action=getDownload&amp;h={secret}&amp;d={id}&amp;i=1")
}

async fn ask(sim: Data<Sim>, query: web::Query<Query>) -> HttpResponse {
    if let Err(refusal) = check(&sim, &query) {
        return refusal
            .answer(false, StatusCode::BAD_REQUEST)
            .respond()
            .await;
    }
    let hidden: String = query
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=hidden name='{}' value='{}'>",
                escape(name),
                escape(value)
            )
        })
        .collect();
    page(
        "Moloni",
        &format!(
            "<p>The application <b>{}</b> asks to work with your companies.</p>\
             <form method=post>{hidden}<button>Authorise</button></form>",
            escape(&sim.config.client_id)
        ),
    )
}

async fn agree(sim: Data<Sim>, form: Form<Query>) -> HttpResponse {
    if let Err(refusal) = check(&sim, &form) {
        return refusal
            .answer(false, StatusCode::BAD_REQUEST)
            .respond()
            .await;
    }
    let given = |name: &str| form.get(name).map(String::as_str);
    let redirect_uri = given("redirect_uri").unwrap_or_default();
    let Ok(mut back) = Url::parse(redirect_uri) else {
        return HttpResponse::BadRequest().finish();
    };
    let mut world = sim.world();
    let code = world.grants.agree(redirect_uri, sim.now());
    sim.keeper.changed();
    back.query_pairs_mut().append_pair("code", &code);
    if let Some(state) = given("state") {
        back.query_pairs_mut().append_pair("state", state);
    }
    HttpResponse::Found()
        .insert_header((LOCATION, back.as_str()))
        .finish()
}

fn check(sim: &Sim, query: &Query) -> super::problems::Result<()> {
    let given = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    if given("response_type") != "code" {
        let message = "Invalid or missing response type";
        return Err(Refusal::OAuth("invalid_request", message));
    }
    if given("client_id") != sim.config.client_id {
        return Err(Refusal::OAuth(
            "invalid_client",
            "The client id supplied is invalid",
        ));
    }
    oauth::check_redirect(sim, given("redirect_uri"))
}

/// The document that a link names, for whoever knows its secret.
fn linked(sim: &Sim, query: &Query) -> Option<(Document, Vec<u8>)> {
    let id = query.get("d")?.parse().ok()?;
    let mut world = sim.world();
    let company = world.owner_of(id)?;
    let document = company.documents.get(&id)?;
    let known = Some(&document.secret) == query.get("h") && !document.is_draft();
    known.then(|| (document.clone(), pdf::of(company, document)))
}

/// What a link of `getPDFLink` opens: a page, not the file.
async fn download_page(sim: Data<Sim>, query: web::Query<Query>) -> HttpResponse {
    match linked(&sim, &query) {
        Some((document, _)) => page(
            &document.printed_number(),
            &format!(
                "<p>{} of {}: <b>{} €</b></p><p><a href='{}'>Download</a></p>",
                document.family.title(),
                document.draft.date,
                show::number(document.totals.net),
                file(&document)
            ),
        ),
        None => page("Moloni", "<p>The document does not exist.</p>"),
    }
}

async fn download(sim: Data<Sim>, query: web::Query<Query>) -> HttpResponse {
    let asked = query
        .get("action")
        .is_some_and(|action| action == "getDownload");
    match linked(&sim, &query).filter(|_| asked) {
        Some((document, bytes)) => {
            let name = document.printed_number().replace([' ', '/'], "_");
            HttpResponse::Ok()
                .content_type("application/pdf")
                .insert_header((
                    CONTENT_DISPOSITION,
                    format!("inline; filename=\"{name}.pdf\""),
                ))
                .body(bytes)
        }
        // Also with 200: only the first bytes tell a file from a page.
        None => page("Moloni", "<p>The document does not exist.</p>"),
    }
}

fn page(title: &str, body: &str) -> HttpResponse {
    let title = escape(title);
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>{title} (simulated)</title>{STYLE}<h1>{title} <small>simulated</small></h1>{body}</html>"
    ))
}
