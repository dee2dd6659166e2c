//! What is read from the sources themselves.

use std::fs;
use std::path::{Path, PathBuf};

/// Calls that take SQL as a text.
const TAKES_SQL: [&str; 6] = [
    "sql_query(",
    "dsl::sql::<",
    "sql::<",
    "batch_execute(",
    ".sql(",
    "query_raw(",
];

/// Files in which a text of SQL is put together, and of what: each was looked at.
const LOOKED_AT: [(&str, &str); 7] = [
    (
        "crates/db/src/migrate.rs",
        "names of our own schemas, in migrations",
    ),
    (
        "crates/db/src/migrate/bootstrap.rs",
        "names of our own schemas, and verifiers of passwords",
    ),
    (
        "crates/db/src/scope.rs",
        "a tenant's id, which is a UUID by its type",
    ),
    ("crates/db/src/listen.rs", "names of our own channels"),
    (
        "crates/db/src/resealing.rs",
        "names of a service's sealed columns, which are constants of it",
    ),
    (
        "crates/db/src/rules.rs",
        "constants of the services' invariants.rs",
    ),
    ("crates/testkit", "tests"),
];

/// Nothing that somebody sent is ever put into a text of SQL: where one is put together at all, that
/// is known by name.
#[test]
fn no_sql_is_put_together_from_what_somebody_sent() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["crates", "services"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(files.len() > 150, "the sources are found");
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        if LOOKED_AT.iter().any(|(known, _)| name.contains(known)) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            let of_sql = TAKES_SQL.iter().any(|call| line.contains(call));
            if of_sql && line.contains("format!") || is_sql_in_format(line) {
                wrong.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "SQL is put together here; bind the values, or say in sources.rs of what it is made:\n{}",
        wrong.join("\n")
    );
}

fn is_sql_in_format(line: &str) -> bool {
    let Some((_, text)) = line.split_once("format!(\"") else {
        return false;
    };
    let words = [
        "SELECT ",
        "INSERT INTO",
        "UPDATE ",
        "DELETE FROM",
        "ORDER BY",
        "SET LOCAL",
    ];
    words.iter().any(|word| text.contains(word))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" && name != "target" {
            collect(&path, files);
        } else if name.ends_with(".rs") && path.components().any(|part| part.as_os_str() == "src") {
            files.push(path);
        }
    }
}
