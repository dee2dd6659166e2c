//! Lists of ids within a statement.

use diesel::QueryResult;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Nullable, Uuid as UuidType};
use uuid::Uuid;

/// See [`one_of`].
#[derive(Clone, Debug)]
pub struct OneOf<C> {
    column: C,
    ids: Vec<Uuid>,
}

/// Whether `column` is one of `ids`.
///
/// Diesel's `eq_any` sends the list as one array, whose length the server does not know when it plans: it
/// takes ten for granted. Here each id is a parameter of its own, and the list is filled up with its last
/// to the next power of two, so that the statement comes in few texts and is planned for its length.
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

/// See [`in_array`].
#[derive(Clone, Copy, Debug, QueryId)]
pub struct InArray<C, A> {
    column: C,
    array: A,
}

/// Whether `column` is in an array that the server has, as a subquery of a single value.
///
/// The server reads the array first and looks each element up by an index, where it would go through
/// all rows of a tenant for the same elements unnested.
pub fn in_array<C, A>(column: C, array: A) -> InArray<C, A>
where
    C: Expression<SqlType = UuidType>,
    A: Expression<SqlType = Nullable<Array<UuidType>>>,
{
    InArray { column, array }
}

impl<C, A> Expression for InArray<C, A> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<T>, A: AppearsOnTable<T>, T> AppearsOnTable<T> for InArray<C, A> {}

impl<C: ValidGrouping<G>, A, G> ValidGrouping<G> for InArray<C, A> {
    type IsAggregate = C::IsAggregate;
}

impl<C: QueryFragment<Pg>, A: QueryFragment<Pg>> QueryFragment<Pg> for InArray<C, A> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        self.array.walk_ast(out.reborrow())?;
        out.push_sql("::uuid[])");
        Ok(())
    }
}
