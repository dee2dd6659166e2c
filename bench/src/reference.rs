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
    let beside = Beside::create()?;
    let hot = beside.rate("hot.sql", HOT)?;
    let spread = beside.rate("spread.sql", SPREAD)?;
    say("");
    say(&format!(
        "pgbench, 8 clients: one hot row {hot:.0}/s, spread over 10,000 rows {spread:.0}/s"
    ));
    Ok(Reference {
        hot_row: hot,
        spread,
    })
}

/// Single rows that pgbench reads in a second here, with eight clients: how fast this machine is now.
pub fn selects() -> anyhow::Result<f64> {
    Beside::create()?.rate("select.sql", SELECT)
}

/// A database for pgbench; it goes with the value.
struct Beside {
    platform: String,
    own: String,
}

impl Beside {
    fn create() -> anyhow::Result<Self> {
        let platform = std::env::var("DATABASE_URL").context("DATABASE_URL is not set")?;
        let (server, _) = platform
            .rsplit_once('/')
            .context("DATABASE_URL names no database")?;
        let own = format!("{server}/stores_pgbench");
        let beside = Self { platform, own };
        beside.drop_database()?;
        run(
            "psql",
            &[&beside.platform, "-qc", "CREATE DATABASE stores_pgbench"],
        )?;
        run("psql", &[&beside.own, "-qc", TABLE])?;
        Ok(beside)
    }

    fn drop_database(&self) -> anyhow::Result<()> {
        let sql = "DROP DATABASE IF EXISTS stores_pgbench";
        run("psql", &[&self.platform, "-qc", sql]).map(drop)
    }

    fn rate(&self, name: &str, sql: &str) -> anyhow::Result<f64> {
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, sql)?;
        pgbench(&self.own, &path.to_string_lossy())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // The next run drops it otherwise.
        let _ = self.drop_database();
    }
}

const TABLE: &str = "CREATE TABLE stock (id int PRIMARY KEY, qty bigint); \
  INSERT INTO stock SELECT g, 1000000 FROM generate_series(1, 10000) g; \
  CREATE TABLE made (id bigserial PRIMARY KEY, stock int, at timestamptz DEFAULT now());";
const SELECT: &str = "\\set a random(1, 10000)\nSELECT qty FROM stock WHERE id = :a;\n";
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
