//! Search: always live, and of no interest to search engines.

use minijinja::{Value, context};

use super::head::Head;
use super::show::Made;
use super::{Other, Request};
use crate::api::{Ask, Upstream};
use crate::theme::Theme;

const FOUND_MAX: usize = 48;
const WORDS_CHARS_MAX: usize = 100;

pub async fn show(request: &Request<'_>) -> Result<Made, Other> {
    let Request {
        app, visit, shell, ..
    } = request;
    let words: String = visit
        .query
        .text("q")
        .chars()
        .take(WORDS_CHARS_MAX)
        .collect();
    let found = if words.is_empty() {
        serde_json::Value::Null
    } else {
        let escaped: String = form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let path = format!("/api/catalog/store/search?q={escaped}&limit={FOUND_MAX}");
        app.api
            .send(&visit.caller, Ask::get(Upstream::Catalog, path))
            .await?
    };
    let title = |theme: &Theme| theme.say(shell.lang_of(visit), "search-title");
    Ok(Made {
        template: "search.html",
        head: Head::private(shell.theme(app).as_deref().map(title).unwrap_or_default()),
        data: context! { words, products => Value::from_serialize(found.get("items")) },
        ..Made::default()
    })
}
