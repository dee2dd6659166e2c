//! Texts of other shops: tags in names, entities, slugs in percent codes.

use std::sync::LazyLock;

use ammonia::Builder;

static PLAIN: LazyLock<Builder<'static>> = LazyLock::new(Builder::empty);

/// A name without tags and entities, on one line, at most `max` characters.
pub fn plain(html: &str, max: usize) -> String {
    let text = PLAIN.clean(html).to_string();
    let text = text
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&words.join(" "), max)
}

/// At most `max` characters.
pub fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect::<String>().trim().to_owned()
}

/// Rich text as a shop keeps it, without what only that shop understands: blocks' comments and
/// shortcodes. What may stand in it is for the receiver to decide.
pub fn rich(html: &str) -> String {
    let without_comments = between(html, "<!--", "-->");
    let text = without_shortcodes(&without_comments);
    if text.contains("<p") || text.contains("<br") || !text.contains('\n') {
        return text;
    }
    // WordPress makes paragraphs only when it shows a text.
    let paragraphs = text.split("\n\n").map(str::trim);
    paragraphs
        .filter(|part| !part.is_empty())
        .map(|part| format!("<p>{}</p>", part.replace('\n', "<br>")))
        .collect()
}

/// The text without everything from `open` to `close`.
fn between(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        kept.push_str(before);
        rest = after.split_once(close).map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// `[gallery ids="1"]` and `[/tab]` go; `[not a code]` and `[1]` stay.
fn without_shortcodes(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        kept.push_str(before);
        match after.split_once(']') {
            Some((inside, beyond)) if is_shortcode(inside) => rest = beyond,
            _ => {
                kept.push('[');
                rest = after;
            }
        }
    }
    kept.push_str(rest);
    kept
}

fn is_shortcode(inside: &str) -> bool {
    let inside = inside.trim_start_matches('/').trim_end_matches('/').trim();
    let name = inside.split_whitespace().next().unwrap_or_default();
    let is_name = name.len() > 2
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
        && name.starts_with(|c: char| c.is_ascii_lowercase());
    is_name && (name == inside || inside.contains('='))
}

/// `%e7%8e%89` as 玉; what is no code stays.
pub fn decoded(slug: &str) -> String {
    let mut bytes = Vec::with_capacity(slug.len());
    let mut rest = slug.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let code = code.and_then(|two| u8::from_str_radix(two, 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| slug.to_owned())
}

/// The path and the query of an address.
pub fn path_of(address: &str) -> Option<String> {
    let url = outbound::Url::parse(address).ok()?;
    Some(match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_tags_and_entities_once() {
        assert_eq!(plain("Azeite &amp; <em>Bio</em>", 200), "Azeite & Bio");
        assert_eq!(plain("Vinhos \"do Porto\"", 200), "Vinhos \"do Porto\"");
        assert_eq!(plain("a &amp;amp; b", 200), "a &amp; b");
        assert_eq!(plain("  um\n dois ", 4), "um d");
    }

    #[test]
    fn what_only_the_old_shop_understands_goes() {
        let html = "<!-- wp:paragraph --><p>Bom [gallery ids=\"1,2\"] [1] [ver nota]</p>[/tabela]";
        assert_eq!(rich(html), "<p>Bom  [1] [ver nota]</p>");
        assert_eq!(rich("um\n\ndois\ntrês"), "<p>um</p><p>dois<br>três</p>");
        assert_eq!(rich("sem fim <!-- x"), "sem fim ");
    }

    #[test]
    fn slugs_and_paths_are_read() {
        assert_eq!(decoded("%e7%8e%89-1"), "玉-1");
        assert_eq!(decoded("100%"), "100%");
        let path = path_of("https://loja.example/produto/caf%C3%A9/?x=1");
        assert_eq!(path.as_deref(), Some("/produto/caf%C3%A9/?x=1"));
        assert_eq!(path_of("none"), None);
    }
}
