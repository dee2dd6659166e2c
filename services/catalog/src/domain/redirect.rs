//! Old addresses as they are kept and looked up: one form, however they were written.

const PATH_CHARS_MAX: usize = 1_000;

/// The form of a path with its query: percent codes read, lower case, no slash at the end, and of
/// the query nothing but a number of a post (`?p=7`). Nothing for what is no path.
pub fn normal(address: &str) -> Option<String> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let decoded = decoded(path).to_lowercase();
    let parts = decoded.split('/').filter(|part| !part.is_empty());
    let path = parts.fold(String::new(), |path, part| format!("{path}/{part}"));
    let post = query.split('&').find_map(|pair| pair.strip_prefix("p="));
    let post = post.filter(|number| {
        (1..=20).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let normal = match post {
        Some(number) if path.is_empty() => format!("/?p={number}"),
        _ if path.is_empty() => return None,
        _ => path,
    };
    let fits = normal.chars().count() <= PATH_CHARS_MAX && !normal.contains(char::is_control);
    (address.starts_with('/') && fits).then_some(normal)
}

/// `%C3%A9` as é; what is no code of UTF-8 stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
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
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        for same in [
            "/produto/Caf%C3%A9/",
            "/produto//café",
            "/produto/café/?utm=1",
            "/PRODUTO/CAFÉ",
        ] {
            assert_eq!(normal(same).as_deref(), Some("/produto/café"), "{same}");
        }
        assert_eq!(
            normal("/?post_type=product&p=12").as_deref(),
            Some("/?p=12")
        );
        assert_eq!(normal("/x/?p=12").as_deref(), Some("/x"));
        assert_eq!(normal("/%E7%8E%89").as_deref(), Some("/玉"));
        assert_eq!(normal("/%zz%").as_deref(), Some("/%zz%"));
        for none in ["", "/", "x", "https://a/b", "/?p=", "/?p=x"] {
            assert_eq!(normal(none), None, "{none}");
        }
    }
}
