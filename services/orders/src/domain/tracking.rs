//! What a parcel is followed by: a number, or a link that a browser may open.

pub const CHARS_MAX: usize = 300;

/// Whether a text may be shown to a shopper as a number or, where it is one, as a link. Nothing that a browser
/// would run passes as a link.
pub fn is_acceptable(text: &str) -> bool {
    let is_clean = !text.chars().any(char::is_control);
    let Some((scheme, rest)) = text.trim_start().split_once(':') else {
        return is_clean;
    };
    if !is_scheme(scheme) || rest.starts_with(' ') {
        return is_clean;
    }
    let is_web = ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    let host = rest.strip_prefix("//").unwrap_or_default();
    is_clean && is_web && !host.is_empty() && !text.chars().any(char::is_whitespace)
}

fn is_scheme(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic())
        && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::is_acceptable;

    #[test]
    fn a_link_is_one_of_the_web() {
        for good in [
            "",
            "RR123456789PT",
            "CTT RR123456789PT",
            "CTT: RR123456789PT",
            "https://www.ctt.pt/feapl_2/app/open/objectSearch?obj=RR1",
            "HTTP://ctt.pt/x",
        ] {
            assert!(is_acceptable(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "data:text/html,x",
            "https:",
            "https://",
            "https://a b",
            "java\tscript:alert(1)",
            "ftp://ctt.pt",
        ] {
            assert!(!is_acceptable(bad), "{bad}");
        }
    }
}
