//! An intent that must not be paid any more is given up at Stripe.

use std::time::Duration;

use ::jobs::{Job, JobError, Task};
use db::{Error, TenantTx};
use kernel::{PaymentId, TenantId};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clients::stripe::StripeError;
use crate::jobs::look_up_payments;
use crate::settle::Word;
use crate::store::payments::{self, PaymentRow};

/// However long Stripe has been away, an intent is given up soon after it is back.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// Failures that are not Stripe's absence, after which a person must look.
const REFUSALS_MAX: u32 = 12;

#[derive(Debug, Serialize, Deserialize)]
pub struct CancelIntent {
    pub payment_id: PaymentId,
}

impl Job for CancelIntent {
    const KIND: &'static str = "cancel_intent";
    const ATTEMPTS_MAX: u32 = u32::MAX;
}

impl CancelIntent {
    /// Asks for it with the change that makes it necessary; once for each state of the attempt.
    pub async fn enqueue(tx: &mut TenantTx, row: &PaymentRow) -> Result<(), Error> {
        let key = format!("{}:{}", row.id, row.version);
        let work = Self {
            payment_id: row.payment_id(),
        };
        ::jobs::enqueue(tx, &key, &work).await?;
        Ok(())
    }
}

pub async fn run(app: App, task: Task<CancelIntent>) -> Result<(), JobError> {
    let cancelled = cancel(&app, &task).await;
    cancelled.map_err(|error| later(error, task.attempt))
}

/// Cancels the intent. When Stripe says that it is too late for that, its state is the answer: the
/// payment may just have succeeded.
async fn cancel(app: &App, task: &Task<CancelIntent>) -> anyhow::Result<()> {
    let (tenant, id) = (task.tenant, task.job.payment_id);
    let Some((row, intent)) = open(app, tenant, id).await? else {
        return Ok(());
    };
    // A cancellation cannot happen twice, so each attempt has a key of its own.
    let key = format!("cancel:{intent}:{}", task.attempt);
    let account = row.stripe_account.as_str();
    match app.stripe.cancel_intent(account, &intent, &key).await {
        Ok(said) => {
            app.settle(tenant, account, Word::of(&said)).await?;
            Ok(())
        }
        Err(error) if error.is_transient() => Err(error.into()),
        // What is so of the account, or of the intent, is found by looking.
        Err(_) => look_up_payments::look_up(app, tenant, id).await,
    }
}

/// When to try again. What will pass is waited for, however long it takes.
fn later(error: anyhow::Error, attempt: u32) -> JobError {
    let stripe = error.downcast_ref::<StripeError>();
    let passes = stripe.is_some_and(StripeError::is_transient) || error.is::<Error>();
    if passes {
        let pause = Duration::from_secs(1 << attempt.min(6));
        JobError::RetryIn(pause.min(PAUSE_MAX), error)
    } else if attempt < REFUSALS_MAX {
        JobError::Retry(error)
    } else {
        JobError::Park(format!("{error:#}"))
    }
}

/// The attempt and its intent, when it can still be paid.
async fn open(
    app: &App,
    tenant: TenantId,
    id: PaymentId,
) -> Result<Option<(PaymentRow, String)>, Error> {
    let found = app
        .db
        .read(tenant, async |tx| payments::find_payment(tx, id).await)
        .await?;
    let open = found.filter(|row| !row.status().is_final());
    Ok(open.and_then(|row| {
        let intent = row.intent_id.clone()?;
        Some((row, intent))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_waited_for_and_a_refusal_is_not_for_ever() {
        let away = || StripeError::Unavailable("no route".into()).into();
        for (attempt, seconds) in [(1, 2), (3, 8), (6, 60), (1_000_000, 60)] {
            let retry = later(away(), attempt);
            let JobError::RetryIn(pause, _) = retry else {
                panic!("{retry:?}")
            };
            assert_eq!(pause.as_secs(), seconds);
        }
        let gone = || StripeError::AccountGone.into();
        assert!(matches!(later(gone(), 11), JobError::Retry(_)));
        assert!(matches!(later(gone(), 12), JobError::Park(_)));
    }
}
