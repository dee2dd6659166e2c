//! An intent that must not be paid any more is given up at Stripe.

use ::jobs::{Job, JobError, Task};
use db::{Error, TenantTx};
use kernel::{PaymentId, TenantId};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clients::stripe::StripeError;
use crate::jobs::look_up_payments;
use crate::settle::Word;
use crate::store::payments::{self, PaymentRow};

#[derive(Debug, Serialize, Deserialize)]
pub struct CancelIntent {
    pub payment_id: PaymentId,
}

impl Job for CancelIntent {
    const KIND: &'static str = "cancel_intent";
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

/// Cancels the intent. When Stripe says that it is too late for that, its state is the answer: the
/// payment may just have succeeded.
pub async fn run(app: App, task: Task<CancelIntent>) -> Result<(), JobError> {
    let (tenant, id) = (task.tenant, task.job.payment_id);
    let Some((row, intent)) = open(&app, tenant, id).await? else {
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
        Err(error) if error.is_transient() => Err(JobError::Retry(error.into())),
        Err(StripeError::AccountGone) => Ok(()),
        Err(_) => Ok(look_up_payments::look_up(&app, tenant, id).await?),
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
