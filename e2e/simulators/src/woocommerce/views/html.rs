//! What WordPress does to a text before it is shown.

/// Paragraphs instead of blank lines. A shortcode that is known becomes what it stands for, here
/// nothing; one whose plugin has gone stays as text.
pub(super) fn shown(typed: &str) -> String {
    if typed.is_empty() {
        return String::new();
    }
    let text = without_scripts(&typed.replace("[gallery]", ""));
    let paragraphs = text
        .split("\n\n")
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let block =
        |part: &str| part.starts_with("<ul") || part.starts_with("<p") || part.starts_with("<h");
    paragraphs
        .map(|part| match block(part) {
            true => format!("{part}\n"),
            false => format!("<p>{}</p>\n", part.replace('\n', "<br />\n")),
        })
        .collect()
}

/// The tags go, and what was between them stays, as it was seen to happen.
fn without_scripts(text: &str) -> String {
    text.replace("<script>", "").replace("</script>", "")
}

/// `<span …>12,35&nbsp;…</span>`: an amount as a page shows it.
pub(super) fn price(amount: &str) -> String {
    if amount.is_empty() {
        return String::new();
    }
    let amount = super::blank::print(amount, 2).replace('.', ",");
    let symbol = "<span class=\"woocommerce-Price-currencySymbol\">&euro;</span>";
    format!(
        "<span class=\"woocommerce-Price-amount amount\"><bdi>{amount}&nbsp;{symbol}</bdi></span>"
    )
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn typed_text_gets_paragraphs_and_keeps_unknown_shortcodes() {
        assert_eq!(
            shown("um\ndois\n\n[form id=1]"),
            "<p>um<br />\ndois</p>\n<p>[form id=1]</p>\n"
        );
        assert_eq!(shown("[gallery]"), "");
    }
}
