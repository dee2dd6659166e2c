//! PostgreSQL behind one wall: no connection without a tenant's scope or a named reason.
//!
//! ```ignore
//! let cart = db
//!     .tenant(shopper.tenant, async |tx| {
//!         let mut cart = carts::lock_cart(tx, id).await?.ok_or(CartError::NotFound)?;
//!         cart.add(variant, quantity)?;
//!         carts::save_cart(tx, id, &cart).await?;
//!         Ok::<_, ApiError>(cart)
//!     })
//!     .await?;
//!
//! // A query is a function of the transaction; it repeats the tenant although the row-level
//! // policy would hide the others: two walls, and the index on (tenant_id, …) is used.
//! pub async fn find_cart(tx: &TenantTx, id: CartId) -> Result<Option<Cart>, db::Error> {
//!     Ok(carts::table
//!         .filter(carts::tenant_id.eq(tx.tenant().uuid()))
//!         .filter(carts::id.eq(id.uuid()))
//!         .select(CartRow::as_select())
//!         .first(&mut tx.conn())
//!         .await
//!         .optional()?
//!         .map(Cart::from))
//! }
//! ```
//!
//! The scope costs no round trip of its own: `BEGIN` and `SET LOCAL` travel with the first query.
//! Where the closure form is in the way (a spawned task that must be `Send`), `Db::begin` and
//! `Tx::commit` are the same thing in two steps; a transaction that is dropped is rolled back.

mod connect;
mod error;
mod listen;
mod migrate;
mod one_of;
mod pool;
mod prepared;
mod resealing;
mod rules;
mod scope;
mod sealing;
mod turns;

pub use diesel_migrations::{EmbeddedMigrations, embed_migrations};
pub use error::Error;
pub use listen::{listen, notify};
pub use migrate::{Schema, level, migrate, redo};
pub use one_of::{InArray, OneOf, in_array, one_of};
pub use pool::POOL_WAIT;
pub use prepared::{Prepare, Prepared};
pub use resealing::{ResealError, Resealed, Sealed, SealedColumn, SealedKey, reseal};
pub use rules::count_broken;
pub use scope::{Db, DbConfig, Scope, SystemTx, TenantTx, Tx};
pub use sealing::{Sealer, SealingFailed};
