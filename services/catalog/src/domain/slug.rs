//! Addresses made of titles.

use kernel::Slug;

const SLUG_CHARS_MAX: usize = 63;

/// "Réplica M4 — preta" → `replica-m4-preta`; nothing when no letter or digit is left.
pub fn of_title(title: &str) -> Option<Slug> {
    let mut slug = String::new();
    for c in title.to_lowercase().chars() {
        let plain = fold(c);
        if plain.is_empty() {
            if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        } else if slug.len() + plain.len() <= SLUG_CHARS_MAX {
            slug.push_str(plain);
        } else {
            break;
        }
    }
    slug.trim_matches('-').parse().ok()
}

/// A lower-case letter without its accent; nothing for what has no place in an address.
fn fold(c: char) -> &'static str {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    if let Some(at) = PLAIN.find(c) {
        return PLAIN.get(at..=at).unwrap_or("");
    }
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ª' => "a",
        'ç' => "c",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' | 'º' => "o",
        'ú' | 'ù' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        _ => "",
    }
}

/// A title for sorting: lower case, accents folded.
pub fn sort_key(title: &str) -> String {
    let folded = title
        .to_lowercase()
        .chars()
        .fold(String::new(), |mut key, c| {
            match fold(c) {
                "" => key.push(c),
                plain => key.push_str(plain),
            }
            key
        });
    folded.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_like_the_title() {
        for (title, slug) in [
            ("Réplica M4 — preta", Some("replica-m4-preta")),
            ("  Óculos & Máscaras!  ", Some("oculos-mascaras")),
            ("日本", None),
            ("-", None),
        ] {
            assert_eq!(
                of_title(title).map(String::from).as_deref(),
                slug,
                "{title}"
            );
        }
        let long = of_title(&"á b".repeat(60)).unwrap();
        assert!(long.as_str().len() <= SLUG_CHARS_MAX && !long.as_str().ends_with('-'));
    }
}
