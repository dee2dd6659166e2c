//! What search engines and other machines read of a page.

use serde::Serialize;

/// More of a description is cut off by those who show it.
const DESCRIPTION_CHARS: usize = 160;

#[derive(Clone, Debug, Default, Serialize)]
pub struct Head {
    pub title: String,
    pub description: String,
    /// Not for search engines.
    pub is_private: bool,
    /// The path and the part of the query that search engines should know.
    pub canonical: String,
    pub image: String,
    /// JSON-LD, ready to stand in a page.
    pub json_ld: Vec<String>,
}

impl Head {
    pub fn titled(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    pub fn private(title: impl Into<String>) -> Self {
        Self {
            is_private: true,
            ..Self::titled(title)
        }
    }

    /// Adds JSON-LD; nothing in it can end the element that holds it.
    pub fn describe(&mut self, data: &serde_json::Value) {
        let text = data.to_string().replace('<', "\\u003c");
        self.json_ld.push(text);
    }
}

/// The first words of clean HTML, without its tags.
pub fn first_words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = words
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ");
    plain.chars().take(DESCRIPTION_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_for_machines_has_no_tags() {
        assert_eq!(
            first_words("<p>Um <b>bom</b>&amp;leve</p><p>Fim</p>"),
            "Um bom &leve Fim"
        );
        assert_eq!(
            first_words(&"á".repeat(400)).chars().count(),
            DESCRIPTION_CHARS
        );
    }
}
