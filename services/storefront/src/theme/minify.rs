//! Style sheets without what only their writers need.

/// Takes comments and needless space out; strings stay as they are.
pub fn css(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
        } else if next == '"' || next == '\'' {
            let length = string_length(rest, next);
            let (text, after) = rest.split_at(length);
            out.push_str(text);
            rest = after;
        } else if next.is_whitespace() {
            rest = rest.trim_start();
            let before = out.chars().next_back().unwrap_or('{');
            let after = rest.chars().next().unwrap_or('}');
            // `a :hover` is not `a:hover`, and `1px + 2px` needs its spaces.
            let is_needed = !matches!(before, '{' | '}' | ';' | ',' | ':')
                && !matches!(after, '{' | '}' | ';' | ',');
            if is_needed {
                out.push(' ');
            }
        } else {
            if next == '}' && out.ends_with(';') {
                out.pop();
            }
            out.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or("");
        }
    }
    out
}

/// Bytes of the string that the text begins with, its quotes included.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if letter == quote && !escaped {
            return at + letter.len_utf8();
        }
        escaped = letter == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::css;

    #[test]
    fn only_what_means_nothing_goes() {
        let cases = [
            ("a {\n  color: red;\n}\n", "a{color:red}"),
            (
                "a :hover { top: calc(1px + 2px) }",
                "a :hover{top:calc(1px + 2px)}",
            ),
            ("/* why */ b , i { }", "b,i{}"),
            (
                "q::before { content: \"a /* b */  c\" }",
                "q::before{content:\"a /* b */  c\"}",
            ),
            ("a { content: '\\'  ' }", "a{content:'\\'  '}"),
        ];
        for (source, expected) in cases {
            assert_eq!(css(source), expected);
        }
    }
}
