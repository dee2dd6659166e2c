//! Lists of ids within a statement.

use diesel::QueryResult;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Uuid as UuidType};
use uuid::Uuid;

/// See [`one_of`].
#[derive(Clone, Debug)]
pub struct OneOf<C> {
    column: C,
    ids: Vec<Uuid>,
}

/// Whether `column` is one of `ids`.
///
/// Diesel's `eq_any` sends the list as one array. The server cannot know its length beforehand, takes
/// ten for granted, and finds it worth while to plan anew for every shorter one. Here each id is a
/// parameter of its own, and the list is filled up with its last to the next power of two, so that the
/// statement comes in few texts, stays prepared and is planned once.
pub fn one_of<C>(column: C, ids: &[Uuid]) -> OneOf<C>
where
    C: Expression<SqlType = UuidType>,
{
    let mut ids = ids.to_vec();
    if let Some(last) = ids.last().copied() {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    OneOf { column, ids }
}

impl<C> Expression for OneOf<C> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<T>, T> AppearsOnTable<T> for OneOf<C> {}

impl<C: ValidGrouping<G>, G> ValidGrouping<G> for OneOf<C> {
    type IsAggregate = C::IsAggregate;
}

/// Its text depends on the length of the list.
impl<C> QueryId for OneOf<C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C: QueryFragment<Pg>> QueryFragment<Pg> for OneOf<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (");
        for (nth, id) in self.ids.iter().enumerate() {
            if nth > 0 {
                out.push_sql(", ");
            }
            out.push_bind_param::<UuidType, Uuid>(id)?;
        }
        if self.ids.is_empty() {
            out.push_sql("NULL");
        }
        out.push_sql(")");
        Ok(())
    }
}
