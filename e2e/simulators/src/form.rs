//! Request bodies of Stripe and of PHP: `a[b]=c`, `list[]=x`, `list[0][b]=c`.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// Decodes a form or a query string to a tree of objects and texts. Lists stay objects with
/// "0", "1", … as keys, because only the reader knows what is a list.
pub(crate) fn decode(text: &str) -> Option<Value> {
    let mut root = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (unescape(name)?, unescape(value)?);
        let (first, rest) = name.split_once('[').unwrap_or((&name, ""));
        let mut path = vec![first];
        path.extend(
            rest.split('[')
                .filter(|part| !part.is_empty())
                .map(|part| part.trim_end_matches(']')),
        );
        insert(&mut root, &path, value)?;
    }
    Some(Value::Object(root))
}

fn insert(node: &mut Map<String, Value>, path: &[&str], value: String) -> Option<()> {
    let (first, rest) = path.split_first()?;
    let key = if first.is_empty() {
        node.len().to_string()
    } else {
        (*first).to_owned()
    };
    if rest.is_empty() {
        node.insert(key, Value::String(value));
        return Some(());
    }
    let child = node.entry(key).or_insert_with(|| Value::Object(Map::new()));
    insert(child.as_object_mut()?, rest, value)
}

fn unescape(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced)
        .decode_utf8()
        .ok()
        .map(|decoded| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::decode;
    use serde_json::json;

    #[test]
    fn nested_keys_and_lists_become_a_tree() {
        let text = "amount=50&metadata%5Border%5D=a+b%26c&expand[]=x&expand[]=y&l[1][k]=v&empty=";
        assert_eq!(
            decode(text).unwrap(),
            json!({"amount": "50", "metadata": {"order": "a b&c"}, "expand": {"0": "x", "1": "y"},
                   "l": {"1": {"k": "v"}}, "empty": ""})
        );
    }

    #[test]
    fn a_key_that_is_both_text_and_object_is_refused() {
        assert!(decode("a=1&a[b]=2").is_none());
        assert!(decode("a=%ff").is_none());
    }
}
