//! Comma-separated values with a header, as spreadsheets write them.

use std::collections::BTreeMap;

/// One line by the names of its columns.
#[derive(Debug, Default)]
pub(super) struct Record(BTreeMap<String, String>);

impl Record {
    pub(super) fn text(&self, column: &str) -> &str {
        self.0
            .get(column)
            .map(|value| value.trim())
            .unwrap_or_default()
    }

    /// The first column whose name begins so: `Weight (kg)` and `Weight (lbs)` are one.
    pub(super) fn beginning(&self, start: &str) -> &str {
        let mut found = self.0.iter().filter(|(name, _)| name.starts_with(start));
        found
            .next()
            .map(|(_, value)| value.trim())
            .unwrap_or_default()
    }

    pub(super) fn flag(&self, column: &str) -> bool {
        self.text(column) == "1"
    }

    /// Values divided by commas; a comma that is meant has a backslash before it.
    pub(super) fn list(&self, column: &str) -> Vec<String> {
        let text = self.text(column).replace("\\,", "\u{1}");
        text.split(',')
            .map(|part| part.trim().replace('\u{1}', ","))
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// Columns that begin so, by what follows.
    pub(super) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.trim())))
            .filter(|(_, value)| !value.is_empty())
    }
}

pub(super) fn read(text: &str) -> Vec<Record> {
    let mut lines = fields(text.trim_start_matches('\u{feff}')).into_iter();
    let Some(header) = lines.next() else {
        return Vec::new();
    };
    lines
        .filter(|line| line.len() > 1)
        .map(|line| Record(header.iter().cloned().zip(line).collect()))
        .collect()
}

/// Lines of fields; within quotes anything may stand, and a quote is written twice.
fn fields(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            ('"', _) => quoted = !quoted,
            (',', false) => line.push(std::mem::take(&mut field)),
            ('\r', false) => {}
            ('\n', false) => {
                line.push(std::mem::take(&mut field));
                lines.push(std::mem::take(&mut line));
            }
            (other, _) => field.push(other),
        }
    }
    if !field.is_empty() || !line.is_empty() {
        line.push(field);
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn quotes_hold_commas_line_ends_and_quotes() {
        let records = read(
            "\u{feff}Name,\"Tax class\",Tags\r\n\"a \"\"b\"\",\nc\",x,\"um\\, dois, três\"\r\n",
        );
        let [record] = records.as_slice() else {
            panic!("one line")
        };
        assert_eq!(record.text("Name"), "a \"b\",\nc");
        assert_eq!(record.text("Tax class"), "x");
        assert_eq!(record.list("Tags"), ["um, dois", "três"]);
        assert_eq!(record.text("nothing"), "");
    }
}
