//! From what a page's maker found to an answer: memory, rendering, and what is shown instead.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use http_kit::Encoded;
use minijinja::{Value, context};
use serde::Serialize;

use super::head::Head;
use super::shell::{self, Shell};
use super::{Asking, Other, Request, Shared};
use crate::api::Fault;
use crate::app::App;
use crate::cache::{Finished, Kept, Tag, Witness};
use crate::theme::{Lang, Theme, tokens_css};
use crate::web::{Visit, policy, respond};

/// A page's content, before it is rendered.
#[derive(Default)]
pub struct Made {
    pub template: &'static str,
    pub head: Head,
    pub data: Value,
    /// Beside the store and its categories, which every page shows.
    pub tags: Vec<Tag>,
    pub witnesses: Vec<Witness>,
    /// Stripe may be loaded.
    pub pays: bool,
    /// Not a page but this, such as XML.
    pub content_type: Option<&'static str>,
}

/// Answers with a page that all share: from memory while it is right, made anew otherwise. While
/// the services are away an outdated page is better than none.
pub async fn shared(app: &App, visit: &Visit, route: Shared<'_>) -> HttpResponse {
    let key = key(app, visit, route);
    let kept = app.pages.find(&key);
    if let Some(kept) = kept.as_ref().filter(|kept| app.is_right(kept)) {
        metrics::counter!("storefront_pages_total", "from" => "memory").increment(1);
        return respond::shared(visit, &kept.page);
    }
    let _turn = app.pages.turn(&key).await;
    if let Some(kept) = app.pages.find(&key).filter(|kept| app.is_right(kept)) {
        metrics::counter!("storefront_pages_total", "from" => "memory").increment(1);
        return respond::shared(visit, &kept.page);
    }
    let stamp = app.versions.stamp();
    let shell = match shell::find(app, visit).await {
        Ok(shell) => shell,
        Err(fault) => return stale_or(kept, visit, &fault, || without_shell(app, visit, &fault)),
    };
    if let Some(place) = shell.elsewhere(app, visit) {
        return respond::moved(&place);
    }
    if visit.named == Some(shell.lang) {
        // Its own language has no name in addresses: each page has one address.
        return respond::moved(&visit.path);
    }
    let asking = Asking {
        app,
        visit,
        shell: &shell,
    };
    let made = match route.make(&asking).await {
        Ok(made) => made,
        Err(Other::Answer(response)) => return *response,
        Err(Other::NotFound) => return problem(app, visit, &shell, StatusCode::NOT_FOUND),
        Err(Other::Fault(fault)) => {
            let status = match fault.is_passing() {
                true => StatusCode::SERVICE_UNAVAILABLE,
                false => StatusCode::INTERNAL_SERVER_ERROR,
            };
            return stale_or(kept, visit, &fault, || problem(app, visit, &shell, status));
        }
    };
    metrics::counter!("storefront_pages_total", "from" => "services").increment(1);
    let mut tags = made.tags.clone();
    tags.extend(shell::TAGS);
    let keep = app
        .versions
        .may_keep(shell.tenant, &tags, stamp, &made.witnesses);
    let content_type =
        HeaderValue::from_static(made.content_type.unwrap_or("text/html; charset=utf-8"));
    let Some((html, policy)) = render(app, visit, &shell, made) else {
        return respond::bare(
            StatusCode::INTERNAL_SERVER_ERROR,
            "This page cannot be shown.",
        );
    };
    let page = Arc::new(Finished {
        body: Encoded::new(html.into_bytes()),
        content_type,
        policy,
    });
    if keep {
        let kept = Kept::new(page.clone(), shell.tenant, tags, stamp);
        app.pages.keep(key, kept);
    }
    respond::shared(visit, &page)
}

/// Answers with a page as the merchant's draft has it.
pub async fn preview(app: &App, visit: &Visit, (route, word): (Shared<'_>, &str)) -> HttpResponse {
    let shell = match shell::preview(app, visit, word).await {
        Ok(shell) => shell,
        Err(fault) if fault.code() == "preview-expired" => {
            return respond::bare(
                StatusCode::FORBIDDEN,
                "This preview has ended. Open it again in the panel.",
            );
        }
        Err(fault) => return without_shell(app, visit, &fault),
    };
    let asking = Asking {
        app,
        visit,
        shell: &shell,
    };
    let status = match route.make(&asking).await {
        Ok(made) => match render(app, visit, &shell, made) {
            Some((html, policy)) => return respond::draft(html, policy),
            None => StatusCode::INTERNAL_SERVER_ERROR,
        },
        Err(Other::Answer(response)) => return *response,
        Err(Other::NotFound) => StatusCode::NOT_FOUND,
        Err(Other::Fault(_)) => StatusCode::SERVICE_UNAVAILABLE,
    };
    problem(app, visit, &shell, status)
}

/// Answers with a page for one visitor.
pub fn personal(request: &Request<'_>, status: StatusCode, made: Made) -> HttpResponse {
    match render(request.app, request.visit, request.shell, made) {
        Some((html, policy)) => respond::personal(status, html, policy),
        None => respond::bare(
            StatusCode::INTERNAL_SERVER_ERROR,
            "This page cannot be shown.",
        ),
    }
}

pub fn problem_page(request: &Request<'_>, status: StatusCode) -> HttpResponse {
    problem(request.app, request.visit, request.shell, status)
}

/// What is told where there is no store to show, or it is closed.
pub fn without_shell(app: &App, visit: &Visit, fault: &Fault) -> HttpResponse {
    let (status, kind) = match (fault.is_not_found(), fault.code()) {
        (true, _) => (StatusCode::NOT_FOUND, "unknown"),
        (_, "store-suspended") => (StatusCode::SERVICE_UNAVAILABLE, "suspended"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "away"),
    };
    let words = "This store cannot be shown now. Please try again in a moment.";
    let Some(theme) = app.library.theme_or_fallback("essential") else {
        return respond::bare(status, words);
    };
    let lang = visit.named.unwrap_or(Lang::Portuguese);
    let tokens = tokens_css(&theme.manifest.colors, &serde_json::Value::Null);
    let page = context! {
        locale => lang.tag(), tokens => Value::from_safe_string(tokens.clone()), kind,
    };
    match theme.render("closed.html", page) {
        Ok(html) => respond::personal(status, html, policy::of_page(&tokens, None)),
        Err(error) => {
            tracing::error!(reason = %error, "A theme's page failed");
            respond::bare(status, words)
        }
    }
}

fn problem(app: &App, visit: &Visit, shell: &Shell, status: StatusCode) -> HttpResponse {
    let title = match status {
        StatusCode::NOT_FOUND => "missing-title",
        StatusCode::SERVICE_UNAVAILABLE => "away-title",
        _ => "fault-title",
    };
    let theme = shell.theme(app);
    let title = theme.map(|theme| theme.say(shell.lang_of(visit), title));
    let made = Made {
        template: "problem.html",
        head: Head::private(title.unwrap_or_default()),
        data: context! { status => status.as_u16(), request_id => visit.caller.request_id },
        ..Made::default()
    };
    match render(app, visit, shell, made) {
        Some((html, policy)) => respond::personal(status, html, policy),
        None => respond::bare(status, "This page cannot be shown."),
    }
}

fn stale_or(
    kept: Option<Arc<Kept>>,
    visit: &Visit,
    fault: &Fault,
    instead: impl FnOnce() -> HttpResponse,
) -> HttpResponse {
    match kept {
        Some(kept) if fault.is_passing() => {
            metrics::counter!("storefront_pages_total", "from" => "stale").increment(1);
            respond::shared(visit, &kept.page)
        }
        _ => instead(),
    }
}

fn key(app: &App, visit: &Visit, route: Shared<'_>) -> String {
    let mut key = format!(
        "{} {} {:?} {}",
        app.library.generation(),
        visit.caller.host,
        visit.named,
        visit.path
    );
    for name in route.parameters() {
        let value = visit.query.text(name);
        if !value.is_empty() {
            key.push_str(&format!("\n{name}={value}"));
        }
    }
    key
}

/// The page and its policy; nothing when the theme's template fails.
fn render(app: &App, visit: &Visit, shell: &Shell, made: Made) -> Option<(String, HeaderValue)> {
    let theme = shell.theme(app)?;
    let images = app.settings.images_origin.as_deref();
    let policy = if made.pays {
        policy::of_payment(&shell.tokens, images, &app.settings.stripe_js_url)
    } else if shell.preview.is_some() {
        policy::of_preview(&shell.tokens, images, &visit.origin)
    } else {
        policy::of_page(&shell.tokens, images)
    };
    let template = made.template;
    let around = around(visit, shell, &theme, &made.head);
    let page = context! { ..made.data, ..around };
    match theme.render(template, page) {
        Ok(html) => Some((html, policy)),
        Err(error) => {
            tracing::error!(theme = theme.manifest.name, reason = %error, "A theme's page failed");
            None
        }
    }
}

#[derive(Serialize)]
struct Alternate {
    lang: &'static str,
    href: String,
}

pub fn around(visit: &Visit, shell: &Shell, theme: &Theme, head: &Head) -> Value {
    let lang = shell.lang_of(visit);
    // A page that search engines shall not know is still one that can be read in another language.
    let place = match (head.is_private, visit.search.as_str()) {
        (false, _) => head.canonical.clone(),
        (true, "") => visit.path.clone(),
        (true, search) => format!("{}?{search}", visit.path),
    };
    let alternate = |lang: Lang| Alternate {
        lang: lang.tag(),
        href: format!("{}{}{place}", visit.origin, shell.prefix_of(lang)),
    };
    let preload = theme
        .manifest
        .preload
        .iter()
        .filter_map(|name| theme.asset_address(name));
    let json_ld = head.json_ld.iter().cloned().map(Value::from_safe_string);
    context! {
        store => shell.shown.store,
        categories => shell.shown.categories,
        locale => lang.tag(),
        prefix => shell.prefix_of(lang),
        path => visit.path,
        preview => shell.preview,
        origin => visit.origin,
        tokens => shell.shown.tokens,
        preload => preload.collect::<Vec<_>>(),
        head => Value::from_serialize(head),
        json_ld => json_ld.collect::<Vec<_>>(),
        canonical => alternate(lang).href,
        alternates => Value::from_serialize(Lang::ALL.map(alternate)),
    }
}
