//! What a service gives the consumer: one async function for each event.

use std::sync::Arc;

use db::TenantTx;
use events::Event;
use futures_util::future::BoxFuture;

use crate::envelope::{Delivery, Envelope};

/// Why an event took no effect. The transaction is rolled back either way.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// It may work later: tried again after growing pauses, parked after the fifth failure. A
    /// database that is away is waited for and does not count.
    #[error("{0:#}")]
    Retry(anyhow::Error),
    /// It will never work; parked at once. The text is for the person who looks at it.
    #[error("{0}")]
    Park(String),
}

impl HandleError {
    /// For what should be there and is not yet, such as an order that a payment names.
    pub fn not_yet(what: impl Into<String>) -> Self {
        Self::Retry(anyhow::Error::msg(what.into()))
    }
}

impl From<db::Error> for HandleError {
    fn from(error: db::Error) -> Self {
        Self::Retry(error.into())
    }
}

impl From<anyhow::Error> for HandleError {
    fn from(error: anyhow::Error) -> Self {
        Self::Retry(error)
    }
}

impl From<diesel::result::Error> for HandleError {
    fn from(error: diesel::result::Error) -> Self {
        db::Error::from(error).into()
    }
}

/// A value of the event that the kernel refuses never becomes right.
impl From<kernel::Invalid> for HandleError {
    fn from(error: kernel::Invalid) -> Self {
        Self::Park(error.to_string())
    }
}

/// An `async fn(&mut TenantTx, Delivery<E>) -> Result<(), HandleError>`. It does database work only.
pub trait Handler<'a, E>: Send + Sync + 'static {
    type Answer: Future<Output = Result<(), HandleError>> + Send + 'a;
    fn call(&self, tx: &'a mut TenantTx, delivery: Delivery<E>) -> Self::Answer;
}

impl<'a, E, F, A> Handler<'a, E> for F
where
    F: Fn(&'a mut TenantTx, Delivery<E>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<(), HandleError>> + Send + 'a,
{
    type Answer = A;
    fn call(&self, tx: &'a mut TenantTx, delivery: Delivery<E>) -> A {
        self(tx, delivery)
    }
}

/// Like [`Handler`], with a third argument that the service gave once.
pub trait StatefulHandler<'a, E, S>: Send + Sync + 'static {
    type Answer: Future<Output = Result<(), HandleError>> + Send + 'a;
    fn call(&self, tx: &'a mut TenantTx, delivery: Delivery<E>, state: S) -> Self::Answer;
}

impl<'a, E, S, F, A> StatefulHandler<'a, E, S> for F
where
    F: Fn(&'a mut TenantTx, Delivery<E>, S) -> A + Send + Sync + 'static,
    A: Future<Output = Result<(), HandleError>> + Send + 'a,
{
    type Answer = A;
    fn call(&self, tx: &'a mut TenantTx, delivery: Delivery<E>, state: S) -> A {
        self(tx, delivery, state)
    }
}

/// A handler that no longer shows its event.
pub(super) type Handle = Arc<
    dyn for<'a> Fn(&'a mut TenantTx, &Envelope) -> BoxFuture<'a, Result<(), HandleError>>
        + Send
        + Sync,
>;

pub(super) fn erase<E, H>(handler: H) -> Handle
where
    E: Event,
    H: for<'a> Handler<'a, E>,
{
    Arc::new(move |tx, envelope| match envelope.open::<E>() {
        Ok(delivery) => Box::pin(handler.call(tx, delivery)),
        Err(reason) => Box::pin(std::future::ready(Err(HandleError::Park(reason)))),
    })
}
