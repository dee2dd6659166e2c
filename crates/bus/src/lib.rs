//! Events between services: written with the change they tell of, published by a relay, heard by
//! consumers that take effect once.
//!
//! ```ignore
//! // Telling: inside the transaction of the change.
//! bus::emit(tx, &ProductChanged { .. }).await?;
//!
//! // Hearing: a handler is an async function of a transaction and a delivery.
//! pub async fn payment_succeeded(
//!     tx: &mut TenantTx,
//!     delivery: Delivery<PaymentSucceeded>,
//! ) -> Result<(), HandleError> {
//!     if !bus::first_delivery(tx, "orders.payment_succeeded", delivery.id).await? {
//!         return Ok(());
//!     }
//!     ..
//! }
//!
//! // Running, in a service's workers:
//! let consumer = Consumer::new("orders", db.clone(), rabbit.clone())
//!     .with_projections()                       // tenant_view, revoked_session, staff_view
//!     .on::<PaymentSucceeded, _>(payment_succeeded)
//!     .on_with::<ProductChanged, _, _>(clock.clone(), product_changed);
//! tokio::spawn(consumer.run(shutdown.clone()));
//! tokio::spawn(Relay::new(db, rabbit).listening(url).run(shutdown));
//! ```
//!
//! The outbox in PostgreSQL is the truth, the broker is transport: it may be stopped, emptied or
//! deliver anything thrice and in any order.

pub mod parked;
pub mod projections;

mod backoff;
mod consumer;
mod definitions;
mod emit;
mod envelope;
mod inbox;
mod listener;
mod marker;
mod publisher;
mod rabbit;
mod relay;
mod replay;
mod schema;
mod sweep;
mod topology;
mod trace;
mod waiting;

pub use consumer::{Consumer, HandleError, Handler, StatefulHandler};
pub use emit::{Outgoing, emit, emit_all, emit_for};
pub use envelope::Delivery;
pub use inbox::first_delivery;
pub use listener::Listener;
pub use rabbit::{BusError, Link, Rabbit};
pub use relay::{Relay, announce};
pub use replay::{Replay, Selection, replay};
pub use sweep::sweep;
pub use waiting::{Waiting, waiting};
