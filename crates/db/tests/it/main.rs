//! The database crate against a real PostgreSQL.

#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod flights;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod prepared;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod scopes;
