//! Reads the database's own catalogue and says what stands outside the wall between tenants.
//!
//! The rules come from the ways in which row-level security is known to leak: tables without
//! FORCE, views that run as their owner, materialized views, keys that reach into another tenant,
//! uniqueness across tenants, rights that ignore policies, roles that ignore them.

mod behaviour;
mod structure;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::database::connect;

/// A database object and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub object: String,
    pub rule: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.object, self.rule)
    }
}

/// Everything that is wrong with these services' schemas: first by what the catalogue says, then by
/// trying, for every table, to reach one tenant's row from nowhere and from another tenant. What it
/// tries is rolled back. New tables are found by themselves.
///
/// # Panics
/// When the catalogue cannot be read.
pub async fn check(owner_url: &SecretString, schemas: &[&str]) -> Vec<Violation> {
    let mut client = connect(owner_url.expose_secret()).await;
    let mut violations = Vec::new();
    for schema in schemas {
        violations.extend(structure::check(&client, schema).await);
        violations.extend(behaviour::check(&mut client, schema).await);
    }
    violations
}

/// Fails with the list when there is one; so does a schema without tables, which proves nothing.
///
/// # Panics
/// On a violation.
pub async fn assert_walled(owner_url: &SecretString, schemas: &[&str]) {
    let violations = check(owner_url, schemas).await;
    let lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
    assert!(lines.is_empty(), "outside the wall:\n{}", lines.join("\n"));
}
