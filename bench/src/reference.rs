//! What PostgreSQL itself can do on this disk, in the same run.

use std::process::Command;

use anyhow::Context;

use crate::table::say;

const SECONDS: &str = "5";

/// Transactions a second.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// Taking one piece of one row, with eight clients: every one waits for that row and the disk.
    pub hot_row: f64,
    /// The same over many rows.
    pub spread: f64,
}

/// Runs pgbench against a database of its own beside the platform's.
pub fn measure() -> anyhow::Result<Reference> {
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL is not set")?;
    let (server, _) = url
        .rsplit_once('/')
        .context("DATABASE_URL names no database")?;
    let own = format!("{server}/stores_pgbench");
    run(
        "psql",
        &[&url, "-qc", "DROP DATABASE IF EXISTS stores_pgbench"],
    )?;
    run("psql", &[&url, "-qc", "CREATE DATABASE stores_pgbench"])?;
    run("psql", &[&own, "-qc", TABLE])?;
    let folder = std::env::temp_dir();
    let script = |name: &str, sql: &str| -> anyhow::Result<String> {
        let path = folder.join(name);
        std::fs::write(&path, sql)?;
        Ok(path.to_string_lossy().into_owned())
    };
    let hot = pgbench(&own, &script("hot.sql", HOT)?)?;
    let spread = pgbench(&own, &script("spread.sql", SPREAD)?)?;
    run("psql", &[&url, "-qc", "DROP DATABASE stores_pgbench"])?;
    say("");
    say(&format!(
        "pgbench, 8 clients: one hot row {hot:.0}/s, spread over 10,000 rows {spread:.0}/s"
    ));
    Ok(Reference {
        hot_row: hot,
        spread,
    })
}

const TABLE: &str = "CREATE TABLE stock (id int PRIMARY KEY, qty bigint); \
  INSERT INTO stock SELECT g, 1000000 FROM generate_series(1, 10000) g; \
  CREATE TABLE made (id bigserial PRIMARY KEY, stock int, at timestamptz DEFAULT now());";
const HOT: &str = "UPDATE stock SET qty = qty - 1 WHERE id = 1 AND qty >= 1;\n";
const SPREAD: &str = "\\set a random(1, 10000)\n\\set b random(1, 10000)\n\
  \\set low least(:a, :b)\n\\set high greatest(:a, :b)\nBEGIN;\n\
  UPDATE stock SET qty = qty - 1 WHERE id = :low AND qty >= 1;\n\
  UPDATE stock SET qty = qty - 1 WHERE id = :high AND qty >= 1;\n\
  INSERT INTO made (stock) VALUES (:a);\nINSERT INTO made (stock) VALUES (:a), (:b);\nCOMMIT;\n";

fn pgbench(url: &str, script: &str) -> anyhow::Result<f64> {
    let text = run(
        "pgbench",
        &[
            "-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", SECONDS, "-f", script, url,
        ],
    )?;
    let line = text
        .lines()
        .find(|line| line.starts_with("tps"))
        .context("pgbench told no rate")?;
    let rate = line
        .split_whitespace()
        .nth(2)
        .and_then(|rate| rate.parse().ok());
    rate.context("pgbench told no rate")
}

fn run(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let inside = format!("/usr/lib/postgresql/15/bin/{program}");
    let program = if std::path::Path::new(&inside).exists() {
        inside
    } else {
        program.to_owned()
    };
    let output = Command::new(&program)
        .args(arguments)
        .output()
        .context(program)?;
    let error = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{error}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
