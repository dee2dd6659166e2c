//! Statements that the server parses and plans once a connection, not once a call.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// Rows of an insert up to which it stays prepared: each number of rows is a text of its own, and a
/// connection keeps every text that it has prepared.
const ROWS_MAX: usize = 8;

/// A statement that stays prepared on its connection, under its text.
#[derive(Clone, Copy, Debug)]
#[must_use = "a statement does nothing before it is executed"]
pub struct Prepared<Q> {
    query: Q,
    is_kept: bool,
}

/// Keeps a statement prepared, whatever diesel thinks of it.
///
/// Diesel prepares updates, upserts and inserts of several rows anew each time, since their text may
/// differ from call to call. Ours differ in a few ways at most, and parsing and planning cost the
/// server several times what running them does, and the caller a round trip.
pub trait Prepare: Sized {
    /// For a statement whose text comes in few forms: no boxed filters, no optional changes.
    fn prepared(self) -> Prepared<Self> {
        Prepared {
            query: self,
            is_kept: true,
        }
    }

    /// For an insert of `rows` rows; it is kept when they are few.
    fn prepared_for(self, rows: usize) -> Prepared<Self> {
        Prepared {
            query: self,
            is_kept: rows <= ROWS_MAX,
        }
    }
}

impl<Q: Sized> Prepare for Q {}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(self.is_kept)
    }
}

/// Known by its text, not by its type: one type may have several texts.
impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}
