//! Rich text from merchants: a small list of what is allowed, cleaned when it is written.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;

/// What a description may hold after cleaning, in bytes.
pub const HTML_BYTES_MAX: usize = 65_536;

const TAGS: [&str; 24] = [
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("td", ["colspan", "rowspan"])
        .add_tag_attributes("th", ["colspan", "rowspan", "scope"])
        .url_schemes(HashSet::from(["https", "http", "mailto", "tel"]))
        .link_rel(Some("noopener nofollow"))
        .clean_content_tags(HashSet::from([
            "script", "style", "template", "noscript", "svg", "math",
        ]));
    builder
});

/// The text without anything that could run, load or leave its place.
pub fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_or_loads_is_taken_out() {
        for evil in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg><script>alert(1)</script></svg>",
            "<a href='javascript:alert(1)'>x</a>",
            "<a href='data:text/html,<script>'>x</a>",
            "<p style='background:url(javascript:alert(1))' onclick=alert(1)>x</p>",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
            "<form action=//evil><input name=a></form>",
            "<a id=body name=cookie>x</a>",
            "<base href=//evil>",
        ] {
            let clean = clean(evil).to_lowercase();
            for part in [
                "<script",
                "onerror=",
                "onclick=",
                "javascript:",
                "data:",
                "<iframe",
                "<img",
                "<svg",
                "style=",
                "id=",
                "name=",
                "<base",
                "<form",
            ] {
                assert!(!clean.contains(part), "{evil} became {clean}");
            }
        }
    }

    #[test]
    fn what_merchants_write_stays() {
        let text = "<h2>Spring</h2><p>A <strong>metal</strong> body, <a href=\"https://a.example\" rel=\"noopener nofollow\">more</a>.</p>";
        assert_eq!(clean(text), text);
        assert_eq!(clean("ç & <"), "ç &amp; &lt;");
        assert_eq!(
            clean(&clean("<p>1 < 2</p>")),
            clean("<p>1 < 2</p>"),
            "cleaning twice changes nothing"
        );
    }
}
