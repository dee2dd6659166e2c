//! A page a file: what it asks of which API, what it shows, and from which template.

mod account;
mod basket;
mod category;
mod checkout;
mod checkout_form;
mod feeds;
mod fields;
mod gate;
mod head;
mod home;
mod legal;
mod order;
mod payment;
mod product;
mod search;
pub mod session;
pub mod shell;
mod show;
mod withdrawal;

use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::Fault;
use crate::app::App;
use crate::panel::Answer;
use crate::web::form::{self, Refusal};
use crate::web::{Form, Visit, respond};
use session::Jar;
use shell::Shell;
use show::{Made, problem_page};

/// What the panel's designer reads: the themes, and what can be set of them.
const OFFER: &str = "/admin/themes.json";

/// How a page ends that is not simply shown.
pub enum Other {
    Fault(Fault),
    NotFound,
    Answer(Box<HttpResponse>),
}

impl Other {
    pub fn answer(response: HttpResponse) -> Self {
        Self::Answer(Box::new(response))
    }
}

impl From<Fault> for Other {
    fn from(fault: Fault) -> Self {
        if fault.is_not_found() && fault.code() != "unknown-store" {
            Self::NotFound
        } else {
            Self::Fault(fault)
        }
    }
}

/// What a page's maker has at hand.
pub struct Request<'r> {
    pub app: &'r App,
    pub visit: &'r Visit,
    pub shell: &'r Shell,
    pub http: &'r HttpRequest,
    /// What the answer gives the browser to keep.
    pub jar: Jar,
}

impl Request<'_> {
    /// An address of this store in the language of the visit.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.shell.prefix(self.visit))
    }
}

/// Answers one request, and says under which id.
pub async fn answer(
    app: &App,
    req: &HttpRequest,
    payload: Payload,
) -> (HttpResponse, Option<String>) {
    let Some(visit) = Visit::of(app, req) else {
        return (
            respond::bare(StatusCode::BAD_REQUEST, "This is no store's address."),
            None,
        );
    };
    let request_id = visit.caller.request_id.clone();
    let response = match *req.method() {
        Method::GET | Method::HEAD => read(app, req, visit).await,
        Method::POST => write(app, (req, payload), visit).await,
        _ => respond::bare(
            StatusCode::METHOD_NOT_ALLOWED,
            "A page is read or sent a form.",
        ),
    };
    (response, Some(request_id))
}

async fn read(app: &App, req: &HttpRequest, mut visit: Visit) -> HttpResponse {
    if visit.path == OFFER {
        return match app.library.offer() {
            Some(offer) => respond::file(&visit, &offer),
            None => respond::bare(StatusCode::NOT_FOUND, "There is no theme."),
        };
    }
    if let Some(answer) = app.panel.answer(&visit.path) {
        return panel(app, &visit, answer);
    }
    if let Some(asset) = app.library.asset(&visit.path) {
        return respond::asset(&visit, &asset);
    }
    if visit.path.starts_with("/assets/") {
        return respond::bare(StatusCode::NOT_FOUND, "There is no such file.");
    }
    let route = shared_route(&visit);
    let preview = visit.query.text("preview");
    if let (Some(route), false) = (route, preview.is_empty()) {
        return show::preview(app, &visit, (route, preview)).await;
    }
    if let Some(answer) = gate::before(app, req, &visit).await {
        return answer;
    }
    if let Some(route) = route {
        return show::shared(app, &visit, route).await;
    }
    let shell = match shell::find(app, &visit).await {
        Ok(shell) => shell,
        Err(fault) => return show::without_shell(app, &visit, &fault),
    };
    if let Some(place) = shell.elsewhere(app, &visit) {
        return respond::moved(&place);
    }
    visit.caller.language = shell.lang_of(&visit).tag().to_owned();
    let request = Request {
        app,
        visit: &visit,
        shell: &shell,
        http: req,
        jar: Jar::default(),
    };
    let response = match personal(&request).await {
        Ok(made) => show::personal(&request, StatusCode::OK, made),
        Err(other) => ended(&request, other),
    };
    request.jar.into(response)
}

fn panel(app: &App, visit: &Visit, answer: Answer) -> HttpResponse {
    match answer {
        Answer::File { asset, is_lasting } if is_lasting => respond::asset(visit, &asset),
        Answer::File { asset, .. } => respond::file(visit, &asset),
        Answer::Page(page) => {
            let policy = app
                .panel
                .policy(&app.settings.public_scheme, &visit.caller.host);
            respond::panel(visit, &page, policy)
        }
        Answer::Moved(place) => respond::moved(place),
        Answer::NotFound => respond::bare(StatusCode::NOT_FOUND, "There is no such file."),
    }
}

async fn write(
    app: &App,
    (req, payload): (&HttpRequest, Payload),
    mut visit: Visit,
) -> HttpResponse {
    if !form::is_own(req.headers(), &visit.origin) {
        return respond::bare(
            StatusCode::FORBIDDEN,
            "This form was not sent from a page of this store. Go back, reload the page and try again.",
        );
    }
    let form = match form::read(payload).await {
        Ok(form) => form,
        Err(Refusal::TooLarge) => {
            return respond::bare(StatusCode::PAYLOAD_TOO_LARGE, "The form is too large.");
        }
        Err(Refusal::TooSlow) => {
            return respond::bare(StatusCode::REQUEST_TIMEOUT, "The form took too long.");
        }
        Err(Refusal::Broken) => {
            return respond::bare(StatusCode::BAD_REQUEST, "The form cannot be read.");
        }
    };
    let shell = match shell::find(app, &visit).await {
        Ok(shell) => shell,
        Err(fault) => return show::without_shell(app, &visit, &fault),
    };
    visit.caller.language = shell.lang_of(&visit).tag().to_owned();
    let request = Request {
        app,
        visit: &visit,
        shell: &shell,
        http: req,
        jar: Jar::default(),
    };
    let response = match sent(&request, &form).await {
        Ok(response) => response,
        Err(other) => ended(&request, other),
    };
    request.jar.into(response)
}

fn ended(request: &Request<'_>, other: Other) -> HttpResponse {
    match other {
        Other::Answer(response) => *response,
        Other::NotFound => problem_page(request, StatusCode::NOT_FOUND),
        Other::Fault(fault) if fault.is_passing() => {
            problem_page(request, StatusCode::SERVICE_UNAVAILABLE)
        }
        Other::Fault(fault) => {
            tracing::warn!(
                code = fault.code(),
                status = fault.status(),
                path = request.visit.path,
                "A page met a refusal that it does not know"
            );
            problem_page(request, StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// Pages that all visitors share.
#[derive(Clone, Copy, Debug)]
pub enum Shared<'v> {
    Home,
    Category(&'v str),
    Product(&'v str),
    Legal(&'v str),
    Sitemap,
    Robots,
}

fn shared_route(visit: &Visit) -> Option<Shared<'_>> {
    let path = visit.path.as_str();
    match path {
        "/" => return Some(Shared::Home),
        "/sitemap.xml" => return Some(Shared::Sitemap),
        "/robots.txt" => return Some(Shared::Robots),
        _ => {}
    }
    if let Some(name) = path.strip_prefix('/').filter(|name| legal::is_page(name)) {
        return Some(Shared::Legal(name));
    }
    let slug = |start: &str| path.strip_prefix(start).filter(|slug| is_slug(slug));
    if let Some(slug) = slug("/products/") {
        return Some(Shared::Product(slug));
    }
    slug("/categories/").map(Shared::Category)
}

fn is_slug(text: &str) -> bool {
    (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl Shared<'_> {
    /// What of the query decides what is shown; anything else would only split the memory.
    pub const fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Category(_) => &category::PARAMETERS,
            Self::Product(_) => &product::PARAMETERS,
            Self::Home | Self::Legal(_) | Self::Sitemap | Self::Robots => &[],
        }
    }

    pub async fn make(self, request: &Asking<'_>) -> Result<Made, Other> {
        match self {
            Self::Home => home::make(request).await,
            Self::Category(slug) => category::make(request, slug).await,
            Self::Product(slug) => product::make(request, slug).await,
            Self::Legal(name) => Ok(legal::make(request, name)),
            Self::Sitemap => feeds::sitemap(request).await,
            Self::Robots => Ok(feeds::robots(request)),
        }
    }
}

/// What a page for all has at hand: nothing of who asks but the words he asks with.
pub struct Asking<'r> {
    pub app: &'r App,
    pub visit: &'r Visit,
    pub shell: &'r Shell,
}

async fn personal(request: &Request<'_>) -> Result<Made, Other> {
    let path = request.visit.path.as_str();
    match path {
        "/search" => return search::show(request).await,
        "/cart" => return basket::show(request).await,
        "/checkout" => return checkout::show(request).await,
        "/checkout/pay" => return payment::show(request).await,
        "/checkout/done" => return payment::done(request).await,
        "/withdrawal" => return withdrawal::show(request).await,
        "/withdrawal/receipt" => return withdrawal::receipt(request),
        "/categories" => return Err(Other::answer(respond::moved(&request.link("/")))),
        _ => {}
    }
    if let Some(rest) = path.strip_prefix("/account") {
        return account::show(request, rest).await;
    }
    if let Some(id) = path.strip_prefix("/orders/") {
        return order::show(request, id).await;
    }
    Err(old_address(request).await)
}

async fn sent(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let path = request.visit.path.as_str();
    if let Some(answer) = gate::before_form(request) {
        return Ok(answer);
    }
    if let Some(rest) = path.strip_prefix("/account/") {
        return account::sent(request, rest, form).await;
    }
    match path {
        gate::PATH => gate::pass(request, form),
        "/withdrawal" => withdrawal::declare(request, form).await,
        "/cart/add" => basket::add(request, form).await,
        "/cart/line" => basket::change(request, form).await,
        "/checkout" => checkout::place(request, form).await,
        _ => Err(Other::NotFound),
    }
}

/// An address of the shop that was here before leads on.
async fn old_address(request: &Request<'_>) -> Other {
    use crate::api::{Ask, Upstream};
    let path: String =
        form_urlencoded::byte_serialize(request.http.uri().path().as_bytes()).collect();
    let ask = Ask::get(
        Upstream::Catalog,
        format!("/api/catalog/store/redirects?path={path}"),
    );
    match request.app.api.send(&request.visit.caller, ask).await {
        Ok(found) => {
            let text = |name: &str| {
                found
                    .get(name)
                    .and_then(serde_json::Value::as_str)
                    .unwrap_or_default()
            };
            let place = match text("kind") {
                "product" => format!("/products/{}", text("slug")),
                _ => format!("/categories/{}", text("slug")),
            };
            Other::answer(respond::moved(&request.link(&place)))
        }
        Err(fault) => fault.into(),
    }
}
