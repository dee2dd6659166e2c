//! Checkout: a cart becomes an order, and its stock is promised.
//!
//! A row that many want cannot be locked once for each of them: that is as slow as the disk. So
//! checkouts of one store queue here, and one worker at a time takes all that wait, decides them in
//! the order they came, and commits once. When nobody waits, a batch is one checkout and nothing is
//! slower. A batch that fails as a whole is tried again one by one, so nobody fails for another.

pub mod batch;
mod form;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use dashmap::DashMap;
use http_kit::{ApiError, IdempotencyKey, RequestHash, Stored, TenantRef};
use kernel::TenantId;
use tokio::sync::oneshot;

pub use form::{Checkout, CheckoutView, PaymentMethod, order_view};

use crate::app::App;

/// Checkouts decided together at most.
const BATCH_MAX: usize = 64;
/// Checkouts of one store that may wait; more are told to come back, so that no one waits in vain.
const WAITING_MAX: usize = 2_000;

/// One checkout on its way.
#[derive(Clone, Debug)]
pub struct Order {
    pub tenant: TenantRef,
    pub key: IdempotencyKey,
    pub hash: RequestHash,
    pub cart_token: Option<String>,
    pub customer: Option<kernel::CustomerId>,
    pub form: Arc<Checkout>,
    /// Of the request: it is carried out by whoever serves the queue.
    pub traceparent: Option<String>,
}

/// What a checkout ended in: an answer to send (and whether it was given before), or a problem.
pub type Outcome = Result<(Stored, bool), ApiError>;

struct Waiting {
    order: Order,
    answer: oneshot::Sender<Outcome>,
}

impl Waiting {
    /// Whether nobody waits for the answer any more: who was told that it takes too long, or went
    /// away, must not find an order afterwards that was not even begun.
    fn is_given_up(&self) -> bool {
        self.answer.is_closed()
    }
}

#[derive(Default)]
struct Desk {
    waiting: VecDeque<Waiting>,
    is_served: bool,
}

impl Desk {
    /// The next to be decided together.
    fn take(&mut self) -> Vec<Waiting> {
        self.waiting.retain(|waiting| !waiting.is_given_up());
        let count = self.waiting.len().min(BATCH_MAX);
        self.waiting.drain(..count).collect()
    }
}

/// A queue for each store that has sold since this process began.
#[derive(Clone, Default)]
pub struct Desks(Arc<DashMap<TenantId, Arc<Mutex<Desk>>>>);

impl Desks {
    /// Waits for the outcome. A client that goes away does not stop what was begun.
    pub async fn submit(&self, app: &App, order: Order) -> Outcome {
        let tenant = order.tenant.id;
        let desk = self.0.entry(tenant).or_default().clone();
        let (answer, outcome) = oneshot::channel();
        let serve = {
            let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
            if desk.waiting.len() >= WAITING_MAX {
                return Err(ApiError::unavailable("checkout-crowded").retry_after(1));
            }
            desk.waiting.push_back(Waiting { order, answer });
            !std::mem::replace(&mut desk.is_served, true)
        };
        if serve {
            tokio::spawn(serve_desk(app.clone(), tenant, desk));
        }
        outcome
            .await
            .unwrap_or_else(|_| Err(ApiError::unavailable("try-again").retry_after(1)))
    }
}

/// Serves a store's queue until nobody waits.
async fn serve_desk(app: App, tenant: TenantId, desk: Arc<Mutex<Desk>>) {
    // Should a batch panic, the queue must not stay "served" for ever.
    let guard = Served(desk.clone());
    loop {
        let batch: Vec<Waiting> = {
            let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
            let batch = desk.take();
            if batch.is_empty() {
                desk.is_served = false;
                break;
            }
            batch
        };
        metrics::histogram!("checkout_batch_size")
            .record(f64::from(u32::try_from(batch.len()).unwrap_or(u32::MAX)));
        serve_batch(&app, tenant, batch).await;
    }
    drop(guard);
}

struct Served(Arc<Mutex<Desk>>);

impl Drop for Served {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut desk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            desk.is_served = false;
            // Their senders go, so each is told to try again.
            desk.waiting.clear();
        }
    }
}

async fn serve_batch(app: &App, tenant: TenantId, batch: Vec<Waiting>) {
    // Two with one cart or one key cannot be in one batch: the second must see what the first did.
    let (now, later) = split_repeats(batch);
    let orders: Vec<Order> = now.iter().map(|waiting| waiting.order.clone()).collect();
    match batch::run(app, tenant, &orders).await {
        Ok(outcomes) => {
            for (waiting, outcome) in now.into_iter().zip(outcomes) {
                let _ = waiting.answer.send(outcome);
            }
        }
        // One by one they would wait as long again, each behind the other.
        Err(batch::Failure::TooSlow) => {
            tracing::warn!(tenant.id = %tenant, count = orders.len(), "A batch of checkouts took too long");
            for waiting in now {
                let _ = waiting.answer.send(Err(batch::Failure::TooSlow.into()));
            }
        }
        Err(failure) if orders.len() > 1 => {
            tracing::warn!(tenant.id = %tenant, count = orders.len(), cause = %failure, "A batch of checkouts failed; each is tried alone");
            for waiting in now {
                serve_one(app, tenant, waiting).await;
            }
        }
        Err(failure) => {
            if let Some(alone) = now.into_iter().next() {
                let _ = alone.answer.send(Err(failure.into()));
            }
        }
    }
    for waiting in later {
        serve_one(app, tenant, waiting).await;
    }
}

async fn serve_one(app: &App, tenant: TenantId, waiting: Waiting) {
    if waiting.is_given_up() {
        return;
    }
    let outcome = match batch::run(app, tenant, std::slice::from_ref(&waiting.order)).await {
        Ok(mut outcomes) => outcomes
            .pop()
            .unwrap_or_else(|| Err(ApiError::unavailable("try-again"))),
        Err(failure) => Err(failure.into()),
    };
    let _ = waiting.answer.send(outcome);
}

fn split_repeats(batch: Vec<Waiting>) -> (Vec<Waiting>, Vec<Waiting>) {
    let mut seen = std::collections::HashSet::new();
    batch.into_iter().partition(|waiting| {
        let order = &waiting.order;
        let cart_is_new = seen.insert(format!("cart {}", order.form.cart_id));
        let key_is_new = seen.insert(format!("key {} {}", order.key.principal, order.key.key));
        cart_is_new && key_is_new
    })
}

#[cfg(test)]
mod tests {
    use http_kit::{Tenant, TenantStatus};
    use kernel::Currency;
    use serde_json::json;

    use super::*;

    fn store() -> TenantRef {
        TenantRef::from(Tenant {
            id: TenantId::new(),
            slug: "shop".parse().unwrap(),
            name: "Shop".into(),
            status: TenantStatus::Active,
            hosts: Vec::new(),
            country: "PT".parse().unwrap(),
            locale: "pt-PT".parse().unwrap(),
            currency: Currency::EUR,
            plan: String::new(),
            template_id: String::new(),
            application_fee_bps: 0,
            entitlements: std::collections::BTreeMap::new(),
            version: 1,
        })
    }

    fn waiting() -> (Waiting, oneshot::Receiver<Outcome>) {
        let (answer, outcome) = oneshot::channel();
        let address = json!({
            "name": "Ana", "line1": "Rua 1", "city": "Lisboa", "postcode": "1100-148", "country": "PT",
        });
        let form = json!({
            "cart_id": kernel::CartId::new(), "email": "ana@example.pt", "shipping_address": address,
            "accepts_terms": true, "expected_total": { "amount": 1_000, "currency": "EUR" },
        });
        let order = Order {
            tenant: store(),
            key: IdempotencyKey::new("guest", "k"),
            hash: RequestHash::NONE,
            cart_token: None,
            customer: None,
            form: Arc::new(serde_json::from_value(form).unwrap()),
            traceparent: None,
        };
        (Waiting { order, answer }, outcome)
    }

    #[tokio::test]
    async fn who_went_away_before_his_turn_is_not_served() {
        let mut desk = Desk::default();
        let mut kept = Vec::new();
        for at in 0..100 {
            let (one, outcome) = waiting();
            desk.waiting.push_back(one);
            if at % 2 == 0 {
                kept.push(outcome);
            }
        }
        assert_eq!(desk.take().len(), kept.len());
        assert!(desk.take().is_empty());
    }
}
