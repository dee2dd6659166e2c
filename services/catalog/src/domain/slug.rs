//! Addresses made of titles.

use std::fmt::Display;

use kernel::Slug;
use uuid::Uuid;

const SLUG_CHARS_MAX: usize = 63;
/// Names that are tried before one is made up.
const ALTERNATIVES_MAX: usize = 20;

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

/// `wanted`, `wanted-2` and so on: what may be tried when a name is used already.
pub fn alternatives(wanted: &Slug) -> Vec<Slug> {
    let numbered = (2..=ALTERNATIVES_MAX).filter_map(|number| with_suffix(wanted, &number));
    std::iter::once(wanted.clone()).chain(numbered).collect()
}

/// The first choice that is not used; one that nobody has when all are.
pub fn first_free(wanted: Slug, choices: Vec<Slug>, used: &[Slug]) -> Slug {
    let free = choices.into_iter().find(|choice| !used.contains(choice));
    free.or_else(|| with_suffix(&wanted, &Uuid::now_v7().simple()))
        .unwrap_or(wanted)
}

fn with_suffix(slug: &Slug, suffix: &impl Display) -> Option<Slug> {
    let suffix = format!("-{suffix}");
    let room = SLUG_CHARS_MAX.saturating_sub(suffix.len());
    let start = slug.as_str().get(..room).unwrap_or(slug.as_str());
    format!("{}{suffix}", start.trim_end_matches('-'))
        .parse()
        .ok()
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

    #[test]
    fn a_name_that_is_used_gets_a_number() {
        let wanted: Slug = "m4-preta".parse().unwrap();
        let choices = alternatives(&wanted);
        let free = |used: &[Slug]| first_free(wanted.clone(), choices.clone(), used).to_string();
        assert_eq!(free(&[]), "m4-preta");
        assert_eq!(free(&choices[..2]), "m4-preta-3");
        assert!(
            free(&choices).starts_with("m4-preta-")
                && !choices.contains(&free(&choices).parse().unwrap())
        );
        let long: Slug = "a".repeat(63).parse().unwrap();
        assert!(
            alternatives(&long)
                .iter()
                .all(|slug| slug.as_str().len() == 63)
        );
    }
}
